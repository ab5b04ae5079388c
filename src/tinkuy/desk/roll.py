"""The roll of a body: who `m1`, `m2` … are (padrón). It stays on the secretary's device, encrypted, outside the book.

Guarantees that the book learns only a Merkle root: every member is known by a commitment, SHA-256 over a random salt,
the name and the document, so that a seized book names nobody, a member who keeps the salt can prove to be on it, and
a person erased here leaves every proof valid. The file is sealed by a passphrase: argon2id and XChaCha20-Poly1305
(libsodium).

>>> member = Member("Justina Quispe", "41234567", bytes(16))
>>> len(member.commitment())
32
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from hashlib import sha256

import msgspec
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import Aead

from tinkuy.book.entry import leaf_hash
from tinkuy.book.merkle import root
from tinkuy.desk.table import Row
from tinkuy.words import Spoken, say

FORMAT = "tinkuy-roll/v1"
SALT = 16
MAX_FILE = 256 * 1024 * 1024
MAX_PASSES, MAX_MEMORY = 16, 2**30

_LABEL = b"tinkuy/member/v1\x00"


class RollError(Spoken):
    """A roll file that cannot be opened or is not one."""


class Member(msgspec.Struct, frozen=True):
    """A person on the roll.

    Name, document and the salt of the commitment. An erased person has neither name nor document.
    """

    name: str
    document: str
    salt: bytes

    def commitment(self) -> bytes:
        """SHA-256 over label, salt, and name and document each with its length; 32 bytes."""
        parts = [text.encode() for text in (self.name, self.document)]
        return sha256(_LABEL + self.salt + b"".join(len(part).to_bytes(4) + part for part in parts)).digest()


class _Sealed(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    passes: int
    memory: int
    salt: bytes
    box: bytes


def joining(rows: Sequence[Row], name: str, members: Sequence[Member], random: Callable[[int], bytes]) -> list[Member]:
    """The persons of a table (`table.PERSONS`) as new members, each with a salt of its own.

    Raises `RollError` with the line of a document that is on the roll already, or twice in the table; documents are
    the same when their letters and digits are.
    """
    known = {_document(member.document): 0 for member in members if member.document}
    new = []
    for row in rows:
        document = _document(row.cells["document"])
        if not document:
            raise RollError(
                say("{file}, line {line}: the document has neither letters nor digits", file=name, line=str(row.line))
            )
        if known.get(document):
            raise RollError(
                say(
                    "{file}, line {line}: the same document as on line {other}",
                    file=name,
                    line=str(row.line),
                    other=str(known[document]),
                )
            )
        if document in known:
            raise RollError(
                say("{file}, line {line}: this document is on the roll already", file=name, line=str(row.line))
            )
        known[document] = row.line
        new.append(Member(row.cells["name"], row.cells["document"], random(SALT)))
    return new


def _document(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def batch_root(members: Sequence[Member]) -> str:
    """The Merkle root (RFC 6962, hex) of a batch's commitments: what `member.enrolled` records."""
    return root([leaf_hash(member.commitment()) for member in members]).hex()


def seal(
    members: Sequence[Member], passphrase: str, random: Callable[[int], bytes], *, passes: int = 3, memory: int = 2**28
) -> bytes:
    """The roll as an encrypted file."""
    salt = random(argon2id.SALTBYTES)
    box = Aead(_key(passphrase, salt, passes, memory)).encrypt(
        msgspec.json.encode(list(members)), FORMAT.encode(), random(Aead.NONCE_SIZE)
    )
    return msgspec.json.encode(_Sealed(FORMAT, passes, memory, salt, bytes(box)))


def unseal(data: bytes, passphrase: str) -> list[Member]:
    """The members in an encrypted file. Raises `RollError` when it is not a roll, or the passphrase is another."""
    if len(data) > MAX_FILE:
        raise RollError(say("the roll's file is larger than {most} bytes", most=MAX_FILE))
    try:
        sealed = msgspec.json.decode(data, type=_Sealed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RollError(say("this is not the file of a roll: {fault}", fault=str(error))) from None
    known = sealed.format == FORMAT and len(sealed.salt) == argon2id.SALTBYTES
    if not known or not 0 < sealed.passes <= MAX_PASSES or not 8192 <= sealed.memory <= MAX_MEMORY:
        raise RollError(say("this is not the file of a roll that this program can open"))
    try:
        held = Aead(_key(passphrase, sealed.salt, sealed.passes, sealed.memory)).decrypt(sealed.box, FORMAT.encode())
    except (CryptoError, ValueError):
        raise RollError(say("the roll does not open: the passphrase is another, or the file is damaged")) from None
    return msgspec.json.decode(held, type=list[Member])


def _key(passphrase: str, salt: bytes, passes: int, memory: int) -> bytes:
    # NFKC, so that a passphrase typed on another keyboard or system is the same bytes.
    plain = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return argon2id.kdf(Aead.KEY_SIZE, plain, salt, opslimit=passes, memlimit=memory)
