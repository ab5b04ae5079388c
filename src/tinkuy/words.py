"""What the floors say to people, before it has a language.

A rule, a refusal or a finding is a *saying*: an English template and its figures. `str()` gives the English sentence;
a face gives the same saying in the reader's language, with figures written as that language writes them. So the lower
floors know no catalogue, and one sentence is translated in one place (`locale/*/LC_MESSAGES/tinkuy.po`).

>>> str(say("{count} of {all} units have reported", count=1912, all=2000))
'1,912 of 2,000 units have reported'
>>> str(say("turnout {share}", share=Share(310118, 574293)))
'turnout 54.0 %'
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

LANGUAGES = ("es", "en")
LOCALES = Path(__file__).parent / "locale"

_THOUSANDS = {"en": ",", "es": "\N{NARROW NO-BREAK SPACE}"}
_DECIMAL = {"en": ".", "es": ","}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, written as a percentage with one decimal; always beside its figures, never instead of them."""

    part: int | Fraction
    whole: int | Fraction

    def written(self, language: str = "en") -> str:
        """The percentage rounded half up to one decimal, by integers alone; "—" when there is no whole."""
        if self.whole == 0:
            return "—"
        tenths = (Fraction(self.part) / Fraction(self.whole) * 1000 + Fraction(1, 2)).__floor__()
        return f"{grouped(tenths // 10, language)}{_DECIMAL[language]}{tenths % 10}\N{NO-BREAK SPACE}%"

    def __str__(self) -> str:
        return self.written().replace("\N{NO-BREAK SPACE}", " ")


@dataclass(frozen=True, slots=True)
class Amount:
    """Votes that need not be whole: written exactly, with at most `digits` decimals and no idle zeros.

    A figure with more decimals than that ends in "…": cut, never rounded. In a column, `aligned` figures keep their
    zeros.
    """

    value: int | Fraction
    digits: int = 9
    aligned: bool = False

    def written(self, language: str = "en") -> str:
        """The figure as that language writes it.

        >>> Amount(Fraction(1234567, 1000)).written("es"), Amount(Fraction(2, 3), 5).written(), Amount(12).written()
        ('1\\u202f234,567', '0.66666…', '12')
        """
        units = abs(Fraction(self.value)) * 10**self.digits
        whole, part = divmod(int(units), 10**self.digits)
        more = "…" if units.denominator != 1 else ""
        decimals = str(part).rjust(self.digits, "0") if self.digits else ""
        if not (more or self.aligned):
            decimals = decimals.rstrip("0")
        sign = "\N{MINUS SIGN}" if self.value < 0 else ""
        return sign + grouped(whole, language) + (_DECIMAL[language] + decimals if decimals else "") + more

    def __str__(self) -> str:
        return self.written()


class Said(msgspec.Struct, frozen=True):
    """A template with named figures: int, Fraction, str, `Share`, `Amount`, another `Said`, or a tuple of these.

    Guards make a saying for every act that they let pass, so this is a struct, which costs a tenth of a dataclass.
    Integers are grouped by thousands; write a year, a code or a place in the list as a string.
    """

    template: str
    figures: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return self.in_language("en").replace("\N{NO-BREAK SPACE}", " ")

    def in_language(self, language: str) -> str:
        """The sentence in `language` ("es" or "en"); the English one where the catalogue has none."""
        template = self.template if language == "en" else _catalogue(language).gettext(self.template)
        return template.format_map({name: _written(value, language) for name, value in self.figures.items()})


def say(template: str, /, **figures: object) -> Said:
    """A saying; the name by which the catalogue's extractor finds templates."""
    return Said(template, figures)


class Spoken(Exception):
    """An error whose message is a saying. Each floor has one family of these."""

    def __init__(self, said: Said | str) -> None:
        self.said = said if isinstance(said, Said) else Said("{text}", {"text": said})
        super().__init__(str(self.said))


def grouped(number: int, language: str = "en") -> str:
    """An integer with its thousands set apart.

    >>> grouped(1234567), grouped(-1234, "es")
    ('1,234,567', '-1\\u202f234')
    """
    return f"{number:,}".replace(",", _THOUSANDS[language])


def _written(value: object, language: str) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return grouped(value, language)
    if isinstance(value, Said):
        return value.in_language(language)
    if isinstance(value, Share | Amount):
        return value.written(language)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(_written(item, language)) for item in value)
    return value


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("tinkuy", LOCALES, [language], fallback=True)
