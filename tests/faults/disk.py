"""A disk that forgets: what files may hold after the power was cut, from a recording of what a program did to them.

Only what was synced is sure. Of the writes since, any may be lost or torn, in any order, at any byte; a file's size
may have reached the disk without its data, or the data without the size; a file made or removed may not have been. This
is more than file systems do, and what SQLite says it stands ("Atomic Commit In SQLite", §2: a sector may be torn, and
bytes outside a write are left alone).

A file new to its folder is sure to be found only after the folder itself was synced: SQLite does so when it first syncs
a journal or a write-ahead log that it made (`UNIXFILE_DIRSYNC` in os_unix.c), and when it removes one with that wish.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import apsw

SECTOR = 512
REAL_DISK = apsw.vfs_names()[0]
_JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_SUPER_JOURNAL


@dataclass(frozen=True, slots=True)
class Opened:
    """A file was opened; `new` if it was made by that, `journal` if its first sync takes the folder along."""

    name: str
    new: bool
    journal: bool


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    name: str
    sure: bool  # the folder was synced after it


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The client was told that so many steps are done."""

    steps: int


Event = Opened | Written | Truncated | Synced | Removed | Acknowledged


class _File(apsw.VFSFile):
    def __init__(self, events: list[Event], name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        new = not path.exists()
        super().__init__(REAL_DISK, name, flags)
        self.events, self.short = events, path.name
        events.append(Opened(self.short, new, bool(flags[0] & _JOURNALS)))

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self.events.append(Written(self.short, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self.events.append(Truncated(self.short, size))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self.events.append(Synced(self.short))


class Recorder(apsw.VFS):
    """SQLite's own disk, with everything that is done to it kept in `events`; the default one inside a `with` block.

    The salts of the log come from `seed`, so that the same story is the same recording.
    """

    def __init__(self, seed: int) -> None:
        super().__init__("recorder", REAL_DISK, makedefault=True)
        self.events: list[Event] = []
        self._random = random.Random(seed)
        apsw.randomness(0)  # SQLite asks its default disk for a new seed

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self.events, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        super().xDelete(name, sync)
        self.events.append(Removed(Path(name).name, sync))

    def xRandomness(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.unregister()


@dataclass(slots=True)
class _Content:
    """A file's bytes on the platter, and what was done since they were sure."""

    sure: bytes = b""
    since: list[Written | Truncated] = field(default_factory=list)
    takes_folder: bool = False


def _after(content: bytes, done: list[Written | Truncated]) -> bytes:
    data = bytearray(content)
    for one in done:
        match one:
            case Truncated(size=size):
                data = data[:size].ljust(size, b"\0")
            case Written(offset=offset, data=new):
                data.extend(bytes(max(0, offset - len(data))))
                data[offset : offset + len(new)] = new
    return bytes(data)


class Platter:
    """A folder on that disk. `lying`: it reports a sync and does nothing."""

    def __init__(self, *, lying: bool = False) -> None:
        self._lying = lying
        self._sure: dict[str, _Content] = {}
        self._seen: dict[str, _Content] = {}  # as the running program sees the folder
        self._since: list[tuple[str, _Content | None]] = []  # names given and taken since the folder was sure

    def do(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case Opened(name, new, journal):
                if new:
                    self._name(name, _Content())
                self._seen[name].takes_folder = journal
            case Written(name) | Truncated(name):
                self._seen[name].since.append(event)
            case Synced(name) if not self._lying:
                content = self._seen[name]
                content.sure, content.since = _after(content.sure, content.since), []
                if content.takes_folder:
                    content.takes_folder = False
                    self._folder_is_sure()
            case Removed(name, sure):
                self._name(name, None)
                if sure and not self._lying:
                    self._folder_is_sure()
            case _:
                pass

    @property
    def unsure(self) -> bool:
        """Whether a cut now has more than one outcome."""
        return bool(self._since) or any(content.since for content in self._seen.values())

    def left(self, rng: random.Random) -> dict[str, bytes]:
        """What a cut at this moment may leave, by name of file."""
        manner = rng.choice(_MANNERS)
        names = dict(self._sure)
        for name, content in self._since:
            if rng.random() < rng.choice((0.0, 0.5, 1.0)):
                _give(names, name, content)
        return {name: manner(rng, content) for name, content in names.items()}

    def _name(self, name: str, content: _Content | None) -> None:
        _give(self._seen, name, content)
        self._since.append((name, content))

    def _folder_is_sure(self) -> None:
        for name, content in self._since:
            _give(self._sure, name, content)
        self._since.clear()


def _give(names: dict[str, _Content], name: str, content: _Content | None) -> None:
    if content is None:
        names.pop(name, None)
    else:
        names[name] = content


def _in_order(rng: random.Random, content: _Content) -> bytes:
    """The writes up to some moment, the last one torn at any byte."""
    count = rng.randint(0, len(content.since))
    done = content.since[:count]
    if done and isinstance(done[-1], Written):
        last = done[-1]
        done[-1] = Written(last.name, last.offset, last.data[: rng.randint(0, len(last.data))])
    return _after(content.sure, done)


def _some(rng: random.Random, content: _Content) -> bytes:
    """Any of the writes, whole, in any order; the size of any moment."""
    chance = rng.choice((0.1, 0.5, 0.9))
    done = [one for one in content.since if rng.random() < chance]
    if rng.random() < 0.5:
        rng.shuffle(done)
    return _sized(rng, content, _after(content.sure, done))


def _sectors(rng: random.Random, content: _Content) -> bytes:
    """Any sectors of any of the writes, some torn at any byte; the size of any moment."""
    chance = rng.choice((0.1, 0.5, 0.9))
    done: list[Written | Truncated] = []
    for one in content.since:
        if isinstance(one, Truncated):
            if rng.random() < chance:
                done.append(one)
            continue
        for part in _parts(one):
            if rng.random() < chance:
                cut = rng.randint(0, len(part.data)) if rng.random() < 0.1 else len(part.data)
                done.append(Written(part.name, part.offset, part.data[:cut]))
    return _sized(rng, content, _after(content.sure, done))


def _parts(one: Written) -> Iterator[Written]:
    """A write, sector by sector."""
    start = 0
    while start < len(one.data):
        length = SECTOR - (one.offset + start) % SECTOR
        yield Written(one.name, one.offset + start, one.data[start : start + length])
        start += length


def _sized(rng: random.Random, content: _Content, data: bytes) -> bytes:
    """The data with the size that the file had at some moment since it was sure; what was never written is anything."""
    if rng.random() < 0.5 or not content.since:
        return data
    size = len(_after(content.sure, content.since[: rng.randint(0, len(content.since))]))
    missing = max(0, size - len(data))
    return data[:size] + (rng.randbytes(missing) if rng.random() < 0.5 else bytes(missing))


_MANNERS = (_in_order, _some, _sectors)
