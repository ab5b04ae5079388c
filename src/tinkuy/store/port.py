"""Where books are kept: what the desk asks of a store, whichever database is behind it.

Guarantees, for every adapter: an append is all or nothing and on disk when it returns; entries are never changed or
removed; a retried append writes nothing twice; and after a failed write the store refuses everything, because what is
on disk is then not known. A store checks bytes, places and roots, never what acts mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from tinkuy.words import Spoken


class StoreError(Spoken):
    """A store that is not what it should be, cannot do what is asked, or has failed."""


class Store(Protocol):
    """The books on this machine. Every method raises `StoreError` if the store has failed or is damaged."""

    def books(self) -> list[str]:
        """The ids of all books, ascending."""

    def size(self, book: str) -> int:
        """How many entries the book has; 0 if it is not here."""

    def bodies(self, book: str, start: int = 0) -> list[bytes]:
        """The book's entries from index `start` on."""

    def append(self, book: str, first_n: int, bodies: Sequence[bytes], append_id: str) -> int:
        """Add entries at index `first_n` in one transaction; the book's size after it.

        `append_id` is the client's name for this append: repeated with the same entries it writes nothing and returns
        the same size. Raises `StoreError` if the book does not end at `first_n`, an entry is malformed or says another
        index, the first entry does not found `book`, or `append_id` was used for something else.
        """

    def put_checkpoint(self, book: str, note: bytes) -> None:
        """Keep a checkpoint of the book as the signed note that it is; its signatures are not verified here.

        Raises `StoreError` if it is of another book, or its size and root are not those of these entries.
        """

    def latest_checkpoint(self, book: str) -> bytes | None:
        """The note kept last among those of the largest size; None if there is none."""

    def checkpoints(self, book: str) -> list[bytes]:
        """All notes kept, by size, then in the order in which they came."""

    def put_attachment(self, data: bytes) -> str:
        """Keep a large thing that an entry names; its name, the SHA-256 of its bytes in hex."""

    def attachment(self, name: str) -> bytes | None:
        """The attachment of that name; None if it is not here."""

    def together(self) -> AbstractContextManager[None]:
        """A block whose writes are on disk together when it ends, or, if it raises, did not happen.

        Many small writes then cost one wait for the disk. Nothing inside is acknowledged before the end of the block.
        """

    def verify(self) -> None:
        """Recompute every hash from the bytes and raise `StoreError` naming the first book that does not hold."""

    def close(self) -> None:
        """Give up the store; a closed store refuses everything."""
