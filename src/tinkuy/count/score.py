"""Score (votación por puntaje): a paper gives each candidate a score, and the greatest sum wins.

Guarantees exact sums, whatever the scores and weights. A score that was not given is the lowest that there is; a paper
that scores nobody who stands is left out.

Source: D. S. Felsenthal, "Review of paradoxes afflicting procedures for electing a single candidate", ch. 3 of
Felsenthal and Machover (eds), Electoral Systems (2012), range voting.

>>> given = np.array([[5, 4, 0], [0, 4, 5]])
>>> papers = Scores(("Ana", "Beto", "Caro"), given, given >= 0, np.array([3, 2]), least=0, most=5)
>>> rule("score").count(papers).winners
('Beto',)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import blocks
from tinkuy.count.profile import Scores, total
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Result, Stage
from tinkuy.count.seating import Ranking, ranked, seat
from tinkuy.words import say


@dataclass(frozen=True)
class Scored:
    """Papers that score somebody, one column a candidate, every score given or the lowest; and what they add up to."""

    papers: Scores
    scores: NDArray[np.int64]
    weights: NDArray[np.int64]
    standing: tuple[int, ...]
    sums: tuple[int, ...]

    @property
    def valid(self) -> int:
        """Papers that score somebody who stands."""
        return total(self.weights)

    @property
    def ranking(self) -> Ranking:
        """The candidates by their sums."""
        return ranked(self.standing, self.sums.__getitem__)

    def told(self) -> tuple[Event, ...]:
        """Each candidate's sum, from the greatest."""
        return tuple(
            Event(
                "scored",
                say("points of {name}: {score}", name=self.papers.names[each], score=self.sums[each]),
                (each,),
                {"score": self.sums[each]},
            )
            for group in self.ranking
            for each in group
        )

    def totals(self) -> tuple[int | None, ...]:
        """The sums as a stage shows them: None for the withdrawn."""
        return tuple(self.sums[each] if each in self.standing else None for each in range(len(self.sums)))

    def prefer(self, one: int, other: int) -> int:
        """How many papers score `one` higher than `other`."""
        return total(self.weights[self.scores[:, one] > self.scores[:, other]])

    def at_the_top(self, candidate: int) -> int:
        """How many papers give the candidate the highest score that there is."""
        return total(self.weights[self.scores[:, candidate] == self.papers.most])


def scored(papers: Scores) -> Scored:
    """Add up the scores. Raises `CountError` when nobody stands."""
    standing = tuple(number for number in range(len(papers.names)) if number not in papers.withdrawn)
    if not standing:
        raise CountError(say("nobody stands: there is no candidate to elect"))
    valid = papers.given[:, standing].any(axis=1)
    scores, weights = papers.scores, papers.weights
    if not valid.all():
        scores, weights = scores[valid], weights[valid]
    if not papers.given.all():
        scores = np.where(papers.given[valid], scores, papers.least)
    # A product of 64-bit integers wraps silently: where it could, Python's integers add up.
    wide = total(weights) * max(abs(papers.least), abs(papers.most), 1) >= 2**62
    sums = [0] * len(papers.names)
    for block in blocks(len(weights)):
        part = scores[block].astype(object) if wide else scores[block]
        for number, figure in enumerate((part * weights[block, None]).sum(axis=0)):
            sums[number] += int(figure)
    return Scored(papers, scores, weights, standing, tuple(sums))


@dataclass(frozen=True, kw_only=True)
class Score(Rule):
    """The greatest sum of scores wins; of several seats, the first by their sums."""

    takes = Scores

    def count(self, papers: Scores, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        count = scored(papers)
        unfilled = check_seats(seats, len(count.standing))
        taken = seat(count.ranking, seats, papers.names, lots)
        elected = tuple(
            Event(
                "elected",
                say("{name} is elected (points: {score})", name=papers.names[each], score=count.sums[each]),
                (each,),
                {"score": count.sums[each]},
                "Felsenthal 2012, range voting",
            )
            for each in taken.elected
        )
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            count.valid,
            papers.papers - count.valid,
            (Stage(1, count.totals(), events=(*count.told(), *taken.events, *elected)),),
            taken.ties,
            ranking=count.ranking,
            unfilled=unfilled,
        )


register(
    [
        Score(
            name="score",
            title=say("Score: the greatest sum"),
            source="Felsenthal (2012), Electoral Systems, ch. 3, range voting",
        )
    ]
)
