"""The printed digits against those that were signed, one cell at a time.

Guarantees that a figure is said to agree only when every one of its cells looks like the signed sign and like no other;
that a cell which looks like another sign, or on which something else is drawn, makes paper and signature disagree; and
that a cell which cannot be seen is said to be unreadable. Nothing is guessed: the expected page is drawn anew from the
signed entry, and each cell of the photograph is compared with all the signs that a cell may hold.

How: the corners of the codes give the plane of the paper; each figure's frame is then searched for within
`SEARCH` millimetres, because paper bends; a cell is compared by normalised correlation, which neither brightness nor
contrast changes. The limits below were set on photographs drawn by the tests' `photographs`, where an untouched cell
was never less than 0.95 like its sign nor blackened by more than 0.003, and one of which a pen blackened a twentieth
by 0.01 or more. A stroke that lies on the digit's own ink, and leaves it the digit that it was, is not noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import sqrt
from operator import mul
from typing import Literal

from PIL import Image, ImageFilter

from tinkuy.assembly.vote import Count
from tinkuy.paper import layout, press
from tinkuy.paper.layout import CODE_SIDE, CODES, QUIET, Box, Cell
from tinkuy.paper.page import Glyph, Page
from tinkuy.paper.photo import Found
from tinkuy.paper.plane import Plane
from tinkuy.paper.sheet import DIGITS, cells

Verdict = Literal["agrees", "differs", "marked", "unreadable"]

SIGNS = "0123456789" + layout.DASH + layout.CROSS
SCALE = 6  # pixels a millimetre in which cells are compared
COARSE = 3  # the same for the search
SEARCH = 1.6  # millimetres by which a frame may lie elsewhere than the codes say
NEAR = 2  # pixels of SCALE by which a cell may lie elsewhere than its frame says
INSET = 0.45  # millimetres of a cell's edge that are not compared: its lines
SOFTENED = 0.8  # pixels of SCALE by which every photograph is blurred, so that one that is all sharp compares too
BLURS = (1.2, 2.2, 4.0)  # the same, of the signs
LIKE, APART = 0.92, 0.06  # correlation with the signed sign, and what it is above that with any other
OTHER = 0.75  # correlation from which a cell is said to look like another sign
NOISE = 0.25  # of the contrast, by which a pixel may be darker than expected
STROKE = 0.008  # share of a cell blackened where it should be white, from which something is drawn on it
RIM = 2  # pixels of SCALE at a cell's edge in which no stroke is looked for
FAINT = 20  # grey levels between ink and paper below which nothing can be told


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure looks like on the paper: `printed` is what its cells show, "?" for each that cannot be told."""

    key: str
    verdict: Verdict
    printed: str


@dataclass(frozen=True, slots=True)
class Light:
    """The grey levels of paper and ink about a figure."""

    paper: int
    ink: int

    @property
    def contrast(self) -> int:
        """Grey levels between them."""
        return self.paper - self.ink


@dataclass(frozen=True, slots=True)
class Match:
    """How much a cell looks like a sign (1: the same), as what it was compared, and the pixels that were."""

    likeness: float
    pattern: Sequence[float]
    window: Sequence[int]


def read(picture: Image.Image, codes: Sequence[Found], count: Count) -> list[Reading]:
    """Every figure of a sheet as the photograph shows it; `codes` are the sheet's own, in the order of the parts."""
    plane = _plane(codes)
    expected = _expected(count)
    seen = {box: _seen(picture, plane, expected, box) for box in layout.boxes(count)}
    light = {box: _light(shown) for box, shown in seen.items()}
    blackest = min(one.ink / max(1, one.paper) for one in light.values())
    return [_read(seen[box], box, light[box], blackest) for box in seen]


def _plane(codes: Sequence[Found]) -> Plane:
    pairs = []
    for (x, y), code in zip(CODES, codes, strict=True):
        modules = press.modules(code.text)
        white = CODE_SIDE * QUIET / (modules + 2 * QUIET)
        near, far = white, CODE_SIDE - white
        corners = ((near, near), (far, near), (far, far), (near, far))
        pairs += [((x + dx, y + dy), corner) for (dx, dy), corner in zip(corners, code.corners, strict=True)]
    return Plane.through(pairs)


def _seen(picture: Image.Image, plane: Plane, expected: Image.Image, box: Box) -> Image.Image:
    """A figure as if seen straight on, with a millimetre about it."""
    left, top = _frame(picture, plane, expected, box)
    seen = _patch(picture, plane, (left - 1, top - 1, box.width + 2, box.cell.height + 2), SCALE)
    return seen.filter(ImageFilter.GaussianBlur(SOFTENED))


def _light(seen: Image.Image) -> Light:
    levels = sorted(seen.tobytes())
    return Light(paper=levels[-1 - len(levels) // 10], ink=levels[len(levels) // 50])


def _read(seen: Image.Image, box: Box, light: Light, blackest: float) -> Reading:
    """A figure; `blackest` is the part of the light that the blackest ink on the page gives back.

    Thin strokes that are blurred look pale: what is drawn beside them is measured against the page's ink, not theirs.
    """
    full = Light(light.paper, min(light.ink, round(light.paper * blackest)))
    verdicts, printed = [], ""
    for at, sign in enumerate(box.glyphs):
        place = (1 + at * box.cell.width, 1.0)
        verdict, looks = _cell(seen, box.cell, place, sign, full) if light.contrast >= FAINT else ("unreadable", "?")
        verdicts.append(verdict)
        printed += looks
    order: tuple[Verdict, ...] = ("differs", "marked", "unreadable", "agrees")
    return Reading(box.key, next(verdict for verdict in order if verdict in verdicts), printed)


def _frame(picture: Image.Image, plane: Plane, expected: Image.Image, box: Box) -> tuple[float, float]:
    """Where the figure's frame lies, in millimetres of the plane: where the photograph looks most like the page."""
    room = 0.6
    width, height = box.width + 2 * room, box.cell.height + 2 * room
    wanted = _cut(expected, (box.x - room, box.y - room), (width, height), COARSE)
    seen = _patch(
        picture,
        plane,
        (box.x - room - SEARCH, box.y - room - SEARCH, width + 2 * SEARCH, height + 2 * SEARCH),
        COARSE,
    )
    pattern = _centred(wanted.tobytes())
    steps = round(SEARCH * COARSE)
    best = max(
        ((dx, dy) for dx in range(2 * steps + 1) for dy in range(2 * steps + 1)),
        key=lambda at: (_likeness(pattern, _window(seen, at, wanted.size)), -abs(at[0] - steps) - abs(at[1] - steps)),
    )
    return box.x + (best[0] - steps) / COARSE, box.y + (best[1] - steps) / COARSE


def _cell(seen: Image.Image, cell: Cell, at: tuple[float, float], sign: str, light: Light) -> tuple[Verdict, str]:
    """What a cell shows, beside what it should."""
    found = _likenesses(seen, cell, at, sign)
    own = found[sign]
    other = max((one for one in SIGNS if one != sign), key=lambda one: found[one].likeness)
    if found[other].likeness >= OTHER and found[other].likeness - own.likeness >= APART:
        return "differs", other
    if _stroke(own, light, _inner(cell)[0]) >= STROKE:
        return "marked", "?"
    if own.likeness >= LIKE and own.likeness - found[other].likeness >= APART:
        return "agrees", sign
    return "unreadable", "?"


def _stroke(match: Match, light: Light, width: int) -> float:
    """How much ink there is where the sign has none: the share of a cell, so many pixels wide, that it would blacken.

    The outermost pixels are left out: the cell's own lines spread into them in a small or blurred picture.
    """
    mean = sum(match.window) / len(match.window)
    gain = sum(map(mul, match.pattern, match.window))
    darker = (mean + gain * drawn - value for drawn, value in zip(match.pattern, match.window, strict=True))
    least = NOISE * light.contrast
    last = len(match.window) // width - RIM
    ink = sum(
        dark
        for place, dark in enumerate(darker)
        if dark > least and RIM <= place % width < width - RIM and RIM <= place // width < last
    )
    return float(ink / light.contrast / len(match.window))


def _likenesses(seen: Image.Image, cell: Cell, at: tuple[float, float], sign: str) -> Mapping[str, Match]:
    """How much the cell looks like each sign: the signed one wherever in the cell it lies, the others about there."""
    size, signs = _inner(cell), _signs(cell)
    x, y = (round((one + INSET) * SCALE) for one in at)
    near = range(-NEAR, NEAR + 1)
    windows = {(dx, dy): list(_window(seen, (x + dx, y + dy), size)) for dx in near for dy in near}
    centred = {place: _centred(window) for place, window in windows.items()}

    def best(patterns: Sequence[Sequence[float]], places: Iterable[tuple[int, int]]) -> tuple[Match, tuple[int, int]]:
        tried = [(sum(map(mul, pattern, centred[place])), place, pattern) for place in places for pattern in patterns]
        likeness, place, pattern = max(tried, key=lambda one: one[0])
        return Match(likeness, pattern, windows[place]), place

    own, (cx, cy) = best(signs[sign], windows)
    lies = own.likeness >= LIKE  # else where the signed sign would lie says nothing of where another does
    about = [(dx, dy) for dx, dy in windows if not lies or (abs(dx - cx) <= 1 and abs(dy - cy) <= 1)]
    return {other: own if other == sign else best(patterns, about)[0] for other, patterns in signs.items()}


@cache
def _signs(cell: Cell) -> Mapping[str, tuple[list[float], ...]]:
    """Every sign in a cell of its own, sharp and less so, as it is compared."""
    step = cell.width + 2
    items = tuple(
        Glyph(x=1 + at * step, y=1, width=cell.width, height=cell.height, text=sign, size=cell.height * DIGITS)
        for at, sign in enumerate(SIGNS)
    )
    drawn = _drawn(items, step * len(SIGNS) + 2, cell.height + 2)
    return {
        sign: tuple(
            _centred(
                _cut(
                    drawn.filter(ImageFilter.GaussianBlur(blur)),
                    (1 + at * step + INSET, 1 + INSET),
                    (cell.width - 2 * INSET, cell.height - 2 * INSET),
                    SCALE,
                ).tobytes()
            )
            for blur in BLURS
        )
        for at, sign in enumerate(SIGNS)
    }


def _inner(cell: Cell) -> tuple[int, int]:
    return round((cell.width - 2 * INSET) * SCALE), round((cell.height - 2 * INSET) * SCALE)


def _expected(count: Count) -> Image.Image:
    """The figures of the page as the press prints them, at SCALE, a little blurred as every photograph is."""
    items = tuple(item for box in layout.boxes(count) for item in cells(box))
    return _drawn(items, layout.WIDTH, layout.HEIGHT).filter(ImageFilter.GaussianBlur(1.5))


def _drawn(items: tuple[object, ...], width: float, height: float) -> Image.Image:
    page = Page(width=width, height=height, title="", language="en", at="2000-01-01T00:00:00Z", items=items)  # type: ignore[arg-type]
    return Image.open(BytesIO(press.picture(page, SCALE * 25.4))).convert("L")


def _patch(picture: Image.Image, plane: Plane, area: tuple[float, float, float, float], scale: int) -> Image.Image:
    """An area of the paper (left, top, width, height in millimetres) as if seen straight on."""
    left, top, width, height = area
    size = (round(width * scale), round(height * scale))
    corners = ((0, 0), (size[0], 0), (size[0], size[1]), (0, size[1]))
    pairs = [((float(x), float(y)), plane.at((left + x / scale, top + y / scale))) for x, y in corners]
    straight = Plane.through(pairs).coefficients
    return picture.transform(size, Image.Transform.PERSPECTIVE, straight, Image.Resampling.BICUBIC, fillcolor=255)


def _cut(drawn: Image.Image, at: tuple[float, float], size: tuple[float, float], scale: int) -> Image.Image:
    """A part of a drawing made at SCALE, in the scale asked for."""
    (x, y), (width, height) = at, size
    area = (x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE)
    pixels = (round(width * scale), round(height * scale))
    return drawn.resize(pixels, Image.Resampling.BILINEAR, box=area)


def _window(seen: Image.Image, at: tuple[int, int], size: tuple[int, int]) -> Iterable[int]:
    return seen.crop((at[0], at[1], at[0] + size[0], at[1] + size[1])).tobytes()


def _centred(pixels: Iterable[int]) -> list[float]:
    """Pixels with mean 0 and length 1, so that their product is their correlation; all 0 where they are all alike."""
    values = list(pixels)
    mean = sum(values) / len(values)
    off = [value - mean for value in values]
    length = sqrt(sum(map(mul, off, off)))
    return [value / length for value in off] if length else off


def _likeness(pattern: Sequence[float], pixels: Iterable[int]) -> float:
    return float(sum(map(mul, pattern, _centred(pixels))))
