"""The witness on a network: `POST /add-checkpoint`, and nothing else (C2SP tlog-witness).

Guarantees that an answer goes out only after the record is on disk, that a request is read no further than it may be
long, and that the private key is in this process alone: it is opened once, when the service begins.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from tinkuy.book import cosignature
from tinkuy.book.keys import SigningKey
from tinkuy.cli.fork import keep
from tinkuy.cli.language import spoken
from tinkuy.desk.listening import expect_free
from tinkuy.desk.submission import CONFLICT, MAX_BODY, SIZE_TYPE, Turned, parse
from tinkuy.desk.witness import ForkSeen, Witness, WitnessError
from tinkuy.words import say

PATH = "/add-checkpoint"
TEXT = "text/plain; charset=utf-8"
OK, NOT_FOUND, NOT_ALLOWED, TOO_LARGE, FAILED = 200, 404, 405, 413, 503

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Answer = tuple[int, str, bytes]


def application(witness: Witness, key: SigningKey, folder: Path, clock: Callable[[], int]) -> Application:
    """The service as an ASGI application; evidence of forks is kept in `folder`, `clock` gives seconds since 1970."""
    name = witness.key.name

    async def served(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] != PATH:
            answer = NOT_FOUND, TEXT, b""
        elif scope["method"] != "POST":
            answer = NOT_ALLOWED, TEXT, b""
        else:
            body = await _body(receive)
            answer = (TOO_LARGE, TEXT, b"") if body is None else answered(witness, key, name, folder, clock(), body)
        await _send(send, answer)

    return served


def answered(witness: Witness, key: SigningKey, name: str, folder: Path, at: int, body: bytes) -> Answer:
    """Status, content type and body of the answer to a request's body."""
    try:
        checkpoint = witness.record(parse(body), at)
    except ForkSeen as seen:
        keep(folder, seen.evidence)
        return _turned(seen)
    except Turned as turned:
        return _turned(turned)
    except WitnessError as error:
        return FAILED, TEXT, f"{error}\n".encode()
    return OK, TEXT, cosignature.sign(checkpoint, name, key, at)


def serve(application: Application, host: str, port: int) -> None:
    """Serve until the process is told to stop. Raises `PortTaken` for a port that is taken."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    expect_free(host, port)

    async def run() -> None:
        server = Server(
            application,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            websockets=False,
            log_level=LogLevels.error,
        )
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, server.stop)
        print(
            spoken(say("The witness listens at {address} (Ctrl-C ends it).", address=f"http://{host}:{port}{PATH}")),
            flush=True,
        )
        await server.serve()

    asyncio.run(run())


def _turned(turned: Turned) -> Answer:
    if turned.status == CONFLICT:
        return CONFLICT, SIZE_TYPE, f"{turned.size or 0}\n".encode("ascii")
    return turned.status, TEXT, f"{turned}\n".encode()


async def _body(receive: Receive) -> bytes | None:
    """The request's body, or None as soon as it is longer than it may be."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return body


async def _send(send: Send, answer: Answer) -> None:
    status, kind, body = answer
    headers = [(b"content-type", kind.encode("ascii")), (b"content-length", str(len(body)).encode("ascii"))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
