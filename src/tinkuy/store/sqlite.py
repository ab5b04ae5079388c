"""Books in one SQLite file, by apsw.

Guarantees what `port` asks with a write-ahead log, `synchronous=FULL` and one write transaction at a time: an append
that has returned survives a power cut. On opening, every book is checked against its last checkpoint by its leaf
hashes; `verify` recomputes those too.

Any failed write ends the use of the store: after an I/O error SQLite has been seen to acknowledge commits that are not
on disk. Opening the file again tells what is there, and the client repeats its append under the same id.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import apsw

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import crockford, entry, merkle
from tinkuy.book.errors import BookError
from tinkuy.store.port import StoreError
from tinkuy.words import Said, say

MAX_ATTACHMENT = 64 * 2**20  # bytes, as much as a package's reader takes

_APPLICATION = int.from_bytes(b"tkuy")
_VERSION = 1
_NEW = (0, 0, 0)
_OURS = (_APPLICATION, _VERSION, 1)
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "cache_size = -65536",  # KiB; books by the thousand are taken in at once
    "trusted_schema = OFF",
    "cell_size_check = ON",
)
_PATIENCE = 5_000  # milliseconds to wait for another program's write
_MAX_ID = 200

_SCHEMA = f"""
CREATE TABLE entry (
    book TEXT NOT NULL, n INTEGER NOT NULL, leaf BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (book, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint (
    arrival INTEGER PRIMARY KEY, book TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
    UNIQUE (book, size, note)
) STRICT;
CREATE TABLE append (
    id TEXT PRIMARY KEY, book TEXT NOT NULL, first_n INTEGER NOT NULL, count INTEGER NOT NULL, root BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment (sha256 TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""

# Entries in order, and the checkpoints that they are held against: the last of each book, or all of them.
_BY_LEAVES = (
    "SELECT book, n, leaf, NULL FROM entry ORDER BY book, n",
    "SELECT book, max(size), root, NULL FROM checkpoint GROUP BY book",
)
_BY_BODIES = (
    "SELECT book, n, leaf, body FROM entry ORDER BY book, n",
    "SELECT book, size, root, note FROM checkpoint",
)


class SqliteStore:
    """A store in the file `path`, made if it is not there. Threads may share one object, processes the file.

    Raises `StoreError` if the file is not a store, is of a later version, or a book in it does not hold together.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._ended: Said | None = None
        try:
            self._db = apsw.Connection(str(path))
        except apsw.Error as error:
            raise StoreError(
                say("The store {path} cannot be opened: {reason}.", path=str(path), reason=str(error))
            ) from error
        try:
            self._prepare()
            self._verify(*_BY_LEAVES)
        except StoreError:
            self.close()
            raise

    def books(self) -> list[str]:
        """See `port.Store`."""
        with self._reading():
            return [book for (book,) in self._db.execute("SELECT book FROM entry WHERE n = 0 ORDER BY book")]

    def size(self, book: str) -> int:
        """See `port.Store`."""
        with self._reading():
            return self._size(book)

    def bodies(self, book: str, start: int = 0) -> list[bytes]:
        """See `port.Store`."""
        query = "SELECT body FROM entry WHERE book = ? AND n >= ? ORDER BY n"
        with self._reading():
            return [body for (body,) in self._db.execute(query, (book, start))]

    def append(self, book: str, first_n: int, bodies: Sequence[bytes], append_id: str) -> int:
        """See `port.Store`."""
        leaves = _checked(book, first_n, bodies)
        if not append_id or len(append_id) > _MAX_ID:
            raise StoreError(say("An append has a name of 1 to {limit} characters.", limit=_MAX_ID))
        done = (book, first_n, len(bodies), merkle.root(leaves))
        with self._writing():
            before = self._db.execute(
                "SELECT book, first_n, count, root FROM append WHERE id = ?", (append_id,)
            ).fetchone()
            if before is None:
                self._insert(book, first_n, zip(leaves, bodies, strict=True))
                self._db.execute("INSERT INTO append VALUES (?, ?, ?, ?, ?)", (append_id, *done))
            elif before != done:
                raise StoreError(
                    say("The name {id} was given to another append before; choose a new one.", id=append_id)
                )
        return first_n + len(bodies)

    def put_checkpoint(self, book: str, note: bytes) -> None:
        """See `port.Store`."""
        try:
            read = checkpoints.parse(note)
        except BookError as error:
            raise StoreError(error.said) from error
        if read.book_id != book:
            raise _wrong(book, say("the checkpoint is of book {other}", other=read.book_id))
        with self._writing():
            query = "SELECT leaf FROM entry WHERE book = ? AND n < ? ORDER BY n"
            leaves = [leaf for (leaf,) in self._db.execute(query, (book, read.size))]
            if (len(leaves), merkle.root(leaves)) != (read.size, read.root):
                raise _wrong(book, say("the checkpoint of {size} entries is not one of its entries", size=read.size))
            self._db.execute(
                "INSERT OR IGNORE INTO checkpoint (book, size, root, note) VALUES (?, ?, ?, ?)",
                (book, read.size, read.root, note),
            )

    def latest_checkpoint(self, book: str) -> bytes | None:
        """See `port.Store`."""
        query = "SELECT note FROM checkpoint WHERE book = ? ORDER BY size DESC, arrival DESC LIMIT 1"
        with self._reading():
            row = self._db.execute(query, (book,)).fetchone()
            return None if row is None else row[0]

    def checkpoints(self, book: str) -> list[bytes]:
        """See `port.Store`."""
        query = "SELECT note FROM checkpoint WHERE book = ? ORDER BY size, arrival"
        with self._reading():
            return [note for (note,) in self._db.execute(query, (book,))]

    def put_attachment(self, data: bytes) -> str:
        """See `port.Store`."""
        if len(data) > MAX_ATTACHMENT:
            raise StoreError(
                say("The attachment has {size} bytes, and {limit} are allowed.", size=len(data), limit=MAX_ATTACHMENT)
            )
        name = sha256(data).hexdigest()
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO attachment VALUES (?, ?)", (name, data))
        return name

    def attachment(self, name: str) -> bytes | None:
        """See `port.Store`."""
        with self._reading():
            row = self._db.execute("SELECT body FROM attachment WHERE sha256 = ?", (name,)).fetchone()
            return None if row is None else row[0]

    def together(self) -> AbstractContextManager[None]:
        """See `port.Store`."""
        return self._writing()

    def verify(self) -> None:
        """See `port.Store`."""
        self._verify(*_BY_BODIES)
        with self._reading():
            for name, body in self._db.execute("SELECT sha256, body FROM attachment"):
                if sha256(body).hexdigest() != name:
                    raise StoreError(say("The attachment {name} was altered in the store.", name=name))

    def close(self) -> None:
        """See `port.Store`."""
        with self._lock:
            self._end(say("it was closed"))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One thread at a time, on a store that has not ended; an error of the database ends it."""
        with self._lock:
            if self._ended is not None:
                raise StoreError(say("The store {path} cannot be used: {why}.", path=str(self._path), why=self._ended))
            try:
                yield
            except apsw.BusyError as error:
                raise StoreError(
                    say("Another program is writing to the store {path}; try again.", path=str(self._path))
                ) from error
            except apsw.Error as error:
                self._end(say("its file failed ({reason}); start again to see what it holds", reason=str(error)))
                raise StoreError(
                    say("The store {path} failed: {reason}.", path=str(self._path), reason=str(error))
                ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """As `_reading`, in a transaction that is on disk at the end or did not happen; part of one that has begun."""
        with self._reading():
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._ended is None and self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _end(self, why: Said) -> None:
        if self._ended is None:
            self._ended = why
            # Closing a file that has failed may fail as well; nothing more is asked of it.
            with suppress(apsw.Error):
                self._db.close(force=True)

    def _prepare(self) -> None:
        """Take the file for a store, and make the tables if it is empty."""
        with self._reading():
            self._db.set_busy_timeout(_PATIENCE)
            found = self._found()
        if found not in (_NEW, _OURS):
            raise StoreError(
                say("{path} is not a store of books that this version of the program reads.", path=str(self._path))
            )
        with self._reading():
            for pragma in _PRAGMAS:
                self._db.execute(f"PRAGMA {pragma}")
        if found == _NEW:
            with self._writing():
                if self._found() == _NEW:  # another program may have been quicker
                    self._db.execute(_SCHEMA)

    def _found(self) -> tuple[object, ...]:
        """Whose file it is, of which version, and whether it has tables."""
        tables = self._db.execute("SELECT count(*) > 0 FROM sqlite_schema").fetchone()
        return (self._db.pragma("application_id"), self._db.pragma("user_version"), *(tables or ()))

    def _size(self, book: str) -> int:
        row = self._db.execute("SELECT max(n) + 1 FROM entry WHERE book = ?", (book,)).fetchone()
        return row[0] if row and row[0] is not None else 0

    def _insert(self, book: str, first_n: int, rows: Iterable[tuple[bytes, bytes]]) -> None:
        size = self._size(book)
        if size != first_n:
            raise _wrong(book, say("it has {size} entries; entry {n} cannot come next", size=size, n=first_n))
        self._db.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?)",
            ((book, first_n + place, leaf, body) for place, (leaf, body) in enumerate(rows)),
        )

    def _verify(self, entries: str, kept: str) -> None:
        """Raise `StoreError` unless every book is whole and grows through the checkpoints in `kept`."""
        with self._reading():
            roots: dict[str, dict[int, bytes]] = {}
            for book, size, root, note in self._db.execute(kept):
                if note is not None and not _says(note, book, size, root):
                    raise _wrong(book, say("its checkpoint of {size} entries was altered in the store", size=size))
                roots.setdefault(book, {})[size] = root
            for book, rows in groupby(self._db.execute(entries), key=itemgetter(0)):
                _verify_book(book, rows, roots.pop(book, {}))
            for book in roots:
                raise _wrong(book, say("it has a checkpoint and no entries"))


def _checked(book: str, first_n: int, bodies: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of entries that may stand at `first_n`; raises `StoreError` otherwise."""
    for place, body in enumerate(bodies, first_n):
        try:
            n = entry.parse(body)["n"]
        except BookError as error:
            raise _wrong(book, say("entry {n} is malformed: {why}", n=place, why=error.said)) from error
        if n != place:
            raise _wrong(book, say("entry {n} says that it is number {other}", n=place, other=n))
    if bodies and first_n == 0 and entry.book_id(bodies[0]) != book:
        raise _wrong(book, say("its first entry founds book {other}", other=entry.book_id(bodies[0])))
    return [entry.leaf_hash(body) for body in bodies]


def _says(note: bytes, book: str, size: int, root: bytes) -> bool:
    try:
        read = checkpoints.parse(note)
    except BookError:
        return False
    return (read.book_id, read.size, read.root) == (book, size, root)


def _verify_book(book: str, rows: Iterable[tuple[str, int, bytes, bytes | None]], roots: dict[int, bytes]) -> None:
    tree = merkle.Frontier()
    for _, n, leaf, body in rows:
        if n != tree.size:
            raise _wrong(book, say("entry {n} is missing", n=tree.size))
        if body is not None and entry.leaf_hash(body) != leaf:
            raise _wrong(book, say("entry {n} was altered in the store", n=n))
        if n == 0 and crockford.base32(leaf[:20]) != book:
            raise _wrong(book, say("its first entry is not the one that founds it"))
        tree.append(leaf)
        if tree.size in roots and tree.root() != roots.pop(tree.size):
            raise _wrong(book, say("its entries are not those of the checkpoint of {size}", size=tree.size))
    for size in roots:
        raise _wrong(
            book, say("it has {found} entries, fewer than the {size} of a checkpoint", found=tree.size, size=size)
        )


def _wrong(book: str, why: Said) -> StoreError:
    return StoreError(say("Book {book}: {why}.", book=book, why=why))
