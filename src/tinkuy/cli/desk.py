"""`tinkuy desk`: a body keeps its own book at the terminal (mesa de la secretaría).

Guarantees that every act goes through the same desk and the same replay as everything else; that names, salts and
private keys stay in sealed files beside the book and are printed only when a slip is asked for; and that a command
that is refused leaves nothing behind.

    tinkuy desk found --name "Junta Vecinal 8 de Marzo" --kind neighbourhood --place Ayaviri --statutes pe-junta-vecinal
    tinkuy desk enrol padron.csv
    tinkuy desk seal --role secretary --role chair
    tinkuy desk export junta.tinkuy
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from nacl.utils import random

from tinkuy.assembly import seal as seals
from tinkuy.assembly.founding import Founded, Officer
from tinkuy.assembly.withdrawal import sealed_over
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.cli import (
    desk_acts,
    desk_election,
    desk_federation,
    desk_keys,
    desk_recall,
    desk_roll,
    desk_show,
    desk_undo,
    desk_vote,
)
from tinkuy.cli import desk_here as at_desk
from tinkuy.cli.desk_here import (
    AT,
    BY,
    PASSPHRASES,
    Here,
    asked,
    here,
    passphrase,
    passphrases,
    tell,
)
from tinkuy.cli.language import spoken
from tinkuy.cli.rebuild import STORE
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.files import read_handed_in, write_book
from tinkuy.desk.keyring import Keyring, check_passphrase, check_role
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy
from tinkuy.statutes import Statutes, presets
from tinkuy.statutes.reading import MAX_BYTES
from tinkuy.store.opening import open_store, store_of
from tinkuy.words import say

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=spoken(say("Keep a body's book: found, record, seal, hand over.")),
)
app.add_typer(desk_roll.app, name="roll")
app.add_typer(desk_vote.app, name="vote")
app.add_typer(desk_election.app, name="election")
app.add_typer(desk_federation.app, name="federation")
app.add_typer(desk_keys.app, name="keys")
app.add_typer(desk_recall.app, name="recall")

At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Passphrases = Annotated[
    list[str] | None, typer.Option("--passphrase-file", help=spoken(PASSPHRASES), show_default=False)
]


@app.callback()
def folder(
    context: typer.Context,
    directory: Annotated[Path, typer.Option("--dir", help=spoken(at_desk.DIRECTORY), show_default=False)] = Path(),
) -> None:
    """Remember the desk's folder for the command that follows."""
    context.obj = directory


@app.command("found", help=spoken(say("Found a body: its book, and a key for each officer.")))
def found(
    context: typer.Context,
    name: Annotated[str | None, typer.Option("--name", help=spoken(say("Its name.")), show_default=False)] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help=spoken(say("Its kind, e.g. neighbourhood or federation.")), show_default=False),
    ] = None,
    place: Annotated[str | None, typer.Option("--place", help=spoken(say("Its place.")), show_default=False)] = None,
    statutes: Annotated[
        str | None,
        typer.Option(
            "--statutes", help=spoken(say("A name of tinkuy statutes list, or a file in TOML.")), show_default=False
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role", help=spoken(say("A seat on the board; by default those that seal.")), show_default=False
        ),
    ] = None,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help=spoken(say("An invented body, for practice.")))
    ] = False,
    passphrase_file: Passphrases = None,
    at: At = None,
) -> None:
    """Open the book of a body, with the keys of its officers."""
    directory: Path = context.obj
    if at_desk.begun(directory):
        raise DeskError(
            say("{folder} is a desk already: found another body in a folder of its own", folder=str(directory))
        )
    name = asked(name, "--name", say("Name of the body"))
    kind = asked(kind, "--kind", say("Kind, e.g. neighbourhood, community, university, workplace, federation"))
    place = asked(place, "--place", say("Place"))
    text = _statutes(asked(statutes, "--statutes", say("Statutes (a name of tinkuy statutes list, or a file)")))
    roles = tuple(role or Statutes.from_toml(text).officers.seal)
    files, keyring, when = passphrases(passphrase_file), Keyring(directory / at_desk.KEYS), at_desk.moment(at)
    for one in roles:
        check_role(one)
    words = {one: passphrase(one, files, new=True) for one in dict.fromkeys(roles)}
    for one in words.values():
        check_passphrase(one)
    if clash := [one for one in words if keyring.has(one)]:
        raise DeskError(say("{folder} holds a key of {role} already", folder=str(keyring.folder), role=clash[0]))
    directory.mkdir(parents=True, exist_ok=True)
    try:
        board = tuple(keyring.create(one, word, random, at_desk.COST) for one, word in words.items())
        book = _founded(directory, name, kind, place, text, board, synthetic, when)
    except BaseException:
        _undone(directory, keyring, tuple(words))
        raise
    at_desk.keep_own(directory, book)
    tell(say("{name} is founded. Its book is {book}.", name=name, book=book))
    tell(
        say(
            "The keys are in {folder}. Keep each next key where this laptop is not: tinkuy desk keys apart",
            folder=str(directory / at_desk.KEYS),
        )
    )


@app.command("seal", help=spoken(say("Sign the book as it stands; officers may sign one after another.")))
def seal(
    context: typer.Context,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help=spoken(say("Who signs; by default all whose key is here.")), show_default=False),
    ] = None,
    passphrase_file: Passphrases = None,
) -> None:
    """Add officers' signatures to a checkpoint over all acts."""
    with here(context.obj) as desk:
        needed, files = desk.body.statutes.officers.seal, passphrases(passphrase_file)
        roles = role or [one for one in needed if desk.keyring.holds(desk.officer(one))]
        if not roles:
            raise DeskError(say("no officer's key is in {folder}", folder=str(desk.keyring.folder)))
        signers = {one: desk.keyring.unseal(desk.officer(one), passphrase(one, files)) for one in roles}
        _tell_seal(desk, desk.desk.seal(desk.book, signers))


@app.command("export", help=spoken(say("Write the book as a file to hand over.")))
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=spoken(say("The file to write (.tinkuy).")), show_default=False)],
) -> None:
    """The book up to its last checkpoint, as C2SP tiles in one package, with what its acts name."""
    with here(context.obj) as desk:
        copy = desk.desk.copy(desk.book)
        write_book(file, copy, desk.desk.named(copy))
        _tell_seal(desk, copy.note)
        if left := desk.unsealed():
            tell(say("{count} acts after it are not sealed and not in the file.", count=left))
        tell(say("{file} is written: {count} acts.", file=str(file), count=len(copy.bodies)))


@app.command("import", help=spoken(say("Take in a copy of this body's book from another laptop.")))
def take_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=spoken(say("The book (.tinkuy).")), show_default=False)],
) -> None:
    """Acts that follow those held here, and signatures; a folder without a desk becomes one."""
    given = read_handed_in(file)
    if not isinstance(given.held, BookCopy):
        raise DeskError(say("{file} holds one sheet, not a book", file=str(file)))
    state = replay(given.held.bodies, given.attachments)
    for breach in state.breaches:
        raise DeskError(
            say("{file}: act {act} was not allowed: {why}", file=str(file), act=str(breach.n), why=breach.said)
        )
    sealed = seals.inspect(given.held.bodies, given.held.note, state)
    if sealed.faults:
        raise DeskError(say("{file}: the seal does not hold: {fault}", file=str(file), fault=sealed.faults[0]))
    if not sealed.signed:
        raise DeskError(say("{file}: no officer of its board has signed it", file=str(file)))
    directory: Path = context.obj
    if not at_desk.begun(directory):
        _new_desk(directory, given.book)
    with here(directory) as desk:
        if given.book != desk.book:
            raise DeskError(say("{file} is not this desk's book but {book}", file=str(file), book=given.book))
        _expect_nothing_sealed_taken_back(desk, file, state, sealed)
        for data in given.attachments.values():
            desk.desk.attach(data)
        new = desk.desk.take(given.held, state)
        tell(say("{file}: {count} acts that were not here.", file=str(file), count=new))
        _tell_seal(desk, desk.desk.copy(desk.book).note)


app.command("rotate", help=spoken(desk_keys.ROTATE))(desk_keys.rotate)
app.command("enrol", help=spoken(desk_roll.ENROL))(desk_roll.enrol)
app.command("slip", help=spoken(desk_roll.SLIP))(desk_roll.slip)
app.command("sheet", help=spoken(desk_vote.SHEET))(desk_vote.sheet)
app.command("record", help=spoken(desk_acts.RECORD))(desk_acts.record)
app.command("acts", help=spoken(desk_acts.ACTS))(desk_acts.acts)
app.command("show", help=spoken(desk_show.SHOW))(desk_show.show)
app.command("undo", help=spoken(desk_undo.UNDO))(desk_undo.undo)
app.command("history", help=spoken(desk_undo.HISTORY))(desk_undo.history)


def _founded(
    directory: Path,
    name: str,
    kind: str,
    place: str,
    statutes: bytes,
    board: tuple[Officer, ...],
    synthetic: bool,
    at: str,
) -> str:
    store = open_store(store_of(directory))
    try:
        desk = Desk(store)
        digest = desk.attach(statutes)
        act = Founded(name=name, body=kind, place=place, statutes=digest, board=board, synthetic=synthetic)
        return desk.found(act, at=at, by=board[0].role)
    finally:
        store.close()


def _statutes(given: str) -> bytes:
    file = Path(given)
    return at_desk.read_bytes(file, MAX_BYTES) if file.suffix == ".toml" or file.is_file() else presets.read(given)


def _undone(directory: Path, keyring: Keyring, roles: tuple[str, ...]) -> None:
    """Leave no half-made desk behind a founding that was refused."""
    for one in roles:
        keyring.discard(one)
    for name in (STORE, f"{STORE}-wal", f"{STORE}-shm"):
        (directory / name).unlink(missing_ok=True)


def _new_desk(directory: Path, book: str) -> None:
    """An empty desk for a book that comes from another laptop."""
    directory.mkdir(parents=True, exist_ok=True)
    open_store(store_of(directory)).close()
    at_desk.keep_own(directory, book)


def _expect_nothing_sealed_taken_back(desk: Here, file: Path, come: Assembly, sealed: seals.Seal) -> None:
    """Refuse a copy where it takes back what is sealed here, or what is here takes back what it has sealed."""
    fault = sealed_over(come.slips, desk.desk.sealed(desk.book))
    if sealed.whole and desk.desk.store.size(desk.book):
        fault = fault or sealed_over(desk.state.slips, sealed.size)
    if fault is not None:
        raise DeskError(
            say(
                "{file} and the book here do not go together: {fault}. Go on from the sealed copy, imported in an "
                "empty folder.",
                file=str(file),
                fault=fault,
            )
        )


def _tell_seal(desk: Here, note: bytes) -> None:
    read, copy = parse_checkpoint(note), desk.desk.copy(desk.book)
    lacking = desk_show.lacking(desk.desk, copy)
    code = read.check_code
    if lacking:
        tell(
            say(
                "{count} acts, provisional: {roles} must still sign. Check code {code}",
                count=read.size,
                roles=lacking,
                code=code,
            )
        )
    else:
        tell(say("{count} acts, sealed. Check code {code}", count=read.size, code=code))
