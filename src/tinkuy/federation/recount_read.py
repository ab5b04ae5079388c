"""Somebody's published sheets, read: CSV (plain, gzip or zip), Parquet, JSON or NDJSON, one row a unit.

Guarantees that every row and every cell of the columns asked for arrives as it was written, that nothing is guessed
silently, and that what cannot be read ends in one RecountError which says where. Sizes are bounded: 4 GiB unpacked and
50 million rows. Bytes in, a frame of texts and whole numbers out; opening files is the caller's.
Sources: RFC 4180 for CSV, RFC 1952 for gzip, RFC 8259 for JSON.

A text that is not UTF-8 and holds no UTF-8 letter either is read as Windows-1252, with a note; one that holds both is
damaged, and refused. UTF-16 is recognised by its byte order mark. The separator is the one under which the header has
most of the map's columns.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tinkuy.federation.recount_bytes import refuse, unpacked, utf8
from tinkuy.federation.recount_csv import MAX_ROWS, read_csv
from tinkuy.federation.recount_map import Map, check_columns
from tinkuy.words import Said, say

MAX_JSON_BYTES = 1 << 30


@dataclass(frozen=True)
class Raw:
    """The sheets as they were read: `frame` has the map's columns by their own names, as text or whole numbers."""

    frame: pl.DataFrame
    notes: tuple[Said, ...] = ()


def read_sheets(data: bytes, sheets: Map, name: str = "sheets", map_name: str = "map") -> Raw:
    """The rows of a file. `name` and `map_name` are what messages call the file and the map.

    Raises RecountError.
    """
    data, name = unpacked(data, name)
    if not data or data.isspace():
        refuse(name, say("the file is empty; one row a unit was expected"))
    if data.startswith(b"PAR1"):
        raw = Raw(_parquet(data, sheets, name, map_name))
    else:
        text, notes = utf8(data, sheets.encoding, name)
        if text[:1000].lstrip()[:1] in (b"[", b"{"):
            raw = Raw(_json(text, sheets, name, map_name), notes)
        else:
            raw = Raw(read_csv(text, sheets, name, map_name), notes)
    if raw.frame.height == 0:
        refuse(name, say("there is a header and no row; one row a unit was expected"))
    if raw.frame.height > MAX_ROWS:
        refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
    return raw


def _parquet(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    try:
        scan = pl.scan_parquet(io.BytesIO(data))
        schema = scan.collect_schema()
        check_columns(sheets, schema, name, map_name)
        if scan.select(pl.len()).collect().item() > MAX_ROWS:
            refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
        frame = scan.select(sheets.columns).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        first = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        refuse(name, say("it is not a whole Parquet file ({problem})", problem=first))
    for column, kind in frame.schema.items():
        if not (kind.is_integer() or kind in (pl.String, pl.Categorical, pl.Null) or isinstance(kind, pl.Enum)):
            problem = say(
                'the column "{column}" is of the type {kind}; a text or a whole number was expected',
                column=column,
                kind=str(kind),
            )
            refuse(name, problem)
    return frame.with_columns(pl.col(pl.Categorical, pl.Enum, pl.Null).cast(pl.String))


def _json(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    if len(data) > MAX_JSON_BYTES:
        refuse(name, say("JSON of more than {most} bytes; make it CSV or Parquet", most=MAX_JSON_BYTES))
    rows: dict[str, list[str | None]] = {column: [] for column in sheets.columns}
    for number, row in enumerate(_objects(data, name), start=1):
        if number == 1:
            check_columns(sheets, row, name, map_name)
        for column, cells in rows.items():
            value = row.get(column)
            if isinstance(value, dict | list):
                problem = say('row {row}: "{column}" is not a text or a number', row=str(number), column=column)
                refuse(name, problem)
            cells.append(None if value is None else _cell(value))
    try:
        return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))
    except (UnicodeEncodeError, pl.exceptions.PolarsError):
        refuse(name, say("a text holds half a letter (a lone surrogate); it is not Unicode"))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _objects(data: bytes, name: str) -> Iterator[dict[str, object]]:
    """The rows of a JSON list of objects, or of one object a line."""
    text = data.decode("utf-8")
    if text.lstrip().startswith("["):
        whole = _parsed(text, name, 0)
        if not isinstance(whole, list):
            refuse(name, say("a list of objects, one a unit, was expected"))
        values: Iterator[tuple[int, object]] = iter(enumerate(whole, start=1))
    else:
        lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
        values = ((number, _parsed(line, name, number)) for number, line in lines)
    for number, value in values:
        if not isinstance(value, dict):
            refuse(name, say("row {row} is not an object", row=str(number)))
        yield value


def _parsed(text: str, name: str, line: int) -> object:
    try:
        # Numbers stay as they are written: 12.0 is no count, and a huge one is refused with its place later.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        problem = say(
            "line {line}, column {column}: it is not JSON ({problem})",
            line=str(line or error.lineno),
            column=str(error.colno),
            problem=error.msg,
        )
    except RecursionError:
        problem = say("it is nested too deeply for a list of rows")
    except _TwiceError as error:
        problem = say('an object has the key "{key}" twice', key=str(error))
    refuse(name, problem)


class _TwiceError(Exception):
    """A key that stands twice in one object."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found
