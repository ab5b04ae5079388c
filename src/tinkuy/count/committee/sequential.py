"""Committees from approvals: what every rule for them shares, block approval by rank, and Thiele's sequential rule.

Seats are filled one at a time, the best claim first; equal claims are a tie, which is in the record and goes to the
lot. Papers are grouped by what the rule distinguishes them by, so that a hundred thousand cost little more than their
kinds; figures are integers and fractions.

Sources: P. Faliszewski, P. Skowron, A. Slinko and N. Talmon, "Multiwinner voting: a new challenge for social choice
theory", in Trends in Computational Social Choice (2017), for Bloc; T. N. Thiele, "Om flerfoldsvalg" (1895), and S.
Janson, "Phragmén's and Thiele's election methods", arXiv:1611.08826 (2016), for the sequential rule.

>>> papers = Approvals(("Ana", "Beto", "Caro"), np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), np.array([3, 2]))
>>> rule("seq-pav").count(papers, 2, Listed(("Ana", "Beto", "Caro"))).winners
('Ana', 'Caro')
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.alike import grouped_rows
from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import passed_over
from tinkuy.count.profile import Approvals, Profile, total
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Exact, Result, Stage, Tie
from tinkuy.count.seating import drawn, ranked, seat
from tinkuy.words import Amount, Said, say

Told = Callable[[int, Exact], Said]
"""How an election is told: of whom, and the claim that won."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """Papers as a committee's rule sees them: each distinct set of standing candidates, with its weight."""

    names: tuple[str, ...]
    standing: tuple[int, ...]
    sets: NDArray[np.bool_]
    weights: NDArray[np.int64]
    papers: int
    """Papers that approve somebody who stands; the others are invalid."""

    @classmethod
    def of(cls, papers: Approvals) -> Kinds:
        """The kinds of papers that approve somebody who stands. Raises `CountError` when nobody stands."""
        standing = tuple(number for number in range(len(papers.names)) if number not in papers.withdrawn)
        if not standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        sets = papers.sets.copy()
        sets[:, sorted(papers.withdrawn)] = False
        valid = sets.any(axis=1)
        sets, weights = sets[valid], papers.weights[valid]
        if len(sets):
            first, weights = grouped_rows(sets, weights)
            sets = sets[first]
        return cls(papers.names, standing, sets, weights, total(weights))

    def by_class(self, classes: NDArray[np.intp], number: int, candidate: int) -> list[int]:
        """How many of the candidate's supporters are of each class; `classes[i]` is the class of kind i."""
        support = self.sets[:, candidate]
        figures = np.zeros(number, dtype=np.int64)
        np.add.at(figures, classes[support], self.weights[support])
        return [int(figure) for figure in figures]


@dataclass
class Seats:
    """Seats as they are filled: the count's own working state."""

    kinds: Kinds
    seats: int
    lots: Lots
    clause: str
    elected: list[int] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def left(self) -> list[int]:
        """Who stands and is not elected."""
        return [each for each in self.kinds.standing if each not in self.elected]

    @property
    def full(self) -> bool:
        """Whether no seat, or nobody, is left."""
        return len(self.elected) >= self.seats or not self.left

    def elect(self, claims: Mapping[int, Exact], told: Told, *, least: bool = False) -> int:
        """A stage: the greatest claim (or the `least`) takes a seat; equal claims go to the lot."""
        best = min(claims.values()) if least else max(claims.values())
        tied = [each for each, claim in claims.items() if claim == best]
        events: list[Event] = []
        chosen = tied[0]
        if len(tied) > 1:
            # More seats may be left than are tied, but whoever is elected changes the others' claims: it is a tie.
            chosen, event = drawn(tied, 1, self.kinds.names, self.lots)
            self.ties.append(Tie(len(self.stages) + 1, tuple(tied), chosen, "elected", "lot"))
            events.append(event)
        events.append(Event("elected", told(chosen, best), (chosen,), {"claim": best}, self.clause))
        totals = tuple(claims.get(each) for each in range(len(self.kinds.names)))
        self.stages.append(Stage(len(self.stages) + 1, totals, events=tuple(events)))
        self.elected.append(chosen)
        return chosen


@dataclass(frozen=True, kw_only=True)
class Committee(Rule):
    """A rule that elects a committee from approvals, seat by seat."""

    takes = Approvals

    clause: str = ""

    @abstractmethod
    def fill(self, seats: Seats) -> None:
        """Fill the seats; some may stay empty where the rule says so."""

    def count(self, papers: Approvals, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        kinds = Kinds.of(papers)
        check_seats(seats, len(kinds.standing))
        filled = Seats(kinds, seats, lots, self.clause)
        self.fill(filled)
        return Result(
            self.name,
            papers.names,
            seats,
            tuple(filled.elected),
            kinds.papers,
            papers.papers - kinds.papers,
            tuple(filled.stages),
            tuple(filled.ties),
            unfilled=seats - len(filled.elected),
        )


@dataclass(frozen=True, kw_only=True)
class SequentialPav(Committee):
    """A paper of which j are elected already adds 1 / (j + 1) to whom it approves; the greatest sum is elected next."""

    def fill(self, seats: Seats) -> None:
        kinds = seats.kinds
        satisfied = np.zeros(len(kinds.sets), dtype=np.intp)
        while not seats.full:
            steps = len(seats.elected) + 1
            claims: dict[int, Exact] = {
                each: sum(
                    (Fraction(papers, j + 1) for j, papers in enumerate(kinds.by_class(satisfied, steps, each))),
                    Fraction(0),
                )
                for each in seats.left
            }
            chosen = seats.elect(claims, lambda who, claim: _harmonic(kinds.names[who], claim))
            satisfied += kinds.sets[:, chosen]


def _harmonic(name: str, claim: Exact) -> Said:
    return say(
        "{name} is elected: the papers that approve it add {claim}, each divided by one more than it has elected",
        name=name,
        claim=Amount(claim, 5),
    )


@dataclass(frozen=True, kw_only=True)
class Bloc(Rule):
    """Every paper gives a vote to each of its first k candidates, k being the seats; the most votes are elected.

    A place that several share reaches below the line for none of them unless all of them are above it.
    """

    takes = Profile

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        if not papers.standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        unfilled = check_seats(seats, len(papers.standing))
        moved = passed_over(papers)
        upper = min(seats, moved.places.shape[1] - 1)
        above = moved.places[:, :upper] != moved.end
        if moved.joined is not None and upper < moved.places.shape[1]:
            # The group that the line cuts is passed over: walk up from the line while places are joined below it.
            cut = moved.joined[:, upper].copy()
            for position in range(upper - 1, -1, -1):
                above[:, position] &= ~cut
                cut &= moved.joined[:, position]
        got = [0] * len(papers.names)
        for each in papers.standing:
            rows = ((moved.places[:, :upper] == each) & above).any(axis=1)
            got[each] = total(moved.weights[rows])
        ranking = ranked(papers.standing, got.__getitem__)
        taken = seat(ranking, seats, papers.names, lots)
        events = tuple(
            Event(
                "elected",
                say("{name} is elected with {votes} votes", name=papers.names[each], votes=got[each]),
                (each,),
                {"votes": got[each]},
                "Faliszewski et al. 2017, Bloc",
            )
            for each in taken.elected
        )
        totals = tuple(None if each in papers.withdrawn else got[each] for each in range(len(papers.names)))
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            moved.valid,
            papers.papers - moved.valid,
            (Stage(1, totals, events=(*taken.events, *events)),),
            taken.ties,
            ranking=ranking,
            unfilled=unfilled,
        )


register(
    (
        Bloc(
            name="bloc",
            title=say("Bloc: a vote for each of the first k"),
            source="Faliszewski et al., Multiwinner voting (2017), s. 2.2",
        ),
        SequentialPav(
            name="seq-pav",
            title=say("sequential proportional approval"),
            source="Thiele, Om flerfoldsvalg (1895); Janson, arXiv:1611.08826, s. 7",
            clause="Thiele 1895",
        ),
    )
)
