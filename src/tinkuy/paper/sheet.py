"""The tally sheet as it is printed (acta de escrutinio): one page of A4 that carries its own proof.

Guarantees that everything on the page comes from the base's own book under one checkpoint, that its digits stand where
`layout` says, and that the page says whether the book is sealed or provisional.

Source: practice.md, "The acta"; web.md, "Print".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.assembly.vote import NAMES, Count, Votes
from tinkuy.book.checkpoint import check_code
from tinkuy.book.entry import parse
from tinkuy.federation.acts import Assembly
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.numerals import MOST, in_words
from tinkuy.federation.sheet import Issued, Sheets
from tinkuy.paper import layout, payload, press
from tinkuy.paper.errors import PaperError
from tinkuy.paper.layout import CODE_SIDE, CODES, INNER, MARGIN, QUIET, Box
from tinkuy.paper.page import Code, Frame, Glyph, Page, Text, Weight, written
from tinkuy.paper.payload import Carried
from tinkuy.words import Said, say

ROLES: Mapping[str, Said] = {"chair": say("Chair"), "secretary": say("Secretary")}
DIGITS = 2.62  # points of type a millimetre of cell height
SIGNING = 8  # lines to sign on


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet and what its book says around it.

    `signed` and `lacking` are the roles that signed the checkpoint and those that still must.
    """

    issued: Issued
    name: str
    synthetic: bool
    question: str
    options: tuple[str, ...]
    board: tuple[str, ...]
    signed: tuple[str, ...]
    lacking: tuple[str, ...]
    carried: Carried

    @property
    def check_code(self) -> str:
        """The code of the checkpoint, for reading aloud."""
        return check_code(self.carried.root)


def of(copy: BookCopy, state: Assembly, act: int | None = None) -> Sheet:
    """The sheet that is act `act` of a book, by default the newest; `state` is what the copy replays to.

    Raises `PaperError` when there is none, it is not under the checkpoint, or the copy's seal does not hold.
    """
    issued = sorted((one for some in state.room(Sheets).issued.values() for one in some), key=lambda one: one.n)
    found = [one for one in issued if act in (None, one.n)]
    if not found:
        raise PaperError(say("the book holds no such tally sheet; it issued acts {acts}", acts=_numbers(issued)))
    sealed = seal.inspect(copy.bodies, copy.note, state)
    for fault in sealed.faults:
        raise PaperError(say("the seal does not hold: {fault}", fault=fault))
    sheet, body = found[-1], state.room(Body)
    vote = state.room(Votes).by_number[sheet.vote]
    put = _putting(copy, sheet)
    return Sheet(
        issued=sheet,
        name=body.name,
        synthetic=body.synthetic,
        question=vote.question,
        options=tuple(option.name for option in vote.options),
        board=tuple(seat.officer.role for seat in body.seats if seat.until is None),
        signed=tuple(role for role in body.keys(sealed.size) if role in sealed.signed),
        lacking=sealed.lacking,
        carried=payload.carry(copy, sheet.n, put),
    )


def page(sheet: Sheet, language: str) -> Page:
    """The sheet as a page of A4 in "es" or "en". Raises `PaperError` when its figures or its proof do not fit."""
    boxes = layout.boxes(sheet.issued.count)
    codes = payload.codes(sheet.carried)
    printed = _Printed(sheet, language)
    items = (*printed.head(), *printed.facts(), *printed.figures(boxes), *printed.signing(), *printed.proof(codes))
    return Page(
        width=layout.WIDTH,
        height=layout.HEIGHT,
        title=written(say("Tally sheet of {name}", name=sheet.name).in_language(language)),
        language=language,
        at=sheet.issued.at,
        items=items,
    )


def time(at: str) -> str:
    """A time of an act as paper shows it.

    >>> time("2026-03-08T20:00:00Z")
    '2026-03-08 20:00 UTC'
    """
    return f"{at[:10]} {at[11:16]} UTC"


def spelled(count: Count, words: tuple[str, ...], at: int, language: str) -> str:
    """An option's votes in words: those that were signed, else the figure's own."""
    figure = count.votes[at]
    if words:
        return words[at]
    if figure is None:
        return say("missing").in_language(language)
    return in_words(figure, language) if figure <= MOST else str(figure)


def state_of(sheet: Sheet) -> Said:
    """Whether the sheet is sealed, and by whom."""
    if sheet.lacking:
        return say("PROVISIONAL: {roles} did not sign", roles=roles(sheet.lacking))
    return say("SEALED by {roles}", roles=roles(sheet.signed))


def roles(given: tuple[str, ...]) -> tuple[Said, ...]:
    """Roles as paper names them."""
    return tuple(ROLES.get(role, say("{role}", role=role)) for role in given)


class _Printed:
    """The parts of a page."""

    def __init__(self, sheet: Sheet, language: str) -> None:
        self.sheet, self.language = sheet, language

    def head(self) -> Iterator[Text | Frame]:
        sheet = self.sheet
        yield self._text(0, 12, 118, 9, say("Tally sheet"), size=20, weight="bold", heading=True)
        yield self._text(120, 13, 66, 8, state_of(sheet), size=11, weight="bold")
        yield from self._band()
        invented = say("An invented example: no such body exists, and nobody voted.")
        named = say("{name}, unit {code}", name=sheet.name, code=sheet.issued.unit)
        yield self._text(0, 26.8, INNER, 6.2, named, size=13, weight="bold")
        if sheet.synthetic:
            yield self._text(0, 33, INNER, 4, invented, size=9)
        yield self._text(0, 38, INNER, 20, say("{text}", text=sheet.question), size=13, least=7)

    def facts(self) -> Iterator[Text]:
        issued = self.sheet.issued
        held = say(
            "Voting from {opened} to {closed}; call {call}; notice given on {convened}.",
            opened=time(issued.opened),
            closed=time(issued.closed),
            call=str(issued.call),
            convened=issued.convened,
        )
        yield self._text(0, 59, INNER, 5, say("Place: {place}.", place=issued.place), size=10)
        yield self._text(0, 64.5, INNER, 5, held, size=10)
        yield self._text(0, 70, INNER, 4, say("Roll frozen for it: {hash}", hash=issued.roll), size=8)
        amends = say("Consultation {name}", name=issued.consultation)
        if issued.amends is not None:
            amends = say(
                "Consultation {name}. It replaces act {act}: {reason}",
                name=issued.consultation,
                act=str(issued.amends),
                reason=issued.reason,
            )
        yield self._text(0, 74.5, INNER, 8, amends, size=8)

    def figures(self, boxes: tuple[Box, ...]) -> Iterator[Text | Glyph | Frame]:
        count, words = self.sheet.issued.count, self.sheet.issued.words
        for at, box in enumerate(boxes):
            option = box.key.startswith("option:")
            name = say("{text}", text=self.sheet.options[at]) if option else NAMES[box.key]
            left = box.name_x - MARGIN
            yield self._text(left, box.y, box.name, box.cell.height, name, size=11, least=5, middle=True)
            if option:
                said = say("{text}", text=spelled(count, words, at, self.language))
                left = box.words_x - MARGIN
                yield self._text(left, box.y, box.words, box.cell.height, said, size=9.5, least=5, middle=True)
            yield from cells(box)

    def signing(self) -> Iterator[Text | Frame]:
        signing = [say("Teller {member}", member=teller) for teller in self.sheet.issued.tellers]
        signing += list(roles(self.sheet.board))
        across = 4
        width, top = INNER / across, 170.0
        for at, who in enumerate(signing[:SIGNING]):
            left, y = (at % across) * width, top + (at // across) * 13.0
            yield Frame(x=MARGIN + left, y=y + 8.5, width=width - 4, height=0.2, filled=True)
            yield self._text(left, y + 9, width - 4, 4, who, size=8)
        if len(signing) > SIGNING:
            more = say("and {count} more sign on the back", count=len(signing) - SIGNING)
            yield self._text(3 * width, top + 22, width, 3.5, more, size=7)

    def proof(self, codes: tuple[str, ...]) -> Iterator[Text | Code]:
        carried = self.sheet.carried
        code = say("Check code {code}", code=self.sheet.check_code)
        where = say(
            "act {act} of {size} in book {book}", act=str(carried.sheet.index), size=carried.size, book=carried.book
        )
        yield self._text(0, 196, 72, 5.5, code, size=12, weight="bold")
        yield self._text(74, 196.8, INNER - 74, 4.5, where, size=9)
        for (x, y), text in zip(CODES, codes, strict=True):
            alt = say("QR code with the signed figures and their proof").in_language(self.language)
            yield Code(x=x, y=y, side=CODE_SIDE, svg=press.code(text, QUIET), alt=alt)
        advice = say(
            "Both codes carry the signed figures. Whoever photographs this page whole checks it without a network: "
            "tinkuy scan PHOTO --read-figures. Do not write over cells or codes."
        )
        yield self._text(0, 285.5, INNER, 7, advice, size=8.5)

    def _band(self) -> Iterator[Frame]:
        """The woven band: squares in the rhythm of a weft."""
        for at in range(62):
            tall = (1.6, 0.8, 1.6, 2.4)[at % 4]
            yield Frame(x=MARGIN + at * 3.0, y=22.4 + (2.4 - tall) / 2, width=1.6, height=tall, grey=15, filled=True)

    def _text(
        self,
        left: float,
        y: float,
        width: float,
        height: float,
        said: Said,
        *,
        size: float,
        least: float = 6.0,
        weight: Weight = "regular",
        heading: bool = False,
        middle: bool = False,
    ) -> Text:
        return Text(
            x=MARGIN + left,
            y=y,
            width=width,
            height=height,
            text=written(said.in_language(self.language)),
            size=size,
            least=min(least, size),
            weight=weight,
            heading=heading,
            middle=middle,
        )


def cells(box: Box) -> Iterator[Glyph | Frame]:
    """A figure's cells as the scanner expects them: `figures` draws the same."""
    cell = box.cell
    for at, sign in enumerate(box.glyphs):
        x = box.x + at * cell.width
        if at:
            yield Frame(x=x - 0.05, y=box.y, width=0.1, height=cell.height, grey=70, filled=True)
        yield Glyph(x=x, y=box.y, width=cell.width, height=cell.height, text=sign, size=cell.height * DIGITS)
    yield Frame(x=box.x, y=box.y, width=box.width, height=cell.height, line=0.8)


def _putting(copy: BookCopy, sheet: Issued) -> int | None:
    """The act that put the sheet's question to the vote."""
    for n, body in enumerate(copy.bodies[: sheet.n]):
        if b'"act":"vote.opened"' in body and parse(body).get("vote") == sheet.vote:
            return n
    return None


def _numbers(issued: list[Issued]) -> tuple[str, ...]:
    return tuple(str(one.n) for one in issued)
