"""Which sums may be opened (celdas pequeñas): none that shows how fewer than `least` people voted, nor do differences.

Guarantees that whatever is computed by adding and subtracting opened sums, each as often as one likes, either says
nothing of anybody or depends on the votes of at least `least` voters. Why: opened sets of boxes are nested or disjoint.
Take from each the opened sets inside it; what remains are its *own* boxes, disjoint from those of every other set. A
combination of sums in which a set counts, and no set around it, gives all of its own boxes the same weight, other than
zero; so it is enough, and necessary, that the own boxes of every opened set have no voters or at least `least`.

What no rule of this kind prevents: a sum in which all voted alike says how each voted; and whoever knows the votes of
all others in a sum learns the last one.

Source: "complementary suppression" of statistical tables, L. Willenborg and T. de Waal, Elements of Statistical
Disclosure Control (2001), 1.3; here for sums in a tree, where it is exact.

>>> from tinkuy.ballot.rollup import tree as trees
>>> tree = trees.read("top,,\\na,top,A\\nb,top,B\\nc,top,C\\n")
>>> choose(tree, {"A": 3, "B": 40, "C": 50}, 10)  # not b: top less b less c would be a
('c', 'top')
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.rollup.tree import Tree
from tinkuy.words import Said, say

Opened: TypeAlias = tuple[Said, frozenset[str]]  # a sum that is opened: its name, and its boxes


def choose(tree: Tree, voters: Mapping[str, int], least: int) -> tuple[str, ...]:
    """The nodes that are opened, by code: from the root down, as many as the rule lets; `voters` is by box.

    Where what is too small below a node would be found by subtraction, the node's smallest other part stays closed with
    it: a box, or of a node the smallest part that is enough. None, where all voters together are fewer than `least`.
    """
    size = tree.totals(voters)
    opened = [tree.root] if size[tree.root] >= least else []
    for node in opened:
        opened += _next(tree, size, node, least)
    return tuple(sorted(opened))


def check(opened: Sequence[Opened], voters: Mapping[str, int], least: int, before: Sequence[Opened] = ()) -> None:
    """Raise `BallotError` unless these sets of boxes, by name, may all be opened; `voters` is by box.

    `before` are those of them that were opened already: what they show by themselves is known, whatever it is. It names
    the set that is neither inside nor apart from another, or whose own boxes have too few voters.
    """
    known = {boxes for _, boxes in _own(before)}
    for name, boxes in _own(opened):
        count = sum(voters[box] for box in boxes)
        if 0 < count < least and boxes not in known:
            raise BallotError(
                say(
                    "{name}, less what is opened inside it, would show how {count} voted; {least} are the fewest.",
                    name=name,
                    count=count,
                    least=least,
                )
            )


def _own(opened: Sequence[Opened]) -> list[Opened]:
    """Of each set the boxes that are in none inside it. Raises `BallotError` if two overlap."""
    sets = sorted(opened, key=lambda each: len(each[1]))
    around: dict[str, int] = {}  # of each box the largest set before this one that holds it
    found: list[Opened] = []
    for number, (name, boxes) in enumerate(sets):
        for other, count in Counter(around[box] for box in boxes if box in around).items():
            if count != len(sets[other][1]):
                raise BallotError(
                    say(
                        "{name} and {other} have boxes in common, and neither is part of the other.",
                        name=name,
                        other=sets[other][0],
                    )
                )
        found.append((name, frozenset(box for box in boxes if box not in around)))
        around |= dict.fromkeys(boxes, number)
    return found


def _next(tree: Tree, size: Mapping[str, int], node: str, least: int) -> list[str]:
    """The largest nodes below an opened node that are opened too."""
    closed, large = _parted(tree, size, node, least)
    while 0 < closed < least and large:
        smallest = min(large, key=lambda each: (size[each], each))
        large.remove(smallest)
        if tree.children(smallest):
            more, parts = _parted(tree, size, smallest, least)
            closed, large = closed + more, large + parts
        else:
            closed += size[smallest]
    return large


def _parted(tree: Tree, size: Mapping[str, int], node: str, least: int) -> tuple[int, list[str]]:
    """How many voters right below a node are in parts that are too small to be opened, and the parts that are not."""
    below = tree.children(node)
    return sum(size[each] for each in below if size[each] < least), [each for each in below if size[each] >= least]
