"""Quorums: how many must be there for a session to decide (quórum).

A session without its quorum is informative or failed, as the statutes say: it may deliberate, it decides nothing.
Source: Código Civil (Peru) art. 87 for two calls.

>>> rule = Quorum(call=2, of="qualified", bar=Bar(Fraction(1, 5), ">="))
>>> str(rule.judge(present=31, qualified=190).sentence())
'No quorum: 31 of 190 qualified members present (16.3 %); at least 38 needed (1/5 of 190). The session is informative: \
it may deliberate, it decides nothing.'
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from tinkuy.statutes import sentences
from tinkuy.statutes.bar import Bar
from tinkuy.statutes.reading import Table
from tinkuy.statutes.verdict import Outcome, Test, Verdict
from tinkuy.words import say

QuorumOf = Literal["members", "qualified", "delegates", "units"]
WhenMissing = Literal["informative", "failed"]

MAX_CALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """The quorum of one call. `wait` is in minutes after the call before; `applies_to` names kinds, none means all."""

    call: int
    of: QuorumOf
    bar: Bar
    min_units: int = 0
    wait: int = 0
    when_missing: WhenMissing = "informative"
    applies_to: tuple[str, ...] = ()
    statutes: str = ""

    def judge(
        self,
        present: int,
        qualified: int = 0,
        *,
        members: int = 0,
        delegates: int = 0,
        units: int = 0,
        units_present: int = 0,
    ) -> Verdict:
        """Whether those present are enough.

        `present` is measured of `qualified`, `members` or `delegates`, whichever the quorum is of; `units_present` of
        `units` where it is of units, and against `min_units` in any case.
        """
        whole = {"members": members, "qualified": qualified, "delegates": delegates, "units": units}[self.of]
        there = units_present if self.of == "units" else present
        tests = [self._test(there, whole)]
        if self.min_units:
            tests.append(self._units(units_present, units))
        passed = all(test.passed for test in tests)
        outcome: Outcome = "quorate" if passed else self.when_missing
        remark = None if passed else _AFTERWARDS[self.when_missing]
        return Verdict(passed=passed, outcome=outcome, tests=tuple(tests), statutes=self.statutes, remark=remark)

    def _test(self, there: int, whole: int) -> Test:
        return Test(
            name="quorum",
            numerator=there,
            denominator=whole,
            needed=self.bar.needed(whole),
            fraction=self.bar.fraction,
            op=self.bar.op,
            passed=self.bar.passes(there, whole),
            wording=lambda: (sentences.quorum(self.of, there, whole, self.bar), None),
        )

    def _units(self, there: int, whole: int) -> Test:
        return Test(
            name="units",
            numerator=there,
            denominator=whole,
            needed=self.min_units,
            fraction=Fraction(0),
            op=">",
            passed=there >= self.min_units,
            wording=lambda: (sentences.units_present(there, self.min_units), None),
        )


_AFTERWARDS = {
    "informative": say("The session is informative: it may deliberate, it decides nothing."),
    "failed": say("The session is not held."),
}


def read_quorum(table: Table, statutes: str) -> Quorum:
    """One `[[quorum]]`."""
    ofs: tuple[QuorumOf, ...] = get_args(QuorumOf)
    missing: tuple[WhenMissing, ...] = get_args(WhenMissing)
    call = table.whole("call", most=MAX_CALLS)
    if call == 0:
        raise table.error("call", say("calls count from 1"))
    rule = Quorum(
        call=call,
        of=table.word("of", ofs, "qualified"),
        bar=table.bar(),
        min_units=table.whole("min_units", 0),
        wait=table.whole("wait", 0, most=7 * 24 * 60),
        when_missing=table.word("when_missing", missing, "informative"),
        applies_to=table.words("applies_to"),
        statutes=statutes,
    )
    table.close()
    return rule
