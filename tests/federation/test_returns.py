"""Returns at the federation's desk: what is kept, what is recorded, and what nobody can smuggle in.

Source: federation.md, "Consultation", "Travelling without a network" (import is idempotent and order-free); book.md,
"Checkpoint".
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import Federation, altered, audited, bases, place_of, said, sealed
from tinkuy.assembly.act import written
from tinkuy.assembly.register import Left
from tinkuy.book.entry import encode, parse
from tinkuy.demo.bases import Keys
from tinkuy.desk.desk import DeskError
from tinkuy.desk.returns import Sent
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Consultations
from tinkuy.federation.outcome import Report, SheetShown

AT = "2026-03-08T12:00:00Z"


@pytest.fixture
def federation() -> Federation:
    return Federation(bases(4))


def one_of(federation: Federation) -> Sent:
    return federation.sent[0]


def copy_of(sent: Sent) -> BookCopy:
    assert isinstance(sent.held, BookCopy)
    return sent.held


def keys_of(federation: Federation, sent: Sent) -> Keys:
    return next(writer.keys for writer in federation.writers if writer.base.code == sent.code)


def book_of(federation: Federation, sent: Sent) -> str:
    return next(writer.book for writer in federation.writers if writer.base.code == sent.code)


def receive(federation: Federation, *sent: Sent) -> Report:
    federation.returns.receive(sent, by="secretary")
    federation.seal()
    return federation.returns.report()


def sheet_of(report: Report, sent: Sent) -> SheetShown:
    return next(sheet for sheet in report.sheets if sheet.code == sent.code)


def receipts(federation: Federation) -> list[str]:
    acts = [parse(body) for body in federation.desk.store.bodies(federation.book)]
    return [act["unit"] for act in acts if act["act"] == "sheet.received"]


def test_a_sheet_is_received_once_however_often_it_comes(federation: Federation) -> None:
    sent = one_of(federation)
    first = receive(federation, sent)
    assert receive(federation, sent).sheets == first.sheets
    assert receipts(federation) == [sent.code]


def test_a_sheet_that_comes_twice_in_one_batch_is_received_once(federation: Federation) -> None:
    sent, other = federation.sent[:2]
    report = receive(federation, sent, other, sent)
    assert receipts(federation) == [sent.code, other.code]
    assert {sheet_of(report, one).state for one in (sent, other)} == {"normal"}


def test_an_older_copy_adds_nothing(federation: Federation) -> None:
    sent = one_of(federation)
    older = replace(sent, held=sealed(copy_of(sent).bodies[:4], keys_of(federation, sent)))
    receive(federation, older)
    assert receipts(federation) == []
    report = receive(federation, sent)
    assert receive(federation, older).sheets == report.sheets


def test_a_book_comes_under_its_own_units_name(federation: Federation) -> None:
    sent, other = federation.sent[:2]
    with pytest.raises(DeskError, match="this is not the book of"):
        receive(federation, replace(sent, held=other.held))
    with pytest.raises(DeskError, match="is not a unit of this consultation"):
        receive(federation, replace(sent, code="9999-999"))


def forged(federation: Federation, sent: Sent, keys: Keys, roles: tuple[str, ...] = ("chair", "secretary")) -> Sent:
    """The book with another last act than the base's, sealed with these keys."""
    bodies = copy_of(sent).bodies
    act = written(Left(member="m9", at=AT, by="secretary", n=len(bodies) - 1))
    return replace(sent, held=sealed((*bodies[:-1], act), keys, roles=roles))


def test_a_continuation_that_no_officer_signed_is_not_kept(federation: Federation) -> None:
    """Else whoever comes first with a forged copy would turn the base's own book into a second history."""
    sent = one_of(federation)
    with pytest.raises(DeskError):
        receive(federation, forged(federation, sent, Keys(99, "stranger")))
    report = receive(federation, sent)
    assert sheet_of(report, sent).state == "normal"
    assert federation.desk.assembly(federation.book).room(Consultations).forked == {}


def test_a_checkpoint_without_signatures_does_not_take_the_place_of_the_sealed_one(federation: Federation) -> None:
    sent = one_of(federation)
    receive(federation, sent)
    stranger = replace(sent, held=sealed(copy_of(sent).bodies, Keys(99, "stranger")))
    try:
        report = receive(federation, stranger)
    except DeskError:
        report = federation.returns.report()
    assert sheet_of(report, sent).state == "normal"
    assert report.sound


def test_a_contradicting_copy_that_is_sealed_is_a_fork_and_one_that_is_not_is_nothing(federation: Federation) -> None:
    sent = one_of(federation)
    receive(federation, sent)
    with pytest.raises(DeskError, match="it was not kept"):
        receive(federation, forged(federation, sent, keys_of(federation, sent), roles=("secretary",)))
    assert sheet_of(federation.returns.report(), sent).state == "normal"
    report = receive(federation, forged(federation, sent, keys_of(federation, sent)))
    assert sheet_of(report, sent).state == "observed"
    assert audited(dict(federation.returns.members())).sound


def test_an_act_after_the_sheet_that_its_statutes_forbid_does_not_make_the_federation_a_liar(
    federation: Federation,
) -> None:
    """The base goes on writing; the federation, which received its sheet as normal, records what it now finds."""
    sent = one_of(federation)
    receive(federation, sent)
    bodies = list(copy_of(sent).bodies)
    bodies.append(encode({"act": "member.banished", "at": AT, "by": "secretary", "n": len(bodies)}))
    longer = replace(sent, held=sealed(bodies, keys_of(federation, sent)))
    report = receive(federation, longer)
    assert report.sound, said(report)
    assert sheet_of(report, sent).state == "observed"


def test_a_second_sheet_that_comes_later_holds_both(federation: Federation) -> None:
    sent = one_of(federation)
    receive(federation, sent)
    bodies = copy_of(sent).bodies
    index = place_of(bodies, "sheet.issued")

    def fewer(fields: dict[str, object]) -> None:
        fields.update(n=len(bodies), place="otro local")
        count = fields["count"]
        assert isinstance(count, dict)
        votes = count["votes"]
        count["votes"] = [votes[0] - 1, votes[1] + 1, *votes[2:]]
        fields.pop("words", None)

    second = altered(bodies, index, fewer)[index]
    report = receive(federation, replace(sent, held=sealed((*bodies, second), keys_of(federation, sent))))
    assert report.sound, said(report)
    assert (sheet_of(report, sent).state, 9 in sheet_of(report, sent).checks) == ("observed", True)


def test_a_sealed_copy_is_not_continued_by_one_that_the_board_has_not_sealed(federation: Federation) -> None:
    sent = one_of(federation)
    receive(federation, sent)
    bodies = copy_of(sent).bodies
    act = written(Left(member="m9", at=AT, by="secretary", n=len(bodies)))
    longer = replace(sent, held=sealed((*bodies, act), keys_of(federation, sent), roles=("secretary",)))
    with pytest.raises(DeskError, match=r"is sealed and this continuation is not \(chair did not sign\)"):
        receive(federation, longer)
    assert sheet_of(federation.returns.report(), sent).state == "normal"


def test_a_provisional_copy_is_no_branch_of_a_fork(federation: Federation) -> None:
    """Evidence takes two sealed copies: a fork recorded on less could not be proven to anybody."""
    sent = one_of(federation)
    receive(federation, forged(federation, sent, keys_of(federation, sent), roles=("secretary",)))
    with pytest.raises(DeskError, match="which the whole board has not sealed: ask the base"):
        receive(federation, sent)
    assert federation.desk.assembly(federation.book).room(Consultations).forked == {}


def test_after_the_certificate_nothing_more_is_taken_in() -> None:
    """A book kept without a receipt would be a sheet that the federation held back."""
    federation = Federation(bases(12))
    missing, federation.sent = federation.sent[0], federation.sent[1:]
    federation.played()
    state = federation.returns.consultation.state
    assert state == "certified"
    with pytest.raises(DeskError, match="the consultation is certified: it takes no more returns"):
        receive(federation, missing)
    assert federation.returns.report().sound


def test_a_fork_after_the_certificate_is_shown_and_undoes_no_result() -> None:
    """Else the officers of any one base could make a certified archive unsound whenever they liked."""
    federation = Federation(bases(12))
    sent = federation.sent[0]
    federation.played()
    before = federation.returns.report()
    report = receive(
        federation, replace(forged(federation, sent, keys_of(federation, sent)), at="2026-03-20T00:00:00Z")
    )
    assert report.sound, said(report)
    assert report.nodes == before.nodes
    assert any("a fork of the book was recorded after the result was certified" in one for one in said(report, "W"))
    assert audited(dict(federation.returns.members())).sound


def test_an_archive_is_the_same_whatever_way_the_sheets_came(federation: Federation) -> None:
    """One by one or all at once: the same acts, and so the same files but for the federation's own book."""
    together = Federation(bases(4))
    receive(together, *together.sent)
    for sent in federation.sent:
        receive(federation, sent)
    assert dict(federation.returns.members()) == dict(together.returns.members())
