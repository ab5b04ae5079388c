"""Verdicts: what the figures of a vote come to under a rule, in words that a member can check by hand.

A verdict lists every test with numerator, denominator, what was needed and what was reached, and names the statutes
that judged. Integers and fractions only. The rules themselves are in `majority.py` and `quorum.py`.

>>> from tinkuy.statutes.majority import majority
>>> str(majority("2/3", of="cast").judge(Figures(votes_for=60, against=28, abstain=4)).sentence())
'Lost: 60 of 92 votes cast in favour (65.2 %); at least 62 needed (2/3 of 92).'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import attrgetter
from typing import Literal

import msgspec

from tinkuy.statutes.bar import Op
from tinkuy.statutes.errors import StatutesError
from tinkuy.words import Said, say

Counted = Literal["persons", "units", "regions", "delegates", "cards"]
Outcome = Literal["carried", "lost", "tied", "quorate", "informative", "failed"]


class Figures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was counted in one vote: persons, papers or hands, and units where a vote is also counted by units.

    `eligible` is the whole roll; `excluded` are those on it whom the statutes take out of the denominator (licencia,
    feriado). `of` is what the figures count: persons, or the weight of units, regions, delegates or cards. `cast` is
    every paper or hand; left at 0 it is the sum of the parts. A figure is never negative.
    """

    votes_for: int = 0
    against: int = 0
    abstain: int = 0
    blank: int = 0
    null: int = 0
    challenged: int = 0
    cast: int = 0
    present: int = 0
    eligible: int = 0
    excluded: int = 0
    of: Counted = "persons"
    units_for: int = 0
    units_against: int = 0
    units_counted: int = 0
    units_eligible: int = 0

    def __post_init__(self) -> None:
        counts = _counts(self)
        if set(map(type, counts)) == {int} and min(counts) >= 0:
            return
        for name, value in zip(_COUNTS, counts, strict=True):
            if type(value) is not int or value < 0:
                problem = say("{value} is not a count: a whole number, zero or more, is needed", value=repr(value))
                raise StatutesError(f"figures.{name}", problem)

    @property
    def votes(self) -> int:
        """Everything cast, abstentions, blank, null and challenged included."""
        parts = self.votes_for + self.against + self.abstain + self.blank + self.null + self.challenged
        return self.cast or parts


_COUNTS = tuple(name for name in Figures.__struct_fields__ if name != "of")
_counts = attrgetter(*_COUNTS)


class Test(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One test of a verdict. `needed` is the least numerator that passes with this denominator."""

    __test__ = False  # pytest collects classes by this name

    name: str  # "for", "turnout", "support", "units", "quorum" …, or the name that the statutes give it
    numerator: int
    denominator: int
    needed: int
    fraction: Fraction
    op: Op
    passed: bool
    wording: Callable[[], tuple[Said, Said | None]]  # most tests are never said

    @property
    def sentence(self) -> Said:
        """The test in a sentence with every figure."""
        return self.wording()[0]

    @property
    def short(self) -> Said | None:
        """The same as a clause of a headline, where there is one."""
        return self.wording()[1]

    @property
    def reached(self) -> int:
        """What was reached, to be set against `needed`: the numerator."""
        return self.numerator


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a rule says of some figures. `statutes` names the version that judged: "pe-sindicato, 2026-03-02"."""

    passed: bool
    outcome: Outcome
    tests: tuple[Test, ...]
    statutes: str = ""
    remark: Said | None = None  # how a tie was or is to be resolved; what a missing quorum leads to

    def headline(self) -> Said:
        """The verdict in one short sentence, with shares and thresholds; the figures stand in `sentence`."""
        clauses = [test.short for test in sorted(self.tests, key=lambda test: test.passed) if test.short is not None]
        if len(clauses) < len(self.tests):
            return self.sentence()
        first, *others = clauses
        for other in others:
            first = say("{first}, and {then}", first=first, then=other)
        return Said(_HEADLINES[self.outcome].template, {"tests": first})

    def sentence(self) -> Said:
        """The verdict and its tests, those that failed first."""
        failed = [test.sentence for test in self.tests if not test.passed]
        reached = [test.sentence for test in self.tests if test.passed]
        tests = _in_a_row([*failed, *reached])
        if failed and reached:
            tests = say("{failed} Reached: {reached}", failed=_in_a_row(failed), reached=_in_a_row(reached))
        if self.remark is not None:
            tests = _in_a_row([tests, self.remark])
        return Said(_OPENINGS[self.outcome].template, {"tests": tests})


_OPENINGS: dict[Outcome, Said] = {
    "carried": say("Carried: {tests}"),
    "lost": say("Lost: {tests}"),
    "tied": say("Tied: {tests}"),
    "quorate": say("Quorum: {tests}"),
    "informative": say("No quorum: {tests}"),
    "failed": say("No quorum: {tests}"),
}


_HEADLINES: dict[Outcome, Said] = {
    "carried": say("Carried: {tests}."),
    "lost": say("Lost: {tests}."),
    "tied": say("Tied: {tests}."),
    "quorate": say("Quorum: {tests}."),
    "informative": say("No quorum: {tests}."),
    "failed": say("No quorum: {tests}."),
}


def _in_a_row(sentences: Sequence[Said]) -> Said:
    first, *others = sentences
    for other in others:
        first = say("{first} {then}", first=first, then=other)
    return first
