"""The command `tinkuy`.

Guarantees that a command is loaded only when it is asked for (`tinkuy recount` imports no Django), that whatever a
floor refuses ends in one line on the error stream in the person's language, and that the exit code says what happened:
0 done, 1 a conclusion that is not sound, 2 an input or an option that cannot be used, 70 a defect of the program,
130 interrupted, 141 nobody reads the output any longer (`| head`).

A command lives in `tinkuy.cli.<name>`: `app`, a `typer.Typer`, where it has commands of its own, else the function
`command`. It may return its exit code. A name of the table below without such a module is not offered.
"""

from __future__ import annotations

import codecs
import os
import sys
import traceback
import unicodedata
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tinkuy import __version__
from tinkuy.cli import language
from tinkuy.cli.language import Language, spoken
from tinkuy.words import Said, Spoken, say

UNUSABLE, DEFECT, INTERRUPTED, UNREAD = 2, 70, 130, 141

COMMANDS = {
    "demo": say("Build an invented federation and serve its site."),
    "verify": say("Recompute a decision from its archive and say what does not hold."),
    "recount": say("Check and add up anybody's tally sheets from a table and a map."),
    "count": say("Count papers by a rule, exactly, and tell the whole story."),
    "ballot": say("Secret ballots that anyone can verify, role by role."),
    "statutes": say("List, show and check statutes."),
    "book": say("Read a book: its acts, its seals, its proofs."),
    "desk": say("Keep a body's book: found, record, seal, hand over."),
    "witness": say("Cosign checkpoints of books that go on as one history."),
    "fork": say("Two histories of one book: prove, verify, choose, resolve."),
    "receive": say("Take the books and sheets that bases hand in."),
    "export": say("Write books to a folder, a memory stick or a file."),
    "import": say("Take in books from files and folders, verified."),
    "sync": say("Bring a folder and the books here level, or pull from an address."),
    "share": say("Choose which books are given out over HTTP."),
    "sheet": say("Print a tally sheet that carries its own proof."),
    "scan": say("Read a photograph of a printed sheet and say what it proves."),
    "sms": say("A result in one short message, ahead of the sheet."),
    "publish": say("Write a consultation as plain files for any web server."),
    "serve": say("Serve the public site."),
    "rebuild": say("Make the site's views again from the books."),
}


PURPOSE = say("Assemblies' signed books add up to decisions that anyone can recompute.")
LANG = say("Speak Spanish (es) or English (en), else as your system.")
VERSION = say("Say the version and exit.")
TRACEBACK = say("Show where in the program a defect lies.")


class Commands(TyperGroup):
    """The commands of the table that are there, each loaded when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return [name for name in COMMANDS if find_spec(f"tinkuy.cli.{name}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command itself, or None; this is what imports its module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"tinkuy.cli.{cmd_name}")
        group = getattr(module, "app", None)
        if group is None:
            group = typer.Typer(add_completion=False)
            group.command()(module.command)
        group.rich_markup_mode = None
        command = get_command(group)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list under `--help`, written from the table so that nothing is imported for it."""
        rows = [(name, spoken(COMMANDS[name])) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section(spoken(say("Commands"))):
                formatter.write_dl(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (the process's own by default) and give its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language.choose(language.asked(given) or language.current())
    _write_what_the_terminal_can()
    try:
        code = _run([*given])  # Typer empties the list that it reads
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends; there must be somewhere to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (
        Exception,
        KeyboardInterrupt,
    ) as error:  # the outermost frame: nothing below it catches what it cannot name
        if "--traceback" in given:
            traceback.print_exception(error)
        said, code = _ending(error)
        print(said if isinstance(said, str) else spoken(said), file=sys.stderr)
    return code


def _ending(error: BaseException) -> tuple[Said | str, int]:
    """The line with which an error ends the command, and the exit code."""
    match error:
        case Spoken():
            return error.said, UNUSABLE
        case typer.TyperException():
            return _misused(error), error.exit_code
        case KeyboardInterrupt() | typer.Abort():
            return say("Interrupted."), INTERRUPTED
        case OSError(filename=str() as file, strerror=str() as reason):
            return say("{file}: {reason}", file=file, reason=reason), UNUSABLE
        case _:
            return _defect(error), DEFECT


def _run(given: list[str]) -> int:
    """What Typer's own `main` does, without its own ideas of how an error is shown."""
    command = get_command(_app())
    try:
        with command.make_context("tinkuy", given) as context:
            result = command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return result if isinstance(result, int) else 0


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=Commands,
        add_completion=False,
        rich_markup_mode=None,  # plain text, for screen readers and pipes
        context_settings={"max_content_width": 100},
    )

    @app.callback(invoke_without_command=True, help=spoken(PURPOSE))
    def tinkuy(
        context: typer.Context,
        lang: Annotated[Language | None, typer.Option(help=spoken(LANG), show_default=False)] = None,
        version: Annotated[
            bool, typer.Option("--version", help=spoken(VERSION), callback=_tell_version, is_eager=True)
        ] = False,
        traceback: Annotated[bool, typer.Option("--traceback", help=spoken(TRACEBACK))] = False,
    ) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    return app


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tinkuy {__version__}")
        raise typer.Exit


def _misused(error: typer.TyperException) -> Said | str:
    """A line for an option or a command that is not there; a page of help where a group was called alone."""
    problem = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None or "\n" in problem:
        return problem
    command = context.command_path
    return say("{command}: {problem} (help: {help})", command=command, problem=problem, help=f"{command} --help")


def _defect(error: BaseException) -> Said:
    return say(
        "This is a defect of tinkuy, not of your files ({kind}: {what}). Run again with {option} and report it.",
        kind=type(error).__name__,
        what=" ".join(str(error).split())[:200],
        option="tinkuy --traceback",
    )


def _write_what_the_terminal_can() -> None:
    """Where the terminal's encoding lacks a letter, its plain form is written: never a crash over an accent."""
    codecs.register_error("tinkuy.plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="tinkuy.plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = unicodedata.normalize("NFKD", error.object[error.start : error.end])
    return text.encode("ascii", "ignore").decode() or "?", error.end
