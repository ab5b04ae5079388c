"""The single transferable vote and instant runoff against counts written out by the paper, and what holds of all."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count import plain_stv
from tests.count.plain_ers97 import ers97
from tinkuy.count.errors import CountError
from tinkuy.count.lots import Hashed, Listed
from tinkuy.count.profile import Profile
from tinkuy.count.stv.bulk import sure_losers
from tinkuy.count.stv.gregory import ERS97, EXACT, MINNEAPOLIS, SCOTLAND, WIGM_PRF, WIGM_PRF_BATCH
from tinkuy.count.stv.groups import Group
from tinkuy.count.stv.irish import IRISH_DAIL
from tinkuy.count.stv.irv import IRV, IRV_BATCH, IRV_SKIP, IRV_TWO
from tinkuy.count.stv.meek import MEEK_NZ, MEEK_PRF, WARREN
from tinkuy.count.stv.senate import AEC2013, AEC2016, AEC2019

A, B, C, D, E = range(5)
NAMES = ["Ana", "Beto", "Caro", "Dina", "Elio", "Fabi", "Gema"]
MANY = [SCOTLAND, WIGM_PRF, WIGM_PRF_BATCH, ERS97, MINNEAPOLIS, EXACT, AEC2013, AEC2016, AEC2019]
MEEKS = [MEEK_PRF, MEEK_NZ, WARREN]
ONE = [IRV, IRV_BATCH, IRV_TWO, IRV_SKIP]
by_name = {"ids": lambda rule: rule.name}


@st.composite
def elections(draw, most_seats=3):
    """A few candidates, a lot, and papers that repeat: small enough for ties, large enough for surpluses."""
    candidates = draw(st.integers(2, 6))
    rankings = st.permutations(range(candidates)).flatmap(
        lambda order: st.integers(1, candidates).map(lambda length: tuple(order[:length]))
    )
    papers = draw(st.lists(st.tuples(rankings, st.integers(1, 20)), min_size=1, max_size=12))
    lot = draw(st.permutations(range(candidates)))
    return papers, candidates, draw(st.integers(1, min(most_seats, candidates))), list(lot)


def counted(rule, election):
    papers, candidates, seats, lot = election
    names = NAMES[:candidates]
    return rule.count(Profile.of(names, papers), seats, Listed(tuple(names[one] for one in lot)))


def plainly(function, election, **options):
    papers, candidates, seats, lot = election
    each = [ranking for ranking, number in papers for _ in range(number)]
    return function(each, candidates, seats, lot, **options)


def totals(stage):
    return [total or 0 for total in stage.totals]


@pytest.mark.parametrize(
    ("rule", "plain", "options"),
    [
        (SCOTLAND, plain_stv.scotland, {}),
        (WIGM_PRF, plain_stv.wigm_prf, {}),
        (EXACT, plain_stv.exact, {}),
        (AEC2016, plain_stv.senate, {}),
        (ERS97, ers97, {}),
        (MEEK_PRF, plain_stv.keeping, {}),
        (WARREN, plain_stv.keeping, {"price": True}),
    ],
    ids=["scotland", "wigm-prf", "stv", "aec2016", "ers97", "meek-prf", "warren"],
)
@settings(max_examples=40)
@given(election=elections())
def test_every_stage_is_as_counted_paper_by_paper(rule, plain, options, election):
    result = counted(rule, election)
    elected, seen = plainly(plain, election, **options)
    assert set(result.elected) == elected
    assert [totals(stage) for stage in result.stages[: len(seen)]] == seen


@settings(max_examples=60)
@given(election=elections())
def test_the_dail_counts_by_the_papers_that_lie_on_top(election):
    papers, candidates, seats, lot = election
    singly = [ranking for ranking, number in papers for _ in range(number)]
    rows = np.full((len(singly), candidates + 1), candidates, dtype=np.uint8)
    for row, ranking in zip(rows, singly, strict=True):
        row[: len(ranking)] = ranking
    names = tuple(NAMES[:candidates])
    profile = Profile(names, rows, np.ones(len(rows), dtype=np.int64), in_order=True)
    result = IRISH_DAIL.count(profile, seats, Listed(tuple(names[one] for one in lot)))
    elected, seen = plainly(plain_stv.irish, election)
    assert set(result.elected) == elected
    assert [totals(stage) for stage in result.stages[: len(seen)]] == seen


def test_the_dail_passes_on_what_lies_on_top_and_its_next_preferences_with_it():
    """Ana's papers were mixed so that those which name Dina third lie above; six of these are her surplus, and they
    decide when Beto goes out."""
    piles = [((A, B, C), 30), ((A, B, D), 30), ((B,), 15), ((E,), 14), ((C,), 36), ((D,), 35)]
    places = np.array([[*who, *[5] * (6 - len(who))] for who, n in piles for _ in range(n)], dtype=np.uint8)
    profile = Profile(tuple(NAMES[:5]), places, np.ones(len(places), dtype=np.int64), in_order=True)
    result = IRISH_DAIL.count(profile, 2)
    assert result.quota == 54
    assert result.stages[1].totals[B] == 21
    assert result.winners == ("Ana", "Dina")


def test_the_dail_refuses_papers_without_their_order_and_mixes_them_by_a_text():
    profile = Profile.of(NAMES[:3], [([A, B], 40), ([A, C], 23), ([B], 14), ([C], 15)])
    with pytest.raises(CountError, match="lie on top"):
        IRISH_DAIL.count(profile, 2, Listed(tuple(NAMES[:3])))
    result = IRISH_DAIL.count(profile, 2, Hashed("drawn in the hall"))
    assert result == IRISH_DAIL.count(profile, 2, Hashed("drawn in the hall"))
    assert str(result.stages[0].events[0].said) == "The papers are mixed by the text drawn in the hall"
    assert result.stages[1].totals == (31, 34, 27)  # 32 of 63 on top: 20.3 and 11.7


@settings(max_examples=60)
@given(election=elections(most_seats=1))
def test_instant_runoff_is_as_counted_paper_by_paper(election):
    result = counted(IRV, election)
    elected, seen = plainly(plain_stv.irv, election)
    assert set(result.elected) == elected
    assert [totals(stage) for stage in result.stages[: len(seen)]] == seen


@pytest.mark.parametrize("rule", [*MANY, *MEEKS], **by_name)
@settings(max_examples=25)
@given(election=elections())
def test_no_vote_is_made_or_vanishes_at_any_stage(rule, election):
    result = counted(rule, election)
    seats = election[2]
    assert len(result.elected) == len(set(result.elected)) == seats - result.unfilled
    before = None
    for stage in result.stages:
        assert sum(totals(stage)) + stage.exhausted + stage.lost == result.papers
        if before is not None:
            changes = [now - then for now, then in zip(totals(stage), totals(before), strict=True)]
            assert changes == net(stage, len(changes), stage.lost - before.lost)
        before = stage


def net(stage, candidates, lost):
    """What the moves of a stage leave each candidate with; rounding comes off the one who gave."""
    gains = [Fraction(0)] * candidates
    for move in stage.moves:
        gains[move.giver] -= move.votes
        if move.taker is not None:
            gains[move.taker] += move.votes
    givers = {move.giver for move in stage.moves} or {
        one for event in stage.events if event.kind in ("surplus", "excluded") for one in event.candidates
    }
    if lost:
        short = next(iter(givers)) if len(givers) == 1 else None
        if short is None:
            pytest.skip("several gave at once, and which of them lost the fraction is not told")
        gains[short] -= lost
    return gains


@pytest.mark.parametrize("rule", [*MANY, *MEEKS], **by_name)
@settings(max_examples=10)
@given(election=elections(), order=st.randoms())
def test_papers_are_anonymous(rule, election, order):
    """In whatever order papers come, and however they are bundled."""
    papers, candidates, seats, lot = election
    singly = [(ranking, 1) for ranking, number in papers for _ in range(number)]
    order.shuffle(singly)
    assert counted(rule, election) == counted(rule, (singly, candidates, seats, lot))


@pytest.mark.parametrize("rule", [SCOTLAND, EXACT, ERS97, MINNEAPOLIS, WIGM_PRF, AEC2016, MEEK_PRF, WARREN], **by_name)
@settings(max_examples=15)
@given(election=elections(), data=st.data())
def test_candidates_are_equal_before_the_rule(rule, election, data):
    """Who is called what, and who stands first on the paper, decides nothing."""
    papers, candidates, seats, lot = election
    to = data.draw(st.permutations(range(candidates)))
    moved = [(tuple(to[one] for one in ranking), number) for ranking, number in papers]
    names = [NAMES[to.index(one)] for one in range(candidates)]
    lots = Listed(tuple(NAMES[one] for one in lot))
    assert set(counted(rule, election).winners) == set(rule.count(Profile.of(names, moved), seats, lots).winners)


@pytest.mark.parametrize("rule", [EXACT, WIGM_PRF, MEEK_PRF, MEEK_NZ, WARREN], **by_name)
@settings(max_examples=30)
@given(election=elections(), data=st.data())
def test_a_solid_coalition_of_so_many_quotas_has_so_many_seats(rule, election, data):
    """Droop proportionality: more than k / (seats + 1) of the voters who rank the same candidates first, in any order,
    elect k of them, or all."""
    papers, candidates, seats, lot = election
    friends = data.draw(st.sets(st.integers(0, candidates - 1), min_size=1, max_size=candidates))
    first = st.permutations(sorted(friends)).map(tuple)
    added = data.draw(st.lists(st.tuples(first, st.integers(1, 40)), min_size=1, max_size=5))
    result = counted(rule, (papers + added, candidates, seats, lot))
    solid = sum(n for ranking, n in papers + added if set(ranking[: len(friends)]) == friends)
    quotas = max(k for k in range(seats + 1) if k == 0 or solid * (seats + 1) > k * result.papers)
    assert len(friends & set(result.elected)) >= min(quotas, len(friends))


@pytest.mark.parametrize("rule", ONE, **by_name)
@settings(max_examples=25)
@given(election=elections(most_seats=1))
def test_who_is_first_on_more_than_half_of_the_papers_wins_the_runoff(rule, election):
    papers, candidates, _, lot = election
    rest = sum(number for _, number in papers)
    result = counted(rule, ([*papers, ((A,), rest + 1)], candidates, 1, lot))
    assert result.elected == (A,)


@pytest.mark.parametrize("rule", [IRV, IRV_BATCH, IRV_TWO], **by_name)
def test_runoffs_differ_in_how_they_get_there_and_not_in_who_wins(rule):
    profile = Profile.of(NAMES[:5], [([A], 40), ([B], 30), ([C, B], 20), ([D, B], 3), ([E, A], 2)])
    result = rule.count(profile, 1)
    assert result.winners == ("Beto",)
    assert len(result.stages) == (2 if rule is IRV_BATCH else 4)


def test_a_majority_is_of_the_papers_that_continue():
    """Ten papers exhausted: 25 of 45 elect, though not of 55."""
    profile = Profile.of(NAMES[:3], [([A], 25), ([B], 20), ([C], 10)])
    result = IRV.count(profile, 1)
    assert (result.winners, result.stages[-1].quota, result.stages[-1].exhausted) == (("Ana",), 23, 10)


# What programs get wrong.


def test_a_value_is_cut_per_paper_in_scotland_and_a_pile_is_cut_in_the_senate():
    """Ana has 100 papers over a quota of 67: 33/100 each is exact; a second transfer of 0.33 x 11/78 is 0.04653."""
    papers = [([A, B, C], 100), ([B, C], 45), ([C], 30), ([D], 25)]
    scotland, senate = (rule.count(Profile.of(NAMES[:4], papers), 2) for rule in (SCOTLAND, AEC2016))
    assert scotland.quota == senate.quota == 67
    assert scotland.stages[1].totals[B] == senate.stages[1].totals[B] == 78


def test_scotland_transfers_one_surplus_a_stage_the_largest_first():
    profile = Profile.of(NAMES[:5], [([A, C], 50), ([B, D], 45), ([C], 12), ([D], 11), ([E], 10)])
    stages = SCOTLAND.count(profile, 3).stages
    assert [[move.giver for move in stage.moves] for stage in stages[1:3]] == [[A], [B]]


def test_ties_are_exact_where_floating_point_misses_them():
    """Ana's 49 papers pass on 1/49 each: Beto then has 31 as Caro has, which a sum of 49 floating 1/49 is not."""
    assert sum([1 / 49] * 49) != 1
    profile = Profile.of(NAMES[:4], [([A, B], 49), ([B], 30), ([C], 31), ([D], 34)])
    result = EXACT.count(profile, 2)
    assert [(tie.among, tie.chosen) for tie in result.ties] == [((B, C), B)]


def test_a_lot_is_asked_once_and_gives_the_same_on_a_recount():
    profile = Profile.of(NAMES[:4], [([A], 10), ([B], 4), ([C], 4), ([D], 4)])
    first = SCOTLAND.count(profile, 2, Hashed("2017-05-04, drawn in the hall"))
    assert first == SCOTLAND.count(profile, 2, Hashed("2017-05-04, drawn in the hall"))
    assert [tie.by for tie in first.ties] == ["lot"] * len(first.ties)
    assert {tie.question for tie in first.ties} == {"excluded"}
    assert all(tie.chosen not in first.elected for tie in first.ties)


def test_a_tie_is_broken_by_the_latest_stage_at_which_they_differed_and_says_which():
    """Beto and Caro have 12 each after Dina's papers; at the first stage Caro had fewer."""
    profile = Profile.of(NAMES[:4], [([A], 20), ([B], 12), ([C], 9), ([D, C], 3)])
    result = SCOTLAND.count(profile, 1)
    (tie,) = result.ties
    assert (tie.among, tie.chosen, tie.by, tie.stage) == ((B, C), C, "earlier stages", 3)
    said = [str(event.said) for stage in result.stages for event in stage.events if event.kind == "tie"]
    assert said == ["Beto, Caro are tied; Caro had fewer votes at stage 1"]


def test_the_latest_difference_decides_in_scotland_and_the_earliest_under_ers97():
    """Beto had more than Caro at first, fewer after Elio's papers, and as many after Dina's."""
    papers = [([A], 30), ([B], 13), ([C], 12), ([D, B], 6), ([D, C], 4), ([E, C], 3)]
    for rule, out in ((SCOTLAND, B), (ERS97, C)):
        result = replace(rule, bulk="none").count(Profile.of(NAMES[:5], papers), 1)
        assert [(tie.among, tie.chosen) for tie in result.ties] == [((B, C), out)]


def test_who_can_just_draw_level_with_the_next_is_no_sure_loser():
    """ERS97 5.2.5 excludes together whose votes do not exceed the next above; others, whose votes stay below."""
    assert sure_losers([10, 6, 4], vacancies=1, waiting=0, or_equal=False) == 1
    assert sure_losers([10, 6, 4], vacancies=1, waiting=0, or_equal=True) == 2
    assert sure_losers([11, 6, 4], vacancies=1, waiting=1, or_equal=False) == 1
    assert sure_losers([100, 2, 1], vacancies=2, waiting=0, or_equal=False) == 1


def test_batch_exclusion_leaves_as_many_as_there_are_seats():
    profile = Profile.of(NAMES[:3], [([A], 100), ([B], 1), ([C], 1)])
    result = MINNEAPOLIS.count(profile, 2, Hashed("x"))
    assert len(result.elected) == 2
    assert WIGM_PRF_BATCH.count(Profile.of(NAMES[:3], [([A], 100), ([B], 2), ([C], 1)]), 2).winners == ("Ana", "Beto")


@pytest.mark.parametrize("rule", [*MANY, *MEEKS], **by_name)
def test_weights_beyond_32_bits_count_as_they_are(rule):
    """A million million of each paper elect whom one of each elects."""
    papers = [([A, B, C], 17), ([B, D], 9), ([C, B], 6), ([D, A], 5), ([E, C], 3)]
    many = [(ranking, number * 10**12) for ranking, number in papers]
    few, large = (rule.count(Profile.of(NAMES[:5], each), 2) for each in (papers, many))
    assert large.papers == 40 * 10**12
    assert set(few.elected) == set(large.elected)
    assert all(sum(totals(stage)) + stage.exhausted + stage.lost == large.papers for stage in large.stages)


@pytest.mark.parametrize("rule", [*MANY, MEEK_PRF, WARREN], **by_name)
def test_whom_nobody_ranks_stands_and_goes_out(rule):
    profile = Profile.of(NAMES[:4], [([A, B], 9), ([B, A], 5), ([C], 4)])
    assert set(rule.count(profile, 2).elected) <= {A, B, C}
    assert rule.count(profile, 4).elected[-1] == D


def test_in_new_zealand_whom_nobody_ranks_is_withdrawn_and_a_seat_stays_empty():
    """Schedule 1A cl. 20, 21."""
    result = MEEK_NZ.count(Profile.of(NAMES[:4], [([A, B], 9), ([B, A], 5), ([C], 4)]), 4)
    assert (set(result.elected), result.unfilled) == ({A, B, C}, 1)


@pytest.mark.parametrize("rule", [*MANY, *MEEKS], **by_name)
def test_more_seats_than_candidates_one_paper_and_none(rule):
    names = NAMES[:3]
    assert rule.count(Profile.of(names, [([A, B, C], 5)]), 5).unfilled == 2
    lots = Listed(("Beto", "Ana", "Caro"))
    assert A in rule.count(Profile.of(names, [([A], 1)]), 2, lots).elected
    if rule is not MEEK_NZ:  # where nobody is ranked, nobody stands
        assert set(rule.count(Profile.of(names, []), 2, lots).winners) == {"Beto", "Ana"}
        assert set(rule.count(Profile.of(names, [([], 3)]), 3).winners) == set(names)


@pytest.mark.parametrize("rule", [*MANY, *MEEKS], **by_name)
def test_the_withdrawn_are_passed_over_and_never_elected(rule):
    papers = [([A, B], 9), ([B, C], 6), ([C], 4), ([D], 2)]
    withdrawn = rule.count(Profile.of(NAMES[:4], papers).without([A, D]), 1)
    assert withdrawn.winners == ("Beto",)
    assert (withdrawn.papers, withdrawn.invalid) == (19, 2)


def test_equal_rankings_are_what_the_law_says_of_them():
    """Scotland ends the paper there; Minneapolis passes over; the reference rule does not know them and says so."""
    profile = Profile.of(NAMES[:4], [([A, [B, C], D], 10), ([[B, C], D], 4), ([B], 6), ([C], 5), ([D], 3)])
    assert SCOTLAND.count(profile, 3).papers == 24
    assert MINNEAPOLIS.count(profile, 3, Hashed("x")).stages[0].totals == (10, 6, 5, 7)
    with pytest.raises(CountError, match="14 papers rank several candidates equally"):
        WIGM_PRF.count(profile, 3)


def test_more_than_255_candidates():
    names = [f"Candidate {number}" for number in range(300)]
    profile = Profile.of(names, [([number, 299], 1 + number) for number in range(290)])
    result = SCOTLAND.count(profile, 2, Hashed("x"))
    assert result.elected[0] == 289 or 289 in result.elected
    assert sum(totals(result.stages[-1])) + result.stages[-1].exhausted + result.stages[-1].lost == result.papers


def test_one_seat_rules_refuse_several_seats_and_nobody_standing_is_refused():
    profile = Profile.of(NAMES[:2], [([A], 1)])
    with pytest.raises(CountError, match="irv elects one"):
        IRV.count(profile, 2)
    with pytest.raises(CountError, match="nobody stands"):
        SCOTLAND.count(profile.without([A, B]), 1)


# ERS97 and Minneapolis, by their own words.


def test_ers97_defers_a_surplus_that_cannot_change_who_is_lowest():
    """5.2.2(a): Ana's 0.5 above the quota is less than the 4 between the two lowest."""
    profile = Profile.of(NAMES[:4], [([A, B], 21), ([B], 17), ([C], 14), ([D, C], 10)])
    result = ERS97.count(profile, 2)
    assert [event.kind for event in result.stages[1].events][:2] == ["note", "excluded"]


def test_ers97_transfers_only_the_parcel_that_gave_the_surplus():
    """5.3.2: Beto is elected by the papers of Caro; Ana's voters behind him have no say in his surplus."""
    profile = Profile.of(NAMES[:4], [([A], 20), ([B, A], 14), ([C, B, D], 10), ([D], 13)])
    result = ERS97.count(profile, 2, Hashed("x"))
    assert result.winners == ("Ana", "Beto")
    profile = Profile.of(NAMES[:5], [([A], 30), ([B, A], 16), ([C, B, D], 9), ([D], 14), ([E], 13)])
    stage = next(stage for stage in ERS97.count(profile, 3).stages if any(move.giver == B for move in stage.moves))
    assert [(move.giver, move.taker) for move in stage.moves] == [(B, D)]


def test_minneapolis_declares_elected_only_when_the_surplus_goes():
    """167.70(c)(1)d: until then a candidate above the threshold still receives the papers of the defeated."""
    profile = Profile.of(NAMES[:5], [([A, B], 40), ([B], 30), ([C], 22), ([D, A], 2), ([E, A], 1)])
    result = MINNEAPOLIS.count(profile, 2)
    assert result.quota == 32
    assert result.stages[1].totals[A] == 43
    assert [event.kind for stage in result.stages[:2] for event in stage.events].count("elected") == 0


# Quotas of groups.


def test_a_guarded_candidate_is_passed_over_at_an_exclusion():
    """One woman at least: Caro has the fewest votes and cannot go out, so Dina does."""
    rule = replace(SCOTLAND, groups=(Group("women", frozenset({"Caro"}), at_least=1),))
    profile = Profile.of(NAMES[:4], [([A], 30), ([B], 28), ([C], 17), ([D, A], 25)])
    result = rule.count(profile, 2)
    assert result.winners == ("Ana", "Caro")
    assert [event.candidates for stage in result.stages for event in stage.events if event.kind == "excluded"] == [(D,)]
    assert any(
        event.kind == "guarded" and event.candidates == (C,) for stage in result.stages for event in stage.events
    )


@pytest.mark.parametrize("rule", [SCOTLAND, AEC2016, MEEK_PRF, EXACT], **by_name)
def test_who_can_no_longer_be_elected_is_excluded_and_their_papers_go_on(rule):
    """One man at most: once Ana's list has its man, Beto is doomed, whatever he holds."""
    bound = replace(rule, groups=(Group("men", frozenset({"Ana", "Beto"}), at_most=1),))
    profile = Profile.of(NAMES[:4], [([A, B], 60), ([B, C], 25), ([C], 10), ([D], 12)])
    result = bound.count(profile, 2)
    assert result.winners[0] == "Ana"
    assert set(result.winners) == {"Ana", "Caro"}
    assert any(event.kind == "doomed" and event.candidates == (B,) for stage in result.stages for event in stage.events)


@pytest.mark.parametrize("rule", [SCOTLAND, WIGM_PRF, ERS97, MINNEAPOLIS, AEC2013, MEEK_PRF, MEEK_NZ], **by_name)
@settings(max_examples=15)
@given(election=elections(), data=st.data())
def test_quotas_of_groups_are_kept_whenever_they_can_be(rule, election, data):
    papers, candidates, seats, lot = election
    members = data.draw(st.sets(st.integers(0, candidates - 1), min_size=1))
    least = data.draw(st.integers(0, min(seats, len(members))))
    most = data.draw(st.integers(least, seats))
    everybody = [((*range(candidates),), 1)]
    bound = replace(rule, groups=(Group("g", frozenset(NAMES[one] for one in members), least, most),))
    if seats - most > candidates - len(members):
        with pytest.raises(CountError, match="cannot be kept"):
            counted(bound, (papers + everybody, candidates, seats, lot))
        return
    result = counted(bound, (papers + everybody, candidates, seats, lot))
    assert len(result.elected) == seats
    assert least <= len(members & set(result.elected)) <= most


def test_quotas_name_candidates_who_stand():
    rule = replace(SCOTLAND, groups=(Group("women", frozenset({"Zoe"}), at_least=1),))
    with pytest.raises(CountError, match="group women: no candidate is called Zoe"):
        rule.count(Profile.of(NAMES[:2], [([A], 1)]), 1)
