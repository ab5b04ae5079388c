"""`tinkuy scan`: a photograph of a printed sheet, and what it proves (lectura del acta impresa).

Guarantees that nothing is asked but the pictures and, where one is named, a book; that what the paper alone cannot
prove is said; and that a printed figure is compared with the signed one and never guessed.

Exit code: 0 proven, and the figures agree where that was asked; 1 not; 2 the pictures or a figure cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from tinkuy.assembly.vote import NAMES
from tinkuy.book.package import Package
from tinkuy.cli.desk_here import read_bytes, tell
from tinkuy.cli.language import current, spoken
from tinkuy.cli.sms import shown
from tinkuy.desk.files import read_handed_in, write_proven
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import MANIFEST, MAX_FEDERATION_ACTS, BookCopy, read_book
from tinkuy.paper import figures, layout, payload, photo, proving
from tinkuy.paper.errors import PaperError, Unreadable
from tinkuy.paper.figures import Reading
from tinkuy.paper.payload import Carried
from tinkuy.paper.proving import Held, Scanned
from tinkuy.paper.sheet import roles
from tinkuy.words import Said, say

PROVEN, UNPROVEN, UNREAD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture and the codes found in it."""

    picture: Image.Image
    codes: Sequence[photo.Found]


def command(
    images: Annotated[
        list[Path],
        typer.Argument(help=spoken(say("Photographs of one sheet (JPEG, PNG, WebP).")), show_default=False),
    ],
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help=spoken(
                say("Who the keys belong to: the federation's book, its archive, or the base's book (.tinkuy).")
            ),
            show_default=False,
        ),
    ] = None,
    read_figures: Annotated[
        bool, typer.Option("--read-figures", help=spoken(say("Compare the printed digits with the signed ones.")))
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=spoken(say("Write the sheet and its proof, ready to hand in.")), show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False,
) -> int:
    """Read the codes, verify them, and say what they prove."""
    held = None if from_ is None else _held(from_)
    seen = [_seen(image) for image in images]
    carried = _one(payload.joined(code.text for one in seen for code in one.codes))
    scanned = proving.prove(carried, held)
    readings = _readings(seen, scanned) if read_figures else []
    if out is not None:
        if not scanned.proven:
            raise PaperError(say("nothing was written: the sheet is not proven"))
        write_proven(out, carried.proven())
    if as_json:
        typer.echo(json.dumps(_data(scanned, readings), ensure_ascii=False, indent=2))
    else:
        for line in _lines(scanned, readings, compared=read_figures):
            tell(line)
    return _code(scanned, readings)


def _seen(image: Path) -> Seen:
    try:
        picture = photo.opened(read_bytes(image, photo.MAX_FILE))
    except Unreadable as error:
        raise Unreadable(say("{file}: {fault}", file=str(image), fault=error.said)) from None
    return Seen(picture, photo.codes(picture, _whole))


def _whole(texts: Iterable[str]) -> bool:
    try:
        return bool(payload.joined(texts))
    except Unreadable:
        return False


def _one(sheets: Sequence[Carried]) -> Carried:
    if len(sheets) > 1:
        raise PaperError(say("the pictures show {count} different sheets: scan them one by one", count=len(sheets)))
    return sheets[0]


def _held(file: Path) -> Held:
    """The book in a file: a federation's, also out of its archive, or a base's."""
    with file.open("rb") as opened:
        package = Package(opened)
        if MANIFEST not in package:
            given = read_handed_in(file)
            if not isinstance(given.held, BookCopy):
                raise PaperError(say("{file} holds one sheet with its proof, not a book", file=str(file)))
            return Held(given.held, replay(given.held.bodies, given.attachments))
        copy = read_book(package.read, "federation/", MAX_FEDERATION_ACTS)
        named = [name for name in package.names() if name.startswith("attachments/")]
        return Held(copy, replay(copy.bodies, {name.split("/")[1]: package.read(name) for name in named}))


def _readings(seen: Sequence[Seen], scanned: Scanned) -> list[Reading]:
    """The figures in the picture that shows both codes of the sheet."""
    texts = payload.codes(scanned.carried)
    for one in seen:
        by_text = {code.text: code for code in one.codes}
        if set(texts) <= set(by_text):
            return figures.read(one.picture, [by_text[text] for text in texts], scanned.sheet.count)
    raise Unreadable(say("to compare the figures, take a picture of the whole page with both codes"))


def _lines(scanned: Scanned, readings: Sequence[Reading], *, compared: bool) -> Iterator[Said]:
    sheet, carried = scanned.sheet, scanned.carried
    name = scanned.name or say("a body whose name the paper does not prove")
    yield say("Tally sheet of {name}, unit {code}", name=name, code=sheet.unit)
    if scanned.question:
        yield say("{text}", text=scanned.question)
    yield say("Signed figures, in the order of the paper:")
    for at, votes in enumerate(sheet.count.votes):
        yield say("  {option}: {figure}", option=_named(scanned, f"option:{at}"), figure=shown(votes))
    for box in layout.shown(sheet.count):
        yield say("  {option}: {figure}", option=NAMES[box], figure=shown(getattr(sheet.count, box)))
    for reading in readings:
        if reading.verdict != "agrees":
            yield _disagreement(scanned, reading)
    yield say("Check code {code}", code=scanned.check_code)
    yield say("act {act} of {size} in book {book}", act=str(sheet.n), size=carried.size, book=carried.book)
    for number, said in scanned.differences:
        yield say("    check {number}: {difference}", number=str(number), difference=said)
    for fault in scanned.faults:
        yield say("!!  {fault}", fault=fault)
    yield _proof(scanned)
    yield (
        _comparison(readings) if compared else say("Compare the signed figures with the paper, or add --read-figures.")
    )


def _named(scanned: Scanned, key: str) -> Said:
    if not key.startswith("option:"):
        return NAMES[key]
    at = int(key.removeprefix("option:"))
    if at < len(scanned.options):
        return say("{text}", text=scanned.options[at])
    return say("Option {number}", number=str(at + 1))


def _disagreement(scanned: Scanned, reading: Reading) -> Said:
    at = {box.key: box.glyphs for box in layout.boxes(scanned.sheet.count)}
    box, signed = _named(scanned, reading.key), at[reading.key].strip(layout.DASH)
    printed = reading.printed.strip(layout.DASH)
    if reading.verdict == "unreadable":
        return say("!!  the printed figure in “{box}” cannot be read: compare it with {signed}", box=box, signed=signed)
    if reading.verdict == "marked":
        return say(
            "!!  something is written over the figure in “{box}”, where {signed} was signed", box=box, signed=signed
        )
    return say(
        "!!  the paper shows {printed} in “{box}”, and {signed} was signed", printed=printed, box=box, signed=signed
    )


def _proof(scanned: Scanned) -> Said:
    name, signed = scanned.name, roles(scanned.signed)
    match scanned.source:
        case "federation" if scanned.proven:
            return say(
                "Proven: sealed by {roles} of {name}, with the keys that the federation's book gives them.",
                roles=signed,
                name=name,
            )
        case "book" if scanned.proven:
            return say("Proven: sealed by {roles} of {name}, with the keys of its own book.", roles=signed, name=name)
        case "founding" if scanned.proven:
            return say(
                "Proven: signed with the keys of {roles} with which {name} was founded. That they still held their "
                "seats, and that this is the base it says, only a book can say: name one with --from.",
                roles=signed,
                name=name,
            )
        case "":
            return say(
                "Not proven: signed by keys {keys}; who they belong to cannot be said from the paper alone: name a "
                "book with --from.",
                keys=tuple(f"{signature[:4].hex()}…" for _, signature in scanned.carried.signatures),
            )
    return say("Not proven.")


def _comparison(readings: Sequence[Reading]) -> Said:
    verdicts = {reading.verdict for reading in readings}
    if verdicts & {"differs", "marked"}:
        return say("Paper and signature disagree.")
    if "unreadable" in verdicts:
        return say("Some printed figures cannot be read; the others agree with the signed ones.")
    return say("The printed figures are those that were signed.")


def _code(scanned: Scanned, readings: Sequence[Reading]) -> int:
    verdicts = {reading.verdict for reading in readings}
    if not scanned.proven or verdicts & {"differs", "marked"}:
        return UNPROVEN
    return UNREAD if "unreadable" in verdicts else PROVEN


def _data(scanned: Scanned, readings: Sequence[Reading]) -> dict[str, object]:
    sheet, count = scanned.sheet, scanned.sheet.count
    return {
        "proven": scanned.proven,
        "source": scanned.source,
        "signed": list(scanned.signed),
        "faults": [fault.in_language(current()) for fault in scanned.faults],
        "checks": [
            {"check": number, "difference": said.in_language(current())} for number, said in scanned.differences
        ],
        "name": scanned.name,
        "unit": sheet.unit,
        "consultation": sheet.consultation,
        "question": scanned.question,
        "options": list(scanned.options),
        "votes": list(count.votes),
        "boxes": {box: getattr(count, box) for box in layout.shown(count)},
        "book": scanned.carried.book,
        "act": sheet.n,
        "size": scanned.carried.size,
        "check_code": scanned.check_code,
        "figures": [{"box": one.key, "verdict": one.verdict, "printed": one.printed} for one in readings],
    }
