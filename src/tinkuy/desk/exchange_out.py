"""Books put on a shelf: on a memory stick, into the folder that is shared, or into a file (salida de libros).

Guarantees that a reader of the shelf, at any moment and after any interruption, finds every book whole under its
checkpoint: tiles and attachments come first, the checkpoint last, and each file appears whole. Repeating the same
brings to an end what was interrupted. What stands on the shelf and is newer is never replaced by something older; what
contradicts the book held here is left as it is, and ours is put beside it under `forks/`.

Source: C2SP tlog-tiles; book.md, "Forms in which a book travels".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal

from tinkuy.assembly.founding import Body
from tinkuy.book import tiles
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.book.note import MAX_NOTE
from tinkuy.book.package import write as write_package
from tinkuy.desk.desk import joined
from tinkuy.desk.exchange import MAX_BUNDLE, Exchange, Offered, bounded, is_whole, put_branch
from tinkuy.desk.exchange_places import BOOKS, DIGEST, LISTING, MAX_EVIDENCE, ExchangeError, Shelf, listed
from tinkuy.desk.files import ATTACHMENTS, appearing, write_book
from tinkuy.federation.archive import BookCopy
from tinkuy.words import say

Outcome = Literal["written", "there", "newer", "apart"]
Relation = Literal["nowhere", "before", "level", "after", "apart"]


class Outward:
    """The books of an exchange on their way to one shelf."""

    def __init__(self, exchange: Exchange, shelf: Shelf) -> None:
        self.exchange, self.shelf = exchange, shelf

    def put(self, book: str) -> Outcome:
        """Put a book on the shelf, and the second histories of it that are kept here.

        "written": the shelf has ours now; "there": it had it; "newer": it has a later copy; "apart": it has another
        history, and ours was put beside it. Raises `ExchangeError` where the book was never sealed.
        """
        offered = self.exchange.offered(book)
        if offered is None:
            raise _unsealed(book)
        outcome = self._put(book, offered)
        for path in self.exchange.branches(book):
            if not is_whole(self.shelf, path):
                self.shelf.write(path, self.exchange.shelf.read(path, MAX_EVIDENCE) or b"")
        self.shelf.settle()
        return outcome

    def list_books(self) -> None:
        """Write the list of the shelf's books, for readers that see no folders."""
        lines = "".join(f"{book} {size}\n" for book, size in listed(self.shelf)).encode("ascii")
        if not self._has(BOOKS, lines):
            self.shelf.write(BOOKS, lines)
            self.shelf.settle()

    def _put(self, book: str, offered: Offered) -> Outcome:
        copy, standing = offered.copy, self._standing(book)
        stands = "nowhere" if standing is None else self._relation(book, standing, copy)
        attachments = self.exchange.named(copy)
        if stands == "apart":
            put_branch(self.shelf, copy, attachments, copy.note)
            return "apart"
        if stands == "after" or (stands == "before" and offered.seal.lacking):
            return "newer"  # or sealed, perhaps, where ours is not yet
        if standing is not None and stands == "level":
            keys = offered.state.room(Body).keys(standing.size)
            copy = BookCopy(copy.bodies, bounded(joined(standing.note, copy.note, keys), keys))
        return self._write(book, copy, attachments)

    def _standing(self, book: str) -> Checkpoint | None:
        """The checkpoint on the shelf; None where there is none, or something else in its place."""
        try:
            note = self.shelf.read(f"{book}/{tiles.CHECKPOINT}", MAX_NOTE)
            found = None if note is None else parse_checkpoint(note)
        except (BookError, ExchangeError):
            return None
        return found if found is not None and found.book_id == book else None

    def _relation(self, book: str, standing: Checkpoint, copy: BookCopy) -> Relation:
        """How what stands there lies to ours.

        A copy that says it is longer is left even when it cannot be read: whoever holds it whole can mend it.
        """
        ours, size = len(copy.bodies), standing.size
        if size <= ours and _root(copy.bodies[:size]) == standing.root:
            return "level" if size == ours else "before"
        try:
            found = tiles.entries(lambda path: self.shelf.read(f"{book}/{path}", MAX_BUNDLE), size)
            theirs = tuple(islice(found, ours))
        except (BookError, ExchangeError):
            return "after" if size > ours else "nowhere"
        if size > ours:
            return "after" if theirs == copy.bodies else "apart"
        return "apart" if _root(theirs) == standing.root else "nowhere"

    def _write(self, book: str, copy: BookCopy, attachments: Mapping[str, bytes]) -> Outcome:
        """Put down what is not there or is damaged, the checkpoint last."""
        changed = False
        for path, data in self._files(copy, attachments):
            if path == tiles.CHECKPOINT:
                self._list_attachments(book, attachments)
                self.shelf.settle()
            if not self._has(f"{book}/{path}", data):
                self.shelf.write(f"{book}/{path}", data)
                changed = True
        self.shelf.settle()
        return "written" if changed else "there"

    def _files(self, copy: BookCopy, attachments: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        for digest in sorted(attachments):
            yield ATTACHMENTS + digest, attachments[digest]
        yield from tiles.write(copy.bodies, parse_checkpoint(copy.note))

    def _list_attachments(self, book: str, attachments: Iterable[str]) -> None:
        there = self.shelf.names(f"{book}/{ATTACHMENTS}".rstrip("/"))
        names = sorted({*attachments, *(name for name in there if DIGEST.fullmatch(name))})
        lines = "".join(f"{name}\n" for name in names).encode("ascii")
        if not self._has(f"{book}/{LISTING}", lines):
            self.shelf.write(f"{book}/{LISTING}", lines)

    def _has(self, path: str, data: bytes) -> bool:
        try:
            return self.shelf.read(path, len(data)) == data
        except ExchangeError:
            return False  # larger, or no plain file: it is replaced


def write_file(path: Path, exchange: Exchange, books: Iterable[str]) -> int:
    """Write books as one `.tinkuy` file: a single one at its top, several under their ids; the number of acts in it.

    Raises `ExchangeError` naming a book that was never sealed; then no file is written.
    """
    copies = {}
    for book in books:
        offered = exchange.offered(book)
        if offered is None:
            raise _unsealed(book)
        copies[book] = offered.copy
    if len(copies) == 1:
        (copy,) = copies.values()
        write_book(path, copy, exchange.named(copy))
    else:
        with appearing(path) as file:
            write_package(file, _members(exchange, copies))
    return sum(len(copy.bodies) for copy in copies.values())


def _members(exchange: Exchange, copies: Mapping[str, BookCopy]) -> Iterator[tuple[str, bytes]]:
    for book, copy in sorted(copies.items()):
        for name, data in tiles.write(copy.bodies, parse_checkpoint(copy.note)):
            yield f"{book}/{name}", data
        for digest, data in sorted(exchange.named(copy).items()):
            yield f"{book}/{ATTACHMENTS}{digest}", data


def _unsealed(book: str) -> ExchangeError:
    return ExchangeError(say("the book {book} has no checkpoint yet: seal it first", book=book))


def _root(bodies: Iterable[bytes]) -> bytes:
    return root([leaf_hash(body) for body in bodies])
