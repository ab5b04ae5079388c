"""`tinkuy count convert`: the same papers in another format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tinkuy.cli.count_here import Asked, save
from tinkuy.count.formats.writing import written
from tinkuy.count.profile import Budget


def convert(asked: Asked, form: str, seats: int | None, out: Path) -> None:
    """Write the papers to `out`, whole or not at all."""
    papers = asked.papers
    if seats is not None and not isinstance(papers, Budget):
        papers = replace(papers, seats=seats)
    save(out, written(papers, form))
