"""Ranked pairs (Tideman): majorities are kept from the strongest to the weakest, each unless it would close a circle.

What is kept orders the candidates. Majorities of equal strength that fit together with all kept before are kept
together, whatever their order. Where some of them would close a circle, their order matters and the lot makes it: the
lot orders those who win them, and the majority of whoever stands first in it comes first (Zavist and Tideman 1989; the
order among the majorities of one candidate changes nothing). Every lot is on record. No lot is asked for a circle among
candidates who are beaten by each of enough others to fill the seats: none of its equal majorities is kept.

Sources: T. N. Tideman, "Independence of clones as a criterion for voting rules", Social Choice and Welfare 4 (1987)
185-206 (by margins); T. M. Zavist and T. N. Tideman, "Complete independence of clones in the ranked pairs rule", Social
Choice and Welfare 6 (1989) 167-173.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1, 2], 4), ([1, 2, 0], 3), ([2, 0, 1], 2)])
>>> rule("ranked-pairs").count(profile).winners
('Ana',)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.condorcet.pairs import Pairs, layers
from tinkuy.count.condorcet.result import ordered
from tinkuy.count.condorcet.strength import Measure, named, strength
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, register
from tinkuy.count.result import Event, Result, Tie
from tinkuy.words import Said, say

Pair = tuple[int, int]


@dataclass
class Kept:
    """The majorities kept so far: `reach[a, b]` says that a comes before b by them, candidates by number."""

    pairs: Pairs
    lots: Lots
    deciding: frozenset[int]
    """Whose order decides who is elected: the first strata that have enough candidates for the seats."""
    reach: NDArray[np.bool_]
    events: list[Event] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def take(self, equal: Sequence[Pair]) -> None:
        """Go on to the majorities of one strength."""
        fitting = [pair for pair in equal if not self.reach[pair[1], pair[0]]]
        for pair in equal:
            if self.reach[pair[1], pair[0]]:
                self._leave(pair)
        together = self.reach.copy()
        for pair in fitting:
            _join(together, pair)
        # A majority that is in no circle with the others is kept in whatever order they come.
        contested = [(one, other) for one, other in fitting if together[other, one]]
        for one, other in fitting:
            if not together[other, one]:
                self._keep((one, other))
        for one, other in contested:
            if one not in self.deciding:
                self._idle((one, other))
        for pair in self._by_lot([pair for pair in contested if pair[0] in self.deciding]):
            if self.reach[pair[1], pair[0]]:
                self._leave(pair)
            else:
                self._keep(pair)

    def _by_lot(self, contested: list[Pair]) -> list[Pair]:
        """Majorities that would close a circle, those of whoever is first in the lot's order first."""
        if not contested:
            return []
        names = self.pairs.names
        left = sorted({one for one, _ in contested})
        order: list[int] = []
        while len(left) > 1:
            chosen = names.index(self.lots.first([names[each] for each in left]))
            self.ties.append(Tie(1, tuple(left), chosen, "order", "lot"))
            left.remove(chosen)
            order.append(chosen)
        order += left
        said = say(
            "equally strong majorities would close a circle: {pairs}; the lot takes those of {names}, in this order",
            pairs=tuple(say("{one} over {other}", one=names[one], other=names[other]) for one, other in contested),
            names=tuple(names[each] for each in order),
        )
        self.events.append(Event("tie", said, tuple(order), clause="Zavist and Tideman 1989"))
        return sorted(contested, key=lambda pair: order.index(pair[0]))

    def _keep(self, pair: Pair) -> None:
        _join(self.reach, pair)
        self._tell(pair, say("kept"))

    def _leave(self, pair: Pair) -> None:
        self._tell(pair, say("left out, the other way round follows from what is kept"))

    def _idle(self, pair: Pair) -> None:
        self._tell(pair, say("left out with the equally strong of its circle, which decides no seat"))

    def _tell(self, pair: Pair, fate: Said) -> None:
        one, other = pair
        figures = {"votes": self.pairs.over[one][other], "against": self.pairs.over[other][one]}
        said = say(
            "{one} over {other}, {votes} to {against}: {fate}",
            one=self.pairs.names[one],
            other=self.pairs.names[other],
            fate=fate,
            **figures,
        )
        self.events.append(Event("compared", said, pair, figures, "Tideman 1987"))


def _join(reach: NDArray[np.bool_], pair: Pair) -> None:
    """Let whoever reaches the one reach whomever the other reaches."""
    one, other = pair
    if not reach[one, other]:
        reach |= reach[:, one, None] & reach[None, other, :]


@dataclass(frozen=True, kw_only=True)
class RankedPairs(Rule):
    """Orders everybody; `measure` says which majority is stronger."""

    takes = Profile

    measure: Measure

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        pairs = Pairs.of(papers)
        kept = Kept(pairs, lots, _deciding(pairs, seats), np.eye(len(pairs.names), dtype=np.bool_))
        majorities = [
            (one, other) for one in pairs.standing for other in pairs.standing if pairs.margin(one, other) > 0
        ]
        strengths = {pair: strength(self.measure, *_figures(pairs, pair)) for pair in majorities}
        majorities.sort(key=strengths.__getitem__, reverse=True)
        for _, equal in groupby(majorities, key=strengths.__getitem__):
            kept.take(sorted(equal))
        ranking = layers(pairs.standing, lambda one, other: bool(kept.reach[one, other]))
        before = tuple(
            int(kept.reach[one].sum()) - 1 if one in pairs.standing else None for one in range(len(pairs.names))
        )
        return ordered(self, pairs, seats, lots, ranking, before, tuple(kept.events), tuple(kept.ties))


def _deciding(pairs: Pairs, seats: int) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    for stratum in pairs.strata:
        if len(found) >= seats:
            break
        found |= set(stratum)
    return found


def _figures(pairs: Pairs, pair: Pair) -> tuple[int, int]:
    return pairs.over[pair[0]][pair[1]], pairs.over[pair[1]][pair[0]]


MEASURES: tuple[tuple[str, Measure], ...] = (("ranked-pairs", "margins"), ("ranked-pairs-winning", "winning votes"))

register(
    RankedPairs(
        name=name,
        title=say("Ranked pairs, by {measure}", measure=named(measure)),
        source="Tideman, Social Choice and Welfare 4 (1987) 185-206; Zavist and Tideman, ibid. 6 (1989) 167-173",
        fills="order",
        measure=measure,
    )
    for name, measure in MEASURES
)
