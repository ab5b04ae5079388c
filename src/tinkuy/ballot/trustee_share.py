"""Partial decryptions (descifrados parciales): what each trustee gives of the encrypted tally, and how they open it.

Guarantees that a share is accepted only with a proof, for each ciphertext, that it was made with the trustee's own
key; that no trustee counts twice; and that any `threshold` trustees of a group give the same factor.

A limit of version 1 of the protocol, whose challenge does not hash the factor: a trustee who means to can prove one
that is false by a power of g which she cannot choose. No figure is then found in a sum, and rankings come out as noise;
nobody can tell by the proofs who did it. Version 2 hashes the factor.

Source: Belenios specification 2.0, 4.18 (factors and proofs) and 4.19 (Lagrange's coefficients).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.ballot.trustee import Trustees
from tinkuy.ballot.trustee_threshold import Part
from tinkuy.words import Said, say

Tally: TypeAlias = Sequence[Sequence[Pair]]  # for each question its ciphertexts
Factors: TypeAlias = tuple[tuple[Element, ...], ...]  # in the shape of the tally


class PartialDecryption(msgspec.Struct, frozen=True):
    """A trustee's factors, alpha^x for each ciphertext of the tally, and their proofs, as text."""

    decryption_factors: tuple[tuple[str, ...], ...]
    decryption_proofs: tuple[tuple[Proof, ...], ...]


def decrypt(group: Group, fingerprint: str, tally: Tally, x: int, source: Source) -> bytes:
    """A trustee's share of the tally with her private key `x`. `fingerprint` is the election's (φ)."""
    prefix = _prefix(group, fingerprint, group.base(x))
    return dumps(
        PartialDecryption(
            tuple(tuple(group.write(group.power(pair.alpha, x)) for pair in row) for row in tally),
            tuple(tuple(schnorr_prove(group, prefix, x, source, pair.alpha) for pair in row) for row in tally),
        )
    )


def verify_share(trustees: Trustees, fingerprint: str, tally: Tally, number: int, data: bytes) -> Factors:
    """The factors in the share of trustee `number`, every proof checked.

    Raises `BallotError` naming the trustee and, where it applies, the question and the ciphertext, both from 1.
    """
    group, x, who = trustees.group, trustees.key(number), trustees.who(number)
    share = read(data, PartialDecryption, say("{who}, partial decryption", who=who))
    shape = [len(row) for row in tally]
    if not shape == [len(row) for row in share.decryption_factors] == [len(row) for row in share.decryption_proofs]:
        raise BallotError(
            say("{who}: the partial decryption does not have one factor and proof a ciphertext.", who=who)
        )
    prefix = _prefix(group, fingerprint, x)
    factors = []
    for question, row in enumerate(tally):
        found = []
        for place, pair in enumerate(row):
            where = _where(who, question, place)
            written, proof = share.decryption_factors[question][place], share.decryption_proofs[question][place]
            found.append(_factor(group, prefix, (x, pair.alpha), (written, proof), where))
        factors.append(tuple(found))
    return tuple(factors)


def missing(trustees: Trustees, given: Mapping[int, object]) -> list[Said]:
    """What is still needed to open the tally, in words; empty when the shares of `given` (by trustee) are enough."""
    wanting = []
    for first, part in _numbered(trustees):
        numbers = range(first, first + len(part.keys))
        count = sum(number in given for number in numbers)
        if count < part.threshold and len(part.keys) == 1:
            wanting.append(trustees.who(first))
        elif count < part.threshold:
            wanting.append(
                say(
                    "{count} more of trustees {first} to {last}",
                    count=part.threshold - count,
                    first=str(first),
                    last=str(numbers[-1]),
                )
            )
    return wanting


def combine(trustees: Trustees, shares: Sequence[tuple[int, Factors]]) -> Factors:
    """alpha^x of the election's secret x, for each ciphertext, from verified shares (trustee's number and factors).

    Of each group the first `threshold` shares given are used. Raises `BallotError` if a trustee gave two, or if some
    are missing, saying whose.
    """
    given: dict[int, Factors] = {}
    for number, factors in shares:
        if number in given:
            raise BallotError(say("{who} gave two partial decryptions.", who=trustees.who(number)))
        given[number] = factors
    wanting = missing(trustees, given)
    if wanting:
        raise BallotError(say("The tally cannot be opened yet. Missing: {wanting}.", wanting=tuple(wanting)))
    group = trustees.group
    raised: list[Factors] = []
    for first, part in _numbered(trustees):
        chosen = [number - first + 1 for number in given if first <= number < first + len(part.keys)][: part.threshold]
        for index in chosen:
            power = lagrange(chosen, index, group.order)
            factors = given[first + index - 1]
            raised.append(tuple(tuple(_raised(group, f, power) for f in row) for row in factors))
    return tuple(
        tuple(group.product(column) for column in zip(*rows, strict=True)) for rows in zip(*raised, strict=True)
    )


def lagrange(indices: Sequence[int], index: int, order: int) -> int:
    """Lagrange's coefficient at 0 of `index` among `indices` (from 1, distinct), modulo `order`.

    >>> lagrange([1, 3], 1, 101), lagrange([1, 3], 3, 101)  # 3/2 and -1/2 modulo 101
    (52, 50)
    """
    coefficient = 1
    for other in indices:
        if other != index:
            coefficient = coefficient * other * pow(other - index, -1, order) % order
    return coefficient


def _factor(group: Group, prefix: str, ours: tuple[Element, Element], given: tuple[str, Proof], where: Said) -> Element:
    (x, alpha), (written, proof) = ours, given
    try:
        factor = group.read(written)
        proven = schnorr_verify(group, prefix, proof, x, (alpha, factor))
    except BallotError as error:
        raise BallotError(say("{where}: {why}", where=where, why=error.said)) from None
    if not proven:
        raise BallotError(say("{where}: the proof of correct decryption does not hold.", where=where))
    return factor


def _raised(group: Group, factor: Element, power: int) -> Element:
    return factor if power == 1 else group.power(factor, power)  # a mandatory trustee's factor stands as it is


def _prefix(group: Group, fingerprint: str, x: Element) -> str:
    return f"decrypt|{fingerprint}|{group.write(x)}|"


def _where(who: Said, question: int, place: int) -> Said:
    return say("{who}, question {question}, ciphertext {place}", who=who, question=str(question + 1), place=place + 1)


def _numbered(trustees: Trustees) -> list[tuple[int, Part]]:
    """Each part with the number of its first trustee."""
    numbered, first = [], 1
    for part in trustees.parts:
        numbered.append((first, part))
        first += len(part.keys)
    return numbered
