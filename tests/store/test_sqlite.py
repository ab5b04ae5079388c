"""What is particular to books in an SQLite file."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import apsw
import pytest

from tests.book.builders import Book, act
from tests.store.conftest import Place, kept
from tinkuy.store import SqliteStore, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books.sqlite"


def test_a_full_disk_ends_the_store_and_loses_nothing_acknowledged(path: Path, book: Book):
    store = SqliteStore(path)
    kept(store, book)
    pages = store._db.pragma("page_count")
    store._db.pragma("max_page_count", pages)  # SQLite itself refuses to grow: the disk is full
    large = [act(7 + n, text="x" * 60_000) for n in range(9)]
    with pytest.raises(StoreError, match=r"failed: .*full"), store.together():
        store.append(book.id, 7, large, "large")
    with pytest.raises(StoreError, match="cannot be used"):
        store.size(book.id)
    again = SqliteStore(path)
    assert again.bodies(book.id) == book.bodies
    assert again.append(book.id, 7, [act(7)], "small") == 8
    again.close()


REAL_DISK = apsw.vfs_names()[0]


class FailingFile(apsw.VFSFile):
    """A file whose writes reach the disk until the moment comes when `fsync` reports an error."""

    failing = False

    def __init__(self, name, flags):
        super().__init__(REAL_DISK, name, flags)

    def xSync(self, flags):
        if FailingFile.failing:
            raise apsw.IOError
        return super().xSync(flags)


class FailingDisk(apsw.VFS):
    def __init__(self):
        super().__init__("failing", REAL_DISK, makedefault=True)

    def xOpen(self, name, flags):
        return FailingFile(name, flags)


def test_after_a_failed_fsync_nothing_more_is_acknowledged(path: Path, book: Book):
    disk = FailingDisk()
    try:
        store = SqliteStore(path)
        store.append(book.id, 0, book.bodies[:3], "a")
        FailingFile.failing = True
        with pytest.raises(StoreError, match="failed"):
            store.append(book.id, 3, book.bodies[3:4], "b")
        FailingFile.failing = False
        for _ in range(9):
            with pytest.raises(StoreError, match="cannot be used: it failed"):
                store.append(book.id, 3, book.bodies[3:4], "b")
        with pytest.raises(StoreError, match="cannot be used"), store.together():
            store.put_attachment(b"foto")
    finally:
        FailingFile.failing = False
        disk.unregister()
    again = SqliteStore(path)
    assert again.size(book.id) in (3, 4)
    # The client repeats what was not acknowledged, under its name, and it is there once.
    assert again.append(book.id, 3, book.bodies[3:4], "b") == 4
    assert again.bodies(book.id) == book.bodies[:4]
    again.close()


def test_a_file_that_is_not_a_store_is_left_alone(tmp_path: Path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_bytes(b"no soy una base de datos" * 100)
    Place(other).edit("CREATE TABLE mine (x)")
    before = other.read_bytes()
    for path in (text, other, tmp_path, tmp_path / "nowhere" / "x"):
        with pytest.raises(StoreError, match=r"store"):
            SqliteStore(path)
    assert other.read_bytes() == before


def test_a_store_of_a_later_version_is_left_alone(path: Path):
    SqliteStore(path).close()
    Place(path).edit("PRAGMA user_version = 3")
    with pytest.raises(StoreError, match="this version of the program"):
        SqliteStore(path)


def test_a_store_of_the_first_version_is_brought_up_and_keeps_its_books_and_names(path: Path, book: Book):
    kept(SqliteStore(path), book).close()
    Place(path).edit("ALTER TABLE append ADD COLUMN root BLOB NOT NULL DEFAULT {00}; PRAGMA user_version = 1")
    store = SqliteStore(path)
    assert store.append(book.id, 0, book.bodies, f"whole {book.id}") == 7
    assert store.append(book.id, 7, [act(7)], "after") == 8
    assert store.latest_checkpoint(book.id) == book.checkpoint().note
    store.close()
    SqliteStore(path).close()


def test_a_new_file_that_another_program_is_just_making_is_waited_for(path: Path):
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.1, other.execute, ("COMMIT",))
    done.start()
    SqliteStore(path).close()
    done.join()
    other.close()


class SlowFile(apsw.VFSFile):
    """A file on a disk that turns slowly."""

    waits = 0

    def __init__(self, name, flags):
        super().__init__(REAL_DISK, name, flags)

    def xSync(self, flags):
        SlowFile.waits += 1
        time.sleep(0.02)
        return super().xSync(flags)


class SlowDisk(apsw.VFS):
    def __init__(self):
        super().__init__("slow", REAL_DISK, makedefault=True)

    def xOpen(self, name, flags):
        return SlowFile(name, flags)


def test_appends_of_several_threads_share_a_wait_for_the_disk_and_a_refused_one_spoils_none(path: Path):
    """Group commit: 40 appends in about as many waits as fit into the time, not in 40."""
    books = [Book([act(0, text=f"base {n}")]) for n in range(40)]
    refused = []

    def append(place: int, book: Book) -> None:
        try:
            store.append(book.id, 1 if place % 4 == 0 else 0, [act(1)] if place % 4 == 0 else book.bodies, book.id)
        except StoreError as error:
            refused.append(str(error))

    disk = SlowDisk()
    try:
        store = SqliteStore(path)
        SlowFile.waits = 0
        threads = [threading.Thread(target=append, args=each) for each in enumerate(books)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert SlowFile.waits <= 10
    finally:
        disk.unregister()
    assert len(refused) == 10
    assert all("it has 0 entries; entry 1 cannot come next" in one for one in refused)
    again = SqliteStore(path)
    assert again.books() == store.books() == sorted(book.id for place, book in enumerate(books) if place % 4)
    store.close()
    again.close()
