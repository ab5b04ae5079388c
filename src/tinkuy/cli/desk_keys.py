"""`tinkuy desk keys`: officers' keys, the one in use and the one that comes next (llaves de la mesa).

Guarantees that a private key is printed only by `paper`, which is asked for it; that a key is taken away from here only
once it is known to be elsewhere, its file reopened or its phrase typed back; and that a recovery goes on from a copy
that the whole board sealed.

    tinkuy desk keys apart secretary usb/secretary.next.json
    tinkuy desk keys rotate secretary --next secretary=usb/secretary.next.json
    tinkuy desk keys recover secretary --next secretary=usb/secretary.next.json --reason "The laptop was stolen"
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from nacl.utils import random

from tinkuy.assembly.act import Act, Refused
from tinkuy.assembly.board import BoardInstalled
from tinkuy.assembly.founding import Officer
from tinkuy.assembly.recall import Signers
from tinkuy.assembly.register import Register
from tinkuy.book import keys as book_keys
from tinkuy.book.entry import canonical
from tinkuy.book.keys import SigningKey
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
    read_bytes,
    tell,
)
from tinkuy.cli.language import spoken
from tinkuy.desk import boards
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import appearing
from tinkuy.desk.keyring import Keyring, KeyringError, check_passphrase, check_role, open_file
from tinkuy.words import Said, say

app = typer.Typer(no_args_is_help=True, help=spoken(say("Officers' keys: show, keep apart, rotate, recover.")))

ROTATE = say("Replace an officer's key by the one that the book has committed to.")
MAX_PHRASE = 1_024

Role = Annotated[str, typer.Argument(help=spoken(say("Whose key.")), show_default=False)]
Roles = Annotated[list[str], typer.Argument(help=spoken(say("Whose keys.")), show_default=False)]
At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Passphrases = Annotated[
    list[str] | None, typer.Option("--passphrase-file", help=spoken(PASSPHRASES), show_default=False)
]
Next = Annotated[
    list[str] | None,
    typer.Option(
        "--next",
        help=spoken(say("The file in which the next key is kept apart, as chair=FILE; in the keys folder otherwise.")),
        show_default=False,
    ),
]
Phrase = Annotated[
    list[str] | None,
    typer.Option(
        "--phrase",
        help=spoken(say("The next key is on paper: chair, to type its phrase; chair=FILE, to read it.")),
        show_default=False,
    ),
]


@app.command("show", help=spoken(say("Show which keys are in this folder, without opening any.")))
def show(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False
) -> None:
    """Of every seat: whether the key in use is here, and whether the next one lies beside it."""
    with here(context.obj) as desk:
        ring = desk.keyring
        if as_json:
            data = {
                one.role: {"key": one.key, "at_hand": ring.at_hand(one), "next_here": ring.holds_following(one)}
                for one in desk.body.board
            }
            typer.echo(json.dumps(data, indent=2))
            return
        for officer in desk.body.board:
            tell(_state(ring, officer))


def _state(ring: Keyring, officer: Officer) -> Said:
    match ring.at_hand(officer), ring.holds_following(officer):
        case "here", True:
            return say(
                "{role}: the key in use is here, and the next one beside it; keep it apart: tinkuy desk keys apart "
                "{role} FILE",
                role=officer.role,
            )
        case "here", False:
            return say("{role}: the key in use is here; the next one is kept apart", role=officer.role)
        case "other", _:
            return say(
                "{role}: the key here is not the one that the book names now: it was replaced, or the folder came back "
                "from a backup",
                role=officer.role,
            )
        case _, True:
            return say("{role}: only the next key is here: tinkuy desk keys recover {role}", role=officer.role)
        case _:
            return say("{role}: no key here", role=officer.role)


@app.command("make", help=spoken(say("Make the keys of somebody who is to take a seat, and the file that names them.")))
def make(
    context: typer.Context,
    role: Role,
    seat: Annotated[
        Path, typer.Option("--seat", help=spoken(say("The file to write for whoever records it.")), show_default=False)
    ],
    passphrase_file: Passphrases = None,
) -> None:
    """The keys stay in this desk's folder; the seat's file has only what everybody may know."""
    ring = Keyring(Path(context.obj) / at_desk.KEYS)
    check_role(role)
    word = passphrase(role, passphrases(passphrase_file), new=True)
    officer = ring.create(role, word, random, at_desk.COST)
    try:
        with appearing(seat) as file:
            file.write(canonical(msgspec.to_builtins(officer)) + b"\n")
    except BaseException:
        ring.discard(role)  # no book has named them
        raise
    tell(
        say(
            "The keys of {role} are in {folder}; {file} names them.", role=role, folder=str(ring.folder), file=str(seat)
        )
    )


@app.command("apart", help=spoken(say("Move an officer's next key to a file elsewhere, such as a memory stick.")))
def apart(
    context: typer.Context,
    role: Role,
    file: Annotated[Path, typer.Argument(help=spoken(say("Where to keep it.")), show_default=False)],
    passphrase_file: Passphrases = None,
) -> None:
    """The sealed file goes; it opens with the same passphrase."""
    with here(context.obj) as desk:
        word = passphrase(role, passphrases(passphrase_file))
        desk.keyring.keep_apart(desk.officer(role), word, file)
        tell(
            say(
                "The next key of {role} is in {file} and no longer here: keep it where the laptop is not.",
                role=role,
                file=str(file),
            )
        )


@app.command(
    "paper", help=spoken(say("Show an officer's next key as a phrase to copy on paper, and take it from here."))
)
def paper(context: typer.Context, role: Role, phrase: Phrase = None, passphrase_file: Passphrases = None) -> None:
    """Nothing is taken away until the phrase was typed back as it stands on the paper."""
    with here(context.obj) as desk:
        officer = desk.officer(role)
        key = desk.keyring.following(officer, passphrase(role, passphrases(passphrase_file)))
        for line in book_keys.phrase(key):
            tell(say("    {line}", line=line))
        tell(say("Copy these four lines by hand, and let nobody see them: who has them has the key."))
        if _typed(role, _sources(phrase).get(role)) != key:
            raise KeyringError(
                say("that is not the phrase shown: the key is still in {folder}", folder=str(desk.keyring.folder))
            )
        desk.keyring.forget_following(officer)
        tell(say("The next key of {role} is on that paper alone.", role=role))


@app.command("rotate", help=spoken(ROTATE))
def rotate(
    context: typer.Context,
    role: Role,
    next_: Next = None,
    phrase: Phrase = None,
    passphrase_file: Passphrases = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record a rotation and make the key that comes after."""
    with here(context.obj, at, by) as desk:
        found = [_committed(desk, role, next_, phrase, passphrases(passphrase_file))]
        _go_on(desk, found, lambda board: BoardInstalled(board=board, reason="rotation"))
        tell(say("{role} seals with a new key from act {act} on.", role=role, act=str(desk.state.size - 1)))


@app.command(
    "recover", help=spoken(say("Go on with the next key after the one in use was lost, from the longest sealed copy."))
)
def recover(
    context: typer.Context,
    roles: Roles,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=spoken(say("What happened; it stays in the book.")), show_default=False),
    ] = None,
    next_: Next = None,
    phrase: Phrase = None,
    passphrase_file: Passphrases = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record the recovery, signed by the new keys, and make those that come after."""
    with here(context.obj, at, by) as desk:
        boards.sealed_whole(desk.desk, desk.book)
        why, files = asked(reason, "--reason", say("Reason")), passphrases(passphrase_file)
        found = [_committed(desk, role, next_, phrase, files) for role in dict.fromkeys(roles)]
        signers = {one.officer.role: one.key for one in found}
        _go_on(desk, found, lambda board: boards.recovery(desk.desk, desk.book, board, signers, why))
        tell(
            say(
                "{roles} go on with new keys from act {act}. Now seal: tinkuy desk seal",
                roles=tuple(signers),
                act=str(desk.state.size - 1),
            )
        )
        tell(say("What was recorded after that copy is not in this book any more: record it again."))


@app.command("member", help=spoken(say("Make a member's key in a file of theirs, and register it in the book.")))
def member(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=spoken(say("The member, e.g. m17.")), show_default=False)],
    to: Annotated[
        Path, typer.Option("--to", help=spoken(say("The member's own file, e.g. on their stick.")), show_default=False)
    ],
    former: Annotated[
        Path | None,
        typer.Option("--former", help=spoken(say("The file of the key that it replaces.")), show_default=False),
    ] = None,
    passphrase_file: Passphrases = None,
    at: At = None,
    by: By = None,
) -> None:
    """The member types a passphrase of their own; the book learns the public key and the pseudonym."""
    with here(context.obj, at, by) as desk:
        number, files = desk.state.room(Register).number(name), passphrases(passphrase_file)
        if to.exists():
            raise KeyringError(say("{file} is there already: a key is never written over", file=str(to)))
        if former is None and number in desk.state.room(Signers).keys:
            raise DeskError(say("{member} has a key: give its file with --former", member=name))
        before = None if former is None else open_file(former, passphrase(name, files))
        word, key = passphrase(name, files, new=before is None), book_keys.generate(random)
        check_passphrase(word)
        with appearing(to, private=True) as file:
            file.write(book_keys.seal(key, word, random, at_desk.COST).encode("ascii"))
        try:
            desk.record(boards.member_key(desk.book, name, key, before))
        except BaseException:
            to.unlink(missing_ok=True)  # no book knows it
            raise
        tell(say("{member} has a key: {file} is theirs, and nobody else keeps a copy.", member=name, file=str(to)))


@dataclass(frozen=True, slots=True)
class Committed:
    """A seat, the key that the book has committed to for it, and the passphrase under which it will rest."""

    officer: Officer
    key: SigningKey
    word: str


def _committed(
    desk: Here, role: str, next_: Sequence[str] | None, phrase: Sequence[str] | None, files: Mapping[str, Path]
) -> Committed:
    """The committed key of a role, from wherever it is kept; nothing is written yet."""
    officer, kept, on_paper = desk.officer(role), _sources(next_), _sources(phrase)
    if role in on_paper:
        key = _typed(role, on_paper[role])
        word = passphrase(role, files, new=True)
        check_passphrase(word)
    else:
        word, file = passphrase(role, files), kept.get(role)
        key = desk.keyring.following(officer, word) if file is None else open_file(file, word)
    return Committed(officer, key, word)


def _go_on(desk: Here, found: Sequence[Committed], act: Callable[[tuple[Officer, ...]], Act]) -> None:
    """Write the keys, record the act, and name the files as the book names the keys.

    A refused act leaves no file that was not there before. After any other error the files stay: the book may have
    recorded the act, and then committed to a key that is in one of them.
    """
    ring = desk.keyring
    for one in found:
        ring.settle(one.officer)  # a rotation cut short is finished first, so that its files are not taken for new ones
    before = set(ring.folder.glob("*"))
    try:
        made = tuple(ring.succeed(one.officer, one.key, one.word, random, at_desk.COST) for one in found)
        desk.record(act(made))
    except (Refused, KeyringError):
        for file in set(ring.folder.glob("*")) - before:
            file.unlink()
        raise
    for successor in made:
        ring.settle(successor)


def _sources(given: Sequence[str] | None) -> dict[str, Path | None]:
    """Options `role` and `role=FILE` by role."""
    parts = [one.partition("=") for one in given or ()]
    return {role: Path(file) if sign else None for role, sign, file in parts}


def _typed(role: str, file: Path | None) -> SigningKey:
    """The key of a phrase that is typed unseen, or stands in a file."""
    if file is not None:
        return book_keys.from_phrase(read_bytes(file, MAX_PHRASE).decode("utf-8", "replace"))
    try:
        lines = [at_desk.hidden(say("Phrase of {role}, line {line}", role=role, line=str(n))) for n in range(1, 5)]
    except typer.Abort:
        raise DeskError(
            say("no phrase was typed for {role}; for a script: {option}", role=role, option=f"--phrase {role}=FILE")
        ) from None
    return book_keys.from_phrase("\n".join(lines))
