"""The press: pages become a PDF, or a page a picture, the same bytes everywhere and every time.

Guarantees as many pages as are given; no font, package, file or clock of the machine: fonts are those that the library
carries, the date is the page's own, and nothing is drawn from chance. The same version of the library gives the same
bytes.

Source: Typst, by the package `typst`, with `sys.inputs` as the only way in.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources

import msgspec
import segno
import typst

from tinkuy.paper.page import Page

MAX_PPI = 600.0


def pdf(*pages: Page) -> bytes:
    """The pages, at least one and of one size, as a PDF with the title, the language and the date of the first."""
    return _compiled(pages, "pdf", 0)


def picture(page: Page, ppi: float) -> bytes:
    """The page as PNG, so many pixels an inch."""
    return _compiled((page,), "png", min(ppi, MAX_PPI))


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


def _compiled(pages: Sequence[Page], kind: typst.OutputFormat, ppi: float) -> bytes:
    given = {"pages": msgspec.json.encode(pages).decode()}
    compiler = typst.Compiler(_template(), font_paths=_fonts(), sys_inputs=given)
    # Without a moment of its own the library would take the machine's clock, even where the page shows no date.
    moment = datetime.fromisoformat((pages[0].at or "1970-01-01T00:00:00Z").replace("Z", "+00:00"))
    made = compiler.compile(format=kind, ppi=ppi or None, timestamp=moment)
    if not isinstance(made, bytes):
        raise TypeError("a picture is of one page")
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


@cache
def _template() -> bytes:
    return resources.files("tinkuy.paper").joinpath("templates/page.typ").read_bytes()
