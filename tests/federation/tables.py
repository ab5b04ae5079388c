"""Unit tables for tests, written as the sheets of a small federation."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tinkuy.federation.outcome import OptionShown
from tinkuy.federation.tree import Node, Tree

YES_NO = (OptionShown("Sí", "for"), OptionShown("No", "against"))
THREE = (OptionShown("A", "choice"), OptionShown("B", "choice"), OptionShown("C", "choice"))
LEVELS = ("region", "province")


def sheet(unit: str = "1", votes: Sequence[int | None] = (60, 30), **figures: object) -> dict[str, object]:
    """A sheet that adds up, unless a figure is given otherwise."""
    others = {"blank": 4, "null": 5, "challenged": 1}
    known = [vote for vote in votes if vote is not None]
    row: dict[str, object] = {
        "unit": unit,
        "level:region": "08",
        "level:province": "0801",
        "state": "normal",
        "eligible": 200,
        "cast": sum(known) + sum(others.values()),
        **{f"option:{place}": vote for place, vote in enumerate(votes)},
        **others,
    }
    return row | figures


def table(*rows: dict[str, object]) -> pl.DataFrame:
    """A unit table of these rows; a column that some row has, every row has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    texts = {"unit", "state"}
    schema: dict[str, pl.DataType] = {}
    for name in columns:
        text = name in texts or name.startswith("level:")
        schema[name] = pl.List(pl.Int64) if name == "found" else pl.String() if text else pl.Int64()
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=schema)


def tree(*paths: tuple[str, str]) -> Tree:
    """Regions and provinces, given as (region, province)."""
    nodes = {}
    for region, province in paths or (("08", "0801"), ("08", "0802"), ("21", "2101")):
        nodes[region] = Node(region, f"Region {region}", "region", "")
        nodes[province] = Node(province, f"Province {province}", "province", region)
    return Tree(LEVELS, nodes, "Federation")
