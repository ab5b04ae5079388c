"""Reading the majorities of statutes: `[majority.<kind>]` and their tests.

Guarantees that every test can be measured: turnout of persons, strata that exist, no units within strata.
"""

from __future__ import annotations

import re
from typing import get_args

from tinkuy.statutes.majority import (
    OF_UNITS,
    CastingVote,
    Denominator,
    Majority,
    Numerator,
    Stratum,
    TestRule,
    Tie,
    Treatment,
    default_name,
)
from tinkuy.statutes.provisions import Electorate
from tinkuy.statutes.reading import Table
from tinkuy.words import say

_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)


def read_majorities(table: Table, electorate: Electorate, version: str) -> dict[str, Majority]:
    """Every `[majority.<kind>]`, "strike.accept" written with or without quotes."""
    excluded = tuple(exclusion.who for exclusion in electorate.exclusions)
    found: dict[str, Majority] = {}
    waiting = [(kind, kind, table) for kind in table.rest()]
    while waiting:
        kind, key, parent = waiting.pop(0)
        if _KIND.fullmatch(kind) is None:
            raise parent.error(key, say('a kind of decision is small letters, digits, "_" and "."'))
        own = parent.table(key)
        inner = [one for one, value in own.values.items() if isinstance(value, dict)]
        if kind in found:
            raise parent.error(key, say('the majority for "{kind}" is written twice', kind=kind))
        if own.has("tests") or not inner:
            found[kind] = _read_majority(own, kind, electorate.strata, excluded, version)
        waiting.extend((f"{kind}.{one}", one, own) for one in inner)
        for one in inner:
            own.table(one)
        own.close()
    return found


def _read_majority(
    table: Table, kind: str, strata: tuple[Stratum, ...], excluded: tuple[str, ...], statutes: str
) -> Majority:
    """One `[majority.<kind>]`; the caller closes the table."""
    tests = tuple(_read_test(one, strata) for one in table.tables("tests", required=True))
    if not tests:
        raise table.error("tests", say("a majority needs at least one test"))
    treatments: tuple[Treatment, ...] = get_args(Treatment)
    ties: tuple[Tie, ...] = get_args(Tie)
    castings: tuple[CastingVote, ...] = get_args(CastingVote)
    return Majority(
        kind=kind,
        tests=tests,
        abstain=table.word("abstain", treatments, "cast only"),
        blank=table.word("blank", treatments, "cast only"),
        null=table.word("null", treatments, "cast only"),
        challenged=table.word("challenged", treatments, "cast only"),
        tie=table.word("tie", ties, "fails"),
        casting_vote=table.word("casting_vote", castings, "none"),
        strata=strata,
        excluded=excluded,
        statutes=statutes,
    )


def _read_test(table: Table, strata: tuple[Stratum, ...]) -> TestRule:
    numerators: tuple[Numerator, ...] = get_args(Numerator)
    denominators: tuple[Denominator, ...] = get_args(Denominator)
    numerator = table.word("numerator", numerators, "for")
    denominator = table.word("denominator", denominators)
    if numerator == "votes" and denominator not in ("present", "eligible", "units_eligible"):
        raise table.error(
            "denominator", say('turnout ("votes") is measured of "present", "eligible" or "units_eligible"')
        )
    if numerator == "eligible-for" and denominator != "eligible":
        raise table.error("denominator", say('"eligible-for" is measured of "eligible"'))
    stratum = ""
    if table.has("stratum"):
        stratum = table.word("stratum", [one.name for one in strata])
    weighted = table.flag("weighted", False)
    if weighted and (stratum or not strata):
        raise table.error("weighted", say("a weighted test adds up all the strata of [[electorate.strata]]"))
    if weighted and table.has("min_n"):
        raise table.error("min_n", say("a weighted test adds up shares, so no number of votes can be asked for"))
    if (weighted or stratum) and denominator in OF_UNITS:
        raise table.error("denominator", say("units are not counted by strata"))
    name = table.label("name", default_name(numerator, denominator) + (f":{stratum}" if stratum else ""))
    rule = TestRule(
        numerator=numerator,
        denominator=denominator,
        bar=table.bar(),
        name=name,
        stratum=stratum,
        weighted=weighted,
    )
    table.close()
    return rule
