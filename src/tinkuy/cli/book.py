"""`tinkuy book`: anybody reads a book, proves one of its acts, and checks it alone, offline (libro de actas).

Guarantees that nothing but the file is asked, and that `verify` says everything that does not hold.

Exit code of `verify`: 0 sealed and every act allowed, 1 something does not hold, 2 not a book.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.book import proof
from tinkuy.book.checkpoint import check_code
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash, parse
from tinkuy.cli import conformance, desk_acts
from tinkuy.cli.act_words import lines
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import current, spoken
from tinkuy.desk.files import FileRefused, appearing, read_handed_in, write_proven
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.words import Said, say

SOUND, UNSOUND = 0, 1

FILE = say("A book (.tinkuy).")

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=spoken(say("Read a book: its acts, its seals, its proofs."))
)
File = Annotated[Path, typer.Argument(help=spoken(FILE), show_default=False)]
Json = Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))]


@dataclass(frozen=True, slots=True)
class Shown:
    """A book that was read: its copy, the body it replays to, and who sealed it."""

    copy: BookCopy
    state: Assembly
    sealed: seal.Seal


@app.command("show", help=spoken(say("Show the acts of a book in words, and who sealed it.")))
def show(
    file: File,
    first: Annotated[int, typer.Option("--from", min=0, help=spoken(say("The first act to show.")))] = 0,
    as_json: Json = False,
) -> None:
    """One line an act; the conclusion last."""
    book = _read(file)
    if as_json:
        acts = [parse(body) for body in book.copy.bodies[first:]]
        typer.echo(json.dumps({**_data(book), "entries": acts}, ensure_ascii=False, indent=2))
        return
    body = book.state.room(Body)
    tell(
        say(
            "{name} ({kind}), {place}: book {book}",
            name=body.name,
            kind=body.kind,
            place=body.place,
            book=book.state.id,
        )
    )
    for act in lines(book.copy.bodies, book.state, first):
        typer.echo(act)
    for line in _findings(book):
        tell(line)


@app.command("verify", help=spoken(say("Check a book alone: every act against its statutes, and the seal.")))
def verify(file: File, as_json: Json = False) -> int:
    """Exit code 0 when everything holds, 1 when something does not, 2 when the file is no book."""
    book = _read(file)
    if as_json:
        typer.echo(json.dumps(_data(book), ensure_ascii=False, indent=2))
    else:
        for line in _findings(book):
            tell(line)
    return SOUND if book.sealed.whole and not book.state.breaches else UNSOUND


@app.command("prove", help=spoken(say("Write the proof that an act stands in the book (C2SP tlog-proof).")))
def prove(
    file: File,
    act: Annotated[int, typer.Argument(min=0, help=spoken(say("The act's number.")), show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=spoken(say("A file for the proof; one that ends in .tinkuy holds act and proof, ready to hand in.")),
            show_default=False,
        ),
    ] = None,
) -> None:
    """The proof as text, or act and proof in one file."""
    copy = _read(file).copy
    if act >= len(copy.bodies):
        raise FileRefused(say("{file} ends at act {last}", file=str(file), last=str(len(copy.bodies) - 1)))
    leaves = [leaf_hash(body) for body in copy.bodies]
    made = proof.make(leaves, act, parse_checkpoint(copy.note)).encode()
    if out is None:
        sys.stdout.write(made.decode())
    elif out.suffix == ".tinkuy":
        write_proven(out, Proven(copy.bodies[act], made))
    else:
        with appearing(out) as written:
            written.write(made)


@app.command("kinds", help=spoken(desk_acts.ACTS))
def kinds(
    kind: Annotated[str | None, typer.Argument(help=spoken(say("One kind only.")), show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """The kinds of acts that a book may hold."""
    desk_acts.acts(kind, as_json)


def _read(file: Path) -> Shown:
    given = read_handed_in(file)
    if not isinstance(given.held, BookCopy):
        raise FileRefused(say("{file} holds one sheet with its proof, not a book", file=str(file)))
    state = replay(given.held.bodies, given.attachments)
    return Shown(given.held, state, seal.inspect(given.held.bodies, given.held.note, state))


def _findings(book: Shown) -> Iterator[Said]:
    sealed = book.sealed
    for breach in book.state.breaches:
        yield say("act {act} ({kind}) was not allowed: {why}", act=str(breach.n), kind=breach.kind, why=breach.said)
    for fault in sealed.faults:
        yield say("the seal does not hold: {fault}", fault=fault)
    figures = {"count": len(book.copy.bodies), "code": check_code(sealed.root)}
    signed = tuple(sorted(sealed.signed))
    if sealed.lacking:
        yield say(
            "{count} acts, provisional: {roles} must still sign. Check code {code}", roles=sealed.lacking, **figures
        )
    elif not sealed.faults:
        yield say("{count} acts, sealed by {roles}. Check code {code}", roles=signed, **figures)
    if sealed.whole and not book.state.breaches:
        yield say("The book is sound.")
    else:
        yield say("The book is not sound.")


def _data(book: Shown) -> dict[str, object]:
    body, sealed = book.state.room(Body), book.sealed
    return {
        "book": book.state.id,
        "name": body.name,
        "acts": len(book.copy.bodies),
        "root": sealed.root.hex(),
        "check_code": check_code(sealed.root),
        "signed": sorted(sealed.signed),
        "lacking": list(sealed.lacking),
        "faults": [fault.in_language(current()) for fault in sealed.faults],
        "breaches": [
            {"act": one.n, "kind": one.kind, "why": one.said.in_language(current())} for one in book.state.breaches
        ],
        "sound": sealed.whole and not book.state.breaches,
    }


app.command("conformance", help=spoken(conformance.PURPOSE))(conformance.command)
