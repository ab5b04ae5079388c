"""A disk that fails at the n-th thing that it is asked to put down: once, or from then on."""

from __future__ import annotations

from types import TracebackType

import apsw

REAL_DISK = apsw.vfs_names()[0]


class _File(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        super().__init__(REAL_DISK, name, flags)
        self.disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.step()
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.disk.step()
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.disk.step()
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    """SQLite's own disk; the default one inside a `with` block.

    Writes, truncations, syncs and removals are counted in `asked`; the one numbered `at`, and with `lasting` every one
    after it, ends in `failure` and does nothing.
    """

    def __init__(self, at: int, failure: type[apsw.Error], *, lasting: bool) -> None:
        super().__init__("failing", REAL_DISK, makedefault=True)
        self.asked, self.at, self.failure, self.lasting = 0, at, failure, lasting

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:
        self.step()
        super().xDelete(name, sync)

    def step(self) -> None:
        self.asked += 1
        if self.asked == self.at or (self.lasting and self.asked > self.at):
            raise self.failure

    def __enter__(self) -> FailingDisk:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.unregister()
