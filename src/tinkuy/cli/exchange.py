"""What the commands `export`, `import`, `sync` and `share` have in common: the books of a folder, and what is told.

Guarantees that every copy is said to be new, longer, waiting, a fork or refused, with the reason; and that one that is
damaged stops none of the others. A copy that brings nothing is counted and not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly.founding import Body
from tinkuy.book import tiles
from tinkuy.cli.desk_here import shown
from tinkuy.cli.fork import keep
from tinkuy.cli.language import current, spoken
from tinkuy.cli.progress import counted
from tinkuy.desk import fork as forks
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.exchange import Exchange, Met
from tinkuy.desk.exchange_out import Outcome as Put
from tinkuy.desk.exchange_out import Outward
from tinkuy.desk.exchange_places import Folder, Offer
from tinkuy.store.opening import FILE, is_there, open_store, store_of
from tinkuy.words import Said, Spoken, say

DONE, GRAVE, REFUSED = 0, 1, 2
SHARED, INCOMING = "shared", "incoming"

Dir = Annotated[
    Path, typer.Option("--dir", help=spoken(say("The folder with the books; by default this one.")), show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help=spoken(say("What became of each book, as data.")))]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a copy: met, or refused and why."""

    place: str
    came: Met | Said


@contextmanager
def books_of(directory: Path, *, begin: bool = False) -> Iterator[Exchange]:
    """The books of a folder, closed at the end; with `begin`, a folder without a store gets one.

    Raises `DeskError` where there is none.
    """
    where = store_of(directory)
    if not (directory.is_dir() if begin else is_there(where)):
        raise DeskError(
            say(
                "{folder} holds no books, it has no {store}: name the folder with --dir",
                folder=str(directory),
                store=FILE,
            )
        )
    store = open_store(where)
    try:
        yield Exchange(Desk(store), Folder(directory))
    finally:
        store.close()


def chosen(exchange: Exchange, given: Sequence[str]) -> list[str]:
    """The books named, by their ids or the beginnings of these; all that were ever sealed where none is named.

    Raises `DeskError` for what names no book here, or two.
    """
    store = exchange.desk.store
    books = store.books()
    if not given:
        return [book for book in books if store.latest_checkpoint(book) is not None]
    found = []
    for one in given:
        begun = [book for book in books if book.startswith(one.lower())]
        if len(begun) != 1:
            raise DeskError(
                say("“{given}” begins the ids of {count} books here; one is needed", given=one, count=len(begun))
            )
        found += begun
    return sorted(set(found))


def took(exchange: Exchange, offer: Offer) -> Told:
    """What became of one copy."""
    try:
        return Told(offer.shown, exchange.meet(offer))
    except Spoken as refused:
        return Told(offer.shown, refused.said)
    except OSError as error:
        return Told(offer.shown, Spoken(error.strerror or str(error)).said)


def gave(outward: Outward, books: Sequence[str]) -> dict[str, Put]:
    """Put books on a shelf, the list of its books last; what became of each.

    Raises `DeskError` where the shelf is one book by itself: others below it would not be found.
    """
    if tiles.CHECKPOINT in outward.shelf.names(""):
        raise DeskError(say("{folder} is one book by itself: name the folder above it", folder=outward.shelf.shown("")))
    done: dict[str, Put] = {}
    with counted(say("Writing books"), len(books)) as step:
        for book in books:
            done[book] = outward.put(book)
            step(1)
    outward.list_books()
    return done


def name_of(exchange: Exchange, book: str) -> str:
    """A book as people know it: the body's name, and the beginning of the id."""
    name = exchange.desk.assembly(book).room(Body).name if exchange.desk.store.size(book) else ""
    return f"{name} ({book[:8]}…)" if name else book


def say_taken(exchange: Exchange, told: Sequence[Told]) -> None:
    """What became of every copy that brought something, was refused or waits; then all of them in one line."""
    for one in told:
        for line in _lines(exchange, one):
            typer.echo(shown(line))
    met = [one.came for one in told if isinstance(one.came, Met)]
    of = {outcome: sum(one.outcome == outcome for one in met) for outcome in ("new", "grown", "signed", "same")}
    typer.echo(
        shown(
            say(
                "Books new {new}, longer {grown}, newly signed {signed}, with nothing new {same}, waiting {waits}, "
                "forked {forked}, refused {refused}; acts that were new {acts}, attachments {attachments}.",
                **of,
                waits=sum(one.outcome == "waits" for one in met),
                forked=sum(one.outcome == "forked" for one in met),
                refused=len(told) - len(met),
                acts=sum(one.acts for one in met),
                attachments=sum(one.attachments for one in met),
            )
        )
    )


def say_given(exchange: Exchange, done: dict[str, Put]) -> None:
    """What was put down: by name where it is more than a copy that was there."""
    for book, outcome in done.items():
        name = name_of(exchange, book)
        if outcome == "written":
            typer.echo(shown(say("{name}: written", name=name)))
        elif outcome == "newer":
            typer.echo(shown(say("{name}: what is there is newer, or sealed, and was left", name=name)))
        elif outcome == "apart":
            typer.echo(
                shown(say("{name}: another history is there and was left; ours lies beside it in forks", name=name))
            )
    there = sum(outcome == "there" for outcome in done.values())
    typer.echo(shown(say("Books written {written}, there already {there}.", written=len(done) - there, there=there)))


def prove(exchange: Exchange, directory: Path, told: Sequence[Told]) -> None:
    """Write the evidence of each fork that was seen as one file for anybody to check; say where on the error stream."""
    books = dict.fromkeys(one.came.book for one in told if isinstance(one.came, Met) and one.came.outcome == "forked")
    for book in books:
        evidence = forks.beside(exchange.desk, book, [directory / path for path in exchange.branches(book)])
        if evidence is not None:
            file = str(keep(directory, evidence))
            said = say("{file}: the evidence of a fork; anybody checks it with tinkuy fork verify", file=file)
            typer.echo(shown(said), err=True)


def code_of(told: Sequence[Told]) -> int:
    """1 for a fork, a breach or a copy that waits, before anything else; then 2 for a refusal; else 0."""
    met = [one.came for one in told if isinstance(one.came, Met)]
    if any(one.outcome in ("forked", "waits") or one.breaches for one in met):
        return GRAVE
    return REFUSED if len(met) < len(told) else DONE


def as_data(told: Sequence[Told]) -> list[dict[str, object]]:
    """What became of every copy, for other programs."""
    return [_data(one) for one in told]


def _data(one: Told) -> dict[str, object]:
    if isinstance(one.came, Said):
        return {"place": one.place, "outcome": "refused", "reason": one.came.in_language(current())}
    met = one.came
    return {
        "place": one.place,
        "book": met.book,
        "outcome": met.outcome,
        "size": met.size,
        "acts": met.acts,
        "attachments": met.attachments,
        "first": met.first if met.outcome == "forked" else None,
        "lacking": list(met.lacking),
        "breaches": [{"act": one.n, "kind": one.kind, "why": one.said.in_language(current())} for one in met.breaches],
        "left": [said.in_language(current()) for said in met.left],
    }


def _lines(exchange: Exchange, one: Told) -> Iterator[Said]:
    if isinstance(one.came, Said):
        yield say("{file}: refused: {fault}", file=one.place, fault=one.came)
        return
    met = one.came
    figures = {"place": one.place, "name": name_of(exchange, met.book), "acts": met.acts, "roles": met.lacking}
    if met.outcome == "forked":
        yield from _fork(exchange, met, figures)
    elif met.outcome == "waits":
        yield say("{place}: {name}: a continuation that {roles} did not sign: it waits for them", **figures)
    elif met.outcome == "new":
        yield say("{place}: {name}: a book that was not here, with {acts} acts", **figures)
    elif met.outcome == "grown":
        yield say("{place}: {name}: acts that were new: {acts}", **figures)
    elif met.outcome == "signed":
        yield say("{place}: {name}: no new act, but a seal or signature that was not here", **figures)
    if met.outcome in ("new", "grown", "signed") and met.lacking:
        yield say("    provisional: {roles} did not sign", roles=met.lacking)
    if met.attachments:
        yield say("    {name}: attachments that were new: {count}", name=figures["name"], count=met.attachments)
    for breach in met.breaches:
        yield say("    act {n} ({kind}) was not allowed: {why}", n=str(breach.n), kind=breach.kind, why=breach.said)
    for left in met.left:
        yield say("    {name}: {fault}", name=figures["name"], fault=left)


def _fork(exchange: Exchange, met: Met, figures: dict[str, object]) -> Iterator[Said]:
    yield say(
        "{place}: {name}: A FORK: its board sealed two histories, which part at act {act}",
        act=str(met.first),
        **figures,
    )
    yield say(
        "    the one held here is as it was; the other is kept in {files}. Show both to the assembly, and to the "
        "federation (tinkuy receive)",
        files=tuple(str(exchange.shelf.shown(path)) for path in exchange.branches(met.book)),
    )
