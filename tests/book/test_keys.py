from __future__ import annotations

import json
import os
from pathlib import Path

import cryptography_vectors
import pytest

from tinkuy.book import keys
from tinkuy.book.errors import BookError
from tinkuy.book.keys import Cost, SigningKey

VECTORS = Path(cryptography_vectors.__file__).parent / "asymmetric" / "Ed25519" / "sign.input"
QUICK = Cost(passes=1, memory=8 * 1024)
KEY = SigningKey.from_seed(bytes(range(32)))


def vectors() -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Seed, public key, message and signature, from the file of the Ed25519 authors."""
    found = []
    for line in VECTORS.read_text().splitlines():
        secret, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        found.append((secret[:32], public, message, signed[:64]))
    return found


def test_signatures_are_those_of_the_ed25519_authors():
    known = vectors()
    assert len(known) == 1024
    for seed, public, message, signature in known:
        key = SigningKey.from_seed(seed)
        assert key.public == public
        assert key.seed == seed
        assert key.sign(message) == signature
        assert keys.verify(public, message, signature)


def test_an_altered_signature_message_or_key_does_not_verify():
    for _, public, message, signature in vectors()[::16]:
        assert not keys.verify(public, message + b"x", signature)
        for place in (0, 31, 32, 63):
            assert not keys.verify(public, message, flipped(signature, place))
        assert not keys.verify(flipped(public, 5), message, signature)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


# RFC 8032 §5.1.7: S must be below the group's order; libsodium also refuses keys of small order and non-canonical ones.
ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def test_a_signature_with_the_order_added_to_s_is_another_and_is_refused():
    signature = KEY.sign(b"acta")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert not keys.verify(KEY.public, b"acta", signature[:32] + s.to_bytes(32, "little"))


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_a_key_of_small_order_signs_nothing(public):
    for r in SMALL_ORDER:
        assert not keys.verify(bytes.fromhex(public), b"acta", bytes.fromhex(r) + bytes(32))


@pytest.mark.parametrize(("public", "signature"), [(31, 64), (33, 64), (0, 64), (32, 63), (32, 65), (32, 0)])
def test_lengths_that_are_not_ed25519s_never_verify(public, signature):
    assert not keys.verify(bytes(public), b"acta", bytes(signature))


def test_a_seed_has_32_bytes():
    with pytest.raises(BookError, match="not 31"):
        SigningKey.from_seed(bytes(31))


def test_a_key_is_made_from_the_randomness_given():
    assert keys.generate(lambda size: bytes(range(size))) == KEY
    assert keys.generate(os.urandom) != keys.generate(os.urandom)


def test_a_key_does_not_print_its_secret():
    assert KEY.seed.hex() not in repr(KEY)
    assert repr(KEY.seed) not in repr(KEY)


def test_a_commitment_binds_the_key_that_comes_next():
    assert keys.commitment(KEY.public) != keys.commitment(flipped(KEY.public, 0))
    assert len(keys.commitment(KEY.public)) == 32


def sealed(passphrase: str = "ñandú de la asamblea") -> str:
    return keys.seal(KEY, passphrase, bytes, QUICK)


def test_a_sealed_key_opens_with_its_passphrase_only():
    assert keys.unseal(sealed(), "ñandú de la asamblea") == KEY
    with pytest.raises(BookError, match="passphrase"):
        keys.unseal(sealed(), "nandu de la asamblea")


def test_a_passphrase_is_the_same_on_every_keyboard():
    assert keys.unseal(sealed(), "n\u0303andu\u0301 de la asamblea") == KEY


def test_a_sealed_key_says_what_opening_it_costs_and_hides_the_seed():
    written = json.loads(sealed())
    assert (written["passes"], written["memory"], written["public"]) == (1, 8192, KEY.public.hex())
    assert KEY.seed.hex() not in sealed()


def test_the_usual_cost_is_libsodiums_moderate():
    text = keys.seal(KEY, "x", os.urandom)
    assert json.loads(text)["memory"] == 256 * 2**20
    assert keys.unseal(text, "x") == KEY


def test_no_byte_of_a_sealed_key_can_change():
    text = sealed().strip()
    for place in range(len(text)):
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        with pytest.raises(BookError):
            keys.unseal(changed, "ñandú de la asamblea")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("memory", 2**40, "memory"),
        ("passes", 10**6, "passes"),
        ("passes", "1", "passes"),
        ("salt", "AA==", "salt"),
        ("salt", None, "salt"),
        ("box", "?", "box"),
        ("format", "pem", "format"),
    ],
)
def test_a_key_file_that_asks_for_too_much_or_lacks_something_is_refused(field, value, message):
    changed = json.dumps({**json.loads(sealed()), field: value}, sort_keys=True, separators=(",", ":"))
    with pytest.raises(BookError, match=message):
        keys.unseal(changed, "x")


@pytest.mark.parametrize("text", ["", "{}", "no es una llave", "[1]", "\ud800", "9" * 5000])
def test_a_file_that_is_no_key_file_is_refused(text):
    with pytest.raises(BookError):
        keys.unseal(text, "x")
