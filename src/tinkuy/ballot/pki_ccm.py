"""AES-256 in CCM mode, for the letters that trustees send one another while they make a threshold key.

Guarantees that a letter altered in any byte is refused. The lengths are those of Belenios: a key of 32 bytes, a nonce
of which 13 bytes count (12 for letters of 64 kB or more) and a tag of 8 bytes, with no associated data.

Source: FIPS 197 (the cipher, forward direction only, as CCM needs no other); NIST SP 800-38C (the mode).
Not made for speed, nor against somebody who can time it on the trustee's own machine: letters are of a few kilobytes,
and a trustee opens a handful in a lifetime. NIST's vectors are in the tests.

>>> seal(bytes(32), bytes(32), b"abc").hex()
'bcfc2769d7da313ff3bd0b'
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from tinkuy.ballot.errors import BallotError
from tinkuy.words import say

KEY = 32
TAG = 8
MAX_LETTER = 2**20
_BLOCK = 16
_ROUNDS = 14
_NONCE_LEAST = 13


def seal(key: bytes, nonce: bytes, plain: bytes, tag: int = TAG) -> bytes:
    """`plain` encrypted, followed by its tag. A pair of key and nonce must never seal two different letters.

    `nonce` has 7 bytes or more, of which those that count are the first; `tag` is the tag's length in bytes. Raises
    `BallotError` when the letter is too large.
    """
    if len(plain) > MAX_LETTER:
        raise _too_large(len(plain))
    cipher, counted = _Cipher(key), _counted(nonce, len(plain))
    return _stream(cipher, counted, plain) + _tag(cipher, counted, plain, tag)


def unseal(key: bytes, nonce: bytes, sealed: bytes, tag: int = TAG) -> bytes:
    """What was sealed; raises `BallotError` if it was altered, or sealed with another key."""
    if len(sealed) > MAX_LETTER + tag:
        raise _too_large(len(sealed))
    size = len(sealed) - tag
    cipher, counted = _Cipher(key), _counted(nonce, max(size, 0))
    plain = _stream(cipher, counted, sealed[: max(size, 0)])
    if not hmac.compare_digest(_tag(cipher, counted, plain, tag), sealed[size:]):
        raise BallotError(say("The letter was altered, or is for another trustee: its seal does not hold."))
    return plain


def _too_large(size: int) -> BallotError:
    return BallotError(
        say("A letter between trustees has at most {limit} bytes; this one has {size}.", limit=MAX_LETTER, size=size)
    )


def _counted(nonce: bytes, size: int) -> bytes:
    """The bytes of `nonce` that count: what the letter's length leaves of the 15 (SP 800-38C, A.1)."""
    field = 2
    while size >> 8 * field:
        field += 1
    return nonce[: min(15 - field, _NONCE_LEAST)]


def _stream(cipher: _Cipher, nonce: bytes, data: bytes) -> bytes:
    field = 15 - len(nonce)
    pieces = []
    for at in range(0, len(data), _BLOCK):
        counter = (at // _BLOCK + 1).to_bytes(field)
        pieces.append(_xor(cipher.block(bytes([field - 1]) + nonce + counter), data[at : at + _BLOCK]))
    return b"".join(pieces)


def _tag(cipher: _Cipher, nonce: bytes, plain: bytes, size: int) -> bytes:
    field = 15 - len(nonce)
    mac = cipher.block(bytes([(size - 2) // 2 << 3 | field - 1]) + nonce + len(plain).to_bytes(field))
    for at in range(0, len(plain), _BLOCK):
        mac = cipher.block(_xor(mac, plain[at : at + _BLOCK].ljust(_BLOCK, b"\0")))
    return _xor(mac, cipher.block(bytes([field - 1]) + nonce + bytes(field)))[:size]


def _xor(block: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(block, other, strict=False))


def _doubled(byte: int) -> int:
    """`byte` times x in the field of 256 elements (FIPS 197, 4.2.1)."""
    return (byte << 1) ^ (0x11B if byte & 0x80 else 0)


def _substitution() -> Iterator[int]:
    """The S-box: the inverse in the field, then an affine map (FIPS 197, 5.1.1)."""
    powers, logarithms, element = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logarithms[element] = element, exponent
        element ^= _doubled(element)  # times x + 1, which generates the field
    for byte in range(256):
        inverse = powers[-logarithms[byte] % 255] if byte else 0
        spread = inverse * 0x101
        yield (inverse ^ (spread >> 7) ^ (spread >> 6) ^ (spread >> 5) ^ (spread >> 4)) & 0xFF ^ 0x63


_SBOX = bytes(_substitution())
_DOUBLED = bytes(_doubled(byte) for byte in range(256))
_SHIFTED = [(5 * at) % _BLOCK for at in range(_BLOCK)]  # where each byte comes from when rows are shifted


class _Cipher:
    """AES with one key: 15 round keys of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        words = [key[at : at + 4] for at in range(0, KEY, 4)]
        constant = 1
        while len(words) < 4 * (_ROUNDS + 1):
            word = words[-1]
            if len(words) % 8 == 0:
                word = _xor((word[1:] + word[:1]).translate(_SBOX), bytes([constant, 0, 0, 0]))
                constant = _DOUBLED[constant]
            elif len(words) % 8 == 4:
                word = word.translate(_SBOX)
            words.append(_xor(word, words[-8]))
        self._rounds = [b"".join(words[at : at + 4]) for at in range(0, len(words), 4)]

    def block(self, data: bytes) -> bytes:
        """One block of 16 bytes, encrypted."""
        state = _xor(data, self._rounds[0])
        for key in self._rounds[1:-1]:
            state = _xor(_mixed(_substituted(state)), key)
        return _xor(_substituted(state), self._rounds[-1])


def _substituted(state: bytes) -> bytes:
    boxed = state.translate(_SBOX)
    return bytes(boxed[at] for at in _SHIFTED)


def _mixed(state: bytes) -> bytes:
    """Each column times the matrix of FIPS 197, 5.1.3."""
    out = bytearray()
    for at in range(0, _BLOCK, 4):
        column = state[at : at + 4]
        whole = column[0] ^ column[1] ^ column[2] ^ column[3]
        out += bytes(byte ^ whole ^ _DOUBLED[byte ^ column[(row + 1) % 4]] for row, byte in enumerate(column))
    return bytes(out)
