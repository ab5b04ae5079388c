"""Base 45: bytes in the alphabet of a QR code's alphanumeric mode, two bytes in three signs of 5.5 bits.

Source: RFC 9285. A reader refuses what the encoder would not write: other signs, groups above 65,535 or 255.

>>> encode(b"Hello!!"), decode("%69 VD92EX0")
('%69 VD92EX0', b'Hello!!')
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """The text of `data`."""
    signs = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        value = int.from_bytes(pair, "big")
        signs += [ALPHABET[value % 45], ALPHABET[value // 45 % 45]]
        if len(pair) == 2:
            signs.append(ALPHABET[value // 2025])
    return "".join(signs)


def decode(text: str) -> bytes | None:
    """The bytes of `text`; None when it is not base 45."""
    if len(text) % 3 == 1 or any(sign not in _VALUES for sign in text):
        return None
    data = bytearray()
    for start in range(0, len(text), 3):
        signs = text[start : start + 3]
        value = sum(_VALUES[sign] * 45**place for place, sign in enumerate(signs))
        size = len(signs) - 1
        if value >= 256**size:
            return None
        data += value.to_bytes(size, "big")
    return bytes(data)
