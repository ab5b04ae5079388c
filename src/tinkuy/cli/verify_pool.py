"""Units heard by several processes of this machine: what `tinkuy verify --jobs` starts.

Guarantees the hearings of one process, in the order of the groups. The processes start while the federation's book is
replayed, and each opens the archive for itself; only what is asked and what was heard passes between them. This module
imports little, because every process imports it anew.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tinkuy.book.package import Package
from tinkuy.cli.progress import Step
from tinkuy.federation import audit
from tinkuy.federation.audit import Hearing
from tinkuy.federation.hearing import Asked


class Pool:
    """Processes at work on one archive."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def hear(self, groups: Sequence[list[Asked]], step: Step) -> list[Hearing]:
        """What each group comes to, in the order given; `step` is told of units as they are heard."""
        tasks = [self._executor.submit(_hear, group) for group in groups]
        for done in as_completed(tasks):
            step(len(done.result().heard))
        return [task.result() for task in tasks]


@contextmanager
def started(path: Path, jobs: int) -> Iterator[Pool]:
    """Processes that have begun to start, until the block ends."""
    # Spawned, not forked: a forked process may inherit a lock that another thread held.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, spawn, _start, (str(path),)) as executor:
        for _ in range(jobs):
            executor.submit(int)  # a process starts when there is something to do
        yield Pool(executor)


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


_here: dict[str, Package | _Attached] = {}  # of a worker process: its own open file, and what all units refer to


def _start(path: str) -> None:
    # Nothing in a hearing refers to itself; the collector would only walk through what is kept.
    gc.disable()
    # The file stays open for as long as the worker lives; whoever started it checks the seal.
    package = Package(Path(path).open("rb"), seal_checked=True)  # noqa: SIM115
    _here.update(package=package, attachments=_Attached(package))


def _hear(group: list[Asked]) -> Hearing:
    package, attachments = _here["package"], _here["attachments"]
    if not isinstance(package, Package):
        raise RuntimeError("the worker was not started")
    return audit.hear(package, group, attachments)
