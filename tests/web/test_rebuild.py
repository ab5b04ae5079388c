"""Views made again from real books: the same from the store and from the archive, and nothing of the old ones left."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.web import walk
from tinkuy.book.package import write
from tinkuy.cli.rebuild import rebuild
from tinkuy.demo.build import Example
from tinkuy.federation.outcome import Report
from tinkuy.store.sqlite import SqliteStore
from tinkuy.web.public.views_reader import Views
from tinkuy.words import Spoken


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A federation of forty bases, its store and its archive."""
    folder = tmp_path_factory.mktemp("books")
    example = Example(SqliteStore(folder / "books.sqlite"), 40, 7)
    example.deliver(example.on_time())
    example.finish()
    with (folder / "consulta.tinkuy").open("wb") as file:
        write(file, example.returns.members())
    return folder


def shown(directory: Path) -> tuple[Report, list[object]]:
    views = Views(directory / "views.sqlite")
    (summary,) = views.consultations()
    name = summary.report.consultation
    return summary.report, [views.sheet(name, code) for code in views.codes(name)]


def test_views_are_made_from_the_store_or_from_the_archive_alike(directory, tmp_path):
    for name in ("books.sqlite", "consulta.tinkuy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes((directory / name).read_bytes())
        assert rebuild(tmp_path / name) == 1
    stored, stored_sheets = shown(tmp_path / "books.sqlite")
    archived, archived_sheets = shown(tmp_path / "consulta.tinkuy")
    assert stored_sheets == archived_sheets
    assert stored.modes == archived.modes
    assert stored.states == archived.states
    assert archived.fingerprint != ""


def test_every_link_of_a_site_of_real_books_leads_somewhere(directory):
    rebuild(directory)
    with override_settings(TINKUY_VIEWS=directory / "views.sqlite"):
        found = walk.pages(Client(), lambda address: "order=" not in address)
    sheets = [
        address for address in found if address.startswith("/es/") and address.endswith("/") and "/sheet/" in address
    ]
    _, kept = shown(directory)
    assert len(sheets) == len(kept) >= 40


def test_views_are_thrown_away_and_made_again(directory):
    rebuild(directory)
    first = shown(directory)
    (directory / "views.sqlite").write_bytes(b"damaged")
    rebuild(directory)
    assert shown(directory) == first


def test_a_directory_without_books_is_said_so(tmp_path):
    with pytest.raises(Spoken, match="neither archives"):
        rebuild(tmp_path)


def test_an_archive_that_is_none_is_named(tmp_path):
    (tmp_path / "bad.tinkuy").write_bytes(b"not an archive")
    with pytest.raises(Spoken, match=r"bad\.tinkuy"):
        rebuild(tmp_path)
    assert not (tmp_path / "views.sqlite").exists()
