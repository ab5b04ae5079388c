"""How fast the stores take entries, against what the disk and the databases can do at all, in the same run.

One by one, a store waits for the disk at every append, so its floor is a loop that writes a page at the end of a file
in the same folder and waits. By the hundred, its floor is bare SQLite with the same rows, and the target is 100,000
entries a second, from several threads, whose appends share a wait. PostgreSQL takes entries by COPY; its floor is
psycopg's COPY of the same rows into the same table without checks.

`python -m bench store` ends with 1 when appends one by one reach less than 0.6 of the disk's rate, or any other measure
less than a third of its floor.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import apsw

from bench.book import sheets
from tests.store.server import Server, binaries
from tinkuy.book import entry
from tinkuy.store import SqliteStore, Store, open_store

TARGET = 100_000  # entries a second
OF_THE_DISK = 0.6
OF_THE_FLOOR = 1 / 3
ROUNDS = 5
ONE_BY_ONE = 200  # appends a round
ENTRIES = 5_000  # of each thread and turn
THREADS = 4
PAGE = 4_096
ON_DISK = "/var/tmp"  # what /tmp is on some machines, memory, has nothing to wait for


def rate(count: int, job: Callable[[], object]) -> float:
    """How many a second."""
    start = perf_counter()
    job()
    return count / (perf_counter() - start)


def shown(name: str, found: float, floor: float, floor_name: str, limit: float) -> bool:
    """One line; whether it is within the limit."""
    ratio = found / floor
    print(f"{name:<52} {found:>9,.0f} /s   {ratio:4.2f} of {floor_name} ({floor:,.0f} /s); limit {limit:.2f}")
    return ratio >= limit


def in_turns(rounds: int, *jobs: Callable[[int], float]) -> list[float]:
    """The median rate of each job: they take turns, because the machine is not equally busy all the time."""
    found = [[job(turn) for job in jobs] for turn in range(rounds)]
    return [statistics.median(column) for column in zip(*found, strict=True)]


def one_by_one(folder: Path) -> bool:
    """Appends of one entry, each on disk, and as many waits for the disk in the same folder."""
    bodies = sheets("Local comunal, sector 1")[: ROUNDS * ONE_BY_ONE]
    book, store = entry.book_id(bodies[0]), SqliteStore(folder / "one.sqlite")

    def appended(turn: int) -> float:
        part = range(turn * ONE_BY_ONE, (turn + 1) * ONE_BY_ONE)
        return rate(ONE_BY_ONE, lambda: [append(store, book, bodies, n, 1) for n in part])

    floor, found = in_turns(ROUNDS, lambda turn: rate(ONE_BY_ONE, lambda: waits(folder / f"floor-{turn}")), appended)
    store.close()
    return shown("SQLite, one by one, each on disk", found, floor, "the disk's rate", OF_THE_DISK)


def waits(path: Path) -> None:
    """Write a page at the end of a file and wait until it is on disk, as often as a round has appends."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    for _ in range(ONE_BY_ONE):
        os.write(file, bytes(PAGE))
        os.fdatasync(file)
    os.close(file)


def append(store: Store, book: str, bodies: Sequence[bytes], first: int, count: int) -> None:
    store.append(book, first, bodies[first : first + count], f"{book} {first}")


def from_threads(store: Store, turn: int, threads: int, batch: int) -> float:
    """Entries a second from so many threads, each with a book of its own; making the entries is not counted."""
    ready = threading.Barrier(threads + 1)
    prepared = [
        sheets(f"Local comunal, turno {turn}, hilo {number} de {threads}")[:ENTRIES] for number in range(threads)
    ]

    def work(bodies: list[bytes]) -> None:
        book = entry.book_id(bodies[0])
        ready.wait()
        for first in range(0, ENTRIES, batch):
            append(store, book, bodies, first, batch)

    running = [threading.Thread(target=work, args=(bodies,)) for bodies in prepared]
    for thread in running:
        thread.start()
    ready.wait()
    return rate(threads * ENTRIES, lambda: [thread.join() for thread in running])


def bare_sqlite(path: Path, batch: int) -> float:
    """Entries a second that SQLite takes into the same table, each batch on disk, unchecked and unnamed."""
    SqliteStore(path).close()
    database = apsw.Connection(str(path))
    database.execute("PRAGMA synchronous = FULL")
    bodies = sheets("Local comunal, sector 0")[:ENTRIES]
    rows = [("bare", n, entry.leaf_hash(body), body) for n, body in enumerate(bodies)]

    def write() -> None:
        for first in range(0, ENTRIES, batch):
            with database:
                database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows[first : first + batch])

    found = rate(ENTRIES, write)
    database.close()
    return found


def by_the_hundred(folder: Path) -> bool:
    """Appends of a hundred entries, from one thread and from several."""
    store = SqliteStore(folder / "hundreds.sqlite")
    floor, *found = in_turns(
        ROUNDS,
        lambda turn: bare_sqlite(folder / f"bare-{turn}.sqlite", 100),
        *(lambda turn, threads=threads: from_threads(store, turn, threads, 100) for threads in (1, THREADS)),
    )
    store.close()
    alone = shown("SQLite, by the hundred, one thread", found[0], floor, "bare SQLite", OF_THE_FLOOR)
    shared = shown(f"SQLite, by the hundred, {THREADS} threads", found[1], floor, "bare SQLite", OF_THE_FLOOR)
    tell_target(found[1])
    return alone and shared


def tell_target(found: float) -> None:
    print(f"  the target, {TARGET:,} /s, is {'reached' if found >= TARGET else 'not reached'} here")


def bare_copy(address: str, turn: int, batch: int) -> float:
    """Entries a second that PostgreSQL takes by COPY into the same table, each batch on disk, unchecked."""
    import psycopg

    bodies = sheets("Local comunal, sector 0")[:ENTRIES]
    rows = [(f"bare {turn}", n, entry.leaf_hash(body), body) for n, body in enumerate(bodies)]
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:

        def write() -> None:
            for first in range(0, ENTRIES, batch):
                with cursor.copy("COPY tinkuy.entry (book, n, leaf, body) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(("text", "int8", "bytea", "bytea"))
                    for row in rows[first : first + batch]:
                        copy.write_row(row)

        return rate(ENTRIES, write)


def postgres() -> bool:
    """Appends of a thousand entries by COPY, on one connection."""
    if binaries() is None:
        print("PostgreSQL is not installed (tools/system postgres): not measured")
        return True
    server = Server()
    try:
        address = server.address()
        store = open_store(address)
        floor, found = in_turns(
            ROUNDS, lambda turn: bare_copy(address, turn, 1_000), lambda turn: from_threads(store, turn, 1, 1_000)
        )
        store.close()
    finally:
        server.stop()
    within = shown("PostgreSQL, by the thousand, COPY", found, floor, "bare COPY", OF_THE_FLOOR)
    tell_target(found)
    return within


def main() -> int:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        within = [one_by_one(folder), by_the_hundred(folder), postgres()]
    print("Within the limits." if all(within) else "Past a limit.")
    return int(not all(within))


if __name__ == "__main__":
    sys.exit(main())
