"""Cards: what a voter gets in her hand is read by eye and by telephone, and is on no screen and no other card."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.ballot.conftest import Type
from tests.ballot.played import TIME, Played, set_up
from tinkuy.ballot import credential
from tinkuy.ballot.credential import Voter
from tinkuy.paper import cards, press
from tinkuy.paper.cards import Card, Election
from tinkuy.paper.page import Page, Text

ELECTION = Election("¿Paro nacional el 15 de marzo?", "7MrKZ3nCVT4eUW", TIME)


def made(count: int) -> list[Card]:
    return [Card(f"voter {number}", number, credential.generate(os.urandom).text) for number in range(1, count + 1)]


def texts(page: Page) -> str:
    return " ".join(item.text for item in page.items if isinstance(item, Text))


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_codes_on_a_page_are_the_credentials_of_its_cards_in_their_order(language: str) -> None:
    given = made(9)
    first, second = cards.pages(ELECTION, given, language)
    for page, of in ((first, given[:8]), (second, given[8:])):
        found = zxingcpp.read_barcodes(Image.open(BytesIO(press.picture(page, 150))))
        in_order = sorted(found, key=lambda code: (code.position.top_left.y // 50, code.position.top_left.x))
        assert [code.text for code in in_order] == [card.credential for card in of]


def test_a_card_says_election_voter_weight_and_credential_and_the_pages_print_the_same_again() -> None:
    given = made(9)
    pages = cards.pages(ELECTION, given, "en")
    for card, page in ((given[0], pages[0]), (given[8], pages[1])):
        for part in (ELECTION.name, ELECTION.uuid, f"For {card.voter}", f"Weight of the ballot: {card.weight}"):
            assert part in texts(page)
        assert card.credential in texts(page).replace("- ", "-")
    printed = press.pdf(*pages)
    assert printed == press.pdf(*cards.pages(ELECTION, given, "en"))
    assert b"/Count 2" in printed


def test_a_card_does_not_show_its_credential_where_programs_show_values() -> None:
    [card] = made(1)
    assert card.credential not in repr(card)


@pytest.fixture
def held(typed: Type) -> Played:
    """An election of two voters, its archive and its cards in files where commands are typed."""
    assert typed
    played = set_up("Ed25519", voters=2, weights=(1, 7))
    Path("e.bel").write_bytes(played.data)
    write(played, 1, 7)
    return played


def write(played: Played, *weights: int) -> None:
    listed = [
        (Voter(f"voter {number}", weight), one)
        for number, (weight, one) in enumerate(zip(weights, played.cards, strict=False), 1)
    ]
    Path("cards.csv").write_text(credential.write_cards(listed))


def test_the_committee_prints_cards_that_nobody_else_can_read(typed: Type, held: Played) -> None:
    said = typed("cards e.bel cards.csv --out cards.pdf")
    assert "cards: 2; pages: 1" in said
    assert Path("cards.pdf").stat().st_mode & 0o077 == 0
    before = Path("cards.pdf").read_bytes()
    said += typed("cards e.bel cards.csv --out cards.pdf", code=2)
    assert "already" in said
    assert Path("cards.pdf").read_bytes() == before
    typed("cards e.bel cards.csv --out again.pdf")
    assert Path("again.pdf").read_bytes() == before
    said += typed("cards e.bel cards.csv --out es.pdf --lang es")
    assert Path("es.pdf").read_bytes() != before
    assert not [one for one in held.cards if one.text in said]


def test_no_card_is_printed_that_is_not_of_the_election_or_has_another_weight(typed: Type, held: Played) -> None:
    write(held, 1, 8)
    assert "The card of voter 2 is not of this election" in typed("cards e.bel cards.csv --out cards.pdf", code=2)
    write(set_up("Ed25519", voters=2), 1, 7)
    assert "The card of voter 1 is not of this election" in typed("cards e.bel cards.csv --out cards.pdf", code=2)
    assert not Path("cards.pdf").exists()


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        ("", "There is no card"),
        ("Ana,1\n", "Line 1: a name, a weight and a credential"),
        ("Ana,one,{card}\n", "Line 1: a name, a weight and a credential"),
        ("Ana,1,{card}x\n", "has 23 characters"),
        ('"Ana,1,{card}\n', "quotation marks are not closed"),
    ],
)
def test_a_file_that_holds_no_cards_is_refused_without_quoting_it(
    lines: str, match: str, typed: Type, held: Played
) -> None:
    card = held.cards[0].text
    Path("cards.csv").write_text(lines.format(card=card))
    said = typed("cards e.bel cards.csv --out cards.pdf", code=2)
    assert match in said
    assert card not in said
    assert not Path("cards.pdf").exists()
