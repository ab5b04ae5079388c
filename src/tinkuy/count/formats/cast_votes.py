"""Cast vote records: what the exports of scanners come down to, for one contest out of many.

A record holds which candidates are marked at which rank, mistakes and all. Contests in which voters rank, or mark one,
are read by a declared interpretation; where several may be marked and none before another, a paper is the set that it
marks, and one that marks more than it may approves nobody.

>>> contest = Contest("5", "Mayor", ("Ana", "Beto"), seats=1)
>>> list(papers(Source(b""), contest, Counter({((1, 1), (2, 0)): 3, (): 1})).rankings())
[(((1,), (0,)), 3), ((), 1)]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import numpy as np

from tinkuy.count.errors import CountError, Unreadable
from tinkuy.count.formats.source import MOST_CELLS, Source
from tinkuy.count.interpretation import interpretation
from tinkuy.count.marks import NO_RANK, Marks
from tinkuy.count.profile import Approvals, Profile
from tinkuy.words import Said, say

MOST_RANK = NO_RANK - 1
MOST_TOLD = 60
"""Contests that a refusal lists: a county's ballot has about as many."""
Paper = tuple[tuple[int, int], ...]
"""A paper's marks as (rank, candidate's number), in ascending order and each once."""
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Contest:
    """What is voted on. `key` is its id in the file; `votes` how many may be marked where none stands before another,
    1 where they are ranked or one is chosen.
    """

    key: str
    title: str
    names: tuple[str, ...]
    seats: int | None = None
    votes: int = 1


def paper(marks: Iterable[tuple[int, int]]) -> Paper:
    """A paper from its marks, in whatever order and however often they are there."""
    return tuple(sorted(set(marks)))


def papers(
    source: Source, contest: Contest, kinds: Counter[Paper], facts: Mapping[str, str] | None = None
) -> Profile | Approvals:
    """The papers of a contest; `kinds` says how many there are of each. `facts` are what else the file says.

    Rankings, or approvals where several may be marked.
    """
    if sum(len(marks) for marks in kinds) > MOST_CELLS:
        raise source.refuse(None, say("at most {limit} preferences expected", limit=MOST_CELLS))
    if contest.votes > 1:
        return _approvals(contest, kinds, facts or {})
    order = sorted(kinds)
    sizes = [len(marks) for marks in order]
    flat = np.array([mark for marks in order for mark in marks], dtype=np.int64).reshape(-1, 2)
    marks = Marks.gathered(
        contest.names,
        np.repeat(np.arange(len(order)), sizes),
        flat[:, 0],
        flat[:, 1],
        np.array([kinds[marks] for marks in order], dtype=np.int64),
        seats=contest.seats,
        title=contest.title,
        facts=facts or {},
    )
    return (source.interpretation or interpretation("generic")).read(marks)[0]


def _approvals(contest: Contest, kinds: Counter[Paper], facts: Mapping[str, str]) -> Approvals:
    sets: Counter[tuple[int, ...]] = Counter()
    overvoted = 0
    for marks, count in kinds.items():
        marked = tuple(sorted({candidate for _, candidate in marks}))
        over = len(marked) > contest.votes
        overvoted += count * over
        sets[() if over else marked] += count
    rows = np.zeros((len(sets), len(contest.names)), dtype=np.bool_)
    for number, marked in enumerate(sorted(sets)):
        rows[number, list(marked)] = True
    weights = np.array([sets[marked] for marked in sorted(sets)], dtype=np.int64)
    if overvoted:
        facts = {**facts, "overvoted": str(overvoted)}
    return Approvals(contest.names, rows, weights, contest.seats, contest.title, facts=facts)


def chosen(source: Source, contests: Sequence[tuple[str, str]]) -> int:
    """Which of the contests, each its id and its title, is meant: the one that `source.contest` names, or the only one.

    Raises `Unreadable`, with the contests that there are.
    """
    wanted = " ".join(source.contest.split()).casefold()
    found = [
        number
        for number, (key, title) in enumerate(contests)
        if not wanted or wanted in (key.casefold(), title.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if not contests:
        raise source.refuse(None, say("at least one contest expected"))
    there = "; ".join(f"{title} ({key})" if key != title else key for key, title in contests[:MOST_TOLD])
    if len(contests) > MOST_TOLD:
        there += "; …"
    if not wanted:
        raise source.refuse(
            None, say("there are {count} contests; name one: {there}", count=len(contests), there=there)
        )
    if found:
        raise source.refuse(
            None,
            say("several contests are called {contest}; name one by its number: {there}", contest=wanted, there=there),
        )
    raise source.refuse(None, say("no contest is called {contest}; there are: {there}", contest=wanted, there=there))


def told_apart(names: Iterable[str]) -> tuple[str, ...]:
    """Names, of which the second of a kind and later ones bear a number: ballots have several lines for write-ins."""
    seen: Counter[str] = Counter()
    apart: list[str] = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(apart)


def decoded(source: Source, data: bytes, kind: type[Kind], expected: Said) -> Kind:
    """JSON as a value. Raises `Unreadable` for what is no JSON, and for what is not as `kind`, with its place."""
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=kind)
    except msgspec.ValidationError as error:
        place = str(error).rpartition(" - at ")[2].strip("`")
        raise source.refuse(None, say("{expected}; {place} is not as there", expected=expected, place=place)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise source.refuse(None, say("{expected}; this is no whole JSON", expected=expected)) from error


def decoded_candidates(data: bytes, kind: type[Kind], expected: Said) -> Kind:
    """The same for the file of candidates. Raises `CountError`."""
    try:
        return decoded(Source(b"", ""), data, kind, expected)
    except Unreadable as error:
        raise CountError(say("the file of candidates: {expected}", expected=expected)) from error
