"""Checkpoints: what a book's officers sign.

Guarantees that a signature is on one size and one root of one book. A checkpoint signed by all the roles that the
statutes require is *sealed*, by fewer *provisional*; which roles those are is not this module's matter.

Source: C2SP tlog-checkpoint in a C2SP signed-note. The origin is `tinkuy/<book id>`, a key's name
`tinkuy/<book id>/<role>`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping

import msgspec

from tinkuy.book import crockford, note
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey
from tinkuy.book.note import Claim, Signature
from tinkuy.words import Said, say

PREFIX = "tinkuy/"

_BOOK_ID = re.compile("[0-9a-hjkmnp-tv-z]{32}")
_ROLE = re.compile("[a-z0-9][a-z0-9._-]{0,63}")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True, gc=False):
    """A checkpoint as read from `note` (its exact bytes), signatures not yet verified. Made by `parse`.

    `size` counts entries; `root` is the Merkle root, 32 bytes; `extensions` are lines that others may add.
    """

    origin: str
    size: int
    root: bytes
    note: bytes
    extensions: tuple[str, ...]
    signatures: tuple[Signature, ...]

    @property
    def book_id(self) -> str:
        """The id of the book that it speaks of."""
        return self.origin.removeprefix(PREFIX)

    @property
    def text(self) -> bytes:
        """What is signed: the note without its signatures and the blank line before them."""
        return self.note[: self.note.rindex(b"\n\n") + 1]

    @property
    def check_code(self) -> str:
        """The root's short code for reading aloud; see `check_code`."""
        return check_code(self.root)


def sign(book_id: str, size: int, root: bytes, signers: Mapping[str, SigningKey]) -> bytes:
    """The note of a checkpoint signed by the key of each role, in the order given.

    Raises `BookError` for a malformed book id, role, size or root.
    """
    origin = PREFIX + book_id
    for role in signers:
        if not _ROLE.fullmatch(role):
            raise BookError(
                say("{role} cannot be a role: it has lower-case letters, digits, dots and hyphens.", role=ascii(role))
            )
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"
    signed = note.sign(text, [(f"{origin}/{role}", key) for role, key in signers.items()])
    return parse(signed).note


def parse(data: bytes) -> Checkpoint:
    """The checkpoint in the bytes of a note; its signatures are not verified here (`signed_by` does).

    Raises `BookError` saying what is malformed.
    """
    signed = note.parse(data)
    origin, *lines = signed.text[:-1].split("\n")
    if len(lines) < 2 or not all(lines):
        raise _malformed(say("an origin, a size and a root on lines of their own are expected"))
    size, encoded, *extensions = lines
    if not origin.startswith(PREFIX) or not _BOOK_ID.fullmatch(origin, len(PREFIX)):
        raise _malformed(say("the origin {origin} is not tinkuy/ and a book's id", origin=ascii(origin[:80])))
    if not _SIZE.fullmatch(size):
        raise _malformed(say("the size {size} is not a whole number", size=ascii(size[:40])))
    root = note.from_base64(encoded)
    if root is None or len(root) != 32:
        raise _malformed(say("the root is not 32 bytes in base64"))
    return Checkpoint(origin, int(size), root, data, tuple(extensions), signed.signatures)


def signed_by(checkpoint: Checkpoint, keys: Mapping[str, bytes]) -> frozenset[str]:
    """The roles whose key (32 bytes) signed the checkpoint.

    A line under a role's name but by another key, such as a former officer's, counts as not signed. Raises `BookError`
    naming the role if a line claims the role's own key and is not valid.
    """
    claimed = claims(checkpoint, keys)
    return signers(checkpoint, claimed, [claim.holds() for claim in claimed])


def claims(checkpoint: Checkpoint, keys: Mapping[str, bytes]) -> list[Claim]:
    """The signatures on the checkpoint that are said to be by these roles' keys, none of them verified."""
    verifiers = [note.Verifier(f"{checkpoint.origin}/{role}", key) for role, key in keys.items()]
    return note.claims(checkpoint.text, checkpoint.signatures, verifiers)


def signers(checkpoint: Checkpoint, claimed: Iterable[Claim], held: Iterable[bool]) -> frozenset[str]:
    """As `signed_by`, of the checkpoint's claims and of whether each holds."""
    start = len(checkpoint.origin) + 1
    return frozenset(name[start:] for name in note.signers(claimed, held))


def check_code(root: bytes) -> str:
    """The first 60 bits of a root in Crockford's base 32 and a check symbol, like `ABCD-EFGH-JKMN-*`."""
    code = crockford.with_check(crockford.base32(root[:10])[:12].upper())
    return "-".join((code[:4], code[4:8], code[8:12], code[12]))


def check_code_ok(text: str) -> bool:
    """Whether `text`, as a person wrote it down, is a check code without a slip of the pen.

    Either case, O for 0, I or L for 1, and hyphens or spaces anywhere are read as meant.
    """
    return len(crockford.as_read(text)) == 13 and crockford.check_holds(text)


def _malformed(why: Said) -> BookError:
    return BookError(say("The checkpoint is malformed: {why}.", why=why))
