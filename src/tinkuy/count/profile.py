"""Papers as they are counted: rankings, approvals and scores, each distinct paper once with its weight.

Guarantees that a profile is whole: every row names each candidate at most once, weights are positive integers that add
up exactly (64 bits, checked), and arrays cannot be written to. What voters marked and what it is taken to mean are two
things: a `Profile` holds the second, `tinkuy.count.marks` the first and the rules that lead from one to the other.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 3), ([[1, 2]], 2), ([], 1)])
>>> profile.papers, profile.valid
(6, 5)
>>> list(profile.rankings())
[(((0,), (1,)), 3), (((1, 2),), 2), ((), 1)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.alike import grouped_rows
from tinkuy.count.errors import CountError
from tinkuy.words import Said, say

MOST_CANDIDATES = 65_000
"""A place is a `uint16` at most; the last codes are kept for what is not a candidate."""

Places = NDArray[np.uint8 | np.uint16]


def place_type(candidates: int) -> type[np.uint8] | type[np.uint16]:
    """The smallest type that holds every candidate's number and the two codes above them."""
    if candidates > MOST_CANDIDATES:
        raise CountError(
            say("{count} candidates; at most {limit} can be counted", count=candidates, limit=MOST_CANDIDATES)
        )
    return np.uint8 if candidates + 2 <= 256 else np.uint16


@dataclass(frozen=True, slots=True)
class Touched:
    """A clause of an interpretation that papers fell under: which, how many, and what it made of them."""

    clause: str
    """ "overvote", "skipped", "duplicate" or "least"."""
    papers: int
    said: Said


@dataclass(frozen=True, slots=True)
class Reading:
    """How marks were read: the name of the interpretation, and how many papers each clause touched.

    `blank` papers have no mark at all; `invalid` ones have marks of which nothing counts. Both stay in the profile as
    papers that rank nobody.
    """

    interpretation: str
    papers: int
    blank: int
    invalid: int
    touched: tuple[Touched, ...]


@dataclass(frozen=True, eq=False)
class Profile:
    """Distinct rankings and how many papers hold each.

    `places` is n x (K + 1): in row i the candidates from first to last, closed and filled up by `end` (the number of
    candidates). `joined[i, j]` says that place j stands equal with place j - 1; None when no paper has equal places.
    `weights` is int64[n]. A row that is empty from the start is a paper that ranks nobody. `withdrawn` candidates stay
    in the numbering; a rule passes over them. `seats` and `title` are what the file says of them.
    """

    names: tuple[str, ...]
    places: Places
    weights: NDArray[np.int64]
    joined: NDArray[np.bool_] | None = None
    seats: int | None = None
    title: str = ""
    withdrawn: frozenset[int] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else the file says of itself, by name: carried, never counted."""
    in_order: bool = False
    """The rows stand, a paper each, in the order in which papers were mixed; a few rules count by that order."""
    reading: Reading | None = None
    """How marks became these rankings, where they were marks."""

    def __post_init__(self) -> None:
        if self.places.ndim != 2 or self.places.shape[1] < 1 or len(self.places) != len(self.weights):
            raise ValueError("places is one row a paper, closed by a column of ends")
        if self.joined is not None and self.joined.shape != self.places.shape:
            raise ValueError("joined has the shape of places")
        if len(set(self.names)) != len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise CountError(say("two candidates are called {name}; give each a name of its own", name=twice))
        for array in (self.places, self.weights, self.joined):
            if array is not None:
                array.flags.writeable = False

    @property
    def end(self) -> int:
        """The code that closes a ranking: the number of candidates."""
        return len(self.names)

    @cached_property
    def papers(self) -> int:
        """How many papers there are, those that rank nobody included."""
        return total(self.weights)

    @cached_property
    def valid(self) -> int:
        """How many papers rank somebody."""
        return total(self.weights[self.places[:, 0] != self.end])

    @property
    def standing(self) -> tuple[int, ...]:
        """The candidates who have not withdrawn, by number."""
        return tuple(number for number in range(len(self.names)) if number not in self.withdrawn)

    def rankings(self) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
        """Each distinct ranking as places from first to last, each the candidates that share it, with its weight."""
        for number, row in enumerate(self.places.tolist()):
            places: list[tuple[int, ...]] = []
            for position, candidate in enumerate(row):
                if candidate == self.end:
                    break
                if self.joined is not None and self.joined[number, position] and places:
                    places[-1] += (candidate,)
                else:
                    places.append((candidate,))
            yield tuple(places), int(self.weights[number])

    @classmethod
    def of(
        cls, names: Sequence[str], rankings: Iterable[tuple[Sequence[int | Sequence[int]], int]], **more: Any
    ) -> Profile:
        """A profile from rankings and their weights; a place is a candidate's number, or several that share it.

        Raises `CountError` for a number that is no candidate's, a candidate ranked twice, or a weight below one.
        """
        rows: list[list[int]] = []
        ties: list[list[bool]] = []
        weights: list[int] = []
        for ranking, weight in rankings:
            row: list[int] = []
            tied: list[bool] = []
            for place in ranking:
                shared = [place] if isinstance(place, int) else list(place)
                row += shared
                tied += [position > 0 for position in range(len(shared))]
            _check_row(row, weight, names, len(rows) + 1)
            rows.append(row)
            ties.append(tied)
            weights.append(weight)
        longest = max(map(len, rows), default=0) + 1
        places = np.full((len(rows), longest), len(names), dtype=place_type(len(names)))
        joined = np.zeros(places.shape, dtype=np.bool_)
        for number, (row, tied) in enumerate(zip(rows, ties, strict=True)):
            places[number, : len(row)] = row
            joined[number, : len(row)] = tied
        return cls(
            tuple(names), places, np.array(weights, dtype=np.int64), joined if joined.any() else None, **more
        ).grouped()

    def without(self, withdrawn: Iterable[int]) -> Profile:
        """The same papers, in which these candidates have also withdrawn."""
        return replace(self, withdrawn=self.withdrawn | frozenset(withdrawn))

    def grouped(self) -> Profile:
        """Each distinct ranking once, in the order of its places, and equals within a place by number.

        The same papers in any order give the same arrays; an order that they had is lost.
        """
        if len(self.places) == 0:
            return self
        places = self.places if self.joined is None else _equals_sorted(self.places, self.joined)
        rows = places if self.joined is None else np.hstack([places, self.joined.astype(places.dtype)])
        total(self.weights)
        first, weights = grouped_rows(rows, self.weights)
        return replace(
            self,
            places=places[first],
            weights=weights,
            joined=None if self.joined is None else self.joined[first],
            in_order=False,
        )


@dataclass(frozen=True, eq=False)
class Approvals:
    """Distinct sets of approved candidates: `sets` is bool[n, candidates], `weights` int64[n]."""

    names: tuple[str, ...]
    sets: NDArray[np.bool_]
    weights: NDArray[np.int64]
    seats: int | None = None
    title: str = ""
    withdrawn: frozenset[int] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def papers(self) -> int:
        """How many papers there are, those that approve nobody included."""
        return total(self.weights)


@dataclass(frozen=True, eq=False)
class Scores:
    """Distinct papers of scores: `scores` is int64[n, candidates], `given` bool of that shape, `weights` int64[n].

    A score that was not given counts as the lowest, `least`; `most` is the highest that the paper allows.
    """

    names: tuple[str, ...]
    scores: NDArray[np.int64]
    given: NDArray[np.bool_]
    weights: NDArray[np.int64]
    least: int
    most: int
    seats: int | None = None
    title: str = ""
    withdrawn: frozenset[int] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def papers(self) -> int:
        """How many papers there are."""
        return total(self.weights)


@dataclass(frozen=True)
class Lists:
    """Votes for lists or parties (or the members of bodies that send delegates): exact, one figure a name."""

    names: tuple[str, ...]
    votes: tuple[int | Fraction, ...]
    seats: int | None = None
    title: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """Something that a participatory budget can pay for. `id` is its name on the papers, `cost` in the budget's money.

    `selected` is what the organisers published of the outcome; None when the file does not say.
    """

    id: str
    cost: int | Fraction
    name: str = ""
    selected: bool | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Budget:
    """A participatory budget: projects with their costs, the money there is, and the papers.

    The names on the papers (`ballots.names`) are the projects' ids in the order of `projects`. Costs are positive and
    exact: integers, or a `Fraction` where the file has decimals.
    """

    projects: tuple[Project, ...]
    limit: int | Fraction
    ballots: Profile | Approvals | Scores
    title: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.ballots.names != tuple(project.id for project in self.projects):
            raise ValueError("the names on the papers are the projects' ids, in their order")

    @property
    def costs(self) -> tuple[int | Fraction, ...]:
        """What each project costs, in the order of the projects."""
        return tuple(project.cost for project in self.projects)

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return self.ballots.papers


def _equals_sorted(places: Places, joined: NDArray[np.bool_]) -> Places:
    """The same rankings, in which candidates that share a place stand by number."""
    rows = np.flatnonzero(joined.any(axis=1))
    place = np.cumsum(~joined[rows], axis=1, dtype=np.int64)
    order = np.argsort(place * (MOST_CANDIDATES + 2) + places[rows], axis=1)
    sorted_places = places.copy()
    sorted_places[rows] = np.take_along_axis(places[rows], order, axis=1)
    return sorted_places


def total(weights: NDArray[np.int64]) -> int:
    """The exact sum of weights. Raises `CountError` when it passes 2^62, beyond which a count could overflow."""
    exact = int(weights.sum(dtype=object)) if len(weights) and int(weights.max()) > 2**31 else int(weights.sum())
    if exact >= 2**62:
        raise CountError(say("the papers add up to {total}; at most 2^62 can be counted", total=exact))
    return exact


def _check_row(row: list[int], weight: int, names: Sequence[str], number: int) -> None:
    """Refuse what no paper can hold."""
    if weight < 1:
        raise CountError(say("ranking {number}: weight {weight}; at least 1 expected", number=number, weight=weight))
    if any(not 0 <= candidate < len(names) for candidate in row):
        raise CountError(say("ranking {number} names a candidate that does not stand", number=number))
    if len(set(row)) != len(row):
        twice = next(candidate for candidate in row if row.count(candidate) > 1)
        raise CountError(say("ranking {number} ranks {name} twice", number=number, name=names[twice]))
