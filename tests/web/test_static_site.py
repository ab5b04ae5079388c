"""The site as plain files: every link leads to a file, from any folder, whole or not at all."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from msgspec.structs import replace

from tests.web import reports
from tinkuy.web.public.views_store import rebuild
from tinkuy.web.static_site import PublishError, Source, publish

LINK = re.compile(r'\s(?:href|src)="([^"]*)"')


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    archive = folder / "paro.tinkuy"
    archive.write_bytes(b"archive")
    report = reports.peru(15)
    odd = replace(report.sheets[0], code="a/b ñ?#")
    silent = reports.peru(5, consultation="otra", embargoed=True, state="opened")
    rebuild(
        folder / "v",
        [replace(report, sheets=(odd, *report.sheets[1:])), silent],
        {"paro-15m": archive, "otra": archive},
    )
    publish(Source(folder / "v", folder), folder / "out")
    return folder / "out"


def test_every_link_leads_to_a_file_of_the_folder(published):
    pages = list(published.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path = unquote(unescape(link).split("#")[0])
            if path and not path.startswith("data:"):
                assert not path.startswith("/"), f"{page}: {link}"
                target = (page.parent / path).resolve()
                assert target.is_file(), f"{page}: {link}"
                assert target.is_relative_to(published.resolve())


def test_every_sheet_is_there_in_both_languages_with_its_data(published):
    for language in ("es", "en"):
        sheets = published / language / "consultation" / "paro-15m" / "sheet"
        assert len(list(sheets.glob("*/index.html"))) == 15
        assert len(list(sheets.glob("*/data.json"))) == 15


def test_the_archive_is_there_once_and_never_under_an_embargo(published):
    assert [file.read_bytes() for file in published.rglob("archive.tinkuy")] == [b"archive"]
    assert (published / "consultation" / "paro-15m" / "archive.tinkuy").is_file()


def test_plain_files_ask_for_no_script_and_no_server(published):
    for page in published.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "data-sse" not in text
        assert "<form" not in text


def test_the_same_views_give_the_same_bytes_from_any_number_of_processes(tmp_path, monkeypatch):
    rebuild(tmp_path / "v", [reports.peru(4)])
    monkeypatch.setattr("tinkuy.web.static_site.ALONE", 1)
    for jobs, name in enumerate(("one", "two"), 1):
        publish(Source(tmp_path / "v", tmp_path), tmp_path / name, jobs=jobs)
    one, two = (
        {
            file.relative_to(tmp_path / name): file.read_bytes()
            for file in (tmp_path / name).rglob("*")
            if file.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two


def test_publishing_again_replaces_the_whole_folder(tmp_path):
    rebuild(tmp_path / "v", [reports.peru(4)])
    publish(Source(tmp_path / "v", tmp_path), tmp_path / "out")
    (tmp_path / "out" / "es" / "stale.html").write_text("old")
    publish(Source(tmp_path / "v", tmp_path), tmp_path / "out")
    assert not (tmp_path / "out" / "es" / "stale.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "v"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    rebuild(tmp_path / "v", [reports.peru(4)])
    (tmp_path / "theses").mkdir()
    (tmp_path / "theses" / "chapter.txt").write_text("mine")
    with pytest.raises(PublishError, match="theses"):
        publish(Source(tmp_path / "v", tmp_path), tmp_path / "theses")
    assert (tmp_path / "theses" / "chapter.txt").read_text() == "mine"


def test_a_failure_leaves_nothing_behind(tmp_path):
    rebuild(tmp_path / "v", [reports.peru(4)])

    def failing(folder: Path) -> None:
        raise OSError("the stick was pulled out")

    with pytest.raises(OSError, match="stick"):
        publish(Source(tmp_path / "v", tmp_path), tmp_path / "out", tiles=failing)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v"]


def test_progress_is_told_and_the_books_are_written_beside(tmp_path):
    rebuild(tmp_path / "v", [reports.peru(4)])
    told: list[tuple[int, int]] = []
    count = publish(
        Source(tmp_path / "v", tmp_path),
        tmp_path / "out",
        lambda done, known: told.append((done, known)),
        lambda folder: (folder / "tile").write_text("x") and None,
    )
    assert told[-1] == (count, count)
    assert (tmp_path / "out" / "tiles" / "tile").is_file()
