"""From an order of the candidates to seats: whoever stands above the line is elected, a tie across it goes to the lot.

Guarantees that a lot is asked only where it decides who is elected, that every tie it decides is in the record, and
that candidates who are equal above the line are named in the order in which they stand on the paper.

>>> taken = seat(((1,), (0, 2)), 2, ("Ana", "Beto", "Caro"), Listed(("Caro", "Ana")))
>>> taken.elected, [str(event.said) for event in taken.events]
((1, 2), ['Ana, Caro are equal and 1 place is left: the lot falls on Caro'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tinkuy.count.lots import Lots
from tinkuy.count.result import Event, Tie
from tinkuy.words import say

Ranking = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Seated:
    """Who is elected, in order, and the ties that the lot decided."""

    elected: tuple[int, ...]
    ties: tuple[Tie, ...] = ()
    events: tuple[Event, ...] = ()


def ranked(candidates: Iterable[int], merit: Callable[[int], Any]) -> Ranking:
    """The candidates from the greatest merit to the least, those of equal merit together."""
    groups: dict[Any, list[int]] = {}
    for candidate in sorted(candidates):
        groups.setdefault(merit(candidate), []).append(candidate)
    return tuple(tuple(groups[key]) for key in sorted(groups, reverse=True))


def seat(
    ranking: Ranking, seats: int, names: tuple[str, ...], lots: Lots, stage: int = 1, question: str = "elected"
) -> Seated:
    """The first `seats` candidates of an order. Raises `Undecided` for a tie that no lot was drawn for."""
    elected: list[int] = []
    ties: list[Tie] = []
    events: list[Event] = []
    for group in ranking:
        tied = list(group)
        while len(tied) > (left := seats - len(elected)) > 0:
            chosen, event = drawn(tied, left, names, lots)
            elected.append(chosen)
            events.append(event)
            ties.append(Tie(stage, tuple(tied), chosen, question, "lot"))
            tied.remove(chosen)
        if len(tied) <= seats - len(elected):
            elected += tied
    return Seated(tuple(elected), tuple(ties), tuple(events))


def drawn(tied: Iterable[int], left: int, names: tuple[str, ...], lots: Lots) -> tuple[int, Event]:
    """The candidate on whom the lot falls, and the event that says so."""
    among = sorted(tied)
    name = lots.first([names[candidate] for candidate in among])
    chosen = names.index(name)
    said = (
        say(
            "{names} are equal and 1 place is left: the lot falls on {name}",
            names=tuple(names[candidate] for candidate in among),
            name=name,
        )
        if left == 1
        else say(
            "{names} are equal and {left} places are left: the lot falls on {name}",
            names=tuple(names[candidate] for candidate in among),
            left=left,
            name=name,
        )
    )
    return chosen, Event("tie", said, (chosen, *(candidate for candidate in among if candidate != chosen)))
