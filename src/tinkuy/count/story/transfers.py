"""Transfers as a Sankey diagram: how votes flow from candidate to candidate over the stages.

A column a stage. A candidate's block is as tall as her total at the end of the stage; a ribbon joins her block to the
next one as wide as what stays with her, and to others' blocks as wide as what they receive. What is exhausted flows to
the lowest block.

Source: the diagram is H. R. Sankey's of 1898, as councils that publish transfers draw it.
"""

from __future__ import annotations

from fractions import Fraction

from tinkuy.count.result import Exact, Result, Stage
from tinkuy.count.story import svg
from tinkuy.words import say

BLOCK, BETWEEN, GAP = 14, 150, 8
LEFT, RIGHT, TOP, TALL = 220, 220, 60, 420
THIN = Fraction(1, 4)  # a ribbon thinner than this is not seen

Spans = dict[int, tuple[Fraction, Fraction]]
"""Of a stage: each holder's block, from top to bottom; the number of candidates stands for exhausted papers."""


def transfers(result: Result, language: str = "en") -> str:
    """The diagram as SVG."""
    scale = _scale(result)
    columns = [_spans(stage, scale, len(result.names)) for stage in result.stages]
    width = LEFT + (len(columns) - 1) * BETWEEN + BLOCK + RIGHT
    height = TOP + TALL + GAP * (len(result.names) + 1) + 20
    title = svg.spoken(say("{rule}: how votes were transferred", rule=result.rule), language)
    parts = [svg.text(8, 22, title, weight="bold")]
    for place in range(1, len(columns)):
        parts += _ribbons(result, place, columns, scale, language)
    for place, spans in enumerate(columns):
        x = LEFT + place * BETWEEN
        parts.append(svg.text(x, 44, svg.spoken(say("stage {number}", number=str(place + 1)), language), fill=svg.SOFT))
        parts += _blocks(result, place, spans, x, language)
    described = say(
        "How votes flow between {candidates} candidates over {stages} stages.",
        candidates=len(result.names),
        stages=len(columns),
    )
    return svg.whole(width, height, title, svg.spoken(described, language), parts)


def _scale(result: Result) -> Fraction:
    """Units of height a vote."""
    most = max(
        (sum((Fraction(each or 0) for each in stage.totals), Fraction(stage.exhausted)) for stage in result.stages),
        default=Fraction(1),
    )
    return TALL / most if most else Fraction(1)


def _spans(stage: Stage, scale: Fraction, end: int) -> Spans:
    spans: Spans = {}
    y = Fraction(TOP)
    for number, total in enumerate((*stage.totals, stage.exhausted)):
        if total:
            spans[number] = (y, y + Fraction(total) * scale)
            y += Fraction(total) * scale + GAP
    return spans


def _blocks(result: Result, place: int, spans: Spans, x: int, language: str) -> list[str]:
    parts: list[str] = []
    first, last = place == 0, place == len(result.stages) - 1
    for number, (top, bottom) in spans.items():
        stage = result.stages[place]
        exhausted = number == len(result.names)
        name = svg.spoken(say("exhausted papers"), language) if exhausted else result.names[number]
        total = stage.exhausted if exhausted else stage.totals[number]
        shown = svg.votes(total or 0, language)
        fill = svg.LINE if exhausted else svg.colour(number)
        parts.append(svg.box(x, top, BLOCK, max(bottom - top, Fraction(1)), fill, f"{name} {shown}"))
        middle = (top + bottom) / 2 + 4
        if first:
            parts.append(svg.text(LEFT - 8, middle, svg.cut(name, LEFT - 12, shown), anchor="end"))
        if last:
            bold = number in result.elected
            parts.append(
                svg.text(x + BLOCK + 8, middle, svg.cut(name, RIGHT - 12, shown), weight="bold" if bold else "normal")
            )
    return parts


def _ribbons(result: Result, place: int, columns: list[Spans], scale: Fraction, language: str) -> list[str]:
    """Ribbons from the column before: what stays, then what moves; both ends are filled from the top down."""
    before, after = columns[place - 1], columns[place]
    leaving = {number: top for number, (top, _) in before.items()}
    entering = {number: top for number, (top, _) in after.items()}
    flows: list[tuple[int, int, Exact]] = []
    given: dict[int, Fraction] = {}
    for move in result.stages[place].moves:
        given[move.giver] = given.get(move.giver, Fraction(0)) + Fraction(move.votes)
    old, new = result.stages[place - 1], result.stages[place]
    for number, total in enumerate((*old.totals, old.exhausted)):
        now = (*new.totals, new.exhausted)[number]
        stays = Fraction(total or 0) - given.get(number, Fraction(0))
        if now and stays > 0:
            flows.append((number, number, stays))
    flows += [
        (move.giver, len(result.names) if move.taker is None else move.taker, move.votes)
        for move in result.stages[place].moves
    ]
    parts: list[str] = []
    x1 = LEFT + (place - 1) * BETWEEN + BLOCK
    x2 = LEFT + place * BETWEEN
    names = (*result.names, svg.spoken(say("exhausted papers"), language))
    for giver, taker, votes in flows:
        wide = Fraction(votes) * scale
        if giver not in leaving or taker not in entering:
            continue
        y1, y2 = leaving[giver], entering[taker]
        leaving[giver] += wide
        entering[taker] += wide
        if wide < THIN:
            continue
        told = f"{names[giver]} → {names[taker]}: {svg.votes(votes, language)}" if giver != taker else ""
        fill = svg.LINE if giver == len(result.names) else svg.colour(giver)
        parts.append(_ribbon(x1, y1, x2, y2, wide, fill, told))
    return parts


def _ribbon(x1: int, y1: Fraction, x2: int, y2: Fraction, wide: Fraction, fill: str, told: str) -> str:
    left, right, middle = svg.at(x1), svg.at(x2), svg.at(Fraction(x1 + x2, 2))
    path = (
        f"M{left} {svg.at(y1)}C{middle} {svg.at(y1)} {middle} {svg.at(y2)} {right} {svg.at(y2)}V{svg.at(y2 + wide)}"
        f"C{middle} {svg.at(y2 + wide)} {middle} {svg.at(y1 + wide)} {left} {svg.at(y1 + wide)}Z"
    )
    return svg.ribbon(path, fill, told)
