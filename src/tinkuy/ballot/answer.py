"""A voter's answer to a homomorphic question: a ciphertext a mark, and the proofs that the marks are allowed.

Guarantees that an answer that is checked encrypts zeros and ones of which as many are ones as the question allows, and
that it was made by whoever answers under this credential in this election: the proofs are bound to both.

Source: Belenios specification 2.0, 4.11.1, 4.12 and 4.13. `bound` is its string S0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from tinkuy.ballot import elgamal
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Ciphertext, Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Reader, Source
from tinkuy.ballot.proofs import Branch, Proof, interval, one_of_prove, one_of_verify
from tinkuy.ballot.question import Question
from tinkuy.words import say


class Answer(msgspec.Struct, frozen=True, gc=False):
    """As it is written."""

    choices: tuple[Ciphertext, ...]
    individual_proofs: tuple[tuple[Proof, ...], ...]
    overall_proof: tuple[Proof, ...]
    blank_proof: tuple[Proof, ...] | UnsetType = UNSET


class Secret(NamedTuple):
    """What opens a ciphertext: the mark, and the exponent that hid it."""

    mark: int
    r: int


def make(
    election: Election, question: Question, choice: Sequence[int], bound: str, source: Source
) -> tuple[Answer, tuple[Secret, ...]]:
    """The answer of a choice that `question.choice` gave, and what would open it."""
    group, key = election.group, election.key_power
    secrets = tuple(Secret(mark, group.random(source)) for mark in choice)
    pairs = [elgamal.encrypt(group, key, mark, r) for mark, r in secrets]
    choices = tuple(elgamal.write(group, pair) for pair in pairs)
    individual = tuple(
        one_of_prove(group, key, _prefix("prove", bound, written), interval(group, *pair, (0, 1)), mark, r, source)
        for pair, written, (mark, r) in zip(pairs, choices, secrets, strict=True)
    )
    whole = _whole(bound, choices)
    marks = secrets[question.offers_blank :]
    summed = Secret(sum(each.mark for each in marks), sum(each.r for each in marks) % group.order)
    sum_pair = elgamal.total(group, pairs[question.offers_blank :])
    overall = _overall(election, question, pairs, sum_pair)
    if not question.offers_blank:
        prefix = _prefix("prove", whole, elgamal.write(group, sum_pair))
        proof = one_of_prove(group, key, prefix, overall, summed.mark - question.min, summed.r, source)
        return Answer(choices, individual, proof), secrets
    blank = secrets[0]
    true, r = (0, blank.r) if blank.mark else (1 + summed.mark - question.min, summed.r)
    proof = one_of_prove(group, key, f"bproof1|{whole}|", overall, true, r, source)
    either = [Branch(*pairs[0]), Branch(*sum_pair)]
    true, r = (1, summed.r) if blank.mark else (0, blank.r)
    blank_proof = one_of_prove(group, key, f"bproof0|{whole}|", either, true, r, source)
    return Answer(choices, individual, proof, blank_proof), secrets


def check(election: Election, question: Question, answer: Answer, bound: str, reader: Reader) -> list[Pair]:
    """The ciphertexts of an answer whose every proof holds. Raises `BallotError` naming what does not."""
    group, key = election.group, election.key_power
    if len(answer.choices) != question.size or len(answer.individual_proofs) != question.size:
        raise BallotError(say("It has not one ciphertext and one proof for each possible answer."))
    if (answer.blank_proof is not UNSET) != question.offers_blank:
        raise BallotError(say("A proof on the blank vote stands where none is asked for, or is lacking."))
    pairs: list[Pair] = []
    for place, written in enumerate(answer.choices, 1):
        pair = elgamal.read(reader, written)
        branches, prefix = interval(group, *pair, (0, 1)), _prefix("prove", bound, written)
        if not one_of_verify(group, key, prefix, branches, answer.individual_proofs[place - 1]):
            raise BallotError(say("The proof that mark {place} is 0 or 1 does not hold.", place=str(place)))
        pairs.append(pair)
    whole = _whole(bound, answer.choices)
    sum_pair = elgamal.total(group, pairs[question.offers_blank :])
    overall = _overall(election, question, pairs, sum_pair)
    prefix = f"bproof1|{whole}|" if question.offers_blank else _prefix("prove", whole, elgamal.write(group, sum_pair))
    if not one_of_verify(group, key, prefix, overall, answer.overall_proof):
        raise BallotError(say("The proof that as many are marked as is allowed does not hold."))
    if answer.blank_proof is not UNSET:
        either = [Branch(*pairs[0]), Branch(*sum_pair)]
        if not one_of_verify(group, key, f"bproof0|{whole}|", either, answer.blank_proof):
            raise BallotError(say("The proof that a blank vote marks nothing does not hold."))
    return pairs


def opens(election: Election, answer: Answer, secrets: Sequence[Secret]) -> bool:
    """Whether `secrets` open the answer: each ciphertext is that of its mark (the audit of a ballot not cast)."""
    return len(secrets) == len(answer.choices) and all(
        elgamal.write(election.group, elgamal.encrypt(election.group, election.key_power, mark, r)) == written
        for (mark, r), written in zip(secrets, answer.choices, strict=True)
    )


def _overall(election: Election, question: Question, pairs: Sequence[Pair], sum_pair: Pair) -> list[Branch]:
    """The statements of the overall proof: blank, where it is offered; then each allowed number of marks."""
    group = election.group
    blank = interval(group, *pairs[0], (1,)) if question.offers_blank else []
    return blank + interval(group, *sum_pair, range(question.min, question.max + 1))


def _prefix(name: str, bound: str, written: Ciphertext) -> str:
    return f"{name}|{bound}|{written.alpha},{written.beta}|"


def _whole(bound: str, choices: Sequence[Ciphertext]) -> str:
    return bound + "|" + ",".join(f"{one.alpha},{one.beta}" for one in choices)
