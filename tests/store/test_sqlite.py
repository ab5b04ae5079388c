from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest

from tests.book.builders import OFFICERS, SECRETARY, Book, act, book_of
from tinkuy.book import checkpoint, merkle
from tinkuy.store import SqliteStore, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books.sqlite"


@pytest.fixture
def store(path: Path):
    store = SqliteStore(path)
    yield store
    store.close()


@pytest.fixture
def book() -> Book:
    return book_of(7)


def kept(store: SqliteStore, book: Book) -> SqliteStore:
    store.append(book.id, 0, book.bodies, f"whole {book.id}")
    store.put_checkpoint(book.id, book.checkpoint().note)
    return store


def edited(path: Path, *statements: str) -> None:
    """Change the file behind the store's back."""
    database = apsw.Connection(str(path))
    for statement in statements:
        database.execute(statement)
    database.close()


def test_a_book_is_kept_and_given_back(store: SqliteStore, book: Book):
    assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    assert store.append(book.id, 3, book.bodies[3:], "b") == 7
    assert store.books() == [book.id]
    assert store.size(book.id) == 7
    assert store.bodies(book.id) == book.bodies
    assert store.bodies(book.id, start=5) == book.bodies[5:]


def test_what_was_kept_is_there_when_the_file_is_opened_again(path: Path, book: Book):
    kept(SqliteStore(path), book).close()
    again = SqliteStore(path)
    assert again.bodies(book.id) == book.bodies
    assert again.latest_checkpoint(book.id) == book.checkpoint().note
    again.verify()
    again.close()


def test_a_book_that_is_not_here_is_empty(store: SqliteStore, book: Book):
    assert store.books() == []
    assert store.size(book.id) == 0
    assert store.bodies(book.id) == []
    assert store.latest_checkpoint(book.id) is None
    assert store.attachment("00") is None


def test_an_append_at_the_wrong_place_says_both_numbers(store: SqliteStore, book: Book):
    store.append(book.id, 0, book.bodies[:3], "a")
    with pytest.raises(StoreError, match="it has 3 entries; entry 5 cannot come next"):
        store.append(book.id, 5, book.bodies[5:], "b")
    with pytest.raises(StoreError, match="it has 3 entries; entry 2 cannot come next"):
        store.append(book.id, 2, [act(2, text="otra")], "c")
    assert store.bodies(book.id) == book.bodies[:3]


def test_a_retried_append_writes_nothing_twice(store: SqliteStore, book: Book):
    for _ in range(3):
        assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    store.append(book.id, 3, book.bodies[3:], "b")
    assert store.append(book.id, 0, book.bodies[:3], "a") == 3
    assert store.bodies(book.id) == book.bodies


def test_the_name_of_an_append_is_used_once(store: SqliteStore, book: Book):
    store.append(book.id, 0, book.bodies[:3], "a")
    with pytest.raises(StoreError, match="name a was given to another append"):
        store.append(book.id, 3, book.bodies[3:], "a")
    assert store.size(book.id) == 3
    with pytest.raises(StoreError, match="1 to 200"):
        store.append(book.id, 3, book.bodies[3:], "")


def test_an_append_that_fails_may_be_repeated_under_its_name(store: SqliteStore, book: Book):
    with pytest.raises(StoreError):
        store.append(book.id, 3, book.bodies[3:], "late")
    store.append(book.id, 0, book.bodies[:3], "early")
    assert store.append(book.id, 3, book.bodies[3:], "late") == 7


def test_only_entries_that_stand_in_this_book_at_this_place_are_kept(store: SqliteStore, book: Book):
    for bodies, message in (
        ([b"{}"], "entry 0 is malformed: The entry has no field"),
        ([book.bodies[1]], "entry 0 says that it is number 1"),
        ([act(0, text="otra asamblea")], "founds book"),
        ([*book.bodies[:2], b"\xff"], "entry 2 is malformed"),
    ):
        with pytest.raises(StoreError, match=message):
            store.append(book.id, 0, bodies, "a")
    assert store.books() == []


def test_an_append_of_nothing_at_the_end_is_nothing(store: SqliteStore, book: Book):
    store.append(book.id, 0, book.bodies, "a")
    assert store.append(book.id, 7, [], "b") == 7
    with pytest.raises(StoreError, match="it has 7 entries"):
        store.append(book.id, 3, [], "c")


def test_books_are_listed_in_order(store: SqliteStore):
    books = [Book([act(0, text=str(n))]) for n in range(20)]
    for book in books:
        kept(store, book)
    assert store.books() == sorted(book.id for book in books)


def test_all_checkpoints_are_kept_and_the_last_of_the_largest_is_the_latest(store: SqliteStore, book: Book):
    store.append(book.id, 0, book.bodies, "a")
    provisional = checkpoint.sign(book.id, 7, merkle.root(book.leaves), {"secretary": SECRETARY})
    sealed, older = book.checkpoint().note, book.checkpoint(size=3).note
    for note in (provisional, sealed, older, sealed):
        store.put_checkpoint(book.id, note)
    assert store.latest_checkpoint(book.id) == sealed
    assert store.checkpoints(book.id) == [older, provisional, sealed]


def test_a_checkpoint_of_other_entries_is_refused(store: SqliteStore, book: Book):
    store.append(book.id, 0, book.bodies[:5], "a")
    with pytest.raises(StoreError, match="checkpoint of 7 entries is not one"):
        store.put_checkpoint(book.id, book.checkpoint().note)
    with pytest.raises(StoreError, match="checkpoint of 5 entries is not one"):
        store.put_checkpoint(book.id, checkpoint.sign(book.id, 5, bytes(32), OFFICERS))
    with pytest.raises(StoreError, match="is of book 000"):
        store.put_checkpoint(book.id, checkpoint.sign("0" * 32, 5, bytes(32), OFFICERS))
    with pytest.raises(StoreError, match="malformed"):
        store.put_checkpoint(book.id, b"")
    assert store.checkpoints(book.id) == []


def test_writes_together_are_all_there_or_none(path: Path, store: SqliteStore, book: Book):
    with store.together():
        name = store.put_attachment(b"foto")
        kept(store, book)

    def one_too_far() -> None:
        with store.together():
            store.append(book.id, 7, [act(7)], "b")
            store.put_attachment(b"otra foto")
            store.append(book.id, 9, [act(9)], "c")

    with pytest.raises(StoreError, match="cannot come next"):
        one_too_far()
    other = SqliteStore(path)
    for each in (store, other):
        assert each.size(book.id) == 7
        assert each.latest_checkpoint(book.id) == book.checkpoint().note
        assert each.attachment(name) == b"foto"
        assert each.attachment(hashlib.sha256(b"otra foto").hexdigest()) is None
    other.close()


def test_a_refusal_inside_a_block_undoes_only_itself_when_it_is_handled(store: SqliteStore, book: Book):
    with store.together():
        store.append(book.id, 0, book.bodies[:3], "a")
        with pytest.raises(StoreError):
            store.append(book.id, 5, book.bodies[5:], "b")
        store.append(book.id, 3, book.bodies[3:], "c")
    assert store.bodies(book.id) == book.bodies


def test_attachments_are_named_by_their_bytes(store: SqliteStore):
    name = store.put_attachment(b"foto del acta")
    assert name == hashlib.sha256(b"foto del acta").hexdigest()
    assert store.put_attachment(b"foto del acta") == name
    assert store.attachment(name) == b"foto del acta"
    with pytest.raises(StoreError, match="67,108,865 bytes"):
        store.put_attachment(bytes(64 * 2**20 + 1))


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM entry WHERE n = 6", "6 entries, fewer than the 7 of a checkpoint"),
        ("DELETE FROM entry WHERE n = 3", "entry 3 is missing"),
        ("DELETE FROM entry WHERE n = 0", "entry 0 is missing"),
        ("DELETE FROM entry", "a checkpoint and no entries"),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE n = 4", "not those of the checkpoint of 7"),
        ("UPDATE entry SET leaf = zeroblob(32) WHERE n = 0", "not the one that founds it"),
        ("UPDATE checkpoint SET root = zeroblob(32)", "not those of the checkpoint of 7"),
    ],
)
def test_a_book_that_lost_or_changed_entries_is_named_on_opening(path: Path, book: Book, statement, message):
    kept(SqliteStore(path), book).close()
    edited(path, statement)
    with pytest.raises(StoreError, match=f"Book {book.id}: .*{message}"):
        SqliteStore(path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "UPDATE entry SET body = CAST(upper(CAST(body AS TEXT)) AS BLOB) WHERE n = 4",
            "entry 4 was altered",
        ),
        ("UPDATE checkpoint SET note = x'00'", "checkpoint of 7 entries was altered"),
        ("UPDATE attachment SET body = x'00'", "attachment .* was altered"),
    ],
)
def test_a_byte_changed_anywhere_is_found_by_a_whole_verification(path: Path, book: Book, statement, message):
    first = kept(SqliteStore(path), book)
    first.put_attachment(b"foto")
    first.verify()
    first.close()
    edited(path, statement)
    again = SqliteStore(path)
    with pytest.raises(StoreError, match=message):
        again.verify()
    again.close()


def test_a_full_disk_ends_the_store_and_loses_nothing_acknowledged(path: Path, book: Book):
    store = kept(SqliteStore(path), book)
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
            with pytest.raises(StoreError, match="cannot be used: its file failed"):
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


def test_a_closed_store_refuses_everything(store: SqliteStore, book: Book):
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append(book.id, 0, book.bodies, "a")
    with pytest.raises(StoreError, match="closed"):
        store.books()


def test_a_file_that_is_not_a_store_is_left_alone(tmp_path: Path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.sqlite"
    text.write_bytes(b"no soy una base de datos" * 100)
    edited(other, "CREATE TABLE mine (x)")
    before = other.read_bytes()
    for path in (text, other, tmp_path, tmp_path / "nowhere" / "x"):
        with pytest.raises(StoreError, match=r"store"):
            SqliteStore(path)
    assert other.read_bytes() == before


def test_a_store_of_a_later_version_is_left_alone(path: Path):
    SqliteStore(path).close()
    edited(path, "PRAGMA user_version = 2")
    with pytest.raises(StoreError, match="this version of the program"):
        SqliteStore(path)


def test_threads_share_a_store(store: SqliteStore):
    books = [book_of(n + 1) for n in range(1)] + [Book([act(0, text=f"base {n}")]) for n in range(40)]
    threads = [threading.Thread(target=kept, args=(store, book)) for book in books]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.books() == sorted(book.id for book in books)
    store.verify()


WRITER = """
import sys
from pathlib import Path
from tests.book.builders import act, Book
from tinkuy.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
for n in range(int(sys.argv[2]), int(sys.argv[2]) + 50):
    book = Book([act(0, text=f"base {n}")])
    store.append(book.id, 0, book.bodies, str(n))
store.close()
"""


def test_two_programs_write_to_one_store(path: Path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(path)]
    environment = {"PYTHONPATH": f"{root}:{root / 'src'}"}
    writers = [subprocess.Popen([*command, start], env=environment, cwd=root) for start in ("0", "50")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    store = SqliteStore(path)
    assert len(store.books()) == 100
    store.verify()
    store.close()
