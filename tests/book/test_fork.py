"""Evidence of a fork: what proves two histories, and everything that proves none.

Source: RFC 6962 §2.1.2; book.md, "Checkpoint".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book.builders import Book, act, book_of
from tinkuy.book import fork, merkle
from tinkuy.book.errors import BookError
from tinkuy.book.fork import Branch, Evidence, Head


def split(size: int, at: int) -> Book:
    """The book of `size` acts that says something else from act `at` on."""
    bodies = book_of(size).bodies
    return Book([*bodies[:at], *(act(n, text="Otro acuerdo") for n in range(at, size))])


def branch(book: Book, opened: int = 1) -> Branch:
    return Branch(book.checkpoint(), fork.opening(book.bodies, opened))


def evidence(one: Book, other: Book) -> Evidence:
    larger = max((one, other), key=lambda book: len(book.bodies))
    return fork.between(branch(one), branch(other), larger.leaves)


def written(given: Evidence) -> dict[str, bytes]:
    return dict(fork.members(given))


def read(files: Mapping[str, bytes]) -> Evidence:
    return fork.read(files, files.get)


@given(sizes=st.tuples(st.integers(2, 40), st.integers(2, 40)), at=st.integers(1, 39), opened=st.integers(1, 40))
def test_two_histories_of_any_sizes_are_evidence_and_one_history_is_none(sizes, at, opened):
    one, other = book_of(sizes[0]), split(sizes[1], at)
    if at < min(sizes):
        made = read(written(evidence(one, other)))
        fork.expect_two_histories(made)
        assert made.branches[0].checkpoint.size == min(sizes)
    else:
        with pytest.raises(BookError, match="one history"):
            evidence(one, book_of(sizes[1]))
    opened = min(opened, sizes[0])
    assert fork.expect_opening(branch(one, opened)) == tuple(one.bodies[:opened])


def test_the_smaller_branch_comes_first():
    made = evidence(book_of(11), split(29, 5))
    with pytest.raises(BookError, match="in order of their size"):
        fork.expect_two_histories(replace(made, branches=made.branches[::-1]))


@given(st.data())
def test_no_hash_of_the_evidence_can_be_changed(data):
    made = evidence(book_of(11), split(29, 5))
    assert made.head is not None
    hashes = [made.head.root, *made.head.hashes]
    place, bit = data.draw(st.integers(0, 32 * len(hashes) - 1)), data.draw(st.integers(0, 7))
    flat = bytearray(b"".join(hashes))
    flat[place] ^= 1 << bit
    changed = [bytes(flat[n : n + 32]) for n in range(0, len(flat), 32)]
    with pytest.raises(BookError):
        fork.expect_two_histories(replace(made, head=Head(changed[0], tuple(changed[1:]))))


def test_a_root_that_was_made_up_is_not_the_larger_branchs():
    """Else anybody could show two consistent checkpoints as a fork."""
    one, other = book_of(11), book_of(29)
    lie = Head(merkle.root(split(11, 5).leaves), merkle.consistency_proof(other.leaves, 11))
    with pytest.raises(BookError, match="does not continue"):
        fork.expect_two_histories(Evidence((branch(one), branch(other)), lie))


def test_a_head_is_there_exactly_when_the_sizes_differ():
    made = evidence(book_of(11), split(29, 5))
    with pytest.raises(BookError, match="is missing"):
        fork.expect_two_histories(replace(made, head=None))
    same = evidence(book_of(11), split(11, 5))
    assert same.head is None
    with pytest.raises(BookError, match="is not asked for"):
        fork.expect_two_histories(replace(same, head=made.head))


def test_two_books_are_no_fork():
    with pytest.raises(BookError, match="of two books"):
        evidence(book_of(7), Book([act(n, text="otro libro") for n in range(7)]))


def test_an_opening_is_the_beginning_of_that_very_branch():
    book, other = book_of(20), split(20, 2)
    with pytest.raises(BookError, match="does not continue"):
        fork.expect_opening(Branch(book.checkpoint(), fork.opening(other.bodies, 3)))
    stranger = Book([act(n, text="otro libro") for n in range(20)])
    with pytest.raises(BookError, match="does not found"):
        fork.expect_opening(Branch(book.checkpoint(), fork.opening(stranger.bodies, 1)))
    with pytest.raises(BookError, match="has no opening"):
        fork.expect_opening(Branch(book.checkpoint()))


def test_evidence_is_read_back_as_it_was_written():
    made = evidence(book_of(300), split(600, 280))
    assert read(written(made)) == made
    light = Evidence((made.branches[0], Branch(made.branches[1].checkpoint)), made.head)
    assert read(written(light)) == light


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("fork/2/checkpoint", None, "there is no such file"),
        ("fork/1/tile/entries/000.p/1", None, "there is no such file"),
        ("fork/1/opening", b"size 0\n", "how many acts"),
        ("fork/1/opening", b"size 12\n", "how many acts"),
        ("fork/1/opening", b"size 1", "cut off"),
        ("fork/1/opening", b"size 1\n" + b"A" * 44 + b"\n", "not a hash"),
        ("fork/head", b"\xff\n", "not ASCII"),
        ("fork/head", b"AAAA\n", "not a hash"),
        ("fork/1/more", b"", "no part of the evidence"),
        ("more", b"", "no part of the evidence"),
        ("attachments/" + "0" * 64, b"x", "other bytes than its name says"),
    ],
)
def test_a_file_of_the_evidence_that_is_amiss_is_named(name, data, why):
    files = written(evidence(book_of(11), split(29, 5)))
    files = {other: content for other, content in files.items() if other != name} | (
        {} if data is None else {name: data}
    )
    with pytest.raises(BookError) as caught:
        read(files)
    assert name.removeprefix("fork/1/").split(".p/")[0] in str(caught.value)
    assert why in str(caught.value)
