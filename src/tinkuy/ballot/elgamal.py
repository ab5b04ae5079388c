"""ElGamal encryption with the vote in the exponent: what is multiplied together adds up.

Guarantees that what is read as a ciphertext is a pair of elements of the group, and that sums are weighted as the list
of voters weights them.

Source: Belenios specification 2.0, 4.3, 4.11.1 and 4.16.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tinkuy.ballot.group import Element, Group, Powers, Reader


class Ciphertext(msgspec.Struct, frozen=True, gc=False):
    """A ciphertext as it is written: two elements as text, unverified."""

    alpha: str
    beta: str


class Pair(NamedTuple):
    """A ciphertext as elements: (g^r, y^r · g^m)."""

    alpha: Element
    beta: Element


def read(reader: Reader, written: Ciphertext) -> Pair:
    """The pair; raises `BallotError` where the reader does: unless both are canonical elements of the group."""
    return Pair(reader.read(written.alpha), reader.read(written.beta))


def write(group: Group, pair: Pair) -> Ciphertext:
    """The pair as text."""
    return Ciphertext(group.write(pair.alpha), group.write(pair.beta))


def encrypt(group: Group, key: Powers, message: int, r: int) -> Pair:
    """The ciphertext of g^message with the exponent r, which is as secret as the message. `key` raises y."""
    hidden = key(r)
    return Pair(group.base(r), group.multiply(hidden, group.base(message)) if message else hidden)


def total(group: Group, pairs: Iterable[Pair]) -> Pair:
    """The ciphertext of the sum."""
    rows = tuple(pairs)
    return Pair(group.product(pair.alpha for pair in rows), group.product(pair.beta for pair in rows))


def times(group: Group, pair: Pair, weight: int) -> Pair:
    """The ciphertext of the message times a weight."""
    if weight == 1:
        return pair
    return Pair(group.power(pair.alpha, weight), group.power(pair.beta, weight))
