"""Cast vote records of Dominion's Democracy Suite, as a table: a record a row, a column a candidate (and rank).

The first row names the election and the version, the second the contest of each column, the third its candidate
(ranked: `Ana(1)`, `Ana(2)`, …), the fourth the columns before them and parties. Cells hold 1 or 0; they are empty
where a contest is not on the voter's ballot.

Source: Democracy Suite 5.2 to 5.17, "CVR Export" as CSV, as the counties of Colorado publish it.

>>> head = 'Town,5.17.17.1\\n,Mayor (Vote For=1),Mayor (Vote For=1)\\n,Ana,Beto\\nCvrNumber,,\\n'
>>> list(read(Source(f"{head}1,0,1\\n2,1,0\\n3,1,0\\n".encode())).rankings())
[(((0,),), 2), (((1,),), 1)]
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tinkuy.count.formats.cast_votes import MOST_RANK, Contest, Paper, chosen, paper, papers, told_apart
from tinkuy.count.formats.source import Source
from tinkuy.count.profile import Approvals, Profile
from tinkuy.words import say

_RANKED = re.compile(r"\s*\(Number of positions=(\d{1,4}), Number of ranks=(\d{1,4})\)$")
_CHOSEN = re.compile(r"\s*\(Vote For=(\d{1,4})\)$")
_AT_RANK = re.compile(r"(.*)\(([1-9]\d{0,3})\)")
MOST_LINES = 20_000_000


def read(source: Source) -> Profile | Approvals:
    """The papers of the contest that `source.contest` names, or of the only one.

    Raises `Unreadable`, naming the line; with the contests there are, when none or several are meant.
    """
    rows = _rows(source)
    head = [next(rows, (line, [])) for line in range(1, 5)]
    titles, names = head[1][1], head[2][1]
    columns: dict[str, list[int]] = {}
    for place, title in enumerate(titles):
        if title.strip():
            columns.setdefault(" ".join(title.split()), []).append(place)
    if not columns or len(names) < len(titles):
        raise source.refuse(2, say("the contest of each column, and in the next row its candidate, expected"))
    called = [(title, _RANKED.sub("", _CHOSEN.sub("", title))) for title in columns]
    title, short = called[chosen(source, called)]
    squares = _squares(source, title, short, [(place, names[place]) for place in columns[title]])
    return papers(source, squares.contest, _kinds(source, rows, squares))


@dataclass(frozen=True)
class _Squares:
    """A contest, and which candidate at which rank each of its columns is for."""

    contest: Contest
    at: dict[int, tuple[int, int]]


def _squares(source: Source, title: str, short: str, columns: Sequence[tuple[int, str]]) -> _Squares:
    ranked, some = _RANKED.search(title), _CHOSEN.search(title)
    name = source.named(short, 2)
    if ranked is None:
        votes = max(1, int(some[1])) if some else 1
        names = told_apart(source.named(written, 3) for _, written in columns)
        at = {place: (1, number) for number, (place, _) in enumerate(columns)}
        return _Squares(Contest(title, name, names, votes, votes), at)
    numbers: dict[str, int] = {}
    at = {}
    for place, written in columns:
        found = _AT_RANK.fullmatch(written.strip())
        if found is None or int(found[2]) > MOST_RANK:
            raise source.refuse(3, say("candidates with their ranks, as {example}, expected", example="Ana(1)"))
        at[place] = (int(found[2]), numbers.setdefault(source.named(found[1], 3), len(numbers)))
    return _Squares(Contest(title, name, tuple(numbers), max(1, int(ranked[1]))), at)


def _kinds(source: Source, rows: Iterator[tuple[int, list[str]]], squares: _Squares) -> Counter[Paper]:
    kinds: Counter[Paper] = Counter()
    first, last = min(squares.at), max(squares.at)
    seen: dict[tuple[str, ...], Paper | None] = {}
    for line, row in rows:
        cells = tuple(row[first : last + 1])
        if cells not in seen:
            seen[cells] = _paper(source, line, row, squares)
        marked = seen[cells]
        if marked is None:
            continue
        if not row[0].strip('="').isdecimal():
            raise source.refuse(
                line, say("the record of one ballot expected; rows that add up or black out ballots cannot be counted")
            )
        kinds[marked] += 1
    if not kinds:
        raise source.refuse(None, say("at least one record of the contest expected"))
    return kinds


def _paper(source: Source, line: int, row: list[str], squares: _Squares) -> Paper | None:
    """What a row marks in the contest; None where the contest is not on the ballot."""
    cells = {place: row[place].strip() if place < len(row) else "" for place in squares.at}
    if not any(cells.values()):
        return None
    if not set(cells.values()) <= {"0", "1", ""}:
        if not row[0].strip('="').isdecimal():
            return ()
        raise source.refuse(line, say("1 or 0 in the cells of the contest expected"))
    return paper(squares.at[place] for place, cell in cells.items() if cell == "1")


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Every row with its line."""
    text = source.text()
    if text.count("\n") > MOST_LINES:
        raise source.refuse(None, say("at most {limit} lines expected", limit=MOST_LINES))
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            if row:
                yield rows.line_num, row
    except csv.Error as error:
        raise source.refuse(rows.line_num, say("cells divided by commas expected")) from error
