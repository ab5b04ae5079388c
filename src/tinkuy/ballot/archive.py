"""`.bel` archives: everything public about an election, in one file that only grows.

Guarantees that an archive is read in one way only: records follow one another in the one form that belenios-tool
writes, each named by the SHA-256 of its bytes; events form one chain from the first; and an event's payload stands
between the event before it and itself. Every other byte is refused, with its event and its place in the file. Writing
is the inverse: the bytes written are those that belenios-tool writes.

Source: Belenios specification 2.0, 4.4; of the tar form ("old style", before POSIX) what belenios-tool 2.0 and 3.0
write: mode 0000644, owner 0000000, no magic, no end blocks, one time for all, that of the header.

>>> head, tip = begin(1795419678)
>>> added, tip = tip.add("EndBallots")
>>> [event.fields.type for event in events(head + added)], tip.height
(['EndBallots'], 1)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from mmap import mmap
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from tinkuy.ballot import encoding
from tinkuy.ballot.errors import BallotError
from tinkuy.words import Said, say

Kind = Literal[
    "Setup", "Ballot", "EndBallots", "EncryptedTally", "Shuffle", "EndShuffles", "PartialDecryption", "Result"
]
Bytes: TypeAlias = bytes | mmap  # an archive may be larger than memory: a mapped file is read where it is needed

BLOCK = 512
MAX_EVENT = 1024
MAX_PENDING = 16  # data between two events: a setup has four

_HEADER, _DATA, _EVENT = "BELENIOS", ".data.json", ".event.json"
_HEX = frozenset("0123456789abcdef")


class CutShort(BallotError):
    """The bytes end before an event is whole: what a power cut leaves of the last thing appended."""


class Header(msgspec.Struct, frozen=True):
    """The first record: version 1, and when the election began, seconds since 1970 in decimal."""

    version: int
    timestamp: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A link of the chain: the hash of the one before, its own number from 0, and the hash of its payload."""

    parent: str | UnsetType = UNSET
    height: int
    type: Kind
    payload: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Span:
    """Where a record's bytes are in the archive."""

    offset: int
    size: int

    def of(self, archive: Bytes) -> bytes:
        """The bytes themselves."""
        return archive[self.offset : self.offset + self.size]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as it stands in the archive, and the data between the one before and itself, by hash."""

    fields: Event
    hash: str
    data: Mapping[str, Span]
    end: int  # the place in the file after it

    def payload(self, archive: Bytes) -> bytes:
        """The bytes of its payload; raises `BallotError` if it has none."""
        if self.fields.payload is UNSET:
            raise BallotError(say("Event {event} ({kind}) has no payload.", event=self.name, kind=self.fields.type))
        return self.named(archive, self.fields.payload)

    def named(self, archive: Bytes, name: str) -> bytes:
        """The bytes of the data of this hash; raises `BallotError` where it does not stand before the event."""
        span = self.data.get(name)
        if span is None:
            raise BallotError(
                say(
                    "Event {event} ({kind}) names the data {hash}, which is not between the event before and itself.",
                    event=self.name,
                    kind=self.fields.type,
                    hash=ascii(name[:64]),
                )
            )
        return span.of(archive)

    @property
    def name(self) -> str:
        """Its number, as people are told it."""
        return str(self.fields.height)


@dataclass(frozen=True, slots=True)
class Tip:
    """Where an archive ends: what the next event continues."""

    time: int
    parent: str | None = None
    height: int = 0

    def add(self, kind: Kind, *data: bytes) -> tuple[bytes, Tip]:
        """What is appended for an event whose payload is the last of `data`; and the tip after it."""
        payload = sha256(data[-1]).hexdigest() if data else UNSET
        event = Event(parent=self.parent or UNSET, height=self.height, type=kind, payload=payload)
        body = encoding.dumps(event)
        name = sha256(body).hexdigest()
        records = b"".join(_record(sha256(each).hexdigest() + _DATA, each, self.time) for each in data)
        return records + _record(name + _EVENT, body, self.time), Tip(self.time, name, self.height + 1)


@dataclass(slots=True)
class _Reading:
    """How far the chain is read."""

    place: int = 0
    tip: Tip = field(default_factory=lambda: Tip(0))
    pending: dict[str, Span] = field(default_factory=dict)


def begin(time: int) -> tuple[bytes, Tip]:
    """The head of an archive of an election that began at `time` (seconds since 1970), and its tip."""
    return _record(_HEADER, encoding.dumps(Header(1, str(time))), time), Tip(time)


def header(archive: Bytes) -> Header:
    """What the first record says. Raises `BallotError` if these bytes are no `.bel` archive."""
    body = archive[BLOCK : 2 * BLOCK].rstrip(b"\0")
    if archive[: len(_HEADER) + 1] != _HEADER.encode() + b"\0" or len(archive) < 2 * BLOCK:
        raise BallotError(say("This is no .bel archive: it does not begin with a record named BELENIOS."))
    found = encoding.read(body, Header, say("The archive's header"), limit=BLOCK)
    if found.version != 1:
        raise BallotError(say("The archive is of version {version}; version 1 is read.", version=str(found.version)))
    time = encoding.read_natural(found.timestamp, 8**11)
    if time < 0 or archive[: 2 * BLOCK] != _record(_HEADER, body, time):
        raise BallotError(say("The archive's header is not written as belenios-tool writes it."))
    return found


def events(archive: Bytes) -> Iterator[Happened]:
    """The events in order, each with its data, every hash and link checked.

    Raises `BallotError` naming the event to come and the place in the file at which anything is not as it must be.
    """
    reading = _Reading(2 * BLOCK, Tip(int(header(archive).timestamp)))
    while reading.place < len(archive):
        name, span = _next(archive, reading)
        body = span.of(archive)
        digest = sha256(body).hexdigest()
        if digest != name[:64]:
            raise _damaged(reading, say("the bytes of the record are not those that its name is the hash of"))
        reading.place = span.offset + -(-span.size // BLOCK) * BLOCK
        if name.endswith(_DATA):
            reading.pending[digest] = span
            if len(reading.pending) > MAX_PENDING:
                raise _damaged(reading, say("more than {limit} data without an event", limit=MAX_PENDING))
        else:
            yield _happened(body, digest, reading)
    if reading.pending:
        raise _damaged(reading, say("the file ends in data that no event names"), CutShort)


def tip(archive: Bytes) -> Tip:
    """The tip of an archive, every hash and link checked. Raises as `events`."""
    last = Tip(int(header(archive).timestamp))
    for event in events(archive):
        last = Tip(last.time, event.hash, event.fields.height + 1)
    return last


def settled(archive: Bytes) -> int:
    """How many bytes end in a whole event: fewer than there are where the last thing appended was cut short.

    Raises `BallotError` for any other damage.
    """
    end = 2 * BLOCK
    try:
        for event in events(archive):
            end = event.end
    except CutShort:
        return end
    return end


def _next(archive: Bytes, reading: _Reading) -> tuple[str, Span]:
    """Name and place of the record at which reading stands; everything about its form is checked."""
    head = archive[reading.place : reading.place + BLOCK]
    if len(head) < BLOCK:
        raise _damaged(reading, say("the file ends within a record"), CutShort)
    name = head[:100].rstrip(b"\0").decode("latin-1")
    digest, ending = name[:64], name[64:]
    if len(digest) != 64 or not _HEX.issuperset(digest) or ending not in (_DATA, _EVENT):
        raise _damaged(reading, say("the record is not named by a hash and {endings}", endings=(_DATA, _EVENT)))
    digits = head[124:135]
    size = int(digits, 8) if digits.isdigit() and not digits.strip(b"01234567") else -1
    if head != _head(name, size, reading.tip.time):
        raise _damaged(reading, say("the record's head is not written as belenios-tool writes it"))
    limit = encoding.MAX_JSON if ending == _DATA else MAX_EVENT
    if size > limit:
        raise _damaged(reading, say("the record has {size} bytes, and {limit} are allowed", size=size, limit=limit))
    span = Span(reading.place + BLOCK, size)
    padded = archive[span.offset + size : span.offset + -(-size // BLOCK) * BLOCK]
    if len(padded) != -size % BLOCK:
        raise _damaged(reading, say("the file ends within a record"), CutShort)
    if padded.strip(b"\0"):
        raise _damaged(reading, say("there are bytes other than zero after the record's end"))
    return name, span


def _happened(body: bytes, digest: str, reading: _Reading) -> Happened:
    what = say("Event {event} (byte {place})", event=str(reading.tip.height), place=reading.place)
    event = encoding.read(body, Event, what, limit=MAX_EVENT)
    if event.height != reading.tip.height:
        raise _damaged(reading, say("it says that it is event {height}", height=str(event.height)))
    if event.parent != (reading.tip.parent or UNSET):
        raise _damaged(reading, say("it does not continue the event before it: the chain is broken"))
    happened = Happened(event, digest, reading.pending, reading.place)
    reading.tip, reading.pending = Tip(reading.tip.time, digest, event.height + 1), {}
    return happened


def _record(name: str, body: bytes, time: int) -> bytes:
    return _head(name, len(body), time) + body + bytes(-len(body) % BLOCK)


def _head(name: str, size: int, time: int) -> bytes:
    """A record's first block: name, mode, owners, size, time, the sum of its own bytes, and a plain file's "0"."""
    if size < 0:
        return b""
    front = name.encode().ljust(100, b"\0") + b"0000644\x000000000\x000000000\x00" + b"%011o\0%011o\0" % (size, time)
    checked = sum(front) + 8 * ord(" ") + ord("0")
    return (front + b"%06o\0 0" % checked).ljust(BLOCK, b"\0")


def _damaged(reading: _Reading, why: Said, kind: type[BallotError] = BallotError) -> BallotError:
    return kind(
        say(
            "The archive is damaged at event {event} (byte {place}): {why}.",
            event=str(reading.tip.height),
            place=reading.place,
            why=why,
        )
    )
