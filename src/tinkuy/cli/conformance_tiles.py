"""Directories of tiles, sound and damaged, for `tinkuy book conformance`.

The question: do these files hold the whole book `origin` under a checkpoint that every one of `keys` has signed?

Source: C2SP tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tinkuy.book.tiles import CHECKPOINT
from tinkuy.cli.conformance_book import CHAIR, Book, Given, Made, act, b64, flipped, forked, signed

Files = dict[str, bytes]


def sound(book: Book) -> Made:
    """The directory of a book, and what a log may leave out."""
    yield "sound", "The directory of the book.", _given(book, book.files())
    if book.size == 257:
        kept = {path: data for path, data in book.files().items() if ".p/" not in path}
        older = {**kept, CHECKPOINT: book.note(100)}
        yield "older-checkpoint", "An older checkpoint, whose partial tiles have become full ones.", _given(book, older)


def damaged(book: Book) -> Made:
    """Directories that do not hold together."""
    for name, what, files in (*_bytes_altered(book.files()), *_of_another(book)):
        yield name, what, _given(book, files)
    renamed = Book([b"{}", *book.bodies[1:]])
    text = f"{book.origin}\n{book.size}\n{b64(renamed.root())}\n".encode()
    founding = {**_unchecked(renamed), CHECKPOINT: signed(text, book.origin)}
    yield (
        "another-founding",
        "Officers sign, in the name of this book, entries of which the first is another.",
        _given(book, founding),
    )
    yield (
        "asked-of-another-origin",
        "The question names another book.",
        {
            **_given(book, book.files()),
            "origin": forked(book, 0).origin,
        },
    )


def few(book: Book) -> Made:
    """Damage to a large directory: one bit at each level."""
    files = book.files()
    for path in ("tile/entries/019.p/136", "tile/entries/007", "tile/0/011", "tile/1/000.p/19"):
        yield (
            f"bit-flipped/{path}",
            "One bit of a file is changed.",
            _given(book, {**files, path: flipped(files[path], len(files[path]) // 2)}),
        )


def _given(book: Book, files: Mapping[str, bytes]) -> Given:
    return {
        "files": {path: b64(data) for path, data in sorted(files.items())},
        "origin": book.origin,
        "keys": book.keys(),
    }


def _unchecked(book: Book) -> Files:
    return {path: data for path, data in book.files().items() if path != CHECKPOINT}


def _bytes_altered(files: Files) -> Iterator[tuple[str, str, Files]]:
    for path, data in files.items():
        for place in (0, 1, len(data) // 2, len(data) - 1):
            changed = {**files, path: flipped(data, place, 1)}
            yield f"bit-flipped/{path}.{place}", "One bit of a file is changed.", changed
        yield f"truncated/{path}", "A file ends a byte early.", {**files, path: data[:-1]}
        yield f"longer/{path}", "A file has a zero byte more.", {**files, path: data + b"\x00"}
        yield f"empty/{path}", "A file has no bytes.", {**files, path: b""}
        if path.startswith("tile/entries/") or path == CHECKPOINT:
            without = {other: content for other, content in files.items() if other != path}
            yield f"missing/{path}", "A file is missing.", without
        if path.startswith("tile/entries/"):
            yield from _bundle_altered(files, path)
        elif path != CHECKPOINT:
            yield from _hashes_altered(files, path)


def _hashes_altered(files: Files, path: str) -> Iterator[tuple[str, str, Files]]:
    data = files[path]
    yield f"hash-missing/{path}", "The content of a tile of a smaller width.", {**files, path: data[:-32]}
    yield f"hash-more/{path}", "The content of a tile of a larger width.", {**files, path: data + data[-32:]}
    if len(data) >= 64:
        swapped = data[32:64] + data[:32] + data[64:]
        yield f"hashes-swapped/{path}", "Two hashes of a tile have changed places.", {**files, path: swapped}
        repeated = data[:32] + data[:32] + data[64:]
        yield f"hash-twice/{path}", "A hash of a tile stands in the place of the next.", {**files, path: repeated}


def _bundle_altered(files: Files, path: str) -> Iterator[tuple[str, str, Files]]:
    data = files[path]
    length = int.from_bytes(data[:2], "big")
    first, rest = data[: 2 + length], data[2 + length :]
    for name, what, changed in (
        ("length-smaller", "The first length is one less.", (length - 1).to_bytes(2, "big") + data[2:]),
        ("length-larger", "The first length is one more.", (length + 1).to_bytes(2, "big") + data[2:]),
        ("length-reversed", "The first length has its low byte first.", data[1::-1] + data[2:]),
        ("length-zero", "The first length is zero.", bytes(2) + data[2:]),
        ("length-largest", "The first length is as large as can be.", b"\xff\xff" + data[2:]),
        ("length-shifted", "An entry gives its last byte to the next one.", _shifted(data)),
        ("entry-missing", "The first entry is missing.", rest),
        ("entry-twice", "The first entry is there twice.", first + data),
        ("entry-more", "An empty entry more.", data + bytes(2)),
        ("entry-moved", "The first entry comes last.", rest + first),
    ):
        if changed != data:
            yield f"{name}/{path}", what, {**files, path: changed}


def _shifted(data: bytes) -> bytes:
    """The first two entries with the border between them one byte earlier; for a single entry, nothing changed."""
    length = int.from_bytes(data[:2], "big")
    border = 2 + length
    if len(data) == border:
        return data
    following = int.from_bytes(data[border : border + 2], "big")
    return (
        (length - 1).to_bytes(2, "big")
        + data[2 : border - 1]
        + (following + 1).to_bytes(2, "big")
        + data[border - 1 : border]
        + data[border + 2 :]
    )


def _of_another(book: Book) -> Iterator[tuple[str, str, Files]]:
    """Files that are sound, but not of this book as it is."""
    files, text = book.files(), book.text().encode()
    fork = forked(book, book.size - 1).files()
    for path, data in files.items():
        if fork.get(path, data) != data:
            yield f"of-a-fork/{path}", "A file is that of a fork.", {**files, path: fork[path]}
    longer = Book([*book.bodies, act(book.size)])
    yield "longer-checkpoint", "The checkpoint is of one entry more.", {**files, CHECKPOINT: longer.note()}
    other = forked(book, 0)
    yield "checkpoint-of-another-book", "The checkpoint is that of another book.", {**files, CHECKPOINT: other.note()}
    yield "files-of-another-book", "The files are those of another book.", {**other.files(), CHECKPOINT: book.note()}
    if 1 < book.size < 256:
        older = {**files, CHECKPOINT: book.note(book.size - 1)}
        yield "older-checkpoint-alone", "An older checkpoint, whose tiles are not there.", older
    alone = signed(text, book.origin, {"chair": CHAIR})
    yield "chair-alone", "The secretary has not signed.", {**files, CHECKPOINT: alone}
