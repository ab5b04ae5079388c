"""The press: a page becomes a PDF or a picture, the same bytes everywhere and every time.

Guarantees one page; no font, package, file or clock of the machine: fonts are those that the library carries, the date
is the page's own, and nothing is drawn from chance. The same version of the library gives the same bytes.

Source: Typst, by the package `typst`, with `sys.inputs` as the only way in.
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
import segno
import typst

from tinkuy.paper.page import Page

MAX_PPI = 600.0


def pdf(page: Page) -> bytes:
    """The page as a PDF of one page, dated as the page is."""
    return _compiled(page, "pdf", 0)


def picture(page: Page, ppi: float) -> bytes:
    """The page as PNG, so many pixels an inch."""
    return _compiled(page, "png", min(ppi, MAX_PPI))


def code(text: str, quiet: int) -> str:
    """The QR code of `text` as SVG, with so many modules of white around it.

    Raises `segno.DataOverflowError` when no code holds it.
    """
    svg = io.BytesIO()
    _symbol(text).save(svg, kind="svg", border=quiet, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return svg.getvalue().decode("ascii")


def modules(text: str) -> int:
    """How many modules a side of that code has, without the white."""
    return int(_symbol(text).symbol_size(border=0)[0])


def _symbol(text: str) -> segno.QRCode:
    """The smallest code that holds the text, with more correction where it is free."""
    return segno.make(text, error="L", micro=False, boost_error=True)


def _compiled(page: Page, kind: typst.OutputFormat, ppi: float) -> bytes:
    compiler = typst.Compiler(_template(), font_paths=_fonts(), sys_inputs={"page": msgspec.json.encode(page).decode()})
    # Without a moment of its own the library would take the machine's clock, even where the page shows no date.
    moment = datetime.fromisoformat((page.at or "1970-01-01T00:00:00Z").replace("Z", "+00:00"))
    made = compiler.compile(format=kind, ppi=ppi or None, timestamp=moment)
    if not isinstance(made, bytes):
        raise TypeError("a page is one page")
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


@cache
def _template() -> bytes:
    return resources.files("tinkuy.paper").joinpath("templates/page.typ").read_bytes()
