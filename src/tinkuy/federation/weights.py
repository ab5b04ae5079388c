"""What the ballots weigh in each way of adding them up. The table of ways is in `modes.py`.

Guarantees whole numbers that depend on the units alone, not on their order. Source: design of the federation,
"Roll-up"; the statutes' `delegates` for bands, cap and split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tinkuy.federation.outcome import NodeShown
from tinkuy.federation.turn import Move
from tinkuy.statutes.delegates import Delegates, split
from tinkuy.statutes.errors import StatutesError

_OUTSTANDING = ("held", "late", "missing")


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight per option in the order of the question; tied; of all frozen units; of those not counted."""

    options: tuple[int, ...]
    tied: int
    total: int
    outstanding: int


def of_members(root: NodeShown) -> Weights:
    """Every paper for itself; the whole are the electors."""
    votes = tuple(root.totals.options.values())
    return Weights(votes, 0, root.coverage.electors, root.coverage.electors_outstanding)


def voices(units: pl.DataFrame, options: int) -> pl.DataFrame:
    """One row a unit: code, part, electors, votes, and `lead`: the option that leads there, -1 where none does."""
    votes = [pl.col(f"option:{place}").fill_null(0) for place in range(options)]
    top = pl.max_horizontal(votes)
    leads = pl.sum_horizontal((vote == top).cast(pl.Int64) for vote in votes)
    lead = pl.lit(options)
    for place in reversed(range(options)):
        lead = pl.when(votes[place] == top).then(pl.lit(place)).otherwise(lead)
    return units.filter("voice").select(
        "unit",
        "part",
        pl.col("roll").fill_null(0),
        *(vote.alias(f"option:{place}") for place, vote in enumerate(votes)),
        lead=pl.when((leads == 1) & (top > 0)).then(lead).otherwise(-1).cast(pl.Int64),
    )


def in_blocks(units: pl.DataFrame, weight: pl.Expr | pl.Series, options: int) -> Weights:
    """Each counted unit's whole `weight` for the option that leads in it."""
    weighed = units.select("part", "lead", weight=weight.cast(pl.Int64))
    counted = weighed.filter(pl.col("part") == "counted").group_by("lead").agg(pl.col("weight").sum())
    given = dict(counted.iter_rows())
    out = weighed.filter(pl.col("part").is_in(_OUTSTANDING))["weight"].sum()
    votes = tuple(given.get(place, 0) for place in range(options))
    return Weights(votes, given.get(-1, 0), int(weighed["weight"].sum()), int(out))


def in_delegates(units: pl.DataFrame, seats: Mapping[str, int], rule: Delegates, options: int) -> Weights:
    """Each counted unit's delegates divided as `rule` splits them; what only a tie could place is tied."""
    if rule.split == "block":  # whole units for whoever leads in them: columns do it at once
        order = units["unit"].to_list()
        return in_blocks(units, pl.Series([seats[unit] for unit in order], dtype=pl.Int64), options)
    names = [f"option:{place}" for place in range(options)]
    votes, tied, out = [0] * options, 0, 0
    for unit, part, *cast in units.select("unit", "part", *names).iter_rows():
        if part == "counted":
            divided = split(dict(zip(names, cast, strict=True)), seats[unit], rule.split)
            tied += divided.unassigned
            votes = [sum_ + divided.seats[name] for sum_, name in zip(votes, names, strict=True)]
        elif part in _OUTSTANDING:
            out += seats[unit]
    return Weights(tuple(votes), tied, sum(seats.values()), out)


def band_seats(units: pl.DataFrame, rule: Delegates) -> dict[str, int]:
    """Delegates of every unit by the bands alone."""
    by_roll = {roll: rule.seats(roll) for roll in units["roll"].unique().to_list()}
    return {unit: by_roll[roll] for unit, roll in units.select("unit", "roll").iter_rows()}


def congress(units: pl.DataFrame, rule: Delegates) -> dict[str, int] | StatutesError:
    """Delegates of every unit with the cap, or why no congress meets it."""
    try:
        return rule.congress(dict(units.select("unit", "roll").iter_rows()))
    except StatutesError as error:
        return error


@dataclass(frozen=True, slots=True)
class Region:
    """A node of the top level: its members' votes, the electors still out, and whether any unit there is counted."""

    votes: tuple[int, ...]
    outstanding: int
    counted: bool

    @property
    def lead(self) -> int | None:
        """The option that leads; -1 for a tie, None while nothing is counted."""
        if not self.counted:
            return None
        top = max(self.votes)
        return self.votes.index(top) if top > 0 and self.votes.count(top) == 1 else -1

    def to_lead(self, option: int) -> int | None:
        """The least outstanding votes that would make `option` lead here alone; None if all of them cannot."""
        others = [votes for place, votes in enumerate(self.votes) if place != option]
        short = max(1, max(others, default=0) + 1 - self.votes[option])
        return short if short <= self.outstanding else None

    def to_tie(self) -> int | None:
        """The least outstanding votes with which the leading option no longer leads alone; None if all cannot."""
        if self.lead in (None, -1) or len(self.votes) < 2:
            return None
        first, second = sorted(self.votes, reverse=True)[:2]
        return first - second if first - second <= self.outstanding else None

    @property
    def cheapest(self) -> int | None:
        """The least outstanding votes that would change what this region says; None if it is settled."""
        ways = [self.to_lead(option) for option in range(len(self.votes)) if option != self.lead]
        return min((way for way in (*ways, self.to_tie()) if way is not None), default=None)


def regions(nodes: Sequence[NodeShown], level: str) -> list[Region]:
    """The nodes of a level that have units in this consultation."""
    return [
        Region(tuple(node.totals.options.values()), node.coverage.electors_outstanding, node.coverage.counted > 0)
        for node in nodes
        if node.level == level and node.coverage.units > 0
    ]


def of_regions(all_regions: Sequence[Region], options: int) -> Weights:
    """One vote a region for the option that leads there. Outstanding are those that could still say something else."""
    leads = [region.lead for region in all_regions]
    votes = tuple(leads.count(place) for place in range(options))
    out = sum(region.cheapest is not None for region in all_regions)
    return Weights(votes, leads.count(-1), len(all_regions), out)


_ORDERS = (
    ("first", "other", "first to tie", "tied", "other to tie"),
    ("first", "other", "tied", "first to tie", "other to tie"),
)


def ends(all_regions: Sequence[Region], options: int, first: int) -> list[tuple[list[Move], list[Move]]]:
    """For each option, how regions may move towards it; the weights moved are the options' and then the tied.

    A pair is the moves of regions that have spoken, in the order in which to try them, and of those that have not. To
    take from `first`, the option that has most, comes before taking from others; whether to bring a tied region to the
    end or a speaking one to a tie counts for more depends on the rule, so each end comes in both orders.
    """
    found = []
    for end in range(options):
        spoken: list[tuple[str, Move]] = []
        silent: list[Move] = []
        for region in all_regions:
            lead = region.lead
            if lead != end and region.to_lead(end) is not None:
                if lead is None:
                    silent.append(_move(lead, end, options))
                else:
                    kind = "tied" if lead == -1 else "first" if lead == first else "other"
                    spoken.append((kind, _move(lead, end, options)))
            elif lead != end and region.to_tie() is not None:
                spoken.append(("first to tie" if lead == first else "other to tie", _move(lead, -1, options)))
        for order in _ORDERS:
            ordered = [move for kind in order for one, move in sorted(spoken) if one == kind]
            found.append((ordered, silent))
    return found


def _move(taken: int | None, given: int, options: int) -> Move:
    change = [0] * (options + 1)
    change[given] += 1
    if taken is not None:
        change[taken] -= 1
    return tuple(change)
