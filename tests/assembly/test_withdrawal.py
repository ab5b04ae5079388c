"""A slip is taken back before it is sealed, and the book keeps both (assembly.md, "Undo")."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.assembly.boards import keyed, recovered
from tests.builders import Book, count, refused, sealed
from tinkuy.assembly import withdrawal
from tinkuy.assembly.act import Act, Refused, kinds
from tinkuy.assembly.mandate import Credentialed
from tinkuy.assembly.register import Enrolled, Left, Register, Suspended
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import Counted, Declared, Votes
from tinkuy.assembly.withdrawal import Withdrawn
from tinkuy.book.entry import book_id
from tinkuy.federation.acts import ROOMS

STAY = {
    "act.withdrawn",
    "affiliation.updated",
    "assembly.founded",
    "board.installed",
    "board.recalled",
    "board.recovered",
    "book.forked",
    "branch.chosen",
    "election.drawn",  # a lot that could be taken back could be drawn until it pleases
    "fork.resolved",
    "member.keyed",
    "parent.named",
    "sheet.received",
    "sheet.reported",
    "statutes.adopted",
}


def slip(of: int, reason: str = "Se anotó mal") -> Withdrawn:
    return Withdrawn(of=of, reason=reason)


def rooms(state: Assembly) -> dict[str, str]:
    """What the acts add up to, without the log."""
    return {kind.__name__: str(room) for kind, room in state._rooms.items() if str(room) != str(kind())}


@pytest.fixture
def book() -> Book:
    return Book().ready()


def test_who_signs_and_what_came_from_others_stays_and_all_else_may_be_taken_back() -> None:
    assert ROOMS
    assert {kind for kind, cls in kinds().items() if not cls.withdrawable} == STAY


def test_what_was_taken_back_has_no_effect_and_both_stay_in_the_book(book: Book) -> None:
    before = rooms(book.state)
    book.record(Left(member="m7"), slip(4))
    state = book.state
    assert rooms(state) == before
    assert (state.size, len(state.leaves), book.breaches) == (6, 6, [])
    assert {of: one.n for of, one in state.slips.withdrawn.items()} == {4: 5}


def test_a_count_and_what_was_declared_on_it_go_one_after_the_other(book: Book) -> None:
    book.record(book.question(), Counted(vote=1, call=1, count=count(70, 20), tellers=("m1", "m2")))
    book.record(Declared(vote=1, outcome="carried"))
    with refused("the last act that stands is act 6: take that one back first, not act 5"):
        book.record(slip(5))
    book.record(slip(6), slip(5), Counted(vote=1, call=1, count=count(20, 70), tellers=("m1", "m2")))
    vote = book.state.room(Votes).by_number[1]
    assert [one.votes for one in vote.counts] == [(20, 70)]
    assert vote.outcome == ""


def test_a_number_that_was_taken_back_is_given_again(book: Book) -> None:
    book.record(Enrolled(first=101, count=50, root="00" * 32), slip(4), Enrolled(first=101, count=5, root="11" * 32))
    assert book.state.room(Register).enrolled == 105


def test_a_withdrawal_is_not_taken_back_but_its_act_recorded_again(book: Book) -> None:
    book.record(Left(member="m7"), slip(4))
    with refused("the last act that stands is act 3: take that one back first, not act 5"):
        book.record(slip(5))
    with refused("not act 4"):
        book.record(slip(4))
    book.record(Left(member="m7"))
    assert book.state.room(Register).left == {7}


def test_only_whoever_recorded_an_act_takes_it_back(book: Book) -> None:
    book.record(Left(member="m7"))
    with refused("act 4 was recorded by secretary: whoever recorded it takes it back"):
        book.record(slip(4), by="chair")


def test_taking_back_takes_a_reason(book: Book) -> None:
    for reason in ("", " \n", "x" * 2_001):
        with refused("takes a reason of at most 2,000 characters"):
            book.record(slip(3, reason))


def test_nothing_before_an_act_that_stays_is_taken_back() -> None:
    founded = Book().founded()
    with refused("no act can be taken back now", "act 0 with it; record a later act that corrects it"):
        founded.record(slip(0))
    book = Book().ready().record(Left(member="m7"))
    book.record(keyed(book, "m3"))
    with refused("no act can be taken back now"):
        book.record(slip(4))
    book.record(recovered(book, "secretary"))
    with refused("no act can be taken back now"):
        book.record(slip(6))
    book.record(Left(member="m8"), slip(7))


def test_an_act_of_a_kind_that_nobody_here_knows_stays(book: Book) -> None:
    book.record(Left(member="m7")).force({"act": "member.banished", "member": "m8"})
    with refused("no act can be taken back now"):
        book.record(slip(4))


def test_a_withdrawal_that_is_refused_leaves_the_act_where_it_was(book: Book) -> None:
    book.record(Left(member="m7")).force(slip(4), by="chair").force(slip(4, " ")).force(slip(3))
    book.force({"act": "act.withdrawn", "of": 4, "reason": "x", "zapato": 1}).force({"act": "act.withdrawn"})
    book.force({"act": "act.withdrawn", "of": 4, "reason": "x", "n": 99})
    assert [n for n, _, _ in book.breaches] == [5, 6, 7, 8, 9, 10]
    assert book.state.room(Register).left == {7}
    book.record(slip(4))
    assert book.state.room(Register).left == set()


def test_a_forbidden_act_that_was_taken_back_is_no_breach_any_more(book: Book) -> None:
    book.force(Left(member="m999"))
    assert [kind for _, kind, _ in book.breaches] == ["member.left"]
    assert book.record(slip(4)).breaches == []


def test_who_holds_a_checkpoint_over_an_act_sees_that_it_was_taken_back_after(book: Book) -> None:
    book.record(Left(member="m7"), Left(member="m8"), slip(5), slip(4))
    slips = book.state.slips
    assert [withdrawal.sealed_over(slips, size) is None for size in range(9)] == [True] * 5 + [False] * 3 + [True]
    assert str(withdrawal.sealed_over(slips, 6)).startswith("act 4 stands under a checkpoint of 6 acts")
    assert withdrawal.sealed_over(Book().ready().state.slips, 4) is None


def test_a_state_that_is_behind_takes_in_no_more_acts(book: Book) -> None:
    book.record(Left(member="m7"))
    state = book.state
    state.take(book._written(slip(4), "2026-03-01", "secretary"))
    assert state.behind
    with pytest.raises(RuntimeError, match="replay it"):
        state.take(book.bodies[0])


def test_a_sealed_book_with_withdrawals_stays_sealed(book: Book) -> None:
    book.record(Left(member="m7"), slip(4))
    assert sealed(book.bodies, book.keys).note.startswith(f"tinkuy/{book_id(book.bodies[0])}\n6\n".encode())


def moves(book: Book, pick: int) -> Act:
    """One of the acts that a secretary might record now, allowed or not."""
    state = book.state
    last = state.slips.standing[-1][0] if state.slips.standing else len(book.bodies)
    votes = len(state.room(Votes).by_number)
    return (
        slip(last),
        slip(last),
        slip(max(0, last - 1)),
        Left(member=f"m{1 + pick % 90}"),
        Suspended(member=f"m{1 + pick % 90}", reason="deuda"),
        Enrolled(first=state.room(Register).enrolled + 1, count=1 + pick % 5, root="00" * 32),
        book.question(vote=votes + 1),
        Counted(vote=votes, call=1, count=count(60, 30), tellers=("m91", "m92")),
        Declared(vote=votes, outcome="carried"),
        Credentialed(delegate=f"m{1 + pick % 90}"),
        keyed(book, f"m{91 + pick % 9}"),
    )[pick % 11]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 989), st.sampled_from(["secretary", "secretary", "chair"])), max_size=14))
def test_a_book_with_withdrawals_is_the_book_without_them(story: list[tuple[int, str]]) -> None:
    """What acts and withdrawals add up to is what the acts that stand add up to, however it is replayed."""
    book, net = Book().ready(), Book().ready()
    standing = [net.bodies[:n] for n in (1, 2, 3)]  # the net book before each act that stands and may be taken back
    for pick, by in story:
        act = moves(book, pick)
        try:
            book.record(act, by=by)
        except Refused:
            continue
        if isinstance(act, Withdrawn):
            net.bodies = standing.pop()
        elif type(act).withdrawable:
            standing.append([*net.bodies])
            net.record(act, by=by)
        else:
            standing.clear()
            net.record(act, by=by)
        assert rooms(book.state) == rooms(net.state)
        assert book.breaches == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 989), st.sampled_from(["secretary", "chair", "teller"])), max_size=14))
def test_a_book_taken_in_act_by_act_stands_as_one_replayed_at_once(story: list[tuple[int, str]]) -> None:
    """Whatever was written, and whether it was allowed or not."""
    book = Book().ready()
    followed = book.state
    for pick, by in story:
        book.force(moves(book, pick), by=by)
        followed.take(book.bodies[-1])
        if followed.behind:
            followed = book.state
        at_once = book.state
        assert rooms(followed) == rooms(at_once)
        assert (followed.breaches, followed.slips, followed.size) == (at_once.breaches, at_once.slips, at_once.size)


def test_a_book_full_of_withdrawals_replays_about_as_fast_as_one_without() -> None:
    """Nobody can make an observer replay a book again and again."""

    def took(*acts: dict[str, Any]) -> float:
        book = Book().ready()
        for _ in range(2_000):
            for act in acts:
                book.force({name: len(book.bodies) - 1 if value is None else value for name, value in act.items()})
        began = process_time()
        assert book.state.room(Register).left in (set(), {7})
        return process_time() - began

    left: dict[str, Any] = {"act": "member.left", "member": "m7"}
    assert took(left, {"act": "act.withdrawn", "of": None, "reason": "x"}) < 8 * took(left, left) + 0.5
