"""The sentences of verdicts, whole, so that each can be translated.

A sentence gives numerator, denominator and what was needed; a percentage never stands without its figures. What was
cast and is not in the denominator is said after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tinkuy.statutes.bar import Bar
from tinkuy.words import Said, Share, say

_IN_FAVOUR = {
    "for+against": say("{numerator} of {denominator} votes for or against are in favour ({share}); {need}."),
    "valid": say("{numerator} of {denominator} valid votes in favour ({share}); {need}."),
    "cast": say("{numerator} of {denominator} votes cast in favour ({share}); {need}."),
    "present": say("{numerator} of {denominator} persons present in favour ({share}); {need}."),
    "eligible": say("{numerator} of {denominator} eligible persons in favour ({share}); {need}."),
    "units": say("{numerator} of {denominator} units that took part are in favour ({share}); {need}."),
    "units_for+against": say("{numerator} of {denominator} units for or against are in favour ({share}); {need}."),
    "units_eligible": say("{numerator} of all {denominator} units in favour ({share}); {need}."),
}
_VOTED = {
    "present": say("{numerator} of {denominator} persons present voted ({share}); {need}."),
    "eligible": say("{numerator} of {denominator} eligible persons voted ({share}); {need}."),
    "units_eligible": say("{numerator} of all {denominator} units took part ({share}); {need}."),
}
# When what is counted are not persons but bases, regions, delegates or cards (votos por tarjeta): what decided, of
# what.
_WEIGHED_FOR = {
    "units": say("{numerator} of {denominator} bases that decided are in favour ({share}); {need}."),
    "regions": say("{numerator} of {denominator} regions that decided are in favour ({share}); {need}."),
    "delegates": say("{numerator} of {denominator} delegates' votes in favour ({share}); {need}."),
    "cards": say("{numerator} of {denominator} card votes in favour ({share}); {need}."),
}
_WEIGHED_ALL = {
    "units": say("{numerator} of all {denominator} bases reported ({share}); {need}."),
    "regions": say("{numerator} of all {denominator} regions reported ({share}); {need}."),
    "delegates": say("{numerator} of all {denominator} delegates' votes reported ({share}); {need}."),
    "cards": say("{numerator} of all {denominator} card votes reported ({share}); {need}."),
}
_SHORT_FOR = {
    "for+against": say("{share} of the votes for or against in favour ({bar})"),
    "valid": say("{share} of the valid votes in favour ({bar})"),
    "cast": say("{share} of the votes cast in favour ({bar})"),
    "present": say("{share} of those present in favour ({bar})"),
    "eligible": say("{share} of the roll in favour ({bar})"),
    "units": say("{share} of the bases that took part in favour ({bar})"),
    "units_for+against": say("{share} of the bases for or against in favour ({bar})"),
    "units_eligible": say("{share} of all bases in favour ({bar})"),
}
_SHORT_VOTED = {
    "present": say("{share} of those present voted ({bar})"),
    "eligible": say("{share} of the roll voted ({bar})"),
    "units_eligible": say("{share} of the bases took part ({bar})"),
}
_SHORT_WEIGHED_FOR = {
    "units": say("{share} of the bases in favour ({bar})"),
    "regions": say("{share} of the regions in favour ({bar})"),
    "delegates": say("{share} of the delegates' votes in favour ({bar})"),
    "cards": say("{share} of the card votes in favour ({bar})"),
}
_SHORT_WEIGHED_ALL = {
    "units": say("{share} of the bases reported ({bar})"),
    "regions": say("{share} of the regions reported ({bar})"),
    "delegates": say("{share} of the delegates' votes reported ({bar})"),
    "cards": say("{share} of the card votes reported ({bar})"),
}
_PRESENT = {
    "members": say("{numerator} of {denominator} members present ({share}); {need}."),
    "qualified": say("{numerator} of {denominator} qualified members present ({share}); {need}."),
    "delegates": say("{numerator} of {denominator} delegates present ({share}); {need}."),
    "units": say("{numerator} of {denominator} units present ({share}); {need}."),
}
_LEFT_OUT = {
    "abstain": say("{count} abstaining"),
    "blank": say("{count} blank"),
    "null": say("{count} null"),
    "challenged": say("{count} challenged"),
    "tied": say("{count} without an option ahead"),
}
_TIES = {
    "fails": say("As many for as against: a tie fails."),
    "revote": say("As many for as against: the vote is repeated."),
    "runoff": say("As many for as against: a runoff decides."),
    "lot": say("As many for as against: a public lot decides, recorded in the minutes."),
}
_TIES_BEFORE_THE_CHAIR = {
    "fails": say("As many for as against: a tie fails unless the chair's casting vote decides it."),
    "revote": say("As many for as against: the vote is repeated unless the chair's casting vote decides it."),
    "runoff": say("As many for as against: a runoff decides unless the chair's casting vote does."),
    "lot": say("As many for as against: a public lot decides unless the chair's casting vote does."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum's part in a weighted test."""

    name: str
    weight: Fraction
    numerator: int
    denominator: int


def test(what: str, of: str, counted: str, numerator: int, denominator: int, bar: Bar) -> Said:
    """The sentence of a majority's test; `counted` says of what the figures are: persons, units, regions …"""
    if counted == "persons" or of.startswith("units"):
        template = _VOTED[of] if what == "votes" else _IN_FAVOUR[of]
    else:
        template = _WEIGHED_ALL[counted] if what == "votes" else _WEIGHED_FOR[counted]
    return _filled(template, numerator, denominator, bar)


def short(what: str, of: str, counted: str, numerator: int, denominator: int, bar: Bar) -> Said:
    """The same test as a clause for a headline, whose figures stand below it."""
    if counted == "persons" or of.startswith("units"):
        template = _SHORT_VOTED[of] if what == "votes" else _SHORT_FOR[of]
    else:
        template = _SHORT_WEIGHED_ALL[counted] if what == "votes" else _SHORT_WEIGHED_FOR[counted]
    return Said(template.template, {"share": Share(numerator, denominator), "bar": bar.short(denominator)})


def quorum(of: str, numerator: int, denominator: int, bar: Bar) -> Said:
    """The sentence of a quorum's test."""
    return _filled(_PRESENT[of], numerator, denominator, bar)


def units_present(present: int, needed: int) -> Said:
    """The sentence of a quorum that asks for a number of units."""
    return say("{present} units present; at least {needed} needed.", present=present, needed=needed)


def without(sentence: Said, left_out: Sequence[tuple[str, int]], excluded: int) -> Said:
    """The sentence, followed by what was cast or who is on the roll and does not count in its denominator."""
    if left_out:
        parts = tuple(Said(_LEFT_OUT[what].template, {"count": count}) for what, count in left_out)
        return say("{sentence} Left out: {parts}.", sentence=sentence, parts=parts)
    if excluded:
        return say("{sentence} Left out of the roll: {count}.", sentence=sentence, count=excluded)
    return sentence


def weighted(parts: Sequence[Part], reached: int, whole: int, bar: Bar) -> Said:
    """The sentence of a test over weighted strata, with each stratum's own share."""
    clauses = tuple(
        say(
            "{stratum} {numerator} of {denominator}, weight {weight}",
            stratum=part.name,
            numerator=part.numerator,
            denominator=part.denominator,
            weight=part.weight,
        )
        for part in parts
    )
    figures = {"share": Share(reached, whole), "fraction": bar.fraction, "strata": _listed(clauses)}
    if bar.half_plus_one or bar.op == ">":
        return say("Weighted vote in favour {share} ({strata}); more than {fraction} needed.", **figures)
    return say("Weighted vote in favour {share} ({strata}); at least {fraction} needed.", **figures)


def tie(rule: str, casting_vote: str) -> Said:
    """What follows when as many are for as against."""
    return _TIES[rule] if casting_vote == "none" else _TIES_BEFORE_THE_CHAIR[rule]


def casting(vote: str) -> Said:
    """How the chair decided a tie."""
    if vote == "for":
        return say("As many for as against: the chair's casting vote is in favour.")
    return say("As many for as against: the chair's casting vote is against.")


def _filled(template: Said, numerator: int, denominator: int, bar: Bar) -> Said:
    return Said(
        template.template,
        {
            "numerator": numerator,
            "denominator": denominator,
            "share": Share(numerator, denominator),
            "need": bar.said(denominator),
        },
    )


def _listed(clauses: Sequence[Said]) -> Said:
    first, *others = clauses
    for other in others:
        first = say("{first}; {then}", first=first, then=other)
    return first
