"""Files at the desk: they appear whole or not at all (by rename), and a book travels in one of them.

Guarantees that a file is on disk before it has its name; that a book read from a `.tinkuy` file is whole under its
checkpoint; and that what is no book is refused in one sentence with the file's name.

Source: book.md, "Forms in which a book travels": `checkpoint`, `tile/…`, `attachments/<sha256>`; or one sheet alone,
`entry` and `proof`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.errors import BookError
from tinkuy.book.package import Package
from tinkuy.book.package import write as write_package
from tinkuy.book.proof import parse as parse_proof
from tinkuy.federation.archive import MANIFEST, MAX_UNIT_ACTS, BookCopy, Proven
from tinkuy.words import Spoken, say

ATTACHMENTS = "attachments/"
ENTRY, PROOF = "entry", "proof"


class FileRefused(Spoken):
    """A file that is not what it should be; it names the file."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a `.tinkuy` file holds: a book, or a sheet with its proof, and the attachments that came with it."""

    book: str
    held: BookCopy | Proven
    attachments: Mapping[str, bytes] = field(default_factory=dict)


@contextmanager
def appearing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write that takes the name `path` at the end; after an error what was there before is there still.

    A private file can be read by its owner alone.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    mode = 0o600 if private else 0o666
    try:
        with open(part, "w+b", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_book(path: Path, copy: BookCopy, attachments: Mapping[str, bytes]) -> None:
    """Write a book as C2SP tiles in one package, with what its acts name. Same book, same bytes."""

    def members() -> Iterator[tuple[str, bytes]]:
        yield from tiles.write(copy.bodies, parse_checkpoint(copy.note))
        for digest in sorted(attachments):
            yield ATTACHMENTS + digest, attachments[digest]

    with appearing(path) as file:
        write_package(file, members())


def write_proven(path: Path, proven: Proven) -> None:
    """Write one entry with its proof of inclusion as a package, in place of the whole book."""
    with appearing(path) as file:
        write_package(file, [(ENTRY, proven.body), (PROOF, proven.proof)])


def read_handed_in(path: Path) -> HandedIn:
    """The book or the proven sheet in a file. Raises `FileRefused` naming the file and what is wrong with it."""
    try:
        with path.open("rb") as file:
            return _read(Package(file))
    except BookError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.said)) from None
    except OSError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.strerror or str(error))) from None


def _read(package: Package) -> HandedIn:
    if MANIFEST in package:
        raise BookError(say("this is the archive of a consultation, not a book: tinkuy verify reads it"))
    if ENTRY in package and PROOF in package:
        proven = Proven(package.read(ENTRY), package.read(PROOF))
        return HandedIn(parse_proof(proven.proof).checkpoint.book_id, proven)
    note = package.get(tiles.CHECKPOINT)
    if note is None:
        raise BookError(say("there is no checkpoint in it, so it is not a book"))
    size = parse_checkpoint(note).size
    if size > MAX_UNIT_ACTS:
        raise BookError(say("the book has {size} acts; at most {most} are read", size=size, most=MAX_UNIT_ACTS))
    read, bodies = tiles.read_book(package.get)
    attachments = {}
    for name in package.names():
        if name.startswith(ATTACHMENTS):
            digest, data = name.removeprefix(ATTACHMENTS), package.read(name)
            if sha256(data).hexdigest() != digest:
                raise BookError(say("the attachment {digest} holds other bytes than its name says", digest=digest[:12]))
            attachments[digest] = data
    return HandedIn(read.book_id, BookCopy(tuple(bodies), note), attachments)
