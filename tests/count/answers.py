"""What other programs answered, read back: `tests/foreign/peers` records it, docs/decisions/count-peers.md explains it.

An answer is compared with every outcome that our rule has under some lot: a program that reports ties must see the same
outcomes, one that breaks them must give one of ours, and one that stops at a tie must be right that there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import numpy as np

from tinkuy.count import read, rule
from tinkuy.count.lots import Hashed, Listed, Lots
from tinkuy.count.profile import Approvals, Budget, Lists, Profile, Project, Scores
from tinkuy.count.registry import Papers, Rule
from tinkuy.count.result import Result

KEPT = Path(__file__).parent / "peers"
MOST_LOTS = 4
"""Names up to which every order of them is tried as a lot."""
TRIED = 12
"""Orders that are tried where there are more names."""
CLOSE = 10**9
"""Programs that count in floats are not asked about figures nearer to each other than one in this."""
TRANSFERS = ("scotland", "meek-prf", "warren", "stv-one-by-one", "stv-together")
"""Of the rules for rankings those that were asked for several seats; the others for one."""


@dataclass(frozen=True)
class Asked:
    """One program's answer to one question by one rule."""

    id: str
    program: str
    rule: str
    papers: Papers
    seats: int
    answer: dict[str, Any]

    def lots(self) -> Iterator[Lots]:
        """Every order of the names, or some where there are too many."""
        names = self.names
        if len(names) <= MOST_LOTS:
            yield from (Listed(order) for order in permutations(names))
        else:
            yield from (Hashed(str(number)) for number in range(TRIED))

    @property
    def names(self) -> tuple[str, ...]:
        return self.papers.ballots.names if isinstance(self.papers, Budget) else self.papers.names

    def count(self, known: Rule, lots: Lots) -> Result:
        return known.count(self.papers, self.seats, lots)

    def outcomes(self, known: Rule) -> Iterator[tuple[int, ...]]:
        """The committees that our rule elects under some lot (of lists: how many seats each has), lot by lot."""
        for lots in self.lots():
            result = self.count(known, lots)
            yield result.won if isinstance(self.papers, Lists) else tuple(sorted(result.elected))
            if not result.ties:
                return

    def agrees(self, known: Rule) -> bool:
        """Whether our rule says what the program says."""
        match self.answer:
            case {"all": outcomes}:
                ours, theirs = set(self.outcomes(known)), {tuple(one) for one in outcomes}
                return ours == theirs if len(self.names) <= MOST_LOTS else ours <= theirs
            case {"one": committee}:
                return tuple(committee) in self.outcomes(known)
            case {"seats": seats}:
                return set(self.outcomes(known)) == {tuple(seats)}
            case {"tie": True}:
                return bool(self.count(known, next(self.lots())).ties)
        raise AssertionError(self.answer)


def near(result: Result) -> bool:
    """Whether two candidates, or one and the quota, are nearer than floats tell apart, or the rule met a tie."""
    for stage in result.stages:
        figures = sorted(figure for figure in (*stage.totals, stage.quota) if figure is not None)
        if any(after - before < 1 / CLOSE for before, after in pairwise(figures)):
            return True
    return bool(result.ties)


def asked(file: str, data: Path | None = None) -> Iterator[Asked]:
    """Everything that was asked, an answer at a time. `data` is the folder of the real elections."""
    lines = (KEPT / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        question = json.loads(line)
        papers = papers_of(question, data)
        for name, programs in question["answers"].items():
            for program, answer in programs.items():
                held = _numbered(papers, answer) if isinstance(papers, Budget) else answer
                seats = 1 if question["kind"] == "ranked" and name not in TRANSFERS else question.get("seats", 1)
                yield Asked(question["id"], program, name, papers, seats, held)


def _numbered(budget: Budget, answer: dict[str, Any]) -> dict[str, Any]:
    numbers = {project.id: number for number, project in enumerate(budget.projects)}
    return {"one": sorted(numbers[one] for one in answer["one"])}


def papers_of(question: dict[str, Any], data: Path | None = None) -> Papers:
    """The papers of a question as our rules take them."""
    if "file" in question:
        assert data is not None
        found: Papers = read((data / "count" / question["file"]).read_bytes(), question["file"])
        return found
    if question["kind"] == "lists":
        return Lists(_names(len(question["votes"])), tuple(question["votes"]))
    if question["kind"] == "budget":
        projects = tuple(Project(str(number), cost) for number, cost in enumerate(question["costs"]))
        return Budget(projects, question["limit"], _approvals(question["papers"], len(projects)))
    if question["kind"] == "approved":
        return _approvals(question["papers"], question["candidates"])
    if question["kind"] == "scored":
        rows = np.array([[int(word) for word in line.split()] for line in question["papers"]], dtype=np.int64)
        scores = rows[:, 1:]
        return Scores(_names(scores.shape[1]), scores, scores >= 0, rows[:, 0], least=0, most=5)
    return Profile.of(_names(question["candidates"]), [_ranking(line) for line in question["papers"]])


def _ranking(line: str) -> tuple[list[list[int]], int]:
    weight, *places = line.split()
    return [[int(one) for one in place.split("=")] for place in places], int(weight)


def _approvals(lines: list[str], candidates: int) -> Approvals:
    sets = np.zeros((len(lines), candidates), dtype=np.bool_)
    weights = np.zeros(len(lines), dtype=np.int64)
    for row, line in enumerate(lines):
        weight, *approved = map(int, line.split())
        sets[row, approved] = True
        weights[row] = weight
    return Approvals(_names(candidates), sets, weights)


def _names(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))


def variant(name: str) -> Rule:
    """The rule of this name; what two programs count and no law of ours does is made of the choices of one."""
    if name == "stv-one-by-one":
        # As Belenios, votelib and VoteKit count: the largest alone is declared elected, her surplus passed on first.
        return replace(
            rule("stv"),
            name=name,
            quota="droop",
            elected_by_transfer=True,
            tie_surplus="lot",
            tie_excluded="lot",
        )
    if name == "stv-together":
        # As VoteKit does by default: the surpluses of all who have the quota are passed on together.
        return replace(rule("stv"), name=name, quota="droop", tie_surplus="lot", tie_excluded="lot")
    return rule(name)
