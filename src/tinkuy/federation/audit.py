"""The audit of a consultation: everything recomputed from the files, by anybody, alone (auditoría).

Guarantees that the report stands on nothing but the files: every signature, inclusion and act, each check, the roll-
up and the verdict are made anew; and that what the federation recorded is compared with it. A *breach* is something
that should not be possible in an honest archive: the archive is not sound. A sheet that is held is no breach: it is
shown, and it counts for nothing until people resolve it.

The parts run in order: `open_archive`, then `hear` for any groups of units on any processes, then `conclude`. Source:
federation.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import book_id, leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.federation import archive, reading, volumes
from tinkuy.federation.acts import Assembly, Attachments, replay
from tinkuy.federation.archive import UNITS, BookCopy, Manifest, Proven, Reader
from tinkuy.federation.consultation import Consultation, Consultations, Unit
from tinkuy.federation.hearing import Asked, Heard
from tinkuy.federation.named import BoardsNamed
from tinkuy.federation.outcome import Finding
from tinkuy.federation.reading import Reading
from tinkuy.federation.unit import compare
from tinkuy.statutes.errors import shown
from tinkuy.words import Said, say

SUPERFLUOUS = say("this file is no part of the consultation")
_VOLUME = re.compile(re.escape(UNITS) + "[0-9a-hjkmnp-tv-z]{32}")
SMALL = 64 * 1024  # statutes are smaller; larger attachments are hashed and let go


@dataclass(slots=True)
class Opened:
    """A federation's book, replayed: the measure for every unit, and what was found so far."""

    copy: BookCopy
    federation: Assembly
    consultation: Consultation
    attachments: Attachments
    sealed: seal.Seal
    fingerprint: str = ""  # of the archive's manifest; none when the books come from a store
    findings: list[Finding] = field(default_factory=list)
    forks: frozenset[str] = frozenset()  # books whose fork is proven by evidence at hand
    volumes: tuple[str, ...] = ()  # of the archive, in ascending order
    signed: int = 0  # valid signatures of officers on the federation's book and on forks

    def breach(self, place: str, said: Said) -> None:
        """Note something that no honest archive holds."""
        self.findings.append(Finding("breach", place, said))


@dataclass(slots=True)
class Shelf:
    """An archive's files as they are read: the manifest, name and SHA-256 of each file so far, and the attachments."""

    manifest: Manifest
    listing: list[tuple[str, str]]
    attachments: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class VolumeRead:
    """What a volume holds, read, by book; or why it cannot be read. And the listing of the file."""

    books: Mapping[str, Reading | Proven]
    fault: Said | None
    listing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a group of units came to: the outcomes, and the listing of the files that were read for them."""

    heard: tuple[Heard, ...]
    listing: tuple[tuple[str, str], ...]


def open_archive(reader: Reader) -> tuple[Opened, Shelf]:
    """Read the manifest, the federation's book, the attachments and the evidence of forks.

    Raises `BookError` when the files are not an archive at all: no manifest, or no federation's book that can be read.
    """
    names = frozenset(reader.names())
    if archive.MANIFEST not in names:
        raise BookError(say("there is no {name}: this is not the archive of a consultation", name=archive.MANIFEST))
    head = reader.read(archive.MANIFEST)
    manifest = archive.read_manifest(head)
    listing = _Listing(reader)
    copy = archive.read_book(listing.read, "federation/", archive.MAX_FEDERATION_ACTS)
    attachments, misnamed = _attachments(listing, names)
    opened = open_book(copy, manifest.consultation, attachments)
    opened.fingerprint = sha256(head).hexdigest()
    opened.volumes = volumes_among(names)
    _against_manifest(opened, manifest)
    for digest in misnamed:
        opened.breach(f"attachments/{digest}", say("the attachment holds other bytes than its name says"))
    _read_rest(opened, listing, names)
    return opened, Shelf(manifest, listing.listed, attachments)


def volumes_among(names: Iterable[str]) -> tuple[str, ...]:
    """The volumes among an archive's files, in ascending order."""
    return tuple(sorted(name.removeprefix(UNITS) for name in names if _VOLUME.fullmatch(name)))


def open_book(copy: BookCopy, consultation: str, attachments: Attachments) -> Opened:
    """Replay a federation's book and judge its seal.

    Raises `BookError` when it cannot be read or holds no such consultation.
    """
    federation = replay(copy.bodies, attachments)
    found = federation.room(Consultations).by_id.get(consultation)
    if found is None:
        raise BookError(_no_consultation(federation, consultation))
    sealed = seal.judge(parse_checkpoint(copy.note), federation.leaves, federation)
    opened = Opened(copy, federation, found, attachments, sealed, signed=len(sealed.signed))
    place = "federation book"
    for fault in sealed.faults:
        opened.breach(place, fault)
    if sealed.lacking:
        opened.breach(place, say("the book is provisional: {roles} did not sign", roles=sealed.lacking))
    for breach in federation.breaches:
        said = say("act {act} ({kind}) was not allowed: {why}", act=str(breach.n), kind=breach.kind, why=breach.said)
        opened.breach(f"{place}, act {breach.n}", said)
    return opened


def _no_consultation(federation: Assembly, consultation: str) -> Said:
    absent = say("the federation's book holds no consultation {name}", name=shown(consultation))
    if not federation.breaches:
        return absent
    first = federation.breaches[0]
    why = say("act {act} ({kind}) was not allowed: {why}", act=str(first.n), kind=first.kind, why=first.said)
    return say("{absent}; {why}", absent=absent, why=why)


def asks(opened: Opened) -> list[Asked]:
    """The measure for every unit of the consultation, by code."""
    return [
        asked(opened.federation, opened.consultation, unit, volumes.where(opened.volumes, unit.affiliate.book))
        for _, unit in sorted(opened.consultation.units.items())
    ]


def asked(federation: Assembly, consultation: Consultation, unit: Unit, volume: str = "") -> Asked:
    """The measure for one unit; `volume` is where an archive would hold the base."""
    book = unit.affiliate.book
    return Asked(
        consultation=consultation.id,
        question=consultation.question,
        options=consultation.options,
        opens=consultation.opens,
        closes=consultation.closes,
        seal=federation.room(Body).statutes.officers.seal,
        base=unit.affiliate,
        eligible=unit.eligible,
        roll=unit.roll,
        receipt=unit.receipt,
        state=unit.state,
        delegate=unit.delegate,
        over=consultation.state not in ("drafted", "opened"),
        named=federation.room(BoardsNamed).of(unit.affiliate),
        again=federation.room(Consultations).comes_again(unit),
        forked=book in federation.room(Consultations).forked,
        volume=volume,
    )


def read_volume(reader: Reader, volume: str, attachments: Attachments) -> VolumeRead:
    """Read the books of a volume, whatever the federation wrote down of them; "" is where nothing is held."""
    listing = _Listing(reader)
    books: dict[str, Reading | Proven] = {}
    fault = None
    try:
        if volume:
            books = reading.read(volumes.read(volume, listing.read(UNITS + volume)), attachments)
    except BookError as error:
        fault = error.said
    return VolumeRead(books, fault, tuple(listing.listed))


def hear(
    reader: Reader, group: Sequence[Asked], attachments: Attachments, ahead: Mapping[str, VolumeRead] | None = None
) -> Hearing:
    """Judge a group of units; no order among groups is asked for, and none of one volume may be in two groups.

    `ahead` has volumes that were read before they were asked for.
    """
    listing: list[tuple[str, str]] = []
    heard: list[Heard] = []
    for volume, asks_ in groupby(sorted(group, key=_shelved), key=lambda ask: ask.volume):
        held = (ahead or {}).get(volume) or read_volume(reader, volume, attachments)
        heard += _hear_volume(volume, held, list(asks_))
        listing += held.listing
    return Hearing(tuple(heard), tuple(listing))


def _hear_volume(volume: str, held: VolumeRead, group: Sequence[Asked]) -> list[Heard]:
    if held.fault is not None:
        return [_unheard(ask, held.fault) for ask in group]
    heard = [compare(ask, held.books.get(ask.base.book)) for ask in group]
    for book in sorted(held.books.keys() - {ask.base.book for ask in group}):
        said = say("the book {book} is no part of the consultation", book=book)
        heard[0].breaches.append(Finding("breach", UNITS + volume, said))
    return heard


def _unheard(ask: Asked, fault: Said) -> Heard:
    said = say("the copy cannot be read: {fault}", fault=fault)
    return Heard(code=ask.base.code, breaches=[Finding("breach", f"unit {ask.base.code}", said, unit=ask.base.code)])


def groups(units: Sequence[Asked], count: int) -> list[list[Asked]]:
    """The units in at most `count` groups of about the same size, all units of one volume in one group."""
    size = -(-len(units) // max(1, count))
    parts: list[list[Asked]] = []
    for ask in sorted(units, key=_shelved):
        if not parts or (len(parts[-1]) >= size and parts[-1][-1].volume != ask.volume):
            parts.append([])
        parts[-1].append(ask)
    return parts


def _shelved(ask: Asked) -> tuple[str, str, str]:
    return (ask.volume, ask.base.book, ask.base.code)


class _Listing:
    """Reads files and notes name and SHA-256 of each, once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._names: set[str] = set()
        self.listed: list[tuple[str, str]] = []

    def names(self) -> frozenset[str]:
        """The files read so far."""
        return frozenset(self._names)

    def read(self, name: str) -> bytes:
        data = self._reader.read(name)
        if name not in self._names:
            self._names.add(name)
            self.listed.append((name, sha256(data).hexdigest()))
        return data


def _attachments(listing: _Listing, names: frozenset[str]) -> tuple[dict[str, bytes], list[str]]:
    kept: dict[str, bytes] = {}
    wrong = []
    for name in sorted(names):
        if name.startswith("attachments/"):
            digest, data = name.removeprefix("attachments/"), listing.read(name)
            if sha256(data).hexdigest() != digest:
                wrong.append(digest)
            elif len(data) <= SMALL:
                kept[digest] = data
    return kept, wrong


def _against_manifest(opened: Opened, manifest: Manifest) -> None:
    place, sealed = "federation book", opened.sealed
    if book_id(opened.copy.bodies[0]) != manifest.federation:
        opened.breach(place, say("the book is not the one that the manifest names"))
    if (sealed.size, sealed.root.hex()) != (manifest.size, manifest.root):
        opened.breach(
            place,
            say(
                "the checkpoint seals {size} acts, the manifest names one of {named}: one is older",
                size=sealed.size,
                named=manifest.size,
            ),
        )


def _read_rest(opened: Opened, listing: _Listing, names: frozenset[str]) -> None:
    """Hash tiles, forks and files that belong to nobody; units are left to `hear`."""
    books = {unit.affiliate.book for unit in opened.consultation.units.values()}
    bound = {UNITS + volume for volume in opened.volumes}
    forks: dict[str, set[str]] = {}
    used, expected = listing.names(), archive.hash_tiles(opened.federation.leaves)
    for name in sorted(names - {archive.MANIFEST}):
        top, _, rest = name.partition("/")
        book = rest.partition("/")[0]
        if name in bound:
            continue
        data = listing.read(name)
        if top == "federation" and name not in used:
            _of_the_book(opened, name, data, expected)
        elif top == "forks" and book and name != f"{top}/{book}":
            forks.setdefault(book, set()).add(name)
        elif top not in ("federation", "attachments"):
            opened.breach(name, SUPERFLUOUS)
    opened.forks = frozenset(book for book in sorted(forks) if _proves_fork(opened, listing, book, forks[book]))
    recorded = opened.federation.room(Consultations).forked
    for book in sorted(books & set(recorded) - set(forks)):
        opened.breach(
            f"forks/{book}", say("the federation recorded a fork of this book and the archive holds no evidence of it")
        )
    for book in sorted(opened.forks - set(recorded)):
        opened.breach(f"forks/{book}", say("the archive proves a fork that the federation has not recorded"))


def _of_the_book(opened: Opened, name: str, data: bytes, expected: Mapping[str, str]) -> None:
    """Note a file under `federation/` that is not one of the hash tiles that the entries make."""
    digest = expected.get(name.removeprefix("federation/"))
    if digest is None:
        opened.breach(name, SUPERFLUOUS)
    elif digest != sha256(data).hexdigest():
        opened.breach(name, say("its hashes are not those of the entries"))


def _proves_fork(opened: Opened, listing: _Listing, book: str, files: set[str]) -> bool:
    """Whether both branches are sealed copies of this book and disagree."""
    place = f"forks/{book}"
    sides = []
    reader = _Listing(listing)
    try:
        copies = [(branch, archive.read_book(reader.read, f"{place}/{branch}/")) for branch in ("1", "2")]
        for name in sorted(files - reader.names()):
            opened.breach(name, SUPERFLUOUS)
        for branch, copy in copies:
            assembly = replay(copy.bodies, opened.attachments)
            sealed = seal.inspect(copy.bodies, copy.note, assembly)
            if assembly.id != book or not sealed.whole:
                opened.breach(
                    place, say("branch {branch} is not a sealed copy of this book, so it proves nothing", branch=branch)
                )
                return False
            opened.signed += len(sealed.signed)
            sides.append([leaf_hash(body) for body in copy.bodies])
    except BookError as error:
        opened.breach(place, say("the evidence cannot be read: {fault}", fault=error.said))
        return False
    common = min(len(sides[0]), len(sides[1]))
    if root(sides[0][:common]) == root(sides[1][:common]):
        opened.breach(place, say("the two branches agree: one continues the other, and there is no fork"))
        return False
    return True


def unlisted(shelf: Shelf, names: Iterable[str], hearings: Sequence[Hearing]) -> list[Finding]:
    """Files that belong to nobody, and files that are not those which the manifest lists."""
    listing = [*shelf.listing, *(line for hearing in hearings for line in hearing.listing)]
    read = {name for name, _ in listing} | {archive.MANIFEST}
    extra = [name for name in sorted(names) if name not in read]
    found = [Finding("breach", name, SUPERFLUOUS) for name in extra]
    if not extra and (len(listing), archive.contents(listing)) != (shelf.manifest.files, shelf.manifest.contents):
        said = say(
            "the files are not those that the manifest lists: {found} here, {listed} there, or other bytes",
            found=len(listing),
            listed=shelf.manifest.files,
        )
        found.append(Finding("breach", archive.MANIFEST, said))
    return found
