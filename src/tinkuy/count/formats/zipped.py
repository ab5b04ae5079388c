"""Zip files, a member at a time: bounded sizes, and one refusal for whatever is wrong with them.

Source: PKWARE APPNOTE, of which `zipfile` reads what is needed.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tinkuy.count.formats.source import MOST_BYTES, Source
from tinkuy.words import say

SIGNATURE = b"PK\x03\x04"
MOST_MEMBERS = 200_000


@dataclass(frozen=True)
class Zipped:
    """The members of a zip file. Raises `Unreadable` for one that is damaged, or holds too much."""

    source: Source
    sizes: dict[str, int]

    @classmethod
    def of(cls, source: Source) -> Zipped:
        """What `source.data` holds: the members' names, with their sizes in bytes."""
        with _opened(source) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
            raise source.refuse(
                None,
                say("at most {members} files of {bytes} bytes expected", members=MOST_MEMBERS, bytes=MOST_BYTES),
            )
        return cls(source, {member.filename: member.file_size for member in members})

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.sizes))

    def read(self, names: list[str]) -> Iterator[bytes]:
        """The bytes of these members, one after another."""
        with _opened(self.source) as archive:
            for name in names:
                with archive.open(name) as member:
                    data = member.read(self.sizes[name] + 1)
                if len(data) != self.sizes[name]:
                    raise zipfile.BadZipFile(name)
                yield data


def single(source: Source) -> Source:
    """What is in a zip file of one file, as electoral commissions publish large ones; any other file as it is."""
    if not source.data.startswith(SIGNATURE):
        return source
    archive = Zipped.of(source)
    if len(archive.sizes) != 1:
        return source
    (data,) = archive.read(list(archive))
    return replace(source, data=data)


@contextmanager
def _opened(source: Source) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            yield archive
    # zipfile raises RuntimeError for what is locked by a password, and NotImplementedError for other compressions.
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise source.refuse(None, say("a whole zip file without a password expected; fetch it again")) from error
