"""Plots of a count as SVG: bars with the quota, transfers between stages, who beats whom.

Guarantees the same bytes for the same result: coordinates are tenths of a unit computed from exact figures. A plot
needs no script, font or colour to be read: every bar and cell carries its figure, and the whole has a title and a
description for screen readers (SVG 2, accessibility).
"""

from __future__ import annotations

from collections.abc import Iterator

from tinkuy.count.result import Result
from tinkuy.count.story.bars import bars
from tinkuy.count.story.matrix import matrix
from tinkuy.count.story.transfers import transfers


def drawn(result: Result, language: str = "en") -> Iterator[tuple[str, str]]:
    """Every plot that the result has figures for: its name and the SVG."""
    if any(stage.moves for stage in result.stages):
        yield "transfers", transfers(result, language)
    if result.stages:
        yield "stages", bars(result, language)
    if result.pairwise:
        yield "pairwise", matrix(result, language)
