# ruff: noqa: N999 (the command is called so, and commands are found by their module's name)
"""`tinkuy import`: books from files and folders, in any order, as often as one likes (entrada).

Guarantees that every copy is verified before anything of it is kept, and that what is held is never taken back.

Exit code: 0 all is well, 1 a fork, a breach, or a copy that waits for signatures, 2 a copy was refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.book.package import Package
from tinkuy.cli.exchange import Dir, Json, Told, as_data, books_of, code_of, prove, say_taken, took
from tinkuy.cli.language import spoken
from tinkuy.cli.progress import counted
from tinkuy.desk.exchange import Exchange
from tinkuy.desk.exchange_places import Folder, Packed, Place, offers
from tinkuy.words import Spoken, say


def command(
    paths: Annotated[
        list[Path], typer.Argument(help=spoken(say("Files (.tinkuy) and folders with books.")), show_default=False)
    ],
    directory: Dir = Path("."),
    as_json: Json = False,
) -> int:
    """Take in books, verified; the same twice changes nothing."""
    with books_of(directory, begin=True) as exchange, counted(say("Taking in books"), len(paths)) as step:
        told: list[Told] = []
        for path in paths:
            told += _taken(exchange, path)
            step(1)
        if as_json:
            typer.echo(json.dumps(as_data(told), ensure_ascii=False, indent=2))
        else:
            say_taken(exchange, told)
        prove(exchange, directory, told)
    return code_of(told)


def _taken(exchange: Exchange, path: Path) -> Sequence[Told]:
    """What became of everything at a path."""
    told = []
    try:
        with ExitStack() as open_files:
            for offer in offers(_place(path, open_files), str(path)):
                told.append(took(exchange, offer))
    except Spoken as refused:
        told.append(Told(str(path), refused.said))
    except OSError as error:
        told.append(Told(str(path), Spoken(error.strerror or str(error)).said))
    return told


def _place(path: Path, open_files: ExitStack) -> Place:
    if path.is_dir():
        return Folder(path)
    return Packed(Package(open_files.enter_context(path.open("rb"))))
