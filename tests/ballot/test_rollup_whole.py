"""Any tree and any boxes: what a roll-up announces is the plain sum, and it opens nothing that shows too few."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.ballot.played import BLANK, YES_NO
from tests.ballot.rolled import Region, concluded, region
from tests.ballot.taken_apart import altered, another, bound, leaves, taken_apart, with_leaf
from tests.ballot.test_rollup_disclosure import derivable, grown
from tests.ballot.test_whole_elections import chosen
from tinkuy.ballot import BallotError
from tinkuy.ballot.rollup import audit
from tinkuy.ballot.rollup.plan import Plan
from tinkuy.ballot.rollup.tree import Place, Tree

QUESTIONS = (YES_NO, BLANK)
Row = tuple[int, ...]


@dataclass(frozen=True)
class Base:
    """A box before it is filled: each voter's weight, and the ballots cast, by voter."""

    weights: tuple[int, ...]
    ballots: tuple[tuple[int, tuple[Row, ...]], ...]

    def voters(self) -> int:
        return len({voter for voter, _ in self.ballots if self.weights[voter]})

    def counted(self) -> list[list[int]]:
        """By plain arithmetic."""
        rows = [[0] * asked.size for asked in QUESTIONS]
        for voter, choices in dict(self.ballots).items():
            for row, marks in zip(rows, choices, strict=True):
                row[:] = [total + self.weights[voter] * mark for total, mark in zip(row, marks, strict=True)]
        return rows


@st.composite
def bases(draw: st.DrawFn) -> Base:
    weights = tuple(draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)))
    ballot = st.tuples(st.integers(0, len(weights) - 1), st.tuples(*map(chosen, QUESTIONS)))
    return Base(weights, tuple(draw(st.lists(ballot, max_size=4))))


@dataclass(frozen=True)
class Rolled:
    """A tree whose boxes were filled: the bases by identifier, and the region."""

    region: Region
    tree: Tree
    bases: dict[str, Base]

    def sums(self) -> dict[str, list[list[int]]]:
        """For each node, the plain sum over the bases below it."""
        found = {}
        for node, boxes in self.tree.below.items():
            rows = [self.bases[box].counted() for box in boxes]
            found[node] = [[sum(column) for column in zip(*each, strict=True)] for each in zip(*rows, strict=True)]
        return found


def filled(shape: Tree, drawn: dict[str, Base]) -> Rolled:
    """The boxes of a tree (lettered) as archives under one key."""
    one = region(*QUESTIONS, trustees=1)
    uuids = {}
    for letter, base in drawn.items():
        played = one.open(len(base.weights), base.weights)
        uuids[letter] = one.take(played, base.ballots)
    moved = Tree(Place(each.node, each.parent, uuids.get(each.uuid, "")) for each in shape.places.values())
    return Rolled(one, moved, {uuids[letter]: base for letter, base in drawn.items()})


def check(rolled: Rolled, least: int, data: st.DataObject) -> None:
    one, voters = rolled.region, {uuid: base.voters() for uuid, base in rolled.bases.items()}
    if sum(voters.values()) < least:
        with pytest.raises(BallotError, match="are the fewest whose sum is opened"):
            one.planned(rolled.tree, least)
        return
    at_hand = one.planned(rolled.tree, least)
    shares = one.decrypted(at_hand)
    result = concluded(at_hand, shares)
    verdict = one.judged(at_hand, shares, result)
    assert (verdict.state, verdict.findings) == ("sound", ())
    plain = rolled.sums()
    opened = {node.node: node for node in verdict.nodes if node.figures is not None}
    assert {node: [list(row) for row in shown.figures or ()] for node, shown in opened.items()} == {
        node: plain[node] for node in opened
    }
    assert derivable([rolled.tree.below[node] for node in opened], voters) >= least
    box_changed(rolled, at_hand, shares, result, data)


def box_changed(rolled: Rolled, at_hand: Plan, shares: list[bytes], result: bytes, data: st.DataObject) -> None:
    """One field of one box, of what proofs are bound to, and everything bound again: the box is named."""
    uuid = data.draw(st.sampled_from(sorted(rolled.bases)))
    events = taken_apart(rolled.region.archives[uuid])
    place = data.draw(st.integers(0, len(events) - 1).filter(lambda at: bool(events[at].data)))
    number = data.draw(st.integers(0, 1 if events[place].kind == "Setup" else len(events[place].data) - 1))
    path = data.draw(st.sampled_from(list(leaves(json.loads(events[place].data[number])))))
    changed = bound(altered(events, place, number, lambda value: with_leaf(value, path, another)))
    given_ = {**rolled.region.archives, uuid: changed}
    found = audit.verify(at_hand, given_.items(), shares, result)
    assert found.state == "wrong"
    assert {finding.box for finding in found.findings if finding.check == "box"} == {uuid}


@pytest.mark.sweep
def test_any_tree_of_any_boxes_gives_the_plain_sums_and_shows_no_smaller_cell(request: pytest.FixtureRequest) -> None:
    whole = request.config.getoption("--whole")

    @settings(max_examples=100 if whole else 10, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
    @given(grown(), st.integers(2, 6), st.data())
    def any_tree(grown_: tuple[Tree, dict[str, int]], least: int, data: st.DataObject) -> None:
        shape, letters = grown_
        check(filled(shape, {letter: data.draw(bases()) for letter in letters}), least, data)

    any_tree()
