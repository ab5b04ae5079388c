"""A desk's folder as the commands see it: which book is this body's own, whose passphrase is asked, what time it is.

    books.sqlite   the books, this body's own and those that it received; elsewhere if there is a `store.txt`
    book.txt       the id of its own
    keys/          its officers' keys, sealed (`desk.keyring`)
    roll.json      who its members are, sealed (`desk.roll`)

The clock and the operating system's randomness are asked here and nowhere below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from tinkuy.assembly.act import Act
from tinkuy.assembly.founding import Body, Officer
from tinkuy.book.keys import MODERATE
from tinkuy.cli.language import spoken
from tinkuy.cli.rebuild import STORE
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.files import appearing
from tinkuy.desk.keyring import Keyring
from tinkuy.federation.acts import Assembly
from tinkuy.store.opening import is_there, open_store, store_of
from tinkuy.store.port import Store
from tinkuy.words import Said, say

OWN, KEYS, ROLL = "book.txt", "keys", "roll.json"
COST = MODERATE  # of opening a key file or the roll

DIRECTORY = say("The folder of the desk; by default this one.")
AT = say("When it happened, as 2026-03-08T20:00:00Z or 2026-03-08T15:00-05:00; by default now.")
BY = say("The officer who records; by default the secretary.")
PASSPHRASES = say("Read a passphrase from a file's first line, as chair=FILE; asked otherwise.")


@dataclass(frozen=True, slots=True)
class Here:
    """An open desk, and the book that is its own."""

    directory: Path
    desk: Desk
    book: str
    at: str
    by: str

    @property
    def state(self) -> Assembly:
        """The body as its book stands."""
        return self.desk.assembly(self.book)

    @property
    def body(self) -> Body:
        """Who the body is, its statutes and its board."""
        return self.state.room(Body)

    @property
    def keyring(self) -> Keyring:
        """The officers' keys on this device."""
        return Keyring(self.directory / KEYS)

    def officer(self, role: str) -> Officer:
        """Who holds a role. Raises `DeskError` naming the roles that are held."""
        officer = self.body.officer(role)
        if officer is None:
            roles = tuple(seat.officer.role for seat in self.body.seats if seat.until is None)
            raise DeskError(say("nobody holds the role {role}; the board is {roles}", role=role, roles=roles))
        return officer

    def record(self, *acts: Act) -> None:
        """Record acts under this desk's time and officer."""
        self.desk.record(self.book, *acts, at=self.at, by=self.recorder())

    def recorder(self) -> str:
        """The officer under whom acts are recorded: the one named, else the secretary, else the first on the board."""
        first = next(seat.officer.role for seat in self.body.seats if seat.until is None)
        return self.by or ("secretary" if self.body.officer("secretary") else first)

    def unsealed(self) -> int:
        """How many acts stand after the last checkpoint."""
        note = self.desk.store.latest_checkpoint(self.book)
        held = 0 if note is None else len(self.desk.copy(self.book).bodies)
        return self.desk.store.size(self.book) - held


@contextmanager
def here(directory: Path, at: str | None = None, by: str | None = None) -> Iterator[Here]:
    """The desk of a folder, closed at the end. Raises `DeskError` when there is none, or no book of its own."""
    where = store_of(directory)
    if not is_there(where):
        raise DeskError(
            say(
                "{folder} is no desk, it has no {store}: found a body with tinkuy desk found, or name one with --dir",
                folder=str(directory),
                store=STORE,
            )
        )
    store = open_store(where)
    try:
        desk = Desk(store)
        yield Here(directory, desk, _own(directory, store), moment(at), by or "")
    finally:
        store.close()


def begun(directory: Path) -> bool:
    """Whether the folder is a desk already."""
    where = store_of(directory)
    return where.exists() if isinstance(where, Path) else (directory / OWN).exists()


def keep_own(directory: Path, book: str) -> None:
    """Note which book is the desk's own."""
    with appearing(directory / OWN) as file:
        file.write(f"{book}\n".encode("ascii"))


def _own(directory: Path, store: Store) -> str:
    noted = directory / OWN
    books = store.books()
    if noted.is_file():
        book = noted.read_text(encoding="ascii", errors="replace").strip()
        if book in books or not books:  # not there yet: the first copy is about to be taken in
            return book
        raise DeskError(
            say("{file} names the book {book}, which is not in the store", file=str(noted), book=ascii(book[:40]))
        )
    asking = [book for book in books if any(b'"consultation.drafted"' in body for body in store.bodies(book))]
    for found in (books, asking):
        if len(found) == 1:
            return found[0]
    raise DeskError(
        say("{folder} holds {count} books and none is noted as its own", folder=str(directory), count=len(books))
    )


def moment(at: str | None) -> str:
    """A time as acts write it, in UTC to the second; now when none is given."""
    if at is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        given = datetime.fromisoformat(at.strip())
    except ValueError:
        given = None
    if given is None or given.tzinfo is None:
        raise DeskError(
            say("“{time}” is not a time with its zone; write 2026-03-08T20:00:00Z or 2026-03-08T15:00-05:00", time=at)
        )
    return given.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def passphrases(given: Sequence[str] | None) -> dict[str, Path]:
    """The options `--passphrase-file role=FILE` by role."""
    named = {}
    for one in given or ():
        role, sign, file = one.partition("=")
        if not sign or not role or not file:
            raise DeskError(say("--passphrase-file takes a role and a file, as chair=FILE, not “{given}”", given=one))
        named[role] = Path(file)
    return named


def passphrase(of: str, files: Mapping[str, Path], *, new: bool = False) -> str:
    """The passphrase of a role or of the roll: the first line of its file, or asked, hidden, twice when it is new."""
    if of in files:
        with files[of].open("rb") as file:
            line = file.readline(4_096).rstrip(b"\r\n")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            raise DeskError(say("{file}: the passphrase is not UTF-8", file=str(files[of]))) from None
    try:
        return _new(of) if new else hidden(say("Passphrase of {role}", role=of))
    except typer.Abort:
        raise DeskError(
            say("no passphrase was given for {role}; for a script: {option}", role=of, option="--passphrase-file")
        ) from None


def _new(of: str) -> str:
    """A passphrase typed twice alike."""
    while True:
        first = hidden(say("New passphrase of {role}", role=of))
        if hidden(say("The same once more")) == first:
            return first
        typer.echo(spoken(say("These were two different ones; try again.")), err=True)


def hidden(what: Said) -> str:
    """What a person types unseen. Aborts when nobody answers."""
    return str(typer.prompt(shown(what), hide_input=True, err=True))


def read_bytes(file: Path, most: int) -> bytes:
    """A file's bytes; one more than `most` where there are more, for the reader to refuse."""
    with file.open("rb") as opened:
        return opened.read(most + 1)


def asked(given: str | None, option: str, what: Said, *, empty: bool = False) -> str:
    """What an option gave, or the person's answer. Raises `DeskError` naming the option when nobody answers."""
    if given is not None:
        return given
    try:
        if empty:
            return str(typer.prompt(shown(what), default="", show_default=False, err=True))
        return str(typer.prompt(shown(what), err=True))
    except typer.Abort:
        raise DeskError(say("{what}: no answer; give it with {option}", what=what, option=option)) from None


def shown(said: Said) -> str:
    """A saying in the terminal's language; signs that would steer a terminal, from a book that anybody may have
    written, stand as �.
    """
    text = spoken(said).replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")
    return "".join(sign if sign.isprintable() or sign == "\N{NARROW NO-BREAK SPACE}" else "\ufffd" for sign in text)


def tell(said: Said) -> None:
    """One line on the output."""
    typer.echo(shown(said))
