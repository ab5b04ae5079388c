"""`tinkuy serve`: the public site of a directory, on this machine or for a hall's network."""

from __future__ import annotations

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
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=spoken(say("The port to listen on.")))] = 8000,
    host: Annotated[
        str, typer.Option("--host", help=spoken(say("The address to listen on; 0.0.0.0 serves the whole network.")))
    ] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help=spoken(say("Processes that serve.")))] = 2,
    views: Annotated[str | None, typer.Option("--views", help=spoken(VIEWS), show_default=False)] = None,
) -> None:
    """Serve the public site."""
    from tinkuy.web.public.views_shelf import named_openly
    from tinkuy.web.server import serve

    def ready(address: str) -> None:
        print(spoken(say("Serving {directory} at {address} (Ctrl-C ends it).", directory=directory, address=address)))

    serve(directory, port, workers, ready, host, named_openly(views))
