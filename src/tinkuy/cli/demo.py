"""`tinkuy demo`: an invented federation with real books and keys, and its site while the returns come in.

Same number of units and same seed, same archive to the byte. With `--no-serve` the consultation is played to its end.
"""

from __future__ import annotations

import threading
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tinkuy.cli.language import spoken
from tinkuy.cli.progress import counted
from tinkuy.words import Spoken, say

if TYPE_CHECKING:
    from tinkuy.demo.build import Example
    from tinkuy.federation.outcome import Report

ARCHIVE, STORE, VIEWS, GRID = "consulta.tinkuy", "books.sqlite", "views.sqlite", "grid.toml"
OURS = (ARCHIVE, STORE, f"{STORE}-wal", f"{STORE}-shm", VIEWS, GRID)
AT_START = 8, 10  # the part of the sheets that is there when the site opens
STEPS = 90  # in how many steps the rest arrives
SECONDS = 2.0  # between steps


def command(
    units: Annotated[int, typer.Option("--units", help=spoken(say("How many bases, from 12 to 100,000.")))] = 2000,
    seed: Annotated[int, typer.Option("--seed", help=spoken(say("Same seed, same federation.")))] = 7,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=spoken(say("The port to listen on.")))] = 8000,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help=spoken(say("Only write the files, with the consultation at its end.")))
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=spoken(say("Where to write; by default the folder demo-data.")), show_default=False),
    ] = None,
) -> None:
    """Build an invented federation with real books and keys, and serve its site."""
    from tinkuy.demo.build import Example
    from tinkuy.demo.plan import FEWEST, MOST
    from tinkuy.store.sqlite import SqliteStore

    if not FEWEST <= units <= MOST:
        raise Spoken(say("--units takes a number from {fewest} to {most}", fewest=FEWEST, most=MOST))
    directory = out or Path("demo-data")
    _clear(directory)
    print(
        spoken(
            say(
                "A made-up federation of {units} bases (seed {seed}) in {path}.",
                units=units,
                seed=str(seed),
                path=str(directory),
            )
        )
    )
    with counted(say("Writing the books of the bases"), 2 * units) as step:
        example = Example(SqliteStore(directory / STORE), units, seed, step)
    grid = files("tinkuy.demo").joinpath("peru.toml").read_bytes()
    (directory / GRID).write_bytes(grid)
    if no_serve:
        example.deliver(example.on_time())
        _written(example, directory, example.finish())
        print(spoken(say("{path} is written. Try: tinkuy verify {path}", path=str(directory / ARCHIVE))))
        return
    part, whole = AT_START
    example.deliver(example.on_time() * part // whole)
    _written(example, directory, example.returns.report())
    _serve(example, directory, port)


def _clear(directory: Path) -> None:
    """Make the folder, or empty it of an earlier demonstration; a folder with anything else in it is left alone."""
    directory.mkdir(parents=True, exist_ok=True)
    others = sorted(path.name for path in directory.iterdir() if path.name not in OURS)
    if others:
        raise Spoken(
            say(
                "{path} holds other files ({name} …): choose an empty folder with --out",
                path=str(directory),
                name=others[0],
            )
        )
    for name in OURS:
        (directory / name).unlink(missing_ok=True)


def _written(example: Example, directory: Path, report: Report) -> Report:
    """Write archive and views of the state reached."""
    from tinkuy.web.public import views_store

    fingerprint = example.returns.export(directory / ARCHIVE)
    report = msgspec.structs.replace(report, fingerprint=fingerprint)
    views_store.update(directory / VIEWS, report, None, directory / ARCHIVE)
    return report


def _serve(example: Example, directory: Path, port: int) -> None:
    from tinkuy.web.server import serve

    arriving = threading.Event()
    courier = threading.Thread(target=_arrive, args=(example, directory, arriving), daemon=True)

    def ready(address: str) -> None:
        print(
            spoken(say("The site is at {address} and returns are arriving. Ctrl-C ends it.", address=address)),
            flush=True,
        )
        courier.start()

    try:
        serve(directory, port, ready=ready)
    finally:
        arriving.set()
        if courier.is_alive():
            courier.join(timeout=10)


def _arrive(example: Example, directory: Path, ended: threading.Event) -> None:
    """Let the remaining sheets arrive, a few every two seconds; then close and certify."""
    from tinkuy.web.public import views_store

    few = max(1, example.on_time() // STEPS)
    while (left := example.on_time()) and not ended.wait(SECONDS):
        codes = {sent.code for sent in example.sent[: min(few, left)]}
        example.deliver(min(few, left))
        views_store.update(directory / VIEWS, example.returns.report(), codes, directory / ARCHIVE)
    if not ended.is_set():
        _written(example, directory, example.finish())
