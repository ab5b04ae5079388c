"""Papers by the elected whom they pass on the way to their next hopeful candidate: all that Meek's method asks.

Guarantees that a paper is looked at only when a candidate before it is elected or excluded, so that an iteration costs
as much as there are such ways, a few hundred, however many papers there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Literal

import numpy as np

from tinkuy.count.stv.papers import Papers, Rows

Take = Literal["share", "price"]
"""What an elected candidate takes of the weight of a paper: a share of it (Meek), or the same from each (Warren)."""


class Groups:
    """The papers of a count by the path of the elected that they pass and the hopeful candidate at its end."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._elected: set[int] = set()
        # A path is a number: the path before it and the elected candidate who comes next; 0 passes nobody.
        self._paths: list[tuple[int, int]] = [(0, -1)]
        self._numbers: dict[tuple[int, int], int] = {}
        self._through: Counter[int] = Counter()
        self._rows: defaultdict[int, dict[int, list[Rows]]] = defaultdict(dict)
        self._ends: Counter[tuple[int, int | None]] = Counter()
        self._place(0, papers.rows)

    def __len__(self) -> int:
        """How many groups there are: ends of paths at which papers stand."""
        return len(self._ends)

    def elect(self, candidate: int) -> None:
        """From now on the candidate takes a part of each paper, and the rest passes on."""
        self._elected.add(candidate)
        for path in range(len(self._paths)):
            rows = self._taken_from(path, candidate)
            if rows is not None:
                self._pass(path, candidate, rows, self._ends.pop((path, candidate)))

    def exclude(self, candidate: int) -> None:
        """From now on papers pass the candidate over."""
        self._papers.leave(candidate)
        for path in range(len(self._paths)):
            rows = self._taken_from(path, candidate)
            if rows is not None:
                del self._ends[path, candidate]
                self._place(path, rows)

    def votes(self, keep: Mapping[int, int], take: Take, scale: int, candidates: int) -> tuple[list[int], int]:
        """Everybody's votes, and those that no candidate takes, all in units of 1 / `scale`.

        `keep` are the keep values of the elected. Each amount is rounded up to a unit and taken off the paper.
        """
        totals = [0] * candidates
        weight = [scale]
        for path, (before, candidate) in enumerate(self._paths[1:], 1):
            left = weight[before]
            taken = min(left, keep[candidate]) if take == "price" else -(-left * keep[candidate] // scale)
            totals[candidate] += taken * self._through[path]
            weight.append(left - taken)
        residue = 0
        for (path, stop), papers in self._ends.items():
            if stop is None:
                residue += papers * weight[path]
            else:
                totals[stop] += papers * weight[path]
        return totals, residue

    def _taken_from(self, path: int, candidate: int) -> Rows | None:
        """The rows that stand at a candidate at the end of a path, taken out; None when there are none."""
        parts = self._rows[path].pop(candidate, None) if path in self._rows else None
        if parts is None:
            return None
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _place(self, path: int, rows: Rows) -> None:
        """Put papers that have come along `path` where their next candidate is."""
        for given in self._papers.sort(rows):
            if given.candidate in self._elected:
                self._pass(path, given.candidate, given.rows, given.papers)
                continue
            self._ends[path, given.candidate] += given.papers
            if given.candidate is not None:
                self._rows[path].setdefault(given.candidate, []).append(given.rows)

    def _pass(self, path: int, candidate: int, rows: Rows, papers: int) -> None:
        """Papers pass an elected candidate: their path grows by one."""
        number = self._numbers.setdefault((path, candidate), len(self._paths))
        if number == len(self._paths):
            self._paths.append((path, candidate))
        self._through[number] += papers
        self._place(number, rows)
