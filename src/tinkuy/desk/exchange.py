"""Exchange: a copy of a book from elsewhere meets the book that is held here (intercambio de libros).

Guarantees that nothing of a copy is written before all of it is verified: its entries are canonical and are those
under its checkpoint, the acts replay, an officer of the board that this replay yields has signed, and it continues what
is held. Meeting is idempotent and takes copies in any order: an older copy takes nothing back, and what comes is
written in one transaction. No clock is asked; times in books are claims.

- A *provisional* copy, which not all who must have signed, brings no act: it waits. A store never gives up what it
  holds, so one officer alone could otherwise put a history in the way of the one that the whole board seals. A body's
  own officers pass such copies to one another with `tinkuy desk import`.
- A sealed copy that contradicts what a checkpoint held here covers is a *fork*: the book held stays as it is, and the
  other history is kept beside it as a package of its own under `forks/`, where `tinkuy receive` can take it up.
- An act that the book's statutes forbid has no effect; the book is kept, readable, and the breach is reported.

Source: book.md, "Checkpoint" and "Forms in which a book travels"; C2SP tlog-tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Literal

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Body
from tinkuy.assembly.state import Breach
from tinkuy.book import tiles
from tinkuy.book.checkpoint import Checkpoint, signed_by
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import MAX_ENTRY, leaf_hash
from tinkuy.book.merkle import root
from tinkuy.book.note import MAX_NOTE
from tinkuy.book.package import Package
from tinkuy.book.package import write as write_package
from tinkuy.desk.desk import Desk, joined
from tinkuy.desk.exchange_places import FORKS, MAX_EVIDENCE, ExchangeError, Offer, Shelf
from tinkuy.desk.files import ATTACHMENTS
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import MAX_ATTACHMENT, BookCopy
from tinkuy.words import Said, Spoken, say

MAX_ACTS = 1_000_000
MAX_BYTES = 2**30  # of one book's entries, and of the attachments taken at one meeting
MAX_BUNDLE = tiles.WIDTH * (2 + MAX_ENTRY)
MAX_LINES = 48  # signature lines on a note before only the officers' are kept
MAX_BRANCHES = 16  # second histories kept of one book; the first is proof enough
HELD = "held/checkpoint"  # in a branch's package: the checkpoint that stood here when it came

_NAMED = re.compile(rb'"([0-9a-f]{64})"')

Outcome = Literal["new", "grown", "signed", "same", "waits", "forked"]


@dataclass(frozen=True, slots=True)
class Met:
    """What came of a copy.

    `acts` and `attachments` count what was not here before; `size` is that of the copy and `first` the act from which a
    fork's histories differ. `lacking` are the roles that have not signed the copy; `breaches` its acts that were not
    allowed, where it was replayed; `left` the attachments that were not taken, and why.
    """

    book: str
    outcome: Outcome
    size: int
    acts: int = 0
    attachments: int = 0
    first: int = 0
    lacking: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = ()
    left: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A copy of a book that is held here, what it replays to, and who sealed it."""

    copy: BookCopy
    state: Assembly
    seal: seal.Seal


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy that holds together: its entries under its note, what came with it, its replay and its seal."""

    book: BookCopy
    attachments: Mapping[str, bytes]
    left: tuple[Said, ...]
    state: Assembly
    seal: seal.Seal


class Exchange:
    """The books of a desk, open to copies from elsewhere. `shelf` is where second histories are kept."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.desk, self.shelf = desk, shelf

    def meet(self, offer: Offer) -> Met:
        """Take in what a copy has and the book held here has not.

        Raises `Spoken` with the reason, and nothing written, where the copy is damaged, unsigned or not to be judged.
        """
        note = offer.read(tiles.CHECKPOINT, MAX_NOTE)
        if note is None:
            raise ExchangeError(say("there is no checkpoint in it, so it is not a book"))
        checkpoint = parse_checkpoint(note)
        if not 0 < checkpoint.size <= MAX_ACTS:
            raise ExchangeError(
                say("the book has {size} acts; at most {most} are read", size=checkpoint.size, most=MAX_ACTS)
            )
        if offer.prefix not in ("", f"{checkpoint.book_id}/"):
            raise ExchangeError(say("the checkpoint is of another book, {book}", book=checkpoint.book_id))
        held = tuple(self.desk.store.bodies(checkpoint.book_id))
        if note in self.desk.store.checkpoints(checkpoint.book_id):
            return self._known(offer, checkpoint, held)
        copy = self._read(offer, checkpoint, held)
        first = _parting(held, copy.book.bodies)
        if first is not None:
            return self._contradiction(checkpoint, copy, first)
        return self._continuation(checkpoint, copy, len(held))

    def offered(self, book: str) -> Offered | None:
        """The copy that travels from here: the longest that its whole board sealed, else up to the last checkpoint.

        None where the book was never sealed at all.
        """
        note = self.desk.store.latest_checkpoint(book)
        return None if note is None else self._sealed(book) or self._judged(self.desk.copy(book))

    def named(self, copy: BookCopy) -> dict[str, bytes]:
        """The attachments that acts of a copy name and that are here."""
        return {name: data for name in _named(copy.bodies) if (data := self.desk.attachments.get(name)) is not None}

    def branches(self, book: str) -> list[str]:
        """The files in which second histories of a book are kept here."""
        return [f"{FORKS}/{book}/{name}" for name in self.shelf.names(f"{FORKS}/{book}") if name.endswith(".tinkuy")]

    def _sealed(self, book: str) -> Offered | None:
        bodies = tuple(self.desk.store.bodies(book))
        for note in reversed(self.desk.store.checkpoints(book)):
            found = self._judged(BookCopy(bodies[: parse_checkpoint(note).size], note))
            if found.seal.whole:
                return found
        return None

    def _judged(self, copy: BookCopy) -> Offered:
        state = replay(copy.bodies, self.desk.attachments)
        return Offered(copy, state, seal.inspect(copy.bodies, copy.note, state))

    def _known(self, offer: Offer, checkpoint: Checkpoint, held: Sequence[bytes]) -> Met:
        """A checkpoint that is here already may still bring attachments."""
        attachments, left = self._attachments(offer, held)
        with self.desk.together():
            for data in attachments.values():
                self.desk.attach(data)
        return Met(checkpoint.book_id, "same", checkpoint.size, attachments=len(attachments), left=left)

    def _read(self, offer: Offer, checkpoint: Checkpoint, held: tuple[bytes, ...]) -> _Copy:
        """The whole copy, verified; raises `Spoken` where it does not hold."""
        bodies = _bodies(offer, checkpoint, held)
        attachments, left = self._attachments(offer, bodies)
        state = replay(bodies, _Both(attachments, self.desk))
        sealed = seal.inspect(bodies, checkpoint.note, state)
        if not state.id and state.breaches:
            raise ExchangeError(say("its founding act is not allowed: {why}", why=state.breaches[0].said))
        if sealed.faults:
            raise ExchangeError(say("the seal does not hold: {fault}", fault=sealed.faults[0]))
        if not sealed.signed:
            raise ExchangeError(say("no officer of its board has signed it"))
        return _Copy(BookCopy(bodies, checkpoint.note), attachments, left, state, sealed)

    def _attachments(self, offer: Offer, bodies: Sequence[bytes]) -> tuple[dict[str, bytes], tuple[Said, ...]]:
        """What lies with a copy, is named by its acts, and is not here; and what of it is not what its name says."""
        found: dict[str, bytes] = {}
        left: list[Said] = []
        wanted = _named(bodies).intersection(offer.attachments())
        for digest in sorted(name for name in wanted if self.desk.attachments.get(name) is None):
            data = offer.read(ATTACHMENTS + digest, MAX_ATTACHMENT)
            if data is None or sha256(data).hexdigest() != digest:
                left.append(say("the attachment {digest} is damaged or not there", digest=digest[:12]))
            elif sum(map(len, found.values())) + len(data) > MAX_BYTES:
                left.append(say("the attachment {digest} is more than is taken at once: repeat", digest=digest[:12]))
            else:
                found[digest] = data
        return found, tuple(left)

    def _contradiction(self, checkpoint: Checkpoint, copy: _Copy, first: int) -> Met:
        """Keep a second history beside the first, where its whole board stands behind it."""
        book = checkpoint.book_id
        signed = self.desk.store.latest_checkpoint(book)
        if signed is None or parse_checkpoint(signed).size <= first:
            raise ExchangeError(
                say(
                    "act {first} is another one here, recorded and never sealed: nothing was taken in; see what it is",
                    first=str(first),
                )
            )
        if copy.seal.lacking:
            raise ExchangeError(
                say("this copy contradicts the one held and is not sealed by the board: it was not kept")
            )
        put_branch(self.shelf, copy.book, {**copy.attachments, **self.named(copy.book)}, signed)
        return Met(book, "forked", checkpoint.size, first=first, breaches=tuple(copy.state.breaches))

    def _continuation(self, checkpoint: Checkpoint, copy: _Copy, held: int) -> Met:
        """Write what is new of a copy that agrees with the book held."""
        book, size, store = checkpoint.book_id, checkpoint.size, self.desk.store
        outcome: Outcome = "new" if held == 0 else "grown" if size > held else "signed"
        if copy.seal.lacking and (size > held or self._sealed(book) is not None):
            outcome = "waits" if size > held else "same"
            return Met(book, outcome, size, lacking=copy.seal.lacking, left=copy.left)
        with self.desk.together():
            for data in copy.attachments.values():
                self.desk.attach(data)
            before = [one for one in store.checkpoints(book) if parse_checkpoint(one).size == size]
            come = self._joined(before, copy)
            acts = self.desk.take(BookCopy(copy.book.bodies, come), copy.state)
            store.put_checkpoint(book, come)
        if acts == 0 and come in before:
            outcome = "same"
        return Met(
            book,
            outcome,
            size,
            acts,
            len(copy.attachments),
            lacking=copy.seal.lacking,
            breaches=tuple(copy.state.breaches),
            left=copy.left,
        )

    def _joined(self, before: Sequence[bytes], copy: _Copy) -> bytes:
        """The note with the signatures that stand here on the same checkpoint."""
        keys = copy.state.room(Body).keys(copy.seal.size)
        return bounded(joined(before[-1], copy.book.note, keys) if before else copy.book.note, keys)


class _Both:
    """Attachments that came with a copy, and those that are here."""

    def __init__(self, come: Mapping[str, bytes], desk: Desk) -> None:
        self._come, self._here = come, desk.attachments

    def get(self, digest: str, /) -> bytes | None:
        return self._come.get(digest) or self._here.get(digest)


def bounded(note: bytes, keys: Mapping[str, bytes]) -> bytes:
    """The note with its officers' signatures and the first `MAX_LINES` lines, whoever's they are.

    Anybody can add lines to a note: as many as a note may have would leave no place for the officer who signs last.
    """
    head, blank, lines = note.rpartition(b"\n\n")
    kept = [
        line
        for place, line in enumerate(lines.splitlines(keepends=True))
        if place < MAX_LINES or signed_by(parse_checkpoint(head + blank + line), keys)
    ]
    return head + blank + b"".join(kept)


def put_branch(shelf: Shelf, copy: BookCopy, attachments: Mapping[str, bytes], signed: bytes) -> None:
    """Keep a second history of a book as a package under `forks/`, with the checkpoint that it contradicts.

    The package is a book as any other, so that whoever gets it sees the fork too. Kept once, by the root of the branch.
    """
    checkpoint = parse_checkpoint(copy.note)
    folder = f"{FORKS}/{checkpoint.book_id}"
    name = f"{checkpoint.root.hex()[:32]}.tinkuy"
    if is_whole(shelf, f"{folder}/{name}") or len({*shelf.names(folder)} - {name}) >= MAX_BRANCHES:
        return
    members = [*tiles.write(copy.bodies, checkpoint), (HELD, signed)]
    members += [(ATTACHMENTS + digest, attachments[digest]) for digest in sorted(attachments)]
    packed = BytesIO()
    write_package(packed, members)
    shelf.write(f"{folder}/{name}", packed.getvalue())
    shelf.settle()


def is_whole(shelf: Shelf, path: str) -> bool:
    """Whether a package lies there as it was sealed."""
    try:
        data = shelf.read(path, MAX_EVIDENCE)
        return data is not None and Package(BytesIO(data)).sealed
    except Spoken:
        return False


def _bodies(offer: Offer, checkpoint: Checkpoint, held: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The entries under a checkpoint. Those held here are not read again where with them its root is reached."""
    size = checkpoint.size
    if size <= len(held):
        known = held[:size]
    else:
        whole = len(held) // tiles.WIDTH * tiles.WIDTH
        known = (*held[:whole], *_fetched(offer, size, whole)) if whole else ()
    if known and _root(known) == checkpoint.root:
        return known
    bodies = tuple(_fetched(offer, size, 0))
    if _root(bodies) != checkpoint.root:
        raise ExchangeError(say("its entries are not those under its checkpoint: the copy is damaged"))
    return bodies


def _fetched(offer: Offer, size: int, start: int) -> Iterator[bytes]:
    """Entries from index `start`, which begins a bundle; what is before it is not asked for."""
    # What is held is not asked for: in its place stand bundles of empty entries, which are passed over below.
    skipped = {tiles.tile_path("entries", index): bytes(2 * tiles.WIDTH) for index in range(start // tiles.WIDTH)}
    read = 0

    def bundle(path: str) -> bytes | None:
        nonlocal read
        if path in skipped:
            return skipped[path]
        data = offer.read(path, MAX_BUNDLE)
        read += len(data or b"")
        if read > MAX_BYTES:
            raise ExchangeError(say("the book is larger than the {most} bytes that are read", most=MAX_BYTES))
        return data

    for place, body in enumerate(tiles.entries(bundle, size)):
        if place >= start:
            yield body


def _root(bodies: Iterable[bytes]) -> bytes:
    return root([leaf_hash(body) for body in bodies])


def _parting(held: Sequence[bytes], come: Sequence[bytes]) -> int | None:
    """The first act at which two copies differ; None while one continues the other."""
    for place, (ours, theirs) in enumerate(zip(held, come, strict=False)):
        if ours != theirs:
            return place
    return None


def _named(bodies: Iterable[bytes]) -> set[str]:
    """Everything in the acts that could be the name of an attachment."""
    return {name.decode() for body in bodies for name in _NAMED.findall(body)}
