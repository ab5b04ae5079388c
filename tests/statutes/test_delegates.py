"""Delegates by bands, under a cap, and split: whole numbers, and every tie is said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.statutes import Band, Delegates, Statutes, StatutesError, presets, split

ANP = Delegates(bands=(Band(10, seats=1), Band(20, seats=2), Band(40, seats=3), Band(None, per=20)), rounding="up")
FETERA = Delegates(bands=(Band(199, per=50), Band(None, per=200)), minimum=1)


@pytest.mark.parametrize(
    ("members", "seats"),
    [(0, 0), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (40, 3), (41, 4), (60, 4), (61, 5), (100, 6)],
)
def test_anp_peru_degressive_bands(members, seats):
    """≤ 10 → 1, ≤ 20 → 2, ≤ 40 → 3, then one more for each 20 begun."""
    assert ANP.seats(members) == seats


@pytest.mark.parametrize(
    ("members", "seats"),
    [(1, 1), (49, 1), (50, 1), (99, 1), (100, 2), (150, 3), (199, 3), (200, 3), (398, 3), (399, 4), (599, 5)],
)
def test_fetera_one_per_50_up_to_199_then_one_per_200(members, seats):
    assert FETERA.seats(members) == seats


def test_the_preset_of_imperative_mandates_has_feteras_bands_and_cap():
    rules = Statutes.from_toml(presets.read("federacion-mandato-imperativo")).delegates
    assert rules is not None
    assert (rules.bands, rules.cap, rules.minimum) == (FETERA.bands, Fraction(1, 5), 1)
    assert (rules.mandate, rules.without_mandate, rules.if_amended) == ("imperative", "abstain", "refer")
    assert (rules.report_within, rules.recall) == (7, "any time")


bands = st.lists(
    st.tuples(st.integers(1, 300), st.integers(1, 100)), min_size=1, max_size=4, unique_by=lambda band: band[0]
).map(lambda pairs: tuple(Band(up_to, per=per) for up_to, per in sorted(pairs)))


@given(bands, st.sampled_from(["down", "up"]), st.integers(0, 500))
def test_more_members_never_mean_fewer_delegates(bands, rounding, members):
    rules = Delegates(bands=bands, rounding=rounding)
    assert rules.seats(members) <= rules.seats(members + 1)


def with_cap(sizes: list[int], cap: Fraction) -> dict[str, int]:
    rules = Delegates(bands=(Band(None, per=1),), minimum=0, cap=cap)
    return rules.congress({f"{n:03}": size for n, size in enumerate(sizes)})


def test_no_base_has_more_than_a_fifth_of_the_congress_that_results():
    """100 beside 10 bases of 4: 40 others are four fifths of a congress of 50."""
    congress = with_cap([100] + [4] * 10, Fraction(1, 5))
    assert congress["000"] == 10
    assert sum(congress.values()) == 50


def test_a_cap_that_nobody_reaches_changes_nothing():
    assert list(with_cap([4, 4, 4, 4, 4], Fraction(1, 5)).values()) == [4, 4, 4, 4, 4]


def test_three_bases_cannot_each_have_at_most_a_fifth():
    with pytest.raises(StatutesError, match="with 3 bases"):
        with_cap([5, 6, 7], Fraction(1, 5))


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=12),
    st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20),
)
def test_the_cap_is_the_greatest_number_that_keeps_it(sizes, cap):
    def keeps(most: int) -> bool:
        return most <= cap * sum(min(size, most) for size in sizes)

    largest = max((most for most in range(1, max(sizes) + 1) if keeps(most)), default=0)
    if largest == 0 and any(sizes):
        with pytest.raises(StatutesError):
            with_cap(sizes, cap)
        return
    assert list(with_cap(sizes, cap).values()) == [min(size, largest) for size in sizes]


# Splits


def test_a_block_gives_all_to_the_leading_option():
    assert split({"yes": 40, "no": 60, "abstain": 5}, 7, "block").seats == {"yes": 0, "no": 7, "abstain": 0}


def test_a_tie_in_a_block_places_nobody_and_is_said():
    placed = split({"yes": 50, "no": 50, "abstain": 5}, 7, "block")
    assert (sum(placed.seats.values()), placed.unassigned, placed.tied) == (0, 7, ("yes", "no"))


def test_a_proportional_split_goes_by_largest_remainder():
    """Textbook example of the method: 100,000 votes, 10 seats (Hare quota 10,000)."""
    votes = {"A": 47_000, "B": 16_000, "C": 15_800, "D": 12_000, "E": 6_100, "F": 3_100}
    assert list(split(votes, 10, "proportional").seats.values()) == [5, 2, 1, 1, 1, 0]


def test_a_tie_of_remainders_leaves_the_seat_open_and_is_said():
    placed = split({"yes": 1, "no": 1}, 3, "proportional")
    assert (placed.seats, placed.unassigned, placed.tied) == ({"yes": 1, "no": 1}, 1, ("yes", "no"))


@pytest.mark.parametrize("rule", ["block", "proportional"])
def test_without_votes_nothing_is_placed(rule):
    placed = split({"yes": 0, "no": 0}, 3, rule)
    assert (placed.seats, placed.unassigned, placed.tied) == ({"yes": 0, "no": 0}, 3, ())


votes = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=1)


@given(votes, st.integers(0, 30), st.sampled_from(["block", "proportional"]))
def test_every_seat_is_placed_or_reported(votes, seats, rule):
    placed = split(votes, seats, rule)
    assert sum(placed.seats.values()) + placed.unassigned == seats
    assert bool(placed.tied) == (placed.unassigned > 0 and any(votes.values()))


@given(votes, st.integers(1, 30))
def test_a_proportional_split_stays_within_one_seat_of_the_exact_share(votes, seats):
    placed = split(votes, seats, "proportional")
    for option, count in votes.items():
        if sum(votes.values()) and not placed.tied:
            assert abs(placed.seats[option] - Fraction(count * seats, sum(votes.values()))) < 1


@given(votes, st.integers(0, 30), st.sampled_from(["block", "proportional"]))
def test_the_order_of_the_options_changes_nothing(votes, seats, rule):
    backwards = dict(reversed(votes.items()))
    assert split(votes, seats, rule).seats == split(backwards, seats, rule).seats
