"""Where the nodes of the top level stand on the tile map: data of the federation, not of the program.

A layout is a TOML file with an array of tables, each with `code`, `short` (a few letters), `column` and `row` (from 0);
other keys are ignored. Without one the nodes fill a square, row by row, in the order of their codes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from pathlib import Path

from tinkuy.words import Spoken, say


class LayoutError(Spoken):
    """The layout file is not one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node's square: column from the west and row from the north, from 0."""

    short: str
    column: int
    row: int


def layout(path: str | None, codes: Sequence[tuple[str, str]]) -> dict[str, Place]:
    """The squares of `codes` (code and name) by the file at `path`, or in a square when there is none.

    A file that does not name every code is of another federation: then the square is used.
    """
    if path is not None:
        named = _read(path)
        if all(code in named for code, _ in codes):
            return {code: named[code] for code, _ in codes}
    side = isqrt(max(len(codes) - 1, 0)) + 1
    return {code: Place(_short(name), number % side, number // side) for number, (code, name) in enumerate(codes)}


def _short(name: str) -> str:
    letters = "".join(letter for letter in name if letter.isalnum())
    return letters[:3].upper()


@cache
def _read(path: str) -> dict[str, Place]:
    try:
        tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        rows = [row for rows in tables.values() if isinstance(rows, list) for row in rows]
        return {str(row["code"]): Place(str(row["short"]), int(row["column"]), int(row["row"])) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LayoutError(
            say(
                "{path}: not a layout of squares; each table needs code, short, column and row ({reason})",
                path=path,
                reason=str(error),
            )
        ) from error
