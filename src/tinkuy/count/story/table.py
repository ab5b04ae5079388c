"""The stages of a count side by side, for a terminal of 100 columns: no colour is needed to read it.

Every cell has the total at the end of the stage and, below it, what the stage brought or took. Stages that do not fit
beside one another follow in the next table.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tinkuy.count.result import Exact, Result, Stage
from tinkuy.words import Amount, say

WIDTH = 100
ABREAST = 5  # stages in one table
NAME = 24  # columns for a name
DECIMALS = 5  # at most, in a cell


def as_table(result: Result, language: str = "en") -> str:
    """All stages, in tables of five; nothing for a rule that has no stages."""
    stages = result.stages
    return "\n".join(
        _table(result, start, stages[start : start + ABREAST], language) for start in range(0, len(stages), ABREAST)
    )


def _table(result: Result, start: int, stages: tuple[Stage, ...], language: str) -> str:
    table = Table(box=SIMPLE_HEAD, show_footer=False, pad_edge=False)
    table.add_column(say("candidate").in_language(language), max_width=NAME, overflow="fold")
    for stage in stages:
        table.add_column(say("stage {number}", number=str(stage.number)).in_language(language), justify="right")
    before = result.stages[start - 1] if start else None
    digits = _decimals(result)
    for number, name in enumerate(result.names):
        place = result.elected.index(number) + 1 if number in result.elected else None
        shown = name if place is None else f"{place}. {name}"
        table.add_row(
            shown, *_cells([stage.totals[number] for stage in _from(before, stages)], before, language, digits)
        )
    exhausted = [stage.exhausted for stage in _from(before, stages)]
    if any(exhausted):
        table.add_row(say("exhausted papers").in_language(language), *_cells(exhausted, before, language, digits))
    lost = [stage.lost for stage in _from(before, stages)]
    if any(lost):
        table.add_row(say("lost by rounding").in_language(language), *_cells(lost, before, language, digits))
    if any(stage.quota is not None for stage in stages):
        quotas = ("" if stage.quota is None else _written(stage.quota, language, digits) for stage in stages)
        table.add_row(say("quota").in_language(language), *quotas)
    drawn = io.StringIO()
    Console(file=drawn, width=WIDTH, no_color=True, highlight=False, markup=False, emoji=False).print(table)
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines()) + "\n"


def _from(before: Stage | None, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    return stages if before is None else (before, *stages)


def _cells(
    figures: list[Exact] | list[Exact | None], before: Stage | None, language: str, digits: int
) -> Iterator[str]:
    """A cell a stage; the first figure is only compared with when the stage before stands in another table."""
    previous: Exact | None = figures[0] if before is not None else None
    for place, figure in enumerate(figures if before is None else figures[1:]):
        if figure is None:
            yield "–"
        else:
            change = None if previous is None or (place == 0 and before is None) else figure - previous
            yield _written(figure, language, digits) + (f"\n({_signed(change, language, digits)})" if change else "")
        previous = figure


def _signed(change: Exact, language: str, digits: int) -> str:
    return ("+" if change > 0 else "") + _written(change, language, digits)


def _written(value: Exact, language: str, digits: int) -> str:
    return Amount(value, digits, aligned=True).written(language)


def _decimals(result: Result) -> int:
    """Decimals that a table shows: none while every figure is whole, else the rule's own, at most five."""
    figures = (each for stage in result.stages for each in (*stage.totals, stage.exhausted, stage.lost, stage.quota))
    whole = all(each is None or Fraction(each).denominator == 1 for each in figures)
    return 0 if whole else min(DECIMALS, DECIMALS if result.digits is None else result.digits)
