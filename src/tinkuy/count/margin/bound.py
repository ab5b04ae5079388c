"""What is known of a margin: how many papers at least, whether exactly so many, why, and who showed it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from tinkuy.count.registry import Rule
from tinkuy.count.result import Exact
from tinkuy.words import Said, say


@dataclass(frozen=True, slots=True)
class Margin:
    """`papers` is the bound, None where none is known; `exact` says that so many changes also suffice for a tie."""

    rule: str
    papers: int | None
    said: Said
    exact: bool = False
    source: str = ""


def unknown(known: Rule, why: Said | None = None) -> Margin:
    """No bound is known."""
    said = say("not known for {rule}", rule=known.name)
    if why is not None:
        said = say("not known for {rule} on these papers: {why}", rule=known.name, why=why)
    return Margin(known.name, None, said)


def up(numerator: Exact, denominator: Exact) -> int:
    """The least whole number that is not below a fraction."""
    return ceil(Fraction(numerator) / denominator)


def decided_by_lot(known: Rule) -> Margin:
    """The lot has decided: the papers alone elect nobody for sure."""
    return Margin(known.name, 0, say("papers to change: 0; a lot decides who is elected"), exact=True)
