"""Volumes: the books of many bases bound into one file of an archive (tomos).

Guarantees that what is held of a base is found in exactly one place: volumes are named by the id of their first book,
books stand in the order of their ids, and no id stands twice. Ninety thousand books as files of their own would cost a
zip more in names than in acts, and an observer more in opening files than in reading them.

A volume is a sequence of records, nothing before, between or after them:

    id of the book      32 characters
    what is held        "B" its whole book, "S" its sheet alone
    length              4 bytes, big-endian, of what follows
    length, checkpoint  2 bytes, big-endian, and the signed note; of a sheet, its C2SP tlog-proof
    length, entry …     2 bytes, big-endian, and the entry, as in a bundle of C2SP tlog-tiles; of a sheet, one

>>> from tinkuy.federation.archive import BookCopy
>>> ((name, data),) = bind([("0" * 32, BookCopy((b"{}",), b"note"))])
>>> name, read(name, data)["0" * 32].bodies
('00000000000000000000000000000000', (b'{}',))
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from tinkuy.book.entry import MAX_ENTRY
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

MOST = 256  # books
LARGE = 4 * 2**20  # bytes; a volume that has passed them takes no further book
_HEAD = struct.Struct(">32scI")
_BOOK, _SHEET = b"B", b"S"


class BookCopy(msgspec.Struct, frozen=True, gc=False):
    """A whole book as it travels: its entries and a checkpoint note."""

    bodies: tuple[bytes, ...]
    note: bytes


class Proven(msgspec.Struct, frozen=True, gc=False):
    """One entry with its tlog-proof, in place of the whole book."""

    body: bytes
    proof: bytes


Held = BookCopy | Proven


def bind(held: Iterable[tuple[str, Held]]) -> Iterator[tuple[str, bytes]]:
    """Volumes, name and content, of what is held of each base by its book's id, in ascending order of ids.

    Raises `BookError` for a note or a proof that is longer than a volume takes.
    """
    name, records, size = "", list[bytes](), 0
    for book, one in held:
        if records and (len(records) == MOST or size >= LARGE):
            yield name, b"".join(records)
            records, size = [], 0
        if not records:
            name = book
        records.append(_record(book, one))
        size += len(records[-1])
    if records:
        yield name, b"".join(records)


def where(volumes: Sequence[str], book: str) -> str:
    """The volume, of these names in ascending order, in which a book stands if it is held at all; "" before them."""
    place = bisect_right(volumes, book)
    return volumes[place - 1] if place else ""


def read(name: str, data: bytes) -> dict[str, Held]:
    """What a volume holds, by book. Nothing in it is verified.

    Raises `BookError` naming the volume when it is not one from its first byte to its last.
    """
    found: dict[str, Held] = {}
    place, before = 0, ""
    while place < len(data):
        if place + _HEAD.size > len(data):
            raise _malformed(name, say("it is cut off"))
        raw, kind, length = _HEAD.unpack_from(data, place)
        book, place = raw.decode("latin-1"), place + _HEAD.size
        pieces = _pieces(data, place, place + length)
        place += length
        if len(pieces) < 2 or kind not in (_BOOK, _SHEET) or (kind == _SHEET and len(pieces) != 2):
            raise _malformed(name, say("the record of book {book} is damaged", book=ascii(book)[1:-1]))
        if book <= before or (not found and book != name):
            raise _malformed(name, say("book {book} is not in its place", book=ascii(book)[1:-1]))
        before = book
        found[book] = BookCopy(tuple(pieces[1:]), pieces[0]) if kind == _BOOK else Proven(pieces[1], pieces[0])
    return found


def _pieces(data: bytes, place: int, end: int) -> list[bytes]:
    """The pieces of a record, each after its length; none when they do not fill it exactly."""
    pieces: list[bytes] = []
    if end > len(data):
        return pieces
    while place + 2 <= end:
        start = place + 2
        place = start + (data[place] << 8 | data[place + 1])
        pieces.append(data[start:place])
    return pieces if place == end else []


def _record(book: str, held: Held) -> bytes:
    kind, first, entries = (
        (_BOOK, held.note, held.bodies) if isinstance(held, BookCopy) else (_SHEET, held.proof, (held.body,))
    )
    if len(first) > MAX_ENTRY:
        raise BookError(
            say(
                "The checkpoint of book {book} has {size} bytes, and {limit} are allowed.",
                book=book,
                size=len(first),
                limit=MAX_ENTRY,
            )
        )
    content = b"".join(len(piece).to_bytes(2, "big") + piece for piece in (first, *entries))
    return _HEAD.pack(book.encode("ascii"), kind, len(content)) + content


def _malformed(name: str, why: Said) -> BookError:
    return BookError(say("the volume {name} cannot be read: {why}", name=name, why=why))
