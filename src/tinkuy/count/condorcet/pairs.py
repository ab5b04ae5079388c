"""Who is preferred to whom, by how many papers: the matrix that every rule of Condorcet's kind starts from.

Guarantees exact figures whatever the weights, in memory that does not grow with the papers. Candidates that a paper
places equal, and those that it does not rank, are preferred to one another by nobody; whoever is ranked is preferred to
whoever is not.

Ranks stand candidate by candidate, a byte each, so that a pair is one comparison of two rows; rows are ordered by their
weights, so that most blocks hold one weight and counting is enough. Where a block mixes weights, each of their binary
digits is counted by itself.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1, 2], 3), ([1, 2, 0], 2), ([2], 2)])
>>> Pairs.of(profile).over
((0, 3, 3), (2, 0, 5), (4, 2, 0))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError
from tinkuy.count.places import ROWS, levels, ranks_somebody
from tinkuy.count.profile import Places, Profile, total
from tinkuy.count.result import Event
from tinkuy.count.seating import ranked
from tinkuy.words import say

MOST_COMPARED = 1_000
"""Half a million pairs; more candidates than that are counted by rules that do not compare each with each."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """`over[a][b]` papers prefer a to b; the rows and columns of the withdrawn are zero. `papers` rank somebody."""

    names: tuple[str, ...]
    over: tuple[tuple[int, ...], ...]
    standing: tuple[int, ...]
    papers: int
    invalid: int = 0

    @classmethod
    def of(cls, profile: Profile) -> Pairs:
        """Compare every two candidates. Raises `CountError` when nobody stands, or too many to compare."""
        if not profile.standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        if len(profile.names) > MOST_COMPARED:
            raise CountError(
                say(
                    "{count} candidates; rules that compare each with each take at most {limit}",
                    count=len(profile.names),
                    limit=MOST_COMPARED,
                )
            )
        figures = preferences(profile)
        gone = sorted(profile.withdrawn)
        figures[gone, :] = figures[:, gone] = 0
        papers = total(profile.weights[ranks_somebody(profile)])
        over = tuple(tuple(row) for row in figures.tolist())
        return cls(profile.names, over, profile.standing, papers, profile.papers - papers)

    def margin(self, one: int, other: int) -> int:
        """How many more papers prefer `one` to `other` than the other way; negative when fewer do."""
        return self.over[one][other] - self.over[other][one]

    @cached_property
    def condorcet_winner(self) -> int | None:
        """The candidate who is preferred to every other by more papers than the other way, if there is one."""
        for one in self.standing:
            if all(self.margin(one, other) > 0 for other in self.standing if other != one):
                return one
        return None

    @cached_property
    def strata(self) -> tuple[tuple[int, ...], ...]:
        """The smallest groups in a row such that everybody is preferred by a majority to everybody in later groups.

        Who reaches whom by steps of not losing is alike within a group, and less in every later one.
        """
        rows = [[one == other or self.margin(one, other) >= 0 for other in self.standing] for one in self.standing]
        reached = closed(np.array(rows)).sum(axis=1).tolist()
        return ranked(self.standing, lambda one: reached[self.standing.index(one)])

    @property
    def smith(self) -> tuple[int, ...]:
        """The Smith set: the smallest group each of whom is preferred by a majority to everybody outside."""
        return self.strata[0]

    def duels(self) -> tuple[Event, ...]:
        """For each candidate, how each comparison went: what a candidate's agent asks for first."""
        return tuple(self._duels(one) for one in self.standing)

    def _duels(self, one: int) -> Event:
        others = [other for other in self.standing if other != one]
        figures = tuple(
            say(
                "{name} {votes} to {against}",
                name=self.names[other],
                votes=self.over[one][other],
                against=self.over[other][one],
            )
            for other in others
        )
        won = sum(self.margin(one, other) > 0 for other in others)
        lost = sum(self.margin(one, other) < 0 for other in others)
        said = say(
            "{name} against each: won {won}, drawn {drawn}, lost {lost} ({figures})",
            name=self.names[one],
            won=won,
            drawn=len(others) - won - lost,
            lost=lost,
            figures=figures,
        )
        return Event("compared", said, (one,), {"won": won, "drawn": len(others) - won - lost, "lost": lost})


def closed(reach: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who reaches whom by any number of steps (Warshall's closure)."""
    closure = reach.copy()
    for through in range(len(closure)):
        closure |= closure[:, through, None] & closure[None, through, :]
    return closure


def layers(candidates: tuple[int, ...], beats: Callable[[int, int], bool]) -> tuple[tuple[int, ...], ...]:
    """The candidates in groups: those whom nobody beats, then those whom nobody left beats, and so on.

    `beats` must have no circle, or candidates would be left over.
    """
    left = list(candidates)
    groups: list[tuple[int, ...]] = []
    while left:
        group = tuple(one for one in left if not any(beats(other, one) for other in left if other != one))
        groups.append(group)
        left = [one for one in left if one not in group]
    return tuple(groups)


def preferences(profile: Profile) -> NDArray[np.int64]:
    """How many papers rank a above b, as int64[K, K], for every candidate, the withdrawn included."""
    count = len(profile.names)
    over = np.zeros((count, count), dtype=np.int64)
    order = np.argsort(-profile.weights, kind="stable")
    ordered = bool((order[1:] > order[:-1]).all())
    for start in range(0, len(order), ROWS):
        # Rows in the order of their weights; a slice, which copies nothing, where they already stand so.
        rows: Any = slice(start, start + ROWS) if ordered else order[start : start + ROWS]
        ranks = _ranks(profile, rows)
        weights = profile.weights[rows]
        strict = _strict(profile, rows)
        for figure, mask in _digits(weights):
            _compare(ranks, mask, figure, strict, over)
    return over


def _strict(profile: Profile, rows: Any) -> bool:
    """Whether each of these rows decides every pair: it ranks all but one at least, and nobody equal."""
    last = len(profile.names) - 2
    if profile.joined is not None or last >= profile.places.shape[1]:
        return False
    return bool((profile.places[rows, max(last, 0)] != profile.end).all())


def _digits(weights: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.bool_] | None]]:
    """What to count the rows for: once for their one weight, or once for each binary digit of their weights."""
    if weights[0] == weights[-1]:
        yield int(weights[0]), None
        return
    for digit in range(int(weights[0]).bit_length()):
        yield 1 << digit, (weights >> digit & 1).astype(np.bool_)


def _compare(ranks: Places, mask: NDArray[np.bool_] | None, figure: int, strict: bool, over: NDArray[np.int64]) -> None:
    """Add `figure` for every row of the mask that ranks a above b. `strict` rows decide every pair one way."""
    if mask is not None:
        ranks = np.ascontiguousarray(ranks[:, mask])
    count, rows = ranks.shape
    above = np.empty(rows, dtype=np.bool_)
    for one in range(count):
        for other in range(one + 1, count):
            np.less(ranks[one], ranks[other], out=above)
            wins = int(np.count_nonzero(above))
            over[one, other] += figure * wins
            if strict:
                over[other, one] += figure * (rows - wins)
                continue
            np.greater(ranks[one], ranks[other], out=above)
            over[other, one] += figure * int(np.count_nonzero(above))


def _ranks(profile: Profile, rows: Any) -> Places:
    """The rank of every candidate on these rows, a row a candidate; the unranked have the number of columns."""
    columns = np.ascontiguousarray(profile.places[rows].T)
    width, papers = columns.shape
    ranks = np.full(papers * (profile.end + 1), width, dtype=np.uint8 if width <= 255 else np.uint16)
    shared = None if profile.joined is None else levels(profile, rows)
    first = np.arange(papers) * (profile.end + 1)
    index = np.empty(papers, dtype=np.intp)
    for position, column in enumerate(columns):
        # Ends write into a last place that nobody reads.
        np.add(first, column, out=index)
        ranks[index] = position if shared is None else shared[:, position]
    return np.ascontiguousarray(ranks.reshape(papers, profile.end + 1).T)[: profile.end]
