"""Recount of anybody's published sheets: check them, add them up, and say what is missing.

Guarantees exact totals at every level over the sheets that count, every held sheet with its reasons (the authority's
own words and each failed check), and that an empty or illegible cell is missing, never zero. Rows and a map in, values
out.
Source: design of the federation, "Recount of anybody's published sheets"; the checks are those of every consultation.

- A figure is written with the digits 0-9 alone, space around it allowed. Anything else ("NA", "1O", "12.0", "-3") is
  missing, which check 5 names. A number above 10^9 is not a count of persons, and the file is refused.
- A row's state is what the map says of its status columns: the first of them whose text the map knows decides. A row
  whose texts are all unknown is refused. Without status columns a row without any figure is pending, any other normal.
- Papers for which the map names no column (`blank`, `null`, `challenged`) count as none; `cast` and `eligible` are
  needed.
- A node is named by its way from the top, "AMAZONAS/CHACHAPOYAS"; a "/" or "\\" inside a name is written with a "\\"
  before it and an empty name is "\\e", so no two nodes share a name.
- Rows that are copies of one another are one sheet, with a note. Different rows of one unit are all held (check 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import polars as pl

from tinkuy.federation import checks
from tinkuy.federation.checks import MAX_FIGURE
from tinkuy.federation.outcome import CheckCount, Coverage, NodeShown, OptionShown, Totals
from tinkuy.federation.recount_map import Map, RecountError, suggested
from tinkuy.federation.recount_read import Raw
from tinkuy.federation.sums import AddedUp, add_up
from tinkuy.federation.tree import Node, Tree
from tinkuy.federation.turn import least
from tinkuy.words import Said, say

_STATUS = "status:"


class Held(msgspec.Struct, frozen=True):
    """A sheet that came and is not counted: its state, failed checks, reasons in words, and way from the top."""

    unit: str
    state: str
    checks: tuple[int, ...]
    reasons: tuple[Said, ...]
    where: tuple[str, ...]


class Recount(msgspec.Struct, frozen=True):
    """What somebody's sheets add up to. `levels` are the map's, each with its nodes by path.

    `outstanding` are the electors of held, late and missing units; `margin` is the leading option's votes less the
    second's, and `to_turn` the least of the outstanding votes that would end that lead, None if all of them cannot.
    """

    title: str
    totals: Totals
    coverage: Coverage
    states: dict[str, int]
    checks: tuple[CheckCount, ...]
    levels: dict[str, dict[str, Totals]]
    leading: str | None
    margin: int
    outstanding: int
    to_turn: int | None
    held: tuple[Held, ...]
    notes: tuple[Said, ...]
    where: dict[str, str]
    nodes: tuple[NodeShown, ...]


def recount(raws: Sequence[Raw], sheets: Map, where: Sequence[tuple[str, str]] = (), map_name: str = "map") -> Recount:
    """Check and add up the rows of one or more files that share a map.

    `where` narrows the result to nodes: pairs of a level and a name. Raises RecountError for rows that cannot be used
    and for a `where` that names nothing.
    """
    table = _unit_table(pl.concat([raw.frame for raw in raws], how="vertical_relaxed"), sheets, map_name)
    tree = _tree(table, sheets)
    options = tuple(OptionShown(name, "choice") for name in sheets.options)
    sums = add_up(table, tree, options, _kept(where, tree))
    root = sums.nodes[0]
    votes = sorted(root.totals.options.values(), reverse=True)
    margin = votes[0] - (votes[1] if len(votes) > 1 else 0)
    leading = [name for name, count in root.totals.options.items() if count == votes[0] and count > 0]
    out = root.coverage.electors_outstanding
    return Recount(
        title=sheets.title,
        totals=root.totals,
        coverage=root.coverage,
        states=sums.states,
        checks=sums.checks,
        levels=_levels(sums.nodes, tree),
        leading=leading[0] if len(leading) == 1 else None,
        margin=margin,
        outstanding=out,
        to_turn=least(lambda more: more >= margin, out),
        held=_held(sums, tree, sheets),
        notes=(*(note for raw in raws for note in raw.notes), *_notes(sums, table)),
        where=dict(where),
        nodes=tuple(node for node in sums.nodes if node.coverage.units or not node.code),
    )


def _unit_table(rows: pl.DataFrame, sheets: Map, map_name: str) -> pl.DataFrame:
    """The unit table of the federation, with the texts of the status columns beside it."""
    figures = {**sheets.figures, **{f"option:{n}": column for n, column in enumerate(sheets.options.values())}}
    for column in figures.values():
        _refuse_huge(rows, column)
    absent = [name for name in ("blank", "null", "challenged") if name not in figures]
    units = [rows.select(_text(column).alias("unit"))["unit"] for column in sheets.unit]
    table = rows.select(
        units[0] if len(units) == 1 else pl.concat_str([_escaped(part) for part in units], separator="/").alias("unit"),
        *_level_columns(rows, sheets),
        *(_figure(rows.schema[column], column).alias(name) for name, column in figures.items()),
        *(pl.lit(0, pl.Int64).alias(name) for name in absent),
        *(_text(column).str.strip_chars().alias(f"{_STATUS}{column}") for column in sheets.status),
    )
    _refuse_nameless(rows, sheets)
    named = list(figures)
    return table.with_columns(state=_state(table, sheets, named, map_name))


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null("")


def _figure(kind: pl.DataType, column: str) -> pl.Expr:
    """A column of counts: whole numbers from 0; anything else is missing."""
    if kind.is_integer():
        number = pl.col(column).cast(pl.Int64, strict=False)
        return pl.when(number >= 0).then(number)
    text = pl.col(column).str.strip_chars()
    return pl.when(text.str.contains(r"^[0-9]+$")).then(text.cast(pl.Int64, strict=False))


def _refuse_huge(rows: pl.DataFrame, column: str) -> None:
    cells = rows[column]
    if cells.dtype.is_integer():
        huge = cells > MAX_FIGURE
    else:
        digits = cells.str.strip_chars().str.strip_chars_start("0")
        number = digits.cast(pl.Int64, strict=False)
        huge = (number > MAX_FIGURE) | (number.is_null() & digits.str.contains(r"^[0-9]{10,}$"))
    if huge.any():
        row = int(huge.fill_null(False).arg_max() or 0)
        problem = say(
            'row {row}, column "{column}": {figure} is more than {most}, and no count of persons',
            row=str(row + 1),
            column=column,
            figure=str(cells[row]),
            most=MAX_FIGURE,
        )
        raise RecountError(problem)


def _refuse_nameless(rows: pl.DataFrame, sheets: Map) -> None:
    for column in sheets.unit:
        empty = rows.select((_text(column).str.strip_chars() == "").alias("empty"))["empty"]
        if empty.any():
            problem = say(
                'row {row} has no unit: its "{column}" is empty; leave out total lines, or name the unit\'s column',
                row=str(int(empty.arg_max() or 0) + 1),
                column=column,
            )
            raise RecountError(problem)


def _level_columns(rows: pl.DataFrame, sheets: Map) -> list[pl.Series]:
    """The code of the node of every level: its way from the top."""
    found: list[pl.Series] = []
    for level, column in sheets.levels.items():
        name = _escaped(rows.select(_text(column).alias("name"))["name"])
        way = pl.concat_str(found[-1], name, separator="/") if found else name
        found.append(pl.select(pl.lit(way) if way is name else way).to_series().alias(f"level:{level}"))
    return found


def _escaped(names: pl.Series) -> pl.Series:
    """Names as they stand in a path; most tables have few that need it, so it is asked first."""
    if names.str.contains_any(["/", "\\"]).any():
        names = names.str.replace_all(r"([/\\])", r"\${1}")
    if (names == "").any():
        names = names.replace("", "\\e")
    return names


def _state(table: pl.DataFrame, sheets: Map, figures: Sequence[str], map_name: str) -> pl.Series:
    if not sheets.status:
        nothing = pl.all_horizontal(pl.col(name).is_null() for name in figures if name != "eligible")
        state = pl.when(nothing).then(pl.lit("pending")).otherwise(pl.lit("normal"))
        return table.select(state.alias("state"))["state"]
    known = [
        pl.col(f"{_STATUS}{column}").replace_strict(sheets.states, default=None, return_dtype=pl.String)
        for column in sheets.status
    ]
    states = table.select(pl.coalesce(known).alias("state"))["state"]
    if states.null_count():
        texts = table.filter(states.is_null()).select(f"{_STATUS}{column}" for column in sheets.status)
        seen = sorted({" + ".join(row) for row in texts.unique().iter_rows()})
        problem = say(
            "{map} does not say what these values of {columns} mean: {values}; add them under [states]",
            map=map_name,
            columns=" + ".join(sheets.status),
            values=tuple(f'"{value}"' for value in seen[:20]),
        )
        raise RecountError(problem)
    return states


def _tree(table: pl.DataFrame, sheets: Map) -> Tree:
    nodes: dict[str, Node] = {}
    columns = [f"level:{level}" for level in sheets.levels]
    # A way down to the lowest level names all levels above: each level's nodes are among the next one's.
    ways = table.select(columns)
    for place in reversed(range(len(columns))):
        ways = ways.unique(columns[place])
        level = list(sheets.levels)[place]
        parents = ways[columns[place - 1]] if place else [""] * ways.height
        for parent, code in zip(parents, ways[columns[place]], strict=True):
            nodes[code] = Node(code, _name(code[len(parent) + 1 :] if parent else code), level, parent)
    return Tree(tuple(sheets.levels), nodes)


def _name(escaped: str) -> str:
    """A node's own name, read back from the last part of its path."""
    if escaped == "\\e":
        return ""
    return escaped.replace("\\/", "/").replace("\\\\", "\\") if "\\" in escaped else escaped


def _kept(where: Sequence[tuple[str, str]], tree: Tree) -> pl.Expr | None:
    keep: pl.Expr | None = None
    for level, name in where:
        if level not in tree.levels:
            nearest = suggested(level, tree.levels)
            problem = say('there is no level "{level}"; the map has: {levels}', level=level, levels=tree.levels)
            if nearest:
                problem = say('there is no level "{level}"; did you mean "{nearest}"?', level=level, nearest=nearest)
            raise RecountError(problem)
        names = {node.name for node in tree.nodes.values() if node.level == level}
        wanted = name.strip().casefold()
        codes = [
            node.code for node in tree.nodes.values() if node.level == level and node.name.strip().casefold() == wanted
        ]
        if not codes:
            nearest = suggested(name, sorted(names))
            problem = say('no {level} is called "{name}"', level=level, name=name)
            if nearest:
                problem = say(
                    'no {level} is called "{name}"; did you mean "{nearest}"?', level=level, name=name, nearest=nearest
                )
            raise RecountError(problem)
        here = pl.col(f"level:{level}").is_in(codes)
        keep = here if keep is None else keep & here
    return keep


def _levels(nodes: Sequence[NodeShown], tree: Tree) -> dict[str, dict[str, Totals]]:
    levels: dict[str, dict[str, Totals]] = {level: {} for level in tree.levels}
    for node in nodes[1:]:
        if node.coverage.units:
            levels[node.level][node.code] = node.totals
    return levels


def _held(sums: AddedUp, tree: Tree, sheets: Map) -> tuple[Held, ...]:
    failed = dict(sums.failed.select("row", "failed").iter_rows())
    names = tuple(sheets.options)
    found: list[Held] = []
    held = sums.units.filter(pl.col("part").is_in(("held", "late")))
    for row in held.iter_rows(named=True):
        numbers = failed.get(row["row"], [])
        reasons = [*_authority(row), *(checks.difference(row, number, names) for number in numbers)]
        node = next((row[f"level:{level}"] for level in reversed(tree.levels)), "")
        where = tuple(one.name for one in tree.path(node))
        found.append(Held(row["unit"], row["state"], tuple(numbers), tuple(reasons), where))
    return tuple(found)


def _authority(row: Mapping[str, object]) -> list[Said]:
    """What the authority itself says of a sheet, in its words."""
    texts = [str(text) for name, text in row.items() if name.startswith(_STATUS) and text]
    return [say("{text}", text=text) for text in dict.fromkeys(texts)]


def _notes(sums: AddedUp, table: pl.DataFrame) -> list[Said]:
    notes: list[Said] = []
    if sums.copies:
        notes.append(say("{count} rows are exact copies of others and were counted once.", count=sums.copies))
    unknown = sums.units.filter(pl.col("voice") & pl.col("roll").is_null()).height
    if unknown:
        notes.append(
            say("{count} units do not say how many electors they have: more may be outstanding.", count=unknown)
        )
    return notes
