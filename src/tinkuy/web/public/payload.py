"""Outcome values as JSON: for the views file, and for the data that lies beside each page.

Guarantees that `decode(encode(value), kind) == value` as far as a page can see: a saying's figures come back with their
kinds (`Share`, `Fraction`, another saying), so that it can be said in any language.

>>> kept = decode(encode(say("turnout {share}", share=Share(1, 3))), Said)
>>> alive(kept).in_language("es")
'turnout 33,3\\xa0%'
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

import msgspec

from tinkuy.words import Said, Share, say

__all__ = ["alive", "decode", "encode", "plain", "say"]

T = TypeVar("T")


def encode(value: object) -> bytes:
    """`value` as JSON; the same value gives the same bytes."""
    return _ENCODER.encode(value)


def decode(data: bytes, kind: type[T]) -> T:
    """The value that `encode` wrote."""
    return msgspec.json.decode(data, type=kind)


def alive(said: Said) -> Said:
    """A decoded saying with the kinds of its figures restored."""
    return Said(said.template, {name: _restored(figure) for name, figure in said.figures.items()})


def plain(value: object, language: str) -> object:
    """`value` ready for JSON with every saying in `language`: what `data.json` beside a page holds."""
    if isinstance(value, Said):
        return alive(value).in_language(language)
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name), language) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {name: plain(item, language) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, language) for item in value]
    return value


def _restored(figure: object) -> object:
    if isinstance(figure, list | tuple):
        return tuple(_restored(item) for item in figure)
    if isinstance(figure, dict):
        match figure:
            case {"part": part, "whole": whole}:
                return Share(_number(part), _number(whole))
            case {"template": str(template), "figures": dict(figures)}:
                return alive(Said(template, figures))
            case {"numerator": int(), "denominator": int()}:
                return _number(figure)
    return figure


def _number(value: object) -> int | Fraction:
    match value:
        case {"numerator": int(numerator), "denominator": int(denominator)}:
            return Fraction(numerator, denominator)
        case int() | Fraction():
            return value
    raise TypeError(f"a share is of whole numbers or fractions, not of {value!r}")


def _fraction(value: object) -> object:
    if isinstance(value, Fraction):
        return {"numerator": value.numerator, "denominator": value.denominator}
    raise TypeError(f"{type(value).__name__} is no outcome value")


_ENCODER = msgspec.json.Encoder(enc_hook=_fraction)
