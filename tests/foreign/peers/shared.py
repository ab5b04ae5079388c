"""Seats for lists as apportionment and votelib share them out, both in fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import votelib.component.quota
import votelib.evaluate.core
import votelib.evaluate.proportional
from apportionment import methods
from asked import TIE

APPORTIONMENT = {
    "dhondt": "dhondt",
    "sainte-lague": "saintelague",
    "sainte-lague-modified": "modified_saintelague",
    "adams": "adams",
    "huntington-hill": "huntington",
    "dean": "dean",
    "hamilton": "largest_remainder",
}
DIVISORS: dict[str, Callable[[int], Any]] = {
    "dhondt": lambda seats: seats + 1,
    "sainte-lague": lambda seats: 2 * seats + 1,
    "sainte-lague-modified": lambda seats: 2 * seats + 1 if seats else Fraction(7, 5),
}
QUOTAS = {"hamilton": votelib.component.quota.hare, "droop": votelib.component.quota.droop}


def _apportioned(method: str, votes: list[int], seats: int) -> dict[str, Any]:
    try:
        return {"seats": [int(one) for one in methods.compute(method, votes, seats, fractions=True, tiesallowed=False)]}
    except methods.TiesException:
        return TIE


def _distributed(evaluator: Any, votes: list[int], seats: int) -> dict[str, Any]:
    won = evaluator.evaluate(dict(enumerate(votes)), seats)
    if any(isinstance(one, votelib.evaluate.core.Tie) for one in won):
        return TIE
    return {"seats": [int(won.get(one, 0)) for one in range(len(votes))]}


def answers(question: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each program answers, by rule."""
    votes, seats = question["votes"], question["seats"]
    found: dict[str, dict[str, Any]] = {}
    for name, method in APPORTIONMENT.items():
        found.setdefault(name, {})["apportionment"] = _apportioned(method, votes, seats)
    for name, divisor in DIVISORS.items():
        evaluator = votelib.evaluate.proportional.HighestAverages(divisor)
        found.setdefault(name, {})["votelib"] = _distributed(evaluator, votes, seats)
    for name, quota in QUOTAS.items():
        evaluator = votelib.evaluate.proportional.LargestRemainder(quota)
        found.setdefault(name, {})["votelib"] = _distributed(evaluator, votes, seats)
    return found
