"""`tinkuy desk enrol`, `slip` and `roll`: who belongs, kept sealed beside the book (padrón).

Guarantees that names, documents and salts are written to the sealed roll alone; that the salts are on disk before the
book commits to them; and that an enrolment which is refused leaves the roll as it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from nacl.utils import random

from tinkuy.assembly.register import Enrolled, Register, RollFrozen, RollPublished
from tinkuy.cli import desk_here as at_desk
from tinkuy.cli.desk_here import AT, BY, PASSPHRASES, ROLL, Here, here, passphrase, passphrases, tell
from tinkuy.cli.language import spoken
from tinkuy.desk import roll as rolls
from tinkuy.desk import table
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import appearing
from tinkuy.desk.keyring import check_passphrase
from tinkuy.desk.roll import Member
from tinkuy.words import say

ENROL = say("Enrol the persons of a table; the book learns only how many.")
SLIP = say("Print a member's slip: pseudonym and salt, to be handed over and kept.")

app = typer.Typer(no_args_is_help=True, help=spoken(say("The roll: publish it, freeze it.")))

At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Passphrases = Annotated[
    list[str] | None, typer.Option("--passphrase-file", help=spoken(PASSPHRASES), show_default=False)
]


def enrol(
    context: typer.Context,
    persons: Annotated[
        Path, typer.Argument(help=spoken(say("CSV with the columns name and document.")), show_default=False)
    ],
    encoding: Annotated[str, typer.Option("--encoding", help=spoken(say("The encoding of the table.")))] = "utf-8",
    passphrase_file: Passphrases = None,
    at: At = None,
    by: By = None,
) -> None:
    """Add members: names and salts to the sealed roll, one Merkle root to the book."""
    rows = table.read(at_desk.read_bytes(persons, table.MAX_BYTES), persons.name, table.PERSONS, encoding)
    with here(context.obj, at, by) as desk:
        before, word = _members(desk, passphrase_file)
        new = rolls.joining(rows, persons.name, before, random)
        first = desk.state.room(Register).enrolled + 1
        former = (desk.directory / ROLL).read_bytes() if (desk.directory / ROLL).exists() else None
        # The salts are on disk before the book commits to them; members that it does not know are left out on reading.
        _write_roll(desk, [*before, *new], word)
        try:
            desk.record(Enrolled(first=first, count=len(new), root=rolls.batch_root(new)))
        except BaseException:
            _restore(desk, former)
            raise
        tell(
            say(
                "{count} members enrolled: m{first} to m{last}.",
                count=len(new),
                first=str(first),
                last=str(first + len(new) - 1),
            )
        )


def slip(
    context: typer.Context,
    members: Annotated[list[str], typer.Argument(help=spoken(say("Pseudonyms, e.g. m17.")), show_default=False)],
    names: Annotated[
        bool, typer.Option("--names", help=spoken(say("With the name, to know whose slip it is.")))
    ] = False,
    passphrase_file: Passphrases = None,
) -> None:
    """Slips of members, one after another."""
    with here(context.obj) as desk:
        register = desk.state.room(Register)
        numbers = [register.number(member) for member in members]
        known, _ = _members(desk, passphrase_file)
        for number in numbers:
            _print_slip(desk, f"m{number}", known[number - 1], with_name=names)


@app.command("publish", help=spoken(say("Show the roll to the members; objections may be made from now.")))
def publish(context: typer.Context, at: At = None, by: By = None) -> None:
    """Record the roll as it stands as published."""
    with here(context.obj, at, by) as desk:
        hash_, count = _roll(desk)
        desk.record(RollPublished(hash=hash_, count=count))
        tell(
            say(
                "The roll of {count} is published. Days for objections: {days}.",
                count=count,
                days=desk.body.statutes.windows.objections,
            )
        )


@app.command("freeze", help=spoken(say("Close the roll for a vote, once the days for objections have passed.")))
def freeze(context: typer.Context, at: At = None, by: By = None) -> None:
    """Record the roll as frozen."""
    with here(context.obj, at, by) as desk:
        hash_, count = _roll(desk)
        desk.record(RollFrozen(hash=hash_, count=count))
        tell(say("The roll is frozen: {count} may vote.", count=count))


def _roll(desk: Here) -> tuple[str, int]:
    register = desk.state.room(Register)
    return register.hash(), register.electors(desk.body.statutes.electorate.base)


def _members(desk: Here, given: list[str] | None) -> tuple[list[Member], str]:
    """The members whom the book knows, and the passphrase of the roll, which is new when there is no roll yet."""
    file, enrolled = desk.directory / ROLL, desk.state.room(Register).enrolled
    word = passphrase("roll", passphrases(given), new=not file.exists())
    if not file.exists():
        check_passphrase(word)
    members = rolls.unseal(at_desk.read_bytes(file, rolls.MAX_FILE), word) if file.exists() else []
    if len(members) < enrolled:
        raise DeskError(
            say(
                "{file} holds {count} members and the book has enrolled {enrolled}: bring the newest copy of the roll",
                file=str(file),
                count=len(members),
                enrolled=enrolled,
            )
        )
    return members[:enrolled], word


def _write_roll(desk: Here, members: list[Member], word: str) -> None:
    with appearing(desk.directory / ROLL, private=True) as file:
        file.write(rolls.seal(members, word, random, passes=at_desk.COST.passes, memory=at_desk.COST.memory))


def _restore(desk: Here, former: bytes | None) -> None:
    if former is None:
        (desk.directory / ROLL).unlink()
        return
    with appearing(desk.directory / ROLL, private=True) as file:
        file.write(former)


def _print_slip(desk: Here, pseudonym: str, member: Member, *, with_name: bool) -> None:
    tell(say("{name}: slip of {member}", name=desk.body.name, member=pseudonym))
    if with_name:
        typer.echo(f"  {member.name}")
    tell(say("  Book {book}", book=desk.book))
    tell(say("  Salt {salt}", salt=member.salt.hex()))
    tell(say("  Keep it: with it, your name and your document you can prove that you are on the roll."))
