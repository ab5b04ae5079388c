"""An election as the terminal shows it: who stands, what the papers come to, who is proclaimed; the same as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from tinkuy.assembly.election import Election
from tinkuy.cli.language import current
from tinkuy.words import Said, say

BOXES = ("blank", "null", "cast", "signed_in")


def data(number: int, held: Election) -> dict[str, object]:
    """An election as JSON has it."""
    tally = held.tallies[-1] if held.tallies else None
    return {
        "election": number,
        "office": held.office.office,
        "rule": held.office.rule,
        "seats": held.seats,
        "until": held.until,
        "candidates": [
            {"name": one.name, "members": list(one.members), "kinds": list(one.kinds), "withdrawn": one.withdrawn}
            for one in held.candidates
        ],
        "papers": None if tally is None else [{"papers": papers, "says": says} for papers, says in tally.rows],
        "figures": None if tally is None else {box: getattr(tally, box) for box in BOXES},
        "drawn": list(held.drawn),
        "elected": None if held.elected is None else list(held.elected),
        "lists": dict(held.lists),
        "sworn": list(held.sworn),
    }


def who_stands(number: int, held: Election) -> Said:
    """Who has filed and not withdrawn."""
    return say("Election {number}, who stands: {names}", number=str(number), names=held.standing)


def came_to(number: int, held: Election) -> Iterator[Said]:
    """What the last count comes to, and what is to be done now."""
    from tinkuy.assembly.election_result import outcome, tied

    tally = held.tallies[-1]
    yield say(
        "{papers} papers, {blank} blank, {null} null; {cast} cast, {signed} signed in",
        papers=tally.papers,
        blank=tally.blank,
        null=tally.null,
        cast=tally.cast,
        signed=tally.signed_in,
    )
    if not tally.adds_up():
        yield say("It does not add up: count again before proclaiming.")
    elif held.elected is not None:
        yield from proclaimed(number, held)
    elif names := tied(held):
        if held.office.tie == "revote":
            yield say("{names} are tied: by the statutes it is voted on again. Call another election.", names=names)
        else:
            yield say("{names} are tied. Draw lots among all who stand: tinkuy desk election draw", names=names)
    else:
        made = outcome(held)
        yield say(
            "By {rule}: {names}. Now: tinkuy desk election proclaim", rule=held.office.rule, names=_names(made.elected)
        )


def proclaimed(number: int, held: Election) -> Iterator[Said]:
    """Who was proclaimed, after the seats of each list."""
    for name, seats in held.lists:
        yield say("{name}: {seats} seats", name=name, seats=seats)
    names = _names(held.elected or ())
    yield say(
        "Election {number}: proclaimed by {rule}: {names}", number=str(number), rule=held.office.rule, names=names
    )


def _names(names: Sequence[str]) -> Said:
    return say("{names}", names=tuple(names)) if names else say("nobody")


def story(held: Election, *, account: bool) -> None:
    """The count stage by stage, or in words; nothing where it waits for the lot."""
    from tinkuy.assembly.election_result import outcome, tied
    from tinkuy.cli.count_text import as_text
    from tinkuy.count.registry import rule

    if tied(held):
        return
    lots = say("Lots: as drawn: {names}.", names=held.drawn) if held.drawn else None
    text = as_text(rule(held.office.rule), outcome(held).count, lots, current(), account=account)
    typer.echo(text, nl=False)
