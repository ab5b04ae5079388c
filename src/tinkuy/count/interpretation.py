"""What marks mean: declared rules for overvotes, skipped ranks and candidates marked twice.

An overvote gives one rank to several candidates; a skipped rank is empty and a later one is not; a duplicate gives a
candidate a second rank. An `Interpretation` says what becomes of each and in which order the three are looked at, since
an overvote that is taken away leaves a skipped rank, and a duplicate may be half of an overvote. Reading marks gives a
`Profile` and a `Reading`: how many papers each clause touched.

>>> marks = Marks.of(["Ana", "Beto", "Caro"], [([[0], [1, 2]], 4), ([[0], [], [1]], 2), ([[1]], 1)])
>>> profile, reading = interpretation("scotland").read(marks)
>>> list(profile.rankings())
[(((0,),), 6), (((1,),), 1)]
>>> [(touched.clause, touched.papers) for touched in reading.touched]
[('skipped', 2), ('overvote', 4)]

An interpretation is read off the paper before the count. Where a law looks at an overvote only when the count reaches
it, and asks who then continues, that is said in the `source` of the rule here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError
from tinkuy.count.marks import NO_RANK, Marks
from tinkuy.count.profile import Places, Profile, Reading, Touched
from tinkuy.words import Said, say

Clause = Literal["overvote", "skipped", "duplicate"]
_ROWS = 32_768
"""Papers looked at together: few enough for the processor's cache."""
_CELLS = 4_000_000
"""Cells of the table of candidates already seen that are held at once."""


@dataclass(frozen=True, kw_only=True)
class Interpretation:
    """How marks are read. `source` is the law that says so; `order` in which order the clauses look at a paper.

    `overvote`: the ranking ends before it, the rank is passed over, all stand there as equals, or the paper is invalid.
    `skipped`: passed over, the ranking ends there, or it ends at the first two empty ranks in a row. `duplicate`: the
    first rank stands and later ones are passed over, the ranking ends before the second, or the paper is invalid.
    `least`: a paper left with fewer preferences than this (or than there are candidates) is invalid.
    """

    name: str
    source: str
    overvote: Literal["ends", "passed over", "equal", "invalid"] = "ends"
    skipped: Literal["passed over", "ends", "ends after two"] = "passed over"
    duplicate: Literal["first", "ends", "invalid"] = "first"
    order: tuple[Clause, ...] = ("skipped", "overvote", "duplicate")
    least: int = 0

    def read(self, marks: Marks) -> tuple[Profile, Reading]:
        """The rankings that these marks count as, and how many papers each clause touched.

        Papers that are invalid stay in the profile, ranking nobody. The profile carries the reading too.
        """
        least = min(self.least, len(marks.names) - len(marks.withdrawn))
        touched: dict[str, Touched] = {}
        places = np.full((len(marks.who), marks.who.shape[1] + 1), marks.end, dtype=marks.who.dtype)
        joined = np.zeros(places.shape, dtype=np.bool_)
        blank = invalid = 0
        for start in range(0, len(places), _ROWS):
            block = slice(start, start + _ROWS)
            papers = _Papers(marks, block)
            had_marks = papers.anywhere(papers.standing)
            for clause, said, found in self._clauses(papers, least):
                count = papers.count(found) + (touched[clause].papers if clause in touched else 0)
                touched[clause] = Touched(clause, count, said)
            places[block, :-1], joined[block, 1:-1] = papers.rankings()
            blank += papers.count(~had_marks)
            invalid += papers.count(had_marks & ~papers.anywhere(papers.standing))
        reading = Reading(self.name, marks.papers, blank, invalid, tuple(t for t in touched.values() if t.papers))
        profile = Profile(
            marks.names,
            places,
            marks.weights.copy(),
            joined if joined.any() else None,
            seats=marks.seats,
            title=marks.title,
            withdrawn=marks.withdrawn,
            facts=marks.facts,
            reading=reading,
        )
        return profile.grouped(), reading

    def _clauses(self, papers: _Papers, least: int) -> Iterator[tuple[str, Said, NDArray[np.bool_]]]:
        """Apply each clause in its turn; yields which it was, what it does and the papers that it touched."""
        for clause in self.order:
            if clause == "overvote":
                yield clause, *self._overvote(papers)
            elif clause == "duplicate":
                yield clause, *self._duplicate(papers)
            else:
                yield clause, *self._skipped(papers)
        if least > 1:
            left = papers.standing.sum(axis=0)
            short = (left > 0) & (left < least)
            papers.standing[:, short] = False
            yield "least", say("too few preferences are left: the paper is not counted"), short

    def _overvote(self, papers: _Papers) -> tuple[Said, NDArray[np.bool_]]:
        if papers.equals:
            return say("several candidates at one rank, as the paper allows"), papers.nowhere()
        over = papers.sharing()
        if self.overvote == "equal":
            return say("several candidates at one rank: they stand there as equals"), papers.anywhere(over)
        found = papers.treat(over, self.overvote)
        if self.overvote == "ends":
            return say("several candidates at one rank: the ranking ends before it"), found
        if self.overvote == "passed over":
            return say("several candidates at one rank: that rank is passed over"), found
        return say("several candidates at one rank: the paper is not counted"), found

    def _duplicate(self, papers: _Papers) -> tuple[Said, NDArray[np.bool_]]:
        again = papers.again()
        if self.duplicate == "first":
            return say("a candidate at two ranks: the first counts"), papers.treat(again, "passed over")
        found = papers.treat(again, self.duplicate)
        if self.duplicate == "ends":
            return say("a candidate at two ranks: the ranking ends before the second"), found
        return say("a candidate at two ranks: the paper is not counted"), found

    def _skipped(self, papers: _Papers) -> tuple[Said, NDArray[np.bool_]]:
        gaps = papers.gaps()
        if self.skipped == "passed over":
            return say("an empty rank before a later one: it is passed over"), papers.anywhere(gaps > 0)
        if self.skipped == "ends":
            return say("an empty rank before a later one: the ranking ends there"), papers.treat(gaps > 0, "ends")
        said = say("two empty ranks in a row before a later one: the ranking ends there")
        return said, papers.treat(gaps > 1, "ends")


class _Papers:
    """A block of papers as clauses see them, a row a mark and a column a paper; `standing` says what counts so far."""

    def __init__(self, marks: Marks, block: slice) -> None:
        self.who = np.ascontiguousarray(marks.who[block].T)
        self.ranks = np.ascontiguousarray(marks.ranks[block].T)
        self.weights, self.end, self.equals = marks.weights[block], marks.end, marks.equals
        self.standing: NDArray[np.bool_] = np.not_equal(self.ranks, NO_RANK)

    @staticmethod
    def anywhere(found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The papers on which something was found."""
        papers: NDArray[np.bool_] = np.logical_or.reduce(found, axis=0)
        return papers

    def nowhere(self) -> NDArray[np.bool_]:
        """No paper at all."""
        return np.zeros(len(self.weights), dtype=np.bool_)

    def count(self, papers: NDArray[np.bool_]) -> int:
        """How many papers these stand for."""
        return int(self.weights[papers].sum())

    def treat(self, found: NDArray[np.bool_], how: str) -> NDArray[np.bool_]:
        """Do to the marks that a clause found what the rule says. Returns the papers on which it found any."""
        papers = self.anywhere(found)
        if how == "passed over":
            self.standing &= ~found
        elif how == "ends":
            first = np.where(found, self.ranks, NO_RANK).min(axis=0, initial=NO_RANK)
            self.standing &= self.ranks < first
        else:
            self.standing[:, papers] = False
        return papers

    def sharing(self) -> NDArray[np.bool_]:
        """The standing marks whose rank another standing mark has too."""
        shared = np.zeros_like(self.standing)
        last = np.zeros(len(self.weights), dtype=self.ranks.dtype)
        holder = np.zeros(len(self.weights), dtype=np.intp)
        for mark, (ranks, standing) in enumerate(zip(self.ranks, self.standing, strict=True)):
            same = np.flatnonzero(standing & (ranks == last))
            shared[mark, same] = True
            shared[holder[same], same] = True
            np.copyto(last, ranks, where=standing)
            np.copyto(holder, mark, where=standing)
        return shared

    def again(self) -> NDArray[np.bool_]:
        """The standing marks whose candidate stands at an earlier rank too."""
        again = np.zeros_like(self.standing)
        step = max(1, _CELLS // (self.end + 1))
        for start in range(0, len(self.weights), step):
            who, standing = self.who[:, start : start + step], self.standing[:, start : start + step]
            seen = np.zeros(who.shape[1] * (self.end + 1), dtype=np.bool_)
            cells = np.arange(who.shape[1]) * (self.end + 1)
            for mark in range(len(who)):
                at = cells + who[mark]
                again[mark, start : start + step] = standing[mark] & seen[at]
                seen[at] |= standing[mark]
        return again

    def gaps(self) -> NDArray[np.int32]:
        """How many empty ranks lie right before each standing mark."""
        gaps = np.zeros(self.standing.shape, dtype=np.int32)
        last = np.zeros(len(self.weights), dtype=np.int32)
        for gap, ranks, standing in zip(gaps, self.ranks, self.standing, strict=True):
            np.subtract(ranks, last, out=gap, where=standing, dtype=np.int32)
            np.copyto(last, ranks, where=standing)
        return gaps - 1

    def rankings(self) -> tuple[Places, NDArray[np.bool_]]:
        """What stands, moved together, a row a paper; and which places but the first are shared with the one before."""
        who, ranks, standing = self.who.copy(), self.ranks.copy(), self.standing
        holed = np.flatnonzero(self.anywhere(standing[1:] & ~standing[:-1]))
        order = np.argsort(~standing[:, holed], axis=0, kind="stable")
        who[:, holed] = np.take_along_axis(who[:, holed], order, axis=0)
        ranks[:, holed] = np.take_along_axis(ranks[:, holed], order, axis=0)
        left = np.arange(len(who))[:, None] < standing.sum(axis=0)
        who[~left] = self.end
        return who.T, (left[1:] & (ranks[1:] == ranks[:-1])).T


INTERPRETATIONS = (
    Interpretation(name="generic", source="what most ranked-choice rules share: an overvote ends the ranking"),
    Interpretation(
        name="strict", source="any mistake makes the paper invalid", overvote="invalid", duplicate="invalid"
    ),
    Interpretation(name="equal", source="candidates at one rank stand there as equals", overvote="equal"),
    # "in consecutive order": whatever stands behind a number that is missing or there twice is no preference.
    Interpretation(
        name="scotland",
        source="Scottish Local Government Elections Order 2011 (SSI 2011/399), art. 2 (next available preference) and "
        "sch. 1 r. 44",
        overvote="ends",
        skipped="ends",
        duplicate="ends",
    ),
    # s 268A(2)(b): repeated numbers and higher ones, and those above a missing one, are disregarded; (1)(b): 1 to 6.
    Interpretation(
        name="senate-below",
        source="Commonwealth Electoral Act 1918, s 268A",
        overvote="ends",
        skipped="ends",
        duplicate="ends",
        least=6,
    ),
    # s 269(1A)(b) likewise above the line; (1)(b): the number 1 is enough.
    Interpretation(
        name="senate-above",
        source="Commonwealth Electoral Act 1918, s 269",
        overvote="ends",
        skipped="ends",
        duplicate="ends",
        least=1,
    ),
    Interpretation(
        name="minneapolis",
        source="Minneapolis Code of Ordinances 167.60(c)(2) and 167.70(c)(2): all three are passed over",
        overvote="passed over",
    ),
    Interpretation(
        name="maine",
        source="Maine 21-A M.R.S. § 723-A(1): an overvote ends the ranking when the count reaches it with one of its "
        "candidates continuing, here always; two sequential skipped rankings end it",
        skipped="ends after two",
    ),
    Interpretation(
        name="san-francisco",
        source="San Francisco Charter 13.102: an overvote ends the ranking when the count reaches it, unless only one "
        "of its candidates continues, here always",
    ),
)


def interpretation(name: str) -> Interpretation:
    """The interpretation of this name. Raises `CountError`, with those there are, when there is none."""
    for known in INTERPRETATIONS:
        if known.name == name:
            return known
    names = [known.name for known in INTERPRETATIONS]
    raise CountError(
        say(
            "no interpretation of marks is called {name}; known are {names}",
            name=name,
            names=", ".join(get_close_matches(name, names, n=3) or names),
        )
    )
