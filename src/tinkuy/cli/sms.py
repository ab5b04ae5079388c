"""`tinkuy sms`: a result in one short message, told ahead of the signed sheet (parte por SMS).

Guarantees that a message that was not copied as it was written is refused, and that it is called what it is: reported,
unsigned. `tinkuy receive FOLDER --sms "…"` records it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly.vote import NAMES
from tinkuy.book.entry import parse
from tinkuy.cli.desk_here import Here, here, tell
from tinkuy.cli.language import current, spoken
from tinkuy.cli.sheet import Act, File, of
from tinkuy.federation import acts, sms
from tinkuy.federation.consultation import Consultations, Unit
from tinkuy.federation.reported import Reported, SheetReported
from tinkuy.federation.sheet import Issued
from tinkuy.words import Said, say

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=spoken(say("A result in one short message, ahead of the sheet."))
)
Row = tuple[str, str, SheetReported, tuple[Said, ...] | None]  # consultation, unit, message, differences
Json = Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))]


@app.command("write", help=spoken(say("Write the newest sheet of a book as a message of at most 160 signs.")))
def write(file: File, act: Act = None) -> None:
    """The message alone, so that it can be piped to a modem or copied by hand."""
    issued = of(file, act).issued
    typer.echo(sms.write(issued.unit, issued.consultation, issued.count))


@app.command("read", help=spoken(say("Read a message and check that it was copied as it was written.")))
def read(
    text: Annotated[str, typer.Argument(help=spoken(say("The message, in quotation marks.")), show_default=False)],
    as_json: Json = False,
) -> None:
    """The figures, box by box."""
    told = sms.read(text)
    boxes = {box: getattr(told.count, box) for box in sms.BOXES}
    if as_json:
        data = {"unit": told.unit, "consultation": told.consultation, "votes": told.count.votes, **boxes}
        typer.echo(json.dumps({**data, "signed": False}, indent=2))
        return
    tell(say("Unit {unit}, consultation {name}…", unit=told.unit, name=told.consultation))
    for at, votes in enumerate(told.count.votes, 1):
        tell(say("  Option {number}: {figure}", number=str(at), figure=shown(votes)))
    for box, figure in boxes.items():
        tell(say("  {option}: {figure}", option=NAMES[box], figure=shown(figure)))
    tell(say("Reported, unsigned: it counts for nothing until the signed sheet comes and agrees."))


@app.command("list", help=spoken(say("List what was reported and whether the signed sheet agrees.")))
def list_(
    directory: Annotated[
        Path, typer.Argument(help=spoken(say("The folder of the federation's desk.")), show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """One line a message, by unit."""
    with here(directory) as desk:
        by_id = desk.state.room(Consultations).by_id
        rows: list[Row] = []
        for (name, code), messages in sorted(desk.state.room(Reported).told.items()):
            signed = _signed(desk, by_id[name].units[code])
            rows += [(name, code, one, _apart(one, signed)) for one in messages]
        question = {name: one.question for name, one in by_id.items()}
    if as_json:
        shown_rows = [
            {
                "consultation": name,
                "unit": code,
                "at": one.at,
                "text": one.text,
                "signed_sheet": apart is not None,
                "differences": [said.in_language(current()) for said in apart or ()],
            }
            for name, code, one, apart in rows
        ]
        typer.echo(json.dumps(shown_rows, ensure_ascii=False, indent=2))
        return
    for name, words in question.items():
        mine = [row for row in rows if row[0] == name]
        if mine:
            tell(say("{text}", text=words))
        for _, code, one, apart in mine:
            tell(say("  {unit}  {text}  {state}", unit=code, text=one.text, state=_state(apart)))
    if not rows:
        tell(say("Nothing was reported ahead of its sheet."))


def shown(figure: int | None) -> Said:
    """A figure as the terminal shows it."""
    return say("missing") if figure is None else say("{number}", number=figure)


def _signed(desk: Here, unit: Unit) -> bytes | None:
    """The entry of the unit's sheet, as it was received; None while none was."""
    receipt = unit.receipt
    if receipt is None:
        return None
    if receipt.proven is not None:
        return desk.desk.attachments.get(receipt.proven[0])
    return desk.desk.store.bodies(unit.affiliate.book)[receipt.index]


def _apart(told: SheetReported, entry: bytes | None) -> tuple[Said, ...] | None:
    """Where a message and the signed sheet differ; None while there is no sheet."""
    sheet = None if entry is None else acts.read(parse(entry))
    return sms.differences(told.count, sheet.count) if isinstance(sheet, Issued) else None


def _state(apart: tuple[Said, ...] | None) -> Said:
    if apart is None:
        return say("reported, unsigned")
    if apart:
        return say("the signed sheet disagrees: {differences}", differences=apart)
    return say("the signed sheet agrees")
