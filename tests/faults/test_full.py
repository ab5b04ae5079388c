"""A disk that is full or fails at any moment: the store says so, is used no more, and has kept what it acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import apsw
import pytest

from tests.book.builders import Book, act
from tests.desk.terminal import Terminal
from tests.faults.failing import FailingDisk
from tests.faults.story import Held, Step, held_by, steps
from tinkuy.store import SqliteStore, StoreError

STEPS = 10
TINY = 2_000  # KiB
FAILURES = {"full": apsw.FullError, "EIO": apsw.IOError}


def told(path: Path, story: list[Step]) -> tuple[int, bool]:
    """Tell the story until the store fails: how many steps it acknowledged, and whether it said that it failed."""
    done = 0
    try:
        store = SqliteStore(path)
    except StoreError:
        return 0, True
    store._db.wal_autocheckpoint(8)
    for step in story:
        try:
            step.run(store)
        except StoreError:
            for use in (partial(step.run, store), store.books, store.verify, store.together().__enter__):
                with pytest.raises(StoreError, match="cannot be used: it failed"):
                    use()
            return done, True
        done += 1
    store.close()
    return done, False


# An error in the middle of a disk's method is also reported on its way through apsw.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.sweep
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_disk_that_fails_at_any_write_or_sync_loses_nothing_acknowledged(tmp_path_factory, sampled, failure, lasting):
    story = list(steps(7, STEPS))
    held = [Held(), *(step.after for step in story)]
    with FailingDisk(0, FAILURES[failure], lasting=False) as disk:
        folder = tmp_path_factory.mktemp("whole")
        assert told(folder / "books.sqlite", story) == (STEPS, False)
    assert disk.asked > 150
    said = 0
    for at in sampled(range(1, disk.asked + 1), 40):
        path = tmp_path_factory.mktemp("failing") / "books.sqlite"
        with FailingDisk(at, FAILURES[failure], lasting=lasting):
            done, failed = told(path, story)
        said += failed
        store = SqliteStore(path)
        store.verify()
        after = held[min(done + 1, STEPS)]
        assert held_by(store, after) in (held[done], after), f"failure at {at}"
        for step in story[done:]:  # the client repeats what it heard nothing of, and goes on
            step.run(store)
        assert held_by(store, held[-1]) == held[-1], f"failure at {at}"
        store.close()
    # Where the log is carried over into the file SQLite may fail and lose nothing; elsewhere it says so.
    assert said > 20


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of `TINY` KiB."""
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={TINY}k", "tmpfs", str(tmp_path)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("mounting a disk is not allowed here")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(folder: Path) -> Path:
    """A file that leaves no room on its disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4_096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


def test_a_disk_that_is_really_full_ends_the_store_and_is_used_again_when_there_is_room(tiny_disk: Path):
    path, book = tiny_disk / "books.sqlite", Book([act(0, text="base")])
    store = SqliteStore(path)
    store.append(book.id, 0, book.bodies, "0")
    ballast = fill(tiny_disk)

    def until_it_is_full() -> None:
        for n in range(1, 5_000):
            store.append(book.id, n, [act(n, text="x" * 900)], str(n))
            book.bodies.append(act(n, text="x" * 900))

    with pytest.raises(StoreError, match=r"failed: .*(full|I/O)"):
        until_it_is_full()
    with pytest.raises(StoreError, match="cannot be used"):
        store.size(book.id)
    ballast.unlink()
    again = SqliteStore(path)
    again.verify()
    assert again.bodies(book.id) == book.bodies
    assert again.append(book.id, len(book.bodies), [act(len(book.bodies))], "next") == len(book.bodies) + 1
    again.close()


LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.book.builders import act, Book
from tinkuy.store import SqliteStore, StoreError
store, book = SqliteStore(Path(sys.argv[1])), Book([act(0, text="base")])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for n in range(1000):
    try:
        store.append(book.id, n, [act(n, text="x" * 900) if n else book.bodies[0]], str(n))
    except StoreError as error:
        print(n, error)
        break
"""


def test_a_file_that_may_not_grow_any_more_is_a_failure_like_any_other(tmp_path: Path):
    path = tmp_path / "books.sqlite"
    ran = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True)
    done, _, said = ran.stdout.partition(" ")
    assert "failed: " in said
    store = SqliteStore(path)
    store.verify()
    assert store.size(store.books()[0]) in (int(done), int(done) + 1)
    store.close()


def tinkuy(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from tinkuy.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "--lang", "en", "desk", "--dir", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_desk_ends_in_2_and_one_line_on_a_full_disk_and_its_book_is_whole(tiny_disk, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("papers"))
    Terminal().base(str(tiny_disk), 3, frozen=False)
    before = json.loads(tinkuy(tiny_disk, "show", "--json").stdout)
    ballast = fill(tiny_disk)
    refused = tinkuy(tiny_disk, "roll", "freeze", "--at", "2026-02-20T20:00:00Z")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert "books.sqlite" in refused.stderr
    ballast.unlink()
    assert json.loads(tinkuy(tiny_disk, "show", "--json").stdout) == before
