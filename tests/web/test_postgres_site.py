"""The site from PostgreSQL: the pages of the file, byte for byte, from several workers, and nowhere a password.

Source: issue 3, part 7; docs/decisions/site-postgres.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.test import Client
from django.test.utils import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.browser.serving import free_port
from tests.store.server import Server, binaries
from tests.web import reports, walk
from tinkuy.cli.main import main
from tinkuy.federation.outcome import Report
from tinkuy.web.public.views_reader import NODE_ORDERS, SHEET_ORDERS, Views
from tinkuy.web.public.views_shelf import ViewsError, shelf
from tinkuy.web.public.views_store import rebuild, update

ID = "paro-15m"
READING = "FROM pg_stat_activity WHERE application_name = 'tinkuy-views' AND datname = current_database()"
SECRET = "quipu-no-se-lee"


@dataclass
class Databases:
    """A server, and as many empty databases on it as are asked for."""

    server: Server
    numbers: Iterator[int]

    def new(self) -> str:
        name = f"site{next(self.numbers)}"
        with psycopg.connect(self.server.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.server.address(name)


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (tools/system postgres)")
    server = Server({"fsync": "off"})  # views are thrown away at will
    yield Databases(server, count())
    server.stop()


@pytest.fixture
def address(databases: Databases) -> str:
    return databases.new()


def secret(address: str) -> str:
    """The same address with a password in it, which a server that trusts does not ask for."""
    return address.replace("tinkuy@", f"tinkuy:{SECRET}@")


def test_every_page_and_every_search_is_the_same_from_either(databases: Databases, tmp_path: Path) -> None:
    archive = tmp_path / "paro.tinkuy"
    archive.write_bytes(b"archive")
    shown = [reports.peru(30), reports.peru(4, consultation="otra", embargoed=True, state="opened")]
    arrived = next(sheet for sheet in shown[0].sheets if sheet.state == "pending")
    after = reports.arrived(shown[0], arrived.code, (9, 5, 1))
    found = []
    for where in (tmp_path / "views.sqlite", databases.new()):
        rebuild(where, shown, {ID: archive})
        update(where, after, [arrived.code])
        with override_settings(TINKUY_VIEWS=where):
            client = Client()
            asked = [
                f"/es/consultation/{ID}/search/?q={quote(text)}" for text in ("lima", "ñaupa", "SAN m", arrived.code)
            ]
            found.append(walk.pages(client) | {address: client.get(address).content for address in asked})
    assert len(found[0]) > 100
    assert found[0] == found[1]


@pytest.fixture(scope="module")
def whatever(databases: Databases) -> str:
    """A database whose views are made anew again and again."""
    return databases.new()


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=12)
@given(names=st.lists(texts, min_size=3, max_size=6), asked=st.lists(texts, max_size=4))
def test_whatever_the_names_lists_and_searches_come_in_the_same_order(
    whatever: str, tmp_path_factory: pytest.TempPathFactory, names: list[str], asked: list[str]
) -> None:
    report = reports.peru(len(names))
    sheets = tuple(replace(sheet, name=name) for sheet, name in zip(report.sheets, names, strict=True))
    root, first, *rest = report.nodes  # a node without bases has no share that reported
    report = replace(report, nodes=(root, replace(first, coverage=replace(first.coverage, units=0)), *rest))
    places = (tmp_path_factory.mktemp("views") / "v", whatever)
    listed = []
    for where in places:
        rebuild(where, [replace(report, sheets=sheets)])
        views = Views(where)
        nodes = [node.code for node in report.nodes]
        listed.append(
            [
                *(views.units(ID, node, order, 1) for node in nodes for order in SHEET_ORDERS),
                *(views.below(ID, node, order, 1) for node in nodes for order in NODE_ORDERS),
                *(views.search(ID, text) for text in (*names, *asked, *(name[:2] for name in names))),
                *(views.sheet(ID, text) for text in (*asked, "\0")),
            ]
        )
    assert listed[0] == listed[1]


def test_views_made_anew_are_seen_whole_or_not_at_all(address: str, report: Report) -> None:
    rebuild(address, [report])
    views = Views(address)

    def watched() -> Iterator[Report]:
        yield replace(report, sheets=report.sheets[:3])
        assert len(views.codes(ID)) == len(report.sheets)
        assert views.version() == 1
        raise ValueError("the books cannot be read")

    with pytest.raises(ValueError, match="books"):
        rebuild(address, watched())
    assert (len(views.codes(ID)), views.version()) == (len(report.sheets), 1)
    rebuild(address, [replace(report, sheets=report.sheets[:3])])
    assert (len(views.codes(ID)), views.version()) == (3, 2)


def test_a_reader_needs_no_right_to_write_and_uses_none(address: str) -> None:
    rebuild(address, [reports.peru(4)])
    with pytest.raises(ViewsError, match="read-only"):
        shelf(address).rows("DELETE FROM sheet RETURNING code")


def test_many_threads_share_a_few_connections(address: str) -> None:
    rebuild(address, [reports.peru(4)])
    views = Views(address)
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(len(views.codes(ID)))) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [4] * 60
    with psycopg.connect(address) as asking:
        assert 1 <= asking.execute(f"SELECT count(*) {READING}".encode()).fetchone()[0] <= 8


def test_a_server_that_was_started_again_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (tools/system postgres)")
    monkeypatch.setattr("tinkuy.web.public.views_postgres.AGAIN", 0.0)
    server = Server()
    try:
        rebuild(server.address(), [reports.peru(4)])
        views = Views(server.address())
        assert views.version() == 1
        server.kill()
        with pytest.raises(ViewsError):
            views.version()
        server.start()
        assert views.version() == 1
    finally:
        server.stop()


def test_connections_that_the_server_ended_are_opened_anew(address: str) -> None:
    rebuild(address, [reports.peru(4)])
    views = Views(address)
    assert views.version() == 1
    with psycopg.connect(address, autocommit=True) as ending:
        ending.execute(f"SELECT pg_terminate_backend(pid) {READING}".encode()).fetchall()
    assert views.version() == 1


@pytest.mark.parametrize("wrong", ["?host=/nowhere", "/none", "?port=none", "?host=127.0.0.1&port=1"])
def test_no_message_shows_the_password(databases: Databases, wrong: str) -> None:
    base = f"postgresql://tinkuy:{SECRET}@"
    where = f"{base}/none?host={databases.server.folder}" if wrong == "/none" else f"{base}/{wrong}"
    with pytest.raises(ViewsError) as refused:
        Views(where).version()
    assert SECRET not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_without_views_says_how_to_make_them(address: str, tmp_path: Path, capsys) -> None:
    assert main(["--lang", "en", "serve", str(tmp_path), "--views", address]) == 2
    assert "make them from the books first" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "rebuild", "publish"])
@pytest.mark.parametrize("form", ["postgresql://u:{}@h/d", "postgresql://h/d?password={}", "postgres://u:{}@/d"])
def test_a_password_on_the_command_line_is_refused(command: str, form: str, tmp_path: Path, capsys) -> None:
    assert main(["--lang", "en", command, str(tmp_path), "--views", form.format(SECRET)]) == 2
    said = capsys.readouterr().err
    assert "PGPASSWORD" in said
    assert SECRET not in said


def test_several_workers_serve_the_pages_of_the_file_and_show_no_password(address: str, tmp_path: Path) -> None:
    """Two workers, the address with a password in the environment: nothing of it in what they say or are called."""
    rebuild(address, [reports.peru(12)])
    rebuild(tmp_path / "views.sqlite", [reports.peru(12)])
    port = free_port()
    program = "import sys; from tinkuy.cli.main import main; sys.exit(main())"
    run = subprocess.Popen(
        [sys.executable, "-c", program, "--lang", "en", "serve", str(tmp_path), "--port", str(port), "--workers", "2"],
        env={**os.environ, "TINKUY_VIEWS": secret(address), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert run.stdout is not None
        first = run.stdout.readline()
        assert str(port) in first
        with override_settings(TINKUY_VIEWS=tmp_path / "views.sqlite"):
            for path in ("/es/", f"/en/consultation/{ID}/", f"/es/consultation/{ID}/data.json"):
                assert asked(port, path) == Client().get(path).content
        titles = [Path(f"/proc/{process}/cmdline").read_bytes().decode() for process in family(run.pid)]
        assert len(titles) >= 3
        assert not [title for title in titles if SECRET in title]
        with psycopg.connect(address, autocommit=True) as ending:
            ending.execute("DROP SCHEMA tinkuy_views CASCADE")
        asked(port, "/es/words/")
    finally:
        run.terminate()
        said = first + run.communicate(timeout=30)[0]
    assert SECRET not in said


def asked(port: int, path: str) -> bytes:
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", path)
    return line.getresponse().read()


def family(process: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(one for child in children for one in family(int(child)))]


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinkuy.web.public.views_postgres", None)
    with pytest.raises(ViewsError, match=r"tinkuy\[scale\]"):
        shelf("postgresql://localhost/site")
