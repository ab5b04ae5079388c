"""Books over HTTP: pulled from any web server, given out beside the site, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.exchange.bodies import Body, held, installation, met, put
from tinkuy.book import tiles
from tinkuy.desk.exchange_http import PAUSES, Site, Unreached, meet
from tinkuy.desk.exchange_places import ExchangeError, Folder, offers
from tinkuy.web.exchange import Shared

LONG = 900  # acts: three whole bundles and a part


@pytest.fixture(scope="module")
def body() -> Body:
    return Body("puno", (300, LONG))


@pytest.fixture(scope="module")
def shared(body, tmp_path_factory) -> Path:
    """A folder that some installation gives out."""
    folder = tmp_path_factory.mktemp("shared")
    exchange = installation()
    met(exchange, body.stages[1], body.book.attachments)
    put(exchange, Folder(folder))
    return folder


class Server(ThreadingHTTPServer):
    """A plain web server of Python's own; what it is asked is kept, and an answer may be put in the place of a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked, self.instead = folder, [], {}
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, *given: object) -> None:
        super().__init__(*given, directory=str(given[-1].folder))  # type: ignore[arg-type, attr-defined]

    def do_GET(self) -> None:
        self.server.asked.append(self.path.lstrip("/"))
        answers = self.server.instead.get(self.path.lstrip("/"), [])
        if answers:
            status, headers, text = answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)
        else:
            super().do_GET()

    def log_message(self, *given: object) -> None:
        """Nothing on the terminal of the tests."""


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    with Server(folder) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(shared) -> Iterator[Server]:
    with serving(shared) as one:
        yield one


def pulled(exchange, address: str, incoming: Path, waits: list[float] | None = None):
    with Site(address, pause=(waits if waits is not None else []).append) as site:
        return [meet(exchange, offer, incoming) for offer in offers(site, address)]


def test_a_book_is_pulled_once_and_then_only_asked_after(body, server, tmp_path):
    exchange = installation()
    (came,) = pulled(exchange, server.address, tmp_path)
    assert (came.outcome, came.acts, came.attachments) == ("new", LONG, 1)
    server.asked.clear()
    (again,) = pulled(exchange, server.address, tmp_path)
    assert again.outcome == "same"
    assert (
        server.asked
        == ["books.txt", f"{body.id}/checkpoint", f"{body.id}/attachments.txt", "forks.txt"][: len(server.asked)]
    )
    assert not any("tile" in path for path in server.asked)
    assert list(tmp_path.iterdir()) == []


def test_only_bundles_that_are_not_here_are_asked_for(body, server, tmp_path):
    exchange = installation()
    met(exchange, body.stages[0], body.book.attachments)
    pulled(exchange, server.address, tmp_path)
    asked = [path.removeprefix(f"{body.id}/") for path in server.asked if "tile" in path]
    assert asked == [tiles.tile_path("entries", n) for n in (1, 2)] + [tiles.tile_path("entries", 3, LONG - 768)]
    assert tuple(held(exchange, body.id)) == body.stages[1].bodies


def test_one_book_is_pulled_by_its_own_address(body, server, tmp_path):
    (came,) = pulled(installation(), f"{server.address}{body.id}", tmp_path)
    assert came.outcome == "new"


def test_a_broken_transfer_goes_on_where_it_ended(body, server, tmp_path):
    exchange, last = installation(), f"{body.id}/{tiles.tile_path('entries', 2)}"
    server.instead[last] = [(503, {}, b"")] * (1 + len(PAUSES))
    waits: list[float] = []
    with pytest.raises(Unreached, match="503"):
        pulled(exchange, server.address, tmp_path, waits)
    assert [wait for wait in waits if wait] == list(PAUSES)
    assert exchange.desk.store.books() == []
    server.asked.clear()
    (came,) = pulled(exchange, server.address, tmp_path)
    assert came.outcome == "new"
    asked = [path.removeprefix(f"{body.id}/") for path in server.asked if "tile" in path]
    assert asked == [tiles.tile_path("entries", 2), tiles.tile_path("entries", 3, LONG - 768)]
    assert list(tmp_path.iterdir()) == []


def test_what_came_damaged_is_asked_for_anew(body, server, tmp_path):
    exchange, first = installation(), f"{body.id}/{tiles.tile_path('entries', 0)}"
    whole = (server.folder / first).read_bytes()
    wrong = whole.replace(b"secretary", b"treasurer", 1)
    server.instead[first] = [(200, {"Content-Length": str(len(wrong))}, wrong)]
    with pytest.raises(ExchangeError, match="not those under its checkpoint"):
        pulled(exchange, server.address, tmp_path)
    assert exchange.desk.store.books() == []
    assert pulled(exchange, server.address, tmp_path)[0].outcome == "new"


def test_a_server_that_stumbles_is_asked_again(body, server, tmp_path):
    path = f"{body.id}/checkpoint"
    cut = (200, {"Content-Length": "999"}, b"tinkuy/")
    server.instead[path] = [(503, {}, b""), cut]
    assert pulled(installation(), server.address, tmp_path)[0].outcome == "new"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_server_that_sends_elsewhere_is_not_followed(body, server, tmp_path, status):
    with serving(server.folder) as other:
        server.instead["books.txt"] = [(status, {"Location": f"{other.address}books.txt"}, b"")]
        with pytest.raises(ExchangeError, match="sends to"):
            pulled(installation(), server.address, tmp_path)
        assert other.asked == []


def test_an_answer_that_is_too_large_is_read_no_further(body, server, tmp_path):
    server.instead[f"{body.id}/checkpoint"] = [(200, {}, b"x" * 5_000_000)]
    with pytest.raises(ExchangeError, match="larger than the 1,000,000 bytes"):
        pulled(installation(), server.address, tmp_path)


def test_a_compressed_answer_that_was_not_asked_for_is_refused(body, server, tmp_path):
    server.instead["books.txt"] = [(200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")]
    with pytest.raises(ExchangeError, match="no file"):
        pulled(installation(), server.address, tmp_path)


def test_a_list_that_names_paths_leads_nowhere(server, tmp_path):
    server.instead["books.txt"] = [(200, {}, b"../secret 1\n/etc/passwd 2\nBOOK 3\n\xff\n")]
    with pytest.raises(ExchangeError, match="no books"):
        pulled(installation(), server.address, tmp_path)
    assert server.asked == ["books.txt"]


@pytest.mark.parametrize(
    "address",
    ["ftp://bases.example/", "file:///etc/passwd", "//bases.example/", "http://", "http://[::1", "https://a/?b"],
)
def test_only_plain_addresses_of_the_web_are_asked(address):
    with pytest.raises(ExchangeError, match="not an address"):
        Site(address)


def test_a_password_in_an_address_is_neither_used_nor_shown():
    with pytest.raises(ExchangeError) as refused:
        Site("https://ana:secreto@bases.example/")
    assert "secreto" not in str(refused.value)


def test_a_certificate_is_verified():
    with Site("https://bases.example/") as site:
        assert site._client._transport._pool._ssl_context.verify_mode.name == "CERT_REQUIRED"  # type: ignore[attr-defined]


# What is given out


async def _beside(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"the site"})


def asked(folder: Path, path: str, method: str = "GET") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Shared(_beside, folder))
        async with httpx.AsyncClient(transport=transport, base_url="http://installation") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def test_every_file_of_a_shelf_is_given_out_as_it_is(shared, body):
    for file in shared.rglob("*"):
        if file.is_file():
            answer = asked(shared, f"/books/{file.relative_to(shared)}")
            assert (answer.status_code, answer.content) == (200, file.read_bytes())
            assert answer.headers["x-content-type-options"] == "nosniff"
            headless = asked(shared, f"/books/{file.relative_to(shared)}", "HEAD")
            assert (headless.content, headless.headers["content-length"]) == (b"", str(file.stat().st_size))


def test_what_never_changes_may_be_kept_and_what_grows_is_asked_after(shared, body):
    def kept(path: str) -> str:
        return asked(shared, f"/books/{body.id}/{path}").headers["cache-control"]

    (digest,) = body.book.attachments
    assert "immutable" in kept(tiles.tile_path("entries", 0))
    assert "immutable" in kept(tiles.tile_path(0, 2))
    assert "immutable" in kept(f"attachments/{digest}")
    assert "immutable" not in kept(tiles.tile_path("entries", 3, LONG - 768))
    assert kept("checkpoint") == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        *("", "..", "../books.sqlite", "%2e%2e/books.sqlite", "secret", "books.txt/", "forks/{book}/0.tinkuy"),
        *("{book}/", "{book}/../../books.sqlite", "{book}/tile", "{book}/.checkpoint.1.part", "{book}//checkpoint"),
    ],
)
def test_nothing_but_a_shelf_is_given_out(shared, body, path):
    (shared.parent / "books.sqlite").write_bytes(b"names")
    (shared / "secret").write_bytes(b"names")
    answer = asked(shared, "/books/" + path.format(book=body.id))
    assert b"names" not in answer.content
    assert answer.status_code in (404, 299)


def test_a_link_out_of_the_folder_is_not_found(shared, body, tmp_path):
    (tmp_path / "shelf" / body.id).mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"names")
    (tmp_path / "shelf" / body.id / "checkpoint").symlink_to(tmp_path / "secret")
    assert asked(tmp_path / "shelf", f"/books/{body.id}/checkpoint").status_code == 404


def test_nothing_is_written_over_http_and_the_site_is_beside(shared):
    assert asked(shared, "/books/books.txt", "PUT").status_code == 405
    assert asked(shared, "/es/").text == "the site"
