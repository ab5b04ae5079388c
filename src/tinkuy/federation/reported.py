"""Results told ahead of the sheet, by short message or aloud: reported, unsigned (parte sin firma).

Guarantees that what is told so changes no state and no sum: it is kept beside the unit until the signed sheet comes,
and where that says otherwise both are shown. A report is never corrected; a second one stands beside the first.

Source: federation.md, "Travelling without a network".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tinkuy.assembly.act import Act, Refused, act
from tinkuy.assembly.founding import by_officer
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import Count, count_wellformed
from tinkuy.federation.consultation import Consultation, Consultations
from tinkuy.federation.outcome import Finding
from tinkuy.federation.sms import LONGEST, differences
from tinkuy.words import say

if TYPE_CHECKING:
    from tinkuy.federation.hearing import Heard


@dataclass(slots=True)
class Reported:
    """What was told of each unit, by consultation and code, in order."""

    told: dict[tuple[str, str], list[SheetReported]] = field(default_factory=dict)


@act
class SheetReported(Act, tag="sheet.reported", frozen=True, kw_only=True):
    """Somebody tells a unit's figures ahead of its signed sheet.

    `text` is the message as it came, with its check signs; no telephone number is written down.
    """

    consultation: str
    unit: str
    count: Count
    channel: Literal["sms", "voice", "radio"]
    text: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        standing = assembly.room(Consultations).standing(self.consultation, "opened", "closed")
        if self.unit not in standing.units:
            raise Refused(say("{code} is not a unit of this consultation", code=self.unit))
        count_wellformed(self.count, len(standing.options))
        if not 0 < len(self.text) <= LONGEST:
            raise Refused(say("a report keeps its message, at most {most} signs", most=LONGEST))
        before = assembly.room(Reported).told.get((self.consultation, self.unit), [])
        if any(one.text == self.text for one in before):
            raise Refused(say("this message of {unit} is recorded already", unit=self.unit))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Reported).told.setdefault((self.consultation, self.unit), []).append(self)


def findings(assembly: Assembly, consultation: Consultation, heard: Mapping[str, Heard]) -> Iterator[Finding]:
    """What there is to say of reports in an audit, where they have not come true word for word.

    Figures of a unit without a sheet are not repeated: it may be too small to be shown alone.
    """
    for (asked, code), told in sorted(assembly.room(Reported).told.items()):
        if asked != consultation.id:
            continue
        sheet = heard[code].sheet
        if sheet is None:
            said = say(
                "reported, unsigned: {count} messages; not counted until the signed sheet comes", count=len(told)
            )
            yield Finding("info", f"unit {code}", said, unit=code)
            continue
        for one in told:
            if apart := differences(one.count, sheet.count):
                said = say(
                    "what was reported on {at} and the signed sheet disagree: {differences}",
                    at=one.at,
                    differences=apart,
                )
                yield Finding("W", f"unit {code}", said, unit=code)
