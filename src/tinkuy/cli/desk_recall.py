"""`tinkuy desk recall`: the assembly takes the seats from a board that does not help (revocatoria).

Guarantees that everybody signs the same words, those of the draft: this book, these acts, this new board, this reason;
and that the act is refused at the desk exactly as every observer would refuse it.

    tinkuy desk recall draft usb/recall.json --seat usb/chair.seat --seat usb/secretary.seat --reason "…"
    tinkuy desk recall sign usb/recall.json --member m3 --key usb/m3.json
    tinkuy desk recall countersign usb/recall.json
    tinkuy desk recall record usb/recall.json
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.desk_here import AT, PASSPHRASES, asked, here, passphrase, passphrases, read_bytes, tell
from tinkuy.cli.language import spoken
from tinkuy.desk import boards
from tinkuy.desk.boards import Draft
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import appearing
from tinkuy.desk.keyring import open_file
from tinkuy.words import say

app = typer.Typer(
    no_args_is_help=True, help=spoken(say("Recall a board that does not help: draft, sign, countersign, record."))
)

File = Annotated[Path, typer.Argument(help=spoken(say("The draft of the recall.")), show_default=False)]
Passphrases = Annotated[
    list[str] | None, typer.Option("--passphrase-file", help=spoken(PASSPHRASES), show_default=False)
]


@app.command("draft", help=spoken(say("Write what is to be signed: the new board, on top of the longest sealed copy.")))
def draft(
    context: typer.Context,
    file: File,
    seat: Annotated[
        list[Path],
        typer.Option(
            "--seat", help=spoken(say("The file of a seat (tinkuy desk keys make), once a seat.")), show_default=False
        ),
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help=spoken(say("Why; it stays in the book.")), show_default=False)
    ] = None,
) -> None:
    """The draft names the acts that are in this desk's copy of the book."""
    if file.exists():
        raise DeskError(say("{file} is there already", file=str(file)))
    why = asked(reason, "--reason", say("Reason"))
    with here(context.obj) as desk:
        board = [boards.read_seat(read_bytes(one, boards.MAX_DRAFT), str(one)) for one in seat]
        made = boards.drafted(desk.desk, desk.book, board, why)
        _write(file, made)
        _tell(made)


@app.command("sign", help=spoken(say("Add a member's signature.")))
def sign(
    file: File,
    member: Annotated[str, typer.Option("--member", help=spoken(say("The member, e.g. m17.")), show_default=False)],
    key: Annotated[Path, typer.Option("--key", help=spoken(say("The file of the member's key.")), show_default=False)],
    passphrase_file: Passphrases = None,
) -> None:
    """What is signed is shown first; the book is not needed."""
    held = _read(file)
    _tell(held)
    signer = open_file(key, passphrase(member, passphrases(passphrase_file)))
    _write(file, held.by_member(member, signer))
    tell(say("{member} has signed.", member=member))


@app.command("countersign", help=spoken(say("Add the signatures of the parent body's officers, at its desk.")))
def countersign(
    context: typer.Context,
    file: File,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help=spoken(say("Who signs; by default all whose key is here.")), show_default=False),
    ] = None,
    passphrase_file: Passphrases = None,
) -> None:
    """With the keys with which the parent body seals its own book."""
    held, files = _read(file), passphrases(passphrase_file)
    _tell(held)
    with here(context.obj) as desk:
        roles = role or [one for one in desk.body.statutes.officers.seal if desk.keyring.holds(desk.officer(one))]
        if not roles:
            raise DeskError(say("no officer's key is in {folder}", folder=str(desk.keyring.folder)))
        for one in roles:
            held = held.by_parent(one, desk.keyring.unseal(desk.officer(one), passphrase(one, files)))
        _write(file, held)
        tell(say("{roles} of {name} have countersigned.", roles=tuple(roles), name=desk.body.name))


@app.command("record", help=spoken(say("Record the recall, at the desk of the new board.")))
def record(
    context: typer.Context,
    file: File,
    at: Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)] = None,
) -> None:
    """From this act on the old board's keys seal nothing."""
    held = _read(file)
    with here(context.obj, at) as desk:
        if held.book != desk.book:
            raise DeskError(
                say("{file} is the recall of another body, of the book {book}", file=str(file), book=held.book)
            )
        desk.record(held.act())
        tell(
            say(
                "The board is recalled by act {act}; {roles} hold the seats. Now seal: tinkuy desk seal",
                act=str(desk.state.size - 1),
                roles=tuple(officer.role for officer in held.board),
            )
        )


def _read(file: Path) -> Draft:
    return boards.read_draft(read_bytes(file, boards.MAX_DRAFT), str(file))


def _write(file: Path, made: Draft) -> None:
    with appearing(file) as out:
        out.write(made.written())


def _tell(held: Draft) -> None:
    tell(
        say(
            "Recall of the board of {book}, after {size} acts: {reason}",
            book=held.book,
            size=str(held.size),
            reason=held.reason,
        )
    )
    for officer in held.board:
        tell(say("    {role}: key {key}", role=officer.role, key=officer.key))
    tell(
        say(
            "Signed by {members} members, {officers} officers of the parent.",
            members=len(held.members),
            officers=len(held.parent),
        )
    )
