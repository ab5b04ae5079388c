"""`tinkuy share`: which books this installation gives out over HTTP (libros compartidos).

No book is shared unless it is named here. What is shared is a copy in the folder `shared`, which `tinkuy serve` gives
out under `/books/`, and any other web server can; without a name, the copies there are brought up to date.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.desk_here import tell
from tinkuy.cli.exchange import DONE, SHARED, Dir, books_of, chosen, gave, name_of, say_given
from tinkuy.cli.language import spoken
from tinkuy.desk.exchange_out import Outward
from tinkuy.desk.exchange_places import Folder, listed
from tinkuy.words import say


def command(
    books: Annotated[
        list[str] | None,
        typer.Argument(help=spoken(say("Books by id or its beginning.")), show_default=False),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help=spoken(say("Share these books no longer.")))] = False,
    directory: Dir = Path("."),
) -> int:
    """Give books out over HTTP, bring what is given out up to date, or stop."""
    shelf = Folder(directory / SHARED)
    with books_of(directory) as exchange:
        named = chosen(exchange, books) if books else [book for book, _ in listed(shelf)]
        if stop and books:
            for book in named:
                if (shelf.root / book).is_dir():
                    shutil.rmtree(shelf.root / book)
            Outward(exchange, shelf).list_books()
        else:
            say_given(exchange, gave(Outward(exchange, shelf), named))
        names = [name_of(exchange, book) for book, _ in listed(shelf)]
    if names:
        tell(say("Whoever reaches the server can read these books: {names}.", names=tuple(names)))
    else:
        tell(say("No book is shared."))
    return DONE
