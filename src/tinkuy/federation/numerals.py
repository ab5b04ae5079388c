"""Figures in words, as tellers write them beside the digits on a sheet (cifras en letras), in Spanish and English.

>>> in_words(118, "es"), in_words(21_931, "es"), in_words(118, "en")
('ciento dieciocho', 'veintiún mil novecientos treinta y uno', 'one hundred and eighteen')
>>> says("CIENTO  DIECIOCHO", 118), says("ciento diez", 118), says("Un mil veintiún votos.", 1021)
(True, False, True)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MOST = 999_999
_LONG = 400  # characters; the longest figure takes a third of it

_ES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def says(text: str, figure: int) -> bool:
    """Whether the words are this figure in Spanish or English, as tellers write them.

    Case, accents, punctuation and spaces aside; "votos" after them, "un mil", "veintiún", "treintiuno", "diez y seis"
    and the feminine are read as meant. An honest sheet is not to be held for a way of writing.
    """
    if not 0 <= figure <= MOST:
        return False
    return len(text) <= _LONG and _plain(text) in _spellings(figure)


@lru_cache(maxsize=1 << 16)
def _spellings(figure: int) -> frozenset[str]:
    """The figure in plain words of either language."""
    return frozenset(_plain(in_words(figure, language)) for language in ("es", "en"))


def in_words(figure: int, language: str) -> str:
    """The figure (0 to 999,999) in words of "es" or "en"."""
    return _spanish(figure) if language == "es" else _english(figure)


_ONES = "una?|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_SPELLINGS = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        (r" (votos?|votes?)$", ""),
        (r"^un mil\b", "mil"),
        (r"ientas\b", "ientos"),
        (r"\bdiez y (seis|siete|ocho|nueve)\b", r"dieci\1"),
        (r"\bveinte y " + f"({_ONES})" + r"\b", r"veinti\1"),
        (r"\b(trei|cuare|cincue|sese|sete|oche|nove)nta?i" + f"({_ONES})" + r"\b", r"\1nta y \2"),
        (r"(\b|veinti)una?$", r"\1uno"),
    )
)


@lru_cache(maxsize=1 << 16)
def _plain(text: str) -> str:
    """Words without case, accents and punctuation, in one of their spellings; small figures come again and again."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
    plain = " ".join(word for word in re.sub(r"[-.,;:*/()]", " ", bare).split() if word != "and")
    for pattern, spelling in _SPELLINGS:
        plain = pattern.sub(spelling, plain)
    return plain


def _spanish(figure: int) -> str:
    if figure >= 1000:
        thousands, rest = divmod(figure, 1000)
        # Before "mil" the ending is apocopated: veintiún mil, treinta y un mil; and one thousand is only "mil".
        words = _spanish(thousands)
        if words.endswith("veintiuno"):
            words = words.removesuffix("uno") + "ún"
        head = "mil" if thousands == 1 else f"{words.removesuffix('o') if words.endswith('uno') else words} mil"
        return f"{head} {_spanish(rest)}" if rest else head
    if figure == 100:
        return "cien"
    if figure > 100:
        hundreds, rest = divmod(figure, 100)
        return f"{_ES_HUNDREDS[hundreds - 1]} {_spanish(rest)}" if rest else _ES_HUNDREDS[hundreds - 1]
    if figure < 30:
        return _ES[figure]
    tens, rest = divmod(figure, 10)
    return f"{_ES_TENS[tens - 3]} y {_ES[rest]}" if rest else _ES_TENS[tens - 3]


def _english(figure: int) -> str:
    if figure >= 1000:
        thousands, rest = divmod(figure, 1000)
        link = " and " if 0 < rest < 100 else " "
        return f"{_english(thousands)} thousand" + (link + _english(rest) if rest else "")
    if figure >= 100:
        hundreds, rest = divmod(figure, 100)
        return f"{_EN[hundreds]} hundred" + (f" and {_english(rest)}" if rest else "")
    if figure < 20:
        return _EN[figure]
    tens, rest = divmod(figure, 10)
    return f"{_EN_TENS[tens - 2]}-{_EN[rest]}" if rest else _EN_TENS[tens - 2]
