"""Trees: the districts, provinces and regions, or the sectors, over which sheets add up.

Guarantees that every unit has exactly one way up: each node has one parent of a higher level, no cycle, and no unit
stands under two nodes. A territorial and a sectoral tree are both trees; a consultation uses one of them.
Source: design of the federation, "Roll-up"; rule 1 of the house (the base is the source).

>>> nodes = [Node("21", "Puno", "region", ""), Node("2101", "Puno", "province", "21")]
>>> tree = Tree(("region", "province"), {node.code: node for node in nodes})
>>> [node.code for node in tree.path("2101")]
['21', '2101']
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import msgspec
import polars as pl

from tinkuy.words import Said, Spoken, say


class TreeError(Spoken):
    """A tree or a table that gives some unit no way up, or two."""


class Node(msgspec.Struct, frozen=True):
    """A district, province, region or sector. `parent` is "" directly under the root."""

    code: str
    name: str
    level: str
    parent: str


class Tree:
    """Levels from the top down, and nodes by code. The root itself is not a node: its code is "".

    Raises TreeError for a repeated or empty level, an empty code, a code filed under another code, an unknown level or
    parent, and a parent that is not of a higher level (which is also what a cycle comes to).
    """

    def __init__(self, levels: tuple[str, ...], nodes: Mapping[str, Node], name: str = "") -> None:
        self.levels = levels
        self.nodes = dict(nodes)
        self.name = name
        self._columns: dict[str, Mapping[str, str | None]] = {}  # many units stand under one node
        if len(set(levels)) != len(levels) or "" in levels:
            _refuse(say("the levels of a tree need different names: {levels}", levels=levels))
        depth = {level: place for place, level in enumerate(levels)}
        for code, node in self.nodes.items():
            if code == "" or code != node.code:
                _refuse(say("node {code} is filed under the code {key}", code=repr(node.code), key=repr(code)))
            if node.level not in depth:
                _refuse(say("node {code}: the tree has no level {level}", code=code, level=repr(node.level)))
            if node.parent and node.parent not in self.nodes:
                _refuse(say("node {code}: its parent {parent} is unknown", code=code, parent=node.parent))
            if node.parent and depth[self.nodes[node.parent].level] >= depth[node.level]:
                problem = say(
                    "node {code}: its parent {parent} is not of a higher level",
                    code=code,
                    parent=node.parent,
                )
                _refuse(problem)

    def path(self, code: str) -> tuple[Node, ...]:
        """The nodes from the top down to `code`, itself included; nothing for the root.

        Raises TreeError when there is no such node.
        """
        way: list[Node] = []
        while code:
            if code not in self.nodes:
                _refuse(say("the tree has no node {code}", code=code))
            way.append(self.nodes[code])
            code = way[-1].parent
        return tuple(reversed(way))

    def columns(self, node: str) -> Mapping[str, str | None]:
        """The `level:…` cells of a unit under `node`; None where the way up skips a level."""
        if node not in self._columns:
            above = {one.level: one.code for one in self.path(node)}
            self._columns[node] = {f"level:{level}": above.get(level) for level in self.levels}
        return self._columns[node]

    def lowest(self) -> pl.Expr:
        """The node directly above a unit of a unit table: the deepest level that its row names, "" for the root."""
        named = [pl.col(f"level:{level}") for level in reversed(self.levels)]
        return pl.coalesce([*named, pl.lit("")])

    def check_table(self, table: pl.DataFrame) -> None:
        """Raises TreeError when the table lacks a level's column or names a node that is not of that level."""
        for level in self.levels:
            column = f"level:{level}"
            if column not in table.columns:
                _refuse(say("the unit table has no column {column}", column=column))
            known = {code for code, node in self.nodes.items() if node.level == level}
            strange = set(table[column].unique().drop_nulls().to_list()) - known
            if strange:
                _refuse(say("{code} is not a node of the level {level}", code=min(strange), level=level))


def _refuse(problem: Said) -> NoReturn:
    raise TreeError(problem)
