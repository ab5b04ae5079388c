"""Books on a web server: any server that gives out a shelf's files will do, `tinkuy serve` among them.

Guarantees that only the address given is asked: a server that sends elsewhere is refused with the address that it
names; that every answer is bounded in size and every wait in time; that TLS certificates are verified; and that an
interrupted transfer goes on from the bundles of entries that came, when it is repeated. What comes is trusted no more
than a file from anybody: `exchange` verifies it. The list of books (`books.txt`) only says where to look.

Source: C2SP tlog-tiles; RFC 9110.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from tinkuy.book import tiles
from tinkuy.book.note import MAX_NOTE
from tinkuy.desk.exchange import Exchange, Met
from tinkuy.desk.exchange_places import BOOK, BOOKS, DIGEST, ExchangeError, Folder, Offer, Place, too_large
from tinkuy.words import Said, Spoken, say

MAX_LIST = 32 * 2**20  # bytes of a list of books or attachments
PATIENCE = httpx.Timeout(30.0, connect=10.0)  # seconds
PAUSES = (0.5, 1.0, 2.0)  # seconds before each repetition of a question that found no answer

_WHOLE = re.compile(r"tile/entries/(x\d{3}/)*\d{3}|attachments/[0-9a-f]{64}")
_MISSING = (404, 410)
_LATER = (429, 500, 502, 503, 504)


class Unreached(ExchangeError):
    """A server that did not answer; what came of it before is kept for the next time."""


class Site:
    """The books under an address, such as https://bases.example/books/ or that of one book. A context manager.

    Raises `ExchangeError` for an address that is not plain http or https.
    """

    def __init__(self, address: str, pause: Callable[[float], None] = time.sleep) -> None:
        self.address = _checked(address)
        self._pause = pause
        self._client = httpx.Client(timeout=PATIENCE, headers={"Accept-Encoding": "identity"})

    def __enter__(self) -> Site:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def read(self, path: str, most: int) -> bytes | None:
        """See `Place`. Raises `Unreached` when the server gives no answer after some repetitions."""
        address = self.address + path
        why: Said = say("no answer")
        for pause in (0.0, *PAUSES):
            self._pause(pause)
            try:
                with self._client.stream("GET", address) as answer:
                    if answer.status_code not in _LATER:
                        return _body(answer, address, most)
                    why = say("it answers {status}", status=str(answer.status_code))
            except httpx.TransportError as error:
                why = Spoken(f"{type(error).__name__}: {str(error)[:200]}").said
        raise Unreached(
            say("{address} cannot be reached ({why}); repeat the command to go on", address=address, why=why)
        )

    def names(self, folder: str) -> list[str]:
        """See `Place`: what the server's lists name; the books, or the attachments of one."""
        if folder and not folder.endswith("attachments"):
            return []  # a server shows no folders, and second histories are not listed
        if folder:
            lines = (self.read(f"{folder}.txt", MAX_LIST) or b"").decode("ascii", "replace").splitlines()
            return sorted(name for name in lines if DIGEST.fullmatch(name))
        listing = self.read(BOOKS, MAX_LIST)
        if listing is None:
            return [tiles.CHECKPOINT] if self.read(tiles.CHECKPOINT, MAX_NOTE) is not None else []
        books = {line.partition(" ")[0] for line in listing.decode("ascii", "replace").splitlines()}
        return sorted(book for book in books if BOOK.fullmatch(book))


class _Resumed:
    """A place whose whole bundles and attachments are noted in a folder as they come."""

    def __init__(self, place: Place, prefix: str, folder: Folder) -> None:
        self._place, self._prefix, self._folder = place, prefix, folder

    def read(self, path: str, most: int) -> bytes | None:
        inside = path.removeprefix(self._prefix)
        if not _WHOLE.fullmatch(inside):
            return self._place.read(path, most)
        noted = self._folder.read(inside, most)
        if noted is not None:
            return noted
        data = self._place.read(path, most)
        if data is not None:
            self._folder.write(inside, data)
        return data

    def names(self, folder: str) -> list[str]:
        return self._place.names(folder)


def meet(exchange: Exchange, offer: Offer, incoming: Path) -> Met:
    """Meet a copy on a server; what came of it is noted under `incoming` until the copy is taken in or refused."""
    name = BOOK.search(offer.prefix or offer.shown)
    folder = incoming / (name[0] if name else "book")
    resumed = replace(offer, place=_Resumed(offer.place, offer.prefix, Folder(folder)))
    try:
        met = exchange.meet(resumed)
    except Unreached:
        raise
    except Spoken:
        _forget(folder)  # what was noted may be what is wrong
        raise
    _forget(folder)
    return met


def _forget(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _body(answer: httpx.Response, address: str, most: int) -> bytes | None:
    """The body of an answer, read no further than it may go."""
    status = answer.status_code
    if status in _MISSING:
        return None
    if answer.is_redirect:
        to = answer.headers.get("location", "")[:300]
        raise ExchangeError(
            say("{address} sends to {other}: give that address if you trust it", address=address, other=to)
        )
    if status != 200 or answer.headers.get("content-encoding", "identity") != "identity":
        raise ExchangeError(say("{address} answers {status}, which is no file", address=address, status=str(status)))
    data = bytearray()
    for part in answer.iter_raw():
        data += part
        if len(data) > most:
            raise too_large(address, most)
    return bytes(data)


def _checked(address: str) -> str:
    """The address with "/" at its end."""
    try:
        parts = urlsplit(address)
        plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        plain = False
    if not plain:
        raise ExchangeError(say("{address} is not an address like https://bases.example/books/", address=address[:200]))
    if "@" in parts.netloc:  # it would be shown in messages and kept in shells' histories
        raise ExchangeError(say("the address holds a name or a password: leave them out"))
    return address.rstrip("/") + "/"
