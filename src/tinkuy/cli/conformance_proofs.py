"""Proofs of inclusion and of consistency, sound and damaged, for `tinkuy book conformance`.

Guarantees that a damaged proof is to be refused by what RFC 6962 says. A size that is wrong can leave a proof as
valid as it was, when the tree of that size has the same nodes on the way: a size is vouched for by the signature on the
checkpoint, not by the proof. Such cases are left out.

Source: RFC 6962 §2.1, RFC 9162 §2.1.3.2 and §2.1.4.2, C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tinkuy.book import checkpoint, merkle, proof
from tinkuy.cli.conformance_book import CHAIR, Book, Given, Made, act, b64, flipped, forked, signed

Hashes = Sequence[bytes]


def sound_inclusion(book: Book) -> Made:
    """Entries of the book, each with its proof."""
    for index in _sampled(book.size):
        yield f"sound/{index}", "The proof of an entry under the root.", _inclusion(book, index)


def damaged_inclusion(book: Book, index: int) -> Made:
    """Everything that can go wrong with the proof of one entry."""
    given = _inclusion(book, index)
    hashes = merkle.inclusion_proof(book.leaves, index)
    for name, what, other in _hashes_altered(hashes):
        yield f"{name}.{index}", what, {**given, "hashes": [b64(each) for each in other]}
    for wrong in sorted({index - 1, index + 1, book.size, -1, index + 2 * book.size}):
        yield f"index-changed/{index}.{wrong}", "The index is another.", {**given, "index": wrong}
    for size in sorted({0, index, index + 1, book.size - 1, book.size + 1, 2 * book.size}):
        if _way(index, size) != _way(index, book.size):
            yield f"size-changed/{index}.{size}", "The size is that of a tree of another form.", {**given, "size": size}
    for name, what, root in _roots_altered(book.root(), book.root(book.size - 1)):
        yield f"{name}/{index}", what, {**given, "root": b64(root)}
    body = book.bodies[index]
    for name, what, other_body in (
        ("entry-bit-flipped", "One bit of the entry is changed.", flipped(body, len(body) // 2)),
        ("entry-truncated", "The entry's last byte is missing.", body[:-1]),
        ("entry-longer", "The entry has a byte more.", body + b"\n"),
        ("entry-empty", "The entry has no bytes.", b""),
        ("entry-is-its-hash", "The entry's leaf hash in place of the entry.", book.leaves[index]),
    ):
        yield f"{name}/{index}", what, {**given, "entry": b64(other_body)}
    if len(hashes) > 1 and index % 2 == 0 and index + 1 < book.size:
        pair = book.leaves[index] + hashes[0]
        yield f"node-as-entry/{index}", "Two leaf hashes joined, as if they were an entry, one level up.", {
            **given, "entry": b64(pair), "index": index // 2, "hashes": [b64(each) for each in hashes[1:]],
            "size": (book.size + 1) // 2,
        }  # fmt: skip


def sound_consistency(book: Book) -> Made:
    """The book continues what it was at earlier sizes."""
    for old in _sampled(book.size):
        yield f"sound/{old + 1}", "The tree continues what it was at an earlier size.", _consistency(book, old + 1)
    yield "from-nothing", "The tree continues the empty one; the proof has no hashes.", _consistency(book, 0)


def damaged_consistency(book: Book, old: int) -> Made:
    """Everything that can go wrong with one proof of consistency."""
    given = _consistency(book, old)
    for name, what, other in _hashes_altered(merkle.consistency_proof(book.leaves, old)):
        yield f"{name}.{old}", what, {**given, "hashes": [b64(each) for each in other]}
    for wrong in sorted({-1, 1, old - 1, old + 1, book.size, book.size + 1}):
        if wrong < 0 or (wrong > 0 and _steps(wrong, book.size) != _steps(old, book.size)):
            yield f"old-size-changed/{old}.{wrong}", "The old size is another.", {**given, "old_size": wrong}
    for wrong in sorted({0, old - 1, old, book.size - 1, book.size + 1, 2 * book.size}):
        if _steps(old, wrong) != _steps(old, book.size):
            yield f"size-changed/{old}.{wrong}", "The size is that of a tree of another form.", {**given, "size": wrong}
    for name, what, root in _roots_altered(book.root(), book.root(book.size - 1)):
        yield f"{name}/{old}", what, {**given, "root": b64(root)}
        if name != "root-of-another-tree":
            changed = flipped(book.root(old), 31) if name == "root-bit-flipped" else book.root(old)[:31]
            yield f"old-{name}/{old}", what, {**given, "old_root": b64(changed)}
    yield f"old-root-empty-tree/{old}", "The old root is that of the empty tree.", {
        **given, "old_root": b64(merkle.EMPTY_ROOT),
    }  # fmt: skip
    if old < book.size:
        yield f"roots-exchanged/{old}", "The two roots have changed places.", {
            **given, "old_root": given["root"], "root": given["old_root"],
        }  # fmt: skip
    fork = forked(book, old - 1)
    yield f"fork/{old}", "The old root is that of a fork.", {**given, "old_root": b64(fork.root(old))}
    yield f"fork-with-its-proof/{old}", "The new root and the proof are those of a fork.", {
        **_consistency(fork, old), "old_root": given["old_root"],
    }  # fmt: skip


def sound_proof(book: Book) -> Made:
    """Proofs that travel alone."""
    for index in _sampled(book.size):
        yield f"sound/{index}", "The proof of an entry with its checkpoint, as one text.", _proof(book, index)
    if book.size == 7:
        given = _proof(book, 2)
        with_extra = _made(book, 2).replace(b"\nindex", b"\nextra YWdl\nindex", 1)
        yield "extra-data", "A line of extra data, which nobody vouches for.", {**given, "proof": b64(with_extra)}
        older = proof.make(book.leaves, 2, checkpoint.parse(book.note(4))).encode()
        yield "older-checkpoint", "The proof is under an older checkpoint.", {**given, "proof": b64(older)}


def damaged_proof(book: Book, index: int) -> Made:
    """Everything that can go wrong with a proof that travels alone."""
    given, data = _proof(book, index), _made(book, index)
    hashes = [b64(each).encode() for each in merkle.inclusion_proof(book.leaves, index)]
    for place in range(len(data)):
        yield f"bit-flipped/{place:03}", "One bit of one byte is changed.", {
            **given, "proof": b64(flipped(data, place, place % 8)),
        }  # fmt: skip
    line, other = b"index %d\n" % index, forked(book, 0)
    alone = signed(book.text().encode(), book.origin, {"chair": CHAIR})
    replaced = {
        "another-version": ("The first line names another version.", b"@v1", b"@v2"),
        "no-first-line": ("The first line is missing.", b"c2sp.org/tlog-proof@v1\n", b""),
        "index-with-zero": ("The index has a leading zero.", b"index ", b"index 0"),
        "index-with-sign": ("The index has a sign.", b"index ", b"index +"),
        "index-changed": ("The index is another.", line, b"index %d\n" % (index + 1)),
        "no-index": ("There is no line with the index.", line, b""),
        "index-twice": ("The line with the index is there twice.", line, line * 2),
        "extra-malformed": ("The extra data is not in base64.", b"index", b"extra ?\nindex"),
        "extra-after-index": ("The extra data comes too late.", line, line + b"extra YWdl\n"),
        "hash-missing": ("A hash is missing.", hashes[0] + b"\n", b""),
        "hash-twice": ("A hash is there twice.", hashes[0], hashes[0] + b"\n" + hashes[0]),
        "hashes-swapped": ("Two hashes have changed places.", b"\n".join(hashes[:2]), b"\n".join(hashes[1::-1])),
        "hash-short": ("A hash of 31 bytes.", hashes[0], b64(bytes(31)).encode()),
        "hash-unpadded": ("A hash without its padding.", hashes[0], hashes[0].rstrip(b"=")),
        "windows-newlines": ("Newlines after carriage returns.", b"\n", b"\r\n"),
        "no-blank-line": ("No blank line before the checkpoint.", b"\n\ntinkuy", b"\ntinkuy"),
        "no-checkpoint": ("There is no checkpoint.", book.note(), b""),
        "checkpoint-exchanged": ("The checkpoint is an older one.", book.note(), book.note(book.size - 1)),
        "checkpoint-of-another-book": ("The checkpoint is that of another book.", book.note(), other.note()),
        "checkpoint-of-a-fork": ("The checkpoint is that of a fork.", book.note(), forked(book, 1).note()),
        "chair-alone": ("The secretary has not signed.", book.note(), alone),
    }  # fmt: skip
    for name, (what, old, new) in replaced.items():
        count = -1 if old == b"\n" else 1
        yield name, what, {**given, "proof": b64(data.replace(old, new, count))}
    for name, what, body in (
        ("entry-bit-flipped", "One bit of the entry is changed.", flipped(book.bodies[index], -3)),
        ("another-entry", "The entry is another of the same book.", book.bodies[index + 1]),
        ("entry-of-a-fork", "The entry is what a fork has in this place.", act(index, text="Otro acuerdo")),
    ):
        yield name, what, {**given, "entry": b64(body)}
    yield "asked-of-another-origin", "The question names another book.", {**given, "origin": other.origin}
    moved = Book([*book.bodies[:index], act(index + 9, text="x"), *book.bodies[index + 1 :]])
    yield "entry-numbered-otherwise", "The entry says that it has another index.", _proof(moved, index)


def _inclusion(book: Book, index: int) -> Given:
    return {
        "entry": b64(book.bodies[index]),
        "index": index,
        "size": book.size,
        "root": b64(book.root()),
        "hashes": [b64(each) for each in merkle.inclusion_proof(book.leaves, index)],
    }


def _consistency(book: Book, old: int) -> Given:
    return {
        "old_size": old,
        "old_root": b64(book.root(old)),
        "size": book.size,
        "root": b64(book.root()),
        "hashes": [b64(each) for each in merkle.consistency_proof(book.leaves, old)],
    }


def _made(book: Book, index: int) -> bytes:
    return proof.make(book.leaves, index, checkpoint.parse(book.note())).encode()


def _proof(book: Book, index: int) -> Given:
    return {
        "proof": b64(_made(book, index)),
        "entry": b64(book.bodies[index]),
        "origin": book.origin,
        "keys": book.keys(),
    }


def _sampled(size: int) -> list[int]:
    """All indexes of a small tree; of a large one those beside a power of two, the ends, and some between."""
    if size <= 8:
        return list(range(size))
    beside = {2**power + step for power in range(size.bit_length()) for step in (-1, 0)}
    return sorted({index for index in beside | {size // 3, size - 2, size - 1} if index < size})


def _hashes_altered(hashes: Hashes) -> Iterator[tuple[str, str, list[bytes]]]:
    """The hashes with one thing changed."""
    as_list = list(hashes)
    for place, each in enumerate(as_list):
        before, after = as_list[:place], as_list[place + 1 :]
        yield f"hash-bit-flipped/{place}", "One bit of a hash is changed.", [*before, flipped(each, 5 * place), *after]
        yield f"hash-missing/{place}", "A hash is missing.", before + after
        yield f"hash-twice/{place}", "A hash is there twice.", [*before, each, each, *after]
    for place in range(len(as_list) - 1):
        exchanged = [*as_list[:place], as_list[place + 1], as_list[place], *as_list[place + 2 :]]
        yield f"hashes-swapped/{place}", "Two hashes have changed places.", exchanged
    if len(as_list) > 2:
        yield "hashes-reversed/0", "The hashes come from the root down.", as_list[::-1]
    if as_list:
        yield "no-hashes/0", "There are no hashes.", []
        yield "hash-short/0", "A hash of 31 bytes.", [as_list[0][:31], *as_list[1:]]
        yield "hash-long/0", "A hash of 33 bytes.", [as_list[0] + b"\x00", *as_list[1:]]
    yield "hash-before/0", "A hash more at the beginning.", [bytes(32), *as_list]
    yield "hash-after/0", "A hash more at the end.", [*as_list, bytes(32)]
    yield "hash-empty/0", "A hash of no bytes at the end.", [*as_list, b""]
    yield "too-many-hashes/0", "A hundred hashes more.", [*as_list, *[bytes(32)] * 100]


def _roots_altered(root: bytes, another: bytes) -> Iterator[tuple[str, str, bytes]]:
    yield "root-bit-flipped", "One bit of the root is changed.", flipped(root, 31)
    yield "root-short", "The root has 31 bytes.", root[:31]
    yield "root-of-another-tree", "The root is that of one entry less.", another


def _way(index: int, size: int) -> list[bool] | None:
    """On which side the sibling is, from the leaf up; None where there is no such leaf."""
    if not 0 <= index < size:
        return None
    sides, last = [], size - 1
    while last:
        if index ^ 1 <= last:
            sides.append(bool(index & 1))
        index, last = index >> 1, last >> 1
    return sides


def _steps(old: int, size: int) -> tuple[str, list[bool] | None]:
    """What a verifier does with a proof: what it begins with, and on which side it joins each hash."""
    if not 0 < old < size:
        return ("the same tree" if old == size else "no such trees"), None
    full = (old & -old).bit_length() - 1  # the height of the old tree's last full subtree
    begins = "the old root" if old & (old - 1) == 0 else "the first hash"
    return begins, _way((old - 1) >> full, ((size - 1) >> full) + 1)
