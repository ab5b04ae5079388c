"""Sums: what the sheets of the units add up to at every node, before any rule judges them.

Guarantees exact whole numbers at every node, the root included; that the order of the rows changes nothing; that a
sheet which fails an E check is shown as observed and adds to no total; and that check 20 compares what every node
adds up to, child by child, with the sum over its own units. Source: design of the federation, "Roll-up"; the unit
table of `docs/architecture.md`.

Exact copies of a row are one sheet. A unit whose rows differ counts for nothing until somebody compares them (check 9):
it is one unit in coverage, held, with the larger of the electors that its rows claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tinkuy.federation import checks
from tinkuy.federation.outcome import CheckCount, Coverage, NodeShown, OptionShown, Totals
from tinkuy.federation.tree import Node, Tree

COUNTED_STATES = ("normal", "resolved")
PARTS = ("counted", "held", "late", "missing", "annulled", "not_held")

_PART_OF_STATE = {
    "normal": "counted",
    "resolved": "counted",
    "received": "held",
    "observed": "held",
    "late": "late",
    "pending": "missing",
    "annulled": "annulled",
    "not_held": "not_held",
}


@dataclass(frozen=True)
class AddedUp:
    """The sums of a unit table before any rule judges them.

    `units` is the table as counted: sorted, exact copies dropped, `state` as shown (a failing sheet is `observed`),
    with `part` (one of `PARTS`), `voice` (false on the further rows of a unit that stands there more than once) and
    `roll` (electors of the unit, null where unknown). `failed` is what `checks.failures` says of its rows, by `row`.
    """

    nodes: tuple[NodeShown, ...]  # root first, then by level and code
    states: dict[str, int]
    checks: tuple[CheckCount, ...]
    units: pl.DataFrame
    failed: pl.DataFrame
    copies: int  # exact copies of rows that were dropped


def add_up(table: pl.DataFrame, tree: Tree, options: Sequence[OptionShown], keep: pl.Expr | None = None) -> AddedUp:
    """The exact sums at every node. `keep` narrows them to some units, after all units were checked together.

    Raises TreeError when the table names a node that the tree does not have.
    """
    tree.check_table(table)
    settled = _settled(table)
    failed = checks.failures(settled, len(options))
    units = _judged(settled, failed)
    if keep is not None:
        units = units.filter(keep)
        failed = failed.join(units.select("row"), on="row", how="semi")
    figures = _figures(units, options)
    sums = _by_node(figures, tree)
    disagreeing = _disagreeing(figures, tree, sums)
    counts = [
        *checks.counts(failed, checks.ran(table.columns, len(options))),
        CheckCount(20, "E", disagreeing, len(disagreeing)),
    ]
    states = dict(units.filter("voice").group_by("state").len().iter_rows())
    return AddedUp(
        nodes=_shown(sums, tree, options),
        states={state: states[state] for state in checks.STATES if state in states},
        checks=tuple(counts),
        units=units,
        failed=failed,
        copies=table.height - settled.height,
    )


def _settled(table: pl.DataFrame) -> pl.DataFrame:
    """The rows sorted by unit; of a unit's exact copies one, its other rows in a fixed order."""
    if not table["unit"].is_duplicated().any():
        return table.sort("unit")
    plain = [name for name, kind in table.schema.items() if not isinstance(kind, pl.List)]
    lists = [
        pl.col(name).list.sort().cast(pl.List(pl.String)).list.join(" ").alias(f"sorted:{name}")
        for name in table.columns
        if name not in plain
    ]
    order = [
        "unit",
        *(name for name in plain if name != "unit"),
        *(f"sorted:{n}" for n in table.columns if n not in plain),
    ]
    settled = table.with_columns(lists).unique(order).sort(order, nulls_last=True)
    return settled.select(table.columns)


def _judged(settled: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """The settled table with the state as shown, the part of the coverage, and the unit's voice and roll."""
    holding = failed.filter(pl.col("failed").list.len() > 0)["row"]
    repeated = pl.col("unit").is_duplicated()
    held = pl.int_range(pl.len(), dtype=pl.Int64).is_in(holding.implode())
    state = (
        pl.when(repeated | (held & pl.col("state").is_in(COUNTED_STATES))).then(pl.lit("observed")).otherwise("state")
    )
    roll = pl.col("eligible")
    voice = pl.lit(True)
    if settled["unit"].is_duplicated().any():
        roll = roll.max().over("unit")
        voice = pl.col("unit").is_first_distinct()
    row = pl.int_range(pl.len(), dtype=pl.Int64)
    return settled.with_columns(state=state, roll=roll, voice=voice, row=row).with_columns(
        part=pl.col("state").replace_strict(_PART_OF_STATE, return_dtype=pl.String)
    )


def _figures(units: pl.DataFrame, options: Sequence[OptionShown]) -> pl.DataFrame:
    """One row a unit with a voice: its level columns and the whole numbers that a node adds up, zero where none."""
    votes = [f"option:{place}" for place in range(len(options))]
    counted = pl.col("part") == "counted"
    out = pl.col("part").is_in(("held", "late", "missing"))
    return units.filter("voice").select(
        *(name for name in units.columns if name.startswith("level:")),
        *(
            pl.when(counted).then(pl.col(name)).fill_null(0).alias(name)
            for name in ("eligible", "cast", *votes, "blank", "null", "challenged")
        ),
        *((pl.col("part") == part).cast(pl.Int64).alias(part) for part in PARTS),
        pl.col("roll").fill_null(0).alias("electors"),
        pl.when(out).then(pl.col("roll")).fill_null(0).alias("outstanding"),
    )


def _by_node(figures: pl.DataFrame, tree: Tree) -> dict[str, tuple[int, ...]]:
    """The sums of every node, the root as "", each from its children's sums and the units directly under it."""
    names = _summed(figures)
    nothing = (0,) * len(names)
    sums: dict[str, tuple[int, ...]] = dict.fromkeys(["", *tree.nodes], nothing)
    own = figures.group_by(tree.lowest().alias("node")).agg(pl.col(names).sum())
    for code, *row in own.iter_rows():
        sums[code] = tuple(row)
    for node in reversed(_downwards(tree)):
        # Added in Python: fifteen thousand nodes take less than a query for every level does.
        sums[node.parent] = tuple(map(int.__add__, sums[node.parent], sums[node.code]))
    return sums


def _downwards(tree: Tree) -> list[Node]:
    """All nodes by level from the top, then by code."""
    of_level: dict[str, list[str]] = {level: [] for level in tree.levels}
    for node in tree.nodes.values():
        of_level[node.level].append(node.code)
    return [tree.nodes[code] for codes in of_level.values() for code in sorted(codes)]


def _disagreeing(figures: pl.DataFrame, tree: Tree, sums: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """Check 20: nodes whose sum over the units that name them is not what their children add up to."""
    names = _summed(figures)
    wrong: list[str] = []
    for level in tree.levels[:-1]:
        column = pl.col(f"level:{level}")
        leaves = figures.filter(column.is_not_null()).group_by(column).agg(pl.col(names).sum())
        readded = {code: tuple(row) for code, *row in leaves.iter_rows()}
        nothing = (0,) * len(names)
        codes = (code for code, node in tree.nodes.items() if node.level == level)
        wrong += [code for code in codes if readded.get(code, nothing) != tuple(sums[code])]
    return tuple(sorted(wrong))


def _summed(figures: pl.DataFrame) -> list[str]:
    return [name for name in figures.columns if not name.startswith("level:")]


def _shown(sums: Mapping[str, Sequence[int]], tree: Tree, options: Sequence[OptionShown]) -> tuple[NodeShown, ...]:
    names = [option.name for option in options]
    root = Node("", tree.name, "", "")
    return tuple(_node(node, sums[node.code], names) for node in (root, *_downwards(tree)))


def _node(node: Node, row: Sequence[int], names: Sequence[str]) -> NodeShown:
    """A node with its sums, which stand in the order of `_figures`."""
    end = 2 + len(names)  # of the votes
    counted, held, late, missing, annulled, not_held, electors, out = row[end + 3 :]
    units = counted + held + late + missing + annulled + not_held
    return NodeShown(
        node.code,
        node.name,
        node.level,
        node.parent,
        Totals(row[0], row[1], dict(zip(names, row[2:end], strict=True)), *row[end : end + 3]),
        Coverage(units, counted, held, late, missing, annulled, not_held, electors, row[0], out),
    )
