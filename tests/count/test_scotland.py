"""The Scottish council elections of 2017, counted again: winners and every stage as the councils published them.

Order: Scottish Local Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 46 to 53. The sheets are those
of 100 wards; candidates are matched by their first preferences, and by surname where those are equal.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tinkuy.count.formats import read
from tinkuy.count.result import decimal
from tinkuy.count.stv.gregory import SCOTLAND

FIVE = Decimal("0.00001")
TWO = Decimal("0.01")

MISPRINTS = [  # the sheet lacks the last digit
    ("glasgow_2017_ward13", "Gill Macdonald", 5, Decimal("478.6821"), Decimal("478.68214")),
    ("glasgow_2017_ward13", "David Walker", 5, Decimal("207.6444"), Decimal("207.64444")),
]
"""Totals that are printed otherwise than they were counted: ward, candidate, stage, the sheet's figure and ours."""


@pytest.fixture(scope="module")
def sheets(shared_data):
    """The published wards by their first preferences, sorted."""
    wards = defaultdict(list)
    with (shared_data / "count" / "scot2017" / "official_stages_2017.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["first_prefs"]:
                wards[row["council_id"], row["map_ward_id"], row["ward_name"]].append(row)
    return {tuple(sorted(Decimal(row["first_prefs"]) for row in rows)): rows for rows in wards.values()}


@pytest.fixture(scope="module")
def wards(shared_data):
    files = sorted((shared_data / "count" / "scot2017").glob("*.blt"))
    assert len(files) == 100
    return {file.stem: read(file.read_bytes(), file.name) for file in files}


@pytest.fixture(scope="module")
def counts(wards):
    return {name: SCOTLAND.count(profile, profile.seats) for name, profile in wards.items()}


def votes(result, stage, candidate):
    """A total as a decimal; nothing where an excluded candidate no longer holds any."""
    total = result.stages[stage - 1].totals[candidate]
    return Decimal(decimal(0 if total is None else total, 5))


def matched(result, rows):
    """Each published candidate with their number."""
    for row in rows:
        same = [
            number
            for number, name in enumerate(result.names)
            if votes(result, 1, number) == Decimal(row["first_prefs"])
        ]
        surname = row["name"].split()[-1].lower()
        yield row, same[0] if len(same) == 1 else next(each for each in same if surname in result.names[each].lower())


def published(row):
    """The totals that a sheet gives, by stage."""
    return {stage: Decimal(row[f"total_votes{stage:02}"]) for stage in range(2, 13) if row[f"total_votes{stage:02}"]}


def as_printed(counted, sheet):
    """Sheets give totals from 1,000 up with two decimals now and then; nothing else is rounded."""
    if counted >= 1000 and sheet == sheet.quantize(TWO):
        return counted.quantize(TWO, ROUND_HALF_UP)
    return counted.quantize(FIVE)


def test_the_hundred_wards_have_a_sheet_each(counts, sheets):
    found = {tuple(sorted(votes(result, 1, each) for each in range(len(result.names)))) for result in counts.values()}
    assert found <= set(sheets)
    assert len(found) == 100


def test_every_total_of_every_stage_is_the_published_one(counts, sheets):
    checked, wrong = 0, []
    for ward, result in counts.items():
        first = tuple(sorted(votes(result, 1, each) for each in range(len(result.names))))
        for row, candidate in matched(result, sheets[first]):
            for stage, sheet in published(row).items():
                checked += 1
                counted = votes(result, stage, candidate)
                if as_printed(counted, sheet) != sheet:
                    wrong.append((ward, row["name"], stage, sheet, counted))
    assert wrong == MISPRINTS
    assert checked == 4648


def test_the_same_councillors_are_elected_at_the_same_stage(counts, sheets):
    for ward, result in counts.items():
        first = tuple(sorted(votes(result, 1, each) for each in range(len(result.names))))
        when = {
            event.candidates[0]: str(stage.number)
            for stage in result.stages
            for event in stage.events
            if event.kind == "elected"
        }
        said = {
            candidate: row["occurred_on_count"]
            for row, candidate in matched(result, sheets[first])
            if row["elected"] == "1"
        }
        assert (ward, when) == (ward, said)
        assert set(result.elected) == set(said)


def test_quotas_seats_and_the_number_of_stages_are_the_published_ones(counts, sheets):
    for result in counts.values():
        rows = sheets[tuple(sorted(votes(result, 1, each) for each in range(len(result.names))))]
        assert result.quota == Decimal(rows[0]["quota"])
        assert result.seats == int(rows[0]["seats"])
        assert len(result.stages) == max(1, *(max(published(row), default=1) for row in rows))


def test_no_vote_is_made_or_vanishes_in_any_ward(counts):
    for result in counts.values():
        for stage in result.stages:
            assert sum(total or 0 for total in stage.totals) + stage.exhausted + stage.lost == result.papers
