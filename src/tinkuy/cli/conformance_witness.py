"""Cosigned checkpoints, sound and damaged, for `tinkuy book conformance`.

The question: is this a checkpoint of the book `origin` that every one of `keys` has signed and every one of `witnesses`
has cosigned? Guarantees that what is altered keeps every other signature true, so that only the altered part is to be
seen.

Source: C2SP tlog-cosignature, `cosignature/v1` (Ed25519, signature type 0x04).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import cosignature, note
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.keys import SigningKey
from tinkuy.cli.conformance_book import (
    CHAIR,
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

NAME, SECOND = "witness.example/w1", "sister.example/w2"
TIME = 1_772_985_600
KNOWN = Cosigner(NAME, WITNESS.public)
SISTER = Cosigner(SECOND, STRANGER.public)


def sound(book: Book) -> Made:
    """Cosigned checkpoints that every reader of the formats accepts."""
    data, line = book.note(), _line(book.note())
    yield "sound", "The checkpoint with a witness's cosignature.", _given(book, data + line)
    if book.size != 7:
        return
    head, officers = data.rpartition(b"\n\n")[0] + b"\n\n", data.rpartition(b"\n\n")[2]
    sister = _line(data, SECOND, STRANGER, TIME + 60)
    extended = signed(book.text().encode() + b"since 2026\n", book.origin)
    for name, what, noted in (
        ("witness-first", "The witness's line comes before the officers'.", head + line + officers),
        ("unknown-witness", "A second cosignature, by a witness that nobody asked for.", data + line + sister),
        ("at-the-beginning-of-time", "The time is 0.", data + _line(data, time=0)),
        ("at-the-end-of-time", "The time is 2^63 - 1.", data + _line(data, time=cosignature.LATEST)),
        ("extension-line", "A line more after the root, which the witness signs too.", extended + _line(extended)),
        ("officer-as-witness", "The chair's key cosigns too, under its own name.", data + line + _as_witness(book)),
    ):
        yield name, what, _given(book, noted)
    yield "two-witnesses", "Two witnesses cosigned.", _given(book, data + line + sister, KNOWN, SISTER)


def damaged(book: Book) -> Made:
    """Cosigned checkpoints that are to be refused."""
    data, line = book.note(), _line(book.note())
    for name, what, changed in (*_altered(line), *_amiss(book)):
        yield name, what, _given(book, data + changed)
    yield "not-cosigned", "No witness cosigned.", _given(book, data)
    yield "one-of-two", "The second witness is lacking.", _given(book, data + line, KNOWN, SISTER)
    head, officers = data.rpartition(b"\n\n")[0] + b"\n\n", data.rpartition(b"\n\n")[2]
    alone = officers.splitlines(keepends=True)[0]
    yield "chair-alone", "The secretary has not signed.", _given(book, head + alone + line)
    yield "witness-alone", "No officer has signed.", _given(book, head + line)
    other = forked(book, 3).note()
    yield "of-a-fork", "The cosignature is that of a fork's checkpoint.", _given(book, data + _line(other))
    asked = {**_given(book, data + line), "origin": forked(book, 0).origin}
    yield "asked-of-another-origin", "The question names another book than the note.", asked


def _altered(line: bytes) -> Iterator[tuple[str, str, bytes]]:
    """One bit of the line's content changed: of the key's id, of the time, of the signature."""
    name, encoded = line.split()[1:]
    content = base64.b64decode(encoded)
    for part, places in (("key-id", range(4)), ("time", range(4, 12)), ("signature", range(12, 76, 7))):
        for place in places:
            changed = note.signature_line(name.decode(), b"", flipped(content, place, place % 8))
            yield f"{part}-changed/{place}", f"One bit of the {part} is changed.", changed


def _amiss(book: Book) -> Iterator[tuple[str, str, bytes]]:
    """Truly signed by the witness's key, but not as a cosignature of this checkpoint."""
    data, text = book.note(), book.text().encode()
    yield "of-an-older-checkpoint", "The cosignature is that of an older checkpoint.", _line(book.note(6))
    yield "another-witness", "Another witness's key under this name.", _line(data, key=STRANGER)
    yield (
        "another-witness-same-id",
        "Another witness's key under this name and key id.",
        _raw(_timed(text, key=STRANGER)),
    )
    yield "another-name", "The witness's key under another name.", _line(data, SECOND)
    yield "plain-signature", "The witness signed the note alone.", _raw(_eight(TIME) + WITNESS.sign(text))
    yield (
        "as-an-officer",
        "The witness signed as officers do.",
        signature_line(NAME, WITNESS.public, WITNESS.sign(text)),
    )
    yield "another-version", "The witness signed `cosignature/v2`.", _raw(_timed(text, header=b"cosignature/v2\n"))
    yield "another-time", "The line has another time than was signed.", _raw(_eight(TIME + 1) + _timed(text)[8:])
    yield "time-after-the-last", "The time is 2^63.", _raw(_timed(text, time=2**63))
    yield "time-missing", "The line has no time.", _raw(_timed(text)[8:])
    yield "signature-short", "A signature of 63 bytes.", _raw(_timed(text)[:-1])
    yield "signature-long", "A signature of 65 bytes.", _raw(_timed(text) + b"\x00")


def _given(book: Book, data: bytes, *witnesses: Cosigner) -> Given:
    vkeys = [witness.vkey for witness in witnesses or (KNOWN,)]
    return {"note": b64(data), "origin": book.origin, "keys": book.keys(), "witnesses": vkeys}


def _line(data: bytes, name: str = NAME, key: SigningKey = WITNESS, time: int = TIME) -> bytes:
    return cosignature.sign(checkpoints.parse(data), name, key, time)


def _as_witness(book: Book) -> bytes:
    return _line(book.note(), f"{book.origin}/chair", CHAIR)


def _timed(text: bytes, key: SigningKey = WITNESS, time: int = TIME, header: bytes = b"cosignature/v1\n") -> bytes:
    return _eight(time) + key.sign(header + f"time {time}\n".encode("ascii") + text)


def _raw(content: bytes) -> bytes:
    """A line under the witness's name and id with any content."""
    return note.signature_line(NAME, KNOWN.key_id, content)


def _eight(time: int) -> bytes:
    return time.to_bytes(8, "big")
