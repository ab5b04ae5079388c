"""What every store asks of the bytes that it is given and of the rows that it finds, whichever database keeps them.

Guarantees that entries stand in one book without gaps, that every checkpoint kept is one of its own entries, and that
an attachment is what its name says. No database, no file: rows in, a `StoreError` out where something does not hold.

Source: RFC 6962 §2.1 for leaves and roots; book.md, "Entry" and "Checkpoint".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import crockford, entry, merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.store.port import StoreError
from tinkuy.words import Said, say

MAX_ATTACHMENT = 64 * 2**20  # bytes, as much as a package's reader takes
MAX_NAME = 200  # characters of an append's name

# (book, n, leaf, body) and (book, size, root, note); body and note are None where only the hashes are checked.
EntryRow = tuple[str, int, bytes, bytes | None]
CheckpointRow = tuple[str, int, bytes, bytes | None]

_BOOK_ID = re.compile("[0-9a-hjkmnp-tv-z]{32}")


def leaves(book: str, first_n: int, bodies: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of entries that may stand in `book` from `first_n` on; raises `StoreError` otherwise."""
    if not _BOOK_ID.fullmatch(book):
        raise StoreError(say("{book} is not the id of a book.", book=ascii(book[:40])))
    for place, body in enumerate(bodies, first_n):
        try:
            n = entry.parse(body)["n"]
        except BookError as error:
            raise wrong(book, say("entry {n} is malformed: {why}", n=place, why=error.said)) from error
        if n != place:
            raise wrong(book, say("entry {n} says that it is number {other}", n=place, other=n))
    if bodies and first_n == 0 and entry.book_id(bodies[0]) != book:
        raise wrong(book, say("its first entry founds book {other}", other=entry.book_id(bodies[0])))
    return [entry.leaf_hash(body) for body in bodies]


def append_name(name: str) -> None:
    """Raise `StoreError` unless `name` can be kept as the name of an append, by any database."""
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise StoreError(say("An append has a name of 1 to {limit} printable characters.", limit=MAX_NAME))


def checkpoint_of(book: str, note: bytes) -> Checkpoint:
    """The checkpoint in a note, if it speaks of `book`; raises `StoreError` otherwise."""
    try:
        read = checkpoints.parse(note)
    except BookError as error:
        raise StoreError(error.said) from error
    if read.book_id != book:
        raise wrong(book, say("the checkpoint is of book {other}", other=read.book_id))
    return read


def attachment_name(data: bytes) -> str:
    """The name of an attachment, SHA-256 in hex; raises `StoreError` if it is too large to keep."""
    if len(data) > MAX_ATTACHMENT:
        raise StoreError(
            say("The attachment has {size} bytes, and {limit} are allowed.", size=len(data), limit=MAX_ATTACHMENT)
        )
    return sha256(data).hexdigest()


def roots(kept: Iterable[CheckpointRow]) -> dict[str, dict[int, bytes]]:
    """The root of each size of each book; raises `StoreError` if a note given does not say what its row says."""
    found: dict[str, dict[int, bytes]] = {}
    for book, size, root, note in kept:
        if note is not None and not _says(note, book, size, root):
            raise wrong(book, say("its checkpoint of {size} entries was altered in the store", size=size))
        found.setdefault(book, {})[size] = root
    return found


def books(entries: Iterable[EntryRow], kept: dict[str, dict[int, bytes]]) -> None:
    """Raise `StoreError` unless every book is whole and grows through the roots of `kept`, which are used up.

    `entries` come by book, then by number.
    """
    for book, rows in groupby(entries, key=itemgetter(0)):
        _book(book, rows, kept.pop(book, {}))
    for book in kept:
        raise wrong(book, say("it has a checkpoint and no entries"))


def attachments(rows: Iterable[tuple[str, bytes]]) -> None:
    """Raise `StoreError` unless every attachment, given as (name, bytes), is the one that its name says."""
    for name, body in rows:
        if sha256(body).hexdigest() != name:
            raise StoreError(say("The attachment {name} was altered in the store.", name=name))


def wrong(book: str, why: Said) -> StoreError:
    """The error that names a book and what does not hold in it."""
    return StoreError(say("Book {book}: {why}.", book=book, why=why))


def _says(note: bytes, book: str, size: int, root: bytes) -> bool:
    try:
        read = checkpoints.parse(note)
    except BookError:
        return False
    return (read.book_id, read.size, read.root) == (book, size, root)


def _book(book: str, rows: Iterable[EntryRow], roots: dict[int, bytes]) -> None:
    tree = merkle.Frontier()
    for _, n, leaf, body in rows:
        if n != tree.size:
            raise wrong(book, say("entry {n} is missing", n=tree.size))
        if body is not None and entry.leaf_hash(body) != leaf:
            raise wrong(book, say("entry {n} was altered in the store", n=n))
        if n == 0 and crockford.base32(leaf[:20]) != book:
            raise wrong(book, say("its first entry is not the one that founds it"))
        tree.append(leaf)
        if tree.size in roots and tree.root() != roots.pop(tree.size):
            raise wrong(book, say("its entries are not those of the checkpoint of {size}", size=tree.size))
    for size in roots:
        raise wrong(
            book, say("it has {found} entries, fewer than the {size} of a checkpoint", found=tree.size, size=size)
        )
