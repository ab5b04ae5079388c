"""The views in a PostgreSQL database, for a site that several machines serve.

Guarantees that views are made anew or changed in one transaction, so that a reader sees the old ones until the new
ones are whole; that reading needs no right to write; that a process keeps at most `LINES` connections, opens them when
they are needed and opens others when the server went away; and that no message shows a password. The tables live in a
schema of their own, `tinkuy_views`; text is compared by its bytes.

Source: PostgreSQL, `COPY`, "Explicit Locking" §13.3.5, "Text Search Types" §8.11. Needs `tinkuy[scale]`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import conninfo, sql

from tinkuy.web.public.views_shelf import FORMAT, TABLES, Pen, Row, Value, ViewsError
from tinkuy.words import say

LINES = 8  # connections of one process
PATIENCE = 5  # seconds to wait for a connection, or for a page's statement
AGAIN = 1.0  # seconds for which a server that did not answer is not asked again
_ALONE = 0x746B7677  # "tkvw": the lock of whoever makes views
_SCHEMA = """
CREATE SCHEMA tinkuy_views;
SET LOCAL search_path = tinkuy_views;
CREATE TABLE meta (name text PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE consultation (
    id text COLLATE "C" PRIMARY KEY, place bigint, version bigint, payload bytea, archive text
);
CREATE TABLE node (
    consultation text COLLATE "C", code text COLLATE "C", parent text COLLATE "C", name text COLLATE "C",
    reported bigint, turnout bigint, first bigint, held bigint, units bigint, payload bytea,
    PRIMARY KEY (consultation, code)
);
CREATE INDEX node_below ON node (consultation, parent, code);
CREATE TABLE joined (
    consultation text COLLATE "C", code text COLLATE "C", shown text COLLATE "C", PRIMARY KEY (consultation, code)
);
CREATE TABLE sheet (
    consultation text COLLATE "C", code text COLLATE "C", parent text COLLATE "C", name text COLLATE "C",
    state text COLLATE "C", hidden bigint, eligible bigint, turnout bigint, first bigint, payload bytea,
    told bytea,
    PRIMARY KEY (consultation, code)
);
CREATE INDEX sheet_below ON sheet (consultation, parent, code, state, hidden);
CREATE INDEX sheet_state ON sheet (consultation, state, code);
CREATE INDEX sheet_told ON sheet (consultation, code) WHERE told IS NOT NULL;
CREATE TABLE named (
    listed bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consultation text COLLATE "C", code text, name text, kind text, above text, words text,
    found tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
CREATE INDEX named_found ON named USING gin (found)
"""
_SEARCH = (
    "SELECT code, name, kind, above FROM named "
    "WHERE found @@ $1::tsquery AND consultation = $2 ORDER BY listed LIMIT $3"
)
# The server keeps no text with a NUL; a code is any text, so it stands under a sign that is no character (U+FDD0).
_NUL, _NONE = "\0", "\ufdd0"


class PostgresShelf:
    """The views in the database at `address`, read by as many threads as like. See `views_shelf.Shelf`.

    Whatever libpq understands may stand in the address; a password is better kept in its password file. Raises
    `ViewsError` when it is no address.
    """

    def __init__(self, address: str) -> None:
        try:
            given = conninfo.conninfo_to_dict(address)
        except psycopg.Error:
            # What the driver says quotes the address, which may hold a password.
            raise ViewsError(say("The address of views reads postgresql://user@host:port/database.")) from None
        self._address = address
        self._password = str(given.get("password") or "")
        self.name = _shown(given)
        self._idle: deque[psycopg.Connection[Any]] = deque()
        self._room = threading.BoundedSemaphore(LINES)
        self._silent_until = 0.0

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """See `Shelf`."""
        while True:
            with self._line() as (line, fresh):
                try:
                    found = line.execute(statement.encode(), _kept(values), binary=True).fetchall()
                except psycopg.Error as error:
                    # A connection of before may have ended with the server that it led to; a new one says how it is.
                    if fresh or not line.closed:
                        raise self._failed(error) from None
                else:
                    return found

    def version(self) -> int:
        """See `Shelf`."""
        found: dict[str, int] = dict(self.rows("SELECT name, value FROM meta"))
        if found.get("format") != FORMAT:
            raise self._other()
        return found["version"]

    def found(self, consultation: str, words: Sequence[str], most: int) -> list[Row]:
        """See `Shelf`."""
        asked = " & ".join(f"'{word}':*" for word in words)
        rows = self.rows(_SEARCH, asked, consultation, most)
        return [tuple(text.replace(_NONE, _NUL) for text in row) for row in rows]

    def exists(self) -> bool:
        """See `Shelf`."""
        return bool(self.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'tinkuy_views'"))

    @contextmanager
    def anew(self) -> Iterator[Pen]:
        """See `Shelf`: the old rows go and the new ones come in one transaction, while readers see the old ones."""
        with self._writing() as line:
            there = line.execute(b"SELECT 1 FROM pg_namespace WHERE nspname = 'tinkuy_views'").fetchone()
            meta = dict(line.execute(b"SELECT name, value FROM meta").fetchall()) if there else {}
            if meta.get("format") != FORMAT:
                _made(line, bool(there))
            for table in TABLES:
                line.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            pen = _Pen(line, int(meta.get("version", 0)) + 1)
            pen.fill("meta", [("format", FORMAT), ("version", pen.version)])
            yield pen

    @contextmanager
    def changing(self) -> Iterator[Pen]:
        """See `Shelf`: one transaction."""
        with self._writing() as line:
            meta = dict(line.execute(b"SELECT name, value FROM meta").fetchall())
            if meta.get("format") != FORMAT:
                raise self._other()
            pen = _Pen(line, int(meta["version"]) + 1)
            pen.write("UPDATE meta SET value = $1 WHERE name = 'version'", pen.version)
            yield pen

    @contextmanager
    def _line(self) -> Iterator[tuple[psycopg.Connection[Any], bool]]:
        """A connection for one statement, and whether it was opened for it."""
        if not self._room.acquire(timeout=PATIENCE):
            raise ViewsError(say("{path}: the database is too slow for so many readers", path=self.name))
        try:
            line = self._idle.pop() if self._idle else None
            fresh = line is None
            line = line or self._opened()
            try:
                yield line, fresh
            finally:
                if not line.closed:
                    self._idle.append(line)
        finally:
            self._room.release()

    def _opened(self) -> psycopg.Connection[Any]:
        """A new connection, which only reads."""
        # Whoever waits for a server that is away keeps others waiting: in the second after, nobody waits.
        if time.monotonic() < self._silent_until:
            raise ViewsError(say("{path}: the database does not answer", path=self.name))
        try:
            line = self._connected("tinkuy-views", autocommit=True)
            line.execute(b"SET default_transaction_read_only = on")
            line.execute(f"SET statement_timeout = '{PATIENCE}s'".encode())
            line.execute(b"SET search_path = tinkuy_views")
        except psycopg.Error as error:
            self._silent_until = time.monotonic() + AGAIN
            raise self._failed(error) from None
        return line

    @contextmanager
    def _writing(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own in a transaction; one program makes views at a time."""
        try:
            with self._connected("tinkuy-rebuild", autocommit=False) as line:
                line.execute(b"SELECT pg_advisory_xact_lock($1)", (_ALONE,))
                line.execute(b"SET LOCAL search_path = tinkuy_views")
                yield line
        except psycopg.Error as error:
            raise self._failed(error) from None

    def _connected(self, program: str, *, autocommit: bool) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self._address,
            autocommit=autocommit,
            cursor_factory=psycopg.RawCursor,
            connect_timeout=PATIENCE,
            application_name=program,
        )

    def _failed(self, error: psycopg.Error) -> ViewsError:
        if isinstance(error, psycopg.errors.UndefinedTable):
            return ViewsError(say("{path}: no views yet; make them from the books first", path=self.name))
        line = " ".join((error.diag.message_primary or str(error) or type(error).__name__).split()).rstrip(".")
        reason = line.replace(self._password, "…") if self._password else line
        return ViewsError(say("{path}: the database failed ({reason})", path=self.name, reason=reason))

    def _other(self) -> ViewsError:
        return ViewsError(say("{path}: views of another version of the program; rebuild them", path=self.name))


@dataclass(frozen=True, slots=True)
class _Pen:
    """A connection in a transaction. See `views_shelf.Pen`."""

    line: psycopg.Connection[Any]
    version: int

    def rows(self, statement: str, *values: Value) -> list[Row]:
        return self.line.execute(statement.encode(), _kept(values), binary=True).fetchall()

    def write(self, statement: str, *values: Value) -> None:
        self.line.execute(statement.encode(), _kept(values))

    def fill(self, table: str, rows: Iterable[Sequence[Value]]) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, TABLES[table]))
        copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with self.line.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(_kept(row))


def _made(line: psycopg.Connection[Any], there: bool) -> None:
    """The empty tables, in the place of another version's."""
    if there:
        line.execute(b"DROP SCHEMA tinkuy_views CASCADE")
    for statement in _SCHEMA.split(";\n"):
        line.execute(statement.encode())


def _kept(values: Sequence[Value]) -> list[Value]:
    return [value.replace(_NUL, _NONE) if isinstance(value, str) else value for value in values]


def _shown(given: dict[str, Any]) -> str:
    """The place without the password and without what else a person does not look for in a message."""
    host, port, database = given.get("host") or "", given.get("port"), given.get("dbname") or ""
    return f"postgresql://{host}{f':{port}' if port else ''}/{database}"
