"""`tinkuy desk undo` and `tinkuy desk history`: a slip is taken back before it is sealed; the book keeps both.

Guarantees that the person sees in words what will be taken back before it is, and that nothing is which the whole board
has sealed.

    tinkuy desk undo --reason "The blank papers were read from the wrong box"
"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tinkuy.assembly.act import Act, Refused, read
from tinkuy.assembly.withdrawal import Withdrawn, stays
from tinkuy.book.entry import parse
from tinkuy.cli.act_words import in_words, lines
from tinkuy.cli.desk_here import AT, Here, asked, here, tell
from tinkuy.cli.language import spoken
from tinkuy.desk.desk import DeskError
from tinkuy.words import say

UNDO = say("Take the last act back, if it is not sealed yet; the book keeps both.")
HISTORY = say("Show the acts of this desk's book in words, those taken back included.")


def undo(
    context: typer.Context,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=spoken(say("What the slip was; it stays in the book.")), show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=spoken(say("Do not ask whether to.")))] = False,
    at: Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)] = None,
) -> None:
    """Record the withdrawal of the last act that stands, under the officer who recorded it."""
    with here(context.obj, at) as desk:
        n, by, act = _last(desk)
        tell(say("Act {act}, by {by}: {words}", act=str(n), by=by, words=in_words(act)))
        why = asked(reason, "--reason", say("What the slip was"))
        if not yes:
            _confirm(n)
        desk.desk.record(desk.book, Withdrawn(of=n, reason=why), at=desk.at, by=by)
        tell(
            say(
                "Act {act} is taken back by act {last}. The book keeps both, and stands as before it.",
                act=str(n),
                last=str(desk.state.size - 1),
            )
        )


def history(
    context: typer.Context,
    first: Annotated[int, typer.Option("--from", min=0, help=spoken(say("The first act to show.")))] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False,
) -> None:
    """One line an act, sealed or not."""
    with here(context.obj) as desk:
        bodies, state = desk.desk.store.bodies(desk.book), desk.state
        if as_json:
            typer.echo(json.dumps([parse(body) for body in bodies[first:]], ensure_ascii=False, indent=2))
            return
        for line in lines(bodies, state, first):
            typer.echo(line)


def _last(desk: Here) -> tuple[int, str, Act]:
    """The act that may be taken back, its place, and who recorded it; refused when there is none."""
    standing, sealed = desk.state.slips.standing, desk.desk.sealed(desk.book)
    if not standing:
        raise DeskError(
            say("nothing can be taken back: the last act of this book is one that stays (tinkuy desk history)")
        )
    n, by = standing[-1]
    if n < sealed:
        raise Refused(stays(n, sealed))
    return n, by, read(parse(desk.desk.store.bodies(desk.book, n)[0]))


def _confirm(n: int) -> None:
    try:
        sure = typer.confirm(spoken(say("Take act {act} back?", act=str(n))), err=True)
    except typer.Abort:
        raise DeskError(
            say("nobody answered, and nothing was taken back; without a question: {option}", option="--yes")
        ) from None
    if not sure:
        raise DeskError(say("nothing was taken back"))
