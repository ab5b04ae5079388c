"""Small cells: nobody's vote is to be read off a total of a few.

Guarantees that no figure shown, alone or by adding and subtracting other figures shown, is that of a unit or node in
which fewer than `small_cell` persons voted (and some did). Such a unit or node is shown joined to siblings.

How: downward from the root, the children of what is shown together are divided into cells of at least `small_cell`
voters each; smaller ones are put together, smallest first, and what is left over joins the last such cell or, without
one, the smallest sibling that could stand alone. Every figure shown is then a sum of whole cells of the lowest level,
each of which has at least `small_cell` voters; a small unit or node is never such a sum. A total below `small_cell` of
the whole consultation cannot be hidden in anything and is shown. Source: design of the federation, "Roll-up"; statutes
`thresholds.small_cell`.

Figures published at different times can still be subtracted from one another: a consultation with small cells keeps its
embargo until the close.

>>> divided([("a", 3), ("b", 40), ("c", 12)], 10)
[('a', 'c'), ('b',)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import polars as pl

from tinkuy.federation.outcome import Coverage, NodeShown, Totals
from tinkuy.federation.tree import Tree


def divided(children: Iterable[tuple[str, int]], small_cell: int) -> list[tuple[str, ...]]:
    """Cells of (code, voters), each of `small_cell` voters or more, or of none, as far as the whole allows."""
    by_size = sorted(children, key=lambda child: (child[1], child[0]))
    cells = [[code] for code, voters in by_size if voters == 0]
    alone = [[code] for code, voters in by_size if voters >= small_cell and voters > 0]
    cell: list[str] = []
    full: list[list[str]] = []
    gathered = 0
    for code, voters in by_size:
        if 0 < voters < small_cell:
            cell.append(code)
            gathered += voters
        if gathered >= small_cell:
            full.append(cell)
            cell, gathered = [], 0
    if cell:
        room = full[-1:] or alone[:1]
        (room[0] if room else cell).extend(cell if room else ())
        cells += [] if room else [cell]
    return sorted(tuple(sorted(codes)) for codes in (*cells, *alone, *full))


def joined(nodes: Sequence[NodeShown], small_cell: int) -> tuple[NodeShown, ...]:
    """The nodes as they may be shown: every node, or the cell that it is in, once. Root first, order kept.

    A cell has the code, level and place of its member with the most voters, the names of all and their sums.
    """
    return _shown(nodes, _cells(nodes, {}, small_cell))


def hidden_units(units: pl.DataFrame, nodes: Sequence[NodeShown], tree: Tree, small_cell: int) -> tuple[str, ...]:
    """Codes, sorted, of the units whose own figures are not to be shown: small ones and those that cover for them.

    `units` is the counted table of a roll-up. A sheet that is not counted is hidden when it names fewer than
    `small_cell` voters or, where it does not say, when its roll is that small.
    """
    if small_cell <= 1:
        return ()
    voices = units.filter("voice").select("unit", "part", "cast", "roll", node=tree.lowest())
    counted = voices.filter(pl.col("part") == "counted")
    under: dict[str, list[tuple[str, int]]] = {}
    for unit, node, cast in counted.select("unit", "node", "cast").iter_rows():
        under.setdefault(node, []).append((unit, cast))
    cells = _cells(nodes, under, small_cell)
    held = voices.filter((pl.col("part") != "counted") & (pl.coalesce("cast", "roll") < small_cell))
    covering = {unit for cell in cells if len(cell) > 1 for kind, unit in cell if kind == "unit"}
    small = {unit for unit, _, cast in counted.select("unit", "node", "cast").iter_rows() if 0 < cast < small_cell}
    return tuple(sorted(covering | small | set(held["unit"].to_list())))


Cell = tuple[tuple[str, str], ...]  # members as ("node" or "unit", code)


def _cells(nodes: Sequence[NodeShown], units: Mapping[str, Sequence[tuple[str, int]]], small_cell: int) -> list[Cell]:
    """The cells below the root, from the top down; the children of all members of a cell are divided together."""
    voters = {node.code: node.totals.cast for node in nodes}
    children: dict[str, list[str]] = {node.code: [] for node in nodes}
    for node in nodes[1:]:
        children[node.parent].append(node.code)
    cells: list[Cell] = []
    pools: list[Sequence[str]] = [[""]]
    while pools:
        pool = pools.pop()
        for cell in _divided_below(pool, children, voters, units, small_cell):
            cells.append(cell)
            below = [code for kind, code in cell if kind == "node"]
            if below:
                pools.append(below)
    return cells


def _divided_below(
    pool: Sequence[str],
    children: Mapping[str, Sequence[str]],
    voters: Mapping[str, int],
    units: Mapping[str, Sequence[tuple[str, int]]],
    small_cell: int,
) -> list[Cell]:
    # A node and a unit may have the same code, so each is told apart while they are divided together.
    inner = [(f"n{child}", voters[child]) for code in pool for child in children[code]]
    outer = [(f"u{unit}", cast) for code in pool for unit, cast in units.get(code, ())]
    kinds = {"n": "node", "u": "unit"}
    return [tuple((kinds[member[0]], member[1:]) for member in cell) for cell in divided([*inner, *outer], small_cell)]


def _shown(nodes: Sequence[NodeShown], cells: Sequence[Cell]) -> tuple[NodeShown, ...]:
    by_code = {node.code: node for node in nodes}
    speaker: dict[str, str] = {"": ""}
    together: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        codes = tuple(code for _, code in cell)
        first = min(codes, key=lambda code: (-by_code[code].totals.cast, code))
        speaker |= dict.fromkeys(codes, first)
        together[first] = codes
    shown = [nodes[0]]
    for node in nodes[1:]:
        codes = together.get(node.code, ())
        if codes:
            above = speaker[node.parent] if node.parent else ""
            shown.append(_one(node, [by_code[code] for code in codes], above))
    return tuple(shown)


def _one(speaker: NodeShown, members: Sequence[NodeShown], parent: str) -> NodeShown:
    if len(members) == 1:
        return speaker if speaker.parent == parent else msgspec.structs.replace(speaker, parent=parent)
    return msgspec.structs.replace(
        speaker,
        name=" + ".join(member.name for member in members),
        parent=parent,
        totals=_total([member.totals for member in members]),
        coverage=_coverage([member.coverage for member in members]),
        joined=tuple(member.code for member in members),
    )


def _total(parts: Sequence[Totals]) -> Totals:
    return Totals(
        eligible=sum(part.eligible for part in parts),
        cast=sum(part.cast for part in parts),
        options={name: sum(part.options[name] for part in parts) for name in parts[0].options},
        blank=sum(part.blank for part in parts),
        null=sum(part.null for part in parts),
        challenged=sum(part.challenged for part in parts),
    )


def _coverage(parts: Sequence[Coverage]) -> Coverage:
    names = Coverage.__struct_fields__
    return Coverage(**{name: sum(getattr(part, name) for part in parts) for name in names})
