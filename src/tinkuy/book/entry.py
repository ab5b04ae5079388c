"""Entries: the acts of a book as bytes (asientos).

Guarantees that one value has one encoding and that no other bytes are accepted for it, so that the bytes hashed are the
bytes stored and sent, and nobody re-serialises an entry to verify it.

The profile is RFC 8785 (JSON Canonicalization Scheme) narrowed: an object; ASCII keys, sorted, none twice; strings of
Unicode scalar values in NFC; integers with |n| < 2^53; no fractions or exponents; no insignificant space; at most
65,535 bytes (the uint16 prefix of C2SP tlog-tiles) and `MAX_DEPTH` levels. Null stands for a figure that is missing.

>>> encode({"n": 0, "by": "chair", "at": "2026-03-08T20:00:00Z", "act": "note.made"})
b'{"act":"note.made","at":"2026-03-08T20:00:00Z","by":"chair","n":0}'
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, NoReturn

import msgspec

from tinkuy.book import crockford
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

MAX_ENTRY = 65_535
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 8  # the deepest act has 4; the type below doubles in size with every level


def _refuse_fraction(literal: str) -> NoReturn:
    raise BookError(
        say(
            "The number {literal} is written with a fraction or an exponent; a book holds whole numbers only.",
            literal=literal[:40],
        )
    )


def _profile() -> object:
    """The values that the profile allows inside an object, as a type: the parser itself then refuses all others."""
    scalar = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)] | str | bool | None
    value: Any = scalar
    for _ in range(MAX_DEPTH - 1):
        value = scalar | list[value] | dict[str, value]
    return dict[str, value]


_decoder: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(_profile())
_any_json = msgspec.json.Decoder(float_hook=_refuse_fraction)
_encoder = msgspec.json.Encoder(order="sorted")
_MALFORMED = (UnicodeDecodeError, RecursionError, msgspec.DecodeError)


def canonical(fields: Mapping[str, object]) -> bytes:
    """The one encoding of an object in the profile, of any size.

    Raises `BookError` naming the field that the profile does not allow.
    """
    value = dict(fields)
    _check(value, "", 0)
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise BookError(
            say("A text holds a lone surrogate at character {place}; it is not Unicode.", place=error.start)
        ) from error


def read_canonical(body: bytes, limit: int = MAX_ENTRY) -> dict[str, Any]:
    """The object of which `body` is the one encoding; `limit` is in bytes.

    Raises `BookError` for anything else, naming the place of the first byte or field that is wrong.
    """
    if len(body) > limit:
        raise BookError(
            say(
                "{size} bytes are more than the {limit} allowed here; attach large things instead.",
                size=len(body),
                limit=limit,
            )
        )
    try:
        fields = _decoder.decode(body)
    except _MALFORMED as error:
        raise _refusal(body) from error
    again = _encoder.encode(fields)
    if again != body:
        raise _not_canonical(body, again)
    if not body.isascii():
        _check_text(body, fields)
    return fields


def encode(fields: Mapping[str, object]) -> bytes:
    """The bytes of an entry: what `parse` reads back.

    Raises `BookError` if the fields are outside the profile, `act`, `at`, `by` or `n` is missing or malformed, or the
    entry is larger than `MAX_ENTRY`.
    """
    body = canonical(fields)
    parse(body)
    return body


def parse(body: bytes) -> dict[str, Any]:
    """The fields of an entry.

    `act` and `by` are non-empty texts, `at` a UTC time to the second (RFC 3339, "2026-03-08T20:00:00Z"; no leap
    second) and `n` the index of the entry in its book. Raises `BookError` naming what is wrong and where.
    """
    fields = read_canonical(body)
    try:
        act, at, by, n = fields["act"], fields["at"], fields["by"], fields["n"]
    except KeyError as error:
        raise BookError(
            say("The entry has no field {field}; every entry has act, at, by and n.", field=f'"{error.args[0]}"')
        ) from error
    if type(act) is not str or not act:
        raise _wrong_field("act", act, say("the kind of an act"))
    if type(by) is not str or not by:
        raise _wrong_field("by", by, say("a role or a member's pseudonym"))
    if type(n) is not int or n < 0:
        raise _wrong_field("n", n, say("the entry's index, counted from 0"))
    if not is_time(at):
        raise _wrong_field("at", at, say("a UTC time like 2026-03-08T20:00:00Z"))
    return fields


def is_time(text: object) -> bool:
    """Whether `text` is a UTC time as entries write it: an existing date and hour, to the second, ending in Z."""
    # The separators exclude the week dates and compact forms that `fromisoformat` would also read.
    if type(text) is not str or len(text) != 20 or text[4::3] != "--T::Z":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def leaf_hash(body: bytes) -> bytes:
    """SHA-256(0x00 ‖ body), 32 bytes (RFC 6962 §2.1)."""
    return sha256(b"\x00" + body).digest()


def book_id(first_body: bytes) -> str:
    """The id of the book that begins with this entry: 32 characters that nobody issues and anybody can recompute."""
    return id_of(leaf_hash(first_body))


def id_of(leaf: bytes) -> str:
    """The name by which an entry with this leaf hash is referred to; of a first entry, its book's id."""
    return crockford.base32(leaf[:20])


def _check_text(body: bytes, fields: dict[str, Any]) -> None:
    """Raise `BookError` for a key that is not ASCII or a text not in NFC; `body` is the encoding of `fields`."""
    # Escapes stand only for ASCII that combines with nothing, so a body in NFC as a whole is so text by text.
    if not _keys_ascii(fields) or not is_nfc(body.decode()):
        _check(fields, "", 0)


def _keys_ascii(value: Any) -> bool:
    """Whether no key in the value, however deep, needs a closer look."""
    inside = value
    if type(value) is dict:
        if not "".join(value).isascii():
            return False
        inside = value.values()
    return all(_keys_ascii(item) for item in inside if type(item) is dict or type(item) is list)


def is_nfc(text: str) -> bool:
    """Whether a text is in Unicode's normal form NFC."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.is_normalized("NFC", text)
    return True  # nothing in Latin-1 combines, and asking is ten times as quick


def _check(value: object, place: str, depth: int) -> None:
    """Raise `BookError` for a value outside the profile; `place` is its JSON pointer, `depth` the levels around it."""
    if type(value) is str:
        if not is_nfc(value):
            raise BookError(say("The text at {place} is not in Unicode's normal form NFC.", place=place))
    elif type(value) is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise BookError(say("The number at {place} is beyond {limit} (2^53 - 1).", place=place, limit=MAX_INTEGER))
    elif type(value) is dict or type(value) is list or type(value) is tuple:
        _check_inside(value, place, depth + 1)
    elif value is not None and type(value) is not bool:
        raise BookError(
            say(
                "The value at {place} is {kind}; a book holds texts, whole numbers, true, false, null, lists, objects.",
                place=place,
                kind=_kind(value),
            )
        )


def _check_inside(value: Any, place: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep()
    if type(value) is not dict:
        for index, item in enumerate(value):
            _check(item, f"{place}/{index}", depth)
        return
    for key, item in value.items():
        if type(key) is not str or not key.isascii():
            raise BookError(say("The key {key} is not made of ASCII characters.", key=repr(key)[:60]))
        _check(item, f"{place}/{key}", depth)


def _kind(value: object) -> Said | str:
    """What JSON calls the type of a value, or Python where JSON has no such thing."""
    names = {
        str: say("a text"),
        int: say("a number"),
        bool: say("true or false"),
        list: say("a list"),
        dict: say("an object"),
        type(None): say("null"),
    }
    return names.get(type(value), type(value).__name__)


def _too_deep() -> BookError:
    return BookError(say("Lists and objects are nested more than {limit} deep.", limit=MAX_DEPTH))


def _refusal(body: bytes) -> BookError:
    """Why the parser refused the bytes, found by reading them again with an open mind."""
    try:
        value = _any_json.decode(body)
        if type(value) is not dict:
            return BookError(say("A JSON object is expected, not {kind}.", kind=_kind(value)))
        _check(value, "", 0)
    except BookError as error:
        return error
    except UnicodeDecodeError as error:
        return BookError(say("The text is not UTF-8: {reason}.", reason=error.reason))
    except RecursionError:
        return _too_deep()
    except msgspec.DecodeError as error:
        return BookError(say("The bytes are not JSON as a book writes it: {reason}.", reason=str(error).rstrip(".")))
    return BookError(say("The JSON holds a value that a book does not."))


def _not_canonical(body: bytes, again: bytes) -> BookError:
    place = next((i for i, (a, b) in enumerate(zip(body, again, strict=False)) if a != b), min(len(body), len(again)))
    return BookError(
        say(
            "The JSON is not in its one form (RFC 8785): at byte {place} it has {found}, expected {expected}.",
            place=place,
            found=_glimpse(body, place),
            expected=_glimpse(again, place),
        )
    )


def _glimpse(data: bytes, place: int) -> str:
    return ascii(data[place : place + 12].decode("utf-8", "replace"))


def _wrong_field(field: str, found: object, expected: Said) -> BookError:
    return BookError(
        say(
            'The field "{field}" is {found}; expected {expected}.',
            field=field,
            found=repr(found)[:60],
            expected=expected,
        )
    )
