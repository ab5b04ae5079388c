"""`tinkuy sync`: a folder and the books here brought level, or what is new pulled from an address (puesta al día).

A folder, such as a memory stick, is read and then written. From a server only what is new is fetched; nothing is sent
to it: two installations that both share pull from one another.

Exit code: as that of `tinkuy import`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.exchange import (
    INCOMING,
    Dir,
    Json,
    Told,
    as_data,
    books_of,
    chosen,
    code_of,
    gave,
    prove,
    say_given,
    say_taken,
    took,
)
from tinkuy.cli.language import spoken
from tinkuy.cli.progress import counted
from tinkuy.desk.exchange import Exchange
from tinkuy.desk.exchange_out import Outward
from tinkuy.desk.exchange_places import BOOK, Folder, Offer, Place, offers
from tinkuy.words import Spoken, say

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*")


def command(
    place: Annotated[
        str, typer.Argument(help=spoken(say("A folder, or an address (https://…/books/).")), show_default=False)
    ],
    books: Annotated[
        list[str] | None,
        typer.Option(
            "--book", help=spoken(say("Only this book, by its whole id; may be repeated.")), show_default=False
        ),
    ] = None,
    directory: Dir = Path("."),
    as_json: Json = False,
) -> int:
    """Bring a folder and the books here level, or pull from an address."""
    only = frozenset(books or ())
    with books_of(directory, begin=True) as exchange:
        if _ADDRESS.fullmatch(place):
            told, done = _pulled(exchange, place, only, directory / INCOMING), None
        else:
            shelf = Folder(Path(place))
            told = _read(exchange, shelf, place, only)
            held = [book for book in chosen(exchange, ()) if not only or book in only]
            done = gave(Outward(exchange, shelf), held)
        if as_json:
            typer.echo(json.dumps({"taken": as_data(told), "given": done}, ensure_ascii=False, indent=2))
        else:
            say_taken(exchange, told)
            if done is not None:
                say_given(exchange, done)
        prove(exchange, directory, told)
    return code_of(told)


def _pulled(exchange: Exchange, address: str, only: Collection[str], incoming: Path) -> list[Told]:
    from tinkuy.desk import exchange_http

    told = []
    with exchange_http.Site(address) as site:
        found = _wanted(site, site.address, only)
        with counted(say("Taking in books"), len(found)) as step:
            for offer in found:
                try:
                    told.append(Told(offer.shown, exchange_http.meet(exchange, offer, incoming)))
                except exchange_http.Unreached as lost:
                    told.append(Told(offer.shown, lost.said))
                    break  # nor would the rest be reached
                except Spoken as refused:
                    told.append(Told(offer.shown, refused.said))
                step(1)
    return told


def _read(exchange: Exchange, shelf: Folder, shown: str, only: Collection[str]) -> list[Told]:
    """What became of the books of a folder; a stick may have none yet."""
    if not any(BOOK.fullmatch(name) for name in shelf.names("")):
        return []
    found = _wanted(shelf, shown, only)
    told = []
    with counted(say("Taking in books"), len(found)) as step:
        for offer in found:
            told.append(took(exchange, offer))
            step(1)
    return told


def _wanted(place: Place, shown: str, only: Collection[str]) -> list[Offer]:
    return [offer for offer in offers(place, shown) if not only or any(book in offer.shown for book in only)]
