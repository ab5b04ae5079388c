"""Books in one SQLite file, by apsw.

Guarantees what `port` asks with a write-ahead log, `synchronous=FULL` and one write transaction at a time: an append
that has returned survives a power cut. On opening, every book is checked against its last checkpoint by its leaf
hashes; `verify` recomputes those too.

Any failed write ends the use of the store: after an I/O error SQLite has been seen to acknowledge commits that are not
on disk. Opening the file again tells what is there, and the client repeats its append under the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from operator import add
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import apsw

from tinkuy.store.port import StoreError
from tinkuy.store.tables import Rows, Tables
from tinkuy.words import say

_APPLICATION = int.from_bytes(b"tkuy")
_VERSION = 2
_NEW = (0, 0, 0)
_FIRST = (_APPLICATION, 1, 1)
_OURS = (_APPLICATION, _VERSION, 1)
_PRAGMAS = (
    "synchronous = FULL",
    "cache_size = -65536",  # KiB; books by the thousand are taken in at once
    "trusted_schema = OFF",
    "cell_size_check = ON",
)
_PATIENCE = 5_000  # milliseconds to wait for another program's write
_MOMENT = 0.005  # seconds until asking again

# Each statement gives up the interpreter's lock and waits to have it back, so an append of any length is one. A row of
# the array is a leaf hash and its entry; they are counted from 1.
_INSERT = "INSERT INTO entry SELECT $1, $2 + rowid - 1, substr(value, 1, 32), substr(value, 33) FROM carray($3)"

_SCHEMA = f"""
CREATE TABLE entry (
    book TEXT NOT NULL, n INTEGER NOT NULL, leaf BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    arrival INTEGER PRIMARY KEY, book TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
    UNIQUE (book, size, note)
) STRICT;
CREATE TABLE append (
    id TEXT PRIMARY KEY, book TEXT NOT NULL, first_n INTEGER NOT NULL, count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment (sha256 TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""
# In one statement: between two, another program may have made the tables.
_FOUND = (
    "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), "
    "(SELECT count(*) > 0 FROM sqlite_schema)"
)
# Version 1 kept a root of every append beside the leaves, from which it can be told as well.
_FROM_FIRST = f"ALTER TABLE append DROP COLUMN root; PRAGMA user_version = {_VERSION};"


class SqliteStore(Tables):
    """A store in the file `path`, made if it is not there. Threads may share one object, processes the file.

    Raises `StoreError` if the file is not a store, is of a later version, or a book in it does not hold together.
    """

    _busy = (apsw.BusyError,)
    _failed = apsw.Error

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        try:
            self._db = apsw.Connection(str(path))
        except apsw.Error as error:
            raise StoreError(
                say("The store {path} cannot be opened: {reason}.", path=str(path), reason=str(error))
            ) from error
        self._open()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        return self._db.execute(query, values).fetchall()

    def _scan(self, query: str) -> Rows:
        return self._db.execute(query)

    def _insert(self, book: str, first_n: int, leaves: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        if leaves:  # an array of nothing is refused
            self._db.execute(_INSERT, (book, first_n, apsw.carray(tuple(map(add, leaves, bodies)))))

    def _begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def _hold(self, book: str) -> None:
        pass  # the file has one writer at a time, whichever the book

    def _commit(self) -> None:
        self._db.execute("COMMIT")

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _shut(self) -> None:
        # Closing a file that has failed may fail as well; nothing more is asked of it.
        with suppress(apsw.Error):
            self._db.close(force=True)

    def _prepare(self) -> None:
        with self._reading():
            self._db.set_busy_timeout(_PATIENCE)
            found = self._found()
        if found not in (_NEW, _FIRST, _OURS):
            raise StoreError(
                say("{path} is not a store of books that this version of the program reads.", path=self._name)
            )
        with self._reading():
            self._keep_log()
            for pragma in _PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
        if found != _OURS:
            with self._writing():
                found = self._found()  # another program may have been quicker
                if found != _OURS:
                    self._db.execute(_SCHEMA if found == _NEW else _FROM_FIRST)

    def _keep_log(self) -> None:
        """Turn the write-ahead log on. Where another program is at the same, SQLite does not wait of itself."""
        patience = monotonic() + _PATIENCE / 1_000
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except apsw.BusyError:
                if monotonic() > patience:
                    raise
                sleep(_MOMENT)

    def _found(self) -> tuple[object, ...]:
        """Whose file it is, of which version, and whether it has tables."""
        return tuple(*self._db.execute(_FOUND))
