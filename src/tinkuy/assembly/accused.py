"""Who signed two histories: the officers named by evidence of a fork, proven from the book's own id.

Guarantees that a fork counts as proven only when both checkpoints are sealed: signed by every role that the statutes
ask for, with keys that the book's first acts give. Those acts are replayed, and shown to be the first of the branch
itself; so nobody can accuse officers who have not signed, nor found a board of their own under another book's id.

An opening does not show that keys were not replaced after it. It need not: officers whose keys open a branch and who
sign its continuation have written it, whatever else they wrote.

Source: book.md, "Checkpoint": two checkpoints that are signed and not consistent are a fork, portable evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinkuy.assembly.founding import Body
from tinkuy.assembly.state import Assembly, Attachments, replay
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import fork
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.errors import BookError
from tinkuy.book.fork import Branch, Evidence
from tinkuy.words import say


@dataclass(frozen=True, slots=True)
class Side:
    """A checkpoint of one history and who sealed it: public keys in hex by role."""

    checkpoint: Checkpoint
    sealed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fork:
    """A proven fork: the body, and the two histories that its officers sealed, the smaller first."""

    book: str
    name: str
    place: str
    synthetic: bool
    sides: tuple[Side, Side]


def prove(evidence: Evidence) -> Fork:
    """The fork that the evidence proves. Raises `BookError` saying what it does not prove."""
    fork.expect_two_histories(evidence)
    opened = [_opened(branch, evidence.attachments) for branch in evidence.branches]
    first = next((state for state in opened if state is not None), None)
    if first is None:
        raise BookError(say("The evidence holds no act from which the officers' keys follow."))
    one, other = (
        _side(branch.checkpoint, state or first) for branch, state in zip(evidence.branches, opened, strict=True)
    )
    body = first.room(Body)
    return Fork(first.id, body.name, body.place, body.synthetic, (one, other))


def branch(bodies: Sequence[bytes], note: bytes, attachments: Attachments) -> tuple[Branch, dict[str, bytes]]:
    """The branch of a whole copy, opened as far as is needed to know who seals, and the statutes that this names.

    Raises `BookError` when the copy is not under its checkpoint or the statutes are not at hand.
    """
    at = checkpoints.parse(note)
    covered = bodies[: at.size]
    body = replay(covered, attachments).room(Body)
    last = max([seat.since for seat in body.seats] + [since for since, _ in body.adopted], default=0)
    made = Branch(at, fork.opening(covered, last + 1))
    fork.expect_opening(made)
    named = {statutes.digest: attachments.get(statutes.digest) for _, statutes in body.adopted}
    return made, {digest: data for digest, data in named.items() if data is not None}


def evidence(
    one: tuple[Sequence[bytes], bytes], other: tuple[Sequence[bytes], bytes], attachments: Attachments
) -> Evidence:
    """The evidence of two whole copies (acts and note) of one book, in the fewest files.

    Raises `BookError` when they are one history or one of them is not sealed.
    """
    (first, named), (second, more) = (branch(*copy, attachments) for copy in (one, other))
    larger = max((one, other), key=lambda copy: checkpoints.parse(copy[1]).size)
    return least(first, second, [leaf_hash(body) for body in larger[0]], {**named, **more})


def least(one: Branch, other: Branch, leaves: Sequence[bytes], attachments: Mapping[str, bytes]) -> Evidence:
    """The evidence of two branches with one opening where one proves the signers of both.

    `leaves` are the leaf hashes of the larger branch. Raises `BookError` when there is no fork to prove.
    """
    whole = fork.between(one, other, leaves, attachments)
    smaller, larger = whole.branches
    lighter = Evidence((smaller, Branch(larger.checkpoint)), whole.head, attachments)
    try:
        prove(lighter)
    except BookError:
        prove(whole)
        return whole
    return lighter


def _opened(branch: Branch, attachments: Attachments) -> Assembly | None:
    return None if branch.opening is None else replay(fork.expect_opening(branch), attachments)


def _side(at: Checkpoint, state: Assembly) -> Side:
    body = state.room(Body)
    if not body.adopted:
        raise BookError(say("The statutes that say who seals are lacking, or the founding was not allowed."))
    keys = body.keys(at.size)
    signed = checkpoints.signed_by(at, keys)
    lacking = tuple(role for role in body.statutes.officers.seal if role not in signed)
    if lacking:
        raise BookError(
            say("The checkpoint of {size} acts is not sealed: {roles} did not sign.", size=at.size, roles=lacking)
        )
    return Side(at, {role: keys[role].hex() for role in sorted(signed)})
