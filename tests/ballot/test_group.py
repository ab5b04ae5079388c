"""Groups: what is read is an element, in one spelling; libsodium's and GMP's corners are the specification's.

Source: Belenios specification 2.0, 5; RFC 8032; ballot.md, "Traps".
"""

from __future__ import annotations

import os
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from tinkuy.ballot import BallotError, group
from tinkuy.ballot.ed25519 import ORDER
from tinkuy.ballot.field import BELENIOS_2048, RFC_3526_2048, Field

FAST = ("Ed25519", "BELENIOS-2048")
ED25519_TORSION = 2**255 - 20  # y = -1, of order 2


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=15)
@given(x=st.integers(0, 2**260), y=st.integers(0, 2**252))
def test_exponents_add_up_as_elements_multiply(name: str, x: int, y: int) -> None:
    g = group.by_name(name)
    assert g.multiply(g.base(x), g.base(y)) == g.base(x + y)
    assert g.divide(g.base(x + y), g.base(y)) == g.base(x)
    assert g.power(g.base(x), y) == g.fixed(g.base(x))(y) == g.base(x * y)
    assert g.read(g.write(g.base(x))) == g.base(x)


@pytest.mark.parametrize("name", group.NAMES)
def test_the_identity_is_an_element_and_exponent_zero_gives_it(name: str) -> None:
    """libsodium raises on both; the specification allows them."""
    g = group.by_name(name)
    assert g.read(g.write(g.one)) == g.one == g.base(0) == g.base(g.order) == g.power(g.base(5), 0) == g.power(g.one, 5)
    assert g.multiply(g.one, g.generator) == g.divide(g.generator, g.one) == g.generator == g.base(1)
    assert g.divide(g.base(7), g.base(7)) == g.one == g.product([])
    assert g.product([g.base(2), g.base(3)]) == g.base(5)


@pytest.mark.parametrize("name", group.NAMES)
def test_a_group_goes_to_another_process_and_comes_back_by_name(name: str) -> None:
    g = pickle.loads(pickle.dumps(group.by_name(name)))
    assert (g.name, g.base(9)) == (name, group.by_name(name).base(9))
    assert 0 <= g.random(os.urandom) < g.order


def test_a_point_with_torsion_is_refused_although_libsodium_adds_it() -> None:
    g = group.by_name("Ed25519")
    torsion = ED25519_TORSION.to_bytes(32, "little")
    shifted = bindings.crypto_core_ed25519_add(g.generator, torsion)
    for point in (torsion, shifted, bytes(32)):
        with pytest.raises(BallotError, match="not an element"):
            g.read(point[::-1].hex())


@pytest.mark.parametrize(
    "text", ["", "1", "0" * 64, f"{2**255 - 18:064x}", f"{1:064X}" + "0", f"{2**255 + 1:064x}", "é" * 64, "٣" * 64]
)
def test_other_spellings_of_points_are_refused(text: str) -> None:
    with pytest.raises(BallotError):
        group.by_name("Ed25519").read(text)


@pytest.mark.parametrize("parameters", [BELENIOS_2048, RFC_3526_2048], ids=lambda each: each.name)
def test_numbers_outside_the_subgroup_are_refused(parameters: object) -> None:
    assert isinstance(parameters, type(BELENIOS_2048))
    g = group.by_name(parameters.name)
    for number in (0, parameters.modulus - 1, parameters.modulus, parameters.modulus + 1, 3 if g.order < 2**300 else 5):
        if number in (3, 5) and pow(number, g.order, parameters.modulus) == 1:
            continue
        with pytest.raises(BallotError, match="not an element"):
            g.read(str(number))
    for text in ("", "-1", "01", "1 ", "1_0", "٣", "9" * 700):
        with pytest.raises(BallotError):
            g.read(text)


@pytest.mark.parametrize("count", [3, 200])
def test_one_stranger_among_many_is_found(count: int) -> None:
    """Of order 2 and 3 too, which a test by random exponents would miss every second or third time."""
    g, p = group.by_name("BELENIOS-2048"), BELENIOS_2048.modulus
    members = [g.spelt(g.write(g.base(number))) for number in range(1, count)]
    assert g.are_members(members)
    for order in (2, 3, (p - 1) // g.order):
        stranger = next(power for number in range(2, 60) if (power := pow(number, (p - 1) // order, p)) != 1)
        for place, by in ((0, 1), (count // 2, members[0])):
            assert not g.are_members([*members[:place], g.spelt(str(stranger * by % p)), *members[place:]])


def test_one_stranger_among_many_is_found_where_the_other_half_are_strangers() -> None:
    g, p = group.by_name("RFC-3526-2048"), RFC_3526_2048.modulus
    members = [g.spelt(g.write(g.base(number))) for number in range(1, 9)]
    assert g.are_members(members)
    assert not g.are_members([*members, g.spelt(str(p - members[3]))])


def test_which_subsets_are_asked_follows_from_all_the_elements() -> None:
    g = Field(BELENIOS_2048)
    members = [g.base(3**number) for number in range(200)]
    products = g._products(members)
    assert products == g._products(list(members))
    assert len(products) == len(set(products)) == 128
    changed = g._products([*members[:-1], g.base(777)])
    assert all(one != other for one, other in zip(products, changed, strict=True))


@pytest.mark.parametrize("name", group.NAMES)
def test_exponents_have_one_spelling_and_are_below_q(name: str) -> None:
    g = group.by_name(name)
    for number in (0, 1, g.order - 1):
        assert g.read_exponent(str(number)) == number
    for text in (str(g.order), "00", "01", "-1", "+1", " 1", "1e3", "", "٣"):
        with pytest.raises(BallotError, match="not an exponent"):
            g.read_exponent(text)


def test_an_unknown_group_is_named() -> None:
    with pytest.raises(BallotError, match="P-256"):
        group.by_name("P-256")


def test_libsodium_ignores_the_bit_that_we_refuse() -> None:
    """Why the range is checked first: base multiplication reads 255 bits of a scalar."""
    high = (3 + 2**255).to_bytes(32, "little")
    assert bindings.crypto_scalarmult_ed25519_base_noclamp(high) == group.by_name("Ed25519").base(3)
    with pytest.raises(BallotError):
        group.by_name("Ed25519").read_exponent(str(3 + 2**255))
    assert ORDER < 2**253
