"""`tinkuy rebuild`: the site's views made again from the archives and the store of a directory.

Views are thrown away at will (rule 2 of the house): this reads `*.tinkuy` and `books.sqlite` and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.language import spoken
from tinkuy.federation.outcome import Report
from tinkuy.words import Spoken, say

STORE = "books.sqlite"
VIEWS = say(
    "Where the site's views are: a file, or postgresql://user@host/database; by default views.sqlite in the directory."
)


def command(
    directory: Annotated[
        Path,
        typer.Argument(
            help=spoken(say("The directory with the archives (.tinkuy) or the store (books.sqlite).")),
            show_default=False,
        ),
    ],
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help=spoken(say("Processes; by default one a core.")))
    ] = None,
    views: Annotated[str | None, typer.Option("--views", help=spoken(VIEWS), show_default=False)] = None,
) -> None:
    """Make the site's views again from the books."""
    from tinkuy.web.public.views_shelf import named_openly, shelf
    from tinkuy.web.server import place_of

    where = place_of(directory, named_openly(views))
    count = rebuild(directory, jobs or os.cpu_count() or 1, where)
    print(spoken(say("{path} is made anew; consultations in it: {count}.", path=shelf(where).name, count=count)))


def rebuild(directory: Path, jobs: int = 1, where: str | Path | None = None) -> int:
    """Make the views, `views.sqlite` unless others are named, from every archive and the store of `directory`.

    Returns the number of consultations.

    Where the store and an archive hold the same consultation, what was read last wins, and the archive stays on offer.
    Raises `Spoken` when there is nothing to read.
    """
    from tinkuy.web.public import views_store

    reports: dict[str, Report] = {}
    archives: dict[str, Path] = {}
    for path, report in _archived(directory, jobs):
        reports[report.consultation] = report
        archives[report.consultation] = path
    for report in _stored(directory):
        known = reports.get(report.consultation)
        if known is None or known.as_of < report.as_of:
            reports[report.consultation] = report
    if not reports:
        raise Spoken(
            say("{path}: neither archives (.tinkuy) nor a store ({store}) here", path=str(directory), store=STORE)
        )
    newest = sorted(reports.values(), key=lambda report: (report.opens, report.consultation), reverse=True)
    views_store.rebuild(where or directory / "views.sqlite", newest, archives)
    return len(reports)


def _archived(directory: Path, jobs: int) -> Iterator[tuple[Path, Report]]:
    from tinkuy.book.errors import BookError
    from tinkuy.cli.verify import verify

    for path in sorted(directory.glob("*.tinkuy")):
        try:
            yield path, verify(path, jobs)
        except BookError as error:
            raise Spoken(say("{file}: {fault}", file=str(path), fault=error.said)) from None


def _stored(directory: Path) -> Iterator[Report]:
    """The report of every consultation in the books of the folder's store."""
    from tinkuy.store.opening import is_there, open_store, store_of

    where = store_of(directory)
    if not is_there(where):
        return
    from tinkuy.desk.desk import Desk
    from tinkuy.desk.returns import Returns
    from tinkuy.federation.consultation import Consultations

    desk = Desk(open_store(where))
    for book in desk.store.books():
        # A base's book is not replayed to learn that it asks nothing: there may be tens of thousands.
        if any(b'"consultation.drafted"' in body for body in desk.store.bodies(book)):
            for name in desk.assembly(book).room(Consultations).by_id:
                yield Returns(desk, book, name).report()
