"""All cases of `tinkuy book conformance`, in one order.

Guarantees the same cases with the same numbers from run to run and on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from tinkuy.cli import conformance_entries as entries
from tinkuy.cli import conformance_notes as notes
from tinkuy.cli import conformance_proofs as proofs
from tinkuy.cli import conformance_tiles as tiles
from tinkuy.cli import conformance_witness as witness
from tinkuy.cli.conformance_book import Book, Case, Made, book_of

SIZES = (1, 2, 7, 255, 256, 257, 5_000)
LARGE = 70_000

CHECKS = {
    "entry": "Are these bytes an entry in its one form?",
    "checkpoint": "Is this note a checkpoint of the book `origin` that every one of `keys` has signed?",
    "cosignature": "Is this note a checkpoint of `origin` that all of `keys` signed and all of `witnesses` cosigned?",
    "inclusion": "Is the entry at `index` under the `root` of `size` entries?",
    "consistency": "Does the tree of `size` and `root` continue the one of `old_size` and `old_root`?",
    "proof": "Does this text prove the entry under a checkpoint of `origin` that every one of `keys` has signed?",
    "tiles": "Do these files hold the whole book `origin` under a checkpoint that every one of `keys` has signed?",
}


def cases(large: bool = False) -> Iterator[Case]:
    """Every case; with `large`, also those of a book of 70,000 entries."""
    number = 0
    for check, book, accept, made in _made(large):
        for done, what, given in made:
            yield Case(number, f"{check}/{book}/{done}", check, accept, what, given)
            number += 1


def _made(large: bool) -> Iterator[tuple[str, str, bool, Made]]:
    books = {size: book_of(size) for size in (*SIZES, *((LARGE,) if large else ()))}
    yield "entry", "one", True, entries.sound()
    yield "entry", "one", False, entries.damaged()
    for book in books.values():
        yield from _sound(book)
    yield "checkpoint", "7", False, notes.damaged(books[7])
    yield "cosignature", "7", False, witness.damaged(books[7])
    yield "proof", "7", False, proofs.damaged_proof(books[7], 2)
    for size, indexes in {1: [0], 2: [0, 1], 7: [0, 2, 5, 6], 257: [0, 255, 256], 5_000: [0, 4_095, 4_999]}.items():
        for index in indexes:
            yield "inclusion", str(size), False, proofs.damaged_inclusion(books[size], index)
    for size, olds in {2: [1, 2], 7: [1, 3, 4, 6, 7], 257: [1, 128, 255, 256], 5_000: [1_000, 4_096, 4_999]}.items():
        for old in olds:
            yield "consistency", str(size), False, proofs.damaged_consistency(books[size], old)
    for size in (1, 7, 257):
        yield "tiles", str(size), False, tiles.damaged(books[size])
    yield "tiles", "5000", False, tiles.few(books[5_000])


def _sound(book: Book) -> Iterator[tuple[str, str, bool, Made]]:
    size = str(book.size)
    yield "checkpoint", size, True, notes.sound(book)
    yield "cosignature", size, True, witness.sound(book)
    yield "inclusion", size, True, proofs.sound_inclusion(book)
    yield "consistency", size, True, proofs.sound_consistency(book)
    yield "proof", size, True, proofs.sound_proof(book)
    yield "tiles", size, True, tiles.sound(book)
