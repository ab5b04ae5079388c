"""The decrypted rankings of a Belenios election: `result.json`, or the list that `belenios-tool method` reads.

A ballot is a list of numbers, one a candidate: 1 stands first, equal numbers are equal places, 0 ranks nobody. Names
stand in the election's own file, which is given as the file of candidates; without it candidates are called by number.

Source: Belenios specification 2.0, 4.11 and 4.15; `belenios-tool method --help`.

>>> profile = read(Source(b'{"result":[[[1,2,0],[2,1,1]]]}', "result.json"))
>>> profile.names, list(profile.rankings())
(('1', '2', '3'), [(((0,), (1,)), 1), (((1, 2), (0,)), 1)])
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import msgspec

from tinkuy.count.errors import CountError
from tinkuy.count.formats.source import Source
from tinkuy.count.profile import Profile
from tinkuy.words import say

Number = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Ballots = list[list[Number]]


class Value(msgspec.Struct):
    """What is asked of voters."""

    answers: list[str] = []
    question: str = ""


class Asked(msgspec.Struct):
    """A question as the election holds it; only ranked ones have rankings."""

    type: str = ""
    value: Value = msgspec.field(default_factory=Value)


class Election(msgspec.Struct):
    """The part of `election.json` that names candidates."""

    questions: list[Asked] = []
    name: str = ""


class Outcome(msgspec.Struct):
    """`result.json`: one result a question; the ranked ones are lists of ballots."""

    result: list[msgspec.Raw]


def read(source: Source) -> Profile:
    """The profile of one ranked question: the first, or the one whose number `contest` is. Raises `Unreadable`."""
    place, ballots = _ballots(source)
    widths = {len(ballot) for ballot in ballots}
    if len(widths) > 1:
        raise source.refuse(None, say("ballots with one number for each candidate expected"))
    election = _election(source)
    names, title = _names(source, election, place, widths.pop() if widths else 0)
    papers = Counter(tuple(ballot) for ballot in ballots)
    rankings = [(_ranking(ballot), weight) for ballot, weight in sorted(papers.items())]
    return Profile.of(source.apart(names), rankings, title=title)


def _ballots(source: Source) -> tuple[int, Ballots]:
    """Which question is read, from 0, and its ballots."""
    try:
        return 0, msgspec.json.decode(source.data, type=Ballots)
    except msgspec.ValidationError:
        pass
    except msgspec.DecodeError as error:
        raise source.refuse(None, say("JSON expected: a list of ballots, or a Belenios result")) from error
    try:
        results = msgspec.json.decode(source.data, type=Outcome).result
    except msgspec.DecodeError as error:
        raise source.refuse(None, say("a list of ballots, or a Belenios result, expected")) from error
    for place, raw in enumerate(results):
        if source.contest and source.contest != str(place + 1):
            continue
        try:
            return place, msgspec.json.decode(raw, type=Ballots)
        except msgspec.ValidationError:
            continue
    raise source.refuse(None, say("the result of a ranked question expected"))


def _election(source: Source) -> Election | None:
    if not source.candidates:
        return None
    try:
        return msgspec.json.decode(source.candidates, type=Election)
    except msgspec.DecodeError as error:
        raise CountError(say("the file of candidates: a Belenios election expected")) from error


def _names(source: Source, election: Election | None, place: int, width: int) -> tuple[list[str], str]:
    if election is None:
        return [str(number) for number in range(1, width + 1)], ""
    asked = election.questions[place].value if place < len(election.questions) else Value()
    if width and len(asked.answers) != width:
        raise CountError(
            say(
                "the file of candidates names {named} for this question, and ballots rank {ranked}",
                named=len(asked.answers),
                ranked=width,
            )
        )
    return [source.named(name, None) for name in asked.answers], asked.question


def _ranking(ballot: tuple[int, ...]) -> list[list[int]]:
    """The candidates of each number, from the lowest up; gaps between numbers mean nothing."""
    numbers = sorted(set(ballot) - {0})
    return [[candidate for candidate, given in enumerate(ballot) if given == number] for number in numbers]
