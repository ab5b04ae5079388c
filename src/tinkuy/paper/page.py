"""A page as data: texts, lines, frames and codes at their places, for the press to print.

Guarantees that what people wrote is only ever data: it is shown letter by letter, never read as markup, and never runs
over the room that it is given.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

LONG = 16  # letters that no language writes without a place to break the line

Align = Literal["left", "center", "right"]
Weight = Literal["regular", "bold"]
Font = Literal["text", "digits"]


class Text(msgspec.Struct, frozen=True, kw_only=True, tag="text"):
    """A text in its room: as large as fits between `least` and `size` points, then cut with an ellipsis."""

    x: float
    y: float
    width: float
    height: float
    text: str
    size: float
    least: float = 6.0
    align: Align = "left"
    weight: Weight = "regular"
    font: Font = "text"
    heading: bool = False
    middle: bool = False  # of its height, instead of at the top


class Glyph(msgspec.Struct, frozen=True, kw_only=True, tag="glyph"):
    """One sign in the middle of its cell, `size` in points."""

    x: float
    y: float
    width: float
    height: float
    text: str
    size: float


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag="frame"):
    """A rectangle: its line in points, `grey` from 0 (black) to 100; filled where `filled`."""

    x: float
    y: float
    width: float
    height: float
    line: float = 0.5
    grey: int = 0
    filled: bool = False


class Code(msgspec.Struct, frozen=True, kw_only=True, tag="code"):
    """A picture drawn in SVG, such as a QR code, and what it is, for who cannot see it."""

    x: float
    y: float
    side: float
    svg: str
    alt: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page, in millimetres; `at` is its date (UTC, RFC 3339), the same for the same page, or None for no date."""

    width: float
    height: float
    title: str
    language: str
    at: str | None
    items: tuple[Text | Glyph | Frame | Code, ...]


def written(text: str) -> str:
    """A text that somebody wrote, fit to be shown: one line, no signs that steer, places to break in endless words.

    >>> written("a\\nb"), len(written("x" * 40))
    ('a b', 42)
    """
    plain = "".join(" " if sign in "\n\r\t\u2028\u2029" else sign for sign in text)
    shown = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(_breakable(word) for word in shown.split())


def _breakable(word: str) -> str:
    """A word with a zero-width space after every so many letters, if it is longer than words are."""
    if len(word) <= LONG:
        return word
    return "\u200b".join(word[start : start + LONG] for start in range(0, len(word), LONG))
