"""Who of a list takes its seats: order, preferential votes, reserved places, parity, alternation, who follows.

Source: issue 5; count.md, "lists with parity and alternation, reserved seats, substitution order".
"""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tinkuy.count.errors import CountError
from tinkuy.count.lists import Person, alternation, parity, successor, taken

LIST = tuple(Person(name, kind) for name, kind in zip("ABCDEF", "MMMFFM", strict=True))

lists = st.lists(st.tuples(st.sampled_from("FMX"), st.integers(0, 5)), min_size=1, max_size=9).map(
    lambda rows: tuple(Person(f"p{number}", kind, votes) for number, (kind, votes) in enumerate(rows))
)


def names(persons: tuple[Person, ...]) -> str:
    return "".join(person.name for person in persons)


def test_a_closed_list_gives_its_seats_in_its_order() -> None:
    assert names(taken(LIST, 3).elected) == "ABC"


def test_preferential_votes_come_before_the_order_and_the_order_decides_between_equals() -> None:
    list_ = (Person("A", votes=1), Person("B", votes=3), Person("C", votes=1), Person("D", votes=3))
    assert names(taken(list_, 3, preferential=True).elected) == "BDA"


def test_a_reserved_place_is_taken_from_the_last_elected_and_said() -> None:
    found = taken(LIST, 3, reserved={"F": 1})
    assert names(found.elected) == "ABD"
    assert [str(event.said) for event in found.events] == ["D takes a place reserved for F; C gives way"]


def test_seats_that_nobody_is_left_to_take_are_told() -> None:
    assert taken(LIST, 8).empty == 2


@pytest.mark.parametrize("reserved", [{"F": 4}, {"F": 3}, {"Z": 1}])
def test_reservations_that_cannot_be_met_are_refused(reserved: dict[str, int]) -> None:
    with pytest.raises(CountError, match="reserved"):
        taken(LIST, 3, reserved=reserved)


@given(lists, st.integers(1, 9), st.dictionaries(st.sampled_from("FMX"), st.integers(0, 4)))
def test_reservations_are_met_by_moving_as_few_as_possible(
    list_: tuple[Person, ...], seats: int, reserved: dict[str, int]
) -> None:
    try:
        found = taken(list_, seats, reserved=reserved)
    except CountError:
        assume(False)
        return
    plain, kinds = list_[:seats], [person.kind for person in found.elected]
    assert len(found.elected) + found.empty == seats
    assert all(kinds.count(kind) >= least for kind, least in reserved.items())
    missing = sum(max(0, least - sum(person.kind == kind for person in plain)) for kind, least in reserved.items())
    assert len(set(found.elected) - set(plain)) == missing == len(found.events)


@given(lists, st.integers(1, 9))
def test_every_kind_is_served_in_the_order_of_the_list(list_: tuple[Person, ...], seats: int) -> None:
    elected = taken(list_, seats, preferential=True).elected
    for person in elected:
        better = [other for other in list_ if other.votes > person.votes]
        assert all(other in elected for other in better)


def test_the_next_of_the_list_follows_and_of_the_same_kind_where_asked() -> None:
    assert successor(LIST, elected=("A", "B"), gone="A").name == "C"
    assert successor(LIST, elected=("A", "D"), gone="D", of_kind=True).name == "E"


def test_when_nobody_is_left_the_seat_stays_empty_in_words() -> None:
    with pytest.raises(CountError, match="nobody is left"):
        successor(LIST[:2], elected=("A", "B"), gone="A")
    with pytest.raises(CountError, match="does not stand"):
        successor(LIST, elected=("A",), gone="Z")


def test_alternation_names_the_places_that_break_it() -> None:
    assert alternation(LIST) == (2, 3, 5)
    assert alternation(LIST[2:4]) == ()


def test_parity_allows_one_more_in_an_odd_list() -> None:
    assert parity(LIST[2:5])
    assert not parity(LIST[:3])


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(CountError, match="A stands twice"):
        taken((Person("A"), Person("A")), 1)
