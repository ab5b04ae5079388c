"""The views as one SQLite file, made from reports and thrown away at will.

Guarantees that a new file appears whole or not at all under the name of the old one, and that a reader notices it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from tinkuy.web.public.views_shelf import FORMAT, TABLES, Pen, Row, Value, ViewsError
from tinkuy.words import say

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE consultation (
    id TEXT PRIMARY KEY, place INTEGER, version INTEGER, payload BLOB, archive TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE node (
    consultation TEXT, code TEXT, parent TEXT, name TEXT,
    reported INTEGER, turnout INTEGER, first INTEGER, held INTEGER, units INTEGER, payload BLOB,
    PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX node_below ON node (consultation, parent, code);
CREATE TABLE joined (
    consultation TEXT, code TEXT, shown TEXT, PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE sheet (
    consultation TEXT, code TEXT, parent TEXT, name TEXT, state TEXT, hidden INTEGER,
    eligible INTEGER, turnout INTEGER, first INTEGER, payload BLOB, told BLOB,
    PRIMARY KEY (consultation, code)
) STRICT;
CREATE INDEX sheet_below ON sheet (consultation, parent, code, state, hidden);
CREATE INDEX sheet_state ON sheet (consultation, state, code);
CREATE INDEX sheet_told ON sheet (consultation, code) WHERE told IS NOT NULL;
CREATE VIRTUAL TABLE named USING fts5 (
    consultation UNINDEXED, code UNINDEXED, name UNINDEXED, kind UNINDEXED, above UNINDEXED, words,
    tokenize = "unicode61 remove_diacritics 0", prefix = '2 3'
);
"""
_SEARCH = "SELECT code, name, kind, above FROM named WHERE named MATCH $1 AND consultation = $2 ORDER BY rowid LIMIT $3"


class SqliteShelf:
    """The views file at `path`, read by as many threads as like. See `views_shelf.Shelf`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)
        self._own = threading.local()

    def rows(self, statement: str, *values: Value) -> list[Row]:
        """See `Shelf`."""
        try:
            return self._connection().execute(statement, values).fetchall()
        except apsw.Error as error:
            raise self._foreign(error) from error

    def version(self) -> int:
        """See `Shelf`."""
        return self._version(self._connection())

    def found(self, consultation: str, words: Sequence[str], most: int) -> list[Row]:
        """See `Shelf`."""
        match = " ".join(f'"{word}"*' for word in words)
        return self.rows(_SEARCH, f"words : ({match})", consultation, most)

    def exists(self) -> bool:
        """See `Shelf`."""
        return self.path.exists()

    @contextmanager
    def anew(self) -> Iterator[Pen]:
        """See `Shelf`: a new file, put in the place of the old one."""
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        try:
            version = self._version_before() + 1
            connection = apsw.Connection(str(fresh))
            connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192")
            with connection:
                connection.execute(_SCHEMA)
                pen = _Pen(connection, version)
                pen.fill("meta", [("format", FORMAT), ("version", version)])
                yield pen
            connection.close()
            _sync(fresh)
            fresh.replace(self.path)
        finally:
            fresh.unlink(missing_ok=True)

    @contextmanager
    def changing(self) -> Iterator[Pen]:
        """See `Shelf`: one transaction on the file."""
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(10_000)
        try:
            with connection:
                pen = _Pen(connection, self._version(connection) + 1)
                pen.write("UPDATE meta SET value = $1 WHERE name = 'version'", pen.version)
                yield pen
        finally:
            connection.close()

    def _connection(self) -> apsw.Connection:
        """This thread's connection, opened anew when another file has taken the name."""
        try:
            there = self.path.stat()
        except OSError as error:
            raise ViewsError(say("{path}: no views yet; make them from the books first", path=self.name)) from error
        file = (there.st_dev, there.st_ino)
        if getattr(self._own, "file", None) != file:
            self._own.connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
            self._own.connection.set_busy_timeout(5_000)
            self._own.file = file
        connection: apsw.Connection = self._own.connection
        return connection

    def _version(self, connection: apsw.Connection) -> int:
        try:
            found = {str(name): value for name, value in connection.execute("SELECT name, value FROM meta")}
        except apsw.Error as error:
            raise self._foreign(error) from error
        if found.get("format") != FORMAT:
            raise ViewsError(say("{path}: views of another version of the program; rebuild them", path=self.name))
        return int(str(found["version"]))

    def _version_before(self) -> int:
        """The version that the file to be replaced holds; 0 when it holds none that is known."""
        if not self.path.exists():
            return 0
        try:
            return self._version(apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY))
        except (apsw.Error, ViewsError):
            return 0

    def _foreign(self, error: apsw.Error) -> ViewsError:
        return ViewsError(say("{path}: not a file of views ({reason})", path=self.name, reason=str(error)))


@dataclass(frozen=True, slots=True)
class _Pen:
    """A connection in a transaction. See `views_shelf.Pen`."""

    connection: apsw.Connection
    version: int

    def rows(self, statement: str, *values: Value) -> list[Row]:
        return self.connection.execute(statement, values).fetchall()

    def write(self, statement: str, *values: Value) -> None:
        self.connection.execute(statement, values)

    def fill(self, table: str, rows: Iterable[Sequence[Value]]) -> None:
        columns = TABLES[table]
        marks = ", ".join("?" * len(columns))
        # Names of this program's own tables.
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
