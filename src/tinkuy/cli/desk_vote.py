"""`tinkuy desk vote` and `tinkuy desk sheet`: a question put, counted, declared, and the sheet that goes up.

Guarantees that an empty box is missing and never zero; that the sum is shown before a sheet is recorded; and that the
question of a consultation is taken, word for word, from the federation's own book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, cast

import msgspec
import typer

from tinkuy.assembly.act import Refused
from tinkuy.assembly.register import Register
from tinkuy.assembly.vote import (
    BOXES,
    NAMES,
    Count,
    Counted,
    Declared,
    Opened,
    Option,
    Recounted,
    Role,
    Vote,
    Votes,
    figures,
)
from tinkuy.cli.desk_acts import pairs
from tinkuy.cli.desk_here import AT, BY, Here, asked, here, moment, tell
from tinkuy.cli.language import spoken
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import read_handed_in
from tinkuy.desk.organiser import base_of, standing
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultation
from tinkuy.federation.sheet import Issued, Sheets
from tinkuy.words import Said, say

app = typer.Typer(no_args_is_help=True, help=spoken(say("A vote: open it, count it, declare it.")))
SHEET = say("Issue the tally sheet for a consultation; a box left empty is missing, not zero.")

METHODS = ("hands", "roll-call", "secret")
COUNTED = ("signed_in", "cast", "blank", "null", "challenged")
PAPERS = ("received", "spoiled", "unused")
STANDARD: tuple[tuple[Said, Role], ...] = (
    (say("In favour"), "for"),
    (say("Against"), "against"),
    (say("Abstention"), "abstain"),
)

At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Figures = Annotated[
    list[str] | None,
    typer.Argument(
        help=spoken(say("The figures, as votes=118,41,3 cast=164 signed_in=164 blank=2; asked one by one otherwise.")),
        show_default=False,
    ),
]
Tellers = Annotated[
    list[str] | None,
    typer.Option("--teller", help=spoken(say("Who counted, e.g. m3; once a teller.")), show_default=False),
]
Number = Annotated[
    int | None,
    typer.Option("--vote", help=spoken(say("The vote's number; by default the newest.")), show_default=False),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from", help=spoken(say("The federation's book (.tinkuy), which holds the question.")), show_default=False
    ),
]
Named = Annotated[
    str | None,
    typer.Option("--consultation", help=spoken(say("The consultation, where there are several.")), show_default=False),
]


@dataclass(frozen=True, slots=True)
class Above:
    """The federation's book as a base reads it."""

    state: Assembly
    consultation: Consultation


@app.command("open", help=spoken(say("Put a question to the vote on the roll last frozen.")))
def open_(
    context: typer.Context,
    question: Annotated[
        str | None, typer.Option("--question", help=spoken(say("The question.")), show_default=False)
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            help=spoken(say("An option and its part, as “Sí:for”; parts are for, against, abstain, choice.")),
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", help=spoken(say("The kind of decision.")), show_default=False)
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help=spoken(say("hands, roll-call or secret; by default as the statutes say.")),
            show_default=False,
        ),
    ] = None,
    from_: From = None,
    consultation: Named = None,
    at: At = None,
    by: By = None,
) -> None:
    """Open a vote of this body alone, or its part in a consultation."""
    with here(context.obj, at, by) as desk:
        frozen = desk.state.room(Register).frozen
        if not frozen:
            raise Refused(say("the roll is not frozen: freeze it before the vote opens"))
        above = _above(from_, consultation)
        if above is not None:
            asks = above.consultation
            question, options, name = asks.question, asks.options, asks.id
            rule = rule or asks.rule
        else:
            question = asked(question, "--question", say("Question"))
            options, name = options_given(option), None
            rule = rule or "ordinary"
        desk.body.majority(rule)
        how = method or desk.body.statutes.ballot.method(rule)
        if how not in METHODS:
            raise DeskError(say("“{method}” is not a way to vote: {methods}", method=how, methods=METHODS))
        number = len(desk.state.room(Votes).by_number) + 1
        desk.record(
            Opened(
                vote=number,
                question=question,
                options=options,
                rule=rule,
                method=cast(Literal["hands", "roll-call", "secret"], how),
                roll=frozen[-1].hash,
                consultation=name,
            )
        )
        tell(say("Vote {number} is open: {question}", number=str(number), question=question))


@app.command("count", help=spoken(say("Record the tellers' figures; a second count is a recount and takes a reason.")))
def count(
    context: typer.Context,
    given: Figures = None,
    vote: Number = None,
    call: Annotated[
        int, typer.Option("--call", min=1, max=2, help=spoken(say("The call on which the assembly met.")))
    ] = 1,
    teller: Tellers = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=spoken(say("Why it is counted again.")), show_default=False)
    ] = None,
    at: At = None,
    by: By = None,
) -> None:
    """The figures as the tellers give them, whether they add up or not."""
    with here(context.obj, at, by) as desk:
        number, held = _vote(desk, vote)
        made, typed = _count(held, given, COUNTED)
        tellers = tellers_given(teller)
        _show_sum(made, held)
        if typed:
            _confirm()
        if held.counts:
            desk.record(Recounted(vote=number, count=made, tellers=tellers, reason=reason or ""))
        else:
            first_or_second = cast(Literal[1, 2], call)
            desk.record(Counted(vote=number, call=first_or_second, count=made, tellers=tellers))
        tell(say("The count of vote {number} is recorded.", number=str(number)))


@app.command("declare", help=spoken(say("Declare what the statutes make of the count.")))
def declare(context: typer.Context, vote: Number = None, at: At = None, by: By = None) -> None:
    """Record the outcome, with the verdict in words."""
    with here(context.obj, at, by) as desk:
        number, held = _vote(desk, vote)
        if not held.counts:
            raise Refused(say("vote {number} has not been counted yet", number=number))
        by_roll = msgspec.structs.replace(held.counts[-1], eligible=held.eligible)
        verdict = desk.body.majority(held.rule).judge(figures(held.options, by_roll))
        desk.record(Declared(vote=number, outcome=verdict.outcome))
        tell(verdict.sentence())


def sheet(
    context: typer.Context,
    given: Figures = None,
    from_: From = None,
    consultation: Named = None,
    vote: Number = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help=spoken(say("The base's code in the federation.")), show_default=False)
    ] = None,
    opened: Annotated[
        str | None, typer.Option("--opened", help=spoken(say("When voting began.")), show_default=False)
    ] = None,
    closed: Annotated[
        str | None, typer.Option("--closed", help=spoken(say("When voting ended.")), show_default=False)
    ] = None,
    convened: Annotated[
        str | None,
        typer.Option("--convened", help=spoken(say("The day of the notice, as 2026-02-20.")), show_default=False),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help=spoken(say("Where it was held.")), show_default=False)
    ] = None,
    teller: Tellers = None,
    words: Annotated[
        list[str] | None,
        typer.Option(
            "--words", help=spoken(say("The votes of an option in words, once an option.")), show_default=False
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=spoken(say("Why it replaces the sheet issued before.")), show_default=False),
    ] = None,
    at: At = None,
    by: By = None,
) -> None:
    """The figures as they stand on the paper, whether they add up or not."""
    with here(context.obj, at, by) as desk:
        above = _above(from_, consultation)
        number, held = _asked_by(desk, vote, above.consultation.id if above else consultation)
        name = str(held.consultation)
        codes = base_of(above.state, desk.book) if above else []
        unit = unit or (codes[0].code if codes else asked(None, "--unit", say("Code of this base in the federation")))
        made, typed = _count(held, given, ("eligible", *COUNTED, *PAPERS))
        before = desk.state.room(Sheets).issued.get(name, [])
        act = Issued(
            consultation=name,
            unit=unit,
            vote=number,
            roll=held.roll,
            count=made,
            call=cast(Literal[1, 2], held.call),
            opened=moment(asked(opened, "--opened", say("Voting began (2026-03-08T15:00-05:00)"))),
            closed=moment(asked(closed, "--closed", say("Voting ended (2026-03-08T18:00-05:00)"))),
            convened=asked(convened, "--convened", say("Day of the notice (2026-02-20)")),
            place=asked(place, "--place", say("Place")),
            tellers=tellers_given(teller),
            words=tuple(words or ()),
            amends=before[-1].n if before else None,
            reason=reason or "",
        )
        if before and not (reason or "").strip():
            raise DeskError(say("a sheet was issued as act {act}: say why with --reason", act=str(before[-1].n)))
        _show_sum(made, held)
        if typed:
            _confirm()
        desk.record(act)
        tell(say("The sheet is act {act}. Now seal and export the book.", act=str(desk.state.size - 1)))


def _above(file: Path | None, name: str | None) -> Above | None:
    if file is None:
        return None
    given = read_handed_in(file)
    if not isinstance(given.held, BookCopy):
        raise DeskError(say("{file} holds one sheet, not a book", file=str(file)))
    state = replay(given.held.bodies, given.attachments)
    return Above(state, standing(state, name, "opened"))


def options_given(given: Sequence[str] | None) -> tuple[Option, ...]:
    """The options as they were given, each with its part; for, against and abstention by default."""
    if given:
        return tuple(_option(one) for one in given)
    return tuple(Option(spoken(name), role) for name, role in STANDARD)


def _option(text: str) -> Option:
    name, sign, role = text.rpartition(":")
    if not sign or role not in ("for", "against", "abstain", "choice"):
        raise DeskError(
            say(
                "an option is written with its part, as “Sí:for”; parts are for, against, abstain, choice: {given}",
                given=text,
            )
        )
    return Option(name.strip(), cast(Role, role))


def _vote(desk: Here, number: int | None) -> tuple[int, Vote]:
    votes = desk.state.room(Votes)
    number = number if number is not None else len(votes.by_number)
    return number, votes.standing(number)


def _asked_by(desk: Here, number: int | None, consultation: str | None) -> tuple[int, Vote]:
    """The newest vote taken for the consultation, or for any when none is named."""
    for one, vote in reversed(desk.state.room(Votes).by_number.items()):
        if number in (None, one) and vote.consultation is not None and consultation in (None, vote.consultation):
            return one, vote
    raise DeskError(say("no vote of this book was taken for that consultation"))


def tellers_given(given: Sequence[str] | None) -> tuple[str, ...]:
    """The tellers as options gave them, or the person's answer."""
    if given:
        return tuple(given)
    return tuple(asked(None, "--teller", say("Tellers, e.g. m3 m8")).replace(",", " ").split())


def _count(vote: Vote, given: Sequence[str] | None, boxes: Sequence[str]) -> tuple[Count, bool]:
    """The count that was given as arguments, or box by box; whether it was typed in."""
    if given:
        return _from_arguments(vote, pairs(given), boxes), False
    votes = tuple(boxed(asked(None, "votes=", say("{text}", text=option.name), empty=True)) for option in vote.options)
    return Count(votes=votes, **{box: boxed(asked(None, f"{box}=", NAMES[box], empty=True)) for box in boxes}), True


def _from_arguments(vote: Vote, given: Mapping[str, str], boxes: Sequence[str]) -> Count:
    unknown = [name for name in given if name != "votes" and name not in boxes]
    if unknown:
        raise DeskError(say("there is no box {name}; the boxes are {boxes}", name=unknown[0], boxes=("votes", *boxes)))
    if "votes" not in given:
        raise DeskError(say("the votes are missing: write votes= with a figure an option, as votes=118,41,3"))
    votes = tuple(boxed(figure) for figure in given["votes"].split(","))
    if len(votes) != len(vote.options):
        raise DeskError(
            say(
                "votes= has {given} figures and the question {options} options: {names}",
                given=len(votes),
                options=len(vote.options),
                names=tuple(option.name for option in vote.options),
            )
        )
    return Count(votes=votes, **{box: boxed(given.get(box, "")) for box in boxes})


def boxed(text: str) -> int | None:
    """A figure as it is written on paper; an empty box is missing."""
    plain = text.strip().replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 10:
        raise DeskError(say("“{figure}” is not a whole number of persons or papers", figure=text[:40]))
    return int(plain)


def _show_sum(count: Count, vote: Vote) -> None:
    for option, figure in zip(vote.options, count.votes, strict=True):
        tell(say("  {option}: {figure}", option=option.name, figure=_written(figure)))
    for box in BOXES:
        if getattr(count, box) is not None or box in COUNTED:
            tell(say("  {option}: {figure}", option=NAMES[box], figure=_written(getattr(count, box))))
    parts = (*count.votes, count.blank, count.null, count.challenged)
    if None in parts or count.cast is None:
        tell(say("A box is empty: the figures cannot be added up, and a sheet with them will be held (check 5)."))
        return
    total = sum(part or 0 for part in parts)
    added = " + ".join(str(part) for part in parts)
    if total == count.cast:
        tell(say("{sum} = {total}, and {cast} were cast: it adds up.", sum=added, total=total, cast=count.cast))
    else:
        tell(
            say(
                "{sum} = {total}, but {cast} were cast: it does not add up, and the sheet will be held (check 1).",
                sum=added,
                total=total,
                cast=count.cast,
            )
        )


def _written(figure: int | None) -> Said:
    return say("missing") if figure is None else say("{number}", number=figure)


def _confirm() -> None:
    if not typer.confirm(spoken(say("Record it so?")), err=True):
        raise DeskError(say("nothing was recorded"))
