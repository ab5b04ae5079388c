"""Papers that are alike: each kind once, in ascending order, with the exact sum of its weights."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count import alike
from tinkuy.count.alike import grouped_rows
from tinkuy.count.formats import rows
from tinkuy.count.formats.rows import distinct, numbers


def expected(matrix, weights):
    kinds = Counter()
    for row, weight in zip(matrix.tolist(), weights.tolist(), strict=True):
        kinds[tuple(row)] += weight
    return sorted(kinds.items())


def found(matrix, weights):
    first, sums = grouped_rows(matrix, weights)
    return [(tuple(row), weight) for row, weight in zip(matrix[first].tolist(), sums.tolist(), strict=True)]


@settings(max_examples=40)
@given(
    st.integers(0, 40).flatmap(
        lambda width: st.lists(
            st.tuples(st.lists(st.integers(0, 3), min_size=width, max_size=width), st.integers(1, 2**40)),
            min_size=1,
            max_size=30,
        )
    ),
    st.sampled_from([np.uint8, np.uint16]),
    st.sampled_from([1, 60]),
)
def test_every_kind_stands_once_with_the_sum_of_its_weights(papers, kind, spread):
    matrix = np.array([row for row, _ in papers], dtype=kind) * kind(spread)
    weights = np.array([weight for _, weight in papers], dtype=np.int64)
    assert found(matrix, weights) == expected(matrix, weights)


@pytest.mark.parametrize(
    ("count", "kinds", "width"), [(20_000, 50, 6), (20_000, 3_000, 30), (9_000, 9_000, 21), (30_000, 200, 1)]
)
def test_many_rows_are_grouped_as_few_are(count, kinds, width):
    chance = np.random.default_rng(3)
    held = chance.integers(0, 200, size=(kinds, width)).astype(np.uint8)
    matrix = held[chance.integers(0, kinds, count)] if kinds < count else held
    weights = chance.integers(1, 2**30, count)
    assert found(matrix, weights) == expected(matrix, weights)


def test_rows_that_begin_alike_are_set_apart_by_how_they_end():
    chance = np.random.default_rng(4)
    matrix = np.zeros((5_000, 24), dtype=np.uint8)
    matrix[:, 15:] = chance.integers(0, 3, size=(5_000, 9)) * 100
    weights = chance.integers(1, 9, 5_000)
    assert found(matrix, weights) == expected(matrix, weights)


def test_rows_with_the_same_hash_are_not_taken_for_the_same(monkeypatch):
    """A hash only proposes: were all hashes equal, the grouping would be slower and no different."""
    chance = np.random.default_rng(5)
    matrix = chance.integers(0, 4, size=(3_000, 4)).astype(np.uint8)
    weights = np.ones(3_000, dtype=np.int64)
    monkeypatch.setattr(alike, "_hashed", lambda words: np.zeros(len(words[0]), dtype=np.uint64))
    monkeypatch.setattr(alike, "repeats", lambda words: True)
    assert found(matrix, weights) == expected(matrix, weights)


def test_numbers_of_any_length_are_read_from_lines():
    text = b"7 12 345\n\n  6789 =1\n0\n123456789012345678 99\n"
    read = numbers(text)
    assert read.values.tolist() == [7, 12, 345, 6789, 1, 0, 123456789012345678, 99]
    assert (read.counts.tolist(), read.lines.tolist()) == ([3, 2, 1, 2], [0, 2, 3, 4])
    assert np.flatnonzero(read.joined).tolist() == [4]
    with pytest.raises(ValueError, match="too many digits"):
        numbers(b"1 1234567890123456789\n")


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.integers(0, 10**18 - 1), max_size=5), max_size=20),
    st.sampled_from([" ", "  ", ",", "\t"]),
    st.integers(1, 40),
)
def test_pieces_hold_the_numbers_of_the_whole(lines, between, size):
    data = "".join(between.join(map(str, line)) + "\n" for line in lines).encode()
    before = rows.PIECE
    rows.PIECE = size
    try:
        read = [numbers(piece) for piece in rows.pieces(data)]
    finally:
        rows.PIECE = before
    assert [value for piece in read for value in piece.values.tolist()] == [value for line in lines for value in line]
    assert sum(piece.breaks for piece in read) == len(lines)


def test_alike_lines_are_grouped_before_they_are_read():
    chance = np.random.default_rng(9)
    kinds = [b"%d" % number * (1 + number % 30) for number in range(700)] + [b""]
    picked = [kinds[number] for number in chance.integers(0, len(kinds), 60_000)]
    kept, weights = distinct(b"\n".join(picked))
    lines = Counter()
    for line, weight in zip(kept.split(b"\n"), weights.tolist(), strict=False):
        lines[line] += weight
    assert lines == Counter(line for line in picked if line)


def test_lines_that_are_few_long_or_unlike_are_not_grouped():
    assert distinct(b"1 2\n" * 100) is None
    assert distinct((b"1 " * 200 + b"\n") * 60_000) is None
    assert distinct(b"".join(b"%d\n" % number for number in range(60_000))) is None
