"""Where everything stands on the printed sheet, in millimetres from the top left corner of A4.

Guarantees that whoever knows the signed figures knows the place of every digit on the paper: the layout follows from
the count alone, not from names, languages or fonts. Each digit has a cell of its own; cells before the first digit are
struck with a dash, so that no digit can be put before it, and the cells of a missing figure are crossed out.

It is part of format 1 of `payload`: another layout is another format.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinkuy.assembly.vote import BOXES, Count
from tinkuy.paper.errors import PaperError
from tinkuy.words import say

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 12.0
INNER = WIDTH - 2 * MARGIN
FIGURES_TOP, FIGURES_HEIGHT = 84.0, 84.0
CODE_SIDE, CODES_TOP = 82.0, 202.0
CODES = ((MARGIN, CODES_TOP), (WIDTH - MARGIN - CODE_SIDE, CODES_TOP))
QUIET = 4  # modules of white around a code (ISO/IEC 18004)
FEWEST_CELLS = 4
DASH, CROSS = "–", "/"
ONE_COLUMN, MOST_OPTIONS = 12, 24
PAPERS = ("received", "spoiled", "unused")


@dataclass(frozen=True, slots=True)
class Cell:
    """The size of a digit's cell, in millimetres."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A figure on the paper.

    `key` is `option:0` … or the name of a box; `name_x`, `x` and `words_x` are where its name, its first cell and its
    words begin; `words` is the width for words, 0 where there are none. `glyphs` holds one sign a cell.
    """

    key: str
    glyphs: str
    y: float
    name_x: float
    name: float
    x: float
    words_x: float
    words: float
    cell: Cell

    @property
    def width(self) -> float:
        """Of all its cells together."""
        return self.cell.width * len(self.glyphs)


def boxes(count: Count) -> tuple[Box, ...]:
    """Every figure of the count, in the order of the paper.

    Raises `PaperError` when there are more options than a page has room for.
    """
    options = len(count.votes)
    if options > MOST_OPTIONS:
        raise PaperError(
            say(
                "a printed sheet has room for {most} options and this one has {options}: hand over the file",
                most=MOST_OPTIONS,
                options=options,
            )
        )
    cells = max(FEWEST_CELLS, *(len(str(figure)) for figure in count.figures() if figure is not None))
    return _two_columns(count, cells) if options <= ONE_COLUMN else _three_columns(count, cells)


def shown(count: Count) -> tuple[str, ...]:
    """The boxes beside the options; those of papers only where one of them was filled in."""
    papers = any(getattr(count, box) is not None for box in PAPERS)
    return tuple(box for box in BOXES if papers or box not in PAPERS)


def glyphs(figure: int | None, cells: int) -> str:
    """The figure as its cells show it.

    >>> glyphs(41, 4), glyphs(None, 4)
    ('––41', '////')
    """
    return CROSS * cells if figure is None else str(figure).rjust(cells, DASH)


def _two_columns(count: Count, cells: int) -> tuple[Box, ...]:
    """Options with their words on the left, the other boxes on the right."""
    cell, named = Cell(4.2, 6.0), shown(count)
    pitch = min(9.0, FIGURES_HEIGHT / max(len(count.votes), len(named)))
    left, right, gap = 116.0, 66.0, 4.0
    options = [
        _box(f"option:{at}", votes, cells, cell, (MARGIN, FIGURES_TOP + at * pitch), left, 44.0)
        for at, votes in enumerate(count.votes)
    ]
    beside = [
        _box(box, getattr(count, box), cells, cell, (MARGIN + left + gap, FIGURES_TOP + at * pitch), right, None)
        for at, box in enumerate(named)
    ]
    return (*options, *beside)


def _three_columns(count: Count, cells: int) -> tuple[Box, ...]:
    """Options in two columns with their words, the other boxes in three columns below."""
    cell, pitch, rows = Cell(3.8, 5.2), 5.5, 12
    found = [
        _box(
            f"option:{at}",
            votes,
            cells,
            cell,
            (MARGIN + at // rows * 95.0, FIGURES_TOP + at % rows * pitch),
            91.0,
            34.0,
        )
        for at, votes in enumerate(count.votes)
    ]
    below = FIGURES_TOP + rows * pitch + 1.5
    for at, box in enumerate(shown(count)):
        place = (MARGIN + at % 3 * 63.0, below + at // 3 * pitch)
        found.append(_box(box, getattr(count, box), cells, cell, place, 60.0, None))
    return tuple(found)


def _box(
    key: str, figure: int | None, cells: int, cell: Cell, at: tuple[float, float], width: float, name: float | None
) -> Box:
    """A box whose name has the width `name` and its words the rest, or whose name has the rest and there are none."""
    digits, gap = cells * cell.width, 1.5
    name_width = width - digits - gap if name is None else name
    start = at[0] + name_width + gap
    words = 0.0 if name is None else width - name_width - digits - 2 * gap
    return Box(key, glyphs(figure, cells), at[1], at[0], name_width, start, start + digits + gap, words, cell)
