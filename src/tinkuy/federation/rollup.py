"""Roll-up: from the sheets of the units to the totals of every node and the verdict of the whole (cómputo).

A pure function of the tree, the unit table and the rule: `sums` adds up, `modes` judge, `cells` keep small groups from
being shown alone. Source: design of the federation, "Roll-up"; statutes `roll_up`, `thresholds`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tinkuy.federation.cells import hidden_units, joined, small_cells
from tinkuy.federation.modes import Rules, verdicts
from tinkuy.federation.outcome import CheckCount, ModeShown, NodeShown, OptionShown
from tinkuy.federation.sums import add_up
from tinkuy.federation.tree import Tree


@dataclass(frozen=True)
class RollUp:
    """What the sheets of a consultation come to. `nodes` are exact; `shown` has the small cells joined."""

    nodes: tuple[NodeShown, ...]
    shown: tuple[NodeShown, ...]
    hidden: tuple[str, ...]  # units whose own figures are not shown alone, by code
    states: dict[str, int]
    checks: tuple[CheckCount, ...]
    modes: tuple[ModeShown, ...]  # the binding one first
    units: pl.DataFrame  # as in AddedUp
    failed: pl.DataFrame


def roll_up(table: pl.DataFrame, tree: Tree, options: tuple[OptionShown, ...], rules: Rules) -> RollUp:
    """Totals, coverage and checks of every node, and the verdict under every mode.

    `table` is a unit table with one `option:…` column an option, in their order. Raises TreeError when the table names
    a node that the tree does not have, StatutesError when the rule cannot judge such a vote.
    """
    sums = add_up(table, tree, options)
    modes = verdicts(sums.units, sums.nodes, tree, options, rules)
    cells = small_cells(sums.units, sums.nodes, tree, rules.small_cell)
    return RollUp(
        nodes=sums.nodes,
        shown=joined(sums.nodes, cells, sums.units),
        hidden=hidden_units(sums.units, cells, rules.small_cell),
        states=sums.states,
        checks=sums.checks,
        modes=modes,
        units=sums.units,
        failed=sums.failed,
    )
