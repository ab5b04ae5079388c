"""Who signed a copy of a book (sello): the checkpoint against the acts and against the board of that moment.

Guarantees that a copy counts as sealed only when the checkpoint covers exactly these bytes and every role that the
statutes ask for has signed with the key that it held at that act. A key replaced by a rotation, a recovery, an
election or a recall seals nothing after.

Source: book.md, "Checkpoint"; C2SP tlog-checkpoint and signed-note.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from tinkuy.assembly.founding import Body
from tinkuy.assembly.state import Assembly
from tinkuy.book import checkpoint as notes
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.book.note import Claim
from tinkuy.words import Said, say


class Seal(msgspec.Struct, frozen=True, gc=False):
    """What a checkpoint proves of a copy.

    Its size and root, the roles that signed, the roles that had to, and what is wrong with it.
    """

    size: int
    root: bytes
    signed: frozenset[str]
    needed: tuple[str, ...]
    faults: tuple[Said, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """Roles that had to sign and did not: with any, the copy is provisional."""
        return tuple(role for role in self.needed if role not in self.signed)

    @property
    def whole(self) -> bool:
        """Sealed: nothing is wrong and nobody is lacking."""
        return not self.faults and not self.lacking


def inspect(bodies: tuple[bytes, ...], note: bytes, assembly: Assembly) -> Seal:
    """The seal on a copy whose entries replayed to `assembly`.

    Raises `BookError` when the note is not a checkpoint.
    """
    return judge(notes.parse(note), [leaf_hash(entry) for entry in bodies], assembly)


def judge(checkpoint: notes.Checkpoint, leaves: Sequence[bytes], assembly: Assembly) -> Seal:
    """The seal on a copy whose entries have these leaf hashes and replayed to `assembly`."""
    claimed = _claims(checkpoint, assembly)
    return _judged(checkpoint, leaves, assembly, claimed, [claim.holds() for claim in claimed])


def judge_all(copies: Sequence[tuple[notes.Checkpoint, Assembly]]) -> list[Seal]:
    """The seals on many copies, each of the entries that replayed to the assembly beside its checkpoint."""
    claimed = [_claims(checkpoint, assembly) for checkpoint, assembly in copies]
    # All signatures in a row: each takes up to a third longer when other work has been in the processor's caches.
    held = iter([claim.holds() for claims in claimed for claim in claims])
    return [
        _judged(checkpoint, assembly.leaves, assembly, claims, list(islice(held, len(claims))))
        for (checkpoint, assembly), claims in zip(copies, claimed, strict=True)
    ]


def _origin(assembly: Assembly) -> str:
    return f"tinkuy/{assembly.id}"


def _claims(checkpoint: notes.Checkpoint, assembly: Assembly) -> list[Claim]:
    """What the checkpoint says to be signed by the board of its moment; nothing where it is of another book."""
    if checkpoint.origin != _origin(assembly):
        return []
    return notes.claims(checkpoint, assembly.room(Body).keys(checkpoint.size))


def _judged(
    checkpoint: notes.Checkpoint,
    leaves: Sequence[bytes],
    assembly: Assembly,
    claimed: Sequence[Claim],
    held: Sequence[bool],
) -> Seal:
    body = assembly.room(Body)
    origin = _origin(assembly)
    if checkpoint.origin != origin:
        other = say(
            "the checkpoint is of {other}, not of this book ({origin})",
            other=checkpoint.origin,
            origin=origin,
        )
        return Seal(checkpoint.size, checkpoint.root, frozenset(), (), (other,))
    faults = []
    if checkpoint.size != len(leaves):
        faults.append(
            say(
                "the checkpoint seals {size} acts and the copy holds {held}: one is older than the other",
                size=checkpoint.size,
                held=len(leaves),
            )
        )
    elif root(leaves) != checkpoint.root:
        faults.append(say("the acts are not those that the checkpoint seals"))
    signed: frozenset[str] = frozenset()
    try:
        signed = notes.signers(checkpoint, claimed, held)
    except BookError as error:
        faults.append(error.said)
    faults.extend(_former(checkpoint, body, signed))
    needed = body.statutes.officers.seal if body.adopted else ()
    return Seal(checkpoint.size, checkpoint.root, signed, tuple(needed), tuple(faults))


def _former(checkpoint: notes.Checkpoint, body: Body, signed: frozenset[str]) -> list[Said]:
    found = []
    for seat in body.seats:
        role = seat.officer.role
        if seat.until is None or role in signed or checkpoint.size <= seat.until:
            continue
        try:
            if notes.signed_by(checkpoint, {role: bytes.fromhex(seat.officer.key)}):
                found.append(
                    say(
                        "signed with a key that {role} no longer held: it was replaced at act {act}",
                        role=role,
                        act=str(seat.until),
                    )
                )
        except BookError:
            continue  # a broken signature by a key that counts for nothing adds nothing
    return found
