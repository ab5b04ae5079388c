"""A report as a page: one file, no script, nothing fetched, fit for print; `--html` writes these.

Every text that comes from files is escaped. The page is put in place by rename, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from tinkuy.desk.files import appearing
from tinkuy.words import Said, Share, grouped

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


class Page:
    """The pieces of a page in one language; each gives HTML."""

    def __init__(self, language: str) -> None:
        self.language = language

    def said(self, said: Said) -> str:
        """A saying, escaped."""
        return escape(said.in_language(self.language))

    def number(self, figure: int) -> str:
        """A cell with a figure."""
        return f"<td>{grouped(figure, self.language)}</td>"

    def share(self, part: int, whole: int) -> str:
        """A cell with a percentage; its figures stand beside it."""
        return f"<td>{Share(part, whole).written(self.language)}</td>"

    def text(self, said: Said) -> str:
        """A cell with words."""
        return f'<td class="text">{self.said(said)}</td>'

    def opening(self, heading: str) -> str:
        """From the doctype to the first heading; `heading` is escaped already."""
        return (
            f'<!doctype html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{heading}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>"
        )

    def closing(self, notes: Iterable[Said]) -> str:
        """The foot of the page."""
        return (
            "</main>\n<footer>" + "".join(f"<p>{self.said(note)}</p>" for note in notes) + "</footer>\n</body>\n</html>"
        )

    def head(self, caption: Said, columns: Sequence[Said], first: Said | None = None) -> Iterator[str]:
        """A table up to its first row; it ends with `foot`."""
        corner = f'<th scope="col" class="text">{self.said(first)}</th>' if first else "<td></td>"
        yield f"{self.region(caption)}<table><caption>{self.said(caption)}</caption><thead><tr>{corner}"
        yield "".join(f'<th scope="col">{self.said(column)}</th>' for column in columns) + "</tr></thead><tbody>"

    def foot(self) -> str:
        """The end of a table."""
        return "</tbody></table></div>"

    def region(self, name: Said) -> str:
        """A wide table scrolls by itself, with the keyboard too."""
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{self.said(name)}">'

    def row(self, name: str, cells: str) -> str:
        """A row; name and cells are HTML."""
        return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def write(path: Path, text: str) -> None:
    """Put the page at `path`; what was there stays until the new page is whole. Raises OSError."""
    with appearing(path) as file:
        file.write(text.encode())
