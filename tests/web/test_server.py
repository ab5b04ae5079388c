"""The site served: alive while returns come in, downloads that resume, and errors that say what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import started, stopped
from tests.web import reports
from tinkuy.cli.publish import command as publish_command
from tinkuy.desk.listening import PortTaken
from tinkuy.web.public.views_store import rebuild, update
from tinkuy.web.server import ServeError, serve
from tinkuy.web.static_files import content, hashed

ARCHIVE = bytes(range(256)) * 3000
CHANGES = "/es/consultation/paro-15m/changes"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "paro.tinkuy").write_bytes(ARCHIVE)
    rebuild(folder / "views.sqlite", [reports.peru(60)], {"paro-15m": folder / "paro.tinkuy"})
    return folder


@pytest.fixture(scope="module")
def place(directory: Path) -> Iterator[str]:
    process, url = started(directory)
    yield urlsplit(url).netloc
    stopped(process)


def get(place: str, path: str, **headers: str):
    line = HTTPConnection(place, timeout=20)
    line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer, answer.read()


def told(place: str, known: int, **headers: str) -> tuple[HTTPConnection, object]:
    line = HTTPConnection(place, timeout=20)
    line.request("GET", f"{CHANGES}?from={known}", headers={k.replace("_", "-"): v for k, v in headers.items()})
    return line, line.getresponse()


def event(answer) -> dict[str, str]:
    """The next event on the line, comments and empty ones aside."""
    fields: dict[str, str] = {}
    while True:
        text = answer.fp.readline().decode()
        # Chunk sizes and line ends of the transfer lie between; a field has a colon.
        name, colon, value = text.strip().partition(":")
        if colon and name:
            fields[name] = value.strip()
        if "data" in fields:
            return fields


def test_a_page_that_waits_is_told_of_a_new_sheet(place, directory):
    _, first = told(place, 0)
    version = int(event(first)["data"])
    line, answer = told(place, version)
    report = reports.peru(60)
    update(directory / "views.sqlite", report, [report.sheets[0].code])
    said = event(answer)
    line.close()
    assert said["event"] == "changed"
    assert int(said["data"]) == int(said["id"]) > version


def test_a_page_that_was_away_is_told_at_once_what_it_missed(place):
    line, answer = told(place, 10**6, Last_Event_ID="0")
    assert event(answer)["event"] == "changed"
    line.close()


def test_an_unknown_consultation_has_no_line(place):
    answer, _ = get(place, "/es/consultation/none/changes")
    assert answer.status == 404


def test_a_download_is_the_file(place):
    answer, body = get(place, "/es/consultation/paro-15m/archive.tinkuy")
    assert body == ARCHIVE
    assert answer.getheader("Content-Disposition") == 'attachment; filename="paro-15m.tinkuy"'
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_a_download_that_broke_off_goes_on_where_it_stopped(place):
    answer, body = get(place, "/es/consultation/paro-15m/archive.tinkuy", Range="bytes=500000-")
    assert (answer.status, body) == (206, ARCHIVE[500000:])
    assert answer.getheader("Content-Range") == f"bytes 500000-{len(ARCHIVE) - 1}/{len(ARCHIVE)}"
    middle, body = get(place, "/es/consultation/paro-15m/archive.tinkuy", Range="bytes=10-19")
    assert (middle.status, body) == (206, ARCHIVE[10:20])


@pytest.mark.parametrize("asked", [f"bytes={len(ARCHIVE)}-", "bytes=9-3"])
def test_a_part_that_is_not_there_is_refused(place, asked):
    answer, _ = get(place, "/es/consultation/paro-15m/archive.tinkuy", Range=asked)
    assert answer.status == 416


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=-5", "bytes=x", "bytes=0-1,5-6"])
def test_a_part_asked_for_otherwise_is_answered_with_the_whole(place, asked):
    answer, body = get(place, "/es/consultation/paro-15m/archive.tinkuy", Range=asked)
    assert (answer.status, body) == (200, ARCHIVE)


@pytest.mark.parametrize("name", ["site.css", "live.js"])
def test_static_files_are_kept_forever_under_names_of_their_bytes(place, name):
    answer, body = get(place, f"/static/{hashed(name)}")
    assert body == content(name)
    assert "immutable" in (answer.getheader("Cache-Control") or "")
    small, packed = get(place, f"/static/{hashed(name)}", Accept_Encoding="gzip")
    assert small.getheader("Content-Encoding") == "gzip"
    assert len(packed) < len(body)


def test_a_page_is_sent_once_and_then_known(place):
    first, _ = get(place, "/es/", Accept_Encoding="gzip")
    tag = first.getheader("ETag")
    again, body = get(place, "/es/", Accept_Encoding="gzip", If_None_Match=tag)
    assert (again.status, body) == (304, b"")


def test_only_reading_is_answered(place):
    line = HTTPConnection(place, timeout=20)
    line.request("POST", "/es/verify/", body=b"x=1")
    assert line.getresponse().status == 405


def test_a_directory_without_views_says_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.delenv("TINKUY_VIEWS", raising=False)
    with pytest.raises(ServeError, match="tinkuy rebuild"):
        serve(tmp_path)
    with pytest.raises(ServeError, match="tinkuy rebuild"):
        publish_command(tmp_path)


def test_a_port_that_is_taken_is_said_before_anything_starts(directory, monkeypatch):
    for name in ("TINKUY_VIEWS", "TINKUY_GRID", "TINKUY_GEO"):
        monkeypatch.setenv(name, "")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken, match="--port"):
            serve(directory, taken.getsockname()[1])
