"""What a hand can do to a printed sheet: paint another digit over one, or draw strokes across it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageStat

from tinkuy.paper import press
from tinkuy.paper.layout import Box
from tinkuy.paper.page import Glyph, Page
from tinkuy.paper.sheet import DIGITS

ANEW = 0.05  # of a cell, the least that strokes blacken
INSET = 0.3  # millimetres that a forger leaves of a cell's lines


def repainted(page: Image.Image, box: Box, at: int, sign: str) -> Image.Image:
    """The page with another sign, in the same letters, in a cell of this figure."""
    scale = page.width / 210
    cell = _sign(sign, box.cell.width, box.cell.height, round(scale * 25.4))
    edge = round(INSET * scale)
    inner = cell.crop((edge, edge, cell.width - edge, cell.height - edge))
    changed = page.copy()
    changed.paste(inner, (round((box.x + at * box.cell.width) * scale) + edge, round(box.y * scale) + edge))
    return changed


def scribbled(page: Image.Image, box: Box, at: int, seed: int) -> Image.Image:
    """The page with strokes of a ballpoint pen across a cell of this figure, that blacken a twentieth of it anew.

    Strokes that lie on the digit's own ink change nothing that anybody could see.
    """
    chance, scale = Random(seed), page.width / 210
    left, top = box.x + at * box.cell.width, box.y
    area = (left, top, left + box.cell.width, top + box.cell.height)
    cell = tuple(round(edge * scale) for edge in area)
    changed = page.copy()
    pen = ImageDraw.Draw(changed)
    while _blackened(page.crop(cell), changed.crop(cell)) < ANEW:
        ends = [
            (left + chance.uniform(*reach) * box.cell.width, top + chance.uniform(0.1, 0.9) * box.cell.height)
            for reach in ((0.1, 0.35), (0.65, 0.9))
        ]
        pen.line([(x * scale, y * scale) for x, y in ends], fill=30, width=round(0.7 * scale))
    return changed


def _blackened(before: Image.Image, after: Image.Image) -> float:
    """The share of a cell that became black."""
    return ImageStat.Stat(ImageChops.subtract(before, after)).mean[0] / 255


def covered(page: Image.Image, box: Box, grey: int = 255) -> Image.Image:
    """The page with a figure out of sight, under a light or a thumb."""
    scale = page.width / 210
    changed = page.copy()
    area = (box.x - 2, box.y - 2, box.x + box.width + 2, box.y + box.cell.height + 2)
    changed.paste(grey, tuple(round(edge * scale) for edge in area))
    return changed


@cache
def _sign(sign: str, width: float, height: float, ppi: int) -> Image.Image:
    item = Glyph(x=0, y=0, width=width, height=height, text=sign, size=height * DIGITS)
    page = Page(width=width, height=height, title="", language="en", at="2000-01-01T00:00:00Z", items=(item,))
    return Image.open(BytesIO(press.picture(page, ppi))).convert("L")
