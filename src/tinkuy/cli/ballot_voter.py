"""`tinkuy ballot questions`, `vote` and `open`: what a voter does, on a machine of her own.

Guarantees that a ballot is made only with a credential that is on the election's list, of a choice that each question
allows; and that her credential is read from a file, shown nowhere, and written nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.ballot import BallotError, ballot, box, credential, question
from tinkuy.ballot.question import Question
from tinkuy.cli.ballot_here import Archive, Out, mapped, read, read_line, source, write
from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import spoken
from tinkuy.words import Said, say


def questions(file: Archive) -> None:
    """Each question with how many marks it allows, and its answers by number."""
    with mapped(file) as data:
        at_hand = box.Box(data).election
    for number, one in enumerate(at_hand.questions, 1):
        tell(say("{number}. {question} ({allowed})", number=str(number), question=one.question, allowed=_allowed(one)))
        for place, answer in enumerate(one.answers, 1):
            tell(say("     {number}  {answer}", number=str(place), answer=answer))


def vote(
    file: Archive,
    card: Annotated[
        Path,
        typer.Option(
            "--credential-file",
            help=spoken(say("A file with the credential alone, as the card has it.")),
            show_default=False,
        ),
    ],
    answers: Annotated[
        list[str],
        typer.Option(
            "--answer",
            help=spoken(say("One a question: the numbers of the answers marked, as 1,3; blank; or none.")),
            show_default=False,
        ),
    ],
    out: Out,
    opening: Annotated[
        Path | None,
        typer.Option("--opening", help=spoken(say("Write what opens the ballot, for an audit.")), show_default=False),
    ] = None,
) -> None:
    """A ballot in a file; with `--opening`, one that is to be audited and not cast."""
    with mapped(file) as data:
        at_hand = box.Box(data)
    secret = credential.parse(read_line(card))
    if (
        at_hand.election.group.write(secret.public(at_hand.election.group, at_hand.election.uuid))
        not in at_hand.weights
    ):
        raise BallotError(say("This credential is not of this election, or was mistyped."))
    asked = at_hand.election.questions
    if len(answers) != len(asked):
        raise BallotError(say("{count} answers are given to {asked} questions.", count=len(answers), asked=len(asked)))
    choices = [_choice(one, text) for one, text in zip(asked, answers, strict=True)]
    prepared = ballot.prepare(at_hand.election, secret, choices, source)
    write(out, prepared.data)
    if opening is not None:
        write(opening, prepared.opening(), private=True)
        tell(
            say(
                "Audit it with {command}. A ballot that was opened shows a choice: cast another.",
                command="tinkuy ballot open",
            )
        )
    tell(say("Tracking number: {tracking}", tracking=prepared.tracking))


def opened(
    file: Archive,
    given: Annotated[Path, typer.Argument(help=spoken(say("The ballot.")), show_default=False)],
    opening: Annotated[Path, typer.Argument(help=spoken(say("What opens it.")), show_default=False)],
) -> None:
    """The choices in the ballot, recomputed from its exponents."""
    with mapped(file) as data:
        at_hand = box.Box(data).election
    body = read(given)
    secrets = ballot.read_opening(at_hand, read(opening))
    for one, numbers in zip(at_hand.questions, ballot.opened(at_hand, body, secrets), strict=True):
        names = ((say("Blank"),) if isinstance(one, Question) and one.offers_blank else ()) + one.answers
        said = tuple(
            name if isinstance(one, Question) else say("{name} {number}", name=name, number=str(number))
            for name, number in zip(names, numbers, strict=True)
            if number
        )
        tell(say("{question} {marked}", question=one.question, marked=said or say("nothing marked")))
    tell(say("The ballot {tracking} says this, whoever made it.", tracking=ballot.tracking(body)))


def _allowed(asked: question.AnyQuestion) -> Said:
    """How a question is answered."""
    if not isinstance(asked, Question):
        return say("a number for each, as 2,1,3")
    if asked.offers_blank and asked.min == asked.max:
        return say("mark {count}, or blank", count=asked.min)
    if asked.offers_blank:
        return say("mark from {min} to {max}, or blank", min=asked.min, max=asked.max)
    if asked.min == asked.max:
        return say("mark {count}", count=asked.min)
    return say("mark from {min} to {max}", min=asked.min, max=asked.max)


def _choice(asked: question.AnyQuestion, text: str) -> tuple[int, ...]:
    """What a person typed as an answer: the answers marked, as "1,3", "blank" or "none"; of a ranking every number."""
    if text == "blank" and isinstance(asked, Question):
        return asked.choice((), blank=True)
    numbers = () if text == "none" else text.split(",")
    if any(not number.strip().isdecimal() for number in numbers):
        raise BallotError(say("An answer is given as 1,3 or blank or none: {given} is not.", given=text))
    given = tuple(int(number) for number in numbers)
    return asked.choice([number - 1 for number in given]) if isinstance(asked, Question) else given
