"""Opening a store by where it is: a file on this machine, or a database on a server.

>>> open_store(Path(":memory:")).books()
[]
"""

from __future__ import annotations

from pathlib import Path

from tinkuy.store.port import Store, StoreError
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import say

_SCHEMES = ("postgresql://", "postgres://")


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
