"""Votes: opened on a frozen roll, counted by tellers, declared as the statutes have it.

Source: statutes `majority`, `ballot`, `quorum`, `officers.tellers`; assembly.md, "Rules that practice has taught".
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import STATUTES, YES_NO, Book, count, refused
from tinkuy.assembly.mandate import Credentialed, Given, Mandates, Recalled
from tinkuy.assembly.vote import BOXES, MAX_FIGURE, Count, Counted, Declared, Option, Recounted, Votes

TELLERS = ("m1", "m2")


@pytest.fixture
def book() -> Book:
    return Book().ready()


def opened(book: Book, **changes: Any) -> Book:
    return book.record(book.question(**changes))


def counted(book: Book, figures: Count, call: Any = 1) -> Book:
    return book.record(Counted(vote=1, call=call, count=figures, tellers=TELLERS))


def test_the_roll_freezes_before_voting_opens() -> None:
    book = Book().founded().enrolled().published()
    with refused("the roll is not frozen: freeze it before the vote opens"):
        opened(book)


def test_a_vote_opens_on_the_roll_last_frozen(book: Book) -> None:
    first = book.question().roll
    book.enrolled(1).published("2026-02-11").frozen("2026-02-20")
    with refused("the roll named is not the one that was last frozen"):
        opened(book, roll=first)
    opened(book)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vote": 2}, "the next vote is number 1"),
        ({"vote": 0}, "the next vote is number 1"),
        ({"question": ""}, "a question needs words, at most 4,000 characters"),
        ({"question": "x" * 4001}, "a question needs words, at most 4,000 characters"),
        ({"options": ()}, "a question has between 2 and 64 options"),
        ({"options": YES_NO[:1]}, "a question has between 2 and 64 options"),
        ({"options": tuple(Option(str(n), "choice") for n in range(65))}, "a question has between 2 and 64 options"),
        ({"options": (YES_NO[0], Option("", "against"))}, "an option needs a name of at most 200 characters"),
        ({"options": (YES_NO[0], Option("Si", "against"))}, "two options have the same name"),
        ({"options": (*YES_NO, Option("Tal vez", "for"))}, "one option for, one against and at most one to abstain"),
        ({"options": (*YES_NO, Option("Otra", "choice"))}, "one option for, one against and at most one to abstain"),
        ({"rule": "ordinay"}, 'no majority for "ordinay"; did you mean "ordinary"?'),
    ],
)
def test_a_question_can_be_told_and_judged(book: Book, changes: dict[str, Any], sentence: str) -> None:
    with refused(sentence):
        opened(book, **changes)


def test_a_secret_ballot_where_the_statutes_ask_for_one() -> None:
    book = Book(STATUTES + b'[ballot]\ndefault = "hands"\nordinary = "secret"\n').ready()
    with refused("the statutes ask for a secret ballot on “ordinary”"):
        opened(book, method="hands")
    opened(book, method="secret")


def test_tellers_are_two_different_members(book: Book) -> None:
    opened(book)
    for tellers in ((), ("m1",), ("m1", "m1")):
        with refused(f"{len(set(tellers))} tellers signed the count, 2 are needed"):
            book.record(Counted(vote=1, call=1, count=count(60, 30), tellers=tellers))
    with refused("a teller is a member, e.g. m17; “Justina” is not"):
        book.record(Counted(vote=1, call=1, count=count(60, 30), tellers=("m1", "Justina")))
    with refused("m101 is not enrolled: the register ends at m100"):
        book.record(Counted(vote=1, call=1, count=count(60, 30), tellers=("m1", "m101")))


def test_a_vote_is_counted_once_and_recounted_for_a_reason(book: Book) -> None:
    with refused("there is no vote 1"):
        counted(book, count(60, 30))
    opened(book)
    again = Recounted(vote=1, count=count(61, 29), tellers=TELLERS, reason="lo pidio la sala")
    with refused("vote 1 has not been counted yet"):
        book.record(again)
    with refused("vote 1 has not been counted yet"):
        book.record(Declared(vote=1, outcome="carried"))
    counted(book, count(60, 30))
    with refused("vote 1 was counted; a second count is a recount"):
        counted(book, count(60, 30))
    with refused("a recount takes a reason"):
        book.record(msgspec.structs.replace(again, reason=" "))
    book.record(again)
    assert [one.votes for one in book.state.room(Votes).by_number[1].counts] == [(60, 30), (61, 29)]


def test_what_was_declared_is_not_counted_again(book: Book) -> None:
    counted(opened(book), count(60, 30)).record(Declared(vote=1, outcome="carried"))
    for act in (
        Recounted(vote=1, count=count(1, 89), tellers=TELLERS, reason="otra vez"),
        Declared(vote=1, outcome="lost"),
    ):
        with refused("vote 1 was declared: carried"):
            book.record(act)


def test_the_chair_declares_what_the_statutes_make_of_the_count(book: Book) -> None:
    counted(opened(book), count(45, 45))
    for outcome in ("carried", "tied", "won", ""):
        with refused(f"by the statutes the outcome is “lost”, not “{outcome}”"):
            book.record(Declared(vote=1, outcome=outcome))
    book.record(Declared(vote=1, outcome="lost"))


@pytest.mark.parametrize(
    "figures",
    [
        count(60, 30, cast=91),
        count(60, 30, cast=None),
        count(60, 30, blank=None),
        count(60, 30, signed_in=None),
        count(60, 30, signed_in=89),
        msgspec.structs.replace(count(60, 30), votes=(60, None)),
    ],
)
def test_figures_that_do_not_add_up_are_kept_and_not_declared(book: Book, figures: Count) -> None:
    counted(opened(book), figures)
    with refused("the count of vote 1 does not add up: recount before declaring"):
        book.record(Declared(vote=1, outcome="carried"))


def test_no_vote_is_declared_with_more_present_than_are_on_its_roll(book: Book) -> None:
    counted(opened(book), count(80, 21))
    with refused("101 signed in, but 100 are on the roll"):
        book.record(Declared(vote=1, outcome="carried"))


def test_second_call_needs_only_the_members_that_it_asks_for(book: Book) -> None:
    """More than half of 100 at the first call, one in five at the second."""
    counted(opened(book), count(30, 20))
    with refused("No quorum: 50 of 100 qualified members present", "at least 51 needed"):
        book.record(Declared(vote=1, outcome="carried"))
    second = counted(opened(Book().ready()), count(15, 5), call=2)
    second.record(Declared(vote=1, outcome="carried"))
    short = counted(opened(Book().ready()), count(15, 4), call=2)
    with refused("No quorum: 19 of 100 qualified members present", "at least 20 needed"):
        short.record(Declared(vote=1, outcome="carried"))


@pytest.mark.parametrize("figure", [-1, MAX_FIGURE + 1, 2**53 - 1])
@pytest.mark.parametrize("box", ["votes", *BOXES])
def test_a_figure_counts_persons_or_papers(book: Book, box: str, figure: int) -> None:
    wild = count(60, 30, **{box: (60, figure) if box == "votes" else figure})
    with refused(f"{figure} is not a count of persons or papers"):
        counted(opened(book), wild)


@pytest.mark.parametrize("votes", [(), (60,), (60, 20, 10)])
def test_every_option_has_its_box(book: Book, votes: tuple[int, ...]) -> None:
    with refused(f"the count has {len(votes)} boxes for options, the question has 2"):
        counted(opened(book), msgspec.structs.replace(count(60, 30), votes=votes))


def test_a_rule_for_strata_cannot_be_declared_from_one_count() -> None:
    """The figures of each stratum are missing: a refusal with the stratum's name, and no broken replay."""
    strata = b"""
[electorate]
strata = [{ name = "docentes", weight = "2/3" }, { name = "estudiantes", weight = "1/3" }]
[majority.claustro]
tests = [{ numerator = "for", denominator = "for+against", fraction = "1/2", op = ">", weighted = true }]
"""
    book = counted(opened(Book(STATUTES + strata).ready(), rule="claustro"), count(60, 30))
    with refused("the figures of", "docentes", "are missing"):
        book.record(Declared(vote=1, outcome="carried"))
    book.force(Declared(vote=1, outcome="carried"))
    assert [kind for _, kind, _ in book.breaches] == ["vote.declared"]


def test_among_choices_the_leading_one_must_carry(book: Book) -> None:
    choices = tuple(Option(name, "choice") for name in ("A", "B", "C"))
    figures = Count(votes=(50, 30, 10), signed_in=90, cast=90, blank=0, null=0, challenged=0)
    counted(opened(book, options=choices), figures).record(Declared(vote=1, outcome="carried"))


def test_a_count_that_the_rules_forbid_has_no_effect(book: Book) -> None:
    opened(book).force(Counted(vote=1, call=1, count=count(60, 30), tellers=("m1",)))
    assert book.breaches == [(5, "vote.counted", "1 tellers signed the count, 2 are needed")]
    assert book.state.room(Votes).by_number[1].counts == []


@given(st.tuples(*[st.none() | st.integers(0, 9)] * 6), st.none() | st.integers(0, 30))
def test_a_count_adds_up_when_its_parts_are_the_papers_cast(parts: tuple[int | None, ...], cast: int | None) -> None:
    votes_for, against, blank, null, challenged, signed_in = parts
    figures = Count(
        votes=(votes_for, against), signed_in=signed_in, cast=cast, blank=blank, null=null, challenged=challenged
    )
    whole = cast is not None and None not in parts
    papers = sum(part or 0 for part in parts[:5])
    assert figures.adds_up() == (whole and papers == cast and (cast or 0) <= (signed_in or 0))


def test_a_delegate_has_a_credential_from_the_base_and_one_only(book: Book) -> None:
    with refused("m3 holds no credential"):
        book.record(Given(delegate="m3", consultation="c", option="Si"))
    with refused("m101 is not enrolled"):
        book.record(Credentialed(delegate="m101"))
    book.record(Credentialed(delegate="m3"))
    with refused("m3 holds a credential already"):
        book.record(Credentialed(delegate="m3"))
    book.record(Given(delegate="m3", consultation="c", option="Si"))
    assert book.state.room(Mandates).given == {("c", "m3"): "Si"}


def test_a_delegate_is_recalled_by_a_vote_and_holds_nothing_after(book: Book) -> None:
    book.record(Credentialed(delegate="m3"), Credentialed(delegate="m4"))
    with refused("this takes a vote carried by the rule “recall”; vote 1 is not one"):
        book.record(Recalled(delegate="m3", vote=1))
    counted(opened(book, rule="recall"), count(60, 30)).record(Declared(vote=1, outcome="carried"))
    with refused("m5 holds no credential"):
        book.record(Recalled(delegate="m5", vote=1))
    book.record(Recalled(delegate="m3", vote=1))
    assert not book.state.room(Mandates).hold("m3")
    with refused("m3 holds no credential"):
        book.record(Given(delegate="m3", consultation="c", option="Si"))
    with refused("vote 1 was carried out already"):
        book.record(Recalled(delegate="m4", vote=1))
