"""Seats in a consultation among lists: the votes that add up, shared by the rule that the question names (escaños).

Guarantees that seats are given by the votes of the sheets that count and nothing else, in exact figures, and that seats
which only a lot could give are given to nobody until the order that was drawn is certified. They are shared over the
whole of the consultation, among lists that reach the threshold of the statutes (`election.threshold`).

Source: statutes `election`; `tinkuy.count.apportion` for each rule's own (D'Hondt: Ley 26859 (Peru), arts. 29 and 30).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tinkuy.assembly.act import Refused
from tinkuy.count.apportion import MOST_SEATS, Apportionment
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Listed, Lots, Refusing
from tinkuy.count.profile import Lists
from tinkuy.count.registry import rule
from tinkuy.count.result import Exact, decimal
from tinkuy.federation.outcome import SeatsShown
from tinkuy.words import Amount, Said, say


def sharing(name: str, seats: int) -> Apportionment:
    """The rule of this name. Refused where it shares no seats among lists, or there are none to share."""
    try:
        known = rule(name)
    except CountError as error:
        raise Refused(error.said) from None
    if not isinstance(known, Apportionment):
        raise Refused(say("{rule} shares no seats among lists, as dhondt does", rule=known.name))
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(say("between 1 and {most} seats are shared", most=MOST_SEATS))
    return known


def share(
    name: str, seats: int, votes: Mapping[str, int], threshold: Fraction | None, drawn: Sequence[str] = ()
) -> SeatsShown:
    """The seats of each list by its votes; `drawn` is an order of the lists for ties, the best lot first."""
    known = sharing(name, seats)
    lots: Lots = Listed(tuple(drawn)) if drawn else Refusing()
    written = "" if threshold is None else str(threshold)
    try:
        result = known.above(threshold or Fraction(0)).count(Lists(tuple(votes), tuple(votes.values())), seats, lots)
    except Undecided as undecided:
        said = say("Seats by {rule}: {names} are tied, and no lot was drawn.", rule=name, names=undecided.tied)
        return SeatsShown(name, seats, {}, "", written, undecided.tied, said)
    except CountError as error:
        said = say("Seats by {rule}: {fault}.", rule=name, fault=error.said)
        return SeatsShown(name, seats, {}, "", written, (), said)
    won = dict(zip(votes, result.won, strict=True))
    figure = "" if result.quota is None else decimal(result.quota)
    return SeatsShown(name, seats, won, figure, written, (), _told(name, won, result.quota))


def _told(name: str, won: Mapping[str, int], figure: Exact | None) -> Said:
    lists = tuple(say("{name} {seats}", name=one, seats=seats) for one, seats in won.items() if seats)
    if figure is None:
        return say("Seats by {rule}: {lists}.", rule=name, lists=lists)
    return say(
        "Seats by {rule}: {lists}; the figure that decides is {figure}.",
        rule=name,
        lists=lists,
        figure=Amount(figure, 4),
    )
