"""What the commands of `tinkuy ballot` share: archives as files, files handed over, and work in several processes.

Guarantees that an archive only grows, under a lock, by whole events that were checked; and that a file with a secret
can be read by its owner alone. The clock and the operating system's randomness are asked here, and nowhere below.
"""

from __future__ import annotations

import fcntl
import mmap
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeVar

import typer

from tinkuy.ballot import BallotError, archive
from tinkuy.ballot.archive import Bytes
from tinkuy.ballot.audit import Spread, check_part, in_turn
from tinkuy.ballot.encoding import MAX_JSON
from tinkuy.cli.desk_here import read_bytes, tell
from tinkuy.cli.language import spoken
from tinkuy.desk.files import appearing
from tinkuy.words import say

GroupName = Literal["Ed25519", "BELENIOS-2048", "RFC-3526-2048"]
Given = TypeVar("Given")

ARCHIVE = say("The election's archive (.bel).")
OUT = say("Where to write it.")
GROUP = say("The group: Ed25519, or one that belenios-tool 2.0 knows too.")

source = os.urandom
KEPT = 32 * 2**20  # bytes of a mapped archive that are read before its pages are given back
ALONE = 4 * 2**20  # bytes of an archive that is read before more processes have begun
AHEAD = 2  # parts of the work waiting for each process: enough that none is idle, few enough that memory stays flat

Archive = Annotated[Path, typer.Argument(help=spoken(ARCHIVE), show_default=False)]
Out = Annotated[Path, typer.Option("--out", help=spoken(OUT), show_default=False)]


@contextmanager
def mapped(path: Path) -> Iterator[Bytes]:
    """The bytes of an archive, read where they are needed and not before."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            yield b""
            return
        with Window(file.fileno(), size, access=mmap.ACCESS_READ) as data:
            yield data


class Window(mmap.mmap):
    """A mapped file of which only what was read last stays in this process's memory, however large the file is."""

    _read = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        if isinstance(place, slice):
            self._read += len(found)
            if self._read > KEPT:
                self._read = 0
                self.madvise(mmap.MADV_DONTNEED)
        return found


def append(path: Path, make: Callable[[Bytes], bytes]) -> None:
    """Append to an archive what `make` gives of its bytes; after whatever `make` raises the archive is as it was."""
    for _ in append_each(path, lambda data: [(make(data), None)]):
        pass


def append_each(path: Path, make: Callable[[Bytes], Iterable[tuple[bytes, Given]]]) -> Iterator[Given]:
    """Append to an archive, one after another, what `make` gives of its bytes; what goes with each, once it is on disk.

    Nobody else appends meanwhile. What a power cut left of an append before is taken away, and said: it was never
    confirmed to whoever handed it in.
    """
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = _settled(file, path)
        with mapped(path) as data:
            for added, given in make(data):
                try:
                    file.seek(end)
                    file.write(added)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(end)
                    raise
                end += len(added)
                yield given


def _settled(file: BinaryIO, path: Path) -> int:
    size = os.fstat(file.fileno()).st_size
    with mapped(path) as data:
        whole = archive.settled(data)
    if whole < size:
        file.truncate(whole)
        said = say(
            "{file}: the last append was cut short; its {count} bytes are taken away.",
            file=str(path),
            count=size - whole,
        )
        tell(said)
    return whole


@contextmanager
def spreading(jobs: int) -> Iterator[Spread]:
    """What spreads work over so many processes; with one, it is done here."""
    if jobs == 1:
        yield in_turn
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        for _ in range(jobs):
            pool.submit(import_module, check_part.__module__)  # while this process reads the archive

        def spread(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
            waiting: deque[Future[Any]] = deque()
            for task in tasks:
                waiting.append(pool.submit(function, task))
                if len(waiting) > AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

        yield spread


def processes(asked: int | None, path: Path) -> int:
    """How many processes an archive is worth where a person did not say: one a core, and one alone for a small one."""
    return asked or (1 if path.stat().st_size < ALONE else os.cpu_count() or 1)


def workers(asked: int | None) -> int:
    """How many processes the boxes of a roll-up are checked in where a person did not say: one a core."""
    return asked or os.cpu_count() or 1


def read(path: Path) -> bytes:
    """A file handed over, of a size that its reader refuses if it is too large."""
    return read_bytes(path, MAX_JSON)


def read_line(path: Path) -> str:
    """The first line of a small file, such as a credential."""
    return read_bytes(path, 1_000).decode("utf-8", "replace").split("\n", 1)[0].strip()


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file whole. Raises `BallotError` rather than write over one."""
    if path.exists():
        raise BallotError(say("{file} is there already; nothing is written over it.", file=str(path)))
    with appearing(path, private=private) as file:
        file.write(data)


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, in the place of what it held before."""
    with appearing(path) as file:
        file.write(data)


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())
