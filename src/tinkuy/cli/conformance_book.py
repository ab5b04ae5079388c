"""The books and keys from which the cases of `tinkuy book conformance` are made.

Guarantees the same books on every machine: keys come from fixed seeds, and nothing is random. The keys are public
knowledge, so that anybody can make further cases with them; they guard nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import msgspec

from tinkuy.book import checkpoint, entry, merkle, note, tiles
from tinkuy.book.keys import SigningKey

Given = dict[str, Any]
Made = Iterator[tuple[str, str, Given]]  # what was done (and "/place"), the same as a sentence, the input


class Case(msgspec.Struct, frozen=True):
    """One input, and whether an implementation of the formats accepts it.

    `case` is "check/book/what was done", with "/place" where it was done in several; `what` says it as a sentence.
    """

    id: int
    case: str
    check: str
    accept: bool
    what: str
    given: Given


def _key(role: str) -> SigningKey:
    return SigningKey.from_seed(sha256(b"tinkuy conformance " + role.encode()).digest())


CHAIR, SECRETARY, WITNESS, STRANGER = (_key(role) for role in ("chair", "secretary", "witness", "stranger"))
OFFICERS: Mapping[str, SigningKey] = {"chair": CHAIR, "secretary": SECRETARY}


@dataclass(frozen=True)
class Book:
    """Entries and what follows from them."""

    bodies: Sequence[bytes]

    @cached_property
    def leaves(self) -> list[bytes]:
        """The entries' leaf hashes."""
        return [entry.leaf_hash(body) for body in self.bodies]

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.bodies)

    @cached_property
    def origin(self) -> str:
        """The first line of its checkpoints."""
        return checkpoint.PREFIX + entry.book_id(self.bodies[0])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` entries, or over all."""
        return merkle.root(self.leaves[:size])

    def text(self, size: int | None = None) -> str:
        """What the officers sign."""
        return f"{self.origin}\n{len(self.leaves[:size])}\n{b64(self.root(size))}\n"

    def note(self, size: int | None = None) -> bytes:
        """The checkpoint sealed by chair and secretary."""
        return signed(self.text(size).encode(), self.origin)

    def keys(self) -> list[str]:
        """The keys that must have signed, as vkeys."""
        return [note.Verifier(f"{self.origin}/{role}", key.public).vkey for role, key in OFFICERS.items()]

    def files(self, size: int | None = None) -> dict[str, bytes]:
        """Its directory of tiles."""
        return dict(tiles.write(self.bodies[:size], checkpoint.parse(self.note(size))))


def book_of(size: int) -> Book:
    """A book of acts, each with the letters and signs that a secretary may write."""
    return Book([act(n, text=f"Acuerdo n.º {n} «aprobado» \u2713" if n < 300 else "Sí") for n in range(size)])


def forked(book: Book, at: int) -> Book:
    """The same book up to entry `at`, which says something else."""
    return Book([*book.bodies[:at], act(at, text="Otro acuerdo"), *book.bodies[at + 1 :]])


def act(n: int, **fields: object) -> bytes:
    """An entry."""
    return entry.encode({"act": "note.made", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": n, **fields})


def signed(text: bytes, origin: str, signers: Mapping[str, SigningKey] = OFFICERS) -> bytes:
    """A note of any text, even one that nobody should sign."""
    lines = [signature_line(f"{origin}/{role}", key.public, key.sign(text)) for role, key in signers.items()]
    return text + b"\n" + b"".join(lines)


def signature_line(name: str, public: bytes, signature: bytes) -> bytes:
    """One line of a note, under the id of that name and key."""
    return f"\N{EM DASH} {name} {b64(note.key_id(name, public) + signature)}\n".encode()


def b64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode("ascii")


def flipped(data: bytes, place: int, bit: int = 0) -> bytes:
    """`data` with one bit changed; a negative `place` counts from the end."""
    place %= len(data)
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]
