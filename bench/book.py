"""How fast the book is, against bare loops over the same bytes in the same run.

`PYTHONPATH=src python bench/book.py` prints a line a job: how many a second, and how much longer it takes than the
floor, which does the work nobody can leave out (parse JSON, hash, verify) and none of the checks.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import apsw
import msgspec
from nacl import bindings

from tinkuy.book import checkpoint, entry, merkle, package, tiles
from tinkuy.book.keys import SigningKey
from tinkuy.book.package import Package
from tinkuy.store import SqliteStore

ENTRIES = 50_000
CHECKPOINTS = 3_000
MEMBERS = 170_000
REPEATS = 3


def best(job: Callable[[], object]) -> float:
    """Seconds of the quickest of a few runs: noise only ever slows a run down."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        job()
        times.append(perf_counter() - start)
    return min(times)


def show(name: str, count: int, seconds: float, floor: float, floor_name: str) -> None:
    print(f"{name:<44} {count / seconds:>12,.0f} /s   {seconds / floor:5.2f} x {floor_name}")


def sheets(place: str) -> list[bytes]:
    return [
        entry.encode(
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
        for n in range(ENTRIES)
    ]


def entries() -> None:
    for name, place in (("ASCII", "Local comunal, sector 2"), ("Spanish", "Asociación Ñaña, sector 2")):
        bodies = sheets(place)

        def parse(bodies: list[bytes] = bodies) -> None:
            for body in bodies:
                entry.parse(body)
                entry.leaf_hash(body)

        def floor(bodies: list[bytes] = bodies) -> None:
            for body in bodies:
                msgspec.json.decode(body)
                hashlib.sha256(b"\x00" + body).digest()

        def standard_library(bodies: list[bytes] = bodies) -> None:
            for body in bodies:
                json.loads(body)
                hashlib.sha256(b"\x00" + body).digest()

        seconds = best(parse)
        show(f"parse and leaf, {len(bodies[0])} bytes, {name}", ENTRIES, seconds, best(floor), "decode and hash")
        show("", ENTRIES, seconds, best(standard_library), "json.loads and hash")
    leaves = [entry.leaf_hash(body) for body in bodies]

    def hashes() -> None:
        for leaf in leaves:
            hashlib.sha256(b"\x01" + leaf + leaf).digest()

    show("Merkle root", ENTRIES, best(lambda: merkle.root(leaves)), best(hashes), "as many hashes")
    show("Merkle frontier", ENTRIES, best(lambda: merkle.Frontier(leaves).root()), best(hashes), "as many hashes")


def signatures() -> None:
    officers = {role: SigningKey.from_seed(role.encode().ljust(32)) for role in ("chair", "secretary")}
    public = {role: key.public for role, key in officers.items()}
    note = checkpoint.sign("0" * 32, 4, bytes(32), officers)
    text = note[: note.rindex(b"\n\n") + 1]
    signed = [(key.sign(text) + text, key.public) for key in officers.values()]

    def verify() -> None:
        for _ in range(CHECKPOINTS):
            checkpoint.signed_by(checkpoint.parse(note), public)

    def floor() -> None:
        for _ in range(CHECKPOINTS):
            for message, key in signed:
                bindings.crypto_sign_open(message, key)

    show("signatures, two a checkpoint", 2 * CHECKPOINTS, best(verify), best(floor), "libsodium alone")


def packages() -> None:
    data = os.urandom(200)
    file = io.BytesIO()
    start = perf_counter()
    package.write(file, ((f"books/{n:06}/tile/entries/000.p/4", data) for n in range(MEMBERS)))
    print(f"{'package written, members':<44} {MEMBERS / (perf_counter() - start):>12,.0f} /s")
    seconds = best(lambda: Package(file))
    show("package opened and seal checked, members", MEMBERS, seconds, best(lambda: zipfile.ZipFile(file)), "zipfile")
    found, peer = Package(file), zipfile.ZipFile(file)
    names = found.names()[::10]
    read = best(lambda: [found.read(name) for name in names])
    show("members read", len(names), read, best(lambda: [peer.read(name) for name in names]), "zipfile")


def small_books() -> None:
    officers = {"secretary": SigningKey.from_seed(bytes(32))}
    bodies = sheets("Local comunal")[:4]
    leaves = [entry.leaf_hash(body) for body in bodies]
    note = checkpoint.sign(entry.book_id(bodies[0]), 4, merkle.root(leaves), officers)
    files = dict(tiles.write(bodies, checkpoint.parse(note)))
    count = 5_000

    def read() -> None:
        for _ in range(count):
            tiles.read_book(files.get)

    def floor() -> None:
        for _ in range(count):
            merkle.root([entry.leaf_hash(body) for body in bodies])

    show("books of four entries read from tiles", count, best(read), best(floor), "hashing them")


def books_kept() -> None:
    bodies = sheets("Local comunal")
    book = entry.book_id(bodies[0])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite"
        store = SqliteStore(path)
        start = perf_counter()
        for n in range(2_000):
            store.append(book, n, bodies[n : n + 1], str(n))
        print(f"{'entries appended one by one, each on disk':<44} {2_000 / (perf_counter() - start):>12,.0f} /s")
        start = perf_counter()
        for n in range(2_000, ENTRIES, 100):
            store.append(book, n, bodies[n : n + 100], str(n))
        seconds = perf_counter() - start
        floor = bare_appends(Path(folder) / "bare.sqlite", bodies[2_000:])
        show("entries appended by hundreds", ENTRIES - 2_000, seconds, floor, "bare SQLite")
        leaves = [entry.leaf_hash(body) for body in bodies]
        signer = {"secretary": SigningKey.from_seed(bytes(32))}
        store.put_checkpoint(book, checkpoint.sign(book, ENTRIES, merkle.root(leaves), signer))
        store.close()
        opened = best(lambda: SqliteStore(path).close())
        show("entries checked on opening", ENTRIES, opened, best(lambda: merkle.root(leaves)), "the root alone")


def bare_appends(path: Path, bodies: list[bytes]) -> float:
    """Seconds that SQLite takes for the same bytes in the same batches, each batch on disk."""
    database = apsw.Connection(str(path))
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE entry (n INTEGER PRIMARY KEY, body)",
    ):
        database.execute(statement)
    start = perf_counter()
    for n in range(0, len(bodies), 100):
        with database:
            database.executemany("INSERT INTO entry (body) VALUES (?)", [(body,) for body in bodies[n : n + 100]])
    seconds = perf_counter() - start
    database.close()
    return seconds


if __name__ == "__main__":
    entries()
    signatures()
    packages()
    small_books()
    books_kept()
