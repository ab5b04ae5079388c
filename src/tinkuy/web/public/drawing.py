"""Pictures made on the server: bars with their threshold, the coverage band, the map, the woven band, the QR code.

Guarantees that every picture is readable without colour (each fill has its own weave), carries no script and no style
of its own, and stands beside a table or a sentence that says the same. Widths are whole hundredths of a per cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

import zxingcpp
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tinkuy.web.public.layout import Place
from tinkuy.web.public.outlines import Outlines

TILE, GAP = 54, 4
QUIET = 4  # modules of light around a QR code (ISO/IEC 18004, 6.3.8)


@dataclass(frozen=True, slots=True)
class Tile:
    """A node on the map: its link, its fill (a class of the stylesheet), and what it says to a screen reader."""

    code: str
    href: str
    title: str
    fill: str
    counted: int
    units: int
    written: str  # "73/80"


def percent(part: int, whole: int) -> str:
    """A width for SVG, cut to the hundredth and kept between 0 and 100 %.

    >>> percent(1, 3)
    '33.33%'
    """
    hundredths = min(max(part, 0) * 10_000 // whole, 10_000) if whole > 0 else 0
    return f"{hundredths // 100}.{hundredths % 100:02}%"


def bar(numerator: int, denominator: int, needed: int, passed: bool) -> SafeString:
    """A test of a verdict: how far the figure reaches, and the line it must reach."""
    line, reach = percent(needed, denominator), percent(numerator, denominator)
    return _svg(
        f'<svg class="bar" width="100%" height="34" aria-hidden="true" focusable="false">'
        f'<rect class="ground" y="8" width="100%" height="18"/>'
        f'<rect class="{"yes" if passed else "no"}" y="8" width="{reach}" height="18"/>'
        f'<line class="edge" x1="{line}" x2="{line}" y1="0" y2="34"/><line class="line" x1="{line}" x2="{line}" y1="0" '
        f'y2="34"/></svg>'
    )


def share_bar(part: int, whole: int, fill: str) -> SafeString:
    """A small bar for a table or a list of options."""
    return _svg(
        f'<svg class="share" width="100%" height="8" aria-hidden="true" focusable="false">'
        f'<rect class="ground" width="100%" height="8"/>'
        f'<rect class="{fill}" width="{percent(part, whole)}" height="8"/></svg>'
    )


def band(parts: Sequence[tuple[str, int]]) -> SafeString:
    """Coverage as one woven band: (fill, units) side by side; what is not nothing is at least a thread wide."""
    whole = sum(count for _, count in parts)
    pieces, done = [], 0
    for fill, count in parts:
        if count:
            x, width = percent(done, whole), percent(max(count, whole // 400), whole)
            pieces.append(f'<rect class="{fill}" x="{x}" width="{width}" height="30"/>')
            done += count
    return _svg(
        '<svg class="band" width="100%" height="30" aria-hidden="true" focusable="false">'
        f'<rect class="ground" width="100%" height="30"/>{"".join(pieces)}</svg>'
    )


def swatch(fill: str) -> SafeString:
    """The sample of a fill that stands beside its word."""
    return _svg(
        f'<svg class="swatch" width="22" height="14" aria-hidden="true" focusable="false">'
        f'<rect class="{fill}" width="22" height="14"/></svg>'
    )


def tile_map(tiles: Iterable[Tile], places: dict[str, Place], title: str) -> SafeString:
    """One square a node: its letters, its units counted of all, and a thread of cloth as long as its coverage."""
    drawn, right, bottom = [], 0, 0
    for tile in tiles:
        place = places[tile.code]
        x, y = place.column * (TILE + GAP), place.row * (TILE + GAP)
        right, bottom = max(right, x + TILE), max(bottom, y + TILE)
        woven = tile.counted * (TILE - 8) // tile.units if tile.units else 0
        figures = f'<text x="27" y="34" class="few">{escape(tile.written)}</text>' if len(tile.written) <= 9 else ""
        drawn.append(
            f'<a href="{escape(tile.href)}" aria-label="{escape(tile.title)}"><g transform="translate({x} {y})">'
            f'<title>{escape(tile.title)}</title><rect class="tile" width="{TILE}" height="{TILE}"/>'
            f'<text x="27" y="19">{escape(place.short)}</text>{figures}'
            f'<rect class="ground" x="4" y="40" width="{TILE - 8}" height="10"/>'
            f'<rect class="{tile.fill}" x="4" y="40" width="{woven}" height="10"/></g></a>'
        )
    return _svg(
        f'<svg class="map tiles" viewBox="-1 -1 {right + 2} {bottom + 2}" role="group" aria-label="{escape(title)}">'
        f"{''.join(drawn)}</svg>"
    )


def outline_map(tiles: Iterable[Tile], drawn: Outlines, title: str) -> SafeString:
    """The same nodes by their real outlines; a node without one is still in the table."""
    shapes = []
    for tile in tiles:
        if (shape := drawn.shapes.get(tile.code)) is not None:
            shapes.append(
                f'<a href="{escape(tile.href)}" aria-label="{escape(tile.title)}"><title>{escape(tile.title)}</title>'
                f'<path class="land {tile.fill}" d="{shape.path}"/></a>'
            )
    return _svg(
        f'<svg class="map land" viewBox="-2 -2 {drawn.width // 10 + 4} {drawn.height // 10 + 4}" role="group" '
        f'aria-label="{escape(title)}">{"".join(shapes)}</svg>'
    )


def qr(text: str, title: str) -> SafeString:
    """A QR code (error correction M) as one path, dark on light in any mode, so that every reader takes it."""
    size, path = _modules(text)
    return _svg(
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{escape(title)}" '
        f'shape-rendering="crispEdges"><rect class="light" width="{size}" height="{size}"/>'
        f'<path class="dark" d="{path}"/></svg>'
    )


@lru_cache(maxsize=512)
def _modules(text: str) -> tuple[int, str]:
    """The code's side, quiet zone included, and its dark modules; kept because each language shows the same one."""
    # Twenty times as fast as weighing the eight masks in Python, and there is a code on every sheet's page.
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    levels = memoryview(cast(bytes, code.to_image(scale=1, add_quiet_zones=False)))  # its types hide the buffer
    rows = cast(list[list[int]], levels.tolist())
    dark = (_runs(number, (level == 0 for level in row)) for number, row in enumerate(rows, QUIET))
    return len(rows) + 2 * QUIET, "".join(dark)


def _runs(number: int, row: Iterable[bool]) -> str:
    runs, start, cells = [], None, [*row, False]
    for x, dark in enumerate(cells, QUIET):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append(f"M{start} {number}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(runs)


@cache
def weaves() -> SafeString:
    """The patterns that the fills name; once a page, and invisible themselves."""
    return _svg(
        '<svg class="weaves" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="w-no" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="c-no" width="6" height="6"/><rect class="c-paper" width="2" height="6"/></pattern>'
        '<pattern id="w-warn" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="c-paper" width="6" '
        'height="6"/><rect class="c-warn" width="4" height="4"/></pattern>'
        '<pattern id="w-wait" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="c-paper" width="5" '
        'height="5"/><rect class="c-ink" y="2" width="5" height="1"/></pattern>'
        '<pattern id="w-void" width="7" height="7" patternUnits="userSpaceOnUse"><rect class="c-paper" width="7" '
        'height="7"/><path class="s-ink" d="M0 0l7 7M7 0l-7 7"/></pattern>'
        '<pattern id="w-third" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="c-third" width="6" '
        'height="6"/><rect class="c-paper" x="2" y="2" width="2" height="2"/></pattern>'
        '<pattern id="w-band" width="24" height="16" patternUnits="userSpaceOnUse"><rect class="c-no" width="24" '
        'height="16"/><path class="c-yes" d="M4 0h4v4h-4zM8 0h4v8h-4zM12 0h4v12h-4zM16 0h4v8h-4zM20 0h4v4h-4z"/>'
        '<path class="c-warn" d="M0 0h4v4h-4zM4 4h4v4h-4zM8 8h4v4h-4zM12 12h4v4h-4zM16 8h4v4h-4zM20 4h4v4h-4z"/>'
        "</pattern></defs></svg>"
    )


@cache
def ornament() -> SafeString:
    """The woven band under a title."""
    return _svg(
        '<svg class="woven" width="100%" height="16" aria-hidden="true" focusable="false">'
        '<rect width="100%" height="16" fill="url(#w-band)"/></svg>'
    )


def _svg(text: str) -> SafeString:
    """Marks as safe what this module wrote itself; every foreign text in it went through `escape`."""
    return mark_safe(text)  # noqa: S308
