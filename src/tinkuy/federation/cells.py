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

>>> divided([(("unit", "a"), 3), (("unit", "b"), 40), (("unit", "c"), 12)], 10)
[(('unit', 'a'), ('unit', 'c')), (('unit', 'b'),)]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import polars as pl

from tinkuy.federation.outcome import Coverage, NodeShown, Totals
from tinkuy.federation.tree import Tree

Member = tuple[str, str]
"""What is shown: ("node" or "unit", code)."""
Cell = tuple[Member, ...]
"""The members shown together."""


def divided(children: Iterable[tuple[Member, int]], small_cell: int) -> list[Cell]:
    """Cells of (member, voters), each of `small_cell` voters or more, or of none, as far as the whole allows."""
    by_size = sorted(children, key=lambda child: (child[1], child[0]))
    cells: list[list[Member]] = [[code] for code, voters in by_size if voters == 0]
    alone: list[list[Member]] = [[code] for code, voters in by_size if voters >= small_cell and voters > 0]
    cell: list[Member] = []
    full: list[list[Member]] = []
    gathered = 0
    for code, voters in by_size:
        if 0 < voters < small_cell:
            cell.append(code)
            gathered += voters
        if cell and gathered >= small_cell:
            full.append(cell)
            cell, gathered = [], 0
    if cell:
        room = full[-1:] or alone[:1]
        (room[0] if room else cell).extend(cell if room else ())
        cells += [] if room else [cell]
    return sorted(tuple(sorted(codes)) for codes in (*cells, *alone, *full))


def small_cells(units: pl.DataFrame, nodes: Sequence[NodeShown], tree: Tree, small_cell: int) -> list[Cell]:
    """The cells of a roll-up, from the top down; the children of all members of a cell are divided together.

    `units` and `nodes` are those of the roll-up. With a `small_cell` of 1 or less nothing is joined: no cells.
    """
    if small_cell <= 1:
        return []
    under: dict[str, list[tuple[str, int]]] = {}
    counted = units.filter(pl.col("voice") & (pl.col("part") == "counted"))
    for unit, cast, node in counted.select("unit", "cast", tree.lowest().alias("node")).iter_rows():
        under.setdefault(node, []).append((unit, cast))
    voters = {("node", node.code): node.totals.cast for node in nodes}
    voters |= {("unit", unit): cast for members in under.values() for unit, cast in members}
    children: dict[str, list[Member]] = {node.code: [] for node in nodes}
    for node in nodes[1:]:
        children[node.parent].append(("node", node.code))
    for code, members in under.items():
        children[code] += [("unit", unit) for unit, _ in members]
    cells: list[Cell] = []
    pools: list[Cell] = [(("node", ""),)]
    while pools:
        pool = _below(pools.pop(), children)
        for cell in divided(((member, voters[member]) for member in pool), small_cell):
            cells.append(cell)
            if any(kind == "node" for kind, _ in cell):
                pools.append(cell)
    return cells


def _below(cell: Cell, children: Mapping[str, Sequence[Member]]) -> list[Member]:
    """What stands under the nodes of a cell, and the units in it: they go on being told together with something."""
    inner = [child for kind, code in cell if kind == "node" for child in children[code]]
    return inner + [member for member in cell if member[0] == "unit"]


def joined(nodes: Sequence[NodeShown], cells: Sequence[Cell], units: pl.DataFrame) -> tuple[NodeShown, ...]:
    """The nodes as they may be shown: every node, or the cell that it is in, once. Root first, order kept.

    A cell has the code, level and place of its node with the most voters, the names of all its nodes and the sums of
    all its members. A unit that stands beside nodes may be among them.
    """
    by_code = {node.code: node for node in nodes}
    speaker: dict[str, str] = {"": ""}
    together: dict[str, list[NodeShown]] = {}
    for cell in cells:
        codes = [code for kind, code in cell if kind == "node"]
        if len(cell) == 1 or not codes:
            continue
        first = min(codes, key=lambda code: (-by_code[code].totals.cast, code))
        speaker |= dict.fromkeys(codes, first)
        beside = [code for kind, code in cell if kind == "unit"]
        together[first] = [*(by_code[code] for code in codes), *_as_nodes(units, beside, nodes[0])]
    shown = [nodes[0]]
    for node in nodes[1:]:
        if speaker.get(node.code, node.code) == node.code:
            parent = speaker.get(node.parent, node.parent)
            shown.append(_one(node, together.get(node.code, [node]), parent))
    return tuple(shown)


def hidden_units(units: pl.DataFrame, cells: Sequence[Cell], small_cell: int) -> tuple[str, ...]:
    """Members, sorted, of the units whose own figures are not to be shown: small ones and those that cover for them.

    A sheet that is not counted is hidden when it names fewer than `small_cell` voters or, where it does not say, when
    its roll is that small.
    """
    if small_cell <= 1:
        return ()
    covering = {code for cell in cells if len(cell) > 1 for kind, code in cell if kind == "unit"}
    few = pl.coalesce("cast", "roll") < small_cell
    nobody = (pl.col("part") == "counted") & (pl.col("cast") == 0)
    return tuple(sorted(covering | set(units.filter(few & ~nobody)["unit"].to_list())))


def _as_nodes(units: pl.DataFrame, codes: Sequence[str], like: NodeShown) -> list[NodeShown]:
    """The figures of single counted units, to be added to those of the nodes that they are joined with."""
    found = []
    for row in units.filter(pl.col("voice") & pl.col("unit").is_in(list(codes))).iter_rows(named=True):
        votes = {name: row[f"option:{place}"] for place, name in enumerate(like.totals.options)}
        totals = Totals(row["eligible"], row["cast"], votes, row["blank"], row["null"], row["challenged"])
        coverage = Coverage(1, 1, 0, 0, 0, 0, 0, row["roll"], row["eligible"], 0)
        found.append(NodeShown(row["unit"], row["unit"], "", "", totals, coverage))
    return found


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
