"""Papers as they were marked: which candidates stand at which rank, mistakes and all.

Voters skip ranks, mark two candidates at one rank, or one candidate at two. What such a paper counts as is for the law
to say, and laws differ: `tinkuy.count.interpretation` holds their clauses and makes a `Profile` of these marks. Nothing
is decided here, and nothing is lost.

>>> marks = Marks.of(["Ana", "Beto", "Caro"], [([[0], [], [1, 2]], 4)])
>>> list(marks.papers_marked())
[(((0,), (), (1, 2)), 4)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.alike import grouped_rows
from tinkuy.count.errors import CountError
from tinkuy.count.profile import Places, place_type, total
from tinkuy.words import say

NO_RANK = 65_535
"""The rank of a place in the matrix that holds no mark."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Distinct ways in which papers were marked, and how many papers hold each.

    `who` and `ranks` are n x m and belong together: mark j of paper i gives rank `ranks[i, j]` (1 is first) to
    candidate `who[i, j]`. Marks stand by rank, then by number; a row is filled up with the number of candidates and
    `NO_RANK`. `weights` is int64[n]. `equals` says that the paper lets voters give one rank to several on purpose: then
    that is no overvote.
    """

    names: tuple[str, ...]
    who: Places
    ranks: NDArray[np.uint16]
    weights: NDArray[np.int64]
    equals: bool = False
    seats: int | None = None
    title: str = ""
    withdrawn: frozenset[int] = frozenset()
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.who.shape != self.ranks.shape or self.who.ndim != 2 or len(self.who) != len(self.weights):
            raise ValueError("who and ranks are one row a paper")
        for array in (self.who, self.ranks, self.weights):
            array.flags.writeable = False

    @property
    def end(self) -> int:
        """The code of a place that holds no mark: the number of candidates."""
        return len(self.names)

    @cached_property
    def papers(self) -> int:
        """How many papers there are, those without a mark included."""
        return total(self.weights)

    def papers_marked(self) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
        """Each distinct paper as its ranks from first to last, each the candidates marked there, with its weight."""
        for who, ranks, weight in zip(self.who.tolist(), self.ranks.tolist(), self.weights.tolist(), strict=True):
            last = max((rank for rank in ranks if rank != NO_RANK), default=0)
            positions: list[tuple[int, ...]] = [()] * last
            for candidate, rank in zip(who, ranks, strict=True):
                if rank != NO_RANK:
                    positions[rank - 1] += (candidate,)
            yield tuple(positions), weight

    @classmethod
    def of(cls, names: Sequence[str], papers: Iterable[tuple[Sequence[Sequence[int]], int]], **more: Any) -> Marks:
        """Marks from papers and their weights; a paper is its ranks, each the numbers of the candidates marked there.

        Raises `CountError` for a number that is no candidate's or a weight below one.
        """
        paper: list[int] = []
        rank: list[int] = []
        who: list[int] = []
        weights: list[int] = []
        for number, (positions, weight) in enumerate(papers):
            weights.append(weight)
            for place, candidates in enumerate(positions, 1):
                paper += [number] * len(candidates)
                rank += [place] * len(candidates)
                who += candidates
        return cls.gathered(
            names,
            np.array(paper, dtype=np.int64),
            np.array(rank, dtype=np.int64),
            np.array(who, dtype=np.int64),
            np.array(weights, dtype=np.int64),
            **more,
        )

    @classmethod
    def gathered(
        cls,
        names: Sequence[str],
        paper: NDArray[np.int64],
        rank: NDArray[np.int64],
        who: NDArray[np.int64],
        weights: NDArray[np.int64],
        **more: Any,
    ) -> Marks:
        """Marks from three columns, one row a mark in any order: the paper's number, the rank, the candidate's number.

        A mark that is there twice is one mark. Raises `CountError` for a candidate's number or a rank that cannot be,
        and for a weight below one.
        """
        _check(len(names), rank, who, weights)
        span = len(names) * int(rank.max(initial=0)) + len(names)
        # One integer a mark, in the order in which marks stand: sorting plain integers is what numpy does fastest.
        key = paper * span
        key += rank * len(names)
        key += who
        key.sort()
        key = key[np.diff(key, prepend=-1) != 0]
        row, rest = np.divmod(key, max(span, 1))
        marked = np.bincount(row, minlength=len(weights))
        column = np.arange(len(key)) - np.repeat(np.cumsum(marked) - marked, marked)
        shape = (len(weights), int(marked.max(initial=0)))
        into = np.full(shape, len(names), dtype=place_type(len(names)))
        ranks = np.full(shape, NO_RANK, dtype=np.uint16)
        into[row, column] = rest % max(len(names), 1)
        ranks[row, column] = rest // max(len(names), 1)
        return cls(tuple(names), into, ranks, weights, **more).grouped()

    def grouped(self) -> Marks:
        """Each distinct way of marking once."""
        if len(self.who) == 0:
            return self
        first, weights = grouped_rows(np.hstack([self.ranks, self.who.astype(np.uint16)]), self.weights)
        return replace(self, who=self.who[first], ranks=self.ranks[first], weights=weights)


def _check(candidates: int, rank: NDArray[np.int64], who: NDArray[np.int64], weights: NDArray[np.int64]) -> None:
    """Refuse what no paper can hold."""
    if len(weights) and int(weights.min()) < 1:
        raise CountError(say("a paper has the weight {weight}; at least 1 expected", weight=int(weights.min())))
    total(weights)
    if not len(who):
        return
    if int(who.min()) < 0 or int(who.max()) >= candidates:
        raise CountError(say("a mark names a candidate that does not stand"))
    if int(rank.min()) < 1 or int(rank.max()) >= NO_RANK:
        raise CountError(say("a mark gives a rank outside 1 to {limit}", limit=NO_RANK - 1))
