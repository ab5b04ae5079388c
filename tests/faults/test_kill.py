"""A writer, or its database, killed at any moment: everything acknowledged is there, and nothing twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.book.builders import Book, act
from tests.faults.power import memory
from tests.store.server import Server, binaries
from tinkuy.store import Store, StoreError, open_store

PARTS = 10


def killed(seed: int, rounds: int, *control: str) -> subprocess.CompletedProcess[str]:
    with TemporaryDirectory(dir=memory()) as folder:
        command = [sys.executable, "-m", "tests.faults.killing", folder, str(seed), str(rounds), *control]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_a_writer_that_says_too_soon_that_it_has_written_is_found_out():
    ran = killed(1, 200, "too-soon")
    assert ran.returncode == 1
    assert "had been acknowledged" in ran.stdout


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(PARTS))
def test_a_writer_killed_at_any_moment_leaves_everything_acknowledged_and_nothing_twice(part, request, record_property):
    rounds = 1_000 if request.config.getoption("--whole") else 100
    ran = killed(part, rounds)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    count = json.loads(ran.stdout)
    for name, value in count.items():
        record_property(name, value)
    assert count["kills"] == rounds
    assert count["acknowledged"] > rounds // 2
    assert 0 < count["before_opening"] < rounds


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server of this test's own, to be killed."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (tools/system postgres)")
    server = Server()
    yield server
    server.stop()


def acknowledged(store: Store, book: Book, done: int, under_way: threading.Event) -> int:
    """Append one entry after another until the store fails; how many there are then for sure."""
    try:
        while True:
            n = done
            store.append(book.id, n, [act(n, text="x" * 500) if n else book.bodies[0]], str(n))
            done += 1
            if done % 20 == 0:
                under_way.set()
    except StoreError:
        return done


@pytest.mark.sweep
def test_a_database_killed_at_any_moment_keeps_everything_acknowledged(mortal: Server, request):
    rng = random.Random(5)
    book, done = Book([act(0, text="base")]), 0
    for number in range(50 if request.config.getoption("--whole") else 6):
        store = open_store(mortal.address())
        store.verify()
        size = store.size(book.id)
        assert size in (done, done + 1)
        for n in {0, size - 1} if size else ():  # repeated under their names, they are there once
            again = act(n, text="x" * 500) if n else book.bodies[0]
            assert store.append(book.id, n, [again], str(n)) == n + 1
        assert store.size(book.id) == size
        under_way = threading.Event()
        killer = threading.Thread(target=_strike, args=(mortal, under_way, rng.uniform(0, 0.05), number % 2 == 0))
        killer.start()
        done = acknowledged(store, book, size, under_way)
        killer.join()
        store.close()
    assert done > 100


def _strike(server: Server, under_way: threading.Event, delay: float, whole: bool) -> None:
    """Kill the server, whole or one backend (whereupon it ends the others and recovers), and have it answer again."""
    under_way.wait(30)
    time.sleep(delay)
    if whole:
        server.kill()
        server.start()
    else:
        server.kill_backend()
        server.wait()
