"""The archive of a consultation (`consultation.tinkuy`): what it holds and where.

Guarantees that whoever has the file has all that the verdict stands on, and that a file that is missing, superfluous
or altered does not go unnoticed: the manifest names how many files there are and the digest of their listing, as
`sha256sum` would print it, sorted by name.

    manifest.json
    federation/checkpoint, federation/tile/…            the federation's book, as C2SP tlog-tiles
    units/<book id>                                     the bases' books, or their sheets alone, bound in volumes
    forks/<book id>/1|2/checkpoint, …/tile/entries/…    both branches of a book that forked (hash tiles follow from
                                                        the entries and are left out)
    attachments/<sha256>                                statutes and other large things, each once

Source: federation.md, "Archive and audit"; book.md, "Forms in which a book travels".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import book_id, canonical, parse, read_canonical
from tinkuy.book.errors import BookError
from tinkuy.federation import volumes
from tinkuy.federation.volumes import BookCopy, Held, Proven
from tinkuy.statutes.errors import shown
from tinkuy.words import say

__all__ = ["BookCopy", "Held", "Proven"]

FORMAT = "tinkuy-consultation/2"
MANIFEST = "manifest.json"
UNITS = "units/"
MAX_UNIT_ACTS = 100_000
MAX_FEDERATION_ACTS = 10_000_000
MAX_ATTACHMENT = 64 * 1024 * 1024


class Reader(Protocol):
    """Files by name: a `.tinkuy` package, a folder, or a store."""

    def names(self) -> Iterable[str]:
        """Every file's name."""

    def read(self, name: str) -> bytes:
        """A file's bytes; raises `BookError` naming it when it is missing or damaged."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head of an archive. `contents` is the SHA-256 of the listing of all other files."""

    format: str
    federation: str
    consultation: str
    size: int
    root: str
    files: int
    contents: str


def members(
    consultation: str,
    federation: BookCopy,
    units: Iterable[tuple[str, Held]],
    forks: Mapping[str, tuple[BookCopy, BookCopy]],
    attachments: Mapping[str, bytes],
) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive in the order in which it is written; the manifest comes last.

    `units` are by book id, ascending. Same input, same bytes.
    """
    listing: dict[str, str] = {}

    def listed(name: str, data: bytes) -> tuple[str, bytes]:
        listing[name] = sha256(data).hexdigest()
        return name, data

    for name, data in tiles.write(federation.bodies, parse_checkpoint(federation.note)):
        yield listed(f"federation/{name}", data)
    for name, data in volumes.bind(units):
        yield listed(UNITS + name, data)
    for book in sorted(forks):
        for branch, copy in enumerate(forks[book], 1):
            for name, data in entries_only(copy):
                yield listed(f"forks/{book}/{branch}/{name}", data)
    for digest in sorted(attachments):
        yield listed(f"attachments/{digest}", attachments[digest])
    checkpoint = parse_checkpoint(federation.note)
    manifest = Manifest(
        format=FORMAT,
        federation=book_id(federation.bodies[0]),
        consultation=consultation,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        files=len(listing),
        contents=contents(listing.items()),
    )
    yield MANIFEST, canonical(msgspec.to_builtins(manifest))


def named(copy: BookCopy) -> Iterator[str]:
    """The statutes that a book's acts name, by SHA-256 in hex."""
    for body in copy.bodies:
        if b'"statutes":"' in body:
            yield str(parse(body).get("statutes", ""))


def contents(listing: Iterable[tuple[str, str]]) -> str:
    """The digest of a listing of (name, SHA-256 in hex): of the lines that `sha256sum` prints, sorted by name."""
    return sha256("".join(f"{digest}  {name}\n" for name, digest in sorted(listing)).encode()).hexdigest()


def read_manifest(data: bytes) -> Manifest:
    """The manifest; raises `BookError` when the file is not one, or is of another format."""
    try:
        fields: dict[str, Any] = read_canonical(data)
        manifest = msgspec.convert(fields, Manifest)
    except msgspec.ValidationError as error:
        fault = shown(str(error), 200)
        raise BookError(say("manifest.json is not the head of a consultation: {fault}", fault=fault)) from None
    except BookError as error:
        raise BookError(say("{place}: {fault}", place=MANIFEST, fault=error.said)) from None
    if manifest.format != FORMAT:
        found = shown(manifest.format)
        raise BookError(say("the archive's format is {found}; this program reads {known}", found=found, known=FORMAT))
    return manifest


def read_book(read: Callable[[str], bytes], prefix: str, most: int = MAX_UNIT_ACTS) -> BookCopy:
    """The book under a prefix such as `units/<book id>/`; raises `BookError` when a file is missing or malformed."""
    note = read(prefix + "checkpoint")
    try:
        size = parse_checkpoint(note).size
    except BookError as error:
        raise BookError(say("{place}checkpoint: {fault}", place=prefix, fault=error.said)) from None
    if size > most:
        raise BookError(
            say(
                "{place}: the checkpoint seals {size} acts; at most {most} are read", place=prefix, size=size, most=most
            )
        )
    try:
        bodies = tuple(tiles.entries(lambda name: read(prefix + name), size))
    except BookError as error:
        if prefix in str(error):
            raise
        raise BookError(say("{place}: {fault}", place=prefix, fault=error.said)) from None
    return BookCopy(bodies, note)


def entries_only(copy: BookCopy) -> Iterator[tuple[str, bytes]]:
    """The files of a whole book without its hash tiles, which follow from the entries."""
    return ((name, data) for name, data in tiles.write(copy.bodies, parse_checkpoint(copy.note)) if _needed(name))


def hash_tiles(leaves: Iterable[bytes]) -> dict[str, str]:
    """The hash tiles over a book's leaf hashes: path and SHA-256 in hex of each."""
    return {name: sha256(data).hexdigest() for name, data in tiles.hash_tiles(leaves)}


def _needed(name: str) -> bool:
    return name == "checkpoint" or name.startswith("tile/entries/")
