"""What is particular to books in a PostgreSQL database."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import psycopg
import pytest

from tests.book.builders import Book, act
from tests.store.conftest import Place, kept
from tests.store.server import Server
from tinkuy.store import StoreError, open_store, postgres

SECRET = "sesamo/&quinua"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_would_lose_what_it_acknowledged_is_refused_by_its_setting(server: Server, database, setting):
    with psycopg.connect(database, autocommit=True) as connection:
        try:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            taken_up = f"SELECT current_setting('{setting}')"
            while connection.execute(taken_up).fetchone() != ("off",):  # the server does so in its own time
                pass
            with pytest.raises(StoreError, match=f"power cut: on its server {setting} is off"):
                open_store(database)
        finally:
            connection.execute(f"ALTER SYSTEM RESET {setting}")
            connection.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ana:{}@127.0.0.1:1/books",
        "postgresql://127.0.0.1:1/books?user=ana&password={}",
        "postgresql://ana:{}@127.0.0.1:port/books",
        "postgresql://ana:{}@127.0.0.1:1/books?nothing=1",
        "postgresql://ana:{}@[::1/books",
    ],
)
def test_no_message_shows_the_password_of_an_address(address: str):
    for secret in (SECRET, SECRET.replace("/", "%2F").replace("&", "%26")):
        with pytest.raises(StoreError) as caught:
            open_store(address.format(secret))
        assert "sesamo" not in "".join(traceback.format_exception(caught.value))


def test_a_server_that_cannot_be_reached_is_named():
    with pytest.raises(StoreError, match=r"postgresql://ana@127\.0\.0\.1:1/books cannot be opened: .*refused"):
        open_store("postgresql://ana@127.0.0.1:1/books")


def test_a_schema_that_is_something_else_is_left_alone(database: str):
    place = Place(database)
    with psycopg.connect(database) as connection:
        connection.execute("CREATE SCHEMA tinkuy; CREATE TABLE tinkuy.entry (mine text)")
    with pytest.raises(StoreError, match="this version of the program"):
        place.open()
    place.edit("INSERT INTO entry VALUES ('mine')")
    place.edit("CREATE TABLE store (version integer)")
    place.edit("INSERT INTO store VALUES (2)")
    with pytest.raises(StoreError, match="this version of the program"):
        place.open()
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT * FROM tinkuy.entry").fetchall() == [("mine",)]


def test_after_a_lost_connection_nothing_more_is_acknowledged(database: str, book: Book):
    store = open_store(database)
    kept(store, book)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tinkuy'")
    with pytest.raises(StoreError, match="failed: "):
        store.append(book.id, 7, [act(7)], "b")
    for _ in range(3):
        with pytest.raises(StoreError, match="cannot be used: it failed"):
            store.append(book.id, 7, [act(7)], "b")
    again = open_store(database)
    assert again.append(book.id, 7, [act(7)], "b") == 8
    again.close()


def test_two_writers_that_wait_for_each_other_are_parted_and_may_try_again(database: str, monkeypatch):
    monkeypatch.setattr(postgres, "_PATIENCE", 300)
    books = [Book([act(0, text=str(n))]) for n in range(2)]
    here, there = open_store(database), psycopg.connect(database)
    there.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (books[1].id,))

    def crossing() -> None:
        with here.together():
            here.append(books[0].id, 0, books[0].bodies, "a")
            here.append(books[1].id, 0, books[1].bodies, "b")

    with pytest.raises(StoreError, match="Another program is writing"):
        crossing()
    there.close()
    assert here.books() == []
    crossing()
    assert len(here.books()) == 2
    here.close()


def test_without_psycopg_the_message_says_what_to_install():
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from tinkuy.store import open_store, StoreError\n"
        "try: open_store('postgresql://here/books')\n"
        "except StoreError as error: print(error)"
    )
    source = Path(__file__).parents[2] / "src"
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, env={"PYTHONPATH": str(source)}, capture_output=True, text=True, check=True)
    assert "pip install 'tinkuy[scale]'" in ran.stdout
