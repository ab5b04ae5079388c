"""Small cells: no figure shown, nor any sum or difference of them, is that of a few."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.federation.tables import YES_NO, sheet, table, tree
from tinkuy.federation.cells import divided, hidden_units, joined, small_cells
from tinkuy.federation.outcome import NodeShown
from tinkuy.federation.sums import AddedUp, add_up

SMALL = 10
PLACES: tuple[tuple[str, str | None], ...] = (
    ("08", "0801"),
    ("08", None),
    ("08", "0802"),
    ("09", "0901"),
    ("21", "2101"),
)
TREE = tree(*((region, province) for region, province in PLACES if province))


def added_up(voters: Sequence[Sequence[int]]) -> AddedUp:
    """Sheets with so many votes for, by province."""
    rows = [
        sheet(
            f"{province or region}-{place}",
            votes=(votes, 0),
            blank=0,
            null=0,
            challenged=0,
            eligible=100,
            cast=votes,
            **{"level:region": region, "level:province": province},
        )
        for (region, province), units in zip(PLACES, voters, strict=True)
        for place, votes in enumerate(units)
    ]
    return add_up(table(*rows, sheet("none", state="pending")), TREE, YES_NO)


def shown_of(sums: AddedUp) -> tuple[NodeShown, ...]:
    return joined(sums.nodes, small_cells(sums.units, sums.nodes, TREE, SMALL), sums.units)


def hidden(sums: AddedUp) -> tuple[str, ...]:
    return hidden_units(sums.units, small_cells(sums.units, sums.nodes, TREE, SMALL), SMALL)


def test_a_cell_has_enough_voters_or_none() -> None:
    def cells(**voters: int) -> list[str]:
        return [
            "".join(code for _, code in cell) for cell in divided([(("unit", a), n) for a, n in voters.items()], SMALL)
        ]

    assert cells(a=3, b=40, c=4, z=0) == ["abc", "z"]
    assert cells(a=9, b=9, c=3) == ["abc"]
    assert cells(a=3, b=4) == ["ab"]


def test_a_small_province_is_shown_with_its_smallest_large_sibling() -> None:
    sums = added_up([[3], [], [40], [50], [60]])
    shown = {node.code: node for node in shown_of(sums)}
    assert "0801" not in shown
    assert shown["0802"].joined == ("0801", "0802")
    assert shown["0802"].name == "Province 0801 + Province 0802"
    assert shown["0802"].totals.options == {"Sí": 43, "No": 0}
    assert shown["08"].totals.options == {"Sí": 43, "No": 0}


def test_below_a_joined_region_the_provinces_are_divided_together() -> None:
    sums = added_up([[3], [], [4], [50], [60]])
    shown = {node.code: node for node in shown_of(sums)}
    assert shown["09"].joined == ("08", "09")
    assert shown["0901"].joined == ("0801", "0802", "0901")
    assert shown["0901"].parent == "09"


def test_the_unit_that_covers_for_a_small_one_is_hidden_too() -> None:
    sums = added_up([[3, 40, 70], [], [40], [50], [60]])
    assert hidden(sums) == ("0801-0", "0801-1")


def test_a_held_sheet_of_a_few_voters_is_hidden() -> None:
    rows = table(sheet(votes=(5, 0), cast=3, blank=0, null=0, challenged=0), sheet("2"), sheet("3"))
    sums = add_up(rows, TREE, YES_NO)
    assert hidden(sums) == ("1",)


def test_without_small_cells_nothing_is_joined() -> None:
    sums = added_up([[30], [], [40], [50], [60]])
    assert shown_of(sums) == sums.nodes
    assert hidden(sums) == ()


def spans(vectors: list[list[int]], wanted: list[int]) -> bool:
    """Whether `wanted` is a sum of multiples of the vectors: elimination over the fractions."""
    rows: list[list[Fraction]] = []
    for vector in [*vectors, wanted]:
        row = [Fraction(value) for value in vector]
        for pivot in rows:
            lead = next(place for place, value in enumerate(pivot) if value)
            row = [value - row[lead] / pivot[lead] * base for value, base in zip(row, pivot, strict=True)]
        if not any(row):
            if vector is wanted:
                return True
            continue
        rows.append(row)
    return False


voters = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 5, 8, 9, 10, 11, 30]), min_size=0, max_size=3), min_size=5, max_size=5
)


@given(voters)
def test_nobody_can_add_and_subtract_a_small_figure_out_of_those_shown(units: list[list[int]]) -> None:
    sums = added_up(units)
    if sums.nodes[0].totals.cast < SMALL:
        return
    leaves = [
        (f"{province or region}-{place}", region, province)
        for (region, province), here in zip(PLACES, units, strict=True)
        for place, votes in enumerate(here)
        if votes
    ]
    withheld = hidden(sums)
    known = [
        [int(not members or bool({unit, region, province} & set(members))) for unit, region, province in leaves]
        for node in shown_of(sums)
        for members in [() if not node.code else node.joined or (node.code,)]
    ]
    known += [[int(one == leaf) for leaf in leaves] for one in leaves if one[0] not in withheld]
    cast = dict(sums.units.select("unit", "cast").iter_rows())
    small = [[int(leaf == one) for leaf in leaves] for one in leaves if cast[one[0]] < SMALL]
    small += [[int(node.code in leaf) for leaf in leaves] for node in sums.nodes if 0 < node.totals.cast < SMALL]
    for figure in small:
        assert not spans(known, figure)


@given(voters)
def test_what_is_shown_adds_up_to_the_whole(units: list[list[int]]) -> None:
    sums = added_up(units)
    shown = shown_of(sums)
    regions = [node for node in shown if node.level == "region"]
    assert sum(node.totals.cast for node in regions) == sums.nodes[0].totals.cast
    assert sum(node.coverage.units for node in regions) == sums.nodes[0].coverage.units
