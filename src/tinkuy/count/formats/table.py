"""Tables of cells (CSV): a column a rank with candidates' names in it, or a column a candidate with ranks in it.

The first row names the columns; cells are divided by commas, semicolons or tabs. A column called as in `WEIGHTS` says
how many papers a row stands for, one called as in `NAMES_OF_PAPERS` is passed over.

Where columns are called by a rank ("Choice 2", "rank2", "2nd", "Preferencia 2"), those are the paper, and whatever else
there is is passed over. A cell holds a name, several with `|` between them, nothing or "undervote" for an empty rank,
or "overvote" where the machine kept only that there were several.

Else every column is a candidate. The cell is her rank, a whole number from 1, or empty; as `csv-scores` it is a score,
as `csv-approvals` a mark (1, x, X) or nothing.

Ranks are marks: they are read by an interpretation, "generic" unless another is declared.

>>> list(read(Source(b"weight,Ana,Beto\\n3,2,1\\n1,,1\\n", "papers.csv")).rankings())
[(((1,), (0,)), 3), (((1,),), 1)]
>>> list(read(Source(b"id,Choice 1,Choice 2\\n7,Beto,Ana\\n8,Ana,\\n", "papers.csv")).rankings())
[(((0,),), 1), (((1,), (0,)), 1)]
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.alike import grouped_rows
from tinkuy.count.formats.cells import Table, table
from tinkuy.count.formats.source import Source
from tinkuy.count.interpretation import interpretation
from tinkuy.count.marks import NO_RANK, Marks
from tinkuy.count.profile import Approvals, Profile, Scores
from tinkuy.words import say

WEIGHTS = frozenset({"weight", "weights", "count", "papers", "ballots", "peso", "cantidad", "cédulas", "cedulas"})
NAMES_OF_PAPERS = frozenset({"id", "ballot", "ballot id", "ballotid", "paper", "voter", "voter_id", "cast vote record"})
NAMES_OF_PAPERS |= {"precinct", "ballot style", "cédula", "cedula"}
_RANK = re.compile(
    r"(?:.*\b)?(?:rank|choice|pref|preference|rango|opción|opcion|preferencia|lugar)[\s_#]*(\d{1,3})\b.*"
    r"|(\d{1,3})(?:st|nd|rd|th|ª|º)?",
    re.IGNORECASE,
)
_OVERVOTE = "overvote"
EMPTY = frozenset({"", "undervote", "skipped", "skipped ranking", "blank"})
_YES = {"1": 1, "x": 1, "X": 1, "": 0, "0": 0}

Ints = NDArray[np.int64]


def read(source: Source) -> Profile:
    """The profile in a table of ranks. Raises `Unreadable`, naming file, line and what was expected."""
    read = table(source)
    ranks = _rank_columns(read)
    marks = _by_rank(source, read, ranks) if ranks else _by_candidate(source, read)
    return (source.interpretation or interpretation("generic")).read(marks)[0]


def read_scores(source: Source) -> Scores:
    """The scores in a table with a column a candidate; an empty cell gives none. Raises `Unreadable`."""
    read = table(source)
    columns = _candidate_columns(source, read)
    numbers, given = read.numbers(
        source, columns, say("a score expected: a whole number, or nothing"), least=-1_000_000
    )
    held = np.hstack([given.astype(np.uint64), (numbers + 1_000_000).astype(np.uint64)])
    first, weights = grouped_rows(held, _weights(source, read))
    scores = numbers[first]
    names = source.apart([read.head[column] for column in columns], 1)
    least, most = int(numbers[given].min(initial=0)), int(numbers[given].max(initial=0))
    return Scores(names, scores, given[first], weights, least, most)


def read_approvals(source: Source) -> Approvals:
    """The approvals in a table with a column a candidate: 1 or x where she is approved. Raises `Unreadable`."""
    read = table(source)
    columns = _candidate_columns(source, read)
    expected = say("1 or x for a candidate who is approved expected, or nothing")
    sets = np.zeros((read.rows, len(columns)), dtype=np.bool_)
    for place, column in enumerate(columns):
        codes, words = read.codes(column)
        meant = np.array([_YES.get(word, -1) for word in words])
        if (meant < 0).any():
            raise source.refuse(read.line(int((meant[codes] < 0).argmax())), expected)
        sets[:, place] = meant[codes] == 1
    first, weights = grouped_rows(sets, _weights(source, read))
    return Approvals(source.apart([read.head[column] for column in columns], 1), sets[first], weights)


def _rank_columns(read: Table) -> dict[int, int]:
    """The columns that are called by a rank, and that rank; none when two are called by the same."""
    ranks = {}
    for column, name in enumerate(read.head):
        found = _RANK.fullmatch(name)
        if found is not None:
            ranks[column] = int(found[1] or found[2])
    return ranks if len(set(ranks.values())) == len(ranks) and all(ranks.values()) else {}


def _candidate_columns(source: Source, read: Table) -> list[int]:
    """The columns that are candidates."""
    columns = [
        column
        for column, name in enumerate(read.head)
        if name and name.lower() not in WEIGHTS and name.lower() not in NAMES_OF_PAPERS
    ]
    if not columns:
        raise source.refuse(1, say("a column a candidate, or a column a rank, expected"))
    for column in columns:
        source.named(read.head[column], 1)
    return columns


def _weights(source: Source, read: Table) -> Ints:
    columns = [column for column, name in enumerate(read.head) if name.lower() in WEIGHTS]
    if not read.rows:
        raise source.refuse(2, say("a row for each paper expected"))
    if not columns:
        return np.ones(read.rows, dtype=np.int64)
    expected = say("how many papers there are of it expected, at least 1")
    weights, given = read.numbers(source, columns[:1], expected, least=1)
    if not given.all():
        raise source.refuse(read.line(int((~given[:, 0]).argmax())), expected)
    return weights[:, 0]


def _by_candidate(source: Source, read: Table) -> Marks:
    """Marks from a table with a column a candidate."""
    columns = _candidate_columns(source, read)
    expected = say("a rank expected: a whole number from 1, or nothing")
    ranks, _ = read.numbers(source, columns, expected, least=1, most=NO_RANK - 1)
    first, weights = grouped_rows(ranks.astype(np.uint16), _weights(source, read))
    paper, who = np.nonzero(ranks[first])
    names = source.apart([read.head[column] for column in columns], 1)
    return Marks.gathered(names, paper, ranks[first][paper, who], who, weights)


def _by_rank(source: Source, read: Table, ranks: dict[int, int]) -> Marks:
    """Marks from a table with a column a rank."""
    cells = np.stack([read.codes(column)[0] for column in ranks], axis=1)
    first, weights = grouped_rows(cells.astype(np.uint32), _weights(source, read))
    meant = [[_meant(word) for word in read.codes(column)[1]] for column in ranks]
    names = _names(source, {name for words in meant for word in words for name in word} - {_OVERVOTE})
    if any((_OVERVOTE,) in words for words in meant):
        if source.interpretation is not None and source.interpretation.overvote == "equal":
            raise source.refuse(
                None, say("the candidates at each rank expected: an overvote says only that there were several")
            )
        meant = [[names[:2] if word == (_OVERVOTE,) else word for word in words] for words in meant]
    if not names:
        raise source.refuse(2, say("a candidate in a cell expected"))
    numbers = {name: number for number, name in enumerate(names)}
    paper, rank, who = [], [], []
    for place, (column_rank, words) in enumerate(zip(ranks.values(), meant, strict=True)):
        codes = cells[first, place]
        for turn in range(max(map(len, words), default=0)):
            known = np.array([numbers[word[turn]] if turn < len(word) else -1 for word in words], dtype=np.int64)
            marked = known[codes] >= 0
            paper.append(np.flatnonzero(marked))
            rank.append(np.full(int(marked.sum()), column_rank, dtype=np.int64))
            who.append(known[codes][marked])
    return Marks.gathered(names, np.concatenate(paper), np.concatenate(rank), np.concatenate(who), weights)


def _meant(word: str) -> tuple[str, ...]:
    """The candidates in a cell."""
    if word.lower() in EMPTY:
        return ()
    if word.lower() == _OVERVOTE:
        return (_OVERVOTE,)
    return tuple(" ".join(name.split()) for name in word.split("|") if name.strip())


def _names(source: Source, found: set[str]) -> tuple[str, ...]:
    """The candidates: first those of the file of candidates, a name a line; then the others, by name."""
    listed = [source.named(line, None) for line in source.text(source.candidates).splitlines() if line.strip()]
    for name in found:
        source.named(name, None)
    return source.apart([*listed, *sorted(found - set(listed))])
