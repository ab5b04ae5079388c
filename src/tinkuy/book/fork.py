"""Evidence of a fork: two checkpoints of one book that are not one history (bifurcación).

Guarantees that whoever has the evidence can see, alone and offline, that one book was signed in two histories, without
having either of them whole. Of the same size, two roots differ. Of different sizes, the larger tree is shown to have
had, at the smaller size, another root than the one that was signed. Who the signers are follows from each branch's
first acts (its *opening*), shown to be the beginning of that very branch; what these acts mean is judged a floor above.

Source: RFC 6962 §2.1.2 (consistency); C2SP tlog-checkpoint and tlog-tiles. As files:

    fork/1/checkpoint            the signed note of the smaller branch, as it was found
    fork/1/opening               how many acts open it, and the hashes from their root to the checkpoint's
    fork/1/tile/entries/…        those acts
    fork/2/…                     the larger branch; its opening is left out where the first proves its signers too
    fork/head                    the larger branch's root at the smaller size, and the hashes from there on
    attachments/<sha256>         what the acts name
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import entry, merkle, tiles
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.errors import BookError
from tinkuy.book.note import from_base64
from tinkuy.words import Said, say

FOLDER = "fork/"
HEAD = "fork/head"
ATTACHMENTS = "attachments/"
MAX_ACTS = 100_000
MAX_HASHES = 63

_SIZE = re.compile("size ([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Opening:
    """The first acts of a branch, and the hashes that show that the branch continues them."""

    bodies: tuple[bytes, ...]
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One history as far as the evidence holds it: its checkpoint and, where it is at hand, its opening."""

    checkpoint: Checkpoint
    opening: Opening | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The root that the larger branch had at the smaller size, and the hashes from it to the larger root."""

    root: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two branches, the smaller first; `head` is there when their sizes differ. Nothing in it is verified."""

    branches: tuple[Branch, Branch]
    head: Head | None
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def opening(bodies: Sequence[bytes], size: int) -> Opening:
    """The first `size` acts of a branch, whose acts are `bodies`, as its opening."""
    leaves = [entry.leaf_hash(body) for body in bodies]
    return Opening(tuple(bodies[:size]), merkle.consistency_proof(leaves, size))


def between(
    one: Branch, other: Branch, leaves: Sequence[bytes] = (), attachments: Mapping[str, bytes] | None = None
) -> Evidence:
    """The evidence of two branches; `leaves` are the leaf hashes of the larger one, if one is larger.

    Raises `BookError` if they are one history, of two books, or `leaves` are not those under the larger checkpoint.
    """
    smaller, larger = sorted((one, other), key=lambda branch: branch.checkpoint.size)
    head, size = None, smaller.checkpoint.size
    if size != larger.checkpoint.size:
        covered = leaves[: larger.checkpoint.size]
        head = Head(merkle.root(covered[:size]), merkle.consistency_proof(covered, size))
    made = Evidence((smaller, larger), head, attachments or {})
    expect_two_histories(made)
    return made


def expect_two_histories(evidence: Evidence) -> None:
    """Return if the two checkpoints are of one book and not one history; raise `BookError` saying why not."""
    smaller, larger = (branch.checkpoint for branch in evidence.branches)
    if smaller.origin != larger.origin:
        raise BookError(
            say("The checkpoints are of two books, {one} and {other}.", one=smaller.book_id, other=larger.book_id)
        )
    if not 0 < smaller.size <= larger.size:
        raise BookError(say("The checkpoints do not stand in order of their size, or one is of no acts."))
    if (smaller.size == larger.size) != (evidence.head is None):
        raise BookError(say("The larger branch's root at the smaller size is missing, or is not asked for."))
    root = larger.root
    if evidence.head is not None:
        root = evidence.head.root
        merkle.verify_consistency(smaller.size, root, larger.size, larger.root, evidence.head.hashes)
    if root == smaller.root:
        raise BookError(say("The two checkpoints are one history: the larger continues the smaller."))


def expect_opening(branch: Branch) -> tuple[bytes, ...]:
    """The acts that open a branch, shown to be its first and to found the book; otherwise raises `BookError`."""
    at, first = branch.checkpoint, branch.opening
    if first is None or not first.bodies:
        raise BookError(say("The branch of {size} acts has no opening.", size=at.size))
    if entry.book_id(first.bodies[0]) != at.book_id:
        raise BookError(say("The first act does not found the book {book}.", book=at.book_id))
    root = merkle.root([entry.leaf_hash(body) for body in first.bodies])
    merkle.verify_consistency(len(first.bodies), root, at.size, at.root, first.hashes)
    return first.bodies


def members(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    """The files of the evidence, for a package."""
    for place, branch in enumerate(evidence.branches, 1):
        yield from branch_members(branch, f"{FOLDER}{place}/")
    if evidence.head is not None:
        yield HEAD, _lines(_b64(evidence.head.root), evidence.head.hashes)
    for digest in sorted(evidence.attachments):
        yield ATTACHMENTS + digest, evidence.attachments[digest]


def branch_members(branch: Branch, folder: str) -> Iterator[tuple[str, bytes]]:
    """The files of one branch under a folder."""
    yield folder + "checkpoint", branch.checkpoint.note
    if branch.opening is not None:
        yield folder + "opening", _lines(f"size {len(branch.opening.bodies)}", branch.opening.hashes)
        for name, data in tiles.bundles(branch.opening.bodies):
            yield folder + name, data


def read(names: Iterable[str], get: Callable[[str], bytes | None]) -> Evidence:
    """The evidence in these files, unverified; `get` gives a file's content, or None where there is none.

    Raises `BookError` naming the file that is missing, malformed or no part of it.
    """
    held = frozenset(names)
    smaller, larger = (read_branch(held, get, f"{FOLDER}{place}/") for place in (1, 2))
    data = get(HEAD)
    head = None
    if data is not None:
        root, hashes = _read_lines(HEAD, data)
        head = Head(_hash(HEAD, root), hashes)
    attachments = {}
    for name in sorted(held):
        if name.startswith(ATTACHMENTS):
            digest, content = name.removeprefix(ATTACHMENTS), get(name) or b""
            if sha256(content).hexdigest() != digest:
                raise _at(name, say("it holds other bytes than its name says"))
            attachments[digest] = content
        elif name != HEAD and not name.startswith((f"{FOLDER}1/", f"{FOLDER}2/")):
            raise _at(name, say("this file is no part of the evidence"))
    return Evidence((smaller, larger), head, attachments)


def read_branch(names: frozenset[str], get: Callable[[str], bytes | None], folder: str) -> Branch:
    """The branch under a folder; see `read`."""
    note = get(folder + "checkpoint")
    if note is None:
        raise _at(folder + "checkpoint", say("there is no such file"))
    at = checkpoints.parse(note)
    data, first = get(folder + "opening"), None
    expected = {folder + "checkpoint"}
    if data is not None:
        line, hashes = _read_lines(folder + "opening", data)
        size = _SIZE.fullmatch(line)
        if size is None or not int(size[1]) <= min(at.size, MAX_ACTS):
            raise _at(folder + "opening", say("its first line should say how many acts of the branch follow"))
        try:
            bodies = tuple(tiles.entries(lambda name: get(folder + name), int(size[1])))
        except BookError as error:
            raise BookError(say("{place}: {fault}", place=folder, fault=error.said)) from None
        first = Opening(bodies, hashes)
        expected |= {folder + "opening", *(folder + name for name, _ in tiles.bundles(bodies))}
    for name in sorted(names):
        if name.startswith(folder) and name not in expected:
            raise _at(name, say("this file is no part of the evidence"))
    return Branch(at, first)


def _lines(first: str, hashes: Iterable[bytes]) -> bytes:
    return "".join(f"{line}\n" for line in (first, *(_b64(step) for step in hashes))).encode("ascii")


def _read_lines(name: str, data: bytes) -> tuple[str, tuple[bytes, ...]]:
    """The first line, and the hashes on those that follow."""
    try:
        first, *lines = data.decode("ascii").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise _at(name, say("byte {place} is not ASCII", place=error.start)) from error
    if not data.endswith(b"\n") or len(lines) > MAX_HASHES:
        raise _at(name, say("it is cut off, or has more than {limit} hashes", limit=MAX_HASHES))
    return first, tuple(_hash(name, line) for line in lines)


def _hash(name: str, line: str) -> bytes:
    data = from_base64(line)
    if data is None or len(data) != 32:
        raise _at(name, say("this line is not a hash in base64: {line}", line=ascii(line[:60])))
    return data


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _at(name: str, why: Said) -> BookError:
    return BookError(say("{path}: {why}.", path=name, why=why))
