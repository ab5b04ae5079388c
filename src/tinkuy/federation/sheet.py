"""The tally sheet (acta de escrutinio): what a base sends up, as an act in its own book.

Guarantees that a sheet stands on a vote of this book, counted on a frozen roll. It does *not* guarantee that the
figures add up: a sheet is what the tellers signed, and what is wrong with it is found by the checks, shown, and
resolved by people.

Source: federation.md, "Tally sheet"; practice.md, "The acta".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import Body, by_officer
from tinkuy.assembly.register import Register
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import Count, Votes, count_wellformed
from tinkuy.book.entry import is_time
from tinkuy.words import say


@dataclass(slots=True)
class Sheets:
    """The sheets that a base has issued, by consultation, in order; each with the index of its act."""

    issued: dict[str, list[Issued]] = field(default_factory=dict)


@act
class Issued(Act, tag="sheet.issued", frozen=True, kw_only=True):
    """The base's result for a consultation, as its tellers signed it on paper.

    `words` are the votes per option written out, where the paper has them; `amends` is the index of an earlier sheet
    that this one replaces, with the reason; `convened` is the day the notice went out.
    """

    withdrawable = True

    consultation: str
    unit: str
    vote: Whole
    roll: str
    count: Count
    call: Literal[1, 2]
    opened: str
    closed: str
    convened: str
    place: str
    tellers: tuple[str, ...]
    words: tuple[str, ...] = ()
    amends: Whole | None = None
    reason: str = ""

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        vote = assembly.room(Votes).by_number.get(self.vote)
        if vote is None or not vote.counts:
            raise Refused(say("a sheet takes a vote that was counted; vote {number} was not", number=self.vote))
        if vote.consultation != self.consultation:
            raise Refused(say("vote {number} was not taken for this consultation", number=self.vote))
        if all(roll.hash != self.roll for roll in assembly.room(Register).frozen):
            raise Refused(say("the roll named on the sheet was never frozen"))
        count_wellformed(self.count, len(vote.options))
        if len(self.words) not in (0, len(vote.options)):
            raise Refused(say("figures in words are given for every option, or for none"))
        if len(self.place) > 200 or len(self.reason) > 1000:
            raise Refused(say("the place takes 200 characters, the reason 1,000"))
        if not is_time(self.opened) or not is_time(self.closed):
            raise Refused(say("times are written like 2026-03-08T20:00:00Z"))
        assembly.room(Body).quorum(self.call, vote.rule)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Sheets).issued.setdefault(self.consultation, []).append(self)
