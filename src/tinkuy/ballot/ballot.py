"""Ballots: made by a voter, checked by everybody, known by a tracking number.

Guarantees that a ballot that passes `check` is of this election, is signed by its credential, answers every question as
it allows, and is spelt in one way only. A ballot prepared can be opened to see that it says what was chosen; whoever
opened it makes another to vote with, since an opened ballot shows a choice.

Source: Belenios specification 2.0, 4.11, 4.14 and 4.15; opening as J. Benaloh, "Simple Verifiable Elections" (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw

from tinkuy.ballot import answer, encoding
from tinkuy.ballot.answer import Answer, Secret
from tinkuy.ballot.credential import Credential
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.ballot.question import AnyQuestion, Question
from tinkuy.words import say

MAX_BALLOT = 4 * 2**20


class Signature(msgspec.Struct, frozen=True, gc=False):
    """Hash of the ballot without its signature, and the proof that the credential's secret is known."""

    hash: str
    proof: Proof


class Ballot(msgspec.Struct, frozen=True, gc=False):
    """A ballot as it is written; each answer is read by its question."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: list[Raw]
    signature: Signature


class Unsigned(msgspec.Struct, frozen=True, gc=False):
    """What is signed: the ballot without its signature."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: list[Raw]


class Named(msgspec.Struct, frozen=True, gc=False):
    """What of a ballot says whose it is: all that is read before anything is verified."""

    credential: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A ballot ready to be cast or opened, and the secrets that would open it."""

    data: bytes
    secrets: tuple[tuple[Secret, ...], ...] = field(repr=False)

    @property
    def tracking(self) -> str:
        """Its tracking number."""
        return tracking(self.data)


def tracking(data: bytes) -> str:
    """The tracking number of a ballot: SHA-256 of its bytes in base64 without padding, 43 characters."""
    return encoding.sha256_b64(data)


def prepare(election: Election, credential: Credential, choices: Sequence[Sequence[int]], source: Source) -> Prepared:
    """A ballot that answers each question with its choice, as `Question.choice` gives it.

    Raises `BallotError` if there is not one choice a question.
    """
    if len(choices) != len(election.questions):
        raise BallotError(
            say("{count} answers are given to {asked} questions.", count=len(choices), asked=len(election.questions))
        )
    group = election.group
    secret = credential.secret(group, election.uuid)
    public = group.write(group.base(secret))
    bound = _bound(election, public)
    answers, secrets = [], []
    for question, choice in zip(election.questions, choices, strict=True):
        made, opening = answer.make(election, _homomorphic(question), choice, bound, source)
        answers.append(Raw(encoding.dumps(made)))
        secrets.append(opening)
    digest = _digest(election, public, answers)
    proof = schnorr_prove(group, f"sig|{digest}|", secret, source)
    ballot = Ballot(election.uuid, election.fingerprint, public, answers, Signature(digest, proof))
    return Prepared(encoding.dumps(ballot), tuple(secrets))


def opened(election: Election, data: bytes, secrets: Sequence[Sequence[Secret]]) -> tuple[tuple[int, ...], ...]:
    """The choices that a ballot says, shown by its secrets: what a voter who doubts her device compares.

    Raises `BallotError` if the secrets do not open it: whoever made it lied about the ballot.
    """
    ballot = read(data)
    if len(secrets) != len(ballot.answers):
        raise BallotError(say("The secrets given are not those of {count} answers.", count=len(ballot.answers)))
    for number, (raw, row) in enumerate(zip(ballot.answers, secrets, strict=True), 1):
        if not answer.opens(election, _answer(raw), row):
            raise BallotError(say("The secrets given do not open the answer to question {number}.", number=str(number)))
    return tuple(tuple(secret.mark for secret in row) for row in secrets)


def read(data: bytes) -> Ballot:
    """The ballot in `data`, nothing of it verified; raises `BallotError` if it is malformed."""
    return encoding.read(data, Ballot, say("The ballot"), MAX_BALLOT)


def credential_of(data: bytes) -> str:
    """The public credential that a ballot names; "" where the bytes are no ballot. Nothing is verified."""
    try:
        return _NAMED.decode(data).credential
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""


def check(election: Election, data: bytes) -> list[list[Pair]]:
    """The ciphertexts of each answer of a ballot of which everything holds but that its credential is on the list.

    Raises `BallotError` naming the question and the check that fails.
    """
    ballot = read(data)
    if ballot.election_uuid != election.uuid or ballot.election_hash != election.fingerprint:
        raise BallotError(say("The ballot is of another election."))
    if len(ballot.answers) != len(election.questions):
        raise BallotError(say("The ballot does not have one answer a question."))
    group, digest = election.group, _digest(election, ballot.credential, ballot.answers)
    if ballot.signature.hash != digest:
        raise BallotError(say("The hash that the ballot's signature signs is not the ballot's."))
    public = group.read(ballot.credential)
    if not schnorr_verify(group, f"sig|{digest}|", ballot.signature.proof, public):
        raise BallotError(say("The ballot's signature does not hold."))
    bound, pairs = _bound(election, ballot.credential), []
    for number, (question, raw) in enumerate(zip(election.questions, ballot.answers, strict=True), 1):
        try:
            pairs.append(answer.check(election, _homomorphic(question), _answer(raw), bound))
        except BallotError as error:
            raise BallotError(say("Question {number}: {why}", number=str(number), why=error.said)) from None
    return pairs


_NAMED = msgspec.json.Decoder(Named)


def _bound(election: Election, public: str) -> str:
    """What proofs of an answer are bound to, S0 of the specification: the election and the credential."""
    return f"{election.fingerprint}|{public}"


def _digest(election: Election, public: str, answers: list[Raw]) -> str:
    unsigned = Unsigned(election.uuid, election.fingerprint, public, answers)
    return encoding.sha256_b64(encoding.dumps(unsigned))


def _answer(raw: Raw) -> Answer:
    return encoding.read(bytes(raw), Answer, say("The answer"), MAX_BALLOT)


def _homomorphic(question: AnyQuestion) -> Question:
    if not isinstance(question, Question):
        raise BallotError(say("Answers to ranked questions are not read by this version."))
    return question
