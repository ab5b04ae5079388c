"""`tinkuy receive`: a federation takes in what its bases hand over, in any order, as often as they like (recepción).

Guarantees that every file is said to be new, received, observed or refused, with the reason; that a file taken in
before changes nothing; and that a bad file stops none of the others.

Exit code: 0 everything was taken in, 1 a sheet is held, late, or a book forked, 2 a file was refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly.founding import Affiliations
from tinkuy.cli import fork
from tinkuy.cli.desk_here import AT, BY, Here, here, tell
from tinkuy.cli.language import current, spoken
from tinkuy.cli.progress import counted
from tinkuy.desk.boards import updates
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import HandedIn, read_handed_in
from tinkuy.desk.fork import recorded
from tinkuy.desk.organiser import expect_sealed
from tinkuy.desk.returns import Returns, Sent, Taken
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultation, Consultations
from tinkuy.federation.reported import Reported, SheetReported
from tinkuy.federation.sheet import Sheets
from tinkuy.federation.sms import read as read_sms
from tinkuy.words import Said, Spoken, say

TAKEN, HELD, REFUSED = 0, 1, 2
REPORTED = "reported"  # told in a message; no state of a sheet


def command(
    directory: Annotated[
        Path, typer.Argument(help=spoken(say("The folder of the federation's desk.")), show_default=False)
    ],
    files: Annotated[
        list[Path] | None, typer.Argument(help=spoken(say("Books and sheets of bases (.tinkuy).")), show_default=False)
    ] = None,
    sms: Annotated[
        list[str] | None,
        typer.Option(
            "--sms",
            help=spoken(say("A result told in a short message: kept as reported, unsigned, and not counted.")),
            show_default=False,
        ),
    ] = None,
    consultation: Annotated[
        str | None,
        typer.Option(
            "--consultation", help=spoken(say("The consultation, where there are several.")), show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("What became of each file, as data.")))] = False,
    at: Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)] = None,
    by: Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)] = None,
) -> int:
    """Take in books and sheets of bases, in any order; the same file twice changes nothing."""
    with here(directory, at, by) as desk:
        running, codes = _running(desk, consultation), _codes(desk)
        told: list[tuple[str, Taken | Said]] = []
        with counted(say("Taking in what the bases sent"), len(files or ())) as step:
            for file in files or ():
                told.append((str(file), _take(desk, file, running, codes)))
                step(1)
        told += [(message, _tell(desk, message, running)) for message in sms or ()]
        grown = [one.code for _, one in told if isinstance(one, Taken) and one.new]
        changed = list(updates(desk.desk, desk.book, grown))
        desk.record(*changed)
        proofs = _evidence(desk, [one for _, one in told if isinstance(one, Taken) and one.forked])
    if not told:
        raise DeskError(say("nothing was handed in: name files, or give a message with --sms"))
    if as_json:
        typer.echo(json.dumps([_data(file, one) for file, one in told], ensure_ascii=False, indent=2))
    else:
        for name, one in told:
            for line in _lines(name, one):
                tell(line)
        for act in changed:
            tell(say("{code} has another board now; it was noted.", code=act.code))
        for proof in proofs:
            tell(say("{file}: the evidence of a fork; anybody checks it with tinkuy fork verify", file=str(proof)))
        tell(_summary([one for _, one in told]))
    return max((_code(one) for _, one in told), default=TAKEN)


def _running(desk: Here, name: str | None) -> Consultation | None:
    """The consultation that takes returns now, or the one named; None when there is none."""
    by_id = desk.state.room(Consultations).by_id
    if name is not None and name not in by_id:
        raise DeskError(say("the federation's book holds no consultation {name}", name=name))
    found = [one for one in by_id.values() if (one.state in ("opened", "closed") if name is None else one.id == name)]
    if len(found) > 1:
        raise DeskError(
            say(
                "{count} consultations take returns: say which with --consultation; they are {names}",
                count=len(found),
                names=tuple(one.id for one in found),
            )
        )
    return found[0] if found else None


def _codes(desk: Here) -> dict[str, list[str]]:
    """Book → the codes of the base that has it: one, or two when it came by a second path."""
    codes: dict[str, list[str]] = {}
    for code, base in sorted(desk.state.room(Affiliations).by_code.items()):
        codes.setdefault(base.book, []).append(code)
    return codes


def _take(desk: Here, file: Path, running: Consultation | None, known: Mapping[str, Sequence[str]]) -> Taken | Said:
    """What became of a file, or why it was refused."""
    try:
        given = read_handed_in(file)
        codes = known.get(given.book, ())
        if not codes:
            raise DeskError(
                say("the book {book} belongs to no base of this federation: affiliate it first", book=given.book)
            )
        units = [code for code in codes if running is not None and code in running.units]
        if running is None or not units:
            return _kept(desk, given, codes[0])
        sent = Sent(_unit(given, running.id, units), given.held, desk.at, tuple(given.attachments.values()))
        return Returns(desk.desk, desk.book, running.id).receive([sent], by=desk.recorder())[0]
    except Spoken as refused:
        return refused.said


def _tell(desk: Here, message: str, running: Consultation | None) -> Taken | Said:
    """What became of a result told in a short message, or why it was refused."""
    try:
        heard = read_sms(message)
        if running is None or not running.id.startswith(heard.consultation):
            raise DeskError(say("no consultation that begins with {name} takes returns", name=heard.consultation))
        codes = [code for code in running.units if code.upper() == heard.unit]
        if len(codes) != 1:
            raise DeskError(say("{code} is not a unit of this consultation", code=heard.unit))
        text = " ".join(message.split()).upper()
        before = desk.state.room(Reported).told.get((running.id, codes[0]), [])
        if all(one.text != text for one in before):
            desk.record(
                SheetReported(consultation=running.id, unit=codes[0], count=heard.count, channel="sms", text=text)
            )
        return Taken(codes[0], 0, REPORTED)
    except Spoken as refused:
        return refused.said


def _kept(desk: Here, given: HandedIn, code: str) -> Taken:
    """A book that no consultation waits for: it is kept when its whole board stands behind it."""
    if not isinstance(given.held, BookCopy):
        raise DeskError(say("{code}: no consultation waits for this sheet", code=code))
    for data in given.attachments.values():
        desk.desk.attach(data)
    state = replay(given.held.bodies, desk.desk.attachments)
    expect_sealed(given.held, state, code)
    return Taken(code, desk.desk.take(given.held, state))


def _evidence(desk: Here, forked: Sequence[Taken]) -> list[Path]:
    """Where the evidence of each fork stands, as a file of its own in the desk's folder."""
    bases = desk.state.room(Affiliations).by_code
    books = dict.fromkeys(bases[one.code].book for one in forked)
    return [fork.keep(desk.directory, recorded(desk.desk, desk.book, book)) for book in books]


def _unit(given: HandedIn, consultation: str, units: Sequence[str]) -> str:
    """Which unit the sheet is for, where a base stands under two codes; the first when the sheet names neither."""
    named = ""
    if len(units) > 1 and isinstance(given.held, BookCopy):
        issued = replay(given.held.bodies, given.attachments).room(Sheets).issued.get(consultation, [])
        named = issued[-1].unit if issued else ""
    return named if named in units else units[0]


def _lines(name: str, one: Taken | Said) -> Iterator[Said]:
    if isinstance(one, Said):
        yield say("{file}: refused: {fault}", file=name, fault=one)
        return
    figures = {"file": name, "code": one.code, "new": one.new}
    if one.forked:
        yield say("{file}: {code}: a second history of a book received before: a fork, and the base is held", **figures)
    elif one.held:
        yield say("{file}: {code}: the sheet received before is held now: {reason}", reason=one.held, **figures)
    elif one.state == REPORTED:
        yield say("{file}: {code}: reported, unsigned; it counts for nothing until the signed sheet comes", **figures)
    elif one.state == "normal":
        yield say("{file}: {code}: sheet received; acts that were new: {new}", **figures)
    elif one.state == "observed":
        yield say("{file}: {code}: sheet observed; acts that were new: {new}", **figures)
    elif one.state == "late":
        yield say("{file}: {code}: sheet came late and is not counted; acts that were new: {new}", **figures)
    elif one.new:
        yield say("{file}: {code}: book kept, no new sheet; acts that were new: {new}", **figures)
    else:
        yield say("{file}: {code}: nothing new", **figures)
    for number, said in one.differences:
        yield say("    check {number}: {difference}", number=str(number), difference=said)


def _summary(told: Sequence[Taken | Said]) -> Said:
    taken = [one for one in told if isinstance(one, Taken)]
    return say(
        "Received {received}, observed {observed}, late {late}, forks {forks}, no sheet {other}, refused {refused}.",
        received=sum(one.state == "normal" for one in taken),
        observed=sum(one.state == "observed" for one in taken),
        late=sum(one.state == "late" for one in taken),
        forks=sum(one.forked for one in taken),
        other=sum(one.state in ("", REPORTED) and not one.forked for one in taken),
        refused=len(told) - len(taken),
    )


def _code(one: Taken | Said) -> int:
    if isinstance(one, Said):
        return REFUSED
    return HELD if one.forked or one.held or one.state in ("observed", "late") else TAKEN


def _data(name: str, one: Taken | Said) -> dict[str, object]:
    if isinstance(one, Said):
        return {"file": name, "refused": one.in_language(current())}
    return {
        "file": name,
        "unit": one.code,
        "new": one.new,
        "state": one.state,
        "forked": one.forked,
        "held": one.held,
        "checks": [{"check": number, "difference": said.in_language(current())} for number, said in one.differences],
    }
