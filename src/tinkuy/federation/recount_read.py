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

import codecs
import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

import polars as pl

from tinkuy.federation.recount_map import SEPARATORS, Map, RecountError, check_columns
from tinkuy.words import Said, say

MAX_BYTES = 4 << 30
MAX_ROWS = 50_000_000
MAX_JSON_BYTES = 1 << 30
_CHUNK = 1 << 24
_PIECE = 1 << 18


@dataclass(frozen=True)
class Raw:
    """The sheets as they were read: `frame` has the map's columns by their own names, as text or whole numbers."""

    frame: pl.DataFrame
    notes: tuple[Said, ...] = ()


def read_sheets(data: bytes, sheets: Map, name: str = "sheets", map_name: str = "map") -> Raw:
    """The rows of a file. `name` and `map_name` are what messages call the file and the map.

    Raises RecountError.
    """
    data, name = _unpacked(data, name)
    if not data or data.isspace():
        _refuse(name, say("the file is empty; one row a unit was expected"))
    if data.startswith(b"PAR1"):
        raw = Raw(_parquet(data, sheets, name, map_name))
    else:
        text, notes = _utf8(data, sheets.encoding, name)
        if text[:1000].lstrip()[:1] in (b"[", b"{"):
            raw = Raw(_json(text, sheets, name, map_name), notes)
        else:
            raw = Raw(_csv(text, sheets, name, map_name), notes)
    if raw.frame.height == 0:
        _refuse(name, say("there is a header and no row; one row a unit was expected"))
    if raw.frame.height > MAX_ROWS:
        _refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
    return raw


def _unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    if data.startswith(b"\x1f\x8b"):
        return _gunzipped(data, name), name
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _unzipped(data, name)
    if name.endswith(".gz"):
        _refuse(name, say("it is called .gz and is not a gzip file"))
    if name.endswith(".zip"):
        _refuse(name, say("it is called .zip and is not a zip file"))
    return data, name


def _gunzipped(data: bytes, name: str) -> bytes:
    """All members of a gzip file; zero bytes after them are padding."""
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.strip(b"\0"):
        member = zlib.decompressobj(31)
        try:
            while not member.eof:
                part = member.decompress(rest, _CHUNK)
                rest = member.unconsumed_tail
                size += len(part)
                if size > MAX_BYTES:
                    _too_large(name)
                if not part and not rest and not member.eof:
                    _refuse(name, say("the gzip file ends too early; fetch it again"))
                parts.append(part)
        except zlib.error as error:
            _refuse(name, say("the gzip file is damaged ({problem}); fetch it again", problem=str(error)))
        rest = member.unused_data
    return b"".join(parts)


def _unzipped(data: bytes, name: str) -> tuple[bytes, str]:
    """The one file in a zip; folders and what a Mac adds do not count."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
            if len(files) != 1:
                names = tuple(one.filename for one in files[:10])
                problem = say("the zip holds {count} files; give one at a time: {names}", count=len(files), names=names)
                _refuse(name, problem)
            if files[0].flag_bits & 1:
                _refuse(name, say("the zip is encrypted; unpack it first"))
            with archive.open(files[0]) as member:
                unpacked = _bounded(member.read, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        _refuse(name, say("the zip is damaged or of an unknown kind ({problem})", problem=str(error)))
    return unpacked, f"{name}/{files[0].filename}"


def _bounded(read: Callable[[int], bytes], name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := read(_CHUNK):
        size += len(part)
        if size > MAX_BYTES:
            _too_large(name)
        parts.append(part)
    return b"".join(parts)


def _utf8(data: bytes, encoding: str, name: str) -> tuple[bytes, tuple[Said, ...]]:
    """The text as UTF-8 without a byte order mark, and a note where the encoding had to be guessed."""
    if not encoding and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    if encoding not in ("", "utf-8", "utf-8-sig"):
        return _text_in(data, encoding, name).encode("utf-8"), ()
    data = data.removeprefix(b"\xef\xbb\xbf")
    wrong = _not_utf8(data)
    if wrong is not None:
        place = say("byte {byte} (line {line})", byte=wrong + 1, line=str(data.count(b"\n", 0, wrong) + 1))
        if encoding or _has_utf8_letters(data):
            problem = say(
                'it is not UTF-8 at {place}; name its encoding in the map, as in encoding = "latin-1"',
                place=place,
            )
            _refuse(name, problem)
        text = _text_in(data, "cp1252", name)
        note = say("{name} is not UTF-8 at {place}: its letters were read as Windows-1252.", name=name, place=place)
        return text.encode("utf-8"), (note,)
    _refuse_nul(data, name)
    return data, ()


def _not_utf8(data: bytes) -> int | None:
    """Where the text stops being UTF-8; a piece at a time, which is quicker than to hold it all again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _PIECE):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


def _text_in(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = say("it is not {encoding} at byte {byte}", encoding=encoding, byte=error.start + 1)
        _refuse(name, problem)
    _refuse_nul(text.encode("utf-8"), name)
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _has_utf8_letters(data: bytes) -> bool:
    """Whether some letter beyond ASCII is written as UTF-8 writes it: then the text is not of a one-byte encoding."""
    kept = data.decode("utf-8", "ignore")
    return any(ord(letter) > 127 for letter in kept[: 1 << 22])


def _refuse_nul(data: bytes, name: str) -> None:
    place = data.find(b"\0")
    if place >= 0:
        line = str(data.count(b"\n", 0, place) + 1)
        problem = say(
            'byte {byte} (line {line}) is zero: not a text; if it is UTF-16, write encoding = "utf-16" in the map',
            byte=place + 1,
            line=line,
        )
        _refuse(name, problem)


def _csv(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if data.count(b"\n") > MAX_ROWS:
        _refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
    separator, header, body = _header(data, sheets)
    for column in header:
        if header.count(column) > 1 and column in sheets.columns:
            _refuse(name, say('two columns are called "{column}"; rename one of them', column=column))
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
                _refuse(name, problem)
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
        _refuse(name, problem)
    return pl.DataFrame(
        {f"{place}": column for place, column in zip(columns, cells, strict=True)},
        schema={f"{place}": pl.String for place in columns},
    )


def _parquet(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    try:
        scan = pl.scan_parquet(io.BytesIO(data))
        schema = scan.collect_schema()
        check_columns(sheets, schema, name, map_name)
        if scan.select(pl.len()).collect().item() > MAX_ROWS:
            _refuse(name, say("there are more than {most} rows", most=MAX_ROWS))
        frame = scan.select(sheets.columns).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        first = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        _refuse(name, say("it is not a whole Parquet file ({problem})", problem=first))
    for column, kind in frame.schema.items():
        if not (kind.is_integer() or kind in (pl.String, pl.Categorical, pl.Null) or isinstance(kind, pl.Enum)):
            problem = say(
                'the column "{column}" is of the type {kind}; a text or a whole number was expected',
                column=column,
                kind=str(kind),
            )
            _refuse(name, problem)
    return frame.with_columns(pl.col(pl.Categorical, pl.Enum, pl.Null).cast(pl.String))


def _json(data: bytes, sheets: Map, name: str, map_name: str) -> pl.DataFrame:
    if len(data) > MAX_JSON_BYTES:
        _refuse(name, say("JSON of more than {most} bytes; make it CSV or Parquet", most=MAX_JSON_BYTES))
    rows: dict[str, list[str | None]] = {column: [] for column in sheets.columns}
    for number, row in enumerate(_objects(data, name), start=1):
        if number == 1:
            check_columns(sheets, row, name, map_name)
        for column, cells in rows.items():
            value = row.get(column)
            if isinstance(value, dict | list):
                problem = say('row {row}: "{column}" is not a text or a number', row=str(number), column=column)
                _refuse(name, problem)
            cells.append(None if value is None else _cell(value))
    try:
        return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String))
    except (UnicodeEncodeError, pl.exceptions.PolarsError):
        _refuse(name, say("a text holds half a letter (a lone surrogate); it is not Unicode"))


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
            _refuse(name, say("a list of objects, one a unit, was expected"))
        values: Iterator[tuple[int, object]] = iter(enumerate(whole, start=1))
    else:
        lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
        values = ((number, _parsed(line, name, number)) for number, line in lines)
    for number, value in values:
        if not isinstance(value, dict):
            _refuse(name, say("row {row} is not an object", row=str(number)))
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
    _refuse(name, problem)


class _TwiceError(Exception):
    """A key that stands twice in one object."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


def _too_large(name: str) -> NoReturn:
    _refuse(name, say("it unpacks to more than {most} bytes", most=MAX_BYTES))


def _refuse(name: str, problem: Said) -> NoReturn:
    raise RecountError(say("{name}: {problem}", name=name, problem=problem))
