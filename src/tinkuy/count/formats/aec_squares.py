"""The squares of a Senate ballot paper: groups above the line, then candidates below it, from left to right.

Since 2019 the file of papers names them in its first row, a column a square (`B:The Greens`, …, `B:KYBURZ Penny`); in
2016 they stand in a file of candidates of their own, for one State or for all.

Source: Australian Electoral Commission, the headers of `aec-senate-formalpreferences-*.csv` and the columns of
`*federalelection-all-candidates-*.csv`; Commonwealth Electoral Act 1918, s 168 (groups), s 213 (order on the paper).

>>> squares = of_header(Source(b"", "papers.csv"), ["A:Left", "B:Right", "A:ROJO Ana", "B:AZUL Beto", "UG:GRIS Caro"])
>>> squares.names, squares.groups
(('ROJO Ana', 'AZUL Beto', 'GRIS Caro'), ((0,), (1,)))
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tinkuy.count.errors import CountError
from tinkuy.count.formats.source import Source
from tinkuy.words import Said, say

UNGROUPED = "UG"
MOST_CANDIDATES = 100_000
"""Rows of a file of candidates: a whole federal election has some two thousand."""
_COLUMNS = ("state_ab", "ticket", "ballot_position", "surname", "ballot_given_nm")


@dataclass(frozen=True)
class Squares:
    """`names` are the candidates in the order of the paper; `groups[i]` the candidates of square i above the line."""

    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    state: str = ""

    @property
    def count(self) -> int:
        """How many squares there are, above the line and below it."""
        return len(self.groups) + len(self.names)


def of_header(source: Source, columns: Sequence[str]) -> Squares:
    """The squares that a first row names. Raises `Unreadable` for a row that names none."""
    cut = [column.partition(":") for column in columns]
    if not all(sign and name.strip() for _, sign, name in cut):
        raise source.refuse(1, say("a column for each square, called by its ticket and its name (A:NAME), expected"))
    tickets = [ticket.strip() for ticket, _, _ in cut]
    # Above the line each group stands once: the first ticket that comes again, or is of no group, begins what is below.
    above = next(
        (place for place, ticket in enumerate(tickets) if ticket == UNGROUPED or ticket in tickets[:place]),
        len(tickets),
    )
    below = list(zip(tickets[above:], (source.named(name, 1) for _, _, name in cut[above:]), strict=True))
    squares = _squares(below, tickets[:above])
    if not below or not all(squares.groups):
        raise source.refuse(1, say("columns for the candidates of every group, below the line, expected"))
    return squares


def of_candidates(source: Source, width: int) -> Squares:
    """The squares that a file of candidates makes, for papers with `width` squares.

    Of several States it is the one that `source.contest` names, else the one whose paper has so many squares; where
    that leaves several, the one that the file is called by. Raises `CountError` when none is left, or more than one.
    """
    states = _states(source)
    if source.contest:
        if source.contest.upper() not in states:
            raise CountError(
                say(
                    "the file of candidates: no State {state}; there are {states}",
                    state=source.contest,
                    states=", ".join(states),
                )
            )
        states = {source.contest.upper(): states[source.contest.upper()]}
    fitting = {state: squares for state, squares in states.items() if squares.count == width}
    if not fitting:
        sizes = ", ".join(f"{state} {squares.count}" for state, squares in states.items())
        raise source.refuse(
            None,
            say(
                "as many squares as the file of candidates makes ({sizes}) expected, not {width}",
                sizes=sizes,
                width=width,
            ),
        )
    if len(fitting) > 1:
        called = set(re.findall(r"[A-Z]+", source.name.upper()))
        fitting = {state: squares for state, squares in fitting.items() if state in called} or fitting
    if len(fitting) > 1:
        raise source.refuse(
            None,
            say("papers of {states} have as many squares; name the State as the contest", states=", ".join(states)),
        )
    return next(iter(fitting.values()))


def _states(source: Source) -> dict[str, Squares]:
    """The squares of each State in a file of candidates."""
    standing: dict[str, list[tuple[tuple[bool, int, str, int], str]]] = {}
    for line, row in _rows(source):
        # The Commission's file of all candidates holds those for the House of Representatives too.
        if row.get("nom_ty", "S").strip() != "S":
            continue
        ticket, position = row["ticket"].strip().upper(), row["ballot_position"].strip()
        if not ticket or not re.fullmatch(r"[0-9]{1,4}", position):
            raise _refusal(line, say("a ticket and a position on it expected"))
        order = (ticket == UNGROUPED, len(ticket), ticket, int(position))
        name = source.named(f"{row['surname']} {row['ballot_given_nm']}", None)
        standing.setdefault(row["state_ab"].strip().upper(), []).append((order, name))
    if not standing:
        raise CountError(say("the file of candidates: at least one candidate for the Senate expected"))
    return {state: _ordered(state, rows) for state, rows in standing.items()}


def _ordered(state: str, rows: list[tuple[tuple[bool, int, str, int], str]]) -> Squares:
    below = [(ticket, name) for (_, _, ticket, _), name in sorted(rows)]
    return _squares(below, list(dict.fromkeys(ticket for ticket, _ in below if ticket != UNGROUPED)), state)


def _squares(below: Sequence[tuple[str, str]], tickets: Sequence[str], state: str = "") -> Squares:
    """Candidates with their tickets, and the tickets that have a square above the line."""
    shared = Counter(name for _, name in below)
    return Squares(
        # Two of one name in a State are told apart on the paper by where they stand.
        tuple(name if shared[name] == 1 else f"{name} ({ticket})" for ticket, name in below),
        tuple(tuple(place for place, (of, _) in enumerate(below) if of == ticket) for ticket in tickets),
        state,
    )


def _rows(source: Source) -> Iterator[tuple[int, Mapping[str, str]]]:
    if not source.candidates:
        raise source.refuse(
            None, say("papers of 2016 do not name the candidates: give the Commission's file of candidates with them")
        )
    try:
        text = source.candidates.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CountError(say("the file of candidates: text in UTF-8 expected; save it in that encoding")) from error
    rows = csv.DictReader(text.splitlines(), restval="", strict=True)
    try:
        missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise _refusal(1, say("a column {column} expected", column=missing[0]))
        for count, row in enumerate(rows, 1):
            if count > MOST_CANDIDATES:
                raise _refusal(rows.line_num, say("at most {limit} candidates expected", limit=MOST_CANDIDATES))
            yield rows.line_num, row
    except csv.Error as error:
        raise _refusal(rows.line_num + 1, say("cells divided by commas expected")) from error


def _refusal(line: int, expected: Said) -> CountError:
    return CountError(say("the file of candidates, line {line}: {expected}", line=str(line), expected=expected))
