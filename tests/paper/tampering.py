"""What a hand can do to a printed sheet: paint another digit over one, or draw strokes across it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from tinkuy.paper import press
from tinkuy.paper.layout import Box
from tinkuy.paper.page import Glyph, Page
from tinkuy.paper.sheet import DIGITS

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
    """The page with two or three strokes of a ballpoint pen across a cell of this figure."""
    chance, scale = Random(seed), page.width / 210
    changed = page.copy()
    pen = ImageDraw.Draw(changed)
    left, top = box.x + at * box.cell.width, box.y
    for _ in range(chance.choice((2, 3))):
        ends = [
            (left + chance.uniform(0.1, 0.35) * box.cell.width, top + chance.uniform(0.1, 0.9) * box.cell.height),
            (left + chance.uniform(0.65, 0.9) * box.cell.width, top + chance.uniform(0.1, 0.9) * box.cell.height),
        ]
        pen.line([(x * scale, y * scale) for x, y in ends], fill=30, width=round(0.7 * scale))
    return changed


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
