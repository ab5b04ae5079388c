"""The drill of a fork cannot rot: every command is typed as it stands, in the folder and on the day of its block.

A block opens with ```sh, the time, whose folder it is, and, where the command does not end with 0, how it ends.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.desk.terminal import Terminal
from tests.desk.test_drills import DRILLS, places
from tests.desk.test_guides import Block, parse, typed

FENCE = re.compile(r"^```sh (\S+) (\S+)(?: ends-(\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("fork.md", "bifurcacion.md")
TIMED = {("fork", "choose"), ("fork", "resolve"), ("witness", "add-checkpoint")}
ASKED = {("witness", "key"), ("witness", "add-checkpoint")}


class Ending(Terminal):
    """The same terminal, at which a command ends in this way."""

    def __init__(self, terminal: Terminal, code: int) -> None:
        self.said, self.code = terminal.said, code

    def run(self, *words: str, code: int = 0, answers: str = "") -> str:
        return super().run(*words, code=self.code, answers=answers)


def steps(page: str) -> list[tuple[Block, int]]:
    text = (DRILLS / page).read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(FENCE.findall(text)), "a block that nobody tries"
    return [(Block(place, "sh", at, block), int(code or 0)) for at, place, code, block in FENCE.findall(text)]


def played(terminal: Terminal, page: str) -> str:
    said = ""
    for block, code in steps(page):
        for command in block.commands():
            name = tuple(command[1:3])
            more = ["--at", block.mark] if name in TIMED else []
            more += ["--passphrase-file", "witness=pw.witness"] if name in ASKED else []
            folder = Path(block.reader).absolute()
            said += typed(Ending(terminal, code), folder, [*command, *more], block.mark)
    return said


@pytest.mark.parametrize("page", PAGES)
def test_a_fork_is_seen_proven_decided_by_the_assembly_and_ends(page, consulted):
    Path("pw.witness").write_text("la clave larga de la testigo\n", encoding="utf-8")
    shutil.move("a", "base")
    shutil.move("fed", "federation")
    shutil.copytree("base", "old-laptop")  # the backup that came back
    for name in ("witness", "observer"):
        Path(name).mkdir()
    places(consulted, "base", "old-laptop", "federation", "witness", "observer")
    said = played(consulted, page)
    assert "a second history of a book received before: a fork" in said
    assert "The fork is proven" in said
    written = [
        file.read_bytes() for name in ("federation", "witness") for file in Path(name).glob("forks/fork-*.tinkuy")
    ]
    assert written == [Path("usb/fork.tinkuy").read_bytes()] * 2, "whoever sees the fork writes the same evidence"
    shutil.move("federation", "fed")
    consulted.run("receive", "fed", "b-voted.tinkuy", "c-voted.tinkuy", "--at", "2026-03-08T12:00:00Z")
    consulted.finish()
    report = consulted.run("verify", "consulta.tinkuy")
    assert "its assembly chose one of two histories of its book" in report
    assert "The archive is sound." in report
    assert "held" not in report.splitlines()[-1]
    consulted.run("rebuild", "fed")  # evidence beside the desk's books is no archive
    assert consulted.run("fork", "prove", "consulta.tinkuy", "--out", "again.tinkuy")


def test_both_languages_drill_the_same_commands_in_the_same_places():
    english, spanish = (steps(page) for page in PAGES)
    assert [(one.reader, one.mark, code) for one, code in english] == [
        (one.reader, one.mark, code) for one, code in spanish
    ]
    for (one, _), (other, _) in zip(english, spanish, strict=True):
        assert [command[:5] for command in one.commands() if "open" not in command] == [
            command[:5] for command in other.commands() if "open" not in command
        ]


@pytest.mark.parametrize("page", PAGES)
def test_the_options_of_the_drill_are_those_of_the_commands(page):
    for block, _ in steps(page):
        for command in block.commands():
            parse(command[1:])
