"""The account of a count in plain words: what happened at each stage and why, who was elected, what decided ties.

It is written for the agent of a candidate who lost: every event stands in it, in order, with its figures and where the
law says so; nothing stands in it that is not in the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from tinkuy.count.result import Result, Tie
from tinkuy.words import Amount, Said, say


def conclusion(result: Result) -> Said:
    """Who is elected, in order; what stays empty."""
    if result.won:
        seats = (f"{name} {won}" for name, won in zip(result.names, result.won, strict=True) if won)
        return say("Seats: {seats}.", seats=", ".join(seats))
    if result.spent is not None:
        return say(
            "Paid for, in this order: {names}. Spent: {spent} of {limit}.",
            names=", ".join(result.winners) or "–",
            spent=Amount(result.spent),
            limit=Amount(result.limit or 0),
        )
    if not result.elected:
        return say("Nobody is elected.")
    names = ", ".join(result.winners)
    if result.unfilled:
        return say(
            "Elected, in this order: {names}. Left empty, because nobody stands: {unfilled} of {seats} seats.",
            names=names,
            unfilled=result.unfilled,
            seats=result.seats,
        )
    if len(result.elected) == 1:
        return say("Elected: {names}.", names=names)
    return say("Elected, in this order: {names}.", names=names)


def account(result: Result, title: Said, source: str) -> Iterator[tuple[Said, tuple[Said, ...]]]:
    """Headings and the sentences under each: the rule, every stage, ties, the conclusion."""
    opening = [
        say("Counted by {title}.", title=title),
        say("The rule is written in: {source}.", source=source),
        say("{papers} papers are counted; {seats} to be elected.", papers=result.papers, seats=result.seats),
    ]
    if result.invalid:
        opening.append(say("{invalid} papers rank nobody who stands, and are left out.", invalid=result.invalid))
    if result.quota is not None:
        opening.append(say("The quota is {quota}.", quota=Amount(result.quota)))
    yield say("The count"), tuple(opening)
    for stage in result.stages:
        told = tuple(
            say("{said} ({clause})", said=event.said, clause=event.clause) if event.clause else event.said
            for event in stage.events
        )
        yield say("Stage {number}", number=str(stage.number)), told or (say("Nothing changes."),)
    if result.ties:
        names = result.names
        yield (
            say("Ties"),
            tuple(
                say(
                    "Stage {stage}, {question}: {among} were equal, and it fell on {chosen}, by {by}.",
                    stage=str(tie.stage),
                    among=", ".join(names[each] for each in tie.among),
                    chosen=names[tie.chosen],
                    question=_QUESTIONS.get(tie.question, say("{text}", text=tie.question)),
                    by=way(tie),
                )
                for tie in result.ties
            ),
        )
    yield say("Result"), (conclusion(result),)


def as_text(result: Result, title: Said, source: str, language: str = "en") -> str:
    """The account as paragraphs of plain text."""
    parts = []
    for heading, sentences in account(result, title, source):
        lines = [heading.in_language(language), *(f"  {one.in_language(language)}" for one in sentences)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts).replace("\N{NO-BREAK SPACE}", " ") + "\n"


def way(tie: Tie) -> Said:
    """By what a tie was broken."""
    return _WAYS.get(tie.by, say("{text}", text=tie.by))


_QUESTIONS = {
    "elected": say("who is elected"),
    "excluded": say("who is excluded"),
    "surplus": say("whose surplus goes first"),
    "seat": say("who takes the seat"),
    "order": say("the order"),
}
_WAYS = {"lot": say("lot"), "earlier stages": say("an earlier stage at which they differed")}
