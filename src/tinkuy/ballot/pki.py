"""What trustees use to write to one another while they make a threshold key: signing and encryption keys from one seed.

Guarantees that a letter is opened only by the trustee it is for, says who wrote it, and cannot be passed on as a letter
to somebody else: the recipient's key is inside what is signed, and what is signed is inside what is encrypted. So the
letters may go by any hand: a memory stick, a messenger, the office that organises the election.

Source: Belenios specification 2.0, 4.6.1 (keys, signatures, encryption) and 4.6.3 (channels).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from tinkuy.ballot import pki_ccm
from tinkuy.ballot.election import BASE58, letters
from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.words import Said, say

_SEED = 22
_SEED_TEXT = re.compile(rf"[{BASE58}]{{{_SEED}}}")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2})*")
_MAX_LETTER_JSON = 2 * pki_ccm.MAX_LETTER + 2**14  # hexadecimal, and two elements


class Signed(msgspec.Struct, frozen=True):
    """A message (itself JSON, as text) and its signature."""

    message: str
    signature: Proof


class Hidden(msgspec.Struct, frozen=True):
    """A structure with a secret in it, which no trace or log shows."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, hidden>"


class _Addressed(Hidden, frozen=True):
    recipient: str
    message: str


class _Letter(msgspec.Struct, frozen=True):
    alpha: str
    beta: str
    data: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A trustee's four keys: she signs with `signing` and reads with `decryption`; the other two are for everybody."""

    verification: Element
    encryption: Element
    signing: int = field(repr=False)
    decryption: int = field(repr=False)


def new_seed(source: Source) -> str:
    """A seed for `keys`: 22 characters in base 58, 128 bits. Who has it is the trustee."""
    return letters(source, _SEED)


def keys(group: Group, seed: str) -> Keys:
    """The keys of a seed; raises `BallotError` unless it is 22 characters in base 58."""
    if not _SEED_TEXT.fullmatch(seed):
        raise BallotError(
            say(
                "A trustee's key has {size} letters and digits, without 0, I, O and l; this one is copied wrong.",
                size=_SEED,
            )
        )
    signing, decryption = (
        int.from_bytes(sha256(f"{use}|{seed}".encode()).digest()) % group.order for use in ("sk", "dk")
    )
    return Keys(group.base(signing), group.base(decryption), signing, decryption)


def sign(group: Group, signing: int, message: str, source: Source) -> Proof:
    """The signature of a message."""
    return schnorr_prove(group, f"sigmsg|{message}|", signing, source)


def signed(group: Group, signing: int, message: bytes, source: Source) -> Signed:
    """A message with its signature."""
    return Signed(message.decode(), sign(group, signing, message.decode(), source))


def holds(group: Group, verification: Element, message: str, signature: Proof) -> bool:
    """Whether the signature is that of the message by the key; raises `BallotError` if it is not canonical."""
    return schnorr_verify(group, f"sigmsg|{message}|", signature, verification)


def send(group: Group, sender: Keys, recipient: Element, message: bytes, source: Source) -> str:
    """A letter: `message` signed by the sender and encrypted for the recipient, as text."""
    addressed = dumps(_Addressed(group.write(recipient), message.decode()))
    return _encrypted(group, recipient, dumps(signed(group, sender.signing, addressed, source)), source)


def receive(group: Group, reader: Keys, sender: Element, letter: str, what: Said) -> bytes:
    """The message in a letter for `reader`, written by the one whose verification key is `sender`.

    Raises `BallotError` naming the letter (`what`) and what does not hold: its seal, its signature, or its recipient.
    """
    opened = read(_decrypted(group, reader.decryption, letter, what), Signed, what)
    if not holds(group, sender, opened.message, opened.signature):
        raise BallotError(say("{what}: the signature is not that of its sender.", what=what))
    addressed = read(opened.message.encode(), _Addressed, what)
    if addressed.recipient != group.write(reader.encryption):
        raise BallotError(say("{what}: it was written to another trustee.", what=what))
    return addressed.message.encode()


def _encrypted(group: Group, recipient: Element, plain: bytes, source: Source) -> str:
    r, secret = group.random(source), group.base(group.random(source))
    alpha = group.base(r)
    beta = group.multiply(group.power(recipient, r), secret)
    data = pki_ccm.seal(_key(group, secret), _nonce(group, alpha), plain)
    return dumps(_Letter(group.write(alpha), group.write(beta), data.hex())).decode()


def _decrypted(group: Group, decryption: int, letter: str, what: Said) -> bytes:
    wire = read(letter.encode(), _Letter, what, _MAX_LETTER_JSON)
    if not _HEXADECIMAL.fullmatch(wire.data):
        raise BallotError(say("{what}: its text is not hexadecimal.", what=what))
    try:
        alpha = group.read(wire.alpha)
        secret = group.divide(group.read(wire.beta), group.power(alpha, decryption))
        return pki_ccm.unseal(_key(group, secret), _nonce(group, alpha), bytes.fromhex(wire.data))
    except BallotError as error:
        raise BallotError(say("{what}: {why}", what=what, why=error.said)) from None


def _key(group: Group, secret: Element) -> bytes:
    return sha256(f"key|{group.write(secret)}".encode()).digest()


def _nonce(group: Group, alpha: Element) -> bytes:
    return sha256(f"iv|{group.write(alpha)}".encode()).digest()
