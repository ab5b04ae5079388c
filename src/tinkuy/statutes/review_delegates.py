"""Contradictions in delegates and roll-up: bands out of order, a cap no congress meets, modes that lack their bands."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from tinkuy.statutes.rule import Statutes
from tinkuy.words import Said, say

Found = tuple[Literal["error", "remark"], str, Said]

_BY_BANDS = ("proportional", "degressive", "delegate")


def error(place: str, said: Said) -> Found:
    """A rule that cannot be kept, or that defeats another."""
    return ("error", place, said)


def remark(place: str, said: Said) -> Found:
    """A rule that can be kept and is probably not what was meant."""
    return ("remark", place, said)


def delegates(statutes: Statutes) -> Iterator[Found]:
    """What contradicts itself in `[delegates]`."""
    rules = statutes.delegates
    if rules is None:
        return
    yield from _bands(statutes)
    if rules.cap is not None:
        yield from _cap(rules.cap)
    if rules.mandate == "imperative" and rules.without_mandate == "judgement":
        problem = say("an imperative mandate leaves nothing to the delegate's own judgement")
        yield error("delegates.without_mandate", problem)
    if rules.minimum == 0:
        yield remark("delegates.minimum", say("a small base may send nobody"))


def _bands(statutes: Statutes) -> Iterator[Found]:
    rules = statutes.delegates
    below, seats = 0, 0
    for n, band in enumerate(rules.bands if rules is not None else (), 1):
        place = f"delegates.bands[{n}]"
        if rules is not None and band.up_to is None and n < len(rules.bands):
            yield error(place, say("only the last band may be without `up_to`: the bands after it are never reached"))
        if band.up_to is not None and band.up_to <= below:
            yield error(f"{place}.up_to", say("bands go upwards: this one ends at or before the one above it"))
        if band.seats is not None and band.seats < seats:
            yield error(f"{place}.seats", say("a larger base would send fewer delegates"))
        below = max(below, band.up_to or 0)
        seats = max(seats, band.seats or 0)
    if rules is not None and rules.bands and rules.bands[-1].up_to is not None:
        place = f"delegates.bands[{len(rules.bands)}]"
        yield remark(place, say("members above {up_to} add no delegate", up_to=rules.bands[-1].up_to))


def _cap(cap: Fraction) -> Iterator[Found]:
    if cap == 0:
        yield error("delegates.cap", say("no base could send anybody"))
    elif cap > 1:
        yield error("delegates.cap", say("no base can exceed the whole congress, so this limits nothing"))
    elif cap < Fraction(1, 50):
        bases = -(-cap.denominator // cap.numerator)
        yield remark("delegates.cap", say("this needs a congress of at least {bases} bases", bases=bases))


def roll_up(statutes: Statutes) -> Iterator[Found]:
    """What contradicts itself in `[roll_up]`."""
    rules = statutes.roll_up
    banded = statutes.delegates is not None and bool(statutes.delegates.bands)
    for key, modes in (("binding", (rules.binding,)), ("double", rules.double)):
        for mode in modes:
            if mode in _BY_BANDS and not banded:
                problem = say('"{mode}" needs the bands of [delegates], and there are none', mode=mode)
                yield error(f"roll_up.{key}", problem)
    if rules.double and rules.binding not in rules.double:
        yield error("roll_up.double", say("the binding way of adding up is not one of the two"))
