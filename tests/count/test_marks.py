"""What marks mean: each clause on a paper of its own, and all of them against a reading paper by paper."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.plain_marks import plain_reading
from tinkuy.count.errors import CountError
from tinkuy.count.interpretation import INTERPRETATIONS, Interpretation, interpretation
from tinkuy.count.marks import Marks

NAMES = ("Ana", "Beto", "Caro", "Dina")

papers_marked = st.lists(
    st.tuples(st.lists(st.lists(st.integers(0, 3), max_size=2), max_size=6), st.integers(1, 5)), max_size=12
)


def read(rule: Interpretation, *ranks: list[int]) -> list[tuple[int, ...]]:
    profile, _ = rule.read(Marks.of(NAMES, [(list(ranks), 1)]))
    ((ranking, _),) = profile.rankings()
    return list(ranking)


def test_marks_keep_what_was_marked():
    paper = [[1], [], [0, 2], [1]]
    assert list(Marks.of(NAMES, [(paper, 7)]).papers_marked()) == [(((1,), (), (0, 2), (1,)), 7)]


def test_papers_marked_alike_are_one_kind_with_their_sum():
    marks = Marks.of(NAMES, [([[0], [1]], 2), ([[2]], 1), ([[0], [1]], 3), ([], 4)])
    assert sorted(weight for _, weight in marks.papers_marked()) == [1, 4, 5]
    assert marks.papers == 10


def test_a_mark_made_twice_is_one_mark():
    assert list(Marks.of(NAMES, [([[2, 2]], 1)]).papers_marked()) == [(((2,),), 1)]


@pytest.mark.parametrize("paper", [([[4]], 1), ([[-1]], 1), ([[0]], 0)], ids=["no candidate", "negative", "no paper"])
def test_marks_that_no_paper_can_hold_are_refused(paper):
    with pytest.raises(CountError):
        Marks.of(NAMES, [paper])


def test_an_overvote_ends_the_ranking_is_passed_over_counts_as_equals_or_voids_the_paper():
    ranks = [0], [1, 2], [3]
    assert read(Interpretation(name="", source="", overvote="ends"), *ranks) == [(0,)]
    assert read(Interpretation(name="", source="", overvote="passed over"), *ranks) == [(0,), (3,)]
    assert read(Interpretation(name="", source="", overvote="equal"), *ranks) == [(0,), (1, 2), (3,)]
    assert read(Interpretation(name="", source="", overvote="invalid"), *ranks) == []


def test_a_skipped_rank_is_passed_over_or_ends_the_ranking_at_one_or_at_two_in_a_row():
    one, two = ([0], [], [1], [], [], [2]), ([0], [], [], [1])
    assert read(Interpretation(name="", source="", skipped="passed over"), *one) == [(0,), (1,), (2,)]
    assert read(Interpretation(name="", source="", skipped="ends"), *one) == [(0,)]
    assert read(Interpretation(name="", source="", skipped="ends after two"), *one) == [(0,), (1,)]
    assert read(Interpretation(name="", source="", skipped="ends after two"), *two) == [(0,)]


def test_a_candidate_marked_twice_counts_at_the_first_rank_or_ends_the_ranking_or_voids_the_paper():
    ranks = [0], [1], [0], [2]
    assert read(Interpretation(name="", source="", duplicate="first"), *ranks) == [(0,), (1,), (2,)]
    assert read(Interpretation(name="", source="", duplicate="ends"), *ranks) == [(0,), (1,)]
    assert read(Interpretation(name="", source="", duplicate="invalid"), *ranks) == []


def test_it_matters_in_which_order_clauses_look_at_a_paper():
    """Ana is half of the overvote and was marked before: without her it is none."""
    ranks = [0], [0, 1], [2]
    first = Interpretation(name="", source="", order=("duplicate", "overvote", "skipped"))
    last = Interpretation(name="", source="", order=("overvote", "duplicate", "skipped"))
    assert (read(first, *ranks), read(last, *ranks)) == ([(0,), (1,), (2,)], [(0,)])


def test_an_overvote_that_is_passed_over_leaves_a_skipped_rank_to_those_that_look_later():
    ranks = [0], [1, 2], [], [3]
    later = Interpretation(
        name="", source="", overvote="passed over", skipped="ends after two", order=("overvote", "skipped", "duplicate")
    )
    before = Interpretation(
        name="", source="", overvote="passed over", skipped="ends after two", order=("skipped", "overvote", "duplicate")
    )
    assert (read(later, *ranks), read(before, *ranks)) == ([(0,)], [(0,), (3,)])


def test_equal_places_that_a_paper_allows_are_no_overvote():
    marks = Marks.of(NAMES, [([[0, 1], [2]], 1)], equals=True)
    profile, reading = interpretation("strict").read(marks)
    assert list(profile.rankings()) == [(((0, 1), (2,)), 1)]
    assert reading.touched == ()


@pytest.mark.parametrize(
    ("numbers", "counted"),
    [([1, 2, 3, 3, 4, 5, 6], 0), ([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14], 9)],
    ids=["Example: 1, 2, 3, 3, 4, 5, 6", "A second ballot paper: 1 to 9, then 11 to 14"],
)
def test_the_examples_that_the_electoral_act_gives_below_the_line(numbers, counted):
    """Commonwealth Electoral Act 1918, s 268A(2), note and examples."""
    names = [f"square {number}" for number in range(len(numbers))]
    ranks = [[square for square, number in enumerate(numbers) if number == rank] for rank in range(1, 15)]
    profile, _ = interpretation("senate-below").read(Marks.of(names, [(ranks, 1)]))
    assert int((profile.places != profile.end).sum()) == counted


def test_minneapolis_passes_over_skipped_ranks_overvotes_and_repeated_candidates():
    """Code of Ordinances 167.70(c)(2)."""
    assert read(interpretation("minneapolis"), [0], [], [1, 2], [0], [3]) == [(0,), (3,)]


def test_a_reading_says_how_many_papers_each_clause_touched_and_how_many_are_blank_or_invalid():
    marks = Marks.of(NAMES, [([[0], [1, 2]], 4), ([[], [1]], 3), ([[0], [0]], 2), ([], 9), ([[2]], 1)])
    profile, reading = interpretation("scotland").read(marks)
    assert (reading.papers, reading.blank, reading.invalid) == (19, 9, 3)
    assert {touched.clause: touched.papers for touched in reading.touched} == {
        "overvote": 4,
        "skipped": 3,
        "duplicate": 2,
    }
    assert (profile.papers, profile.valid) == (19, 7)


@settings(max_examples=60)
@given(papers_marked, st.sampled_from(INTERPRETATIONS), st.booleans())
def test_many_papers_are_read_as_each_would_be_alone(papers, rule, equals):
    profile, reading = rule.read(Marks.of(NAMES, papers, equals=equals))
    rankings: Counter[tuple[tuple[int, ...], ...]] = Counter()
    clauses: Counter[str] = Counter()
    for paper, weight in papers:
        ranking, touched = plain_reading(rule, paper, len(NAMES), equals)
        rankings[tuple(ranking)] += weight
        clauses.update(dict.fromkeys(touched, weight))
    assert Counter(dict(profile.rankings())) == rankings
    assert {touched.clause: touched.papers for touched in reading.touched} == clauses


def test_papers_beyond_one_block_are_read_like_the_first():
    kinds = [[[0], [1]], [[0, 1]], [[], [2]], [[3], [3], [1]]]
    papers = np.arange(100_000)
    paper, rank, who = [], [], []
    for kind, ranks in enumerate(kinds):
        for place, candidates in enumerate(ranks, 1):
            for candidate in candidates:
                these = papers[papers % 4 == kind]
                paper.append(these)
                rank.append(np.full(len(these), place))
                who.append(np.full(len(these), candidate))
    marks = Marks(NAMES, *_ungrouped(papers, *map(np.concatenate, (paper, rank, who))))
    profile, reading = interpretation("generic").read(marks)
    assert dict(profile.rankings()) == {((0,), (1,)): 25_000, (): 25_000, ((2,),): 25_000, ((3,), (1,)): 25_000}
    assert reading.invalid == 25_000


def _ungrouped(papers, paper, rank, who):
    """The arrays of marks, a row a paper, alike or not."""
    width = 3
    order = np.lexsort([who, rank, paper])
    paper, rank, who = paper[order], rank[order], who[order]
    column = np.arange(len(paper)) - np.searchsorted(paper, paper)
    held = np.full((len(papers), width), 4, dtype=np.uint8)
    ranks = np.full((len(papers), width), 65_535, dtype=np.uint16)
    held[paper, column], ranks[paper, column] = who, rank
    return held, ranks, np.ones(len(papers), dtype=np.int64)


def test_an_interpretation_that_is_not_known_is_refused_with_those_that_are():
    with pytest.raises(CountError, match="no interpretation of marks is called scotlan; known are scotland"):
        interpretation("scotlan")


@pytest.mark.parametrize("rule", INTERPRETATIONS, ids=lambda rule: rule.name)
def test_an_interpretation_says_where_it_is_written(rule):
    assert rule.source
    assert interpretation(rule.name) is rule
