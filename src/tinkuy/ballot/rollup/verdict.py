"""What an observer concludes of a roll-up: values that every face shows.

Guarantees that whatever does not hold names its place (plan, box, node, trustee) and the check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tinkuy.ballot.question import AnyQuestion
from tinkuy.ballot.rollup.share import Figures
from tinkuy.ballot.verdict import State
from tinkuy.words import Said, say

Check: TypeAlias = Literal["box", "plan", "disclosure", "sum", "share", "result"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: of a box, of a node, or of the roll-up as a whole where both are None."""

    check: Check
    said: Said
    node: str | None = None
    box: str | None = None

    @property
    def sentence(self) -> Said:
        """The finding with its place, as people read it."""
        if self.box is not None:
            return say("Box {uuid} of {node}: {said}", uuid=self.box, node=self.node or "—", said=self.said)
        if self.node is not None:
            return say("Node {node}: {said}", node=self.node, said=self.said)
        return self.said


@dataclass(frozen=True, slots=True)
class Shown:
    """A node: how many boxes and voters it has, and, where it is opened and the result is known, its figures."""

    node: str
    parent: str
    boxes: int
    voters: int
    weight: int
    opened: bool
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The conclusion about a roll-up. `nodes` are in the order of the tree, from the root down, by code."""

    state: State
    name: str
    digest: str
    small_cell: int
    questions: tuple[AnyQuestion, ...]
    trustees: int
    shares: int
    nodes: tuple[Shown, ...]
    findings: tuple[Finding, ...]
    missing: tuple[Said, ...] = ()
