"""Founding: who a body is, by which statutes it lives, who seals its book.

Source: book.md, "Keys"; house rules 1 and 4.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.builders import STATUTES, Book, count, refused
from tinkuy.assembly import seal
from tinkuy.assembly.board import BoardInstalled
from tinkuy.assembly.founding import (
    AffiliationAccepted,
    AffiliationEnded,
    Affiliations,
    Body,
    Officer,
    StatutesAdopted,
)
from tinkuy.assembly.vote import Counted, Declared
from tinkuy.book.entry import parse
from tinkuy.demo.bases import Keys


def decided(book: Book, rule: str, votes_for: int, against: int, number: int = 1, outcome: str = "carried") -> Book:
    book.record(book.question(vote=number, rule=rule))
    book.record(Counted(vote=number, call=1, count=count(votes_for, against), tellers=("m1", "m2")))
    return book.record(Declared(vote=number, outcome=outcome))


def test_a_book_is_known_by_its_founding() -> None:
    book = Book().founded()
    assert book.state.id == Book().founded().state.id
    assert book.state.id != Book(name="Otro ayllu").founded().state.id
    assert book.breaches == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "a body needs a name of at most 200 characters"),
        ({"name": "x" * 201}, "a body needs a name of at most 200 characters"),
        ({"board": ()}, "a board has between 1 and 16 officers; this one has 0"),
        ({"board": Keys(1, "x").board(tuple(f"r{n}" for n in range(17)))}, "this one has 17"),
        ({"board": Keys(1, "x").board(("chair", "chair"))}, "a role stands twice on the board"),
        ({"board": Keys(1, "x").board(("Chair",))}, "“Chair” is not a role"),
        ({"board": (Officer("chair", "ab", "ab" * 32),)}, "the key of chair is not 64 hexadecimal digits"),
        ({"board": (Officer("chair", "ab" * 32, "AB" * 32),)}, "the key of chair is not 64 hexadecimal digits"),
        ({"board": Keys(1, "x").board(("chair",))}, "the statutes ask that secretary seal"),
        ({"statutes": "ab" * 32}, "the statutes abababababab are not attached to this copy of the book"),
    ],
)
def test_a_founding_names_a_body_with_a_board_that_can_seal(changes: dict[str, Any], sentence: str) -> None:
    with refused(sentence):
        Book().founded(**changes)


def test_the_founding_is_recorded_by_somebody_on_the_board() -> None:
    book = Book()
    with refused("“observer” is not on the founding board"):
        book.record(book.founding(), by="observer")


@pytest.mark.parametrize(("line", "day"), [(b"valid_from = 2027-01-01", "2026-01-01"), (b"", "2026-01-01")])
def test_nobody_founds_on_statutes_that_are_not_in_force(line: bytes, day: str) -> None:
    ended = b"valid_from = 2020-01-01\nvalid_to = 2025-12-31"
    book = Book(STATUTES.replace(b"valid_from = 2020-01-01", line or ended))
    with refused(f"are not valid on {day}"):
        book.founded()


def test_a_book_opens_with_the_founding_and_only_once() -> None:
    with refused("a book opens with the founding of its body, and only once"):
        Book().record(AffiliationEnded(code="x", reason="x"))
    book = Book().founded()
    with refused("a book opens with the founding of its body, and only once"):
        book.record(book.founding())


def test_a_book_whose_first_entry_is_no_founding_has_no_body_and_no_act_of_it_counts() -> None:
    book = Book().force(AffiliationEnded(code="x", reason="x"))
    book.force(book.founding()).force(AffiliationEnded(code="x", reason="x"))
    assert [n for n, _, _ in book.breaches] == [0, 1, 2]
    assert book.state.id == ""
    assert book.state.room(Body).seats == []


def test_the_bytes_of_statutes_are_those_that_were_adopted() -> None:
    book = Book()
    founding = book.founding()
    book.attachments[founding.statutes] = STATUTES + b"\n# otro texto"
    with refused("holds other bytes than its name says"):
        book.record(founding, at="2026-01-01", by="chair")
    book.attachments[founding.statutes] = b"name ="
    with refused("cannot be read: line 1"):
        book.record(founding, at="2026-01-01", by="chair")


def test_new_statutes_take_the_majority_that_the_old_ones_ask_for() -> None:
    """2/3 of those eligible: 66 of 100 are too few and 67 enough; an ordinary vote, however clear, is none."""
    new = STATUTES.replace(b'name = "ayllu"', b'name = "ayllu-nuevo"')
    book = Book().ready()
    adopted = StatutesAdopted(statutes=book.attach(new), vote=1)
    with refused("this takes a vote carried by the rule “statutes”; vote 1 is not one"):
        book.record(adopted)
    decided(book, "statutes", 66, 0, outcome="lost")
    with refused("vote 1 is not one"):
        book.record(adopted)
    decided(book, "ordinary", 100, 0, number=2)
    with refused("vote 2 is not one"):
        book.record(msgspec.structs.replace(adopted, vote=2))
    decided(book, "statutes", 67, 33, number=3)
    book.record(msgspec.structs.replace(adopted, vote=3))
    assert [statutes.name for _, statutes in book.state.room(Body).adopted] == ["ayllu", "ayllu-nuevo"]


def test_a_vote_is_carried_out_once() -> None:
    """Whoever won one vote on the statutes has not won every later one."""
    book = decided(Book().ready(), "statutes", 90, 10)
    book.record(StatutesAdopted(statutes=book.attach(STATUTES + b"# dos"), vote=1))
    with refused("vote 1 was carried out already"):
        book.record(StatutesAdopted(statutes=book.attach(STATUTES + b"# tres"), vote=1))
    book.force(StatutesAdopted(statutes=book.attach(STATUTES + b"# tres"), vote=1))
    assert [kind for _, kind, _ in book.breaches] == ["statutes.adopted"]
    assert len(book.state.room(Body).adopted) == 2


def test_a_key_is_replaced_by_the_one_committed_to_and_by_no_other() -> None:
    book = Book().founded()
    with refused("the new key of secretary is not the one that was committed to before"):
        book.record(BoardInstalled(board=(book.keys.officer("secretary", 2),), reason="rotation"))
    with refused("treasurer is a new seat: it takes an election, not a rotation"):
        book.record(BoardInstalled(board=(book.keys.officer("treasurer"),), reason="rotation"))
    book.record(BoardInstalled(board=(book.keys.officer("secretary", 1),), reason="rotation"))
    assert book.state.room(Body).officer("secretary") == book.keys.officer("secretary", 1)


@pytest.mark.parametrize("reason", ["election", "recall"])
def test_an_election_or_a_recall_names_the_vote_that_decided_it(reason: Any) -> None:
    stranger = Keys(2, "otra").board()
    book = Book().ready()
    with refused("an election or a recall names the vote that decided it"):
        book.record(BoardInstalled(board=stranger, reason=reason))
    with refused(f"this takes a vote carried by the rule “{reason}”"):
        book.record(BoardInstalled(board=stranger, reason=reason, vote=1))
    if reason == "recall":
        decided(book, reason, 60, 20)
        book.record(BoardInstalled(board=stranger, reason=reason, vote=1))
        assert book.state.room(Body).officer("chair") == stranger[0]
        with refused("vote 1 was carried out already"):
            book.record(BoardInstalled(board=book.keys.board(), reason=reason, vote=1))


def test_a_recalled_officers_key_seals_nothing_from_the_recall_on() -> None:
    book = decided(Book().ready(), "recall", 60, 20)
    before = book.seal()
    assert seal.inspect(before.bodies, before.note, book.state).whole
    size = len(book.bodies)
    book.record(BoardInstalled(board=(Keys(2, "otra").officer("secretary"),), reason="recall", vote=1))
    copy = book.seal()
    found = seal.inspect(copy.bodies, copy.note, book.state)
    assert not found.whole
    assert found.lacking == ("secretary",)
    assert [str(fault) for fault in found.faults] == [
        f"signed with a key that secretary no longer held: it was replaced at act {size}"
    ]


def test_a_checkpoint_signed_before_the_recall_still_proves_what_it_sealed() -> None:
    book = Book().ready()
    old = book.seal()
    book.record(BoardInstalled(board=(book.keys.officer("secretary", 1),), reason="rotation"))
    assert seal.inspect(old.bodies, old.note, Book(bodies=list(old.bodies), attachments=book.attachments).state).whole


def test_a_seal_of_another_book_or_of_other_acts_is_named() -> None:
    book, other = Book().ready(), Book(name="Otro").ready()
    copy = book.seal()
    (fault,) = seal.inspect(copy.bodies, other.seal().note, book.state).faults
    assert "not of this book" in str(fault)
    (fault,) = seal.inspect(copy.bodies[:-1], copy.note, book.state).faults
    assert str(fault) == "the checkpoint seals 4 acts and the copy holds 3: one is older than the other"
    provisional = book.seal("secretary")
    assert seal.inspect(copy.bodies, provisional.note, book.state).lacking == ("chair",)


def test_a_thousand_rotations_are_replayed_at_once() -> None:
    """Each act asks who holds a seat: that must not take longer the more there were."""
    book = Book().founded()
    for generation in range(1, 1001):
        book.force(BoardInstalled(board=(book.keys.officer("secretary", generation),), reason="rotation"))
    state = book.state
    assert state.breaches == []
    assert state.room(Body).officer("secretary") == book.keys.officer("secretary", 1000)
    assert state.room(Body).keys(500)["secretary"].hex() == book.keys.officer("secretary", 499).key


def accepted(**changes: Any) -> AffiliationAccepted:
    act = AffiliationAccepted(
        code="0101-001", book="0" * 32, name="Base", body="community", under="0101", board=Keys(1, "base").board()
    )
    return msgspec.structs.replace(act, **changes)


def test_a_base_has_a_code_of_its_own() -> None:
    book = Book().founded().record(accepted())
    with refused("the code 0101-001 belongs to a base already"):
        book.record(accepted(book="1" * 32))
    for code in ("", "a b", "../x", "x" * 41, "ñ", "\x1b"):
        with refused("is not a code: letters, digits"):
            book.record(accepted(code=code))


def test_a_base_leaves_for_a_reason() -> None:
    book = Book().founded().record(accepted())
    with refused("no base has the code 9"):
        book.record(AffiliationEnded(code="9", reason="se fue"))
    with refused("ending an affiliation takes a reason"):
        book.record(AffiliationEnded(code="0101-001", reason=" "))
    book.record(AffiliationEnded(code="0101-001", reason="se fue"))
    assert book.state.room(Affiliations).by_code == {}


@pytest.mark.parametrize("by", ["treasurer", "m1", "Chair", "chair "])
def test_nobody_without_a_seat_records_an_act(by: str) -> None:
    with refused(f"“{by}” holds no seat on the board at this act"):
        Book().founded().record(accepted(), by=by)
    book = Book().founded().force(accepted(), by=by)
    assert book.breaches == [(1, "affiliation.accepted", f"“{by}” holds no seat on the board at this act")]
    assert book.state.room(Affiliations).by_code == {}


def test_an_act_that_moved_is_no_act() -> None:
    book = Book().founded().record(accepted())
    book.bodies.append(book.bodies[1])
    assert book.breaches == [
        (2, "affiliation.accepted", "this is act 2 of the book, but it was written as act 1"),
    ]
    assert parse(book.bodies[2])["n"] == 1
