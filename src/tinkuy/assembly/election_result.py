"""Who an election elects: the papers of its last tally, counted by the rule that the statutes name.

Guarantees that whoever replays a book counts again, and that the same papers and the same lot elect the same persons.
A tie that goes to the lot and was not drawn elects nobody.

Source: statutes `elections`; `tinkuy.count` for each rule's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinkuy.assembly.act import Refused
from tinkuy.assembly.election import Candidate, Election, Row
from tinkuy.count.apportion import Apportionment
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lists import taken
from tinkuy.count.lots import Listed, Lots, Refusing
from tinkuy.count.profile import Approvals, Lists, Profile
from tinkuy.count.registry import Papers, rule
from tinkuy.count.result import Result
from tinkuy.statutes import Office
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is elected, in order, the seats of each list that has any, and the count with its whole story."""

    elected: tuple[str, ...]
    lists: tuple[tuple[str, int], ...]
    count: Result


def countable(office: Office, seats: int) -> None:
    """Refuse an office whose rule of counting is not known here, or cannot fill these seats from such papers."""
    try:
        known = rule(office.rule)
    except CountError as error:
        raise Refused(say("the statutes, {office}: {fault}", office=office.office, fault=error.said)) from None
    by_lists = isinstance(known, Apportionment)
    if known.takes not in (Profile, Approvals, Lists):
        fault = say("{rule} counts neither rankings, approvals nor votes for lists", rule=known.name)
    elif by_lists and office.among != "lists":
        fault = say("{rule} shares seats among lists, and persons stand", rule=known.name)
    elif office.threshold is not None and not by_lists:
        fault = say("{rule} shares no seats among lists: a threshold says nothing", rule=known.name)
    elif known.fills == "one" and seats > 1 and office.among == "persons":
        fault = say("{rule} elects one, and there are {seats} seats", rule=known.name, seats=seats)
    else:
        return
    raise Refused(say("the statutes, {office}: {fault}", office=office.office, fault=fault))


def outcome(election: Election) -> Outcome:
    """What the last tally of an election comes to; it was counted.

    Raises `Refused` where the rule cannot count such papers, `Undecided` where a tie waits for the lot.
    """
    lots: Lots = Listed(election.drawn) if election.drawn else Refusing()
    try:
        result = _counted(election, lots)
    except Undecided:
        raise
    except CountError as error:
        raise Refused(
            say("{rule} cannot count these papers: {fault}", rule=election.office.rule, fault=error.said)
        ) from None
    if election.office.among == "persons":
        return Outcome(result.winners, (), result)
    won = result.won or tuple(election.seats * (number in result.elected) for number in range(len(result.names)))
    lists = tuple((name, seats) for name, seats in zip(result.names, won, strict=True) if seats)
    elected = tuple(
        person.name
        for one, seats in zip(election.candidates, won, strict=True)
        for person in taken(one.persons, seats).elected
    )
    return Outcome(elected, lists, result)


def tied(election: Election) -> tuple[str, ...]:
    """Who is tied and waits for the lot; nobody where the count needs none."""
    try:
        outcome(election)
    except Undecided as undecided:
        return undecided.tied
    return ()


def _counted(election: Election, lots: Lots) -> Result:
    known = rule(election.office.rule)
    if isinstance(known, Apportionment) and election.office.threshold is not None:
        known = known.above(election.office.threshold)
    # One list wins and takes every seat, where the rule shares none among lists.
    seats = election.seats if isinstance(known, Apportionment) or election.office.among == "persons" else 1
    papers = _papers(known.takes, election.candidates, election.tallies[-1].rows)
    return known.count(papers, seats, lots)


def _papers(kind: type, candidates: list[Candidate], rows: tuple[Row, ...]) -> Papers:
    names = tuple(one.name for one in candidates)
    gone = frozenset(number for number, one in enumerate(candidates) if one.withdrawn)
    if kind is Lists:
        votes = [0] * len(names)
        for papers, places in rows:
            votes[_alone(places) - 1] += papers
        return Lists(names, tuple(0 if number in gone else figure for number, figure in enumerate(votes)))
    if kind is Approvals:
        sets = np.zeros((len(rows), len(names)), dtype=np.bool_)
        for number, (_, places) in enumerate(rows):
            sets[number, [one - 1 for one in _together(places)]] = True
        return Approvals(names, sets, np.array([papers for papers, _ in rows], dtype=np.int64), withdrawn=gone)
    rankings = ([[one - 1 for one in place] for place in places] for _, places in rows)
    return Profile.of(names, zip(rankings, (papers for papers, _ in rows), strict=True), withdrawn=gone)


def _alone(places: tuple[tuple[int, ...], ...]) -> int:
    marked = _together(places)
    if len(marked) != 1:
        raise CountError(say("a vote for lists names one list, and a paper here names several"))
    return marked[0]


def _together(places: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    if len(places) != 1:
        raise CountError(say("these papers rank, and the rule counts marks: write every mark at one place"))
    return places[0]
