from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.book import note
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{SIGNATURE}".encode()
KEY = SigningKey.from_seed(base64.b64decode(SKEY.split("+", 4)[4])[1:])
NEUMANN = note.verifier(VKEY)


def test_gos_example_verifies():
    assert note.parse(NOTE).text == TEXT
    assert note.verify(note.parse(NOTE), [NEUMANN]) == {"PeterNeumann"}


def test_gos_example_is_written_byte_for_byte():
    assert note.sign(TEXT, [("PeterNeumann", KEY)]) == NOTE
    assert note.Verifier("PeterNeumann", KEY.public) == NEUMANN
    assert NEUMANN.vkey == VKEY


# The example of the C2SP specification; its text holds an empty line of its own.
def test_the_text_ends_at_the_last_empty_line():
    ognuno = (
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
        "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC"
        "+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
    )
    read = note.parse(ognuno.encode())
    assert read.text.endswith(":\n\ned è subito sera.\n")
    assert [(line.name, line.key_id.hex()) for line in read.signatures] == [("quasimodo.example/salvatore", "367ba04b")]


def test_signatures_of_unknown_keys_are_passed_over():
    other = SigningKey.from_seed(bytes(32))
    both = note.sign(TEXT, [("witness.example", other), ("PeterNeumann", KEY)])
    assert note.verify(note.parse(both), [NEUMANN]) == {"PeterNeumann"}
    assert note.verify(note.parse(both), []) == frozenset()
    # The same name with another key is another key.
    assert note.verify(note.parse(note.sign(TEXT, [("PeterNeumann", other)])), [NEUMANN]) == frozenset()


def test_a_known_key_that_did_not_sign_this_text_is_an_error_with_its_name():
    with pytest.raises(BookError, match="PeterNeumann is not valid"):
        note.verify(note.parse(NOTE.replace(b"answer", b"ANSWER")), [NEUMANN])


def test_no_byte_of_a_note_can_change_and_still_verify():
    for place in range(len(NOTE)):
        for bit in (1, 2, 16, 32, 128):
            changed = NOTE[:place] + bytes([NOTE[place] ^ bit]) + NOTE[place + 1 :]
            try:
                assert note.verify(note.parse(changed), [NEUMANN]) == frozenset()
            except BookError:
                continue


def test_a_key_signs_a_note_once():
    with pytest.raises(BookError, match="twice"):
        note.parse(NOTE + SIGNATURE.encode())
    # Another spelling of the line cannot stand for the same signature; another signature by the same key is refused.
    forged = SIGNATURE.replace("JnAM=", "JnAQ=")
    with pytest.raises(BookError, match=r"twice|not valid"):
        note.verify(note.parse(NOTE + forged.encode()), [NEUMANN])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "blank line"),
        (b"text\n", "blank line"),
        (b"text\n\n", "blank line"),
        (NOTE[:-1], "blank line"),
        (NOTE.replace("—".encode(), b"-"), "not a signature line"),
        (NOTE.replace("— ".encode(), "—".encode()), "not a signature line"),
        (NOTE + b"more\n", "not a signature line"),
        (NOTE.replace(b"PeterNeumann x08", b"Peter+Neumann x08"), "cannot name a key"),
        (NOTE.replace(b"PeterNeumann x08", "Peter\u2003Neumann x08".encode()), "cannot name a key"),
        (NOTE.replace(b"PeterNeumann x08", b" x08"), "cannot name a key"),
        (NOTE.replace(b"JnAM=", b"JnAM"), "base64"),
        (NOTE.replace(b"JnAM=", b"JnAN="), "base64"),
        (NOTE.replace(b"x08go", b"x08-o"), "base64"),
        (b"text\n\n" + "— name AAAA\n".encode(), "base64"),
        (NOTE.replace(b"answer", b"ans\twer"), "control character"),
        (NOTE.replace(b"answer", b"ans\rwer"), "control character"),
        (NOTE.replace(b"answer", b"ans\x00wer"), "control character"),
        (NOTE.replace(b"answer", b"ans\xffwer"), "not UTF-8"),
        (b"a" * 1_000_001, "1,000,000"),
        (b"t\n\n" + b"".join(f"— k{n} AAAAAAA=\n".encode() for n in range(101)), "100 are allowed"),
    ],
)
def test_malformed_notes_are_refused_by_name(data, message):
    with pytest.raises(BookError, match=message):
        note.parse(data)


def test_a_hundred_signatures_are_read():
    data = b"t\n\n" + b"".join(f"— k{n} AAAAAAA=\n".encode() for n in range(100))
    assert len(note.parse(data).signatures) == 100


@pytest.mark.parametrize(
    ("vkey", "message"),
    [
        ("PeterNeumann", "name"),
        ("PeterNeumann+c74f20a3", "name"),
        (VKEY.replace("c74f20a3", "c74f20a4"), "id"),
        (VKEY.replace("c74f20a3", "C74F20A3"), "id"),
        (VKEY[:-1], "Ed25519"),
        (VKEY.replace("+AR", "+BR"), "Ed25519"),
        ("+c74f20a3+AA==", "cannot name"),
        ("a b+c74f20a3+AA==", "cannot name"),
    ],
)
def test_malformed_verifier_keys_are_refused(vkey, message):
    with pytest.raises(BookError, match=message):
        note.verifier(vkey)


def test_a_text_that_a_note_cannot_hold_is_not_signed():
    for text in ("no newline", "tab\t\n", "\x00\n"):
        with pytest.raises(BookError):
            note.sign(text, [("PeterNeumann", KEY)])
    with pytest.raises(BookError, match="cannot name"):
        note.sign(TEXT, [("Peter Neumann", KEY)])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")).map(lambda text: text + "\n"))
def test_any_text_of_lines_is_signed_and_read_back(text):
    data = note.sign(text, [("PeterNeumann", KEY)])
    assert note.parse(data).text == text
    assert note.verify(note.parse(data), [NEUMANN]) == {"PeterNeumann"}


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_a_note_or_one_clear_error(data):
    with suppress(BookError):
        assert note.parse(data).signatures
