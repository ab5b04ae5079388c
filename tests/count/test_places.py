"""Rules that look at places alone: plurality, two rounds, Borda and its kin, Bucklin."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.count.voting import LOTS, compared, elections, profile_of, ranks, written
from tinkuy.count.errors import Undecided
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Profile
from tinkuy.count.registry import rule
from tinkuy.count.result import Move

FEW = settings(max_examples=25)


# Plurality and the two rounds


def test_plurality_counts_first_places_and_leaves_out_papers_that_share_them():
    result = rule("plurality").count(Profile.of(["A", "B", "C"], [([0, 1], 4), ([1], 3), ([[1, 2]], 2), ([], 1)]))
    assert (result.winners, result.papers, result.invalid) == (("A",), 7, 3)
    assert result.stages[0].totals == (4, 3, 0)


def test_several_seats_go_to_the_most_votes():
    assert rule("plurality").count(written("4 A\n3 B\n2 C"), 2).winners == ("A", "B")


def test_exactly_half_is_no_majority():
    """Constitución Política del Perú, art. 111: more than half of the valid votes."""
    half = rule("majority").count(written("4 A\n3 B\n1 C"))
    assert (half.elected, half.unfilled) == ((), 1)
    assert "A, B go to a second round" in str(half.stages[0].events[-1].said)
    assert rule("majority").count(written("5 A\n3 B\n1 C")).winners == ("A",)


def test_blank_and_invalid_papers_do_not_raise_the_majority():
    papers = Profile.of(["A", "B", "C"], [([0], 3), ([1], 2), ([], 4), ([[0, 1]], 3)])
    assert rule("majority").count(papers).winners == ("A",)


def test_the_second_round_is_held_on_the_same_papers():
    """Of 3 papers for C, 2 rank B above A and one ranks neither."""
    result = rule("runoff").count(written("5 AC\n4 BC\n2 CB\n1 C"))
    first, second = result.stages
    assert (result.winners, first.totals, second.totals, second.exhausted) == (("B",), (5, 4, 3), (5, 6, None), 1)
    assert second.moves == (Move(2, 1, 2), Move(2, None, 1))


@FEW
@given(elections(equals=False))
def test_votes_of_the_second_round_are_those_of_the_comparison(election):
    papers, candidates = election
    result = rule("runoff").count(profile_of(papers, candidates), 1, LOTS)
    if len(result.stages) == 2:
        over = compared(papers, candidates)
        one, other = (each for each, votes in enumerate(result.stages[1].totals) if votes is not None)
        assert result.stages[1].totals[one] == over[one][other]
        assert sum(filter(None, result.stages[1].totals)) + result.stages[1].exhausted == result.papers
        went = [0] * candidates
        for move in result.stages[1].moves:
            if move.taker is not None:
                went[move.taker] += move.votes
        for each in (one, other):
            assert result.stages[0].totals[each] + went[each] == result.stages[1].totals[each]


def test_who_goes_to_the_second_round_can_be_a_lot_on_record():
    papers = written("4 A\n3 B\n3 C")
    with pytest.raises(Undecided, match="B, C"):
        rule("runoff").count(papers)
    result = rule("runoff").count(papers, 1, Listed(("C", "B")))
    assert [(tie.among, tie.chosen, tie.question) for tie in result.ties] == [((1, 2), 2, "order")]
    assert result.stages[1].totals == (4, None, 3)


# Positional rules


def places_worth(name: str, standing: int, here: int) -> list[Fraction]:
    match name:
        case "borda" | "borda-tournament":
            return [Fraction(standing - 1 - place) for place in range(standing)]
        case "borda-modified":
            return [Fraction(max(0, here - place)) for place in range(standing)]
        case "dowdall":
            return [Fraction(1, place + 1) for place in range(standing)]
    return [Fraction(place < standing - 1) for place in range(standing)]


@FEW
@given(elections())
def test_points_are_what_the_places_are_worth_shared_where_places_are(election):
    papers, candidates = election
    for name in ("borda", "borda-tournament", "borda-modified", "dowdall", "anti-plurality"):
        points = [Fraction()] * candidates
        for ranking, weight in papers:
            place, here = 0, sum(map(len, ranking))
            worth = places_worth(name, candidates, here)
            groups = list(ranking)
            rest = [each for each in range(candidates) if not any(each in group for group in ranking)]
            if rest and here and name in ("borda-tournament", "anti-plurality"):
                groups.append(tuple(rest))
            for group in groups:
                for each in group:
                    points[each] += weight * sum(worth[place : place + len(group)]) / len(group)
                place += len(group)
        assert rule(name).count(profile_of(papers, candidates), 1, LOTS).stages[0].totals == tuple(points), name


@FEW
@given(elections())
def test_bordas_points_with_shared_rests_are_comparisons_won_and_half_of_those_drawn(election):
    papers, candidates = election
    papers = [(ranking, weight) for ranking, weight in papers if ranking]
    over, all_of_them = compared(papers, candidates), sum(weight for _, weight in papers)
    points = tuple(
        sum(over[a][b] + Fraction(all_of_them - over[a][b] - over[b][a], 2) for b in range(candidates) if b != a)
        for a in range(candidates)
    )
    assert rule("borda-tournament").count(profile_of(papers, candidates), 1, LOTS).stages[0].totals == points


def test_nauru_counts_halves_and_thirds_without_rounding():
    """Three papers of a third each make one whole, exactly."""
    result = rule("dowdall").count(written("3 ABC\n1 C", "ABC"))
    assert result.stages[0].totals == (3, Fraction(3, 2), 2)
    assert "1.5" in str(result.stages[0].events[2].said)


def test_a_seat_won_by_points_alone_is_not_what_a_majority_wants():
    """Borda (1781): the favourite of more than half can lose."""
    papers = written("3 ABC\n2 BCA")
    assert rule("plurality").count(papers).winners == ("A",)
    assert rule("borda").count(papers).winners == ("B",)


# Bucklin


def test_bucklin_counts_the_election_of_brown_v_smallwood():
    """Duluth 1915, as the judgment prints it: 12,313 papers, and what each got as first and as second choice.

    Only these sums are known; which first choice stood above which second is made up here, and changes nothing.
    """
    papers = written(
        "2845 WS\n1563 W\n604 NW\n734 NL\n2079 N\n1501 SN\n1995 S\n992 L",
        names="LNSW",
    )
    result = rule("bucklin").count(papers)
    assert result.papers == 12_313
    assert result.stages[0].totals == (992, 3417, 3496, 4408)
    assert result.stages[1].totals == (1726, 4918, 6341, 5012)
    assert (result.winners, len(result.stages)) == (("S",), 2)
    assert result.stages[1].events[0].figures["needed"] == 6157


@FEW
@given(elections())
def test_bucklin_adds_a_place_at_a_time_until_somebody_has_more_than_half(election):
    papers, candidates = election
    valid = sum(weight for ranking, weight in papers if ranking)
    votes = [0] * candidates
    for reach in range(candidates):
        votes = [0] * candidates
        for ranking, weight in papers:
            starts = [sum(map(len, ranking[:place])) for place in range(len(ranking))]
            for each, place in enumerate(ranks(ranking, candidates)):
                votes[each] += weight * (place < len(ranking) and starts[place] <= reach)
        if any(2 * each > valid for each in votes):
            break
    result = rule("bucklin").count(profile_of(papers, candidates), 1, LOTS)
    assert set(result.ranking[0]) == {each for each in range(candidates) if votes[each] == max(votes)}
    assert result.stages[-1].totals == tuple(votes)


def test_when_no_places_are_left_the_most_votes_win_and_it_is_said():
    result = rule("bucklin").count(written("3 A\n2 B\n2 CB", "ABC"))
    assert result.winners == ("B",)
    few = rule("bucklin").count(written("3 A\n2 B\n2 C", "ABC"))
    assert few.winners == ("A",)
    assert "no preferences are left to add" in str(few.stages[-1].events[-1].said)
