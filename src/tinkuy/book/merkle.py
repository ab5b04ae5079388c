"""The Merkle tree over a book's entries.

Guarantees that a root commits to every entry and its place, and that a proof of a few hashes shows that an entry is
under a root (inclusion) or that one root continues another (consistency).

Source: RFC 6962 §2.1 for the tree and the proofs, RFC 9162 §2.1.3.2 and §2.1.4.2 for their verification. The functions
take leaf hashes (`entry.leaf_hash`), not entries. Sizes and indexes count leaves.

>>> root([]).hex()[:16]
'e3b0c44298fc1c14'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from tinkuy.book.errors import BookError
from tinkuy.words import say

EMPTY_ROOT = sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of the leaves, 32 bytes; of none, SHA-256 of nothing."""
    level = leaves
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY_ROOT


class Frontier:
    """A tree that grows: it keeps only the roots of its full subtrees, so a copy costs a few dozen references.

    >>> tree = Frontier([bytes(32)])
    >>> tree.size, tree.root() == bytes(32)
    (1, True)
    """

    __slots__ = ("_full", "size")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._full: list[bytes] = []  # roots of full subtrees, largest first: the binary digits of `size`
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the end."""
        carry = self.size
        while carry & 1:
            leaf = sha256(b"\x01" + self._full.pop() + leaf).digest()
            carry >>= 1
        self._full.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root at the present size."""
        if not self._full:
            return EMPTY_ROOT
        result = self._full[-1]
        for left in reversed(self._full[:-1]):
            result = node_hash(left, result)
        return result

    def copy(self) -> Frontier:
        """A tree that grows apart from this one."""
        other = Frontier()
        other.size = self.size
        other._full = self._full.copy()
        return other


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes from the leaf's sibling up to a child of the root (RFC 6962 §2.1.1).

    Raises `BookError` if there is no leaf at `index`.
    """
    if not 0 <= index < len(leaves):
        raise BookError(say("There is no entry {index} in a tree of {size}.", index=index, size=len(leaves)))
    proof = []
    level = leaves
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _parents(level)
        index >>= 1
    return tuple(proof)


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """The hashes that show that the tree of the first `old_size` leaves was continued (RFC 6962 §2.1.2).

    Raises `BookError` if `old_size` is larger than the tree. From the empty tree the proof is empty.
    """
    if not 0 <= old_size <= len(leaves):
        raise BookError(
            say("A tree of {size} does not continue one of {old_size}.", size=len(leaves), old_size=old_size)
        )
    if old_size in (0, len(leaves)):
        return ()
    return tuple(_subproof(leaves, 0, len(leaves), old_size, whole=True))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if the proof shows `leaf` at `index` under the root of `size` leaves; otherwise raise `BookError`."""
    if not 0 <= index < size:
        raise BookError(say("There is no entry {index} in a tree of {size}.", index=index, size=size))
    at, last, result = index, size - 1, leaf
    for step in _hashes(proof):
        if last == 0:
            raise _longer("inclusion")
        if at & 1 or at == last:
            result = node_hash(step, result)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            result = node_hash(result, step)
        at >>= 1
        last >>= 1
    if last != 0 or result != root:
        raise BookError(
            say("The proof does not show entry {index} under the root of {size} entries.", index=index, size=size)
        )


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the proof shows that the new tree continues the old one; otherwise raise `BookError`."""
    if not 0 <= old_size <= new_size:
        raise BookError(say("A tree of {size} does not continue one of {old_size}.", size=new_size, old_size=old_size))
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if proof or old_root != expected:
            raise _not_continued(old_size, new_size)
        return
    steps = list(_hashes(proof))
    if old_size & (old_size - 1) == 0:  # a full subtree is its own first step
        steps.insert(0, old_root)
    if not steps:
        raise _not_continued(old_size, new_size)
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise _longer("consistency")
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        at >>= 1
        last >>= 1
    if last != 0 or old != old_root or new != new_root:
        raise _not_continued(old_size, new_size)


def _parents(level: Sequence[bytes]) -> list[bytes]:
    """The level above; a last node without a sibling rises as it is, which is RFC 6962's split at a power of two."""
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) & 1:
        above.append(level[-1])
    return above


def _subproof(leaves: Sequence[bytes], start: int, end: int, old: int, whole: bool) -> list[bytes]:
    """SUBPROOF(old, leaves[start:end], whole) of RFC 6962 §2.1.2; `old` counts from `start`."""
    size = end - start
    if old == size:
        return [] if whole else [root(leaves[start:end])]
    half = 1 << (size - 1).bit_length() - 1
    if old <= half:
        return [*_subproof(leaves, start, start + half, old, whole), root(leaves[start + half : end])]
    return [*_subproof(leaves, start + half, end, old - half, False), root(leaves[start : start + half])]


def _hashes(proof: Sequence[bytes]) -> Sequence[bytes]:
    if any(len(step) != 32 for step in proof):
        raise BookError(say("A hash in the proof is not 32 bytes long."))
    return proof


def _longer(kind: str) -> BookError:
    if kind == "inclusion":
        return BookError(say("The proof of inclusion has more hashes than its tree has levels."))
    return BookError(say("The proof of consistency has more hashes than its tree has levels."))


def _not_continued(old_size: int, new_size: int) -> BookError:
    return BookError(
        say("The tree of {size} entries does not continue the one of {old_size}.", size=new_size, old_size=old_size)
    )
