"""Sheets in CSV, quickly and without losing a row.

Guarantees the rows that RFC 4180 has, or a RecountError with the line: a row that is too short or too long and a
quotation mark that is never closed are refused, however well the rest reads. The separator is the one under which the
header has most of the map's columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import polars as pl

from tinkuy.federation.recount_bytes import refuse
from tinkuy.federation.recount_map import SEPARATORS, Map, check_columns
from tinkuy.words import say

MAX_ROWS = 50_000_000


def read_csv(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    """The map's columns, figures as whole numbers where all of them are, else as text. `data` is UTF-8.

    Raises RecountError.
    """
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if data.count(b"\n") > MAX_ROWS:
        refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
    separator, header, body = _header(data, sheets)
    for column in header:
        if header.count(column) > 1 and column in sheets.columns:
            refuse(name, say('two columns are called "{column}"; rename one of them', column=column))
    check_columns(sheets, header, name, map_name)
    wanted = [header.index(column) for column in sheets.columns]
    figures = {*sheets.figures.values(), *sheets.options.values()}
    numbers = {header.index(column) for column in figures - {*sheets.unit, *sheets.levels.values(), *sheets.status}}
    rows = data[body:]
    frame = None
    if b"+" not in rows:  # which the quick way would read as a sign
        frame = _table(rows, separator, numbers, len(header))
    if frame is None:
        frame = _table(rows, separator, set(), len(header))
    if frame is None or not _plain(frame, rows, separator):
        frame = _row_by_row(data, separator, wanted, len(header), name)
    frame = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    return frame.select(pl.col(f"{place}").alias(column) for place, column in zip(wanted, sheets.columns, strict=True))


def _header(data: bytes, sheets: Map) -> tuple[str, list[str], int]:
    """The separator, the header under it, and where the rows begin.

    The separator is the one under which the header has most of the map's columns, then most columns.
    """
    found: list[tuple[int, int, str, list[str], int]] = []
    start = data[: 1 << 20].decode("utf-8", "ignore")
    for separator in (sheets.separator,) if sheets.separator else SEPARATORS:
        rows = csv.reader(io.StringIO(start, newline="\n"), delimiter=separator)
        try:
            header = next((row for row in rows if row), [])
        except csv.Error:
            header = []
        known = sum(column in header for column in sheets.columns)
        found.append((known, len(header), separator, header, rows.line_num))
    _, _, separator, header, lines = max(found, key=lambda one: one[:2])
    body = 0
    for _ in range(lines):
        body = data.find(b"\n", body) + 1 or len(data)
    return separator, header, body


def _table(rows: bytes, separator: str, numbers: set[int], width: int) -> pl.DataFrame | None:
    """All columns, by place; None where a row is too long or a number is not one.

    All, because rows that are too long go unnoticed when only some columns are asked for.
    """
    if not rows or rows.isspace():
        return pl.DataFrame(schema={f"{place}": pl.String for place in range(width)})
    try:
        return pl.read_csv(
            rows,
            has_header=False,
            separator=separator,
            schema={f"{place}": pl.Int64 if place in numbers else pl.String for place in range(width)},
        )
    except pl.exceptions.PolarsError:
        return None


def _plain(frame: pl.DataFrame, rows: bytes, separator: str) -> bool:
    """Whether the frame has every row whole; if not, or if it is not sure, a closer look must tell.

    A row that is cut short looks like one whose last cells are empty, and a quotation mark that is never closed
    swallows lines. So the rows with quotation marks are read again, and in the other lines the separators are counted.
    """
    width = frame.width - 1
    lines = rows.count(b"\n") + (not rows.endswith(b"\n"))
    separators = rows.count(separator.encode())
    quoted, place = 0, rows.find(b'"')
    while place >= 0:
        start = rows.rfind(b"\n", 0, place) + 1
        end = _end_of_row(rows, start, separator, frame.width)
        if end is None:
            return False
        separators -= rows.count(separator.encode(), start, end)
        lines -= rows.count(b"\n", start, end) + (rows[end - 1 : end] != b"\n")
        quoted += 1
        place = rows.find(b'"', end)
    return frame.height == lines + quoted and separators == lines * width


def _end_of_row(rows: bytes, start: int, separator: str, width: int) -> int | None:
    """Where the row that starts at `start` ends; None when it is not a row of this width."""
    end = start

    def lines() -> Iterator[str]:
        nonlocal end
        while end < len(rows):
            first, end = end, rows.find(b"\n", end) + 1 or len(rows)
            yield rows[first:end].decode("utf-8")

    try:
        row = next(csv.reader(lines(), delimiter=separator, strict=True), [])
    except csv.Error:
        return None
    return end if len(row) == width else None


def _row_by_row(data: bytes, separator: str, columns: list[int], width: int, name: str) -> pl.DataFrame:
    """The same, read slowly, with quotation marks as RFC 4180 has them. Refuses the first row unlike the header."""
    rows = csv.reader(io.StringIO(data.decode("utf-8"), newline="\n"), delimiter=separator, strict=True)
    cells: list[list[str | None]] = [[] for _ in columns]
    header = True
    try:
        for row in rows:
            if row and len(row) != width:
                problem = say(
                    "line {line} has {count} cells and the header {width}; is a quotation mark or a separator missing?",
                    line=str(rows.line_num),
                    count=len(row),
                    width=width,
                )
                refuse(name, problem)
            if row and not header:
                for column, place in zip(cells, columns, strict=True):
                    column.append(row[place] or None)
            header = header and not row
    except csv.Error as error:
        problem = say(
            "line {line} cannot be read ({problem}); is a quotation mark not closed?",
            line=str(rows.line_num),
            problem=str(error),
        )
        refuse(name, problem)
    return pl.DataFrame(
        {f"{place}": column for place, column in zip(columns, cells, strict=True)},
        schema={f"{place}": pl.String for place in columns},
    )
