"""Rules on approvals and scores: approval, score, STAR, majority judgment and the other rules of the highest median."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.voting import LOTS, written
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Approvals, Scores
from tinkuy.count.registry import rule

FEW = settings(max_examples=40)
MEDIANS = ("majority-judgment", "majority-gauge", "typical-judgment", "central-judgment", "usual-judgment")
ON_SCORES = ("score", "star", *MEDIANS)


def approvals(sets: list[tuple[str, int]], names: str = "ABCD", **more) -> Approvals:
    held = np.array([[name in approved for name in names] for approved, _ in sets], dtype=np.bool_)
    return Approvals(
        tuple(names), held.reshape(-1, len(names)), np.array([weight for _, weight in sets], dtype=np.int64), **more
    )


def scores(
    rows: list[tuple[list[int | None], int]], names: str = "ABCD", least: int = 0, most: int = 5, **more
) -> Scores:
    """Scores in the order of the names; None is a score that was not given."""
    used = names[: len(rows[0][0])] if rows else names
    given_ = np.array([[each is not None for each in row] for row, _ in rows], dtype=np.bool_).reshape(-1, len(used))
    figures = np.array([[each or 0 for each in row] for row, _ in rows], dtype=np.int64).reshape(-1, len(used))
    weights = np.array([weight for _, weight in rows], dtype=np.int64)
    return Scores(tuple(used), figures, given_, weights, least, most, **more)


@st.composite
def graded(draw: st.DrawFn) -> list[tuple[list[int], int]]:
    candidates = draw(st.integers(1, 4))
    row = st.lists(st.integers(0, 4), min_size=candidates, max_size=candidates)
    return draw(st.lists(st.tuples(row, st.integers(1, 3)), min_size=1, max_size=6))


# Approval


def test_the_most_approved_are_elected_and_blank_papers_are_left_out():
    result = rule("approval").count(approvals([("AB", 3), ("BC", 2), ("", 4)]), 2)
    assert (result.winners, result.papers, result.invalid) == (("B", "A"), 5, 4)
    assert result.stages[0].totals == (3, 5, 2, 0)


def test_a_tie_of_approvals_across_the_line_is_a_lot_on_record():
    papers = approvals([("A", 1), ("B", 1), ("C", 2)])
    with pytest.raises(Undecided):
        rule("approval").count(papers, 2)
    result = rule("approval").count(papers, 2, Listed(("B", "A")))
    assert (result.winners, result.ties[0].among) == (("C", "B"), (0, 1))


def test_who_withdrew_is_not_elected_and_papers_for_them_alone_are_invalid():
    result = rule("approval").count(approvals([("A", 9), ("B", 1)], withdrawn=frozenset({0})))
    assert (result.winners, result.papers, result.invalid, result.stages[0].totals[0]) == (("B",), 1, 9, None)


def test_approvals_of_thousands_of_millions_add_up():
    papers = approvals([("AB", 2**40 + 1), ("B", 2**40), ("A", 1)])
    assert rule("approval").count(papers).stages[0].totals == (2**40 + 2, 2**41 + 1, 0, 0)


# Score and STAR


def test_scores_add_up_and_one_not_given_is_the_lowest():
    papers = scores([([5, None, 1], 2), ([0, 3, None], 3), ([None, None, None], 7)], least=-1)
    result = rule("score").count(papers)
    assert (result.stages[0].totals, result.papers, result.invalid) == ((10, 7, -1), 5, 7)


def test_sums_past_64_bits_are_exact():
    papers = scores([([10**9, 1, 0], 2**40), ([10**9 - 1, 0, 0], 2**40)], most=10**9)
    assert rule("score").count(papers).stages[0].totals[0] == (2 * 10**9 - 1) * 2**40


def test_star_elects_of_the_two_highest_whom_more_papers_score_higher():
    """Beto has the most points; Ana is scored above Beto by three papers of five."""
    papers = scores([([5, 4, 0], 3), ([0, 5, 5], 2)])
    assert rule("score").count(papers).winners == ("B",)
    result = rule("star").count(papers)
    assert (result.winners, result.ranking) == (("A",), ((0,), (1,), (2,)))
    assert result.stages[1].totals == (3, 2, None)


def test_a_tie_of_three_is_broken_head_to_head_before_five_stars():
    """starvoting.org/ties, step 1: Doug, with 11 points as the others, loses to each and is out before fives count."""
    papers = scores([([0, 0, 0, 5], 2), ([5, 4, 2, 1], 1), ([2, 5, 4, 0], 1), ([4, 2, 5, 0], 1)])
    result = rule("star").count(papers, 1, Listed(("A", "B", "C")))
    assert result.stages[0].totals == (11, 11, 11, 11)
    assert [(tie.among, tie.by) for tie in result.ties] == [
        ((0, 1, 2, 3), "head to head"),
        ((0, 1, 2), "lot"),
        ((1, 2), "head to head"),
    ]
    assert result.winners == ("A",)


def test_a_tie_of_two_for_the_second_place_goes_to_whom_more_papers_prefer():
    papers = scores([([5, 3, 1], 2), ([5, 0, 4], 1)])
    result = rule("star").count(papers)
    assert result.stages[0].totals == (15, 6, 6)
    assert (result.ties[0].among, result.ties[0].by, result.stages[1].totals) == ((1, 2), "head to head", (3, 0, None))


def test_a_tie_in_the_runoff_goes_to_points_then_to_fives_then_to_the_lot():
    points = scores([([5, 0], 1), ([3, 4], 1)])
    assert (rule("star").count(points).winners, rule("star").count(points).ties[0].by) == (("A",), "score")
    fives = scores([([5, 3], 1), ([2, 4], 1)])
    assert (rule("star").count(fives).winners, rule("star").count(fives).ties[0].by) == (("A",), "highest scores")
    equal = scores([([4, 3], 1), ([3, 4], 1)])
    with pytest.raises(Undecided):
        rule("star").count(equal)
    assert rule("star").count(equal, 1, Listed(("B", "A"))).ties[-1].by == "lot"


# Majority judgment


def value(grades: list[int]) -> list[int]:
    """The majority value, by taking middle papers away one by one (Balinski and Laraki 2011)."""
    left, taken = sorted(grades), []
    while left:
        taken.append(left.pop((len(left) - 1) // 2))
    return taken


@FEW
@given(graded())
def test_majority_judgment_is_the_order_of_the_majority_values(rows):
    by_candidate = [[row[each] for row, weight in rows for _ in range(weight)] for each in range(len(rows[0][0]))]
    values = [value(grades) for grades in by_candidate]
    order = sorted({tuple(each) for each in values}, reverse=True)
    expected = tuple(tuple(each for each, own in enumerate(values) if tuple(own) == one) for one in order)
    result = rule("majority-judgment").count(scores(rows), 1, LOTS)
    assert result.ranking == expected
    for event in result.stages[0].events:
        if event.kind == "compared":
            one, other = event.candidates
            at = event.figures["taken"]
            assert values[one][:at] == values[other][:at]
            assert values[one][at] > values[other][at]


@FEW
@given(graded())
def test_the_other_rules_of_the_median_are_their_formulas(rows):
    """Fabre 2021: p above, q below the majority grade, as shares of the papers."""
    total = sum(weight for _, weight in rows)
    keys: dict[str, list[tuple[Fraction | int, ...]]] = {name: [] for name in MEDIANS[1:]}
    for each in range(len(rows[0][0])):
        grades = [row[each] for row, weight in rows for _ in range(weight)]
        grade = sorted(grades)[(total - 1) // 2]
        p, q = (
            Fraction(sum(own > grade for own in grades), total),
            Fraction(sum(own < grade for own in grades), total),
        )
        keys["majority-gauge"].append((grade, p > q, p if p > q else -q))
        keys["typical-judgment"].append((grade, p - q))
        keys["central-judgment"].append((grade, p / (p + q) if p + q else Fraction(1, 2)))
        keys["usual-judgment"].append((grade, (p - q) / (1 - p - q)))
    for name, merits in keys.items():
        expected = [
            {each for each, own in enumerate(merits) if own == one} for one in sorted(set(merits), reverse=True)
        ]
        assert [set(group) for group in rule(name).count(scores(rows), 1, LOTS).ranking] == expected, name


def test_orsay_2007_gives_the_gauges_that_were_published():
    """Balinski and Laraki (2007): Bayrou (44.3 %, Good+, 30.6 %), Royal (39.4 %, Good-, 41.5 %), then Sarkozy.

    Shares of Excellent, Very Good, Good, Acceptable, Poor and Reject in tenths of a per cent.
    """
    shares = {
        "Bayrou": (136, 307, 251, 148, 84, 74),
        "Royal": (167, 227, 191, 168, 122, 125),
        "Sarkozy": (191, 198, 143, 115, 71, 282),
    }
    columns = [[5 - place for place, share in enumerate(each) for _ in range(share)] for each in shares.values()]
    table = np.array(columns, dtype=np.int64).T
    papers = Scores(tuple(shares), table, table >= 0, np.ones(1000, dtype=np.int64), 0, 5)
    for name in ("majority-judgment", "majority-gauge"):
        result = rule(name).count(papers)
        assert result.ranking == ((0,), (1,), (2,))
        told = {event.candidates[0]: event.figures for event in result.stages[0].events if event.kind == "scored"}
        assert [(told[each]["above"], told[each]["below"]) for each in range(3)] == [(443, 306), (394, 415), (389, 468)]
        assert all(told[each]["grade"] == 3 for each in range(3))


# Of all of them


@pytest.mark.parametrize("name", ON_SCORES)
def test_without_papers_the_lot_decides(name):
    nobody = scores([], "AB")
    with pytest.raises(Undecided):
        rule(name).count(nobody)
    assert rule(name).count(nobody, 1, Listed(("B", "A"))).winners == ("B",)


@pytest.mark.parametrize("name", ON_SCORES)
def test_one_paper_elects_whom_it_scores_highest(name):
    assert rule(name).count(scores([([1, 4, 2], 1)])).winners == ("B",)


@pytest.mark.parametrize("name", ON_SCORES)
def test_who_withdrew_is_not_counted(name):
    result = rule(name).count(scores([([5, 1, 0], 3), ([5, None, None], 2)], withdrawn=frozenset({0})))
    assert (result.winners, result.papers, result.invalid) == (("B",), 3, 2)
    with pytest.raises(CountError, match="nobody stands"):
        rule(name).count(scores([([5, 1], 3)], withdrawn=frozenset({0, 1})))


@pytest.mark.parametrize("name", ON_SCORES)
@settings(max_examples=15)
@given(graded(), st.data())
def test_names_and_the_order_of_papers_change_nothing(name, rows, data):
    new = data.draw(st.permutations(range(len(rows[0][0]))))
    moved = [([row[each] for each in new], weight) for row, weight in reversed(rows)]
    here = rule(name).count(scores(rows), 1, LOTS)
    there = rule(name).count(scores(moved, "".join("ABCD"[each] for each in new)), 1, LOTS)
    assert here.winners == there.winners


@pytest.mark.parametrize("name", [name for name in ON_SCORES if name != "star"])
@settings(max_examples=15)
@given(graded(), st.data())
def test_a_higher_score_does_not_cost_the_seat(name, rows, data):
    before = rule(name).count(scores(rows), 1, LOTS)
    winner, which = before.elected[0], data.draw(st.integers(0, len(rows) - 1))
    row, weight = rows[which]
    better = [
        *rows[:which],
        ([4 if each == winner else own for each, own in enumerate(row)], weight),
        *rows[which + 1 :],
    ]
    assert winner in rule(name).count(scores(better), 1, LOTS).ranking[0]


@pytest.mark.parametrize("name", ["approval", *ON_SCORES])
def test_rankings_are_not_turned_into_scores_unasked(name):
    with pytest.raises(CountError, match=f"{name} counts (scores|approvals), and these are rankings"):
        rule(name).count(written("2 AB\n1 BA"))
