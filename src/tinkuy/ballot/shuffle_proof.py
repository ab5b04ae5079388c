"""The proof that a list of ciphertexts is another one re-encrypted and in another order, which it does not disclose.

Guarantees, of a proof that verifies, that no ballot was added, left out or changed. Of the equations of the
specification, those of the chain (t̂) are checked in one product, each raised to a number of 128 bits that comes out of
a hash of the whole proof: a false equation passes with probability 2^-128, and a proof gets the same answer everywhere.

Source: Belenios specification 2.0, 4.17 and tables 4, 5 and 9 to 13 (CHVote System Specification 1.3.2). Names in the
code are those of the tables: u the challenges, c the commitment to the permutation, ĉ (`chain`) that to the products
of challenges, t the commitments of the proof and s its responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import mul
from typing import NamedTuple

import msgspec

from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.encoding import dumps
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.ballot.permutation import commit, generators
from tinkuy.ballot.shuffle_powers import product_of_powers
from tinkuy.words import say

_EQUATIONS = ("t1", "t2", "t3", "t4,1", "t4,2")
_WEIGHT = 16  # bytes of the exponents that join the chain's equations


class Commitment(msgspec.Struct, frozen=True, array_like=True):
    """t."""

    t1: str
    t2: str
    t3: str
    t4: tuple[str, str]
    chain: tuple[str, ...]


class Response(msgspec.Struct, frozen=True, array_like=True):
    """s: ŝ is `chain`, s' is `permuted`."""

    s1: str
    s2: str
    s3: str
    s4: str
    chain: tuple[str, ...]
    permuted: tuple[str, ...]


class ShuffleProof(msgspec.Struct, frozen=True, array_like=True):
    """A proof as it is written: t, s, c and ĉ."""

    commitment: Commitment
    response: Response
    permutation: tuple[str, ...]
    chain: tuple[str, ...]


class Statement(NamedTuple):
    """What is proven: that `after` is `before` shuffled under the key y, in the election of this fingerprint."""

    fingerprint: str
    key: Element
    before: Sequence[Pair]
    after: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Shuffling:
    """What only the one who shuffled knows: where each ciphertext came from, and the exponent of each re-encryption."""

    permutation: Sequence[int] = field(repr=False)
    exponents: Sequence[int] = field(repr=False)


def prove(group: Group, statement: Statement, secret: Shuffling, source: Source) -> ShuffleProof:
    """The proof of a shuffle (table 4)."""
    q, size, psi = group.order, len(statement.before), secret.permutation
    h, each = generators(group, size)
    c, r = commit(group, psi, each, source)
    text = _ciphertexts(group, statement) + _elements(group, c)
    u = _challenges(group, size, f"shuffle-challenges|{statement.fingerprint}|{text}")
    permuted = [u[origin] for origin in psi]
    chain, hidden = _chain(group, h, permuted, source)
    w1, w2, w3, w4 = (group.random(source) for _ in range(4))
    w_chain = [group.random(source) for _ in range(size)]
    w = [group.random(source) for _ in range(size)]
    alphas, betas = [pair.alpha for pair in statement.after], [pair.beta for pair in statement.after]
    t = (
        group.base(w1),
        group.base(w2),
        group.multiply(group.base(w3), product_of_powers(group, each, w)),
        group.divide(product_of_powers(group, betas, w), group.power(statement.key, w4)),
        group.divide(product_of_powers(group, alphas, w), group.base(w4)),
    )
    t_chain = [
        group.multiply(group.base(own), group.power(link, exponent))
        for own, link, exponent in zip(w_chain, [h, *chain], w, strict=False)
    ]
    challenge = _challenge(group, statement, _elements(group, t) + _elements(group, t_chain), text, chain)
    after = 1  # the product of the challenges that come after a place
    r_chain = 0
    for own, factor in zip(reversed(hidden), reversed(permuted), strict=True):
        r_chain, after = (r_chain + own * after) % q, after * factor % q
    r_tilde = sum(map(mul, r, u))
    r_prime = sum(map(mul, secret.exponents, u))
    t1, t2, t3, t41, t42 = map(group.write, t)
    return ShuffleProof(
        Commitment(t1, t2, t3, (t41, t42), _written(group, t_chain)),
        Response(
            str((w1 + challenge * sum(r)) % q),
            str((w2 + challenge * r_chain) % q),
            str((w3 + challenge * r_tilde) % q),
            str((w4 + challenge * r_prime) % q),
            tuple(str((own + challenge * number) % q) for own, number in zip(w_chain, hidden, strict=True)),
            tuple(str((own + challenge * number) % q) for own, number in zip(w, permuted, strict=True)),
        ),
        _written(group, c),
        _written(group, chain),
    )


def verify(group: Group, statement: Statement, proof: ShuffleProof) -> None:
    """Raises `BallotError` naming the equation that does not hold, or what in the proof is no element or exponent."""
    size = len(statement.before)
    t, s = proof.commitment, proof.response
    lengths = {len(each) for each in (statement.after, t.chain, s.chain, s.permuted, proof.permutation, proof.chain)}
    if lengths != {size}:
        raise BallotError(say("The proof is not of {count} ciphertexts.", count=size))
    c, chain, t_chain = (_read(group, each) for each in (proof.permutation, proof.chain, t.chain))
    t_each = _read(group, (t.t1, t.t2, t.t3, *t.t4))
    s_each = [group.read_exponent(text) for text in (s.s1, s.s2, s.s3, s.s4)]
    s_chain, permuted = (list(map(group.read_exponent, each)) for each in (s.chain, s.permuted))
    text = _ciphertexts(group, statement) + _elements(group, c)
    u = _challenges(group, size, f"shuffle-challenges|{statement.fingerprint}|{text}")
    challenge = _challenge(group, statement, _elements(group, t_each) + _elements(group, t_chain), text, chain)
    computed = _expected(group, statement, (c, chain), (u, challenge), (s_each, permuted))
    for found, expected, name in zip(t_each, computed, _EQUATIONS, strict=True):
        if found != expected:
            raise _false(name)
    weights = _weights(proof, challenge, size)
    if not _chain_holds(group, (t_chain, chain), (challenge, s_chain, permuted), weights):
        raise _false("t̂")


def _expected(
    group: Group,
    statement: Statement,
    committed: tuple[Sequence[Element], Sequence[Element]],
    challenges: tuple[Sequence[int], int],
    responses: tuple[Sequence[int], Sequence[int]],
) -> tuple[Element, ...]:
    """t1, t2, t3, t4,1 and t4,2 as the responses give them (table 5, 11 to 20)."""
    (c, chain), (u, challenge), ((s1, s2, s3, s4), permuted) = committed, challenges, responses
    h, each = generators(group, len(u))
    product = 1
    for number in u:
        product = product * number % group.order
    c_bar = group.divide(group.product(c), group.product(each))
    c_hat = group.divide(chain[-1] if chain else h, group.power(h, product))
    c_tilde = product_of_powers(group, c, u)
    alpha, beta = (product_of_powers(group, side, u) for side in _sides(statement.before))
    after_alpha, after_beta = (product_of_powers(group, side, permuted) for side in _sides(statement.after))
    return (
        group.divide(group.base(s1), group.power(c_bar, challenge)),
        group.divide(group.base(s2), group.power(c_hat, challenge)),
        group.divide(
            group.multiply(group.base(s3), product_of_powers(group, each, permuted)), group.power(c_tilde, challenge)
        ),
        group.divide(after_beta, group.multiply(group.power(beta, challenge), group.power(statement.key, s4))),
        group.divide(after_alpha, group.multiply(group.power(alpha, challenge), group.base(s4))),
    )


def _false(name: str) -> BallotError:
    return BallotError(say("The proof of the shuffle does not hold (equation {name}).", name=name))


def _chain_holds(
    group: Group,
    links: tuple[Sequence[Element], Sequence[Element]],
    numbers: tuple[int, Sequence[int], Sequence[int]],
    weights: Sequence[int],
) -> bool:
    """Whether t̂_i · ĉ_i^c = g^ŝ_i · ĉ_{i-1}^s'_i for every i, all of them in one product."""
    (t_chain, chain), (challenge, s_chain, permuted) = links, numbers
    h, _ = generators(group, 0)
    exponents = [0] * (len(chain) + 1)  # of h, ĉ_1 … ĉ_N
    for place, weight in enumerate(weights):
        exponents[place] += weight * permuted[place]
        exponents[place + 1] -= weight * challenge
    known = sum(weight * number for weight, number in zip(weights, s_chain, strict=True))
    joined = group.multiply(group.base(known % group.order), product_of_powers(group, [h, *chain], exponents))
    return bool(joined == product_of_powers(group, t_chain, weights))


def _weights(proof: ShuffleProof, challenge: int, size: int) -> list[int]:
    """A number for each link, which depends on every byte of the proof and, by the challenge, of the ciphertexts."""
    seed = sha256(b"tinkuy/shuffle-chain/v1\0" + str(challenge).encode() + b"\0" + dumps(proof)).digest()
    return [int.from_bytes(sha256(seed + place.to_bytes(8)).digest()[:_WEIGHT]) for place in range(size)]


def _chain(group: Group, first: Element, factors: Sequence[int], source: Source) -> tuple[list[Element], list[int]]:
    """ĉ: each link the one before to the next factor, hidden by an exponent (table 12)."""
    hidden = [group.random(source) for _ in factors]
    links, link = [], first
    for own, factor in zip(hidden, factors, strict=True):
        link = group.multiply(group.base(own), group.power(link, factor))
        links.append(link)
    return links, hidden


def _challenges(group: Group, size: int, text: str) -> list[int]:
    """u: a challenge for each ciphertext (table 11); hashes are joined as hexadecimal text."""
    whole = sha256(text.encode()).hexdigest()
    return [
        int.from_bytes(sha256((whole + sha256(str(place).encode()).hexdigest()).encode()).digest()) % group.order
        for place in range(size)
    ]


def _challenge(group: Group, statement: Statement, commitments: str, text: str, chain: Sequence[Element]) -> int:
    whole = commitments + text + _elements(group, chain) + group.write(statement.key)
    return int.from_bytes(sha256(f"shuffle-challenge|{statement.fingerprint}|{whole}".encode()).digest()) % group.order


def _ciphertexts(group: Group, statement: Statement) -> str:
    return "".join(
        f"{group.write(pair.alpha)},{group.write(pair.beta)}," for pair in (*statement.before, *statement.after)
    )


def _elements(group: Group, elements: Sequence[Element]) -> str:
    return "".join(group.write(element) + "," for element in elements)


def _sides(pairs: Sequence[Pair]) -> tuple[list[Element], list[Element]]:
    return [pair.alpha for pair in pairs], [pair.beta for pair in pairs]


def _read(group: Group, written: Sequence[str]) -> list[Element]:
    return [group.read(text) for text in written]


def _written(group: Group, elements: Sequence[Element]) -> tuple[str, ...]:
    return tuple(map(group.write, elements))
