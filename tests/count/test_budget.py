"""Participatory budgets: what the money pays for, against definitions and what cities published.

Source: count.md, "participatory budgeting"; Peters, Pierczyński and Skowron (2021).
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.approving import Sets, elections, papers_of
from tinkuy.count import rule
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.formats import pabulib
from tinkuy.count.formats.source import Source
from tinkuy.count.lots import Hashed, Listed
from tinkuy.count.profile import Budget, Profile, Project, Scores

LOTS = Hashed("drawn in public")
RULES = ("pb-greedy", "pb-mes", "pb-mes-count", "pb-mes-add1")

costs = st.lists(st.integers(1, 40), min_size=6, max_size=6)


def budget_of(sets: Sets, prices: list[int], limit: int, candidates: int) -> Budget:
    papers = papers_of(sets, candidates)
    projects = tuple(Project(name, price) for name, price in zip(papers.names, prices, strict=False))
    return Budget(projects, limit, papers)


@given(elections(), costs, st.integers(10, 120), st.sampled_from(RULES))
@settings(max_examples=80)
def test_no_more_is_spent_than_there_is_and_nothing_that_fits_is_left(
    election: tuple[Sets, int, int], prices: list[int], limit: int, name: str
) -> None:
    sets, candidates, _ = election
    result = rule(name).count(budget_of(sets, prices, limit, candidates), lots=LOTS)
    spent = sum(prices[each] for each in result.elected)
    assert spent == result.spent <= limit
    left = [prices[each] for each in range(candidates) if each not in result.elected]
    assert all(price > limit - spent for price in left)


@given(elections(), costs, st.integers(10, 120))
@settings(max_examples=60)
def test_by_votes_nothing_is_passed_over_that_the_money_reached(
    election: tuple[Sets, int, int], prices: list[int], limit: int
) -> None:
    sets, candidates, _ = election
    result = rule("pb-greedy").count(budget_of(sets, prices, limit, candidates), lots=LOTS)
    votes = [sum(weight for approved, weight in sets if each in approved) for each in range(candidates)]
    for each in set(range(candidates)) - set(result.elected):
        better = [prices[other] for other in result.elected if votes[other] >= votes[each]]
        assert sum(better) + prices[each] > limit


@given(elections(), st.integers(1, 30), st.sampled_from(["pb-mes", "pb-mes-count"]))
@settings(max_examples=40)
def test_with_equal_costs_equal_shares_is_the_rule_for_committees(
    election: tuple[Sets, int, int], price: int, name: str
) -> None:
    sets, candidates, seats = election
    committee = rule("mes-only").count(papers_of(sets, candidates), seats, LOTS)
    budget = budget_of(sets, [price] * candidates, price * seats, candidates)
    assert rule(name).count(budget, lots=LOTS).elected[: len(committee.elected)] == committee.elected


def test_a_tenth_of_the_voters_with_a_tenth_of_the_money_get_their_project() -> None:
    sets = [(frozenset({0, 1, 2}), 90), (frozenset({3}), 10)]
    budget = budget_of(sets, [30, 30, 40, 10], 100, 4)
    assert 3 not in rule("pb-greedy").count(budget, lots=LOTS).elected
    assert 3 in rule("pb-mes").count(budget, lots=LOTS).elected


def test_raised_shares_buy_at_least_as_much_before_votes_decide() -> None:
    sets = [(frozenset({0}), 5), (frozenset({1}), 4), (frozenset({0, 2}), 2)]
    budget = budget_of(sets, [60, 45, 20], 100, 3)
    raised = rule("pb-mes-add1").count(budget, lots=LOTS)
    assert raised.spent is not None
    assert raised.spent <= 100
    assert any(event.kind == "note" for event in raised.stages[0].events)


def test_costs_with_decimals_are_exact() -> None:
    papers = papers_of([(frozenset({0, 1}), 1)], 2)
    projects = (Project("c0", Fraction(1, 10)), Project("c1", Fraction(2, 10)))
    result = rule("pb-mes").count(Budget(projects, Fraction(3, 10), papers), lots=LOTS)
    assert (result.spent, len(result.elected)) == (Fraction(3, 10), 2)


def test_scores_multiply_what_a_project_is_worth() -> None:
    scores = Scores(("a", "b"), np.array([[5, 1]]), np.ones((1, 2), dtype=np.bool_), np.array([4]), 0, 5)
    budget = Budget((Project("a", 10), Project("b", 10)), 10, scores)
    assert rule("pb-mes-count").count(budget).winners == ("a",)
    assert rule("pb-greedy").count(budget).stages[0].totals == (20, 4)


def test_equal_votes_are_a_tie_only_where_the_money_does_not_reach_for_all() -> None:
    sets = [(frozenset({0, 1}), 3)]
    assert not rule("pb-greedy").count(budget_of(sets, [50, 50], 100, 2)).ties
    with pytest.raises(Undecided):
        rule("pb-greedy").count(budget_of(sets, [50, 51], 100, 2))
    assert rule("pb-greedy").count(budget_of(sets, [50, 51], 100, 2), lots=Listed(("c1", "c0"))).winners == ("c1",)


def test_rankings_give_points_by_place_and_are_no_approvals() -> None:
    budget = Budget((Project("a", 1), Project("b", 1)), 1, Profile.of(["a", "b"], [([0, 1], 2), ([1], 3)]))
    assert rule("pb-greedy").count(budget).stages[0].totals == (4, 8)
    with pytest.raises(CountError, match="rank projects"):
        rule("pb-mes").count(budget)


CITIES = {
    "poland_warszawa_2018_wilanow.pb": {"512"},  # the money reaches for it after all the others; the city left it out
}


def test_cities_paid_for_what_the_votes_say(shared_data: Path) -> None:
    """Column `selected` of every file, all of them greedy by their own word, and their own sums of votes."""
    files = sorted((shared_data / "count" / "pabulib").glob("*.pb"))
    assert len(files) == 8
    for file in files:
        budget = pabulib.read(Source(file.read_bytes(), file.name))
        result = rule("pb-greedy").count(budget, lots=LOTS)
        column = "score" if budget.facts["vote_type"] == "ordinal" else "votes"
        assert [str(total) for total in result.stages[0].totals] == [each.facts[column] for each in budget.projects]
        selected = {each.id for each in budget.projects if each.selected}
        if any(each.selected is not None for each in budget.projects):
            assert set(result.winners) ^ selected == CITIES.get(file.name, set()), file.name
