"""Progress of long work, on the error stream and only where somebody is looking."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tinkuy.cli.language import spoken
from tinkuy.words import Said

Step = Callable[[int], None]


@contextmanager
def counted(what: Said, total: int) -> Iterator[Step]:
    """A bar over `total` things; the value given is called with how many more are done."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(spoken(what), total=total)
        yield lambda count: bar.advance(task, count)
