"""Elections: called by the statutes, filed, counted again by whoever replays, drawn where tied, proclaimed, sworn in.

Source: assembly.md, "Election"; statutes `elections`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import STATUTES, Book, refused
from tinkuy.assembly.election import Called, CandidacyWithdrawn, Election, Elections, Filed, ListFiled, Row
from tinkuy.assembly.election_count import Counted, Drawn, PapersEntered, Proclaimed, Sworn
from tinkuy.assembly.election_result import outcome, tied
from tinkuy.assembly.register import Left, Register, Suspended
from tinkuy.assembly.withdrawal import Withdrawn
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Profile
from tinkuy.count.registry import rule

TELLERS = ("m1", "m2")
BOARD = '[[elections]]\noffice = "board"\nrule = "scotland"\nseats = 2\n'
LISTS = '[[elections]]\noffice = "delegates"\nrule = "dhondt"\namong = "lists"\nparity = "half"\nalternation = true\n'
WINNER = '[[elections]]\noffice = "junta"\nrule = "majority"\namong = "lists"\n'
UNTIL, AFTER = "2026-03-05T20:00:00Z", "2026-03-08"


def body(offices: str) -> Book:
    """A body of a hundred whose statutes say how these offices are filled."""
    return Book(STATUTES + offices.encode()).ready()


def call(book: Book, **changes: Any) -> Called:
    act = Called(
        election=1,
        office="board",
        seats=2,
        method="secret",
        roll=book.state.room(Register).frozen[-1].hash,
        until=UNTIL,
    )
    return msgspec.structs.replace(act, **changes)


def standing(*members: str, offices: str = BOARD, **changes: Any) -> Book:
    book = body(offices)
    book.record(call(book, **changes))
    return book.record(*(Filed(election=1, member=member) for member in members))


def with_lists(*lists: tuple[str, str], offices: str = LISTS, **changes: Any) -> Book:
    """An election of lists, each a name and what its members are; members are m1, m2 … in the order of the lists."""
    book = body(offices)
    book.record(call(book, **{"office": "delegates", "seats": 5, **changes}))
    first = 1
    for name, kinds in lists:
        members = tuple(f"m{number}" for number in range(first, first + len(kinds)))
        book.record(ListFiled(election=1, name=name, members=members, kinds=tuple(kinds)))
        first += len(kinds)
    return book


def count(*rows: tuple[int, tuple[Any, ...]], **changes: Any) -> Counted:
    """A count that adds up; a place is a candidate's number from 1, or several that share it."""
    made: tuple[Row, ...] = tuple(
        (papers, tuple(place if isinstance(place, tuple) else (place,) for place in says)) for papers, says in rows
    )
    cast = sum(papers for papers, _ in made)
    act = Counted(election=1, call=1, rows=made, blank=0, null=0, cast=cast, signed_in=cast, tellers=TELLERS)
    return msgspec.structs.replace(act, **changes)


def election(book: Book) -> Election:
    return book.state.room(Elections).by_number[1]


def elected(book: Book) -> tuple[str, ...] | None:
    return election(book).elected


def test_an_election_goes_from_its_call_to_its_officers():
    book = standing("m3", "m4", "m5")
    book.record(count((30, (1, 3)), (20, (2,)), (8, (3, 2))), at=AFTER)
    book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    assert elected(book) == ("m3", "m4")
    book.record(Sworn(election=1, member="m3"), at=AFTER)
    assert election(book).sworn == ["m3"]
    assert book.breaches == []


def test_nobody_is_proclaimed_but_whom_the_rule_elects():
    book = standing("m3", "m4", "m5").record(count((30, (1, 3)), (20, (2,)), (8, (3, 2))), at=AFTER)
    with refused("by scotland the elected are m3, m4, not m3, m5"):
        book.record(Proclaimed(election=1, elected=("m3", "m5")), at=AFTER)
    with refused("not m4, m3"):
        book.record(Proclaimed(election=1, elected=("m4", "m3")), at=AFTER)


def test_whoever_replays_counts_again_and_finds_what_the_officers_forced():
    book = standing("m3", "m4", "m5").record(count((30, (1, 3)), (20, (2,)), (8, (3, 2))), at=AFTER)
    book.force(Proclaimed(election=1, elected=("m5", "m3")), at=AFTER)
    assert [(kind, said) for _, kind, said in book.breaches] == [
        ("election.proclaimed", "by scotland the elected are m3, m4, not m5, m3")
    ]
    assert elected(book) is None


@pytest.mark.parametrize(
    ("offices", "changes", "sentence"),
    [
        ("", {}, "does not say how offices are filled: write [[elections]]"),
        (BOARD, {"office": "bord"}, 'no office is called "bord"; offices: board'),
        (BOARD, {"seats": 3}, "the statutes give board 2 seats, not 3"),
        (BOARD, {"election": 2}, "the next election is number 1"),
        (BOARD, {"roll": "00" * 32}, "the roll named is not the one that was last frozen"),
        (BOARD, {"until": "2026-03-01T20:00:00Z"}, "candidacies are filed until a time after the call"),
        (BOARD, {"until": "soon"}, "candidacies are filed until a time after the call"),
        (BOARD.replace("seats = 2\n", ""), {"seats": 0}, "an election fills between 1 and 10,000 seats"),
        (
            BOARD.replace("scotland", "scotlnd"),
            {},
            "the statutes, board: no rule is called scotlnd; did you mean scotland",
        ),
        (BOARD.replace("scotland", "star"), {}, "star counts neither rankings, approvals nor votes for lists"),
        (BOARD.replace("scotland", "dhondt"), {}, "dhondt shares seats among lists, and persons stand"),
        (BOARD.replace("scotland", "irv"), {}, "irv elects one, and there are 2 seats"),
        (
            WINNER + 'threshold = "1/20"\n',
            {"office": "junta"},
            "majority shares no seats among lists: a threshold says nothing",
        ),
        (BOARD + '[ballot]\nelection = "secret"\n', {"method": "hands"}, "the statutes ask for a secret ballot"),
    ],
)
def test_an_election_is_called_as_the_statutes_say(offices, changes, sentence):
    book = body(offices)
    with refused(sentence):
        book.record(call(book, **changes))


def test_an_election_is_called_on_a_frozen_roll():
    book = Book(STATUTES + BOARD.encode()).founded().enrolled().published()
    with refused("the roll is not frozen: freeze it before the election is called"):
        book.record(Called(election=1, office="board", seats=2, method="secret", roll="00" * 32, until=UNTIL))


def test_who_stands_is_on_the_roll_and_stands_once():
    book = standing("m3").record(Left(member="m9"), Suspended(member="m8", reason="deuda"))
    for member, sentence in (
        ("m3", "m3 stands already, or withdrew"),
        ("m101", "m101 is not enrolled"),
        ("m9", "m9 has left"),
        ("m8", "m8 is suspended, and qualified members stand"),
        ("Rosa", "“Rosa” is not a member"),
    ):
        with refused(sentence):
            book.record(Filed(election=1, member=member))


def test_where_all_members_may_stand_a_suspended_one_does():
    book = standing(offices=BOARD + 'stands = "members"\n').record(Suspended(member="m8", reason="deuda"))
    book.record(Filed(election=1, member="m8"))
    assert election(book).standing == ("m8",)


def test_candidacies_end_when_the_call_says_and_counting_waits_for_that():
    book = standing("m3", "m4", "m5")
    with refused("candidacies for election 1 are filed until 2026-03-05T20:00:00Z"):
        book.record(count((1, (1,))), at="2026-03-05")
    with refused("candidacies for election 1 were filed until 2026-03-05T20:00:00Z"):
        book.record(Filed(election=1, member="m6"), at=AFTER)


def test_whoever_withdraws_is_passed_over_and_stays_in_the_numbering():
    book = standing("m3", "m4", "m5").record(CandidacyWithdrawn(election=1, candidate="m3", reason="renuncia"))
    book.record(count((30, (1, 3)), (20, (2,)), (8, (3, 2))), at=AFTER)
    assert set(outcome(election(book)).elected) == {"m4", "m5"}
    with refused("the papers of election 1 are counted already"):
        book.record(CandidacyWithdrawn(election=1, candidate="m4", reason="renuncia"), at=AFTER)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"candidate": "m9"}, "“m9” does not stand; who stands: m3, m4"), ({"reason": " "}, "takes a reason")],
)
def test_a_withdrawal_names_somebody_who_stands_and_says_why(changes, sentence):
    act = CandidacyWithdrawn(election=1, candidate="m3", reason="renuncia")
    with refused(sentence):
        standing("m3", "m4").record(msgspec.structs.replace(act, **changes))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (((1, ()),), "paper 1: it names at least one, nobody twice, and equals by number"),
        (((1, (1, 1)),), "paper 1: it names at least one, nobody twice"),
        (((1, ((2, 1),)),), "paper 1: it names at least one, nobody twice, and equals by number"),
        (((1, (1,)), (1, (4,))), "paper 2 names a candidate that does not stand: they are numbered from 1 to 3"),
        (((1, (0,)),), "paper 1 names a candidate that does not stand"),
        (((0, (1,)),), "paper 1: from 1 to 1,000,000,000 papers say so"),
        (((1, (2,)), (1, (1,))), "paper 2: papers ascend by what they say, each kind once"),
        (((1, (1,)), (1, (1,))), "paper 2: papers ascend by what they say, each kind once"),
    ],
)
def test_papers_have_one_form(rows, sentence):
    with refused(sentence):
        standing("m3", "m4", "m5").record(count(*rows), at=AFTER)


def test_two_tellers_who_are_members_sign_the_count():
    book = standing("m3", "m4")
    for tellers in (("m1",), ("m1", "m1"), ("m1", "m101")):
        with refused(""):
            book.record(count((1, (1,)), tellers=tellers), at=AFTER)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cast": 59}, "does not add up: 58 papers, 0 blank, 0 null, 59 cast, 58 signed in; recount before"),
        ({"signed_in": 57}, "does not add up"),
        ({"blank": 43, "cast": 101, "signed_in": 101}, "101 signed in, but 100 are on the roll"),
    ],
)
def test_figures_are_kept_as_given_and_only_those_that_add_up_are_proclaimed(changes, sentence):
    book = standing("m3", "m4", "m5").record(count((30, (1, 3)), (20, (2,)), (8, (3, 2)), **changes), at=AFTER)
    with refused(sentence):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    right = count((30, (1, 3)), (20, (2,)), (8, (3, 2)), reason="Se sumó mal")
    book.record(right, Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)


def test_a_second_count_says_why_and_is_the_one_that_counts():
    book = standing("m3", "m4", "m5").record(count((40, (1,)), (30, (2,))), at=AFTER)
    with refused("election 1 was counted; a recount takes a reason"):
        book.record(count((40, (3,)), (30, (2,))), at=AFTER)
    book.record(count((30, (2,)), (40, (3,)), reason="Dos montones cambiados"), at=AFTER)
    assert outcome(election(book)).elected == ("m5", "m4")


def test_without_the_quorum_of_its_call_nobody_is_proclaimed():
    book = standing("m3", "m4", "m5").record(count((25, (1,)), (20, (2,))), at=AFTER)
    with refused("45 of 100 qualified members present"):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    book.record(count((25, (1,)), (20, (2,)), call=2, reason="Fue la segunda llamada"), at=AFTER)
    book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)


def test_papers_in_batches_count_as_in_one_act():
    rows = count((30, (1, 3)), (20, (2,)), (8, (3, 2))).rows
    book = standing("m3", "m4", "m5")
    book.record(PapersEntered(election=1, rows=rows[:1]), PapersEntered(election=1, rows=rows[1:2]), at=AFTER)
    with refused("papers ascend by what they say, each kind once"):
        book.record(PapersEntered(election=1, rows=rows[:1]), at=AFTER)
    book.record(count((8, (3, 2)), cast=58, signed_in=58), at=AFTER)
    assert election(book).tallies[-1].rows == rows
    book.record(PapersEntered(election=1, rows=rows), at=AFTER)
    with refused("papers were entered after the count of election 1: count them"):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)


def test_a_slip_in_the_count_is_taken_back():
    book = standing("m3", "m4", "m5").record(count((40, (1,)), (30, (2,))), at=AFTER)
    book.record(Withdrawn(of=len(book.bodies) - 1, reason="Otra urna"), at=AFTER)
    assert election(book).tallies == []
    book.record(count((30, (2,)), (40, (3,))), at=AFTER)


TIED = ((35, (1,)), (20, (2,)), (20, (3,)))


def test_a_tie_is_drawn_once_recorded_and_counted_again_by_everybody():
    book = standing("m3", "m4", "m5").record(count(*TIED), at=AFTER)
    assert tied(election(book)) == ("m4", "m5")
    with refused("m4, m5 are tied: draw the lot among all who stand and record it before proclaiming"):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    with refused("the order has everybody who stands, each once: m3, m4, m5"):
        book.record(Drawn(election=1, order=("m5", "m4"), tellers=TELLERS), at=AFTER)
    book.record(Drawn(election=1, order=("m5", "m3", "m4"), tellers=TELLERS), at=AFTER)
    with refused("the lot was drawn already, and is drawn once: m5, m3, m4"):
        book.record(Drawn(election=1, order=("m4", "m3", "m5"), tellers=TELLERS), at=AFTER)
    with refused("no act can be taken back now"):
        book.record(Withdrawn(of=len(book.bodies) - 1, reason="No gustó"), at=AFTER)
    with refused("by scotland the elected are m3, m5, not m3, m4"):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    book.record(Proclaimed(election=1, elected=("m3", "m5")), at=AFTER)


def test_nothing_is_drawn_where_nothing_is_tied():
    book = standing("m3", "m4", "m5").record(count((40, (1,)), (20, (2,))), at=AFTER)
    with refused("the count comes to no tie: there is nothing to draw"):
        book.record(Drawn(election=1, order=("m3", "m4", "m5"), tellers=TELLERS), at=AFTER)


def test_where_the_statutes_vote_again_no_lot_is_drawn():
    book = standing("m3", "m4", "m5", offices=BOARD + 'tie = "revote"\n').record(count(*TIED), at=AFTER)
    with refused("by the statutes a tie for board is voted on again"):
        book.record(Drawn(election=1, order=("m5", "m3", "m4"), tellers=TELLERS), at=AFTER)
    with refused("m4, m5 are tied, which by the statutes is voted on again: call another election"):
        book.record(Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)


def test_lists_share_the_seats_and_their_members_take_them_in_order():
    """Cifra repartidora: 61, 23 and 16 votes for five seats are 3, 1 and 1."""
    book = with_lists(("Unidad", "MVMV"), ("Lista 2", "VMV"), ("Lista 3", "MV"))
    book.record(count((61, (1,)), (23, (2,)), (16, (3,))), at=AFTER)
    with refused("by dhondt the seats of the lists are Unidad: 3, Lista 2: 1, Lista 3: 1"):
        book.record(Proclaimed(election=1, elected=("m1", "m2", "m3", "m5", "m8")), at=AFTER)
    lists = (("Unidad", 3), ("Lista 2", 1), ("Lista 3", 1))
    book.record(Proclaimed(election=1, elected=("m1", "m2", "m3", "m5", "m8"), lists=lists), at=AFTER)
    assert election(book).lists == lists


def test_a_list_below_the_threshold_has_no_seat():
    offices = LISTS + 'threshold = "1/5"\n'
    book = with_lists(("Unidad", "MVMV"), ("Lista 2", "VMV"), ("Lista 3", "MV"), offices=offices)
    book.record(count((61, (1,)), (23, (2,)), (16, (3,))), at=AFTER)
    assert outcome(election(book)).lists == (("Unidad", 4), ("Lista 2", 1))


def test_votes_for_a_list_that_withdrew_take_no_seat():
    book = with_lists(("Unidad", "MVMV"), ("Lista 2", "VMV"))
    book.record(CandidacyWithdrawn(election=1, candidate="Unidad", reason="renuncia"))
    book.record(count((61, (1,)), (23, (2,))), at=AFTER)
    assert outcome(election(book)).lists == (("Lista 2", 5),)


def test_where_one_list_wins_it_takes_every_seat():
    book = with_lists(("Unidad", "MVM"), ("Lista 2", "VMV"), offices=WINNER, office="junta", seats=3)
    book.record(count((51, (1,)), (49, (2,))), at=AFTER)
    assert outcome(election(book)).elected == ("m1", "m2", "m3")


def test_without_a_majority_nobody_is_elected_and_that_is_proclaimed():
    book = with_lists(("A", "MV"), ("B", "VM"), ("C", "MV"), offices=WINNER, office="junta", seats=2)
    book.record(count((40, (1,)), (35, (2,)), (25, (3,))), at=AFTER)
    book.record(Proclaimed(election=1, elected=()), at=AFTER)
    assert elected(book) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kinds": ("M", "M", "V", "V")}, "place 2 of the list “Dos” is of the same kind as the one before"),
        ({"kinds": ("M", "M", "M", "V")}, "one kind has more than half of the list “Dos”"),
        ({"kinds": ()}, "the list has 4 members and says of 0 what they are"),
        ({"members": ("m10", "m11", "m10", "m12")}, "m10 stands twice on the list"),
        ({"members": ("m10", "m11", "m1", "m12")}, "m1 stands on the list “Uno”"),
        ({"members": ()}, "a list has between 1 and 250 members"),
        ({"name": "Uno"}, "a list called “Uno” stands already, or withdrew"),
        ({"name": ""}, "a list needs a name of at most 100 characters"),
        ({"name": "m7"}, "a list needs a name"),
    ],
)
def test_a_list_keeps_the_order_that_the_statutes_ask_for(changes, sentence):
    book = with_lists(("Uno", "MV"))
    act = ListFiled(election=1, name="Dos", members=("m10", "m11", "m12", "m13"), kinds=("M", "V", "M", "V"))
    with refused(sentence):
        book.record(msgspec.structs.replace(act, **changes))
    book.record(act)


def test_persons_and_lists_do_not_stand_for_the_same():
    with refused("persons stand for board, not lists"):
        standing("m3").record(ListFiled(election=1, name="Uno", members=("m1",)))
    with refused("lists stand for delegates, not persons"):
        with_lists(("Uno", "MV")).record(Filed(election=1, member="m9"))


def test_a_vote_for_two_lists_is_no_vote():
    book = with_lists(("A", "MV"), ("B", "VM")).record(count((60, ((1, 2),))), at=AFTER)
    with refused("dhondt cannot count these papers: a vote for lists names one list"):
        book.record(Proclaimed(election=1, elected=()), at=AFTER)


def test_approvals_are_marks_at_one_place():
    offices = BOARD.replace("scotland", "approval")
    book = standing("m3", "m4", "m5", offices=offices).record(count((30, ((1, 3),)), (25, ((2, 3),))), at=AFTER)
    assert outcome(election(book)).elected == ("m5", "m3")
    book.record(count((30, (1, 3)), (25, (2, 3)), reason="x"), at=AFTER)
    with refused("approval cannot count these papers: these papers rank, and the rule counts marks"):
        book.record(Proclaimed(election=1, elected=("m5", "m3")), at=AFTER)


def test_officers_are_sworn_in_once_the_days_for_challenges_have_passed():
    statutes = STATUTES.replace(b"objections = 5", b"objections = 5\nchallenge = 3") + BOARD.encode()
    book = Book(statutes).ready()
    book.record(call(book)).record(*(Filed(election=1, member=member) for member in ("m3", "m4", "m5")))
    book.record(count((40, (1,)), (20, (2,))), Proclaimed(election=1, elected=("m3", "m4")), at=AFTER)
    with refused("the result may be challenged for 3 days; 2 have passed"):
        book.record(Sworn(election=1, member="m3"), at="2026-03-10")
    with refused("m5 was not proclaimed in election 1"):
        book.record(Sworn(election=1, member="m5"), at="2026-03-11")
    book.record(Sworn(election=1, member="m3"), at="2026-03-11")
    with refused("m3 was sworn in already"):
        book.record(Sworn(election=1, member="m3"), at="2026-03-11")


paper = st.permutations([1, 2, 3, 4]).flatmap(lambda order: st.integers(1, 4).map(lambda length: order[:length]))


def rows_of(ranked: Sequence[Sequence[int]]) -> tuple[Row, ...]:
    said = Counter(tuple((number,) for number in one) for one in ranked)
    return tuple((said[one], one) for one in sorted(said))


@settings(max_examples=15, deadline=None)
@given(
    ranked=st.lists(paper, min_size=55, max_size=90),
    cut=st.integers(0, 90),
    lot=st.permutations(["m3", "m4", "m5", "m6"]),
)
def test_what_is_proclaimed_is_what_the_rule_gives_to_the_papers_as_they_were_cast(ranked, cut, lot):
    """In however many acts the papers come, and whatever lot is drawn, the book and the plain profile agree."""
    book, rows = standing("m3", "m4", "m5", "m6"), rows_of(ranked)
    if rows[:cut]:
        book.record(PapersEntered(election=1, rows=rows[:cut]), at=AFTER)
    whole = count(cast=len(ranked), signed_in=len(ranked))
    book.record(msgspec.structs.replace(whole, rows=rows[cut:]), at=AFTER)
    if tied(election(book)):
        book.record(Drawn(election=1, order=tuple(lot), tellers=TELLERS), at=AFTER)
    profile = Profile.of(["m3", "m4", "m5", "m6"], [([number - 1 for number in one], 1) for one in ranked])
    expected = rule("scotland").count(profile, 2, Listed(tuple(lot))).winners
    book.record(Proclaimed(election=1, elected=expected), at=AFTER)
    assert elected(book) == expected
