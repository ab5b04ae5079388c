"""`tinkuy fork`: two histories of one book as evidence in one file, and what an assembly does about them (bifurcación).

Guarantees that the file convinces anybody without trust in who made it, offline; and that nobody but the base's own
assembly chooses which history is kept.

Exit code of `verify`: 0 a proven fork, 1 not proven, 2 no such file. Of `prove`: 0 evidence written, 1 there is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly import accused
from tinkuy.assembly.accused import Fork
from tinkuy.book import BookError
from tinkuy.book.fork import Evidence
from tinkuy.cli.desk_here import AT, BY, DIRECTORY, here, tell
from tinkuy.cli.language import current, spoken
from tinkuy.desk import fork as forks
from tinkuy.desk.exchange_places import FORKS
from tinkuy.desk.files import FileRefused, read_handed_in
from tinkuy.desk.moving import move
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultations
from tinkuy.words import Said, say

PROVEN, UNPROVEN = 0, 1

EVIDENCE = say("Evidence of a fork (.tinkuy).")
REASON = say("Why.")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=spoken(say("Two histories of one book: prove, verify, choose, resolve.")),
)
File = Annotated[Path, typer.Argument(help=spoken(EVIDENCE), show_default=False)]
Json = Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))]
Directory = Annotated[Path, typer.Option("--dir", help=spoken(DIRECTORY))]
Reason = Annotated[str, typer.Option("--reason", help=spoken(REASON), show_default=False)]
At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]


@app.command("prove", help=spoken(say("Write the evidence, if copies at hand are two histories of one book.")))
def prove(
    files: Annotated[
        list[Path],
        typer.Argument(
            help=spoken(say("Books, notes, or the archive of a consultation that holds a fork.")), show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The file to write.")))] = Path("fork.tinkuy"),
) -> int:
    """Exit code 0 when evidence was written, 1 when the copies prove no fork."""
    held = [one for file in files for one in forks.held_in(file)]
    evidence, why = forks.found(held)
    if evidence is None:
        for one in why or [say("Two copies are needed; there is {count}.", count=len(held))]:
            tell(one)
        tell(say("No fork is proven."))
        return UNPROVEN
    forks.write(out, evidence)
    for line in _lines(accused.prove(evidence)):
        tell(line)
    tell(say("{file} is written: the evidence of a fork.", file=str(out)))
    return PROVEN


@app.command("show", help=spoken(say("Show what evidence says: whose book, which checkpoints, who sealed them.")))
def show(file: File, as_json: Json = False) -> int:
    """As `verify`, which this is with more words."""
    return _told(file, as_json, words=True)


@app.command("verify", help=spoken(say("Check evidence alone: is it two sealed histories of one book?")))
def verify(file: File, as_json: Json = False) -> int:
    """Exit code 0 when the fork is proven, 1 when it is not, 2 when the file is no evidence."""
    return _told(file, as_json, words=False)


@app.command(
    "choose", help=spoken(say("Record that the assembly keeps the history of this desk and gives up the other."))
)
def choose(
    file: File,
    vote: Annotated[int, typer.Option("--vote", help=spoken(say("The vote that decided it.")), show_default=False)],
    reason: Reason,
    directory: Directory = Path("."),
    at: At = None,
    by: By = None,
) -> None:
    """The base's act; it takes a vote that was declared carried."""
    evidence = forks.read_evidence(file)
    with here(directory, at, by) as desk:
        act = forks.chosen(desk.desk, desk.book, evidence, vote, reason)
        desk.record(act)
        tell(
            say(
                "Act {act}: the history of {size} acts with root {root} is given up. Seal the book and hand it in.",
                act=str(desk.state.size - 1),
                size=act.size,
                root=act.root[:12],
            )
        )


@app.command("resolve", help=spoken(say("Let a base's book go on that chose one of its two histories.")))
def resolve(
    book: Annotated[
        Path, typer.Argument(help=spoken(say("The base's book, with its choice (.tinkuy).")), show_default=False)
    ],
    reason: Reason,
    directory: Directory = Path("."),
    at: At = None,
    by: By = None,
) -> None:
    """The federation's act, after checking the base's."""
    given = read_handed_in(book)
    if not isinstance(given.held, BookCopy):
        raise FileRefused(say("{file} holds one sheet, not a book", file=str(book)))
    with here(directory, at, by) as desk:
        for data in given.attachments.values():
            desk.desk.attach(data)
        state = replay(given.held.bodies, desk.desk.attachments)
        if not forks.waits_to_be_moved(desk.desk, desk.book, given.held):
            desk.record(forks.resolved(desk.desk, desk.book, given.held, state, reason))
        if desk.state.room(Consultations).kept[given.book].place == 0:
            desk.desk.take(given.held, state)
            tell(say("The book goes on in the history received here. Its sheets wait to be resolved one by one."))
            return
    tell(say("The book goes on in the other history. Sheets received from the one given up are to be annulled."))
    tell(
        say(
            "That history is here now; the store as it was is kept in {file}. After the annulment receive the base's "
            "book again: a sheet of this history takes the place of the annulled one.",
            file=str(move(directory, given.held)),
        )
    )


def keep(folder: Path, evidence: Evidence) -> Path:
    """Write evidence under `forks/` of a folder, once, by a name that the fork gives it; where it is."""
    one, other = (branch.checkpoint for branch in evidence.branches)
    # Not in the folder itself: there a file of this kind is the archive of a consultation.
    path = folder / FORKS / f"fork-{one.book_id[:8]}-{one.root.hex()[:8]}-{other.root.hex()[:8]}.tinkuy"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        forks.write(path, evidence)
    return path


def _told(file: Path, as_json: bool, *, words: bool) -> int:
    evidence = forks.read_evidence(file)
    try:
        proven, why = accused.prove(evidence), None
    except BookError as error:
        proven, why = None, error.said
    if as_json:
        typer.echo(json.dumps(_data(proven, why), ensure_ascii=False, indent=2))
        return UNPROVEN if proven is None else PROVEN
    if proven is None:
        tell(why or say("No fork is proven."))
        tell(say("No fork is proven."))
        return UNPROVEN
    for line in _lines(proven) if words else ():
        tell(line)
    tell(
        say(
            "The fork is proven: the officers of {name} sealed two histories of book {book}.",
            name=proven.name,
            book=proven.book,
        )
    )
    return PROVEN


def _lines(proven: Fork) -> Iterator[Said]:
    if proven.synthetic:
        yield say("A made-up example: no such body exists.")
    yield say("Book {book} of {name}, {place}", book=proven.book, name=proven.name, place=proven.place)
    for side in proven.sides:
        at = side.checkpoint
        yield say(
            "    {size} acts, check code {code}, sealed by {roles}",
            size=at.size,
            code=at.check_code,
            roles=tuple(side.sealed),
        )
    if proven.sides[0].checkpoint.size == proven.sides[1].checkpoint.size:
        yield say("    Two roots of one size: they cannot be one history.")
    else:
        yield say("    The larger history did not have the smaller one's root at that size: it does not continue it.")


def _data(proven: Fork | None, why: Said | None) -> dict[str, object]:
    if proven is None:
        return {"proven": False, "why": "" if why is None else why.in_language(current())}
    return {
        "proven": True,
        "book": proven.book,
        "name": proven.name,
        "place": proven.place,
        "synthetic": proven.synthetic,
        "histories": [
            {
                "size": side.checkpoint.size,
                "root": side.checkpoint.root.hex(),
                "check_code": side.checkpoint.check_code,
                "sealed": dict(side.sealed),
                "checkpoint": side.checkpoint.note.decode(),
            }
            for side in proven.sides
        ],
    }
