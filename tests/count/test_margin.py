"""How many papers must change: below the bound nothing changes, whatever papers change and into whatever."""

from __future__ import annotations

from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.voting import LOTS, ON_RANKINGS, elections, profile_of, rankings, written
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Listed
from tinkuy.count.margin.known import margin
from tinkuy.count.profile import Approvals, Scores
from tinkuy.count.registry import rule

ON_PAPERS = (*ON_RANKINGS, "irv", "irv-two", "irv-batch")
EVERY = [tuple((each,) for each in order) for size in range(4) for order in permutations(range(3), size)]
"""Every paper that ranks some of three candidates, none of them equal."""


def winners(name, papers):
    """Who is elected, however lots fall: by one order of the lots and by the opposite one."""
    return {rule(name).count(papers, 1, Listed(order)).winners for order in (papers.names, papers.names[::-1])}


def units(election):
    papers, candidates = election
    return [ranking for ranking, weight in papers for _ in range(weight)], candidates


@settings(max_examples=10)
@given(elections(most=4), st.data())
def test_with_fewer_papers_than_the_bound_the_same_are_elected_however_lots_fall(election, data):
    papers, candidates = units(election)
    paper = rankings(candidates)
    for name in ON_PAPERS:
        found = margin(rule(name), profile_of([(each, 1) for each in papers], candidates), 1, LOTS).papers
        if not found or found < 2:
            continue
        before = winners(name, profile_of([(each, 1) for each in papers], candidates))
        which = data.draw(
            st.lists(st.integers(0, len(papers) - 1), min_size=found - 1, max_size=found - 1, unique=True)
        )
        after = [data.draw(paper) if number in which else each for number, each in enumerate(papers)]
        assert winners(name, profile_of([(each, 1) for each in after], candidates)) == before, name


@pytest.mark.parametrize("text", ["5 ABC\n1 BCA\n1 CBA", "6 AB\n2 BC\n1 C"])
def test_no_single_paper_alters_what_takes_two(text):
    """Each paper is changed into each that ranks some of the three, and every rule counts again."""
    base = written(text)
    papers = [ranking for ranking, weight in base.rankings() for _ in range(weight)]
    told = {name: margin(rule(name), base, 1, LOTS).papers or 0 for name in ON_PAPERS}
    safe = [name for name, papers in told.items() if papers > 1]
    before = {name: rule(name).count(base, 1, LOTS).elected for name in safe}
    assert len(safe) >= 5
    kinds = [papers.index(ranking) for ranking, _ in base.rankings()]
    for number, into in product(kinds, EVERY):
        after = profile_of([(into if each == number else own, 1) for each, own in enumerate(papers)], 3)
        for name in safe:
            assert winners(name, after) == {tuple(f"c{each}" for each in before[name])}, (name, number, into)


@pytest.mark.parametrize(
    ("name", "text", "papers"),
    [
        ("plurality", "9 A\n4 B\n1 C", 3),  # 5 apart
        ("plurality", "9 A\n5 B\n1 C", 2),  # 4 apart: two papers make them equal
        ("runoff", "10 AB\n5 BA\n4 CB", 1),  # B and C are 1 apart, A has one more than half
        ("runoff", "10 AB\n6 BA\n1 CB", 2),  # the majority of 3 is safer than B's place in the second round
        ("irv", "10 AB\n6 BA\n1 CB", 2),  # A against B and C together: 3
        ("irv", "12 A\n9 B\n2 CA\n1 DA", 3),  # C and D together go out before B by 6, then A leads B by 6
        ("schulze", "10 AB\n6 BA\n1 CB", 2),
        ("copeland", "10 AB\n6 BA\n1 CB", 2),
        ("ranked-pairs", "10 AB\n6 BA\n1 CB", 2),
        ("benham", "10 AB\n6 BA\n1 CB", 2),
        ("borda", "9 AB\n4 BA", 3),  # 5 apart, 2 a paper
    ],
)
def test_bounds_that_can_be_reckoned_by_hand(name, text, papers):
    assert margin(rule(name), written(text), 1, LOTS).papers == papers


@settings(max_examples=10)
@given(elections(least=3, most=3, equals=False))
def test_the_bound_of_plurality_is_exact(election):
    papers, candidates = units(election)
    profile = profile_of([(each, 1) for each in papers], candidates)
    found = margin(rule("plurality"), profile, 1, LOTS)
    assert found.exact
    winner = rule("plurality").count(profile, 1, LOTS).elected[0]
    reached = False
    theirs = [number for number, ranking in enumerate(papers) if ranking[:1] == ((winner,),)]
    for rival in set(range(candidates)) - {winner}:
        after = list(papers)
        for number in theirs[: found.papers]:
            after[number] = ((rival,),)
        reached |= winners("plurality", profile_of([(each, 1) for each in after], candidates)) != {(f"c{winner}",)}
    assert reached


EXTREMES = list(product((0, 3), repeat=3))


def graded(rows):
    scores = np.array(rows, dtype=np.int64)
    return Scores(tuple("ABC"), scores, scores >= 0, np.ones(len(rows), dtype=np.int64), 0, 3)


@settings(max_examples=8)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=5))
def test_the_bounds_of_score_and_star_hold_and_that_of_score_is_exact(rows):
    """No paper moves a difference more than one of the lowest and the highest scores alone: only those are tried."""

    def reached(name, changes):
        found = set()
        for which in combinations(range(len(rows)), changes):
            for into in product(EXTREMES, repeat=changes):
                after = dict(zip(which, into, strict=True))
                found |= winners(name, graded([after.get(number, row) for number, row in enumerate(rows)]))
        return found

    for name in ("score", "star"):
        found = margin(rule(name), graded(rows), 1, LOTS)
        if found.papers and found.papers <= 3:
            assert len(reached(name, found.papers - 1)) == 1, name
            if name == "score":
                assert len(reached(name, found.papers)) > 1


def test_the_bound_of_approval_counts_two_votes_a_paper_and_looks_at_the_last_seat():
    held = np.array([[True, True, False], [True, False, True], [False, True, False]])
    papers = Approvals(tuple("ABC"), held, np.array([6, 1, 2]))
    assert (margin(rule("approval"), papers, 1, LOTS).papers, margin(rule("approval"), papers, 2).papers) == (1, 3)
    everybody = margin(rule("approval"), papers, 3)
    assert (everybody.papers, "everybody who stands is elected" in str(everybody.said)) == (None, True)


def test_where_a_lot_decides_no_paper_needs_to_change():
    found = margin(rule("schulze"), written("1 AB\n1 BA"), 1, LOTS)
    assert (found.papers, str(found.said)) == (0, "papers to change: 0; a lot decides who is elected")
    with pytest.raises(Undecided):
        margin(rule("schulze"), written("1 AB\n1 BA"))


@pytest.mark.parametrize("name", ["scotland", "bucklin", "majority-judgment"])
def test_where_no_bound_is_known_it_says_so(name):
    if name == "majority-judgment":
        scores = np.array([[3, 1], [2, 3]])
        papers = Scores(("A", "B"), scores, scores >= 0, np.array([2, 1]), 0, 3)
    else:
        papers = written("3 AB\n2 BA")
    found = margin(rule(name), papers, 1, LOTS)
    assert (found.papers, str(found.said)) == (None, f"not known for {name}")


def test_a_circle_leaves_the_bound_of_ranked_pairs_unknown():
    found = margin(rule("ranked-pairs"), written("4 ABC\n3 BCA\n2 CAB"))
    assert found.papers is None
    assert "not known for ranked-pairs on these papers" in str(found.said)


def test_a_rule_for_other_papers_is_refused():
    with pytest.raises(CountError, match="these are rankings"):
        margin(rule("approval"), written("3 AB\n2 BA"))
