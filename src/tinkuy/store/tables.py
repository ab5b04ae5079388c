"""Books in four tables, in the SQL that SQLite and PostgreSQL share: all of a store but its database.

Guarantees what `port` asks as far as it is the same everywhere: what is written and when it is refused, that threads
take turns and share a wait for the disk (`turns`), and that a store whose database has failed refuses everything.
An adapter opens its database, makes the tables, and says how a transaction begins, ends, and fails.

    entry       book, n, leaf, body         what was recorded; a row is never changed or removed
    checkpoint  arrival, book, size, root, note
    append      id, book, first_n, count    the names of the appends that were made
    attachment  sha256, body
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Protocol

from tinkuy.book import merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.store import checks
from tinkuy.store.port import StoreError
from tinkuy.store.turns import Turns
from tinkuy.words import Said, say

# Entries in order, and the checkpoints that they are held against: the last of each book, or all of them.
_BY_LEAVES = (
    "SELECT book, n, leaf, NULL FROM entry ORDER BY book, n",
    "SELECT book, size, root, NULL FROM checkpoint AS one "
    "WHERE size = (SELECT max(size) FROM checkpoint WHERE book = one.book)",
)
_BY_BODIES = (
    "SELECT book, n, leaf, body FROM entry ORDER BY book, n",
    "SELECT book, size, root, note FROM checkpoint",
)
# Names an append where its book ends at the place that it names, and no append has that name.
_NAMING = (
    "INSERT INTO append (id, book, first_n, count) SELECT $1, $2, $3, $4 "
    "WHERE $3 = coalesce((SELECT n + 1 FROM entry WHERE book = $2 ORDER BY n DESC LIMIT 1), 0) "
    "ON CONFLICT DO NOTHING RETURNING id"
)


class Rows(Protocol):
    """Rows as they are read, one after another, and given up before the last where nobody wants the rest."""

    def __iter__(self) -> Iterator[Any]: ...
    def close(self) -> None: ...


class Tables(ABC):
    """A store on some database. Threads may share one object.

    `name` is how messages call the store. The adapter's constructor opens the database and then calls `_open`.
    """

    # The driver's errors: a moment's conflict with another program, of which nothing is left, and everything else.
    _busy: tuple[type[Exception], ...]
    _failed: type[Exception]

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.RLock()
        self._writer: int | None = None  # the thread whose transaction it is; only itself finds its own number here
        self._turns = Turns(self._lock)
        self._ended: Said | None = None

    @abstractmethod
    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """All the rows of a query with parameters `$1`, `$2` …"""

    @abstractmethod
    def _scan(self, query: str) -> Rows:
        """The rows of a query that may be larger than memory."""

    @abstractmethod
    def _insert(self, book: str, first_n: int, leaves: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        """Write entries, many at once."""

    @abstractmethod
    def _begin(self) -> None:
        """Begin a transaction."""

    @abstractmethod
    def _hold(self, book: str) -> None:
        """Keep other programs from writing to `book` until the transaction ends."""

    @abstractmethod
    def _commit(self) -> None:
        """End the transaction and return when it is on disk."""

    @abstractmethod
    def _roll_back(self) -> None:
        """Undo the transaction, if the database has not done so itself."""

    @abstractmethod
    def _shut(self) -> None:
        """Give up the database, whatever its state; raises nothing."""

    @abstractmethod
    def _prepare(self) -> None:
        """Take what was opened for a store, and make the tables if there is nothing; `StoreError` otherwise."""

    def _reason(self, error: Exception) -> str:
        """What the driver's error says, fit to be shown."""
        return str(error)

    def books(self) -> list[str]:
        """See `port.Store`."""
        with self._reading():
            return [book for (book,) in self._rows("SELECT book FROM entry WHERE n = 0 ORDER BY book")]

    def size(self, book: str) -> int:
        """See `port.Store`."""
        with self._reading():
            return self._size(book)

    def bodies(self, book: str, start: int = 0) -> list[bytes]:
        """See `port.Store`."""
        query = "SELECT body FROM entry WHERE book = $1 AND n >= $2 ORDER BY n"
        with self._reading():
            return [body for (body,) in self._rows(query, (book, start))]

    def append(self, book: str, first_n: int, bodies: Sequence[bytes], append_id: str) -> int:
        """See `port.Store`."""
        leaves = checks.leaves(book, first_n, bodies)
        checks.append_name(append_id)
        self._write(lambda: self._append(book, first_n, leaves, bodies, append_id))
        return first_n + len(bodies)

    def put_checkpoint(self, book: str, note: bytes) -> None:
        """See `port.Store`."""
        read = checks.checkpoint_of(book, note)
        self._write(lambda: self._put_checkpoint(read))

    def latest_checkpoint(self, book: str) -> bytes | None:
        """See `port.Store`."""
        query = "SELECT note FROM checkpoint WHERE book = $1 ORDER BY size DESC, arrival DESC LIMIT 1"
        return self._one(query, book)

    def checkpoints(self, book: str) -> list[bytes]:
        """See `port.Store`."""
        query = "SELECT note FROM checkpoint WHERE book = $1 ORDER BY size, arrival"
        with self._reading():
            return [note for (note,) in self._rows(query, (book,))]

    def put_attachment(self, data: bytes) -> str:
        """See `port.Store`."""
        name = checks.attachment_name(data)
        query = "INSERT INTO attachment VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING sha256"
        self._write(lambda: self._rows(query, (name, data)))
        return name

    def attachment(self, name: str) -> bytes | None:
        """See `port.Store`."""
        return self._one("SELECT body FROM attachment WHERE sha256 = $1", name)

    def together(self) -> AbstractContextManager[None]:
        """See `port.Store`."""
        return self._writing()

    def verify(self) -> None:
        """See `port.Store`."""
        self._verify(*_BY_BODIES)
        with self._reading(), closing(self._scan("SELECT sha256, body FROM attachment")) as rows:
            checks.attachments(rows)

    def close(self) -> None:
        """See `port.Store`."""
        with self._lock:
            self._end(say("it was closed"))

    def _open(self) -> None:
        """Prepare and verify what was opened; if it does not hold, give it up and raise `StoreError`."""
        try:
            self._prepare()
            self._verify(*_BY_LEAVES)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One thread at a time, on a store that has not ended; an error of the database ends it."""
        with self._lock:
            if self._ended is not None:
                raise StoreError(say("The store {path} cannot be used: {why}.", path=self._name, why=self._ended))
            try:
                yield
            except self._busy as error:
                raise StoreError(
                    say("Another program is writing to the store {path}; try again.", path=self._name)
                ) from error
            except self._failed as error:
                reason = self._reason(error)
                self._end(say("it failed ({reason}); start again to see what it holds", reason=reason))
                raise StoreError(say("The store {path} failed: {reason}.", path=self._name, reason=reason)) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """As `_reading`, in a transaction that is on disk at the end or did not happen; part of one that has begun."""
        with self._reading():
            if self._writer is not None:
                yield
                return
            self._begin()
            self._writer = threading.get_ident()
            try:
                yield
                self._commit()
            finally:
                self._writer = None
                if self._ended is None:
                    self._roll_back()

    def _write(self, write: Callable[[], object]) -> None:
        """Do what must be on disk on return, or at the end of the block `together` that this thread is in."""
        if self._writer == threading.get_ident():
            with self._reading():
                write()
        else:
            self._turns.take(write, self._writing)

    def _end(self, why: Said) -> None:
        if self._ended is None:
            self._ended = why
            self._shut()

    def _append(
        self, book: str, first_n: int, leaves: Sequence[bytes], bodies: Sequence[bytes], append_id: str
    ) -> None:
        """Write the entries, unless this was done under this name before. Refuses before it writes anything."""
        self._hold(book)
        if self._rows(_NAMING, (append_id, book, first_n, len(leaves))):
            self._insert(book, first_n, leaves, bodies)
            return
        before = self._rows("SELECT book, first_n, count FROM append WHERE id = $1", (append_id,))
        if not before:
            size = self._size(book)
            raise checks.wrong(book, say("it has {size} entries; entry {n} cannot come next", size=size, n=first_n))
        if before[0] != (book, first_n, len(leaves)) or self._leaves(book, first_n, len(leaves)) != leaves:
            raise StoreError(say("The name {id} was given to another append before; choose a new one.", id=append_id))

    def _put_checkpoint(self, read: Checkpoint) -> None:
        book = read.book_id
        leaves = self._leaves(book, 0, read.size)
        if (len(leaves), merkle.root(leaves)) != (read.size, read.root):
            raise checks.wrong(book, say("the checkpoint of {size} entries is not one of its entries", size=read.size))
        self._rows(
            "INSERT INTO checkpoint (book, size, root, note) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT DO NOTHING RETURNING size",
            (book, read.size, read.root, read.note),
        )

    def _one(self, query: str, value: str) -> bytes | None:
        with self._reading():
            rows = self._rows(query, (value,))
            return rows[0][0] if rows else None

    def _size(self, book: str) -> int:
        last = self._rows("SELECT n FROM entry WHERE book = $1 ORDER BY n DESC LIMIT 1", (book,))
        return int(last[0][0]) + 1 if last else 0

    def _leaves(self, book: str, first_n: int, count: int) -> list[bytes]:
        query = "SELECT leaf FROM entry WHERE book = $1 AND n >= $2 AND n < $3 ORDER BY n"
        return [leaf for (leaf,) in self._rows(query, (book, first_n, first_n + count))]

    def _verify(self, entries: str, kept: str) -> None:
        """Raise `StoreError` unless every book is whole and grows through the checkpoints in `kept`."""
        with self._reading():
            # Checkpoints first: what another program writes meanwhile only makes books longer than they must be.
            with closing(self._scan(kept)) as notes:
                roots = checks.roots(notes)
            with closing(self._scan(entries)) as rows:
                checks.books(rows, roots)
