"""AES-256 in CCM mode, for the letters that trustees send one another while they make a threshold key.

Guarantees that a letter altered in any byte is refused. The lengths are those of Belenios: a key of 32 bytes, a nonce
of which 13 bytes count (12 for letters of 64 kB or more) and a tag of 8 bytes, with no associated data. The cipher is
OpenSSL's, by `cryptography`; what is ours is which bytes of the nonce count.

Source: NIST SP 800-38C, whose vectors are in the tests.

>>> seal(bytes(32), bytes(32), b"abc").hex()
'bcfc2769d7da313ff3bd0b'
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from tinkuy.ballot.errors import BallotError
from tinkuy.words import say

TAG = 8
MAX_LETTER = 2**20
_NONCE_LEAST = 13


def seal(key: bytes, nonce: bytes, plain: bytes, tag: int = TAG) -> bytes:
    """`plain` encrypted, followed by its tag. A pair of key and nonce must never seal two different letters.

    `nonce` has 7 bytes or more, of which those that count are the first; `tag` is the tag's length in bytes. Raises
    `BallotError` when the letter is too large.
    """
    if len(plain) > MAX_LETTER:
        raise _too_large(len(plain))
    return AESCCM(key, tag_length=tag).encrypt(_counted(nonce, len(plain)), plain, None)


def unseal(key: bytes, nonce: bytes, sealed: bytes, tag: int = TAG) -> bytes:
    """What was sealed; raises `BallotError` if it was altered, or sealed with another key."""
    if len(sealed) > MAX_LETTER + tag:
        raise _too_large(len(sealed))
    try:
        return AESCCM(key, tag_length=tag).decrypt(_counted(nonce, max(len(sealed) - tag, 0)), sealed, None)
    except InvalidTag:
        raise BallotError(say("The letter was altered, or is for another trustee: its seal does not hold.")) from None


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
