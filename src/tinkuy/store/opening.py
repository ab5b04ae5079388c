"""Opening a store by where it is: a file on this machine, or a database on a server.

A folder's store is its file `books.sqlite`; where the folder has a file `store.txt`, it is the database whose address
stands there. The address is better without a password: libpq has a file for those (`~/.pgpass`).

>>> open_store(Path(":memory:")).books()
[]
"""

from __future__ import annotations

from pathlib import Path

from tinkuy.store.port import Store, StoreError
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import say

FILE, ADDRESS = "books.sqlite", "store.txt"
_SCHEMES = ("postgresql://", "postgres://")


def store_of(folder: Path) -> str | Path:
    """Where the store of a folder is, for `open_store`. Raises `StoreError` for a `store.txt` without an address."""
    noted = folder / ADDRESS
    if not noted.is_file():
        return folder / FILE
    address = noted.read_text(encoding="utf-8", errors="replace").strip()
    if not address.startswith(_SCHEMES):
        raise StoreError(
            say(
                "{file} holds the address of a store, postgresql://user@host/database, and nothing else.",
                file=str(noted),
            )
        )
    return address


def is_there(where: str | Path) -> bool:
    """Whether there is a store to open: its file, or an address."""
    return isinstance(where, str) or where.is_file()


def open_store(where: str | Path) -> Store:
    """The store in the file `where`, or in the PostgreSQL database whose address that is.

    Raises `StoreError` if it cannot be opened or does not hold together, or if psycopg is not installed.
    """
    if isinstance(where, Path) or not where.startswith(_SCHEMES):
        return SqliteStore(Path(where))
    try:
        from tinkuy.store.postgres import PostgresStore  # noqa: PLC0415 (psycopg comes only with tinkuy[scale])
    except ImportError as error:
        raise StoreError(
            say(
                "A store on PostgreSQL needs psycopg, which is not here. Install it with: {command}",
                command="pip install 'tinkuy[scale]'",
            )
        ) from error
    return PostgresStore(where)
