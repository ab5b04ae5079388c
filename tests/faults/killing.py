"""`kill -9` at any moment of a writer, over and over: `python -m tests.faults.killing FOLDER SEED ROUNDS`.

A writer is a fork of this process, which has imported everything and has one thread; it opens the store, appends, and
says so over a pipe after each append. Between two lives of the writer this process opens the store and holds it against
what it was told: every append acknowledged is there once, in its place, at most one more is, and the roots hold. The
next writer first repeats, under the same names, the append that it heard nothing of and one that it did.

Which appends are made follows from the seed; when the blow falls is the machine's. Prints a line of JSON: kills,
appends acknowledged, how often the blow fell before the store was open, and how often an append was there that was not
acknowledged yet. Ends with 1 and says what is wrong where something is. With `too-soon` for a fourth word the writer
speaks before it appends, which must be found out.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.book.builders import Book, act
from tinkuy.book import checkpoint, merkle
from tinkuy.book.keys import SigningKey
from tinkuy.store import SqliteStore, Store, StoreError

LIVES = 40  # of one file; then a new one, so that opening it stays quick
PAGES = 20  # of the log before it is carried over: a blow often falls into that too
LONGEST = 0.02  # seconds from the first append to the blow
SIGNER = {"secretary": SigningKey.from_seed(bytes(32))}


@dataclass
class Count:
    """What happened in so many lives."""

    kills: int = 0
    acknowledged: int = 0
    before_opening: int = 0
    one_more: int = 0


class Wrong(AssertionError):
    """The store does not hold what it acknowledged."""


@dataclass
class Written:
    """A book, and where in it each append begins."""

    book: Book
    starts: list[int] = field(default_factory=list)

    def next(self) -> list[bytes]:
        """The entries of the append that comes next, from 1 to 8 of them; the first founds the book."""
        number, first = len(self.starts), len(self.book.bodies) if self.starts else 0
        if number == 0:
            return self.book.bodies[:1]
        rng = random.Random(f"{self.book.id} {number}")
        texts = ["x" * rng.choice((0, 100, 1_500)) for _ in range(rng.choice((1, 1, 2, 8)))]
        return [act(n, text=text) for n, text in enumerate(texts, first)]

    def go_on(self) -> None:
        """Take the next append for made."""
        bodies = self.next()
        self.starts.append(len(self.book.bodies) if self.starts else 0)
        self.book.bodies[self.starts[-1] :] = bodies

    def append_to(self, store: Store, number: int) -> None:
        """Make an append, or make it again."""
        ends = [*self.starts[1:], len(self.book.bodies)]
        if number == len(self.starts):
            store.append(self.book.id, ends[-1] if number else 0, self.next(), str(number))
        else:
            first = self.starts[number]
            store.append(self.book.id, first, self.book.bodies[first : ends[number]], str(number))


def write(path: Path, written: Written, said: int, *, too_soon: bool) -> None:
    """A writer's life: never returns. Each append is a byte into `said`, once it is made; or, `too_soon`, before."""
    store = SqliteStore(path)
    store._db.wal_autocheckpoint(PAGES)
    os.write(said, b"o")
    for number in {0, len(written.starts) - 1} if written.starts else ():
        written.append_to(store, number)  # a client that is not sure asks again
    while True:
        number = len(written.starts)
        if too_soon:
            os.write(said, b"a")
        written.append_to(store, number)
        if not too_soon:
            os.write(said, b"a")
        written.go_on()
        if number % 5 == 0:
            book = written.book
            root = merkle.root(book.leaves)
            store.put_checkpoint(book.id, checkpoint.sign(book.id, len(book.bodies), root, SIGNER))


def live(path: Path, written: Written, delay: float, *, too_soon: bool) -> bytes:
    """One life of a writer, ended `delay` seconds after it opened the store, or sooner; what it said."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write(path, written, said, too_soon=too_soon)
        finally:
            os._exit(3)
    os.close(said)
    if delay > 0:
        select.select([heard], [], [], 10)
    time.sleep(abs(delay))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    words = b""
    while part := os.read(heard, 65_536):
        words += part
    os.close(heard)
    if not os.WIFSIGNALED(status):
        raise Wrong("the writer ended by itself")
    return words


def judge(path: Path, written: Written) -> bool:
    """Whether the store holds one append more than `written`, which then does too. Raises `Wrong`."""
    store = SqliteStore(path)
    try:
        store.verify()
        found = store.bodies(written.book.id)
    finally:
        store.close()
    if found == (written.book.bodies if written.starts else []):
        return False
    sure = len(written.starts)
    written.go_on()
    if found != written.book.bodies:
        raise Wrong(f"{len(found)} entries where {sure} appends had been acknowledged")
    return True


def run(folder: Path, seed: int, rounds: int, *, too_soon: bool) -> Count:
    """So many kills. Raises `Wrong` with the seed and the round at the first store that is not right."""
    rng, total = random.Random(seed), Count()
    for first in range(0, rounds, LIVES):
        written = Written(Book([act(0, text=f"base {seed} {first}")]))
        path = folder / f"{first}.sqlite"
        for number in range(first, min(first + LIVES, rounds)):
            words = live(path, written, rng.uniform(-0.2 * LONGEST, LONGEST), too_soon=too_soon)
            told = words.count(b"a")
            for _ in range(told):
                written.go_on()
            try:
                total.one_more += judge(path, written)
            except (Wrong, StoreError) as error:
                raise Wrong(f"seed {seed}, round {number}: {error}") from None
            total.kills += 1
            total.acknowledged += told
            total.before_opening += b"o" not in words
        path.unlink()
    return total


def main() -> int:
    try:
        folder, seed, rounds, *control = sys.argv[1:]
        print(json.dumps(asdict(run(Path(folder), int(seed), int(rounds), too_soon=control == ["too-soon"]))))
    except Wrong as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
