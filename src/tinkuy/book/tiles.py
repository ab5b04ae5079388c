"""Tiles: a book as a directory of static files, for any web server, CDN or memory stick.

Guarantees that what is written is one book whole under one checkpoint, and that what is read back is what the
checkpoint commits to, entry by entry; hash tiles that are present must agree with the entries.

Source: C2SP tlog-tiles. `checkpoint`; `tile/<L>/<N>[.p/<W>]` with 256 hashes; `tile/entries/<N>[.p/<W>]` with 256
entries, each after its length in two bytes. A last tile that is not full is partial and says its width.

>>> tile_path("entries", 1234067), tile_path(0, 0, 3)
('tile/entries/x001/x234/067', 'tile/0/000.p/3')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import entry, merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

WIDTH = 256
CHECKPOINT = "checkpoint"


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile; `level` is a number or "entries", `width` how many of 256 it has."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def write(bodies: Iterable[bytes], checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """The files of a book, path and content, in the order in which a publisher should put them down.

    The checkpoint comes last, so that nobody fetches one whose tiles are not there yet. One tile a level is in
    memory.
    Raises `BookError` if an entry is too long, or, before giving the checkpoint, if it is not the one of these entries.
    """
    yield from _tiles(bodies, checkpoint)
    yield CHECKPOINT, checkpoint.note


def hash_tiles(leaves: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """The tiles over these leaf hashes, path and content: what `write` gives beside entries and checkpoint."""
    levels: list[list[bytes]] = [[]]
    size = 0
    for size, leaf in enumerate(leaves, 1):
        levels[0].append(leaf)
        if size % WIDTH == 0:
            yield from _full(levels, size)
    yield from _partial(levels, size)


def bundles(bodies: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files of entries alone, path and content, without tiles of hashes or a checkpoint."""
    for start in range(0, len(bodies), WIDTH):
        part = bodies[start : start + WIDTH]
        content = b"".join(_prefixed(body, start + place) for place, body in enumerate(part))
        yield tile_path("entries", start // WIDTH, len(part)), content


def entries(read: Callable[[str], bytes | None], size: int) -> Iterator[bytes]:
    """The first `size` entries; `read` gives the content of a path, or None where there is no such file.

    Raises `BookError` naming the file that is missing or malformed. Nothing is checked against a root here.
    """
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        path = tile_path("entries", index, width)
        bundle = read(path)
        if bundle is None and width < WIDTH:
            # A log may drop a partial tile once it is full.
            path = tile_path("entries", index)
            bundle = read(path)
            yield from _bundle(path, bundle, WIDTH)[:width]
        else:
            yield from _bundle(path, bundle, width)


def read_book(read: Callable[[str], bytes | None]) -> tuple[Checkpoint, list[bytes]]:
    """The checkpoint of a directory of tiles and the entries under it.

    Raises `BookError` naming the file at fault if one is missing or malformed, if the entries are not those under the
    checkpoint, if the first of them does not found the book that it names, or if a hash tile does not agree with them.
    Signatures are not verified here.
    """
    note = read(CHECKPOINT)
    if note is None:
        raise _at(CHECKPOINT, say("there is no such file"))
    checkpoint = checkpoints.parse(note)
    bodies = list(entries(read, checkpoint.size))
    if not bodies or entry.book_id(bodies[0]) != checkpoint.book_id:
        raise _at(CHECKPOINT, say("the first entry does not found the book {book}", book=checkpoint.book_id))
    for path, expected in _tiles(bodies, checkpoint):
        if not path.startswith("tile/entries/") and read(path) not in (None, expected):
            raise _at(path, say("its hashes are not those of the entries"))
    return checkpoint, bodies


def _tiles(bodies: Iterable[bytes], checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """Every tile; raises `BookError` at the end if these are not the entries under the checkpoint."""
    tree = merkle.Frontier()
    levels: list[list[bytes]] = [[]]  # per level, the hashes of the tile that is filling
    bundle: list[bytes] = []
    for body in bodies:
        leaf = entry.leaf_hash(body)
        tree.append(leaf)
        levels[0].append(leaf)
        bundle.append(_prefixed(body, tree.size - 1))
        if len(bundle) == WIDTH:
            yield tile_path("entries", tree.size // WIDTH - 1), b"".join(bundle)
            bundle.clear()
            yield from _full(levels, tree.size)
    if bundle:
        yield tile_path("entries", tree.size // WIDTH, len(bundle)), b"".join(bundle)
    yield from _partial(levels, tree.size)
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise BookError(
            say(
                "The checkpoint of {size} entries is not a checkpoint of these {found} entries.",
                size=checkpoint.size,
                found=tree.size,
            )
        )


def _partial(levels: list[list[bytes]], size: int) -> Iterator[tuple[str, bytes]]:
    """The last tile of each level, where it is not full."""
    for level, hashes in enumerate(levels):
        if hashes:
            yield tile_path(level, size // WIDTH ** (level + 1), len(hashes)), b"".join(hashes)


def _full(levels: list[list[bytes]], size: int) -> Iterator[tuple[str, bytes]]:
    """The tiles that became full at `size`, each handing its root to the level above."""
    level = 0
    while level < len(levels) and len(levels[level]) == WIDTH:
        hashes = levels[level]
        yield tile_path(level, size // WIDTH ** (level + 1) - 1), b"".join(hashes)
        if level + 1 == len(levels):
            levels.append([])
        levels[level + 1].append(merkle.root(hashes))
        levels[level] = []
        level += 1


def _prefixed(body: bytes, index: int) -> bytes:
    if len(body) > entry.MAX_ENTRY:
        raise BookError(
            say(
                "Entry {index} has {size} bytes, and {limit} are allowed.",
                index=index,
                size=len(body),
                limit=entry.MAX_ENTRY,
            )
        )
    return len(body).to_bytes(2, "big") + body


def _bundle(path: str, data: bytes | None, width: int) -> list[bytes]:
    """The entries of a bundle: exactly `width` of them and nothing after."""
    if data is None:
        raise _at(path, say("there is no such file"))
    found: list[bytes] = []
    place = 0
    while place < len(data) and len(found) < width:
        start = place + 2
        place = start + int.from_bytes(data[place:start], "big")
        found.append(data[start:place])
    if place != len(data) or len(found) != width:
        raise _at(path, say("it should hold {width} entries, each after its length, and nothing else", width=width))
    return found


def _at(path: str, why: Said) -> BookError:
    return BookError(say("{path}: {why}.", path=path, why=why))
