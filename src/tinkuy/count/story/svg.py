"""The pieces that every plot is drawn with."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from tinkuy.count.result import Exact
from tinkuy.words import Amount, Said

INK, SOFT, LINE = "#1b1b1b", "#5c5c5c", "#b8b8b4"
# Okabe and Ito's palette, which people who do not tell red from green can tell apart.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#a08700", "#7a5fa8")
LETTER = Fraction(72, 10)  # width of a letter of 12 units that few names pass on average; names are cut by it
FONT = "font-family='system-ui, sans-serif' font-size='12'"


def colour(number: int) -> str:
    """The candidate's colour; it repeats after eight, so it is never the only mark."""
    return COLOURS[number % len(COLOURS)]


def at(value: Exact) -> str:
    """A coordinate in tenths, without a float.

    >>> at(Fraction(1, 3)), at(12), at(Fraction(-5, 4))
    ('0.3', '12', '-1.3')
    """
    tenths = (Fraction(value) * 10).__floor__()
    sign, (whole, part) = ("-" if tenths < 0 else ""), divmod(abs(tenths), 10)
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def text(x: Exact, y: Exact, shown: str, *, anchor: str = "start", fill: str = INK, weight: str = "normal") -> str:
    """A line of text at its baseline."""
    return (
        f'<text x="{at(x)}" y="{at(y)}" text-anchor="{anchor}" fill="{fill}" font-weight="{weight}">'
        f"{escape(shown)}</text>"
    )


def box(x: Exact, y: Exact, width: Exact, height: Exact, fill: str, title: str = "") -> str:
    """A rectangle; its title is what a pointer or a screen reader finds."""
    inner = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect x="{at(x)}" y="{at(y)}" width="{at(width)}" height="{at(height)}" fill="{fill}">{inner}</rect>'


def ribbon(path: str, fill: str, title: str) -> str:
    """A filled shape that lets what is behind it through."""
    inner = f"<title>{escape(title)}</title>" if title else ""
    return f'<path d="{path}" fill="{fill}" fill-opacity="0.45">{inner}</path>'


def line(x1: Exact, y1: Exact, x2: Exact, y2: Exact, *, dashed: bool = False, stroke: str = INK) -> str:
    """A straight line."""
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<line x1="{at(x1)}" y1="{at(y1)}" x2="{at(x2)}" y2="{at(y2)}" stroke="{stroke}"{dash}/>'


def whole(width: Exact, height: Exact, title: str, description: str, parts: list[str]) -> str:
    """The drawing, with its title and description; white behind it, so that it prints and shows the same."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at(width)} {at(height)}" width="{at(width)}" '
        f'height="{at(height)}" role="img" aria-labelledby="t d" {FONT}>\n'
        f'<title id="t">{escape(title)}</title>\n<desc id="d">{escape(description)}</desc>\n'
        + "\n".join([box(0, 0, width, height, "#ffffff"), *parts])
        + "\n</svg>\n"
    )


def votes(value: Exact, language: str) -> str:
    """Votes as a plot writes them: cut to two decimals; the exact figures stand in the table."""
    return Amount(Fraction((Fraction(value) * 100).__floor__(), 100), 2).written(language)


def cut(name: str, width: int, figure: str = "") -> str:
    """A name that fits into so many units, before a figure that is never cut."""
    most = int(width / LETTER) - len(figure) - bool(figure)
    shown = name if len(name) <= most else name[: max(0, most - 1)] + "…"
    return f"{shown} {figure}" if figure else shown


def spoken(said: Said, language: str) -> str:
    """A saying for a plot: spaces that do not break are plain ones."""
    return said.in_language(language).replace("\N{NO-BREAK SPACE}", " ")
