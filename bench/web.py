"""How heavy and how quick a consultation page is: real HTTP on loopback, two workers, 50 requests at once.

Prints what a reader's browser takes before the page is readable, and the 95th percentile of the time to the last byte:
asked for again and again; and just after a return came in, when the page must be made anew. Beside it the same server
sending the same number of bytes from a bare application, and a consultation of 86,488 units beside one of 2,000.
Limits (issue 2): 50 KB, 3 requests, 100 ms; 86,488 units no slower than twice 2,000. What a change costs is printed and
has no limit: the page is made once a worker, and only those who ask in that moment wait for it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tests.web import reports
from tinkuy.federation.outcome import Report
from tinkuy.web.public.views_store import rebuild, update

AT_ONCE, ROUNDS, CHANGES = 50, 60, 20
PAGE = "/es/consultation/paro-15m/"
MOST_BYTES, MOST_REQUESTS, MOST_MS, MOST_RATIO = 50_000, 3, 100.0, 2.0

Message = MutableMapping[str, Any]


async def bare(scope: Message, receive: object, send: Callable[[Message], Awaitable[None]]) -> None:
    """The floor: as many bytes as the path asks for."""
    size = int(scope["path"].strip("/") or 1)
    headers = [(b"content-type", b"text/html"), (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * size})


def serve_site(directory: str, port: int) -> None:
    """The site as `tinkuy serve` serves it."""
    from tinkuy.web.server import serve

    serve(Path(directory), port, 2)


def serve_bare(_directory: str, port: int) -> None:
    """The same server without the site."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian("bench.web:bare", port=port, interface=Interfaces.ASGINL, workers=2, log_level=LogLevels.error).serve()


class Line:
    """One kept connection, as a browser keeps it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Line:
        """A new connection to this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def get(self, path: str) -> tuple[float, int, bytes]:
        """Seconds to the last byte, bytes on the wire, and the body as sent."""
        start = perf_counter()
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
        self.writer.write(asked.encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head.split(b"\r\n")[0]
        length = re.search(rb"content-length: (\d+)", head, re.I)
        assert length is not None
        body = await self.reader.readexactly(int(length[1]))
        return perf_counter() - start, len(head) + len(body), body


async def until_ready(port: int, path: str) -> None:
    """Wait for a server."""
    for _ in range(1200):
        try:
            await (await Line.to(port)).get(path)
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


async def asked_at_once(lines: list[Line], path: str) -> list[float]:
    """Milliseconds of one request on every line, all at once."""
    return [seconds * 1000 for seconds, _, _ in await asyncio.gather(*(line.get(path) for line in lines))]


async def repeated(port: int, path: str) -> list[float]:
    """Milliseconds of `ROUNDS` rounds of requests."""
    lines = [await Line.to(port) for _ in range(AT_ONCE)]
    await asked_at_once(lines, path)
    return [took for _ in range(ROUNDS) for took in await asked_at_once(lines, path)]


async def after_changes(port: int, path: str, views: Path, report: Report) -> list[float]:
    """Milliseconds of requests that come when the page was just changed, and nobody has made it anew."""
    lines = [await Line.to(port) for _ in range(AT_ONCE)]
    took = []
    for number in range(CHANGES):
        await asyncio.to_thread(update, views, report, [report.sheets[number].code])
        took += await asked_at_once(lines, path)
    return took


async def readable(port: int, path: str) -> tuple[int, int]:
    """Bytes and requests before the page can be read: itself and what its head makes the browser wait for."""
    import gzip

    line = await Line.to(port)
    _, wire, body = await line.get(path)
    html = gzip.decompress(body).decode()
    needed = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    needed += re.findall(r'<script src="([^"]+)"', html)  # deferred, so not needed to read; counted all the same
    for name in needed:
        wire += (await line.get(name))[1]
    return wire, 1 + len(needed)


def percentile(took: list[float], of: int = 95) -> float:
    """The nearest rank."""
    return sorted(took)[-(-len(took) * of // 100) - 1]


def started(serve: Callable[[str, int], None], directory: str, path: str) -> tuple[BaseProcess, int]:
    """A server in processes of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(directory, port))
    process.start()
    asyncio.run(until_ready(port, path))
    return process, port


def stopped(process: BaseProcess) -> None:
    """End a server."""
    process.terminate()
    process.join(10)
    if process.is_alive():
        process.kill()


def measured(units: int) -> tuple[int, int, float, float]:
    """Bytes, requests, p95 of the kept page, p95 just after a change."""
    report = reports.peru(units)
    with TemporaryDirectory() as folder:
        views = Path(folder) / "views.sqlite"
        start = perf_counter()
        rebuild(views, [report])
        made = perf_counter() - start
        start = perf_counter()
        update(views, report, [report.sheets[0].code])
        print(f"{units:>7,} units: views made in {made:.2f} s, one sheet more in {perf_counter() - start:.2f} s")
        process, port = started(serve_site, folder, PAGE)
        try:
            wire, count = asyncio.run(readable(port, PAGE))
            kept = percentile(asyncio.run(repeated(port, PAGE)))
            fresh = percentile(asyncio.run(after_changes(port, PAGE, views, report)))
        finally:
            stopped(process)
    print(f"{'':>15}{wire:,} bytes in {count} requests; 95 of 100 within {kept:.1f} ms, {fresh:.1f} ms after a change")
    return wire, count, kept, fresh


def main() -> int:
    """Measure, print, and say whether the limits hold."""
    wire, count, kept, fresh = measured(2_000)
    _, _, kept_whole, fresh_whole = measured(86_488)
    size = f"/{wire}"
    process, port = started(serve_bare, "", size)
    try:
        floor = percentile(asyncio.run(repeated(port, size)))
    finally:
        stopped(process)
    print(
        f"A bare application sends as many bytes within {floor:.1f} ms: the page takes {kept / floor:.1f} times that."
    )
    print(f"86,488 units take {kept_whole / kept:.2f} times 2,000; after a change {fresh_whole / fresh:.2f} times.")
    holds = (
        wire <= MOST_BYTES
        and count <= MOST_REQUESTS
        and max(kept, kept_whole) <= MOST_MS
        and kept_whole <= kept * MOST_RATIO
    )
    print("Within the limits." if holds else "Past the limits.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
