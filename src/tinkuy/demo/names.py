"""Names of bases that do not exist: neighbourhoods, communities, faculties and unions, as plausible as the real ones.

Guarantees that the same `random.Random` gives the same names, and that no name comes twice from one call of `distinct`.

>>> distinct("community", 2, Random(7)) == distinct("community", 2, Random(7))
True
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal, get_args

import msgspec

Kind = Literal["neighbourhood", "community", "university", "workplace"]
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
KINDS: tuple[Kind, ...] = get_args(Kind)


def distinct(kind: Kind, count: int, random: Random) -> tuple[str, ...]:
    """`count` different names of bases of one kind; a name drawn again becomes the second of its name: "… II"."""
    drawn: dict[str, int] = {}
    return tuple(_numbered(_drawn(_words()[kind], random), drawn) for _ in range(count))


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind's way of naming: what it is, then one word of each list."""

    pattern: str
    first: tuple[str, ...]
    second: tuple[str, ...]


def _drawn(words: _Words, random: Random) -> str:
    return words.pattern.format(first=random.choice(words.first), second=random.choice(words.second))


def _numbered(name: str, drawn: dict[str, int]) -> str:
    drawn[name] = drawn.get(name, 0) + 1
    return name if drawn[name] == 1 else f"{name} {_roman(drawn[name])}"


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


@cache
def _words() -> dict[Kind, _Words]:
    text = files("tinkuy.demo").joinpath("names.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[Kind, _Words])
