"""Who of a list takes its seats (listas, paridad y alternancia, accesitarios), and who follows when a seat falls empty.

A list is an order of persons. Its seats go to them in that order (closed list), or by their preferential votes, equal
votes by the order of the list. A demand of alternation says that each person is of another kind than the one before;
reserved places say that at least so many of the elected are of a kind, and are met by putting the best of that kind in
the place of the last elected who is not needed by any reservation. Whoever follows when a seat falls empty is the next
of the same list (accesitaria/o), of the same kind where the rule asks for it. Everything that was done to the plain
order is said in an event.

Sources: Ley Orgánica de Elecciones (Perú) 26859, arts. 31 (preferential vote) and 116 (parity and alternation, by Ley
31030); Ley Orgánica de Municipalidades and Ley 27734 (reserved places); for places in the order of the list, any
closed-list statute.

>>> list_ = (Person("Ana", "F"), Person("Beto", "M"), Person("Caro", "F"), Person("Dante", "M"))
>>> [person.name for person in taken(list_, 2).elected]
['Ana', 'Beto']
>>> [person.name for person in taken(list_, 2, reserved={"M": 2}).elected]
['Beto', 'Dante']
>>> successor(list_, elected=("Ana", "Beto"), gone="Ana", of_kind=True).name
'Caro'
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tinkuy.count.errors import CountError
from tinkuy.count.result import Event
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a list: `kind` is what a demand of parity or a reservation asks about; `votes` are preferential."""

    name: str
    kind: str = ""
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Who takes a list's seats, in order, and what was done to the plain order; `empty` seats have nobody left."""

    elected: tuple[Person, ...]
    events: tuple[Event, ...] = ()
    empty: int = 0


def taken(
    list_: Sequence[Person], seats: int, *, preferential: bool = False, reserved: Mapping[str, int] | None = None
) -> Taken:
    """The persons who take `seats` of a list.

    `reserved` maps a kind to how many of the elected are at least of it. Raises `CountError` when the reservations ask
    for more than the seats or the list have, or a name stands twice.
    """
    _check(list_)
    order = sorted(list_, key=lambda person: -person.votes) if preferential else list(list_)
    elected, events = order[:seats], list[Event]()
    demanded = {kind: least for kind, least in sorted((reserved or {}).items()) if least > 0}
    if sum(demanded.values()) > seats and demanded:
        raise CountError(
            say(
                "{reserved} places are reserved, and the list has {seats} seats",
                reserved=sum(demanded.values()),
                seats=seats,
            )
        )
    for kind, least in demanded.items():
        while (have := sum(person.kind == kind for person in elected)) < least:
            best = next((person for person in order if person.kind == kind and person not in elected), None)
            if best is None:
                raise CountError(
                    say("{least} places are reserved for {kind}, and {have} stand", least=least, kind=kind, have=have)
                )
            gives = _last_not_needed(elected, demanded)
            elected.remove(gives)
            elected.append(best)
            events.append(_given_way(best, gives, kind))
    elected.sort(key=order.index)
    return Taken(tuple(elected), tuple(events), max(0, seats - len(elected)))


def successor(
    list_: Sequence[Person], *, elected: Collection[str], gone: str, of_kind: bool = False, preferential: bool = False
) -> Person:
    """Who takes the seat of `gone`: the first of the list who is not elected, of the same kind where `of_kind`.

    Raises `CountError` when `gone` is not on the list, or nobody is left.
    """
    _check(list_)
    leaver = next((person for person in list_ if person.name == gone), None)
    if leaver is None:
        raise CountError(say("{name} does not stand on the list", name=gone))
    order = sorted(list_, key=lambda person: -person.votes) if preferential else list_
    for person in order:
        if person.name not in elected and (not of_kind or person.kind == leaver.kind):
            return person
    raise CountError(
        say("nobody is left on the list to follow {name}; the seat stays empty until the statutes say how", name=gone)
    )


def alternation(list_: Sequence[Person]) -> tuple[int, ...]:
    """The places (from 1) at which a list breaks alternation: a person of the same kind as the one before."""
    return tuple(place for place in range(2, len(list_) + 1) if list_[place - 1].kind == list_[place - 2].kind)


def parity(list_: Sequence[Person]) -> bool:
    """Whether no kind has more than half of a list, rounded up: with an odd number one kind may have one more."""
    kinds = [person.kind for person in list_]
    return all(2 * kinds.count(kind) <= len(kinds) + 1 for kind in set(kinds))


def _last_not_needed(elected: Sequence[Person], demanded: Mapping[str, int]) -> Person:
    """The last of the elected whose seat no reservation needs; there is one while reservations fit into the seats."""
    for person in reversed(elected):
        if sum(other.kind == person.kind for other in elected) > demanded.get(person.kind, 0):
            return person
    raise AssertionError("reservations that fit into the seats leave somebody who can give way")


def _given_way(best: Person, gives: Person, kind: str) -> Event:
    said = say(
        "{best} takes a place reserved for {kind}; {gives} gives way", best=best.name, kind=kind, gives=gives.name
    )
    return Event("seat", said)


def _check(list_: Sequence[Person]) -> None:
    names = [person.name for person in list_]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise CountError(say("{name} stands twice on the list", name=twice))
