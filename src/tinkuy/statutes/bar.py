"""Thresholds: how much of a whole is needed, in whole numbers.

`Bar.needed(n)` is exactly the least integer that passes among `n`. Nothing passes with zero: at least one is always
needed. "Half plus one" (mitad más uno) is `floor(n/2) + 1`; among whole numbers that is the same least number as "more
than 1/2", but it is another sentence, and a body reads back the one that it wrote.

>>> Bar(Fraction(2, 3), ">=").needed(92), Bar(Fraction(1, 2), ">").needed(92), HALF_PLUS_ONE.needed(91)
(62, 47, 46)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tinkuy.words import Said, say

Op = Literal[">", ">="]


@dataclass(frozen=True, slots=True)
class Bar:
    """A threshold: a fraction of the denominator, whether reaching it is enough, and a least number besides."""

    fraction: Fraction
    op: Op
    min_n: int = 0
    half_plus_one: bool = False

    def needed(self, denominator: int) -> int:
        """The least numerator that passes among `denominator`; never less than 1."""
        return max(1, self.min_n, self._by_fraction(denominator))

    def passes(self, numerator: int, denominator: int) -> bool:
        """Whether `numerator` of `denominator` is enough; of nothing, nothing passes."""
        return denominator > 0 and numerator >= self.needed(denominator)

    def said(self, denominator: int) -> Said:
        """The clause that ends a test's sentence: "at least 62 needed (2/3 of 92)"."""
        if denominator == 0:
            return say("there was nobody to count, so nothing passes")
        needed = self.needed(denominator)
        if needed > self._by_fraction(denominator):
            return say("at least {needed} needed", needed=needed)
        if self.half_plus_one:
            return say(
                "at least {needed} needed (half plus one of {denominator})", needed=needed, denominator=denominator
            )
        figures = {"needed": needed, "fraction": self.fraction, "denominator": denominator}
        if self.op == ">":
            return say("at least {needed} needed (more than {fraction} of {denominator})", **figures)
        return say("at least {needed} needed ({fraction} of {denominator})", **figures)

    def short(self, denominator: int) -> Said:
        """The same in a few words: "more than 1/2 was needed"."""
        if self.needed(denominator) > self._by_fraction(denominator):
            return say("at least {needed} were needed", needed=self.needed(denominator))
        if self.half_plus_one:
            return say("half plus one was needed")
        if self.op == ">":
            return say("more than {fraction} was needed", fraction=self.fraction)
        return say("{fraction} was needed", fraction=self.fraction)

    def _by_fraction(self, denominator: int) -> int:
        # In integers: a fraction as a value of its own costs more than all the rest of a test.
        part, whole = self.fraction.numerator * denominator, self.fraction.denominator
        return part // whole + 1 if self.op == ">" else -(-part // whole)


HALF_PLUS_ONE = Bar(Fraction(1, 2), ">", half_plus_one=True)
