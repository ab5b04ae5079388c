"""A shelf holds no half book at any moment, heals what is damaged, and takes nothing back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.exchange.bodies import Body, Drawer, held, installation, met, put
from tinkuy.book.package import Package
from tinkuy.desk.exchange_out import Outward, write_file
from tinkuy.desk.exchange_places import ExchangeError, Folder, Packed, offers
from tinkuy.words import Spoken


@pytest.fixture(scope="module")
def body() -> Body:
    return Body("puno", (3, 300, 600))


@pytest.fixture(scope="module")
def small() -> Body:
    return Body("lampa")


def holding(body: Body, stage: int):
    exchange = installation()
    met(exchange, body.stages[stage], body.book.attachments)
    return exchange


def read_by_a_newcomer(shelf) -> list[int]:
    """The sizes of the books that an installation without any takes in; it fails at the first that does not hold."""
    newcomer = installation()
    return [newcomer.meet(offer).size for offer in offers(shelf, "shelf")] if shelf.names("") else []


class Pulled(Drawer):
    """A stick that is pulled out after so many files."""

    def __init__(self, files, left):
        super().__init__(files)
        self.left = left

    def write(self, path, data):
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        super().write(path, data)


@pytest.mark.parametrize("before", [None, 0, 1])
def test_a_stick_pulled_out_after_any_file_holds_a_whole_book_and_is_finished_by_doing_the_same_again(body, before):
    start = Drawer()
    if before is not None:
        put(holding(body, before), start)
    exchange, finished = holding(body, 2), Drawer(start.files)
    put(exchange, finished)
    for left in range(len(finished.files) - len(start.files) + 2):
        stick = Pulled(start.files, left)
        try:
            put(exchange, stick)
        except KeyboardInterrupt:
            with_old_list = {name for name in stick.files if name.endswith("/checkpoint")}
            sizes = read_by_a_newcomer(stick) if with_old_list else []
            assert set(sizes) <= {len(body.stages[2].bodies)} | (
                {len(body.stages[before].bodies)} if before is not None else set()
            )
        stick.left = -1
        put(exchange, stick)
        assert stick.files == finished.files


def test_an_older_book_does_not_replace_a_newer_one_on_a_stick(body):
    stick = Drawer()
    put(holding(body, 2), stick)
    files = dict(stick.files)
    put(holding(body, 1), stick)
    assert stick.files == files


def test_what_is_damaged_on_a_stick_is_mended_by_whoever_has_it_whole(body):
    exchange, stick = holding(body, 2), Drawer()
    put(exchange, stick)
    whole = dict(stick.files)
    for path, data in whole.items():
        for damaged in (b"", data[:-1], data + b"\n"):
            stick.files[path] = damaged
            put(exchange, stick)
            assert stick.files == whole, path


def test_another_history_on_a_stick_is_left_and_ours_lies_beside_it(small):
    stick = Drawer()
    other = installation()
    met(other, small.other(0, (11,))[0], small.book.attachments)
    put(other, stick)
    theirs = {path: data for path, data in stick.files.items() if not path.startswith("forks/")}
    assert Outward(holding(small, 1), stick).put(small.id) == "apart"
    assert {path: data for path, data in stick.files.items() if not path.startswith("forks/")} == theirs
    third = installation()
    outcomes = [third.meet(offer).outcome for offer in offers(stick, "stick")]
    assert outcomes == ["new", "forked"]


def test_another_history_is_left_on_a_stick_though_ours_is_longer(small):
    stick, other = Drawer(), installation()
    met(other, small.other(0, (5,))[0], small.book.attachments)
    put(other, stick)
    checkpoint = stick.files[f"{small.id}/checkpoint"]
    assert Outward(holding(small, 2), stick).put(small.id) == "apart"
    assert stick.files[f"{small.id}/checkpoint"] == checkpoint
    assert len(stick.names(f"forks/{small.id}")) == 1


def test_evidence_travels_with_the_stick(small):
    first, stick = holding(small, 2), Drawer()
    met(first, small.other(0, (11,))[0], small.book.attachments)
    put(first, stick)
    second = installation()
    assert [second.meet(offer).outcome for offer in offers(stick, "stick")] == ["new", "forked"]
    assert second.branches(small.id) == first.branches(small.id)


def test_a_book_that_one_officer_signed_does_not_replace_what_is_there(small):
    stick, desk = Drawer(), installation()
    put(holding(small, 0), stick)
    files = dict(stick.files)
    desk.desk.attach(*small.book.attachments.values())
    desk.desk.take(small.provisional(1))
    assert Outward(desk, stick).put(small.id) == "newer"
    assert stick.files == files


def test_a_book_never_sealed_goes_nowhere(small):
    exchange = installation()
    exchange.desk.attach(*small.book.attachments.values())
    exchange.desk.store.append(small.id, 0, small.stages[0].bodies, "recorded")
    with pytest.raises(ExchangeError, match="no checkpoint"):
        Outward(exchange, Drawer()).put(small.id)


def test_several_books_go_in_one_file(small, body, tmp_path):
    exchange = holding(small, 2)
    met(exchange, body.stages[1], body.book.attachments)
    acts = write_file(tmp_path / "two.tinkuy", exchange, [small.id, body.id])
    taker = installation()
    with (tmp_path / "two.tinkuy").open("rb") as file:
        found = [taker.meet(offer) for offer in offers(Packed(Package(file)), "two")]
    assert sum(one.acts for one in found) == acts == 309
    assert sorted(taker.desk.store.books()) == sorted([small.id, body.id])


def test_a_folder_and_a_drawer_hold_the_same_files(small, tmp_path):
    exchange, drawer = holding(small, 2), Drawer()
    put(exchange, drawer)
    put(exchange, Folder(tmp_path / "stick"))
    assert {
        str(path.relative_to(tmp_path / "stick")): path.read_bytes()
        for path in (tmp_path / "stick").rglob("*")
        if path.is_file()
    } == drawer.files
    assert read_by_a_newcomer(Folder(tmp_path / "stick")) == [9]


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_checkpoint_that_is_no_plain_file_is_refused_and_not_waited_for(small, tmp_path, kind):
    (tmp_path / "secret").write_text("a line that no message may show\n")
    folder = tmp_path / "stick" / small.id
    folder.mkdir(parents=True)
    match kind:
        case "link":
            (folder / "checkpoint").symlink_to(tmp_path / "secret")
        case "pipe":
            os.mkfifo(folder / "checkpoint")
        case "folder":
            (folder / "checkpoint").mkdir()
    with pytest.raises(ExchangeError) as refused:
        [installation().meet(offer) for offer in offers(Folder(tmp_path / "stick"), "stick")]
    assert "no message" not in str(refused.value)


def test_a_folder_that_is_a_link_out_of_the_stick_is_neither_read_nor_written(small, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / small.id).symlink_to(tmp_path / "outside")
    with pytest.raises(Spoken, match="link"):
        put(holding(small, 1), Folder(tmp_path / "stick"))
    assert list((tmp_path / "outside").iterdir()) == []


def test_times_of_files_and_clocks_change_nothing(small, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: -1.0)
    stick = Folder(tmp_path)
    put(holding(small, 2), stick)
    for place, path in enumerate(sorted(tmp_path.rglob("*"))):
        os.utime(path, (0, 0) if place % 2 else (4e9, 4e9))
    put(holding(small, 0), stick)
    assert read_by_a_newcomer(stick) == [9]


def test_what_a_killed_process_left_is_taken_away(small, tmp_path):
    stick = Folder(tmp_path)
    put(holding(small, 0), stick)
    left = tmp_path / small.id / ".checkpoint.4242.part"
    left.write_bytes(b"tinkuy/")
    put(holding(small, 1), stick)
    assert not left.exists()
    assert read_by_a_newcomer(stick) == [6]


KILLED = """
import sys
from pathlib import Path
from tests.exchange.bodies import Body, installation, met, put
from tinkuy.desk.exchange_places import Folder
bodies = [Body(f"base-{n}", (300,)) for n in range(6)]
exchange = installation()
for body in bodies:
    met(exchange, body.stages[0], body.book.attachments)
print("begin", flush=True)
while True:
    put(exchange, Folder(Path(sys.argv[1])))
    print("done", flush=True)
    for path in sorted(Path(sys.argv[1]).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
"""


@pytest.mark.parametrize("milliseconds", [7, 41])
def test_a_process_killed_while_it_writes_leaves_no_half_book(tmp_path, milliseconds):
    stick = tmp_path / "stick"
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(stick)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert program.stdout is not None
    program.stdout.readline()
    time.sleep(milliseconds / 1000)
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    newcomer = installation()
    books = [path.parent for path in stick.glob("*/checkpoint")]
    sizes = [newcomer.meet(offer).size for book in books for offer in offers(Folder(book), "book")]
    assert sizes == [300] * len(books)
    assert all(len(held(newcomer, book)) == 300 for book in newcomer.desk.store.books())
