"""A table of cells as columns of codes: each column's distinct words once, and for each row which of them it holds.

A small table is read by the standard library's `csv`; a large one by Polars, which reads a million rows in the time in
which Python reads thirty thousand, but whose import alone costs more than a small table.

>>> read = table(Source(b"a;b\\n1;x\\n2;x\\n", "t.csv"))
>>> read.head, read.codes(1)[0].tolist(), read.codes(1)[1]
(['a', 'b'], [0, 0], ['x'])
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.formats.source import MOST_CELLS, Source
from tinkuy.words import Said, say

_MANY = 50_000
"""Rows from which Polars pays."""
_MOST_COLUMNS = 65_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DIVIDERS = (",", ";", "\t")

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of a table. Row i of column c holds the word `words[c][columns[c][i]]`, without white space around it."""

    head: list[str]
    columns: list[Codes]
    words: list[list[str]]
    lines: NDArray[np.int64] | None
    """The line of each row; None where every row is a line, from the second on."""

    @property
    def rows(self) -> int:
        """How many rows there are below the first."""
        return len(self.columns[0]) if self.columns else 0

    def line(self, row: int) -> int:
        """The line on which a row, from 0, stands."""
        return row + 2 if self.lines is None else int(self.lines[row])

    def codes(self, column: int) -> tuple[Codes, list[str]]:
        """Which word each row holds in a column, and the words."""
        return self.columns[column], self.words[column]

    def numbers(
        self, source: Source, columns: Sequence[int], expected: Said, least: int, most: int = 10**15
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The whole numbers in some columns, and where there are any; an empty cell holds none and is 0.

        Raises `Unreadable`, with what was `expected`, for what is no number from `least` to `most`.
        """
        numbers = np.zeros((self.rows, len(columns)), dtype=np.int64)
        given = np.zeros(numbers.shape, dtype=np.bool_)
        for place, column in enumerate(columns):
            codes, words = self.codes(column)
            whole = [_WHOLE.fullmatch(word) is not None and least <= int(word) <= most for word in words]
            empty = np.array([word == "" for word in words], dtype=np.bool_)
            wrong = ~(np.array(whole, dtype=np.bool_) | empty)
            if wrong.any():
                raise source.refuse(self.line(int(wrong[codes].argmax())), expected)
            values = [int(word) if fits else 0 for word, fits in zip(words, whole, strict=True)]
            numbers[:, place] = np.array(values, dtype=np.int64)[codes]
            given[:, place] = ~empty[codes]
        return numbers, given


def table(source: Source) -> Table:
    """The table in a file. Raises `Unreadable` for what is no table, naming the line."""
    data = source.data.removeprefix(b"\xef\xbb\xbf")
    first = source.text(data[: (data.find(b"\n") + 1) or len(data)])
    divider = max(_DIVIDERS, key=first.count)
    try:
        head = [" ".join(name.split()) for name in next(csv.reader([first], delimiter=divider), [])]
    except csv.Error as error:
        raise source.refuse(1, say("a row that names the columns expected")) from error
    if not any(head):
        raise source.refuse(1, say("a row that names the columns expected"))
    if len(head) > _MOST_COLUMNS or len(head) * data.count(b"\n") > MOST_CELLS:
        raise source.refuse(1, say("at most {limit} cells expected", limit=MOST_CELLS))
    many = data.count(b"\n", 0, 64 * _MANY) >= _MANY
    return (_by_polars(data, divider, head) if many else None) or _by_csv(source, data, divider, head)


def _by_polars(data: bytes, divider: str, head: list[str]) -> Table | None:
    """The table as Polars reads it; None for what it cannot read, which the slower reader then names."""
    import polars as pl  # noqa: PLC0415 — its import alone takes longer than a small table

    try:
        frame = pl.read_csv(data, separator=divider, infer_schema=False)
        columns, words = [], []
        for series in frame:
            filled = series.fill_null("").str.strip_chars()
            distinct = filled.unique().sort()
            columns.append(filled.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int64))
            words.append(distinct.to_list())
    except pl.exceptions.PolarsError:
        return None
    if len(columns) != len(head) or any("\n" in word for held in words for word in held):
        return None
    return Table(head, columns, words, None)


def _by_csv(source: Source, data: bytes, divider: str, head: list[str]) -> Table:
    reader = csv.reader(source.text(data).splitlines(keepends=True), delimiter=divider, strict=True)
    known: list[dict[str, int]] = [{} for _ in head]
    columns: list[list[int]] = [[] for _ in head]
    lines = []
    try:
        next(reader)
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) > len(head):
                raise source.refuse(reader.line_num, say("at most {count} cells in a row expected", count=len(head)))
            lines.append(reader.line_num)
            for place, codes in enumerate(columns):
                word = cells[place].strip() if place < len(cells) else ""
                codes.append(known[place].setdefault(word, len(known[place])))
    except csv.Error as error:
        raise source.refuse(
            reader.line_num, say("cells divided by {divider} expected", divider=repr(divider))
        ) from error
    return Table(
        head,
        [np.array(codes, dtype=np.int64) for codes in columns],
        [list(words) for words in known],
        np.array(lines, dtype=np.int64),
    )
