"""The story of a count: data, table, account and plots are made from the result alone and agree with it.

Source: issue 5, parts 3 and 4; the ward is Glasgow 7 of 2017, nine candidates and nine stages.
"""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import pytest

from tinkuy.count import read, rule
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Lists, Profile
from tinkuy.count.registry import Rule
from tinkuy.count.result import Result, decimal
from tinkuy.count.story import plots
from tinkuy.count.story.account import as_text, conclusion
from tinkuy.count.story.data import as_csv, as_json
from tinkuy.count.story.table import WIDTH, as_table
from tinkuy.words import Amount

SCOTLAND = "scotland"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def scotland() -> Rule:
    return rule(SCOTLAND)


@pytest.fixture(scope="module")
def ward(shared_data: Path, scotland: Rule) -> Result:
    file = shared_data / "count" / "scot2017" / "glasgow_2017_ward7.blt"
    profile = read(file.read_bytes(), file.name)
    assert isinstance(profile, Profile)
    return scotland.count(profile, profile.seats or 1)


def test_data_names_the_elected_in_order_and_a_total_for_everybody_at_every_stage(ward: Result) -> None:
    data = json.loads(as_json(ward))
    assert data["elected"] == list(ward.winners)
    assert [stage["stage"] for stage in data["stages"]] == list(range(1, 10))
    assert all(set(stage["totals"]) == set(ward.names) for stage in data["stages"])


def test_every_stage_of_the_data_adds_up_to_the_papers(ward: Result) -> None:
    for stage in json.loads(as_json(ward))["stages"]:
        figures = [*stage["totals"].values(), stage["exhausted"], stage["lost"]]
        assert sum(map(Fraction, figures)) == ward.papers


def test_the_rules_own_decimals_are_written_and_no_others(ward: Result) -> None:
    totals = json.loads(as_json(ward))["stages"][1]["totals"].values()
    assert {len(total.partition(".")[2]) for total in totals} == {5}


def test_the_same_result_gives_the_same_bytes(ward: Result, shared_data: Path, scotland: Rule) -> None:
    file = shared_data / "count" / "scot2017" / "glasgow_2017_ward7.blt"
    profile = read(file.read_bytes(), file.name)
    assert isinstance(profile, Profile)
    again = scotland.count(profile, 4)
    assert as_json(again) == as_json(ward)
    assert list(plots.drawn(again, "es")) == list(plots.drawn(ward, "es"))


def test_csv_has_the_figures_of_the_data(ward: Result) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(ward))))
    stages = json.loads(as_json(ward))["stages"]
    for row in rows[: len(ward.names)]:
        assert [row[f"stage {stage['stage']}"] for stage in stages] == [
            stage["totals"][row["candidate"]] for stage in stages
        ]


def test_a_name_that_a_spreadsheet_would_compute_is_set_apart() -> None:
    result = rule("irv").count(Profile.of(["=1+1", "Beto"], [([0], 2), ([1], 1)]), 1)
    assert "'=1+1" in as_csv(result)


def test_the_table_fits_a_terminal_and_holds_every_total(ward: Result) -> None:
    table = as_table(ward)
    assert max(map(len, table.splitlines())) <= WIDTH
    shown = {Amount(total, 5, aligned=True).written() for stage in ward.stages for total in stage.totals if total}
    assert all(total in table for total in shown)


def test_the_account_tells_every_event_in_order_with_its_clause(ward: Result, scotland: Rule) -> None:
    account = as_text(ward, scotland.title, scotland.source)
    place = 0
    for stage in ward.stages:
        for event in stage.events:
            place = account.index(str(event.said), place)
            assert event.clause
            assert f"({event.clause})" in account[place:].split("\n", 1)[0]
    assert account.rstrip().endswith(str(conclusion(ward)))


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_plot_is_well_formed_and_describes_itself(ward: Result, language: str) -> None:
    drawn = dict(plots.drawn(ward, language))
    assert set(drawn) == {"transfers", "stages"}
    for svg in drawn.values():
        root = ET.fromstring(svg)
        assert root.find(f"{SVG}title") is not None
        assert root.find(f"{SVG}desc") is not None


def test_a_ribbon_is_drawn_for_every_move_that_can_be_seen(ward: Result) -> None:
    svg = dict(plots.drawn(ward))["transfers"]
    for stage in ward.stages:
        for move in stage.moves:
            if move.votes > 20 and move.taker is not None:
                assert f"{ward.names[move.giver]} → {ward.names[move.taker]}" in svg


def test_a_name_is_shown_letter_by_letter_and_never_as_markup() -> None:
    result = rule("irv").count(Profile.of(["<script>", "Beto & Co", "Caro"], [([0], 2), ([1, 0], 2), ([2, 1], 1)]), 1)
    for _, svg in plots.drawn(result):
        assert "<script>" not in svg
        ET.fromstring(svg)


def test_lists_are_told_by_their_seats() -> None:
    result = rule("dhondt").count(Lists(("Uno", "Dos"), (60, 40)), 5)
    assert str(conclusion(result)) == "Seats: Uno 3, Dos 2."
    assert json.loads(as_json(result))["won"] == {"Uno": 3, "Dos": 2}


def test_a_lot_is_told_with_who_was_tied() -> None:
    result = rule("plurality").count(Profile.of(["Ana", "Beto"], [([0], 1), ([1], 1)]), 1, Listed(("Beto", "Ana")))
    assert result.winners == ("Beto",)
    assert json.loads(as_json(result))["ties"] == [
        {"stage": 1, "question": "elected", "among": ["Ana", "Beto"], "chosen": "Beto", "by": "lot"}
    ]


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(Fraction(1, 8), None, "0.125"), (Fraction(1, 3), None, "1/3"), (7, 5, "7.00000"), (Fraction(-1, 2), 1, "-0.5")],
)
def test_an_exact_figure_is_written_exactly(value: Fraction, digits: int | None, written: str) -> None:
    assert decimal(value, digits) == written


def test_a_figure_with_more_decimals_than_its_rule_has_is_a_defect() -> None:
    with pytest.raises(ValueError, match="more than 2"):
        decimal(Fraction(1, 8), 2)
