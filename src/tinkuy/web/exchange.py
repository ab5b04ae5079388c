"""Shared books over HTTP: the files of one folder under `/books/`, read only, beside the site.

Guarantees that nothing is given out but what a shelf holds of a book (its checkpoint, tiles, attachments and their
list) and that lies in the folder: which books are there is the installation's choice (`tinkuy share`). Every other
path, and a link that leads out, is not found. Full tiles and attachments never change, so they may be kept for ever.

Source: C2SP tlog-tiles; RFC 9111 and RFC 8246 (`immutable`).
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import BinaryIO

from tinkuy.desk.exchange_places import ExchangeError, Folder
from tinkuy.web.headers import HEADERS, READING
from tinkuy.web.kept import App, Receive, Scope, Send

PREFIX = "/books/"
CHUNK = 2**18  # bytes of an answer in memory

_BOOK = "[0-9a-hjkmnp-tv-z]{32}"
_NUMBER = r"(?:x\d{3}/){0,6}\d{3}"
_FOR_EVER = re.compile(rf"{_BOOK}/(?:tile/(?:entries|\d|[1-5]\d|6[0-3])/{_NUMBER}|attachments/[0-9a-f]{{64}})")
_PARTIAL = re.compile(rf"{_BOOK}/tile/(?:entries|\d|[1-5]\d|6[0-3])/{_NUMBER}\.p/\d{{1,3}}")
_CHANGING = re.compile(rf"books\.txt|{_BOOK}/(?:checkpoint|attachments\.txt)")


class Shared:
    """`app`, with the books of `folder` under `/books/`."""

    def __init__(self, app: App, folder: Path) -> None:
        self._app = app
        self._folder = Folder(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
        elif scope["method"] not in READING:
            await _answer(send, 405, [(b"allow", ", ".join(READING).encode())])
        else:
            await self._give(scope["path"].removeprefix(PREFIX), scope["method"] == "HEAD", send)

    async def _give(self, path: str, headless: bool, send: Send) -> None:
        kind = _kind(path)
        opened = await asyncio.to_thread(self._open, path) if kind else None
        if opened is None:
            await _answer(send, 404, [])
            return
        with opened:
            size = os.fstat(opened.fileno()).st_size
            await _answer(send, 200, [*kind, (b"content-length", str(size).encode())], more=not headless)
            if not headless:
                await _stream(opened, size, send)

    def _open(self, path: str) -> BinaryIO | None:
        try:
            return self._folder.open(path)
        except (ExchangeError, OSError):
            return None


def _kind(path: str) -> list[tuple[bytes, bytes]]:
    """The headers for a path of a shelf; none for any other path."""
    if _FOR_EVER.fullmatch(path):
        kept, kind = b"public, max-age=31536000, immutable", b"application/octet-stream"
    elif _PARTIAL.fullmatch(path):
        kept, kind = b"public, max-age=3600", b"application/octet-stream"
    elif _CHANGING.fullmatch(path):
        kept, kind = b"no-cache", b"text/plain; charset=utf-8"
    else:
        return []
    return [(b"cache-control", kept), (b"content-type", kind)]


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], *, more: bool = False) -> None:
    closed = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *closed]})
    if not more:
        await send({"type": "http.response.body", "body": b""})


async def _stream(file: BinaryIO, size: int, send: Send) -> None:
    left = size
    while left > 0:
        part = await asyncio.to_thread(file.read, min(CHUNK, left))
        left = left - len(part) if part else 0
        await send({"type": "http.response.body", "body": part, "more_body": left > 0})
    if size == 0:
        await send({"type": "http.response.body", "body": b""})
