"""What a count gives: who is elected, and the whole story of how, stage by stage.

Every table, plot, page and account is made from these values alone; no rule writes prose of its own elsewhere. Figures
are exact: an `int` or a `Fraction`. A stage's totals, exhausted papers and losses add up to the papers that were
counted, to the last unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tinkuy.words import Said

Exact = int | Fraction


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a rule did at a stage: `kind` for programs, `said` for people, `candidates` whom it concerns.

    Kinds are few and the same in every family: quota, elected, surplus, transferred, excluded, withdrawn, tie,
    exhausted, lost, guarded, doomed, compared, scored, seat, note. `figures` are its exact figures by name, and
    `clause` is where the rule's source says so. In `said`, votes that need not be whole are `words.Amount`.
    """

    kind: str
    said: Said
    candidates: tuple[int, ...] = ()
    figures: Mapping[str, Exact] = field(default_factory=dict)
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie and how it was broken, as a recount needs it: `by` is "earlier stages", "lot" or what the rule names."""

    stage: int
    among: tuple[int, ...]
    chosen: int
    question: str
    """What was to be decided: "elected", "excluded", "surplus", "seat" or "order"."""
    by: str


@dataclass(frozen=True, slots=True)
class Move:
    """Votes that went from one candidate to another at a stage; None stands for the pile of exhausted papers."""

    giver: int
    taker: int | None
    votes: Exact


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage (round, count): totals at its end, one a candidate, and what happened in it.

    `totals[c]` is None for a candidate who no longer holds votes under the rule (excluded before this stage).
    `exhausted` and `lost` (by rounding) are what has accumulated up to here. `quota` is the quota in force, where the
    rule has one.
    """

    number: int
    totals: tuple[Exact | None, ...]
    exhausted: Exact = 0
    lost: Exact = 0
    quota: Exact | None = None
    events: tuple[Event, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A finished count.

    `elected` are candidates' numbers in order of election. `digits` is how many decimals the rule itself keeps; None
    when its figures are exact fractions or integers. `ranking` orders the candidates in groups of equals, for rules
    that give an order. `pairwise[a][b]` is how many papers prefer a to b, for rules that compare.
    `unfilled` seats are those that nobody was left to take.
    """

    rule: str
    names: tuple[str, ...]
    seats: int
    elected: tuple[int, ...]
    papers: int
    """Papers counted: those that are valid under the rule."""
    invalid: int = 0
    stages: tuple[Stage, ...] = ()
    ties: tuple[Tie, ...] = ()
    quota: Exact | None = None
    digits: int | None = None
    ranking: tuple[tuple[int, ...], ...] = ()
    pairwise: tuple[tuple[int, ...], ...] = ()
    unfilled: int = 0
    won: tuple[int, ...] = ()
    """Seats of each name, for rules that share seats among lists; `elected` then names a list once a seat, in order."""
    spent: Exact | None = None
    limit: Exact | None = None
    """Of a budget: the money that the elected projects cost, and the money there is."""

    @property
    def winners(self) -> tuple[str, ...]:
        """The names of the elected, in order of election."""
        return tuple(self.names[number] for number in self.elected)


def decimal(value: Exact, digits: int | None = None) -> str:
    """An exact decimal string: with `digits` places when the rule keeps so many; else the shortest that is exact, or
    "n/d" for a fraction that no decimal writes.

    >>> decimal(Fraction(314159, 100000), 5), decimal(Fraction(1, 8)), decimal(Fraction(1, 3)), decimal(7)
    ('3.14159', '0.125', '1/3', '7')
    """
    exact = Fraction(value)
    if digits is None:
        rest, digits = exact.denominator, 0
        twos = (rest & -rest).bit_length() - 1
        rest >>= twos
        fives = 0
        while rest % 5 == 0:
            rest //= 5
            fives += 1
        if rest != 1:
            return f"{exact.numerator}/{exact.denominator}"
        digits = max(twos, fives)
    scaled = exact * 10**digits
    if scaled.denominator != 1:
        raise ValueError(f"{exact} has more than {digits} decimals")
    sign, units = ("-" if scaled < 0 else ""), str(abs(scaled.numerator)).rjust(digits + 1, "0")
    return f"{sign}{units[: len(units) - digits]}.{units[len(units) - digits :]}" if digits else f"{sign}{units}"
