"""One rule, many ways of adding up: verdicts that were reached in life, and the weights of each way."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.tables import YES_NO, sheet, table
from tinkuy.federation import weights
from tinkuy.federation.modes import ANP_PERU, MODES, Rules
from tinkuy.federation.outcome import ModeShown, OptionShown
from tinkuy.federation.rollup import RollUp, roll_up
from tinkuy.federation.tree import Node, Tree
from tinkuy.statutes import Statutes, StatutesError, majority, presets

MORE_THAN_HALF = majority("1/2", of="for+against", op=">")
OPTIONS = (*YES_NO, OptionShown("Abstención", "abstain"))


def rolled(units: Sequence[tuple[str, Sequence[int], int]], rules: Rules, *more: dict[str, object]) -> RollUp:
    """Units as (region, votes for, against and abstaining, electors)."""
    rows = [
        sheet(
            f"{place:05}",
            votes=votes,
            blank=0,
            null=0,
            challenged=0,
            cast=sum(votes),
            eligible=electors,
            **{"level:region": region, "level:province": None},
        )
        for place, (region, votes, electors) in enumerate(units)
    ]
    regions = sorted({region for region, _, _ in units})
    tree = Tree(("region",), {code: Node(code, code, "region", "") for code in regions})
    return roll_up(table(*rows, *more).drop("level:province"), tree, OPTIONS[: len(units[0][1])], rules)


def mode(found: RollUp, name: str) -> ModeShown:
    return next(one for one in found.modes if one.mode == name)


def apse() -> list[tuple[str, Sequence[int], int]]:
    """APSE, Costa Rica: 1,099 bases voted 73 / 638 / 388, and its 56 regions 1 / 43 / 12 (practice.md, "Roll-up").

    Which base stood in which region is not published; any that gives both counts will do: the bases of each region
    that decides one way outweigh the others there by their members.
    """
    left = {0: 73, 1: 638, 2: 388}
    regions = [0] * 1 + [1] * 43 + [2] * 12
    units: list[tuple[str, Sequence[int], int]] = []
    for place, way in enumerate(regions):
        votes = [0, 0, 0]
        votes[way] = 1000
        units.append((f"{place:02}", votes, 1000))
        left[way] -= 1
    for way, count in left.items():
        for number in range(count):
            votes = [0, 0, 0]
            votes[way] = 10
            units.append((f"{number % 56:02}", votes, 10))
    return units


def test_apse_the_same_ballots_by_base_and_by_region() -> None:
    found = rolled(apse(), Rules(MORE_THAN_HALF, binding="unit"))
    by_base, by_region = mode(found, "unit"), mode(found, "region")
    assert (tuple(by_base.weights.values()), by_base.total) == ((73, 638, 388), 1099)
    assert (tuple(by_region.weights.values()), by_region.total) == ((1, 43, 12), 56)
    assert not by_base.passed
    assert not by_region.passed


def test_peru_teachers_2017_seventeen_regions_to_eight() -> None:
    units = [(f"{place:02}", (60, 40) if place < 17 else (40, 60), 200) for place in range(25)]
    found = mode(rolled(units, Rules(MORE_THAN_HALF, binding="region")), "region")
    assert (tuple(found.weights.values()), found.passed, found.margin) == ((17, 8), True, 9)
    assert str(found.sentence).startswith("Carried: 17 of 25")


@pytest.mark.parametrize(
    ("members", "delegates"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (40, 3), (41, 4), (60, 4), (61, 5), (80, 5)]
)
def test_anp_peru_bands(members: int, delegates: int) -> None:
    assert ANP_PERU.seats(members) == delegates
    found = rolled([("a", (1, 0), members)], Rules(MORE_THAN_HALF))
    assert mode(found, "degressive").weights == {"Sí": delegates, "No": 0}


def test_each_mode_weighs_the_same_ballots_its_own_way() -> None:
    units = [("a", (6, 4), 100), ("a", (1, 9), 20), ("b", (5, 5), 40), ("b", (8, 1), 10)]
    found = rolled(units, Rules(MORE_THAN_HALF))
    shown = {one.mode: (tuple(one.weights.values()), one.tied, one.total) for one in found.modes}
    assert shown == {
        "member": ((20, 19), 0, 170),
        "unit": ((2, 1), 1, 4),
        "region": ((1, 1), 0, 2),
        "card": ((110, 20), 40, 170),
        "proportional": ((4 + 0 + 1 + 1, 2 + 2 + 1 + 0), 1, 12),
        "degressive": ((6 + 1, 2), 3, 12),
        "delegate": ((6 + 1, 2), 3, 12),
        "double": ((20, 19), 0, 170),
    }
    assert [one.mode for one in found.modes] == list(MODES)
    assert [one.mode for one in found.modes if one.binding] == ["member"]


def test_a_double_majority_needs_both_and_binds() -> None:
    units = [("a", (90, 10), 100), ("b", (40, 60), 100), ("c", (40, 60), 100)]
    found = rolled(units, Rules(MORE_THAN_HALF, double=("member", "region")))
    first = found.modes[0]
    assert (first.mode, first.binding, first.passed) == ("double", True, False)
    assert mode(found, "member").passed
    assert not mode(found, "region").passed
    assert [test.name for test in first.tests] == ["member.for", "region.for"]


def test_what_is_outstanding_could_turn_it_only_if_enough_people_are_out() -> None:
    out = sheet("9", state="pending", eligible=30, **{"level:region": "a", "level:province": None})
    out |= {"option:0": None, "option:1": None, "cast": None}
    found = rolled([("a", (60, 40), 200)], Rules(MORE_THAN_HALF), out)
    member = mode(found, "member")
    assert (member.outstanding, member.margin, member.to_turn) == (30, 20, 20)
    assert mode(found, "unit").to_turn == 1
    settled = rolled([("a", (71, 40), 200)], Rules(MORE_THAN_HALF), out)
    assert mode(settled, "member").to_turn is None


def test_a_turnout_threshold_is_a_test_of_every_mode() -> None:
    toml = presets.read("consulta-nacional")
    statutes = Statutes.from_toml(toml)
    rules = Rules.of(statutes)
    assert rules.small_cell == statutes.thresholds.small_cell
    found = rolled([("a", (60, 40), 200)], rules)
    assert found.modes[0].binding
    assert {one.mode for one in found.modes} >= {"member", "unit", "card"}


def test_among_several_options_the_leading_one_is_judged() -> None:
    options = tuple(OptionShown(name, "choice") for name in "ABC")
    rows = [
        sheet("1", votes=(30, 50, 20), cast=110, **{"level:region": "a"}),
        sheet("2", votes=(10, 10, 10), cast=40, **{"level:region": "a"}),
    ]
    tree = Tree(("region",), {"a": Node("a", "A", "region", "")})
    found = roll_up(table(*rows).drop("level:province"), tree, options, Rules(majority("2/5", of="for+against")))
    member = found.modes[0]
    assert member.passed
    assert str(member.sentence).startswith("B: Carried: 60 of 130")
    tied = roll_up(table(rows[1]).drop("level:province"), tree, options, Rules(majority("1/3", of="for+against")))
    assert not tied.modes[0].passed
    assert str(tied.modes[0].sentence).startswith("No single option leads.")


def test_a_binding_mode_that_cannot_be_worked_out_is_refused() -> None:
    with pytest.raises(StatutesError, match="cannot be added up by region"):
        roll_up(table(sheet()), Tree((), {}), YES_NO, Rules(MORE_THAN_HALF, binding="region"))


votes = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


@given(votes)
def test_weights_tied_and_outstanding_are_the_whole_of_the_counted_units(cast: list[tuple[int, int]]) -> None:
    found = rolled([("a", one, 25) for one in cast], Rules(MORE_THAN_HALF))
    for name in ("unit", "card", "proportional", "degressive", "delegate"):
        shown = mode(found, name)
        assert sum(shown.weights.values()) + shown.tied + shown.outstanding == shown.total


@given(votes)
def test_the_leading_option_of_a_unit_is_the_one_with_most_votes(cast: list[tuple[int, int]]) -> None:
    rows = [sheet(f"{place}", votes=one, cast=sum(one) + 10) for place, one in enumerate(cast)]
    units = table(*rows).with_columns(voice=pl.lit(True), part=pl.lit("counted"), roll="eligible")
    leads = [-1 if yes == no else int(no > yes) for yes, no in cast]
    assert weights.voices(units, 2)["lead"].to_list() == leads
