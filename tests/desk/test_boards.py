"""A base changes its board; its federation follows, so that sheets with a proof alone are judged by the right keys.

Source: book.md, "Keys"; federation.md, check 7.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.assembly.boards import BY_MEMBERS, MEMBERS
from tests.builders import Book, refused
from tests.desk.terminal import OFFICERS, Terminal, figures
from tinkuy.assembly.board import BoardInstalled
from tinkuy.assembly.founding import AffiliationAccepted, Affiliations
from tinkuy.demo.bases import Keys
from tinkuy.desk import boards
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.federation.affiliation import AffiliationUpdated
from tinkuy.federation.consultation import Consultations, Drafted, Opened, UnitsFrozen
from tinkuy.federation.levels import TreeDefined
from tinkuy.federation.returns import Received
from tinkuy.store.sqlite import SqliteStore

NOW = ("--at", "2026-03-04T10:00:00Z")


@pytest.fixture
def rotated(consulted: Terminal) -> Terminal:
    """Base A with another secretary's key since it was affiliated, and its sheet with a proof by the new key."""
    consulted.desk("a", "rotate", "secretary", *OFFICERS)
    consulted.sealed("a", "a-now.tinkuy")
    consulted.run("book", "prove", "a-now.tinkuy", "6", "--out", "sheet.tinkuy")
    return consulted


def archived(terminal: Terminal) -> dict:
    terminal.desk("fed", "federation", "close", "--at", "2026-03-09T10:00:00Z")
    terminal.desk("fed", "seal", *OFFICERS)
    terminal.desk("fed", "federation", "archive", "consulta.tinkuy")
    return json.loads(terminal.run("verify", "consulta.tinkuy", "--json"))


def test_a_federation_that_has_not_heard_of_the_new_board_holds_its_sheet(rotated):
    said = json.loads(rotated.run("receive", "fed", "sheet.tinkuy", "--json", *NOW, code=1))
    assert said[0]["state"] == "observed"
    assert "secretary did not sign" in said[0]["checks"][0]["difference"]


def test_a_federation_that_received_the_books_new_board_takes_its_sheet_with_a_proof_alone(consulted):
    consulted.desk("b-new", "import", "b.tinkuy")  # before the vote
    shutil.copytree("b/keys", "b-new/keys")
    consulted.desk("b-new", "rotate", "secretary", *OFFICERS)
    consulted.sealed("b-new", "rotated.tinkuy")
    before = consulted.state("fed")["acts"]
    assert "B has another board now" in consulted.run("receive", "fed", "rotated.tinkuy", *NOW)
    assert "another board" not in consulted.run("receive", "fed", "rotated.tinkuy", *NOW)
    assert consulted.state("fed")["acts"] == before + 1
    consulted.vote("b-new", "12,18,2", figures(40, 33, 1, 0))
    consulted.sealed("b-new", "voted.tinkuy")
    consulted.run("book", "prove", "voted.tinkuy", str(consulted.state("b-new")["acts"] - 1), "--out", "sheet.tinkuy")
    said = json.loads(consulted.run("receive", "fed", "sheet.tinkuy", "--json", *NOW))
    assert (said[0]["unit"], said[0]["state"]) == ("B", "normal")
    verified = archived(consulted)
    assert verified["sound"]
    assert verified["totals"]["options"] == {"A favor": 12, "En contra": 18, "Abstención": 2}
    consulted.desk("fed", "export", "fed.tinkuy")
    entries = json.loads(consulted.run("book", "show", "fed.tinkuy", "--json"))["entries"]
    (noted,) = [one for one in entries if one["act"] == "affiliation.updated"]
    assert {one["role"]: one["key"] for one in noted["board"]} == consulted.state("b-new")["board"]


def federation() -> Book:
    """A federation of one base, with an open question for it."""
    book = Book(name="Federación").founded().record(TreeDefined(levels=("region",), nodes=(("21", "Puno", ""),)))
    board = Keys(1, "base").board()
    book.record(
        AffiliationAccepted(code="A", book="0" * 32, name="Base", body="community", under="21", board=board),
        Drafted(
            question="¿Paro?",
            options=book.question().options,
            rule="ordinary",
            opens="2026-03-01T00:00:00Z",
            closes="2026-03-08T00:00:00Z",
        ),
    )
    (name,) = book.state.room(Consultations).by_id
    return book.record(UnitsFrozen(consultation=name, units=(("A", "0" * 32, 30, "ab" * 32),)))


def updated(**changes: object) -> AffiliationUpdated:
    given = {"code": "A", "board": Keys(2, "base").board(), "size": 9, "root": "ab" * 32} | changes
    return AffiliationUpdated(**given)  # type: ignore[arg-type]


def test_a_sheet_that_comes_after_is_judged_by_the_new_board() -> None:
    book = federation().record(updated())
    state = book.state
    assert state.room(Affiliations).by_code["A"].board == Keys(2, "base").board()
    (consultation,) = state.room(Consultations).by_id.values()
    assert consultation.units["A"].affiliate.board == Keys(2, "base").board()


def test_a_sheet_that_came_before_stays_under_the_board_that_it_came_under() -> None:
    book = federation()
    (name,) = book.state.room(Consultations).by_id
    book.record(Opened(consultation=name, units=1, eligible=30))
    receipt = Received(consultation=name, unit="A", index=6, leaf="ab" * 32, size=7, root="cd" * 32, state="normal")
    book.record(receipt, updated())
    (consultation,) = book.state.room(Consultations).by_id.values()
    assert consultation.units["A"].affiliate.board == Keys(1, "base").board()
    assert book.state.room(Affiliations).by_code["A"].board == Keys(2, "base").board()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "Z"}, "no base has the code Z"),
        ({"board": Keys(1, "base").board()}, "this is the board that A has already"),
        ({"board": ()}, "a board has between 1 and 16 officers"),
        ({"size": 0}, "a board is taken from a checkpoint"),
        ({"root": "x"}, "a board is taken from a checkpoint"),
    ],
)
def test_a_new_board_is_of_a_base_and_from_a_checkpoint(changes, sentence) -> None:
    with refused(sentence):
        federation().record(updated(**changes))


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"book":1}', b"9" * 200_000])
def test_what_is_no_draft_and_no_seat_is_refused_by_name(data) -> None:
    with pytest.raises(DeskError, match=r"x\.json is not the draft of a recall"):
        boards.read_draft(data, "x.json")
    with pytest.raises(DeskError, match=r"x\.json is not the file of a seat"):
        boards.read_seat(data, "x.json")


def test_a_draft_is_the_same_after_a_journey_and_a_second_signature_takes_the_place_of_the_first() -> None:
    draft = boards.Draft("0" * 32, 3, "ab" * 32, Keys(5, "mesa").board(), "No convoca")
    signed = draft.by_member("m1", MEMBERS.key("m1")).by_parent("chair", MEMBERS.key("chair"))
    assert boards.read_draft(signed.written(), "x.json") == signed
    assert signed.by_member("m1", MEMBERS.key("m1")) == signed
    assert signed.statement() == draft.statement()


def test_a_recall_of_another_body_is_not_recorded_here(terminal):
    Path("own.toml").write_bytes(BY_MEMBERS)
    for base in ("a", "b"):
        terminal.base(base, 6, statutes="own.toml")
    for role in ("chair", "secretary"):
        terminal.desk("new", "keys", "make", role, "--seat", f"{role}.seat", *OFFICERS)
    seats = ("--seat", "chair.seat", "--seat", "secretary.seat")
    terminal.desk("a", "recall", "draft", "recall.json", *seats, "--reason", "No convoca")
    assert "is the recall of another body" in terminal.desk("b", "recall", "record", "recall.json", code=2)
    assert "nobody has signed the recall" in terminal.desk("a", "recall", "record", "recall.json", code=2)


def test_a_phrase_on_paper_takes_the_key_away_only_when_it_was_copied_right(terminal):
    terminal.base("a", 6)
    key = ("keys", "paper", "secretary", *OFFICERS)
    Path("copied").write_text("0" * 56, encoding="utf-8")
    said = terminal.desk("a", *key, "--phrase", "secretary=copied", code=2)
    lines = [line.strip() for line in said.splitlines() if line.startswith("    ")]
    assert terminal.desk("a", "keys", "show").count("beside it") == 2
    Path("copied").write_text("\n".join(lines).lower(), encoding="utf-8")
    terminal.desk("a", *key, "--phrase", "secretary=copied")
    assert terminal.desk("a", "keys", "show").count("beside it") == 1
    terminal.desk("a", "keys", "rotate", "secretary", "--phrase", "secretary=copied", *OFFICERS)
    terminal.sealed("a", "after.tinkuy")
    assert "The book is sound" in terminal.run("book", "verify", "after.tinkuy")


def test_a_members_key_is_theirs_and_is_replaced_with_it_alone(terminal):
    terminal.base("a", 6)
    Path("pw.m1").write_text("la clave de justina\n", encoding="utf-8")
    given = ("--passphrase-file", "m1=pw.m1")
    terminal.desk("a", "keys", "member", "m1", "--to", "m1.json", *given)
    assert Path("m1.json").stat().st_mode & 0o777 == 0o600
    assert "never written over" in terminal.desk("a", "keys", "member", "m1", "--to", "m1.json", *given, code=2)
    said = terminal.desk("a", "keys", "member", "m1", "--to", "m1-b.json", *given, code=2)
    assert "give its file with --former" in said
    terminal.desk("a", "keys", "member", "m1", "--to", "m1-b.json", "--former", "m1.json", *given)
    refused_ = terminal.desk("a", "keys", "member", "m1", "--to", "c.json", "--former", "m1.json", *given, code=2)
    assert "another takes the signature of that one" in refused_
    assert not Path("c.json").exists()
    assert "m7 is not enrolled" in terminal.desk("a", "keys", "member", "m7", "--to", "m7.json", *given, code=2)


def test_old_keys_that_seal_on_after_a_recovery_make_a_fork_and_no_counted_sheet(consulted):
    """Base A lost its laptop after it voted there; whoever has it, with both passphrases, hands the sheet in."""
    for role in ("chair", "secretary"):
        shutil.move(f"a/keys/{role}.next.json", f"{role}.next.json")
    consulted.desk("a-new", "import", "a.tinkuy")
    kept = [word for role in ("chair", "secretary") for word in ("--next", f"{role}={role}.next.json")]
    given = ("keys", "recover", "chair", "secretary", *kept, "--reason", "Robo", *OFFICERS)
    consulted.desk("a-new", *given, "--at", "2026-03-04T09:00:00Z")
    consulted.sealed("a-new", "recovered.tinkuy")
    assert "A has another board now" in consulted.run("receive", "fed", "recovered.tinkuy", *NOW)
    assert "a fork" in consulted.run("receive", "fed", "a-voted.tinkuy", *NOW, code=1)
    consulted.run("receive", "fed", "b-voted.tinkuy", "c-voted.tinkuy", *NOW)
    verified = archived(consulted)
    assert verified["totals"]["options"] == {"A favor": 42, "En contra": 28, "Abstención": 5}  # of B and C alone
    assert verified["sound"]


def test_a_new_board_is_taken_from_a_sealed_book_alone() -> None:
    """What one officer of the base signed says nothing to the federation about who sits on its board."""
    base = Book().ready()
    desk = Desk(SqliteStore(Path(":memory:")))
    desk.attach(base.statutes)
    federation = desk.found(base.founding(name="Federación"), at="2026-01-01T20:00:00Z", by="chair")
    given = {"code": "A", "book": base.state.id, "name": "Base", "body": "community", "under": "21"}
    accepted = AffiliationAccepted(**given, board=base.keys.board())
    desk.record(federation, accepted, at="2026-01-02T20:00:00Z", by="secretary")
    base.record(BoardInstalled(board=(base.keys.officer("secretary", 1),), reason="rotation"))
    desk.take(base.seal("chair", generation={"secretary": 1}))
    assert list(boards.updates(desk, federation, ["A", "Z"])) == []
    desk.take(base.seal(generation={"secretary": 1}))
    (act,) = boards.updates(desk, federation, ["A"])
    assert {officer.role: officer for officer in act.board} == {
        "chair": base.keys.officer("chair"),
        "secretary": base.keys.officer("secretary", 1),
    }
    assert act.size == len(base.bodies)


def test_a_recovery_that_is_refused_leaves_no_key_behind(terminal):
    terminal.base("a", 6)
    for role in ("chair", "secretary"):
        shutil.move(f"a/keys/{role}.next.json", f"{role}.next.json")
    terminal.desk("new", "import", "a.tinkuy")
    kept = ("--next", "secretary=secretary.next.json", "--next", "chair=chair.next.json")
    recover = ("keys", "recover", "secretary", "chair", *kept)
    assert "a recovery takes a reason" in terminal.desk("new", *recover, "--reason", " ", *OFFICERS, code=2)
    assert list(Path("new/keys").glob("*")) == []
    Path("pw.wrong").write_text("otra cosa distinta\n", encoding="utf-8")
    words = ("--passphrase-file", "secretary=pw.secretary", "--passphrase-file", "chair=pw.wrong")
    assert "passphrase does not open" in terminal.desk("new", *recover, "--reason", "Robo", *words, code=2)
    other = ("--next", "secretary=chair.next.json", "--passphrase-file", "secretary=pw.chair", "--reason", "Robo")
    said = terminal.desk("new", "keys", "recover", "secretary", *other, code=2)
    assert "not the key that the book has committed to" in said
    assert list(Path("new/keys").glob("*")) == []
    terminal.desk("new", *recover, "--reason", "Robo", *OFFICERS)


def test_a_refused_rotation_takes_no_key_away_that_the_book_has_committed_to(terminal):
    """Here the rotation before it was recorded, and the power failed between the names of its files."""
    terminal.base("a", 6)
    terminal.desk("a", "rotate", "secretary", *OFFICERS)
    shutil.move("a/keys/secretary.next.json", "a/keys/secretary.after.json")
    assert "holds no seat" in terminal.desk("a", "rotate", "secretary", "--by", "nobody", *OFFICERS, code=2)
    terminal.desk("a", "rotate", "secretary", *OFFICERS)
    terminal.sealed("a", "after.tinkuy")
    assert "The book is sound" in terminal.run("book", "verify", "after.tinkuy")
