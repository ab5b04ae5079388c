"""The main job at the terminal: bases vote in their books, a federation adds up, anybody recomputes (federation.md)."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import apsw
import pytest

from tests.desk.terminal import OFFICERS, WORDS, Terminal, figures
from tinkuy.book.package import Package
from tinkuy.desk import roll as rolls

LATE = ("--at", "2026-03-04T10:00:00Z")


def test_the_sheets_of_three_bases_add_up_to_the_verdict_that_the_archive_proves(consulted):
    said = consulted.run("receive", "fed", "c-voted.tinkuy", "a-voted.tinkuy", "b-voted.tinkuy", *LATE)
    assert "Received 3, observed 0, late 0" in said
    consulted.finish()
    verified = json.loads(consulted.run("verify", "consulta.tinkuy", "--json"))
    # Added by hand from the three papers: 20+12+30, 5+18+10, 1+2+3; blank 2+1+2, null 1+0+1; 29+33+46 papers.
    assert verified["totals"] == {
        "eligible": 120,
        "cast": 108,
        "options": {"A favor": 62, "En contra": 33, "Abstención": 6},
        "blank": 5,
        "null": 2,
        "challenged": 0,
    }
    assert verified["sound"]
    assert verified["passed"]  # 62 of 101 valid votes
    assert verified["report"]["state"] == "certified"
    assert verified["coverage"]["counted"] == 3


def test_returns_in_another_order_and_twice_over_give_the_same_verdict(consulted):
    for files in (("b-voted.tinkuy", "b-voted.tinkuy"), ("a.tinkuy", "c-voted.tinkuy"), ("a-voted.tinkuy", "b.tinkuy")):
        consulted.run("receive", "fed", *files, *LATE)
    consulted.run("receive", "fed", "c-voted.tinkuy", "a-voted.tinkuy", *LATE)
    consulted.finish()
    verified = json.loads(consulted.run("verify", "consulta.tinkuy", "--json"))
    assert verified["totals"]["options"] == {"A favor": 62, "En contra": 33, "Abstención": 6}


def test_a_file_received_before_changes_nothing(consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)
    before = consulted.state("fed")["acts"]
    said = consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)
    assert "nothing new" in said
    assert consulted.state("fed")["acts"] == before


def test_an_older_copy_of_a_book_adds_nothing_and_takes_nothing_away(consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)
    assert "nothing new" in consulted.run("receive", "fed", "a.tinkuy", *LATE)
    consulted.run("receive", "fed", "b-voted.tinkuy", "c-voted.tinkuy", *LATE)
    consulted.finish()
    consulted.run("verify", "consulta.tinkuy")


def test_a_damaged_file_is_refused_by_name_and_the_good_ones_are_taken_in(consulted):
    whole = Path("b-voted.tinkuy").read_bytes()
    middle = len(whole) // 2
    Path("hurt.tinkuy").write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    Path("cut.tinkuy").write_bytes(whole[:100])
    Path("other.tinkuy").write_text("not a package at all", encoding="utf-8")
    files = ("hurt.tinkuy", "a-voted.tinkuy", "cut.tinkuy", "missing.tinkuy", "other.tinkuy", "c-voted.tinkuy")
    told = json.loads(consulted.run("receive", "fed", *files, "--json", *LATE, code=2))
    assert {one["file"] for one in told if "refused" in one} == {
        "hurt.tinkuy",
        "cut.tinkuy",
        "missing.tinkuy",
        "other.tinkuy",
    }
    assert [one["unit"] for one in told if one.get("state") == "normal"] == ["A", "C"]


def test_a_continuation_that_the_chair_did_not_sign_is_not_kept_over_a_sealed_book(consulted):
    consulted.desk("a", "record", "member.left", "member=m9", "--at", "2026-03-04T09:00:00Z")
    consulted.sealed("a", "provisional.tinkuy", "secretary")
    assert "chair did not sign" in consulted.run("receive", "fed", "provisional.tinkuy", *LATE, code=2)
    consulted.sealed("a", "whole.tinkuy", "chair")
    assert "sheet received" in consulted.run("receive", "fed", "whole.tinkuy", *LATE)


def test_a_sheet_under_a_provisional_checkpoint_is_observed_by_check_7(consulted):
    consulted.desk("a", "record", "member.left", "member=m9", "--at", "2026-03-04T09:00:00Z")
    consulted.sealed("a", "provisional.tinkuy", "secretary")
    consulted.run("book", "prove", "provisional.tinkuy", "6", "--out", "sheet.tinkuy")
    told = json.loads(consulted.run("receive", "fed", "sheet.tinkuy", "--json", *LATE, code=1))
    assert told[0]["state"] == "observed"
    assert [(one["check"], one["difference"]) for one in told[0]["checks"]] == [
        (7, "the book is provisional: chair did not sign")
    ]


def test_a_second_sheet_after_the_first_was_received_holds_it(consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)
    boxes = [f"{name}={figure}" for name, figure in figures(30, 29, 2, 1).items()]
    held = ("--opened", "2026-03-03T15:00-05:00", "--closed", "2026-03-03T15:59-05:00", "--convened", "2026-02-20")
    given = ("--unit", "A", "--place", "Local", "--teller", "m1", "--teller", "m2", "--reason", "Se invirtieron")
    consulted.desk("a", "sheet", "votes=5,20,1", *boxes, *held, *given, "--at", "2026-03-04T09:00:00Z")
    consulted.sealed("a", "again.tinkuy")
    consulted.run("receive", "fed", "again.tinkuy", *LATE)  # linked, with its reason: nothing is hidden
    consulted.sealed("a", "again.tinkuy")
    assert "nothing new" in consulted.run("receive", "fed", "again.tinkuy", *LATE)


def test_a_forged_continuation_is_neither_kept_nor_imported(consulted):
    """Whoever can write a file but holds no key of the board changes no book."""
    consulted.found("thief", "Junta a", "neighbourhood", "pe-junta-vecinal")
    Path("forged.tinkuy").write_bytes(forged("a-voted.tinkuy", "thief"))
    before = consulted.state("a")
    assert "refused" in consulted.run("receive", "fed", "forged.tinkuy", *LATE, code=2)
    assert "no officer" in consulted.desk("a", "import", "forged.tinkuy", code=2)
    assert consulted.state("a") == before
    consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)


def forged(book: str, thief: str) -> bytes:
    """The book with one act more, under the signatures of keys that its board never had."""
    from tinkuy.assembly.act import written
    from tinkuy.assembly.register import Left
    from tinkuy.book import checkpoint, keys, tiles
    from tinkuy.book.entry import leaf_hash
    from tinkuy.book.merkle import root
    from tinkuy.book.package import write

    with Path(book).open("rb") as file:
        package = Package(file)
        read, bodies = tiles.read_book(package.get)
        others = {name: package.read(name) for name in package.names() if name.startswith("attachments/")}
    bodies.append(written(Left(member="m9", at="2026-03-05T20:00:00Z", by="secretary", n=len(bodies))))
    signers = {
        role: keys.unseal(Path(thief, "keys", f"{role}.json").read_text(encoding="ascii"), WORDS[role])
        for role in ("chair", "secretary")
    }
    note = checkpoint.sign(read.book_id, len(bodies), root([leaf_hash(body) for body in bodies]), signers)
    made = BytesIO()
    write(made, [*tiles.write(bodies, checkpoint.parse(note)), *others.items()])
    return made.getvalue()


def test_a_sheet_that_does_not_add_up_is_observed_with_the_difference_and_holds_the_result(terminal):
    for base in ("a", "b"):
        terminal.base(base, 40)
    terminal.federation("a", "b")
    terminal.vote("a", "20,5,1", figures(40, 26))
    terminal.vote("b", "14,16,0", figures(40, 30), sheet="24,16,0")
    for base in ("a", "b"):
        terminal.sealed(base, f"{base}-voted.tinkuy")
    said = terminal.run("receive", "fed", "a-voted.tinkuy", "b-voted.tinkuy", *LATE, code=1)
    assert re.search(r"check 1: .*24 \+ 16.*30", said)
    terminal.desk("fed", "federation", "close", "--at", "2026-03-09T10:00:00Z")
    terminal.desk("fed", "seal", *OFFICERS)
    certify = ("federation", "certify", "--at", "2026-03-10T10:00:00Z")
    assert "ask for 3/5" in terminal.desk("fed", *certify, code=2)
    resolve = ("federation", "resolve", "B", "votes=14,16,0", "--reason", "Cotejo con la copia de la personera")
    terminal.desk("fed", *resolve, "--at", "2026-03-09T12:00:00Z")
    assert "not sealed" in terminal.desk("fed", *certify, code=2)
    terminal.desk("fed", "seal", *OFFICERS)
    terminal.desk("fed", *certify)
    terminal.desk("fed", "seal", *OFFICERS)
    terminal.desk("fed", "federation", "archive", "consulta.tinkuy")
    verified = json.loads(terminal.run("verify", "consulta.tinkuy", "--json"))
    assert verified["totals"]["options"] == {"A favor": 34, "En contra": 21, "Abstención": 1}


def test_nothing_is_certified_while_held_sheets_could_turn_the_verdict(consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", "b-voted.tinkuy", "c-voted.tinkuy", *LATE)
    hold = ("federation", "observe", "C", "--reason", "Dos actas distintas", "--at", "2026-03-04T11:00:00Z")
    consulted.desk("fed", *hold)
    consulted.desk("fed", "federation", "close", "--at", "2026-03-09T10:00:00Z")
    consulted.desk("fed", "seal", *OFFICERS)
    before = consulted.state("fed")["acts"]
    said = consulted.desk("fed", "federation", "certify", "--at", "2026-03-10T10:00:00Z", code=2)
    assert "could turn the verdict" in said
    assert consulted.state("fed")["acts"] == before


def test_two_histories_of_one_book_are_a_fork_and_the_base_is_held(consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", *LATE)
    consulted.desk("elsewhere", "import", "a.tinkuy")
    Path("elsewhere/keys").mkdir()
    for file in Path("a/keys").iterdir():
        (Path("elsewhere/keys") / file.name).write_bytes(file.read_bytes())
    consulted.vote("elsewhere", "26,2,1", figures(30, 29))
    consulted.sealed("elsewhere", "second.tinkuy")
    assert "a fork" in consulted.run("receive", "fed", "second.tinkuy", *LATE, code=1)
    assert "fork" in consulted.run("receive", "fed", "second.tinkuy", *LATE, code=1)  # told again, recorded once
    consulted.desk("fed", "seal", *OFFICERS)
    consulted.desk("fed", "federation", "archive", "consulta.tinkuy")
    verified = json.loads(consulted.run("verify", "consulta.tinkuy", "--json"))
    assert verified["coverage"]["held"] == 1
    assert verified["sound"]


def test_a_late_sheet_is_received_as_late(consulted):
    said = consulted.run("receive", "fed", "a-voted.tinkuy", "--at", "2026-03-09T10:00:00Z", code=1)
    assert "late" in said


def test_a_sheet_with_its_proof_alone_is_received_like_a_book(consulted):
    consulted.run("book", "prove", "a-voted.tinkuy", "6", "--out", "sheet.tinkuy")
    told = json.loads(consulted.run("receive", "fed", "sheet.tinkuy", "--json", *LATE))
    assert (told[0]["unit"], told[0]["state"]) == ("A", "normal")


def test_a_book_of_nobody_is_refused(consulted):
    consulted.base("stranger", 20)
    said = consulted.run("receive", "fed", "stranger.tinkuy", *LATE, code=2)
    assert "affiliate it first" in said


def test_a_base_without_a_frozen_roll_is_named_and_may_be_left_out(terminal):
    terminal.base("a", 30)
    terminal.base("b", 30, frozen=False)
    terminal.found("fed", "Federación", "federation", "consulta-nacional")
    Path("tree.csv").write_text("code;name\n21;Puno\n", encoding="utf-8")
    terminal.desk("fed", "federation", "tree", "tree.csv", "--level", "region")
    codes = ("--code", "A", "--code", "B", "--under", "21")
    terminal.desk("fed", "federation", "affiliate", "a.tinkuy", "b.tinkuy", *codes)
    window = ("--opens", "2026-03-01T12:00:00Z", "--closes", "2026-03-08T12:00:00Z")
    terminal.desk("fed", "federation", "consult", "--question", "¿Paro?", *window)
    assert "frozen roll: B" in terminal.desk("fed", "federation", "lodge", code=2)
    assert "1 units, 30 persons" in terminal.desk("fed", "federation", "lodge", "--without", "B")


def test_no_secret_name_or_document_leaves_the_sealed_files(opened, consulted):
    consulted.run("receive", "fed", "a-voted.tinkuy", "b-voted.tinkuy", "c-voted.tinkuy", *LATE)
    consulted.finish()
    secrets = _secrets(consulted)
    assert len(secrets) > 3 * 120
    for name, data in _everything_outside(Path.cwd()):
        found = [secret for secret in secrets if secret in data]
        assert not found, f"{name} holds {found[0]!r}"
    printed = (opened / "printed.txt").read_text(encoding="utf-8") + "".join(consulted.said)
    assert [secret for secret in secrets if secret in printed.encode()] == []


def _secrets(terminal: Terminal) -> list[bytes]:
    """Names, documents, salts, passphrases and private keys of every desk here."""
    from tinkuy.book import keys

    secrets = [word.encode() for word in WORDS.values()]
    for folder in ("a", "b", "c"):
        for member in rolls.unseal(Path(folder, "roll.json").read_bytes(), WORDS["roll"]):
            secrets += [member.name.encode(), member.document.encode(), member.salt, member.salt.hex().encode()]
    for folder in ("a", "b", "c", "fed"):
        for file in Path(folder, "keys").iterdir():
            seed = keys.unseal(file.read_text(encoding="ascii"), WORDS[file.name.split(".")[0]]).seed
            secrets += [seed, seed.hex().encode()]
    return secrets


def _everything_outside(folder: Path):
    """Every file but the rolls as people brought them and the passphrases; packages and stores unpacked."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.suffix == ".csv" or file.name.startswith("pw.") or file.name == "printed.txt":
            continue
        data = file.read_bytes()
        yield str(file), data
        if file.suffix == ".tinkuy":
            package = Package(BytesIO(data))
            for name in package.names():
                yield f"{file}: {name}", package.read(name)
        if file.suffix == ".sqlite":
            for (body,) in apsw.Connection(str(file)).execute(
                "SELECT body FROM entry UNION ALL SELECT body FROM attachment"
            ):
                yield f"{file}: a row", bytes(body)


@pytest.mark.parametrize("name", ["keys", "roll.json"])
def test_what_is_secret_can_be_read_by_its_owner_alone(consulted, name):
    place = Path("a", name)
    files = list(place.iterdir()) if place.is_dir() else [place]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert Path("a/keys").stat().st_mode & 0o777 == 0o700
