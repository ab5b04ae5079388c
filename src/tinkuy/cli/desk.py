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

from tinkuy.assembly.founding import BoardInstalled, Founded
from tinkuy.assembly.register import Enrolled, Register, RollFrozen, RollPublished
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.cli import desk_acts, desk_federation, desk_show, desk_vote
from tinkuy.cli import desk_here as at_desk
from tinkuy.cli.desk_here import (
    AT,
    BY,
    COST,
    PASSPHRASES,
    ROLL,
    Here,
    asked,
    here,
    passphrase,
    passphrases,
    tell,
)
from tinkuy.cli.language import spoken
from tinkuy.cli.rebuild import STORE
from tinkuy.desk import roll as rolls
from tinkuy.desk import table
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.files import appearing, read_handed_in, write_book
from tinkuy.desk.keyring import Keyring, check_passphrase, check_role
from tinkuy.desk.roll import Member
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.statutes import Statutes, presets
from tinkuy.statutes.reading import MAX_BYTES
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import say

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=spoken(say("Keep a body's book: found, record, seal, hand over.")),
)
roll = typer.Typer(no_args_is_help=True, help=spoken(say("The roll: publish it, freeze it.")))
app.add_typer(roll, name="roll")
app.add_typer(desk_vote.app, name="vote")
app.add_typer(desk_federation.app, name="federation")

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
    if (directory / STORE).exists():
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
    directory.mkdir(parents=True, exist_ok=True)
    board = tuple(keyring.create(one, word, random, COST) for one, word in words.items())
    store = SqliteStore(directory / STORE)
    try:
        desk = Desk(store)
        act = Founded(name=name, body=kind, place=place, statutes=desk.attach(text), board=board, synthetic=synthetic)
        book = desk.found(act, at=when, by=roles[0])
    except BaseException:
        store.close()
        _undone(directory, keyring, tuple(words))
        raise
    store.close()
    at_desk.keep_own(directory, book)
    tell(say("{name} is founded. Its book is {book}.", name=name, book=book))
    tell(
        say(
            "The keys are in {folder}. Without file and passphrase nobody seals: keep a copy of the folder apart.",
            folder=str(directory / at_desk.KEYS),
        )
    )


@app.command("enrol", help=spoken(say("Enrol the persons of a table; the book learns only how many.")))
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
    rows = table.read(_bytes(persons, table.MAX_BYTES), persons.name, table.PERSONS, encoding)
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


@app.command("slip", help=spoken(say("Print a member's slip: pseudonym and salt, to be handed over and kept.")))
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


@roll.command("publish", help=spoken(say("Show the roll to the members; objections may be made from now.")))
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


@roll.command("freeze", help=spoken(say("Close the roll for a vote, once the days for objections have passed.")))
def freeze(context: typer.Context, at: At = None, by: By = None) -> None:
    """Record the roll as frozen."""
    with here(context.obj, at, by) as desk:
        hash_, count = _roll(desk)
        desk.record(RollFrozen(hash=hash_, count=count))
        tell(say("The roll is frozen: {count} may vote.", count=count))


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
    directory: Path = context.obj
    if not (directory / STORE).exists():
        _new_desk(directory, given.book)
    with here(directory) as desk:
        if given.book != desk.book:
            raise DeskError(say("{file} is not this desk's book but {book}", file=str(file), book=given.book))
        for data in given.attachments.values():
            desk.desk.attach(data)
        new = desk.desk.take(given.held, state)
        tell(say("{file}: {count} acts that were not here.", file=str(file), count=new))
        _tell_seal(desk, desk.desk.copy(desk.book).note)


@app.command("rotate", help=spoken(say("Replace an officer's key by the one that the book has committed to.")))
def rotate(
    context: typer.Context,
    role: Annotated[str, typer.Argument(help=spoken(say("Whose key.")), show_default=False)],
    passphrase_file: Passphrases = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record a rotation and make the key that comes after."""
    with here(context.obj, at, by) as desk:
        officer = desk.officer(role)
        successor = desk.keyring.succeed(officer, passphrase(role, passphrases(passphrase_file)), random, COST)
        desk.record(BoardInstalled(board=(successor,), reason="rotation"))
        desk.keyring.settle(successor)
        tell(say("{role} seals with a new key from act {act} on.", role=role, act=str(desk.state.size - 1)))


app.command("sheet", help=spoken(desk_vote.SHEET))(desk_vote.sheet)
app.command("record", help=spoken(desk_acts.RECORD))(desk_acts.record)
app.command("acts", help=spoken(desk_acts.ACTS))(desk_acts.acts)
app.command("show", help=spoken(desk_show.SHOW))(desk_show.show)


def _statutes(given: str) -> bytes:
    file = Path(given)
    return _bytes(file, MAX_BYTES) if file.suffix == ".toml" or file.is_file() else presets.read(given)


def _bytes(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(most + 1)


def _undone(directory: Path, keyring: Keyring, roles: tuple[str, ...]) -> None:
    """Leave no half-made desk behind a founding that was refused."""
    for one in roles:
        keyring.discard(one)
    for name in (STORE, f"{STORE}-wal", f"{STORE}-shm"):
        (directory / name).unlink(missing_ok=True)


def _new_desk(directory: Path, book: str) -> None:
    """An empty desk for a book that comes from another laptop."""
    directory.mkdir(parents=True, exist_ok=True)
    SqliteStore(directory / STORE).close()
    at_desk.keep_own(directory, book)


def _roll(desk: Here) -> tuple[str, int]:
    register = desk.state.room(Register)
    return register.hash(), register.electors(desk.body.statutes.electorate.base)


def _members(desk: Here, given: list[str] | None) -> tuple[list[Member], str]:
    """The members whom the book knows, and the passphrase of the roll, which is new when there is no roll yet."""
    file, enrolled = desk.directory / ROLL, desk.state.room(Register).enrolled
    word = passphrase("roll", passphrases(given), new=not file.exists())
    if not file.exists():
        check_passphrase(word)
    members = rolls.unseal(_bytes(file, rolls.MAX_FILE), word) if file.exists() else []
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
        file.write(rolls.seal(members, word, random, passes=COST.passes, memory=COST.memory))


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
