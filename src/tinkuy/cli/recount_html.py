"""The page that `tinkuy recount --html` writes: one file, no script, nothing fetched, fit for print.

Every text that comes from the sheets is escaped. The page is put in place by rename, whole or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from tinkuy.cli.recount_text import conclusion, coverage, reasons
from tinkuy.federation.checks import title
from tinkuy.federation.outcome import NodeShown
from tinkuy.federation.recount import Recount
from tinkuy.words import Said, Share, grouped, say

MOST_NODES = 3000  # a longer level makes a page that no telephone opens; --json has it

STYLE = """\
:root { color-scheme: light dark; --line: #767676; --soft: #f2f2ef; --ink: #1b1b1b; --page: #fff }
@media (prefers-color-scheme: dark) { :root { --line: #8c8c8c; --soft: #262624; --ink: #eee; --page: #161615 } }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; line-height: 1.25 } h2 { font-size: 1.2rem; margin-top: 2rem }
.verdict { border-left: .4rem solid var(--ink); padding: .25rem 0 .25rem 1rem; font-size: 1.15rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: left; padding: .5rem 0 }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: right; vertical-align: top }
th[scope=row], td.text, th.text { text-align: left; font-weight: normal } thead th { background: var(--soft) }
summary { cursor: pointer; padding: .5rem 0; font-weight: bold }
@media print { body { max-width: none; font-size: 10pt } .scroll { overflow: visible } tr { break-inside: avoid } }
"""


def page(found: Recount, names: Sequence[str], language: str) -> str:
    """The whole page, in "es" or "en"."""
    return "\n".join(_Page(found, names, language).lines()) + "\n"


def write(path: Path, text: str) -> None:
    """Put the page at `path` by rename; what was there stays until the new page is whole. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Page:
    """One recount in one language."""

    def __init__(self, found: Recount, names: Sequence[str], language: str) -> None:
        self.found = found
        self.names = names
        self.language = language

    def said(self, said: Said) -> str:
        return escape(said.in_language(self.language))

    def number(self, figure: int) -> str:
        return f"<td>{grouped(figure, self.language)}</td>"

    def share(self, part: int, whole: int) -> str:
        return f"<td>{Share(part, whole).written(self.language)}</td>"

    def heading(self) -> str:
        parts = [self.found.title or ", ".join(self.names), *(f"{at}: {name}" for at, name in self.found.where.items())]
        return escape(" – ".join(parts))

    def lines(self) -> Iterator[str]:
        heading = self.heading()
        yield f'<!doctype html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{heading}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>"
        yield f'<p class="verdict">{self.said(conclusion(self.found))}</p>'
        yield f"<p>{self.said(coverage(self.found))}</p>"
        yield from self.totals()
        yield from self.checks()
        yield from self.held()
        for level in self.found.levels:
            yield from self.level(level)
        recounted = say("Recounted by tinkuy from {files}.", files=tuple(self.names))
        yield f"</main>\n<footer><p>{self.said(recounted)}</p>"
        yield from (f"<p>{self.said(note)}</p>" for note in self.found.notes)
        yield "</footer>\n</body>\n</html>"

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
        yield "</tbody></table></div>"

    def checks(self) -> Iterator[str]:
        yield f"<h2>{self.said(say('Checks'))}</h2>"
        yield from self.head(
            say("E holds a sheet, W warns. No sheet was corrected."), [say("Severity"), say("Units")], say("Check")
        )
        for check in self.found.checks:
            name = f"{check.check}. {self.said(title(check.check, check.severity))}"
            yield self.row(name, f"<td>{check.severity}</td>" + self.number(check.count))
        yield "</tbody></table></div>"

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

    def head(self, caption: Said, columns: Sequence[Said], first: Said | None = None) -> Iterator[str]:
        corner = f'<th scope="col" class="text">{self.said(first)}</th>' if first else "<td></td>"
        yield f"{self.region(caption)}<table><caption>{self.said(caption)}</caption><thead><tr>{corner}"
        yield "".join(f'<th scope="col">{self.said(column)}</th>' for column in columns) + "</tr></thead><tbody>"

    def region(self, name: Said) -> str:
        """A wide table scrolls by itself, with the keyboard too."""
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{self.said(name)}">'

    def row(self, name: str, cells: str) -> str:
        return f'<tr><th scope="row">{name}</th>{cells}</tr>'
