"""Where the site's views are kept: one file on this machine, or a database for many machines (estante).

Guarantees that pages, and whoever makes the views, need not know which: an adapter takes the same statements with
`$1`, `$2` … in the order of their first use, sorts text by its bytes, and shows a change whole or not at all. Each of
`TABLES` has the same columns in both.

>>> shelf("views.sqlite").name
'views.sqlite'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from tinkuy.words import Spoken, say

FORMAT = 3
TABLES = {
    "meta": ("name", "value"),
    "consultation": ("id", "place", "version", "payload", "archive"),
    "node": (
        "consultation",
        "code",
        "parent",
        "name",
        "reported",
        "turnout",
        "first",
        "held",
        "units",
        "payload",
    ),
    "joined": ("consultation", "code", "shown"),
    "sheet": (
        "consultation",
        "code",
        "parent",
        "name",
        "state",
        "hidden",
        "eligible",
        "turnout",
        "first",
        "payload",
        "told",
    ),
    "named": ("consultation", "code", "name", "kind", "above", "words"),
}
SCHEMES = ("postgresql://", "postgres://")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 100  # letters of a word that a search looks at

Value = str | int | bytes | None
Row = tuple[Any, ...]


class ViewsError(Spoken):
    """The views are missing, cannot be read, or are not what they should be."""


class Pen(Protocol):
    """What rows are written with, inside a block that shows all of them or none."""

    @property
    def version(self) -> int:
        """The views' version when the block has ended."""

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """Read as things stand inside the block."""

    def write(self, statement: str, *values: Value) -> None:
        """Change rows that are there."""

    def fill(self, table: str, rows: Iterable[Sequence[Value]]) -> None:
        """Add rows to a table, in the order of its columns; none of their keys may be there."""


class Shelf(Protocol):
    """The views in one place. Every method raises `ViewsError` naming the place when they cannot be read or written."""

    name: str  # of the place, as people may read it: without a password

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """Read; from any thread."""

    def version(self) -> int:
        """The number of the present version; it grows with every change."""

    def found(self, consultation: str, words: Sequence[str], most: int) -> list[Row]:
        """Code, name, kind and names above, of what has words that begin with every one of `words`, as first listed."""

    def exists(self) -> bool:
        """Whether there are views that can be brought up to date."""

    def anew(self) -> AbstractContextManager[Pen]:
        """A block that makes the views anew: it begins with none of the old rows."""

    def changing(self) -> AbstractContextManager[Pen]:
        """A block that brings the views up to date."""


def shelf(where: str | Path) -> Shelf:
    """The views in a file, or in the PostgreSQL database of an address such as `postgresql://host/database`.

    Raises `ViewsError` when a database is named and psycopg is not installed.
    """
    # An adapter is loaded only where it is used: psycopg is an extra.
    if not is_database(where):
        from tinkuy.web.public.views_sqlite import SqliteShelf  # noqa: PLC0415

        return SqliteShelf(Path(where))
    try:
        from tinkuy.web.public.views_postgres import PostgresShelf  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ViewsError(
            say("Views in PostgreSQL need psycopg, which is not installed: {command}", command=_INSTALL)
        ) from None
    return PostgresShelf(str(where))


_INSTALL = "pip install 'tinkuy[scale]'"


def is_database(where: str | Path) -> bool:
    """Whether this is the address of a database and not a file."""
    return isinstance(where, str) and where.startswith(SCHEMES)


def named_openly(where: str | None) -> str | None:
    """What an option of a command names, which everybody on the machine can read in the list of processes.

    Raises `ViewsError` when it is an address with a password in it.
    """
    if where is not None and is_database(where):
        parts = urlsplit(where)
        if parts.password or "password" in parse_qs(parts.query):
            raise ViewsError(
                say(
                    "an address on the command line is no place for a password: everybody on this machine can read "
                    "it; keep it in ~/.pgpass or PGPASSWORD, or name the whole address in TINKUY_VIEWS"
                )
            )
    return where


def words(text: str) -> list[str]:
    """The words of a name or a code as a search compares them: without accents, capitals or signs.

    >>> words("Ñaupa Llaqta 120604-07")
    ['naupa', 'llaqta', '120604', '07']
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return [word[:_LONGEST] for word in _WORD.findall(plain.casefold())]
