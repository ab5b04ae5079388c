"""What every rule that orders all candidates by comparing them gives: the same result, told in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.count.lots import Lots
from tinkuy.count.registry import Rule, check_seats
from tinkuy.count.result import Event, Exact, Result, Stage, Tie
from tinkuy.count.seating import Ranking, seat
from tinkuy.words import say


def ordered(
    rule: Rule,
    pairs: Pairs,
    seats: int,
    lots: Lots,
    ranking: Ranking,
    totals: Sequence[Exact | None],
    events: tuple[Event, ...],
    ties: tuple[Tie, ...] = (),
) -> Result:
    """Seat the first of the order. `totals` is the figure by which the rule orders, `events` how it came to it."""
    names = pairs.names
    unfilled = check_seats(seats, len(pairs.standing))
    opening = pairs.duels()
    if pairs.condorcet_winner is not None:
        told = say("{name} is preferred to each of the others by a majority", name=names[pairs.condorcet_winner])
        opening += (Event("note", told, (pairs.condorcet_winner,)),)
    else:
        told = say(
            "nobody is preferred to each of the others by a majority; the smallest group each of whom is preferred to "
            "everybody outside it (the Smith set): {names}",
            names=tuple(names[each] for each in pairs.smith),
        )
        opening += (Event("note", told, pairs.smith),)
    if seats > 1:
        told = say(
            "{seats} seats go to the first of the order: a majority that ranks alike takes them all; rules for several "
            "seats share them out",
            seats=seats,
        )
        opening += (Event("note", told),)
    taken = seat(ranking, seats, names, lots)
    elected = tuple(Event("elected", say("{name} is elected", name=names[each]), (each,)) for each in taken.elected)
    stage = Stage(1, tuple(totals), events=(*opening, *events, *taken.events, *elected))
    return Result(
        rule.name,
        names,
        seats,
        taken.elected,
        pairs.papers,
        pairs.invalid,
        (stage,),
        (*ties, *taken.ties),
        ranking=ranking,
        pairwise=pairs.over,
        unfilled=unfilled,
    )
