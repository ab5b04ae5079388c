"""Formal preferences of the Australian Senate, as the Electoral Commission publishes them: every square of every paper.

Guarantees that a paper counts as the Act says: what is numbered below the line prevails where it is formal, that is
where the numbers 1 to 6 stand there once each; else the squares above the line, each of which stands for the group's
candidates in their order. A tick (`/`) or a cross (`*`) is a 1. Papers that are alike are read once.

Both layouts are read: that of 2016, with all squares of a paper in one quoted field, `Preferences`, whose candidates
stand in a file of their own; and that since 2019, a column a square.

Source: Commonwealth Electoral Act 1918, ss 239, 268A, 269, 272; Australian Electoral Commission,
`aec-senate-formalpreferences-20499-*.csv` (2016) and `-24310-*.csv` (2019).

>>> head = b"State,Division,Vote Collection Point Name,Vote Collection Point ID,Batch No,Paper No,"
>>> papers = head + b"A:Left,B:Right,A:ROJO Ana,A:ROSA Eva,B:AZUL Beto\\nNT,Solomon,Darwin,1,1,1,2,1,,,\\n"
>>> list(read(Source(papers, "papers.csv")).rankings())
[(((2,), (0,), (1,)), 1)]
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError, Unreadable
from tinkuy.count.formats.aec_squares import Squares, of_candidates, of_header
from tinkuy.count.formats.rows import numbers
from tinkuy.count.formats.source import MOST_CELLS, Source
from tinkuy.count.interpretation import interpretation
from tinkuy.count.marks import NO_RANK, Marks
from tinkuy.count.profile import Places, Profile, Reading, Touched
from tinkuy.words import Said, say

Ints = NDArray[np.int64]

_CELL = rb'(?:"[^"\n]*"|[^,"\n]*)'
_HEAD_2016 = ["ElectorateNm", "VoteCollectionPointNm", "VoteCollectionPointId", "BatchNo", "PaperNo", "Preferences"]
_HEAD_2019 = ["State", "Division", "Vote Collection Point Name", "Vote Collection Point ID", "Batch No", "Paper No"]
_LINE_2016 = re.compile(rb"^(?:" + _CELL + rb',){5}"([^"\n]*)"\r?$', re.MULTILINE)
_LINE_2019 = re.compile(rb"^(?:" + _CELL + rb",){6}([^\r\n]*)\r?$", re.MULTILINE)
_RULE = re.compile(rb"^[-,]+\r?$", re.MULTILINE)
"""The row of dashes under the head of 2016."""
_STRANGE = re.compile(rb"[^0-9,\n]|[0-9]{19}")


def read(source: Source) -> Profile:
    """The formal papers as rankings of candidates, with how many papers each clause touched.

    Raises `Unreadable`, naming the line, for a file of another form; `CountError` for a file of candidates that does
    not fit, or for an interpretation asked for: how these papers are read is for the Act to say.
    """
    if source.interpretation is not None:
        raise CountError(
            say("{file}: the Act says how papers for the Senate are read; ask for no other way", file=source.shown)
        )
    head, body = _head(source)
    papers = _papers(source, body, _LINE_2016 if head == _HEAD_2016 else _LINE_2019)
    if not papers:
        raise source.refuse(None, say("at least one paper expected"))
    if head == _HEAD_2016:
        squares = of_candidates(source, max(field.count(b",") for field in papers) + 1)
    else:
        squares = of_header(source, head[len(_HEAD_2019) :])
    return _profile(_marked(source, papers, squares), squares)


def _head(source: Source) -> tuple[list[str], int]:
    """The cells of the first row, and where the papers begin."""
    end = source.data.find(b"\n") + 1 or len(source.data)
    head = next(csv.reader([source.text(source.data[:end]).strip()]), [])
    if head != _HEAD_2016 and (head[: len(_HEAD_2019)] != _HEAD_2019 or len(head) == len(_HEAD_2019)):
        raise source.refuse(1, say("the head of a file of formal preferences, of 2016 or since 2019, expected"))
    rule = _RULE.match(source.data, end)
    return head, end if rule is None else min(rule.end() + 1, len(source.data))


def _papers(source: Source, start: int, form: re.Pattern[bytes]) -> Counter[bytes]:
    """The squares of each kind of paper as they are written, and how many there are of it."""
    papers = Counter(paper[1] for paper in form.finditer(source.data, start))
    lines = source.data.count(b"\n", start) + (len(source.data) > start and not source.data.endswith(b"\n"))
    if papers.total() != lines:
        first = source.data.count(b"\n", 0, start) + 1
        for number, line in enumerate(source.data[start:].split(b"\n"), first):
            if line.strip() and not form.match(line):
                raise source.refuse(number, say("the cells of a paper, as the first row says, expected"))
    return papers


@dataclass(frozen=True, eq=False)
class _Marked:
    """Every number on the papers: in which paper, in which square (both from 0), and the number itself."""

    paper: Ints
    square: Ints
    number: Ints
    weights: Ints

    def those(self, papers: NDArray[np.bool_], first: int, names: tuple[str, ...]) -> Marks:
        """The marks of these papers in the squares from `first` on, one for each name."""
        here = papers[self.paper] & (self.square >= first) & (self.square < first + len(names))
        place = np.cumsum(papers) - 1
        return Marks.gathered(
            names,
            place[self.paper[here]],
            # A number too high to be a rank is above a missing one in any case.
            np.minimum(self.number[here], NO_RANK - 1),
            self.square[here] - first,
            self.weights[papers],
        )


def _marked(source: Source, papers: Counter[bytes], squares: Squares) -> _Marked:
    fields = sorted(papers)
    written = b"\n".join(fields) + b"\n"
    # s 268A(2)(a), s 269(1A)(a): a tick or a cross is taken as the number 1.
    plain = written.replace(b'"', b"").replace(b" ", b"").replace(b"*", b"1").replace(b"/", b"1")
    strange = _STRANGE.search(plain)
    if strange is not None:
        raise _refuse(source, fields[plain.count(b"\n", 0, strange.start())], say("whole numbers in squares expected"))
    text = np.frombuffer(plain, dtype=np.uint8)
    found = numbers(plain)
    if len(found.counts) * squares.count > MOST_CELLS:
        raise source.refuse(None, say("at most {limit} preferences expected", limit=MOST_CELLS))
    is_digit = text - np.uint8(48) < 10
    ends = np.flatnonzero(is_digit[:-1] & ~is_digit[1:])
    commas = np.cumsum(text == ord(","), dtype=np.int64)
    breaks = np.flatnonzero(text == ord("\n"))
    before = np.concatenate(([0], commas[breaks[:-1]]))
    wide = np.flatnonzero(commas[breaks] - before >= squares.count)
    if len(wide):
        raise _refuse(source, fields[int(wide[0])], say("at most {count} squares expected", count=squares.count))
    paper = np.repeat(found.lines, found.counts)
    weights = np.array([papers[field] for field in fields], dtype=np.int64)
    return _Marked(paper, commas[ends] - before[paper], found.values.astype(np.int64), weights)


def _refuse(source: Source, field: bytes, expected: Said) -> Unreadable:
    """The refusal of the first line that holds these squares."""
    return source.refuse(source.data.count(b"\n", 0, source.data.find(field)) + 1, expected)


def _profile(marked: _Marked, squares: Squares) -> Profile:
    """What the papers rank: below the line where that is formal, else above it."""
    below, above = interpretation("senate-below"), interpretation("senate-above")
    formal = _formal(marked, squares, min(below.least, len(squares.names)))
    candidates, read_below = below.read(marked.those(formal, len(squares.groups), squares.names))
    groups = tuple(str(number) for number in range(len(squares.groups)))
    chosen, read_above = above.read(marked.those(~formal, 0, groups))
    together = _together(candidates.places, _expanded(chosen.places, squares), len(squares.names))
    return Profile(
        squares.names,
        together,
        np.concatenate([candidates.weights, chosen.weights]),
        facts={"state": squares.state} if squares.state else {},
        reading=_reading(read_below, read_above),
    ).grouped()


def _formal(marked: _Marked, squares: Squares, least: int) -> NDArray[np.bool_]:
    """The papers that are formal below the line: s 268A(1)(b), (2)(b), the numbers 1 to 6 once each.

    s 269(2): what is marked above the line then counts for nothing.
    """
    once = np.ones(len(marked.weights), dtype=np.bool_)
    below = marked.square >= len(squares.groups)
    for number in range(1, least + 1):
        holders = marked.paper[below & (marked.number == number)]
        once &= np.bincount(holders, minlength=len(once)) == 1
    return once


def _expanded(places: Places, squares: Squares) -> Places:
    """Rankings of groups as rankings of their candidates, in the order of each group (s 272(2))."""
    order = np.array([candidate for group in squares.groups for candidate in group], dtype=places.dtype)
    sizes = np.array([*(len(group) for group in squares.groups), 0], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    held = sizes[places]
    longest = int(held.sum(axis=1).max(initial=0))
    expanded = np.full((len(places), longest + 1), len(squares.names), dtype=np.uint16)
    each = held.ravel()
    row = np.repeat(np.repeat(np.arange(len(places)), places.shape[1]), each)
    within = np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each)
    column = np.repeat((np.cumsum(held, axis=1) - held).ravel(), each) + within
    expanded[row, column] = order[np.repeat(starts[places].ravel(), each) + within]
    return expanded


def _together(below: Places, above: Places, end: int) -> Places:
    width = max(below.shape[1], above.shape[1])
    together: Places = np.full((len(below) + len(above), width), end, dtype=below.dtype)
    together[: len(below), : below.shape[1]] = below
    together[len(below) :, : above.shape[1]] = above
    return together


def _reading(below: Reading, above: Reading) -> Reading:
    touched: dict[str, Touched] = {}
    for each in (*below.touched, *above.touched):
        so_far = touched[each.clause].papers if each.clause in touched else 0
        touched[each.clause] = Touched(each.clause, so_far + each.papers, each.said)
    return Reading(
        "senate",
        below.papers + above.papers,
        below.blank + above.blank,
        below.invalid + above.invalid,
        tuple(touched.values()),
    )
