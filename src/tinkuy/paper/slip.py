"""The result on a shop's ticket printer: 58 mm of thermal paper, or 32 columns of plain text (ticket de resultado).

Guarantees the figures that were signed, the check code, and a code with the signed checkpoint, against which anybody
who has the book or the sheet compares. A slip is for carrying away: what proves the sheet is the sheet.

Source: practice.md, "Field reality"; book.md, "A checkpoint fits a QR".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from textwrap import wrap

from tinkuy.assembly.vote import NAMES
from tinkuy.paper import layout, press
from tinkuy.paper.page import Code, Frame, Page, Text, Weight, written
from tinkuy.paper.sheet import Sheet, state_of, time
from tinkuy.words import Said, grouped, say

WIDTH, PRINTED = 58.0, 48.0  # millimetres of paper, and of it what the head reaches
COLUMNS = 32
LINE = 4.2
FIGURE = 14.0


def text(sheet: Sheet, language: str) -> str:
    """The slip as plain text of at most 32 columns a line, for printers that know no pictures."""
    lines = [*_wrapped(_heading(sheet, language)), "-" * COLUMNS]
    for name, figure in _figures(sheet, language):
        room = COLUMNS - len(figure) - 1
        first, *rest = _wrapped([name], room) or [""]
        lines += [first.ljust(room) + " " + figure, *rest]
    lines += ["-" * COLUMNS, *_wrapped(_ending(sheet, language))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def page(sheet: Sheet, language: str) -> Page:
    """The slip as a page 58 mm wide, as long as it needs to be. Raises `BookError` when the checkpoint is malformed."""
    items: list[Text | Frame | Code] = []
    y = 4.0
    for place, line in enumerate(_heading(sheet, language)):
        tall = LINE * (3 if place == 3 else 2 if place == 1 else 1.2)
        items.append(_text(y, tall, line, size=11 if place == 0 else 9, weight="bold" if place < 2 else "regular"))
        y += tall + 0.6
    items.append(Frame(x=_left(), y=y, width=PRINTED, height=0.3, filled=True))
    y += 1.2
    for name, figure in _figures(sheet, language):
        items.append(_text(y, LINE, name, size=9, width=PRINTED - FIGURE - 1))
        items.append(
            Text(x=_left() + PRINTED - FIGURE, y=y, width=FIGURE, height=LINE, text=figure, size=9.5, align="right")
        )
        y += LINE + 0.4
    items.append(Frame(x=_left(), y=y, width=PRINTED, height=0.3, filled=True))
    y += 1.2
    code = _said(say("Check code {code}", code=sheet.check_code), language)
    for line in _ending(sheet, language):
        tall = LINE if line == code else 2 * LINE
        items.append(_text(y, tall, line, size=9))
        y += tall + 0.4
    note = sheet.carried.checkpoint.note.decode()
    alt = say("QR code with the signed checkpoint").in_language(language)
    items.append(Code(x=_left(), y=y, side=PRINTED, svg=press.code(note, layout.QUIET), alt=alt))
    title = say("Result of {name}", name=sheet.name).in_language(language)
    height = y + PRINTED + 6
    return Page(
        width=WIDTH, height=height, title=written(title), language=language, at=sheet.issued.at, items=tuple(items)
    )


def _heading(sheet: Sheet, language: str) -> list[str]:
    said = [
        say("Result"),
        say("{name}, unit {code}", name=sheet.name, code=sheet.issued.unit),
        say("Closed {time}", time=time(sheet.issued.closed)),
        say("{text}", text=sheet.question),
    ]
    return [_said(one, language) for one in said]


def _figures(sheet: Sheet, language: str) -> Iterator[tuple[str, str]]:
    count = sheet.issued.count
    for option, figure in zip(sheet.options, count.votes, strict=True):
        yield written(option), _written(figure, language)
    for box in layout.shown(count):
        yield _said(NAMES[box], language), _written(getattr(count, box), language)


def _ending(sheet: Sheet, language: str) -> list[str]:
    said = [
        state_of(sheet),
        say("Check code {code}", code=sheet.check_code),
        say(
            "act {act} of {size} in book {book}",
            act=str(sheet.issued.n),
            size=sheet.carried.size,
            book=_in_parts(sheet),
        ),
    ]
    if sheet.synthetic:
        said.append(say("An invented example: no such body exists, and nobody voted."))
    return [_said(one, language) for one in said]


def _in_parts(sheet: Sheet) -> str:
    """The book's id in groups, for a narrow paper."""
    book = sheet.carried.book
    return " ".join(book[start : start + 8] for start in range(0, len(book), 8))


def _written(figure: int | None, language: str) -> str:
    return _said(say("missing"), language) if figure is None else grouped(figure, language).replace("\u202f", " ")


def _said(said: Said, language: str) -> str:
    return written(said.in_language(language)).replace("\u202f", " ").replace("\u00a0", " ")


def _wrapped(texts: list[str], width: int = COLUMNS) -> list[str]:
    """Lines of so many columns; a letter that fills two columns, or none, is not known to such printers."""
    plain = (unicodedata.normalize("NFC", one.replace("\u200b", "")) for one in texts)
    narrow = ("".join("?" if unicodedata.east_asian_width(sign) in "WF" else sign for sign in one) for one in plain)
    return [line for one in narrow for line in wrap(one, width)]


def _left() -> float:
    return (WIDTH - PRINTED) / 2


def _text(
    y: float, height: float, shown: str, *, size: float, weight: Weight = "regular", width: float = PRINTED
) -> Text:
    return Text(x=_left(), y=y, width=width, height=height, text=shown, size=size, least=5, weight=weight)
