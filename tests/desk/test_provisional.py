"""A checkpoint that one officer signed alone is provisional: it is read and shown, and nothing under it is counted.

Source: book.md, "Checkpoint"; federation.md, check 7.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk.terminal import OFFICERS, Terminal

NOW = ("--at", "2026-03-04T10:00:00Z")
COUNTED = {"A favor": 42, "En contra": 28, "Abstención": 5}  # of B and C, added by hand: 12+30, 18+10, 2+3


@pytest.fixture
def received(consulted: Terminal) -> Terminal:
    """B and C came sealed; of A only the sheet with its proof, under the secretary's signature alone."""
    consulted.desk("a", "record", "member.left", "member=m9")
    consulted.sealed("a", "half.tinkuy", "secretary")
    consulted.run("book", "prove", "half.tinkuy", "6", "--out", "sheet.tinkuy")
    consulted.run("receive", "fed", "b-voted.tinkuy", "c-voted.tinkuy", *NOW)
    return consulted


def archived(terminal: Terminal, *roles: str, code: int = 0) -> dict:
    """What `tinkuy verify` says of the archive of a federation sealed by these roles."""
    terminal.desk("fed", "federation", "close", "--at", "2026-03-09T10:00:00Z")
    chosen = [word for role in roles for word in ("--role", role)]
    terminal.desk("fed", "seal", *chosen, *OFFICERS)
    terminal.desk("fed", "federation", "archive", "consulta.tinkuy")
    return json.loads(terminal.run("verify", "consulta.tinkuy", "--json", code=code))


def test_a_sheet_under_one_signature_is_received_as_held(received):
    said = json.loads(received.run("receive", "fed", "sheet.tinkuy", "--json", *NOW, code=1))
    assert (said[0]["unit"], said[0]["state"]) == ("A", "observed")
    assert "provisional: chair did not sign" in said[0]["checks"][0]["difference"]


def test_a_sheet_under_one_signature_adds_to_no_sum_and_its_archive_says_so(received):
    received.run("receive", "fed", "sheet.tinkuy", *NOW, code=1)
    verified = archived(received)
    assert verified["totals"]["options"] == COUNTED
    assert (verified["coverage"]["counted"], verified["coverage"]["held"]) == (2, 1)
    assert verified["sound"]  # it is no breach that people have still to sign


def test_a_sheet_under_one_signature_is_shown_on_the_site_and_not_counted(received):
    received.run("receive", "fed", "sheet.tinkuy", *NOW, code=1)
    archived(received)
    received.run("rebuild", "fed")
    received.run("publish", "fed", "--out", "site")
    (page,) = Path("site/en/consultation").glob("*/data.json")
    assert json.loads(page.read_text(encoding="utf-8"))["node"]["totals"]["options"] == COUNTED
    (sheet,) = Path("site/en/consultation").glob("*/sheet/A/data.json")
    assert json.loads(sheet.read_text(encoding="utf-8"))["sheet"]["state"] == "observed"
    (held,) = Path("site/en/consultation").glob("*/held/data.json")
    assert [one["code"] for one in json.loads(held.read_text(encoding="utf-8"))["sheets"]] == ["A"]


def test_a_provisional_continuation_takes_no_sealed_copys_place(received):
    said = received.run("receive", "fed", "half.tinkuy", *NOW, code=2)
    assert "this continuation is not (chair did not sign)" in said
    coverage = archived(received)["coverage"]
    assert (coverage["counted"], coverage["held"]) == (2, 0)


def test_an_archive_whose_own_federation_signed_by_half_is_not_sound(received):
    verified = archived(received, "secretary", code=1)
    assert not verified["sound"]
    assert "the book is provisional: chair did not sign" in json.dumps(verified, ensure_ascii=False)


def test_a_provisional_book_enters_no_federation_and_goes_on_to_no_recovery(consulted):
    consulted.desk("a", "keys", "apart", "secretary", "secretary.next.json", *OFFICERS)
    consulted.desk("a", "record", "member.left", "member=m9")
    consulted.sealed("a", "half.tinkuy", "secretary")
    assert "provisional" in consulted.run("receive", "fed", "half.tinkuy", *NOW, code=2) + consulted.desk(
        "fed", "federation", "affiliate", "half.tinkuy", "--code", "Z", "--under", "2101", code=2
    )
    consulted.desk("new", "import", "half.tinkuy")
    given = ("keys", "recover", "secretary", "--next", "secretary=secretary.next.json", "--reason", "robo", *OFFICERS)
    said = consulted.desk("new", *given, code=2)
    assert "the whole board has not sealed them" in said
    assert consulted.desk("new", "keys", "show").count("no key here") == 2
