"""Majorities: the tests that a decision must pass, all of them, and what happens on a tie.

Guarantees that a verdict is exact and that nothing passes with nothing in favour. What each denominator counts:

| denominator        | what is counted                                                                    |
|--------------------|------------------------------------------------------------------------------------|
| `for+against`      | votes for and against                                                              |
| `valid`            | those, and abstain, blank, null and challenged where they are "counted"            |
| `cast`             | everything cast but what is "not counted" ("cast only" is cast without being valid)|
| `present`          | persons present                                                                    |
| `eligible`         | persons on the roll, less those whom the statutes take out of it                   |
| `units`            | units (bases, cantons, delegations) that took part                                 |
| `units_for+against`| units for and against                                                              |
| `units_eligible`   | all units that may take part                                                       |

Before a denominator of units the numerator counts units too. Source: the design's schema; Swiss Constitution art. 142
for two majorities; Ley 30220 art. 66 for strata with weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Literal

from tinkuy.statutes import sentences
from tinkuy.statutes.bar import HALF_PLUS_ONE, Bar, Op
from tinkuy.statutes.errors import StatutesError
from tinkuy.statutes.verdict import Figures, Outcome, Test, Verdict
from tinkuy.words import Said, say

Numerator = Literal["for", "eligible-for", "votes"]
Denominator = Literal[
    "for+against", "valid", "cast", "present", "eligible", "units", "units_for+against", "units_eligible"
]
Treatment = Literal["counted", "cast only", "not counted"]
Tie = Literal["fails", "revote", "runoff", "lot"]
CastingVote = Literal["none", "chair_on_tie", "chair_second"]

OF_UNITS = ("units", "units_for+against", "units_eligible")


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the electorate that is counted apart (estamento); weights of all strata add up to 1."""

    name: str
    weight: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRule:
    """One test: `numerator` of `denominator` against a bar, over all, in one stratum, or weighted over the strata."""

    __test__ = False  # pytest collects classes by this name

    numerator: Numerator
    denominator: Denominator
    bar: Bar
    name: str
    stratum: str = ""
    weighted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """What one kind of decision needs. `excluded` says who leaves the denominator `eligible`; often nobody."""

    kind: str
    tests: tuple[TestRule, ...]
    abstain: Treatment = "cast only"
    blank: Treatment = "cast only"
    null: Treatment = "cast only"
    challenged: Treatment = "cast only"
    tie: Tie = "fails"
    casting_vote: CastingVote = "none"
    strata: tuple[Stratum, ...] = ()
    excluded: tuple[str, ...] = ()
    statutes: str = ""

    def judge(
        self,
        figures: Figures,
        *,
        strata: Mapping[str, Figures] | None = None,
        casting: Literal["for", "against"] | None = None,
    ) -> Verdict:
        """The verdict on these figures.

        `strata` are the figures of each stratum, by name, where a test asks for them. `casting` is the chair's vote
        on a tie. Raises `StatutesError` for a stratum that is missing or unknown, for persons excluded where the
        statutes exclude nobody, and for a casting vote without a tie or without the right to one.
        """
        self._expect(figures, strata or {})
        tests = tuple(self._test(rule, figures, strata or {}) for rule in self.tests)
        if all(test.passed for test in tests):
            if casting is not None:
                raise self._no_tie()
            return self._verdict("carried", tests)
        if self._tied(figures, tests):
            return self._on_a_tie(figures, tests, casting)
        if casting is not None:
            raise self._no_tie()
        return self._verdict("lost", tests)

    def with_tests(self, *more: TestRule) -> Majority:
        """The same majority with further tests that must also pass."""
        return replace(self, tests=(*self.tests, *more))

    def counted(self, figures: Figures, denominator: Denominator) -> int:
        """The denominator's value for these figures."""
        match denominator:
            case "for+against":
                return figures.votes_for + figures.against
            case "valid":
                counted = [value for value, how in self._others(figures).values() if how == "counted"]
                return figures.votes_for + figures.against + sum(counted)
            case "cast":
                left_out = [value for value, how in self._others(figures).values() if how == "not counted"]
                return max(0, figures.votes - sum(left_out))
            case "present":
                return figures.present
            case "eligible":
                return figures.eligible - figures.excluded
            case "units":
                return figures.units_counted
            case "units_for+against":
                return figures.units_for + figures.units_against
            case "units_eligible":
                return figures.units_eligible

    def _others(self, figures: Figures) -> dict[str, tuple[int, Treatment]]:
        return {
            "abstain": (figures.abstain, self.abstain),
            "blank": (figures.blank, self.blank),
            "null": (figures.null, self.null),
            "challenged": (figures.challenged, self.challenged),
        }

    def _left_out(self, figures: Figures, denominator: Denominator) -> list[tuple[str, int]]:
        """What was cast and is not in this denominator, as (what, how many)."""
        if denominator not in ("for+against", "valid", "cast"):
            return []
        inside: dict[str, tuple[Treatment, ...]] = {
            "for+against": (),
            "valid": ("counted",),
            "cast": ("counted", "cast only"),
        }
        others = self._others(figures).items()
        out = [(what, value) for what, (value, how) in others if value and how not in inside[denominator]]
        if figures.of == "persons":
            return out
        # Bases, regions and delegates do not abstain: their weight is tied where no option is ahead.
        return [("tied", value) for _, value in out]

    def _expect(self, figures: Figures, strata: Mapping[str, Figures]) -> None:
        for one in (figures, *strata.values()):
            if one.excluded and not self.excluded:
                raise StatutesError("figures.excluded", say("these statutes take nobody out of the denominator"))
            if one.excluded > one.eligible:
                problem = say(
                    "{excluded} persons excluded of {eligible} eligible",
                    excluded=one.excluded,
                    eligible=one.eligible,
                )
                raise StatutesError("figures.excluded", problem)
        known = [stratum.name for stratum in self.strata]
        for name in strata:
            if name not in known:
                problem = say('no stratum "{name}"; known: {known}', name=name, known=", ".join(known) or "—")
                raise StatutesError("figures.strata", problem)
        asked = any(rule.stratum or rule.weighted for rule in self.tests)
        for name in known if asked else ():
            if name not in strata:
                raise StatutesError("figures.strata", say('the figures of "{name}" are missing', name=name))

    def _test(self, rule: TestRule, figures: Figures, strata: Mapping[str, Figures]) -> Test:
        if rule.weighted:
            return self._weighted(rule, strata)
        if rule.stratum:
            figures = strata[rule.stratum]
        numerator = _numerator(figures, rule)
        denominator = self.counted(figures, rule.denominator)

        def wording() -> tuple[Said, Said | None]:
            left_out = self._left_out(figures, rule.denominator)
            excluded = figures.excluded if rule.denominator == "eligible" else 0
            asked = (rule.numerator, rule.denominator, figures.of, numerator, denominator, rule.bar)
            sentence, short = sentences.without(sentences.test(*asked), left_out, excluded), sentences.short(*asked)
            if not rule.stratum:
                return sentence, short
            return (
                say("{stratum}: {sentence}", stratum=rule.stratum, sentence=sentence),
                say("{stratum}: {sentence}", stratum=rule.stratum, sentence=short),
            )

        return _made(rule, numerator, denominator, wording)

    def _weighted(self, rule: TestRule, strata: Mapping[str, Figures]) -> Test:
        """Shares of the strata times their weights, as whole parts of a common denominator."""
        parts: list[sentences.Part] = []
        for stratum in self.strata:
            numerator = _numerator(strata[stratum.name], rule)
            denominator = self.counted(strata[stratum.name], rule.denominator)
            parts.append(sentences.Part(stratum.name, stratum.weight, numerator, denominator))
        empty = any(part.denominator == 0 for part in parts)
        whole = 0 if empty else lcm(*((part.weight / part.denominator).denominator for part in parts))
        reached = 0 if empty else sum(part.weight * part.numerator * whole / part.denominator for part in parts)
        return _made(
            rule, int(reached), whole, lambda: (sentences.weighted(parts, int(reached), whole, rule.bar), None)
        )

    def _tied(self, figures: Figures, tests: tuple[Test, ...]) -> bool:
        """As many for as against, and nothing failed but a bare majority that stands exactly at half."""
        for rule, test in zip(self.tests, tests, strict=True):
            if test.passed:
                continue
            half = rule.bar.fraction == Fraction(1, 2) and rule.bar.op == ">"
            if rule.numerator == "votes" or not half or test.denominator == 0 or rule.stratum:
                return False
            if 2 * test.numerator != test.denominator or test.needed > test.denominator // 2 + 1:
                return False
            if not rule.weighted and not _level(figures, rule):
                return False
        return True

    def _on_a_tie(
        self, figures: Figures, tests: tuple[Test, ...], casting: Literal["for", "against"] | None
    ) -> Verdict:
        if casting is not None:
            if self.casting_vote == "none":
                raise StatutesError("casting_vote", say("these statutes give the chair no casting vote"))
            outcome: Outcome = "carried" if casting == "for" else "lost"
            return self._verdict(outcome, tests, sentences.casting(casting))
        outcome = "lost" if self.tie == "fails" else "tied"
        return self._verdict(outcome, tests, sentences.tie(self.tie, self.casting_vote))

    def _verdict(self, outcome: Outcome, tests: tuple[Test, ...], remark: Said | None = None) -> Verdict:
        passed = outcome == "carried"
        return Verdict(passed=passed, outcome=outcome, tests=tests, statutes=self.statutes, remark=remark)

    def _no_tie(self) -> StatutesError:
        return StatutesError("casting_vote", say("there is no tie for the chair to decide"))


def majority(
    fraction: str, of: Denominator = "valid", op: Op = ">=", *, kind: str = "ordinary", tie: Tie = "fails"
) -> Majority:
    """A majority of one test, for a rule that stands in no file: `majority("1/2", of="cast", op=">")`, "half+1"."""
    bar = HALF_PLUS_ONE if fraction == "half+1" else Bar(Fraction(fraction), op)
    rule = TestRule(numerator="for", denominator=of, bar=bar, name=default_name("for", of))
    return Majority(kind=kind, tests=(rule,), tie=tie)


def default_name(numerator: Numerator, denominator: Denominator) -> str:
    """How a test is called that the statutes give no name."""
    if numerator == "votes":
        return "turnout"
    if denominator == "eligible":
        return "support"
    return "units" if denominator in OF_UNITS else "for"


def _numerator(figures: Figures, rule: TestRule) -> int:
    if rule.denominator in OF_UNITS:
        return figures.units_counted if rule.numerator == "votes" else figures.units_for
    return figures.votes if rule.numerator == "votes" else figures.votes_for


def _level(figures: Figures, rule: TestRule) -> bool:
    if rule.denominator in OF_UNITS:
        return figures.units_for == figures.units_against
    return figures.votes_for == figures.against


def _made(rule: TestRule, numerator: int, denominator: int, wording: Callable[[], tuple[Said, Said | None]]) -> Test:
    return Test(
        name=rule.name,
        numerator=numerator,
        denominator=denominator,
        needed=rule.bar.needed(denominator),
        fraction=rule.bar.fraction,
        op=rule.bar.op,
        passed=rule.bar.passes(numerator, denominator),
        wording=wording,
    )
