"""The curve by coordinates gives what libsodium gives, and finds the strangers that libsodium finds.

Source: RFC 8032 for the curve; libsodium as the judge; the points of small order of RFC 7748's curve.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nacl import bindings

from tinkuy.ballot import BallotError, edwards, group
from tinkuy.ballot.edwards import ORDER

G = group.by_name("Ed25519")
EXPONENTS = st.integers(0, ORDER - 1)
# Of order 8; its multiples are all the points of small order.
TORSION = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def small_points() -> list[bytes]:
    points = [TORSION]
    for _ in range(6):
        points.append(bindings.crypto_core_ed25519_add(points[-1], TORSION))
    return points


def judged(element: bytes, response: int, other: bytes, challenge: int) -> bytes:
    """element^response · other^challenge by libsodium alone."""
    return bindings.crypto_core_ed25519_add(bytes(G.power(element, response)), bytes(G.power(other, challenge)))


@settings(max_examples=40)
@given(key=EXPONENTS, response=EXPONENTS, other=EXPONENTS, challenge=EXPONENTS)
@example(key=0, response=5, other=7, challenge=9)
@example(key=3, response=0, other=0, challenge=9)
@example(key=3, response=0, other=7, challenge=0)
@example(key=1, response=ORDER - 5, other=1, challenge=5)
@example(key=3, response=ORDER - 1, other=7, challenge=ORDER - 1)
@example(key=3, response=1, other=7, challenge=ORDER - 2)
@example(key=3, response=1, other=7, challenge=ORDER - 8)
@example(key=3, response=1, other=7, challenge=ORDER - 9)
@example(key=3, response=1, other=7, challenge=1)
def test_a_commitment_is_the_product_that_libsodium_computes(
    key: int, response: int, other: int, challenge: int
) -> None:
    written = G.write(G.base(other))
    for read in (G.read, G.spelt):
        for powers, element in ((G.fixed(G.base(key)), G.base(key)), (G.base, G.generator)):
            assert powers.commitment(response, read(written), challenge) == judged(
                element, response, G.base(other), challenge
            )


@settings(max_examples=40)
@given(times=st.one_of(st.integers(1, ORDER - 1), st.integers(ORDER - 64, ORDER - 1), st.integers(1, 64)))
def test_a_multiple_is_that_of_libsodium_for_every_number_next_to_the_order(times: int) -> None:
    point = edwards.decode(bytes(G.base(77)))
    assert point is not None
    multiple = edwards.multiple(point, times)
    assert multiple is not None
    assert edwards.encode(multiple) == bindings.crypto_scalarmult_ed25519_noclamp(
        times.to_bytes(32, "little"), bytes(G.base(77))
    )


@settings(max_examples=40)
@given(
    exponent=EXPONENTS,
    torsion=st.integers(0, 6),
    times=st.one_of(st.integers(1, ORDER - 1), st.integers(ORDER - 16, ORDER - 1)),
)
@example(exponent=0, torsion=0, times=8)
@example(exponent=1, torsion=3, times=1)
@example(exponent=1, torsion=0, times=ORDER - 1)
def test_a_point_outside_the_subgroup_has_no_multiple_whatever_the_number(
    exponent: int, torsion: int, times: int
) -> None:
    point = bindings.crypto_core_ed25519_add(bytes(G.base(exponent)), small_points()[torsion])
    assert not bindings.crypto_core_ed25519_is_valid_point(point)
    affine = edwards.decode(point)
    assert affine is None or edwards.multiple(affine, times) is None
    with pytest.raises(BallotError, match="not an element"):
        G.base.commitment(1, G.spelt(point[::-1].hex()), times)


def test_a_stranger_of_whom_no_power_was_taken_is_found_when_all_are_asked() -> None:
    stranger = bindings.crypto_core_ed25519_add(bytes(G.base(5)), TORSION)[::-1].hex()
    members = [G.spelt(G.write(G.base(number))) for number in range(4)]
    assert G.are_members(members)
    assert not G.are_members([*members, G.spelt(stranger)])
    # A power of zero says nothing.
    point = G.spelt(stranger)
    G.base.commitment(1, point, 0)
    assert not G.are_members([point])
    # Two strangers whose product is a member are strangers all the same.
    inverse = G.spelt(bindings.crypto_core_ed25519_sub(bytes(G.base(9)), TORSION)[::-1].hex())
    product = G.multiply(G.spelt(stranger), inverse)
    assert product == G.base(14)
    assert G.are_members([product])
    assert not G.are_members([G.spelt(stranger), inverse])


@settings(max_examples=30)
@given(data=st.binary(min_size=32, max_size=32))
@example(data=bytes(32))
@example(data=(2**255 - 20).to_bytes(32, "little"))
@example(data=(1 + 2**255).to_bytes(32, "little"))
@example(data=(2**255 - 19).to_bytes(32, "little"))
def test_what_is_spelt_is_a_point_of_the_curve_in_its_one_form(data: bytes) -> None:
    text = data[::-1].hex()
    try:
        point = G.spelt(text)
    except BallotError:
        with pytest.raises(BallotError):
            G.read(text)
    else:
        assert G.write(point) == text
        assert bindings.crypto_core_ed25519_add(bytes(point), bytes(G.one)) == point


def test_sums_of_read_points_are_those_of_libsodium() -> None:
    exponents = [3, 5, ORDER - 8, 0]
    read = [G.spelt(G.write(G.base(each))) for each in exponents]
    assert G.product(read) == G.one
    assert G.multiply(read[0], read[1]) == G.base(8)
    assert G.divide(read[0], read[1]) == G.base(-2)
    assert G.divide(read[0], read[0]) == G.one == G.multiply(read[3], read[3])
