"""How the command ends and in which language it speaks, whatever the command is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import typer

from tinkuy.cli import language, main
from tinkuy.words import Spoken, say


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No test leaves its language behind, and none depends on the language of the machine."""
    for name in ("TINKUY_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def offered(monkeypatch):
    """Puts a function in the place of the command `recount`."""

    def offer(function):
        monkeypatch.setattr(main, "import_module", lambda name: SimpleNamespace(command=function))
        monkeypatch.setattr(main, "find_spec", lambda name: name == "tinkuy.cli.recount")

    return offer


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "es_PE.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "est_EE"}, "en"),
        ({"LANG": "qu_PE.UTF-8"}, "en"),
        ({"LANG": "es_PE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "en_GB.UTF-8", "LC_ALL": "es_BO@euro"}, "es"),
        ({"LC_ALL": "es_PE.UTF-8", "TINKUY_LANG": "en"}, "en"),
        ({"LC_ALL": "C", "TINKUY_LANG": "es"}, "es"),
    ],
)
def test_the_first_that_is_set_decides_the_language(environment, spoken, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.current() == spoken


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["--lang", "es", "recount"], "es"),
        (["--lang=en", "--help"], "en"),
        (["--help", "--lang", "es"], "es"),
        (["--lang"], None),
        (["--lang", "fr"], None),
        (["recount", "--lang", "es"], None),
        ([], None),
    ],
)
def test_the_option_for_the_language_stands_before_the_command(arguments, asked):
    assert language.asked(arguments) == asked


def test_a_saying_ends_in_one_line_in_the_readers_language_and_2(offered, capsys):
    def recount() -> None:
        raise Spoken(say("required"))

    offered(recount)
    assert main.main(["--lang", "es", "recount"]) == 2
    assert capsys.readouterr() == ("", "obligatorio\n")


def test_a_defect_ends_in_one_line_and_70_and_shows_its_place_only_when_asked(offered, capsys):
    def recount() -> None:
        raise ZeroDivisionError("no\nground")

    offered(recount)
    assert main.main(["recount"]) == 70
    assert capsys.readouterr().err.count("\n") == 1
    assert main.main(["--traceback", "recount"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_and_ends_in_2(offered, capsys):
    def recount() -> None:
        open("no-such-file.csv").close()

    offered(recount)
    assert main.main(["recount"]) == 2
    assert capsys.readouterr().err == "no-such-file.csv: No such file or directory\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()], ids=["interrupt", "abort"])
def test_an_interruption_ends_in_130(error, offered):
    def recount() -> None:
        raise error

    offered(recount)
    assert main.main(["recount"]) == 130


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_command_gives_its_conclusion_as_exit_code_by_return_or_by_exit(code, offered):
    def returning() -> int:
        return code

    def exiting() -> None:
        raise typer.Exit(code)

    for command in (returning, exiting):
        offered(command)
        assert main.main(["recount"]) == code


@pytest.mark.parametrize(
    "arguments", [["nothing-of-this-name"], ["--nothing"], ["recount", "--nothing"], ["--lang", "fr"]]
)
def test_what_is_not_offered_ends_in_one_line_that_leads_to_help(arguments, offered, capsys):
    offered(lambda: None)
    assert main.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "--help" in err


def test_help_lists_the_commands_that_are_there_and_fits_a_screen(capsys):
    assert main.main(["--help"]) == 0
    out = capsys.readouterr().out
    for name in main.COMMANDS:
        assert (f"\n  {name} " in out) == (importlib.util.find_spec(f"tinkuy.cli.{name}") is not None)
    assert len(out.splitlines()) <= 24 + 8


def test_help_is_given_when_nothing_is_asked_and_in_the_language_asked_for(capsys):
    assert main.main([]) == 0
    assert "Options:" in capsys.readouterr().out
    assert main.main(["--help", "--lang", "es"]) == 0
    assert "Opciones:" in capsys.readouterr().out


def run(program: str, **options) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment = kept | options.pop("environment", {})
    return subprocess.run([sys.executable, "-c", program], env=environment, check=False, **options)


@pytest.mark.parametrize("environment", [{"LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_a_terminal_without_accents_gets_plain_letters(environment):
    program = "from tinkuy.cli import main; main.main(['--version']); print('Áncash 1\\u202f234 — ñandú')"
    ran = run(program, environment=environment, stdout=subprocess.PIPE)
    assert ran.stdout.splitlines()[-1] in (
        "Áncash 1\u202f234 — ñandú".encode(),
        b"Ancash 1 234 ? nandu",
        "Áncash 1 234 ? ñandú".encode("latin-1"),
    )


def test_a_reader_that_goes_away_ends_the_command_without_a_word():
    program = "import sys; from tinkuy.cli import main; sys.exit(main.main(['--help']))"
    read, write = os.pipe()
    os.close(read)
    ran = run(program, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (141, b"")
