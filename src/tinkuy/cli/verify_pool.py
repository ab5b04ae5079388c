"""Units heard by several processes of this machine: what `tinkuy verify --jobs` starts.

Guarantees the hearings of one process, in the order of the groups. While the federation's book is replayed, each
process already reads volumes of the bases' books, and keeps them for when it is asked; each opens the archive for
itself, so that only what is asked and what was heard passes between them. This module imports little, because every
process imports it anew.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from tinkuy.book.package import Package
from tinkuy.cli.progress import Step
from tinkuy.federation import audit
from tinkuy.federation.audit import Hearing, VolumeRead
from tinkuy.federation.hearing import Asked

AHEAD = 32  # volumes a process: some 100 MB of books that were read and wait to be asked about
AT_HAND = 2  # groups a process: one at work, one for when it is done


class Pool:
    """Processes at work on one archive, each with a line of its own: what it has read it need not read again."""

    def __init__(self, workers: Sequence[ProcessPoolExecutor]) -> None:
        self._workers = workers
        self._reading: dict[str, tuple[int, Future[None]]] = {}

    def read_ahead(self, volumes: Sequence[str]) -> None:
        """Begin to read these volumes of the archive; what is not begun when `hear` is called is left to it."""
        for place, volume in enumerate(volumes[: AHEAD * len(self._workers)]):
            worker = place % len(self._workers)
            self._reading[volume] = worker, self._workers[worker].submit(_read, volume)

    def hear(self, groups: Sequence[list[Asked]], step: Step) -> list[Hearing]:
        """What each group comes to, in the order given; `step` is told of units as they are heard."""
        own, free = self._divided(groups)
        under_way: dict[Future[Hearing], tuple[int, int]] = {}
        heard: dict[int, Hearing] = {}

        def give(worker: int) -> None:
            line = own[worker] or free
            if line:
                place = line.popleft()
                under_way[self._workers[worker].submit(_hear, groups[place])] = worker, place

        for _ in range(AT_HAND):
            for worker in range(len(self._workers)):
                give(worker)
        while under_way:
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                worker, place = under_way.pop(done)
                heard[place] = done.result()
                step(len(heard[place].heard))
                give(worker)
        return [heard[place] for place in range(len(groups))]

    def _divided(self, groups: Iterable[Sequence[Asked]]) -> tuple[list[deque[int]], deque[int]]:
        """The places of the groups of which each worker has read a volume, and of those that nobody has."""
        read = {volume: worker for volume, (worker, future) in self._reading.items() if not future.cancel()}
        own: list[deque[int]] = [deque() for _ in self._workers]
        free: deque[int] = deque()
        for place, group in enumerate(groups):
            by = next((read[ask.volume] for ask in group if ask.volume in read), None)
            (free if by is None else own[by]).append(place)
        return own, free


@contextmanager
def started(path: Path, jobs: int) -> Iterator[Pool]:
    """Processes that have begun to start, until the block ends."""
    # Spawned, not forked: a forked process may inherit a lock that another thread held.
    spawn = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        workers = [stack.enter_context(ProcessPoolExecutor(1, spawn, _start, (str(path),))) for _ in range(jobs)]
        for worker in workers:
            worker.submit(int)  # a process starts when there is something to do
        try:
            yield Pool(workers)
        finally:
            for worker in workers:  # what was to be read ahead of a hearing that does not come is not waited for
                worker.shutdown(wait=False, cancel_futures=True)


class _Attached:
    """An archive's attachments as acts ask for them, each read once; as the audit takes them."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._read: dict[str, bytes | None] = {}

    def get(self, digest: str, /) -> bytes | None:
        if digest not in self._read:
            data = self._package.get(f"attachments/{digest}")
            whole = data is not None and len(data) <= audit.SMALL and sha256(data).hexdigest() == digest
            self._read[digest] = data if whole else None
        return self._read[digest]


class _Here:
    """What a process holds: its own open file, what all units refer to, and the volumes that it has read ahead."""

    def __init__(self, path: str) -> None:
        # The file stays open for as long as the worker lives; whoever started it checks the seal.
        self.package = Package(Path(path).open("rb"), seal_checked=True)  # noqa: SIM115
        self.attachments = _Attached(self.package)
        self.ahead: dict[str, VolumeRead] = {}


_here: list[_Here] = []  # of a worker process


def _start(path: str) -> None:
    # Nothing in a hearing refers to itself; the collector would only walk through what is kept.
    gc.disable()
    _here.append(_Here(path))


def _read(volume: str) -> None:
    (here,) = _here
    here.ahead[volume] = audit.read_volume(here.package, volume, here.attachments)


def _hear(group: list[Asked]) -> Hearing:
    (here,) = _here
    ahead = {ask.volume: here.ahead.pop(ask.volume) for ask in group if ask.volume in here.ahead}
    return audit.hear(here.package, group, here.attachments, ahead)
