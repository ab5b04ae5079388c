"""The tree up which boxes are added (árbol del cómputo): bases below districts, districts below regions.

Guarantees one root, no node that is its own ancestor, a box at the end of every branch and nowhere else, and no box
twice: so the boxes below two nodes are the one inside the other, or have nothing in common.

>>> tree = read("Puno,,\\nLampa,Puno,\\nA,Lampa,7MrKZ3nCVT4eUW\\nB,Puno,2tqYhJ6bXm9DvA\\n")
>>> tree.root, tree.children("Puno"), sorted(tree.below["Lampa"])
('Puno', ('B', 'Lampa'), ['7MrKZ3nCVT4eUW'])
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO

from tinkuy.ballot.errors import BallotError
from tinkuy.words import say

MAX_NODES = 250_000
MAX_CODE = 80


@dataclass(frozen=True, slots=True)
class Place:
    """A node, the node above it ("" of the root), and the identifier of its box ("" of a node without one)."""

    node: str
    parent: str
    uuid: str = ""


class Tree:
    """Nodes, by code, with the boxes below each; made of places in any order."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Raises `BallotError` naming the node that makes of the places something other than one tree."""
        self.places: dict[str, Place] = {}
        for place in places:
            self._take(place)
        roots = [one.node for one in self.places.values() if not one.parent]
        if len(roots) != 1:
            raise BallotError(
                say("A tree has one root, a node without a parent; this one has {roots}.", roots=len(roots))
            )
        self.root = roots[0]
        self._children: dict[str, list[str]] = {}
        for node in sorted(self.places):
            self._children.setdefault(self.places[node].parent, []).append(node)
        self._check()

    def children(self, node: str) -> tuple[str, ...]:
        """The nodes right below, by code; none of a box."""
        return tuple(self._children.get(node, ()))

    @property
    def boxes(self) -> dict[str, str]:
        """The node of each box, by the box's identifier."""
        return {one.uuid: one.node for one in self.places.values() if one.uuid}

    @cached_property
    def below(self) -> Mapping[str, frozenset[str]]:
        """The boxes of each node, its own or those below it."""
        found: dict[str, frozenset[str]] = {}
        for node in self.upward:
            own = self.places[node].uuid
            parts = [found[child] for child in self.children(node)]
            found[node] = frozenset({own}) if own else frozenset().union(*parts)
        return found

    def totals(self, figures: Mapping[str, int]) -> dict[str, int]:
        """For each node the sum of a figure over its boxes; `figures` is by box."""
        found: dict[str, int] = {}
        for node in self.upward:
            own = self.places[node].uuid
            found[node] = figures[own] if own else sum(found[child] for child in self.children(node))
        return found

    @cached_property
    def upward(self) -> list[str]:
        """Every node that is reached from the root, each after the nodes below it."""
        nodes = [self.root]
        for node in nodes:
            nodes += self.children(node)
        return nodes[::-1]

    def _take(self, place: Place) -> None:
        if not place.node or len(place.node) > MAX_CODE or not place.node.isprintable():
            raise BallotError(say("A node's code has 1 to {limit} letters, none of them hidden.", limit=MAX_CODE))
        if place.node in self.places:
            raise BallotError(say("The node {node} stands twice in the tree.", node=place.node))
        self.places[place.node] = place
        if len(self.places) > MAX_NODES:
            raise BallotError(say("A tree has at most {limit} nodes.", limit=MAX_NODES))

    def _check(self) -> None:
        owners: dict[str, str] = {}
        for place in self.places.values():
            if place.parent and place.parent not in self.places:
                raise BallotError(
                    say("{node} is below {parent}, which is not in the tree.", node=place.node, parent=place.parent)
                )
            if bool(place.uuid) == bool(self.children(place.node)):
                raise BallotError(say("{node}: a node has either a box, or other nodes below it.", node=place.node))
            if place.uuid and place.uuid in owners:
                raise BallotError(
                    say(
                        "The box {uuid} is of {first} and of {second}.",
                        uuid=place.uuid,
                        first=owners[place.uuid],
                        second=place.node,
                    )
                )
            owners[place.uuid] = place.node
        if stray := self.places.keys() - set(self.upward):
            raise BallotError(say("{node} is its own ancestor: no way leads up to the root.", node=min(stray)))


def read(text: str) -> Tree:
    """The tree in a CSV without headings: a node a line with the node above it, and its box's identifier if it has one.

    Raises `BallotError` naming the line or the node at fault.
    """
    places, reader = [], csv.reader(StringIO(text), strict=True)
    try:
        for row in reader:
            if not row:
                continue
            if len(row) not in (2, 3):
                raise BallotError(
                    say("Line {line}: a node, its parent and perhaps its box are expected.", line=str(reader.line_num))
                )
            places.append(Place(*(field.strip() for field in row)))
    except csv.Error:
        raise BallotError(say("Line {line}: quotation marks are not closed.", line=str(reader.line_num))) from None
    return Tree(places)
