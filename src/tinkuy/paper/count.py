"""The result of a count on one page of A4 (resultado del escrutinio).

Guarantees one page and the same bytes for the same result: who is elected and in what order, every candidate's first
and last figure and fate, how ties were broken, and the stages as bars. The whole story, stage by stage, is the account;
this page is what is hung on the wall.
"""

from __future__ import annotations

from collections.abc import Iterator

from tinkuy.count.result import Result
from tinkuy.count.story import plots
from tinkuy.count.story.account import conclusion, way
from tinkuy.paper import press
from tinkuy.paper.page import Code, Frame, Page, Text, written
from tinkuy.words import Amount, Said, say

WIDTH, HEIGHT, EDGE = 210.0, 297.0, 15.0
INNER = WIDTH - 2 * EDGE
ROOM = 115.0  # millimetres for the table
LEAST = 25.0  # millimetres: a plot in less is not read
TALL, SHORT = 6.0, 2.2  # of a row
COLUMNS = (0.0, 88.0, 112.0, 136.0)  # name, first, last, fate


def page(result: Result, title: Said, source: str, file: str, language: str) -> Page:
    """The page; `file` is what the papers' file is called."""
    head, table = _head(result, title, source, file, language), _table(result, language)
    items = (*head, *table, *_plots(result, language))
    heading = say("Result of the count of {file}", file=file).in_language(language)
    return Page(width=WIDTH, height=HEIGHT, title=written(heading), language=language, at=None, items=items)


def pdf(result: Result, title: Said, source: str, file: str, language: str) -> bytes:
    """The page as PDF."""
    return press.pdf(page(result, title, source, file, language))


def _head(result: Result, title: Said, source: str, file: str, language: str) -> Iterator[Text | Frame]:
    heading = say("Result of the count of {file}", file=file)
    yield _text(EDGE, 9, _said(heading, language), size=17, weight="bold", heading=True)
    yield _text(EDGE + 10, 6, _said(title, language), size=11)
    yield _text(EDGE + 16, 9, written(source), size=8)
    figures = say(
        "{papers} papers counted, {invalid} left out; {seats} to be elected.",
        papers=result.papers,
        invalid=result.invalid,
        seats=result.seats,
    )
    quota = say("Quota: {quota}.", quota=Amount(result.quota)) if result.quota is not None else say("")
    yield _text(EDGE + 26, 5, f"{_said(figures, language)} {_said(quota, language)}".rstrip(), size=10)
    yield Frame(x=EDGE, y=EDGE + 33, width=INNER, height=16, line=1)
    yield Text(
        x=EDGE + 3,
        y=EDGE + 34.5,
        width=INNER - 6,
        height=13,
        text=_said(conclusion(result), language),
        size=13,
        weight="bold",
        middle=True,
    )


def _table(result: Result, language: str) -> Iterator[Text | Frame]:
    """A row a candidate: first figure, last figure, and what became of her."""
    top = EDGE + 54
    row = _row(result)
    size = row * 1.7
    heads = (say("candidate"), say("first"), say("last"), say("what became of it"))
    for place, head in enumerate(heads):
        yield _cell(place, top, row, _said(head, language), size=size, bold=True)
    yield Frame(x=EDGE, y=top + row, width=INNER, height=0.2, filled=True)
    for number, name in enumerate(result.names):
        y = top + row * (number + 1) + 1.8
        first, last = _figures(result, number, language)
        cells = (written(name), first, last, _said(_fate(result, number), language))
        for place, shown in enumerate(cells):
            yield _cell(place, y, row, shown, size=size, bold=number in result.elected)
    y = top + row * (len(result.names) + 1) + 2
    for tie in result.ties[: max(0, int((ROOM - (y - top)) / row))]:
        among = ", ".join(result.names[each] for each in tie.among)
        told = say(
            "Tie at stage {stage} among {among}: it fell on {chosen}, by {by}.",
            stage=str(tie.stage),
            among=among,
            chosen=result.names[tie.chosen],
            by=way(tie),
        )
        yield _text(y, row, _said(told, language), size=size)
        y += row


def _row(result: Result) -> float:
    """How tall a row is, so that all fit."""
    return max(SHORT, min(TALL, ROOM / (len(result.names) + 2 + len(result.ties))))


def _figures(result: Result, number: int, language: str) -> tuple[str, str]:
    """What a candidate had at first, and what last before her votes went on."""
    totals = [total for stage in result.stages if (total := stage.totals[number]) is not None]
    if not totals:
        return "–", "–"
    last = next((total for total in reversed(totals) if total), totals[0])
    first, last_ = (Amount(total, 5).written(language).replace("\u202f", " ") for total in (totals[0], last))
    return first, last_


def _fate(result: Result, number: int) -> Said:
    for stage in result.stages:
        for event in stage.events:
            if number in event.candidates and event.kind in ("excluded", "withdrawn", "doomed"):
                return say("excluded at stage {stage}", stage=str(stage.number))
            if number in event.candidates and event.kind == "elected":
                place = str(result.elected.index(number) + 1) if number in result.elected else "–"
                return say("elected {place}. at stage {stage}", place=place, stage=str(stage.number))
    if number in result.elected:
        return say("elected {place}.", place=str(result.elected.index(number) + 1))
    return say("not elected")


def _plots(result: Result, language: str) -> Iterator[Code]:
    """Transfers and bars, or who beats whom where the rule compares: one below the other, as far as there is room."""
    y = EDGE + 54 + _row(result) * (len(result.names) + 1 + len(result.ties)) + 8
    for name, svg in plots.drawn(result, language):
        if name == "stages" and len(result.stages) < 2:
            continue  # one stage is the table above
        wide, tall = (float(svg.split(f'{side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height"))
        room = HEIGHT - EDGE - y
        if room < LEAST:
            return
        side = min(INNER, room * wide / tall)
        yield Code(x=EDGE, y=y, side=side, svg=svg, alt=_said(_ALTS[name], language))
        y += side * tall / wide + 4


_ALTS = {
    "transfers": say("How votes flow between candidates, stage by stage"),
    "stages": say("Bars of every candidate's votes at every stage"),
    "pairwise": say("How many papers prefer whom to whom"),
}


def _cell(place: int, y: float, row: float, shown: str, *, size: float, bold: bool) -> Text:
    right = COLUMNS[place + 1] if place + 1 < len(COLUMNS) else INNER
    return Text(
        x=EDGE + COLUMNS[place],
        y=y,
        width=right - COLUMNS[place] - 3,
        height=row,
        text=shown,
        size=size,
        least=3,
        align="right" if place in (1, 2) else "left",
        weight="bold" if bold else "regular",
    )


def _text(y: float, height: float, shown: str, *, size: float, weight: str = "regular", heading: bool = False) -> Text:
    return Text(
        x=EDGE,
        y=y,
        width=INNER,
        height=height,
        text=shown,
        size=size,
        least=4,
        weight="bold" if weight == "bold" else "regular",
        heading=heading,
    )


def _said(said: Said, language: str) -> str:
    return written(said.in_language(language)).replace("\u202f", " ").replace("\u00a0", " ")
