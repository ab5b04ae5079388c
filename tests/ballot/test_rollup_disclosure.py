"""What a roll-up may open: no sum of fewer voters than the smallest cell, nor any difference of sums."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.rolled import tree
from tinkuy.ballot import BallotError
from tinkuy.ballot.rollup import disclosure, record
from tinkuy.ballot.rollup import tree as trees
from tinkuy.ballot.rollup.box import Seen
from tinkuy.ballot.rollup.tree import Tree
from tinkuy.words import say

LETTERS = "ABCDEFG"


@st.composite
def grown(draw: st.DrawFn) -> tuple[Tree, dict[str, int]]:
    """Any tree of up to seven boxes, at any depth, and how many voted in each."""
    voters = {letter: draw(st.integers(0, 6)) for letter in LETTERS[: draw(st.integers(1, 7))]}
    inner = [""]
    places = []
    for number in range(draw(st.integers(1, 5))):
        name = f"n{number}"
        places.append((name, draw(st.sampled_from(inner[1:])) if inner[1:] else ""))
        inner.append(name)
    where = [(f"b{letter}", draw(st.sampled_from(inner[1:])), letter) for letter in voters]
    return tree(*_pruned(places, where), *where), voters


def _pruned(places: list[tuple[str, str]], boxes: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """The nodes that have something below them."""
    while True:
        above = {place[1] for place in [*places, *boxes]}
        kept = [place for place in places if place[0] in above]
        if kept == places:
            return places
        places = kept


def rank(rows: list[list[int]]) -> int:
    """Of a matrix, by elimination over the rationals."""
    left, found = [[Fraction(each) for each in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            factor = row[column] / pivot[column]
            row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found


def derivable(sets: list[frozenset[str]], voters: dict[str, int]) -> int:
    """By trying every set of boxes: the fewest voters on whom a combination of the sums alone can depend."""
    boxes = [box for box in voters if voters[box]]
    whole = rank([[int(box in one) for box in boxes] for one in sets])
    few = 10**9
    for size in range(1, len(boxes) + 1):
        for some in combinations(boxes, size):
            others = [box for box in boxes if box not in some]
            if rank([[int(box in one) for box in others] for one in sets]) < whole:
                few = min(few, sum(voters[box] for box in some))
    return few


@given(grown(), st.integers(2, 9))
@settings(max_examples=80)
def test_no_combination_of_what_is_opened_depends_on_fewer_voters(
    given_: tuple[Tree, dict[str, int]], least: int
) -> None:
    up, voters = given_
    opened = disclosure.choose(up, voters, least)
    sets = [(say("Node {node}", node=node), up.below[node]) for node in opened]
    disclosure.check(sets, voters, least)
    assert bool(opened) == (sum(voters.values()) >= least)
    assert all(sum(voters[box] for box in boxes) >= least for _, boxes in sets)
    if opened:
        assert up.root in opened
        assert derivable([boxes for _, boxes in sets], voters) >= least


@given(grown(), st.integers(2, 9), st.data())
@settings(max_examples=80)
def test_the_check_refuses_exactly_what_some_combination_shows(
    given_: tuple[Tree, dict[str, int]], least: int, data: st.DataObject
) -> None:
    """Any choice of nodes, not only that of the rule."""
    up, voters = given_
    nodes = data.draw(st.sets(st.sampled_from(sorted(up.places)), min_size=1))
    sets = [up.below[node] for node in nodes]
    shown = derivable(sets, voters)
    named = [(say("Node {node}", node=node), up.below[node]) for node in sorted(nodes)]
    if shown >= least:
        disclosure.check(named, voters, least)
    else:
        with pytest.raises(BallotError, match=r"less what is opened inside it, would show how \d+ voted"):
            disclosure.check(named, voters, least)


@pytest.mark.parametrize(
    ("voters", "opened"),
    [
        ({"A": 30, "B": 40, "C": 50}, "a all b c puno"),
        ({"A": 3, "B": 40, "C": 50}, "all c puno"),  # b is left closed with a, so that puno less b is not a
        ({"A": 3, "B": 4, "C": 50}, "all"),  # puno is too small, and all less c would be puno
        ({"A": 6, "B": 6, "C": 50}, "all c puno"),
        ({"A": 0, "B": 40, "C": 50}, "all b c puno"),  # nobody voted in a: nobody is shown
        ({"A": 30, "B": 40, "C": 2}, "all b"),  # of puno the smallest box stays closed with c, and puno itself
        ({"A": 3, "B": 4, "C": 2}, ""),
    ],
)
def test_what_is_too_small_keeps_the_smallest_of_the_others_closed_with_it(voters: dict[str, int], opened: str) -> None:
    up = trees.read("all,,\npuno,all,\na,puno,A\nb,puno,B\nc,all,C\n")
    assert " ".join(disclosure.choose(up, voters, 10)) == opened


def test_sums_that_overlap_are_refused_by_name() -> None:
    sets = [(say("Node x"), frozenset("AB")), (say("Node y"), frozenset("BC"))]
    with pytest.raises(BallotError, match="Node y and Node x have boxes in common"):
        disclosure.check(sets, {"A": 20, "B": 20, "C": 20}, 10)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "has one root"),
        ("a,,A\nb,,B\n", "this one has 2"),
        ("a,,\nb,c,B\nd,a,D\n", "b is below c, which is not in the tree"),
        ("a,,\nb,a,B\nb,a,C\n", "node b stands twice"),
        ("a,,\nb,a,B\nc,a,B\n", "box B is of b and of c"),
        ("a,,\nb,a,\nc,a,C\n", "b: a node has either a box"),
        ("a,,A\nb,a,B\n", "a: a node has either a box"),
        ("a,,\nb,a,B\nc,d,\nd,c,\n", "c is its own ancestor"),
        ("a\n", "Line 1: a node, its parent"),
        ('a,,\n"b,a,B\n', "quotation marks are not closed"),
        (",,A\n", "code has 1 to 80 letters"),
        ("a\x00b,,A\n", "none of them hidden"),
    ],
)
def test_what_is_no_tree_is_refused_by_node_or_line(text: str, match: str) -> None:
    with pytest.raises(BallotError, match=match):
        trees.read(text)


SEEN = {name: Seen(name, "head", count) for name, count in {"A": 20, "B": 20, "C": 3}.items()}


def with_sums(kept: record.Record, *sums: str, least: int = 10) -> record.Record:
    """After sums of these boxes, a word each, were opened."""
    boxes = [SEEN[box] for box in sorted({*"".join(sums)})]
    return record.with_sums(kept, boxes, [record.Set(each, tuple(each)) for each in sums], least)


def test_a_trustee_opens_no_second_roll_up_whose_difference_shows_a_late_base() -> None:
    kept = with_sums(record.Record(), "AB")
    assert with_sums(kept, "AB") == kept
    assert with_sums(kept, "A").sums[-1].boxes == ("A",)
    with pytest.raises(BallotError, match=r"With what you opened before: Node ABC, less .* would show how 3 voted"):
        with_sums(kept, "ABC")
    with pytest.raises(BallotError, match="have boxes in common"):
        with_sums(with_sums(record.Record(), "AC"), "BC")


def test_what_was_opened_under_a_smaller_cell_is_known_and_hinders_nothing() -> None:
    kept = with_sums(record.Record(), "C", least=2)
    assert with_sums(kept, "ABC").small_cell == 10
    with pytest.raises(BallotError, match=r"Node CD, less .* would show how 1 voted"):
        record.with_sums(kept, [SEEN["C"], Seen("D", "head", 1)], [record.Set("CD", ("C", "D"))], 10)


def test_a_trustee_opens_a_box_with_one_content_only() -> None:
    kept = with_sums(record.Record(), "AB")
    with pytest.raises(BallotError, match="Box A is another than when you opened"):
        record.with_box(kept, Seen("A", "another", 20))


def test_a_small_box_is_not_opened_by_itself_after_a_roll_up_asked_for_more() -> None:
    kept = with_sums(record.Record(), "AB")
    assert record.with_box(kept, SEEN["A"]).small_cell == 10
    with pytest.raises(BallotError, match="would show how 3 voted; 10 are the fewest"):
        record.with_box(kept, SEEN["C"])


def test_a_record_is_read_as_it_was_written() -> None:
    kept = with_sums(record.Record(), "AB")
    assert record.read(record.write(kept)) == kept
