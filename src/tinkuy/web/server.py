"""Serving a directory: its views, and beside them, where there are any, `grid.toml` and `*.topo.json`.

The views are `views.sqlite`, or stand in a PostgreSQL database whose address is named.

Guarantees that the site answers before `ready` is called, and that what the environment says goes before the directory.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tinkuy.desk.listening import expect_free
from tinkuy.web.public.views_reader import Views
from tinkuy.web.public.views_shelf import is_database
from tinkuy.words import Spoken, say

PATIENCE = 300.0  # seconds: a small machine loads slowly
TARGET = "tinkuy.web.asgi:application"


class ServeError(Spoken):
    """The site cannot be served."""


def serve(
    directory: Path,
    port: int = 8000,
    workers: int = 2,
    ready: Callable[[str], None] | None = None,
    host: str = "127.0.0.1",
    views: str | None = None,
) -> None:
    """Serve the site of `directory` until the process is told to stop.

    `views` names other views than those of the environment or the directory. `ready` is called with the site's address,
    from another thread, as soon as it answers. Refuses a directory without views and a port that is taken.
    """
    environment = {"TINKUY_VIEWS": str(views_of(directory, views)), "DJANGO_SETTINGS_MODULE": "tinkuy.web.settings"}
    environment |= maps_of(directory)
    environment["TINKUY_SHARED"] = os.environ.get("TINKUY_SHARED") or str((directory / "shared").resolve())
    expect_free(host, port)
    from granian import Granian  # noqa: PLC0415 (a server is loaded only to serve)
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="tinkuy-static-") as static,
        _told(environment | {"TINKUY_STATIC": static}),
    ):
        server = Granian(
            TARGET,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            workers=workers,
            websockets=False,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            # A page that listens for changes never ends by itself; a person who presses Ctrl-C should not wait for it.
            workers_kill_timeout=2,
        )
        if ready is not None:
            threading.Thread(target=_tell, args=(host, port, ready), daemon=True).start()
        server.serve()


def views_of(directory: Path, named: str | None = None) -> str | Path:
    """The views of a directory, unless others are named, or by the environment.

    A database gives its address, in which the environment may have put a password: it is not for showing. Raises
    `ServeError` when there are no views, and `ViewsError` when a database does not answer or holds none.
    """
    views = place_of(directory, named)
    if isinstance(views, str):
        Views(views).version()
        return views
    if not views.is_file():
        raise ServeError(
            say("{path}: there are no views here; `tinkuy rebuild` makes them from the books", path=str(views))
        )
    return views


def place_of(directory: Path, named: str | None = None) -> str | Path:
    """Where the views of a directory are, or shall be: a file's whole path, or the address of a database."""
    where = named or os.environ.get("TINKUY_VIEWS") or directory / "views.sqlite"
    return str(where) if is_database(where) else Path(where).resolve()


def maps_of(directory: Path) -> dict[str, str]:
    """The layout and the outlines of a directory as settings of the site, unless the environment names others."""
    grid, outlines = directory / "grid.toml", sorted(directory.glob("*.topo.json"))
    found = {
        "TINKUY_GRID": str(grid.resolve()) if grid.is_file() else "",
        "TINKUY_GEO": os.pathsep.join(str(path.resolve()) for path in outlines),
    }
    return {name: os.environ.get(name) or value for name, value in found.items()}


@contextmanager
def _told(environment: dict[str, str]) -> Iterator[None]:
    """The environment for workers, and as it was before when they have ended."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _tell(host: str, port: int, ready: Callable[[str], None]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            connection = HTTPConnection(host, port, timeout=5)
            connection.request("HEAD", "/es/verify/")
            connection.getresponse()
            connection.close()
        except OSError:
            time.sleep(0.05)
        else:
            ready(f"http://{host}:{port}/")
            return
