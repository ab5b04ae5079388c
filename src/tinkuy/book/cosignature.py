"""Cosignatures: what a witness signs under a checkpoint (cofirmas de testigos).

Guarantees that a cosignature says one thing: that at a time, the largest tree that this witness had seen of this book,
and found to continue every one before, had this size and root. Officers' signatures and cosignatures stand on one note
side by side: each kind of key has ids of its own, so neither is ever taken for the other.

Source: C2SP tlog-cosignature (c2sp.org/tlog-cosignature), `cosignature/v1` with Ed25519, signature type 0x04. What is
signed is `cosignature/v1`, a line `time` and the seconds since 1970, and the note's text; the line holds the time in
eight bytes and the signature. Times are whole seconds (POSIX); who wrote the time is the witness, so it is a claim.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import keys, note
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey
from tinkuy.words import say

KIND = 0x04
LATEST = 2**63 - 1

_HEADER = b"cosignature/v1\n"


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's public key (32 bytes, Ed25519) and the name under which it cosigns."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ 0x04 ‖ public)."""
        return note.key_id(self.name, self.public, KIND)

    @property
    def vkey(self) -> str:
        """The key as one word of text: name+id+base64(type ‖ public)."""
        return note.spelt(self.name, self.public, KIND)


def cosigner(vkey: str) -> Cosigner:
    """The witness that a vkey spells out; raises `BookError` if it is malformed or is no cosigning key."""
    return Cosigner(*note.read_vkey(vkey, KIND))


def sign(checkpoint: Checkpoint, name: str, key: SigningKey, time: int) -> bytes:
    """The signature line of a witness on a checkpoint at `time`, seconds since 1970.

    Raises `BookError` for a name that no key may have or a time that no clock shows.
    """
    note.check_name(name)
    if not 0 <= time <= LATEST:
        raise BookError(say("{time} is no time of a cosignature: whole seconds since 1970.", time=str(time)))
    signature = time.to_bytes(8, "big") + key.sign(_message(checkpoint, time))
    return note.signature_line(name, note.key_id(name, key.public, KIND), signature)


def cosigned(checkpoint: Checkpoint, lines: bytes) -> Checkpoint:
    """The checkpoint with more signature lines; a line that it has already is not put there twice.

    Raises `BookError` if a line is none, or the note becomes larger than notes may be.
    """
    held = checkpoint.note[checkpoint.note.rindex(b"\n\n") + 2 :].splitlines(keepends=True)
    fresh = [line for line in lines.splitlines(keepends=True) if line not in held]
    return checkpoints.parse(checkpoint.note + b"".join(fresh))


def verify(checkpoint: Checkpoint, witnesses: Iterable[Cosigner]) -> dict[Cosigner, int]:
    """The witnesses, of those known, that cosigned the checkpoint, each with the time that it wrote; perhaps none.

    Several cosignatures of one witness count once, with the latest time. Raises `BookError` naming the witness whose
    cosignature is not valid.
    """
    known = {(each.name, each.key_id): each for each in witnesses}
    found: dict[Cosigner, int] = {}
    for line in checkpoint.signatures:
        witness = known.get((line.name, line.key_id))
        if witness is None:
            continue
        time = int.from_bytes(line.signature[:8], "big")
        if time > LATEST or not keys.verify(witness.public, _message(checkpoint, time), line.signature[8:]):
            raise BookError(
                say(
                    "The cosignature of {name} is not valid: the checkpoint was altered or another key signed.",
                    name=line.name,
                )
            )
        found[witness] = max(time, found.get(witness, 0))
    return found


def _message(checkpoint: Checkpoint, time: int) -> bytes:
    text = checkpoint.note[: checkpoint.note.rindex(b"\n\n") + 1]
    return _HEADER + f"time {time}\n".encode("ascii") + text
