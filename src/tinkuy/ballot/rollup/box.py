"""A box of a roll-up: judged as any election is up to its tally, which nobody has opened.

Guarantees that a box enters a sum only if everything in its archive holds, its tally is that of its ballots, and it was
not decrypted by itself: else what the others in the sum voted would be found by subtraction.

Source: Belenios specification 2.0, 3.5; `tinkuy.ballot.audit` for the checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from tinkuy.ballot import encoding, log
from tinkuy.ballot.archive import Bytes
from tinkuy.ballot.audit import Audit, Setup, check_ballots, check_tally, in_turn, set_up
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.question import AnyQuestion
from tinkuy.ballot.tally import Pairs
from tinkuy.ballot.verdict import Finding
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class BoxSum:
    """What a sound box gives to a roll-up.

    `head` is the hash of the event of its tally, and with it of everything before. `voters` are the credentials of a
    weight other than 0 that voted: those whom the sum hides among one another. `credentials` are digests of those
    listed.
    """

    uuid: str
    fingerprint: str
    head: str
    voters: int
    weight: int
    group: str
    questions: tuple[AnyQuestion, ...]
    trustees: bytes
    pairs: Pairs
    credentials: tuple[bytes, ...]


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A box as a trustee's record keeps it: what it held when she helped to open a sum with it."""

    uuid: str
    head: str
    voters: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A box, or what does not hold of it."""

    box: BoxSum | None
    findings: tuple[Finding, ...] = ()


def judge(data: Bytes) -> Judged:
    """Check everything in a box's archive, every ballot included."""
    try:
        audit = Audit(log.read(data))
    except BallotError as error:
        return Judged(None, (Finding("archive", error.said),))
    set_up(data, audit, in_turn)
    if audit.election is not None:
        if audit.election.ranked:
            audit.log.found("election", say("Rankings are not added up: a roll-up takes questions that are marked."))
        else:
            check_ballots(data, audit, audit.election, in_turn)
            check_tally(data, audit, audit.election)
    _check_closed(audit)
    if audit.log.findings:
        return Judged(None, tuple(audit.log.findings))
    return Judged(_taken(data, audit))


def seen(data: Bytes) -> Seen:
    """A box as a record keeps it, its ballots not checked. Raises `BallotError` if it was not added up."""
    audit = Audit(log.read(data))
    set_up(data, audit, in_turn)
    if audit.election is None or audit.log.tally is None:
        raise _unclosed()
    return Seen(audit.election.uuid, audit.log.tally.hash, _voters(audit))


def _check_closed(audit: Audit) -> None:
    if audit.log.tally is None:
        audit.log.found("tally", _unclosed().said)
    for event in audit.log.shares[:1]:
        audit.log.found(
            "decryption", say("The box was decrypted by itself; what it votes is no secret in a sum."), event
        )


def _taken(data: Bytes, audit: Audit) -> BoxSum | None:
    election, setup, tally, summed = audit.election, audit.log.setup, audit.log.tally, audit.summed
    if election is None or setup is None or tally is None or summed is None:
        return None
    named = encoding.read(setup.payload(data), Setup, say("The setup"))
    return BoxSum(
        uuid=election.uuid,
        fingerprint=election.fingerprint,
        head=tally.hash,
        voters=_voters(audit),
        weight=summed.weight,
        group=election.group.name,
        questions=election.questions,
        trustees=setup.named(data, named.trustees),
        pairs=summed.tally(),
        credentials=tuple(sha256(public.encode()).digest() for public in audit.weights),
    )


def _voters(audit: Audit) -> int:
    return sum(audit.weights.get(public, 0) > 0 for public in audit.log.ballots.last)


def _unclosed() -> BallotError:
    return BallotError(say("The box is not closed and added up."))
