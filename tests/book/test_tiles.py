from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.book.builders import OFFICERS, Book, book_of
from tinkuy.book import checkpoint, entry, merkle, tiles
from tinkuy.book.errors import BookError


def directory(book: Book) -> dict[str, bytes]:
    return dict(tiles.write(book.bodies, book.checkpoint()))


# The examples of C2SP tlog-tiles.
def test_paths_are_those_of_c2sp():
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path("entries", 0) == "tile/entries/000"
    assert tiles.tile_path(1, 1000, 17) == "tile/1/x001/000.p/17"
    assert tiles.tile_path(2, 999) == "tile/2/999"


def test_a_tree_of_70000_has_the_tiles_that_c2sp_counts():
    # The bodies need not be entries for this: 273 full tiles and one of 112 at level 0, then 1 and 17, then 1.
    bodies = [n.to_bytes(4, "big") for n in range(70_000)]
    root = merkle.root([entry.leaf_hash(body) for body in bodies])
    at = checkpoint.parse(checkpoint.sign("0" * 32, 70_000, root, OFFICERS))
    files = dict(tiles.write(bodies, at))
    names = [name for name in files if not name.startswith("tile/entries/")]
    assert len([name for name in names if name.startswith("tile/0/") and ".p/" not in name]) == 273
    assert {name for name in names if ".p/" in name} == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert "tile/1/000" in names
    assert len(names) == 273 + 1 + 2 + 1 + 1
    assert len(files["tile/1/000"]) == 8192
    # A tile hashes to its place in the tile above, and all of them to the root.
    for n in range(256):
        tile = files[f"tile/0/{n:03}"]
        hashes = [tile[place : place + 32] for place in range(0, 8192, 32)]
        assert merkle.root(hashes) == files["tile/1/000"][32 * n : 32 * n + 32]
    assert list(tiles.entries(files.get, 70_000)) == bodies
    # Whoever has the leaf hashes needs no entry to make the same tiles.
    assert dict(tiles.hash_tiles(entry.leaf_hash(body) for body in bodies)) == {
        name: files[name] for name in names[:-1]
    }


def test_a_tree_of_256_has_a_full_tile_and_its_root_above():
    book = book_of(256)
    assert set(directory(book)) == {"checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"}


@settings(max_examples=25)
@given(st.integers(1, 700))
def test_what_is_written_is_read_back(size):
    book = book_of(size)
    at, bodies = tiles.read_book(directory(book).get)
    assert at == book.checkpoint()
    assert bodies == book.bodies
    hashes = dict(tiles.hash_tiles(map(entry.leaf_hash, bodies)))
    assert hashes == {
        name: data for name, data in directory(book).items() if name.split("/")[1:2] not in ([], ["entries"])
    }


def test_the_checkpoint_comes_last(book: Book):
    assert [name for name, _ in tiles.write(book.bodies, book.checkpoint())][-1] == "checkpoint"


def test_entries_follow_their_lengths(book: Book):
    bundle = directory(book)["tile/entries/000.p/7"]
    assert bundle[:2] == len(book.bodies[0]).to_bytes(2, "big")
    assert bundle[2 : 2 + len(book.bodies[0])] == book.bodies[0]
    assert directory(book)["tile/0/000.p/7"][:32] == hashlib.sha256(b"\x00" + book.bodies[0]).digest()


def test_a_checkpoint_of_other_entries_is_not_published(book: Book):
    with pytest.raises(BookError, match="not a checkpoint of these 6 entries"):
        dict(tiles.write(book.bodies[:6], book.checkpoint()))
    with pytest.raises(BookError, match="not a checkpoint"):
        dict(tiles.write([*book.bodies[:6], b"{}"], book.checkpoint()))
    with pytest.raises(BookError, match="Entry 0 has 65,536 bytes"):
        dict(tiles.write([b"a" * 65_536], book.checkpoint()))


def test_a_partial_tile_that_was_dropped_is_read_from_the_full_one():
    book = book_of(256)
    older = book.checkpoint(size=100)
    files = {**directory(book), "checkpoint": older.note}
    assert tiles.read_book(files.get) == (older, book.bodies[:100])


def test_hash_tiles_may_be_left_out_but_not_lie(book: Book):
    files = directory(book)
    without = {name: data for name, data in files.items() if not name.startswith("tile/0/")}
    assert tiles.read_book(without.get)[1] == book.bodies
    files["tile/0/000.p/7"] = bytes(32 * 7)
    with pytest.raises(BookError, match=r"tile/0/000.p/7: its hashes"):
        tiles.read_book(files.get)


def test_no_byte_of_the_tiles_can_change(book: Book):
    files = directory(book)
    for name in ("tile/entries/000.p/7", "tile/0/000.p/7"):
        data = files[name]
        for place in range(len(data)):
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            with pytest.raises(BookError):
                tiles.read_book({**files, name: changed}.get)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("checkpoint", None, "checkpoint: there is no such file"),
        ("checkpoint", b"", "malformed"),
        ("tile/entries/000.p/7", None, "tile/entries/000: there is no such file"),
        ("tile/entries/000.p/7", b"", "tile/entries/000.p/7: it should hold 7 entries"),
        ("tile/entries/000.p/7", b"\x00", "7 entries"),
        ("tile/entries/000.p/7", b"\xff\xff" + b"a" * 10, "7 entries"),
        ("tile/entries/000.p/7", b"\x00\x00" * 7, "does not found the book"),
        ("tile/entries/000.p/7", b"\x00\x00" * 8, "7 entries"),
    ],
)
def test_a_missing_or_malformed_file_is_named(book: Book, name, data, message):
    files = {**directory(book), name: data}
    with pytest.raises(BookError, match=message):
        tiles.read_book(files.get)


def test_a_checkpoint_of_more_entries_than_there_are_costs_one_look(book: Book):
    at = checkpoint.sign(book.id, 10**18, bytes(32), OFFICERS)
    with pytest.raises(BookError, match="tile/entries/000: there is no such file"):
        tiles.read_book({**directory(book), "checkpoint": at}.get)


def test_the_first_entry_founds_the_book_that_the_checkpoint_names(book: Book):
    at = checkpoint.sign("0" * 32, 7, book.checkpoint().root, OFFICERS)
    with pytest.raises(BookError, match="does not found the book 0000"):
        tiles.read_book({**directory(book), "checkpoint": at}.get)
    empty = checkpoint.sign(book.id, 0, merkle.EMPTY_ROOT, OFFICERS)
    with pytest.raises(BookError, match="does not found"):
        tiles.read_book({"checkpoint": empty}.get)
