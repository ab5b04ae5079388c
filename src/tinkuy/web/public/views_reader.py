"""Reading the views file: a few rows a page, from any thread, while another process replaces or updates the file.

Guarantees that a reader notices a new file under the same name, and that every list is bounded (`PAGE` rows at most).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw

from tinkuy.federation.outcome import NodeShown, SheetShown
from tinkuy.web.public.payload import decode
from tinkuy.web.public.views_store import Summary, ViewsError, stored_version
from tinkuy.words import say

PAGE = 100
FOUND = 60
T = TypeVar("T", NodeShown, SheetShown)
_WORDS = re.compile(r"\w+")

NODE_ORDERS = {
    "code": "code",
    "name": "name, code",
    "reported": "reported DESC, code",
    "turnout": "turnout IS NULL, turnout DESC, code",
    "first": "first IS NULL, first DESC, code",
    "held": "held DESC, code",
}
SHEET_ORDERS = {
    "code": "code",
    "name": "name, code",
    "state": "state, code",
    "turnout": "turnout IS NULL, turnout DESC, code",
    "first": "first IS NULL, first DESC, code",
    "roll": "eligible IS NULL, eligible DESC, code",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A node or a unit whose name or code answers a search, with the names of the levels above it."""

    code: str
    name: str
    kind: str  # "node" or "sheet"
    above: str


class Views:
    """The views file at `path`, read by as many threads as like."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()

    def version(self) -> int:
        """The number of the present version; it grows with every change. `ViewsError` when there is no such file."""
        return stored_version(self._connection(), self.path)

    def consultations(self) -> list[Summary]:
        """Every consultation, in the order in which the reports were given."""
        rows = self._rows("SELECT payload FROM consultation ORDER BY place, id")
        return [decode(row[0], Summary) for row in rows]

    def consultation(self, consultation: str) -> Summary | None:
        """One consultation without its nodes and sheets."""
        rows = self._rows("SELECT payload FROM consultation WHERE id = ?", consultation)
        return decode(rows[0][0], Summary) if rows else None

    def changed(self, consultation: str) -> int | None:
        """The version that last changed this consultation."""
        rows = self._rows("SELECT version FROM consultation WHERE id = ?", consultation)
        return int(rows[0][0]) if rows else None

    def archive(self, consultation: str) -> Path | None:
        """The consultation's `.tinkuy` file, when one was named and is still there."""
        rows = self._rows("SELECT archive FROM consultation WHERE id = ?", consultation)
        path = Path(rows[0][0]) if rows and rows[0][0] else None
        return path if path is not None and path.is_file() else None

    def root(self, consultation: str) -> NodeShown | None:
        """The node of the whole: the one that no other is above, whatever its code."""
        rows = self._rows("SELECT payload FROM node WHERE consultation = ? AND parent IS NULL LIMIT 1", consultation)
        return decode(rows[0][0], NodeShown) if rows else None

    def node(self, consultation: str, code: str) -> NodeShown | None:
        """The node of this code, or the one in which its figures are shown because it is too small alone."""
        rows = self._rows(
            "SELECT payload FROM node WHERE consultation = ?1 AND code IN (?2, "
            "(SELECT shown FROM joined WHERE consultation = ?1 AND code = ?2)) LIMIT 1",
            consultation,
            code,
        )
        return decode(rows[0][0], NodeShown) if rows else None

    def below(self, consultation: str, parent: str, order: str, page: int) -> tuple[list[NodeShown], int]:
        """The nodes directly below, one page of them, and how many there are."""
        return self._page(
            "node", NODE_ORDERS[order], NodeShown, page, where={"consultation": consultation, "parent": parent}
        )

    def units(self, consultation: str, node: str, order: str, page: int) -> tuple[list[SheetShown], int]:
        """The sheets of the units directly below a node, one page of them, and how many there are."""
        return self._page(
            "sheet", SHEET_ORDERS[order], SheetShown, page, where={"consultation": consultation, "parent": node}
        )

    def held(self, consultation: str, page: int) -> tuple[list[SheetShown], int]:
        """The sheets that a check holds, one page of them, and how many there are."""
        return self._page("sheet", "code", SheetShown, page, where={"consultation": consultation, "state": "observed"})

    def held_below(self, consultation: str, code: str, limit: int) -> list[SheetShown]:
        """The first sheets held directly below a node."""
        rows = self._rows(
            "SELECT payload FROM sheet WHERE consultation = ? AND parent = ? AND state = 'observed' "
            "ORDER BY code LIMIT ?",
            consultation,
            code,
            limit,
        )
        return [decode(row[0], SheetShown) for row in rows]

    def sheet(self, consultation: str, code: str) -> SheetShown | None:
        """One unit's sheet."""
        rows = self._rows("SELECT payload FROM sheet WHERE consultation = ? AND code = ?", consultation, code)
        return decode(rows[0][0], SheetShown) if rows else None

    def codes(self, consultation: str) -> list[str]:
        """The codes of all units: for a publication that writes every page, not for a page."""
        rows = self._rows("SELECT code FROM sheet WHERE consultation = ? ORDER BY code", consultation)
        return [row[0] for row in rows]

    def search(self, consultation: str, text: str) -> list[Found]:
        """Nodes, then units, whose code or name has words beginning with every word of `text`; `FOUND` at most.

        Accents and case do not matter. A code is found by its beginning.
        """
        words = _WORDS.findall(text[:100])[:8]
        if not words:
            return []
        match = " ".join(f'"{word}"*' for word in words)
        rows = self._rows(
            "SELECT code, name, kind, above FROM named WHERE named MATCH ? AND consultation = ? ORDER BY rowid LIMIT ?",
            "{code name} : (" + match + ")",
            consultation,
            FOUND,
        )
        found = [Found(*row) for row in rows]
        return sorted(found, key=lambda one: one.code.casefold() != text.strip().casefold())

    def _page(
        self, table: str, order: str, kind: type[T], page: int, *, where: Mapping[str, str]
    ) -> tuple[list[T], int]:
        """`table`, `order` and the columns of `where` are words of this module, never of a reader."""
        among = f"FROM {table} WHERE " + " AND ".join(f"{column} = ?" for column in where)
        total = self._rows(f"SELECT count(*) {among}", *where.values())[0][0]
        rows = self._rows(
            f"SELECT payload {among} ORDER BY {order} LIMIT ? OFFSET ?", *where.values(), PAGE, (page - 1) * PAGE
        )
        return [decode(row[0], kind) for row in rows], int(total)

    def _rows(self, statement: str, *values: str | int) -> list[Any]:
        try:
            return self._connection().execute(statement, values).fetchall()
        except apsw.Error as error:
            raise ViewsError(
                say("{path}: not a file of views ({reason})", path=str(self.path), reason=str(error))
            ) from error

    def _connection(self) -> apsw.Connection:
        """This thread's connection, opened anew when another file has taken the name."""
        try:
            there = self.path.stat()
        except OSError as error:
            raise ViewsError(
                say("{path}: no views yet; make them from the books first", path=str(self.path))
            ) from error
        file = (there.st_dev, there.st_ino)
        if getattr(self._own, "file", None) != file:
            self._own.connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
            self._own.connection.set_busy_timeout(5_000)
            self._own.file = file
        connection: apsw.Connection = self._own.connection
        return connection
