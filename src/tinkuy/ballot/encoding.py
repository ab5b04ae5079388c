"""How an election is written as bytes, and hashed: compact JSON, decimal strings, SHA-256.

Guarantees that a text is read in one way only: what is read as a structure is byte for byte what would be written of
it, so that no spelling, order, duplicate or stray field escapes a hash. Sizes are bounded before anything is parsed.

Source: Belenios specification 2.0, 4.1, 4.2 and 4.15; the order of fields is that of the specification.

>>> dumps({"height": 0, "type": "Setup"})
b'{"height":0,"type":"Setup"}'
>>> sha256_b64(b"")
'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU'
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Protocol, TypeVar

import msgspec

from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.malformed import Unreadable, why
from tinkuy.words import Said, say

MAX_JSON = 64 * 2**20  # the public credentials of a hundred thousand voters in a field of 2048 bits take 62 MB
MAX_HASHED = 43

_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}

Structure = TypeVar("Structure")


class Ordered(Protocol):
    """What hashing needs of a group: its order q."""

    @property
    def order(self) -> int: ...


def dumps(value: object) -> bytes:
    """Compact JSON in UTF-8, fields in the order given (a struct's: of its definition), no final newline."""
    return _ENCODER.encode(value)


def loads(data: bytes, what: Said, limit: int = MAX_JSON) -> Any:
    """The JSON value in `data`, in any spelling. `what` names it in errors.

    Raises `BallotError` if it is too large, not JSON, names a field twice or holds a number with a fraction.
    """
    _bounded(data, what, limit)
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_fields, parse_float=_no_fraction, parse_constant=_no_fraction
        )
        dumps(value)  # an escaped half of a surrogate pair is read, and cannot be written
    except (ValueError, RecursionError) as error:
        raise malformed(what, why(error)) from None
    return value


def read(data: bytes, kind: type[Structure], what: Said, limit: int = MAX_JSON) -> Structure:
    """The structure in `data`, which must be written exactly as `dumps` writes it.

    Raises `BallotError` naming the field at fault, or that another spelling of the same structure is asked for.
    """
    _bounded(data, what, limit)
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        value: Structure = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise malformed(what, why(error)) from None
    if _ENCODER.encode(value) != data:
        raise BallotError(
            say("{what} is not written as the specification writes it: compact, its fields in order, once.", what=what)
        )
    return value


def convert(value: object, kind: type[Structure], what: Said) -> Structure:
    """A value given by `loads` as a structure; raises `BallotError` naming the field at fault."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise malformed(what, why(error)) from None


def sha256_b64(data: bytes) -> str:
    """SHA-256 in base64 without padding: 43 characters."""
    return base64.b64encode(sha256(data).digest()).decode("ascii")[:MAX_HASHED]


def hash_to_exponent(group: Ordered, prefix: str, elements_text: Iterable[str]) -> int:
    """A challenge: SHA-256 of `prefix` and the elements joined by commas, as a number modulo the group's order."""
    return int.from_bytes(sha256((prefix + ",".join(elements_text)).encode()).digest()) % group.order


def read_natural(text: str, limit: int) -> int:
    """The number in `text` if it is 0 … limit - 1 and in its one decimal spelling, else -1."""
    if not (text.isascii() and text.isdecimal()) or len(text) > limit.bit_length() * 30103 // 100_000 + 1:
        return -1
    if text[0] == "0" and text != "0":
        return -1
    number = int(text)
    return number if number < limit else -1


def malformed(what: Said, reason: Said) -> BallotError:
    """What a reader found, said of the thing named."""
    return BallotError(say("{what} is malformed: {why}.", what=what, why=reason))


def _bounded(data: bytes, what: Said, limit: int) -> None:
    if len(data) > limit:
        raise BallotError(
            say("{what} has {size} bytes, and {limit} are allowed.", what=what, size=len(data), limit=limit)
        )


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at]))
        raise Unreadable(say("the field {field} appears twice", field=ascii(twice[:60])))
    return fields


def _no_fraction(text: str) -> Any:
    raise Unreadable(say("it holds a number that is not a whole number"))
