"""Dáil elections: whole papers, the last parcel, and whatever lies on top.

Electoral Act 1992 (No. 23 of 1992) ss 118 to 126, with s 124(1A) of the Electoral (Amendment) Act 2001. Papers always
count one; a surplus is passed on by papers taken from the top of the sub-parcels, so the order in which the papers were
mixed is part of the count (`tinkuy.count.stv.whole`). Not embodied: transfers that are made only to establish whether a
candidate reaches a quarter of the quota (ss 48, 124(3)), which concern expenses and never a seat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Hashed, Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import check_kind, register
from tinkuy.count.result import Event, Result
from tinkuy.count.stv.choices import Clauses
from tinkuy.count.stv.gregory import Stv
from tinkuy.count.stv.whole import mixed
from tinkuy.words import say


@dataclass(frozen=True, kw_only=True)
class InOrder(Stv):
    """A rule to which the order of papers matters: the profile's, or one made from the text that stands for the lot."""

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008 — a frozen value
        check_kind(self, papers)
        if not papers.in_order:
            if not isinstance(lots, Hashed):
                raise CountError(
                    say(
                        "{rule} passes on the papers that lie on top, and these are not in the order in which they "
                        "were mixed: give a text drawn in public, from which an order is made",
                        rule=self.name,
                    )
                )
            result = super().count(mixed(papers, lots.text), seats, lots)
            told = Event("note", say("The papers are mixed by the text {text}", text=lots.text))
            first = result.stages[0]
            return replace(result, stages=(replace(first, events=(told, *first.events)), *result.stages[1:]))
        return super().count(papers, seats, lots)


IRISH_DAIL = InOrder(
    name="irish-dail",
    title=say("Dáil elections: whole papers, the last parcel received"),
    source="Electoral Act 1992 (Ireland) ss 118 to 126",
    equal="exhaust",  # s 118 "non-transferable paper": the same order of preference, whether continuing or not
    quota="droop",  # s 120
    digits=0,
    value="whole papers",  # s 121
    earlier_surplus_first=True,  # s 121: one that arises at the end of a count before those of later counts
    defers=True,  # s 121: not where it cannot change the order of the two lowest
    bulk="sure losers",  # s 122: the lowest whose total with any surplus is less than the next highest
    tie_surplus="earliest",  # s 121: original votes, then the first count at which they were unequal
    tie_excluded="earliest",  # s 122
    fills_at_once=True,  # s 124(1)
    fills_before_transfer=True,  # s 124(1A), (3): no further transfer of votes
    clauses=Clauses(
        quota="s 120",
        elected="s 120",
        surplus="s 121",
        deferred="s 121",
        excluded="s 122",
        bulk="s 122",
        transferred="ss 121, 122",
        exhausted="s 118",
        tie_surplus="s 121",
        tie_excluded="s 122",
        last="s 124",
    ),
)

register((IRISH_DAIL,))
