"""Stages as bars: a row a candidate, a column a stage, a dashed line where the quota stands."""

from __future__ import annotations

from fractions import Fraction

from tinkuy.count.result import Result, Stage
from tinkuy.count.story import svg
from tinkuy.words import say

NAMES, COLUMN, GAP = 200, 132, 14
ROW, BAR, TOP = 34, 14, 64


def bars(result: Result, language: str = "en") -> str:
    """The plot as SVG; rows are the candidates in the order of the papers, then exhausted papers if there are any."""
    rows = [*result.names, *([svg.spoken(say("exhausted papers"), language)] if _exhausts(result) else [])]
    width = NAMES + len(result.stages) * (COLUMN + GAP) + GAP
    height = TOP + len(rows) * ROW + 12
    most = _most(result)
    title = svg.spoken(say("{rule}: totals at every stage", rule=result.rule), language)
    parts = [svg.text(8, 22, title, weight="bold")]
    for number, name in enumerate(rows):
        elected = number < len(result.names) and number in result.elected
        mark = f"{result.elected.index(number) + 1}. " if elected else ""
        parts.append(
            svg.text(
                8, TOP + number * ROW + BAR, svg.cut(mark + name, NAMES - 16), weight="bold" if elected else "normal"
            )
        )
    for place, stage in enumerate(result.stages):
        parts += _column(result, stage, NAMES + place * (COLUMN + GAP), height, most, language)
    return svg.whole(width, height, title, _description(result, language), parts)


def _column(result: Result, stage: Stage, left: int, height: int, most: Fraction, language: str) -> list[str]:
    heading = svg.spoken(say("stage {number}", number=str(stage.number)), language)
    parts = [svg.text(left, 44, heading, fill=svg.SOFT)]
    figures = [*stage.totals, *([stage.exhausted] if _exhausts(result) else [])]
    for number, figure in enumerate(figures):
        if figure is None:
            continue
        y = TOP + number * ROW
        shown = svg.votes(figure, language)
        name = result.names[number] if number < len(result.names) else ""
        fill = svg.colour(number) if number < len(result.names) else svg.LINE
        parts.append(svg.box(left, y, Fraction(figure) * COLUMN / most, BAR, fill, f"{name} {shown}".strip()))
        parts.append(svg.text(left, y + BAR + 12, shown, fill=svg.SOFT))
    if stage.quota is not None and 0 < stage.quota <= most:
        x = left + Fraction(stage.quota) * COLUMN / most
        parts.append(svg.line(x, 50, x, height - 12, dashed=True))
    return parts


def _exhausts(result: Result) -> bool:
    return any(stage.exhausted for stage in result.stages)


def _most(result: Result) -> Fraction:
    """The figure that fills a column: the largest of all, the quota included."""
    figures = [
        Fraction(each) for stage in result.stages for each in (*stage.totals, stage.exhausted, stage.quota) if each
    ]
    return max(figures, default=Fraction(1))


def _description(result: Result, language: str) -> str:
    names = ", ".join(result.winners)
    return svg.spoken(
        say(
            "Bars of every candidate's votes over {stages} stages. Elected: {names}.",
            stages=len(result.stages),
            names=names,
        ),
        language,
    )
