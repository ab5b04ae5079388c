"""`tinkuy ballot` as people type it: one role a command, files from hand to hand, and nothing secret on the screen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ballot.conftest import Type
from tests.ballot.played import BLANK, RANKED, YES_NO, set_up
from tests.ballot.taken_apart import bound, taken_apart
from tinkuy.ballot import ballot, box
from tinkuy.ballot.question import Question

TEMPLATE = {
    "name": "Comité",
    "description": "",
    "questions": [
        {"answers": ["Sí", "No"], "blank": True, "min": 1, "max": 1, "question": "¿Paro?"},
        {"type": "NonHomomorphic", "value": {"answers": ["Ana", "Rosa"], "question": "Orden"}},
    ],
}


def test_an_election_is_held_with_files_alone(typed: Type) -> None:
    Path("voters.csv").write_text("Ana\nRosa\nLuz\n", encoding="utf-8")
    Path("template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    said = typed("credentials voters.csv --out committee")
    uuid = re.search(r"election (\w+)", said)
    assert uuid is not None
    for name in ("t1", "t2"):
        said += typed(f"key --out {name} --name {name}")
    keys = "--trustee t1/trustee.pubkey --trustee t2/trustee.pubkey --credentials committee/public_creds.json"
    said += typed(f"setup template.json {keys} --uuid {uuid[1]} --out e.bel")
    cards = [line.split(",")[2] for line in Path("committee/cards.csv").read_text().splitlines()]
    for number, (card, answers) in enumerate(zip(cards, ("1 1,2", "2 2,1", "blank 1,1"), strict=True)):
        first, second = answers.split()
        Path("card").write_text(card)
        vote = f"vote e.bel --credential-file card --answer {first} --answer {second} --out b{number}.json"
        said += typed(f"{vote} --opening o{number}.json")
    opened = typed("open e.bel b1.json o1.json")
    assert "¿Paro? No" in opened
    assert "Orden Ana 2, Rosa 1" in opened
    said += typed("box e.bel b0.json b1.json b2.json")
    assert "in the box already" in typed("box e.bel b0.json", code=2)
    Path("seen.bel").write_bytes(Path("e.bel").read_bytes())
    assert "not finished" in typed("verify e.bel --jobs 1")
    said += typed("tally e.bel --jobs 1")
    assert "shuffled before" in typed("decrypt e.bel --key t1/trustee.privkey --out no.json --jobs 1", code=2)
    said += typed("shuffle e.bel --out s1.json --jobs 1")
    said += typed("result e.bel --shuffle 1=s1.json")
    for name in ("t1", "t2"):
        said += typed(f"decrypt e.bel --key {name}/trustee.privkey --out {name}.share --jobs 1")
    said += typed("result e.bel --share 1=t1.share --share 2=t2.share")
    assert "3 rankings" in said
    assert "is sound: the result is that of the ballots in the box" in said
    found = json.loads(typed("verify e.bel --json --jobs 1 --since seen.bel"))
    assert found["state"] == "sound"
    assert found["result"][0] == [1, 1, 1]
    assert sorted(found["result"][1]) == [[1, 1], [1, 2], [2, 1]]
    secrets = [*cards, *(json.loads(Path(f"{name}/trustee.privkey").read_text()) for name in ("t1", "t2"))]
    secrets += [r for number in range(3) for _, r in json.loads(Path(f"o{number}.json").read_text())[0]]
    assert not [secret for secret in secrets if secret in said + opened]
    for private in ("committee/cards.csv", "t1/trustee.privkey", "o1.json"):
        assert Path(private).stat().st_mode & 0o077 == 0


def test_the_demonstration_plays_an_election_that_two_processes_verify(typed: Type) -> None:
    said = typed("demo --voters 12 --trustees 2of3 --out played --jobs 1")
    assert "it is what the demonstration's voters chose" in said
    file = next(Path("played").glob("*.bel"))
    assert "is sound" in typed(f"verify {file} --jobs 2")
    events = taken_apart(file.read_bytes())
    Path("forged.bel").write_bytes(bound([events[0], *events[2:]]))
    shown = typed("verify forged.bel --jobs 1", code=1)
    assert "is not the sum of the ballots in the box" in shown
    assert "is not sound" in shown
    assert "The log has 17 events, and had 18 before" in typed(f"verify forged.bel --since {file} --jobs 1", code=1)
    Path("cut.bel").write_bytes(file.read_bytes()[:-700])
    assert "ends within a record" in typed("verify cut.bel --jobs 1", code=1)


def test_what_a_power_cut_left_is_taken_away_and_said(typed: Type) -> None:
    one = set_up("Ed25519", voters=2)
    made = [ballot.prepare(one.election, card, [(1, 0)], os.urandom).data for card in one.cards]
    whole = one.data + box.Box(one.data).cast(made[0]).appended
    for name, data in zip(("a", "b"), made, strict=True):
        Path(name).write_bytes(data)
    for cut in (1, 600, len(whole) - len(one.data) - 1):
        Path("e.bel").write_bytes(whole[:-cut])
        assert "cut short" in typed("box e.bel b")
        assert Path("e.bel").read_bytes() == one.data + box.Box(one.data).cast(made[1]).appended
    Path("e.bel").write_bytes(whole[:2000] + b"x" + whole[2001:])
    before = Path("e.bel").read_bytes()
    assert "damaged" in typed("box e.bel b", code=2)
    assert Path("e.bel").read_bytes() == before


def test_what_is_no_archive_or_no_option_ends_in_one_line(typed: Type) -> None:
    Path("x.bel").write_bytes(b"hello")
    assert typed("verify x.bel", code=2).count("\n") == 1
    assert "2of3" in typed("demo --trustees 4of3 --out played", code=2)
    assert not Path("played").exists()
    assert "from 1 to" in typed("demo --voters 0 --out played", code=2)


def test_nothing_is_written_over(typed: Type) -> None:
    typed("key --out t1")
    before = Path("t1/trustee.privkey").read_bytes()
    assert "already" in typed("key --out t1", code=2)
    assert Path("t1/trustee.privkey").read_bytes() == before


@pytest.mark.parametrize(("language", "group"), [("en", ()), ("es", ()), ("es", ("rollup",))])
def test_the_list_of_roles_is_told_in_whole_sentences(language: str, group: tuple[str, ...]) -> None:
    """In a process of its own: help is written in the language in which the program begins."""
    program = "import sys; from tinkuy.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "--lang", language, "ballot", *group, "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    listed = shown.split("Órdenes:\n" if language == "es" else "Commands:\n")[1].splitlines()
    assert len(listed) >= 4
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


def test_a_voter_is_shown_the_questions_and_the_numbers_of_their_answers(typed: Type) -> None:
    several = Question(answers=("Ana", "Rosa"), min=0, max=2, question="¿Quiénes?")
    Path("e.bel").write_bytes(set_up("Ed25519", YES_NO, BLANK, several, RANKED).data)
    assert typed("questions e.bel").splitlines() == [
        "1. ¿Paro el 15 de marzo? (mark 1)",
        *("     1  Sí", "     2  No"),
        "2. ¿Quién? (mark from 1 to 2, or blank)",
        *("     1  A", "     2  B", "     3  C"),
        "3. ¿Quiénes? (mark from 0 to 2)",
        *("     1  Ana", "     2  Rosa"),
        "4. Orden (a number for each, as 2,1,3)",
        *("     1  Ana", "     2  Rosa", "     3  Luz"),
    ]


def test_trustees_shuffle_one_after_another(typed: Type) -> None:
    played = set_up("Ed25519", RANKED, voters=2)
    data = played.with_ballots([((1, 2, 3),), ((3, 2, 1),)])
    Path("e.bel").write_bytes(data)
    typed("tally e.bel --jobs 1")
    for number, more in ((1, " --more"), (2, "")):
        typed(f"shuffle e.bel --out {number}.json --jobs 1")
        typed(f"result e.bel --shuffle {number}={number}.json{more}")
    assert "Shuffle cannot come after EndShuffles" in typed("shuffle e.bel --out 3.json --jobs 1", code=2)
    kinds = [event.kind for event in taken_apart(Path("e.bel").read_bytes())]
    assert kinds[-3:] == ["Shuffle", "Shuffle", "EndShuffles"]
