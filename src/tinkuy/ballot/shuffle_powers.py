"""Products of many powers, which are most of the work of a shuffle's proof.

In a field, the powers of a product share their squarings, and elements with one digit in common are multiplied before
they are raised (N. Pippenger, "On the evaluation of powers and related problems", 1976): from a few hundred on, a
seventh of the time of one power after another. On the curve libsodium's addition reads and writes points in 32 bytes,
which costs half a power, so that nothing is gained, and powers are taken one by one.

>>> from tinkuy.ballot.group import by_name
>>> group = by_name("RFC-3526-2048")
>>> product_of_powers(group, [group.base(1)] * 20, range(20)) == group.base(190)
True
"""

from __future__ import annotations

from collections.abc import Sequence

from tinkuy.ballot.field import Field
from tinkuy.ballot.group import Element, Group

_FEW, _MANY = 16, 450  # below the first, windows cost more than they save; from the second on, wider ones cost less


def product_of_powers(group: Group, elements: Sequence[Element], exponents: Sequence[int]) -> Element:
    """The product of each element to its exponent (taken modulo q); the identity of none."""
    if not isinstance(group, Field) or len(elements) < _FEW:
        return group.product(group.power(*each) for each in zip(elements, exponents, strict=True))
    reduced = [exponent % group.order for exponent in exponents]
    size = max(1, -(-max(exponent.bit_length() for exponent in reduced) // 8))
    written = [exponent.to_bytes(size) for exponent in reduced]
    width = 8 if len(elements) >= _MANY else 4
    rows = written if width == 8 else [bytes(int(digit, 16) for digit in each.hex()) for each in written]
    return _by_windows(group, elements, rows, width)


def _by_windows(group: Field, elements: Sequence[Element], rows: Sequence[bytes], width: int) -> Element:
    """`rows` are the exponents' digits to the base 2^width, most significant first, all of one length."""
    result = group.one
    for digits in zip(*rows, strict=True):
        for _ in range(width):
            result = group.multiply(result, result)
        buckets = [group.one] * 2**width
        for element, digit in zip(elements, digits, strict=True):
            if digit:
                buckets[digit] = group.multiply(buckets[digit], element)
        running, total = group.one, group.one
        for bucket in reversed(buckets[1:]):  # the bucket of digit d is multiplied in d times
            running = group.multiply(running, bucket)
            total = group.multiply(total, running)
        result = group.multiply(result, total)
    return result
