"""`tinkuy export`: books to a folder, such as a memory stick, or to a file (salida).

A folder gets every book as a C2SP tile directory under its id, with a list of them (`books.txt`), so that any web
server can give it out; a file is one book, or that folder in a package. Books go as far as their whole board sealed
them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.desk_here import tell
from tinkuy.cli.exchange import DONE, GRAVE, Dir, books_of, chosen, gave, say_given
from tinkuy.cli.language import spoken
from tinkuy.desk.exchange_out import Outward, write_file
from tinkuy.desk.exchange_places import Folder
from tinkuy.words import say


def command(
    to: Annotated[
        Path,
        typer.Option("--to", help=spoken(say("A folder, or a file whose name ends in .tinkuy.")), show_default=False),
    ],
    books: Annotated[
        list[str] | None,
        typer.Argument(help=spoken(say("Books by id or its beginning; by default all.")), show_default=False),
    ] = None,
    directory: Dir = Path("."),
) -> int:
    """Write books to a folder or a file."""
    with books_of(directory) as exchange:
        named = chosen(exchange, books or [])
        if to.suffix == ".tinkuy":
            acts = write_file(to, exchange, named)
            tell(say("{file} is written: {books} books, {acts} acts.", file=str(to), books=len(named), acts=acts))
            return DONE
        done = gave(Outward(exchange, Folder(to)), named)
        say_given(exchange, done)
    return GRAVE if "apart" in done.values() else DONE
