"""Where the store of a folder is: its file, or the database whose address the folder notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.terminal import OFFICERS, Terminal
from tests.store.conftest import Place
from tinkuy.store import SqliteStore, StoreError, open_store
from tinkuy.store.opening import store_of


def test_a_store_is_opened_by_its_path_or_its_address(place: Place):
    opened = open_store(place.address if isinstance(place.address, str) else str(place.address))
    assert isinstance(opened, SqliteStore) == isinstance(place.address, Path)
    opened.close()


def test_a_desk_whose_folder_notes_an_address_keeps_its_books_there(database: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    terminal = Terminal()
    Path("base").mkdir()
    Path("base/store.txt").write_text(database + "\n")
    terminal.base("base", 3)
    assert not Path("base/books.sqlite").exists()
    assert terminal.state("base")["book"] in open_store(database).books()
    again = ("--name", "otra", "--kind", "neighbourhood", "--place", "x", "--statutes", "pe-junta-vecinal")
    assert "is a desk already" in terminal.desk("base", "found", *again, *OFFICERS, code=2)


def test_a_note_that_is_no_address_is_named_and_nothing_is_made(tmp_path: Path):
    (tmp_path / "store.txt").write_text("ana:sesamo@here/books")
    with pytest.raises(StoreError, match=r"store\.txt holds the address") as caught:
        store_of(tmp_path)
    assert "sesamo" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["store.txt"]
