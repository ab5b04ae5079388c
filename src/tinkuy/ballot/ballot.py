"""Ballots: made by a voter, checked by everybody, known by a tracking number.

Guarantees that a ballot that passes `check` is of this election, is signed by its credential, answers every question as
it allows, and is spelt in one way only. A ballot prepared can be opened to see that it says what was chosen; whoever
opened it makes another to vote with, since an opened ballot shows a choice.

Source: Belenios specification 2.0, 4.11, 4.14 and 4.15; opening as J. Benaloh, "Simple Verifiable Elections" (2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import Raw

from tinkuy.ballot import answer, encoding, ranked
from tinkuy.ballot.answer import Answer, Secret
from tinkuy.ballot.credential import Credential
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Reader, Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.ballot.question import AnyQuestion, Question
from tinkuy.words import say

MAX_BALLOT = 4 * 2**20

Secrets: TypeAlias = tuple[Secret, ...] | ranked.Secret  # what opens one answer


Kind = TypeVar("Kind")

_Marks = list[tuple[int, str]]


class _Numbers(msgspec.Struct, frozen=True):
    numbers: tuple[int, ...]
    r: str


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
    secrets: tuple[Secrets, ...] = field(repr=False)

    @property
    def tracking(self) -> str:
        """Its tracking number."""
        return tracking(self.data)

    def opening(self) -> bytes:
        """The secrets in a file: for each question its marks and exponents. Who reads it knows the choice."""
        return encoding.dumps([_written(one) for one in self.secrets])


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
    answers: list[Raw] = []
    secrets: list[Secrets] = []
    for question, choice in zip(election.questions, choices, strict=True):
        made, opening = _made(election, question, choice, bound, source)
        answers.append(Raw(encoding.dumps(made)))
        secrets.append(opening)
    digest = _digest(election, public, answers)
    proof = schnorr_prove(group, f"sig|{digest}|", secret, source)
    ballot = Ballot(election.uuid, election.fingerprint, public, answers, Signature(digest, proof))
    return Prepared(encoding.dumps(ballot), tuple(secrets))


def opened(election: Election, data: bytes, secrets: Sequence[Secrets]) -> tuple[tuple[int, ...], ...]:
    """The choices that a ballot says, shown by its secrets: what a voter who doubts her device compares.

    Raises `BallotError` if the secrets do not open it: whoever made it lied about the ballot.
    """
    ballot = read(data)
    if not len(secrets) == len(ballot.answers) == len(election.questions):
        raise BallotError(say("The secrets given are not those of {count} answers.", count=len(ballot.answers)))
    for number, (raw, one) in enumerate(zip(ballot.answers, secrets, strict=True), 1):
        if isinstance(one, ranked.Secret):
            opens = ranked.opens(election, _read(raw, ranked.Answer), one)
        else:
            opens = answer.opens(election, _read(raw, Answer), one)
        if not opens:
            raise BallotError(say("The secrets given do not open the answer to question {number}.", number=str(number)))
    return tuple(
        one.numbers if isinstance(one, ranked.Secret) else tuple(secret.mark for secret in one) for one in secrets
    )


def read_opening(election: Election, data: bytes) -> list[Secrets]:
    """The secrets in a file that `Prepared.opening` made; raises `BallotError`, which quotes none of them."""
    rows = encoding.loads(data, say("The opening"), MAX_BALLOT)
    order = election.group.order
    try:
        return [
            tuple(Secret(mark, encoding.read_natural(r, order)) for mark, r in msgspec.convert(row, _Marks))
            if isinstance(row, list)
            else _ranked_secret(msgspec.convert(row, _Numbers), order)
            for row in rows
        ]
    except (msgspec.ValidationError, TypeError):
        raise BallotError(say("This is not what opens a ballot.")) from None


def read(data: bytes) -> Ballot:
    """The ballot in `data`, nothing of it verified; raises `BallotError` if it is malformed."""
    return encoding.read(data, Ballot, say("The ballot"), MAX_BALLOT)


def credential_of(data: bytes) -> str:
    """The public credential that a ballot names; "" where the bytes are no ballot. Nothing is verified."""
    try:
        return _NAMED.decode(data).credential
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""


def check(election: Election, data: bytes, reader: Reader | None = None) -> list[list[Pair]]:
    """The ciphertexts of each answer of a ballot of which everything holds but that its credential is on the list.

    Elements are read by the election's group, or by a `reader` of which the caller asks later whether they are members.
    Raises `BallotError` naming the question and the check that fails.
    """
    ballot, reader = read(data), reader or election.group
    if ballot.election_uuid != election.uuid or ballot.election_hash != election.fingerprint:
        raise BallotError(say("The ballot is of another election."))
    if len(ballot.answers) != len(election.questions):
        raise BallotError(say("The ballot does not have one answer a question."))
    group, digest = election.group, _digest(election, ballot.credential, ballot.answers)
    if ballot.signature.hash != digest:
        raise BallotError(say("The hash that the ballot's signature signs is not the ballot's."))
    public = reader.read(ballot.credential)
    if not schnorr_verify(group, f"sig|{digest}|", ballot.signature.proof, public):
        raise BallotError(say("The ballot's signature does not hold."))
    bound, pairs = _bound(election, ballot.credential), []
    for number, (question, raw) in enumerate(zip(election.questions, ballot.answers, strict=True), 1):
        try:
            pairs.append(_checked(election, question, raw, bound, reader))
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


def _made(
    election: Election, question: AnyQuestion, choice: Sequence[int], bound: str, source: Source
) -> tuple[Answer | ranked.Answer, Secrets]:
    if isinstance(question, Question):
        return answer.make(election, question, choice, bound, source)
    return ranked.make(election, question, choice, bound, source)


def _checked(election: Election, question: AnyQuestion, raw: Raw, bound: str, reader: Reader) -> list[Pair]:
    if isinstance(question, Question):
        return answer.check(election, question, _read(raw, Answer), bound, reader)
    return ranked.check(election, question, _read(raw, ranked.Answer), bound, reader)


def _read(raw: Raw, kind: type[Kind]) -> Kind:
    return encoding.read(bytes(raw), kind, say("The answer"), MAX_BALLOT)


def _written(one: Secrets) -> object:
    if isinstance(one, ranked.Secret):
        return _Numbers(one.numbers, str(one.r))
    return [(secret.mark, str(secret.r)) for secret in one]


def _ranked_secret(written: _Numbers, order: int) -> ranked.Secret:
    return ranked.Secret(written.numbers, encoding.read_natural(written.r, order))
