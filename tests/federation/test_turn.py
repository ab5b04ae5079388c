"""How few votes could turn a verdict, against every way in which few votes can fall."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.tables import THREE, YES_NO
from tinkuy.federation.modes import Judge, region_turn, turn
from tinkuy.federation.outcome import OptionShown
from tinkuy.federation.turn import least, to_turn
from tinkuy.federation.weights import Region, Weights, of_regions
from tinkuy.statutes import Bar, majority
from tinkuy.statutes import TestRule as Rule

NO_UNITS = Weights((0, 0, 0), 0, 0, 0)


def test_the_least_number_is_found_or_there_is_none() -> None:
    for first in range(1, 20):
        assert least(lambda n, first=first: n >= first, 19) == first  # type: ignore[misc]
        assert least(lambda n, first=first: n >= first, first - 1) is None  # type: ignore[misc]


def test_a_lead_ends_with_a_tie() -> None:
    def leader(weights: object, gained: int | None) -> object:
        assert isinstance(weights, list | tuple)
        top = max(weights)
        return weights.index(top) if list(weights).count(top) == 1 else None

    assert to_turn(leader, (10, 7, 2), 100) == 3
    assert to_turn(leader, (10, 7, 2), 2) is None


RULES = [
    majority("1/2", of="for+against", op=">"),
    majority("1/2", of="cast", op=">"),
    majority("2/3", of="cast"),
    majority("2/5", of="eligible"),
]


def brute(judge: Judge, weights: Weights, width: int) -> int | None:
    """Every way in which votes can be added: to an option, or as votes that say nothing (`tied` abstains)."""
    now = judge.says(weights)
    for votes in range(1, weights.outstanding + 1):
        for given_ in product(range(votes + 1), repeat=width + 1):
            if sum(given_) != votes:
                continue
            *to_options, silent = given_
            options = tuple(map(int.__add__, weights.options, to_options))
            if judge.says(Weights(options, weights.tied + silent, weights.total, 0)) != now:
                return votes
    return None


@pytest.mark.parametrize("rule", range(len(RULES)))
@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.integers(0, 6), st.integers(0, 5))
def test_no_fewer_votes_could_turn_it_and_so_many_could(
    rule: int, votes: list[int], outstanding: int, more: int
) -> None:
    total = sum(votes) + outstanding + more
    for options in (THREE, (*YES_NO, OptionShown("Abstención", "abstain"))):
        judge = Judge(options, RULES[rule], NO_UNITS)
        weights = Weights(tuple(votes), 0, total, outstanding)
        assert turn(judge, weights) == brute(judge, weights, 3)


@given(st.lists(st.integers(0, 8), min_size=2, max_size=2), st.integers(0, 8), st.integers(1, 20))
def test_turnout_is_attacked_as_a_test_of_the_same_rule(votes: list[int], outstanding: int, needed: int) -> None:
    turnout = Rule(numerator="votes", denominator="eligible", bar=Bar(Fraction(needed, 40), ">="), name="turnout")
    rule = majority("1/2", of="for+against", op=">").with_tests(turnout)
    weights = Weights(tuple(votes), 0, 40, outstanding)
    judge = Judge(YES_NO, rule, Weights((0, 0), 0, 0, 0))
    assert turn(judge, weights) == brute(judge, weights, 2)


regions = st.builds(
    Region,
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.integers(0, 5),
    st.booleans(),
).map(lambda one: one if one.counted else Region((0, 0), one.outstanding, False))


def reachable(region: Region) -> set[int | None]:
    """Whatever this region could still say: each outstanding vote goes to an option, or nowhere."""
    said: set[int | None] = {region.lead}
    for first, second in product(range(region.outstanding + 1), repeat=2):
        if 0 < first + second <= region.outstanding:
            votes = (region.votes[0] + first, region.votes[1] + second)
            said.add(Region(votes, 0, True).lead)
    return said


@given(st.lists(regions, min_size=1, max_size=4), st.sampled_from(RULES), st.booleans())
def test_the_fewest_regions_that_could_turn_it(places: list[Region], rule: object, choice: bool) -> None:
    options = THREE[:2] if choice else YES_NO
    judge = Judge(options, rule, Weights((0, 0), 0, 0, 0))  # type: ignore[arg-type]
    weights = of_regions(places, 2)
    now = judge.says(weights)
    fewest: int | None = None
    for said in product(*(sorted(reachable(place), key=str) for place in places)):
        moved = sum(one != place.lead for one, place in zip(said, places, strict=True))
        votes = (said.count(0), said.count(1))
        after = judge.says(Weights(votes, said.count(-1), weights.total, 0))
        if after != now and (fewest is None or moved < fewest):
            fewest = moved
    assert region_turn(judge, weights, places) == fewest
