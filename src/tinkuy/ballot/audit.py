"""The steps of a verification: set up, ballots, tally, shares, result; each notes what it finds and goes on.

Guarantees that a step asks only for what the steps before it found whole: what cannot be checked is not guessed.
`spread` runs a function over parts of the work: one after another here, in several processes by a face.

Source: Belenios specification 2.0, 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import msgspec

from tinkuy.ballot import ballot, credential, election, encoding, shuffle, tally, trustee, trustee_share
from tinkuy.ballot.archive import Bytes, Happened
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Deferred
from tinkuy.ballot.log import Log
from tinkuy.ballot.tally import Pairs, Sum
from tinkuy.ballot.trustee import Trustees
from tinkuy.words import Said, say

# Ballots handed to a process at once: the more, the less each costs to test for membership; fewer towards the end, so
# that no process waits long for another.
PART_MOST, PART_LEAST, PARTS_LEFT = 512, 32, 4
CREDENTIALS_PART = 1000

Task = TypeVar("Task")
Done = TypeVar("Done")
Spread: TypeAlias = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


class Setup(msgspec.Struct, frozen=True):
    """Payload of `Setup`: the hashes of the three files."""

    election: str
    trustees: str
    credentials: str


class Owned(msgspec.Struct, frozen=True):
    """Payload of what a trustee does: her number from 1, and the hash of what she did."""

    owner: int
    payload: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some ballots to be checked: number from 0, bytes, and the weight with which each counts (None: it does not)."""

    election: bytes
    ballots: list[tuple[int, bytes, int | None]]


@dataclass(slots=True)
class Audit:
    """What is known of the election at hand while it is verified."""

    log: Log
    election: Election | None = None
    weights: Mapping[str, int] = field(default_factory=dict)
    trustees: Trustees | None = None
    summed: Sum | None = None
    published: Pairs | None = None
    decrypting: Pairs | None = None
    shares: list[tuple[int, trustee_share.Factors]] = field(default_factory=list)
    result: list[list[tally.Figure]] | None = None


def in_turn(function: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done]:
    """The work done here, one part after another."""
    return map(function, tasks)


def check_part(part: Part) -> tuple[list[tuple[int, str, Said]], Sum]:
    """The faults of some ballots, each with its number and tracking number, and the sum of those that count."""
    at_hand = _election(part.election)
    faults, summed = [], Sum(at_hand.group, at_hand.questions)
    held = _held(at_hand, [data for _, data, _ in part.ballots])
    for (number, data, weight), pairs in zip(part.ballots, held, strict=True):
        try:
            sound = ballot.check(at_hand, data) if pairs is None else pairs
        except BallotError as error:
            faults.append((number, ballot.tracking(data), error.said))
        else:
            if weight is not None:
                summed.add(sound, weight)
    return faults, summed


def _held(at_hand: Election, ballots: Sequence[bytes]) -> list[Pairs | None]:
    """The ciphertexts of each ballot that holds, by one test of membership for all; None for one to be looked at alone.

    What this accepts `ballot.check` accepts, of one ballot at a time; what it does not is asked of that, for its words.
    """
    reader, held = Deferred(at_hand.group), list[Pairs | None]()
    for data in ballots:
        before = len(reader.untested)
        try:
            held.append(ballot.check(at_hand, data, reader))
        except BallotError:
            del reader.untested[before:]
            held.append(None)
    return held if reader.settle() else [None] * len(ballots)


def check_credentials(part: tuple[bytes, int, list[str]]) -> Said | None:
    """What does not hold of some public credentials, if anything: asked of all together, then in words of the first."""
    data, first, public = part
    group = _election(data).group
    reader = Deferred(group)
    with suppress(BallotError):
        if all(reader.read(text) != group.one for text in public) and reader.settle():
            return None
    try:
        credential.check_members(group, public, first)
    except BallotError as error:
        return error.said
    return None


@lru_cache(maxsize=2)
def _election(data: bytes) -> Election:
    return election.read(data)


def set_up(data: Bytes, audit: Audit, spread: Spread) -> None:
    """Read election, credentials and trustees; without the first two nothing further can be checked."""
    event, found = audit.log.setup, audit.log.found
    if event is None:
        return
    try:
        names = encoding.read(event.payload(data), Setup, say("The setup"))
        at_hand = election.read(event.named(data, names.election))
    except BallotError as error:
        return found("election", error.said, event)
    try:
        audit.weights = credential.read_public(event.named(data, names.credentials))
        audit.election = at_hand
    except BallotError as error:
        return found("credentials", error.said, event)
    for fault in spread(check_credentials, _credential_parts(at_hand, list(audit.weights))):
        if fault is not None:
            found("credentials", fault, event)
    if at_hand.ranked and any(weight != 1 for weight in audit.weights.values()):
        found("credentials", say("A ranked question allows no weights: each ballot is seen alone."), event)
    try:
        audit.trustees = trustee.verify_setup(at_hand.group, event.named(data, names.trustees))
    except BallotError as error:
        return found("trustees", error.said, event)
    if audit.trustees.election_key != at_hand.key:
        found("trustees", say("The election's key is not the one that the trustees made."), event)
    return None


def _credential_parts(at_hand: Election, public: list[str]) -> Iterator[tuple[bytes, int, list[str]]]:
    for first in range(0, len(public), CREDENTIALS_PART):
        yield at_hand.data, first + 1, public[first : first + CREDENTIALS_PART]


def check_ballots(data: Bytes, audit: Audit, at_hand: Election, spread: Spread) -> None:
    """Check every ballot, and add up those that count."""
    audit.summed = Sum(at_hand.group, at_hand.questions)
    heights = audit.log.ballots.heights
    for faults, summed in spread(check_part, _parts(data, audit, at_hand)):
        for number, tracking, said in faults:
            audit.log.found("ballot", said, heights[number], tracking)
        audit.summed.merge(summed)


def _parts(data: Bytes, audit: Audit, at_hand: Election) -> Iterator[Part]:
    """The ballots in parts; a ballot by a credential that is not on the list is a finding, and never counts."""
    ballots, part = audit.log.ballots, Part(at_hand.data, [])
    size = _part_size(len(ballots))
    for number in range(len(ballots)):
        body = ballots.span(number).of(data)
        public = ballot.credential_of(body)
        weight = audit.weights.get(public)
        if weight is None:
            said = say("The ballot's credential is not on the list.")
            audit.log.found("ballot", said, ballots.heights[number], ballot.tracking(body))
        part.ballots.append((number, body, weight if ballots.last[public] == number else None))
        if len(part.ballots) == size:
            yield part
            part, size = Part(at_hand.data, []), _part_size(len(ballots) - number - 1)
    if part.ballots:
        yield part


def _part_size(left: int) -> int:
    return min(max(left // PARTS_LEFT, PART_LEAST), PART_MOST)


def check_tally(data: Bytes, audit: Audit, at_hand: Election) -> None:
    """Read the published tally, and compare it with the sum of the ballots where that was made."""
    event, summed = audit.log.tally, audit.summed
    if event is None:
        return None
    try:
        sized = encoding.read(event.payload(data), tally.Sized, say("The sized tally"))
        body = event.named(data, sized.encrypted_tally)
        audit.published = tally.read(at_hand.group, body)
    except BallotError as error:
        return audit.log.found("tally", error.said, event)
    if summed is None:
        return None
    if (sized.num_tallied, sized.total_weight) != (summed.count, summed.weight):
        said = say(
            "The tally says {count} ballots of weight {weight}; those in the box are {ours} of weight {our_weight}.",
            count=sized.num_tallied,
            weight=sized.total_weight,
            ours=summed.count,
            our_weight=summed.weight,
        )
        audit.log.found("tally", said, event)
    if body != tally.write(at_hand.group, summed.tally()):
        audit.log.found("tally", say("The encrypted tally is not the sum of the ballots in the box."), event)
    return None


def check_shuffles(data: Bytes, audit: Audit, at_hand: Election) -> None:
    """Check each shuffle against what the one before left; the trustees decrypt what the last one leaves."""
    published, found = audit.published, audit.log.found
    if published is None:
        return None
    if not at_hand.ranked:
        for event in audit.log.shuffles:
            found("shuffle", say("There is nothing to shuffle in this election."), event)
        audit.decrypting = published
        return None
    rows: list[Sequence[Pair]] = shuffle.ranked_rows(at_hand.questions, published)
    for event in audit.log.shuffles:
        try:
            _, body = _owned(data, event)
            rows = list(shuffle.verify(at_hand.group, at_hand.fingerprint, at_hand.key, rows, body))
        except BallotError as error:
            return found("shuffle", error.said, event)
    if not audit.log.shuffled and audit.log.shares:
        return found("shuffle", say("The ballots were decrypted without being shuffled."), audit.log.shares[0])
    merged = shuffle.merged(at_hand.questions, published, rows)
    audit.decrypting = [list(row) for row in merged]
    return None


def check_shares(data: Bytes, audit: Audit) -> None:
    """Check the proofs of every partial decryption of the published tally."""
    if audit.decrypting is None or audit.trustees is None or audit.election is None:
        return
    given: set[int] = set()
    for event in audit.log.shares:
        try:
            number, body = _owned(data, event)
            if number in given:
                raise BallotError(say("{who} gave a share before.", who=audit.trustees.who(number)))
            given.add(number)
            fingerprint = audit.election.fingerprint
            factors = trustee_share.verify_share(audit.trustees, fingerprint, audit.decrypting, number, body)
            audit.shares.append((number, factors))
        except BallotError as error:
            audit.log.found("decryption", error.said, event)


def _owned(data: Bytes, event: Happened) -> tuple[int, bytes]:
    owned = encoding.read(event.payload(data), Owned, say("The share"))
    if owned.owner < 1:
        raise BallotError(say("Trustees are numbered from 1, and this is by {number}.", number=str(owned.owner)))
    return owned.owner, event.named(data, owned.payload)


def check_result(data: Bytes, audit: Audit, at_hand: Election) -> None:
    """Compare the published result with what the shares open."""
    event, summed, published = audit.log.result, audit.summed, audit.decrypting
    if event is None:
        return
    try:
        audit.result = tally.read_result(event.payload(data))
        if summed is None or published is None or audit.trustees is None:
            raise BallotError(say("The result cannot be checked: what it is computed from does not hold."))
        factors = trustee_share.combine(audit.trustees, audit.shares)
        tally.check_result(at_hand, published, factors, audit.result, summed.weight)
    except BallotError as error:
        audit.log.found("result", error.said, event)
