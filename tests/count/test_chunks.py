"""Papers in parts: however they are divided, together they are the profile of the whole, array by array."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tinkuy.count.chunks import gathered, merged, parts
from tinkuy.count.errors import CountError, Unreadable
from tinkuy.count.formats import read
from tinkuy.count.interpretation import interpretation
from tinkuy.count.marks import Marks
from tinkuy.count.profile import Profile

NAMES = ("Ana", "Beto", "Caro", "Dina")

rankings = st.lists(
    st.tuples(
        st.permutations(range(4)).flatmap(
            lambda order: st.tuples(st.integers(0, 4), st.integers(1, 2)).map(
                lambda cut: [order[start : start + cut[1]] for start in range(0, cut[0], cut[1])]
            )
        ),
        st.integers(1, 10**6),
    ),
    min_size=1,
    max_size=20,
)


def assert_same(one: Profile, other: Profile) -> None:
    assert (one.names, one.seats, one.title, one.withdrawn) == (other.names, other.seats, other.title, other.withdrawn)
    assert np.array_equal(one.places, other.places)
    assert np.array_equal(one.weights, other.weights)
    assert (one.joined is None) == (other.joined is None)
    assert one.joined is None or np.array_equal(one.joined, other.joined)
    assert one.reading == other.reading


@settings(max_examples=30)
@given(rankings, st.lists(st.integers(0, 20), max_size=4))
def test_parts_merge_to_the_profile_of_all_papers(papers, cuts):
    bounds = [0, *sorted(cuts), len(papers)]
    divided = [papers[start:end] for start, end in pairwise(bounds)]
    partials = [Profile.of(NAMES, part, seats=2) for part in divided]
    assert_same(merged(partials), Profile.of(NAMES, papers, seats=2))


@settings(max_examples=30)
@given(rankings, st.randoms(use_true_random=False))
def test_the_order_of_papers_leaves_no_trace(papers, chance):
    shuffled = chance.sample(papers, len(papers))
    assert_same(Profile.of(NAMES, shuffled), Profile.of(NAMES, papers))


def test_candidates_who_share_a_place_leave_no_trace_of_who_was_written_first():
    profile = Profile.of(NAMES, [([0, [3, 1]], 2), ([0, [1, 3]], 5), ([[0, 3], 1], 1)])
    assert list(profile.rankings()) == [(((0,), (1, 3)), 7), (((0, 3), (1,)), 1)]


def test_candidates_are_put_together_by_name():
    one = Profile.of(["Ana", "Caro"], [([1, 0], 2)], withdrawn=frozenset({1}))
    other = Profile.of(["Beto", "Caro"], [([[0, 1]], 3)])
    together = merged([one, other])
    assert together.names == ("Ana", "Beto", "Caro")
    assert dict(together.rankings()) == {((2,), (0,)): 2, ((1, 2),): 3}
    assert together.withdrawn == {2}


def test_what_readings_say_of_papers_adds_up():
    papers = [([[0], [1, 2]], 4), ([[], [1]], 3), ([], 9), ([[0], [0]], 2)]
    scotland = interpretation("scotland")
    alone = [scotland.read(Marks.of(NAMES, [paper]))[0] for paper in papers]
    assert_same(merged(alone), scotland.read(Marks.of(NAMES, papers))[0])


def test_papers_of_two_elections_are_not_put_together():
    with pytest.raises(CountError, match="papers of two elections"):
        merged([Profile.of(NAMES, [], title="Board"), Profile.of(NAMES, [], title="Delegates")])
    with pytest.raises(CountError, match="no papers"):
        merged([])


def test_a_ward_cut_into_parts_and_arriving_in_pieces_is_the_ward(shared_data):
    for name in sorted((shared_data / "count" / "scot2017").glob("*.blt"))[::12]:
        data = name.read_bytes()
        whole = read(data, name.name)
        cuts = list(parts(data, name.name, size=3_000))
        assert len(cuts) > 1 or len(data) < 4_000
        assert_same(merged(part.read() for part in cuts), whole)
        pieces = (data[start : start + 2_000] for start in range(0, len(data), 2_000))
        assert_same(gathered(pieces, name.name), whole)


def test_papers_of_the_senate_are_read_in_parts(shared_data):
    folder = shared_data / "count" / "aec2016"
    data = gzip.decompress((folder / "aec-senate-formalpreferences-20499-NT.csv.gz").read_bytes())
    data = data[: data.index(b"\n", 1_500_000) + 1]
    candidates = (folder / "candidates.csv").read_bytes()
    cuts = parts(data, "NT.csv", candidates=candidates, contest="NT", size=400_000)
    together = merged(part.read() for part in cuts)
    assert together.papers == data.count(b"\n") - 2
    assert_same(together, read(data, "NT.csv", candidates=candidates, contest="NT"))


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.lists(st.sampled_from(["Ana", "Beto", '"Li, Caro"', ""]), max_size=3)),
        min_size=1,
        max_size=30,
    ).filter(lambda rows: any(any(row) for _, row in rows)),
    st.integers(20, 200),
)
def test_a_table_cut_into_parts_is_the_table(rows, size):
    lines = ["weight,1st,2nd,3rd", *(",".join([str(weight), *row, *[""] * (3 - len(row))]) for weight, row in rows)]
    data = ("\n".join(lines) + "\n").encode()
    cuts = list(parts(data, "x.csv", marks="maine", size=size))
    assume(all(re.search(rb"\n\d+,.*\w", part.data) for part in cuts))  # a part in which nobody is named is refused
    assert_same(merged(part.read() for part in cuts), read(data, "x.csv", marks="maine"))


@pytest.mark.parametrize("ranks", [b"2 1 - 3 0\n", b"2 3 1 0\n"])
def test_a_part_without_empty_ranks_is_read_like_those_that_have_them(ranks):
    data = b"3 1\n" + b"1 1 2 0\n" * 5 + b"1 1 - 2 0\n" + ranks * 5 + b"0\nA\nB\nC\n"
    assert_same(merged(part.read() for part in parts(data, "x.blt", size=20)), read(data, "x.blt"))


def test_a_refusal_in_a_part_names_the_line_of_the_whole_file():
    data = b"3 1\n" + b"1 1 2 0\n" * 50 + b"1 2 2 0\n" + b"1 3 0\n" * 9 + b"0\nA\nB\nC\n"
    with pytest.raises(Unreadable, match=r"x\.blt, line 52: each candidate once"):
        merged(part.read() for part in parts(data, "x.blt", size=64))
    with pytest.raises(Unreadable, match=r"x\.blt, line 52: each candidate once"):
        gathered((data[start : start + 40] for start in range(0, len(data), 40)), "x.blt")
    table = b"Ana,Beto\n" + b"1,2\n" * 30 + b"1,x\n"
    with pytest.raises(Unreadable, match=r"x\.csv, line 32: a rank expected"):
        merged(part.read() for part in parts(table, "x.csv", size=16))


def test_what_cannot_be_cut_is_one_part():
    old = b"2\n1,Ana\n2,Beto\n3,3,1\n3,1,2\n"
    assert [part.data for part in parts(old, "x.soi", size=1)] == [old]
    running = b'2 1 3 1 2 0 2 2 0 0 "A" "B"\n'
    assert [part.data for part in parts(running, "x.blt", size=1)] == [running]
    with pytest.raises(CountError, match="preflib is not read in pieces"):
        gathered([old], "x.soi")
    with pytest.raises(Unreadable, match="a line a paper"):
        gathered([b"2 1\n1 1 2\n0\n", b"A\nB\n"], "x.blt")
    with pytest.raises(Unreadable, match="a 0 on a line of its own expected"):
        gathered([b"2 1\n1 1 2 0\n", b"1 1 0\n"], "x.blt")
