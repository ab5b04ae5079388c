"""Lines of candidates' numbers become rankings: checked, a piece at a time, and each kind once.

A line holds how many papers there are of it, then candidates from first to last by number, from 1. What a line must
look like besides is for its format to say. A number that no candidate has, or a candidate ranked twice, is refused with
its line; lines that repeat are grouped before they are read, and read again as they stand when something is refused.

>>> source = Source(b"3 1 2\\n2 2\\n3 1 2\\n", "papers.txt")
>>> list(profile(Lines(source, source.data, 1), ["Ana", "Beto"]).rankings())
[(((0,), (1,)), 6), (((1,),), 2)]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import Unreadable
from tinkuy.count.formats.rows import MOST_DIGITS, Numbers, distinct, numbers, pieces
from tinkuy.count.formats.source import MOST_CELLS, Source
from tinkuy.count.marks import NO_RANK, Marks
from tinkuy.count.profile import Places, Profile, place_type
from tinkuy.words import Said, say

_LONG = re.compile(rb"\d{%d}" % (MOST_DIGITS + 1))

Ints = NDArray[np.int64]
Part = tuple[Places, NDArray[np.bool_] | None, Ints]


@dataclass(frozen=True)
class Lines:
    """Lines of a file with papers, the first of which has the number `line` there.

    The last `leave` numbers of a line are no candidates. `check` looks at the numbers of a piece and raises what it
    will for lines that the format does not allow.
    """

    source: Source
    data: bytes
    line: int
    leave: int = 0
    check: Callable[[Numbers], None] | None = None

    def read(self) -> Iterator[Numbers]:
        """The numbers of each piece. Raises `Unreadable` for what the format does not allow, naming the line."""
        line = 0
        for piece in pieces(self.data):
            found = self._numbers(piece, line)
            if self.check is not None:
                self.check(found)
            weights = found.values[found.starts]
            if len(weights) and int(weights.min()) == 0:
                raise self.refuse(
                    int(found.lines[np.argmin(weights)]), say("how many papers there are of it expected, at least 1")
                )
            yield found
            line += found.breaks

    def whole(self) -> Numbers:
        """The numbers of all lines at once, whatever they mean. Raises `Unreadable` for one that is too long."""
        return self._numbers(self.data, 0)

    def _numbers(self, data: bytes, line: int) -> Numbers:
        try:
            return numbers(data, line)
        except ValueError as error:
            long = _LONG.search(data)
            raise self.refuse(
                line + (data.count(b"\n", 0, long.start()) if long else 0),
                say("numbers of at most {limit} digits expected", limit=MOST_DIGITS),
            ) from error

    def refuse(self, line: int, expected: Said) -> Unreadable:
        """The refusal of a line, counted from 0 where these lines begin."""
        return self.source.refuse(self.line + line, expected)


def profile(lines: Lines, names: Sequence[str], **more: Any) -> Profile:
    """The rankings in some lines, each kind once. `more` is what else the file says: seats, title, withdrawn, facts.

    Raises `Unreadable`, naming the line.
    """
    alike = distinct(lines.data)
    if alike is not None:
        kept, copies = alike
        try:
            return _profile(replace(lines, data=kept), names, copies, more)
        except Unreadable:
            # Which line it was is lost among the grouped ones: what was refused is met again as the file has it.
            pass
    return _profile(lines, names, None, more)


def marks(lines: Lines, names: Sequence[str], **more: Any) -> Marks:
    """The marks in some lines: like `profile`, but 0 is an empty rank and a candidate may stand at several."""
    paper: list[Ints] = []
    rank: list[Ints] = []
    who: list[Ints] = []
    weights: list[Ints] = []
    before, equals = 0, False
    for found in lines.read():
        width = found.counts - 1 - lines.leave
        matrix, joined = found.matrix(1, lines.leave, 0)
        _check_candidates(lines, found, matrix, len(names))
        row, column = np.nonzero(matrix)
        ranks = np.broadcast_to(np.arange(1, matrix.shape[1] + 1), matrix.shape)
        if joined is not None:
            ranks = ranks - np.cumsum(joined, axis=1)
        if int(width.max(initial=0)) >= NO_RANK:
            raise lines.refuse(
                int(found.lines[width.argmax()]), say("at most {limit} ranks expected", limit=NO_RANK - 1)
            )
        paper.append(row + before)
        rank.append(ranks[row, column])
        who.append(matrix[row, column].astype(np.int64) - 1)
        weights.append(found.values[found.starts].astype(np.int64))
        before += len(matrix)
        equals = equals or joined is not None
    columns = [_joint(parts) for parts in (paper, rank, who, weights)]
    return Marks.gathered(names, *columns, equals=equals, **more)


def _joint(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _profile(lines: Lines, names: Sequence[str], copies: Ints | None, more: dict[str, Any]) -> Profile:
    parts: list[Part] = []
    cells = 0
    for found in lines.read():
        parts.append(_part(lines, found, len(names)))
        cells += parts[-1][0].size
        if cells > MOST_CELLS:
            raise lines.source.refuse(None, say("at most {limit} preferences expected", limit=MOST_CELLS))
    places, joined, weights = together(parts, len(names))
    if copies is not None:
        if len(weights) and int(weights.max()) * int(copies.max()) >= 2**62:
            raise lines.source.refuse(None, say("papers that add up to less than 2^62 expected"))
        weights = weights * copies
    return Profile(tuple(names), places, weights, joined, **more).grouped()


def _part(lines: Lines, found: Numbers, candidates: int) -> Part:
    """The rankings of one piece."""
    longest = found.counts - 1 - lines.leave
    if len(longest) and int(longest.max()) > candidates:
        raise lines.refuse(
            int(found.lines[longest.argmax()]),
            say("at most {candidates} candidates on a paper expected", candidates=candidates),
        )
    if len(longest) * (int(longest.max(initial=0)) + 1) > MOST_CELLS:
        raise lines.source.refuse(None, say("at most {limit} preferences expected", limit=MOST_CELLS))
    matrix, joined = found.matrix(1, lines.leave, 0)
    _check_candidates(lines, found, matrix, candidates)
    again = _ranked_again(matrix, candidates)
    if again.any():
        raise lines.refuse(
            int(found.lines[again.argmax()]),
            say("each candidate once on a paper expected; declare an interpretation of marks if papers are like that"),
        )
    places: Places = matrix.astype(place_type(candidates), copy=False)
    nobody = places == 0
    places -= 1
    places[nobody] = candidates
    return places, joined, found.values[found.starts].astype(np.int64)


def _check_candidates(lines: Lines, found: Numbers, matrix: NDArray[Any], candidates: int) -> None:
    """Refuse a number above that of the last candidate."""
    if matrix.size and int(matrix.max()) > candidates:
        row = int((matrix > candidates).any(axis=1).argmax())
        number = int(matrix[row].max())
        raise lines.refuse(
            int(found.lines[row]),
            say(
                "a candidate's number from 1 to {candidates} expected, not {number}",
                candidates=candidates,
                number=str(number),
            ),
        )


def _ranked_again(matrix: NDArray[Any], candidates: int) -> NDArray[np.bool_]:
    """The rows in which a candidate stands twice."""
    if candidates >= 64:
        ordered = np.sort(matrix, axis=1)
        return np.logical_or.reduce((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != 0), axis=1)  # type: ignore[no-any-return]
    bits = np.uint64(1) << np.arange(64, dtype=np.uint64)
    bits[0] = 0
    seen = np.zeros(len(matrix), dtype=np.uint64)
    twice = np.zeros(len(matrix), dtype=np.uint64)
    for column in matrix.T:
        bit = bits[column]
        twice |= seen & bit
        seen |= bit
    return twice.astype(np.bool_)


def together(parts: list[Part], candidates: int) -> Part:
    """Rankings of several pieces under one another. Takes the pieces out of the list as it goes, to free them."""
    widest = max((places.shape[1] for places, _, _ in parts), default=1)
    rows = sum(len(places) for places, _, _ in parts)
    together = np.full((rows, widest), candidates, dtype=place_type(candidates))
    joint = np.zeros(together.shape, dtype=np.bool_) if any(joined is not None for _, joined, _ in parts) else None
    weights = np.zeros(rows, dtype=np.int64)
    start = 0
    while parts:
        places, joined, held = parts.pop(0)
        block = slice(start, start + len(places))
        together[block, : places.shape[1]] = places
        weights[block] = held
        if joint is not None and joined is not None:
            joint[block, : places.shape[1]] = joined
        start += len(places)
    return together, joint if joint is not None and joint.any() else None, weights
