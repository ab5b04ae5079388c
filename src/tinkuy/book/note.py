"""Signed notes: a text and the signatures of named keys on it.

Guarantees that a note is read in one way only and that a signature under a known key is either valid or an error.
Signatures by unknown keys are passed over, as the specification asks: they may be witnesses' or of a kind yet to come.

Source: C2SP signed-note (c2sp.org/signed-note), Ed25519 signatures (type 0x01); a note written by Go's
`golang.org/x/mod/sumdb/note` is read here and the other way round. Limits as there: 1,000,000 bytes, 100 signatures.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from tinkuy.book import keys
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
ED25519 = 0x01

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_CONTROLS = bytes({*range(0x20)} - {0x0A})
_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_DASH = "\N{EM DASH} "


class Signature(msgspec.Struct, frozen=True, gc=False):
    """One signature line: the key's name, its id (4 bytes) and what it signed with, unverified."""

    name: str
    key_id: bytes
    signature: bytes


class Note(msgspec.Struct, frozen=True, gc=False):
    """A note as read: its text, which ends in a newline, and its signature lines. Nothing in it is verified."""

    text: str
    signatures: tuple[Signature, ...]


class Verifier(msgspec.Struct, frozen=True, gc=False):
    """A public key (32 bytes, Ed25519) and the name under which it signs."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public)."""
        return key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The key as one word of text: name+id+base64(type ‖ public)."""
        return spelt(self.name, self.public)


class Claim(msgspec.Struct, frozen=True, gc=False):
    """That a known key signed a text: what `holds` verifies, apart from the reading, for whoever has many to verify."""

    name: str
    public: bytes
    text: bytes
    signature: bytes

    def holds(self) -> bool:
        """Whether the signature is the key's on the text."""
        return keys.verify(self.public, self.text, self.signature)


def key_id(name: str, public: bytes, kind: int = ED25519) -> bytes:
    """What tells apart the keys of one name; an aid to reading, not a commitment. `kind` is the signature type."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def spelt(name: str, public: bytes, kind: int = ED25519) -> str:
    """A key of a signature type as a vkey, one word of text."""
    encoded = base64.b64encode(bytes([kind]) + public).decode("ascii")
    return f"{name}+{key_id(name, public, kind).hex()}+{encoded}"


def verifier(vkey: str) -> Verifier:
    """The key that a vkey spells out; raises `BookError` if it is malformed or its id does not match."""
    return Verifier(*read_vkey(vkey))


def read_vkey(vkey: str, kind: int = ED25519) -> tuple[str, bytes]:
    """Name and public key (32 bytes) of a vkey of this signature type.

    Raises `BookError` if it is malformed, of another type, or its id does not match.
    """
    name, first, rest = vkey.partition("+")
    written_id, second, encoded = rest.partition("+")
    if not first or not second:
        raise _bad_key(vkey, say("it is not name+id+key"))
    check_name(name)
    data = from_base64(encoded)
    if data is None or len(data) != 33 or data[0] != kind:
        raise _bad_key(vkey, say("it does not hold an Ed25519 key of type {kind}", kind=str(kind)))
    if key_id(name, data[1:], kind).hex() != written_id:
        raise _bad_key(vkey, say("its id does not match its key"))
    return name, data[1:]


def sign(text: str, signers: Iterable[tuple[str, keys.SigningKey]]) -> bytes:
    """The note of `text` signed by each named key, in the order given.

    Raises `BookError` if the text does not end in a newline, holds control characters, or a name is not allowed.
    """
    note = (text + "\n").encode()
    for name, key in signers:
        check_name(name)
        note += signature_line(name, key_id(name, key.public), key.sign(text.encode()))
    parse(note)
    return note


def parse(data: bytes) -> Note:
    """The note in `data`, unverified. Raises `BookError` saying what in it is malformed."""
    if len(data) > MAX_NOTE:
        raise _malformed(say("it has {size} bytes, and {limit} are allowed", size=len(data), limit=MAX_NOTE))
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(say("byte {place} is not UTF-8", place=error.start)) from error
    # To delete them is the quickest way to learn that there are none.
    if len(data.translate(None, _CONTROLS)) != len(data) and (control := _CONTROL.search(note)):
        raise _malformed(say("character {place} is a control character", place=control.start()))
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise _malformed(say("a text, a blank line and whole signature lines are expected"))
    lines = block[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _malformed(
            say("it has {count} signatures, and {limit} are allowed", count=len(lines), limit=MAX_SIGNATURES)
        )
    if len(set(lines)) != len(lines):
        raise _malformed(say("a signature line appears twice"))
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def verify(note: Note, verifiers: Sequence[Verifier]) -> frozenset[str]:
    """The names of the known keys that signed the note; perhaps none.

    Raises `BookError` naming the key whose signature is not valid or that signs twice.
    """
    claimed = claims(note.text.encode(), note.signatures, verifiers)
    return signers(claimed, [claim.holds() for claim in claimed])


def claims(text: bytes, signatures: Iterable[Signature], verifiers: Iterable[Verifier]) -> list[Claim]:
    """The signatures by known keys on a note's text, in order, none of them verified."""
    known = {(each.name, each.key_id): each.public for each in verifiers}
    return [
        Claim(line.name, public, text, line.signature)
        for line in signatures
        if (public := known.get((line.name, line.key_id))) is not None
    ]


def signers(claimed: Iterable[Claim], held: Iterable[bool]) -> frozenset[str]:
    """As `verify`, of a note's claims and of whether each holds."""
    signed: set[tuple[str, bytes]] = set()
    for claim, holds in zip(claimed, held, strict=True):
        key = (claim.name, claim.public)
        if key in signed:
            raise BookError(say("The key {name} signs the note twice.", name=claim.name))
        if not holds:
            raise BookError(
                say(
                    "The signature of {name} is not valid: the note was altered or another key signed.",
                    name=claim.name,
                )
            )
        signed.add(key)
    return frozenset(name for name, _ in signed)


def check_name(name: str) -> None:
    """Raise `BookError` unless `name` may name a key: not empty, without spaces, plus signs or control characters."""
    if not _NAME.fullmatch(name):
        raise BookError(
            say(
                "{name} cannot name a key: a name has at least one character, no space and no plus sign.",
                name=ascii(name),
            )
        )


def signature_line(name: str, key_id: bytes, signature: bytes) -> bytes:
    """One line of a note's signatures, its newline included."""
    encoded = base64.b64encode(key_id + signature).decode("ascii")
    return f"{_DASH}{name} {encoded}\n".encode()


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise _malformed(say("this is not a signature line: {line}", line=ascii(line[:60])))
    check_name(name)
    data = from_base64(encoded)
    if data is None or len(data) < 5:
        raise _malformed(say("the signature of {name} is not in base64", name=name))
    return Signature(name, data[:4], data[4:])


def from_base64(text: str) -> bytes | None:
    """The bytes of standard base64 in its one canonical spelling; None for any other text."""
    try:
        data = binascii.a2b_base64(text)
    except ValueError:  # of which binascii's own error is one; a text that is not ASCII gives a plain one
        return None
    # Many spellings are read; the one that is written is the one that counts.
    return data if binascii.b2a_base64(data, newline=False).decode("ascii") == text else None


def _malformed(why: Said) -> BookError:
    return BookError(say("The signed note is malformed: {why}.", why=why))


def _bad_key(vkey: str, why: Said) -> BookError:
    return BookError(say("{vkey} is not a verifier key: {why}.", vkey=ascii(vkey[:100]), why=why))
