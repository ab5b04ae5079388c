"""Pabulib's .pb: a participatory budget, its projects and its papers, whatever their kind of vote.

Three sections, META, PROJECTS and VOTES, each a table of cells divided by semicolons under a row of names. Money is
exact: integers, or fractions where a cost has decimals.

Source: D. Stolicki, S. Szufa and N. Talmon, "Pabulib: a participatory budgeting library", arXiv:2012.06539, and
pabulib.org/format.

>>> data = b"META\\nkey;value\\nbudget;9\\nvote_type;approval\\nPROJECTS\\nproject_id;cost\\na;5\\nb;4.5\\n"
>>> budget = read(Source(data + b"VOTES\\nvoter_id;vote\\n1;a,b\\n2;b\\n", "x.pb"))
>>> budget.limit, budget.costs, budget.papers
(9, (5, Fraction(9, 2)), 2)
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from tinkuy.count.formats.source import Source
from tinkuy.count.profile import Approvals, Budget, Profile, Project, Scores
from tinkuy.words import say

MOST_LINES = 5_000_000
MOST_PROJECTS = 5_000
_POINTS = re.compile(r"-?[0-9]{1,9}")

Row = tuple[int, dict[str, str]]
"""A row's line, and its cells by the names of their columns."""


def read(source: Source) -> Budget:
    """The budget in a .pb file. Raises `Unreadable`, naming file, line and what was expected."""
    sections = {name: list(rows) for name, rows in _sections(source)}
    missing = [name for name in ("META", "PROJECTS", "VOTES") if name not in sections]
    if missing:
        raise source.refuse(None, say("a section {section} expected", section=missing[0]))
    meta = {row.get("key", ""): row.get("value", "") for _, row in sections["META"]}
    if "budget" not in meta:
        raise source.refuse(None, say("a budget under META expected"))
    projects = _projects(source, sections["PROJECTS"])
    if any("vote" not in row for _, row in sections["VOTES"]):
        raise source.refuse(sections["VOTES"][0][0] - 1, say("a column vote expected"))
    papers = _Papers(source, {project.id: number for number, project in enumerate(projects)}, meta)
    return Budget(
        projects,
        _money(source, meta["budget"], None),
        papers.read(sections["VOTES"]),
        title=source.named(meta.get("description", ""), None),
        facts=meta,
    )


def _sections(source: Source) -> Iterator[tuple[str, Iterator[Row]]]:
    """Each section's name and rows; the row under the name names the columns."""
    text = source.text()
    if text.count("\n") > MOST_LINES:
        raise source.refuse(None, say("at most {limit} lines expected", limit=MOST_LINES))
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.strip() in ("META", "PROJECTS", "VOTES")]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start].strip(), _rows(source, lines, start + 1, end)


def _rows(source: Source, lines: list[str], start: int, end: int) -> Iterator[Row]:
    head: list[str] = []
    for number in range(start, end):
        if not lines[number].strip():
            continue
        try:
            cells = next(csv.reader([lines[number]], delimiter=";", strict=True))
        except csv.Error as error:
            raise source.refuse(number + 1, say("cells divided by semicolons expected")) from error
        if not head:
            head = [cell.strip() for cell in cells]
        else:
            yield number + 1, dict(zip(head, (cell.strip() for cell in cells), strict=False))


def _projects(source: Source, rows: list[Row]) -> tuple[Project, ...]:
    if not 1 <= len(rows) <= MOST_PROJECTS:
        raise source.refuse(None, say("from 1 to {limit} projects expected", limit=MOST_PROJECTS))
    projects: dict[str, Project] = {}
    for line, row in rows:
        id_ = source.named(row.get("project_id", ""), line)
        if not id_ or id_ in projects:
            raise source.refuse(line, say("a project_id that no other project has expected"))
        selected = row.get("selected", "")
        projects[id_] = Project(
            id_,
            _money(source, row.get("cost", ""), line, least=1),
            source.named(row.get("name", ""), line),
            None if selected == "" else selected not in ("0", "False", "false"),
            row,
        )
    return tuple(projects.values())


@dataclass(frozen=True)
class _Papers:
    """The reading of VOTES."""

    source: Source
    numbers: Mapping[str, int]
    meta: Mapping[str, str]

    def read(self, rows: list[Row]) -> Approvals | Scores | Profile:
        kind = self.meta.get("vote_type", "")
        if kind in ("approval", "choose-1"):
            return self._approvals(rows)
        if kind == "ordinal":
            return self._rankings(rows)
        if kind in ("cumulative", "scoring"):
            return self._scores(rows)
        raise self.source.refuse(
            None,
            say("a vote_type of approval, choose-1, ordinal, cumulative or scoring expected, not {kind}", kind=kind),
        )

    def _approvals(self, rows: list[Row]) -> Approvals:
        kinds = Counter(tuple(sorted(self._voted(line, row))) for line, row in rows)
        sets = np.zeros((len(kinds), len(self.numbers)), dtype=np.bool_)
        for place, approved in enumerate(sorted(kinds)):
            sets[place, list(approved)] = True
        weights = np.array([kinds[approved] for approved in sorted(kinds)], dtype=np.int64)
        return Approvals(tuple(self.numbers), sets, weights)

    def _rankings(self, rows: list[Row]) -> Profile:
        kinds = Counter(self._voted(line, row) for line, row in rows)
        return Profile.of(tuple(self.numbers), sorted(kinds.items()))

    def _scores(self, rows: list[Row]) -> Scores:
        kinds = Counter(self._scored(line, row) for line, row in rows)
        scores = np.zeros((len(kinds), len(self.numbers)), dtype=np.int64)
        given = np.zeros(scores.shape, dtype=np.bool_)
        for place, paper in enumerate(sorted(kinds)):
            for project, points in paper:
                scores[place, project], given[place, project] = points, True
        weights = np.array([kinds[paper] for paper in sorted(kinds)], dtype=np.int64)
        return Scores(
            tuple(self.numbers), scores, given, weights, min(0, int(scores.min(initial=0))), int(scores.max(initial=0))
        )

    def _voted(self, line: int, row: Mapping[str, str]) -> tuple[int, ...]:
        """The projects that a paper names, in its order."""
        written = [word.strip() for word in row.get("vote", "").split(",") if word.strip()]
        stranger = next((word for word in written if word not in self.numbers), None)
        if stranger is not None:
            raise self.source.refuse(line, say("the id of a project expected, not {word}", word=stranger))
        if len(set(written)) != len(written):
            raise self.source.refuse(line, say("each project once in a vote expected"))
        return tuple(self.numbers[word] for word in written)

    def _scored(self, line: int, row: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
        voted = self._voted(line, row)
        points = [word.strip() for word in row.get("points", "").split(",") if word.strip()]
        if len(points) != len(voted) or not all(_POINTS.fullmatch(word) for word in points):
            raise self.source.refuse(line, say("as many whole points as projects in the vote expected"))
        return tuple(sorted(zip(voted, map(int, points), strict=True)))


def _money(source: Source, written: str, line: int | None, least: int = 0) -> int | Fraction:
    """An exact amount: digits, with a decimal point or comma before at most nine of them."""
    whole, _, part = written.replace(",", ".").partition(".")
    if not (whole.isdecimal() and len(whole) <= 15 and (not part or (part.isdecimal() and len(part) <= 9))):
        raise source.refuse(line, say("an amount of money expected, not {written}", written=written or "–"))
    amount = Fraction(int(whole + part), 10 ** len(part)) if part.strip("0") else Fraction(int(whole))
    if amount < least and amount == 0:
        raise source.refuse(line, say("a cost above nought expected"))
    return int(amount) if amount.denominator == 1 else amount
