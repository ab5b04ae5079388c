"""Committees from approvals: each rule against its definition written again, and what its paper promises.

Source: count.md, "The other families"; Aziz et al. (2017), Peters and Skowron (2020), Brill et al. (2024).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.approving import (
    Sets,
    best_committees,
    elections,
    extended_justified,
    next_of_equal_shares,
    papers_of,
    thiele,
)
from tinkuy.count import rule
from tinkuy.count.committee import pav
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Hashed, Listed
from tinkuy.count.profile import Approvals, Profile

LOTS = Hashed("drawn in public")
RULES = ("seq-pav", "phragmen", "mes", "mes-approval", "pav")


@given(elections())
@settings(max_examples=60)
def test_pav_is_a_committee_of_the_greatest_sum_and_says_whether_others_equal_it(
    election: tuple[Sets, int, int],
) -> None:
    sets, candidates, seats = election
    result = rule("pav").count(papers_of(sets, candidates), seats, LOTS)
    best = best_committees(sets, candidates, seats)
    assert result.elected in best
    assert bool(result.ties) == (len(best) > 1)


@given(elections())
@settings(max_examples=60)
def test_sequential_pav_elects_whoever_adds_most(election: tuple[Sets, int, int]) -> None:
    sets, candidates, seats = election
    elected: list[int] = []
    for each in rule("seq-pav").count(papers_of(sets, candidates), seats, LOTS).elected:
        added = {other: thiele(sets, [*elected, other]) for other in range(candidates) if other not in elected}
        assert added[each] == max(added.values())
        elected.append(each)


@given(elections())
@settings(max_examples=60)
def test_phragmen_elects_with_the_least_load_on_a_paper(election: tuple[Sets, int, int]) -> None:
    sets, candidates, seats = election
    loads = [Fraction(0)] * len(sets)
    left = set(range(candidates))
    for each in rule("phragmen").count(papers_of(sets, candidates), seats, LOTS).elected:
        would = {}
        for other in left:
            rows = [row for row, (approved, _) in enumerate(sets) if other in approved]
            papers = sum(sets[row][1] for row in rows)
            if papers:
                would[other] = (1 + sum((loads[row] * sets[row][1] for row in rows), Fraction(0))) / papers
        if would:
            assert would[each] == min(would.values())
            for row, (approved, _) in enumerate(sets):
                if each in approved:
                    loads[row] = would[each]
        left.remove(each)


@given(elections())
@settings(max_examples=60)
def test_equal_shares_elects_whoever_costs_her_supporters_least(election: tuple[Sets, int, int]) -> None:
    sets, candidates, seats = election
    papers = sum(weight for _, weight in sets)
    money = [Fraction(seats, papers)] * len(sets)
    left = list(range(candidates))
    for each in rule("mes-only").count(papers_of(sets, candidates), seats, LOTS).elected:
        prices = next_of_equal_shares(sets, money, left)
        assert prices[each] == min(prices.values())
        for row, (approved, _) in enumerate(sets):
            if each in approved:
                money[row] -= min(money[row], prices[each])
        left.remove(each)
    spent = Fraction(seats) - sum((purse * weight for purse, (_, weight) in zip(money, sets, strict=True)), Fraction(0))
    assert spent == candidates - len(left)
    assert len(left) == candidates - seats or not next_of_equal_shares(sets, money, left)


@given(elections(), st.sampled_from(["pav", "mes", "mes-approval"]))
@settings(max_examples=80)
def test_no_cohesive_group_goes_without_what_extended_justified_representation_gives(
    election: tuple[Sets, int, int], name: str
) -> None:
    sets, candidates, seats = election
    elected = rule(name).count(papers_of(sets, candidates), seats, LOTS).elected
    assert extended_justified(sets, candidates, seats, elected)


@given(elections(), st.sampled_from(RULES), st.integers(2, 50))
@settings(max_examples=40)
def test_only_shares_of_papers_matter_and_not_how_they_are_grouped(
    election: tuple[Sets, int, int], name: str, times: int
) -> None:
    sets, candidates, seats = election
    once = rule(name).count(papers_of(sets, candidates), seats, LOTS)
    more = [(approved, weight * times) for approved, weight in sets]
    apart = [(approved, times) for approved, weight in reversed(sets) for _ in range(weight)]
    for other in (more, apart):
        assert rule(name).count(papers_of(other, candidates), seats, LOTS).elected == once.elected


@pytest.mark.parametrize("name", RULES)
def test_a_large_party_and_a_small_one_share_the_seats(name: str) -> None:
    """Two of three papers are for one party's four, one of three for the other's four: 2 to 1 seats, in every rule."""
    sets = [(frozenset({0, 1, 2, 3}), 6), (frozenset({4, 5, 6, 7}), 3)]
    elected = rule(name).count(papers_of(sets, 8), 3, LOTS).elected
    assert sum(each < 4 for each in elected) == 2


@pytest.mark.parametrize("name", [*RULES, "mes-only"])
def test_who_withdrew_is_passed_over_and_papers_for_nobody_else_are_left_out(name: str) -> None:
    papers = papers_of([(frozenset({0}), 5), (frozenset({1}), 3), (frozenset({2}), 2)], 3)
    gone = Approvals(papers.names, papers.sets, papers.weights, withdrawn=frozenset({0}))
    result = rule(name).count(gone, 1, LOTS)
    assert (result.winners, result.papers, result.invalid) == (("c1",) if name != "mes-only" else (), 5, 5)


@pytest.mark.parametrize("name", RULES)
def test_a_tie_is_never_broken_in_silence(name: str) -> None:
    papers = papers_of([(frozenset({0}), 1), (frozenset({1}), 1)], 2)
    with pytest.raises(Undecided):
        rule(name).count(papers, 1)
    result = rule(name).count(papers, 1, Listed(("c1", "c0")))
    assert (result.winners, [tie.among for tie in result.ties]) == (("c1",), [(0, 1)])


@pytest.mark.parametrize("name", RULES)
def test_more_seats_than_candidates_leave_seats_empty(name: str) -> None:
    result = rule(name).count(papers_of([(frozenset({0, 1}), 2)], 2), 5, LOTS)
    assert (sorted(result.elected), result.unfilled) == ([0, 1], 3)


def test_weights_beyond_32_bits_are_exact() -> None:
    sets = [(frozenset({0}), 2**40 + 1), (frozenset({1}), 2**40)]
    assert all(rule(name).count(papers_of(sets, 2), 1).winners == ("c0",) for name in RULES)


def test_too_many_committees_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pav, "MOST_NODES", 40)
    rng = np.random.Generator(np.random.PCG64(1))
    sets = rng.random((60, 60)) < 0.5
    papers = Approvals(tuple(f"c{each}" for each in range(60)), sets, np.ones(60, dtype=np.int64))
    with pytest.raises(CountError, match="seq-pav"):
        rule("pav").count(papers, 30, LOTS)


def test_bloc_counts_as_many_places_as_there_are_seats() -> None:
    profile = Profile.of(["a", "b", "c", "d"], [([0, 1, 2], 3), ([2, 3], 2), ([3], 1)])
    result = rule("bloc").count(profile, 2, LOTS)
    assert result.stages[0].totals == (3, 3, 2, 3)
    assert rule("bloc").count(profile, 1).winners == ("a",)


def test_bloc_gives_nothing_to_equals_that_the_line_cuts() -> None:
    profile = Profile.of(["a", "b", "c", "d"], [([0, [1, 2]], 3), ([[2, 3]], 2)])
    assert rule("bloc").count(profile, 2, LOTS).stages[0].totals == (3, 0, 2, 2)
    assert rule("bloc").count(profile, 3, LOTS).stages[0].totals == (3, 3, 5, 2)
