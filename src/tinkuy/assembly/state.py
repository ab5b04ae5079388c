"""Replay: from the bytes of a book to the state of the body that wrote it.

Guarantees that the desk and every observer judge an act by the same function over the same bytes. An act that the
book's own statutes forbid has no effect; the book stays readable and the breach is reported with its place. An act that
a later one takes back has none either (see `withdrawal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from tinkuy.assembly.act import Act, Refused, of_kind, read, recognised
from tinkuy.assembly.withdrawal import Slips, foreseen
from tinkuy.book.entry import id_of, leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.statutes import Statutes, StatutesError
from tinkuy.statutes.errors import shown
from tinkuy.words import Said, Spoken, say

FOUNDING = "assembly.founded"
OPENS = say("a book opens with the founding of its body, and only once")
R = TypeVar("R")


class Attachments(Protocol):
    """Where acts find the large things that they name; a dictionary will do."""

    def get(self, digest: str, /) -> bytes | None:
        """The bytes whose SHA-256 this is, in hex; None when they are not at hand."""


@dataclass(frozen=True, slots=True)
class Breach:
    """An act that the book holds although it was not allowed: its index, its kind and why."""

    n: int
    kind: str
    said: Said


@dataclass(slots=True)
class Assembly:
    """The state of one body after some number of acts. Each topic keeps its part in its room."""

    attachments: Attachments = field(default_factory=dict[str, bytes])
    id: str = ""
    size: int = 0  # acts replayed
    at: str = ""  # time claimed by the act in hand
    by: str = ""
    n: int = 0
    leaves: list[bytes] = field(default_factory=list)  # leaf hashes of the acts replayed, the one in hand included
    breaches: list[Breach] = field(default_factory=list)
    slips: Slips = field(default_factory=Slips)
    passed_over: frozenset[int] = frozenset()  # acts that a later one takes back, where the whole book is at hand
    behind: bool = False  # an act that had its effect was taken back: only a replay of the whole book shows what stands
    _rooms: dict[Any, Any] = field(default_factory=dict)

    @property
    def entry_id(self) -> str:
        """The id of the act in hand: the name by which other acts and books refer to it."""
        return id_of(self.leaves[-1])

    def room(self, kind: Callable[[], R]) -> R:
        """The part of the state that a topic keeps, created empty at the first asking."""
        try:
            found: R = self._rooms[kind]
        except KeyError:
            found = self._rooms[kind] = kind()
        return found

    def statutes_named(self, digest: str) -> Statutes:
        """The statutes whose bytes have this SHA-256.

        Refused when they are not attached, not what they are named, or unreadable.
        """
        data = self.attachments.get(digest)
        if data is None:
            raise Refused(say("the statutes {digest} are not attached to this copy of the book", digest=digest[:12]))
        return _statutes(data, digest)

    def take(self, body: bytes) -> None:
        """Replay one more entry; a refusal is kept as a breach and the act has no effect.

        Raises `BookError` when the bytes are not an entry at all.
        """
        act = recognised(body)
        self.leaves.append(leaf_hash(body))
        try:
            self._admit(self._read(body) if act is None else act)
        except BookError as error:
            raise BookError(say("act {n}: {fault}", n=str(self.size), fault=error.said)) from None
        except Refused as refused:
            fields = parse(body)
            self.breaches.append(Breach(self.size, shown(str(fields["act"])), refused.said))
            self.slips.follow(of_kind(fields["act"]), self.size, fields["by"])
            self.size += 1

    def admit(self, body: bytes) -> None:
        """Take in one more entry if it is allowed; raises `Refused`, with the state unchanged, if it is not."""
        act = recognised(body)
        self.leaves.append(leaf_hash(body))
        try:
            self._admit(self._read(body) if act is None else act)
        except Spoken:
            self.leaves.pop()
            raise

    def _read(self, body: bytes) -> Act:
        fields = parse(body)
        self._in_place(fields["n"])
        return read(fields)

    def _in_place(self, n: int) -> None:
        if n != self.size:
            raise Refused(
                say("this is act {here} of the book, but it was written as act {n}", here=str(self.size), n=str(n))
            )

    def _admit(self, act: Act) -> None:
        if self.behind:
            raise RuntimeError("an act was taken back: this state is not the book's, replay it")
        self._in_place(act.n)
        self.at, self.by, self.n = act.at, act.by, self.size
        if self.size == 0 and act.kind != FOUNDING:
            raise Refused(OPENS)
        if self.n not in self.passed_over:
            act.check(self)
            act.apply(self)
        self.slips.follow(type(act), self.n, act.by)
        self.size += 1


def replay(bodies: Iterable[bytes], attachments: Attachments | None = None) -> Assembly:
    """The state after all these entries, with its breaches.

    Raises `BookError` when an entry is not readable as one.
    """
    held = tuple(bodies)
    assembly = Assembly(attachments={} if attachments is None else attachments, passed_over=foreseen(held))
    for body in held:
        assembly.take(body)
    return assembly


@lru_cache(maxsize=256)
def _statutes(data: bytes, digest: str) -> Statutes:
    try:
        statutes = Statutes.from_toml(data)
    except StatutesError as error:
        raise Refused(
            say("the statutes {digest} cannot be read: {fault}", digest=digest[:12], fault=error.said)
        ) from None
    if statutes.digest != digest:
        raise Refused(say("the attachment {digest} holds other bytes than its name says", digest=digest[:12]))
    return statutes
