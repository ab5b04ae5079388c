"""Why bytes could not be read, said of the reader's own errors so that it can be said in every language.

Guarantees that a sentence about a file names the place and what is due there, and quotes no value: a value may be
secret.

Source: the messages of `msgspec` 0.20 and of the standard library's `json`; what is not known of them is said in
general.

>>> print(why(msgspec.ValidationError("Expected `str`, got `int` - at `$.questions[0]`")))
at questions.0 a text is due, not a whole number
"""

from __future__ import annotations

import json
import re

import msgspec

from tinkuy.words import Said, say

_KINDS = {
    "array": say("a list"),
    "bool": say("true or false"),
    "float": say("a fraction"),
    "int": say("a whole number"),
    "null": say("null"),
    "object": say("a structure"),
    "str": say("a text"),
}
_PLACE = re.compile(r"(.*?)(?: - at `(?:\$|key in \$)?(.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_EXPECTED = re.compile(r"Expected `([a-z| ]+)`, got `([a-z]+)`")
_LENGTH = re.compile(r"Expected `array` of length (\d+), got (\d+)")
_BYTE = re.compile(r"\(byte (\d+)\)")


class Unreadable(ValueError):
    """A value that JSON allows and the ballot's formats do not."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


def why(error: Exception) -> Said:
    """What a reader's error says, without a full stop."""
    match error:
        case Unreadable():
            return error.said
        case UnicodeError():
            return say("its text is not UTF-8")
        case RecursionError():
            return say("it is nested too deep")
        case json.JSONDecodeError():
            return say(
                "it is no JSON from line {line}, column {column} on", line=str(error.lineno), column=str(error.colno)
            )
        case msgspec.ValidationError():
            return _misfit(str(error))
        case msgspec.DecodeError():
            byte = _BYTE.search(str(error))
            return say("it is no JSON from byte {byte} on", byte=byte[1]) if byte else say("it ends before it is whole")
        case _:
            return say("it holds a number that is too large")


def _misfit(text: str) -> Said:
    found = _PLACE.fullmatch(text)
    problem, place = (found[1], found[2]) if found else (text, None)
    said = _problem(problem)
    shown = (place or "").replace("[...]", "").replace("[", ".").replace("]", "").strip(".")
    return say("at {place} {problem}", place=shown, problem=said) if shown else said


def _problem(problem: str) -> Said:
    if found := _MISSING.fullmatch(problem):
        return say("the field {field} is missing", field=found[1])
    if found := _UNKNOWN.fullmatch(problem):
        return say("there is a field {field}, which does not belong there", field=ascii(found[1][:60]))
    if found := _LENGTH.fullmatch(problem):
        return say("{due} items are due, not {given}", due=found[1], given=found[2])
    if (found := _EXPECTED.fullmatch(problem)) and found[2] in _KINDS:
        due = tuple(_KINDS.get(kind, say("another value")) for kind in found[1].split(" | "))
        return say("{due} is due, not {given}", due=due, given=_KINDS[found[2]])
    return say("the value is not allowed")
