"""Thiele's rule of proportional approval, exactly: the committee that gives the papers the greatest sum of all.

A paper of which j members are elected counts 1 + 1/2 + … + 1/j. The best committee is searched by branch and bound in
integers: what a candidate adds only shrinks as others join, so what is added now bounds what can be added later, and
whatever cannot reach the best found is passed over. Committees of equal sum are a tie; lots decide member by member.

Source: T. N. Thiele (1895); H. Aziz, M. Brill, V. Conitzer, E. Elkind, R. Freeman and T. Walsh, "Justified
representation in approval-based committee voting", Social Choice and Welfare 48 (2017).

>>> papers = Approvals(("Ana", "Beto", "Caro"), np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), np.array([3, 2]))
>>> rule("pav").count(papers, 2, Listed(("Beto", "Ana"))).winners
('Beto', 'Caro')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.committee.sequential import Committee, Kinds, Seats
from tinkuy.count.errors import CountError
from tinkuy.count.registry import register
from tinkuy.count.result import Event, Stage, Tie
from tinkuy.count.seating import drawn
from tinkuy.words import Amount, say

MOST_NODES = 10_000  # some seconds
MOST_EQUAL = 5_000


@dataclass
class Search:
    """The search under way: sums are in units of 1 / `unit`, so that all of them are integers."""

    kinds: Kinds
    seats: int
    unit: int
    best: int = -1
    equal: list[frozenset[int]] = field(default_factory=list)
    nodes: int = 0

    @classmethod
    def over(cls, kinds: Kinds, seats: int) -> Search:
        """Search every committee of so many. Raises `CountError` when that would take too long."""
        search = cls(kinds, seats, lcm(*range(1, seats + 1)))
        search.visit(frozenset(), list(kinds.standing), np.zeros(len(kinds.sets), dtype=np.intp), 0)
        return search

    def visit(self, taken: frozenset[int], open_: list[int], satisfied: NDArray[np.intp], score: int) -> None:
        """Every committee that holds `taken` and is completed from `open_`."""
        left = self.seats - len(taken)
        if not left:
            self._found(taken, score)
            return
        self._step()
        steps = len(taken) + 1
        gains = {
            each: sum(
                papers * (self.unit // (j + 1)) for j, papers in enumerate(self.kinds.by_class(satisfied, steps, each))
            )
            for each in open_
        }
        order = sorted(open_, key=lambda each: (-gains[each], each))
        # Who is tried first is open to nobody after her, so that every committee is seen once.
        for place, each in enumerate(order):
            rest = order[place:]
            if len(rest) < left or score + sum(gains[other] for other in rest[:left]) < self.best:
                return
            self.visit(taken | {each}, rest[1:], satisfied + self.kinds.sets[:, each], score + gains[each])

    def _found(self, committee: frozenset[int], score: int) -> None:
        if score > self.best:
            self.best, self.equal = score, []
        if score == self.best:
            self.equal.append(committee)
            if len(self.equal) > MOST_EQUAL:
                raise _too_many()

    def _step(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _too_many()


@dataclass(frozen=True, kw_only=True)
class Pav(Committee):
    """The committee of the greatest sum; its members in the order of the paper."""

    def fill(self, seats: Seats) -> None:
        kinds, number = seats.kinds, min(seats.seats, len(seats.kinds.standing))
        search = Search.over(kinds, number)
        events: list[Event] = []
        chosen = sorted(self._drawn(search.equal, seats, events))
        score = Fraction(search.best, search.unit)
        said = say(
            "{names} are the committee of the greatest sum, {score}",
            names=tuple(kinds.names[each] for each in chosen),
            score=Amount(score, 5),
        )
        events.append(Event("elected", said, tuple(chosen), {"score": score}, self.clause))
        approvals = {each: int(kinds.weights[kinds.sets[:, each]].sum()) for each in kinds.standing}
        totals = tuple(approvals.get(each) for each in range(len(kinds.names)))
        seats.stages.append(Stage(1, totals, events=tuple(events)))
        seats.elected += chosen

    def _drawn(self, equal: Iterable[frozenset[int]], seats: Seats, events: list[Event]) -> frozenset[int]:
        """One of the equal committees: lots among those who are in some of them and not in others."""
        left = list(equal)
        while len(left) > 1:
            disputed = frozenset.union(*left) - frozenset.intersection(*left)
            one, event = drawn(disputed, 1, seats.kinds.names, seats.lots)
            events.append(event)
            seats.ties.append(Tie(1, tuple(sorted(disputed)), one, "elected", "lot"))
            left = [committee for committee in left if one in committee]
        return left[0]


def _too_many() -> CountError:
    return CountError(
        say(
            "there are too many committees to compare them all; {sequential} fills the seats one by one",
            sequential="seq-pav",
        )
    )


register(
    (
        Pav(
            name="pav",
            title=say("proportional approval, the best of all committees"),
            source="Thiele (1895); Aziz et al., Social Choice and Welfare 48 (2017)",
            clause="Thiele 1895",
        ),
    )
)
