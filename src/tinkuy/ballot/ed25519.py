"""Ed25519 as a group: the subgroup of prime order of edwards25519, by libsodium and, for what is public, `edwards`.

Guarantees that libsodium's functions see only what they handle as the specification means it: exponents below q, points
in their one encoding and in the subgroup. An element is its 32 bytes as RFC 8032 has them; as text it is the same
number in 64 lower-case hexadecimal digits, most significant first, which is RFC 8032's order reversed. What is computed
with a secret is computed by libsodium alone, in a time that does not depend on it.

Source: RFC 8032; Belenios 3.0 for the text. Traps of libsodium are named where they are met.

>>> Ed25519().write(Ed25519().one)
'0000000000000000000000000000000000000000000000000000000000000001'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any

from nacl import bindings

from tinkuy.ballot import edwards
from tinkuy.ballot.edwards import ONE, ORDER, Affine, Extended
from tinkuy.ballot.encoding import read_natural
from tinkuy.ballot.errors import BallotError
from tinkuy.words import say

_TEXT = re.compile(r"[0-9a-f]{64}")
_NAME = "Ed25519"
_MARKS = 256  # exponents that are figures and no secrets: their powers are remembered


class Point(bytes):
    """An element's 32 bytes, with what is known of it: its coordinates, and that it is in the subgroup."""

    affine: Affine | None = None
    member = False

    def __reduce__(self) -> tuple[Any, ...]:
        return bytes, (bytes(self),)


_ONE = Point((1).to_bytes(32, "little"))
_ONE.member = True
_GENERATOR = bytes.fromhex("58" + "66" * 31)


class Powers:
    """What raises one element to exponents; a `group.Powers`."""

    def __init__(self, element: bytes) -> None:
        self.element = element

    def __call__(self, exponent: int) -> bytes:
        """element^exponent, by libsodium: the exponent may be a secret."""
        # libsodium raises on exponent 0 and on the identity, and reads only 255 bits of a larger exponent.
        exponent %= ORDER
        if exponent == 0 or self.element == _ONE:
            return _ONE
        return bindings.crypto_scalarmult_ed25519_noclamp(exponent.to_bytes(32, "little"), self.element)

    def commitment(self, response: int, other: bytes, challenge: int) -> bytes:
        """element^response · other^challenge, of public numbers; `BallotError` if `other` is not in the subgroup."""
        power = _multiple(other, challenge)
        return edwards.encode(power if self._table is None else self._table.added(power, response))

    @cached_property
    def _table(self) -> edwards.Table | None:
        return None if self.element == _ONE else _table(bytes(self.element))


class _Base(Powers):
    """Powers of the generator: libsodium has a table of its own."""

    def __call__(self, exponent: int) -> bytes:
        exponent %= ORDER
        return _mark(exponent) if exponent < _MARKS else _base(exponent)

    def commitment(self, response: int, other: bytes, challenge: int) -> bytes:
        return bindings.crypto_core_ed25519_add(self(response), edwards.encode(_multiple(other, challenge)))


class Ed25519:
    """The group; its elements are 32 bytes."""

    name = _NAME
    order = ORDER
    generator = _GENERATOR
    one = _ONE

    @cached_property
    def base(self) -> Powers:
        """Powers of g."""
        return _Base(_GENERATOR)

    def read(self, text: str) -> bytes:
        """The point; `BallotError` unless 64 lower-case digits name a point of the subgroup in canonical form."""
        if _TEXT.fullmatch(text):
            point = Point(bytes.fromhex(text)[::-1])
            if self.are_members([point]):
                return point
        raise _no_element(text)

    def spelt(self, text: str) -> bytes:
        """The point of the curve, in the subgroup or not; `BallotError` unless the text names one in canonical form."""
        if _TEXT.fullmatch(text):
            point = Point(bytes.fromhex(text)[::-1])
            if point == _ONE:
                return _ONE
            point.affine = edwards.decode(point)
            if point.affine is not None:
                return point
        raise _no_element(text)

    def are_members(self, elements: Iterable[bytes]) -> bool:
        """Whether all are in the subgroup: those of which no power was taken are asked one by one."""
        # libsodium holds the identity for invalid, because it is of small order; the specification allows it.
        return all(
            point == _ONE
            or (isinstance(point, Point) and point.member)
            or bindings.crypto_core_ed25519_is_valid_point(point)
            for point in elements
        )

    def write(self, element: bytes) -> str:
        """64 hexadecimal digits."""
        return element[::-1].hex()

    def power(self, element: bytes, exponent: int) -> bytes:
        """element^exponent, for an element that was read or computed here."""
        return Powers(element)(exponent)

    def fixed(self, element: bytes) -> Powers:
        """`power` of one element."""
        return Powers(element)

    def multiply(self, a: bytes, b: bytes) -> bytes:
        """a · b, which is the addition of points."""
        known = _coordinates((a, b))
        return bindings.crypto_core_ed25519_add(a, b) if known is None else _point(edwards.total(known), a, b)

    def divide(self, a: bytes, b: bytes) -> bytes:
        """a / b."""
        above, below = _coordinates((a,)), _coordinates((b,))
        if above is None or below is None:
            return bindings.crypto_core_ed25519_sub(a, b)
        return _point(edwards.total(above, below), a, b)

    def product(self, elements: Iterable[bytes]) -> bytes:
        """The product of all."""
        points = tuple(elements)
        known = _coordinates(points)
        if known is not None:
            return _point(edwards.total(known), *points)
        result: bytes = _ONE
        for element in points:
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


def _base(exponent: int) -> bytes:
    return bindings.crypto_scalarmult_ed25519_base_noclamp(exponent.to_bytes(32, "little"))


@lru_cache(maxsize=_MARKS)
def _mark(exponent: int) -> bytes:
    if exponent == 0:
        return _ONE
    point = Point(_base(exponent))
    point.affine, point.member = edwards.decode(point), True
    return point


@lru_cache(maxsize=8)
def _table(element: bytes) -> edwards.Table | None:
    found = edwards.decode(element)
    return None if found is None else edwards.Table(found)


def _multiple(element: bytes, times: int) -> Extended:
    if times == 0 or element == _ONE:
        return ONE
    affine = element.affine if isinstance(element, Point) else None
    affine = affine or edwards.decode(element)
    found = None if affine is None else edwards.multiple(affine, times)
    if found is None:
        raise _no_element(element[::-1].hex())
    if isinstance(element, Point):
        element.affine, element.member = affine, True
    return found


def _coordinates(points: Iterable[bytes]) -> list[Affine] | None:
    """Those of all the points but the identity; None if some are not known."""
    found = []
    for point in points:
        if point == _ONE:
            continue
        if not isinstance(point, Point) or point.affine is None:
            return None
        found.append(point.affine)
    return found


def _point(sum_: Extended, *of: bytes) -> bytes:
    data, affine = edwards.normal(sum_)
    point = Point(data)
    point.affine = affine
    point.member = all(each.member for each in of if isinstance(each, Point))
    return point


def _no_element(text: str) -> BallotError:
    return BallotError(
        say("{text} is not an element of {group} in its one spelling.", text=ascii(text[:80]), group=_NAME)
    )
