"""A count as data: JSON and CSV, every figure an exact string.

Guarantees the same bytes for the same result: keys, candidates and stages always stand in the same order. A figure is
a decimal where the rule counts in decimals, and "n/d" where it is a fraction that no decimal writes.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from tinkuy.count.result import Event, Exact, Result, Stage, decimal


def as_json(result: Result, language: str = "en") -> bytes:
    """The whole result; `elected` in order of election, and in every stage a total for every candidate."""
    names = result.names
    data = {
        "rule": result.rule,
        "candidates": names,
        "seats": result.seats,
        "papers": result.papers,
        "invalid": result.invalid,
        "elected": result.winners,
        "unfilled": result.unfilled,
        "quota": None if result.quota is None else decimal(result.quota, result.digits),
        "stages": [_stage(stage, result, language) for stage in result.stages],
        "ties": [
            {
                "stage": tie.stage,
                "question": tie.question,
                "among": [names[each] for each in tie.among],
                "chosen": names[tie.chosen],
                "by": tie.by,
            }
            for tie in result.ties
        ],
    }
    if result.won:
        data["won"] = dict(zip(names, result.won, strict=True))
    if result.spent is not None and result.limit is not None:
        data["spent"], data["limit"] = decimal(result.spent), decimal(result.limit)
    if result.ranking:
        data["ranking"] = [[names[each] for each in group] for group in result.ranking]
    if result.pairwise:
        data["pairwise"] = {
            name: {other: votes for other, votes in zip(names, row, strict=True) if other != name}
            for name, row in zip(names, result.pairwise, strict=True)
        }
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def as_csv(result: Result) -> str:
    """The totals of every stage: a row a candidate, a column a stage, then the exhausted papers and what was lost."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(["candidate", *(f"stage {stage.number}" for stage in result.stages), "elected"])
    for number, name in enumerate(result.names):
        totals = (_figure(stage.totals[number], result.digits) for stage in result.stages)
        place = str(result.elected.index(number) + 1) if number in result.elected else ""
        rows.writerow([_cell(name), *totals, place])
    rows.writerow(["(exhausted)", *(_figure(stage.exhausted, result.digits) for stage in result.stages), ""])
    rows.writerow(["(lost by rounding)", *(_figure(stage.lost, result.digits) for stage in result.stages), ""])
    return written.getvalue()


def _stage(stage: Stage, result: Result, language: str) -> dict[str, Any]:
    return {
        "stage": stage.number,
        "totals": {name: _figure(total, result.digits) for name, total in zip(result.names, stage.totals, strict=True)},
        "exhausted": _figure(stage.exhausted, result.digits),
        "lost": _figure(stage.lost, result.digits),
        "quota": None if stage.quota is None else decimal(stage.quota, result.digits),
        "events": [_event(event, result, language) for event in stage.events],
        "moves": [
            {
                "from": result.names[move.giver],
                "to": None if move.taker is None else result.names[move.taker],
                "votes": decimal(move.votes),
            }
            for move in stage.moves
        ],
    }


def _event(event: Event, result: Result, language: str) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "candidates": [result.names[each] for each in event.candidates],
        "figures": {name: decimal(value) for name, value in event.figures.items()},
        "clause": event.clause,
        "said": event.said.in_language(language),
    }


def _figure(value: Exact | None, digits: int | None) -> str:
    """A total; nothing is left to a candidate who holds no votes any more."""
    return decimal(0 if value is None else value, digits)


def _cell(text: str) -> str:
    """A name that a spreadsheet would take for a formula is set apart by an apostrophe (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
