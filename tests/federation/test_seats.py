"""An election of lists in every base: votes add up, seats are shared by the rule that the question names, and audited.

Source: federation.md, "Roll-up"; Ley 26859 (Peru), arts. 29 and 30 (cifra repartidora).
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import YES_NO, refused
from tests.federation.test_consultation import drafted
from tinkuy.assembly.vote import Option
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Lists
from tinkuy.count.registry import rule
from tinkuy.federation.seats import share
from tinkuy.statutes import split

LISTS = tuple(Option(name, "choice") for name in ("Unidad", "Agua", "Tierra"))


def test_the_cifra_repartidora_shares_the_seats():
    """40,000 votes over 13,666 are two seats (practice.md): here 61, 23 and 16 over 15 1/4."""
    shown = share("dhondt", 6, {"Unidad": 61, "Agua": 23, "Tierra": 16}, None)
    assert shown.won == {"Unidad": 4, "Agua": 1, "Tierra": 1}
    assert shown.figure == "15.25"
    assert str(shown.sentence) == ("Seats by dhondt: Unidad 4, Agua 1, Tierra 1; the figure that decides is 15.25.")


def test_a_tie_gives_no_seat_until_the_lot_is_drawn():
    tied = share("hamilton", 3, {"A": 56, "B": 21, "C": 28}, None)
    assert tied.won == {}
    assert tied.tied == ("A", "B")
    assert share("hamilton", 3, {"A": 56, "B": 21, "C": 28}, None, ("B", "C", "A")).won == {"A": 1, "B": 1, "C": 1}


@pytest.mark.parametrize(
    ("threshold", "sentence"),
    [
        (Fraction(9, 10), "no list has votes that reach the threshold"),
        (Fraction(3, 2), "a threshold of 3/2; a share from 0 to 1 expected"),
    ],
)
def test_a_threshold_that_no_list_reaches_gives_no_seat_and_breaks_no_audit(threshold, sentence):
    shown = share("dhondt", 5, {"Unidad": 61, "Agua": 39}, threshold)
    assert shown.won == {}
    assert sentence in str(shown.sentence)
    assert shown.threshold == str(threshold)


def test_lists_below_the_threshold_take_no_part():
    assert share("dhondt", 5, {"Unidad": 61, "Agua": 35, "Tierra": 4}, Fraction(1, 20)).won["Tierra"] == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seats": 5}, "no rule is called"),
        ({"seats": 5, "seats_by": "scotland"}, "scotland shares no seats among lists, as dhondt does"),
        ({"seats_by": "dhondt"}, "between 1 and 100,000 seats are shared"),
        ({"seats": 5, "seats_by": "dhondt", "options": YES_NO}, "every option is a choice"),
    ],
)
def test_an_election_of_lists_names_a_rule_and_its_seats(changes, sentence):
    with refused(sentence):
        drafted(**{"options": LISTS, **changes})
    drafted(options=LISTS, seats=5, seats_by="dhondt")


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(1, 12))
def test_delegates_split_in_proportion_as_the_largest_remainders_of_counting(votes, seats):
    """Two rooms that may not know one another share alike; where statutes leave a tie open, counting asks the lot."""
    names = tuple(f"L{number}" for number in range(len(votes)))
    plain = split(dict(zip(names, votes, strict=True)), seats, "proportional")
    if not sum(votes):
        assert plain.unassigned == seats
        return
    result = rule("hamilton").count(Lists(names, tuple(votes)), seats, Listed(names))
    more = {name: won - plain.seats[name] for name, won in zip(names, result.won, strict=True)}
    assert sum(more.values()) == plain.unassigned
    assert {name for name, by in more.items() if by} <= set(plain.tied)
    assert all(by in (0, 1) for by in more.values())
    assert bool(plain.unassigned) == bool(result.ties)
