"""Cutting the power at any moment of a recorded story, and asking the store itself what is left.

`recorded(seed)` is one story on one store, `cuts` are what cuts in it may leave, numbered, and `fault` is the judge.
The same seed and count give the same states, so that a failure can be played again from what it prints.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw

from tests.faults.disk import Acknowledged, Event, Platter, Recorder
from tests.faults.story import Held, Step, held_by, steps
from tinkuy.store import SqliteStore, StoreError

NAME = "books.sqlite"
MEMORY = Path("/dev/shm")  # what is tried here is which bytes survive, so the files need no real disk
STEPS = 8
PAGES = 6  # of the log before it is carried over, so that a short story has many such moments
ROUNDS = 20  # of all moments, while they still give something new
AGAIN = 8  # every so many states the client goes on after it


@dataclass(frozen=True)
class Recording:
    """What was done to the files, and what the store held after each step, from none on."""

    seed: int
    events: list[Event]
    steps: list[Step]
    held: list[Held]


def recorded(seed: int, synchronous: str | None = None) -> Recording:
    """The story of a seed, told to a store on a recording disk, closed and opened again on the way.

    With `synchronous` the store waits for its disk otherwise than it does by itself.
    """
    told = list(steps(seed, STEPS))
    with TemporaryDirectory(dir=memory()) as folder, Recorder(seed) as disk:
        store = _opened(Path(folder) / NAME, synchronous)
        for number, step in enumerate(told, 1):
            step.run(store)
            disk.events.append(Acknowledged(number))
            if number == STEPS // 2:
                store.close()
                store = _opened(Path(folder) / NAME, synchronous)
        store.close()
    return Recording(seed, disk.events, told, [Held(), *(step.after for step in told)])


def _opened(path: Path, synchronous: str | None) -> SqliteStore:
    store = SqliteStore(path)
    store._db.wal_autocheckpoint(PAGES)
    if synchronous is not None:
        store._db.pragma("synchronous", synchronous)
    return store


def memory() -> Path | None:
    """A folder in memory, if the system has one; None for wherever temporary files go."""
    return MEMORY if MEMORY.is_dir() else None


@dataclass(frozen=True)
class Cut:
    """What one cut left, after so many steps had been acknowledged."""

    number: int
    done: int
    files: dict[str, bytes]


def cuts(recording: Recording, count: int, *, lying: bool = False) -> Iterator[Cut]:
    """At most so many different things that cuts may leave, over all moments at which a cut has several outcomes."""
    moments = sum(platter.unsure for platter, _ in _moments(recording, lying))
    each = -(-count // max(1, moments))
    rng, seen = random.Random(recording.seed), set[int]()
    for _ in range(ROUNDS):
        for platter, done in _moments(recording, lying):
            for _ in range(each if platter.unsure else 0):
                files = platter.left(rng)
                mark = hash((done, *sorted(files.items())))
                if mark in seen:
                    continue
                seen.add(mark)
                yield Cut(len(seen), done, files)
                if len(seen) == count:
                    return


def _moments(recording: Recording, lying: bool) -> Iterator[tuple[Platter, int]]:
    """The disk after each event, and how many steps had been acknowledged."""
    platter, done = Platter(lying=lying), 0
    for event in recording.events:
        platter.do(event)
        if isinstance(event, Acknowledged):
            done = event.steps
        yield platter, done


def fault(recording: Recording, cut: Cut, folder: Path) -> str | None:
    """What is wrong with the store that is opened on what a cut left; None if everything acknowledged is there.

    `folder` is emptied and used. Every `AGAIN`th time the client then repeats the step that it heard nothing of, and
    verifies every byte.
    """
    for left in os.listdir(folder):
        os.unlink(f"{folder}/{left}")
    for name, data in cut.files.items():
        with open(f"{folder}/{name}", "wb", buffering=0) as file:
            file.write(data)
    before, after = recording.held[cut.done], recording.held[min(cut.done + 1, STEPS)]
    try:
        store = SqliteStore(folder / NAME)
    except StoreError as error:
        return f"it does not open: {error}"
    store._db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)  # nobody reads the file after this
    try:
        found = held_by(store, after)
        if found not in (before, after):
            return f"it holds {_figures(found)}, not {_figures(before)} or {_figures(after)}"
        if cut.number % AGAIN == 0 and cut.done < STEPS:
            recording.steps[cut.done].run(store)
            store.verify()
            if held_by(store, after) != after:
                return "the step that was repeated is not there once"
    except StoreError as error:
        return f"it fails: {error}"
    finally:
        store.close()
    return None


def _figures(held: Held) -> str:
    sizes = "+".join(str(len(bodies)) for _, bodies in sorted(held.bodies.items()))
    return f"[{sizes or 0} entries, {sum(map(len, held.notes.values()))} notes, {len(held.attachments)} attachments]"


def faults(recording: Recording, count: int, *, lying: bool = False) -> tuple[int, list[str]]:
    """How many states were tried, and the faults found, each with what plays it again."""
    tried, found = 0, []
    with TemporaryDirectory(dir=memory()) as folder:
        for cut in cuts(recording, count, lying=lying):
            tried += 1
            wrong = fault(recording, cut, Path(folder))
            if wrong is not None:
                found.append(f"seed {recording.seed}, state {cut.number} of {count}, {cut.done} steps done: {wrong}")
    return tried, found
