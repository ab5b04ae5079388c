"""Another history in the place of the one held: a folder's store is written anew (cambio de historia).

Guarantees that a store stays append-only: nothing is taken out of it. A new one is written with the history that a
base's assembly chose, every other book as it was and whatever their acts name; it takes the old one's name whole or
not at all, and the old one is kept beside it.

Source: book.md, "Store", "Checkpoint".
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tinkuy.book.checkpoint import parse
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import appearing
from tinkuy.federation.archive import BookCopy
from tinkuy.store.opening import open_store, store_of
from tinkuy.store.port import Store
from tinkuy.words import say

_NAMED = re.compile(rb'"([0-9a-f]{64})"')


def move(folder: Path, copy: BookCopy) -> Path:
    """Give the folder a store in which this history stands in the place of the one held; where the old store is now.

    Raises `DeskError` when the store is a database, or another program has it open.
    """
    where = store_of(folder)
    if isinstance(where, str):
        raise DeskError(
            say("the books here are in a database: take in the books of this base from here on in a folder of its own")
        )
    at = parse(copy.note)
    fresh = where.with_name(f".{where.name}.new")
    kept = where.with_name(f"{where.stem}-before-{at.book_id[:8]}-{at.root.hex()[:8]}{where.suffix}")
    _discard(fresh)
    try:
        with closing(open_store(where)) as held, closing(open_store(fresh)) as new:
            _write(held, new, at.book_id, copy)
        if _log(where).exists():
            raise DeskError(say("another program has {file} open: end it first", file=str(where)))
        with appearing(kept, private=True) as file, where.open("rb") as old:
            shutil.copyfileobj(old, file)
        fresh.replace(where)
    finally:
        _discard(fresh)
    return kept


def _write(held: Store, new: Store, changed: str, copy: BookCopy) -> None:
    with new.together():
        for book in held.books():
            bodies: Sequence[bytes] = held.bodies(book)
            notes: Sequence[bytes] = held.checkpoints(book)
            if book == changed:
                bodies, notes = copy.bodies, [copy.note]
            new.append(book, 0, bodies, f"anew {book}")
            for note in notes:
                new.put_checkpoint(book, note)
            for digest in sorted({found.decode() for body in bodies for found in _NAMED.findall(body)}):
                if (data := held.attachment(digest)) is not None:
                    new.put_attachment(data)


def _log(file: Path) -> Path:
    """Where SQLite keeps what it has not written to the file yet; it is gone when the last program has closed it."""
    return file.with_name(f"{file.name}-wal")


def _discard(file: Path) -> None:
    for part in (file, _log(file), file.with_name(f"{file.name}-shm")):
        part.unlink(missing_ok=True)
