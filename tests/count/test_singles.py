"""What every rule on rankings keeps: names and the order of papers do not matter, majorities do, ties are said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.count.voting import (
    CONDORCET,
    LOTS,
    ON_RANKINGS,
    ORDERS,
    SMITH,
    Papers,
    compared,
    elections,
    profile_of,
    smith_set,
    written,
)
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Approvals, Profile
from tinkuy.count.registry import rule

FEW = settings(max_examples=8)
WITH_ORDER = tuple(name for name in (*ORDERS, *CONDORCET, "minimax-opposition") if rule(name).fills != "one")


def one_by_one(result):
    """The order of everybody by name, groups as sets."""
    return [{result.names[each] for each in group} for group in result.ranking]


@FEW
@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_the_papers_changes_nothing(election, random):
    papers, candidates = election
    apart = [(ranking, 1) for ranking, weight in papers for _ in range(weight)]
    random.shuffle(apart)
    for name in ON_RANKINGS:
        together, split = (rule(name).count(profile_of(each, candidates), 1, LOTS) for each in (papers, apart))
        assert together == split, name


@FEW
@given(elections(), st.data())
def test_the_numbers_of_the_candidates_change_nothing(election, data):
    papers, candidates = election
    order = data.draw(st.permutations(range(candidates)))
    for name in ON_RANKINGS:
        here = rule(name).count(profile_of(papers, candidates), 1, LOTS)
        there = rule(name).count(profile_of(papers, candidates, order), 1, LOTS)
        assert (here.winners, one_by_one(here)) == (there.winners, one_by_one(there)), name


@FEW
@given(elections())
def test_whom_majorities_prefer_to_each_of_the_others_is_elected_and_no_lot_is_asked(election):
    papers, candidates = election
    over = compared(papers, candidates)
    winners = tuple(
        one
        for one in range(candidates)
        if all(over[one][other] > over[other][one] for other in range(candidates) if other != one)
    )
    assume(winners)
    for name in CONDORCET:
        assert rule(name).count(profile_of(papers, candidates), 1).elected == winners, name


@FEW
@given(elections(least=3))
def test_the_elected_is_of_the_smith_set(election):
    papers, candidates = election
    for name in SMITH:
        elected = rule(name).count(profile_of(papers, candidates), 1, LOTS).elected
        assert elected[0] in smith_set(compared(papers, candidates)), name


@FEW
@given(elections(equals=False, complete=True), st.integers(0, 4))
def test_the_first_choice_of_more_than_half_is_elected(election, favourite):
    papers, candidates = election
    favourite %= candidates
    others = sum(weight for ranking, weight in papers if ranking[0] != (favourite,))
    rest = tuple((each,) for each in range(candidates) if each != favourite)
    papers = [*papers, (((favourite,), *rest), others + 1)]
    for name in ("plurality", "majority", "runoff", "bucklin", *CONDORCET):
        assert rule(name).count(profile_of(papers, candidates), 1).elected == (favourite,), name


def raised(papers: Papers, which: int, one: int) -> Papers:
    """The same papers, on one of which a candidate stands alone at the top, the others as they stood."""
    ranking, weight = papers[which]
    others = tuple(place for place in (tuple(each for each in group if each != one) for group in ranking) if place)
    return [*papers[:which], (((one,), *others), weight), *papers[which + 1 :]]


MONOTONE = set(ON_RANKINGS) - {"runoff", "smith-irv", "benham", "woodall", "copeland-second"}


@FEW
@given(elections(complete=True, equals=False), st.data())
def test_to_be_ranked_higher_does_not_cost_the_seat(election, data):
    papers, candidates = election
    which = data.draw(st.integers(0, len(papers) - 1))
    for name in sorted(MONOTONE):
        before = rule(name).count(profile_of(papers, candidates), 1, LOTS)
        if before.ties:
            continue
        after = raised(papers, which, before.elected[0])
        assert before.elected[0] in rule(name).count(profile_of(after, candidates), 1, LOTS).ranking[0], name


@FEW
@given(elections())
def test_papers_by_thousands_of_millions_give_the_same_order(election):
    papers, candidates = election
    many = [(each, weight * 2**33) for each, weight in papers]
    for name in ON_RANKINGS:
        few = rule(name).count(profile_of(papers, candidates), 1, LOTS)
        more = rule(name).count(profile_of(many, candidates), 1, LOTS)
        assert (few.ranking, few.elected, few.papers * 2**33) == (more.ranking, more.elected, more.papers), name


@FEW
@given(elections(least=3), st.data())
def test_who_withdrew_is_passed_over_as_if_never_there(election, data):
    papers, candidates = election
    gone = data.draw(st.integers(0, candidates - 1))
    rest = [
        (
            [[each - (each > gone) for each in group if each != gone] for group in ranking if set(group) != {gone}],
            weight,
        )
        for ranking, weight in papers
    ]
    alone = Profile.of([f"c{each}" for each in range(candidates) if each != gone], rest)
    for name in ON_RANKINGS:
        without = rule(name).count(profile_of(papers, candidates).without([gone]), 1, LOTS)
        never = rule(name).count(alone, 1, LOTS)
        assert (without.winners, one_by_one(without)) == (never.winners, one_by_one(never)), name
        assert (without.papers, without.invalid) == (never.papers, never.invalid), name


@FEW
@given(elections(), st.integers(1, 4))
def test_a_lot_is_asked_only_across_the_line_and_stands_in_the_record(election, seats):
    papers, candidates = election
    for name in WITH_ORDER:
        result = rule(name).count(profile_of(papers, candidates), seats, LOTS)
        place = {each: number for number, group in enumerate(result.ranking) for each in group}
        assert sorted(place) == list(range(candidates)), name
        assert len(result.elected) == min(seats, candidates), name
        line = max(place[each] for each in result.elected)
        assert {each for each in place if place[each] < line} <= set(result.elected), name
        there = [each for each in result.elected if place[each] == line]
        drawn = [tie.chosen for tie in result.ties if tie.question == "elected" and tie.by == "lot"]
        assert drawn == (there if len(there) < len(result.ranking[line]) else []), name


# Edges


@pytest.mark.parametrize("name", ON_RANKINGS)
def test_one_paper_elects_its_first(name):
    assert rule(name).count(written("1 BA")).winners == ("B",)


@pytest.mark.parametrize("name", ON_RANKINGS)
def test_without_papers_everybody_is_tied_and_the_lot_decides(name):
    nobody = Profile.of(["Ana", "Beto"], [])
    with pytest.raises(Undecided):
        rule(name).count(nobody)
    result = rule(name).count(nobody, 1, Listed(("Beto", "Ana")))
    assert result.winners == ("Beto",)
    assert any(tie.by == "lot" and set(tie.among) == {0, 1} for tie in result.ties)
    assert (result.papers, result.invalid) == (0, 0)


@pytest.mark.parametrize("name", ON_RANKINGS)
def test_who_stands_alone_is_elected(name):
    assert rule(name).count(Profile.of(["Ana"], [([0], 2), ([], 1)])).winners == ("Ana",)


@pytest.mark.parametrize("name", ON_RANKINGS)
def test_where_nobody_stands_nothing_is_counted(name):
    with pytest.raises(CountError, match="nobody stands"):
        rule(name).count(Profile.of(["Ana"], [([0], 2)]).without([0]))


@pytest.mark.parametrize("name", WITH_ORDER)
def test_more_seats_than_candidates_leave_seats_empty(name):
    result = rule(name).count(written("3 ABC\n2 BCA\n2 CBA"), 5, LOTS)
    assert (sorted(result.elected), result.unfilled) == ([0, 1, 2], 2)


@pytest.mark.parametrize("name", ["runoff", "majority", "smith-irv", "benham", "woodall"])
def test_a_rule_for_one_seat_refuses_two(name):
    with pytest.raises(CountError, match="elects one"):
        rule(name).count(written("3 AB\n2 BA"), 2)


@pytest.mark.parametrize("name", ON_RANKINGS)
def test_no_seats_are_refused(name):
    with pytest.raises(CountError, match="at least 1"):
        rule(name).count(written("3 AB\n2 BA"), 0)


@pytest.mark.parametrize("name", [*ON_RANKINGS, "majority"])
def test_rankings_are_asked_for_where_approvals_are_given(name):
    papers = Approvals(("Ana", "Beto"), np.array([[True, False]]), np.array([1]))
    with pytest.raises(CountError, match="counts rankings, and these are approvals"):
        rule(name).count(papers)


@pytest.mark.parametrize("name", ["approval", "score", "star", "majority-judgment"])
def test_rankings_do_not_say_where_approval_ends_or_what_a_place_is_worth(name):
    with pytest.raises(CountError, match="and these are rankings"):
        rule(name).count(written("3 AB\n2 BA"))
