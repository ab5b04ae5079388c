"""`tinkuy desk election`: an office called, candidacies filed, papers counted, a tie drawn, the elected proclaimed.

Guarantees that the secretary sees what the count comes to before it is proclaimed, and proclaims nobody else: the
elected are never typed in.

    tinkuy desk election call "mesa directiva" --seats 3 --until 2026-03-05T20:00-05:00
    tinkuy desk election file m3 m8 m11
    tinkuy desk election count --paper "12: m3 > m8" --paper "9: m11" blank=1 null=0 cast=22 signed_in=22 --teller m1 …
    tinkuy desk election proclaim
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from tinkuy.assembly.act import Act, Refused
from tinkuy.assembly.election import Called, CandidacyWithdrawn, Election, Elections, Filed, ListFiled
from tinkuy.assembly.election_count import Counted, Drawn, PapersEntered, Proclaimed, Sworn, elect
from tinkuy.assembly.register import Register
from tinkuy.cli.desk_acts import pairs
from tinkuy.cli.desk_election_text import BOXES, came_to, data, proclaimed, story, who_stands
from tinkuy.cli.desk_here import AT, BY, Here, asked, here, moment, tell
from tinkuy.cli.desk_vote import METHODS, Tellers, boxed, tellers_given
from tinkuy.cli.language import spoken
from tinkuy.desk.desk import DeskError
from tinkuy.statutes import StatutesError
from tinkuy.words import say

if TYPE_CHECKING:
    from tinkuy.desk.election import Rows

app = typer.Typer(no_args_is_help=True, help=spoken(say("An election: call it, file, count, draw, proclaim.")))

At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Number = Annotated[
    int | None,
    typer.Option("--election", help=spoken(say("The election's number; by default the newest.")), show_default=False),
]


@app.command("call", help=spoken(say("Call an election of an office, as the statutes say how it is filled.")))
def call(
    context: typer.Context,
    office: Annotated[
        str, typer.Argument(help=spoken(say("The office, as the statutes call it.")), show_default=False)
    ],
    seats: Annotated[
        int | None,
        typer.Option(
            "--seats", help=spoken(say("How many are elected, where the statutes leave it open.")), show_default=False
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help=spoken(say("Until when candidacies are filed.")), show_default=False),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help=spoken(say("hands, roll-call or secret; by default as the statutes say.")),
            show_default=False,
        ),
    ] = None,
    at: At = None,
    by: By = None,
) -> None:
    """Open an election on the roll last frozen."""
    with here(context.obj, at, by) as desk:
        frozen = desk.state.room(Register).frozen
        if not frozen:
            raise Refused(say("the roll is not frozen: freeze it before the election is called"))
        try:
            filled = desk.body.statutes.office(office)
        except StatutesError as error:
            raise Refused(error.said) from None
        how = method or desk.body.statutes.ballot.method("election")
        if how not in METHODS:
            raise DeskError(say("“{method}” is not a way to vote: {methods}", method=how, methods=METHODS))
        many = seats or filled.seats or _whole(asked(None, "--seats", say("How many seats")))
        last = moment(asked(until, "--until", say("Candidacies until (2026-03-05T20:00-05:00)")))
        number = len(desk.state.room(Elections).by_number) + 1
        desk.record(
            Called(
                election=number,
                office=office,
                seats=many,
                method=cast(Literal["hands", "roll-call", "secret"], how),
                roll=frozen[-1].hash,
                until=last,
            )
        )
        tell(say("Election {number} is called. {sentence}", number=str(number), sentence=filled.sentence))


@app.command("file", help=spoken(say("Record who stands: members, or with --list one list, its members in order.")))
def file_(
    context: typer.Context,
    members: Annotated[
        list[str],
        typer.Argument(
            help=spoken(say("Members, as m3; on a list that alternates with what each is, as m3:mujer.")),
            show_default=False,
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--list", help=spoken(say("The name of the list.")), show_default=False)
    ] = None,
    election: Number = None,
    at: At = None,
    by: By = None,
) -> None:
    """Candidacies of persons, all or none; or one list."""
    with here(context.obj, at, by) as desk:
        number, _ = _election(desk, election)
        if name is None:
            desk.record(*(Filed(election=number, member=member) for member in members))
        else:
            parts = [member.partition(":") for member in members]
            kinds = tuple(kind for _, sign, kind in parts if sign)
            desk.record(ListFiled(election=number, name=name, members=tuple(one for one, _, _ in parts), kinds=kinds))
        tell(who_stands(number, _election(desk, number)[1]))


@app.command("withdraw", help=spoken(say("Record that who stood no longer stands.")))
def withdraw(
    context: typer.Context,
    candidate: Annotated[
        str, typer.Argument(help=spoken(say("The member, or the name of the list.")), show_default=False)
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help=spoken(say("Why; it stays in the book.")), show_default=False)
    ] = None,
    election: Number = None,
    at: At = None,
    by: By = None,
) -> None:
    """A candidacy ends."""
    with here(context.obj, at, by) as desk:
        number, _ = _election(desk, election)
        why = asked(reason, "--reason", say("Why"))
        desk.record(CandidacyWithdrawn(election=number, candidate=candidate, reason=why))
        tell(who_stands(number, _election(desk, number)[1]))


@app.command("count", help=spoken(say("Record the papers as counted; a second count is a recount and takes a reason.")))
def count(
    context: typer.Context,
    given: Annotated[
        list[str] | None,
        typer.Argument(
            help=spoken(say("The figures beside the papers, as blank=1 null=0 cast=60 signed_in=61.")),
            show_default=False,
        ),
    ] = None,
    paper: Annotated[
        list[str] | None,
        typer.Option(
            "--paper",
            help=spoken(say("Papers that say the same, as “12: m3 > m4 = m5”; once a kind.")),
            show_default=False,
        ),
    ] = None,
    papers: Annotated[
        Path | None,
        typer.Option(
            "--papers", help=spoken(say("A file of papers (BLT), candidates by pseudonym.")), show_default=False
        ),
    ] = None,
    bel: Annotated[
        Path | None,
        typer.Option("--bel", help=spoken(say("The archive of a secret ballot (.bel).")), show_default=False),
    ] = None,
    question: Annotated[
        int, typer.Option("--question", min=1, help=spoken(say("Which question of the secret ballot.")))
    ] = 1,
    call_: Annotated[
        int, typer.Option("--call", min=1, max=2, help=spoken(say("The call on which the assembly met.")))
    ] = 1,
    teller: Tellers = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=spoken(say("Why it is counted again.")), show_default=False)
    ] = None,
    election: Number = None,
    at: At = None,
    by: By = None,
) -> None:
    """The papers and the figures beside them, in as many acts as they need."""
    from tinkuy.desk.election import batches, names_of

    if sum(source is not None for source in (paper, papers, bel)) != 1:
        raise DeskError(say("give the papers once: with --paper, --papers or --bel"))
    with here(context.obj, at, by) as desk:
        number, held = _election(desk, election)
        names, boxes = names_of(held), pairs(given or ())
        if bel is not None:
            rows, figures, fingerprint = _of_ballot(bel, question, names, boxes)
        else:
            rows, blank = _of_hand(held, paper, papers)
            figures, fingerprint = _figures(boxes, blank), ""
        *before, last = batches(rows)
        acts: list[Act] = [PapersEntered(election=number, rows=batch) for batch in before]
        acts.append(
            Counted(
                election=number,
                call=cast(Literal[1, 2], call_),
                rows=last,
                blank=figures["blank"],
                null=figures["null"],
                cast=figures["cast"],
                signed_in=figures["signed_in"],
                tellers=tellers_given(teller),
                ballot=fingerprint,
                reason=reason or "",
            )
        )
        desk.record(*acts)
        for line in came_to(number, _election(desk, number)[1]):
            tell(line)


@app.command(
    "draw", help=spoken(say("Record the lot that the tellers drew: an order of all who stand, the best first."))
)
def draw(
    context: typer.Context,
    order: Annotated[
        list[str], typer.Argument(help=spoken(say("Who stands, in the order drawn.")), show_default=False)
    ],
    teller: Tellers = None,
    election: Number = None,
    at: At = None,
    by: By = None,
) -> None:
    """It is drawn once, and stays."""
    with here(context.obj, at, by) as desk:
        number, _ = _election(desk, election)
        desk.record(Drawn(election=number, order=tuple(order), tellers=tellers_given(teller)))
        for line in came_to(number, _election(desk, number)[1]):
            tell(line)


@app.command("proclaim", help=spoken(say("Proclaim whom the rule of the statutes elects.")))
def proclaim(context: typer.Context, election: Number = None, at: At = None, by: By = None) -> None:
    """The elected as the count gives them."""
    with here(context.obj, at, by) as desk:
        number, held = _election(desk, election)
        if not held.tallies:
            raise Refused(say("election {number} has not been counted yet", number=str(number)))
        made = elect(held)
        desk.record(Proclaimed(election=number, elected=made.elected, lists=made.lists))
        for line in proclaimed(number, _election(desk, number)[1]):
            tell(line)


@app.command(
    "swear", help=spoken(say("Record that the elected take office, once the days for challenges have passed."))
)
def swear(
    context: typer.Context,
    members: Annotated[list[str], typer.Argument(help=spoken(say("Members, as m3.")), show_default=False)],
    election: Number = None,
    at: At = None,
    by: By = None,
) -> None:
    """All or none."""
    with here(context.obj, at, by) as desk:
        number, _ = _election(desk, election)
        desk.record(*(Sworn(election=number, member=member) for member in members))
        tell(say("{names} are sworn in.", names=tuple(members)))


@app.command("show", help=spoken(say("Show an election, and its count stage by stage.")))
def show(
    context: typer.Context,
    election: Number = None,
    account: Annotated[bool, typer.Option("--account", help=spoken(say("Tell the count in words.")))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False,
) -> None:
    """What stands in the book, counted again."""
    with here(context.obj) as desk:
        number, held = _election(desk, election)
        if as_json:
            typer.echo(json.dumps(data(number, held), ensure_ascii=False, indent=2))
            return
        tell(say("Election {number}: {sentence}", number=str(number), sentence=held.office.sentence))
        tell(who_stands(number, held))
        if held.tallies:
            story(held, account=account)
            for line in came_to(number, _election(desk, number)[1]):
                tell(line)
        if held.sworn:
            tell(say("{names} are sworn in.", names=tuple(held.sworn)))


def _election(desk: Here, number: int | None) -> tuple[int, Election]:
    elections = desk.state.room(Elections)
    number = number if number is not None else len(elections.by_number)
    if number == 0:
        raise DeskError(say("no election was called: tinkuy desk election call"))
    return number, elections.called(number)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise DeskError(say("“{text}” is not a number of seats", text=text[:40]))
    return int(text)


def _of_hand(held: Election, paper: Sequence[str] | None, papers: Path | None) -> tuple[Rows, int]:
    from tinkuy.cli.count_here import unpacked
    from tinkuy.count.formats import read
    from tinkuy.desk.election import filed, names_of, typed

    if papers is None:
        return typed(paper or (), names_of(held)), 0
    gone = (one.name for one in held.candidates if one.withdrawn)
    return filed(read(unpacked(papers), papers.name), names_of(held), gone, papers.name)


def _of_ballot(
    file: Path, question: int, names: Sequence[str], boxes: dict[str, str]
) -> tuple[Rows, dict[str, int], str]:
    from tinkuy.cli.ballot_verify import judged
    from tinkuy.desk.election import opened

    if boxes:
        raise DeskError(say("the figures come from the secret ballot: leave out {boxes}", boxes=tuple(boxes)))
    made = opened(judged(file, 1), question, names)
    figures = {"blank": made.blank, "null": made.null, "cast": made.cast, "signed_in": made.cast}
    return made.rows, figures, made.fingerprint


def _figures(given: dict[str, str], blank: int) -> dict[str, int]:
    unknown = [name for name in given if name not in BOXES]
    if unknown:
        raise DeskError(say("there is no box {name}; the boxes are {boxes}", name=unknown[0], boxes=BOXES))
    figures = {box: boxed(given.get(box, "")) for box in BOXES}
    if figures["blank"] is None and blank:
        figures["blank"] = blank
    lacking = tuple(box for box in BOXES if figures[box] is None)
    if lacking:
        raise DeskError(say("the figures {boxes} are missing: write them beside the papers, as cast=60", boxes=lacking))
    return {box: figure for box, figure in figures.items() if figure is not None}
