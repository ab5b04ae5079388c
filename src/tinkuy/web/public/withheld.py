"""What a page must not know: partial figures under an embargo, and the figures of a unit that is too small.

Guarantees that the views file itself holds none of it, so that no page, no data beside a page and no copy of the file
can give it away. Source: issue 2 (embargo, small cells); `federation.md`, "Consultation" and "Roll-up".
"""

from __future__ import annotations

from msgspec.structs import replace

from tinkuy.federation.outcome import NodeShown, Report, SheetShown, StateChange, Totals
from tinkuy.words import say

NO_TOTALS = Totals(eligible=0, cast=0, options={}, blank=0, null=0, challenged=0)


def publishable(report: Report) -> Report:
    """`report` as it may be shown now: coverage alone while embargoed; never the figures of a hidden unit."""
    if report.embargoed:
        return replace(
            report,
            nodes=tuple(_silent_node(node) for node in report.nodes),
            sheets=tuple(_silent_sheet(sheet) for sheet in report.sheets),
            modes=(),
            checks=(),
            findings=(),
        )
    hidden = {sheet.code for sheet in report.sheets if sheet.hidden}
    if not hidden:
        return report
    return replace(
        report,
        sheets=tuple(_small(sheet) if sheet.hidden else sheet for sheet in report.sheets),
        findings=tuple(finding for finding in report.findings if finding.unit not in hidden),
    )


def _silent_node(node: NodeShown) -> NodeShown:
    return replace(node, totals=NO_TOTALS, modes=())


def _small(sheet: SheetShown) -> SheetShown:
    return replace(
        sheet,
        signed_in=None,
        cast=None,
        votes=(),
        blank=None,
        null=None,
        challenged=None,
        received=None,
        spoiled=None,
        unused=None,
        differences=(),
        entry="",
        history=_without_reasons(sheet),
    )


def _silent_sheet(sheet: SheetShown) -> SheetShown:
    """Neither figures nor anything made from them: a check code or a root would let a guess at the figures be tried."""
    fork = None if sheet.fork is None else say("two sealed checkpoints of the book disagree: a fork")
    return replace(_small(sheet), checks=(), index=None, size=None, root="", check_code="", fork=fork)


def _without_reasons(sheet: SheetShown) -> tuple[StateChange, ...]:
    """A reason is free text, in which an officer may have quoted a figure."""
    return tuple(replace(change, reason="") for change in sheet.history)
