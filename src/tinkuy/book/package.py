"""Packages: a directory as one `.tinkuy` file, which is a zip that any program opens.

Guarantees that the same members give the same bytes, and that a reader takes nothing from a file that is not exactly a
directory of plain files: no path that leaves it, no name twice, nothing hidden before, between or after the members, no
member larger than it says or than the limits allow. The zip's comment holds the SHA-256 of every byte before it, so
any byte altered on the way is noticed (`sealed`); a directory that somebody zipped again has no comment and is read so.
The seal shows damage, not authorship: that is what the signatures inside are for.

Source: PKWARE APPNOTE 6.3.10; methods 0 (stored) and 8 (deflate, RFC 1951).
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from hashlib import sha256
from typing import BinaryIO

from tinkuy.book import zip_rules as rules
from tinkuy.book.errors import BookError
from tinkuy.book.zip_rules import LIMITS, Limits, Member
from tinkuy.words import Said, say

_SEAL = re.compile(rb"tinkuy sha256:([0-9a-f]{64})")
_SEAL_SIZE = len("tinkuy sha256:") + 64
_LENGTH_OF_COMMENT = 2
_LEVEL = 6
_CHUNK = 1 << 20
_RECORD_LIMIT = 2_048  # bytes of directory a member; a record with the longest name and its extras takes less


def write(file: BinaryIO, members: Iterable[tuple[str, bytes]]) -> str:
    """Write the members in the order given as a sealed package from the start of `file`; the SHA-256 in its seal, hex.

    Names are relative, with "/" between their parts. Raises `BookError` for a name that is not allowed or comes twice,
    or a member that no reader would take. The bytes depend on the members and on the zlib that is installed.
    """
    out = _Hashed(file)
    directory: list[bytes] = []
    keys: set[str] = set()
    for name, data in members:
        _take_name(name, keys)
        directory.append(_write_member(out, name, data))
    start = out.size
    for record in directory:
        out.write(record)
    _write_end(out, len(directory), start)
    seal = out.hash.hexdigest()
    out.write(struct.pack("<H", _SEAL_SIZE) + f"tinkuy sha256:{seal}".encode("ascii"))
    return seal


class Package:
    """A package open for reading: any member by name, cheaply. The file is the caller's to close.

    Opening reads the directory and checks the seal, if there is one; a process that opens what another has checked may
    say `seal_checked=True`. Raises `BookError` naming the member and the rule or limit that it breaks.
    """

    def __init__(self, file: BinaryIO, limits: Limits = LIMITS, *, seal_checked: bool = False) -> None:
        self._file = file
        self._length = file.seek(0, os.SEEK_END)
        end, self.seal = self._find_end()
        if self.sealed and not seal_checked:
            self.check_seal()
        count, size, start = self._directory_place(end)
        if count > limits.members:
            raise BookError(
                say("The package has {count} members, and {limit} are allowed.", count=count, limit=limits.members)
            )
        if size > count * _RECORD_LIMIT:
            raise _malformed(say("its directory is larger than its members need"))
        self._members = _Directory(self._at(start, size), count, start, limits)

    @property
    def sealed(self) -> bool:
        """Whether the package carries a seal; one without was packed again by another program."""
        return self.seal != ""

    def names(self) -> list[str]:
        """The members' names in the order of the file."""
        return list(self._members.index)

    def __contains__(self, name: str) -> bool:
        return name in self._members.index

    def size(self, name: str) -> int:
        """The member's bytes when read. Raises `BookError` if there is none of this name."""
        return self._members.find(name)[0].size

    def read(self, name: str) -> bytes:
        """The content of a member. Raises `BookError` if there is none of this name or it is damaged."""
        member, end = self._members.find(name)
        if end - member.offset > member.packed + rules.MAX_AROUND:
            raise rules.damaged(name, say("bytes that belong to no member follow it"))
        return rules.unpack(member, self._at(member.offset, end - member.offset))

    def get(self, name: str) -> bytes | None:
        """The content of a member, or None where there is no such name."""
        return self.read(name) if name in self else None

    def check_seal(self) -> None:
        """Read the whole file once and raise `BookError` if it has no seal or any byte differs from what was sealed."""
        if not self.sealed:
            raise BookError(say("The package has no seal: another program packed it again."))
        self._file.seek(0)
        found = sha256()
        left = self._length - _LENGTH_OF_COMMENT - _SEAL_SIZE
        while left > 0 and (chunk := self._file.read(min(_CHUNK, left))):
            found.update(chunk)
            left -= len(chunk)
        if found.hexdigest() != self.seal:
            raise BookError(
                say(
                    "The package is damaged: its bytes are not those that were sealed. Ask its source for another copy."
                )
            )

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _find_end(self) -> tuple[int, str]:
        """Where the end record begins, and the seal after it or "" where there is no comment."""
        bare = self._length - rules.END.size
        if bare >= 0:
            record = self._at(bare, rules.END.size)
            if record.startswith(rules.END_SIGN) and record.endswith(b"\x00\x00"):
                return bare, ""
        end = bare - _SEAL_SIZE
        if end >= 0:
            record = self._at(end, rules.END.size)
            seal = _SEAL.fullmatch(self._at(end + rules.END.size, _SEAL_SIZE))
            if seal and record.startswith(rules.END_SIGN) and record.endswith(struct.pack("<H", _SEAL_SIZE)):
                return end, seal[1].decode("ascii")
        raise BookError(
            say("This is not a whole package: it does not end as a zip with its seal, or with no comment, ends.")
        )

    def _directory_place(self, end: int) -> tuple[int, int, int]:
        """Count of members, size and start of the directory, which ends where the end records begin."""
        record = self._at(end, rules.END.size)
        _, disk, first_disk, here, count, size, start, _ = rules.END.unpack(record)
        before = end - rules.LOCATOR_64.size - rules.END_64.size
        if before >= 0 and self._at(end - rules.LOCATOR_64.size, 4) == rules.LOCATOR_64_SIGN:
            end = before
            large = self._at(before, rules.END_64.size + rules.LOCATOR_64.size)
            sign, length, _, _, disk, first_disk, here, count, size, start = rules.END_64.unpack_from(large)
            locator = rules.LOCATOR_64.pack(rules.LOCATOR_64_SIGN, 0, before, 1)
            if (sign, length) != (rules.END_64_SIGN, rules.END_64.size - 12) or not large.endswith(locator):
                raise _malformed(say("its zip64 end record is not where it should be"))
        if disk or first_disk or here != count:
            raise _malformed(say("it is one of several volumes"))
        if start + size != end:
            raise _malformed(say("there are bytes before its members, or between them and its end"))
        return count, size, start


class _Directory:
    """The directory of a package in columns: 200,000 members cost a few numbers each, not an object each."""

    def __init__(self, data: bytes, count: int, start: int, limits: Limits) -> None:
        self.index: dict[str, int] = {}
        self._columns = array("Q")  # method, crc, packed, size, offset of each member in turn
        keys: set[str] = set()
        starts, ends = array("Q"), array("Q")  # of every record: its offset and the least place where it can end
        place = total = 0
        for _ in range(count):
            member, after = _record(data, place)
            starts.append(member.offset)
            ends.append(member.offset + rules.LOCAL.size + len(member.name.encode()) + member.packed)
            place = after
            if member.name.endswith("/") and member.size == 0:  # a folder, which other programs write as a member
                rules.name_key(member.name[:-1])
                continue
            rules.check_size(member, limits)
            _take_name(member.name, keys)
            total += member.size
            self.index[member.name] = len(self._columns)
            self._columns.extend((member.method, member.crc, member.packed, member.size, member.offset))
        if place != len(data):
            raise _malformed(say("its directory has bytes that belong to no member"))
        if total > limits.total:
            raise BookError(
                say(
                    "The package would unpack to {size} bytes, and {limit} are allowed.", size=total, limit=limits.total
                )
            )
        self._starts = _laid_out(starts, ends, start)

    def find(self, name: str) -> tuple[Member, int]:
        """A member, and where the next one or the directory begins."""
        try:
            place = self.index[name]
        except KeyError as error:
            raise BookError(say("The package has no member {name}.", name=name)) from error
        method, crc, packed, size, offset = self._columns[place : place + 5]
        return Member(name, method, crc, packed, size, offset), self._starts[bisect_right(self._starts, offset)]


def _record(data: bytes, place: int) -> tuple[Member, int]:
    """The member that the directory describes at `place`, and where the next record begins."""
    if place + rules.CENTRAL.size > len(data) or data[place : place + 4] != rules.CENTRAL_SIGN:
        raise _malformed(say("its directory is cut off or damaged"))
    (_, _, _, flags, method, _, _, crc, packed, size, name_size, extra_size, comment_size, disk, _, mode, offset) = (
        rules.CENTRAL.unpack_from(data, place)
    )
    place += rules.CENTRAL.size
    after = place + name_size + extra_size + comment_size
    name = rules.decoded_name(data[place : place + name_size], flags)
    if after > len(data) or disk:
        raise _malformed(say("the record of {name} is cut off or speaks of another volume", name=name))
    if rules.MAX_32 in (size, packed, offset):
        extra = data[place + name_size : place + name_size + extra_size]
        size, packed, offset = _large(name, extra, (size, packed, offset))
    if not name.endswith("/"):
        rules.check_kind(name, flags, method, mode >> 16)
    return Member(name, method, crc, packed, size, offset), after


def _large(name: str, extra: bytes, figures: tuple[int, int, int]) -> tuple[int, int, int]:
    """Size, packed size and offset, those that do not fit four bytes taken from the zip64 extra field (§4.5.3)."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        values, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 1 and length == 8 * figures.count(rules.MAX_32) == len(values):
            large = iter(struct.unpack(f"<{length // 8}Q", values))
            size, packed, offset = (next(large) if figure == rules.MAX_32 else figure for figure in figures)
            return size, packed, offset
    raise rules.damaged(name, say("its record lacks the sizes of a large file"))


def _laid_out(starts: array[int], ends: array[int], directory: int) -> array[int]:
    """The offsets of all records and of the directory, ascending; raises `BookError` if two overlap or the first is not
    at the beginning of the file.
    """
    spans = sorted(zip(starts, ends, strict=True))
    laid = array("Q", [*(start for start, _ in spans), directory])
    if laid[0] != 0:
        raise _malformed(say("there are bytes before its first member"))
    if any(end > following for (_, end), following in zip(spans, laid[1:], strict=True)):
        raise _malformed(say("two of its members overlap"))
    return laid


def _take_name(name: str, keys: set[str]) -> None:
    key = rules.name_key(name)
    if key in keys:
        raise BookError(say("The package has two members named {name}, or the same but for capitals.", name=name))
    keys.add(key)


class _Hashed:
    """What has been written to a file: its size and SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.hash = sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.hash.update(data)
        self.size += len(data)


def _write_member(out: _Hashed, name: str, data: bytes) -> bytes:
    """Write a member; its record for the directory."""
    method, content = rules.DEFLATED, zlib.compress(data, _LEVEL, wbits=-zlib.MAX_WBITS)
    if len(content) >= len(data) or rules.swells(len(data), len(content), LIMITS):
        method, content = rules.STORED, data
    offset, raw = out.size, name.encode()
    member = Member(name, method, zlib.crc32(data), len(content), len(data), offset)
    rules.check_size(member, LIMITS)
    common = (rules.UTF8, method, 0, rules.FIRST_DATE, member.crc, member.packed, member.size, len(raw))
    out.write(rules.LOCAL.pack(rules.LOCAL_SIGN, rules.VERSION, *common, 0) + raw)
    out.write(content)
    extra = struct.pack("<2HQ", 1, 8, offset) if offset >= rules.MAX_32 else b""
    made_by, mode = rules.UNIX | rules.VERSION, rules.PLAIN_FILE << 16
    rest = (len(extra), 0, 0, 0, mode, min(offset, rules.MAX_32))
    return rules.CENTRAL.pack(rules.CENTRAL_SIGN, made_by, rules.VERSION, *common, *rest) + raw + extra


def _write_end(out: _Hashed, count: int, start: int) -> None:
    """Write the end records, all but the comment and its length."""
    end = out.size
    size = end - start
    if count >= rules.MAX_16 or size >= rules.MAX_32 or start >= rules.MAX_32:
        made_by = rules.UNIX | rules.VERSION
        figures = (made_by, rules.VERSION, 0, 0, count, count, size, start)
        out.write(rules.END_64.pack(rules.END_64_SIGN, rules.END_64.size - 12, *figures))
        out.write(rules.LOCATOR_64.pack(rules.LOCATOR_64_SIGN, 0, end, 1))
    count = min(count, rules.MAX_16)
    record = rules.END.pack(
        rules.END_SIGN, 0, 0, count, count, min(size, rules.MAX_32), min(start, rules.MAX_32), _SEAL_SIZE
    )
    out.write(record[:-_LENGTH_OF_COMMENT])


def _malformed(why: Said) -> BookError:
    return BookError(say("This is not a package that can be read: {why}.", why=why))
