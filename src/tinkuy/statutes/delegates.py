"""Delegates: how many a base sends, how no base outweighs the congress, and how a base's delegates vote.

**Bands.** Bands are read in order. A band with `seats` gives that number in all ("≤ 20 → 2"); a band with `per` adds
one for each `per` members *of that band*, on top of the bands before it ("1 per 50 up to 199, then per 200": a base of
399 has 3 + 1). A begun `per` counts only where the rounding is "up". So more members never mean fewer delegates, which
reading "per 200" over all members would do (199 → 3, 200 → 1).

**Cap.** "None above 1/5 of the congress": every base has the lesser of its bands' number and `m`, where `m` is the
greatest whole number that does not exceed the cap's fraction *of the congress that results*. With fewer bases than the
cap allows (three cannot each have at most 1/5) there is no such number, and that is an error, not a guess.

**Split.** A block gives all to the leading option. A proportional split gives each option the whole part of its share
and the seats left over to the largest remainders (Hare). Seats that only a tie could place are given to nobody and are
reported with the options that tie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from tinkuy.statutes.errors import StatutesError
from tinkuy.statutes.reading import MAX_WHOLE, Table
from tinkuy.words import say

SplitRule = Literal["block", "proportional"]
Rounding = Literal["down", "up"]
MandateKind = Literal["imperative", "bounded", "free"]
WithoutMandate = Literal["abstain", "judgement"]
IfAmended = Literal["refer", "abstain", "judgement"]
Recall = Literal["none", "any time", "by majority"]


@dataclass(frozen=True, slots=True)
class Band:
    """Members up to and including `up_to` (None: all above), giving `seats` in all or one more for each `per`."""

    up_to: int | None
    per: int | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A base's delegates by option, in the order given; `unassigned` seats tie among the options `tied`."""

    seats: dict[str, int]
    unassigned: int = 0
    tied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegates:
    """The delegates of a base (delegadas/os) and their mandate. Without bands a base sends `minimum`."""

    bands: tuple[Band, ...] = ()
    rounding: Rounding = "down"
    minimum: int = 1
    cap: Fraction | None = None
    above: int = 0
    split: SplitRule = "block"
    mandate: MandateKind = "free"
    without_mandate: WithoutMandate = "abstain"
    if_amended: IfAmended = "refer"
    report_within: int = 0  # days
    term_months: int = 0
    reelection: Literal["none", "once", "any"] = "any"
    recall: Recall = "none"

    def seats(self, members: int) -> int:
        """How many delegates a base of `members` sends, before the cap; none for a base without members."""
        if members <= 0:
            return 0
        seats, below = 0, 0
        for band in self.bands:
            inside = (members if band.up_to is None else min(members, band.up_to)) - below
            if inside <= 0:
                break
            if band.seats is not None:
                seats = band.seats
            if band.per is not None:
                seats += -(-inside // band.per) if self.rounding == "up" else inside // band.per
            below += inside
        return max(seats, self.minimum)

    def congress(self, members: Mapping[str, int]) -> dict[str, int]:
        """Delegates of every base, by code and with the cap. Raises `StatutesError` where no congress meets the cap."""
        seats = {code: self.seats(members[code]) for code in sorted(members)}
        if self.cap is None or not any(seats.values()):
            return seats
        most = _greatest(sorted(seats.values()), self.cap)
        if most == 0:
            problem = say(
                "with {bases} bases no congress leaves each at most {cap} of it",
                bases=sum(value > 0 for value in seats.values()),
                cap=self.cap,
            )
            raise StatutesError("delegates.cap", problem)
        return {code: min(value, most) for code, value in seats.items()}

    def divide(self, votes: Mapping[str, int], seats: int) -> Split:
        """A base's `seats` by option, as its statutes split them."""
        return split(votes, seats, self.split)


def split(votes: Mapping[str, int], seats: int, rule: SplitRule) -> Split:
    """`seats` among options by their votes: all to the leading one, or in proportion by largest remainder.

    Without a vote nothing is placed and nobody ties.
    """
    total = sum(votes.values())
    none = dict.fromkeys(votes, 0)
    if total == 0 or seats == 0:
        return Split(none, seats)
    if rule == "block":
        top = max(votes.values())
        leading = tuple(option for option, count in votes.items() if count == top)
        return Split(none, seats, leading) if len(leading) > 1 else Split(none | {leading[0]: seats})
    given = {option: count * seats // total for option, count in votes.items()}
    return _by_remainders(given, {option: votes[option] * seats % total for option in votes}, seats)


def _by_remainders(given: dict[str, int], remainders: dict[str, int], seats: int) -> Split:
    left = seats - sum(given.values())
    for level in sorted(set(remainders.values()), reverse=True):
        options = [option for option, remainder in remainders.items() if remainder == level]
        if left == 0:
            break
        if len(options) > left:
            return Split(given, left, tuple(options))
        given = given | {option: given[option] + 1 for option in options}
        left -= len(options)
    return Split(given)


def _greatest(ascending: list[int], cap: Fraction) -> int:
    """The greatest m with m <= cap * sum(min(value, m)), or 0; between neighbouring values that sum is a line."""
    below = sum(ascending)
    for n in range(len(ascending) - 1, -1, -1):
        below -= ascending[n]
        floor = ascending[n - 1] if n else 0
        above = len(ascending) - n
        slope = 1 - cap * above
        highest = ascending[n]
        if slope > 0:
            highest = min(highest, (cap * below / slope).__floor__())
        if highest > floor:
            return highest
    return 0


def read_delegates(table: Table) -> Delegates:
    """`[delegates]`."""
    splits: tuple[SplitRule, ...] = get_args(SplitRule)
    roundings: tuple[Rounding, ...] = get_args(Rounding)
    mandates: tuple[MandateKind, ...] = get_args(MandateKind)
    without: tuple[WithoutMandate, ...] = get_args(WithoutMandate)
    amended: tuple[IfAmended, ...] = get_args(IfAmended)
    recalls: tuple[Recall, ...] = get_args(Recall)
    made = Delegates(
        bands=tuple(_read_band(one) for one in table.tables("bands")),
        rounding=table.word("rounding", roundings, "down"),
        minimum=table.whole("minimum", 1, most=10_000),
        cap=table.fraction("cap") if table.has("cap") else None,
        above=table.whole("above", 0),
        split=table.word("split", splits, "block"),
        mandate=table.word("mandate", mandates, "free"),
        without_mandate=table.word("without_mandate", without, "abstain"),
        if_amended=table.word("if_amended", amended, "refer"),
        report_within=table.whole("report_within", 0, most=3660),
        term_months=table.whole("term_months", 0, most=1200),
        reelection=table.word("reelection", ("none", "once", "any"), "any"),
        recall=table.word("recall", recalls, "none"),
    )
    table.close()
    return made


def _read_band(table: Table) -> Band:
    if table.has("per") == table.has("seats"):
        raise table.error("", say("a band has either `per` or `seats`"))
    up_to = table.whole("up_to", 0)
    per = table.whole("per", 0)
    seats = table.whole("seats", 0, most=MAX_WHOLE)
    if (table.has("per") and per == 0) or (table.has("up_to") and up_to == 0):
        raise table.error("", say("a band of zero members is no band"))
    table.close()
    return Band(
        up_to if table.has("up_to") else None,
        per if table.has("per") else None,
        seats if table.has("seats") else None,
    )
