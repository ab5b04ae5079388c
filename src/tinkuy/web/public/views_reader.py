"""Reading the views: a few rows a page, from any thread, while another process makes them anew or updates them.

Guarantees that every list is bounded (`PAGE` rows at most), and that nobody sees where the views are kept but `name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tinkuy.federation.outcome import Finding, NodeShown, SheetShown
from tinkuy.web.public.payload import decode
from tinkuy.web.public.views_shelf import shelf, words
from tinkuy.web.public.views_store import Summary

PAGE = 100
FOUND = 60
T = TypeVar("T", NodeShown, SheetShown)

# What is missing comes last: left to themselves, databases disagree on where it stands.
NODE_ORDERS = {
    "code": "code",
    "name": "name, code",
    "reported": "reported IS NULL, reported DESC, code",
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
    """The views in a file or in the database of an address, read by as many threads as like."""

    def __init__(self, where: str | Path) -> None:
        self._shelf = shelf(where)
        self.name = self._shelf.name
        self._rows = self._shelf.rows

    def version(self) -> int:
        """The number of the present version; it grows with every change. `ViewsError` when there are no views."""
        return self._shelf.version()

    def consultations(self) -> list[Summary]:
        """Every consultation, in the order in which the reports were given."""
        rows = self._rows("SELECT payload FROM consultation ORDER BY place, id")
        return [decode(row[0], Summary) for row in rows]

    def consultation(self, consultation: str) -> Summary | None:
        """One consultation without its nodes and sheets."""
        rows = self._rows("SELECT payload FROM consultation WHERE id = $1", consultation)
        return decode(rows[0][0], Summary) if rows else None

    def changed(self, consultation: str) -> int | None:
        """The version that last changed this consultation."""
        rows = self._rows("SELECT version FROM consultation WHERE id = $1", consultation)
        return int(rows[0][0]) if rows else None

    def archive(self, consultation: str) -> Path | None:
        """The consultation's `.tinkuy` file, when one was named and is still there."""
        rows = self._rows("SELECT archive FROM consultation WHERE id = $1", consultation)
        path = Path(rows[0][0]) if rows and rows[0][0] else None
        return path if path is not None and path.is_file() else None

    def root(self, consultation: str) -> NodeShown | None:
        """The node of the whole: the one that no other is above, whatever its code."""
        rows = self._rows("SELECT payload FROM node WHERE consultation = $1 AND parent IS NULL LIMIT 1", consultation)
        return decode(rows[0][0], NodeShown) if rows else None

    def node(self, consultation: str, code: str) -> NodeShown | None:
        """The node of this code, or the one in which its figures are shown because it is too small alone."""
        rows = self._rows(
            "SELECT payload FROM node WHERE consultation = $1 AND code IN ($2, "
            "(SELECT shown FROM joined WHERE consultation = $1 AND code = $2)) LIMIT 1",
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
            "SELECT payload FROM sheet WHERE consultation = $1 AND parent = $2 AND state = 'observed' "
            "ORDER BY code LIMIT $3",
            consultation,
            code,
            limit,
        )
        return [decode(row[0], SheetShown) for row in rows]

    def sheet(self, consultation: str, code: str) -> SheetShown | None:
        """One unit's sheet."""
        rows = self._rows("SELECT payload FROM sheet WHERE consultation = $1 AND code = $2", consultation, code)
        return decode(rows[0][0], SheetShown) if rows else None

    def told(self, consultation: str, code: str) -> tuple[Finding, ...]:
        """What the audit found of one unit and its sheet does not say."""
        rows = self._rows("SELECT told FROM sheet WHERE consultation = $1 AND code = $2", consultation, code)
        return decode(rows[0][0], tuple[Finding, ...]) if rows and rows[0][0] is not None else ()

    def codes(self, consultation: str) -> list[str]:
        """The codes of all units: for a publication that writes every page, not for a page."""
        rows = self._rows("SELECT code FROM sheet WHERE consultation = $1 ORDER BY code", consultation)
        return [row[0] for row in rows]

    def search(self, consultation: str, text: str) -> list[Found]:
        """Nodes, then units, whose code or name has words beginning with every word of `text`; `FOUND` at most.

        Accents and case do not matter. A code is found by its beginning.
        """
        asked = words(text[:100])[:8]
        found = [Found(*row) for row in self._shelf.found(consultation, asked, FOUND)] if asked else []
        return sorted(found, key=lambda one: one.code.casefold() != text.strip().casefold())

    def _page(
        self, table: str, order: str, kind: type[T], page: int, *, where: Mapping[str, str]
    ) -> tuple[list[T], int]:
        """`table`, `order` and the columns of `where` are words of this module, never of a reader."""
        conditions = " AND ".join(f"{column} = ${place}" for place, column in enumerate(where, 1))
        among = f"FROM {table} WHERE {conditions}"
        total = self._rows(f"SELECT count(*) {among}", *where.values())[0][0]
        first, last = len(where) + 1, len(where) + 2
        rows = self._rows(
            f"SELECT payload {among} ORDER BY {order} LIMIT ${first} OFFSET ${last}",
            *where.values(),
            PAGE,
            (page - 1) * PAGE,
        )
        return [decode(row[0], kind) for row in rows], int(total)
