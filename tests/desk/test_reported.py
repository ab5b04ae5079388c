"""A result told by short message at the federation's desk, before and after its signed sheet."""

from __future__ import annotations

import json

from tests.desk.terminal import Terminal
from tinkuy.assembly.vote import Count
from tinkuy.federation import sms

AT = ("--at", "2026-03-04T10:00:00Z")


def test_a_message_is_recorded_once_and_kept_apart_until_the_signed_sheet_agrees(consulted: Terminal) -> None:
    message = consulted.run("sms", "write", "a-voted.tinkuy").strip()
    assert len(message) <= 160
    assert "Reported, unsigned" in consulted.run("sms", "read", message)
    said = consulted.run("receive", "fed", "--sms", message, *AT)
    assert "A: reported, unsigned; it counts for nothing until the signed sheet comes" in said
    acts = consulted.state("fed")["acts"]
    consulted.run("receive", "fed", "--sms", f" {message.lower()} ", *AT)
    assert consulted.state("fed")["acts"] == acts
    assert "reported, unsigned" in consulted.run("sms", "list", "fed")
    consulted.run("receive", "fed", "a-voted.tinkuy", *AT)
    assert "the signed sheet agrees" in consulted.run("sms", "list", "fed")


def test_a_message_that_says_otherwise_stands_beside_the_signed_sheet(consulted: Terminal) -> None:
    told = json.loads(consulted.run("sms", "read", consulted.run("sms", "write", "b-voted.tinkuy").strip(), "--json"))
    votes = (told["votes"][0] + 1, *told["votes"][1:])
    boxes = {box: told[box] for box in sms.BOXES}
    other = sms.write(told["unit"], told["consultation"], Count(votes=votes, **boxes))
    consulted.run("receive", "fed", "b-voted.tinkuy", "--sms", other, *AT)
    [row] = json.loads(consulted.run("sms", "list", "fed", "--json"))
    assert row["signed_sheet"]
    assert row["differences"] == ["option 1: 13 told, 12 signed"]


def test_a_message_that_was_copied_wrong_or_is_for_another_consultation_is_refused(consulted: Terminal) -> None:
    message = consulted.run("sms", "write", "a-voted.tinkuy").strip()
    acts = consulted.state("fed")["acts"]
    assert "the check signs do not fit" in consulted.run("receive", "fed", "--sms", message.replace("29", "92"), code=2)
    elsewhere = sms.write("A", "zzzzzz", Count(votes=(1, 2, 3)))
    assert "no consultation that begins with zzzzzz" in consulted.run("receive", "fed", "--sms", elsewhere, code=2)
    assert "nothing was handed in" in consulted.run("receive", "fed", code=2)
    assert consulted.state("fed")["acts"] == acts
