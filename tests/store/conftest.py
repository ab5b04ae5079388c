"""The places where a store may be: a file, and a database on a server of our own, started once a process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw
import psycopg
import pytest

from tests.book.builders import Book, book_of
from tests.store.server import Server, binaries
from tinkuy.store import Store, open_store


@dataclass
class Place:
    """Where a store is, and a way to change it behind the store's back."""

    address: str | Path

    def open(self) -> Store:
        return open_store(self.address)

    def edit(self, statement: str) -> None:
        """Run a statement on the tables; bytes in it are written in hex, as `{00ff}`."""
        opening, closing = ("x'", "'") if isinstance(self.address, Path) else (r"'\x", "'::bytea")
        statement = statement.replace("{", opening).replace("}", closing)
        if isinstance(self.address, Path):
            database = apsw.Connection(str(self.address))
            database.execute(statement)
            database.close()
        else:
            with psycopg.connect(self.address, options="-c search_path=tinkuy") as connection:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (tools/system postgres)")
    started = Server()
    yield started
    started.stop()


@pytest.fixture
def database(server: Server) -> str:
    """The address of a database without a store."""
    with psycopg.connect(server.address(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS tinkuy CASCADE")
    return server.address()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(tmp_path / "books.sqlite")
    return Place(request.getfixturevalue("database"))


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture
def book() -> Book:
    return book_of(7)


def kept(store: Store, book: Book) -> Store:
    """The store, with the whole book and its checkpoint."""
    store.append(book.id, 0, book.bodies, f"whole {book.id}")
    store.put_checkpoint(book.id, book.checkpoint().note)
    return store
