"""How strong a comparison is: the measures by which rules of Condorcet's kind put majorities in order.

A comparison of a with b has `votes` for a and `against` for b. All four measures agree that a majority is stronger than
a draw and a draw than a minority, and that more votes for and fewer against never weaken; they differ in which figure
comes first.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011) 267-303, section 2.1, definitions of margin, ratio, winning votes
and losing votes.

>>> strength("winning votes", 60, 40) > strength("winning votes", 55, 10)
True
>>> strength("margins", 60, 40) > strength("margins", 55, 10)
False
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.words import Said, say

Measure = Literal["winning votes", "margins", "ratio", "losing votes"]
Key = tuple[int | Fraction, ...]


def strength(measure: Measure, votes: int, against: int) -> Key:
    """A key by which comparisons are in the order of their strength, the strongest last; equal keys, equal strength."""
    return _KEYS[measure](votes, against)


def named(measure: Measure) -> Said:
    """The measure in words."""
    return _NAMES[measure]


def _sign(votes: int, against: int) -> int:
    return (votes > against) - (votes < against)


def _margin(votes: int, against: int) -> Key:
    return (votes - against,)


def _ratio(votes: int, against: int) -> Key:
    sign = _sign(votes, against)
    # Without votes against the ratio has no bound: more votes are stronger. Without votes for, more against are weaker.
    if sign > 0 and against == 0:
        return (1, 1, votes)
    if sign < 0 and votes == 0:
        return (-1, -1, -against)
    return (sign, 0, Fraction(votes, against) if sign else 0)


def _winning(votes: int, against: int) -> Key:
    sign = _sign(votes, against)
    # Of majorities the one with more votes is stronger, then the one with fewer against; minorities mirror them.
    return (sign, *((votes, -against) if sign > 0 else (-against, votes) if sign < 0 else (0, 0)))


def _losing(votes: int, against: int) -> Key:
    sign = _sign(votes, against)
    # Of majorities the one with fewer votes against is stronger, then the one with more for; minorities mirror them.
    return (sign, *((-against, votes) if sign > 0 else (votes, -against) if sign < 0 else (0, 0)))


_KEYS: dict[Measure, Callable[[int, int], Key]] = {
    "winning votes": _winning,
    "margins": _margin,
    "ratio": _ratio,
    "losing votes": _losing,
}
_NAMES: dict[Measure, Said] = {
    "winning votes": say("winning votes"),
    "margins": say("margins"),
    "ratio": say("ratio"),
    "losing votes": say("losing votes"),
}


@dataclass(frozen=True, eq=False)
class Levels:
    """Every comparison of the standing candidates, as a level: int32[n, n] in the order of `Pairs.standing`.

    A greater level is a stronger comparison, an equal one an equally strong; the diagonal is below all of them.
    """

    level: NDArray[np.int32]
    draw: int
    """The level from which a comparison is no longer a minority: levels above it are majorities."""

    @classmethod
    def of(cls, pairs: Pairs, measure: Measure) -> Levels:
        """Put every comparison in its place."""
        key = _KEYS[measure]
        keys = {
            (one, other): key(pairs.over[first][second], pairs.over[second][first])
            for one, first in enumerate(pairs.standing)
            for other, second in enumerate(pairs.standing)
            if one != other
        }
        order = {each: place for place, each in enumerate(sorted({*keys.values(), key(0, 0)}))}
        level = np.full((len(pairs.standing), len(pairs.standing)), -1, dtype=np.int32)
        for (one, other), each in keys.items():
            level[one, other] = order[each]
        return cls(level, order[key(0, 0)])
