"""Permutations, and what commits to one without showing it: generators of which nobody knows a logarithm.

Guarantees that a permutation is uniform, and that the generators are the same for everybody: they come out of hashes.

Source: Belenios specification 2.0, tables 2 and 6 to 8 (CHVote 1.3.2, algorithms 8.43 to 8.47); on the curve, version
3.0: the first number from the hash on that is a point's, times the cofactor 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import gmpy2  # type: ignore[import-untyped]  # GMP's binding has no stubs
from nacl import bindings
from nacl.exceptions import RuntimeError as NotAPoint

from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.field import Field
from tinkuy.ballot.group import Element, Group, Source, by_name
from tinkuy.words import say

MAX_SHUFFLED = 100_000
_SURPLUS = 16  # bytes beyond those of the bound, so that a number modulo it is uniform to within 2^-128


class Generators(NamedTuple):
    """`first` (h) and one for each ciphertext (h_1 … h_N)."""

    first: Element
    each: tuple[Element, ...]


def random_permutation(size: int, source: Source) -> list[int]:
    """A uniform permutation of 0 … size - 1: what comes at each place."""
    permuted = list(range(size))
    for place in range(size):
        left = size - place
        chosen = place + int.from_bytes(source(_SURPLUS + 8)) % left
        permuted[place], permuted[chosen] = permuted[chosen], permuted[place]
    return permuted


def generators(group: Group, size: int) -> Generators:
    """The independent generators for `size` ciphertexts. Raises `BallotError` if they are too many."""
    if size > MAX_SHUFFLED:
        raise BallotError(
            say("At most {limit} ballots are shuffled; there are {count}.", limit=MAX_SHUFFLED, count=size)
        )
    found = tuple(_generator(group.name, number) for number in range(-1, size))
    if len({group.one, group.generator, *found}) != len(found) + 2:
        raise BallotError(say("Two of the generators of {group} are one: it must not be used.", group=group.name))
    return Generators(found[0], found[1:])


def commit(
    group: Group, permutation: Sequence[int], each: Sequence[Element], source: Source
) -> tuple[list[Element], list[int]]:
    """A commitment to a permutation, in an element for each place, and the exponents that hide it."""
    hidden = [group.random(source) for _ in permutation]
    committed = [group.one] * len(permutation)
    for place, origin in enumerate(permutation):
        committed[origin] = group.multiply(group.base(hidden[origin]), each[place])
    return committed, hidden


@cache
def _generator(name: str, number: int) -> Element:
    group, digest = by_name(name), int.from_bytes(sha256(f"ggen|{number}".encode()).digest())
    if isinstance(group, Field):
        return gmpy2.powmod(digest, (group.modulus - 1) // group.order, group.modulus)
    return _point(digest >> 2)


def _point(number: int) -> bytes:
    while True:
        point = number.to_bytes(32, "little")
        try:
            for _ in range(3):
                point = bindings.crypto_core_ed25519_add(point, point)  # which takes points outside the subgroup too
            return point
        except NotAPoint:
            number += 1
