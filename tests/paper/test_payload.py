"""What the codes carry comes out byte for byte, or not at all. Sources: RFC 9285, RFC 1951, C2SP tlog-proof."""

from __future__ import annotations

import zlib
from hashlib import sha256
from random import Random

import msgspec
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from tests.paper import printed
from tinkuy.book import proof
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.paper import base45, payload
from tinkuy.paper.errors import PaperError, Unreadable
from tinkuy.paper.payload import Carried, ProvenAct


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_base_45_is_as_rfc_9285_writes_it(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", "GGWAB", "ZZ", "A", "AAAA", "ab8", "BB8\n", "BÑ8"])
def test_what_is_not_base_45_is_refused(text):
    assert base45.decode(text) is None


@given(st.binary(max_size=200))
def test_base_45_comes_back_and_has_one_spelling(data):
    assert base45.decode(base45.encode(data)) == data


def carried(**changes) -> Carried:
    return printed.of(printed.book(**changes)).carried


def test_entry_and_proof_come_out_of_the_codes_as_a_file_would_hold_them():
    made = printed.book()
    copy = printed.copy_of(made)
    index = len(copy.bodies) - 1
    leaves = [leaf_hash(body) for body in copy.bodies]
    [read] = payload.joined(payload.codes(printed.of(made).carried))
    assert read.proven().body == copy.bodies[index]
    assert read.proven().proof == proof.make(leaves, index, parse_checkpoint(copy.note)).encode()
    assert read.checkpoint.note == copy.note
    assert read.founding == copy.bodies[0]


def test_a_witness_s_cosignature_stays_in_the_file():
    """Lines of other names than the book's own officers are taken out; the note is still the officers' note."""
    made = printed.book()
    copy = printed.copy_of(made)
    line = next(line for line in copy.note.decode().splitlines(keepends=True) if line.startswith("—"))
    witnessed = copy.note + line.replace("tinkuy/", "witness.example/").encode()
    got = payload.carry(msgspec.structs.replace(copy, note=witnessed), len(copy.bodies) - 1, None)
    assert got.checkpoint.note == copy.note


@given(st.integers(0, 2**32))
def test_codes_are_read_in_any_order_and_however_often(seed):
    one = printed.plain()[0].carried
    texts = [*payload.codes(one), *payload.codes(one), "https://example.org", "TK2:1/1:AAAA:00"]
    Random(seed).shuffle(texts)
    assert payload.joined(texts) == [one]


def test_codes_of_two_sheets_are_never_put_together():
    one, other = carried(), carried(place="Otro local")
    first, second = payload.codes(one), payload.codes(other)
    assert sorted(payload.joined([*first, *second]), key=lambda read: read.root) == sorted(
        [one, other], key=lambda read: read.root
    )
    with pytest.raises(Unreadable, match="codes, 2 could not be read"):
        payload.joined([first[0]])
    with pytest.raises(Unreadable):
        payload.joined([first[0], second[1]])


def test_any_sign_that_is_altered_in_a_code_is_found():
    first, second = payload.codes(printed.plain()[0].carried)
    for place in range(0, len(first), 7):
        other = "0" if first[place] != "0" else "1"
        with pytest.raises(Unreadable):
            payload.joined([first[:place] + other + first[place + 1 :], second])


def test_a_picture_without_codes_is_said_to_have_none():
    with pytest.raises(Unreadable, match="there is no code of a tally sheet"):
        payload.joined(["https://example.org"])


def spelled(packed: bytes) -> list[str]:
    mark = payload._mark(packed)
    return [f"TK1:1/1:{mark}:{base45.encode(packed)}"]


def test_what_unpacks_to_more_than_a_sheet_is_refused_before_it_is_unpacked():
    press = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=payload._DICTIONARY)
    with pytest.raises(Unreadable, match="something else than a sheet"):
        payload.joined(spelled(press.compress(bytes(10_000_000)) + press.flush()))


@given(st.binary(max_size=300))
def test_whatever_is_in_the_codes_reading_them_ends_in_a_sheet_or_a_refusal(data):
    with pytest.raises(Unreadable):
        payload.joined(spelled(data))


@given(st.binary(max_size=120))
def test_what_is_packed_well_and_is_no_sheet_is_refused(data):
    press = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=payload._DICTIONARY)
    with pytest.raises(Unreadable):
        payload.joined(spelled(press.compress(data) + press.flush()))


def hashes(count: int, salt: int = 0) -> tuple[bytes, ...]:
    return tuple(sha256(bytes([salt, one])).digest() for one in range(count))


@pytest.mark.parametrize("depth", [4, 10, 17, 20])
def test_a_proof_as_deep_as_a_million_acts_fits_two_codes_of_version_20(depth):
    one = printed.plain()[0].carried
    shared = hashes(depth - 2, 9)
    sheet = msgspec.structs.replace(one.sheet, hashes=(*hashes(2, 1), *shared))
    question = ProvenAct(4, one.question.body, (*hashes(2, 2), *shared))
    deep = msgspec.structs.replace(one, sheet=sheet, question=question)
    texts = payload.codes(deep)
    assert all(segno.make(text, micro=False).version <= 20 for text in texts)
    [read] = payload.joined(texts)
    assert read.sheet == sheet
    assert read.founding == one.founding


def test_what_does_not_fit_is_left_out_in_order_and_at_last_refused():
    one = printed.plain()[0].carried
    wide = msgspec.structs.replace(one, question=ProvenAct(4, bytes(Random(1).randbytes(1_500)), ()))
    [read] = payload.joined(payload.codes(wide))
    assert read == msgspec.structs.replace(one, question=None)
    long = msgspec.structs.replace(one, sheet=ProvenAct(5, Random(1).randbytes(1_700), ()))
    with pytest.raises(PaperError, match=r"signs a code and 1,249 fit on paper"):
        payload.codes(long)


def test_a_proof_that_leads_elsewhere_is_no_proof():
    one = printed.plain()[0].carried
    keys = {role: printed.book().keys.key(role).public for role in ("chair", "secretary")}
    assert proof.verify(one.proof(one.sheet), one.sheet.body, one.book, keys) == {"chair", "secretary"}
    for at in range(len(one.sheet.hashes)):
        steps = (*one.sheet.hashes[:at], bytes(32), *one.sheet.hashes[at + 1 :])
        other = msgspec.structs.replace(one, sheet=msgspec.structs.replace(one.sheet, hashes=steps))
        with pytest.raises(BookError):
            proof.verify(other.proof(other.sheet), one.sheet.body, one.book, keys)
