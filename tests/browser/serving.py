"""The site served as `tinkuy serve` serves it, in a process of its own."""

from __future__ import annotations

import multiprocessing
import socket
from contextlib import suppress
from pathlib import Path
from queue import Empty


def serve_here(directory: str, port: int, told: multiprocessing.Queue[str]) -> None:
    """The site in a process of its own."""
    from tinkuy.web.server import serve

    serve(Path(directory), port, 1, told.put)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(directory: Path) -> tuple[multiprocessing.process.BaseProcess, str]:
    """A server for a directory, once it answers: its process and its address."""
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[str] = context.Queue()
    process = context.Process(target=serve_here, args=(str(directory), free_port(), told))
    process.start()
    for _ in range(180):
        with suppress(Empty):
            return process, told.get(timeout=1).rstrip("/")
        if not process.is_alive():
            break
    stopped(process)
    raise RuntimeError("the server did not start")


def stopped(process: multiprocessing.process.BaseProcess) -> None:
    """End a server, gently and then not."""
    process.terminate()
    process.join(10)
    if process.is_alive():
        process.kill()
        process.join()
