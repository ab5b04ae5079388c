"""Forks at the desk: evidence made from whatever copies are at hand, and the two acts that end a fork.

Guarantees that evidence is written only when it proves a fork to anybody; that a base gives up the branch which its own
book is not; and that a federation lets a book go on only with the base's own act, taken from its sealed book.

Source: book.md, "Checkpoint"; `book.fork`, `assembly.accused`, `assembly.branch`, `federation.returns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import combinations
from pathlib import Path

from tinkuy.assembly import accused
from tinkuy.assembly.act import Refused, read
from tinkuy.assembly.branch import Chosen
from tinkuy.assembly.founding import Body
from tinkuy.assembly.state import Assembly, Attachments
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import fork, merkle, proof
from tinkuy.book.entry import leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.book.fork import Branch, Evidence
from tinkuy.book.package import Package
from tinkuy.book.package import write as write_package
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.exchange import HELD
from tinkuy.desk.files import ATTACHMENTS, FileRefused, appearing, read_handed_in
from tinkuy.desk.organiser import expect_sealed
from tinkuy.federation import archive
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultations
from tinkuy.federation.returns import ForkResolved
from tinkuy.words import Said, say


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint at hand, with the whole copy under it where there is one."""

    branch: Branch
    leaves: tuple[bytes, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def held_in(path: Path) -> list[Held]:
    """What a file holds: a book (and the checkpoint that it contradicts), both branches of an archive's forks, a note.

    Raises `FileRefused` naming the file when it is none of these.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
            if beginning != b"PK\x03\x04":
                file.seek(0)
                return [Held(Branch(checkpoints.parse(file.read(1_000_001))))]
            package = Package(file)
            if archive.MANIFEST in package:
                return list(_in_archive(package))
            note = package.get(HELD)
        given = read_handed_in(path)
        if not isinstance(given.held, BookCopy):
            raise BookError(say("it holds one sheet, not a book"))
        contradicted = [] if note is None else [Held(Branch(checkpoints.parse(note)))]
        return [_held(given.held, given.attachments), *contradicted]
    except BookError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.said)) from None


def found(held: Sequence[Held]) -> tuple[Evidence | None, list[Said]]:
    """The evidence of the first two checkpoints at hand that prove a fork, and why every other pair proves none."""
    why: list[Said] = []
    for one, other in combinations(held, 2):
        larger = max((one, other), key=lambda each: each.branch.checkpoint.size)
        sizes = {each.branch.checkpoint.size for each in (one, other)}
        if len(sizes) == 2 and not larger.leaves:
            why.append(say("of the history of {size} acts only a checkpoint is here: bring the copy", size=max(sizes)))
            continue
        try:
            both = {**one.attachments, **other.attachments}
            return accused.least(one.branch, other.branch, larger.leaves, both), why
        except BookError as error:
            why.append(error.said)
    return None, why


def write(path: Path, evidence: Evidence) -> None:
    """Write the evidence as one file; same evidence, same bytes."""
    with appearing(path) as file:
        write_package(file, fork.members(evidence))


def read_evidence(path: Path) -> Evidence:
    """The evidence in a file, unverified. Raises `FileRefused` when the file is no evidence of a fork."""
    try:
        with path.open("rb") as file:
            package = Package(file)
            return fork.read(package.names(), package.get)
    except BookError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.said)) from None


def recorded(desk: Desk, federation: str, book: str) -> Evidence:
    """The evidence of a fork that a federation recorded. Raises `DeskError` when it recorded none of this book."""
    first, second = branches(desk, desk.assembly(federation), book)
    try:
        return accused.evidence((first.bodies, first.note), (second.bodies, second.note), desk.attachments)
    except BookError as error:
        raise DeskError(error.said) from None


def branches(desk: Desk, federation: Assembly, book: str) -> tuple[BookCopy, BookCopy]:
    """The two histories of a book whose fork a federation recorded, the one that it held first.

    Raises `DeskError` when it recorded none of this book.
    """
    consultations = federation.room(Consultations)
    if book not in consultations.forked:
        raise DeskError(say("no fork of {book} is recorded here", book=book))
    kept = consultations.kept.get(book)
    first = _attached(desk, kept.given_up) if kept is not None and kept.given_up else desk.copy(book)
    return first, _attached(desk, consultations.forked[book])


def _attached(desk: Desk, digest: str) -> BookCopy:
    """The history in an attachment."""
    data = desk.attachments.get(digest)
    if data is None:
        raise DeskError(say("the evidence {digest} is not in the store", digest=digest))
    return archive.read_book(Package(BytesIO(data)).read, "")


def beside(desk: Desk, book: str, branches: Sequence[Path]) -> Evidence | None:
    """The evidence of the book here and of second histories kept in files; None where they prove no fork."""
    mine = desk.copy(book)
    try:
        held = [_held(mine, desk.attachments), *(one for file in branches for one in held_in(file))]
    except BookError as error:
        raise DeskError(error.said) from None
    return found(held)[0]


def chosen(desk: Desk, book: str, evidence: Evidence, vote: int, reason: str) -> Chosen:
    """The act by which the book of this desk is kept and the other branch of the evidence given up.

    Raises `DeskError` when the evidence proves nothing, or this book is neither of its branches.
    """
    try:
        proven = accused.prove(evidence)
    except BookError as error:
        raise DeskError(error.said) from None
    leaves = [leaf_hash(body) for body in desk.store.bodies(book)]
    sides = [side.checkpoint for side in proven.sides]
    ours = [merkle.root(leaves[: at.size]) == at.root for at in sides if at.size <= len(leaves)]
    if proven.book != book or ours.count(True) != 1:
        raise DeskError(say("the book of this desk is not one of the two branches of this evidence"))
    other = sides[1 - ours.index(True)]
    return Chosen(size=other.size, root=other.root.hex(), vote=vote, reason=reason)


def resolved(desk: Desk, federation: str, copy: BookCopy, state: Assembly, reason: str) -> ForkResolved:
    """The act by which a federation lets a base's book go on: its choice, from the branch that it keeps.

    `state` is the copy's replay. Raises `DeskError` when the copy is not sealed or holds no such choice.
    """
    expect_sealed(copy, state, state.room(Body).name)
    seen = desk.assembly(federation).room(Consultations).branches.get(state.id)
    if seen is None:
        raise DeskError(say("no fork of {book} is recorded here", book=state.id))
    n, chosen_ = _choice(copy, seen, state.id)
    given_up = seen.index((chosen_.size, chosen_.root))
    size, root = seen[1 - given_up]
    leaves, at = [leaf_hash(body) for body in copy.bodies], checkpoints.parse(copy.note)
    if size > len(leaves) or merkle.root(leaves[:size]).hex() != root:
        raise DeskError(say("the copy does not continue the checkpoint of {size} acts that was seen", size=size))
    return ForkResolved(
        book=state.id,
        size=at.size,
        root=at.root.hex(),
        board=tuple(seat.officer for seat in state.room(Body).seats if seat.until is None),
        entry=copy.bodies[n].decode(),
        proof=proof.make(leaves, n, at).encode().decode(),
        continues=tuple(step.hex() for step in merkle.consistency_proof(leaves, size)),
        reason=reason,
        held="" if given_up else _attach(desk, desk.copy(state.id)),
    )


def waits_to_be_moved(desk: Desk, federation: str, copy: BookCopy) -> bool:
    """Whether a fork was resolved for the history of this copy, and the other one is still held (see `moving`)."""
    at = checkpoints.parse(copy.note)
    consultations = desk.assembly(federation).room(Consultations)
    kept = None if consultations.frozen(at.book_id) else consultations.kept.get(at.book_id)
    if kept is None or not desk.contradicts(copy):
        return False
    leaves = [leaf_hash(body) for body in copy.bodies[: kept.size]]
    if len(leaves) < kept.size or merkle.root(leaves).hex() != kept.root:
        raise DeskError(say("the copy is not of the history that the assembly of its base chose"))
    state = replay(copy.bodies, desk.attachments)
    expect_sealed(copy, state, state.room(Body).name)
    return True


def _attach(desk: Desk, copy: BookCopy) -> str:
    """Keep a history as an attachment: as the one that came second was kept when it was seen."""
    package = BytesIO()
    write_package(package, archive.entries_only(copy))
    return desk.attach(package.getvalue())


def _choice(copy: BookCopy, branches: Sequence[tuple[int, str]], book: str) -> tuple[int, Chosen]:
    """The last act of a copy that gives up one of these checkpoints, and its index."""
    for n in range(len(copy.bodies) - 1, -1, -1):
        if b'"branch.chosen"' not in copy.bodies[n]:
            continue
        try:
            act = read(parse(copy.bodies[n]))
        except Refused:
            continue
        if isinstance(act, Chosen) and (act.size, act.root) in branches:
            return n, act
    raise DeskError(say("this copy of {book} holds no act by which its assembly chose a branch", book=book))


def _in_archive(package: Package) -> Iterator[Held]:
    names = package.names()
    attachments = {name.removeprefix(ATTACHMENTS): package.read(name) for name in names if name.startswith(ATTACHMENTS)}
    for book in sorted({name.split("/")[1] for name in names if name.startswith("forks/")}):
        for place in ("1", "2"):
            yield _held(archive.read_book(package.read, f"forks/{book}/{place}/"), attachments)


def _held(copy: BookCopy, attachments: Attachments) -> Held:
    branch, named = accused.branch(copy.bodies, copy.note, attachments)
    return Held(branch, tuple(leaf_hash(body) for body in copy.bodies), named)
