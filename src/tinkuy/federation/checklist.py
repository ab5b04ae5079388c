"""The twenty checks of a tally sheet by number, severity and title (lista de controles).

What each looks at is in `checks`, for a table of sheets, and in `unit`, for one base's book. They stand here apart
from both, so that whoever only names a check needs neither.

Source: federation.md, "Checks".
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tinkuy.words import Said, say


class Check(msgspec.Struct, frozen=True):
    """One of the twenty: its number, whether it holds ("E") or warns ("W"), and what is wrong when it fires."""

    number: int
    severity: str
    title: Said


CHECKS: tuple[Check, ...] = (
    Check(1, "E", say("Options, blank, null and challenged papers do not add up to the papers cast")),
    Check(2, "E", say("More papers were cast than persons signed in")),
    Check(2, "W", say("Fewer papers were cast than persons signed in")),
    Check(3, "E", say("More persons took part than are on the roll")),
    Check(4, "E", say("An option has more votes than papers were cast")),
    Check(5, "E", say("A figure is missing or illegible")),
    Check(6, "E", say("The figures in words and in numbers differ")),
    Check(7, "E", say("Fewer signatures than required, or one that is not an officer's")),
    Check(8, "E", say("The unit is unknown, or its roll is not the frozen one")),
    Check(9, "E", say("A second, different sheet of the same unit and question")),
    Check(10, "E", say("Two transcriptions of the sheet differ")),
    Check(11, "E", say("The sheet was amended without a reason and a link")),
    Check(12, "E", say("Spoiled, cast and unused papers do not add up to the papers received")),
    Check(13, "E", say("There was no quorum for the call that the sheet claims")),
    Check(14, "E", say("The notice was too short, or the item was not on the agenda")),
    Check(15, "E", say("The delegate's vote is not the mandate, or the credential was revoked")),
    Check(16, "E", say("The unit would be counted twice, through two paths")),
    Check(17, "W", say("Everybody voted, or everybody voted alike, or the figures equal a neighbour's")),
    Check(18, "W", say("The vote was held outside its window")),
    Check(19, "W", say("Turnout is far from the unit's own history")),
    Check(20, "E", say("The totals of a node are not the sum of its units")),
)

SEVERITY: Mapping[int, str] = {check.number: check.severity for check in reversed(CHECKS)}


def title(number: int, severity: str = "") -> Said:
    """What a check says when it fires; `severity` matters for check 2 alone."""
    asked = severity or SEVERITY[number]
    return next(check.title for check in CHECKS if (check.number, check.severity) == (number, asked))
