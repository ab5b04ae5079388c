"""What is submitted to a witness, and what it answers: the request and responses of `add-checkpoint`.

Guarantees that a request is read in one way only, and that every refusal has the status that the protocol gives it.

Source: C2SP tlog-witness (c2sp.org/tlog-witness): a line `old` and a size, the hashes of a consistency proof (RFC 6962
§2.1.2), an empty line, the checkpoint. Statuses 200, 400, 403, 404, 409 and 422 as there.

>>> parse(b"old 0\\n\\nnote").old
0
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from tinkuy.book.note import from_base64
from tinkuy.words import Said, Spoken, say

MAX_BODY = 64 * 1024  # bytes: 63 hashes and a note with a hundred signatures take a third of it
MAX_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"

BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 400, 403, 404, 409, 422

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


class Turned(Spoken):
    """A checkpoint that a witness does not cosign: why, the status that says so, and the size that it holds, if asked.

    `size` is that of the latest checkpoint cosigned, where the request should have begun from there (409).
    """

    def __init__(self, status: int, said: Said, size: int | None = None) -> None:
        super().__init__(said)
        self.status, self.size = status, size


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint's note, and the proof that it continues the tree of `old` entries; none of it verified."""

    old: int
    hashes: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The request's body."""
        lines = [f"old {self.old}", *(base64.b64encode(step).decode("ascii") for step in self.hashes)]
        return "".join(f"{line}\n" for line in lines).encode("ascii") + b"\n" + self.note


def parse(data: bytes) -> Submission:
    """The submission in a request's body. Raises `Turned` with status 400 saying what is malformed."""
    if len(data) > MAX_BODY:
        raise _malformed(say("it has more than {limit} bytes", limit=MAX_BODY))
    head, blank, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _malformed(say("byte {place} is not ASCII", place=error.start)) from None
    old = _OLD.fullmatch(first)
    if old is None or not blank:
        raise _malformed(say("a line “old” with a size, the hashes of the proof and an empty line are expected"))
    if len(lines) > MAX_HASHES:
        raise _malformed(say("it has more than {limit} hashes", limit=MAX_HASHES))
    return Submission(int(old[1]), tuple(_hash(line) for line in lines), note)


def _hash(line: str) -> bytes:
    data = from_base64(line)
    if data is None or len(data) != 32:
        raise _malformed(say("this line is not a hash in base64: {line}", line=ascii(line[:60])))
    return data


def _malformed(why: Said) -> Turned:
    return Turned(BAD_REQUEST, say("The request is malformed: {why}.", why=why))
