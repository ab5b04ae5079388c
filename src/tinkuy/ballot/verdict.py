"""What an observer concludes of an election, and why: values that every face shows.

Guarantees that whatever does not hold is a finding which names the check, the event and, where it is of a ballot, its
tracking number; an election that goes on is `unfinished`, which is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tinkuy.ballot.question import AnyQuestion
from tinkuy.ballot.tally import Figure
from tinkuy.words import Said, say

Check: TypeAlias = Literal[
    "archive",
    "order",
    "since",
    "election",
    "trustees",
    "credentials",
    "ballot",
    "tally",
    "shuffle",
    "decryption",
    "result",
]
State: TypeAlias = Literal["sound", "unfinished", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold."""

    check: Check
    said: Said
    event: int | None = None
    ballot: str | None = None

    @property
    def sentence(self) -> Said:
        """The finding with its place, as people read it."""
        if self.event is None:
            return self.said
        if self.ballot is None:
            return say("Event {event}: {said}", event=str(self.event), said=self.said)
        return say("Event {event}, ballot {ballot}: {said}", event=str(self.event), ballot=self.ballot, said=self.said)


@dataclass(frozen=True, slots=True)
class Described:
    """The election that an archive is of."""

    uuid: str
    name: str
    group: str
    fingerprint: str
    questions: tuple[AnyQuestion, ...]
    registered: int
    trustees: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The conclusion about an archive, with the figures behind it.

    `events` and `head` say how far the archive goes: remember them, and compare with a later copy. `ballots` were cast,
    `tallied` of them are the last of their credential, of `weight` together. `result` has a row a question: figures, or
    the rankings; None until it is published.
    """

    state: State
    election: Described | None
    events: int
    head: str
    ballots: int
    tallied: int
    weight: int
    shares: int
    result: tuple[tuple[Figure, ...], ...] | None
    findings: tuple[Finding, ...]
    missing: tuple[Said, ...] = ()
