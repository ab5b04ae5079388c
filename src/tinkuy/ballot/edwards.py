"""The curve edwards25519 by coordinates, for whoever verifies: about twice as fast as libsodium's functions on bytes.

Guarantees the same points as libsodium gives, by a way on which no work is done twice: a point is decoded once, the
powers of one point are added up from a table, and a multiple is found by two of X25519's ladders, which do not test the
subgroup as `crypto_scalarmult_ed25519` does; the test falls out of the two (`multiple`). The time taken depends on the
numbers, so everything here is for numbers that everybody may know: proofs that are verified, never made.

Source: RFC 7748, 4.1 (the map between the two curves) and 5 (X25519); H. Hisil et al., "Twisted Edwards Curves
Revisited" (2008), 3.1 and 3.2; K. Okeya and K. Sakurai, "Efficient Elliptic Curve Cryptosystems from a Scalar
Multiplication Algorithm with Recovery of the y-Coordinate" (2001).

>>> base = decode(bytes.fromhex("58" + "66" * 31))
>>> encode(Table(base).added(multiple(base, 4), 1)) == encode(multiple(base, 5))
True
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import gmpy2  # type: ignore[import-untyped]  # GMP's binding has no stubs
from gmpy2 import mpz
from nacl import bindings
from nacl.exceptions import RuntimeError as Refused

ORDER = 2**252 + 27742317777372353535851937790883648493

_P = mpz(2**255 - 19)
_D = -121665 * gmpy2.invert(121666, _P) % _P
_2D = 2 * _D % _P
_ROOT = (_P - 5) // 8
_SQRT_MINUS_ONE = gmpy2.powmod(2, (_P - 1) // 4, _P)
_A = 486662  # of the curve v² = u³ + A·u² + u, on which X25519 climbs
_WINDOW = 8

Extended: TypeAlias = tuple[mpz, mpz, mpz, mpz]  # X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z
Niels: TypeAlias = tuple[mpz, mpz, mpz]  # y + x, y - x, 2·d·x·y of a point that is added often

ONE: Extended = (mpz(0), mpz(1), mpz(1), mpz(0))


class Affine(NamedTuple):
    """A point other than (0, ±1): x and y, u of the other curve as number and as bytes, and what `multiple` needs."""

    x: mpz
    y: mpz
    u: mpz
    u_bytes: bytes
    scale: mpz  # -2·(A + 2)·u / x
    four_f: mpz  # 4·(u³ + A·u² + u)


def decode(point: bytes) -> Affine | None:
    """The point that 32 bytes spell, in the subgroup or not; None where they spell none, or one with x = 0."""
    number = int.from_bytes(point, "little")
    y, odd = mpz(number & ((1 << 255) - 1)), number >> 255
    if y >= _P:
        return None
    square = y * y
    above, below = (square - 1) % _P, (_D * square + 1) % _P
    cubed = below * below * below % _P
    x = above * cubed * gmpy2.powmod(above * cubed * below * below * below * below % _P, _ROOT, _P) % _P
    found = below * x * x % _P
    if found != above:
        if found + above != _P:
            return None
        x = x * _SQRT_MINUS_ONE % _P
    if x == 0:
        return None
    return _affine(_P - x if x & 1 != odd else x, y)


def encode(point: Extended) -> bytes:
    """The 32 bytes of a point."""
    x, y, z, _ = point
    inverse = gmpy2.invert(z, _P)
    return _written(x * inverse % _P, y * inverse % _P)


def normal(point: Extended) -> tuple[bytes, Affine | None]:
    """The bytes of a point and its coordinates; None for those of a point with x = 0."""
    x, y, z, _ = point
    inverse = gmpy2.invert(z, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return _written(x, y), _affine(x, y) if x else None


def total(points: Iterable[Affine], less: Iterable[Affine] = ()) -> Extended:
    """The sum of `points`, less the others."""
    result = ONE
    for point in points:
        result = _added(result, _niels(point.x, point.y))
    for point in less:
        result = _added(result, _niels(_P - point.x, point.y))
    return result


def multiple(point: Affine, times: int) -> Extended | None:
    """`times`·`point` for 0 < `times` < q; None where the point is not in the subgroup, whatever `times` is.

    Two ladders give u1 = u(Q) and u2 = u(Q + P), of which the coordinates of Q follow. A ladder's number is a multiple
    of 8: of a point P + T, with T of order 2, 4 or 8, they give what P alone has. Then u2 is neither that of Q + P + T
    nor that of Q - P - T, for these have a part of small order; and just that, to be one of the two, is what the
    curve's equation asks of the v that follows.
    """
    first, second = _rung(times), _rung(times + 1) if times + 1 < ORDER else None
    if first is None or second is None:
        return _by_libsodium(point, times)
    try:
        u1 = mpz(int.from_bytes(bindings.crypto_scalarmult(first, point.u_bytes), "little"))
        u2 = mpz(int.from_bytes(bindings.crypto_scalarmult(second, point.u_bytes), "little"))
    except Refused:  # the point is of order 2, 4 or 8
        return None
    u, product = point.u, u1 * point.u
    apart = u1 - u
    v = ((product + 1) * (u1 + u + 2 * _A) - 2 * _A - apart * apart % _P * u2) % _P
    if (v * v - point.four_f * u1 % _P * (u1 * u1 + _A * u1 + 1)) % _P:
        return None
    x, y, above, below = point.scale * u1 % _P, u1 - 1, v, u1 + 1
    return x * below % _P, y * above % _P, above * below % _P, x * y % _P


class Table:
    """The multiples of one point: for each window of the number's bits, those by 1 … 2^(window - 1)."""

    def __init__(self, point: Affine) -> None:
        self._rows: list[list[Niels]] = []
        first = _niels(point.x, point.y)
        for _ in range(-(-253 // _WINDOW)):
            multiples, last = [], ONE
            for _ in range(2 ** (_WINDOW - 1)):
                last = _added(last, first)
                multiples.append(last)
            multiples.append(_added(last, _niels(*_divided([last])[0])))
            *row, first = (_niels(x, y) for x, y in _divided(multiples))
            self._rows.append(row)

    def added(self, point: Extended, times: int) -> Extended:
        """`point` and `times` the table's point, for 0 <= `times` < q."""
        # `_added` written out: a call for each window would cost a third more.
        x, y, z, t = point
        p, half, mask = _P, 2 ** (_WINDOW - 1), 2**_WINDOW - 1
        for row in self._rows:
            digit = times & mask
            times >>= _WINDOW
            if digit > half:
                times += 1
                plus, minus, product = row[mask - digit]  # of the point's opposite
                a, b, c, d = (y - x) * plus % p, (y + x) * minus % p, t * product % p, z + z
                e, f, g, h = b - a, d + c, d - c, b + a
            elif digit:
                plus, minus, product = row[digit - 1]
                a, b, c, d = (y - x) * minus % p, (y + x) * plus % p, t * product % p, z + z
                e, f, g, h = b - a, d - c, d + c, b + a
            else:
                continue
            x, y, z, t = e * f % p, g * h % p, f * g % p, e * h % p
        return x, y, z, t


def _added(point: Extended, other: Niels) -> Extended:
    """The sum, by the formula that holds for every two points (the cited paper, 3.1, for a = -1)."""
    x, y, z, t = point
    plus, minus, product = other
    a, b, c, d = (y - x) * minus % _P, (y + x) * plus % _P, t * product % _P, z + z
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _niels(x: mpz, y: mpz) -> Niels:
    return y + x, y - x, _2D * x * y % _P


def _divided(points: list[Extended]) -> list[tuple[mpz, mpz]]:
    """x and y of several points by one inversion (P. Montgomery's trick)."""
    products, running = [], mpz(1)
    for _, _, z, _ in points:
        products.append(running)
        running = running * z % _P
    inverse, found = gmpy2.invert(running, _P), []
    for (x, y, z, _), before in zip(reversed(points), reversed(products), strict=True):
        own = inverse * before % _P
        inverse = inverse * z % _P
        found.append((x * own % _P, y * own % _P))
    return found[::-1]


def _affine(x: mpz, y: mpz) -> Affine:
    inverse = gmpy2.invert((1 - y) * x, _P)
    above = (1 + y) * inverse % _P
    u = above * x % _P
    f = u * (u * u + _A * u + 1) % _P
    return Affine(x, y, u, int(u).to_bytes(32, "little"), -2 * (_A + 2) * above % _P, 4 * f % _P)


def _written(x: mpz, y: mpz) -> bytes:
    return int(y + ((x & 1) << 255)).to_bytes(32, "little")


def _rung(times: int) -> bytes | None:
    """A number that X25519 takes as it is (2^254 <= n < 2^255, 8 divides n) and that is ±`times` modulo q.

    q is 5 modulo 8: so 8 divides times + a·q for a = 3·times modulo 8, and q - times + (7 - a)·q as well. One of a and
    7 - a is from 4 to 7, which puts the number where it must be; None for the few next to 8·q.
    """
    a = 3 * times % 8
    number = times + a * ORDER if a > 3 else (8 - a) * ORDER - times
    return number.to_bytes(32, "little") if number >> 254 == 1 else None


def _by_libsodium(point: Affine, times: int) -> Extended | None:
    try:
        data = bindings.crypto_scalarmult_ed25519_noclamp(times.to_bytes(32, "little"), _written(point.x, point.y))
    except Refused:
        return None
    found = decode(data)
    return None if found is None else (found.x, found.y, mpz(1), found.x * found.y % _P)
