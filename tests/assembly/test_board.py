"""The board goes on: keys that take a seat, keys that lose it. Source: book.md, "Keys"; pre-rotation as in KERI."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.assembly.boards import recovered, root_of
from tests.assembly.test_founding import decided
from tests.builders import Book, refused, sealed
from tinkuy.assembly import seal
from tinkuy.assembly.board import BoardInstalled, recovery_statement
from tinkuy.assembly.founding import Body, Officer
from tinkuy.assembly.register import Suspended
from tinkuy.demo.bases import Keys


def test_an_officer_who_lost_the_key_goes_on_with_the_one_committed_to() -> None:
    book = Book().ready()
    copy = book.seal()
    book.record(recovered(book, "secretary"), by="secretary")
    assert book.state.room(Body).officer("secretary") == book.keys.officer("secretary", 1)
    after = book.seal(generation={"secretary": 1})
    assert seal.inspect(after.bodies, after.note, book.state).whole
    before = Book(bodies=list(copy.bodies), attachments=book.attachments)
    assert seal.inspect(copy.bodies, copy.note, before.state).whole


def test_a_lost_laptop_with_both_keys_is_recovered_by_one_act() -> None:
    book = Book().ready()
    book.record(recovered(book, "chair", "secretary"))
    after = book.seal(generation={"chair": 1, "secretary": 1})
    assert seal.inspect(after.bodies, after.note, book.state).whole


def test_the_thief_of_the_laptop_seals_nothing_after_the_recovery() -> None:
    book = Book().ready()
    book.record(recovered(book, "secretary"))
    index = len(book.bodies) - 1
    copy = book.seal()  # the chair's key, and the lost key of the secretary
    found = seal.inspect(copy.bodies, copy.note, book.state)
    assert found.lacking == ("secretary",)
    assert f"replaced at act {index}" in str(found.faults[0])


def test_the_thief_of_the_key_in_use_cannot_go_on_with_a_key_of_their_own() -> None:
    """Whoever has the key in use and not the next one neither rotates nor recovers."""
    book = Book().ready()
    stolen, mine = book.keys.key("secretary"), Keys(9, "ladrona").officer("secretary")
    said = recovery_statement(book.state.id, len(book.bodies), root_of(book), (mine,))
    with refused("the new key of secretary is not the one that was committed to before"):
        book.record(recovered(book, "secretary", board=(mine,), signatures=(stolen.sign(said).hex(),)))
    with refused("the new key of secretary is not the one that was committed to before"):
        book.record(BoardInstalled(board=(mine,), reason="rotation"))


def test_a_recovery_names_the_act_right_after_which_it_stands() -> None:
    book = Book().ready()
    act = recovered(book, "secretary")
    book.record(Suspended(member="m3", reason="deuda"))
    with refused("it goes on from a copy of 4 acts, and this is act 5"):
        book.record(act)
    with refused("it goes on from a copy of 4 acts"):
        book.record(recovered(book, "secretary", size=4))


def test_a_recovery_on_other_acts_than_it_names_is_refused() -> None:
    """The root is signed by the new key, so the acts before a recovery cannot be exchanged under it."""
    book = Book().ready()
    act = recovered(book, "secretary")
    other = Book().founded().enrolled().published().frozen(at="2026-02-11")
    assert len(other.bodies) == len(book.bodies)
    assert other.state.id == book.state.id
    with refused("it goes on from a copy that held other acts than these"):
        other.record(act)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signatures": ()}, "every new key signs the recovery"),
        ({"signatures": ("00" * 64,)}, "the new key of secretary has not signed this recovery of this book"),
        ({"signatures": ("no",)}, "the new key of secretary has not signed this recovery of this book"),
        ({"root": "ab" * 32}, "it goes on from a copy that held other acts than these"),
        ({"reason": " "}, "a recovery takes a reason"),
        ({"board": ()}, "a board has between 1 and 16 officers"),
    ],
)
def test_a_recovery_is_signed_by_the_key_that_it_brings(changes: dict[str, Any], sentence: str) -> None:
    book = Book().ready()
    with refused(sentence):
        book.record(recovered(book, "secretary", **changes))


def test_a_recovery_of_another_book_is_worth_nothing_here() -> None:
    """Two bodies of the same officers: what they signed for one is not signed for the other."""
    mine = Book().ready()
    other = Book().founded(place="Cusco").enrolled().published().frozen()
    with refused("the new key of secretary has not signed this recovery of this book"):
        mine.record(recovered(other, "secretary", root=root_of(mine)))


def test_a_seat_that_nobody_held_is_not_recovered() -> None:
    book = Book().ready()
    with refused("treasurer is a new seat: it takes an election"):
        book.record(recovered(book, "treasurer"))


def test_a_key_that_held_a_seat_takes_none_again() -> None:
    """A key that was replaced may be in other hands: neither its seat nor another is given to it."""
    book = decided(Book().ready(), "election", 60, 20)
    former = book.keys.officer("secretary")
    book.record(BoardInstalled(board=(book.keys.officer("secretary", 1),), reason="rotation"))
    for role in ("secretary", "treasurer"):
        with refused(f"the key of {role} held a seat in this book before"):
            book.record(BoardInstalled(board=(Officer(role, former.key, former.next),), reason="election", vote=1))
    with refused("the key of secretary held a seat in this book before"):
        chair = book.keys.officer("chair")
        book.record(BoardInstalled(board=(Officer("secretary", chair.key, chair.next),), reason="election", vote=1))


def test_one_key_does_not_sit_twice() -> None:
    key = Keys(1, "x").officer("chair")
    with refused("two seats of the board have the same key"):
        Book().founded(board=(key, Officer("secretary", key.key, key.next)))


def test_two_histories_by_one_secretary_are_two_roots_under_her_own_key() -> None:
    """A secretary and chair who sign twice leave portable evidence: both copies are sealed, and they disagree."""
    mine = Book().ready()
    other = Book(bodies=list(mine.bodies), attachments=mine.attachments)
    mine.record(Suspended(member="m3", reason="deuda"))
    other.record(Suspended(member="m4", reason="deuda"))
    first, second = mine.seal(), other.seal()
    one, two = (seal.inspect(c.bodies, c.note, b.state) for c, b in ((first, mine), (second, other)))
    assert one.whole
    assert two.whole
    assert (one.size, one.root) != (two.size, two.root)
    assert not seal.inspect(first.bodies, second.note, mine.state).whole


def test_the_signature_of_one_officer_alone_seals_nothing() -> None:
    book = Book().ready()
    for role in ("chair", "secretary"):
        copy = book.seal(role)
        found = seal.inspect(copy.bodies, copy.note, book.state)
        assert not found.whole
        assert len(found.lacking) == 1


def test_many_recoveries_are_judged_in_one_pass_over_the_acts() -> None:
    book = Book().founded()
    for generation in range(1, 41):
        board = (book.keys.officer("secretary", generation),)
        said = recovery_statement(book.state.id, len(book.bodies), root_of(book), board)
        act = recovered(book, "secretary", board=board)
        signature = book.keys.key("secretary", generation).sign(said).hex()
        book.force(msgspec.structs.replace(act, signatures=(signature,)))
    copy = sealed(book.bodies, book.keys, generation={"secretary": 40})
    assert book.breaches == []
    assert seal.inspect(copy.bodies, copy.note, book.state).whole
