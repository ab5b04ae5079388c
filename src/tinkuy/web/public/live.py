"""What lasts longer than a page: the line on which a page hears of changes, and the archive as a download.

Guarantees that neither holds a thread, and that a page which missed changes while it was away hears of them at once.
Source: WHATWG HTML, "Server-sent events"; RFC 9110, section 14 (ranges), so that a download on a poor line resumes.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from tinkuy.web.public import pages
from tinkuy.web.public.views_shelf import ViewsError

LOOK = 0.5  # seconds between looks at the views
QUIET = 20.0  # seconds after which a comment keeps the line open through proxies
PIECE = 256 * 1024
_LOOKED: dict[tuple[str, str], tuple[float, int | None]] = {}  # views and consultation → when, and what was seen
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


async def changes(request: HttpRequest, consultation: str) -> HttpResponseBase:
    """An event `changed` with the new version, each time the consultation's views change.

    `from` (or the browser's Last-Event-ID) is the version that the page shows; a later one is told at once.
    """
    seen = request.headers.get("Last-Event-ID") or request.GET.get("from", "")
    if pages.views().changed(consultation) is None:
        raise Http404
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
    response = StreamingHttpResponse(_told(consultation, known), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _told(consultation: str, known: int) -> AsyncIterator[bytes]:
    yield b"retry: 3000\n\n"
    quiet = 0.0
    while True:
        try:
            version = _looked_up(consultation)
        except ViewsError:  # the browser asks again, and is told then
            return
        if version is None:
            return
        if version != known:
            known, quiet = version, 0.0
            yield f"event: changed\nid: {version}\ndata: {version}\n\n".encode()
        elif quiet >= QUIET:
            quiet = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(LOOK)
        quiet += LOOK


def _looked_up(consultation: str) -> int | None:
    """The version that last changed the consultation: one look for all who wait, every `LOOK` seconds."""
    key, now = (pages.views().name, consultation), time.monotonic()
    at, version = _LOOKED.get(key, (-LOOK, None))
    if now - at >= LOOK:
        version = pages.views().changed(consultation)
        _LOOKED[key] = now, version
    return version


async def archive(request: HttpRequest, consultation: str) -> HttpResponseBase:
    """The consultation's `.tinkuy` file, whole or from the byte where an earlier download stopped."""
    path = await sync_to_async(offered)(consultation)
    if path is None:
        raise Http404
    size = path.stat().st_size
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked[1]) if asked else 0
    last = min(int(asked[2]) if asked and asked[2] else size - 1, size - 1)
    if asked and first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return StreamingHttpResponse(
        _pieces(path, first, last),
        status=206 if asked else 200,
        content_type="application/octet-stream",
        headers={
            "Content-Length": str(last - first + 1),
            "Accept-Ranges": "bytes",
            "Cache-Control": "no-cache",
            "Content-Disposition": f'attachment; filename="{_file_name(consultation)}"',
            **({"Content-Range": f"bytes {first}-{last}/{size}"} if asked else {}),
        },
    )


def offered(consultation: str) -> Path | None:
    """The archive that may be downloaded: none under an embargo, for it holds every figure."""
    return None if pages.summary(consultation).report.embargoed else pages.views().archive(consultation)


async def _pieces(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
            left -= len(piece)
            yield piece


def _file_name(consultation: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", consultation)[:80].lstrip(".") + ".tinkuy"
