"""`tinkuy publish`: the site of a directory as plain files for any web server, a USB stick or a folder on a desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.language import spoken
from tinkuy.cli.rebuild import VIEWS
from tinkuy.words import say


def command(
    directory: Annotated[
        Path, typer.Argument(help=spoken(say("The directory with the site's views.")), show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help=spoken(say("Where to write; by default `site` in the directory.")))
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help=spoken(say("Processes; by default one a core.")))
    ] = None,
    views: Annotated[str | None, typer.Option("--views", help=spoken(VIEWS), show_default=False)] = None,
) -> None:
    """Write a consultation as plain files for any web server."""
    from tinkuy.web.public.views_shelf import named_openly
    from tinkuy.web.server import views_of
    from tinkuy.web.static_site import Source, publish

    where = views_of(directory, named_openly(views))
    target = out or directory / "site"
    count = publish(Source(where, directory), target, _progress(), tiles_of(where), jobs or os.cpu_count() or 1)
    print(spoken(say("{path}: {count} pages and files of data.", path=str(target), count=count)))


def tiles_of(views: str | Path) -> Callable[[Path], None]:
    """Writes the books of every consultation that may be seen as the files of its archive: tiles, notes, proofs."""

    def write(folder: Path) -> None:
        from tinkuy.book.package import Package
        from tinkuy.web.public.views_reader import Views

        reader = Views(views)
        for summary in reader.consultations():
            archive = reader.archive(summary.report.consultation)
            if archive is None or summary.report.embargoed:
                continue
            with archive.open("rb") as file:
                package = Package(file)
                for name in package.names():
                    target = folder / summary.report.consultation / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(package.read(name))

    return write


def _progress() -> Callable[[int, int], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(done: int, known: int) -> None:
        print(f"\r{done} / {known} ", end="" if done < known else "\n", file=sys.stderr, flush=True)

    return show
