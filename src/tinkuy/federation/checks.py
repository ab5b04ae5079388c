"""The twenty checks of a tally sheet (acta de escrutinio), declared once each.

Guarantees that a sheet which does not add up is named with the check that failed and the difference, and is never
corrected. Source: design of the federation, "Checks". E holds the sheet as observed; W warns and holds nothing.

What a table can see (1-5, 9, 12, 16, 17, 19) is an expression over the unit table of `docs/architecture.md`; the rest
(signatures, forks, roll hashes, mandates, windows) comes in by the column `found`; 20 is checked by the roll-up.

Decided here, and the same for every caller:

- Checked are the sheets that came: states `received normal observed resolved late`. A pending unit has no sheet, an
  annulled one counts for nothing and a unit that held no vote has no figures; none of these is checked.
- A sheet must say: `eligible`, `cast`, every option, `blank`, `null`, `challenged`, and each of `signed_in`,
  `received`, `spoiled`, `unused` that the table has a column for. A column that is absent was not asked for. Check 5
  names the cells that are missing; a check that needs a missing cell does not fire as well.
- Check 2 is E when more papers were cast than persons signed in and W when fewer were.
- Check 3 compares `signed_in` with the roll and, where there is no such column, `cast`: whoever cast a paper was there.
- Check 9 names every row of a unit that stands in the table more than once; the roll-up drops exact copies beforehand.
- Check 16 names a unit whose rows stand under different nodes.
- Check 17 warns when everybody on the roll voted, when every paper says the same option, or when every figure equals
  those of another unit under the same node. (Across a whole country equal sheets are chance: some 5,900 of 86,000.)
- Check 19 needs the columns `past_eligible` and `past_cast` and warns when turnout moved by more than a quarter of
  the roll.

>>> table = pl.DataFrame({"unit": ["120604-07"], "state": ["normal"], "eligible": [200], "cast": [146],
...                       "option:0": [118], "option:1": [41], "blank": [3], "null": [2], "challenged": [0]})
>>> failures(table, 2).rows()
[(0, '120604-07', [1], [])]
>>> str(difference(table.row(0, named=True), 1))
'118 + 41 + 3 + 2 + 0 = 164, but the sheet says 146 cast'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

import polars as pl

from tinkuy.federation.checklist import SEVERITY, title
from tinkuy.federation.outcome import CheckCount
from tinkuy.words import Said, say

MAX_FIGURE = 10**9
CHECKED_STATES = ("received", "normal", "observed", "resolved", "late")
STATES = ("pending", "received", "normal", "observed", "resolved", "annulled", "late", "not_held")

_PAPERS = ("received", "spoiled", "unused")
_TURNOUT_MOVED = 4  # a quarter of the roll, as the denominator of 1/4


def required(columns: Sequence[str], options: int) -> tuple[str, ...]:
    """The figures that a sheet of such a table must have, in the order in which the paper asks for them."""
    signed_in = ("signed_in",) if "signed_in" in columns else ()
    papers = tuple(name for name in _PAPERS if name in columns)
    votes = tuple(f"option:{place}" for place in range(options))
    return ("eligible", *signed_in, "cast", *votes, "blank", "null", "challenged", *papers)


def failures(table: pl.DataFrame, options: int) -> pl.DataFrame:
    """The rows of a unit table that some check names.

    One row each: `row` (place in `table`, from 0), `unit`, `failed` and `warned` (sorted numbers of E and W checks).
    `options` is how many columns `option:…` the question has. A unit that no check names is absent.
    """
    held, warned = _expressions(table, options)
    marks = table.lazy().select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("row"),
        "unit",
        *(expression.fill_null(False).alias(f"E{number}") for number, expression in held.items()),
        *(expression.fill_null(False).alias(f"W{number}") for number, expression in warned.items()),
        *([pl.col("found")] if "found" in table.columns else []),
    )
    some = pl.any_horizontal(pl.selectors.matches(r"^[EW]\d+$"))
    if "found" in table.columns:
        some = some | (pl.col("found").list.len().fill_null(0) > 0)
    named = marks.filter(some).collect()
    rows = [_numbers(row) for row in named.iter_rows(named=True)]
    return pl.DataFrame(
        rows,
        schema={"row": pl.Int64, "unit": pl.String, "failed": pl.List(pl.Int64), "warned": pl.List(pl.Int64)},
        orient="row",
    )


def counts(failed: pl.DataFrame, ran: Sequence[tuple[int, str]]) -> tuple[CheckCount, ...]:
    """Per check and severity the units that it names, by code; those that `ran` and named nobody count 0."""
    units: dict[tuple[int, str], set[str]] = {one: set() for one in ran}
    for row in failed.iter_rows(named=True):
        for severity, numbers in (("E", row["failed"]), ("W", row["warned"])):
            for number in numbers:
                units.setdefault((number, severity), set()).add(row["unit"])
    return tuple(
        CheckCount(number, severity, tuple(sorted(codes)), len(codes))
        for (number, severity), codes in sorted(units.items())
    )


def ran(columns: Sequence[str], options: int) -> tuple[tuple[int, str], ...]:
    """The checks, with severity, that a table with these columns allows to make by itself."""
    schema: dict[str, pl.DataType] = {name: pl.Int64() for name in columns}
    schema |= {"unit": pl.String(), "state": pl.String()}
    held, warned = _expressions(pl.DataFrame(schema=schema), options)
    return tuple(sorted([(n, "E") for n in held] + [(n, "W") for n in warned]))


def difference(row: Mapping[str, object], check: int, options: Sequence[str] = ()) -> Said:
    """What a failed check found on one sheet, with its figures; the check's title where it has none to show.

    `row` is a row of the unit table by column name; `options` names the options where check 4 or 5 speaks of one.
    """
    votes = [name for name in row if name.startswith("option:")]
    votes.sort(key=lambda name: int(name.removeprefix("option:")))
    missing = [name for name in required(tuple(row), len(votes)) if row[name] is None]
    if check == 5 and missing:
        return say("missing or illegible: {cells}", cells=tuple(_cell(name, options) for name in missing))
    figure = {name: value for name, value in row.items() if isinstance(value, int)}
    said = _said(check, figure, votes, options)
    return title(check) if said is None else said


def _said(check: int, figure: Mapping[str, int], votes: Sequence[str], options: Sequence[str]) -> Said | None:
    """The sentence of an arithmetic check; None where the figures at hand do not show what it found."""
    cast, signed, eligible = (figure.get(name) for name in ("cast", "signed_in", "eligible"))
    parts = [figure.get(name) for name in (*votes, "blank", "null", "challenged")]
    papers = [figure.get(name) for name in ("spoiled", "cast", "unused")]
    match check:
        case 1 if cast is not None and None not in parts:
            return say("{sum}, but the sheet says {cast} cast", sum=_added(parts), cast=cast)
        case 2 if cast is not None and signed is not None:
            return say("{cast} cast, but {signed} signed in", cast=cast, signed=signed)
        case 3 if signed is not None and eligible is not None:
            return say("{signed} signed in, but {eligible} are on the roll", signed=signed, eligible=eligible)
        case 3 if cast is not None and eligible is not None:
            return say("{cast} cast, but {eligible} are on the roll", cast=cast, eligible=eligible)
        case 4 if cast is not None:
            above = [name for name in votes if figure.get(name, 0) > cast]
            if above:
                return say(
                    "{option} has {votes} votes, but {cast} were cast",
                    option=_option(above[0], options),
                    votes=figure[above[0]],
                    cast=cast,
                )
        case 12 if None not in papers and "received" in figure:
            return say("{sum}, but {received} were received", sum=_added(papers), received=figure["received"])
        case 17 if cast is not None and cast == eligible:
            return say("all {eligible} on the roll voted", eligible=eligible)
        case 17 if cast is not None and cast in [figure.get(name) for name in votes]:
            return say("all {cast} papers say the same", cast=cast)
        case 19 if cast is not None and eligible is not None and "past_cast" in figure:
            return say(
                "{cast} of {eligible} took part, and {past_cast} of {past_eligible} the time before",
                cast=cast,
                eligible=eligible,
                past_cast=figure["past_cast"],
                past_eligible=figure.get("past_eligible", 0),
            )
    return None


def _expressions(table: pl.DataFrame, options: int) -> tuple[dict[int, pl.Expr], dict[int, pl.Expr]]:
    """What a table can see, as expressions by number: those that hold, those that warn."""
    columns = table.columns
    votes = [pl.col(f"option:{place}") for place in range(options)]
    cast, eligible = pl.col("cast"), pl.col("eligible")
    came = pl.col("state").is_in(CHECKED_STATES)
    missing = pl.any_horizontal(pl.col(name).is_null() for name in required(columns, options))
    papers = [*votes, pl.col("blank"), pl.col("null"), pl.col("challenged")]
    present = pl.col("signed_in") if "signed_in" in columns else cast
    held = {
        1: came & (reduce(add, papers) != cast),
        3: came & (present > eligible),
        4: came & pl.any_horizontal((vote > cast).fill_null(False) for vote in votes),
        5: came & missing,
    }
    alike = came & (cast > 0)
    warned = {17: alike & ((cast == eligible) | pl.any_horizontal(vote == cast for vote in votes))}
    if "signed_in" in columns:
        held[2] = came & (cast > present)
        warned[2] = came & (cast < present)
    if set(_PAPERS) <= set(columns):
        held[12] = came & (pl.col("spoiled") + cast + pl.col("unused") != pl.col("received"))
    if {"past_eligible", "past_cast"} <= set(columns):
        past_eligible, past_cast = pl.col("past_eligible"), pl.col("past_cast")
        moved = (cast * past_eligible - past_cast * eligible).abs() * _TURNOUT_MOVED
        warned[19] = came & (moved > eligible * past_eligible)
    return held | _repeated(table), warned | {17: warned[17] | (alike & _equal_neighbours(table, options))}


def _repeated(table: pl.DataFrame) -> dict[int, pl.Expr]:
    """Checks 9 and 16: a unit that stands in the table more than once, and under different nodes."""
    levels = [name for name in table.columns if name.startswith("level:")]
    if not levels or not table["unit"].is_duplicated().any():
        return {9: pl.col("unit").is_duplicated(), 16: pl.lit(False)}
    return {
        9: pl.col("unit").is_duplicated(),
        16: pl.struct(levels).n_unique().over("unit") > 1,
    }


def _equal_neighbours(table: pl.DataFrame, options: int) -> pl.Expr:
    """Whether another unit of the same lowest node has a sheet with every figure the same."""
    lowest = [name for name in table.columns if name.startswith("level:")][-1:]
    figures = [name for name in required(table.columns, options) if name != "eligible"]
    equal = pl.struct(*lowest, *figures).is_duplicated()
    return equal & ~pl.col("unit").is_duplicated()


def _numbers(row: Mapping[str, object]) -> tuple[object, object, list[int], list[int]]:
    found = row.get("found")
    elsewhere = [int(number) for number in found] if isinstance(found, list) else []
    failed = {number for number in elsewhere if SEVERITY[number] == "E"}
    warned = {number for number in elsewhere if SEVERITY[number] == "W"}
    failed |= {int(name[1:]) for name, fired in row.items() if fired is True and name.startswith("E")}
    warned |= {int(name[1:]) for name, fired in row.items() if fired is True and name.startswith("W")}
    return row["row"], row["unit"], sorted(failed), sorted(warned)


def _added(parts: Sequence[int | None]) -> Said:
    """118 + 41 + 3 + 2 = 164, written as the reader's language writes figures."""
    known = [part for part in parts if part is not None]
    terms = reduce(
        lambda left, right: say("{left} + {right}", left=left, right=right),
        known[1:],
        say("{figure}", figure=known[0]),
    )
    return say("{terms} = {sum}", terms=terms, sum=sum(known))


_CELLS = {
    "eligible": say("persons on the roll"),
    "signed_in": say("persons who signed in"),
    "cast": say("papers cast"),
    "blank": say("blank papers"),
    "null": say("null papers"),
    "challenged": say("challenged papers"),
    "received": say("papers received"),
    "spoiled": say("spoiled papers"),
    "unused": say("unused papers"),
}


def _cell(name: str, options: Sequence[str]) -> Said:
    """A figure's name for people: an option by its own name, or by its place where none is known."""
    if name in _CELLS:
        return _CELLS[name]
    return say("votes for {option}", option=_option(name, options))


def _option(name: str, options: Sequence[str]) -> Said:
    place = int(name.removeprefix("option:"))
    if place < len(options):
        return say("{text}", text=options[place])
    return say("option {number}", number=place + 1)
