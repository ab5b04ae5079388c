"""What a zip record looks like and which names and members a package allows.

Source: PKWARE APPNOTE 6.3.10 §4.3.7 (local header), §4.3.12 (directory), §4.3.14–16 (end records), §4.5.3 (zip64).
"""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from dataclasses import dataclass

import msgspec

from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END_64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR_64 = struct.Struct("<4sIQI")
LOCAL_SIGN, CENTRAL_SIGN, END_SIGN = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END_64_SIGN, LOCATOR_64_SIGN, DESCRIPTOR_SIGN = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
MAX_16, MAX_32 = 0xFFFF, 0xFFFFFFFF

VERSION = 45  # the first with zip64
UNIX = 3 << 8
PLAIN_FILE = 0o100644
FIRST_DATE = 0x21  # 1980-01-01, the first day that a zip can name
STORED, DEFLATED = 0, 8
UTF8, DESCRIPTOR = 0x800, 0x8

MAX_NAME = 512
MAX_AROUND = LOCAL.size + 2 * MAX_16 + 24  # bytes of a header with the longest name and extras, and of a descriptor

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_ALLOWED_FLAGS = UTF8 | DESCRIPTOR | 0x6  # 0x6: how hard the deflater tried
_KIND_OF_FILE, _REGULAR = 0o170000, 0o100000
# Lower case only, so that the name is its own case-folded form; no part is empty, "." or "..", or ends in a dot.
_PLAIN_NAME = re.compile(r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*(?:/[0-9a-z_-]+(?:\.[0-9a-z_-]+)*)*")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader is ready to take in: members, bytes of one, bytes of all, and inflated bytes per deflated one."""

    members: int = 2_000_000
    member: int = 64 * 2**20
    total: int = 64 * 2**30
    ratio: int = 200
    ratio_from: int = 2**20  # bytes; below this size any ratio is harmless


LIMITS = Limits()


class Member(msgspec.Struct, frozen=True, gc=False):
    """A member as the directory describes it: bytes packed and unpacked, CRC-32, method and place of its header."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    offset: int


def name_key(name: str) -> str:
    """What two names that some file system would take for one have in common: the name case-folded.

    Raises `BookError` unless `name` is a relative path that means the same file inside the directory on every system.
    """
    if len(name) <= MAX_NAME and _PLAIN_NAME.fullmatch(name):
        return name
    if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME:
        raise _bad_name(name, say("it has more than {limit} bytes", limit=MAX_NAME))
    if _FORBIDDEN.search(name):
        raise _bad_name(name, say("it holds a control character, a backslash, a colon or a wildcard"))
    for part in name.split("/"):
        if part in ("", ".", "..") or part[-1] in ". ":
            raise _bad_name(name, say("it is not a path inside the package"))
    if not unicodedata.is_normalized("NFC", name):
        raise _bad_name(name, say("it is not in Unicode's normal form NFC"))
    return unicodedata.normalize("NFC", name.casefold())


def decoded_name(raw: bytes, flags: int) -> str:
    """A member's name from its bytes: ASCII, or UTF-8 where the record says so."""
    try:
        return raw.decode("utf-8" if flags & UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise _bad_name(repr(raw[:60]), say("it is not text in the encoding that its record names")) from error


def check_kind(name: str, flags: int, method: int, mode: int) -> None:
    """Raise `BookError` unless the member is a plain file, stored or deflated, in the open; `mode` is as in Unix."""
    if flags & _ENCRYPTED:
        raise BookError(say("The member {name} is encrypted; a package is read by everybody.", name=name))
    if flags & ~_ALLOWED_FLAGS:
        raise BookError(
            say(
                "The member {name} uses a feature of zip that packages do not: flags {flags}.",
                name=name,
                flags=hex(flags),
            )
        )
    if method not in (STORED, DEFLATED):
        raise BookError(
            say("The member {name} is packed by method {method}; 0 and 8 are read.", name=name, method=method)
        )
    if mode & _KIND_OF_FILE not in (0, _REGULAR):
        raise BookError(say("The member {name} is a link or a device, not a file.", name=name))


def check_size(member: Member, limits: Limits) -> None:
    """Raise `BookError` if the member is larger than the limits allow, or would swell too much."""
    if member.size > limits.member:
        raise BookError(
            say(
                "The member {name} has {size} bytes, and {limit} are allowed.",
                name=member.name,
                size=member.size,
                limit=limits.member,
            )
        )
    if member.method == STORED and member.packed != member.size:
        raise damaged(member.name, say("its two sizes differ though it is not compressed"))
    if member.packed > member.size + member.size // 100 + 100:
        raise damaged(member.name, say("compression would have made it larger"))
    if swells(member.size, member.packed, limits):
        raise BookError(
            say(
                "The member {name} would unpack to {size} bytes from {packed}, more than {limit} for one.",
                name=member.name,
                size=member.size,
                packed=member.packed,
                limit=limits.ratio,
            )
        )


def swells(size: int, packed: int, limits: Limits) -> bool:
    """Whether so few bytes unpacking to so many is taken for a trap."""
    return size > limits.ratio_from and size > packed * limits.ratio


def unpack(member: Member, record: bytes) -> bytes:
    """The content of a member from its `record`: every byte from its header up to the next one.

    Raises `BookError` if the header does not say what the directory says, a byte is left over or the content damaged.
    """
    if len(record) < LOCAL.size or not record.startswith(LOCAL_SIGN):
        raise damaged(member.name, say("it does not begin with a header"))
    _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = LOCAL.unpack_from(record)
    start = LOCAL.size + name_size + extra_size
    check_kind(member.name, flags, method, 0)
    if method != member.method or decoded_name(record[LOCAL.size : LOCAL.size + name_size], flags) != member.name:
        raise damaged(member.name, say("its header and the directory differ"))
    rest = record[start + member.packed :]
    if flags & DESCRIPTOR:
        if rest not in _descriptors(member):
            raise damaged(member.name, say("what follows it is not its descriptor"))
    elif rest or crc != member.crc or packed not in (member.packed, MAX_32) or size not in (member.size, MAX_32):
        raise damaged(member.name, say("its header and the directory differ"))
    content = record[start : start + member.packed]
    if method == DEFLATED:
        content = _inflate(member, content)
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise damaged(member.name, say("its content is not what the directory says"))
    return content


def damaged(name: str, why: Said) -> BookError:
    """The error for a member that cannot be read."""
    return BookError(say("The member {name} of the package is damaged: {why}.", name=name, why=why))


def _inflate(member: Member, content: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        result = inflater.decompress(content, member.size + 1)
    except zlib.error as error:
        raise damaged(member.name, say("it cannot be decompressed")) from error
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise damaged(member.name, say("its compressed bytes end too early or too late"))
    return result


def _descriptors(member: Member) -> tuple[bytes, ...]:
    """The forms that a data descriptor may take (§4.3.9): with or without its sign, sizes in four bytes or eight."""
    figures = (member.crc, member.packed, member.size)
    forms = [struct.pack("<I2Q", *figures)]
    if member.packed <= MAX_32 and member.size <= MAX_32:
        forms.append(struct.pack("<3I", *figures))
    return (*forms, *(DESCRIPTOR_SIGN + form for form in forms))


def _bad_name(name: str, why: Said) -> BookError:
    return BookError(
        say("The package has a member named {name}, which is not allowed: {why}.", name=ascii(name)[:80], why=why)
    )
