"""Proofs of inclusion that travel alone: one entry's place under a signed checkpoint, in a text that fits a QR code.

Guarantees that who holds the proof, the entry and the officers' public keys can check it offline.

Source: C2SP tlog-proof (c2sp.org/tlog-proof@v1), file extension `.tlog-proof`. Extra data is read and ignored: nothing
authenticates it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import entry, merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.book.note import MAX_NOTE, from_base64
from tinkuy.words import Said, say

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 64

_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's index, the hashes from its sibling to a child of the root, and the checkpoint, none of it verified."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def encode(self) -> bytes:
        """The proof as text."""
        lines = [HEADER, f"index {self.index}"]
        lines += [base64.b64encode(step).decode("ascii") for step in self.hashes]
        return "\n".join([*lines, "", ""]).encode("ascii") + self.checkpoint.note


def make(leaves: Sequence[bytes], index: int, checkpoint: Checkpoint) -> Proof:
    """The proof for the entry at `index` under `checkpoint`; `leaves` are the book's leaf hashes, at least as many.

    Raises `BookError` if there are fewer, they are not the leaves under the checkpoint, or `index` is not among them.
    """
    covered = leaves[: checkpoint.size]
    if len(covered) < checkpoint.size or merkle.root(covered) != checkpoint.root:
        raise BookError(
            say("The checkpoint of {size} entries is not a checkpoint of these entries.", size=checkpoint.size)
        )
    return Proof(index, merkle.inclusion_proof(covered, index), checkpoint)


def parse(data: bytes) -> Proof:
    """The proof in `data`, unverified. Raises `BookError` saying what is malformed."""
    if len(data) > 2 * MAX_NOTE:
        raise _malformed(say("it has {size} bytes, and {limit} are allowed", size=len(data), limit=2 * MAX_NOTE))
    head, blank, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _malformed(say("byte {place} is not ASCII", place=error.start)) from error
    if first != HEADER or not blank:
        raise _malformed(say("it does not begin with {header}", header=HEADER))
    if lines and lines[0].startswith("extra ") and from_base64(lines.pop(0).removeprefix("extra ")) is None:
        raise _malformed(say("its extra data is not in base64"))
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None:
        raise _malformed(say("a line with the index of the entry is expected"))
    if len(lines) - 1 > MAX_HASHES:
        raise _malformed(say("it has more than {limit} hashes", limit=MAX_HASHES))
    hashes = tuple(_hash(line) for line in lines[1:])
    return Proof(int(index[1]), hashes, checkpoints.parse(note))


def verify(proof: Proof, body: bytes, book_id: str, keys: Mapping[str, bytes]) -> frozenset[str]:
    """The roles that signed for `body` being an entry of the book `book_id`; perhaps none: ask for those you need.

    `keys` are the public keys of the roles, from a source that the reader trusts. Raises `BookError` if the checkpoint
    is of another book, the entry says another index, a signature is false or the hashes do not lead to the root.
    """
    if proof.checkpoint.book_id != book_id:
        raise BookError(
            say(
                "The proof is about book {found}, not {expected}.",
                found=proof.checkpoint.book_id,
                expected=book_id,
            )
        )
    written = entry.parse(body)["n"]
    if written != proof.index:
        raise BookError(say("The entry says that it is number {n}, its proof {index}.", n=written, index=proof.index))
    at = proof.checkpoint
    merkle.verify_inclusion(entry.leaf_hash(body), proof.index, at.size, proof.hashes, at.root)
    return checkpoints.signed_by(at, keys)


def _hash(line: str) -> bytes:
    data = from_base64(line)
    if data is None or len(data) != 32:
        raise _malformed(say("this line is not a hash in base64: {line}", line=ascii(line[:60])))
    return data


def _malformed(why: Said) -> BookError:
    return BookError(say("The proof of inclusion is malformed: {why}.", why=why))
