"""The log of an election: an archive's events sorted by what they are, their order checked.

Guarantees one setup, then ballots until the box is closed, then one tally, shuffles where there is something to
shuffle, partial decryptions, and one result after which nothing comes. An event out of this order is a finding, and is
put aside: it changes nothing of what the others say. belenios-tool asks for no such order.

Source: Belenios specification 2.0, 4.4, "typical sequence".
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from hashlib import sha256

from msgspec import UNSET

from tinkuy.ballot import archive
from tinkuy.ballot.archive import Bytes, Happened, Kind, Span, Tip
from tinkuy.ballot.ballot import credential_of, tracking
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.verdict import Check, Finding
from tinkuy.words import Said, say

# After each kind of event, the kinds that may come next.
_NEXT: dict[Kind | None, frozenset[Kind]] = {
    None: frozenset({"Setup"}),
    "Setup": frozenset({"Ballot", "EndBallots"}),
    "Ballot": frozenset({"Ballot", "EndBallots"}),
    "EndBallots": frozenset({"EncryptedTally"}),
    "EncryptedTally": frozenset({"Shuffle", "PartialDecryption"}),
    "Shuffle": frozenset({"Shuffle", "EndShuffles"}),
    "EndShuffles": frozenset({"PartialDecryption"}),
    "PartialDecryption": frozenset({"PartialDecryption", "Result"}),
    "Result": frozenset(),
}
_WITHOUT_PAYLOAD = frozenset({"EndBallots", "EndShuffles"})


@dataclass(slots=True)
class Ballots:
    """The ballots in the box: where each is, and which is the last of its credential."""

    heights: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    last: dict[str, int] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.heights)

    def span(self, number: int) -> Span:
        """Where ballot `number` (from 0) is."""
        return Span(self.offsets[number], self.sizes[number])


@dataclass(slots=True)
class Log:
    """What an archive holds, as far as it could be read."""

    setup: Happened | None = None
    ballots: Ballots = field(default_factory=Ballots)
    tally: Happened | None = None
    shuffles: list[Happened] = field(default_factory=list)
    shuffled: bool = False  # whether the end of shuffles stands
    shares: list[Happened] = field(default_factory=list)
    result: Happened | None = None
    reached: Kind | None = None
    tip: Tip = field(default_factory=lambda: Tip(0))
    findings: list[Finding] = field(default_factory=list)

    def found(self, check: Check, said: Said, event: Happened | int | None = None, ballot: str | None = None) -> None:
        """Note what does not hold."""
        height = event.fields.height if isinstance(event, Happened) else event
        self.findings.append(Finding(check, said, height, ballot))


def following(kind: Kind | None) -> frozenset[Kind]:
    """The kinds of event that may come after this one; after None, the first."""
    return _NEXT[kind]


def read(data: Bytes, since: Tip | None = None) -> Log:
    """The log in an archive; `since` is the tip of an earlier copy, which it must continue.

    Raises `BallotError` if the bytes are no archive at all; damage further on is a finding, and ends the reading.
    """
    log = Log(tip=Tip(int(archive.header(data).timestamp)))
    try:
        for event in archive.events(data):
            if since is not None and event.fields.height == since.height - 1 and event.hash != since.parent:
                log.found("since", say("The log is not the one seen before: this event is another than it was."), event)
            log.tip = Tip(log.tip.time, event.hash, event.fields.height + 1)
            _take(data, log, event)
    except BallotError as error:
        log.found("archive", error.said)
    if since is not None and log.tip.height < since.height:
        log.found(
            "since",
            say("The log has {count} events, and had {before} before.", count=log.tip.height, before=since.height),
        )
    return log


def _take(data: Bytes, log: Log, event: Happened) -> None:
    kind = event.fields.type
    if kind not in _NEXT[log.reached]:
        after = log.reached or "—"
        log.found("order", say("{kind} does not come after {after}; it is put aside.", kind=kind, after=after), event)
        return
    log.reached = kind
    if (event.fields.payload is UNSET) != (kind in _WITHOUT_PAYLOAD):
        log.found("order", say("{kind} has no payload where one is due, or one where none is.", kind=kind), event)
        return
    match kind:
        case "Setup":
            log.setup = event
        case "Ballot":
            _cast(data, log, event)
        case "EncryptedTally":
            log.tally = event
        case "Shuffle":
            log.shuffles.append(event)
        case "EndShuffles":
            log.shuffled = True
        case "PartialDecryption":
            log.shares.append(event)
        case "Result":
            log.result = event


def _cast(data: Bytes, log: Log, event: Happened) -> None:
    """Put a ballot in the box, unless the very same one was there before: a voter never makes one twice."""
    payload, ballots = event.payload(data), log.ballots
    if len(event.data) != 1:
        log.found("archive", say("There are {count} data where the ballot alone is due.", count=len(event.data)), event)
    digest = sha256(payload).digest()
    if digest in ballots.seen:
        log.found("ballot", say("The same ballot was cast before: a replay."), event, tracking(payload))
        return
    ballots.seen.add(digest)
    span = event.data[digest.hex()]
    ballots.last[credential_of(payload)] = len(ballots)
    ballots.heights.append(event.fields.height)
    ballots.offsets.append(span.offset)
    ballots.sizes.append(span.size)
