"""A voter's answer to a ranked question: her numbers in one ciphertext, and the lists that come out of the shuffles.

Guarantees that an answer that is checked was made by whoever answers under this credential in this election, so that
nobody casts a copy of another's; and that what is decrypted gives the numbers that were encrypted. What numbers mean is
the question's: `ranking` reads them as places, 1 the first.

A voter can encrypt numbers that are no ranking, because a ciphertext does not show; they come out as written, for the
count to call them spoilt.

Source: Belenios specification 2.0, 4.11.2; N. Koblitz for points of a curve, as in version 3.0.

>>> from tinkuy.ballot.group import by_name
>>> group = by_name("Ed25519")
>>> decode(group, encode(group, (2, 1, 3)), 3)
(2, 1, 3)
>>> ranking((2, 1, 3, 0, 2))
((1,), (0, 4), (2,))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from tinkuy.ballot import elgamal
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Ciphertext, Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Reader, Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.ballot.question import RankedQuestion
from tinkuy.words import say

_BITS = 8  # of a number


class Answer(msgspec.Struct, frozen=True, gc=False):
    """As it is written."""

    choices: Ciphertext
    proof: Proof


@dataclass(frozen=True, slots=True)
class Secret:
    """What opens an answer: the numbers, and the exponent that hid them."""

    numbers: tuple[int, ...] = field(repr=False)
    r: int = field(repr=False)


class _Embedding(NamedTuple):
    """How numbers become an element: bits left for finding one, bits in all, and the text of a candidate."""

    padding: int
    size: int
    base: str


# The group of homomorphic elections alone, BELENIOS-2048, has none: its elements are too rare among the numbers.
_EMBEDDINGS = {"Ed25519": _Embedding(14, 255, "064x"), "RFC-3526-2048": _Embedding(8, 2048, "d")}


def most_numbers(group: Group) -> int:
    """How many numbers one ciphertext holds: 30 on the curve, 255 in RFC-3526-2048; 0 where it holds no ranking."""
    embedding = _EMBEDDINGS.get(group.name)
    return (embedding.size - embedding.padding) // _BITS if embedding else 0


def encode(group: Group, numbers: Sequence[int]) -> Element:
    """The element for numbers of 0 … 255 each. Raises `BallotError` if one is larger, or there are too many."""
    embedding = _embedding(group, len(numbers))
    value = 0
    for number in numbers:
        if not 0 <= number < 2**_BITS:
            raise BallotError(say("{number} is no place in a ranking: 0 to {most}.", number=number, most=2**_BITS - 1))
        value = value << _BITS | number
    for candidate in range(2**embedding.padding):
        try:
            return group.read(format(value << embedding.padding | candidate, embedding.base))
        except BallotError:
            continue  # not an element: one candidate in two is, or on the curve one in sixteen
    raise BallotError(say("No element of {group} stands for these numbers.", group=group.name))


def decode(group: Group, element: Element, count: int) -> tuple[int, ...]:
    """The `count` numbers in an element, whoever made it and whatever stands above them."""
    embedding = _embedding(group, count)
    text = group.write(element)
    value = int(text, 16 if embedding.base.endswith("x") else 10) >> embedding.padding
    return tuple(value >> _BITS * place & 2**_BITS - 1 for place in reversed(range(count)))


def ranking(numbers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """What is preferred to what: groups of answers (from 0) with the same number, in its order; 0 is "not ranked"."""
    return tuple(
        tuple(answer for answer, number in enumerate(numbers) if number == place)
        for place in sorted(set(numbers) - {0})
    )


def make(
    election: Election, question: RankedQuestion, numbers: Sequence[int], bound: str, source: Source
) -> tuple[Answer, Secret]:
    """The answer of numbers, one an answer of the question, and what would open it.

    `bound` is the specification's S0. Raises `BallotError` unless there is one number an answer, each of 0 … 255.
    """
    group = election.group
    if len(numbers) != len(question.answers):
        raise BallotError(
            say("“{question}” asks for {count} numbers.", question=question.question, count=len(question.answers))
        )
    r = group.random(source)
    choices = elgamal.write(group, _encrypted(election, numbers, r))
    proof = schnorr_prove(group, _prefix(election, bound, choices), r, source)
    return Answer(choices, proof), Secret(tuple(numbers), r)


def check(election: Election, question: RankedQuestion, answer: Answer, bound: str, reader: Reader) -> list[Pair]:
    """The one ciphertext of an answer whose proof holds. Raises `BallotError` naming what does not."""
    group = election.group
    _embedding(group, len(question.answers))
    pair = elgamal.read(reader, answer.choices)
    if not schnorr_verify(group, _prefix(election, bound, answer.choices), answer.proof, pair.alpha):
        raise BallotError(say("The proof that the voter knows what is encrypted does not hold."))
    return [pair]


def opens(election: Election, answer: Answer, secret: Secret) -> bool:
    """Whether `secret` opens the answer: the ciphertext is that of its numbers (the audit of a ballot not cast)."""
    return elgamal.write(election.group, _encrypted(election, secret.numbers, secret.r)) == answer.choices


def _encrypted(election: Election, numbers: Sequence[int], r: int) -> Pair:
    group = election.group
    return Pair(group.base(r), group.multiply(election.key_power(r), encode(group, numbers)))


def _prefix(election: Election, bound: str, choices: Ciphertext) -> str:
    key = election.group.write(election.key)
    return f"raweg|{bound}|{key},{choices.alpha},{choices.beta}|"


def _embedding(group: Group, count: int) -> _Embedding:
    embedding = _EMBEDDINGS.get(group.name)
    if embedding is None:
        raise BallotError(
            say("Rankings cannot be encrypted in {group}; {others} can.", group=group.name, others=tuple(_EMBEDDINGS))
        )
    if count > most_numbers(group):
        raise BallotError(
            say("A ranking in {group} has at most {most} answers.", group=group.name, most=most_numbers(group))
        )
    return embedding
