"""The roll-up: exact sums at every node, whatever the order, and no sheet counted that does not add up."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.tables import YES_NO, sheet, table, tree
from tinkuy.federation.checks import STATES
from tinkuy.federation.modes import Rules
from tinkuy.federation.rollup import roll_up
from tinkuy.federation.sums import add_up
from tinkuy.federation.tree import Node, Tree, TreeError
from tinkuy.statutes import majority

RULES = Rules(majority("1/2", of="for+against", op=">"))


def test_a_failing_sheet_is_shown_as_observed_and_adds_to_nothing() -> None:
    sums = add_up(table(sheet(), sheet("2", cast=99)), tree(), YES_NO)
    root = sums.nodes[0]
    assert sums.states == {"normal": 1, "observed": 1}
    assert root.totals.options == {"Sí": 60, "No": 30}
    assert (root.coverage.counted, root.coverage.held, root.coverage.electors_outstanding) == (1, 1, 200)


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("pending", "missing"),
        ("received", "held"),
        ("observed", "held"),
        ("normal", "counted"),
        ("resolved", "counted"),
        ("annulled", "annulled"),
        ("late", "late"),
        ("not_held", "not_held"),
    ],
)
def test_every_state_has_its_part_in_the_coverage(state: str, part: str) -> None:
    coverage = add_up(table(sheet(state=state)), tree(), YES_NO).nodes[0].coverage
    parts = {one: getattr(coverage, one) for one in ("counted", "held", "late", "missing", "annulled", "not_held")}
    assert {one: count for one, count in parts.items() if count} == {part: 1}
    assert coverage.electors_counted == (200 if part == "counted" else 0)
    assert coverage.electors_outstanding == (200 if part in ("held", "late", "missing") else 0)


def test_an_exact_copy_is_one_sheet_and_a_different_one_holds_both() -> None:
    copied = add_up(table(sheet(), sheet()), tree(), YES_NO)
    assert (copied.copies, copied.nodes[0].coverage.counted) == (1, 1)
    differing = add_up(table(sheet(), sheet(votes=(61, 29), eligible=210)), tree(), YES_NO)
    coverage = differing.nodes[0].coverage
    assert (coverage.units, coverage.held, coverage.electors) == (1, 1, 210)
    assert differing.nodes[0].totals.cast == 0
    assert next(check for check in differing.checks if check.check == 9).units == ("1",)


def test_an_unknown_roll_adds_no_electors_and_is_not_zero_papers() -> None:
    coverage = add_up(table(sheet(eligible=None)), tree(), YES_NO).nodes[0].coverage
    assert (coverage.held, coverage.electors) == (1, 0)


def test_a_node_that_disagrees_with_its_units_fails_check_20() -> None:
    rows = table(sheet(), sheet("2", **{"level:province": "2101"}))  # but region 08
    found = next(check for check in add_up(rows, tree(), YES_NO).checks if check.check == 20)
    assert found.units == ("08", "21")


def test_a_unit_directly_under_a_region_is_added_there() -> None:
    rows = table(sheet(), sheet("2", votes=(7, 3), cast=20, **{"level:province": None}))
    nodes = {node.code: node for node in add_up(rows, tree(), YES_NO).nodes}
    assert nodes["0801"].totals.options == {"Sí": 60, "No": 30}
    assert nodes["08"].totals.options == {"Sí": 67, "No": 33}


def test_a_table_that_names_a_strange_node_is_refused() -> None:
    with pytest.raises(TreeError, match="99 is not a node of the level province"):
        add_up(table(sheet(**{"level:province": "99"})), tree(), YES_NO)


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        ([Node("a", "A", "region", "a")], "not of a higher level"),
        ([Node("a", "A", "region", "b"), Node("b", "B", "province", "a")], "not of a higher level"),
        ([Node("a", "A", "region", "z")], "its parent z is unknown"),
        ([Node("a", "A", "canton", "")], "the tree has no level 'canton'"),
        ([Node("", "A", "region", "")], "is filed under the code"),
    ],
)
def test_a_tree_has_one_way_up(nodes: list[Node], problem: str) -> None:
    with pytest.raises(TreeError, match=problem):
        Tree(("region", "province"), {node.code: node for node in nodes})


def test_an_empty_tree_and_an_empty_table_add_up_to_nothing() -> None:
    rolled = roll_up(table(sheet()).clear(), Tree((), {}), YES_NO, RULES)
    assert rolled.nodes[0].coverage.units == 0
    assert not any(mode.passed for mode in rolled.modes)


sheets = st.lists(
    st.builds(
        lambda unit, votes, state, province, wrong: sheet(
            unit,
            votes=votes,
            state=state,
            cast=sum(votes) + 10 + wrong,
            **{"level:region": province[:2], "level:province": province},
        ),
        st.sampled_from([str(number) for number in range(8)]),
        st.tuples(st.integers(0, 60), st.integers(0, 60)),
        st.sampled_from(STATES),
        st.sampled_from(["0801", "0802", "2101"]),
        st.sampled_from([0, 0, 0, 1]),
    ),
    max_size=12,
)


@given(sheets)
def test_every_node_is_the_sum_of_its_counted_units(rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    different = {tuple(sorted(row.items(), key=lambda one: one[0])) for row in rows}
    named = [dict(row)["unit"] for row in different]
    good = [
        dict(row)
        for row in different
        if named.count(dict(row)["unit"]) == 1
        and dict(row)["state"] in ("normal", "resolved")
        and dict(row)["cast"] == sum(int(str(dict(row)[name])) for name in ("option:0", "option:1")) + 10
    ]
    sums = add_up(table(*rows), tree(), YES_NO)
    for node in sums.nodes:
        here = [row for row in good if not node.code or row[f"level:{node.level}"] == node.code]
        assert node.totals.cast == sum(int(str(row["cast"])) for row in here)
        assert node.totals.options["Sí"] == sum(int(str(row["option:0"])) for row in here)
        assert node.totals.options["No"] == sum(int(str(row["option:1"])) for row in here)
        assert node.coverage.counted == len(here)
    coverage = sums.nodes[0].coverage
    assert coverage.units == len(set(named)) == sum(sums.states.values())
    parts = ("counted", "held", "late", "missing", "annulled", "not_held")
    assert sum(getattr(coverage, part) for part in parts) == coverage.units


@given(sheets, st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows: list[dict[str, object]], chance: Random) -> None:
    if not rows:
        return
    mixed = list(rows)
    chance.shuffle(mixed)
    first, second = (roll_up(table(*order), tree(), YES_NO, RULES) for order in (rows, mixed))
    assert (first.nodes, first.modes, first.checks, first.states) == (
        second.nodes,
        second.modes,
        second.checks,
        second.states,
    )
    assert first.units.equals(second.units)
