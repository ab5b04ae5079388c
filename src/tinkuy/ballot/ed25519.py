"""Ed25519 as a group: the subgroup of prime order of edwards25519, by libsodium.

Guarantees that libsodium's functions see only what they handle as the specification means it: exponents below q, points
in their one encoding and in the subgroup. An element is its 32 bytes as RFC 8032 has them; as text it is the same
number in 64 lower-case hexadecimal digits, most significant first, which is RFC 8032's order reversed.

Source: RFC 8032; Belenios 3.0 for the text. Traps of libsodium are named where they are met.

>>> Ed25519().write(Ed25519().one)
'0000000000000000000000000000000000000000000000000000000000000001'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from nacl import bindings

from tinkuy.ballot.encoding import read_natural
from tinkuy.ballot.errors import BallotError
from tinkuy.words import say

ORDER = 2**252 + 27742317777372353535851937790883648493

_TEXT = re.compile(r"[0-9a-f]{64}")
_ONE = (1).to_bytes(32, "little")
_GENERATOR = bytes.fromhex("58" + "66" * 31)


class Ed25519:
    """The group; its elements are 32 bytes."""

    name = "Ed25519"
    order = ORDER
    generator = _GENERATOR
    one = _ONE

    def read(self, text: str) -> bytes:
        """The point; `BallotError` unless 64 lower-case digits name a point of the subgroup in canonical form."""
        if _TEXT.fullmatch(text):
            point = bytes.fromhex(text)[::-1]
            # libsodium holds the identity for invalid, because it is of small order; the specification allows it.
            if point == _ONE or bindings.crypto_core_ed25519_is_valid_point(point):
                return point
        raise BallotError(
            say("{text} is not an element of {group} in its one spelling.", text=ascii(text[:80]), group=self.name)
        )

    def write(self, element: bytes) -> str:
        """64 hexadecimal digits."""
        return element[::-1].hex()

    def power(self, element: bytes, exponent: int) -> bytes:
        """element^exponent, for an element that was read or computed here."""
        # libsodium raises on exponent 0 and on the identity, and reads only 255 bits of a larger exponent.
        exponent %= ORDER
        if exponent == 0 or element == _ONE:
            return _ONE
        return bindings.crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), element)

    def base(self, exponent: int) -> bytes:
        """g^exponent, by libsodium's own table."""
        exponent %= ORDER
        return bindings.crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little")) if exponent else _ONE

    def fixed(self, element: bytes) -> Callable[[int], bytes]:
        """`power` of one element."""
        return lambda exponent: self.power(element, exponent)

    def multiply(self, a: bytes, b: bytes) -> bytes:
        """a · b, which is the addition of points."""
        return bindings.crypto_core_ed25519_add(a, b)

    def divide(self, a: bytes, b: bytes) -> bytes:
        """a / b."""
        return bindings.crypto_core_ed25519_sub(a, b)

    def product(self, elements: Iterable[bytes]) -> bytes:
        """The product of all."""
        result = _ONE
        for element in elements:
            result = self.multiply(result, element)
        return result

    def random(self, source: Callable[[int], bytes]) -> int:
        """A uniform exponent."""
        return int.from_bytes(source(48)) % ORDER

    def read_exponent(self, text: str) -> int:
        """The exponent in canonical decimal; `BallotError` otherwise."""
        exponent = read_natural(text, ORDER)
        if exponent < 0:
            raise BallotError(say("{text} is not an exponent of {group}.", text=ascii(text[:80]), group=self.name))
        return exponent

    def __reduce__(self) -> tuple[Any, ...]:
        return (Ed25519, ())
