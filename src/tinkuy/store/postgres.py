"""Books in a PostgreSQL database, by psycopg: for a federation whose programs on several machines keep one store.

Guarantees what `port` asks: a server that does not wait for its disk (`fsync`, `synchronous_commit`,
`full_page_writes`) is refused, a book has one writer at a time by an advisory lock that ends with the transaction, and
a failed statement or a lost connection ends the use of the store. On opening, every book is checked against its last
checkpoint by its leaf hashes. The tables live in a schema of their own, `tinkuy`; entries go in by COPY.

Source: PostgreSQL, "Write-Ahead Log" §30.1 and `COPY`. Needs `tinkuy[scale]`; `opening.open_store` says so.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import capabilities, conninfo, errors

from tinkuy.store.port import StoreError
from tinkuy.store.tables import Tables
from tinkuy.words import say

_VERSION = 1
_PATIENCE = 5_000  # milliseconds to wait for another program's write
_AT_ONCE = 1_000  # rows fetched together where the client's library can
_NEEDED = ("fsync", "full_page_writes", "synchronous_commit")  # what else than "off" is on disk when a commit returns
_PORTS = re.compile(r"[0-9,]*")
_OPENING = 0x746B7579  # "tkuy": the lock of whoever looks for the tables or makes them

# A note is too long for an index; its digest is not.
_SCHEMA = """
CREATE SCHEMA tinkuy;
CREATE TABLE tinkuy.store (version integer NOT NULL);
CREATE TABLE tinkuy.entry (
    book text COLLATE "C" NOT NULL, n bigint NOT NULL, leaf bytea NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (book, n)
);
CREATE TABLE tinkuy.checkpoint (
    arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book text COLLATE "C" NOT NULL, size bigint NOT NULL, root bytea NOT NULL, note bytea NOT NULL
);
CREATE UNIQUE INDEX ON tinkuy.checkpoint (book, size, sha256(note));
CREATE TABLE tinkuy.append (
    id text COLLATE "C" PRIMARY KEY, book text COLLATE "C" NOT NULL, first_n bigint NOT NULL, count bigint NOT NULL
);
CREATE TABLE tinkuy.attachment (sha256 text COLLATE "C" PRIMARY KEY, body bytea NOT NULL);
"""


class PostgresStore(Tables):
    """A store in the database at `address`, `postgresql://user@host:port/database`; its tables are made if needed.

    Whatever libpq understands may stand in the address; a password is better kept in its password file. Raises
    `StoreError` if the server cannot be reached or does not keep what it acknowledges, if the schema `tinkuy` is
    something else, or if a book does not hold together. No message shows a password.
    """

    _busy = (errors.LockNotAvailable, errors.DeadlockDetected)
    _failed = psycopg.Error

    def __init__(self, address: str) -> None:
        given = _read(address)
        self._password = str(given.get("password") or "")
        super().__init__(_shown(given))
        try:
            self._db = psycopg.connect(
                address, autocommit=True, cursor_factory=psycopg.RawCursor, application_name="tinkuy"
            )
        except psycopg.Error as error:
            raise StoreError(
                say("The store {path} cannot be opened: {reason}.", path=self._name, reason=self._reason(error))
            ) from None
        self._open()

    def _reason(self, error: Exception) -> str:
        said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        line = " ".join((said or str(error) or type(error).__name__).split()).rstrip(".")
        return line.replace(self._password, "…") if self._password else line

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        if any(isinstance(value, str) and not value.isprintable() for value in values):
            return []  # the server takes no such text, so none is kept under it
        return self._db.execute(query, values, binary=True).fetchall()

    def _scan(self, query: str) -> Generator[Any]:
        size = _AT_ONCE if capabilities.has_stream_chunked() else 1
        with self._db.cursor() as cursor:
            yield from cursor.stream(query, binary=True, size=size)

    def _insert(self, book: str, first_n: int, leaves: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        copying = "COPY entry (book, n, leaf, body) FROM STDIN (FORMAT BINARY)"
        with self._db.cursor() as cursor, cursor.copy(copying) as copy:
            copy.set_types(("text", "int8", "bytea", "bytea"))
            for n, (leaf, body) in enumerate(zip(leaves, bodies, strict=True), first_n):
                copy.write_row((book, n, leaf, body))

    def _begin(self) -> None:
        # Not the server's default: a snapshot from before `_hold` would not show what the last holder wrote.
        self._db.execute("BEGIN ISOLATION LEVEL READ COMMITTED")

    def _hold(self, book: str) -> None:
        self._db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", (book,))

    def _commit(self) -> None:
        # After a failed statement the server answers COMMIT with ROLLBACK, and calls that a success.
        if self._db.execute("COMMIT").statusmessage != "COMMIT":
            raise psycopg.OperationalError("the server rolled the transaction back")

    def _roll_back(self) -> None:
        if self._db.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._db.execute("ROLLBACK")

    def _shut(self) -> None:
        with suppress(psycopg.Error):
            self._db.close()

    def _prepare(self) -> None:
        with self._reading():
            self._expect_durable()
            self._db.execute(f"SET lock_timeout = {_PATIENCE}")
            self._db.execute("SET search_path = tinkuy")
        with self._writing():
            self._db.execute("SELECT pg_advisory_xact_lock($1)", (_OPENING,))
            if not self._rows("SELECT 1 FROM pg_namespace WHERE nspname = 'tinkuy'"):
                for statement in _SCHEMA.split(";\n"):
                    if statement.strip():
                        self._db.execute(statement)
                self._db.execute("INSERT INTO store VALUES ($1)", (_VERSION,))
            elif not self._ours():
                raise StoreError(
                    say("{path} is not a store of books that this version of the program reads.", path=self._name)
                )

    def _ours(self) -> bool:
        if not self._rows("SELECT 1 WHERE to_regclass('tinkuy.store') IS NOT NULL"):
            return False
        return self._rows("SELECT version FROM store") == [(_VERSION,)]

    def _expect_durable(self) -> None:
        """Raise `StoreError` naming the settings by which the server would acknowledge what a power cut takes."""
        off = self._rows(
            "SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = 'off' ORDER BY name", ([*_NEEDED],)
        )
        if off:
            raise StoreError(
                say(
                    "The store {path} would lose acknowledged entries in a power cut: on its server {settings} is off. "
                    "Ask whoever administers it to turn it on.",
                    path=self._name,
                    settings=tuple(name for (name,) in off),
                )
            )


def _read(address: str) -> dict[str, Any]:
    """The parts of an address. Raises `StoreError`, which quotes nothing: any part may be a password gone astray."""
    try:
        given = conninfo.conninfo_to_dict(address)
    except psycopg.Error:
        given = None
    # A slash in a password that is not written %2F ends up in the port, and the rest of it in the database's name.
    if given is None or "@" in str(given.get("dbname")) or not _PORTS.fullmatch(str(given.get("port") or "")):
        raise StoreError(
            say(
                "The address of a store on PostgreSQL reads postgresql://user@host:port/database; "
                "signs like / and @ in a password are written %2F and %40."
            )
        ) from None
    return given


def _shown(given: dict[str, Any]) -> str:
    """The address for messages: where the store is and as whom, and nothing that is secret."""
    user = f"{quote(str(given['user']))}@" if given.get("user") else ""
    host, port = str(given.get("host") or ""), f":{given['port']}" if given.get("port") else ""
    database = quote(str(given.get("dbname") or ""))
    if host.startswith("/"):  # the folder of a socket
        return f"postgresql://{user}{port}/{database}?host={quote(host)}"
    return f"postgresql://{user}{host}{port}/{database}"
