"""`tinkuy witness`: vouch that books go on as one history, by files or on a network, and ask others to (testigo).

Guarantees that what was checked is said before a cosignature is given, and that a history which contradicts one seen
before is never cosigned: where it can be proven, the evidence is written instead.

Exit code of `add-checkpoint`: 0 cosigned, 1 not cosigned. Of `check`: 0 the quorum cosigned, 1 it did not. 2 a file
that cannot be used.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.book import cosignature, note
from tinkuy.book.checkpoint import PREFIX, Checkpoint
from tinkuy.cli import witness_check
from tinkuy.cli.desk_here import AT, PASSPHRASES, passphrases, tell
from tinkuy.cli.fork import keep
from tinkuy.cli.language import spoken
from tinkuy.cli.witness_here import brought, made, opened, seconds, signing_key
from tinkuy.desk.files import FileRefused, HandedIn, appearing, write_book
from tinkuy.desk.submission import Submission, Turned
from tinkuy.desk.witness import ForkSeen, Witness, WitnessError
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.words import say

COSIGNED, TURNED = 0, 1

FOLDER = say("The folder of the witness; by default this one.")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=spoken(say("Cosign checkpoints of books that go on as one history.")),
)
Passphrases = Annotated[
    list[str] | None, typer.Option("--passphrase-file", help=spoken(PASSPHRASES), show_default=False)
]


@app.callback()
def folder(
    context: typer.Context, directory: Annotated[Path, typer.Option("--dir", help=spoken(FOLDER))] = Path(".")
) -> None:
    """Keep the folder for the command that follows."""
    context.obj = directory


@app.command("key", help=spoken(say("Make the witness and its key, or show the key that others put in their policy.")))
def key(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            help=spoken(say("Make a new witness under this name, such as observers.example/w1.")),
            show_default=False,
        ),
    ] = None,
    passphrase_file: Passphrases = None,
) -> None:
    """One word of text, the vkey."""
    if name is not None:
        made(context.obj, name, passphrases(passphrase_file))
    with opened(context.obj) as witness:
        typer.echo(witness.key.vkey)


@app.command("follow", help=spoken(say("Follow a book: from a copy of it, or by its id and its officers' keys.")))
def follow(
    context: typer.Context,
    book: Annotated[
        str, typer.Argument(help=spoken(say("A book (.tinkuy or folder), or a book's id.")), show_default=False)
    ],
    keys: Annotated[
        list[str] | None,
        typer.Option("--key", help=spoken(say("A key that must sign (vkey), with an id.")), show_default=False),
    ] = None,
) -> None:
    """The keys of a copy come from its own acts; checkpoints seen before stay seen."""
    with opened(context.obj) as witness:
        if keys:
            origin, signers = PREFIX + book.removeprefix(PREFIX), [note.verifier(one) for one in keys]
        else:
            given = _copy(Path(book))
            signers = _signers(given, book)
            origin = PREFIX + given.book
        witness.follow(origin, signers)
        tell(say("{origin} is followed; {names} must sign.", origin=origin, names=tuple(one.name for one in signers)))


@app.command("list", help=spoken(say("The books that this witness follows, and what it saw of each last.")))
def listed(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False
) -> None:
    """One line a book."""
    with opened(context.obj) as witness:
        books = witness.followed()
    if as_json:
        data = [
            {
                "origin": one.origin,
                "keys": [each.vkey for each in one.keys],
                "size": one.latest.size if one.latest else 0,
                "root": one.latest.root.hex() if one.latest else "",
                "at": one.at,
            }
            for one in books
        ]
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for one in books:
        if one.latest is None:
            tell(say("{origin}: nothing seen yet", origin=one.origin))
        else:
            tell(
                say(
                    "{origin}: {size} acts, check code {code}, cosigned {time}",
                    origin=one.origin,
                    size=one.latest.size,
                    code=one.latest.check_code,
                    time=witness_check.clock(one.at),
                )
            )
    tell(say("{count} books are followed.", count=len(books)))


@app.command(
    "add-checkpoint", help=spoken(say("Cosign a book's checkpoint if it continues what was seen, or ask for it."))
)
def add_checkpoint(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help=spoken(say("A book (.tinkuy or folder of tiles), a note, or a request as it is sent to a witness.")),
            show_default=False,
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            "--to", help=spoken(say("Ask the witness at this address instead.")), metavar="URL", show_default=False
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", help=spoken(say("With --to: the witness's key (vkey).")), show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=spoken(
                say("A file for the cosigned checkpoint; one that ends in .tinkuy holds the whole book with it.")
            ),
            show_default=False,
        ),
    ] = None,
    passphrase_file: Passphrases = None,
    at: Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)] = None,
) -> int:
    """Exit code 0 when the checkpoint is cosigned, 1 when it is not."""
    given = brought(file)
    if out is not None and out.suffix == ".tinkuy" and not isinstance(given, HandedIn):
        raise FileRefused(say("{file} holds no whole book: name an --out that does not end in .tinkuy", file=str(file)))
    try:
        if to is not None:
            signed = _asked(given, file, to, key)
        else:
            signed = _vouched(context.obj, given, passphrases(passphrase_file), seconds(at))
    except ForkSeen as seen:
        tell(seen.said)
        tell(say("{file} is written: the evidence of a fork.", file=str(keep(context.obj, seen.evidence))))
        return TURNED
    except Turned as turned:
        tell(turned.said)
        return TURNED
    _put(given, signed, out)
    return COSIGNED


@app.command("serve", help=spoken(say("Cosign what is submitted over the network (POST /add-checkpoint).")))
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=spoken(say("The port to listen on.")))] = 8100,
    host: Annotated[
        str, typer.Option("--host", help=spoken(say("The address to listen on; 0.0.0.0 serves the whole network.")))
    ] = "127.0.0.1",
    passphrase_file: Passphrases = None,
) -> None:
    """Until Ctrl-C."""
    from tinkuy.cli import witness_serve

    with opened(context.obj) as witness:
        private = signing_key(context.obj, passphrases(passphrase_file))
        service = witness_serve.application(witness, private, context.obj, lambda: int(time.time()))
        witness_serve.serve(service, host, port)


app.command("check", help=spoken(witness_check.PURPOSE))(witness_check.command)


def _copy(path: Path) -> HandedIn:
    given = brought(path)
    if not isinstance(given, HandedIn) or not isinstance(given.held, BookCopy):
        raise FileRefused(
            say("{file} is no whole book; with a book's id, give its officers' keys with --key", file=str(path))
        )
    return given


def _signers(given: HandedIn, shown: str) -> list[note.Verifier]:
    """The keys that seal the copy, from its own acts."""
    held = given.held
    if not isinstance(held, BookCopy):
        raise FileRefused(say("{file} holds one sheet, not a book", file=shown))
    state = replay(held.bodies, given.attachments)
    sealed = seal.inspect(held.bodies, held.note, state)
    for fault in sealed.faults:
        raise WitnessError(say("{file}: the seal does not hold: {fault}", file=shown, fault=fault))
    if sealed.lacking:
        raise WitnessError(
            say("{file}: the book is provisional: {roles} did not sign", file=shown, roles=sealed.lacking)
        )
    keys = state.room(Body).keys(sealed.size)
    return [note.Verifier(f"{PREFIX}{given.book}/{role}", keys[role]) for role in sealed.needed]


def _vouched(directory: Path, given: HandedIn | Submission, files: dict[str, Path], at: int) -> Checkpoint:
    """The checkpoint with the cosignature of the witness in this folder; what was checked is said first."""
    with opened(directory) as witness:
        private = signing_key(directory, files)
        before = {one.origin: one.latest for one in witness.followed()}
        checkpoint = _recorded(witness, given, at)
        held = before.get(checkpoint.origin)
        if held is None:
            said = say("Nothing of this book was seen before: {size} acts, check code {code}.", **_figures(checkpoint))
        else:
            said = say(
                "{size} acts, check code {code}: they continue the {old} seen before.",
                old=held.size,
                **_figures(checkpoint),
            )
        tell(said)
        line = cosignature.sign(checkpoint, witness.key.name, private, at)
        return cosignature.cosigned(checkpoint, line)


def _recorded(witness: Witness, given: HandedIn | Submission, at: int) -> Checkpoint:
    if isinstance(given, Submission):
        return witness.record(given, at)
    if not isinstance(given.held, BookCopy):
        raise WitnessError(say("a sheet alone shows nothing of how its book goes on: bring the whole book"))
    tell(say("The copy is whole: every act is under its checkpoint, sealed by its board."))
    return witness.take(given.held, given.attachments, at)


def _asked(given: HandedIn | Submission, file: Path, address: str, key: str | None) -> Checkpoint:
    from tinkuy.cli.witness_submit import submit

    if key is None:
        raise WitnessError(say("--to takes the witness's key too, with --key: no other cosignature is believed"))
    if isinstance(given, Submission) or not isinstance(given.held, BookCopy):
        raise FileRefused(say("{file} holds no whole book, and the proof is built from one", file=str(file)))
    witness = cosignature.cosigner(key)
    signed = submit(given.held, address, witness)
    tell(say("{name} cosigned {size} acts, check code {code}.", name=witness.name, **_figures(signed)))
    return signed


def _put(given: HandedIn | Submission, signed: Checkpoint, out: Path | None) -> None:
    if out is None:
        typer.echo(signed.note.decode(), nl=False)
        return
    if out.suffix == ".tinkuy" and isinstance(given, HandedIn) and isinstance(given.held, BookCopy):
        write_book(out, BookCopy(given.held.bodies, signed.note), given.attachments)
    else:
        with appearing(out) as file:
            file.write(signed.note)
    tell(say("{file} is written, cosigned.", file=str(out)))


def _figures(checkpoint: Checkpoint) -> dict[str, object]:
    return {"size": checkpoint.size, "code": checkpoint.check_code}
