"""Rules that compare each with each: the papers' own examples, and plain counts from the definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.voting import CONDORCET, LOTS, compared, elections, profile_of, smith_set, written
from tinkuy.count.condorcet.pairs import MOST_COMPARED, Pairs, preferences
from tinkuy.count.condorcet.schulze import MEASURES, Paths
from tinkuy.count.condorcet.strength import strength
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Hashed, Listed
from tinkuy.count.places import ROWS
from tinkuy.count.profile import Profile
from tinkuy.count.registry import rule

FEW = settings(max_examples=15)

FORTY_FIVE = """
5 ACBED
5 ADECB
8 BEDAC
3 CABED
7 CAEBD
2 CBADE
7 DCEBA
8 EBADC
"""
TWENTY_ONE = "8 acdb\n2 badc\n4 cdba\n4 dbac\n3 dcba"


def test_schulze_of_45_papers_has_the_strongest_paths_that_its_author_published():
    """M. Schulze's first worked example: the table p[X, Y], and E > A > C > B > D."""
    profile = written(FORTY_FIVE)
    pairs = Pairs.of(profile)
    assert pairs.over == (
        (0, 20, 26, 30, 22),
        (25, 0, 16, 33, 18),
        (19, 29, 0, 17, 24),
        (15, 12, 28, 0, 14),
        (23, 27, 21, 31, 0),
    )
    paths = Paths.of(pairs, "winning votes")
    published = """
     - 28 28 30 24
    25  - 28 33 24
    25 29  - 29 24
    25 28 28  - 24
    25 28 28 31  -
    """
    table = [line.split() for line in published.strip().splitlines()]
    for one in range(5):
        for other in range(5):
            if one != other:
                start, end = paths.weakest(paths.chain(one, other), "winning votes")
                assert pairs.over[start][end] == int(table[one][other])
    chain = "".join(profile.names[each] for each in paths.chain(4, 0))
    assert chain == "EDCBA"
    assert rule("schulze").count(profile).ranking == ((4,), (0,), (2,), (1,), (3,))


def test_schulze_of_21_papers_has_the_links_of_the_paper():
    """Schulze 2011, example 1: the strongest paths' weakest links, and d before a before c before b."""
    pairs = Pairs.of(written(TWENTY_ONE))
    paths = Paths.of(pairs, "winning votes")
    published = {
        "ab": (14, 7), "ac": (14, 7), "ad": (12, 9),
        "ba": (13, 8), "bc": (13, 8), "bd": (12, 9),
        "ca": (13, 8), "cb": (15, 6), "cd": (12, 9),
        "da": (13, 8), "db": (19, 2), "dc": (13, 8),
    }  # fmt: skip
    for names, figures in published.items():
        one, other = map("abcd".index, names)
        start, end = paths.weakest(paths.chain(one, other), "winning votes")
        assert (pairs.over[start][end], pairs.over[end][start]) == figures
    assert rule("schulze").count(written(TWENTY_ONE)).ranking == ((3,), (0,), (2,), (1,))


def test_two_potential_winners_are_equal_and_the_lot_decides_on_record():
    """Nine papers of which Schulze's method leaves b and d: neither's strongest path beats the other's."""
    profile = written("3 abcd\n2 cbda\n2 dabc\n2 dbca")
    with pytest.raises(Undecided, match="b, d"):
        rule("schulze").count(profile)
    result = rule("schulze").count(profile, 1, Listed(("d", "b")))
    assert (result.winners, result.ranking[0]) == (("d",), (1, 3))
    assert [(tie.among, tie.chosen, tie.question, tie.by) for tie in result.ties] == [((1, 3), 3, "elected", "lot")]


def stronger(measure: str, here: tuple[int, int], there: tuple[int, int]) -> bool:
    """Whether one comparison is stronger than another, by the conditions of Schulze 2011, section 2.1, as written."""
    (e, f), (g, h) = here, there
    both = (e > f and g <= h) or (e >= f and g < h)
    match measure:
        case "margins":
            return e - f > g - h
        case "ratio":
            return both or e * h > f * g or (e > g and f <= h) or (e >= g and f < h)
        case "winning votes":
            return (
                both
                or (e > f and g > h and e > g)
                or (e > f and g > h and e == g and f < h)
                or (e < f and g < h and f < h)
                or (e < f and g < h and f == h and e > g)
            )
        case "losing votes":
            return (
                both
                or (e > f and g > h and f < h)
                or (e > f and g > h and f == h and e > g)
                or (e < f and g < h and e > g)
                or (e < f and g < h and e == g and f < h)
            )
    raise AssertionError(measure)


FIGURES = st.integers(0, 6)


@pytest.mark.parametrize("measure", ["winning votes", "margins", "ratio", "losing votes"])
@settings(max_examples=100)
@given(st.tuples(FIGURES, FIGURES), st.tuples(FIGURES, FIGURES))
def test_strength_is_as_the_paper_defines_it(measure, here, there):
    assert (strength(measure, *here) > strength(measure, *there)) == stronger(measure, here, there)


def better(over, measure, one, other):
    """Whether the best of all simple paths is stronger than the best back, by trying every path."""

    def best(start, end):
        rest = [each for each in range(len(over)) if each not in (start, end)]
        paths = [(start, *way, end) for size in range(len(rest) + 1) for way in permutations(rest, size)]
        weakest = []
        for path in paths:
            links = [(over[a][b], over[b][a]) for a, b in pairwise(path)]
            weakest.append(next(x for x in links if not any(stronger(measure, x, y) for y in links)))
        return next(x for x in weakest if not any(stronger(measure, y, x) for y in weakest))

    return stronger(measure, best(one, other), best(other, one))


@settings(max_examples=12)
@given(elections(most=4))
def test_schulze_is_what_its_definition_says(election):
    papers, candidates = election
    profile, over = profile_of(papers, candidates), compared(papers, candidates)
    for _, measure in MEASURES:
        paths = Paths.of(Pairs.of(profile), measure)
        for one, other in permutations(range(candidates), 2):
            assert paths.beats(one, other) == better(over, measure, one, other)


@FEW
@given(elections())
def test_when_every_paper_is_turned_around_so_is_schulzes_order(election):
    """Reversal symmetry (Schulze 2011, 4.4): every "before" becomes an "after"."""
    papers, candidates = election
    everybody = set(range(candidates))
    full = [
        ((*ranking, tuple(everybody - {each for group in ranking for each in group})), weight)
        for ranking, weight in papers
    ]
    full = []
    for ranking, weight in papers:
        rest = everybody - {each for group in ranking for each in group}
        full.append(((*ranking, tuple(rest)) if rest else ranking, weight))
    turned = [(tuple(reversed(ranking)), weight) for ranking, weight in full]
    for _, measure in MEASURES:
        here, there = (Paths.of(Pairs.of(profile_of(each, candidates)), measure) for each in (full, turned))
        for one, other in permutations(range(candidates), 2):
            assert here.beats(one, other) == there.beats(other, one)


@FEW
@given(elections())
def test_pairs_are_counted_as_if_paper_by_paper(election):
    papers, candidates = election
    assert preferences(profile_of(papers, candidates)).tolist() == compared(papers, candidates)


def test_pairs_of_more_papers_than_a_block_with_weights_of_every_size_add_up():
    """Blocks of one weight, blocks that mix weights, weights past 2^31, papers cut short, places shared."""
    rng = np.random.default_rng(11)
    count, candidates = ROWS + 777, 5
    kept = rng.integers(0, candidates + 1, count)
    places = np.argsort(rng.random((count, candidates)), axis=1).astype(np.uint8)
    places[np.arange(candidates) >= kept[:, None]] = candidates
    places = np.hstack([places, np.full((count, 1), candidates, dtype=np.uint8)])
    joined = (rng.random(places.shape) < 0.2) & (places != candidates)
    joined[:, 0] = False
    weights = np.where(rng.random(count) < 0.9, 1, rng.integers(1, 2**33, count))
    for shared in (None, joined):
        level = np.broadcast_to(np.arange(candidates + 1), places.shape)
        if shared is not None:
            level = np.maximum.accumulate(np.where(shared, 0, level), axis=1)
        rank = np.full(places.shape, candidates)
        np.put_along_axis(rank, places.astype(np.int64), level, axis=1)
        rank[:, :candidates][(places[:, None, :] != np.arange(candidates)[:, None]).all(axis=2)] = candidates
        profile = Profile(tuple("abcde"), places, weights.copy(), None if shared is None else shared.copy())
        expected = [
            [sum(weights[rank[:, a] < rank[:, b]].tolist()) for b in range(candidates)] for a in range(candidates)
        ]
        assert preferences(profile).tolist() == expected


@FEW
@given(elections(least=3))
def test_the_smith_set_is_the_smallest_group_that_beats_all_others(election):
    papers, candidates = election
    assert set(Pairs.of(profile_of(papers, candidates)).smith) == smith_set(compared(papers, candidates))


# Ranked pairs


def locked(over, key):
    """Ranked pairs step by step, where no two majorities are equally strong: the order, or None where some are."""
    numbers = range(len(over))
    pairs = sorted(((a, b) for a, b in permutations(numbers, 2) if over[a][b] > over[b][a]), key=key, reverse=True)
    if len({key(pair) for pair in pairs}) < len(pairs):
        return None
    kept: set[tuple[int, int]] = set()

    def leads(start, end):
        return start == end or any(leads(b, end) for a, b in kept if a == start)

    for a, b in pairs:
        if not leads(b, a):
            kept.add((a, b))
    return [one for one in numbers if not any(b == one for _, b in kept)]


@settings(max_examples=60)
@given(elections(equals=False, least=3, most=4))
def test_ranked_pairs_keeps_majorities_from_the_strongest_unless_they_close_a_circle(election):
    papers, candidates = election
    over = compared(papers, candidates)
    keys = {
        "ranked-pairs": lambda pair: over[pair[0]][pair[1]] - over[pair[1]][pair[0]],
        "ranked-pairs-winning": lambda pair: (over[pair[0]][pair[1]], -over[pair[1]][pair[0]]),
    }
    for name, key in keys.items():
        first = locked(over, key)
        if first is not None:
            assert list(rule(name).count(profile_of(papers, candidates), 1, LOTS).ranking[0]) == first


def test_ranked_pairs_and_schulze_part_on_45_papers():
    """C over E, 24 to 21, is kept by ranked pairs, and so A stands before E."""
    assert rule("ranked-pairs").count(written(FORTY_FIVE)).winners == ("A",)
    assert rule("schulze").count(written(FORTY_FIVE)).winners == ("E",)


def test_equal_majorities_in_a_circle_are_taken_in_the_lots_order_and_that_is_on_record():
    circle = written("1 ABC\n1 BCA\n1 CAB")
    with pytest.raises(Undecided):
        rule("ranked-pairs").count(circle)
    for order in permutations("ABC"):
        result = rule("ranked-pairs").count(circle, 1, Listed(order))
        # The majorities of the first and of the second by lot are kept, where the second's does not close the circle.
        beats = {"A": "B", "B": "C", "C": "A"}
        first, second, _ = order
        assert result.winners == ((second,) if beats[second] == first else (first,))
        assert [tie.question for tie in result.ties] == ["order", "order"]


def test_no_lot_is_asked_for_a_circle_below_the_seats():
    """D is preferred to each; A, B and C go in a circle that decides nothing."""
    profile = written("1 DABC\n1 DBCA\n1 DCAB")
    result = rule("ranked-pairs").count(profile)
    assert (result.winners, result.ranking, result.ties) == (("D",), ((3,), (0, 1, 2)), ())
    with pytest.raises(Undecided):
        rule("ranked-pairs").count(profile, 2)


# Copeland, minimax


@FEW
@given(elections())
def test_copeland_and_minimax_are_what_their_definitions_say(election):
    papers, candidates = election
    profile, over = profile_of(papers, candidates), compared(papers, candidates)
    numbers = range(candidates)

    def margins(one):
        return [over[one][other] - over[other][one] for other in numbers if other != one]

    points = [sum(Fraction((x > 0) - (x < 0) + 1, 2) for x in margins(one)) for one in numbers]
    assert rule("copeland").count(profile, 1, LOTS).stages[0].totals == tuple(points)
    llull = [sum(x >= 0 for x in margins(one)) for one in numbers]
    assert rule("llull").count(profile, 1, LOTS).stages[0].totals == tuple(llull)
    defeats = {
        "minimax": [max(over[b][a] if over[b][a] > over[a][b] else 0 for b in numbers if b != a) for a in numbers],
        "minimax-margins": [max(over[b][a] - over[a][b] for b in numbers if b != a) for a in numbers],
        "minimax-opposition": [max(over[b][a] for b in numbers if b != a) for a in numbers],
    }
    for name, worst in defeats.items():
        result = rule(name).count(profile, 1, LOTS)
        assert result.stages[0].totals == tuple(worst)
        assert set(result.ranking[0]) == {one for one in numbers if worst[one] == min(worst)}


def test_copelands_second_order_looks_at_whom_the_tied_have_beaten():
    """A, B and C have two points each; C beat B and E, who have five together, A and B beat weaker ones."""
    assert rule("copeland").count(written(FORTY_FIVE)).ranking[1] == (0, 1, 2)
    assert rule("copeland-second").count(written(FORTY_FIVE)).ranking[1:3] == ((2,), (0, 1))


def test_pairwise_opposition_can_pass_over_whom_majorities_prefer_to_each():
    """A is preferred to B by 4 to 3 and to C by 7 to 6; but 6 papers oppose A, and at most 4 oppose B."""
    profile = written("3 B=C A\n3 C A=B\n3 A=B C\n4 A B=C")
    assert Pairs.of(profile).condorcet_winner == 0
    assert rule("minimax").count(profile).winners == ("A",)
    assert rule("minimax-opposition").count(profile).winners == ("B",)


# Instant runoff with Condorcet


def test_instant_runoff_passes_over_the_middle_and_its_hybrids_do_not():
    """Beto has the fewest first preferences and is preferred to each of the others."""
    profile = written("4 AB\n3 CB\n2 B", "ABC")
    assert rule("irv").count(profile).winners != ("B",)
    for name in ("smith-irv", "benham", "woodall"):
        result = rule(name).count(profile)
        assert result.winners == ("B",)
        assert result.stages[-1].events[-1].kind == "elected"


@FEW
@given(elections(equals=False))
def test_hybrids_end_where_their_definitions_say(election):
    papers, candidates = election
    over, profile = compared(papers, candidates), profile_of(papers, candidates)
    order = []  # who goes out, first to last, and at the end who is left
    for stage in rule("irv-two").count(profile, 1, LOTS).stages:
        order += [each for event in stage.events if event.kind == "excluded" for each in event.candidates]
    winner = rule("irv-two").count(profile, 1, LOTS).elected[0]
    order += [each for each in range(candidates) if each not in order and each != winner] + [winner]
    smith = smith_set(over)
    assert rule("woodall").count(profile, 1, LOTS).elected[0] == [each for each in order if each in smith][-1]
    found = winner
    for gone in range(candidates):
        left = order[gone:]
        best = [a for a in left if all(over[a][b] > over[b][a] for b in left if a != b)]
        if best:
            found = best[0]
            break
    assert rule("benham").count(profile, 1, LOTS).elected[0] == found


def test_benham_asks_no_lot_for_a_round_that_it_does_not_come_to():
    """B is preferred to each at once; instant runoff would have to choose between A and C, who are tied."""
    result = rule("benham").count(written("2 ABC\n2 CBA\n3 BAC"))
    assert (result.winners, result.ties, len(result.stages)) == (("B",), (), 1)
    with pytest.raises(Undecided):
        rule("benham").count(written("1 ABC\n1 BCA\n1 CAB"))


# Explanations and bounds


@pytest.mark.parametrize("name", [name for name in CONDORCET if rule(name).fills == "order"])
def test_every_losing_candidate_is_told_how_the_comparisons_went_and_why(name):
    result = rule(name).count(written(FORTY_FIVE), 1, Hashed("a text"))
    told = result.stages[0].events
    duels = [event for event in told if event.kind == "compared" and "won" in event.figures]
    assert [event.candidates[0] for event in duels] == [0, 1, 2, 3, 4]
    assert "C 21 to 24" in str(duels[4].said)
    assert {each for event in told if event not in duels for each in event.candidates} == {0, 1, 2, 3, 4}
    assert result.pairwise[2][4] == 24


def test_more_candidates_than_can_be_compared_are_refused():
    profile = Profile.of([f"c{number}" for number in range(MOST_COMPARED + 1)], [([0, 1], 1)])
    with pytest.raises(CountError, match="at most 1,000"):
        rule("schulze").count(profile)
