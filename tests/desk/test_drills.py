"""The drills cannot rot: every command is typed as it stands, in the folder and on the day that its block names.

A block opens with ```sh, the time, and whose folder it is.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.desk.terminal import Terminal
from tests.desk.test_guides import Block, parse, typed
from tinkuy.assembly import seal
from tinkuy.desk.files import read_handed_in
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy

DRILLS = Path(__file__).parents[2] / "docs" / "drills"
FENCE = re.compile(r"^```sh (\S+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LOST = ("lost-laptop.md", "portatil-perdido.md")


def steps(page: str) -> list[Block]:
    text = (DRILLS / page).read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCE.findall(text)), "a block that nobody tries"
    return [Block(place, "sh", at, text) for at, place, text in FENCE.findall(text)]


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
    """A base with a frozen roll, in a federation."""
    terminal.base("base", 20)
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
    assert "board.tinkuy" not in kinds
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


def test_both_languages_drill_the_same_commands_in_the_same_places():
    english, spanish = (steps(page) for page in LOST)
    assert [(one.reader, one.mark) for one in english] == [(one.reader, one.mark) for one in spanish]
    for one, other in zip(english, spanish, strict=True):
        assert [command[:5] for command in one.commands()] == [command[:5] for command in other.commands()]


@pytest.mark.parametrize("page", LOST)
def test_the_options_of_a_drill_are_those_of_the_commands(page):
    for block in steps(page):
        for command in block.commands():
            parse(command[1:])
