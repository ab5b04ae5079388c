"""The twenty checks, each as the design of the federation words it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.tables import sheet, table
from tinkuy.federation.checklist import CHECKS
from tinkuy.federation.checks import counts, difference, failures, ran


def failed(*rows: dict[str, object], unit: str = "1") -> list[int]:
    return next((row["failed"] for row in failures(table(*rows), 2).rows(named=True) if row["unit"] == unit), [])


def warned(*rows: dict[str, object], unit: str = "1") -> list[int]:
    return next((row["warned"] for row in failures(table(*rows), 2).rows(named=True) if row["unit"] == unit), [])


def test_there_are_twenty_checks_and_the_second_both_holds_and_warns() -> None:
    assert {check.number for check in CHECKS} == set(range(1, 21))
    assert [check.number for check in CHECKS if check.severity == "W"] == [2, 17, 18, 19]


def test_a_sheet_that_adds_up_fails_nothing() -> None:
    assert failures(table(sheet()), 2).is_empty()


def test_options_blank_null_and_challenged_must_equal_the_papers_cast() -> None:
    assert failed(sheet(cast=99)) == [1]
    assert str(difference(sheet(cast=99), 1)) == "60 + 30 + 4 + 5 + 1 = 100, but the sheet says 99 cast"


def test_more_cast_than_signed_in_holds_and_fewer_warns() -> None:
    assert failed(sheet(signed_in=99)) == [2]
    assert warned(sheet(signed_in=99)) == []
    assert warned(sheet(signed_in=101)) == [2]
    assert str(difference(sheet(signed_in=99), 2)) == "100 cast, but 99 signed in"


def test_nobody_signs_in_beyond_the_roll() -> None:
    assert failed(sheet(signed_in=201)) == [3]
    assert str(difference(sheet(signed_in=201), 3)) == "201 signed in, but 200 are on the roll"


def test_without_a_box_for_signing_in_the_papers_cast_stand_for_the_persons() -> None:
    assert failed(sheet(eligible=99)) == [3]
    assert str(difference(sheet(eligible=99), 3)) == "100 cast, but 99 are on the roll"


def test_no_option_has_more_votes_than_papers_were_cast() -> None:
    row = sheet(votes=(101, 0), cast=100)
    assert failed(row) == [1, 4]
    assert str(difference(row, 4, ("Sí", "No"))) == "Sí has 101 votes, but 100 were cast"
    assert str(difference(row, 4)) == "option 1 has 101 votes, but 100 were cast"


@pytest.mark.parametrize("cell", ["eligible", "cast", "option:0", "option:1", "blank", "null", "challenged"])
def test_a_missing_cell_fails_by_itself_and_is_never_zero(cell: str) -> None:
    assert failed(sheet(**{cell: None})) == [5]


def test_what_the_table_has_no_column_for_was_not_asked_for() -> None:
    assert failed(sheet()) == []
    assert failed(sheet(spoiled=None)) == [5]
    missing = difference(sheet(spoiled=None) | {"option:1": None}, 5, ("Sí", "No"))
    assert str(missing) == "missing or illegible: votes for No, spoiled papers"


def test_spoiled_cast_and_unused_papers_are_those_received() -> None:
    assert failed(sheet(received=200, spoiled=2, unused=98)) == []
    assert failed(sheet(received=200, spoiled=2, unused=97)) == [12]
    said = difference(sheet(received=200, spoiled=2, unused=97), 12)
    assert str(said) == "2 + 100 + 97 = 199, but 200 were received"


def test_a_second_sheet_of_a_unit_holds_both() -> None:
    assert failures(table(sheet(), sheet(cast=99)), 2)["failed"].to_list() == [[9], [1, 9]]


def test_a_unit_under_two_nodes_would_be_counted_twice() -> None:
    rows = failures(table(sheet(), sheet(**{"level:province": "0802"})), 2)
    assert rows["failed"].to_list() == [[9, 16], [9, 16]]


def test_full_turnout_and_unanimity_warn_and_do_not_hold() -> None:
    assert warned(sheet(eligible=100)) == [17]
    assert warned(sheet(votes=(100, 0), blank=0, null=0, challenged=0, cast=100)) == [17]
    assert failed(sheet(eligible=100)) == []


def test_equal_figures_warn_among_neighbours_and_not_across_the_country() -> None:
    assert warned(sheet(), sheet("2")) == [17]
    assert warned(sheet(), sheet("2", **{"level:province": "2101"})) == []


def test_turnout_far_from_the_units_history_warns() -> None:
    assert warned(sheet(past_eligible=200, past_cast=150)) == []
    assert warned(sheet(past_eligible=200, past_cast=151)) == [19]


@pytest.mark.parametrize("state", ["pending", "annulled", "not_held"])
def test_where_no_sheet_is_to_be_counted_none_is_checked(state: str) -> None:
    assert failed(sheet(state=state, cast=99)) == []


@pytest.mark.parametrize("state", ["received", "observed", "resolved", "late"])
def test_every_sheet_that_came_is_checked(state: str) -> None:
    assert failed(sheet(state=state, cast=99)) == [1]


def test_what_was_found_elsewhere_counts_too() -> None:
    assert failed(sheet(found=[7, 18])) == [7]
    assert warned(sheet(found=[7, 18])) == [18]
    assert failed(sheet(found=[7], cast=99)) == [1, 7]
    assert str(difference(sheet(found=[7]), 7)).startswith("Fewer signatures")


def test_a_check_that_ran_and_named_nobody_is_counted_as_none() -> None:
    rows = table(sheet(cast=99), sheet("2"))
    found = {(one.check, one.severity): one.units for one in counts(failures(rows, 2), ran(rows.columns, 2))}
    assert found[1, "E"] == ("1",)
    assert found[5, "E"] == ()
    assert (2, "E") not in found


figure = st.none() | st.integers(0, 12)


@given(st.lists(st.tuples(figure, figure, figure, figure, figure, figure, figure, figure), min_size=1, max_size=6))
def test_the_arithmetic_is_that_of_plain_python(rows: list[tuple[int | None, ...]]) -> None:
    names = ("eligible", "signed_in", "cast", "option:0", "option:1", "blank", "null", "challenged")
    sheets = [sheet(f"{place}", **dict(zip(names, row, strict=True))) for place, row in enumerate(rows)]
    found = {row["row"]: row["failed"] for row in failures(table(*sheets), 2).rows(named=True)}
    for place, row in enumerate(rows):
        eligible, signed_in, cast, yes, no, blank, null, challenged = row
        papers = (yes, no, blank, null, challenged)
        expected = [
            None not in papers and cast is not None and sum(one for one in papers if one is not None) != cast,
            cast is not None and signed_in is not None and cast > signed_in,
            signed_in is not None and eligible is not None and signed_in > eligible,
            cast is not None and any(vote is not None and vote > cast for vote in (yes, no)),
            None in row,
        ]
        assert found.get(place, []) == [number for number, fails in enumerate(expected, start=1) if fails]


def test_the_largest_figures_do_not_overflow() -> None:
    most = 10**9
    row = sheet(votes=(most, most), eligible=most, cast=most, past_eligible=most, past_cast=0)
    assert failed(row) == [1]
    assert warned(row) == [17, 19]


def test_an_empty_table_has_no_failures() -> None:
    assert failures(table(sheet()).clear(), 2).is_empty()


def test_failures_name_rows_and_units() -> None:
    found = failures(table(sheet("7"), sheet("8", cast=99)), 2)
    assert found.schema == {
        "row": pl.Int64,
        "unit": pl.String,
        "failed": pl.List(pl.Int64),
        "warned": pl.List(pl.Int64),
    }
    assert found.rows() == [(1, "8", [1], [])]
