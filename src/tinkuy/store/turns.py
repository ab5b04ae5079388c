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
    """The writes that wait for one store.

    `lock` is held by the thread whose turn it is, and `transaction()` is a block whose writes are on disk when it ends.
    """

    def __init__(
        self, lock: AbstractContextManager[bool], transaction: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._lock = lock
        self._transaction = transaction
        self._waiting: deque[tuple[Callable[[], object], Future[None]]] = deque()

    def take(self, write: Callable[[], object]) -> None:
        """Run `write` inside a transaction, with whatever else waits by then; returns when it is on disk.

        Raises the `StoreError` with which the write was refused or its transaction failed.
        """
        done: Future[None] = Future()
        self._waiting.append((write, done))
        with self._lock:
            if not done.done():  # whoever had the lock before may have written this too
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        done.result()

    def _commit(self, writes: list[tuple[Callable[[], object], Future[None]]]) -> None:
        try:
            with self._transaction():
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
