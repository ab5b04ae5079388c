"""The book of acts (libro de actas): one body's append-only log, in published formats only.

Guarantees that an act recorded is an act that stays: entries are canonical bytes under a Merkle tree (RFC 6962) whose
root the officers sign, so that a book copied by anyone can be checked by anyone, offline. This floor knows bytes,
hashes and signatures; what an act means is the business of the floors above. It has no clock, randomness or network.

    entry        an act as bytes, and back          proof      one entry's place, to carry alone
    merkle       the tree, its roots and proofs     tiles      a book as a directory of static files
    note         texts signed by named keys         package    a directory as one `.tinkuy` file
    checkpoint   what officers sign                 keys       officers' keys
"""

from tinkuy.book.checkpoint import Checkpoint, check_code, check_code_ok, signed_by
from tinkuy.book.entry import book_id, encode, leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey
from tinkuy.book.package import Package

__all__ = [
    "BookError",
    "Checkpoint",
    "Package",
    "SigningKey",
    "book_id",
    "check_code",
    "check_code_ok",
    "encode",
    "leaf_hash",
    "parse",
    "signed_by",
]
