"""The demonstration's geography against the official lists, and the tile map against the real borders."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from tinkuy.demo import names, peru


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def touching(one: peru.Region, other: peru.Region, *, corners: bool) -> bool:
    across, down = abs(one.column - other.column), abs(one.row - other.row)
    return max(across, down) == 1 and (corners or across + down == 1)


@pytest.fixture(scope="module")
def borders(shared_data: Path) -> set[frozenset[str]]:
    """Pairs of regions with a common border: those whose provinces share an arc of the 2007 map of the INEI."""
    topology = json.loads((shared_data / "peru" / "provincias_inei2007.topo.json").read_text(encoding="utf-8"))
    regions_of = defaultdict(set)

    def walk(arcs: list, region: str) -> None:
        for arc in arcs:
            if isinstance(arc, list):
                walk(arc, region)
            else:
                regions_of[arc if arc >= 0 else ~arc].add(region)

    for collection in topology["objects"].values():
        for shape in collection["geometries"]:
            walk(shape["arcs"], shape["properties"]["ubigeo"][:2])
    return {frozenset(pair) for regions in regions_of.values() for pair in combinations(regions, 2)}


def test_the_regions_are_those_of_the_official_list(shared_data):
    official = table(shared_data / "peru" / "departamentos.csv")
    assert [(r.code, r.name, f"PE-{r.short}", r.population) for r in peru.regions()] == [
        (row["ubigeo"], row["departamento"], row["iso_3166_2"], int(row["poblacion_2025"])) for row in official
    ]


def test_the_provinces_are_those_of_the_official_list(shared_data):
    official = table(shared_data / "peru" / "provincias.csv")
    assert [(p.code, p.name, p.population) for p in peru.provinces()] == [
        (row["ubigeo"], row["provincia"], int(row["poblacion_2025"])) for row in official
    ]


def test_every_province_lies_in_a_region_of_the_map():
    assert {province.region for province in peru.provinces()} == {region.code for region in peru.regions()}
    assert all(province.code.startswith(province.region) for province in peru.provinces())


def test_every_region_has_a_square_of_its_own_on_a_map_that_a_small_phone_can_show():
    squares = {(region.column, region.row) for region in peru.regions()}
    assert len(squares) == 25
    assert max(column for column, _ in squares) + 1 <= 320 // 48


def test_a_region_touches_a_neighbour_on_the_tile_map_too(borders):
    for region in peru.regions():
        neighbours = {other for pair in borders if region.code in pair for other in pair} - {region.code}
        assert any(touching(region, other, corners=True) for other in peru.regions() if other.code in neighbours), (
            region.name
        )


def test_most_squares_side_by_side_are_regions_side_by_side(borders):
    pairs = [(a, b) for a, b in combinations(peru.regions(), 2) if touching(a, b, corners=False)]
    true = [pair for pair in pairs if frozenset({pair[0].code, pair[1].code}) in borders]
    assert 4 * len(true) >= 3 * len(pairs)


def test_no_region_lies_on_the_wrong_side_of_a_far_one(shared_data):
    place = {
        row["ubigeo"]: (float(row["lon"]), -float(row["lat"]))
        for row in table(shared_data / "peru" / "departamentos.csv")
    }
    for one, other in combinations(peru.regions(), 2):
        (west, north), (east, south) = place[one.code], place[other.code]
        if abs(west - east) > 5:
            assert (one.column - other.column) * (west - east) >= 0, (one, other)
        if abs(north - south) > 5:
            assert (one.row - other.row) * (north - south) > 0, (one, other)


@pytest.mark.parametrize("kind", names.KINDS)
def test_ninety_thousand_invented_bases_have_as_many_names(kind):
    drawn = names.distinct(kind, 90_000, Random(7))
    assert len(set(drawn)) == 90_000
    assert not [name for name in drawn if " de el " in name or "  " in name]


@pytest.mark.parametrize("kind", names.KINDS)
def test_the_same_seed_names_the_same_bases(kind):
    assert names.distinct(kind, 50, Random(7)) == names.distinct(kind, 50, Random(7))
    assert names.distinct(kind, 50, Random(7)) != names.distinct(kind, 50, Random(8))
