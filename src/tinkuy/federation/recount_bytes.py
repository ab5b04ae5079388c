"""The bytes of somebody's sheets, made plain: out of gzip or zip, and into UTF-8.

Guarantees bounded sizes, that nothing is guessed silently, and one RecountError that names the file and the place.
Sources: RFC 1952 for gzip; APPNOTE for zip, of which `zipfile` reads what is needed.
"""

from __future__ import annotations

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn

from tinkuy.federation.recount_map import RecountError
from tinkuy.words import Said, say

MAX_BYTES = 4 << 30
_CHUNK = 1 << 24
_PIECE = 1 << 18


def unpacked(data: bytes, name: str) -> tuple[bytes, str]:
    """The bytes out of gzip or zip, and the name by which messages call them. Raises RecountError."""
    if data.startswith(b"\x1f\x8b"):
        return _gunzipped(data, name), name
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _unzipped(data, name)
    if name.endswith(".gz"):
        refuse(name, say("it is called .gz and is not a gzip file"))
    if name.endswith(".zip"):
        refuse(name, say("it is called .zip and is not a zip file"))
    return data, name


def _gunzipped(data: bytes, name: str) -> bytes:
    """All members of a gzip file; zero bytes after them are padding."""
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.strip(b"\0"):
        member = zlib.decompressobj(31)
        try:
            while not member.eof:
                part = member.decompress(rest, _CHUNK)
                rest = member.unconsumed_tail
                size += len(part)
                if size > MAX_BYTES:
                    _too_large(name)
                if not part and not rest and not member.eof:
                    refuse(name, say("the gzip file ends too early; fetch it again"))
                parts.append(part)
        except zlib.error as error:
            refuse(name, say("the gzip file is damaged ({problem}); fetch it again", problem=str(error)))
        rest = member.unused_data
    return b"".join(parts)


def _unzipped(data: bytes, name: str) -> tuple[bytes, str]:
    """The one file in a zip; folders and what a Mac adds do not count."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
            if len(files) != 1:
                names = tuple(one.filename for one in files[:10])
                problem = say("the zip holds {count} files; give one at a time: {names}", count=len(files), names=names)
                refuse(name, problem)
            if files[0].flag_bits & 1:
                refuse(name, say("the zip is encrypted; unpack it first"))
            with archive.open(files[0]) as member:
                unpacked = _bounded(member.read, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        refuse(name, say("the zip is damaged or of an unknown kind ({problem})", problem=str(error)))
    return unpacked, f"{name}/{files[0].filename}"


def _bounded(read: Callable[[int], bytes], name: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := read(_CHUNK):
        size += len(part)
        if size > MAX_BYTES:
            _too_large(name)
        parts.append(part)
    return b"".join(parts)


def utf8(data: bytes, encoding: str, name: str) -> tuple[bytes, tuple[Said, ...]]:
    """The text as UTF-8 without a byte order mark, and a note where the encoding had to be guessed."""
    if not encoding and data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    if encoding not in ("", "utf-8", "utf-8-sig"):
        return _text_in(data, encoding, name).encode("utf-8"), ()
    data = data.removeprefix(b"\xef\xbb\xbf")
    wrong = _not_utf8(data)
    if wrong is not None:
        place = say("byte {byte} (line {line})", byte=wrong + 1, line=str(data.count(b"\n", 0, wrong) + 1))
        if encoding or _has_utf8_letters(data):
            problem = say(
                'it is not UTF-8 at {place}; name its encoding in the map, as in encoding = "latin-1"',
                place=place,
            )
            refuse(name, problem)
        text = _text_in(data, "cp1252", name)
        note = say("{name} is not UTF-8 at {place}: its letters were read as Windows-1252.", name=name, place=place)
        return text.encode("utf-8"), (note,)
    _refuse_nul(data, name)
    return data, ()


def _not_utf8(data: bytes) -> int | None:
    """Where the text stops being UTF-8; a piece at a time, which is quicker than to hold it all again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _PIECE):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


def _text_in(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = say("it is not {encoding} at byte {byte}", encoding=encoding, byte=error.start + 1)
        refuse(name, problem)
    _refuse_nul(text.encode("utf-8"), name)
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def _has_utf8_letters(data: bytes) -> bool:
    """Whether some letter beyond ASCII is written as UTF-8 writes it: then the text is not of a one-byte encoding."""
    kept = data.decode("utf-8", "ignore")
    return any(ord(letter) > 127 for letter in kept[: 1 << 22])


def _refuse_nul(data: bytes, name: str) -> None:
    place = data.find(b"\0")
    if place >= 0:
        line = str(data.count(b"\n", 0, place) + 1)
        problem = say(
            'byte {byte} (line {line}) is zero: not a text; if it is UTF-16, write encoding = "utf-16" in the map',
            byte=place + 1,
            line=line,
        )
        refuse(name, problem)


def _too_large(name: str) -> NoReturn:
    refuse(name, say("it unpacks to more than {most} bytes", most=MAX_BYTES))


def refuse(name: str, problem: Said) -> NoReturn:
    """Raise RecountError about a file."""
    raise RecountError(say("{name}: {problem}", name=name, problem=problem))
