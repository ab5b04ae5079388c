"""Reading statutes strictly: every key is known, every value has its type and its bounds, every error has its place.

Source: TOML 1.0, read by the standard library; decimals are kept as written, so that no float is ever made.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from tinkuy.statutes.bar import Bar, Op
from tinkuy.statutes.errors import StatutesError, shown
from tinkuy.statutes.places import line_of, lines_of, too_dotted
from tinkuy.words import Said, say

MAX_BYTES = 64 * 1024
MAX_TEXT = 4000  # characters of one text
MAX_LABEL = 80
MAX_LIST = 200
MAX_WHOLE = 10**9  # as a tally sheet's greatest figure
MAX_DEPTH = 8

Word = TypeVar("Word", bound=str)

_FRACTION = re.compile(r"([0-9]{1,9})(?:/([0-9]{1,9}))?", re.ASCII)
_TOML_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number with a point or an exponent, as it was written; statutes accept none."""

    text: str


def parse(data: bytes) -> Table:
    """The whole text as a table. Raises `StatutesError` for what is too large, not UTF-8 or not TOML."""
    if len(data) > MAX_BYTES:
        problem = say("{size} bytes, at most {most} are read", size=len(data), most=MAX_BYTES)
        raise StatutesError("statutes", problem)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problem = say("this byte is not UTF-8; save the file again as UTF-8")
        raise StatutesError(f"column {column}", problem, line) from None
    _refuse_dots(text)
    values = _loaded(text)
    lines = lines_of(text)
    _refuse_depth(values, lines)
    return Table(values, "", lines)


def _refuse_dots(text: str) -> None:
    # The standard library takes the square of a key's dots: 64 KiB of them would take it a minute.
    line = too_dotted(text, MAX_DEPTH)
    if line is not None:
        raise StatutesError("statutes", say("lists and tables are nested too deeply"), line)


def _loaded(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        place = f"column {found[2]}" if found and found[2] else "end of the text"
        problem = say("this is not TOML: {problem}", problem=_TOML_PLACE.sub("", str(error)).strip())
        raise StatutesError(place, problem, line) from None
    except RecursionError:
        raise StatutesError("statutes", say("lists and tables are nested too deeply")) from None
    except ValueError:
        # The interpreter refuses to read an integer of thousands of digits.
        raise StatutesError("statutes", say("a number has too many digits")) from None


def _refuse_depth(values: dict[str, Any], lines: dict[str, int]) -> None:
    waiting: list[tuple[Any, str, int]] = [(values, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > MAX_DEPTH:
            problem = say("lists and tables are nested too deeply")
            raise StatutesError(path, problem, line_of(path, lines))
        if isinstance(value, dict):
            waiting.extend((inner, _joined(path, key), depth + 1) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend((inner, f"{path}[{n}]", depth + 1) for n, inner in enumerate(value, 1))


class Table:
    """A table that is read key by key; `close` refuses the keys that nobody asked for."""

    def __init__(self, values: dict[str, Any], path: str, lines: dict[str, int]) -> None:
        self.values = values
        self.path = path
        self.lines = lines
        self._known: list[str] = []

    def error(self, key: str, problem: Said) -> StatutesError:
        """An error at `key` of this table ("" is the table itself)."""
        path = _joined(self.path, key) if key else self.path
        return StatutesError(path or "statutes", problem, line_of(path, self.lines))

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        self._known.append(key)
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty; required when there is no default."""
        value = self._value(key, str, default, say('a text in quotes, as "acta"'))
        if isinstance(value, str) and key in self.values and not value.strip():
            raise self.error(key, say("the text is empty"))
        if len(value) > MAX_TEXT:
            raise self.error(
                key, say("a text of {length} characters; at most {most}", length=len(value), most=MAX_TEXT)
            )
        return str(value)

    def label(self, key: str, default: str | None = None) -> str:
        """A short text on one line, fit to stand inside a sentence."""
        value = self.text(key, default)
        if not value.isprintable() or len(value) > MAX_LABEL:
            raise self.error(key, say("this should be one line of at most {most} letters", most=MAX_LABEL))
        return value

    def word(self, key: str, choices: Iterable[Word], default: Word | None = None) -> Word:
        """One word of a list."""
        value = self._value(key, str, default, say("a word in quotes"))
        for choice in choices:
            if choice == value:
                return choice
        raise self.error(key, _not_among(str(value), list(choices)))

    def words(self, key: str, default: tuple[str, ...] = (), choices: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts, none twice."""
        value = self._value(key, list, list(default), say('a list of texts, as ["acta", "padron"]'))
        self._short(key, value)
        for n, one in enumerate(value, 1):
            where = f"{key}[{n}]"
            if not isinstance(one, str) or not one.strip() or len(one) > MAX_TEXT:
                raise self.error(where, say("this should be {expected}", expected=say('a text in quotes, as "acta"')))
            if choices is not None and one not in choices:
                raise self.error(where, _not_among(one, list(choices)))
            if one in value[: n - 1]:
                raise self.error(where, say('"{word}" is written twice', word=shown(one)))
        return tuple(value)

    def whole(self, key: str, default: int | None = None, most: int = MAX_WHOLE) -> int:
        """A whole number from zero to `most`."""
        value = self._value(key, int, default, say("a whole number without quotes, as 5"))
        if not 0 <= value <= most:
            written = str(value) if abs(value) < 10**20 else "…"
            problem = say("{value} is out of bounds: from 0 to {most}", value=written, most=most)
            raise self.error(key, problem)
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        return bool(self._value(key, bool, default, say("true or false, without quotes")))

    def day(self, key: str, default: datetime.date | None = None) -> datetime.date:
        """A date; a date with a time is refused."""
        expected = say("a date without quotes, as 2026-03-02")
        value = self._value(key, datetime.date, default, expected)
        if isinstance(value, datetime.datetime):
            raise self.error(key, say("this should be {expected}", expected=expected))
        day: datetime.date = value
        return day

    def fraction(self, key: str, default: Fraction | None = None) -> Fraction:
        """An exact fraction, written as text: "2/3", "0", "1"."""
        value = self._value(key, (str, Decimal, int), default, say('a fraction in quotes, as "1/2"'))
        if isinstance(value, Fraction):
            return value
        return self._exact(key, value)

    def bar(self, default: Bar | None = None) -> Bar:
        """The threshold made by `fraction`, `op` and `min_n`; "half+1" takes no `op`."""
        if default is not None and not any(map(self.has, ("fraction", "op", "min_n"))):
            self._known += ["fraction", "op", "min_n"]
            return default
        min_n = self.whole("min_n", 0)
        if self.values.get("fraction") == "half+1":
            self._known += ["fraction", "op"]
            if self.has("op"):
                raise self.error("op", say('"half+1" says by itself how it compares; take `op` out'))
            return Bar(Fraction(1, 2), ">", min_n, half_plus_one=True)
        ops: tuple[Op, ...] = (">", ">=")
        return Bar(self.fraction("fraction"), self.word("op", ops), min_n)

    def table(self, key: str) -> Table:
        """The table under `key`; an empty one when it is not written."""
        value = self._value(key, dict, {}, say("a table, as [{key}]", key=_joined(self.path, key)))
        return Table(value, _joined(self.path, key), self.lines)

    def tables(self, key: str, required: bool = False) -> list[Table]:
        """The list of tables under `key`; empty when it is not written, unless it is required."""
        path = _joined(self.path, key)
        expected = say("a list of tables, as [[{key}]]", key=path)
        value = self._value(key, list, None if required else [], expected)
        self._short(key, value)
        for n, one in enumerate(value, 1):
            if not isinstance(one, dict):
                raise self.error(f"{key}[{n}]", say("this should be {expected}", expected=expected))
        return [Table(one, f"{path}[{n}]", self.lines) for n, one in enumerate(value, 1)]

    def rest(self, kind: type = object) -> tuple[str, ...]:
        """The keys not yet asked for whose value is of `kind`; whoever calls this reads them, so they are known."""
        left = tuple(key for key, value in self.values.items() if key not in self._known and isinstance(value, kind))
        self._known += left
        return left

    def close(self) -> None:
        """Refuse keys that nobody asked for, naming the nearest known one."""
        for key in self.values:
            if key not in self._known:
                near = difflib.get_close_matches(key, self._known, 1, 0.5)
                known = ", ".join(sorted(set(self._known)))
                if near:
                    problem = say('unknown key "{key}"; did you mean "{near}"?', key=shown(key), near=near[0])
                else:
                    problem = say('unknown key "{key}"; known here: {known}', key=shown(key), known=known)
                raise self.error(key, problem)

    def _value(self, key: str, kind: type | tuple[type, ...], default: Any, expected: Said) -> Any:
        self._known.append(key)
        if key not in self.values:
            if default is None:
                self._refuse_likeness(key)
                raise self.error(key, say("missing; it should be {expected}", expected=expected))
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(key, say("this should be {expected}", expected=expected))
        return value

    def _refuse_likeness(self, missing: str) -> None:
        """Where a required key is missing and one much like it is written, that one is the mistake."""
        for like in difflib.get_close_matches(missing, [key for key in self.values if key not in self._known], 1):
            raise self.error(like, say('unknown key "{key}"; did you mean "{near}"?', key=shown(like), near=missing))

    def _short(self, key: str, value: list[Any]) -> None:
        if len(value) > MAX_LIST:
            raise self.error(key, say("a list of {length}; at most {most}", length=len(value), most=MAX_LIST))

    def _exact(self, key: str, value: str | int | Decimal) -> Fraction:
        match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise self.error(key, _write_a_fraction(value))
        if match[2] is not None and int(match[2]) == 0:
            raise self.error(key, say("a fraction over zero is no number"))
        return Fraction(int(match[1]), int(match[2] or 1))


def _write_a_fraction(value: str | int | Decimal) -> Said:
    """Name the fraction that was probably meant: 0.5 is "1/2", "75 %" is "3/4"."""
    text = value.text if isinstance(value, Decimal) else str(value)
    number = re.fullmatch(r"\s*([0-9]{1,6}(?:[.,][0-9]{1,9})?)\s*(%?)\s*", text, re.ASCII)
    meant = Fraction(1, 2)
    if number is not None:
        meant = Fraction(number[1].replace(",", ".")) / (100 if number[2] else 1)
        meant = meant.limit_denominator(100)
    figures = {"value": shown(text), "fraction": meant}
    return say('{value} is not an exact fraction; write it as text, for instance "{fraction}"', **figures)


def _not_among(value: str, choices: list[str]) -> Said:
    near = difflib.get_close_matches(value, choices, 1, 0.5)
    known = ", ".join(choices)
    if near:
        return say('unknown word "{word}"; did you mean "{near}"?', word=shown(value), near=near[0])
    return say('unknown word "{word}"; one of these is needed: {known}', word=shown(value), known=known)


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
