"""The legal choices that set one single transferable vote apart from another, as fields of a rule.

Whatever two laws of the single transferable vote do differently is a field here, and nothing else is; a shipped rule
(`tinkuy.count.stv.gregory`) is a value of these, with the clause of its law beside each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule
from tinkuy.count.stv.groups import Group
from tinkuy.count.stv.papers import Equal

Quota = Literal["droop", "ceiling", "exact", "hare", "majority", "half"]
"""Droop: votes / (seats + 1), cut to the quota's decimals, plus one unit of them. Ceiling: the same division, rounded
up where it is not exact. Exact: more than votes / (seats + 1). Hare: votes / seats, a fraction as it stands. Majority:
more than half of the votes that continue, at every stage anew; half: half of them, rounded up."""

Value = Literal["weighted", "weighted stepwise", "surplus fraction", "papers", "last parcel", "whole papers"]
"""What a paper of a surplus is worth when it goes on.

Weighted: its value x surplus / votes, cut once. Weighted stepwise: cut after the product and again after the quotient.
Surplus fraction: surplus / votes is cut, then its product with the value. Papers: surplus / papers, an exact fraction
for all of them; votes are cut per receiving pile. Last parcel: surplus / transferable papers of the parcel received
last, at most what they are worth. Whole papers: those on top of the sub-parcels of that parcel (`stv.whole`)."""

Ladder = Literal["latest", "latest all", "earliest", "first difference", "lot"]
"""How a tie is broken before the lot: by the latest stage at which any two of them differ, narrowing; the latest at
which all differ; the earliest at which any differ, narrowing; that stage alone; not at all."""

Bulk = Literal["none", "shortfall", "sure losers", "sure losers or equal"]
"""Who is excluded together. Shortfall: Commonwealth Electoral Act s 273(13A). Sure losers: the largest set of lowest
candidates whose votes, with all surpluses, stay below the next; "or equal": do not pass the next."""


@dataclass(frozen=True)
class Clauses:
    """Where the rule's source says what each kind of event embodies; empty where it does not say."""

    quota: str = ""
    elected: str = ""
    surplus: str = ""
    deferred: str = ""
    excluded: str = ""
    bulk: str = ""
    transferred: str = ""
    exhausted: str = ""
    lost: str = ""
    tie_surplus: str = ""
    tie_excluded: str = ""
    tie_elected: str = ""
    last: str = ""
    last_two: str = ""


@dataclass(frozen=True, kw_only=True)
class Choices(Rule):
    """A rule of the single transferable vote. Votes are kept in units of 10^-`digits`; None keeps exact fractions."""

    takes: ClassVar[type] = Profile

    clauses: Clauses = Clauses()
    equal: Equal = "exhaust"

    digits: int | None = 0
    quota: Quota = "droop"
    quota_digits: int = 0
    quota_shrinks: bool = False
    """Until somebody is elected the quota is taken anew from the papers that are not exhausted (ERS97 5.4.8)."""
    active_quota: bool = False
    """Also elected: who reaches the votes still at stake / (places left + 1) (ERS97 5.1.7 b)."""

    value: Value = "weighted"
    earlier_surplus_first: bool = False
    """A surplus that arose at an earlier count goes first, whatever its size; else the largest."""
    empty_surplus: bool = False
    """A surplus of nought is transferred too: its papers leave the count."""
    defers: bool = False
    """A surplus waits while it could not change who is lowest (ERS97 5.2.2)."""
    elected_by_transfer: bool = False
    """Who reaches the quota continues until the surplus is transferred (Minneapolis 167.70 (c)(1) d)."""

    exclusion: Literal["whole", "batches", "counts"] = "whole"
    """An excluded candidate's papers go on all at once; by value, highest first, electing after each batch; or so, and
    each batch is a count of its own."""
    bulk: Bulk = "none"
    bulk_first: bool = False
    """Sure losers are excluded before a surplus is transferred."""

    tie_surplus: Ladder = "latest"
    tie_excluded: Ladder = "latest"
    order_by_lot: bool = False
    """Also the order of election of equals is given to the lot (it decides who sits longer)."""

    fills_at_once: bool = True
    """The last vacancies are filled as soon as nobody more continues than there are vacancies, surpluses pending or
    not; else when no surplus is left to transfer."""
    fills_before_transfer: bool = True
    """They are filled upon an exclusion, before its papers go on; else after."""
    last_two: bool = False
    """Of two who continue for the last vacancy, the one with more votes is elected below the quota."""
    plays_out: bool = False
    """One is elected when two continue, never before (elimination down to the last two)."""

    groups: tuple[Group, ...] = ()
    """At least or at most so many of these are to be elected: who is needed cannot be excluded, who cannot be elected
    is excluded."""

    @property
    def by_majority(self) -> bool:
        """Whether the votes that elect are a majority of those that continue, taken anew at every stage."""
        return self.quota in ("majority", "half")
