from __future__ import annotations

import json
import os
from pathlib import Path

import cryptography_vectors
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.binary(min_size=32, max_size=32))
def test_a_phrase_gives_back_its_key(seed):
    key = SigningKey.from_seed(seed)
    lines = keys.phrase(key)
    assert len(lines) == 4
    assert keys.from_phrase("\n".join(lines)) == key
    assert keys.from_phrase(" ".join(lines).lower().replace("-", " ").replace("0", "o").replace("1", "l")) == key


@given(st.integers(0, 3), st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_in_a_phrase_is_found_by_its_line(line, place, sign):
    lines = [text.replace("-", "") for text in keys.phrase(KEY)]
    if lines[line][place] == sign:
        return
    lines[line] = lines[line][:place] + sign + lines[line][place + 1 :]
    with pytest.raises(BookError, match=f"Line {line + 1} of the phrase"):
        keys.from_phrase("\n".join(lines))


@given(st.integers(0, 3), st.integers(0, 11))
def test_two_neighbours_exchanged_in_a_phrase_are_found(line, place):
    lines = [text.replace("-", "") for text in keys.phrase(KEY)]
    first, second = lines[line][place : place + 2]
    if first == second:
        return
    lines[line] = lines[line][:place] + second + first + lines[line][place + 2 :]
    with pytest.raises(BookError, match=f"Line {line + 1} of the phrase"):
        keys.from_phrase("\n".join(lines))


@pytest.mark.parametrize("text", ["", "0", "ñandú", "0" * 55, "0" * 57, "\x00" * 56, "0" * 100_000])
def test_what_is_no_phrase_is_refused(text):
    with pytest.raises(BookError, match="phrase"):
        keys.from_phrase(text)


def test_a_phrase_has_one_spelling_for_a_key():
    """The last line has four bits too many: they must be zero, or two phrases would be one key."""
    from tinkuy.book import crockford

    lines = [text.replace("-", "") for text in keys.phrase(KEY)]
    digits = lines[3][:12] + crockford.ALPHABET[crockford.ALPHABET.index(lines[3][12]) + 1]
    with pytest.raises(BookError, match="Line 4 of the phrase"):
        keys.from_phrase("\n".join([*lines[:3], crockford.with_check(digits)]))
