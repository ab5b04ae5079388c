"""The ballot box (ánfora): who keeps it can only append, and everything that is appended is checked first.

Guarantees that the box takes a ballot only if all of it holds, its credential is on the list and the box is open; that
a voter may vote again, the last ballot counting; and that tally, shares and result follow in their order. What is given
are bytes to append to the archive, so that a box kept on any medium is at every moment a `.bel` archive.

Source: Belenios specification 2.0, 3.1, 3.2 and 3.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from tinkuy.ballot import archive, ballot, encoding, log, shuffle, tally, trustee_share, verify
from tinkuy.ballot.archive import Bytes, Kind
from tinkuy.ballot.audit import (
    Audit,
    Owned,
    Setup,
    Spread,
    check_ballots,
    check_shares,
    check_shuffles,
    check_tally,
    in_turn,
    set_up,
)
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.tally import Pairs, Sized
from tinkuy.ballot.trustee import Trustees
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot taken: what to append, its tracking number, and whether it takes the place of an earlier one."""

    appended: bytes
    tracking: str
    again: bool


class Box:
    """An open box, to cast ballots one after another; what `cast` gives is appended before the next."""

    def __init__(self, data: Bytes) -> None:
        """The box in an archive. Raises `BallotError` if it is damaged, its setup does not hold, or it is closed."""
        at_hand = _ready(data, "Ballot")
        self.election, self.weights = at_hand.election, at_hand.audit.weights
        self._ballots = at_hand.audit.log.ballots
        self._tip = at_hand.audit.log.tip

    @property
    def voted(self) -> int:
        """How many credentials have voted."""
        return len(self._ballots.last)

    def cast(self, data: bytes) -> Cast:
        """Take a ballot. Raises `BallotError` saying why it is not taken."""
        public, digest = ballot.credential_of(data), sha256(data).digest()
        if public not in self.weights:
            raise BallotError(say("The ballot's credential is not on the list."))
        if digest in self._ballots.seen:
            raise BallotError(say("This very ballot is in the box already. To vote again, make another."))
        ballot.check(self.election, data)
        again = public in self._ballots.last
        self._ballots.seen.add(digest)
        self._ballots.last[public] = -1
        appended, self._tip = self._tip.add("Ballot", data)
        return Cast(appended, ballot.tracking(data), again)


def opened(time: int, election: Election, trustees: bytes, credentials: bytes) -> bytes:
    """A new archive: an election that begins at `time`, with its trustees' file and list of public credentials.

    Raises `BallotError` where the three do not fit together, as `verify` would find.
    """
    named = Setup(*(sha256(each).hexdigest() for each in (election.data, trustees, credentials)))
    head, tip = archive.begin(time)
    added, _ = tip.add("Setup", election.data, trustees, credentials, encoding.dumps(named))
    for finding in verify.verify(head + added).findings:
        raise BallotError(finding.said)
    return head + added


def close(data: Bytes) -> bytes:
    """What closes the box: no ballot is taken any more."""
    return _ready(data, "EndBallots").added("EndBallots")


def add_up(data: Bytes, spread: Spread = in_turn) -> bytes:
    """The encrypted tally of a closed box. Raises `BallotError` if any ballot in it does not hold."""
    at_hand = _ready(data, "EncryptedTally")
    check_ballots(data, at_hand.audit, at_hand.election, spread)
    at_hand.raise_findings()
    summed = at_hand.audit.summed
    if summed is None:
        raise BallotError(say("The ballots could not be added up."))
    body = tally.write(at_hand.election.group, summed.tally())
    sized = Sized(summed.count, summed.weight, sha256(body).hexdigest())
    return at_hand.added("EncryptedTally", body, encoding.dumps(sized))


def to_decrypt(data: Bytes, spread: Spread = in_turn) -> tuple[Election, Trustees, Pairs]:
    """The tally that trustees decrypt, after everything before it was verified: no trustee opens what does not hold.

    Raises `BallotError` with the first thing that does not hold, or if there is no tally to decrypt.
    """
    at_hand = _ready(data, "PartialDecryption")
    check_ballots(data, at_hand.audit, at_hand.election, spread)
    return at_hand.election, at_hand.trustees, at_hand.shuffled(data)


def to_shuffle(data: Bytes, spread: Spread = in_turn) -> tuple[Election, list[Sequence[Pair]]]:
    """The rankings that are shuffled next, after everything before was verified. Raises as `to_decrypt`."""
    at_hand = _ready(data, "Shuffle")
    if not at_hand.election.ranked:
        raise BallotError(say("There is nothing to shuffle in this election."))
    check_ballots(data, at_hand.audit, at_hand.election, spread)
    return at_hand.election, shuffle.ranked_rows(at_hand.election.questions, at_hand.published(data))


def shuffled(data: Bytes, number: int, body: bytes) -> bytes:
    """What appends the shuffle of trustee `number`, its proofs checked."""
    at_hand = _ready(data, "Shuffle")
    election = at_hand.election
    rows = shuffle.ranked_rows(election.questions, at_hand.published(data))
    shuffle.verify(election.group, election.fingerprint, election.key, rows, body)
    return at_hand.added("Shuffle", body, encoding.dumps(Owned(number, sha256(body).hexdigest())))


def end_shuffles(data: Bytes) -> bytes:
    """What ends the shuffles, so that the trustees decrypt."""
    return _ready(data, "EndShuffles").added("EndShuffles")


def share(data: Bytes, number: int, body: bytes) -> bytes:
    """What appends the partial decryption of trustee `number`, its proofs checked."""
    at_hand = _ready(data, "PartialDecryption")
    tally_at_hand = at_hand.shuffled(data)
    check_shares(data, at_hand.audit)
    at_hand.raise_findings()
    if any(number == given for given, _ in at_hand.audit.shares):
        raise BallotError(say("{who} gave a share before.", who=at_hand.trustees.who(number)))
    trustee_share.verify_share(at_hand.trustees, at_hand.election.fingerprint, tally_at_hand, number, body)
    return at_hand.added("PartialDecryption", body, encoding.dumps(Owned(number, sha256(body).hexdigest())))


def conclude(data: Bytes) -> bytes:
    """The result, from the shares that are there. Raises `BallotError` saying whose are missing."""
    at_hand = _ready(data, "Result")
    pairs = at_hand.published(data)
    check_shares(data, at_hand.audit)
    at_hand.raise_findings()
    factors = trustee_share.combine(at_hand.trustees, at_hand.audit.shares)
    weight = sum(at_hand.audit.weights.get(public, 0) for public in at_hand.audit.log.ballots.last)
    rows = tally.decrypted(at_hand.election, pairs, factors, weight)
    return at_hand.added("Result", tally.write_result(rows))


@dataclass(frozen=True, slots=True)
class _AtHand:
    """An archive whose log is whole, ready for its next step."""

    audit: Audit
    election: Election
    trustees: Trustees

    def added(self, kind: Kind, *data: bytes) -> bytes:
        return self.audit.log.tip.add(kind, *data)[0]

    def published(self, data: Bytes) -> Pairs:
        check_tally(data, self.audit, self.election)
        self.raise_findings()
        check_shuffles(data, self.audit, self.election)
        self.raise_findings()
        if self.audit.decrypting is None:
            raise BallotError(say("There is no tally to decrypt yet."))
        return self.audit.decrypting

    def shuffled(self, data: Bytes) -> Pairs:
        if self.election.ranked and not self.audit.log.shuffled:
            raise BallotError(say("The rankings must be shuffled before anybody decrypts them."))
        return self.published(data)

    def raise_findings(self) -> None:
        for finding in self.audit.log.findings:
            raise BallotError(finding.sentence)


def _ready(data: Bytes, kind: Kind) -> _AtHand:
    """The archive, if an event of this kind may come next. Raises `BallotError` saying what comes first."""
    audit = Audit(log.read(data))
    set_up(data, audit, in_turn)
    for finding in audit.log.findings:
        raise BallotError(finding.sentence)
    if audit.election is None or audit.trustees is None:
        raise BallotError(say("The archive has no election yet."))
    reached = audit.log.reached
    if kind not in log.following(reached):
        raise BallotError(
            say("{kind} cannot come after {reached}, which is where the election stands.", kind=kind, reached=reached)
        )
    return _AtHand(audit, audit.election, audit.trustees)
