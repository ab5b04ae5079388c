"""Lots (sorteo): how a tie that nothing else breaks is decided, once, on record, and the same again on a recount.

A count never draws. It asks a `Lots` who comes first among those who are tied, and writes the answer down; a recount is
given what was written. `Listed` holds an order that was drawn in the hall, or taken from the record of another count.
`Hashed` makes an order out of a text that nobody could choose (say, numbers drawn in public after voting closed), by
SHA-256: whoever has the text recomputes it. `Refusing` is for counts that must stop instead.

>>> Hashed("2026-03-08 04 11 23").first(("Ana", "Beto", "Caro"))
'Beto'
>>> Listed(("Caro", "Ana")).first(("Ana", "Caro"))
'Caro'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from tinkuy.count.errors import CountError, Undecided
from tinkuy.words import say


class Lots(Protocol):
    """Who comes first among tied candidates. "First" is always the better lot: who is elected, or who stays."""

    def first(self, tied: Sequence[str]) -> str:
        """The name that comes first among these. The same names give the same answer, in whatever order they stand."""
        ...


@dataclass(frozen=True)
class Listed:
    """An order that was drawn: earlier is better. Raises `Undecided` for a tie whose names it does not hold."""

    order: tuple[str, ...]

    def first(self, tied: Sequence[str]) -> str:
        missing = sorted(set(tied) - set(self.order))
        if missing:
            raise Undecided(
                say(
                    "the lot decides among {names}, and the order that was drawn lacks {missing}: draw it and add it",
                    names=", ".join(sorted(tied)),
                    missing=", ".join(missing),
                ),
                tied,
            )
        return min(tied, key=self.order.index)

    @classmethod
    def read(cls, text: str, names: Iterable[str]) -> Listed:
        """The order in a tie file: a name a line, the best lot first; `#` starts a comment.

        Raises `CountError`, naming the line, for a name that does not stand or stands twice.
        """
        standing = set(names)
        order: list[str] = []
        for number, line in enumerate(text.splitlines(), 1):
            name = line.split("#", 1)[0].strip()
            if not name:
                continue
            if name not in standing:
                raise CountError(
                    say("tie file, line {number}: no candidate is called {name}", number=number, name=name)
                )
            if name in order:
                raise CountError(say("tie file, line {number}: {name} stands twice", number=number, name=name))
            order.append(name)
        return cls(tuple(order))


@dataclass(frozen=True)
class Hashed:
    """An order made from a public text: ascending SHA-256 of the text, a zero byte and the name, all in UTF-8."""

    text: str

    def first(self, tied: Sequence[str]) -> str:
        return min(tied, key=lambda name: sha256(f"{self.text}\0{name}".encode()).digest())


@dataclass(frozen=True)
class Refusing:
    """No lot was drawn: a tie that comes to it ends the count with `Undecided`."""

    def first(self, tied: Sequence[str]) -> str:
        raise Undecided(
            say(
                "{names} are tied and the rule gives it to the lot: draw it, and give the order in a tie file",
                names=", ".join(sorted(tied)),
            ),
            tied,
        )


@dataclass(frozen=True)
class Onward:
    """Lots for a count that goes further than its answer needs: what was not drawn is taken by name.

    Whoever uses it leaves out what it decided, or asks `lots` for it again.
    """

    lots: Lots

    def first(self, tied: Sequence[str]) -> str:
        try:
            return self.lots.first(tied)
        except Undecided:
            return min(tied)
