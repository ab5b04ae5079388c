"""The guides cannot rot: every command in them runs, in the order of its day, in an empty folder.

A block opens with ```sh and the time at which it happens; ```csv and a name is a file that the reader makes. A block
marked `example` stands for another day or another laptop: its commands are read against the real options.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from tests.desk.terminal import Terminal
from tinkuy.cli import main

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
FENCE = re.compile(r"^```(sh|csv) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = ("es", "en")
READERS = ("secretary", "organiser", "observer", "member")
PASSPHRASES = {"found", "seal", "rotate", "enrol", "slip", "apart", "recover", "make", "member", "sign", "countersign"}
TIMED = {"found", "enrol", "publish", "freeze", "open", "count", "declare", "sheet", "record", "rotate", "tree"} | {
    "recover",
    "member",
    "affiliate",
    "consult",
    "lodge",
    "close",
    "certify",
    "receive",
    "undo",
    "call",
    "file",
    "proclaim",
    "swear",
}

GROUPS = ("desk", "election", "federation", "keys", "recall", "roll", "vote")


@dataclass(frozen=True)
class Block:
    reader: str
    kind: str
    mark: str
    text: str

    def commands(self) -> list[list[str]]:
        lines = self.text.replace("\\\n", " ").splitlines()
        return [shlex.split(line) for line in lines if line.strip()]


def blocks(language: str) -> list[Block]:
    found = []
    for reader in READERS:
        text = (GUIDES / language / f"{reader}.md").read_text(encoding="utf-8")
        found += [Block(reader, *match.groups()) for match in FENCE.finditer(text)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_of_a_guide_is_one_that_is_tried(language):
    for reader in READERS:
        text = (GUIDES / language / f"{reader}.md").read_text(encoding="utf-8")
        assert text.count("```") == 2 * len(FENCE.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guides_lead_from_the_founding_to_the_verified_result(language, terminal):
    Path("usb").mkdir()
    places = {reader: Path(reader).absolute() for reader in READERS}
    for place in places.values():
        place.mkdir()
        (place / "usb").symlink_to(Path("usb").absolute())
        for words in Path().glob("pw.*"):
            (place / words.name).symlink_to(words.absolute())
    tried = [block for block in blocks(language) if block.mark != "example"]
    for block in tried:
        if block.kind == "csv":
            (places[block.reader] / block.mark).write_text(block.text, encoding="utf-8")
    verdict = ""
    for block in sorted((one for one in tried if one.kind == "sh"), key=lambda one: one.mark):
        for command in block.commands():
            verdict = typed(terminal, places[block.reader], command, block.mark) or verdict
    assert "The archive is sound." in verdict


def typed(terminal: Terminal, place: Path, command: list[str], at: str) -> str:
    """What the command prints when a person types it in that folder on that day and answers with the passphrases."""
    program, *words = command
    assert program == "tinkuy"
    verb = next(word for word in words if word not in GROUPS)
    if words[0] == "desk" and verb in PASSPHRASES:
        words += [
            part
            for name in sorted(file.suffix[1:] for file in place.glob("pw.*"))
            for part in ("--passphrase-file", f"{name}=pw.{name}")
        ]
    if verb in TIMED:
        words += ["--at", at]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return terminal.run(*words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_options_of_every_example_are_those_of_the_commands(language):
    for block in blocks(language):
        if block.kind == "sh":
            for command in block.commands():
                parse(command[1:])


def parse(words: list[str]) -> None:
    """Read the words against the options of the command that they name; nothing is run."""
    command, name = _program(), "tinkuy"
    context = None
    while True:
        context = command.make_context(name, list(words), parent=context)
        if not hasattr(command, "resolve_command"):
            return
        rest = [*context._protected_args, *context.args]
        name, command, words = command.resolve_command(context, rest)


@cache
def _program():
    return get_command(main._app())


@pytest.mark.parametrize("reader", READERS)
def test_both_languages_show_the_same_steps_on_the_same_days(reader):
    def steps(language: str) -> list[tuple[str, int]]:
        return [(one.mark, len(one.commands())) for one in blocks(language) if (one.reader, one.kind) == (reader, "sh")]

    assert steps("es") == steps("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_named_in_the_text_is_one_of_the_program(language):
    for reader in READERS:
        text = (GUIDES / language / f"{reader}.md").read_text(encoding="utf-8")
        assert set(re.findall(r"`tinkuy ([a-z]+)", text)) <= set(main.COMMANDS)
