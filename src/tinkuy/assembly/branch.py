"""Branches: what an assembly does about two histories of its own book (elección de rama).

Guarantees that nobody but the assembly chooses: the act stands in the branch that is kept, names the checkpoint that is
given up, and carries out a vote that the statutes carried. Nothing of the other branch enters this book; it stays with
whoever holds it, as evidence.

    one history → forked: two sealed checkpoints are not one history, and every roll-up holds the book
    forked → chosen: the assembly votes in the branch that it keeps, and `branch.chosen` follows the vote there
    chosen → one history: a federation that held the book lets it go (`fork.resolved` in `federation.returns`)

Source: book.md, "Checkpoint": a fork holds "until an act of the assembly chooses a branch".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import HEX_32, Body, by_officer, carried
from tinkuy.assembly.state import Assembly
from tinkuy.words import say

RULE = "ordinary"
MAX_REASON = 2_000  # characters


@dataclass(slots=True)
class Branches:
    """Checkpoints of this book, as (size, root), that its assembly has given up."""

    given_up: list[tuple[int, str]] = field(default_factory=list)


@act
class Chosen(Act, tag="branch.chosen", frozen=True, kw_only=True):
    """The assembly keeps the history in which this act stands and gives up another, for a stated reason.

    `size` and `root` are those of the checkpoint given up; `vote` is the vote that decided it.
    """

    size: Whole
    root: str
    vote: Whole
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if self.size <= 0 or HEX_32.fullmatch(self.root) is None:
            raise Refused(say("a checkpoint is named by its size and its root, 64 hexadecimal digits"))
        if (self.size, self.root) in assembly.room(Branches).given_up:
            raise Refused(say("the checkpoint of {size} acts was given up already", size=self.size))
        if not 0 < len(self.reason.strip()) <= MAX_REASON:
            raise Refused(say("choosing a branch takes a reason of at most {most} characters", most=MAX_REASON))
        carried(assembly, self.vote, RULE)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Branches).given_up.append((self.size, self.root))
        assembly.room(Body).spent.add(self.vote)
