"""Places where books lie: a folder (a memory stick), a `.tinkuy` file, or a web server (`exchange_http`).

Guarantees that what is read is bounded and comes from a plain file of the place, never through a link out of it; and
that what is written has its name only when it is whole and on disk.

    <book id>/checkpoint, <book id>/tile/…             a book as C2SP tlog-tiles, with hash tiles
    <book id>/attachments/<sha256>                     what its acts name
    <book id>/attachments.txt                          their names, one a line, for readers that see no folders
    books.txt                                          the books, a line each: id and size
    forks/<book id>/<root>.tinkuy                      second histories of a book: see `exchange.Exchange`

A folder or a file may also be one book by itself, with `checkpoint` at its top.

Source: C2SP tlog-tiles; book.md, "Forms in which a book travels".
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.errors import BookError
from tinkuy.book.note import MAX_NOTE
from tinkuy.book.package import Package
from tinkuy.desk.files import ATTACHMENTS, appearing
from tinkuy.words import Spoken, say

BOOK = re.compile("[0-9a-hjkmnp-tv-z]{32}")  # a book's id
DIGEST = re.compile("[0-9a-f]{64}")
BOOKS, LISTING, FORKS = "books.txt", "attachments.txt", "forks"
MAX_EVIDENCE = 256 * 2**20  # bytes of one file under `forks/`
_NO_DIRECTORY_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES}


class ExchangeError(Spoken):
    """A copy that is not taken in, or a place that cannot be read or written; it says why."""


class Place(Protocol):
    """Files by relative path, with "/" between the parts."""

    def read(self, path: str, most: int) -> bytes | None:
        """A file's bytes, or None where there is none. Raises `Spoken` when it has more than `most` bytes, or when
        whether it is there cannot be told.
        """

    def names(self, folder: str) -> list[str]:
        """The names directly in a folder, ascending; none where there is no such folder."""


class Shelf(Place, Protocol):
    """A place that can be written."""

    def shown(self, path: str) -> str:
        """A path as people find the file."""

    def write(self, path: str, data: bytes) -> None:
        """Put a file under its name, whole or not at all."""

    def settle(self) -> None:
        """Return when everything written so far is on disk under its name, before anything written after."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One copy of a book at a place, its files under `prefix`. `shown` is how people find it there."""

    place: Place
    prefix: str
    shown: str

    def read(self, path: str, most: int) -> bytes | None:
        """A file of the book; see `Place.read`."""
        return self.place.read(self.prefix + path, most)

    def attachments(self) -> list[str]:
        """The digests of the attachments that lie with the book."""
        names = self.place.names(self.prefix + ATTACHMENTS.rstrip("/"))
        return [name for name in names if DIGEST.fullmatch(name)]


class Folder:
    """A folder on disk. It need not be there until something is written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsettled: set[Path] = set()

    def read(self, path: str, most: int) -> bytes | None:
        """See `Place`."""
        opened = self.open(path)
        if opened is None:
            return None
        with opened:
            data = opened.read(most + 1)
        return within(data, most, str(self.root / path))

    def open(self, path: str) -> BinaryIO | None:
        """A file opened for reading, None where there is none. Raises `ExchangeError` for what is no plain file."""
        file = self._within(path)
        try:
            # A pipe would be waited for, and a link would lead out of the place.
            number = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise _linked(file) from None
            raise
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise ExchangeError(say("{file} is no plain file", file=str(file)))
        return open(number, "rb")

    def shown(self, path: str) -> str:
        """See `Shelf`."""
        return str(self.root / path)

    def names(self, folder: str) -> list[str]:
        """See `Place`."""
        try:
            return sorted(os.listdir(self._within(folder)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def write(self, path: str, data: bytes) -> None:
        """See `Shelf`."""
        file = self._within(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        for left in file.parent.glob(f".{file.name}.*.part"):  # by a process that was killed here
            left.unlink(missing_ok=True)
        with appearing(file) as opened:
            opened.write(data)
        self._unsettled.update(one for one in file.parents if one.is_relative_to(self.root))

    def settle(self) -> None:
        """See `Shelf`."""
        for folder in sorted(self._unsettled, reverse=True):
            _settle(folder)
        self._unsettled.clear()

    def _within(self, path: str) -> Path:
        """The file of a path; refused where a folder on the way is a link that leads out of the place."""
        file = self.root / path
        if path and not file.parent.resolve().is_relative_to(self.root.resolve()):
            raise _linked(file.parent)
        return file


class Packed:
    """A `.tinkuy` file opened for reading."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def read(self, path: str, most: int) -> bytes | None:
        """See `Place`."""
        if path not in self._package:
            return None
        if self._package.size(path) > most:
            raise too_large(path, most)
        return self._package.read(path)

    def names(self, folder: str) -> list[str]:
        """See `Place`."""
        start = f"{folder}/" if folder else ""
        inside = (name.removeprefix(start) for name in self._package.names() if name.startswith(start))
        return sorted({name.partition("/")[0] for name in inside})


def offers(place: Place, shown: str) -> Iterator[Offer]:
    """Every copy at a place: its books by id, then the second histories under `forks/`.

    A place with `checkpoint` at its top is that one book. Raises `ExchangeError` where there is no book at all.
    """
    names = place.names("")
    if tiles.CHECKPOINT in names:
        yield Offer(place, "", shown)
        return
    books = [name for name in names if BOOK.fullmatch(name)]
    if not books:
        raise ExchangeError(
            say(
                "{place}: there are no books here: a book is a folder named by its id, or has a checkpoint", place=shown
            )
        )
    for book in books:
        yield Offer(place, f"{book}/", f"{shown.rstrip('/')}/{book}")
    for book in place.names(FORKS):
        if BOOK.fullmatch(book):
            yield from _branches(place, f"{FORKS}/{book}", shown)


def listed(place: Place) -> list[tuple[str, int]]:
    """The books of a place with their sizes as their checkpoints say; what is no book is passed over."""
    found = []
    for book in place.names(""):
        note = place.read(f"{book}/{tiles.CHECKPOINT}", MAX_NOTE) if BOOK.fullmatch(book) else None
        if note is not None:
            try:
                found.append((book, parse_checkpoint(note).size))
            except BookError:
                continue  # it is told where the book is read
    return found


def within(data: bytes, most: int, shown: str) -> bytes:
    """The bytes, where they are no more than `most`; raises `ExchangeError` otherwise."""
    if len(data) > most:
        raise too_large(shown, most)
    return data


def too_large(shown: str, most: int) -> ExchangeError:
    """The error for a file that is larger than such a file can be."""
    return ExchangeError(say("{file} is larger than the {most} bytes that are read", file=shown, most=most))


def _branches(place: Place, folder: str, shown: str) -> Iterator[Offer]:
    for name in place.names(folder):
        data = place.read(f"{folder}/{name}", MAX_EVIDENCE) if name.endswith(".tinkuy") else None
        if data is not None:
            yield Offer(_Lazy(data), "", f"{shown.rstrip('/')}/{folder}/{name}")


class _Lazy:
    """A package in memory that is opened when it is read, so that a damaged one spoils no other book."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, path: str, most: int) -> bytes | None:
        return self._opened().read(path, most)

    def names(self, folder: str) -> list[str]:
        return self._opened().names(folder)

    def _opened(self) -> Packed:
        return Packed(Package(BytesIO(self._data)))


def _settle(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in _NO_DIRECTORY_SYNC:  # some file systems of sticks know no such thing
            raise
    finally:
        os.close(number)


def _linked(file: Path) -> ExchangeError:
    return ExchangeError(say("{file} is a link, and links are not followed here", file=str(file)))
