"""`tinkuy desk federation`: the organiser's steps, from the tree to the certified result (cómputo).

Guarantees that what the federation's book says of a base comes from that base's own sealed book, and that a result is
certified only with the figures that any observer will add up from the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.assembly.founding import Affiliations
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.cli.desk_acts import pairs
from tinkuy.cli.desk_here import AT, BY, Here, asked, here, moment, read_bytes, tell
from tinkuy.cli.desk_vote import boxed, options_given
from tinkuy.cli.language import spoken
from tinkuy.desk import organiser, table
from tinkuy.desk.desk import DeskError
from tinkuy.desk.files import read_handed_in, write_book
from tinkuy.desk.returns import Returns
from tinkuy.federation import returns
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Closed, Drafted, Opened
from tinkuy.words import say

app = typer.Typer(no_args_is_help=True, help=spoken(say("The organiser's steps: tree, bases, consultation, result.")))

At = Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)]
By = Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)]
Named = Annotated[
    str | None,
    typer.Option("--consultation", help=spoken(say("The consultation, where there are several.")), show_default=False),
]
Code = Annotated[str, typer.Argument(help=spoken(say("The base's code.")), show_default=False)]
Reason = Annotated[
    str | None, typer.Option("--reason", help=spoken(say("Why; it stays in the book.")), show_default=False)
]


@app.command("tree", help=spoken(say("Define levels and nodes from a table: code, name, parent, level.")))
def tree(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=spoken(say("The table in CSV.")), show_default=False)],
    level: Annotated[
        list[str] | None,
        typer.Option("--level", help=spoken(say("The levels from the top down, once a level.")), show_default=False),
    ] = None,
    encoding: Annotated[str, typer.Option("--encoding", help=spoken(say("The encoding of the table.")))] = "utf-8",
    at: At = None,
    by: By = None,
) -> None:
    """Record the nodes, parents before children."""
    rows = table.read(read_bytes(file, table.MAX_BYTES), file.name, table.PLACES, encoding)
    acts = list(organiser.tree(rows, file.name, tuple(level or ())))
    with here(context.obj, at, by) as desk:
        desk.record(*acts)
    tell(say("{count} nodes at {levels}.", count=len(rows), levels=acts[0].levels))


@app.command("affiliate", help=spoken(say("Take in bases by their own sealed books.")))
def affiliate(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help=spoken(say("Books of bases (.tinkuy).")), show_default=False)
    ] = None,
    code: Annotated[
        list[str] | None, typer.Option("--code", help=spoken(say("The base's code, once a file.")), show_default=False)
    ] = None,
    under: Annotated[
        list[str] | None,
        typer.Option(
            "--under", help=spoken(say("The node above it; one for all files, or once a file.")), show_default=False
        ),
    ] = None,
    list_: Annotated[
        Path | None,
        typer.Option(
            "--list",
            help=spoken(say("A table in CSV with file, code and under, in place of these.")),
            show_default=False,
        ),
    ] = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record an affiliation a book, all or none, and keep the books."""
    wanted = _listed(list_) if list_ is not None else _named(files or [], code or [], under or [])
    with here(context.obj, at, by) as desk:
        acts, copies = [], []
        for file, its_code, its_under in wanted:
            given = read_handed_in(file)
            if not isinstance(given.held, BookCopy):
                raise DeskError(say("{file} holds one sheet, not a book", file=str(file)))
            for data in given.attachments.values():
                desk.desk.attach(data)
            state = replay(given.held.bodies, desk.desk.attachments)
            acts.append(organiser.affiliation(given.held, state, its_code, its_under))
            copies.append((given.held, state))
        for copy, state in copies:
            desk.desk.take(copy, state)
        desk.record(*acts)
        for act in acts:
            tell(say("{code}: {name}, under {node}.", code=act.code, name=act.name, node=act.under))


@app.command("copy", help=spoken(say("Write the sealed book of a base, as it was last received, for its board.")))
def copy(
    context: typer.Context,
    code: Code,
    file: Annotated[Path, typer.Argument(help=spoken(say("The file to write (.tinkuy).")), show_default=False)],
) -> None:
    """The longest sealed copy that the federation holds: from it a base goes on whose laptop was lost."""
    with here(context.obj) as desk:
        base = desk.state.room(Affiliations).by_code.get(code)
        if base is None:
            raise DeskError(say("no base has the code {code}", code=code))
        held = desk.desk.copy(base.book)
        organiser.expect_sealed(held, replay(held.bodies, desk.desk.attachments), code)
        write_book(file, held, desk.desk.named(held))
        tell(
            say(
                "{file} is written: {count} acts. Check code {code}",
                file=str(file),
                count=len(held.bodies),
                code=parse_checkpoint(held.note).check_code,
            )
        )


@app.command("consult", help=spoken(say("Draft a consultation: question, options, rule, window.")))
def consult(
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
    rule: Annotated[str, typer.Option("--rule", help=spoken(say("The kind of decision.")))] = "consultation",
    opens: Annotated[
        str | None, typer.Option("--opens", help=spoken(say("When the bases may begin to vote.")), show_default=False)
    ] = None,
    closes: Annotated[
        str | None, typer.Option("--closes", help=spoken(say("When no return counts any more.")), show_default=False)
    ] = None,
    seats: Annotated[
        int, typer.Option("--seats", min=0, help=spoken(say("Seats to share among the options, which are lists.")))
    ] = 0,
    seats_by: Annotated[
        str, typer.Option("--seats-by", help=spoken(say("The rule that shares them, as dhondt.")), show_default=False)
    ] = "",
    at: At = None,
    by: By = None,
) -> None:
    """Record the draft; its id is what every sheet will name."""
    with here(context.obj, at, by) as desk:
        desk.record(
            Drafted(
                question=asked(question, "--question", say("Question")),
                options=options_given(option),
                rule=rule,
                opens=moment(asked(opens, "--opens", say("Opens (2026-03-01T07:00-05:00)"))),
                closes=moment(asked(closes, "--closes", say("Closes (2026-03-08T20:00-05:00)"))),
                seats=seats,
                seats_by=seats_by,
            )
        )
        tell(say("Drafted: consultation {name}", name=desk.state.entry_id))


@app.command("lodge", help=spoken(say("Freeze the units: every base with the roll that it froze last.")))
def lodge(
    context: typer.Context,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help=spoken(say("The code of a base that does not take part.")), show_default=False),
    ] = None,
    consultation: Named = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record the units from the bases' own books."""
    with here(context.obj, at, by) as desk:
        name = organiser.standing(desk.state, consultation, "drafted").id
        acts = list(organiser.lodged(desk.desk, desk.book, name, without or ()))
        desk.record(*acts)
        units = [unit for act in acts for unit in act.units]
        tell(say("{units} units, {eligible} persons.", units=len(units), eligible=sum(unit[2] for unit in units)))


@app.command("open", help=spoken(say("Open the consultation: from here nothing of it changes.")))
def open_(context: typer.Context, consultation: Named = None, at: At = None, by: By = None) -> None:
    """Record the opening with the units listed."""
    with here(context.obj, at, by) as desk:
        one = organiser.standing(desk.state, consultation, "drafted")
        eligible = sum(unit.eligible for unit in one.units.values())
        desk.record(Opened(consultation=one.id, units=len(one.units), eligible=eligible))
        tell(
            say(
                "Open: {units} units, {eligible} persons. Seal the book and hand it to the bases.",
                units=len(one.units),
                eligible=eligible,
            )
        )


@app.command("close", help=spoken(say("Close the consultation: the result is provisional.")))
def close(context: typer.Context, consultation: Named = None, at: At = None, by: By = None) -> None:
    """Record the close."""
    with here(context.obj, at, by) as desk:
        one = organiser.standing(desk.state, consultation, "opened")
        desk.record(Closed(consultation=one.id))
        received = sum(unit.receipt is not None for unit in one.units.values())
        tell(say("Closed: {received} of {units} sheets were received.", received=received, units=len(one.units)))


@app.command("resolve", help=spoken(say("Resolve an observed sheet, adopting other figures where copies gave them.")))
def resolve(
    context: typer.Context,
    code: Code,
    figures: Annotated[
        list[str] | None,
        typer.Argument(help=spoken(say("Figures to adopt, as votes=118,41,3 cast=164.")), show_default=False),
    ] = None,
    reason: Reason = None,
    consultation: Named = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record the resolution, with the figures adopted."""
    adopt = pairs(figures or [])
    votes = tuple(_figure(text) for text in adopt.pop("votes", "").split(",") if text.strip())
    with here(context.obj, at, by) as desk:
        act = returns.Resolved(
            consultation=_running(desk, consultation),
            unit=code,
            reason=_why(reason),
            adopt={name: _figure(text) for name, text in adopt.items()},
            votes=votes,
        )
        desk.record(act)
        tell(say("The sheet of {code} is resolved.", code=code))


@app.command("annul", help=spoken(say("Annul a sheet: its figures count for nothing.")))
def annul(
    context: typer.Context, code: Code, reason: Reason = None, consultation: Named = None, at: At = None, by: By = None
) -> None:
    """Record the annulment."""
    with here(context.obj, at, by) as desk:
        desk.record(returns.Annulled(consultation=_running(desk, consultation), unit=code, reason=_why(reason)))
        tell(say("The sheet of {code} is annulled.", code=code))


@app.command("observe", help=spoken(say("Hold a sheet that was taken as normal.")))
def observe(
    context: typer.Context, code: Code, reason: Reason = None, consultation: Named = None, at: At = None, by: By = None
) -> None:
    """Record the observation."""
    with here(context.obj, at, by) as desk:
        desk.record(returns.Observed(consultation=_running(desk, consultation), unit=code, reason=_why(reason)))
        tell(say("The sheet of {code} is held.", code=code))


@app.command("not-held", help=spoken(say("Say that a base did not meet: there will be no sheet.")))
def not_held(
    context: typer.Context, code: Code, reason: Reason = None, consultation: Named = None, at: At = None, by: By = None
) -> None:
    """Record that a base did not meet."""
    with here(context.obj, at, by) as desk:
        desk.record(returns.NotHeld(consultation=_running(desk, consultation), unit=code, reason=_why(reason)))
        tell(say("{code} did not meet.", code=code))


@app.command("certify", help=spoken(say("Certify the result, unless held sheets could turn it.")))
def certify(
    context: typer.Context,
    drawn: Annotated[
        list[str] | None,
        typer.Option(
            "--drawn", help=spoken(say("A list in the order drawn for a tie; once a list.")), show_default=False
        ),
    ] = None,
    consultation: Named = None,
    at: At = None,
    by: By = None,
) -> None:
    """Record the figures that the sheets add up to."""
    with here(context.obj, at, by) as desk:
        one = organiser.standing(desk.state, consultation, "closed")
        report = _returns(desk, one.id).report()
        made = organiser.certified(report, one, desk.body, drawn or ())
        desk.record(made)
        tell(report.modes[0].sentence)
        if made.seats:
            for option, seats in zip(one.options, made.seats, strict=True):
                tell(say("{name}: {seats} seats", name=option.name, seats=seats))
        tell(say("Certified. Now seal the book and write the archive."))


@app.command("archive", help=spoken(say("Write the archive from which anybody recomputes the result.")))
def archive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=spoken(say("The file to write (.tinkuy).")), show_default=False)],
    consultation: Named = None,
) -> None:
    """The federation's book and the bases' books in one file."""
    with here(context.obj) as desk:
        states = ("opened", "closed", "certified", "ratified", "archived")
        fingerprint = _returns(desk, organiser.standing(desk.state, consultation, *states).id).export(file)
        tell(say("{file} is written. Fingerprint: {digest}", file=str(file), digest=fingerprint))
        tell(say("Anybody can check it: tinkuy verify {file}", file=str(file)))


def _running(desk: Here, consultation: str | None) -> str:
    return organiser.standing(desk.state, consultation, "opened", "closed").id


def _returns(desk: Here, consultation: str) -> Returns:
    """The returns as far as they are sealed, which is all that a report and an archive stand on."""
    if left := desk.unsealed():
        raise DeskError(say("{count} acts of the federation's book are not sealed: tinkuy desk seal", count=left))
    return Returns(desk.desk, desk.book, consultation)


def _why(reason: str | None) -> str:
    return asked(reason, "--reason", say("Reason"))


def _figure(text: str) -> int:
    figure = boxed(text)
    if figure is None:
        raise DeskError(say("a figure that is adopted is a number, not an empty box"))
    return figure


def _listed(file: Path) -> list[tuple[Path, str, str]]:
    """The bases of a table; their files are beside it unless they are named from the root."""
    rows = table.read(read_bytes(file, table.MAX_BYTES), file.name, table.BASES)
    return [(file.parent / row.cells["file"], row.cells["code"], row.cells["under"]) for row in rows]


def _named(files: Sequence[Path], codes: Sequence[str], under: Sequence[str]) -> list[tuple[Path, str, str]]:
    if not files or len(codes) != len(files) or len(under) not in (1, len(files)):
        raise DeskError(
            say(
                "{files} files, {codes} codes, {nodes} nodes: give each file its --code, and --under once or for each",
                files=len(files),
                codes=len(codes),
                nodes=len(under),
            )
        )
    above = list(under) * (len(files) if len(under) == 1 else 1)
    return list(zip(files, codes, above, strict=True))
