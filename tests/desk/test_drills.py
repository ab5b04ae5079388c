"""The drills cannot rot: every command is typed as it stands, in the folder and on the day that its block names.

A block opens with ```sh, the time, and whose folder it is.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.desk.terminal import OFFICERS, Terminal
from tests.desk.test_guides import Block, parse, typed
from tinkuy.assembly import seal
from tinkuy.desk.files import read_handed_in
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy

DRILLS = Path(__file__).parents[2] / "docs" / "drills"
FENCE = re.compile(r"^```sh (\S+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^```(\w+) example\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOST = ("lost-laptop.md", "portatil-perdido.md")
RECALL = ("recall.md", "revocatoria.md")


def steps(page: str) -> list[Block]:
    text = (DRILLS / page).read_text(encoding="utf-8")
    shown = len(FENCE.findall(text)) + len(EXAMPLE.findall(text))
    assert text.count("```") == 2 * shown, "a block that is neither tried nor an example"
    return [Block(place, "sh", at, text) for at, place, text in FENCE.findall(text)]


def examples(page: str) -> list[tuple[str, str]]:
    return EXAMPLE.findall((DRILLS / page).read_text(encoding="utf-8"))


def places(terminal: Terminal, *names: str) -> None:
    """Folders with the stick and the passphrases at hand."""
    Path("usb").mkdir()
    for name in names:
        Path(name).mkdir(exist_ok=True)
        Path(name, "usb").symlink_to(Path("usb").absolute())
        for words in Path().glob("pw.*"):
            Path(name, words.name).symlink_to(words.absolute())


def played(terminal: Terminal, blocks: list[Block]) -> str:
    return "".join(
        typed(terminal, Path(one.reader).absolute(), command, one.mark) for one in blocks for command in one.commands()
    )


def federated(terminal: Terminal, code: str) -> None:
    """The base in this folder, in a federation."""
    terminal.found("federation", "Federación", "federation", "consulta-nacional")
    Path("tree.csv").write_text("code,name,parent,level\n21,Puno,,region\n", encoding="utf-8")
    terminal.desk("federation", "federation", "tree", "tree.csv", "--at", "2026-01-13T20:00:00Z")
    given = ("affiliate", "base.tinkuy", "--code", code, "--under", "21", "--at", "2026-02-20T21:00:00Z")
    terminal.desk("federation", "federation", *given)


def whole(file: str) -> bool:
    held = read_handed_in(Path(file))
    assert isinstance(held.held, BookCopy)
    state = replay(held.held.bodies, held.attachments)
    assert state.breaches == []
    return seal.inspect(held.held.bodies, held.held.note, state).whole


@pytest.mark.parametrize("page", LOST)
def test_a_base_whose_laptop_was_lost_goes_on_and_its_federation_follows(page, terminal):
    terminal.base("base", 20)
    federated(terminal, "JV-01")
    places(terminal, "base", "federation", "new-laptop")
    drill = steps(page)
    lost = next(n for n, one in enumerate(drill) if one.reader == "new-laptop")
    said = played(terminal, drill[:lost])
    assert "the next one is kept apart" in said
    terminal.desk("base", "record", "member.left", "member=m3")  # what nobody else had is gone
    shutil.move("base", "thief")
    said = played(terminal, drill[lost:])
    assert "JV-01 has another board now" in said
    assert whole("usb/junta.tinkuy")
    kinds = [one["act"] for one in json.loads(terminal.run("book", "show", "usb/junta.tinkuy", "--json"))["entries"]]
    assert kinds[-1] == "board.recovered"
    assert "member.left" not in kinds
    _thief_gains_nothing(terminal)


def _thief_gains_nothing(terminal: Terminal) -> None:
    """Whoever has the lost laptop and even both passphrases makes a fork, and no counted act."""
    before = terminal.state("federation")
    for role in ("secretary", "chair"):
        said = terminal.desk("thief", "keys", "rotate", role, "--passphrase-file", f"{role}=pw.{role}", code=2)
        assert f"the next key of {role} is not in" in said
    words = [part for role in ("chair", "secretary") for part in ("--passphrase-file", f"{role}=pw.{role}")]
    terminal.desk("thief", "seal", "--role", "secretary", *words)
    terminal.desk("thief", "export", "stale.tinkuy")
    said = terminal.run("receive", "federation", "stale.tinkuy", code=2)
    assert "chair did not sign" in said
    terminal.desk("thief", "seal", *words)
    terminal.desk("thief", "export", "stale.tinkuy")
    said = terminal.run("receive", "federation", "stale.tinkuy", code=2)
    assert "two histories" in said
    assert "two histories" in terminal.desk("new-laptop", "import", "stale.tinkuy", code=2)
    assert terminal.state("federation") == before


@pytest.mark.parametrize("page", RECALL)
def test_members_and_the_body_above_recall_a_board_that_does_not_help(page, terminal):
    (statutes,) = [text for kind, text in examples(page) if kind == "toml"]
    given = terminal.run("statutes", "show", "pe-junta-vecinal")
    Path("own.toml").write_text(given + "\n" + statutes, encoding="utf-8")
    for member in ("m1", "m2"):
        Path(f"pw.{member}").write_text(f"la clave larga de {member}\n", encoding="utf-8")
    terminal.base("base", 6, statutes="own.toml")
    federated(terminal, "JV-01")
    named_parent(terminal)
    places(terminal, "base", "federation", "new-board")
    terminal.desk("base", "keys", "show")
    said = played(terminal, steps(page))
    assert "m1 has signed" in said
    assert "have countersigned" in said
    assert "JV-01 has another board now" in said
    assert whole("usb/junta.tinkuy")
    _recalled_board_gains_nothing(terminal)


def named_parent(terminal: Terminal) -> None:
    """The base votes on its affiliation and names the federation's officers, with the keys that they hold."""
    boxes = ("votes=6,0", "signed_in=6", "cast=6", "blank=0", "null=0", "challenged=0")
    options = ("--option", "Sí:for", "--option", "No:against")
    day = "2026-02-21T15:00:00Z"
    asked = ("vote", "open", "--question", "¿Nos afiliamos?", "--rule", "affiliation", *options)
    terminal.desk("base", *asked, "--method", "secret", "--at", day)
    terminal.desk("base", "vote", "count", *boxes, "--teller", "m1", "--teller", "m2", "--at", day)
    terminal.desk("base", "vote", "declare", "--at", day)
    terminal.desk("federation", "seal", *OFFICERS)
    terminal.desk("federation", "export", "federation.tinkuy")
    founding = json.loads(terminal.run("book", "show", "federation.tinkuy", "--json"))["entries"][0]
    act = {"act": "parent.named", "name": "Federación", "vote": 1, "board": founding["board"]}
    act["book"] = terminal.state("federation")["book"]
    Path("parent.json").write_text(json.dumps(act), encoding="utf-8")
    terminal.desk("base", "record", "--json", "parent.json", "--at", day)


def _recalled_board_gains_nothing(terminal: Terminal) -> None:
    """The old board goes on in its own copy; nobody takes it."""
    before = terminal.state("federation")
    terminal.desk("base", "record", "member.left", "member=m3", "--at", "2026-03-03T20:00:00Z")
    terminal.desk("base", "seal", *OFFICERS)
    terminal.desk("base", "export", "stale.tinkuy")
    assert "two histories" in terminal.run("receive", "federation", "stale.tinkuy", code=2)
    assert "two histories" in terminal.desk("base", "import", "usb/junta.tinkuy", code=2)
    assert terminal.state("federation") == before
    signed = ("recall", "record", "usb/recall.json")
    assert "and this is act" in terminal.desk("base", *signed, code=2)  # the same proof, at another place


def test_both_languages_drill_the_same_commands_in_the_same_places():
    for pages in (LOST, RECALL):
        english, spanish = (steps(page) for page in pages)
        assert [(one.reader, one.mark) for one in english] == [(one.reader, one.mark) for one in spanish]
        for one, other in zip(english, spanish, strict=True):
            assert [command[:5] for command in one.commands()] == [command[:5] for command in other.commands()]
        assert [kind for kind, _ in examples(pages[0])] == [kind for kind, _ in examples(pages[1])]


@pytest.mark.parametrize("page", [*LOST, *RECALL])
def test_the_options_of_a_drill_are_those_of_the_commands(page):
    for block in steps(page):
        for command in block.commands():
            parse(command[1:])
