"""Real books whose sheets are printed, and pages of them as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

import msgspec
from PIL import Image

from tests.builders import Book, count
from tests.paper.reading import whole
from tinkuy.assembly.vote import Count, Counted, Option
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.sheet import Issued
from tinkuy.paper import photo, press, sheet
from tinkuy.paper.photo import Found
from tinkuy.paper.sheet import Sheet

CONSULTATION = "req1ygmfaz93nhdgdwb1tjg425560njg"
PPI = 150


def book(
    figures: Count | None = None,
    *,
    options: Sequence[str] = ("A favor", "En contra"),
    question: str = "¿Vamos al paro?",
    name: str = "Ayllu",
    **changes: Any,
) -> Book:
    """A base's book up to its sheet; `changes` are fields of the sheet."""
    figures = count(47, 42, eligible=100, received=100, spoiled=1, unused=10) if figures is None else figures
    made = Book(name=name).ready()
    parts = ("for", "against") if len(options) == 2 else ("choice",) * len(options)
    asked = made.question(
        question=question,
        options=tuple(Option(one, part) for one, part in zip(options, parts, strict=True)),
        consultation=CONSULTATION,
    )
    made.record(asked)
    counted = msgspec.structs.replace(figures, eligible=None, received=None, spoiled=None, unused=None)
    made.record(Counted(vote=1, call=1, count=counted, tellers=("m1", "m2")))
    fields = {
        "consultation": CONSULTATION,
        "unit": "0302-001",
        "vote": 1,
        "roll": asked.roll,
        "count": figures,
        "call": 1,
        "opened": "2026-03-01T18:00:00Z",
        "closed": "2026-03-01T19:59:00Z",
        "convened": "2026-02-20",
        "place": "Local comunal",
        "tellers": ("m1", "m2"),
    }
    return made.record(Issued(**{**fields, **changes}))


def of(made: Book, *roles: str) -> Sheet:
    """The sheet of a book as it is printed, sealed by these roles or by the board."""
    return sheet.of(copy_of(made, *roles), made.state)


def copy_of(made: Book, *roles: str) -> BookCopy:
    return made.seal(*roles)


def pictured(printed: Sheet, language: str = "es", ppi: float = PPI) -> Image.Image:
    """The page as a flat picture."""
    return Image.open(BytesIO(press.picture(sheet.page(printed, language), ppi))).convert("L")


@cache
def plain() -> tuple[Sheet, Image.Image]:
    """One sheet and its page, for tests that change neither."""
    printed = of(book())
    return printed, pictured(printed)


def codes_in(data: bytes) -> tuple[Image.Image, list[Found]]:
    """The picture in a file and the sheet's codes in the order of the parts."""
    picture = photo.opened(data)
    found = [code for code in photo.codes(picture, whole) if code.text.startswith("TK1:")]
    return picture, sorted(found, key=lambda code: code.text)


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def pages(pdf: bytes) -> int:
    """How many pages a PDF has, by its page objects."""
    return pdf.count(b"/Type/Page") - pdf.count(b"/Type/Pages") + pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages")
