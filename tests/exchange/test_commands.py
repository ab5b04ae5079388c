"""The commands as a person types them: `tinkuy export`, `import`, `sync`, `share`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.desk.terminal import Terminal
from tests.exchange.bodies import Body, files_of, installation, met, put
from tests.exchange.test_http import serving
from tinkuy.book.keys import Cost
from tinkuy.desk.exchange_places import Folder


@pytest.fixture(scope="module")
def desks(tmp_path_factory) -> Path:
    """Two bases with sealed books."""
    folder = tmp_path_factory.mktemp("desks")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("tinkuy.cli.desk_here.COST", Cost(passes=1, memory=8_192))
        terminal = Terminal()
        for base in "ab":
            terminal.base(base, 5)
    return folder


@pytest.fixture
def terminal(desks, tmp_path, monkeypatch) -> Terminal:
    """A terminal in a copy of that folder, with an observer's empty folder beside."""
    shutil.copytree(desks, tmp_path / "desks")
    monkeypatch.chdir(tmp_path / "desks")
    Path("observer").mkdir()
    return Terminal()


def test_books_go_from_desk_to_stick_to_observer_and_back(terminal):
    assert "Books written 1, there already 0." in terminal.run("export", "--to", "usb", "--dir", "a")
    assert "Junta b" in terminal.run("sync", "usb", "--dir", "b")
    said = terminal.run("import", "usb", "--dir", "observer")
    assert "Books new 2" in said
    assert "with nothing new 2" in terminal.run("import", "usb", "--dir", "observer")
    assert "with nothing new 2" in terminal.run("sync", "usb", "--dir", "observer")


def test_files_come_in_any_order_and_a_bad_one_stops_none(terminal):
    Path("bad.tinkuy").write_bytes(Path("a.tinkuy").read_bytes()[:500])
    said = terminal.run("import", "nothing.tinkuy", "bad.tinkuy", "b.tinkuy", "a.tinkuy", "--dir", "observer", code=2)
    assert "nothing.tinkuy: refused: No such file or directory" in said
    assert "bad.tinkuy: refused: " in said
    assert "Books new 2" in said


def test_a_book_may_be_named_by_the_beginning_of_its_id(terminal):
    terminal.run("import", "a.tinkuy", "b.tinkuy", "--dir", "observer")
    books = json.loads(terminal.run("import", "a.tinkuy", "--dir", "observer", "--json"))
    terminal.run("export", books[0]["book"][:10], "--to", "one.tinkuy", "--dir", "observer")
    assert Path("one.tinkuy").read_bytes() == Path("a.tinkuy").read_bytes()
    assert "begins the ids of 2 books" in terminal.run("export", "", "--to", "x", "--dir", "observer", code=2)
    assert not Path("x").exists()


def test_a_fork_is_told_loudly_with_exit_code_1_and_its_file_is_named(terminal):
    body = Body("puno")
    for name, copy in (("first", body.stages[2]), ("second", body.other(0, (11,))[0])):
        exchange = installation()
        met(exchange, copy, body.book.attachments)
        put(exchange, Folder(Path(name)))
    terminal.run("import", "first", "--dir", "observer")
    said = terminal.run("import", "second", "--dir", "observer", code=1)
    assert "A FORK" in said
    (evidence,) = Path("observer/forks").glob("*/*.tinkuy")
    assert str(evidence) in said
    assert "puno" in terminal.run("book", "show", str(evidence))
    terminal.run("sync", "second", "--dir", "observer", code=1)
    assert sorted(path.parent.name for path in Path("second/forks").glob("*/*.tinkuy")) == [body.id, body.id]
    terminal.run("import", "second", "--dir", "a", code=1)


def test_what_waits_for_a_signature_is_told_with_exit_code_1(terminal):
    body = Body("puno")
    for path, data in files_of(body.provisional(0), body.book.attachments).items():
        Folder(Path("stick")).write(path, data)
    assert "chair did not sign: it waits" in terminal.run("import", "stick", "--dir", "observer", code=1)


def test_a_folder_without_books_is_told_so(terminal):
    assert "holds no books" in terminal.run("export", "--to", "usb", "--dir", "observer", code=2)
    assert "there are no books here" in terminal.run("import", "observer", "--dir", "observer", code=2)
    assert "holds no books" in terminal.run("import", "a.tinkuy", "--dir", "nowhere", code=2)
    assert not Path("nowhere").exists()


def test_no_book_is_shared_until_it_is_named_and_none_when_it_is_withdrawn(terminal):
    assert "No book is shared." in terminal.run("share", "--dir", "a")
    terminal.run("import", "a.tinkuy", "b.tinkuy", "--dir", "observer")
    book = json.loads(terminal.run("import", "a.tinkuy", "--dir", "observer", "--json"))[0]["book"]
    assert "can read these books: Junta a" in terminal.run("share", book, "--dir", "observer")
    assert [path.name for path in Path("observer/shared").iterdir() if path.is_dir()] == [book]
    with serving(Path("observer/shared")) as server:
        Path("another").mkdir()
        assert "Books new 1" in terminal.run("sync", server.address, "--dir", "another")
        assert "No book is shared." in terminal.run("share", "--stop", book, "--dir", "observer")
        assert "no books here" in terminal.run("sync", server.address, "--dir", "another", code=2)


def test_a_server_that_is_not_there_is_named(terminal, monkeypatch):
    monkeypatch.setattr("tinkuy.desk.exchange_http.PAUSES", (0.0,))
    assert "cannot be reached" in terminal.run("sync", "http://127.0.0.1:9/books/", "--dir", "observer", code=2)


def test_a_stick_with_other_things_and_no_book_yet_is_written(terminal):
    Path("usb/photographs").mkdir(parents=True)
    assert "Books written 1" in terminal.run("sync", "usb", "--dir", "a")


def test_no_book_is_put_inside_another(terminal):
    terminal.run("export", "--to", "usb", "--dir", "a")
    (book,) = (path for path in Path("usb").iterdir() if path.is_dir())
    assert "one book by itself" in terminal.run("export", "--to", str(book), "--dir", "b", code=2)
    assert "Books new 1" in terminal.run("import", str(book), "--dir", "observer")


def test_what_came_before_the_line_broke_is_told(terminal, monkeypatch):
    monkeypatch.setattr("tinkuy.desk.exchange_http.PAUSES", ())
    terminal.run("import", "a.tinkuy", "b.tinkuy", "--dir", "observer")
    first, last = sorted(
        one["book"] for one in json.loads(terminal.run("import", "a.tinkuy", "b.tinkuy", "--dir", "observer", "--json"))
    )
    terminal.run("share", first, last, "--dir", "observer")
    Path("another").mkdir()
    with serving(Path("observer/shared")) as server:
        server.instead[f"{last}/checkpoint"] = [(503, {}, b"")]
        said = terminal.run("sync", server.address, "--dir", "another", code=2)
    assert "Books new 1" in said
    assert "cannot be reached" in said


def test_only_the_books_named_travel(terminal):
    terminal.run("import", "a.tinkuy", "b.tinkuy", "--dir", "observer")
    book = json.loads(terminal.run("import", "b.tinkuy", "--dir", "observer", "--json"))[0]["book"]
    terminal.run("sync", "usb", "--book", book, "--dir", "observer")
    assert sorted(path.name for path in Path("usb").iterdir()) == sorted([book, "books.txt"])
