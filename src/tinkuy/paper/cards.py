"""Credential cards (cédulas de credencial): what each voter gets in her hand, eight on a page of A4, to be cut.

Guarantees that a card shows one voter's credential as text and as a code, and nothing of another's; that nobody has to
guess a letter of it, which stands in groups in a type that tells letters apart; and that the same cards print to the
same bytes. Who has a card can vote with it: the file is as secret as the cards.

Source: ballot.md, "In the assembly": a card per member carries the credential, printed and as a QR code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tinkuy.paper import press
from tinkuy.paper.layout import HEIGHT, QUIET, WIDTH
from tinkuy.paper.page import Code, Font, Frame, Page, Text, Weight, written
from tinkuy.words import Said, say

COLUMNS, ROWS = 2, 4
CARD_WIDTH, CARD_HEIGHT = 95.0, 69.0
LEFT, TOP = (WIDTH - COLUMNS * CARD_WIDTH) / 2, (HEIGHT - ROWS * CARD_HEIGHT) / 2
PADDING = 4.0
CODE = 30.0
LINE = 0.25  # of a cut, in millimetres
CUT = 65  # its grey


@dataclass(frozen=True, slots=True)
class Card:
    """One voter's card: how the committee knows her, the weight of her ballot, her credential."""

    voter: str
    weight: int
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Election:
    """What every card says: the election's name, its identifier, and when it began, seconds since 1970."""

    name: str
    uuid: str
    began: int


def pages(election: Election, cards: Sequence[Card], language: str) -> tuple[Page, ...]:
    """The cards on as many pages as they need, in their order, in "es" or "en"."""
    a_page = COLUMNS * ROWS
    title = say("Credentials of the election {name}", name=election.name).in_language(language)
    return tuple(
        Page(
            width=WIDTH,
            height=HEIGHT,
            title=written(title),
            language=language,
            at=datetime.fromtimestamp(election.began, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            items=(*_cuts(), *_placed(election, cards[first : first + a_page], language)),
        )
        for first in range(0, len(cards), a_page)
    )


def _cuts() -> Iterator[Frame]:
    """Lines along which to cut, out to the edge of the paper."""
    for column in range(COLUMNS + 1):
        yield Frame(x=LEFT + column * CARD_WIDTH, y=0, width=LINE, height=HEIGHT, grey=CUT, filled=True)
    for row in range(ROWS + 1):
        yield Frame(x=0, y=TOP + row * CARD_HEIGHT, width=WIDTH, height=LINE, grey=CUT, filled=True)


def _placed(election: Election, cards: Sequence[Card], language: str) -> Iterator[Text | Code]:
    for place, card in enumerate(cards):
        row, column = divmod(place, COLUMNS)
        yield from _Printed(LEFT + column * CARD_WIDTH, TOP + row * CARD_HEIGHT, language).of(election, card)


class _Printed:
    """One card with its corner at x and y."""

    def __init__(self, x: float, y: float, language: str) -> None:
        self.x, self.y, self.language = x + PADDING, y + PADDING, language

    def of(self, election: Election, card: Card) -> Iterator[Text | Code]:
        wide, beside = CARD_WIDTH - 2 * PADDING, CARD_WIDTH - 3 * PADDING - CODE
        yield self._text(0, wide, 10, say("{text}", text=election.name), size=12, least=6, weight="bold")
        yield self._text(10.5, beside, 8, say("For {voter}", voter=card.voter), size=11, least=6)
        yield self._text(19, beside, 4.5, say("Weight of the ballot: {weight}", weight=card.weight), size=9)
        yield self._text(24, beside, 4.5, say("Election {uuid}", uuid=election.uuid), size=8, least=5)
        for line, part in enumerate(_lines(card.credential)):
            shown = say("{text}", text=part)
            yield self._text(30 + 8 * line, beside, 8, shown, size=17, least=12, weight="bold", font="digits")
        yield Code(
            x=self.x + wide - CODE,
            y=self.y + 12,
            side=CODE,
            svg=press.code(card.credential, QUIET),
            alt=say("QR code with the credential").in_language(self.language),
        )
        yield self._text(
            47,
            wide,
            14,
            say(
                "This is your credential. Whoever has it votes in your place: show it to nobody, and keep it until the "
                "result is known. You may vote again; your last ballot counts."
            ),
            size=8.5,
        )

    def _text(
        self,
        y: float,
        width: float,
        height: float,
        said: Said,
        *,
        size: float,
        least: float = 6.0,
        weight: Weight = "regular",
        font: Font = "text",
    ) -> Text:
        shown = written(said.in_language(self.language))
        return Text(
            x=self.x,
            y=self.y + y,
            width=width,
            height=height,
            text=shown,
            size=size,
            least=least,
            weight=weight,
            font=font,
        )


def _lines(credential: str) -> tuple[str, ...]:
    """A credential's groups, on as many lines as it needs; a line that goes on ends in its dash.

    >>> _lines("XiPJM-5MQzkH-UvuKF-uQNsAd")
    ('XiPJM-5MQzkH-', 'UvuKF-uQNsAd')
    """
    groups = credential.split("-")
    if len(groups) < 4:
        return (credential,)
    half = (len(groups) + 1) // 2
    return "-".join(groups[:half]) + "-", "-".join(groups[half:])
