"""The page that `tinkuy recount --html` writes: one file, no script, nothing fetched, fit for print.

Every text that comes from the sheets is escaped. The page is put in place by rename, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tinkuy.cli.page import Page
from tinkuy.cli.recount_text import conclusion, coverage, reasons
from tinkuy.federation.checklist import title
from tinkuy.federation.outcome import NodeShown
from tinkuy.federation.recount import Recount
from tinkuy.words import say

MOST_NODES = 3000  # a longer level makes a page that no telephone opens; --json has it


def page(found: Recount, names: Sequence[str], language: str) -> str:
    """The whole page, in "es" or "en"."""
    return "\n".join(_RecountPage(found, names, language).lines()) + "\n"


class _RecountPage(Page):
    """One recount in one language."""

    def __init__(self, found: Recount, names: Sequence[str], language: str) -> None:
        super().__init__(language)
        self.found = found
        self.names = names

    def heading(self) -> str:
        parts = [self.found.title or ", ".join(self.names), *(f"{at}: {name}" for at, name in self.found.where.items())]
        return escape(" – ".join(parts))

    def lines(self) -> Iterator[str]:
        yield self.opening(self.heading())
        yield f'<p class="verdict">{self.said(conclusion(self.found))}</p>'
        yield f"<p>{self.said(coverage(self.found.coverage))}</p>"
        yield from self.totals()
        yield from self.checks()
        yield from self.held()
        for level in self.found.levels:
            yield from self.level(level)
        recounted = say("Recounted by tinkuy from {files}.", files=tuple(self.names))
        yield self.closing([recounted, *self.found.notes])

    def totals(self) -> Iterator[str]:
        totals = self.found.totals
        valid = sum(totals.options.values())
        yield from self.head(say("Totals of the counted sheets"), [say("Votes"), say("Of the valid votes")])
        for name, votes in totals.options.items():
            yield self.row(escape(name), self.number(votes) + self.share(votes, valid))
        others = (
            (say("Blank"), totals.blank),
            (say("Null"), totals.null),
            (say("Challenged"), totals.challenged),
            (say("Papers cast"), totals.cast),
            (say("Electors"), totals.eligible),
        )
        for kind, figure in others:
            yield self.row(self.said(kind), self.number(figure) + "<td></td>")
        yield self.foot()

    def checks(self) -> Iterator[str]:
        yield f"<h2>{self.said(say('Checks'))}</h2>"
        yield from self.head(
            say("E holds a sheet, W warns. No sheet was corrected."), [say("Severity"), say("Units")], say("Check")
        )
        for check in self.found.checks:
            name = f"{check.check}. {self.said(title(check.check, check.severity))}"
            yield self.row(name, f"<td>{check.severity}</td>" + self.number(check.count))
        yield self.foot()

    def held(self) -> Iterator[str]:
        if not self.found.held:
            return
        yield f"<h2>{self.said(say('Held sheets'))}</h2>"
        yield from self.head(say("Why sheets are held"), [say("Sheets")], say("Reason"))
        for kinds, count in reasons(self.found):
            yield self.row("; ".join(map(self.said, kinds)), self.number(count))
        every = say("Every held sheet: {count}", count=len(self.found.held))
        yield f"</tbody></table></div>\n<details><summary>{self.said(every)}</summary>"
        columns = (say("Unit"), say("Place"), say("Reason"))
        heads = "".join(f'<th scope="col" class="text">{self.said(name)}</th>' for name in columns)
        yield f"{self.region(say('Held sheets'))}<table><thead><tr>{heads}</tr></thead><tbody>"
        for sheet in self.found.held:
            why = "; ".join(map(self.said, sheet.reasons))
            place = escape(" / ".join(sheet.where))
            yield self.row(escape(sheet.unit), f'<td class="text">{place}</td><td class="text">{why}</td>')
        yield "</tbody></table></div></details>"

    def level(self, level: str) -> Iterator[str]:
        nodes = [node for node in self.found.nodes if node.level == level]
        yield f"<h2>{escape(level)}</h2>"
        if len(nodes) > MOST_NODES:
            most = say("{count} rows are too many for a page: tinkuy recount --json gives them.", count=len(nodes))
            yield f"<p>{self.said(most)}</p>"
            return
        totals = self.found.totals
        columns = [say("Counted"), say("Units"), *(say("{text}", text=name) for name in totals.options)]
        columns += [say("Blank"), say("Null"), say("Papers cast"), say("Electors")]
        shown = say("{count} rows", count=len(nodes))
        yield f"<details{' open' if len(nodes) <= 40 else ''}><summary>{self.said(shown)}</summary>"
        yield from self.head(say("{text}", text=level), columns, say("Name"))
        yield from map(self.node, nodes)
        yield "</tbody></table></div></details>"

    def node(self, node: NodeShown) -> str:
        totals = node.totals
        figures = [node.coverage.counted, node.coverage.units, *totals.options.values()]
        figures += [totals.blank, totals.null, totals.cast, totals.eligible]
        return self.row(escape(node.code), "".join(map(self.number, figures)))
