"""A secretary takes a slip back before the book is sealed (assembly.md, "Undo"; web.md, the secretary's needs)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk.terminal import OFFICERS, Terminal, figures

SLIP = ("undo", "--yes", "--reason", "Se anotó mal")


@pytest.fixture
def desk(terminal) -> Terminal:
    """A base of six with a frozen roll, sealed: acts 0 to 3."""
    terminal.base("a", 6)
    return terminal


def test_the_act_is_shown_before_it_is_taken_back_and_nothing_happens_without_a_yes(desk):
    desk.desk("a", "record", "member.left", "member=m3", "--at", "2026-03-01T20:00:00Z")
    asked = ("undo", "--reason", "Fue m4 quien se fue")
    said = desk.desk("a", *asked, answers="n\n", code=2)
    assert "Act 4, by secretary: m3 leaves" in said
    assert "Take act 4 back?" in said
    assert "nothing was taken back" in said
    assert "--yes" in desk.desk("a", *asked, code=2)
    assert desk.state("a")["members"] == 5
    assert "Act 4 is taken back by act 5" in desk.desk("a", *asked, answers="y\n")
    assert desk.state("a")["members"] == 6


def test_the_history_shows_both(desk):
    desk.desk("a", "record", "member.left", "member=m3", "--at", "2026-03-01T20:00:00Z")
    desk.desk("a", *SLIP, "--at", "2026-03-01T20:05:00Z")
    lines = desk.desk("a", "history", "--from", "4").splitlines()
    assert lines == [
        "--     4  2026-03-01 20:00:00 UTC  secretary: m3 leaves (taken back by act 5)",
        "       5  2026-03-01 20:05:00 UTC  secretary: act 4 is taken back: Se anotó mal",
    ]
    assert [one["act"] for one in json.loads(desk.desk("a", "history", "--json"))][-1] == "act.withdrawn"
    desk.sealed("a", "a.tinkuy")
    assert lines[0] in desk.run("book", "show", "a.tinkuy")
    desk.run("book", "verify", "a.tinkuy")


def test_what_the_whole_board_has_sealed_is_not_taken_back_by_any_command(desk):
    assert "act 3 stands under a checkpoint of 4 acts" in desk.desk("a", *SLIP, code=2)
    given = ("record", "act.withdrawn", "of=3", "reason=x")
    assert "corrected by a later act" in desk.desk("a", *given, code=2)
    assert desk.state("a")["acts"] == 4


def test_what_one_officer_has_signed_is_still_taken_back(desk):
    """The chair, asked to sign, is who finds the slip."""
    desk.desk("a", "record", "member.left", "member=m3")
    desk.desk("a", "seal", "--role", "secretary", *OFFICERS)
    desk.desk("a", *SLIP)
    desk.sealed("a", "a.tinkuy")
    desk.run("book", "verify", "a.tinkuy")
    assert "act 3 stands under a checkpoint of 6 acts" in desk.desk("a", *SLIP, code=2)


def test_several_slips_are_taken_back_from_the_last_to_the_first(desk):
    for member in ("m3", "m4"):
        desk.desk("a", "record", "member.left", f"member={member}")
    for last in ("5", "4"):
        assert f"Act {last} is taken back" in desk.desk("a", *SLIP)
    assert desk.state("a")["members"] == 6


def test_a_slip_its_withdrawal_and_what_was_meant_are_recorded_together_or_not_at_all(desk):
    acts = [
        {"act": "member.left", "member": "m3"},
        {"act": "act.withdrawn", "of": 4, "reason": "era m4"},
        {"act": "member.left", "member": "m4"},
    ]
    Path("acts.json").write_text(json.dumps([*acts, {"act": "member.left", "member": "m4"}]))
    assert "m4 has left" in desk.desk("a", "record", "--json", "acts.json", code=2)
    assert desk.state("a")["acts"] == 4
    Path("acts.json").write_text(json.dumps(acts))
    desk.desk("a", "record", "--json", "acts.json")
    assert (desk.state("a")["acts"], desk.state("a")["members"]) == (7, 5)
    assert "m3 has left" not in desk.desk("a", "record", "member.suspended", "member=m3", "reason=deuda")


def test_a_list_enrolled_by_mistake_leaves_the_roll_with_those_who_belong(desk):
    roll = ("--passphrase-file", "roll=pw.roll")
    for file, name in (("wrong.csv", "Persona de otra junta"), ("right.csv", "Persona de esta junta")):
        Path(file).write_text(f"Nombre;DNI\n{name};D-{name[-5:]}{name[11]}\n", encoding="utf-8")
    desk.desk("a", "enrol", "wrong.csv", *roll)
    desk.desk("a", *SLIP)
    assert "m7 is not enrolled" in desk.desk("a", "slip", "m7", *roll, code=2)
    desk.desk("a", "enrol", "right.csv", *roll)
    assert "Persona de esta junta" in desk.desk("a", "slip", "m7", "--names", *roll)


def test_a_desk_with_nothing_that_may_be_taken_back_says_so(terminal):
    terminal.found("a", "Junta", "neighbourhood", "pe-junta-vecinal")
    assert "the last act of this book is one that stays" in terminal.desk("a", *SLIP, code=2)


def test_two_laptops_do_not_go_on_together_after_one_took_back_what_the_other_sealed(desk):
    desk.desk("a", "record", "member.left", "member=m3")
    desk.sealed("a", "half.tinkuy", "secretary")
    desk.desk("chair", "import", "half.tinkuy")
    Path("chair/keys").mkdir()
    Path("chair/keys/chair.json").write_bytes(Path("a/keys/chair.json").read_bytes())
    desk.sealed("chair", "whole.tinkuy", "chair")
    desk.desk("a", *SLIP)
    desk.sealed("a", "on.tinkuy", "secretary")
    for folder, file in (("chair", "on.tinkuy"), ("a", "whole.tinkuy")):
        said = desk.desk(folder, "import", file, code=2)
        assert "act 4 stands under a checkpoint of 5 acts" in said
        assert "imported in an empty folder" in said
    assert (desk.state("chair")["acts"], desk.state("a")["acts"]) == (5, 6)


def test_a_vote_counted_wrongly_is_counted_again_before_the_sheet_goes_out(consulted):
    """The net state is what is printed and handed in."""
    consulted.desk("a", "vote", "open", "--question", "¿Faena?", "--rule", "ordinary", "--at", "2026-03-04T20:00:00Z")
    counted = [f"{name}={figure}" for name, figure in figures(30, 29, 2, 1).items() if name != "eligible"]
    for votes in ("5,20,1", "20,5,1"):
        count = ("vote", "count", f"votes={votes}", *counted, "--teller", "m1", "--teller", "m2")
        consulted.desk("a", *count, "--at", "2026-03-04T21:00:00Z")
        if votes == "5,20,1":
            consulted.desk("a", *SLIP)
    assert "Carried" in consulted.desk("a", "vote", "declare", "--at", "2026-03-04T21:10:00Z")
    consulted.sealed("a", "a-again.tinkuy")
    consulted.run("book", "verify", "a-again.tinkuy")
