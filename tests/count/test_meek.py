"""Meek's method where its texts differ: New Zealand's steps and numbers, what a keep value is, and how many groups."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.plain_stv import cut, up
from tinkuy.count.formats import read
from tinkuy.count.lots import Hashed, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.stv.meek import MEEK_NZ, MEEK_PRF, WARREN
from tinkuy.count.stv.meek_groups import Groups
from tinkuy.count.stv.nz import PseudoRandom, numbers
from tinkuy.count.stv.papers import Papers

A, B, C, D = range(4)
NAMES = ["Ana", "Beto", "Caro", "Dina", "Elio", "Fabi"]


def kiwi(candidates, vacancies, votes, steps):
    """Clauses 42 to 48, read aloud: each candidate's number at each step."""
    x, y, z = candidates + 5, vacancies, (votes + 1000 * (votes % 10)) % 30323
    drawn = []
    while len(set(drawn[4:])) < candidates:
        x, y, z = (171 * x) % 30269, (172 * y) % 30307, (170 * z) % 30323
        drawn.append((10000 * x) // 30269 + (10000 * y) // 30307 + (10000 * z) // 30323)
    first = list(dict.fromkeys(drawn[4:]))
    return [[number if step % 2 == 0 else 10000 - number for number in first] for step in range(steps)]


def new_zealand(rankings, candidates, seats):
    """Schedule 1A Part 1, ballot by ballot, clause by clause."""
    ballots = [ranking for ranking in rankings if ranking]
    ranked = {one for ranking in ballots for one in ranking}
    hopeful, successful, excluded = set(ranked), [], set()  # cl. 20
    prns = kiwi(candidates, seats, len(ballots), 2)
    keep, steps = {one: Fraction(1) for one in range(candidates)}, []
    keep.update({one: Fraction(0) for one in range(candidates) if one not in ranked})

    def allocate():
        votes = [Fraction(0)] * candidates
        for ranking in ballots:
            left = Fraction(1)
            for one in ranking:
                taken = up(left * keep[one], 9)
                votes[one] += taken
                left -= taken
        return votes

    quota, votes = None, None
    while True:
        if steps:
            for one in successful:
                keep[one] = up(up(quota * keep[one], 9) / votes[one], 9)  # cl. 7, 17
        votes = allocate()  # cl. 10
        stable = bool(steps) and votes == steps[-1]
        quota = cut(sum(votes) / (seats + 1) + Fraction(1, 10**9), 9)  # cl. 5, 11
        steps.append(votes)
        for one in sorted(hopeful, key=lambda one: -votes[one]):  # cl. 6, 12
            if votes[one] >= quota and len(successful) < seats:
                successful.append(one)
        hopeful -= set(successful)
        if len(successful) == seats:  # cl. 3
            return set(successful), steps
        if len(successful) + len(hopeful) <= seats:  # cl. 3, 21
            return set(successful) | hopeful, steps
        surplus = sum(max(0, votes[one] - quota) for one in successful)
        if len(steps) == 1:
            continue
        low = min(votes[one] for one in hopeful)
        tied = [one for one in hopeful if votes[one] == low]
        apart = len(tied) == 1 and all(low + surplus < votes[one] for one in hopeful - set(tied))
        if apart or surplus < Fraction(1, 10**4) or stable:  # cl. 13, 23
            for step in steps:  # cl. 19, 40
                held = [step[one] for one in tied]
                if min(held) != max(held):
                    tied = [one for one in tied if step[one] == min(held)]
                    break
            out = min(tied, key=lambda one: prns[(len(steps) - 1) % 2][one])
            hopeful.discard(out)
            excluded.add(out)
            keep[out] = Fraction(0)
            if len(successful) + len(hopeful) <= seats:
                return set(successful) | hopeful, steps


@settings(max_examples=60)
@given(
    papers=st.lists(
        st.tuples(
            st.permutations(range(5)).flatmap(lambda p: st.integers(1, 5).map(lambda n: tuple(p[:n]))),
            st.integers(1, 20),
        ),
        min_size=1,
        max_size=10,
    ),
    seats=st.integers(2, 3),
)
def test_new_zealand_counts_as_its_schedule_reads(papers, seats):
    each = [ranking for ranking, number in papers for _ in range(number)]
    result = MEEK_NZ.count(Profile.of(NAMES[:5], papers), seats, Refusing())
    elected, steps = new_zealand(each, 5, seats)
    assert set(result.elected) == elected
    reached = [[total or 0 for total in stage.totals] for stage in result.stages]
    assert reached[-1] == steps[-1]
    assert all(totals in steps for totals in reached)


def test_new_zealand_breaks_a_tie_by_its_own_numbers_and_asks_no_lot():
    """Clauses 19, 41 to 48: the lowest number goes out, and at every second step the order is turned round."""
    first = numbers(candidates=4, vacancies=2, votes=30)
    assert [list(first), [10000 - number for number in first]] == kiwi(4, 2, 30, 2)
    result = MEEK_NZ.count(Profile.of(NAMES[:4], [([A], 12), ([B], 6), ([C], 6), ([D], 6)]), 2, Refusing())
    (tie, *_) = result.ties
    assert tie.by == "lot"
    assert tie.chosen in (B, C, D)
    drawn = dict(zip(NAMES, first, strict=False))
    odd, even = PseudoRandom(drawn, 1), PseudoRandom(drawn, 2)
    assert odd.first(NAMES[:4]) == max(NAMES[:4], key=drawn.get)
    assert even.first(NAMES[:4]) == min(NAMES[:4], key=drawn.get)


def test_new_zealand_elects_one_by_half_of_the_papers_that_continue():
    """Part 2: (documents - non-transferable) / 2, rounded up; who equals it is elected, unless two do."""
    assert MEEK_NZ.count(Profile.of(NAMES[:3], [([A], 5), ([B], 3), ([C], 2)]), 1).winners == ("Ana",)
    tied = MEEK_NZ.count(Profile.of(NAMES[:3], [([A], 5), ([B], 4), ([C, B], 1)]), 1, Refusing())
    assert tied.winners == ("Ana",)
    assert len(tied.stages) == 1


def test_the_elected_keep_a_quota_and_every_paper_passes_on_the_rest():
    """When somebody is excluded, each of the elected has the quota, but for the millionth that ends the iteration."""
    profile = Profile.of(NAMES[:5], [([A, B], 70), ([B, A, D], 46), ([C], 25), ([D, C], 24), ([4], 23)])
    result = MEEK_PRF.count(profile, 3)
    stage = next(stage for stage in result.stages if any(event.kind == "excluded" for event in stage.events))
    assert [stage.totals[one] > 40 for one in (A, B)] == [True, True]
    assert all(0 <= stage.totals[one] - stage.quota < Fraction(1, 10**6) for one in (A, B))


def test_meek_takes_a_share_and_warren_the_same_from_every_paper():
    """Ana and Beto keep a half. Of what Ana leaves, Beto takes a half under Meek, and half of a vote under Warren."""
    groups = Groups(Papers(Profile.of(NAMES[:3], [([A, B, C], 8)]), "refuse"))
    groups.elect(A)
    groups.elect(B)
    half = {A: 500, B: 500}
    assert groups.votes(half, "share", 1000, 3) == ([4000, 2000, 2000], 0)
    assert groups.votes(half, "price", 1000, 3) == ([4000, 4000, 0], 0)


def test_papers_before_another_elected_candidate_pass_them_all():
    """Three of the elected stand in a row on the papers, each taking a part of what the one before left."""
    profile = Profile.of(NAMES[:5], [([A, B, C, D], 90), ([B, A], 4), ([C, A], 4), ([D], 9), ([4], 10)])
    result = MEEK_PRF.count(profile, 4)
    assert set(result.elected) >= {A, B, C}
    assert all(sum(total or 0 for total in stage.totals) + stage.exhausted == 117 for stage in result.stages)


def test_there_are_few_groups_however_many_papers():
    """20,000 distinct rankings of 8: what is iterated on are paths of the elected, not papers."""
    rng = np.random.default_rng(5)
    places = np.argsort(rng.integers(0, 2**31, (20_000, 8)), axis=1).astype(np.uint8)
    places = np.hstack([places, np.full((20_000, 1), 8, dtype=np.uint8)])
    profile = Profile(tuple(f"c{number}" for number in range(8)), places, np.ones(20_000, dtype=np.int64)).grouped()
    groups = Groups(Papers(profile, "refuse"))
    for candidate in (0, 1, 2):
        groups.elect(candidate)
    groups.exclude(3)
    votes, residue = groups.votes({0: 10**8, 1: 10**8, 2: 10**8}, "share", 10**9, 8)
    assert sum(votes) + residue == 20_000 * 10**9
    assert len(groups) <= 16 * 5
    assert MEEK_PRF.count(profile, 3, Hashed("x")).papers == 20_000


@pytest.mark.parametrize("rule", [MEEK_PRF, WARREN, MEEK_NZ], ids=lambda rule: rule.name)
def test_a_ward_is_counted_to_nine_decimals_with_nothing_lost(rule, shared_data):
    file = shared_data / "count" / "scot2017" / "aberdeen_2017_ward13.blt"
    profile = read(file.read_bytes(), file.name)
    result = rule.count(profile, profile.seats)
    assert result.digits == 9
    assert result.winners == ("Stephen FLYNN (SNP)", "Philip SELLAR (Con)", "Alex NICOLL (SNP)", "Sarah DUNCAN (Lab)")
    assert all(sum(total or 0 for total in stage.totals) + stage.exhausted == 5176 for stage in result.stages)
