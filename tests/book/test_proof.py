from __future__ import annotations

import base64

import pytest

from tests.book.builders import OFFICERS, PUBLIC, Book, act, book_of
from tinkuy.book import checkpoint, entry, merkle, proof
from tinkuy.book.errors import BookError


def test_an_entry_is_shown_to_stand_in_its_book(book: Book):
    at = book.checkpoint()
    for index, body in enumerate(book.bodies):
        travelled = proof.parse(proof.make(book.leaves, index, at).encode())
        assert proof.verify(travelled, body, book.id, PUBLIC) == {"chair", "secretary"}


def test_the_text_is_that_of_c2sp(book: Book):
    at = book.checkpoint()
    lines = proof.make(book.leaves, 6, at).encode().decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 6"]
    assert [base64.b64decode(line) for line in lines[2:4]] == list(merkle.inclusion_proof(book.leaves, 6))
    assert "\n".join(lines[4:]) == "\n" + at.note.decode()


def test_a_proof_of_the_only_entry_has_no_hashes():
    book = book_of(1)
    data = proof.make(book.leaves, 0, book.checkpoint()).encode()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\ntinkuy/")
    assert proof.verify(proof.parse(data), book.bodies[0], book.id, PUBLIC) == {"chair", "secretary"}


def test_a_proof_may_be_under_an_older_checkpoint(book: Book):
    made = proof.make(book.leaves, 2, book.checkpoint(size=4))
    assert proof.verify(made, book.bodies[2], book.id, PUBLIC) == {"chair", "secretary"}
    with pytest.raises(BookError, match="no entry 5"):
        proof.make(book.leaves, 5, book.checkpoint(size=4))
    with pytest.raises(BookError, match="not a checkpoint of these entries"):
        proof.make(book.leaves[:3], 2, book.checkpoint(size=4))


def test_extra_data_is_passed_over(book: Book):
    data = proof.make(book.leaves, 2, book.checkpoint()).encode()
    assert proof.parse(data.replace(b"\nindex", b"\nextra YWdl\nindex", 1)) == proof.parse(data)


def test_another_entry_place_or_book_is_refused(book: Book):
    made = proof.make(book.leaves, 2, book.checkpoint())
    with pytest.raises(BookError, match="number 3, its proof 2"):
        proof.verify(made, book.bodies[3], book.id, PUBLIC)
    with pytest.raises(BookError, match="does not show entry 2"):
        proof.verify(made, act(2, text="otra"), book.id, PUBLIC)
    with pytest.raises(BookError, match="not another"):
        proof.verify(made, book.bodies[2], "another", PUBLIC)


def test_an_entry_cannot_move_to_another_place():
    moved = Book([act(0), act(1), act(1)])
    at = checkpoint.parse(checkpoint.sign(moved.id, 3, merkle.root(moved.leaves), OFFICERS))
    with pytest.raises(BookError, match="number 1, its proof 2"):
        proof.verify(proof.make(moved.leaves, 2, at), moved.bodies[2], moved.id, PUBLIC)


def test_no_byte_can_change_and_keep_both_signatures(book: Book):
    data = proof.make(book.leaves, 2, book.checkpoint()).encode()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            signed = proof.verify(proof.parse(changed), book.bodies[2], book.id, PUBLIC)
        except BookError:
            continue
        assert signed != {"chair", "secretary"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"@v1", b"@v2", "begin"),
        (b"index 2", b"index 02", "index"),
        (b"index 2", b"index -2", "index"),
        (b"index 2", b"index", "index"),
        (b"index 2\n", b"", "index"),
        (b"index 2\n", b"index 2\nAAAA\n", "not a hash"),
        (b"index 2\n", b"index 2\n" + (b"A" * 43 + b"=\n") * 65, "64 hashes"),
        (b"index 2\n", b"extra ?\nindex 2\n", "extra data"),
        (b"index 2\n", "index 2\n\u00e9\n".encode(), "ASCII"),
        (b"\n\n", b"\n", "begin|index|not a hash|malformed"),
    ],
)
def test_malformed_proofs_are_refused_by_name(book: Book, old, new, message):
    data = proof.make(book.leaves, 2, book.checkpoint()).encode()
    with pytest.raises(BookError, match=message):
        proof.parse(data.replace(old, new, 1))


def test_a_proof_of_a_million_entries_fits_a_qr_code(book: Book):
    # Depth 20 and two signatures; QR version 40 holds 2,953 bytes, version 26 at level L 1,367.
    made = proof.Proof(2, (entry.leaf_hash(b""),) * 20, book.checkpoint())
    assert len(made.encode()) < 1367
