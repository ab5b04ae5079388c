"""Turns: writes of several threads that wait for the disk once (group commit).

Guarantees that a write returns only after the transaction that holds it has been committed, and that a write which is
refused leaves the others of its transaction standing. A thread that writes alone waits for nobody; writes that come
while the disk is busy with others go together in the next transaction, so nobody waits longer than two commits.

Source: book.md, "Store". Why no timer: docs/decisions/store.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager

from tinkuy.store.port import StoreError
from tinkuy.words import say


class Turns:
    """The writes that wait for one store, whose `lock` is held by the thread whose turn it is.

    It keeps no reference to the store, so that a store that nobody holds any more is closed at once.
    """

    def __init__(self, lock: AbstractContextManager[bool]) -> None:
        self._lock = lock
        self._waiting: deque[tuple[Callable[[], object], Future[None]]] = deque()

    def take(self, write: Callable[[], object], transaction: Callable[[], AbstractContextManager[None]]) -> None:
        """Run `write` in a transaction with whatever else waits by then; return when it is on disk.

        `transaction()` is a block whose writes are on disk when it ends. Raises the `StoreError` with which the write
        was refused or its transaction failed.
        """
        done: Future[None] = Future()
        self._waiting.append((write, done))
        with self._lock:
            if not done.done():  # whoever had the lock before may have written this too
                _commit([self._waiting.popleft() for _ in range(len(self._waiting))], transaction())
        done.result()


def _commit(writes: list[tuple[Callable[[], object], Future[None]]], transaction: AbstractContextManager[None]) -> None:
    try:
        with transaction:
            refusals = [_refusal(write) for write, _ in writes]
        for (_, done), refusal in zip(writes, refusals, strict=True):
            if refusal is None:
                done.set_result(None)
            else:
                done.set_exception(refusal)
    except StoreError as failure:
        for _, done in writes:
            done.set_exception(StoreError(failure.said))
    finally:
        for _, done in writes:  # this thread was interrupted, and the others must not take its end for a success
            if not done.done():
                done.set_exception(StoreError(say("The write was interrupted; repeat it under the same name.")))


def _refusal(write: Callable[[], object]) -> StoreError | None:
    """Why the store refuses a write, which has then written nothing; None if it does not."""
    try:
        write()
    except StoreError as error:
        return error
    return None
