from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book.builders import CHAIR, OFFICERS, PUBLIC, SECRETARY, Book
from tinkuy.book import checkpoint, note
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey


def test_a_checkpoint_speaks_of_one_book_one_size_and_one_root(book: Book):
    read = book.checkpoint()
    assert read.origin == f"tinkuy/{book.id}"
    assert (read.book_id, read.size, read.extensions) == (book.id, 7, ())
    assert read.note.decode().split("\n")[:3] == [read.origin, "7", base64.b64encode(read.root).decode()]
    assert checkpoint.parse(read.note) == read


def test_it_says_which_officers_signed(book: Book):
    assert checkpoint.signed_by(book.checkpoint(), PUBLIC) == {"chair", "secretary"}
    provisional = checkpoint.parse(checkpoint.sign(book.id, 7, bytes(32), {"secretary": SECRETARY}))
    assert checkpoint.signed_by(provisional, PUBLIC) == {"secretary"}
    assert checkpoint.signed_by(provisional, {}) == frozenset()


def test_another_key_under_a_roles_name_counts_as_not_signed(book: Book):
    former = SigningKey.from_seed(b"former".ljust(32))
    signed = checkpoint.parse(checkpoint.sign(book.id, 7, bytes(32), {"chair": former, "secretary": SECRETARY}))
    assert checkpoint.signed_by(signed, PUBLIC) == {"secretary"}
    assert [line.name for line in signed.signatures] == [f"{signed.origin}/chair", f"{signed.origin}/secretary"]


def test_a_signature_on_other_words_names_the_role(book: Book):
    forged = checkpoint.parse(book.checkpoint().note.replace(b"\n7\n", b"\n8\n"))
    with pytest.raises(BookError, match=r"/chair is not valid"):
        checkpoint.signed_by(forged, PUBLIC)


def test_no_byte_can_change_and_keep_both_signatures(book: Book):
    data = book.checkpoint().note
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert checkpoint.signed_by(checkpoint.parse(changed), PUBLIC) != {"chair", "secretary"}
        except BookError:
            continue


def test_a_witness_may_add_its_line(book: Book):
    data = book.checkpoint().note + "— witness.example/1 AAAAAAA=\n".encode()
    assert checkpoint.signed_by(checkpoint.parse(data), PUBLIC) == {"chair", "secretary"}


def test_extension_lines_are_signed_and_kept(book: Book):
    origin = f"tinkuy/{book.id}"
    text = f"{origin}\n0\n{base64.b64encode(bytes(32)).decode()}\nextra one\nextra two\n"
    signed = checkpoint.parse(note.sign(text, [(f"{origin}/chair", CHAIR)]))
    assert signed.extensions == ("extra one", "extra two")
    assert checkpoint.signed_by(signed, PUBLIC) == {"chair"}


ID = "0123456789abcdefghjkmnpqrstvwxyz"
ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"tinkuy/{ID}\n", "lines of their own"),
        (f"tinkuy/{ID}\n1\n", "lines of their own"),
        (f"tinkuy/{ID}\n1\n{ROOT}\n\nmore\n", "lines of their own"),
        (f"\n1\n{ROOT}\n", "origin"),
        (f"example.com/log\n1\n{ROOT}\n", "origin"),
        (f"tinkuy/{ID[:-1]}\n1\n{ROOT}\n", "origin"),
        (f"tinkuy/{ID}x\n1\n{ROOT}\n", "origin"),
        (f"tinkuy/{ID.upper()}\n1\n{ROOT}\n", "origin"),
        (f"tinkuy/{ID}\n01\n{ROOT}\n", "size"),
        (f"tinkuy/{ID}\n-1\n{ROOT}\n", "size"),
        (f"tinkuy/{ID}\n+1\n{ROOT}\n", "size"),
        (f"tinkuy/{ID}\n\u0661\n{ROOT}\n", "size"),
        (f"tinkuy/{ID}\n{'9' * 5000}\n{ROOT}\n", "size"),
        (f"tinkuy/{ID}\n1\n{ROOT[:-4]}\n", "root"),
        (f"tinkuy/{ID}\n1\n{ROOT[:-2]}B=\n", "root"),
    ],
)
def test_malformed_checkpoints_are_refused_by_name(text, message):
    with pytest.raises(BookError, match=message):
        checkpoint.parse(note.sign(text, [("anyone", CHAIR)]))


def test_what_no_reader_would_take_is_not_signed():
    for book_id, size, root in (("x", 1, bytes(32)), (ID, -1, bytes(32)), (ID, 1, bytes(31))):
        with pytest.raises(BookError):
            checkpoint.sign(book_id, size, root, OFFICERS)
    with pytest.raises(BookError, match="role"):
        checkpoint.sign(ID, 1, bytes(32), {"la presidenta": CHAIR})
    with pytest.raises(BookError):
        checkpoint.sign(ID, 1, bytes(32), {})


def test_the_check_code_is_grouped_for_reading_aloud():
    assert checkpoint.check_code(bytes(32)) == "0000-0000-0000-0"
    assert (
        checkpoint.check_code(b"\xff" * 32)
        == f"ZZZZ-ZZZZ-ZZZZ-{'0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U'[(2**60 - 1) % 37]}"
    )


@given(st.binary(min_size=32, max_size=32))
def test_a_check_code_survives_the_hand_that_copies_it(root):
    code = checkpoint.check_code(root)
    assert checkpoint.check_code_ok(code)
    assert checkpoint.check_code_ok(code.lower().replace("-", " "))
    assert checkpoint.check_code_ok(code.replace("0", "O").replace("1", "l"))
    assert checkpoint.check_code_ok(code.replace("-", "").replace("1", "I"))


@given(st.binary(min_size=32, max_size=32), st.data())
def test_one_wrong_or_two_swapped_characters_are_noticed(root, data):
    code = checkpoint.check_code(root).replace("-", "")
    place = data.draw(st.integers(0, 11))
    wrong = data.draw(st.sampled_from("23456789ABCDEFGHJKMNPQRSTVWXYZ").filter(lambda char: char != code[place]))
    assert not checkpoint.check_code_ok(code[:place] + wrong + code[place + 1 :])
    first, second = code[place : place + 2] if place < 11 else ("", "")
    if first != second:
        assert not checkpoint.check_code_ok(code[:place] + second + first + code[place + 2 :])


@pytest.mark.parametrize(
    "text", ["", "0", "0000-0000-000-0", "0000-0000-0000-00", "????-0000-0000-0", "0000-0000-0000-ñ"]
)
def test_other_texts_are_no_check_codes(text):
    assert not checkpoint.check_code_ok(text)
