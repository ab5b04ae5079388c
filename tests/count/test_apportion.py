"""Seats for lists: divisors and remainders against their definitions, and what each family promises.

Source: count.md, "apportionment in integers"; Balinski and Young (2001); the examples that textbooks print.
"""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tinkuy.count import rule
from tinkuy.count.apportion import Apportionment
from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Hashed, Listed
from tinkuy.count.profile import Lists
from tinkuy.statutes.delegates import split

LOTS = Hashed("drawn in public")
DIVISORS = ("dhondt", "sainte-lague", "sainte-lague-modified", "adams", "huntington-hill", "dean")
EVERY = (*DIVISORS, "hamilton", "droop")

votes_cast = st.lists(st.integers(0, 60), min_size=1, max_size=6).filter(any)


def lists_of(votes: list[int]) -> Lists:
    return Lists(tuple(f"list {number}" for number in range(len(votes))), tuple(votes))


def won(name: str, votes: list[int], seats: int) -> tuple[int, ...]:
    return rule(name).count(lists_of(votes), seats, LOTS).won


@pytest.mark.parametrize(
    ("name", "votes", "seats", "expected"),
    [
        ("dhondt", [100, 80, 30, 20], 8, (4, 3, 1, 0)),
        ("sainte-lague", [100, 80, 30, 20], 8, (3, 3, 1, 1)),
        ("hamilton", [6, 6, 2], 10, (4, 4, 2)),  # the Alabama paradox: with a seat more,
        ("hamilton", [6, 6, 2], 11, (5, 5, 1)),  # the third has one less
        ("hamilton", [47000, 16000, 15900, 12000, 6000, 3100], 10, (5, 2, 1, 1, 1, 0)),
        ("droop", [47000, 16000, 15900, 12000, 6000, 3100], 10, (5, 2, 2, 1, 0, 0)),
    ],
)
def test_examples_of_the_textbooks(name: str, votes: list[int], seats: int, expected: tuple[int, ...]) -> None:
    assert won(name, votes, seats) == expected


def test_the_last_quotient_is_the_cifra_repartidora() -> None:
    result = rule("dhondt").count(lists_of([100, 80, 30, 20]), 8)
    assert result.quota == 25
    assert [int(Fraction(votes) // 25) for votes in (100, 80, 30, 20)] == list(result.won)


def test_a_tie_by_remainders_is_seen_that_rounding_hides() -> None:
    """56, 21 and 28 for 3 seats: quotas of 35, remainders of 21, 21 and 28; the second seat left is a tie."""
    with pytest.raises(Undecided):
        rule("hamilton").count(lists_of([56, 21, 28]), 3)
    result = rule("hamilton").count(lists_of([56, 21, 28]), 3, Listed(("list 1", "list 0")))
    assert result.won == (1, 1, 1)
    assert [tie.among for tie in result.ties] == [(0, 1)]


@given(votes_cast, st.integers(1, 15), st.sampled_from(EVERY))
@settings(max_examples=80)
def test_every_seat_is_given_and_more_votes_never_have_fewer_seats(votes: list[int], seats: int, name: str) -> None:
    result = rule(name).count(lists_of(votes), seats, LOTS)
    assert sum(result.won) == seats == len(result.elected)
    for one, has in zip(votes, result.won, strict=True):
        assert has == 0 or one > 0
        assert all(has >= other for fewer, other in zip(votes, result.won, strict=True) if fewer < one)


@given(votes_cast, st.integers(1, 12), st.sampled_from(DIVISORS))
@settings(max_examples=80)
def test_divisors_never_take_a_seat_away_when_there_is_one_more(votes: list[int], seats: int, name: str) -> None:
    before, after = won(name, votes, seats), won(name, votes, seats + 1)
    assert all(one <= other for one, other in zip(before, after, strict=True))


@given(votes_cast, st.integers(1, 15))
@settings(max_examples=60)
def test_hamilton_stays_within_the_quota(votes: list[int], seats: int) -> None:
    total = sum(votes)
    for cast, has in zip(votes, won("hamilton", votes, seats), strict=True):
        assert cast * seats // total <= has <= -(-cast * seats // total)


@given(votes_cast, st.integers(1, 12))
@settings(max_examples=60)
def test_no_transfer_of_a_seat_makes_dhondts_smallest_price_higher(votes: list[int], seats: int) -> None:
    """D'Hondt is the division in which the lowest price that any list paid for a seat is as high as it can be."""
    has = won("dhondt", votes, seats)
    lowest = min(Fraction(cast, seats_) for cast, seats_ in zip(votes, has, strict=True) if seats_)
    assert all(Fraction(cast, seats_ + 1) <= lowest for cast, seats_ in zip(votes, has, strict=True))


@given(votes_cast, st.integers(1, 12))
@settings(max_examples=60)
def test_huntington_and_hill_compare_square_roots_exactly(votes: list[int], seats: int) -> None:
    has = won("huntington-hill", votes, seats)
    assume(all(seats_ for cast, seats_ in zip(votes, has, strict=True) if cast))
    scale = 10**12
    bids_won = [scale * cast // isqrt(scale**2 // 1 * s * (s - 1)) for cast, s in zip(votes, has, strict=True) if s > 1]
    bids_lost = [scale * cast // isqrt(scale**2 * s * (s + 1)) for cast, s in zip(votes, has, strict=True) if s]
    if bids_won:
        assert min(bids_won) >= max(bids_lost) - 1


@given(votes_cast, st.integers(1, 12))
@settings(max_examples=60)
def test_delegates_are_split_by_the_same_largest_remainders(votes: list[int], seats: int) -> None:
    """Statutes know nothing of counting: both rooms have the rule, and here is where they must agree."""
    lists = lists_of(votes)
    theirs = split(dict(zip(lists.names, votes, strict=True)), seats, "proportional")
    ours = rule("hamilton").count(lists, seats, LOTS)
    assert bool(theirs.unassigned) == bool(ours.ties)
    if not ours.ties:
        assert tuple(theirs.seats[name] for name in lists.names) == ours.won


def test_a_list_below_the_threshold_takes_no_part_and_one_on_it_does() -> None:
    dhondt = rule("dhondt")
    assert isinstance(dhondt, Apportionment)
    result = dhondt.above(Fraction(1, 20)).count(lists_of([900, 50, 49, 1]), 20)
    assert (result.won[1] > 0, result.won[2]) == (True, 0)
    assert sum(event.kind == "excluded" for event in result.stages[0].events) == 2


@pytest.mark.parametrize(
    ("votes", "seats", "said"),
    [([0, 0], 3, "no list has a vote"), ([1, -1], 3, "has −1 votes"), ([1], 0, "0 seats"), ([1], 10**9, "seats")],
)
def test_figures_that_cannot_be_shared_by_are_refused(votes: list[int], seats: int, said: str) -> None:
    with pytest.raises(CountError, match=said):
        rule("dhondt").count(lists_of(votes), seats)


def test_fractions_of_votes_are_exact() -> None:
    lists = Lists(("a", "b"), (Fraction(1, 3), Fraction(2, 3)))
    assert rule("hamilton").count(lists, 3).won == (1, 2)
