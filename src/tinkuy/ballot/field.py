"""Subgroups of prime order of a finite field: BELENIOS-2048 and RFC-3526-2048, by GMP.

Guarantees that an element read is in the subgroup: by Legendre's symbol where p = 2q + 1, else by element^q = 1; many
together by products of subsets of them (`are_members`). An element is an integer 1 … p-1; as text it is decimal.

Source: Belenios specification 2.0, 5.1 (FIPS 186-4) and 5.2 (RFC 3526, group 14).

>>> Field(RFC_3526_2048).write(Field(RFC_3526_2048).base(10))
'1024'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import shake_256
from typing import Any

import gmpy2  # type: ignore[import-untyped]  # GMP's binding has no stubs
from gmpy2 import mpz

from tinkuy.ballot.encoding import read_natural
from tinkuy.ballot.errors import BallotError
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class Parameters:
    """Modulus p, order q of the subgroup, and its generator g."""

    name: str
    modulus: int
    order: int
    generator: int


_P_BELENIOS = (
    "a3ef2d011fefb1b6e39e568fccdffb0fb7dc7ef3a791b6862791811d21fc35f21e6d36856b428030421f514ed40bfd4c"
    "06e092a495af8d79a2f85e0fb11c0ede07dd973f9c53e50930c6e82ac36de1ae3fb8c3aabfff12ce27a5022ddd8912d1"
    "07435012768a2cdd0a4091d8fa447f6c7ebc15a349fa318a6b4fe17d8d47e843a3e14dfa9b2162f4d7229abe93a188b4"
    "6b006517d6f6747ebbb29c9ec3099b607f18fb1a8bc858279aa8599411d998d3e3fada9e010840d082d8c31911acdd4a"
    "0e7992d0f18cc759cb5de0acf66a3882555bc810941e021b6a4ccfa04ee4008f878affa2375e2999b44f6cef17d70730"
    "1e59e0e6351e051ed9cec4157646e64f"
)
_Q_BELENIOS = "adb6066a73522565f4daa0f2579db7f2f0fa90c2168bc709e20263387d55c491"
_G_BELENIOS = (
    "1307c1ab5f295885d7caa3a78a42415e31fd1c5807b61fb1e781878a52230a51988b98c259597f9c5a9dfd001d26ba31"
    "d9d8976f01d95a1c8262ee68a0e92cea541e5219e0d0d094301b894236823fe1d4bc04e29f3748aefd4f10d5b1a356a8"
    "643e673fd9d215fc8fe5fb9cf9fdb8ea88fdb1a3381a697fdf9c2458570b06d26aef1be365fdd90165f397c6b870df8c"
    "1b9e519edcee8bb0f74b7a1615a274ba60a7ea574a61f552d2dde0ce514e0927c4ff49b1964c4a913731ae4268d60d7f"
    "22127b6cbba44d453ac8b72fd04e0991b7aeff04867d8724ac638f5f34100d2d47aa680d43771902743d663f42d853c0"
    "41e1c91fe3823f4bcf284308f1d7e653"
)
_P_RFC_3526 = (
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f"
    "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510"
    "15728e5a8aacaa68ffffffffffffffff"
)

BELENIOS_2048 = Parameters("BELENIOS-2048", int(_P_BELENIOS, 16), int(_Q_BELENIOS, 16), int(_G_BELENIOS, 16))
RFC_3526_2048 = Parameters("RFC-3526-2048", int(_P_RFC_3526, 16), int(_P_RFC_3526, 16) // 2, 2)

_SUBSETS = 128  # whose products are asked: a stranger passes with a probability of 2^-128
_TOGETHER = 6  # elements of which all products are made; not more than 8, since a byte chooses among them
_FEW = 160  # up to here it is quicker to ask the elements themselves


class Field:
    """The subgroup that `parameters` give; its elements are gmpy2 integers."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.name = parameters.name
        self.order = parameters.order
        self.modulus = mpz(parameters.modulus)
        self.generator = mpz(parameters.generator)
        self.one = mpz(1)
        self._safe = parameters.modulus == 2 * parameters.order + 1
        self._q = mpz(parameters.order)

    def read(self, text: str) -> mpz:
        """The element; `BallotError` unless it is canonical decimal, less than p, and in the subgroup."""
        number = self.spelt(text)
        if not self._is_member(number):
            raise self._no_element(text)
        return number

    def spelt(self, text: str) -> mpz:
        """The number, in the subgroup or not; `BallotError` unless it is canonical decimal, not 0 and less than p."""
        number = read_natural(text, self.parameters.modulus)
        if number <= 0:
            raise self._no_element(text)
        return mpz(number)

    def are_members(self, elements: Sequence[mpz]) -> bool:
        """Whether all, each from 1 to p-1, are in the subgroup.

        Of many, the products of 128 subsets are asked. Were one element outside, the product of a subset taken at
        random would be outside with a probability of a half or more, whatever the factors of p-1: of two subsets that
        differ in that element alone, at most one has its product inside. Which subsets follows from all the elements,
        by SHAKE-256.
        """
        if self._safe or len(elements) < _FEW:
            return all(map(self._is_member, elements))
        return all(map(self._is_member, self._products(elements)))

    def write(self, element: mpz) -> str:
        """Decimal digits."""
        return str(element)

    def power(self, element: mpz, exponent: int) -> mpz:
        """element^exponent mod p."""
        return gmpy2.powmod(element, exponent % self.order, self.modulus)

    @cached_property
    def base(self) -> Powers:
        """Powers of g."""
        return self.fixed(self.generator)

    def fixed(self, element: mpz) -> Powers:
        """`power` of one element by a table of a few megabytes, some seven times as fast."""
        return Powers(element, self.parameters)

    def multiply(self, a: mpz, b: mpz) -> mpz:
        """a · b mod p."""
        return a * b % self.modulus

    def divide(self, a: mpz, b: mpz) -> mpz:
        """a / b mod p."""
        return a * gmpy2.invert(b, self.modulus) % self.modulus

    def product(self, elements: Iterable[mpz]) -> mpz:
        """The product of all mod p."""
        result = self.one
        for element in elements:
            result = result * element % self.modulus
        return result

    def random(self, source: Callable[[int], bytes]) -> int:
        """A uniform exponent."""
        return int.from_bytes(source(self.order.bit_length() // 8 + 17)) % self.order

    def read_exponent(self, text: str) -> int:
        """The exponent in canonical decimal; `BallotError` otherwise."""
        exponent = read_natural(text, self.order)
        if exponent < 0:
            raise BallotError(say("{text} is not an exponent of {group}.", text=_short(text), group=self.name))
        return exponent

    def _is_member(self, number: mpz) -> bool:
        if self._safe:
            return bool(gmpy2.jacobi(number, self.modulus) == 1)
        return bool(gmpy2.powmod(number, self._q, self.modulus) == 1)

    def _products(self, elements: Sequence[mpz]) -> list[mpz]:
        """The products of `_SUBSETS` subsets of the elements."""
        p, products = self.modulus, [self.one] * _SUBSETS
        # Several elements at once: all the products of them, of which each subset takes one.
        chosen = shake_256(b"".join(map(gmpy2.to_binary, elements))).digest(_SUBSETS * -(-len(elements) // _TOGETHER))
        for number, first in enumerate(range(0, len(elements), _TOGETHER)):
            among = [self.one]
            for element in elements[first : first + _TOGETHER]:
                among += [each * element % p for each in among]
            mask = len(among) - 1
            drawn = chosen[number * _SUBSETS : (number + 1) * _SUBSETS]
            products = [each * among[draw & mask] % p for each, draw in zip(products, drawn, strict=True)]
        return products

    def _no_element(self, text: str) -> BallotError:
        return BallotError(
            say("{text} is not an element of {group} in its one spelling.", text=_short(text), group=self.name)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return (Field, (self.parameters,))


class Powers:
    """Powers of one element, by a table: for each window of the exponent's bits, its 2^window powers."""

    def __init__(self, element: mpz, parameters: Parameters) -> None:
        bits = parameters.order.bit_length()
        self.order, self.modulus = parameters.order, mpz(parameters.modulus)
        self.window = 9 if bits <= 256 else 5  # more bits, more windows: the table stays near four megabytes
        self.rows: list[list[mpz]] = []
        for _ in range(-(-bits // self.window)):
            row = [mpz(1)]
            for _ in range(2**self.window - 1):
                row.append(row[-1] * element % self.modulus)
            self.rows.append(row)
            element = row[-1] * element % self.modulus

    def __call__(self, exponent: int) -> mpz:
        """element^exponent mod p."""
        exponent %= self.order
        mask, result = 2**self.window - 1, mpz(1)
        for row in self.rows:
            digit = exponent & mask
            if digit:
                result = result * row[digit] % self.modulus
            exponent >>= self.window
        return result

    def commitment(self, response: int, other: mpz, challenge: int) -> mpz:
        """element^response · other^challenge mod p; `other` need not be in the subgroup."""
        return self(response) * gmpy2.powmod(other, challenge, self.modulus) % self.modulus


def _short(text: str) -> str:
    return ascii(text[:80])
