"""Books put on a shelf: on a memory stick, into the folder that is shared, or into a file (salida de libros).

Guarantees that a reader of the shelf, at any moment and after any interruption, finds every book whole under its
checkpoint: tiles and attachments come first, the checkpoint last, and each file appears whole. Repeating the same
brings to an end what was interrupted. What stands on the shelf and is newer is never replaced by something older; what
contradicts the book held here is left as it is, and ours is put beside it under `forks/`.

Source: C2SP tlog-tiles; book.md, "Forms in which a book travels".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.book import tiles
from tinkuy.book.checkpoint import Checkpoint, signed_by
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.book.note import MAX_NOTE
from tinkuy.book.package import write as write_package
from tinkuy.desk.desk import joined
from tinkuy.desk.exchange import Exchange, bounded, put_branch
from tinkuy.desk.exchange_places import BOOKS, DIGEST, LISTING, MAX_EVIDENCE, ExchangeError, Shelf, listed
from tinkuy.desk.files import ATTACHMENTS, appearing, write_book
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy
from tinkuy.words import say

Outcome = Literal["written", "there", "newer", "apart"]


class Outward:
    """The books of an exchange on their way to one shelf."""

    def __init__(self, exchange: Exchange, shelf: Shelf) -> None:
        self.exchange, self.shelf = exchange, shelf

    def put(self, book: str, *, forked: bool = False) -> Outcome:
        """Put a book on the shelf, and the second histories of it that are kept here.

        `forked` says that what stands there was read and contradicts ours. "written": the shelf has ours now; "there":
        it had it; "newer": it has a later copy; "apart": it has another history, and ours was put beside it. Raises
        `ExchangeError` where the book was never sealed.
        """
        copy = self.exchange.offered(book)
        if copy is None:
            raise ExchangeError(say("the book {book} has no checkpoint yet: seal it first", book=book))
        outcome = self._put(book, copy, forked)
        for path in self.exchange.branches(book):
            if self.shelf.read(path, MAX_EVIDENCE) is None:
                self.shelf.write(path, self.exchange.shelf.read(path, MAX_EVIDENCE) or b"")
        self.shelf.settle()
        return outcome

    def list_books(self) -> None:
        """Write the list of the shelf's books, for readers that see no folders."""
        lines = "".join(f"{book} {size}\n" for book, size in listed(self.shelf)).encode("ascii")
        if self.shelf.read(BOOKS, len(lines) + 1) != lines:
            self.shelf.write(BOOKS, lines)
            self.shelf.settle()

    def _put(self, book: str, copy: BookCopy, forked: bool) -> Outcome:
        state = replay(copy.bodies, self.exchange.desk.attachments)
        standing = self._standing(book, copy, state)
        attachments = self.exchange.named(copy)
        if forked or (standing is not None and not _continued(standing, copy)):
            put_branch(self.shelf, copy, attachments, copy.note)
            return "apart"
        if standing is not None and standing.size > len(copy.bodies):
            return "newer"
        sealed = seal.inspect(copy.bodies, copy.note, state)
        if standing is not None and sealed.lacking and standing.size < len(copy.bodies):
            return "newer"  # what stands there may be sealed, and this is not yet
        return self._write(book, _with_signatures(standing, copy, state), attachments)

    def _standing(self, book: str, copy: BookCopy, state: Assembly) -> Checkpoint | None:
        """The checkpoint on the shelf; None where there is none that anybody stands behind."""
        try:
            note = self.shelf.read(f"{book}/{tiles.CHECKPOINT}", MAX_NOTE)
            found = None if note is None else parse_checkpoint(note)
            if found is None or found.book_id != book:
                return None
            if found.size > len(copy.bodies):
                return found  # who may sign it is not known here; it was judged, or will be, where it is read
            return found if signed_by(found, state.room(Body).keys(found.size)) else None
        except (BookError, ExchangeError):
            return None

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
        copy = exchange.offered(book)
        if copy is None:
            raise ExchangeError(say("the book {book} has no checkpoint yet: seal it first", book=book))
        copies[book] = copy
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


def _continued(standing: Checkpoint, copy: BookCopy) -> bool:
    """Whether ours continues what stands there, as far as ours goes."""
    if standing.size > len(copy.bodies):
        return True
    return root([leaf_hash(body) for body in copy.bodies[: standing.size]]) == standing.root


def _with_signatures(standing: Checkpoint | None, copy: BookCopy, state: Assembly) -> BookCopy:
    """The copy with the signatures that stand on the same checkpoint there."""
    if standing is None or (standing.size, standing.root) != (len(copy.bodies), parse_checkpoint(copy.note).root):
        return copy
    keys = state.room(Body).keys(standing.size)
    return BookCopy(copy.bodies, bounded(joined(standing.note, copy.note, keys), keys))
