"""The drill of a fork cannot rot: every command is typed as it stands, in the folder and on the day of its block.

A block opens with ```sh, the time, whose folder it is, and, where the command does not end with 0, how it ends.
"""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.desk.terminal import Terminal
from tests.desk.test_drills import DRILLS, places
from tests.desk.test_guides import Block, parse, typed

FENCE = re.compile(r"^```sh (\S+) (\S+)(?: ends-(\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("fork.md", "bifurcacion.md")
OTHER = ("fork-other.md", "bifurcacion-otra.md")  # from the assembly's choice on
CHOICE = "2026-03-07"
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


def played(terminal: Terminal, drill: list[tuple[Block, int]]) -> str:
    said = ""
    for block, code in drill:
        for command in block.commands():
            name = tuple(command[1:3])
            more = ["--at", block.mark] if name in TIMED else []
            more += ["--passphrase-file", "witness=pw.witness"] if name in ASKED else []
            folder = Path(block.reader).absolute()
            said += typed(Ending(terminal, code), folder, [*command, *more], block.mark)
    return said


@pytest.fixture
def scene(consulted) -> Terminal:
    """A base that has voted, an old copy of its laptop, its federation, a witness and an observer."""
    Path("pw.witness").write_text("la clave larga de la testigo\n", encoding="utf-8")
    shutil.move("a", "base")
    shutil.move("fed", "federation")
    shutil.copytree("base", "old-laptop")  # the backup that came back
    for name in ("witness", "observer"):
        Path(name).mkdir()
    places(consulted, "base", "old-laptop", "federation", "witness", "observer")
    return consulted


def ended(terminal: Terminal) -> str:
    """What everybody recomputes from the archive once the other bases have reported."""
    shutil.move("federation", "fed")
    terminal.run("receive", "fed", "b-voted.tinkuy", "c-voted.tinkuy", "--at", "2026-03-08T12:00:00Z")
    terminal.finish()
    return terminal.run("verify", "consulta.tinkuy")


@pytest.mark.parametrize("page", PAGES)
def test_a_fork_is_seen_proven_decided_by_the_assembly_and_ends(page, scene):
    said = played(scene, steps(page))
    assert "a second history of a book received before: a fork" in said
    assert "The fork is proven" in said
    written = [
        file.read_bytes() for name in ("federation", "witness") for file in Path(name).glob("forks/fork-*.tinkuy")
    ]
    assert written == [Path("usb/fork.tinkuy").read_bytes()] * 2, "whoever sees the fork writes the same evidence"
    report = ended(scene)
    assert "its assembly chose one of two histories of its book" in report
    assert "The archive is sound." in report
    assert "held" not in report.splitlines()[-1]
    scene.run("rebuild", "fed")  # evidence beside the desk's books is no archive
    assert scene.run("fork", "prove", "consulta.tinkuy", "--out", "again.tinkuy")


@pytest.mark.parametrize(("first", "page"), list(zip(PAGES, OTHER, strict=True)))
def test_a_base_that_keeps_the_history_which_the_federation_does_not_hold_counts_again(first, page, scene):
    played(scene, [(block, code) for block, code in steps(first) if block.mark < CHOICE])
    before = scene.state("federation")["acts"]
    said = played(scene, steps(page))
    assert "the store as it was is kept in" in said
    assert len(list(Path("federation").glob("books-before-*.sqlite"))) == 1
    assert scene.state("federation")["acts"] == before + 3, "resolved, annulled, received: the old history adds nothing"
    report = ended(scene)
    assert "its assembly chose one of two histories of its book" in report
    assert "The archive is sound." in report
    assert "held" not in report.splitlines()[-1]
    assert scene.run("fork", "prove", "consulta.tinkuy", "--out", "again.tinkuy")


def test_the_change_of_history_waits_for_other_programs_and_is_taken_up_where_it_stopped(scene):
    played(scene, [(block, code) for block, code in steps(PAGES[0]) if block.mark < CHOICE] + steps(OTHER[0])[:1])
    acts = scene.state("federation")["acts"]
    resolve = ("fork", "resolve", "usb/old-2.tinkuy", "--reason", "x", "--dir", "federation")
    with closing(apsw.Connection("federation/books.sqlite")) as site:
        assert site.execute("SELECT count(*) FROM entry").fetchall()
        assert "another program has federation/books.sqlite open" in scene.run(*resolve, code=2)
    assert sorted(file.name for file in Path("federation").glob("*books*")) == ["books.sqlite"]
    assert scene.state("federation")["acts"] == acts + 1
    scene.run(*resolve)
    assert scene.state("federation")["acts"] == acts + 1
    assert len(list(Path("federation").glob("books-before-*.sqlite"))) == 1
    assert "no fork of" in scene.run(*resolve, code=2)


@pytest.mark.parametrize("pages", [PAGES, OTHER])
def test_both_languages_drill_the_same_commands_in_the_same_places(pages):
    english, spanish = (steps(page) for page in pages)
    assert [(one.reader, one.mark, code) for one, code in english] == [
        (one.reader, one.mark, code) for one, code in spanish
    ]
    for (one, _), (other, _) in zip(english, spanish, strict=True):
        assert [command[:5] for command in one.commands() if "open" not in command] == [
            command[:5] for command in other.commands() if "open" not in command
        ]


@pytest.mark.parametrize("page", PAGES + OTHER)
def test_the_options_of_the_drill_are_those_of_the_commands(page):
    for block, _ in steps(page):
        for command in block.commands():
            parse(command[1:])
