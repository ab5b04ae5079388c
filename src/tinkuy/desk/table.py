"""Small tables that people bring: a roll, a tree, a list of bases, as CSV from any spreadsheet.

Guarantees that a table is read as it stands or refused with the line that is wrong; nothing is guessed but the
separator (comma, semicolon or tab, by the line of headings) and a byte order mark. Texts come out trimmed and in
Unicode's NFC, so that a name typed on another keyboard is the same name.

>>> [row.cells for row in read("código;nombre\\n21;Puno\\n".encode(), "tree.csv", PLACES)]
[{'code': '21', 'name': 'Puno', 'parent': '', 'level': ''}]
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO

from tinkuy.words import Spoken, say

MAX_BYTES = 64 * 1024 * 1024
MAX_CELL = 1_000


class TableError(Spoken):
    """A table that cannot be read; it names the file and the line."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table must and may have: column → the headings under which it is known, in small letters."""

    needed: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line on which it begins, and its cells by column; "" for an empty one."""

    line: int
    cells: dict[str, str]


PERSONS = Columns(
    {"name": ("name", "nombre", "nombres", "apellidos y nombres"), "document": ("document", "documento", "dni")}, {}
)
PLACES = Columns(
    {"code": ("code", "código", "codigo"), "name": ("name", "nombre")},
    {"parent": ("parent", "padre", "under", "bajo"), "level": ("level", "nivel")},
)
BASES = Columns(
    {
        "file": ("file", "archivo"),
        "code": ("code", "código", "codigo"),
        "under": ("under", "bajo", "parent", "padre"),
    },
    {},
)


def read(data: bytes, name: str, columns: Columns, encoding: str = "utf-8") -> list[Row]:
    """The rows under the headings; `name` is the file's, for the messages. Raises `TableError`."""
    if len(data) > MAX_BYTES:
        raise TableError(say("{file}: the table is larger than {most} bytes", file=name, most=MAX_BYTES))
    text = _text(data, name, encoding)
    try:
        rows = list(_rows(text, name, columns))
    except csv.Error as error:
        raise TableError(say("{file}: this is not a table in CSV: {fault}", file=name, fault=str(error))) from None
    if not rows:
        raise TableError(say("{file}: there are headings and no row under them", file=name))
    return rows


def _text(data: bytes, name: str, encoding: str) -> str:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode(encoding)
    except LookupError:
        raise TableError(say("{file}: there is no encoding {encoding}", file=name, encoding=encoding)) from None
    except UnicodeDecodeError as error:
        raise TableError(
            say(
                "{file}, line {line}: not {encoding}; save the table as UTF-8, or say --encoding latin-1",
                file=name,
                line=str(data.count(b"\n", 0, error.start) + 1),
                encoding=encoding,
            )
        ) from None
    return unicodedata.normalize("NFC", text)


def _rows(text: str, name: str, columns: Columns) -> Iterator[Row]:
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    places = _places(next(reader, []), name, columns)
    line = reader.line_num + 1
    for cells in reader:
        here, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) <= max(places.values()):
            raise TableError(
                say(
                    "{file}, line {line}: {count} cells, and the headings are more",
                    file=name,
                    line=str(here),
                    count=len(cells),
                )
            )
        row = {column: cells[place].strip() for column, place in places.items()}
        _check(row, name, here, columns)
        yield Row(here, {**dict.fromkeys(columns.optional, ""), **row})


def _places(headings: list[str], name: str, columns: Columns) -> dict[str, int]:
    written = [heading.strip().casefold() for heading in headings]
    places: dict[str, int] = {}
    for column, known in {**columns.needed, **columns.optional}.items():
        found = [place for place, heading in enumerate(written) if heading in known]
        if len(found) > 1:
            raise TableError(
                say("{file}, line 1: two columns could be “{column}”; keep one", file=name, column=known[0])
            )
        if found:
            places[column] = found[0]
        elif column in columns.needed:
            raise TableError(
                say(
                    "{file}, line 1: there is no column {column}; the headings are {headings}",
                    file=name,
                    column=tuple(known[:2]),
                    headings=tuple(heading.strip()[:40] for heading in headings),
                )
            )
    return places


def _check(row: Mapping[str, str], name: str, line: int, columns: Columns) -> None:
    for column, cell in row.items():
        if not cell and column in columns.needed:
            raise TableError(
                say("{file}, line {line}: the cell under “{column}” is empty", file=name, line=str(line), column=column)
            )
        if len(cell) > MAX_CELL or not cell.isprintable():
            raise TableError(
                say(
                    "{file}, line {line}: the cell under “{column}” is no plain text of at most {most} characters",
                    file=name,
                    line=str(line),
                    column=column,
                    most=MAX_CELL,
                )
            )
