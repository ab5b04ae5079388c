"""The page that `tinkuy verify --html` writes: what the terminal says, with every finding and every node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tinkuy.cli.page import Page
from tinkuy.cli.recount_text import coverage
from tinkuy.cli.verify_text import MODES, conclusion, outstanding, subject, verified
from tinkuy.federation.outcome import Report
from tinkuy.words import say

MOST_ROWS = 3000  # a longer table makes a page that no telephone opens; --json has it

_SEVERITIES = {
    "breach": say("Does not hold"),
    "E": say("Held sheets"),
    "W": say("Worth a look"),
    "info": say("Resolved"),
}


def page(reports: Sequence[tuple[str, Report]], language: str) -> str:
    """The whole page, in "es" or "en", for one archive or several."""
    return "\n".join(line for name, report in reports for line in _VerifyPage(language).lines(name, report)) + "\n"


class _VerifyPage(Page):
    def lines(self, name: str, report: Report) -> Iterator[str]:
        yield self.opening(escape(report.question))
        yield f"<p>{self.said(subject(report))}</p>"
        yield f'<p class="verdict">{self.said(conclusion(report))}<br>{self.said(report.modes[0].sentence)}</p>'
        yield f"<p>{self.said(coverage(report.nodes[0].coverage))} {self.said(outstanding(report))}</p>"
        yield f"<p>{self.said(verified(report))}</p>"
        yield from self.modes(report)
        yield from self.findings(report)
        for level in report.levels:
            yield from self.level(report, level)
        checked = say("Verified by tinkuy from {file}.", file=name)
        fingerprint = say("Fingerprint: {digest}", digest=report.fingerprint)
        unchecked = (say("Not checked: {what}.", what=what) for what in report.not_checked)
        yield self.closing([checked, fingerprint, *unchecked])

    def modes(self, report: Report) -> Iterator[str]:
        yield from self.head(say("The same ballots, added up in each way"), [say("Margin")], say("Way of adding up"))
        for mode in report.modes:
            label = self.said(MODES[mode.mode])
            shown = f"<strong>{label}</strong>" if mode.binding else label
            yield self.row(f"{shown}<br>{self.said(mode.sentence)}", self.number(mode.margin))
        yield self.foot()

    def findings(self, report: Report) -> Iterator[str]:
        for severity, title in _SEVERITIES.items():
            found = [finding for finding in report.findings if finding.severity == severity]
            if not found:
                continue
            yield f"<h2>{self.said(title)}</h2>"
            yield from self.head(say("{count} findings", count=len(found)), [say("What")], say("Where"))
            for finding in found[:MOST_ROWS]:
                yield self.row(escape(finding.place), self.text(finding.said))
            yield self.foot()

    def level(self, report: Report, level: str) -> Iterator[str]:
        nodes = [node for node in report.nodes if node.level == level][:MOST_ROWS]
        names = [option.name for option in report.options]
        yield f"<h2>{escape(level)}</h2>"
        columns = [say("Counted"), say("Units"), *(say("{text}", text=name) for name in names), say("Papers cast")]
        yield from self.head(say("{count} rows", count=len(nodes)), columns, say("Name"))
        for node in nodes:
            votes = [node.totals.options.get(name, 0) for name in names]
            figures = [node.coverage.counted, node.coverage.units, *votes, node.totals.cast]
            yield self.row(escape(node.name), "".join(map(self.number, figures)))
        yield self.foot()
