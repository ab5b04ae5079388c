"""Crockford's base 32: letters and digits that survive being read aloud and copied by hand.

Source: Douglas Crockford, "Base 32": the alphabet without I, L, O and U; a check symbol modulo 37; readers take O for 0
and I or L for 1, in either case, and pass over hyphens.

>>> base32(bytes(5)), with_check("16J"), check_holds("16jd")
('00000000', '16JD', True)
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_SYMBOLS = ALPHABET + "*~$=U"

_PAIRS = tuple(first + second for first in ALPHABET.lower() for second in ALPHABET.lower())  # ten bits each
_AS_READ = str.maketrans("OIL", "011", "- ")


def base32(data: bytes) -> str:
    """`data` in lower case, five bits a character; a length in bytes divisible by five needs no padding."""
    digits, last = -(-len(data) * 8 // 5), len(data) * 8 % 10
    value = int.from_bytes(data, "big") << (10 - last if last else 0)
    places = range((len(data) * 8 + 9) // 10 * 10 - 10, -1, -10)
    return "".join([_PAIRS[value >> place & 1023] for place in places])[:digits]


def with_check(digits: str) -> str:
    """`digits` (capitals of the alphabet) and their check symbol."""
    return digits + CHECK_SYMBOLS[_value(digits) % 37]


def as_read(text: str) -> str:
    """`text` as the alphabet writes it: capitals, O as 0, I and L as 1, no hyphens or spaces."""
    return text.upper().translate(_AS_READ)


def check_holds(text: str) -> bool:
    """Whether the last symbol of `text`, as a person may have written it, is the check symbol of the rest."""
    read = as_read(text)
    digits, symbol = read[:-1], read[-1:]
    if not digits or not symbol or any(digit not in ALPHABET for digit in digits):
        return False
    return CHECK_SYMBOLS[_value(digits) % 37] == symbol


def _value(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 32 + ALPHABET.index(digit)
    return value
