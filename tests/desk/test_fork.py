"""A fork at a federation's desk, from the second copy to the sheet that counts again.

Source: book.md, "Checkpoint"; federation.md, "Travelling without a network" (import is idempotent).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

import pytest

from tests.builders import YES_NO, Book, Federation, audited, bases, count, said, sealed
from tinkuy.assembly import accused
from tinkuy.assembly.register import Left, Register
from tinkuy.assembly.vote import Counted, Declared, Opened, Votes
from tinkuy.book import proof
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import encode, leaf_hash, parse
from tinkuy.demo.bases import Keys
from tinkuy.desk import fork as forks
from tinkuy.desk.desk import DeskError
from tinkuy.desk.returns import Sent
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.federation.consultation import Consultations

REASON = "La laptop vieja volvió de un respaldo"


@dataclass
class Scene:
    """A federation, and one base of it whose book forked before its sheet came."""

    federation: Federation
    sent: Sent
    keys: Keys
    held: BookCopy  # what the federation has: the book before its sheet
    other: BookCopy  # the second history

    @property
    def consultations(self) -> Consultations:
        return self.federation.desk.assembly(self.federation.book).room(Consultations)

    @property
    def book(self) -> str:
        return parse_checkpoint(self.held.note).book_id

    def receive(self, held: BookCopy | Proven) -> str:
        (taken,) = self.federation.returns.receive([replace(self.sent, held=held)], by="secretary")
        return "forked" if taken.forked else taken.state

    def going_on(self, copy: BookCopy) -> Book:
        attachments = {sha256(data).hexdigest(): data for data in self.sent.attachments}
        return Book(bodies=list(copy.bodies), attachments=attachments)

    def having_chosen(self, kept: BookCopy, given_up: BookCopy) -> Book:
        """The branch going on with a vote of the assembly and its choice."""
        book, at = self.going_on(kept), "2026-03-07"
        number = len(book.state.room(Votes).by_number) + 1
        roll, (size, root) = book.state.room(Register).frozen[-1], _at(given_up)
        question = Opened(
            vote=number, question="¿Esta?", options=YES_NO, rule="ordinary", method="secret", roll=roll.hash
        )
        counted = Counted(vote=number, call=1, count=count(roll.count, 0), tellers=("m1", "m2", "m3"))
        book.record(question, counted, Declared(vote=number, outcome="carried"), at=at)
        return book.record(_chosen(size, root, number), at=at)

    def resolve(self, copy: BookCopy) -> None:
        state = replay(copy.bodies, self.federation.desk.attachments)
        act = forks.resolved(self.federation.desk, self.federation.book, copy, state, "La asamblea eligió")
        self.federation.desk.record(self.federation.book, act, at="2026-03-07T22:00:00Z", by="secretary")


def _at(copy: BookCopy) -> tuple[int, str]:
    at = parse_checkpoint(copy.note)
    return at.size, at.root.hex()


def _chosen(size: int, root: str, vote: int) -> forks.Chosen:
    return forks.Chosen(size=size, root=root, vote=vote, reason=REASON)


@pytest.fixture
def scene() -> Scene:
    federation = Federation(bases(4))
    sent = federation.sent[0]
    assert isinstance(sent.held, BookCopy)
    keys = next(writer.keys for writer in federation.writers if writer.base.code == sent.code)
    before = sent.held.bodies[:-1]
    assert parse(sent.held.bodies[-1])["act"] == "sheet.issued"
    apart = Scene(federation, sent, keys, sealed(before, keys), sealed(before, keys))
    book = apart.going_on(BookCopy(before[:-1], b"")).record(Left(member="m9"), Left(member="m8"), at="2026-03-06")
    apart.other = sealed(book.bodies, keys)
    assert (apart.receive(apart.held), apart.receive(apart.other)) == ("", "forked")
    return apart


def with_the_sheet(scene: Scene, book: Book) -> BookCopy:
    """The book going on with the sheet that the base issues at last."""
    assert isinstance(scene.sent.held, BookCopy)
    sheet = {**parse(scene.sent.held.bodies[-1]), "n": len(book.bodies)}
    return sealed([*book.bodies, encode(sheet)], scene.keys)


def test_while_a_fork_stands_a_sheet_of_the_base_is_observed(scene: Scene) -> None:
    assert isinstance(scene.sent.held, BookCopy)
    assert scene.receive(scene.sent.held) == "observed"


def test_after_the_assembly_chose_a_sheet_of_the_history_kept_counts_and_the_audit_agrees(scene: Scene) -> None:
    kept = scene.having_chosen(scene.held, scene.other)
    scene.resolve(sealed(kept.bodies, scene.keys))
    assert scene.receive(with_the_sheet(scene, kept)) == "normal"
    scene.federation.seal()
    report = audited(dict(scene.federation.returns.members()))
    assert report.sound, said(report)
    assert next(sheet for sheet in report.sheets if sheet.code == scene.sent.code).state == "normal"


def test_the_history_given_up_comes_again_and_changes_nothing(scene: Scene) -> None:
    kept = scene.having_chosen(scene.held, scene.other)
    scene.resolve(sealed(kept.bodies, scene.keys))
    acts = scene.federation.desk.store.size(scene.federation.book)
    assert scene.receive(scene.other) == "forked"
    assert scene.federation.desk.store.size(scene.federation.book) == acts
    assert not scene.consultations.frozen(scene.book)


def test_a_third_history_freezes_the_book_again(scene: Scene) -> None:
    kept = scene.having_chosen(scene.held, scene.other)
    copy = sealed(kept.bodies, scene.keys)
    scene.resolve(copy)
    scene.receive(copy)
    third = scene.going_on(scene.held).record(Left(member="m5"), at="2026-03-06")
    assert scene.receive(sealed(third.bodies, scene.keys)) == "forked"
    assert scene.consultations.frozen(scene.book)


def test_where_the_assembly_kept_the_other_history_nothing_of_the_one_held_here_counts(scene: Scene) -> None:
    scene.resolve(sealed(scene.having_chosen(scene.other, scene.held).bodies, scene.keys))
    assert isinstance(scene.sent.held, BookCopy)
    with pytest.raises(DeskError, match="does not continue the history that its assembly chose"):
        scene.receive(scene.sent.held)


def test_of_a_book_that_forked_a_sheet_alone_does_not_show_where_it_stands(scene: Scene) -> None:
    kept = scene.having_chosen(scene.held, scene.other)
    scene.resolve(sealed(kept.bodies, scene.keys))
    copy = with_the_sheet(scene, kept)
    leaves = [leaf_hash(body) for body in copy.bodies]
    alone = Proven(copy.bodies[-1], proof.make(leaves, len(leaves) - 1, parse_checkpoint(copy.note)).encode())
    with pytest.raises(DeskError, match="bring the whole book"):
        scene.receive(alone)


def test_a_copy_without_a_choice_or_of_neither_history_resolves_nothing(scene: Scene) -> None:
    with pytest.raises(DeskError, match="holds no act by which its assembly chose"):
        scene.resolve(scene.held)
    with pytest.raises(DeskError, match="did not sign"):
        scene.resolve(sealed(scene.having_chosen(scene.held, scene.other).bodies, scene.keys, roles=("secretary",)))


def test_the_recorded_fork_is_evidence_for_anybody_and_names_what_a_base_gives_up(scene: Scene) -> None:
    desk, base = scene.federation.desk, scene.federation.writers
    evidence = forks.recorded(desk, scene.federation.book, scene.book)
    assert accused.prove(evidence).book == scene.book
    assert forks.chosen(desk, scene.book, evidence, 2, REASON) == _chosen(*_at(scene.other), 2)
    stranger = next(writer for writer in base if writer.book != scene.book)
    with pytest.raises(DeskError, match="is not one of the two branches"):
        forks.chosen(stranger.desk, stranger.book, evidence, 2, REASON)
