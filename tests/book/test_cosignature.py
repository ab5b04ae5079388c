"""Cosignatures: what a witness says, and that nobody else's signature passes for it.

Source: C2SP tlog-cosignature, `cosignature/v1`.
"""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import VerifyKey

from tests.book.builders import CHAIR, PUBLIC, book_of
from tinkuy.book import checkpoint, cosignature, note
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey

WITNESS = SigningKey.from_seed(b"witness".ljust(32, b"."))
SISTER = SigningKey.from_seed(b"sister".ljust(32, b"."))
NAME = "observers.example/w1"
KNOWN = Cosigner(NAME, WITNESS.public)
TIME = 1_772_985_600
AT = book_of(7).checkpoint()


def with_line(time: int = TIME, key: SigningKey = WITNESS, name: str = NAME) -> checkpoint.Checkpoint:
    return cosignature.cosigned(AT, cosignature.sign(AT, name, key, time))


def test_a_witness_is_found_with_the_time_that_it_wrote():
    assert cosignature.verify(with_line(), [KNOWN]) == {KNOWN: TIME}


def test_what_is_signed_is_the_header_the_time_and_the_whole_text_of_the_note():
    """Tried with the library itself, byte by byte as the specification writes it."""
    line = with_line().note.splitlines()[-1]
    name, encoded = line.split()[1:]
    data = base64.b64decode(encoded)
    assert name.decode() == NAME
    assert data[:4] == sha256(NAME.encode() + b"\n\x04" + WITNESS.public).digest()[:4]
    assert data[4:12] == TIME.to_bytes(8, "big")
    text = AT.note[: AT.note.rindex(b"\n\n") + 1]
    VerifyKey(WITNESS.public).verify(b"cosignature/v1\ntime 1772985600\n" + text, data[12:])


def test_officers_and_witnesses_stand_on_one_note_and_neither_is_taken_for_the_other():
    both = with_line()
    assert checkpoint.signed_by(both, PUBLIC) == {"chair", "secretary"}
    assert cosignature.verify(both, [Cosigner(f"{AT.origin}/chair", CHAIR.public)]) == {}
    chair_as_witness = cosignature.cosigned(AT, cosignature.sign(AT, f"{AT.origin}/chair", CHAIR, TIME))
    assert checkpoint.signed_by(chair_as_witness, PUBLIC) == {"chair", "secretary"}


def test_a_plain_signature_of_the_witness_is_no_cosignature():
    text = AT.note[: AT.note.rindex(b"\n\n") + 1]
    plain = note.signature_line(NAME, KNOWN.key_id, TIME.to_bytes(8, "big") + WITNESS.sign(text))
    with pytest.raises(BookError, match=NAME):
        cosignature.verify(checkpoint.parse(AT.note + plain), [KNOWN])


def test_an_unknown_witness_is_passed_over():
    assert cosignature.verify(with_line(key=SISTER), [KNOWN]) == {}


def test_a_cosignature_under_a_known_key_is_valid_or_an_error():
    line = cosignature.sign(AT, NAME, WITNESS, TIME)
    other = book_of(8).checkpoint()
    with pytest.raises(BookError, match=r"The cosignature of observers\.example/w1 is not valid"):
        cosignature.verify(cosignature.cosigned(other, line), [KNOWN])


@given(place=st.integers(4, 75), bit=st.integers(0, 7))
def test_no_bit_of_time_or_signature_can_be_changed(place, bit):
    data = bytearray(base64.b64decode(cosignature.sign(AT, NAME, WITNESS, TIME).split()[2]))
    data[place] ^= 1 << bit
    line = note.signature_line(NAME, bytes(data[:4]), bytes(data[4:]))
    with pytest.raises(BookError):
        cosignature.verify(checkpoint.parse(AT.note + line), [KNOWN])


def test_one_witness_that_cosigned_twice_counts_once_with_the_later_time():
    twice = cosignature.cosigned(with_line(), cosignature.sign(AT, NAME, WITNESS, TIME + 60))
    assert cosignature.verify(twice, [KNOWN]) == {KNOWN: TIME + 60}


def test_the_same_line_is_not_put_there_twice():
    assert cosignature.cosigned(with_line(), cosignature.sign(AT, NAME, WITNESS, TIME)).note == with_line().note


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_is_one_that_a_clock_can_show(time):
    with pytest.raises(BookError, match="no time"):
        cosignature.sign(AT, NAME, WITNESS, time)


def test_a_time_beyond_the_last_is_refused_though_it_was_signed():
    text = AT.note[: AT.note.rindex(b"\n\n") + 1]
    time = 2**63
    signed = time.to_bytes(8, "big") + WITNESS.sign(f"cosignature/v1\ntime {time}\n".encode() + text)
    late = checkpoint.parse(AT.note + note.signature_line(NAME, KNOWN.key_id, signed))
    with pytest.raises(BookError, match="not valid"):
        cosignature.verify(late, [KNOWN])


def test_a_cosigning_key_is_spelt_with_its_own_type_and_read_back():
    assert cosignature.cosigner(KNOWN.vkey) == KNOWN
    with pytest.raises(BookError, match="type 1"):
        note.verifier(KNOWN.vkey)
    with pytest.raises(BookError, match="type 4"):
        cosignature.cosigner(note.Verifier(NAME, WITNESS.public).vkey)
