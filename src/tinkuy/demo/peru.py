"""Peru's regions and provinces: where the demonstration's invented bases stand.

Guarantees the 25 regions and 196 provinces under their INEI codes, in the order of the codes, each region on a square
of its own of the tile map. Names, codes and persons are facts (INEI); the squares are ours. The table is `peru.toml`.

>>> [region.short for region in regions() if region.row == 0]
['TUM']
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True)
class Region:
    """A region (departamento, or the constitutional province of Callao) and its square on the tile map.

    `column` counts squares from the west and `row` from the north, both from 0. `population` is persons, 2025.
    """

    code: str
    name: str
    short: str
    column: int
    row: int
    population: int


@dataclass(frozen=True, slots=True)
class Province:
    """A province, with the code of its region; `population` is persons, 2025."""

    code: str
    region: str
    name: str
    population: int


@cache
def regions() -> tuple[Region, ...]:
    """The 25 regions by code; a region's population is the sum of its provinces."""
    return tuple(
        Region(row.code, row.name, row.short, row.column, row.row, sum(persons for _, persons in row.provinces))
        for row in _table().region
    )


@cache
def provinces() -> tuple[Province, ...]:
    """The 196 provinces by code: the region's two digits, then the place in the region's list."""
    return tuple(
        Province(f"{row.code}{place:02}", row.code, name, persons)
        for row in _table().region
        for place, (name, persons) in enumerate(row.provinces, start=1)
    )


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    short: str
    column: int
    row: int
    provinces: tuple[tuple[str, int], ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    region: tuple[_Row, ...]


@cache
def _table() -> _Table:
    return msgspec.toml.decode(files("tinkuy.demo").joinpath("peru.toml").read_bytes(), type=_Table)
