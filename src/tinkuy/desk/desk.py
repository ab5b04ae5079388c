"""The desk of an officer: acts are recorded here and nowhere else.

Guarantees that nothing is written which the statutes in force do not allow: the same replay judges before the writing
and ever after; that acts of one call are written together or not at all; and that a checkpoint is signed only over
what the store has acknowledged.

>>> from pathlib import Path
>>> from tinkuy.store.sqlite import SqliteStore
>>> Desk(SqliteStore(Path(":memory:"))).store.books()
[]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256

import msgspec

from tinkuy.assembly import seal as seals
from tinkuy.assembly.act import Act, Refused, written
from tinkuy.assembly.founding import Body
from tinkuy.assembly.withdrawal import Withdrawn, sealed_over
from tinkuy.book import checkpoint
from tinkuy.book.entry import book_id, leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey
from tinkuy.book.merkle import root
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy, named
from tinkuy.store.port import Store
from tinkuy.words import Spoken, say


class DeskError(Spoken):
    """Something that cannot be done with the books at hand; it says what is lacking."""


class Attached:
    """The attachments of a store, by SHA-256 in hex."""

    def __init__(self, store: Store) -> None:
        self.get = store.attachment


class Desk:
    """Books in a store, with the state of each as far as it was read."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.attachments = Attached(store)
        self._states: dict[str, Assembly] = {}

    @contextmanager
    def together(self) -> Iterator[None]:
        """Writes that are on disk together when the block ends, or, if it raises, did not happen."""
        try:
            with self.store.together():
                yield
        except BaseException:
            self._states.clear()  # they are ahead of the store; they are replayed when next asked for
            raise

    def attach(self, data: bytes) -> str:
        """Keep the bytes that acts will name; returns their SHA-256 in hex."""
        return self.store.put_attachment(data)

    def assembly(self, book: str) -> Assembly:
        """The state of a body by its book. Raises `DeskError` when the store has no such book."""
        size = self.store.size(book)
        if size == 0:
            raise DeskError(say("there is no book {book} here", book=book))
        state = self._states.get(book)
        if state is None:
            return self._anew(book)
        for body in self.store.bodies(book, state.size):
            state.take(body)
            if state.behind:
                return self._anew(book)
        return state

    def found(self, founding: Act, *, at: str, by: str) -> str:
        """Open a book with its founding act; returns the book's id. Raises `Refused`."""
        body = written(msgspec.structs.replace(founding, at=at, by=by, n=0))
        state = Assembly(attachments=self.attachments)
        state.admit(body)
        book = book_id(body)
        self._append(book, 0, [body])
        self._states[book] = state
        return book

    def record(self, book: str, *acts: Act, at: str = "", by: str = "") -> None:
        """Record acts in order, all or none; `at` and `by` fill in what an act does not say itself.

        Raises `Refused` with the first that is not allowed.
        """
        state = self.assembly(book)
        first, bodies = state.size, []
        sealed = self.sealed(book) if any(isinstance(act, Withdrawn) for act in acts) else 0
        try:
            for number, act in enumerate(acts, first):
                body = written(msgspec.structs.replace(act, at=act.at or at, by=act.by or by, n=number))
                state.admit(body)
                bodies.append(body)
                if state.behind:
                    if fault := sealed_over(state.slips, sealed):
                        raise Refused(fault)
                    state = self._anew(book, bodies)
            self._append(book, first, bodies)
        except BaseException:
            del self._states[book]  # it is ahead of the store; it is replayed when next asked for
            raise

    def seal(self, book: str, signers: Mapping[str, SigningKey]) -> bytes:
        """Sign the book as it stands in the store, each role with its key; returns the checkpoint note.

        Officers may sign one after another: a signature joins those already on the same checkpoint. Raises
        `DeskError` when a key is not the one that the role holds now.
        """
        state = self.assembly(book)
        for role, key in signers.items():
            officer = state.room(Body).officer(role)
            if officer is None or officer.key != key.public.hex():
                raise DeskError(say("this is not the key that {role} holds in the book", role=role))
        leaves = [leaf_hash(body) for body in self.store.bodies(book)]
        note = self._joined(book, checkpoint.sign(book, len(leaves), root(leaves), signers), state)
        self.store.put_checkpoint(book, note)
        return note

    def take(self, copy: BookCopy, state: Assembly | None = None) -> int:
        """Take in a copy of a book that came from elsewhere; how many of its acts were not here before.

        `state` is the copy's replay, where the caller has it. A copy that is older adds nothing, and signatures on the
        checkpoint held here join it. Raises `DeskError`, with nothing kept, when the copy contradicts the one held or
        its checkpoint is false.
        """
        state = state or replay(copy.bodies, self.attachments)
        sealed = seals.inspect(copy.bodies, copy.note, state)
        if sealed.faults:
            raise DeskError(say("the seal does not hold: {fault}", fault=sealed.faults[0]))
        book = book_id(copy.bodies[0])
        before = self.store.bodies(book)
        if self.contradicts(copy):
            raise DeskError(say("this copy contradicts the one held here: two histories of one book"))
        if len(copy.bodies) < len(before):
            return 0
        with self.store.together():
            self._append(book, len(before), copy.bodies[len(before) :])
            self.store.put_checkpoint(book, self._joined(book, copy.note, state))
        return len(copy.bodies) - len(before)

    def sealed(self, book: str) -> int:
        """The size of the largest checkpoint here that the whole board has signed; 0 when there is none."""
        notes = self.store.checkpoints(book)
        body = self.assembly(book).room(Body) if notes else Body()
        for note in reversed(notes):
            at = checkpoint.parse(note)
            if checkpoint.signed_by(at, body.keys(at.size)) >= set(body.statutes.officers.seal):
                return at.size
        return 0

    def contradicts(self, copy: BookCopy) -> bool:
        """Whether a copy and the book held here are two histories: neither continues the other."""
        before = tuple(self.store.bodies(book_id(copy.bodies[0])))
        common = min(len(before), len(copy.bodies))
        return before[:common] != copy.bodies[:common]

    def named(self, copy: BookCopy) -> dict[str, bytes]:
        """The attachments that the acts of a copy name, as far as they are here."""
        digests = set(named(copy))
        return {digest: data for digest in digests if (data := self.attachments.get(digest)) is not None}

    def _joined(self, book: str, note: bytes, state: Assembly) -> bytes:
        """The note with the officers' signatures that were on the same checkpoint before."""
        held = self.store.latest_checkpoint(book)
        return note if held is None else joined(held, note, state.room(Body).keys(checkpoint.parse(note).size))

    def copy(self, book: str) -> BookCopy:
        """The book up to its last checkpoint, as it travels. Raises `DeskError` when it was never sealed."""
        note = self.store.latest_checkpoint(book)
        if note is None:
            raise DeskError(say("the book {book} has no checkpoint yet: seal it first", book=book))
        return BookCopy(tuple(self.store.bodies(book))[: checkpoint.parse(note).size], note)

    def _anew(self, book: str, more: Iterable[bytes] = ()) -> Assembly:
        """The state of a book after an act was taken back, replayed from its first act; `more` are not written yet."""
        state = self._states[book] = replay([*self.store.bodies(book), *more], self.attachments)
        return state

    def _append(self, book: str, first: int, bodies: Iterable[bytes]) -> None:
        held = list(bodies)
        if not held:
            return
        # The name of an append is its book and content, so that a retry after a lost answer writes nothing twice.
        name = sha256(book.encode() + b"".join(leaf_hash(body) for body in held)).hexdigest()
        self.store.append(book, first, held, name)


def joined(held: bytes, come: bytes, keys: Mapping[str, bytes]) -> bytes:
    """One note with the signatures of two on the same checkpoint; `come` itself when it is another checkpoint.

    Each signature line is kept once, in the order held. A line under an officer's key that is not valid is left out:
    kept beside the valid one it would spoil the note.
    """
    first, second = (note.rpartition(b"\n\n") for note in (held, come))
    if first[0] != second[0]:
        return come
    head = come[: len(second[0]) + 2]
    lines = dict.fromkeys([*first[2].splitlines(keepends=True), *second[2].splitlines(keepends=True)])
    return head + b"".join(line for line in lines if _stands(head + line, keys))


def _stands(note: bytes, keys: Mapping[str, bytes]) -> bool:
    try:
        checkpoint.signed_by(checkpoint.parse(note), keys)
    except BookError:
        return False
    return True
