"""Levels: the nodes between the bases and the whole (niveles), as an act in the federation's own book.

Guarantees that every node hangs under one that was defined before it, so that there is neither a loop nor a second
path.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tinkuy.assembly.act import Act, Refused, act, found
from tinkuy.assembly.founding import by_officer
from tinkuy.assembly.state import Assembly
from tinkuy.words import say


@dataclass(slots=True)
class TreeNodes:
    """The nodes that the federation's book defines.

    Code → (name, parent), and how deep each lies (0 is the top level).
    """

    levels: tuple[str, ...] = ()
    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    depth: dict[str, int] = field(default_factory=dict)

    def path(self, code: str) -> tuple[str, ...]:
        """Codes from the top level down to this node."""
        path = [code]
        while parent := self.nodes[path[-1]][1]:
            path.append(parent)
        return tuple(reversed(path))


@act
class TreeDefined(Act, tag="tree.defined", frozen=True, kw_only=True):
    """The levels of the federation and its nodes.

    (code, name, parent), a batch at a time; parents come before their children.
    """

    withdrawable = True

    levels: tuple[str, ...]
    nodes: tuple[tuple[str, str, str], ...]

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        tree = assembly.room(TreeNodes)
        if not 0 < len(self.levels) <= 12:
            raise Refused(say("a federation has between 1 and 12 levels above its bases"))
        if not all(0 < len(level) <= 40 for level in self.levels) or len(set(self.levels)) != len(self.levels):
            raise Refused(say("every level needs a name of its own, of at most 40 characters"))
        if tree.levels not in ((), self.levels):
            raise Refused(say("the levels of the tree were defined before and are others"))
        here: dict[str, int] = {}
        for code, name, parent in self.nodes:
            if code in tree.depth or code in here:
                raise Refused(say("the node {code} is defined twice", code=code))
            if not code or not name or len(code) > 40 or len(name) > 200:
                raise Refused(say("a node needs a code and a name"))
            above = here.get(parent, tree.depth.get(parent, -1 if parent == "" else None))
            level = found(
                above, say("the node {code} hangs under {parent}, which is not defined", code=code, parent=parent)
            )
            if level + 1 >= len(self.levels):
                raise Refused(say("the node {code} lies below the lowest level", code=code))
            here[code] = level + 1

    def apply(self, assembly: Assembly) -> None:
        tree = assembly.room(TreeNodes)
        tree.levels = self.levels
        for code, name, parent in self.nodes:
            tree.depth[code] = tree.depth[parent] + 1 if parent else 0
            tree.nodes[code] = (name, parent)
