"""Schulze: a candidate wins by having to every other a chain of majorities stronger than any chain back.

A chain is as strong as its weakest link. Whoever's strongest chain to another is stronger than the other's strongest
chain back comes before them; this never goes in a circle (Schulze 2011, section 4.1). Where several come before nobody
else, all are potential winners and the lot decides among them, on record.

The order of the rest takes away the potential winners and looks at who of the others nobody comes before, and so on:
two in one group are equal; two in different groups may have equal chains, and then stand as their group does.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method", Social Choice and Welfare 36 (2011) 267-303; the same extended, "The Schulze Method of Voting",
arXiv:1804.02973.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1, 2], 4), ([1, 2, 0], 3), ([2, 0, 1], 2)])
>>> rule("schulze").count(profile).winners
('Ana',)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.condorcet.pairs import Pairs, layers
from tinkuy.count.condorcet.result import ordered
from tinkuy.count.condorcet.strength import Levels, Measure, named, strength
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, register
from tinkuy.count.result import Event, Result
from tinkuy.words import Said, say


@dataclass(frozen=True, eq=False)
class Paths:
    """The strongest chains: `level[a, b]` of the strongest from a to b, and `before[a, b]`, the last step's start.

    Rows and columns are the standing candidates in their order.
    """

    pairs: Pairs
    level: NDArray[np.int32]
    before: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Pairs, measure: Measure) -> Paths:
        """Find them (Floyd and Warshall's algorithm with minimum and maximum; Schulze 2011, section 2.3)."""
        level = Levels.of(pairs, measure).level.copy()
        size = len(level)
        before = np.repeat(np.arange(size, dtype=np.int32)[:, None], size, axis=1)
        for through in range(size):
            detour = np.minimum(level[:, through, None], level[None, through, :])
            better = detour > level
            level = np.where(better, detour, level)
            before = np.where(better, before[None, through, :], before)
        return cls(pairs, level, before)

    def beats(self, one: int, other: int) -> bool:
        """Whether `one`'s strongest chain to `other` is stronger than the strongest back; candidates by number."""
        here, there = self._at(one), self._at(other)
        return bool(self.level[here, there] > self.level[there, here])

    def chain(self, one: int, other: int) -> tuple[int, ...]:
        """The strongest chain from `one` to `other`, both included; candidates by number."""
        start, at = self._at(one), self._at(other)
        steps = [at]
        while at != start:
            at = int(self.before[start, at])
            steps.append(at)
        return tuple(self.pairs.standing[step] for step in reversed(steps))

    def weakest(self, chain: tuple[int, ...], measure: Measure) -> tuple[int, int]:
        """The weakest link of a chain, the first where several are equally weak."""
        over = self.pairs.over
        return min(pairwise(chain), key=lambda link: strength(measure, over[link[0]][link[1]], over[link[1]][link[0]]))

    def _at(self, candidate: int) -> int:
        return self.pairs.standing.index(candidate)


@dataclass(frozen=True, kw_only=True)
class Schulze(Rule):
    """Orders everybody; `measure` says what makes a link strong."""

    takes = Profile

    measure: Measure

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        pairs = Pairs.of(papers)
        paths = Paths.of(pairs, self.measure)
        ranking = layers(pairs.standing, paths.beats)
        won = tuple(
            sum(paths.beats(one, other) for other in pairs.standing if other != one) if one in pairs.standing else None
            for one in range(len(pairs.names))
        )
        first = ranking[0][0]
        events = [self._told(paths, first, each) for group in ranking for each in group if each != first]
        return ordered(self, pairs, seats, lots, ranking, won, tuple(events))

    def _told(self, paths: Paths, first: int, other: int) -> Event:
        """How the first of the order and another candidate stand to each other."""
        names = paths.pairs.names
        figures: dict[str, int] = {}
        told: list[Said] = []
        for key, start, end in (("there", first, other), ("back", other, first)):
            chain = paths.chain(start, end)
            one, two = paths.weakest(chain, self.measure)
            votes, against = paths.pairs.over[one][two], paths.pairs.over[two][one]
            figures |= {f"{key}_votes": votes, f"{key}_against": against}
            told.append(_chain(tuple(names[each] for each in chain), (names[one], names[two]), votes, against))
        known = {"name": names[first], "other": names[other], "there": told[0], "back": told[1]}
        if not paths.beats(first, other):
            said = say(
                "{name} and {other} are equal: the strongest chain is {there}; back it is {back}, as strong", **known
            )
        elif figures["back_votes"] < figures["back_against"]:
            said = say("{name} before {other}: the strongest chain is {there}; no majorities lead back", **known)
        else:
            said = say(
                "{name} before {other}: the strongest chain is {there}; back it is {back}, which is weaker", **known
            )
        return Event("compared", said, (first, other), figures, "Schulze 2011, 2.2")


def _chain(names: tuple[str, ...], weakest: tuple[str, str], votes: int, against: int) -> Said:
    """A strongest chain in words: its links, where it has several, and its weakest."""
    figures = {"one": weakest[0], "two": weakest[1], "votes": votes, "against": against}
    if len(names) == 2:
        return say("{one} over {two} at once, {votes} to {against}", **figures)
    return say("{chain}, as strong as {one} over {two}, {votes} to {against}", chain=" > ".join(names), **figures)


MEASURES: tuple[tuple[str, Measure], ...] = (
    ("schulze", "winning votes"),
    ("schulze-margins", "margins"),
    ("schulze-ratio", "ratio"),
    ("schulze-losing", "losing votes"),
)

register(
    Schulze(
        name=name,
        title=say("Schulze, by {measure}", measure=named(measure)),
        source="Schulze, Social Choice and Welfare 36 (2011) 267-303; arXiv:1804.02973",
        fills="order",
        measure=measure,
    )
    for name, measure in MEASURES
)
