"""Answers kept: the same bytes as Django's, made once a version, and never what must not be kept."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from typing import Any

import pytest

from tinkuy.web.kept import Kept
from tinkuy.words import Spoken


class Origin:
    """A small application that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.version = 1

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.asked[path] += 1
        await asyncio.sleep(0.01)
        status = {"/missing/": 404, "/moved/": 302}.get(path, 200)
        kind = b"text/event-stream" if path == "/changes" else b"text/html; charset=utf-8"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        body = f"version {self.version} of {path} ".encode() * 100
        await send({"type": "http.response.body", "body": body[:900], "more_body": True})
        await send({"type": "http.response.body", "body": body[900:]})


class Reply:
    """What was sent."""

    def __init__(self, messages: list[Any]) -> None:
        self.status = messages[0]["status"]
        self.headers = dict(messages[0]["headers"])
        self.body = b"".join(message.get("body", b"") for message in messages[1:])


async def ask(app: Kept, path: str, query: str = "", method: str = "GET", **headers: str) -> Reply:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": pairs}
    await app(scope, receive, send)
    return Reply(sent)


@pytest.fixture
def origin() -> Origin:
    return Origin()


@pytest.fixture
def kept(origin: Origin) -> Kept:
    return Kept(origin, lambda: origin.version)


def test_fifty_who_ask_at_once_are_answered_by_one_page(origin, kept):
    async def run() -> list[Reply]:
        return await asyncio.gather(*(ask(kept, "/es/") for _ in range(50)))

    replies = asyncio.run(run())
    assert origin.asked["/es/"] == 1
    assert len({reply.body for reply in replies}) == 1


def test_another_version_is_another_page(origin, kept):
    first = asyncio.run(ask(kept, "/es/"))
    origin.version = 2
    second = asyncio.run(ask(kept, "/es/"))
    assert b"version 2" in second.body
    assert first.headers[b"etag"] != second.headers[b"etag"]


def test_a_compressed_answer_is_the_same_page(kept):
    plain = asyncio.run(ask(kept, "/es/"))
    small = asyncio.run(ask(kept, "/es/", accept_encoding="br, gzip"))
    assert gzip.decompress(small.body) == plain.body
    assert small.headers[b"content-encoding"] == b"gzip"
    assert small.headers[b"vary"] == b"Accept-Encoding"
    assert small.headers[b"etag"] != plain.headers[b"etag"]


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"])
def test_who_takes_no_gzip_gets_none(kept, accepted):
    assert b"content-encoding" not in asyncio.run(ask(kept, "/es/", accept_encoding=accepted)).headers


def test_who_has_the_page_is_told_so(kept):
    tag = asyncio.run(ask(kept, "/es/")).headers[b"etag"].decode()
    for asked in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = asyncio.run(ask(kept, "/es/", if_none_match=asked))
        assert (again.status, again.body) == (304, b"")
    assert asyncio.run(ask(kept, "/es/", if_none_match='"other"')).status == 200


def test_a_head_has_the_headers_of_the_page_and_no_body(kept):
    page = asyncio.run(ask(kept, "/es/"))
    head = asyncio.run(ask(kept, "/es/", method="HEAD"))
    assert head.body == b""
    assert head.headers == page.headers


@pytest.mark.parametrize(
    ("path", "query", "method"),
    [
        ("/missing/", "", "GET"),
        ("/moved/", "", "GET"),
        ("/changes", "", "GET"),
        ("/es/search/", "q=puno", "GET"),
        ("/es/", "order=name&utm=1", "GET"),
        ("/es/", "", "POST"),
    ],
)
def test_what_is_not_a_page_of_the_views_is_never_kept(origin, kept, path, query, method):
    async def run() -> None:
        await asyncio.gather(*(ask(kept, path, query, method) for _ in range(3)))
        await ask(kept, path, query, method)

    asyncio.run(run())
    assert origin.asked[path] == 4


def test_each_order_and_page_of_a_list_is_its_own_answer(origin, kept):
    for query in ("", "order=name", "order=name&page=2", "page=2"):
        asyncio.run(ask(kept, "/es/", query))
        asyncio.run(ask(kept, "/es/", query))
    assert origin.asked["/es/"] == 4


def test_without_views_nothing_is_kept_from_before(origin):
    broken = [False]

    def version() -> int:
        if broken[0]:
            raise Spoken("no views")
        return 1

    kept = Kept(origin, version)
    asyncio.run(ask(kept, "/es/"))
    broken[0] = True
    asyncio.run(ask(kept, "/es/"))
    assert origin.asked["/es/"] == 2


def test_a_page_that_fails_fails_for_all_who_wait_and_is_asked_anew(origin):
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01)
        raise OSError("disk")

    kept = Kept(failing, lambda: 1)

    async def run() -> list[object]:
        return await asyncio.gather(*(ask(kept, "/es/") for _ in range(3)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(run())] == [OSError] * 3


def test_memory_is_bounded(origin, monkeypatch):
    monkeypatch.setattr("tinkuy.web.kept.ROOM", 20_000)
    kept = Kept(origin, lambda: 1)
    for number in range(30):
        asyncio.run(ask(kept, f"/es/{number}/"))
    asyncio.run(ask(kept, "/es/29/"))
    asyncio.run(ask(kept, "/es/0/"))
    assert origin.asked["/es/29/"] == 1
    assert origin.asked["/es/0/"] == 2
