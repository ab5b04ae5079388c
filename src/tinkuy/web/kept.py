"""Answers kept: a page that was made once for this version of the views is sent again as the same bytes.

Guarantees that what is sent is what Django answered for the present version: the version is read on every request, and
another one empties the store. Pages that are asked for many times at once are made once. A browser that has the page
gets 304. Errors, redirections, searches, event streams and downloads are never kept; memory is bounded by `ROOM`.
Source: RFC 9110, sections 8.8.3 and 13.1.2 (entity tags), 12.5.3 (Accept-Encoding).
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tinkuy.words import Spoken

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

ROOM = 64 * 1024 * 1024  # bytes of kept answers in one process
LARGEST = 4 * 1024 * 1024
SMALL = 600  # bytes below which compression saves no packet
KEPT_KINDS = (b"text/html", b"application/json")
# Other questions than a list's order and page are as many as there are readers.
_LISTED = re.compile(rb"(order=[a-z]{1,10})?&?(page=\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, plain and compressed, with its entity tag."""

    headers: Headers
    body: bytes
    small: bytes
    tag: bytes

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return len(self.body) + len(self.small) + 1024


class Kept:
    """`app` with its pages kept; `version` says the present version of what the pages show."""

    def __init__(self, app: App, version: Callable[[], int]) -> None:
        self._app = app
        self._version = version
        self._known = -1
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._held = 0
        self._making: dict[tuple[int, bytes], asyncio.Future[Answer | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD") or not _LISTED.fullmatch(scope["query_string"]):
            await self._app(scope, receive, send)
            return
        answer = self._found(_key(scope)) or await self._made(scope, receive, send)
        if answer is not None:
            await _sent(answer, scope, send)

    def _found(self, key: bytes) -> Answer | None:
        """The kept answer of the present version, and nothing of any other."""
        try:
            version = self._version()
        except Spoken:
            version = -1  # Django's own page says what is wrong with the views
        if version != self._known:
            self._known, self._held = version, 0
            self._answers.clear()
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    async def _made(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """Ask Django, once for all who wait; None when it has answered by itself, because it is nothing to keep."""
        version, key = self._known, _key(scope)
        making = self._making.get((version, key))
        if making is not None:
            answer = await asyncio.shield(making)
            if answer is None:
                await self._app(scope, receive, send)
            return answer
        promise = self._making[version, key] = asyncio.get_running_loop().create_future()
        recorder = _Recorder(send, scope["method"] == "HEAD", promise)
        try:
            await self._app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, recorder.send)
            answer = recorder.answer()
        finally:
            del self._making[version, key]
            if not promise.done():
                promise.set_result(None)
        if answer is not None and version == self._known:
            self._keep(key, answer)
        return answer

    def _keep(self, key: bytes, answer: Answer) -> None:
        self._answers[key] = answer
        self._held += answer.size
        while self._held > ROOM:
            _, oldest = self._answers.popitem(last=False)
            self._held -= oldest.size


class _Recorder:
    """Collects an answer worth keeping, and lets any other through as it comes."""

    def __init__(self, send: Send, headless: bool, promise: asyncio.Future[Answer | None]) -> None:
        self._send, self._headless, self._promise = send, headless, promise
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _worth_keeping(message):
            self._start = message
        elif self._start is not None:
            self._parts.append(message.get("body", b""))
        else:
            if not self._promise.done():
                self._promise.set_result(None)
            await self._send({**message, "body": b""} if self._headless and "body" in message else message)

    def answer(self) -> Answer | None:
        if self._start is None:
            return None
        body = b"".join(self._parts)
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() != b"content-length"]
        tag = b'"' + sha256(body).hexdigest()[:20].encode() + b'"'
        small = gzip.compress(body, 7, mtime=0) if len(body) > SMALL else b""
        answer = Answer([*headers, (b"vary", b"Accept-Encoding")], body, small, tag)
        self._promise.set_result(answer)
        return answer


def _worth_keeping(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return (
        start["status"] == 200
        and headers.get(b"content-type", b"").split(b";")[0] in KEPT_KINDS
        and b"set-cookie" not in headers
        and int(headers.get(b"content-length", b"0")) <= LARGEST
    )


def _key(scope: Scope) -> bytes:
    """The path as it was asked for: the language is in it. The name of the host changes nothing on a page."""
    return bytes(scope["path"].encode() + b"?" + scope["query_string"])


async def _sent(answer: Answer, scope: Scope, send: Send) -> None:
    asked = {name: value for name, value in scope["headers"] if name in (b"accept-encoding", b"if-none-match")}
    small = bool(answer.small) and _takes_gzip(asked.get(b"accept-encoding", b""))
    tag = answer.tag[:-1] + b'-gz"' if small else answer.tag
    headers = [*answer.headers, (b"etag", tag)]
    if _same(asked.get(b"if-none-match", b""), tag):
        kept = [(name, value) for name, value in headers if name.lower() != b"content-type"]
        await send({"type": "http.response.start", "status": 304, "headers": kept})
        await send({"type": "http.response.body", "body": b""})
        return
    body = answer.small if small else answer.body
    if small:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _takes_gzip(accepted: bytes) -> bool:
    """Whether "gzip" is accepted and not refused by a weight of zero."""
    for part in accepted.lower().split(b","):
        name, _, weight = part.strip().partition(b";")
        if name.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0.")
    return False


def _same(asked: bytes, tag: bytes) -> bool:
    return any(one.strip().removeprefix(b"W/") == tag or one.strip() == b"*" for one in asked.split(b",") if one)
