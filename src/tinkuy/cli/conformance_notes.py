"""Checkpoints, sound and damaged, for `tinkuy book conformance`.

The question: is this a checkpoint of the book `origin` that every one of `keys` has signed? Guarantees that what is
altered after signing keeps its signatures, and that a checkpoint in a wrong form is truly signed in that form, so that
only reading it strictly helps.

Source: C2SP signed-note and tlog-checkpoint.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tinkuy.book import note
from tinkuy.cli.conformance_book import (
    CHAIR,
    OFFICERS,
    SECRETARY,
    STRANGER,
    WITNESS,
    Book,
    Given,
    Made,
    b64,
    flipped,
    forked,
    signature_line,
    signed,
)

_ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group, RFC 8032 §5.1
_IDENTITY = (1).to_bytes(32, "little")  # a point of small order


def sound(book: Book) -> Made:
    """Checkpoints of one book that every reader of the formats accepts."""
    yield "sound", "The checkpoint sealed by chair and secretary.", _given(book, book.note())
    if book.size != 7:
        return
    text, origin = book.text().encode(), book.origin
    chair, secretary = _lines(book)
    witness = signature_line("witness.example", WITNESS.public, WITNESS.sign(text))
    former = signature_line(f"{origin}/chair", STRANGER.public, STRANGER.sign(text))
    for name, what, data in (
        ("order-of-lines", "The secretary's line comes first.", text + b"\n" + secretary + chair),
        ("unknown-signature", "A third line, by a key that nobody asked for.", book.note() + witness),
        ("unknown-key-of-a-role", "A third line, by another key of the chair's name.", book.note() + former),
        ("extension-line", "A line more after the root.", signed(text + b"since 2026\n", origin)),
    ):
        yield name, what, _given(book, data)


def damaged(book: Book) -> Made:
    """Checkpoints that are to be refused."""
    for name, what, data in (*_altered(book), *_misshapen(book), *_signed_amiss(book)):
        yield name, what, _given(book, data)
    other = forked(book, 0)
    yield "another-book", "A sound checkpoint of another book.", {**_given(other, other.note()), "origin": book.origin}
    yield (
        "asked-of-another-origin",
        "The question names another book than the note.",
        {
            **_given(book, book.note()),
            "origin": other.origin,
        },
    )
    name = f"{book.origin}/chair"
    weak = signature_line(name, _IDENTITY, _IDENTITY + bytes(32))
    yield (
        "key-of-small-order",
        "The chair's key is the identity, for which any text is signed.",
        {
            "note": b64(book.text().encode() + b"\n" + weak),
            "origin": book.origin,
            "keys": [note.Verifier(name, _IDENTITY).vkey],
        },
    )


def _given(book: Book, data: bytes) -> Given:
    return {"note": b64(data), "origin": book.origin, "keys": book.keys()}


def _lines(book: Book) -> tuple[bytes, bytes]:
    """The chair's and the secretary's signature line."""
    chair, secretary = book.note().splitlines(keepends=True)[-2:]
    return chair, secretary


def _altered(book: Book) -> Iterator[tuple[str, str, bytes]]:
    """Changed after it was signed."""
    data, fields = book.note(), ("origin", "size", "root", "blank-line", "chair", "secretary")
    start = 0
    for field, line in zip(fields, data.splitlines(keepends=True), strict=True):
        for place in range(len(line)):
            changed = flipped(data, start + place, place % 8)
            yield f"bit-flipped/{field}.{place}", "One bit of one byte is changed.", changed
        start += len(line)
    for role, line in zip(OFFICERS, _lines(book), strict=True):
        name, encoded = line.split()[1:]
        content = base64.b64decode(encoded)
        for part, places in (("key-id", (0, 3)), ("signature-r", (4, 35)), ("signature-s", (36, 67))):
            for place in places:
                again = b"\xe2\x80\x94 %s %s\n" % (name, b64(flipped(content, place)).encode())
                yield f"{part}-changed/{role}.{place}", f"One bit of the {part} is changed.", data.replace(line, again)
    yield "size-changed/6", "The size is another.", data.replace(b"\n7\n", b"\n6\n")
    yield "size-changed/8", "The size is another.", data.replace(b"\n7\n", b"\n8\n")
    older = book.text(6).split("\n")[2].encode()
    yield (
        "root-of-another-tree",
        "The root is that of one entry less.",
        data.replace(book.text().split("\n")[2].encode(), older),
    )


def _misshapen(book: Book) -> Iterator[tuple[str, str, bytes]]:
    """The note is not formed as a note, though its signatures are true."""
    data, text = book.note(), book.text().encode()
    chair, secretary = _lines(book)
    unknown = signature_line("witness.example", WITNESS.public, WITNESS.sign(text))
    yield "empty", "No bytes.", b""
    yield "no-blank-line", "No blank line before the signatures.", text + chair + secretary
    yield "two-blank-lines", "Two blank lines before the signatures.", text + b"\n\n" + chair + secretary
    yield "blank-line-at-end", "A blank line after the signatures.", data + b"\n"
    yield "blank-line-between", "A blank line between the signatures.", text + b"\n" + chair + b"\n" + secretary
    yield "no-newline-at-end", "The last newline is missing.", data[:-1]
    yield "truncated", "The last line is cut in half.", data[:-40]
    yield "line-after-signatures", "A line after the signatures that is not one.", data + b"more\n"
    yield (
        "line-between-signatures",
        "A line between the signatures that is not one.",
        (text + b"\n" + chair + b"more\n" + secretary),
    )
    yield "windows-newlines", "Each newline after a carriage return.", data.replace(b"\n", b"\r\n")
    yield "byte-order-mark", "A byte order mark at the beginning.", b"\xef\xbb\xbf" + data
    yield "line-before", "A blank line at the beginning.", b"\n" + data
    yield "hyphen", "A hyphen in place of the dash.", data.replace(b"\xe2\x80\x94", b"-")
    yield "two-spaces", "Two spaces after the dash.", data.replace(b"\x94 ", b"\x94  ")
    yield "space-at-end", "A space at the end of a signature line.", data[:-1] + b" \n"
    yield "padding-dropped", "Base64 without its padding.", data.replace(b"=\n\xe2", b"\n\xe2").replace(b"=\n", b"\n")
    yield "another-spelling", "Base64 whose unused bits are not zero.", text + b"\n" + _respelled(chair) + secretary
    yield "signature-twice", "The chair's line twice.", text + b"\n" + chair + chair + secretary
    yield (
        "key-twice",
        "The chair's key with a true signature and then a false one.",
        (text + b"\n" + chair + _resigned(book, flipped(CHAIR.sign(text), 0)) + secretary),
    )
    yield "unknown-malformed", "A third line, by an unknown key, not in base64.", data + b"\xe2\x80\x94 other ????\n"
    yield (
        "unknown-without-signature",
        "A third line, by an unknown key, with an id and no signature.",
        (data + b"\xe2\x80\x94 other AAAAAA==\n"),
    )
    yield "name-with-plus", "A third line whose name has a plus sign.", data + unknown.replace(b"s.e", b"s+e")
    yield (
        "name-with-space",
        "A third line whose name has an em space.",
        (data + unknown.replace(b"s.e", "s\u2003e".encode())),
    )
    many = [signature_line(f"other{n}", WITNESS.public, WITNESS.sign(text)) for n in range(99)]
    yield "too-many-signatures", "101 signatures.", data + b"".join(many)


def _signed_amiss(book: Book) -> Iterator[tuple[str, str, bytes]]:
    """What was signed is not a checkpoint, or not everybody signed it."""
    origin, size, root = book.text().split("\n")[:3]
    text = book.text().encode()
    chair, secretary = _lines(book)
    for place, written in enumerate(
        ("07", "+7", "-7", " 7", "7 ", "0x7", "7.0", "7e0", "", "seven", "\u0667", "9" * 20)
    ):
        yield (
            f"size-written-amiss/{place}",
            "The size is not a whole number in its one form.",
            signed(f"{origin}\n{written}\n{root}\n".encode(), origin),
        )
    raw = base64.b64decode(root)
    spellings = (
        b64(raw[:31]), b64(raw + b"\x00"), root.rstrip("="), raw.hex(), "", f" {root}", f"{root} ",
        _other_last(root), root[:20] + "-" + root[21:],
    )  # fmt: skip
    for place, written in enumerate(spellings):
        yield (
            f"root-written-amiss/{place}",
            "The root is not 32 bytes in their one form.",
            signed(f"{origin}\n{size}\n{written}\n".encode(), origin),
        )
    yield "no-root", "No line with a root.", signed(f"{origin}\n{size}\n".encode(), origin)
    yield "no-size", "No line with a size.", signed(f"{origin}\n{root}\n".encode(), origin)
    yield "no-origin", "The origin is empty.", signed(f"\n{size}\n{root}\n".encode(), origin)
    yield "blank-line-inside", "A blank line inside the text.", signed(text + b"\nmore\n", origin)
    yield "origin-in-capitals", "The origin is in capital letters.", signed(text.replace(b"tinkuy", b"TINKUY"), origin)
    yield "control-character", "A tab in an extension line.", signed(text + b"a\tb\n", origin)
    yield "not-utf-8", "A byte that is not UTF-8 in an extension line.", signed(text + b"\xff\n", origin)
    yield "too-long", "More than 1,000,000 bytes.", signed(text + b"x" * 1_000_000 + b"\n", origin)
    yield "unsigned", "No signatures.", text + b"\n"
    yield "chair-alone", "The secretary has not signed.", text + b"\n" + chair
    yield "secretary-alone", "The chair has not signed.", text + b"\n" + secretary
    other = signed(book.text(6).encode(), origin).splitlines(keepends=True)[-2:]
    yield (
        "signatures-of-another-text",
        "The signatures are those of an older checkpoint.",
        text + b"\n" + b"".join(other),
    )
    yield (
        "signatures-exchanged",
        "The two signatures have changed places.",
        text
        + b"\n"
        + (
            _resigned(book, SECRETARY.sign(text))
            + signature_line(f"{origin}/secretary", SECRETARY.public, CHAIR.sign(text))
        ),
    )
    yield (
        "another-role",
        "The chair's signature under another role.",
        _with(text, signature_line(f"{origin}/treasurer", CHAIR.public, CHAIR.sign(text)), secretary),
    )
    yield (
        "another-role-same-id",
        "The chair's signature and key id under another role.",
        _with(text, chair.replace(b"/chair ", b"/treasurer "), secretary),
    )
    yield (
        "shorter-name-same-id",
        "The chair's signature and key id under the beginning of the name.",
        _with(text, chair.replace(b"/chair ", b"/cha "), secretary),
    )
    yield (
        "another-key",
        "Another key in the chair's name.",
        _with(text, signature_line(f"{origin}/chair", STRANGER.public, STRANGER.sign(text)), secretary),
    )
    yield (
        "another-key-same-id",
        "Another key's signature under the chair's name and key id.",
        _with(text, _resigned(book, STRANGER.sign(text)), secretary),
    )
    true = CHAIR.sign(text)
    larger = (int.from_bytes(true[32:], "little") + _ORDER).to_bytes(32, "little")
    yield (
        "signature-malleated",
        "The order of the group is added to the signature's second half.",
        _with(text, _resigned(book, true[:32] + larger), secretary),
    )
    yield "signature-short", "A signature of 63 bytes.", _with(text, _resigned(book, true[:63]), secretary)
    yield "signature-long", "A signature of 65 bytes.", _with(text, _resigned(book, true + b"\x00"), secretary)
    yield "signature-zero", "A signature of zeros.", _with(text, _resigned(book, bytes(64)), secretary)


def _with(text: bytes, *lines: bytes) -> bytes:
    """A note of these signature lines."""
    return text + b"\n" + b"".join(lines)


def _resigned(book: Book, signature: bytes) -> bytes:
    """The chair's line with another signature."""
    return signature_line(f"{book.origin}/chair", CHAIR.public, signature)


def _respelled(line: bytes) -> bytes:
    return _other_last(line.decode().rstrip("\n")).encode() + b"\n"


def _other_last(encoded: str) -> str:
    """Base64 that ends in one "=", with an unused bit set before it."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return f"{encoded[:-2]}{alphabet[alphabet.index(encoded[-2]) | 1]}="
