"""Proofs without disclosure: that a secret exponent is known, and that one of several statements holds.

Guarantees that a proof verifies only as the specification computes it: challenges and responses in canonical form,
every commitment hashed in order under the prefix given, responses w - x·c. What a proof is bound to is the prefix
alone, so whoever calls gives the whole of it, as the specification has it (`pok|Ed25519|…|`, `prove|S|α,β|` …).

Source: Belenios specification 2.0, 4.5 (knowledge), 4.12 (interval), 4.13 (blank), 4.18 (equality of logarithms).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tinkuy.ballot.encoding import hash_to_exponent
from tinkuy.ballot.group import Element, Group, Powers, Source


class Proof(msgspec.Struct, frozen=True, gc=False):
    """A challenge and its response, exponents in decimal."""

    challenge: str
    response: str


class Branch(msgspec.Struct, frozen=True, gc=False):
    """One of the statements of a disjunction: that (alpha, beta) = (g^r, y^r) for an r that is known."""

    alpha: Element
    beta: Element


def schnorr_prove(group: Group, prefix: str, secret: int, source: Source, *others: Element) -> Proof:
    """A proof of knowledge of `secret`, the logarithm of g^secret to g and of each other^secret to that other."""
    w = group.random(source)
    commitments = [group.base(w), *(group.power(other, w) for other in others)]
    challenge = hash_to_exponent(group, prefix, map(group.write, commitments))
    return Proof(str(challenge), str((w - secret * challenge) % group.order))


def schnorr_verify(group: Group, prefix: str, proof: Proof, public: Element, *others: tuple[Element, Element]) -> bool:
    """Whether `public` = g^x, and power = other^x for each (other, power), is proven for one x that the prover knows.

    Raises `BallotError` if the proof's numbers are not canonical exponents.
    """
    challenge, response = group.read_exponent(proof.challenge), group.read_exponent(proof.response)
    commitments = [group.base.commitment(response, public, challenge)]
    for other, power in others:
        commitments.append(group.multiply(group.power(other, response), group.power(power, challenge)))
    return hash_to_exponent(group, prefix, map(group.write, commitments)) == challenge


def one_of_prove(
    group: Group, key: Powers, prefix: str, branches: Sequence[Branch], true: int, secret: int, source: Source
) -> tuple[Proof, ...]:
    """A proof that of `branches` one holds: in truth `branches[true]`, with `secret` its r. `key` raises y."""
    order = group.order
    challenges = [group.random(source) for _ in branches]
    responses = [group.random(source) for _ in branches]
    w = group.random(source)
    commitments: list[str] = []
    for number, branch in enumerate(branches):
        pair = (
            (group.base(w), key(w))
            if number == true
            else _pretended(group, key, branch, challenges[number], responses[number])
        )
        commitments += map(group.write, pair)
    others = sum(challenges) - challenges[true]
    challenges[true] = (hash_to_exponent(group, prefix, commitments) - others) % order
    responses[true] = (w - secret * challenges[true]) % order
    return tuple(Proof(str(c), str(r)) for c, r in zip(challenges, responses, strict=True))


def one_of_verify(group: Group, key: Powers, prefix: str, branches: Sequence[Branch], proofs: Sequence[Proof]) -> bool:
    """Whether the proofs show that one of `branches` holds, without saying which. `key` raises y.

    Raises `BallotError` if their numbers are not canonical exponents.
    """
    if len(proofs) != len(branches):
        return False
    commitments: list[str] = []
    total = 0
    for branch, proof in zip(branches, proofs, strict=True):
        challenge, response = group.read_exponent(proof.challenge), group.read_exponent(proof.response)
        commitments.append(group.write(group.base.commitment(response, branch.alpha, challenge)))
        commitments.append(group.write(key.commitment(response, branch.beta, challenge)))
        total += challenge
    return hash_to_exponent(group, prefix, commitments) == total % group.order


def interval(group: Group, alpha: Element, beta: Element, values: Iterable[int]) -> list[Branch]:
    """The statements "(alpha, beta) encrypts m" for each m of `values`."""
    return [Branch(alpha, group.divide(beta, group.base(m)) if m else beta) for m in values]


def _pretended(group: Group, key: Powers, branch: Branch, challenge: int, response: int) -> tuple[Element, Element]:
    """Commitments to a statement that does not hold; by the functions for secrets, since which one holds is secret."""
    return (
        group.multiply(group.base(response), group.power(branch.alpha, challenge)),
        group.multiply(key(response), group.power(branch.beta, challenge)),
    )
