"""What the peers are asked: elections as plain data, as the peers' environment reads them.

A question is one JSON object. Its papers are short lines of numbers, candidates counted from 0, and what the numbers
are is the question's `kind`:

ranked    "3 0 1=2"   three papers that rank 0 first, 1 and 2 together second
approved  "3 0 2"     three papers that approve 0 and 2
scored    "3 5 0 2"   three papers that give 5 to candidate 0, 0 to 1, 2 to 2
lists     `votes`, one figure a list
budget    `costs`, `limit`, and papers that approve projects

An answer is an object with one key: `all`, every outcome that the program sees (it reports ties); `one`, the one it
gives (it breaks ties in its own way); `tie`, that it saw one and stopped; `seats`, how many each list has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Ranked:
    """Rankings: each paper its weight and the candidates of each place."""

    candidates: int
    seats: int
    papers: tuple[tuple[int, tuple[tuple[int, ...], ...]], ...]

    @classmethod
    def of(cls, question: dict[str, Any]) -> Ranked:
        papers = []
        for line in question["papers"]:
            weight, *places = line.split()
            papers.append((int(weight), tuple(tuple(int(one) for one in place.split("=")) for place in places)))
        return cls(question["candidates"], question["seats"], tuple(papers))

    @cached_property
    def strict(self) -> bool:
        """Whether no paper ranks two candidates equal."""
        return all(len(place) == 1 for _, places in self.papers for place in places)

    @cached_property
    def complete(self) -> bool:
        """Whether every paper ranks everybody, one a place."""
        return self.strict and all(len(places) == self.candidates for _, places in self.papers)

    @cached_property
    def known(self) -> bool:
        """Whether every candidate is on some paper: some programs know of no others."""
        return {one for _, places in self.papers for place in places for one in place} == set(range(self.candidates))


@dataclass(frozen=True)
class Marked:
    """Approvals: each paper its weight and the approved; or scores: its weight and a score a candidate."""

    candidates: int
    seats: int
    papers: tuple[tuple[int, tuple[int, ...]], ...]

    @classmethod
    def of(cls, question: dict[str, Any]) -> Marked:
        papers = [tuple(int(word) for word in line.split()) for line in question["papers"]]
        return cls(question["candidates"], question.get("seats", 1), tuple((paper[0], paper[1:]) for paper in papers))


def every(winners: Any) -> dict[str, Any]:
    """The answer of a program that names each candidate who could win."""
    return {"all": sorted([int(one)] for one in winners)}


def committee(elected: Any) -> dict[str, Any]:
    """The answer of a program that elects these."""
    return {"one": sorted(int(one) for one in elected)}


TIE = {"tie": True}
