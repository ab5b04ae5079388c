"""Who beats whom: a row a candidate, a column an opponent, in every cell how many papers prefer the row's."""

from __future__ import annotations

from tinkuy.count.result import Result
from tinkuy.count.story import svg
from tinkuy.words import grouped, say

NAMES, CELL, ROW, TOP = 200, 84, 28, 74
WON, LOST, EVEN = "#cfe8dc", "#f6dccb", "#efefec"


def matrix(result: Result, language: str = "en") -> str:
    """The matrix as SVG; a won comparison also carries a mark, so that colour is not needed."""
    title = svg.spoken(say("{rule}: who is preferred to whom", rule=result.rule), language)
    parts = [svg.text(8, 22, title, weight="bold")]
    for number, name in enumerate(result.names):
        parts.append(svg.text(NAMES + number * CELL + CELL // 2, TOP - 10, svg.cut(name, CELL - 12), anchor="middle"))
        weight = "bold" if number in result.elected else "normal"
        parts.append(svg.text(8, TOP + number * ROW + 18, svg.cut(name, NAMES - 16), weight=weight))
    for one, row in enumerate(result.pairwise):
        for other, votes in enumerate(row):
            if one != other:
                parts += _cell(result, one, other, votes, language)
    width, height = NAMES + len(result.names) * CELL + 12, TOP + len(result.names) * ROW + 12
    described = say("In every cell: how many papers prefer the candidate of the row to the one of the column.")
    return svg.whole(width, height, title, svg.spoken(described, language), parts)


def _cell(result: Result, one: int, other: int, votes: int, language: str) -> list[str]:
    against = result.pairwise[other][one]
    fill, mark = (WON, "✓ ") if votes > against else (LOST, "") if votes < against else (EVEN, "= ")
    x, y = NAMES + other * CELL, TOP + one * ROW
    shown = mark + grouped(votes, language)
    told = f"{result.names[one]} > {result.names[other]}: {grouped(votes, language)}"
    return [
        svg.box(x + 1, y + 1, CELL - 2, ROW - 2, fill, told),
        svg.text(x + CELL // 2, y + 18, shown, anchor="middle"),
    ]
