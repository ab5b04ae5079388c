"""How fast the stores take entries, against what the disk and the databases can do at all, in the same run.

One by one, a store waits for the disk at every append, so its floor is a loop that writes a page at the end of a file
in the same folder and waits. By the hundred, its floor is bare SQLite: the same rows, ready-made, into the same table
in the quickest way known, a statement and a wait a hundred. It is taken from one thread, from several, whose appends
share a wait, and from one that puts ten hundreds into a block. PostgreSQL takes entries by COPY; its floor is psycopg's
binary COPY of the same ready-made rows into the same table. What no floor does are the checks of the bytes: how many of
these one core does is measured too. Where the target of 100,000 entries a second is not reached, these rates say why.

`python -m bench store` ends with 1 when appends one by one reach less than 0.6 of the disk's rate, or any other measure
less than a third of its floor.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import apsw

from tests.store.server import Server, binaries
from tinkuy.book import entry
from tinkuy.store import SqliteStore, Store, checks, open_store

TARGET = 100_000  # entries a second
OF_THE_DISK = 0.6
OF_THE_FLOOR = 1 / 3
ROUNDS = 5
ONE_BY_ONE = 200  # appends a round
ENTRIES = 5_000  # of each thread and turn
THREADS = 4
BLOCK = 10  # hundreds that one caller puts on disk together
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


def sheet(place: str, n: int) -> bytes:
    """An entry as long as that of a base's sheet."""
    return entry.encode(
        {
            "act": "sheet.counted",
            "at": "2026-03-08T20:00:00Z",
            "by": "secretary",
            "n": n,
            "eligible": 190,
            "cast": 164,
            "votes": [118, 41, 3],
            "blank": 2,
            "null": 0,
            "challenged": None,
            "place": place,
            "opened": "2026-03-08T08:00:00Z",
            "closed": "2026-03-08T16:00:00Z",
        }
    )


@cache
def later() -> list[bytes]:
    """What stands in every book after its first entry: making entries is not what is measured."""
    return [sheet("Local comunal, sector 2", n) for n in range(1, ENTRIES)]


def book(name: str) -> list[bytes]:
    """The entries of a book of its own."""
    return [sheet(name, 0), *later()]


def rows(bodies: Sequence[bytes]) -> list[tuple[str, int, bytes, bytes]]:
    """The rows of the table `entry`, ready-made."""
    name = entry.book_id(bodies[0])
    return [(name, n, entry.leaf_hash(body), body) for n, body in enumerate(bodies)]


def one_by_one(folder: Path) -> bool:
    """Appends of one entry, each on disk, and as many waits for the disk in the same folder."""
    bodies, store = book("one by one"), SqliteStore(folder / "one.sqlite")

    def appended(turn: int) -> float:
        part = range(turn * ONE_BY_ONE, (turn + 1) * ONE_BY_ONE)
        return rate(ONE_BY_ONE, lambda: [append(store, bodies, n, 1) for n in part])

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


def append(store: Store, bodies: Sequence[bytes], first: int, count: int) -> None:
    name = entry.book_id(bodies[0])
    store.append(name, first, bodies[first : first + count], f"{name} {first}")


def from_threads(store: Store, turn: int, threads: int, batch: int) -> float:
    """Entries a second from so many threads, each with a book of its own."""
    ready = threading.Barrier(threads + 1)

    def work(bodies: list[bytes]) -> None:
        ready.wait()
        for first in range(0, ENTRIES, batch):
            append(store, bodies, first, batch)

    books = [book(f"turn {turn}, thread {number} of {threads}") for number in range(threads)]
    running = [threading.Thread(target=work, args=(bodies,)) for bodies in books]
    for thread in running:
        thread.start()
    ready.wait()
    return rate(threads * ENTRIES, lambda: [thread.join() for thread in running])


def in_blocks(store: Store, turn: int, batch: int) -> float:
    """Entries a second from one thread that puts several batches on disk together."""
    bodies = book(f"turn {turn}, in blocks")

    def write() -> None:
        for start in range(0, ENTRIES, BLOCK * batch):
            with store.together():
                for first in range(start, start + BLOCK * batch, batch):
                    append(store, bodies, first, batch)

    return rate(ENTRIES, write)


def checked(turn: int, batch: int) -> float:
    """Entries a second whose bytes are checked and hashed, and not kept: what a store does before it writes."""
    bodies = book(f"turn {turn}, checked")
    name = entry.book_id(bodies[0])
    parts = range(0, ENTRIES, batch)
    return rate(ENTRIES, lambda: [checks.leaves(name, first, bodies[first : first + batch]) for first in parts])


def bare_sqlite(path: Path, batch: int) -> float:
    """Entries a second that SQLite takes into the same table, each batch one statement and on disk, unnamed."""
    SqliteStore(path).close()
    database = apsw.Connection(str(path))
    database.execute("PRAGMA synchronous = FULL")
    ready = rows(book("bare"))
    parts = [
        (ready[first][0], first, apsw.carray(tuple(leaf + body for _, _, leaf, body in ready[first : first + batch])))
        for first in range(0, ENTRIES, batch)
    ]
    inserting = "INSERT INTO entry SELECT ?, ? + rowid - 1, substr(value, 1, 32), substr(value, 33) FROM carray(?)"

    def write() -> None:
        for part in parts:
            database.execute("BEGIN IMMEDIATE")
            database.execute(inserting, part)
            database.execute("COMMIT")

    found = rate(ENTRIES, write)
    database.close()
    return found


def by_the_hundred(folder: Path) -> bool:
    """Appends of a hundred entries, from one thread, from several, and ten at once."""
    store = SqliteStore(folder / "hundreds.sqlite")
    disk, bare, check, *found = in_turns(
        ROUNDS,
        lambda turn: 100 * rate(ONE_BY_ONE, lambda: waits(folder / f"wait-{turn}")),
        lambda turn: bare_sqlite(folder / f"bare-{turn}.sqlite", 100),
        lambda turn: checked(turn, 100),
        lambda turn: from_threads(store, turn, 1, 100),
        lambda turn: from_threads(store, turn, THREADS, 100),
        lambda turn: in_blocks(store, turn, 100),
    )
    store.close()
    names = ("one thread", f"{THREADS} threads", f"one thread, {BLOCK} at once")
    within = [
        shown(f"SQLite, by the hundred, {name}", one, bare, "bare SQLite", OF_THE_FLOOR)
        for name, one in zip(names, found, strict=True)
    ]
    tell_target(max(found), {"a wait for the disk each hundred": disk, "bare SQLite": bare, "the checks": check})
    return all(within)


def tell_target(found: float, parts: Mapping[str, float]) -> None:
    """Whether the target was reached, and what each part of an append reaches when nothing else is done."""
    print(f"  the target, {TARGET:,} /s, is {'reached' if found >= TARGET else 'not reached'} here ({found:,.0f} /s);")
    print("  with nothing else to do: " + ", ".join(f"{name} {one:,.0f} /s" for name, one in parts.items()))


def bare_copy(address: str, turn: int, batch: int) -> float:
    """Entries a second that PostgreSQL takes by binary COPY into the same table, each batch on disk, unchecked."""
    import psycopg

    ready = rows(book(f"bare {turn}"))
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:

        def write() -> None:
            for first in range(0, ENTRIES, batch):
                with cursor.copy("COPY tinkuy.entry (book, n, leaf, body) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(("text", "int8", "bytea", "bytea"))
                    for row in ready[first : first + batch]:
                        copy.write_row(row)

        return rate(ENTRIES, write)


def postgres() -> bool:
    """Appends of a thousand entries by COPY, on one connection, from one thread and from several."""
    if binaries() is None:
        print("PostgreSQL is not installed (tools/system postgres): not measured")
        return True
    server = Server()
    try:
        address = server.address()
        store = open_store(address)
        bare, check, *found = in_turns(
            ROUNDS,
            lambda turn: bare_copy(address, turn, 1_000),
            lambda turn: checked(turn, 1_000),
            lambda turn: from_threads(store, turn, 1, 1_000),
            lambda turn: from_threads(store, turn, THREADS, 1_000),
        )
        store.close()
    finally:
        server.stop()
    within = [
        shown(f"PostgreSQL, by the thousand, {name}", one, bare, "bare COPY", OF_THE_FLOOR)
        for name, one in zip(("one thread", f"{THREADS} threads"), found, strict=True)
    ]
    tell_target(max(found), {"bare COPY": bare, "the checks": check})
    return all(within)


def main() -> int:
    with TemporaryDirectory(dir=ON_DISK) as name:
        folder = Path(name)
        within = [one_by_one(folder), by_the_hundred(folder), postgres()]
    print("Within the limits." if all(within) else "Past a limit.")
    return int(not all(within))


if __name__ == "__main__":
    sys.exit(main())
