"""What every candidate holds in a count, stage by stage, and what is told of it.

Guarantees that votes are conserved: what leaves a candidate is received by others, exhausted or lost by rounding, to
the last unit, and each stage says which. Votes are integers in units of the rule's last decimal (exact fractions where
the rule rounds nothing); they leave this module as votes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from tinkuy.count.result import Event, Exact, Move, Stage, Tie
from tinkuy.count.stv.papers import Papers, Rows, Sorted
from tinkuy.words import Amount, Said


@dataclass(frozen=True, slots=True)
class Parcel:
    """Papers that a candidate received together: at one value (in units), credited as so many `votes` (in units)."""

    rows: Rows
    papers: int
    value: Exact
    votes: Exact
    batch: int


class Standing(NamedTuple):
    """What everybody held after a batch of papers, and at which stage that was; ties look back at these."""

    stage: int
    totals: tuple[Exact, ...]


def cut(votes: Exact) -> int:
    """Whole units; the rest is dropped."""
    return votes.numerator // votes.denominator


class Ledger:
    """The books of one count: totals, piles, the stages so far and the one under way."""

    def __init__(self, names: tuple[str, ...], papers: Papers, digits: int | None) -> None:
        self.names = names
        self.papers = papers
        self.exact = digits is None
        self.scale: int = 10 ** (digits or 0)
        self.totals: list[Exact] = [0] * len(names)
        self.piles: list[list[Parcel]] = [[] for _ in names]
        self.exhausted: Exact = 0
        self.lost: Exact = 0
        self.quota: Exact = 0
        self.history: list[Standing] = []
        self.stages: list[Stage] = []
        self.ties: list[Tie] = []
        self.out: set[int] = set()
        self._shown_out: set[int] = set()
        self._events: list[Event] = []
        self._moves: dict[tuple[int, int | None], Exact] = {}

    @property
    def stage(self) -> int:
        """The number of the stage under way, from 1."""
        return len(self.stages) + 1

    @property
    def active(self) -> Exact:
        """The votes that continue: all but those exhausted and lost, in units."""
        return self.papers.valid * self.scale - self.exhausted - self.lost

    def votes(self, units: Exact) -> Exact:
        """Units as votes."""
        return units if self.scale == 1 else Fraction(units, self.scale)

    def amount(self, units: Exact) -> Amount:
        """Units as votes that a saying can hold."""
        return Amount(self.votes(units))

    def units(self, votes: Exact) -> Exact:
        """Votes in units, cut to whole ones where the rule keeps decimals."""
        return votes if self.exact else cut(votes)

    def receive(self, giver: int | None, given: Sorted, value: Exact, votes: Exact) -> None:
        """Papers at `value` reach their next candidate, who is credited with `votes`; or they are exhausted."""
        if given.candidate is None:
            self.exhausted += votes
        else:
            self.totals[given.candidate] += votes
            parcel = Parcel(given.rows, given.papers, value, votes, len(self.history))
            self.piles[given.candidate].append(parcel)
        if giver is not None and votes:
            self._moves[giver, given.candidate] = self._moves.get((giver, given.candidate), 0) + votes

    def release(self, giver: int, votes: Exact) -> None:
        """Votes leave a candidate; what becomes of them is received, exhausted or lost."""
        self.totals[giver] -= votes

    def tell(self, kind: str, said: Said, *candidates: int, clause: str = "", **figures: Exact) -> None:
        """An event of the stage under way; figures are in units."""
        named = {name: self.votes(figure) for name, figure in figures.items()}
        self._events.append(Event(kind, said, candidates, named, clause))

    def flow(self, gains: Sequence[Exact], exhausted: Exact) -> None:
        """Votes moved between all at once: each gain comes from all the losses, in proportion to them."""
        losses = {one: -gain for one, gain in enumerate(gains) if gain < 0}
        takers: dict[int | None, Exact] = {one: gain for one, gain in enumerate(gains) if gain > 0}
        if exhausted < 0:
            raise ValueError("exhausted votes do not come back")
        takers[None] = exhausted
        moved = sum(losses.values())
        for giver, loss in losses.items():
            for taker, gain in takers.items():
                if gain:
                    self._moves[giver, taker] = Fraction(gain * loss, moved)

    def mark(self) -> None:
        """A batch of papers has been transferred: what everybody holds now is what a later tie looks back at."""
        self.history.append(Standing(self.stage, tuple(self.totals)))

    def close(self) -> None:
        """The stage under way is finished."""
        totals = tuple(None if one in self._shown_out else self.votes(units) for one, units in enumerate(self.totals))
        moves = tuple(Move(giver, taker, self.votes(votes)) for (giver, taker), votes in self._moves.items())
        self.stages.append(
            Stage(
                self.stage,
                totals,
                self.votes(self.exhausted),
                self.votes(self.lost),
                self.votes(self.quota),
                tuple(self._events),
                moves,
            )
        )
        self._shown_out = {one for one in self.out if not self.totals[one]}
        self._events, self._moves = [], {}
