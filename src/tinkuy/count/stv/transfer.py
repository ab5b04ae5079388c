"""Papers change hands: the surplus of an elected candidate, all the papers of an excluded one.

Guarantees that each paper goes to the next candidate who continues, at the value that the rule gives it, that what is
credited is what the rule's rounding leaves, and that the difference is told as lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from tinkuy.count.lots import Lots
from tinkuy.count.result import Exact
from tinkuy.count.stv.choices import Choices
from tinkuy.count.stv.ledger import Ledger, Parcel, cut
from tinkuy.count.stv.papers import Rows, Sorted
from tinkuy.count.stv.whole import on_top
from tinkuy.words import Said, say


def surplus(rule: Choices, ledger: Ledger, lots: Lots, giver: int) -> None:
    """Transfer what an elected candidate holds above the quota; the candidate keeps the quota."""
    held, over = ledger.totals[giver], ledger.totals[giver] - ledger.quota
    ledger.tell(
        "surplus",
        say(
            "The surplus of {name}, {surplus} votes, is transferred",
            name=ledger.names[giver],
            surplus=ledger.amount(over),
        ),
        giver,
        clause=rule.clauses.surplus,
        surplus=over,
    )
    ledger.release(giver, over)
    parcels, ledger.piles[giver] = ledger.piles[giver], []
    if rule.value == "last parcel":
        _last_parcel(rule, ledger, giver, parcels, over)
        return
    if rule.value == "whole papers":
        _whole_papers(rule, ledger, lots, giver, parcels, cut(over))
        return
    moved: Exact = 0
    if rule.value == "papers":
        # One value for every paper, whatever it was worth before: surplus / papers, first preferences and others alike.
        value = Fraction(over) / sum(parcel.papers for parcel in parcels)
        moved = hand_on(rule, ledger, giver, _rows(parcels), value)
    else:
        for old, alike in by_value(parcels):
            moved += hand_on(rule, ledger, giver, _rows(alike), _weighted(rule, ledger, old, over, held))
    _lose(rule, ledger, over - moved)


def exclusion(rule: Choices, ledger: Ledger, givers: Sequence[int]) -> Iterator[int]:
    """Transfer all that excluded candidates hold, the papers of highest value first.

    Yields after each value: how many values are left.
    """
    pile = {giver: dict(by_value(ledger.piles[giver])) for giver in givers}
    values = sorted({value for held in pile.values() for value in held}, reverse=True)
    for left, value in zip(reversed(range(len(values))), values, strict=True):
        before: defaultdict[int | None, int] = defaultdict(int)
        lost: Exact = 0
        shown: list[tuple[Sorted, Exact]] = []
        for giver in givers:
            parcels = pile[giver].get(value, [])
            credited: Exact = sum(parcel.votes for parcel in parcels)
            ledger.piles[giver] = [parcel for parcel in ledger.piles[giver] if parcel.value != value]
            ledger.release(giver, credited)
            for given in ledger.papers.sort(_rows(parcels)):
                # What two excluded candidates give to one at the same value is cut together, not each alone.
                reached = before[given.candidate] + given.papers
                votes = ledger.units(reached * value) - ledger.units(before[given.candidate] * value)
                before[given.candidate] = reached
                ledger.receive(giver, given, value, votes)
                shown.append((given, votes))
                credited -= votes
            lost += credited
        _tell_transfers(rule, ledger, value, shown)
        _lose(rule, ledger, lost)
        yield left


def hand_on(rule: Choices, ledger: Ledger, giver: int, rows: Rows, value: Exact) -> Exact:
    """Papers go on at `value`, which is cut per receiving pile where it is a fraction; returns the votes moved.

    Papers that are worth nothing any more go nowhere.
    """
    moved: Exact = 0
    if not value:
        return moved
    shown = []
    for given in ledger.papers.sort(rows):
        votes = ledger.units(given.papers * value)
        ledger.receive(giver, given, value, votes)
        shown.append((given, votes))
        moved += votes
    _tell_transfers(rule, ledger, value, shown)
    return moved


def by_value(parcels: Sequence[Parcel]) -> list[tuple[Exact, list[Parcel]]]:
    """Parcels of one value together, the highest first."""
    alike: dict[Exact, list[Parcel]] = {}
    for parcel in parcels:
        alike.setdefault(parcel.value, []).append(parcel)
    return sorted(alike.items(), key=lambda item: item[0], reverse=True)


def _weighted(rule: Choices, ledger: Ledger, old: Exact, over: Exact, held: Exact) -> Exact:
    """The new value of a paper: its value x surplus / votes held, cut where the rule cuts."""
    if ledger.exact:
        return Fraction(old) * over / held
    if rule.value == "weighted stepwise":
        return cut(Fraction(cut(Fraction(old * over) / ledger.scale)) * ledger.scale / held)
    if rule.value == "surplus fraction":
        return cut(cut(Fraction(over * ledger.scale) / held) * Fraction(old) / ledger.scale)
    return cut(Fraction(old * over) / held)


def _last_parcel(rule: Choices, ledger: Ledger, giver: int, parcels: Sequence[Parcel], over: Exact) -> None:
    """ERS97 5.3: only the batch that was received last is looked at, and only its transferable papers share."""
    last = [parcel for parcel in parcels if parcel.batch == parcels[-1].batch]
    value = last[-1].value
    given = ledger.papers.sort(_rows(last))
    transferable = sum(one.papers for one in given if one.candidate is not None)
    reduced = transferable * value > over
    if reduced:  # 5.3.7: the surplus / transferable papers, two decimals, remainder ignored
        value = over // transferable
    shown = []
    for one in given:  # who has no next preference comes last, and takes what a value that is not raised leaves over
        votes: Exact = one.papers * value if one.candidate is not None else 0 if reduced else over
        ledger.receive(giver, one, value, votes)
        shown.append((one, votes))
        over -= votes
    _tell_transfers(rule, ledger, value, shown)
    _lose(rule, ledger, over)


def _whole_papers(rule: Choices, ledger: Ledger, lots: Lots, giver: int, parcels: Sequence[Parcel], over: int) -> None:
    """Electoral Act 1992 s 121: the papers on top of each sub-parcel of the parcel received last."""
    last = [parcel for parcel in parcels if parcel.batch == parcels[-1].batch]
    shown: list[tuple[Sorted, Exact]] = []
    for given, papers in on_top(ledger, lots, ledger.papers.sort(_rows(last)), over, rule.clauses.transferred):
        ledger.receive(giver, given, 1, papers)
        shown.append((given, papers))
    _tell_transfers(rule, ledger, 1, shown)


def _rows(parcels: Sequence[Parcel]) -> Rows:
    """The rows of several parcels, in the order in which they came."""
    if len(parcels) == 1:
        return parcels[0].rows
    return np.concatenate([parcel.rows for parcel in parcels]) if parcels else np.empty(0, dtype=np.intp)


def _lose(rule: Choices, ledger: Ledger, votes: Exact) -> None:
    """Votes that rounding leaves with nobody. Cutting per pile can also win some back: the figure is then negative."""
    ledger.lost += votes
    if votes:
        ledger.tell(
            "lost",
            say("{votes} votes are lost by rounding", votes=ledger.amount(votes)),
            clause=rule.clauses.lost,
            votes=votes,
        )


def _tell_transfers(rule: Choices, ledger: Ledger, value: Exact, shown: Sequence[tuple[Sorted, Exact]]) -> None:
    """Who received how much at which value, and what was exhausted."""
    clauses = rule.clauses
    credited: dict[int, Exact] = {}
    for given, votes in shown:
        if given.candidate is not None:
            credited[given.candidate] = credited.get(given.candidate, 0) + votes
    papers = sum(given.papers for given, _ in shown if given.candidate is not None)
    if credited:
        parts: tuple[Said, ...] = tuple(
            say("{name} {votes}", name=ledger.names[one], votes=ledger.amount(credited[one]))
            for one in sorted(credited)
        )
        said = say(
            "{papers} papers go on at {value} each: {parts}", papers=papers, value=ledger.amount(value), parts=parts
        )
        ledger.tell("transferred", said, *sorted(credited), clause=clauses.transferred, value=value)
    ended = sum(given.papers for given, _ in shown if given.candidate is None)
    if ended:
        votes = sum((votes for given, votes in shown if given.candidate is None), start=Fraction(0))
        ledger.tell(
            "exhausted",
            say(
                "{papers} papers name nobody who continues: {votes} votes are exhausted",
                papers=ended,
                votes=ledger.amount(votes),
            ),
            clause=clauses.exhausted,
            votes=votes,
        )
