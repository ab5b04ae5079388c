"""What a client does with a store, told from a seed, and who judges what is left of it after an accident.

Every step is all or nothing, so what a store holds after an accident is what it held after the last step that it
acknowledged, or after the one that it was at. Nothing else passes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tests.book.builders import Book, act
from tinkuy.store import Store


@dataclass(frozen=True)
class Held:
    """Everything that a store holds: entries and notes by book, attachments by name."""

    bodies: dict[str, list[bytes]] = field(default_factory=dict)
    notes: dict[str, list[bytes]] = field(default_factory=dict)
    attachments: dict[str, bytes] = field(default_factory=dict)

    def appended(self, book: str, bodies: list[bytes]) -> Held:
        return replace(self, bodies=self.bodies | {book: [*self.bodies.get(book, []), *bodies]})

    def noted(self, book: str, note: bytes) -> Held:
        return replace(self, notes=self.notes | {book: [*self.notes.get(book, []), note]})

    def attached(self, data: bytes) -> Held:
        return replace(self, attachments=self.attachments | {sha256(data).hexdigest(): data})


@dataclass(frozen=True)
class Step:
    """One thing that is acknowledged as a whole, and what the store holds after it."""

    run: Callable[[Store], object]
    after: Held


def steps(seed: int, count: int) -> Iterator[Step]:
    """Appends of one entry and of many, small and beyond a page, checkpoints, attachments, and blocks of these."""
    rng, held = random.Random(seed), Held()
    books = [Book([act(0, text=f"base {seed} {number}")]) for number in range(2)]
    for number in range(count):
        actions: list[Callable[[Store], object]] = []
        for part in range(rng.choice((1, 1, 1, 3))):
            action, held = _action(rng, rng.choice(books), held, f"{seed}.{number}.{part}")
            actions.append(action)
        yield Step(_together(actions), held)


def _together(actions: list[Callable[[Store], object]]) -> Callable[[Store], object]:
    def run(store: Store) -> None:
        with store.together():
            for action in actions:
                action(store)

    return actions[0] if len(actions) == 1 else run


def _action(rng: random.Random, book: Book, held: Held, name: str) -> tuple[Callable[[Store], object], Held]:
    size = len(book.bodies) if book.id in held.bodies else 0
    kind = rng.random()
    if (
        kind < 0.15
        and size
        and not held.notes.get(book.id, [b""])[-1].startswith(f"tinkuy/{book.id}\n{size}\n".encode())
    ):
        note = book.checkpoint().note
        return (lambda store: store.put_checkpoint(book.id, note)), held.noted(book.id, note)
    if kind < 0.2:
        data = rng.randbytes(rng.choice((10, 10, 5_000)))
        return (lambda store: store.put_attachment(data)), held.attached(data)
    first, count = size, rng.choice((1, 1, 1, 1, 2, 9, 60))
    lengths = (0, 0, 60, 60, 700, 3_000) if count < 60 else (0,)
    texts = ("x" * rng.choice(lengths) for _ in range(count))
    bodies = [book.bodies[0] if n == 0 else act(n, text=text) for n, text in enumerate(texts, first)]
    book.bodies[first:] = bodies
    return (lambda store: store.append(book.id, first, bodies, name)), held.appended(book.id, bodies)


def held_by(store: Store, expected: Held) -> Held:
    """What the store holds, with those attachments of `expected` that are there."""
    books = store.books()
    notes = {book: store.checkpoints(book) for book in books}
    found = {name: store.attachment(name) for name in expected.attachments}
    return Held(
        {book: store.bodies(book) for book in books},
        {book: kept for book, kept in notes.items() if kept},
        {name: data for name, data in found.items() if data is not None},
    )
