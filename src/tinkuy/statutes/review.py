"""Contradictions in statutes that read well, each with its line.

An *error* is a rule that cannot be kept or that defeats another: a threshold nobody can reach, a second call that asks
for more than the first. A *remark* is a rule that can be kept and is probably not what was meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Literal

from tinkuy.statutes import review_delegates
from tinkuy.statutes.bar import Bar
from tinkuy.statutes.errors import shown
from tinkuy.statutes.majority import OF_UNITS, Majority, TestRule
from tinkuy.statutes.places import line_of
from tinkuy.statutes.quorum import Quorum
from tinkuy.statutes.reading import parse
from tinkuy.statutes.review_delegates import Found, error, remark
from tinkuy.statutes.rule import KINDS, Statutes
from tinkuy.words import Said, say

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something found in statutes: `line` from 1, `place` a dotted key whose lists count from 1."""

    severity: Literal["error", "remark"]
    line: int
    place: str
    said: Said


def review(data: bytes) -> tuple[Remark, ...]:
    """Everything found in the statutes, by line. Raises `StatutesError` for statutes that cannot be read."""
    statutes = Statutes.from_toml(data)
    lines = parse(data).lines
    found = chain(
        _dates(statutes),
        _electorate(statutes),
        _quorums(statutes),
        chain.from_iterable(_majority(statutes, majority) for majority in statutes.majorities.values()),
        _kinds(statutes),
        _thresholds(statutes),
        _notice(statutes),
        _officers(statutes),
        _windows(statutes),
        review_delegates.delegates(statutes),
        review_delegates.roll_up(statutes),
    )
    remarks = [Remark(severity, line_of(place, lines), place, said) for severity, place, said in found]
    return tuple(sorted(remarks, key=lambda one: (one.line, one.severity, one.place, str(one.said))))


def _dates(statutes: Statutes) -> Iterator[Found]:
    if statutes.valid_to is not None and statutes.valid_to < statutes.valid_from:
        yield error("valid_to", say("the last day of validity is before the first"))


def _electorate(statutes: Statutes) -> Iterator[Found]:
    tests = [rule for majority in statutes.majorities.values() for rule in majority.tests]
    if statutes.electorate.exclusions and all(rule.denominator != "eligible" for rule in tests):
        problem = say("nobody is taken out of anything: no test is measured of the eligible")
        yield remark("electorate.exclusions", problem)
    for n, stratum in enumerate(statutes.electorate.strata, 1):
        if stratum.weight == 0:
            yield error(f"electorate.strata[{n}].weight", say("the votes of this stratum would weigh nothing"))
        if not any(rule.weighted or rule.stratum == stratum.name for rule in tests):
            yield remark(f"electorate.strata[{n}]", say("no test counts this stratum"))


def _quorums(statutes: Statutes) -> Iterator[Found]:
    if not statutes.quorums:
        yield remark("quorum", say("there is no [[quorum]]: no session can be opened"))
    seen: dict[tuple[int, str], int] = {}
    for n, quorum in enumerate(statutes.quorums, 1):
        place = f"quorum[{n}]"
        yield from _bar(quorum.bar, place)
        for kind in quorum.applies_to or ("",):
            if (quorum.call, kind) in seen:
                yield error(
                    place, say("call {call} already has a quorum for the same decisions", call=str(quorum.call))
                )
            seen[quorum.call, kind] = n
        yield from _after_the_first(statutes, quorum, place)
        if quorum.of == "units" and not _counts_units(statutes):
            yield error(
                f"{place}.of", say("units are never counted: these statutes have no [roll_up] and no [delegates]")
            )
        if quorum.of == "delegates" and statutes.delegates is None and statutes.electorate.base != "delegates":
            yield error(f"{place}.of", say("there are no delegates: these statutes have no [delegates]"))


def _after_the_first(statutes: Statutes, quorum: Quorum, place: str) -> Iterator[Found]:
    if quorum.call == 1:
        return
    kind = quorum.applies_to[0] if quorum.applies_to else ""
    earlier = [one for one in statutes.quorums if one.call == quorum.call - 1]
    before = [one for one in earlier if kind in one.applies_to] or [one for one in earlier if not one.applies_to]
    if not before:
        yield error(f"{place}.call", say("call {call} comes without the call before it", call=str(quorum.call)))
        return
    first = before[0]
    if first.of == quorum.of and _asks_more(quorum.bar, first.bar):
        problem = say("the quorum of call {call} is above that of the call before it", call=str(quorum.call))
        yield error(f"{place}.fraction" if quorum.bar.fraction > first.bar.fraction else place, problem)
    if quorum.min_units > first.min_units:
        yield error(f"{place}.min_units", say("this call asks for more units than the call before it"))
    if quorum.wait == 0:
        yield remark(f"{place}.wait", say("this call does not say how many minutes it waits"))


def _asks_more(later: Bar, earlier: Bar) -> bool:
    if later.fraction != earlier.fraction:
        return later.fraction > earlier.fraction
    return (later.op == ">" and earlier.op == ">=") or later.min_n > earlier.min_n


def _bar(bar: Bar, place: str) -> Iterator[Found]:
    if bar.fraction > 1:
        yield error(f"{place}.fraction", say("nobody can reach more than the whole"))
    elif bar.fraction == 1 and bar.op == ">":
        yield error(f"{place}.op", say('nobody can pass the whole; write op = ">=" if all are needed'))


def _majority(statutes: Statutes, majority: Majority) -> Iterator[Found]:
    place = f"majority.{majority.kind}"
    for n, rule in enumerate(majority.tests, 1):
        yield from _bar(rule.bar, f"{place}.tests[{n}]")
        yield from _test(statutes, majority.kind, rule, f"{place}.tests[{n}]")
    yield from _tie(statutes, majority, place)
    if "counted" in (majority.abstain, majority.blank, majority.null, majority.challenged) and all(
        rule.denominator != "valid" for rule in majority.tests
    ):
        yield remark(place, say('"counted" changes nothing here: no test is measured of the valid votes'))


def _test(statutes: Statutes, kind: str, rule: TestRule, place: str) -> Iterator[Found]:
    if rule.denominator in OF_UNITS and not _counts_units(statutes):
        problem = say("units are never counted: these statutes have no [roll_up] and no [delegates]")
        yield error(f"{place}.denominator", problem)
    if rule.denominator == "present" and kind == "consultation":
        yield error(f"{place}.denominator", say("the tally sheets of a consultation do not say who was present"))
    if rule.numerator != "votes" and rule.denominator == "for+against" and rule.bar.fraction < HALF:
        yield remark(f"{place}.fraction", say("this can carry with more votes against than for"))
    if rule.bar.fraction == 0 and not rule.bar.min_n:
        yield remark(f"{place}.fraction", say("a single vote passes this test"))


def _tie(statutes: Statutes, majority: Majority, place: str) -> Iterator[Found]:
    if majority.casting_vote == "none":
        return
    if majority.tie != "fails":
        problem = say('a tie is decided twice over: by the chair and by "{tie}"', tie=majority.tie)
        yield error(f"{place}.casting_vote", problem)
    if not any(rule.bar.fraction == HALF and rule.bar.op == ">" for rule in majority.tests):
        yield remark(f"{place}.casting_vote", say("no tie can arise here, so the chair has nothing to decide"))
    if statutes.ballot.method(majority.kind) == "secret":
        yield remark(f"{place}.casting_vote", say("the chair's casting vote cannot be secret"))


def _kinds(statutes: Statutes) -> Iterator[Found]:
    if "ordinary" not in statutes.majorities:
        yield error("majority", say("there is no [majority.ordinary]: most decisions would have no rule"))
    own = {*KINDS, *statutes.majorities}
    for kind in statutes.majorities:
        near = difflib.get_close_matches(kind, KINDS, 1, 0.8)
        if kind not in KINDS and near and not kind.startswith(f"{near[0]}."):
            yield remark(f"majority.{kind}", say('did you mean "{near}"?', near=near[0]))
    used = [(f"ballot.{kind}", kind) for kind in statutes.ballot.kinds]
    used += [(f"notice.{kind}", kind) for kind in statutes.notice.kinds]
    for n, quorum in enumerate(statutes.quorums, 1):
        used += [(f"quorum[{n}].applies_to", kind) for kind in quorum.applies_to]
    for place, kind in used:
        if kind not in own:
            yield error(place, say('no decision is called "{kind}": there is no [majority.{kind}]', kind=shown(kind)))


def _thresholds(statutes: Statutes) -> Iterator[Found]:
    thresholds = statutes.thresholds
    shares = {
        "turnout": thresholds.turnout,
        "support": thresholds.support,
        "coverage": thresholds.coverage,
        "review_below": thresholds.review_below,
        "demand": thresholds.demand,
    }
    for key, share in shares.items():
        if share is not None and share > 1:
            yield error(f"thresholds.{key}", say("nobody can reach more than the whole"))
    if thresholds.small_cell < 2:
        yield error("thresholds.small_cell", say("the vote of a single person would be shown; write 2 or more"))
    turnout, review_below = thresholds.turnout, thresholds.review_below
    if turnout is not None and review_below is not None and review_below > turnout:
        yield remark("thresholds.review_below", say("a valid consultation would still call for a review"))
    recount = statutes.ballot.recount_on_demand
    if recount is not None and recount > 1:
        yield error("ballot.recount_on_demand", say("nobody can reach more than the whole"))
    threshold = statutes.election.threshold
    if threshold is not None and threshold >= 1:
        yield error("election.threshold", say("no list can pass this threshold beside another"))
    for n, office in enumerate(statutes.elections, 1):
        if office.threshold is not None and office.threshold >= 1:
            yield error(f"elections[{n}].threshold", say("no list can pass this threshold beside another"))


def _notice(statutes: Statutes) -> Iterator[Found]:
    if "notice" in statutes.written and statutes.notice.days == 0:
        yield error("notice.days", say("notice of 0 days is no notice"))
    for kind, notice in statutes.notice.kinds.items():
        if notice.days == 0:
            yield error(f"notice.{kind}.days", say("notice of 0 days is no notice"))


def _officers(statutes: Statutes) -> Iterator[Found]:
    officers = statutes.officers
    if not officers.seal:
        yield error("officers.seal", say("nobody seals the book; at least one role is needed"))
    for role in officers.seal:
        if officers.roles and role not in officers.roles:
            yield error("officers.seal", say('"{role}" seals the book and is not among the roles', role=shown(role)))
    if officers.tellers == 0:
        yield error("officers.tellers", say("nobody counts; at least one teller is needed"))
    elif officers.tellers == 1:
        yield remark("officers.tellers", say("tellers are usually two, of opposing views"))


def _windows(statutes: Statutes) -> Iterator[Found]:
    windows = statutes.windows
    if windows.retain_ballots_until == "challenge" and windows.recount > windows.challenge:
        yield error("windows.recount", say("a recount can be asked for after the ballots have been destroyed"))


def _counts_units(statutes: Statutes) -> bool:
    by_base = statutes.electorate.base in ("units", "delegates")
    return by_base or "roll_up" in statutes.written or "delegates" in statutes.written
