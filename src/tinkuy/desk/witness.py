"""A witness: what it has seen of the books that it follows, in one SQLite file (testigo).

Guarantees that a checkpoint is cosigned only if it continues the last one seen of that book; that check and record are
one step, however many threads and processes ask at once; and that the record is on disk before a signature leaves. So
of two inconsistent checkpoints at most one is ever cosigned, also across a power cut: a witness that recorded and did
not answer records the same again and answers.

A book is followed by its id. Its officers' keys come from its own acts, when a whole copy is at hand; for a note alone
they are those learnt from the last copy or given when it was told to follow. Every key followed must have signed: one
officer alone cannot make a witness vouch for a history that the board has not sealed.

Source: C2SP tlog-witness and tlog-cosignature; book.md, "Checkpoint". Times are whole seconds since 1970.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from tinkuy.assembly import accused, seal
from tinkuy.assembly.founding import Body
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import fork, merkle, note
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.fork import Branch, Evidence
from tinkuy.book.note import Verifier
from tinkuy.desk.submission import BAD_REQUEST, CONFLICT, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, Submission, Turned
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.words import Said, Spoken, say

_APPLICATION = int.from_bytes(b"tkwt")
_VERSION = 1
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "trusted_schema = OFF", "cell_size_check = ON")
_PATIENCE = 10_000  # milliseconds to wait for another process's write
_SCHEMA = f"""
CREATE TABLE witness (name TEXT NOT NULL, public BLOB NOT NULL) STRICT;
CREATE TABLE followed (origin TEXT PRIMARY KEY, vkeys TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE seen (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE part (origin TEXT NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX part_of ON part (origin, size);
CREATE TABLE tree (origin TEXT PRIMARY KEY, leaves BLOB NOT NULL) STRICT;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""


class WitnessError(Spoken):
    """A witness's file that cannot be used, or a book that it cannot follow."""


class ForkSeen(Turned):
    """Two sealed checkpoints of one book that are not one history, with the evidence that anyone can verify alone."""

    def __init__(self, said: Said, size: int, evidence: Evidence) -> None:
        super().__init__(CONFLICT, said, size)
        self.evidence = evidence


@dataclass(frozen=True, slots=True)
class Followed:
    """A book that the witness follows: the keys that must sign, and the last checkpoint that it recorded, and when."""

    origin: str
    keys: tuple[Verifier, ...]
    latest: Checkpoint | None
    at: int


class Witness:
    """The memory of a witness in the file `path`. Threads may share one object, processes the file.

    Raises `WitnessError` if the file is not there or is none of a witness; `make` makes one.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.RLock()
        if not path.is_file():
            raise WitnessError(say("{file} is not there: make the witness with tinkuy witness key", file=str(path)))
        with _failing(path):
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(_PATIENCE)
            for pragma in _PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
            found = self._db.pragma("application_id"), self._db.pragma("user_version")
        if found != (_APPLICATION, _VERSION):
            self.close()
            raise WitnessError(say("{file} is not the memory of a witness.", file=str(path)))

    def close(self) -> None:
        """Give up the file."""
        with self._lock, suppress(apsw.Error):
            self._db.close(force=True)

    @property
    def key(self) -> Cosigner:
        """The witness's name and public key."""
        with self._using():
            ((name, public),) = self._db.execute("SELECT name, public FROM witness")
        return Cosigner(name, public)

    def followed(self) -> list[Followed]:
        """The books that it follows, by origin."""
        with self._using():
            rows = list(self._db.execute("SELECT origin, vkeys FROM followed ORDER BY origin"))
            return [Followed(origin, _keys(vkeys), *self._latest(origin)) for origin, vkeys in rows]

    def follow(self, origin: str, keys: Sequence[Verifier]) -> None:
        """Follow a book from now on; the checkpoints of one followed before stay seen.

        Raises `WitnessError` unless every key is one of this book's officers.
        """
        if not keys or any(not key.name.startswith(f"{origin}/") for key in keys):
            raise WitnessError(say("{origin} takes keys of its officers, named {origin}/<role>", origin=origin))
        with self._writing():
            self._follow(origin, keys)

    def record(self, given: Submission, at: int) -> Checkpoint:
        """Check a submitted note and record it; only what this returns may be cosigned.

        Raises `Turned` with the status of the protocol, `ForkSeen` among them where the evidence can be given.
        """
        try:
            checkpoint = checkpoints.parse(given.note)
        except BookError as error:
            raise Turned(BAD_REQUEST, error.said) from None
        with self._writing():
            self._expect_signed(checkpoint)
            self._expect_in_tree(Branch(checkpoint), {})
            if given.old > checkpoint.size:
                raise Turned(BAD_REQUEST, say("The old size is larger than the checkpoint's."))
            before = self._latest(checkpoint.origin)[0]
            held = before.size if before else 0
            if given.old != held:
                said = say("The last checkpoint seen has {held} acts, not {old}.", held=held, old=given.old)
                raise Turned(CONFLICT, said, held)
            if before is not None and held == checkpoint.size and before.root != checkpoint.root:
                raise Turned(CONFLICT, _two_roots(held), held)
            _expect_continued(before, checkpoint, given.hashes)
            self._record(checkpoint, at, ())
        return checkpoint

    def take(self, copy: BookCopy, attachments: Mapping[str, bytes], at: int) -> Checkpoint:
        """Check a whole copy of a book and record its checkpoint; its keys are followed from now on.

        The copy is compared with every checkpoint ever seen of the book, and with the last whole copy. Raises `Turned`
        when the book is not followed, not sealed, or older than what was seen, and `ForkSeen` when it is another
        history.
        """
        state = replay(copy.bodies, attachments)
        sealed = seal.inspect(copy.bodies, copy.note, state)
        checkpoint = checkpoints.parse(copy.note)
        if sealed.faults:
            raise Turned(FORBIDDEN, sealed.faults[0])
        if sealed.lacking:
            raise Turned(FORBIDDEN, say("the book is provisional: {roles} did not sign", roles=sealed.lacking))
        branch, named = accused.branch(copy.bodies, copy.note, attachments)
        leaves = [leaf_hash(body) for body in copy.bodies]
        keys = state.room(Body).keys(checkpoint.size)
        with self._writing():
            if not self._vkeys(checkpoint.origin):
                raise _unknown(checkpoint.origin)
            seen = self._seen(checkpoint.origin)
            for size, root in _roots(leaves, frozenset(seen)):
                if root != seen[size]:
                    held, more = self._branch(checkpoint.origin, size)
                    raise self._proven(_two_roots(size), held, branch, leaves, {**more, **named})
            self._expect_in_tree(branch, named)
            before = self._latest(checkpoint.origin)[0]
            if before is not None and before.size > checkpoint.size:
                said = say("The copy is older than what was seen: it has {size} acts.", size=checkpoint.size)
                raise Turned(CONFLICT, said, before.size)
            signers = [Verifier(f"{checkpoint.origin}/{role}", keys[role]) for role in sealed.needed]
            self._follow(checkpoint.origin, signers)
            self._record(checkpoint, at, (*fork.branch_members(branch, ""), *_named(named)))
            self._db.execute("INSERT OR REPLACE INTO tree VALUES (?, ?)", (checkpoint.origin, b"".join(leaves)))
        return checkpoint

    def _expect_signed(self, checkpoint: Checkpoint) -> None:
        keys = _keys(self._vkeys(checkpoint.origin))
        if not keys:
            raise _unknown(checkpoint.origin)
        try:
            signed = note.verify(note.parse(checkpoint.note), keys)
        except BookError as error:
            raise Turned(FORBIDDEN, error.said) from None
        lacking = tuple(key.name for key in keys if key.name not in signed)
        if lacking:
            raise Turned(FORBIDDEN, say("The note lacks the signature of {names}.", names=lacking))

    def _expect_in_tree(self, branch: Branch, named: Mapping[str, bytes]) -> None:
        """Raise `ForkSeen` where the last whole copy had other acts under a checkpoint no larger than it."""
        at = branch.checkpoint
        row = self._db.execute("SELECT leaves FROM tree WHERE origin = ?", (at.origin,)).fetchone()
        leaves = [] if row is None else [row[0][place : place + 32] for place in range(0, len(row[0]), 32)]
        if at.size <= len(leaves) and merkle.root(leaves[: at.size]) != at.root:
            held, more = self._branch(at.origin, len(leaves))
            raise self._proven(_two_roots(at.size), held, branch, leaves, {**more, **named})

    def _proven(
        self, said: Said, held: Branch, come: Branch, leaves: Sequence[bytes], named: Mapping[str, bytes]
    ) -> Turned:
        """The refusal of a second history, with its evidence where whose keys these are can be shown."""
        latest = self._latest(come.checkpoint.origin)[0]
        size = latest.size if latest else 0
        try:
            return ForkSeen(said, size, accused.least(held, come, leaves, named))
        except BookError as error:
            return Turned(CONFLICT, say("{said} It cannot be proven: {why}", said=said, why=error.said), size)

    def _branch(self, origin: str, size: int) -> tuple[Branch, dict[str, bytes]]:
        """A checkpoint seen before as a branch, with its opening where a whole copy had come."""
        query = "SELECT name, data FROM part WHERE origin = ? AND size = ?"
        parts: dict[str, bytes] = dict(self._db.execute(query, (origin, size)))
        named = {name.rpartition("/")[2]: parts.pop(name) for name in list(parts) if name.startswith(fork.ATTACHMENTS)}
        if not parts:
            ((data,),) = self._db.execute("SELECT note FROM seen WHERE origin = ? AND size = ?", (origin, size))
            return Branch(checkpoints.parse(data)), {}
        return fork.read_branch(frozenset(parts), parts.get, ""), named

    def _follow(self, origin: str, keys: Sequence[Verifier]) -> None:
        vkeys = "\n".join(key.vkey for key in keys)
        self._db.execute("INSERT OR REPLACE INTO followed VALUES (?, ?)", (origin, vkeys))

    def _vkeys(self, origin: str) -> str:
        row = self._db.execute("SELECT vkeys FROM followed WHERE origin = ?", (origin,)).fetchone()
        return "" if row is None else str(row[0])

    def _seen(self, origin: str) -> dict[int, bytes]:
        return dict(self._db.execute("SELECT size, root FROM seen WHERE origin = ?", (origin,)))

    def _latest(self, origin: str) -> tuple[Checkpoint | None, int]:
        query = "SELECT note, at FROM seen WHERE origin = ? ORDER BY size DESC LIMIT 1"
        row = self._db.execute(query, (origin,)).fetchone()
        return (None, 0) if row is None else (checkpoints.parse(row[0]), row[1])

    def _record(self, checkpoint: Checkpoint, at: int, parts: Sequence[tuple[str, bytes]]) -> None:
        place = checkpoint.origin, checkpoint.size
        self._db.execute(
            "INSERT INTO seen VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at",
            (*place, checkpoint.root, checkpoint.note, at),
        )
        if parts:
            self._db.execute("DELETE FROM part WHERE origin = ? AND size = ?", place)
            self._db.executemany("INSERT INTO part VALUES (?, ?, ?, ?)", ((*place, *part) for part in parts))

    @contextmanager
    def _using(self) -> Iterator[None]:
        """One thread at a time; an error of the file ends its use, since what is on disk is then not known."""
        with self._lock, _failing(self._path):
            try:
                yield
            except apsw.BusyError:
                raise
            except apsw.Error:
                self.close()
                raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that excludes every other writer from its beginning, and is on disk when it ends."""
        with self._using():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


def make(path: Path, name: str, public: bytes) -> None:
    """Make the memory of a new witness with this key. Raises `WitnessError` if there is one already."""
    try:
        note.check_name(name)
    except BookError as error:
        raise WitnessError(error.said) from None
    if path.exists():
        raise WitnessError(say("{file} is there already: a witness is never made over", file=str(path)))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _failing(part):
            db = apsw.Connection(str(part))
            db.execute(f"BEGIN; {_SCHEMA}")
            db.execute("INSERT INTO witness VALUES (?, ?)", (name, public))
            db.execute("COMMIT")
            db.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _two_roots(size: int) -> Said:
    return say("Another root of {size} acts was seen before: two histories of one book.", size=size)


def _expect_continued(before: Checkpoint | None, checkpoint: Checkpoint, hashes: Sequence[bytes]) -> None:
    size, root = (before.size, before.root) if before else (0, merkle.EMPTY_ROOT)
    try:
        merkle.verify_consistency(size, root, checkpoint.size, checkpoint.root, hashes)
    except BookError as error:
        raise Turned(UNPROCESSABLE, error.said) from None


def _roots(leaves: Sequence[bytes], sizes: frozenset[int]) -> Iterator[tuple[int, bytes]]:
    """The root at each of these sizes, ascending, as far as the leaves go; computed in one pass."""
    tree = merkle.Frontier()
    for leaf in leaves:
        tree.append(leaf)
        if tree.size in sizes:
            yield tree.size, tree.root()


def _keys(vkeys: str) -> tuple[Verifier, ...]:
    return tuple(note.verifier(vkey) for vkey in vkeys.splitlines())


def _named(attachments: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
    return [(fork.ATTACHMENTS + digest, data) for digest, data in attachments.items()]


def _unknown(origin: str) -> Turned:
    return Turned(NOT_FOUND, say("This witness does not follow {origin}.", origin=origin))


@contextmanager
def _failing(path: Path) -> Iterator[None]:
    try:
        yield
    except apsw.BusyError:
        raise WitnessError(say("Another program is writing to {file}; try again.", file=str(path))) from None
    except apsw.Error as error:
        raise WitnessError(say("{file} failed: {reason}.", file=str(path), reason=str(error))) from error
