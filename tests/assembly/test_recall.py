"""Recall without the old board's help: the act carries its own proof. Source: book.md, "Keys"; `officers.recall`."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.assembly.boards import (
    BOTH,
    BY_MEMBERS,
    BY_PARENT,
    EITHER,
    MEMBERS,
    NEW,
    PARENT,
    keyed,
    numbered,
    recalled,
    root_of,
    with_keys,
)
from tests.assembly.test_founding import decided
from tests.builders import Book, refused, sealed
from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.assembly.recall import MAX_SIGNATURES, ParentNamed, Signed
from tinkuy.assembly.register import Left, Reinstated, Suspended
from tinkuy.demo.bases import Keys
from tinkuy.statutes import Statutes, StatutesError

BOARD = ("chair", "secretary")


def base(statutes: bytes, members: int = 30, signers: int = 12) -> Book:
    """A body of so many members, the first of whom have registered a key."""
    return with_keys(Book(statutes).founded().enrolled(members), numbered(signers))


def under_parent(book: Book, **changes: Any) -> Book:
    """With a parent body named by a vote."""
    decided(book.published().frozen(), "affiliation", 20, 0)
    given = {"book": "0" * 32, "name": "Federación", "board": PARENT.board(), "vote": 1} | changes
    return book.record(ParentNamed(**given))


def test_a_third_of_the_members_recall_a_board_that_does_not_help() -> None:
    book = base(BY_MEMBERS)
    book.record(recalled(book, numbered(10)))
    assert book.state.room(Body).board == NEW.board()
    copy = sealed(book.bodies, NEW)
    assert seal.inspect(copy.bodies, copy.note, book.state).whole


def test_the_recalled_board_seals_neither_the_recall_nor_anything_after() -> None:
    book = base(BY_MEMBERS)
    book.record(recalled(book, numbered(10)))
    index = len(book.bodies) - 1
    for _ in range(2):
        copy = book.seal()
        found = seal.inspect(copy.bodies, copy.note, book.state)
        assert found.lacking == BOARD
        assert {str(fault) for fault in found.faults} == {
            f"signed with a key that {role} no longer held: it was replaced at act {index}" for role in BOARD
        }
        book.record(Suspended(member=f"m{len(book.bodies) % 10 + 1}", reason="deuda"))


def test_a_recall_empties_the_seats_that_the_new_board_has_not() -> None:
    keys = Keys(1, "Ayllu")
    book = with_keys(Book(BY_MEMBERS).founded(board=keys.board((*BOARD, "treasurer"))).enrolled(30), numbered(10))
    book.record(recalled(book, numbered(10)))
    with refused("“treasurer” holds no seat on the board at this act"):
        book.record(Suspended(member="m3", reason="deuda"), by="treasurer")
    assert book.state.room(Body).keys(len(book.bodies) - 1).keys() == {*BOARD, "treasurer"}
    assert book.state.room(Body).keys(len(book.bodies)).keys() == set(BOARD)


@pytest.mark.parametrize(("qualified", "needed"), [(30, 10), (31, 11), (29, 10), (1, 1), (2, 1), (3, 1), (4, 2)])
def test_a_third_is_counted_of_all_who_may_take_part_whether_they_have_a_key_or_not(
    qualified: int, needed: int
) -> None:
    book = base(BY_MEMBERS, qualified, needed)
    if needed > 1:
        with refused(f"{needed - 1} members have signed, {needed} are needed: 1/3 of {qualified} who may take part"):
            book.record(recalled(book, numbered(needed - 1)))
    book.record(recalled(book, numbered(needed)))


def test_statutes_that_say_nothing_of_it_know_no_recall_but_by_a_vote() -> None:
    book = with_keys(Book().founded().enrolled(30), numbered(30))
    with refused("a board is recalled by a vote alone"):
        book.record(recalled(book, numbered(30)))


def test_a_member_signs_once() -> None:
    book = base(BY_MEMBERS)
    with refused("m3 signs twice"):
        book.record(recalled(book, [*numbered(9), "m3"]))


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [
        (Suspended(member="m4", reason="deuda"), "m4 is suspended and signs no recall"),
        (Left(member="m4"), "m4 has left"),
    ],
)
def test_who_is_suspended_or_has_left_signs_no_recall(gone: Any, sentence: str) -> None:
    book = base(BY_MEMBERS).record(gone)
    with refused(sentence):
        book.record(recalled(book, numbered(10)))
    if isinstance(gone, Suspended):
        book.record(Reinstated(member="m4"))
        book.record(recalled(book, numbered(10)))


@pytest.mark.parametrize(
    ("signer", "sentence"),
    [
        ("m13", "m13 has registered no key"),
        ("m31", "m31 is not enrolled"),
        ("chair", "“chair” is not a member"),
        ("m0", "“m0” is not a member"),
    ],
)
def test_only_a_member_with_a_registered_key_signs(signer: str, sentence: str) -> None:
    book = base(BY_MEMBERS)
    with refused(sentence):
        book.record(recalled(book, [*numbered(9), signer]))


def test_a_recall_signed_for_another_place_other_acts_or_another_board_is_worth_nothing() -> None:
    book = base(BY_MEMBERS)
    before = recalled(book, numbered(10))
    book.record(Suspended(member="m20", reason="deuda"))
    with refused("it goes on from a copy of", "and this is act"):
        book.record(before)
    with refused("the signature of m1 is not on this recall: this book, act and board"):
        book.record(replace(before, size=len(book.bodies), root=root_of(book)))
    with refused("the signature of m1 is not on this recall"):
        book.record(replace(recalled(book, numbered(10)), board=Keys(9, "ladrona").board()))
    with refused("the signature of m1 is not on this recall"):
        book.record(replace(recalled(book, numbered(10)), reason="Por otra cosa"))


def test_a_recall_of_another_body_of_the_same_members_is_worth_nothing_here() -> None:
    mine = base(BY_MEMBERS)
    other = with_keys(Book(BY_MEMBERS).founded(place="Cusco").enrolled(30), numbered(12))
    with refused("the signature of m1 is not on this recall"):
        mine.record(replace(recalled(other, numbered(10)), root=root_of(mine)))


def test_a_recall_on_other_acts_than_it_names_is_refused() -> None:
    book, other = base(BY_MEMBERS), base(BY_MEMBERS)
    other.record(Suspended(member="m20", reason="deuda"))
    book.record(Suspended(member="m21", reason="deuda"))
    with refused("it goes on from a copy that held other acts than these"):
        other.record(recalled(book, numbered(10)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"board": NEW.board(("chair",))}, "the statutes ask that secretary seal, and the board has no such officer"),
        ({"board": ()}, "a board has between 1 and 16 officers"),
        ({"reason": " "}, "a recall takes a reason"),
        ({"members": ()}, "nobody has signed the recall"),
        ({"members": tuple(Signed(f"m{n}", "") for n in range(1, MAX_SIGNATURES + 2))}, "at most 400 signatures"),
        ({"root": "x"}, "it goes on from a copy that held other acts than these"),
    ],
)
def test_a_recall_brings_a_board_that_can_seal_and_a_reason(changes: dict[str, Any], sentence: str) -> None:
    book = base(BY_MEMBERS)
    with refused(sentence):
        book.record(replace(recalled(book, numbered(10)), **changes), by="chair")


def test_a_recall_is_recorded_by_the_new_board() -> None:
    book = base(BY_MEMBERS)
    with refused("“treasurer” is not on the new board"):
        book.record(recalled(book, numbered(10)), by="treasurer")


def test_four_hundred_signatures_fit_in_an_act() -> None:
    book = Book(BY_MEMBERS.replace(b'"1/3"', b'"1/2"')).founded().enrolled(800)
    for member in numbered(MAX_SIGNATURES):
        book.force(keyed(book, member))
    book.record(recalled(book, numbered(MAX_SIGNATURES)))


def test_the_parent_named_by_a_vote_countersigns_a_recall() -> None:
    book = under_parent(base(BY_PARENT))
    book.record(recalled(book, parent=BOARD))
    assert book.state.room(Body).board == NEW.board()


@pytest.mark.parametrize(
    ("parent", "sentence"),
    [
        (("chair",), "Federación has not countersigned: secretary lacking"),
        ((*BOARD, "treasurer"), "treasurer is no officer who was named for Federación"),
        ((*BOARD, "chair"), "chair signs twice"),
    ],
)
def test_every_officer_named_for_the_parent_countersigns_and_nobody_else(
    parent: tuple[str, ...], sentence: str
) -> None:
    book = under_parent(base(BY_PARENT))
    with refused(sentence):
        book.record(recalled(book, parent=parent))


def test_a_parent_that_is_not_the_one_named_recalls_nobody() -> None:
    book = under_parent(base(BY_PARENT), board=Keys(8, "otra federación").board())
    with refused("the signature of chair is not on this recall"):
        book.record(recalled(book, parent=BOARD))
    with refused("no parent body was named before"):
        plain = base(BY_PARENT)
        plain.record(recalled(plain, parent=BOARD))
    with refused("do not let the parent body recall"):
        plain = base(BY_MEMBERS)
        plain.record(recalled(plain, numbered(10), parent=BOARD))
    with refused("do not let members' signatures recall"):
        plain = under_parent(base(BY_PARENT))
        plain.record(recalled(plain, numbered(10), parent=BOARD))


def test_either_proof_is_enough_unless_the_statutes_ask_for_both() -> None:
    for signed in ({"members": numbered(10)}, {"parent": BOARD}):
        book = under_parent(base(EITHER))
        book.record(recalled(book, **signed))
        book = under_parent(base(BOTH))
        with refused("the statutes ask for the members' signatures and the parent's: one is lacking"):
            book.record(recalled(book, **signed))
    book.record(recalled(book, numbered(10), BOARD))


def test_a_proof_that_is_given_besides_the_one_needed_must_hold_as_well() -> None:
    book = under_parent(base(EITHER))
    with refused("3 members have signed, 10 are needed"):
        book.record(recalled(book, numbered(3), BOARD))


def test_a_parent_is_named_by_a_vote_on_the_affiliation_and_its_keys_go_on_without_one() -> None:
    book = base(BY_PARENT)
    with refused("without a vote the same parent goes on"):
        book.record(ParentNamed(book="0" * 32, name="Federación", board=PARENT.board()))
    under_parent(book)
    with refused("vote 1 was carried out already"):
        book.record(ParentNamed(book="1" * 32, name="Otra", board=PARENT.board(), vote=1))
    with refused("without a vote the same parent goes on"):
        book.record(ParentNamed(book="1" * 32, name="Otra", board=tuple(PARENT.officer(r, 1) for r in BOARD)))
    with refused("without a vote the same parent goes on"):
        book.record(ParentNamed(book="0" * 32, name="Federación", board=tuple(PARENT.officer(r, 2) for r in BOARD)))
    with refused("without a vote the same parent goes on"):
        book.record(ParentNamed(book="0" * 32, name="Federación", board=(PARENT.officer("chair", 1),)))
    book.record(ParentNamed(book="0" * 32, name="Federación", board=tuple(PARENT.officer(r, 1) for r in BOARD)))
    with refused("the signature of chair is not on this recall"):
        book.record(recalled(book, parent=BOARD))
    with refused("the parent is known by the id of its own book"):
        book.record(ParentNamed(book=book.state.id, name="Yo", board=PARENT.board()))


def test_a_member_registers_a_key_that_signs_for_itself() -> None:
    book = base(BY_MEMBERS, signers=1)
    thief = Keys(9, "ladrona").key("m2")
    with refused("the key of m2 has not signed it"):
        book.record(replace(keyed(book, "m2"), key=thief.public.hex()))
    with refused("the key of m2 has not signed it"):
        book.record(replace(keyed(book, "m3"), member="m2"))
    with refused("this key is registered already"):
        book.record(keyed(book, "m2", MEMBERS.key("m1")))
    with refused("this key is registered already"):
        book.record(keyed(book, "m2", book.keys.key("chair")))


def test_a_registered_key_is_replaced_only_with_its_own_signature() -> None:
    """The board writes the book: without this it would put its own keys in the place of the members'."""
    book = base(BY_MEMBERS, signers=1)
    other, thief = MEMBERS.key("m1", 1), Keys(9, "ladrona").key("m1")
    with refused("m1 has a key; another takes the signature of that one"):
        book.record(keyed(book, "m1", other))
    with refused("m1 has a key; another takes the signature of that one"):
        book.record(keyed(book, "m1", thief, former=thief))
    book.record(keyed(book, "m1", other, former=MEMBERS.key("m1")))
    with refused("this key is registered already"):
        book.record(keyed(book, "m2", MEMBERS.key("m1")))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b'members = "0"', "more than 0 and at most 1"),
        (b'members = "4/3"', "more than 0 and at most 1"),
        (b"members = 0.3", "is not an exact fraction"),
        (b'members = "1/3"\nboth = true', "both asks for members and for the parent"),
        (b"parent = true\nboth = true", "both asks for members and for the parent"),
        (b'members = "1/3"\nparents = true', "unknown key"),
    ],
)
def test_statutes_that_contradict_themselves_on_recall_are_refused_in_place(text: bytes, sentence: str) -> None:
    with pytest.raises(StatutesError, match=sentence):
        Statutes.from_toml(BY_MEMBERS.replace(b'members = "1/3"', text))


def test_a_recall_brings_no_key_that_held_a_seat() -> None:
    """A new board with the old secretary's key would be sealed by whoever was recalled."""
    book = base(BY_MEMBERS)
    former = book.keys.officer("secretary")
    with refused("the key of secretary held a seat in this book before"):
        book.record(recalled(book, numbered(10), board=(NEW.officer("chair"), former)))
