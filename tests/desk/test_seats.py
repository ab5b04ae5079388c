"""Bases vote for lists, the federation shares seats by D'Hondt, and whoever verifies shares them again."""

from __future__ import annotations

import json

from tests.desk.terminal import OFFICERS, Terminal, figures

LISTS = ("--option", "Unidad:choice", "--option", "Agua:choice", "--option", "Tierra:choice")
WINDOW = ("--opens", "2026-03-01T07:00-05:00", "--closes", "2026-03-08T18:59:59-05:00")


def consulted(terminal: Terminal, seats: str, *votes: str) -> Terminal:
    """Bases that voted for lists, two of sixty and then one of ten, handed in, closed and sealed; not certified."""
    bases = "abc"[: len(votes)]
    for base in bases:
        terminal.base(base, 10 if base == "c" else 60)
    terminal.federation(*bases)
    question = ("--question", "¿Qué lista?", *LISTS, *WINDOW, "--seats", seats, "--seats-by", "dhondt")
    terminal.desk("fed", "federation", "consult", *question, "--at", "2026-02-24T21:00:00Z")
    name = list(terminal.state("fed")["consultations"])[-1]
    named = ("--consultation", name)
    terminal.desk("fed", "federation", "lodge", *named, "--at", "2026-02-25T20:00:00Z")
    terminal.desk("fed", "federation", "open", *named, "--at", "2026-02-25T21:00:00Z")
    terminal.sealed("fed", "federation.tinkuy")
    for base, cast in zip(bases, votes, strict=True):
        voted(terminal, base, cast, name)
    files = [f"{base}-voted.tinkuy" for base in bases]
    terminal.run("receive", "fed", *files, *named, "--at", "2026-03-05T20:00:00Z", code=int(len(votes) > 2))
    terminal.desk("fed", "federation", "close", *named, "--at", "2026-03-09T10:00:00Z")
    terminal.desk("fed", "seal", *OFFICERS)
    return terminal


def voted(terminal: Terminal, base: str, votes: str, name: str) -> None:
    total = sum(map(int, votes.split(",")))
    boxes = [f"{box}={figure}" for box, figure in figures(10 if base == "c" else 60, total).items()]
    counted = [one for one in boxes if not one.startswith("eligible")]
    asked = ("--from", "federation.tinkuy", "--consultation", name)
    tellers = ("--teller", "m1", "--teller", "m2")
    terminal.desk(base, "vote", "open", *asked, "--at", "2026-03-03T20:00:00Z")
    terminal.desk(base, "vote", "count", f"votes={votes}", *counted, *tellers, "--at", "2026-03-03T21:00:00Z")
    held = ("--opened", "2026-03-03T15:00-05:00", "--closed", "2026-03-03T15:59-05:00")
    where = ("--convened", "2026-02-20", "--place", "Local comunal", "--at", "2026-03-03T21:20:00Z")
    terminal.desk(base, "sheet", *asked, f"votes={votes}", *boxes, *tellers, *held, *where)
    terminal.sealed(base, f"{base}-voted.tinkuy")


def archived(terminal: Terminal) -> None:
    terminal.desk("fed", "seal", *OFFICERS)
    name = list(terminal.state("fed")["consultations"])[-1]
    terminal.desk("fed", "federation", "archive", "lists.tinkuy", "--consultation", name)


def test_seats_are_certified_as_the_sheets_give_them_and_verified_again(terminal):
    consulted(terminal, "6", "31,13,6", "30,10,10")
    said = terminal.desk("fed", "federation", "certify", *named(terminal), "--at", "2026-03-10T10:00:00Z")
    assert "Unidad: 4 seats\nAgua: 1 seats\nTierra: 1 seats" in said
    archived(terminal)
    shown = terminal.run("verify", "lists.tinkuy")
    assert "=  Seats by dhondt: Unidad 4, Agua 1, Tierra 1; the figure that decides is 15.25." in shown
    report = json.loads(terminal.run("verify", "lists.tinkuy", "--json"))["report"]
    assert report["seats"]["won"] == {"Unidad": 4, "Agua": 1, "Tierra": 1}
    assert report["seats"]["figure"] == "15.25"


def test_seats_that_the_sheets_do_not_give_are_a_breach(terminal):
    consulted(terminal, "6", "31,13,6", "30,10,10")
    _, name = named(terminal)
    claim = ("passed=true", "units=2", "cast=100", "votes=[61,23,16]", "seats=[3,2,1]")
    terminal.desk("fed", "record", "consultation.certified", f"consultation={name}", *claim)
    archived(terminal)
    shown = terminal.run("verify", "lists.tinkuy", code=1)
    assert "certified with the seats 3, 2, 1; by the sheets: Seats by dhondt: Unidad 4, Agua 1, Tierra 1" in " ".join(
        shown.split()
    )


def test_a_seat_that_is_tied_waits_for_the_lot_and_whoever_verifies_uses_the_same(terminal):
    consulted(terminal, "3", "30,10,10", "10,30,10")
    words = ("fed", "federation", "certify", *named(terminal), "--at", "2026-03-10T10:00:00Z")
    said = terminal.desk(*words, code=2)
    assert "Agua, Tierra, Unidad are tied for a seat: draw all lists and give the order with --drawn" in said
    assert "draw all lists and give the order" in terminal.desk(*words, "--drawn", "Agua", code=2)
    drawn = [word for name in ("Tierra", "Agua", "Unidad") for word in ("--drawn", name)]
    assert "Unidad: 1 seats\nAgua: 1 seats\nTierra: 1 seats" in terminal.desk(*words, *drawn)
    archived(terminal)
    assert "Seats by dhondt: Unidad 1, Agua 1, Tierra 1" in terminal.run("verify", "lists.tinkuy")


def test_seats_wait_for_a_held_sheet_that_could_not_turn_the_verdict(terminal):
    """Four of ten are no quorum: the sheet is held, and a few votes can move a seat."""
    consulted(terminal, "6", "50,5,4", "50,5,4", "2,1,1")
    words = ("fed", "federation", "certify", *named(terminal), "--at", "2026-03-10T10:00:00Z")
    assert "1 sheets are held, and could move a seat: resolve them first" in terminal.desk(*words, code=2)


def test_nothing_is_drawn_where_no_seat_is_tied(terminal):
    consulted(terminal, "2", "30,10,10", "10,30,10")
    words = ("fed", "federation", "certify", *named(terminal), "--at", "2026-03-10T10:00:00Z")
    drawn = [word for name in ("Tierra", "Agua", "Unidad") for word in ("--drawn", name)]
    assert "no seats are tied: there is nothing to draw" in terminal.desk(*words, *drawn, code=2)


def test_a_consultation_without_lists_has_no_seats(terminal):
    terminal.base("a", 60)
    terminal.federation("a")
    terminal.vote("a", "30,5,1", figures(60, 36))
    terminal.sealed("a", "a-voted.tinkuy")
    terminal.run("receive", "fed", "a-voted.tinkuy", "--at", "2026-03-05T20:00:00Z")
    terminal.finish()
    assert "seats" not in json.loads(terminal.run("verify", "consulta.tinkuy", "--json"))["report"]


def named(terminal: Terminal) -> tuple[str, str]:
    """The option that names the newest consultation."""
    return ("--consultation", list(terminal.state("fed")["consultations"])[-1])
