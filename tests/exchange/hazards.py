"""What goes wrong on the way: processes killed, lines broken; and a memory for what is verified again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256

import pytest

from tests.exchange.bodies import Drawer
from tinkuy.assembly.state import Attachments
from tinkuy.book import keys
from tinkuy.book import note as note_of
from tinkuy.desk import desk, exchange
from tinkuy.desk.exchange import _named
from tinkuy.federation.acts import Assembly
from tinkuy.federation.acts import replay as acts_replay
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import Spoken


class Killed(BaseException):
    """The process ended here."""


class Broken(Spoken):
    """The line broke here."""


class Fragile:
    """A store whose process may be killed before or after any of its writes."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.left = store, -1

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)

    def append(self, *given: object) -> int:
        self.step()
        size = self.store.append(*given)  # type: ignore[arg-type]
        self.step()
        return size

    def put_checkpoint(self, book: str, note: bytes) -> None:
        self.step()
        self.store.put_checkpoint(book, note)
        self.step()

    def put_attachment(self, data: bytes) -> str:
        self.step()
        return self.store.put_attachment(data)

    @contextmanager
    def together(self) -> Iterator[None]:
        with self.store.together():
            yield
            self.step()
        self.step()

    def step(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1


class Stick(Drawer):
    """A memory stick or a shelf; writing may be killed, reading may break, after so many files."""

    left = -1
    whole_for = -1

    def write(self, path: str, data: bytes) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1
        super().write(path, data)

    def read(self, path: str, most: int) -> bytes | None:
        if self.whole_for == 0:
            raise Broken("the line broke")
        self.whole_for -= 1
        return super().read(path, most)


@contextmanager
def remembering() -> Iterator[None]:
    """Pure functions answer from memory what they have answered before: most of what is verified here is the same."""
    verify, replay = cache(keys.verify), cache(_replayed)

    def replayed(acts: Sequence[bytes], attachments: Attachments) -> Assembly:
        there = frozenset(data for name in _named(acts) if (data := attachments.get(name)) is not None)
        return replay(tuple(acts), there)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "verify", verify)
        patch.setattr(note_of, "parse", cache(note_of.parse))
        for module in (exchange, desk):
            patch.setattr(module, "replay", replayed)
        yield


def _replayed(acts: tuple[bytes, ...], attachments: frozenset[bytes]) -> Assembly:
    return acts_replay(acts, {sha256(data).hexdigest(): data for data in attachments})
