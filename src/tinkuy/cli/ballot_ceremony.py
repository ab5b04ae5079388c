"""`tinkuy ballot ceremony`: trustees make a key of which some of them decrypt, in a folder that goes round.

    trustee      certificate    her key, kept; her certificate, into the folder           N.cert
    trustee      deal           when all certificates are there                           N.polynomial
    organiser    route          what is for each trustee, when all have dealt             N.vinput
    trustee      accept         everything for her checked; her public key                N.voutput
    organiser    conclude       what `setup` takes, when all have accepted                threshold.json, N.dkey
    trustee      private        her private key for `decrypt`, from her key and her letter

Guarantees that the folder holds no secret: it may go by a memory stick or a messenger, and anybody may keep a copy.
What a trustee keeps is the file of her key alone. Nothing is written over, and nothing that was not checked is written.
Source: Belenios specification 2.0, 3.1.1; `tinkuy.ballot.pedersen`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.ballot import BallotError, encoding, pedersen, pki, trustee_key
from tinkuy.ballot.group import by_name
from tinkuy.ballot.trustee_threshold import Context
from tinkuy.cli import ballot_roles
from tinkuy.cli.ballot_demo import threshold_of
from tinkuy.cli.ballot_here import read, read_line, source, write
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import spoken
from tinkuy.words import say

FOLDER = say("The folder that goes round: nothing in it is secret.")
KEY = say("The file of your key for this ceremony, which you keep.")

app = typer.Typer(
    no_args_is_help=True,
    help=spoken(ballot_roles.CEREMONY),
)
Folder = Annotated[Path, typer.Argument(help=spoken(FOLDER), show_default=False)]
Key = Annotated[Path, typer.Option("--key", help=spoken(KEY), show_default=False)]


@app.command("certificate", help=spoken(say("Trustee: your key, and your certificate.")))
def certificate(
    folder: Folder,
    key: Key,
    place: Annotated[int, typer.Option("--place", min=1, help=spoken(say("Your number among the trustees.")))],
    trustees: Annotated[str, typer.Option("--trustees", help=spoken(say("How many of how many decrypt.")))],
    group_name: Annotated[str, typer.Option("--group", help=spoken(say("The group of the election.")))] = "Ed25519",
) -> None:
    """`N.cert`, and the key, private."""
    threshold, size = threshold_of(trustees)
    if place > size:
        raise BallotError(say("There is no trustee {number}: the election has {count}.", number=str(place), count=size))
    chosen = by_name(group_name)
    seed, cert = pedersen.certificate(chosen, Context(chosen.name, size, threshold, place), source)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / f"{place}.cert").exists():
        raise BallotError(
            say("Trustee {number} has her certificate in {folder}.", number=str(place), folder=str(folder))
        )
    write(key, f"{seed}\n".encode(), private=True)
    _put(folder / f"{place}.cert", cert)
    tell(say("Keep {file}: it is your part in everything that follows.", file=str(key)))


@app.command("deal", help=spoken(say("Trustee: a letter to each, after all certificates.")))
def deal(folder: Folder, key: Key) -> None:
    """`N.polynomial`."""
    ceremony, seed = _gathered(folder), read_line(key)
    _put(folder / f"{_number(ceremony, seed)}.polynomial", pedersen.deal(ceremony, seed, source))


@app.command("route", help=spoken(say("Organiser: what is for each, when all have dealt.")))
def route(folder: Folder) -> None:
    """`N.vinput` of every trustee."""
    ceremony = _gathered(folder)
    for number, data in enumerate(pedersen.route(ceremony, _all(folder, ceremony, "polynomial")), 1):
        _put(folder / f"{number}.vinput", data)


@app.command("accept", help=spoken(say("Trustee: check what is for you; your public key.")))
def accept(folder: Folder, key: Key) -> None:
    """`N.voutput`."""
    ceremony, seed = _gathered(folder), read_line(key)
    number = _number(ceremony, seed)
    given = read(folder / f"{number}.vinput")
    _put(folder / f"{number}.voutput", pedersen.accept(ceremony, seed, given, source))


@app.command("conclude", help=spoken(say("Organiser: the parameters that setup takes.")))
def conclude(folder: Folder) -> None:
    """`threshold.json`, and `N.dkey` of every trustee."""
    ceremony = _gathered(folder)
    given = (_all(folder, ceremony, kind) for kind in ("polynomial", "voutput"))
    parameters, letters = pedersen.conclude(ceremony, *given)
    for number, letter in enumerate(letters, 1):
        _put(folder / f"{number}.dkey", letter.encode())
    _put(folder / "threshold.json", encoding.dumps(parameters))


@app.command("private", help=spoken(say("Trustee: your private key, as decrypt takes it.")))
def private(
    folder: Folder,
    key: Key,
    out: Annotated[Path, typer.Option("--out", help=spoken(say("Where to write it.")), show_default=False)],
) -> None:
    """The private key, private."""
    ceremony, seed = _gathered(folder), read_line(key)
    letter = read(folder / f"{_number(ceremony, seed)}.dkey").decode("ascii", "replace").strip()
    write(out, trustee_key.write_private(pedersen.private_key(ceremony.group, seed, letter)), private=True)
    tell(say("{file}: written.", file=str(out)))


def _gathered(folder: Path) -> pedersen.Ceremony:
    """The ceremony of the certificates in the folder: the first one says of how many trustees."""
    announced = pedersen.announced(read(folder / "1.cert"))
    certs = [read(folder / f"{number}.cert") for number in range(1, announced.size + 1)]
    return pedersen.gather(by_name(announced.group), certs, announced.threshold)


def _all(folder: Path, ceremony: pedersen.Ceremony, kind: str) -> list[bytes]:
    return [read(folder / f"{number}.{kind}") for number in range(1, len(ceremony.owners) + 1)]


def _number(ceremony: pedersen.Ceremony, seed: str) -> int:
    return ceremony.place(pki.keys(ceremony.group, seed)) + 1


def _put(path: Path, data: bytes) -> None:
    write(path, data)
    tell(say("{file}: written.", file=str(path)))
