"""`tinkuy desk show`: the body as its book stands (estado), in words or as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

import typer

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Affiliations
from tinkuy.assembly.register import Register
from tinkuy.assembly.vote import Votes
from tinkuy.cli.desk_here import Here, here, tell
from tinkuy.cli.language import spoken
from tinkuy.desk.desk import Desk
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultations
from tinkuy.federation.sheet import Sheets
from tinkuy.words import Said, say

SHOW = say("Show the body as its book stands: board, roll, votes, sheets, what is not sealed.")


def show(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False
) -> None:
    """The net state; the book keeps every step."""
    with here(context.obj) as desk:
        if as_json:
            typer.echo(json.dumps(data(desk), ensure_ascii=False, indent=2))
            return
        for line in _lines(desk):
            tell(line)


def lacking(desk: Desk, copy: BookCopy) -> tuple[str, ...]:
    """Roles that have not signed the checkpoint of a copy and must, for it to be sealed."""
    return seal.inspect(copy.bodies, copy.note, replay(copy.bodies, desk.attachments)).lacking


def data(desk: Here) -> dict[str, object]:
    """The net state as JSON has it."""
    state, body = desk.state, desk.body
    register, frozen = state.room(Register), state.room(Register).frozen
    note = desk.desk.store.latest_checkpoint(desk.book)
    return {
        "book": desk.book,
        "name": body.name,
        "kind": body.kind,
        "place": body.place,
        "synthetic": body.synthetic,
        "statutes": body.statutes.version,
        "board": {seat.officer.role: seat.officer.key for seat in body.seats if seat.until is None},
        "acts": state.size,
        "unsealed": desk.unsealed(),
        "lacking": list(lacking(desk.desk, desk.desk.copy(desk.book))) if note is not None else None,
        "members": register.members,
        "qualified": register.qualified,
        "roll": {"hash": frozen[-1].hash, "count": frozen[-1].count, "at": frozen[-1].at} if frozen else None,
        "votes": {
            str(number): {
                "question": vote.question,
                "options": [option.name for option in vote.options],
                "rule": vote.rule,
                "consultation": vote.consultation,
                "counts": len(vote.counts),
                "outcome": vote.outcome,
            }
            for number, vote in state.room(Votes).by_number.items()
        },
        "sheets": {name: [one.n for one in issued] for name, issued in state.room(Sheets).issued.items()},
        "bases": len(state.room(Affiliations).by_code),
        "consultations": {
            one.id: {"question": one.question, "state": one.state, "units": len(one.units), "closes": one.closes}
            for one in state.room(Consultations).by_id.values()
        },
    }


def _lines(desk: Here) -> Iterator[Said]:
    state, body, register = desk.state, desk.body, desk.state.room(Register)
    yield say("{name} ({kind}), {place}", name=body.name, kind=body.kind, place=body.place)
    if body.synthetic:
        yield say("A made-up example: no such body exists.")
    yield say("Book {book}: {count} acts", book=desk.book, count=state.size)
    yield say("Statutes: {version}", version=body.statutes.version)
    yield say("Board: {roles}", roles=tuple(seat.officer.role for seat in body.seats if seat.until is None))
    yield say("Members: {members}; qualified: {qualified}", members=register.members, qualified=register.qualified)
    if register.frozen:
        frozen = register.frozen[-1]
        yield say("Roll frozen with {count} on {day}", count=frozen.count, day=frozen.at[:10])
    elif register.published:
        yield say("Roll published on {day}, not frozen yet", day=register.published.at[:10])
    for number, vote in state.room(Votes).by_number.items():
        outcome = say("declared: {outcome}", outcome=vote.outcome) if vote.outcome else _open(len(vote.counts))
        yield say("Vote {number}: {question} ({outcome})", number=str(number), question=vote.question, outcome=outcome)
    for name, issued in state.room(Sheets).issued.items():
        yield say("Sheets for consultation {name}: acts {acts}", name=name, acts=tuple(str(one.n) for one in issued))
    if bases := state.room(Affiliations).by_code:
        yield say("Bases affiliated: {count}", count=len(bases))
    for one in state.room(Consultations).by_id.values():
        yield say(
            "Consultation {name}: {question} ({state}, {received} of {units} sheets received)",
            name=one.id,
            question=one.question,
            state=one.state,
            received=sum(unit.receipt is not None for unit in one.units.values()),
            units=len(one.units),
        )
    yield from _seal(desk)


def _open(counts: int) -> Said:
    return say("counted, not declared") if counts else say("open, not counted")


def _seal(desk: Here) -> Iterator[Said]:
    if desk.desk.store.latest_checkpoint(desk.book) is None:
        yield say("The book was never sealed: tinkuy desk seal")
        return
    if unsigned := lacking(desk.desk, desk.desk.copy(desk.book)):
        yield say("The last checkpoint is provisional: {roles} must still sign", roles=unsigned)
    if left := desk.unsealed():
        yield say("{count} acts are not sealed yet: tinkuy desk seal", count=left)
    elif not unsigned:
        yield say("Everything is sealed.")
