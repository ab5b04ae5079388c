"""A fork in the federation's book: it freezes a base, and only the base's own assembly lets it go on.

Source: book.md, "Checkpoint"; federation.md, "Tally sheet".
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.builders import YES_NO, Book, count, refused
from tinkuy.assembly.branch import Chosen
from tinkuy.assembly.founding import AffiliationAccepted
from tinkuy.assembly.register import Left
from tinkuy.assembly.vote import Counted, Declared
from tinkuy.book import checkpoint, merkle, proof
from tinkuy.book.entry import leaf_hash
from tinkuy.demo.bases import Keys
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultations, Drafted, Opened, UnitsFrozen
from tinkuy.federation.levels import TreeDefined
from tinkuy.federation.returns import Annulled, Forked, ForkResolved, Received, Resolved

ROLL = "ab" * 32
BASE = Book(name="Base").ready()
REASON = "La asamblea de la base eligió"


def gone_on(*members: int, base: Book = BASE) -> Book:
    book = Book(name="Base", bodies=list(base.bodies), attachments=base.attachments)
    for member in members:
        book.record(Left(member=f"m{member}"), at="2026-03-02")
    return book


HELD, OTHER = gone_on(9), gone_on(8, 7)  # the branch that the federation has, and the one that came after


def at_of(book: Book) -> tuple[int, str]:
    read = checkpoint.parse(book.seal().note)
    return read.size, read.root.hex()


def having_chosen(kept: Book, given_up: Book, **changes: Any) -> Book:
    """The branch going on: the assembly votes, and gives up the other."""
    book = gone_on(base=kept)
    book.record(book.question(), at="2026-03-03")
    book.record(Counted(vote=1, call=1, count=count(60, 30), tellers=("m1", "m2")), at="2026-03-03")
    book.record(Declared(vote=1, outcome="carried"), at="2026-03-03")
    size, root = at_of(given_up)
    act = msgspec.structs.replace(Chosen(size=size, root=root, vote=1, reason="Copia vieja"), **changes)
    return book.record(act, at="2026-03-03")


def resolved(book: Book, kept: Book, sealed: BookCopy | None = None, **changes: Any) -> ForkResolved:
    """The federation's act over a base's book that ends in its choice."""
    copy = sealed or book.seal()
    leaves, at = [leaf_hash(body) for body in copy.bodies], checkpoint.parse(copy.note)
    act = ForkResolved(
        book=BASE.state.id,
        size=at.size,
        root=at.root.hex(),
        board=BASE.keys.board(),
        entry=copy.bodies[-1].decode(),
        proof=proof.make(leaves, len(leaves) - 1, at).encode().decode(),
        continues=tuple(step.hex() for step in merkle.consistency_proof(leaves, len(kept.bodies))),
        reason=REASON,
    )
    return msgspec.structs.replace(act, **changes)


def federation() -> tuple[Book, str]:
    """One base, an open consultation, its sheet received from the branch held, and the fork seen."""
    book = Book(name="Federacion").founded()
    book.record(TreeDefined(levels=("region",), nodes=(("01", "Uno", ""),)))
    book.record(
        AffiliationAccepted(
            code="1", book=BASE.state.id, name="Base", body="community", under="01", board=Keys(1, "Base").board()
        )
    )
    window = {"opens": "2026-03-01T00:00:00Z", "closes": "2026-03-08T23:59:59Z"}
    book.record(Drafted(question="Paro?", options=YES_NO, rule="ordinary", **window))
    name = next(iter(book.state.room(Consultations).by_id))
    book.record(UnitsFrozen(consultation=name, units=(("1", BASE.state.id, 100, ROLL),)))
    book.record(Opened(consultation=name, units=1, eligible=100))
    return book, name


def received(name: str, copy: Book, **changes: Any) -> Received:
    size, root = at_of(copy)
    act = Received(consultation=name, unit="1", index=2, leaf=ROLL, size=size, root=root, state="normal")
    return msgspec.structs.replace(act, **changes)


def forked() -> tuple[Book, str]:
    book, name = federation()
    book.record(received(name, HELD), at="2026-03-03")
    (size, root), (other, second) = at_of(HELD), at_of(OTHER)
    act = Forked(book=BASE.state.id, roots=(root, second), sizes=(size, other), evidence="ee" * 32)
    return book.record(act, at="2026-03-04"), name


def state(book: Book, name: str) -> str:
    return book.state.room(Consultations).by_id[name].units["1"].state


def frozen(book: Book) -> bool:
    return book.state.room(Consultations).frozen(BASE.state.id)


def test_a_fork_freezes_and_the_choice_of_the_bases_assembly_thaws() -> None:
    book, name = forked()
    assert (frozen(book), state(book, name)) == (True, "observed")
    book.record(resolved(having_chosen(HELD, OTHER), HELD))
    assert (frozen(book), state(book, name)) == (False, "observed"), "the sheet is still people's to resolve"
    book.record(Resolved(consultation=name, unit="1", reason="La rama es la nuestra"))
    assert state(book, name) == "resolved"


def test_a_sheet_from_the_history_given_up_is_annulled_and_never_resolved() -> None:
    book, name = forked()
    book.record(resolved(having_chosen(OTHER, HELD), OTHER))
    with refused("stands on the branch that its assembly gave up: annul it"):
        book.record(Resolved(consultation=name, unit="1", reason="x"))
    book.record(Annulled(consultation=name, unit="1", reason="La asamblea dejó esa historia"))
    assert state(book, name) == "annulled"


@pytest.mark.parametrize(("kept", "given_up"), [(HELD, OTHER), (OTHER, HELD)])
def test_after_the_choice_a_sheet_comes_from_the_history_kept_alone(kept: Book, given_up: Book) -> None:
    book, name = federation()
    (size, root), (other, second) = at_of(HELD), at_of(OTHER)
    book.record(Forked(book=BASE.state.id, roots=(root, second), sizes=(size, other), evidence="ee" * 32))
    choice = having_chosen(kept, given_up)
    book.record(resolved(choice, kept))
    longer = gone_on(6, base=choice)
    leaves = [leaf_hash(body) for body in longer.bodies]
    steps = tuple(step.hex() for step in merkle.consistency_proof(leaves, len(choice.bodies)))
    wrong = "is not from the history that its assembly chose"
    with refused(wrong):
        book.record(received(name, gone_on(3, 4, 5, 6, 10, 11, 12, base=given_up), continues=steps))
    with refused(wrong):
        book.record(received(name, longer))
    book.record(received(name, longer, continues=steps))
    assert state(book, name) == "normal"


def going_on(choice: Book) -> tuple[Book, tuple[str, ...]]:
    """A book after its assembly's choice, and the proof that it continues it."""
    longer = gone_on(6, base=choice)
    leaves = [leaf_hash(body) for body in longer.bodies]
    return longer, tuple(step.hex() for step in merkle.consistency_proof(leaves, len(choice.bodies)))


def test_a_sheet_of_the_history_kept_takes_the_place_of_one_annulled_with_the_other_history_once() -> None:
    book, name = forked()
    choice = having_chosen(OTHER, HELD)
    book.record(resolved(choice, OTHER, held="ee" * 32))
    longer, steps = going_on(choice)
    annulled = Annulled(consultation=name, unit="1", reason="La asamblea dejó esa historia")
    with refused("a sheet of 1 was received before"):
        book.record(received(name, longer, continues=steps))
    book.record(annulled).record(received(name, longer, continues=steps))
    assert state(book, name) == "normal"
    book.record(annulled)
    with refused("a sheet of 1 was received before"):
        book.record(received(name, longer, continues=steps))


def test_a_sheet_of_the_history_that_the_federation_holds_is_received_once() -> None:
    book, name = forked()
    choice = having_chosen(HELD, OTHER)
    book.record(resolved(choice, HELD)).record(Annulled(consultation=name, unit="1", reason="No cuadra"))
    longer, steps = going_on(choice)
    with refused("a sheet of 1 was received before"):
        book.record(received(name, longer, continues=steps))


def test_a_base_of_one_history_has_nothing_to_show() -> None:
    book, name = federation()
    with refused("has one history: nothing is to be shown"):
        book.record(received(name, HELD, continues=(ROLL,)))


def test_without_a_fork_there_is_nothing_to_resolve() -> None:
    book, _ = federation()
    with refused("no fork of"):
        book.record(resolved(having_chosen(HELD, OTHER), HELD))


def test_a_fork_is_resolved_once_and_a_later_one_freezes_again() -> None:
    book, _ = forked()
    choice = having_chosen(HELD, OTHER)
    book.record(resolved(choice, HELD))
    with refused("no fork of"):
        book.record(resolved(choice, HELD))
    (size, root), (other, second) = at_of(gone_on(6, base=choice)), at_of(gone_on(5, base=choice))
    book.record(Forked(book=BASE.state.id, roots=(root, second), sizes=(size, other), evidence="dd" * 32))
    assert frozen(book)


CHOICE = having_chosen(HELD, OTHER)
THIRD = gone_on(4)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (resolved(CHOICE, HELD, CHOICE.seal("secretary")), "the branch kept is not sealed: chair did not sign"),
        (resolved(CHOICE, HELD, board=Keys(9, "x").board()), "the branch kept is not sealed: chair, secretary"),
        (resolved(CHOICE, HELD, reason=" "), "letting a book go on takes a reason"),
        (resolved(CHOICE, HELD, size=len(CHOICE.bodies) - 1), "the proof is under another checkpoint"),
        (resolved(CHOICE, HELD, root=ROLL), "the proof is under another checkpoint"),
        (resolved(CHOICE, HELD, continues=()), "does not continue the one of"),
        (resolved(CHOICE, HELD, continues=("zz",)), "64 hexadecimal digits each"),
        (resolved(CHOICE, HELD, held="zz"), "an attachment is named by its SHA-256 in 64 hexadecimal digits"),
        (resolved(CHOICE, HELD, proof="c2sp.org"), "the base's choice is not proven"),
        (resolved(CHOICE, HELD, entry="{}"), "the base's choice is not proven"),
        (resolved(CHOICE, HELD, entry=CHOICE.bodies[-1].decode().replace("vieja", "nueva")), "is not proven"),
        (resolved(gone_on(6, base=HELD), HELD), "is not its choice of a branch but member.left"),
        (resolved(having_chosen(HELD, THIRD), HELD), "that is neither of those which disagree"),
        (resolved(having_chosen(THIRD, OTHER), THIRD), "the base's choice is not proven"),
        (resolved(having_chosen(HELD, HELD), HELD), "the base's choice is not proven"),
    ],
)
def test_a_federation_lets_a_book_go_on_only_with_the_bases_own_proven_choice(act: ForkResolved, sentence: str) -> None:
    book, name = forked()
    with refused(sentence):
        book.record(act)
    book.force(act)
    assert (frozen(book), state(book, name)) == (True, "observed"), "forced into the book it has no effect"
