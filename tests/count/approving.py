"""Random approvals, and the rules for committees once more: plain, slow, from their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from tinkuy.count.profile import Approvals

Sets = list[tuple[frozenset[int], int]]


def papers_of(sets: Sets, candidates: int) -> Approvals:
    """Approvals from sets and their weights."""
    held = np.zeros((len(sets), candidates), dtype=np.bool_)
    for row, (approved, _) in zip(held, sets, strict=True):
        row[sorted(approved)] = True
    names = tuple(f"c{number}" for number in range(candidates))
    return Approvals(names, held, np.array([weight for _, weight in sets], dtype=np.int64))


@st.composite
def elections(draw: st.DrawFn) -> tuple[Sets, int, int]:
    """Sets with weights, how many candidates, how many seats."""
    candidates = draw(st.integers(2, 6))
    sets = draw(
        st.lists(
            st.tuples(st.frozensets(st.integers(0, candidates - 1), min_size=1), st.integers(1, 4)),
            min_size=1,
            max_size=6,
        )
    )
    return sets, candidates, draw(st.integers(1, candidates))


def thiele(sets: Sets, committee: Sequence[int]) -> Fraction:
    """The sum of a committee: 1 + 1/2 + … for the members that a paper approves."""
    return sum(
        (
            weight * sum((Fraction(1, j) for j in range(1, len(approved & set(committee)) + 1)), Fraction(0))
            for approved, weight in sets
        ),
        Fraction(0),
    )


def best_committees(sets: Sets, candidates: int, seats: int) -> set[tuple[int, ...]]:
    """Every committee of the greatest sum."""
    scored = {committee: thiele(sets, committee) for committee in combinations(range(candidates), seats)}
    return {committee for committee, score in scored.items() if score == max(scored.values())}


def next_of_equal_shares(sets: Sets, money: list[Fraction], left: Sequence[int]) -> dict[int, Fraction]:
    """What each candidate would cost each of her supporters, by trying every purse as the one that is just emptied."""
    prices: dict[int, Fraction] = {}
    for each in left:
        held = sorted((money[row], weight) for row, (approved, weight) in enumerate(sets) if each in approved)
        for cut in range(len(held) + 1):
            poor = sum((purse * weight for purse, weight in held[:cut]), Fraction(0))
            others = sum(weight for _, weight in held[cut:])
            if not others:
                break
            price = (1 - poor) / others
            if all(purse <= price for purse, _ in held[:cut]) and all(purse >= price for purse, _ in held[cut:]):
                prices[each] = min(price, prices.get(each, price))
    return prices


def extended_justified(sets: Sets, candidates: int, seats: int, committee: Sequence[int]) -> bool:
    """EJR (Aziz et al. 2017, def. 2): in every cohesive group of l quotas somebody has l elected."""
    papers, chosen = sum(weight for _, weight in sets), set(committee)
    for size in range(1, seats + 1):
        for shared in combinations(range(candidates), size):
            poor = sum(weight for approved, weight in sets if approved >= set(shared) and len(approved & chosen) < size)
            if poor * seats >= size * papers:
                return False
    return True
