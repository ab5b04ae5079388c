"""Books read: replayed and their seals judged, before anybody asks what the federation wrote down of them.

Guarantees that what is read of a book stands on the book alone, so that books may be read while the federation's own
book is still being replayed; and that a book which cannot be read is a value that says so, and ends nothing.

The books of a volume are read together, one step of all before the next step of any: what the processor's caches hold
of a step then serves all of them.

>>> read({"0" * 32: BookCopy((b"{}",), b"note")}, {})["0" * 32].assembly is None
True

Source: federation.md, "Archive and audit"; book.md, "Checkpoint".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinkuy.assembly import seal
from tinkuy.assembly.seal import Seal
from tinkuy.book import checkpoint
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.federation.acts import Assembly, Attachments, replay
from tinkuy.federation.volumes import BookCopy, Held, Proven
from tinkuy.words import Said


@dataclass(slots=True)
class Reading:
    """A whole book as it was read: what its acts come to and its seal, or at which of the two it could not be read."""

    copy: BookCopy
    assembly: Assembly | None = None
    sealed: Seal | None = None
    fault: Said | None = None


def read(held: Mapping[str, Held], attachments: Attachments) -> dict[str, Reading | Proven]:
    """What is held of each base, by book: whole books read, sheets with a proof as they are."""
    found = {book: Reading(one) if isinstance(one, BookCopy) else one for book, one in held.items()}
    whole = [one for one in found.values() if isinstance(one, Reading)]
    for reading in whole:
        try:
            reading.assembly = replay(reading.copy.bodies, attachments)
        except BookError as error:
            reading.fault = error.said
    sealing: list[tuple[Reading, Checkpoint, Assembly]] = []
    for reading in whole:
        if reading.assembly is not None:
            try:
                sealing.append((reading, checkpoint.parse(reading.copy.note), reading.assembly))
            except BookError as error:
                reading.fault = error.said
    seals = seal.judge_all([(note, assembly) for _, note, assembly in sealing])
    for (reading, _, _), sealed in zip(sealing, seals, strict=True):
        reading.sealed = sealed
    return found
