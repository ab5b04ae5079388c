"""Papers on their way into an election: from a file, from lines typed by hand, from a secret ballot's published result.

Guarantees that whoever a paper names stands in the election, and that papers reach the book in their one form (see
`assembly.election_count.rows_wellformed`), in acts that fit into an entry. Nothing is guessed: a name that does not
stand, or somebody who withdrew in the file and not in the book, is refused.

A line typed by hand is a number of papers and what they say: `12: m3 > m4 = m5 > m7`; of lists, `61: Unidad`.

>>> typed(["8: m4", "12: m3 > m4"], ("m3", "m4"))
((12, ((1,), (2,))), (8, ((2,),)))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tinkuy.assembly.election import Election, Row
from tinkuy.ballot.question import Question
from tinkuy.ballot.ranked import ranking
from tinkuy.ballot.verdict import Verdict
from tinkuy.count.profile import Approvals, Lists, Profile
from tinkuy.count.registry import Papers
from tinkuy.desk.desk import DeskError
from tinkuy.words import say

MOST_IN_AN_ACT = 40_000  # bytes of papers, well under what an entry holds
_LINE = re.compile(r"\s*([0-9]{1,10})\s*:\s*(\S.*?)\s*", re.ASCII)

Rows = tuple[Row, ...]
Says = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a secret ballot came to: its papers, blank and null ones beside them, and the election's fingerprint."""

    rows: Rows
    blank: int
    null: int
    cast: int
    fingerprint: str


def typed(lines: Sequence[str], names: Sequence[str]) -> Rows:
    """Papers from lines typed by hand.

    Raises `DeskError` for a line that is not written so, or names somebody who does not stand.
    """
    said: Counter[Says] = Counter()
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise DeskError(say("papers are written as “12: m3 > m4 = m5”; “{line}” is not", line=line[:80]))
        places = tuple(
            tuple(sorted(_numbered(name.strip(), names) for name in place.split("="))) for place in match[2].split(">")
        )
        said[places] += int(match[1])
    return _in_form(said)


def filed(papers: Papers, names: Sequence[str], withdrawn: Iterable[str], file: str) -> tuple[Rows, int]:
    """Papers from a file that was read, and how many of them say nothing.

    A candidate's name in the file is the name in the book, or begins with it and a space ("m3 Rosa"). Raises
    `DeskError` for somebody who does not stand, or who withdrew in the file and not in the book.
    """
    if not isinstance(papers, Profile | Approvals | Lists):
        raise DeskError(say("{file} holds neither rankings, approvals nor votes for lists", file=file))
    numbers = [_numbered(_known(name, names), names) for name in papers.names]
    if len(set(numbers)) < len(numbers):
        raise DeskError(say("{file} names one candidate twice", file=file))
    gone = set(withdrawn)
    if not isinstance(papers, Lists):
        for number in sorted(papers.withdrawn):
            if names[numbers[number] - 1] not in gone:
                raise DeskError(
                    say(
                        "{file}: {name} withdrew there and stands in the book: tinkuy desk election withdraw",
                        file=file,
                        name=papers.names[number],
                    )
                )
    said: Counter[Says] = Counter()
    blank = 0
    for places, weight in _said(papers):
        if places:
            said[tuple(tuple(sorted(numbers[one] for one in place)) for place in places)] += weight
        else:
            blank += weight
    return _in_form(said), blank


def opened(verdict: Verdict, question: int, names: Sequence[str]) -> Opened:
    """Papers from the published result of a secret ballot, by the number of its question, from 1.

    Of a question that is ranked, each ballot; of one with a single mark, the sums. Raises `DeskError` unless the ballot
    is finished and sound, every ballot weighs one, and its answers are who stands.
    """
    asked = verdict.election
    if verdict.state != "sound" or asked is None or verdict.result is None:
        raise DeskError(say("the secret ballot is not finished and sound: tinkuy ballot verify says what is lacking"))
    if not 1 <= question <= len(asked.questions):
        raise DeskError(say("the ballot has {count} questions, from 1", count=len(asked.questions)))
    if verdict.weight != verdict.tallied:
        raise DeskError(say("the ballots of this election weigh more than one each: they are no papers of persons"))
    of, result = asked.questions[question - 1], verdict.result[question - 1]
    numbers = [_numbered(_known(name, names), names) for name in of.answers]
    said: Counter[Says] = Counter()
    blank = 0
    if isinstance(of, Question):
        if of.max != 1:
            raise DeskError(
                say("a ballot has several marks and only their sums are known: there are no papers to count")
            )
        figures = [figure for figure in result if isinstance(figure, int)]
        blank = figures.pop(0) if of.offers_blank else 0
        said.update({((number,),): figure for number, figure in zip(numbers, figures, strict=True) if figure})
    else:
        ballots = [ranking(ballot) for ballot in result if not isinstance(ballot, int)]
        said.update(tuple(tuple(sorted(numbers[one] for one in place)) for place in each) for each in ballots if each)
        blank = sum(not each for each in ballots)
    null = verdict.tallied - sum(said.values()) - blank
    return Opened(_in_form(said), blank, null, verdict.tallied, asked.fingerprint)


def batches(rows: Rows) -> Iterator[Rows]:
    """The papers in batches that each fit into an act; at least one, which may be empty."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        size += 16 + sum(4 + 6 * len(place) for place in row[1])
        if batch and size > MOST_IN_AN_ACT:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(row)
    yield tuple(batch)


def names_of(election: Election) -> tuple[str, ...]:
    """Everybody who filed, in order, those who withdrew included: what numbers on papers stand for."""
    return tuple(one.name for one in election.candidates)


def _in_form(said: Mapping[Says, int]) -> Rows:
    return tuple((said[says], says) for says in sorted(said))


def _said(papers: Profile | Approvals | Lists) -> Iterator[tuple[Says, int]]:
    if isinstance(papers, Profile):
        yield from papers.rankings()
    elif isinstance(papers, Approvals):
        for marks, weight in zip(papers.sets.tolist(), papers.weights.tolist(), strict=True):
            marked = tuple(number for number, mark in enumerate(marks) if mark)
            yield (marked,) if marked else (), weight
    else:
        for number, votes in enumerate(papers.votes):
            if votes != int(votes):
                raise DeskError(say("{name}: votes for lists are whole", name=papers.names[number]))
            if votes:
                yield ((number,),), int(votes)


def _known(name: str, names: Sequence[str]) -> str:
    """The name in the book that a name on a paper begins with; itself where there is none."""
    first = name.split(" ", 1)[0]
    return name if name in names or first not in names else first


def _numbered(name: str, names: Sequence[str]) -> int:
    if name not in names:
        raise DeskError(say("“{name}” does not stand; who stands: {names}", name=name[:80], names=tuple(names)))
    return names.index(name) + 1
