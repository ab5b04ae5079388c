"""Who signed two histories: proven from the book's id, and nobody accused who did not sign.

Source: book.md, "Checkpoint"; statutes `officers.seal`.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Book, sealed
from tinkuy.assembly import accused
from tinkuy.assembly.act import written
from tinkuy.assembly.board import BoardInstalled
from tinkuy.assembly.register import Left
from tinkuy.book import checkpoint, fork
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.fork import Branch, Evidence
from tinkuy.demo.bases import Keys
from tinkuy.federation.archive import BookCopy

BASE = Book().ready()


def branch(*members: str, base: Book = BASE) -> Book:
    """The book going on with these members leaving."""
    book = Book(bodies=list(base.bodies), attachments=base.attachments)
    for member in members:
        book.record(Left(member=member), at="2026-03-05")
    return book


def evidence(one: BookCopy, other: BookCopy) -> Evidence:
    return accused.evidence((one.bodies, one.note), (other.bodies, other.note), BASE.attachments)


def test_the_officers_of_both_histories_are_named_with_their_keys():
    proven = accused.prove(evidence(branch("m9").seal(), branch("m8", "m7").seal()))
    board = {officer.role: officer.key for officer in BASE.keys.board()}
    assert proven.book == BASE.state.id
    assert [dict(side.sealed) for side in proven.sides] == [board, board]
    assert [side.checkpoint.size for side in proven.sides] == [len(BASE.bodies) + 1, len(BASE.bodies) + 2]


def test_the_evidence_needs_the_founding_alone_however_long_the_book():
    files = dict(fork.members(evidence(branch("m9").seal(), branch("m8", "m7").seal())))
    assert sorted(name for name in files if not name.startswith("attachments/")) == [
        "fork/1/checkpoint",
        "fork/1/opening",
        "fork/1/tile/entries/000.p/1",
        "fork/2/checkpoint",
        "fork/head",
    ]
    assert sum(map(len, files.values())) < 5_000


def test_a_board_that_rotated_its_keys_in_one_history_is_proven_by_that_historys_acts():
    one, other = branch("m9"), branch("m8")
    second = one.keys.officer("secretary", 1)
    other.record(BoardInstalled(board=(second,), reason="rotation"), at="2026-03-06")
    copy = sealed(other.bodies, other.keys, generation={"secretary": 1})
    made = evidence(one.seal(), copy)
    assert [each.opening is None for each in made.branches] == [False, False]
    proven = accused.prove(made)
    assert proven.sides[0].sealed["secretary"] != proven.sides[1].sealed["secretary"] == second.key


def test_a_copy_that_the_board_did_not_seal_accuses_nobody():
    with pytest.raises(BookError, match="chair did not sign"):
        evidence(branch("m9").seal(), branch("m8").seal("secretary"))


def test_a_strangers_signature_accuses_nobody():
    stranger = sealed(branch("m8").bodies, Keys(99, "stranger"))
    with pytest.raises(BookError, match="chair, secretary did not sign"):
        evidence(branch("m9").seal(), stranger)


def test_a_board_that_a_stranger_installed_accuses_nobody():
    """The act is in the stranger's branch, but the statutes forbid it, so it has no effect."""
    thief = Keys(99, "stranger")
    forged = branch("m8")
    forged.force(BoardInstalled(board=thief.board(), reason="election", vote=1), at="2026-03-06")
    with pytest.raises(BookError, match="did not sign"):
        evidence(branch("m9").seal(), sealed(forged.bodies, thief))


def test_a_book_that_goes_on_is_no_fork():
    with pytest.raises(BookError, match="one history"):
        evidence(branch("m9").seal(), branch("m9", "m8").seal())


def test_statutes_that_are_not_attached_leave_it_open_who_must_sign():
    made = evidence(branch("m9").seal(), branch("m8").seal())
    with pytest.raises(BookError, match="statutes that say who seals are lacking"):
        accused.prove(Evidence(made.branches, made.head))


def test_an_opening_of_another_book_proves_nothing():
    other = Book(name="Otra").ready()
    one, two = branch("m9").seal(), branch("m8").seal()
    lent = fork.opening(other.bodies, 1)
    branches = [Branch(checkpoint.parse(copy.note), lent) for copy in (one, two)]
    made = fork.between(*branches, attachments=BASE.attachments)
    with pytest.raises(BookError, match="does not found the book"):
        accused.prove(made)


def test_a_note_alone_is_enough_beside_a_branch_whose_opening_is_at_hand():
    """What a witness holds when a second checkpoint of the same size is submitted to it."""
    one, two = branch("m9").seal(), branch("m8").seal()
    held, named = accused.branch(one.bodies, one.note, BASE.attachments)
    made = accused.least(held, Branch(checkpoint.parse(two.note)), [], named)
    assert accused.prove(made).sides[1].checkpoint.note == two.note


FILES = dict(fork.members(evidence(branch("m9").seal(), branch("m8", "m7").seal())))


@settings(max_examples=200)
@given(name=st.sampled_from(sorted(FILES)), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_of_the_evidence_can_be_changed(name, place, bit):
    data = bytearray(FILES[name])
    data[int(place * len(data))] ^= 1 << bit
    files = {**FILES, name: bytes(data)}
    with pytest.raises(BookError):
        accused.prove(fork.read(files, files.get))


@given(name=st.sampled_from(sorted(FILES)))
def test_no_file_of_the_evidence_can_be_left_out(name):
    files = {other: data for other, data in FILES.items() if other != name}
    with pytest.raises(BookError):
        accused.prove(fork.read(files, files.get))


def test_a_copy_that_is_not_under_its_checkpoint_is_no_branch():
    one = branch("m9").seal()
    body = written(Left(member="m7", at="2026-03-05T20:00:00Z", by="secretary", n=len(BASE.bodies)))
    assert leaf_hash(body) != leaf_hash(one.bodies[-1])
    with pytest.raises(BookError, match="does not continue"):
        accused.branch((*one.bodies[:-1], body), one.note, BASE.attachments)
