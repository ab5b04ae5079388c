"""Builders: real books in memory, and the keys that sign them."""

from __future__ import annotations

from dataclasses import dataclass

from tinkuy.book import checkpoint, entry, merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.keys import SigningKey

CHAIR = SigningKey.from_seed(b"chair".ljust(32, b"."))
SECRETARY = SigningKey.from_seed(b"secretary".ljust(32, b"."))
OFFICERS = {"chair": CHAIR, "secretary": SECRETARY}
PUBLIC = {role: key.public for role, key in OFFICERS.items()}


@dataclass(frozen=True)
class Book:
    bodies: list[bytes]

    @property
    def id(self) -> str:
        return entry.book_id(self.bodies[0])

    @property
    def leaves(self) -> list[bytes]:
        return [entry.leaf_hash(body) for body in self.bodies]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        leaves = self.leaves[:size]
        return checkpoint.parse(checkpoint.sign(self.id, len(leaves), merkle.root(leaves), OFFICERS))


def act(n: int, **fields: object) -> bytes:
    return entry.encode({"act": "note.made", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": n, **fields})


def book_of(size: int) -> Book:
    return Book([act(n, text=f"Acuerdo número {n}") for n in range(size)])
