"""One unit judged alone: whatever a base's officers sign, the audit says what is wrong and never breaks off.

Source: federation.md, "Checks", "Archive and audit".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import Archive, Federation, altered, audited, bases, place_of, said, sealed, without
from tinkuy.book.entry import encode, parse
from tinkuy.demo.bases import proven
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.outcome import Report, SheetShown

PLAIN, PROOF = 0, 1


@pytest.fixture(scope="module")
def federation() -> Federation:
    federation = Federation(bases(8, {PROOF: "proof"}))
    federation.deliver(federation.on_time())
    return federation


@pytest.fixture(scope="module")
def honest(federation: Federation) -> Archive:
    return Archive.of(federation)


@pytest.fixture(scope="module")
def plain(federation: Federation) -> str:
    return federation.writers[PLAIN].base.code


@pytest.fixture(scope="module")
def by_proof(federation: Federation) -> str:
    return federation.writers[PROOF].base.code


def sheet_of(report: Report, code: str) -> SheetShown:
    return next(sheet for sheet in report.sheets if sheet.code == code)


def received_by_proof(
    federation: Federation, honest: Archive, change: Callable[[dict[str, Any]], object]
) -> tuple[Archive, BookCopy]:
    """The archive with another sheet proven, and the receipt that the federation wrote for it."""
    writer = federation.writers[PROOF]
    bodies = writer.desk.copy(writer.book).bodies
    copy = sealed(altered(bodies, place_of(bodies, "sheet.issued"), change), writer.keys)
    return honest.received(writer.base.code, copy.bodies).holding(writer.book, proven(copy)), copy


def test_a_proven_sheet_with_its_receipt_is_taken_as_it_is(
    federation: Federation, honest: Archive, by_proof: str
) -> None:
    archive, _ = received_by_proof(federation, honest, lambda fields: fields.update(place="otro local"))
    report = audited(archive.files())
    assert report.sound
    assert sheet_of(report, by_proof).state == "normal"


def test_negative_papers_are_no_papers_although_they_add_up(
    federation: Federation, honest: Archive, by_proof: str
) -> None:
    """100 for, -30 against: the sum is right, and nobody replayed the book that would have refused it."""

    def negative(fields: dict[str, Any]) -> None:
        votes = fields["count"]["votes"]
        total = sum(votes[:2]) + 30
        fields["count"]["votes"] = [total, -30, votes[2]]
        fields.pop("words", None)

    archive, _ = received_by_proof(federation, honest, negative)
    report = audited(archive.files())
    assert sheet_of(report, by_proof).state == "observed"
    assert 5 in sheet_of(report, by_proof).checks
    assert any("-30 is not a count of persons or papers" in one for one in said(report, "E"))
    assert not any("-30" in str(sheet.votes) for sheet in report.sheets)


@pytest.mark.parametrize("figure", [-1, 10**9 + 1, 2**53 - 1, -(2**53) + 1])
@pytest.mark.parametrize("box", ["cast", "blank", "signed_in", "eligible", "received"])
def test_a_figure_out_of_bounds_holds_the_sheet_whichever_way_it_came(
    federation: Federation, honest: Archive, plain: str, by_proof: str, box: str, figure: int
) -> None:
    def wild(fields: dict[str, Any]) -> None:
        fields["count"][box] = figure

    archive, _ = received_by_proof(federation, honest, wild)
    assert sheet_of(audited(archive.files()), by_proof).state == "observed"
    bodies = honest.copy_of(plain).bodies
    book = altered(bodies, place_of(bodies, "sheet.issued"), wild)
    report = audited(honest.received(plain, book).files())
    assert sheet_of(report, plain).state == "observed"
    assert not report.sound


def test_people_cannot_resolve_a_sheet_that_counts_nobody(honest: Archive, plain: str) -> None:
    """A reason overrules checks 6 to 15; it does not make minus thirty a number of papers."""
    bodies = honest.copy_of(plain).bodies

    def negative(fields: dict[str, Any]) -> None:
        votes = fields["count"]["votes"]
        fields["count"]["votes"] = [votes[0] + votes[1] + 30, -30, votes[2]]
        fields.pop("words", None)

    book = altered(bodies, place_of(bodies, "sheet.issued"), negative)
    archive = honest.received(plain, book, state="observed", checks=[5, 7])
    resolved = {"act": "sheet.resolved", "unit": plain, "reason": "así es", "consultation": honest.consultation}
    size = len(archive.federation.bodies)
    entry = encode({**resolved, "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": size})
    report = audited(archive.rewritten([*archive.federation.bodies, entry]).files())
    assert sheet_of(report, plain).state == "observed"


def test_the_sheet_of_another_consultation_is_none_of_this_one(
    federation: Federation, honest: Archive, plain: str, by_proof: str
) -> None:
    """The same question, the same roll, the same figures: last month's sheet sent once more."""

    def earlier(fields: dict[str, Any]) -> None:
        fields["consultation"] = "0" * 32

    archive, _ = received_by_proof(federation, honest, earlier)
    report = audited(archive.files())
    assert sheet_of(report, by_proof).state == "observed"
    assert any("is the sheet of another consultation" in one for one in said(report))
    bodies = honest.copy_of(plain).bodies
    book = altered(bodies, place_of(bodies, "sheet.issued"), earlier)
    book = altered(book, place_of(book, "vote.opened"), earlier)
    report = audited(honest.received(plain, book).files())
    assert sheet_of(report, plain).state == "observed"
    assert any("is the sheet of another consultation" in one for one in said(report))


def test_a_sheet_on_a_vote_that_nobody_counted_is_held(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    for kind in ("vote.declared", "vote.counted"):
        bodies = without(bodies, place_of(bodies, kind))
    report = audited(honest.received(plain, bodies).files())
    assert sheet_of(report, plain).state == "observed"
    assert any("a sheet takes a vote that was counted; vote 1 was not" in one for one in said(report, "E"))


def test_a_receipt_that_names_no_sheet(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    book = altered(bodies, place_of(bodies, "sheet.issued"), lambda fields: fields.update(act="sheet.wished"))
    book = (*book[:-1], book[-1])
    index = place_of(book, "sheet.wished")
    archive = honest.received(plain, altered(bodies, index, lambda fields: None))
    copy = sealed(book, honest.base_keys[honest.book_of(plain)])
    from tinkuy.book.checkpoint import parse as parse_checkpoint
    from tinkuy.book.entry import leaf_hash

    root = parse_checkpoint(copy.note).root.hex()
    archive = archive.lied(
        "sheet.received", lambda fields: fields.update(leaf=leaf_hash(book[index]).hex(), root=root), unit=plain
    ).holding(honest.book_of(plain), copy)
    report = audited(archive.files())
    assert f"unit {plain}: act {index} is not a tally sheet but sheet.wished" in said(report)
    assert sheet_of(report, plain).state == "observed"


def test_a_book_whose_first_entry_founds_nothing(honest: Archive, plain: str) -> None:
    """The statutes that it names are not those of any file: nothing in the book was allowed."""
    bodies = honest.copy_of(plain).bodies
    unfounded = altered(bodies, 0, lambda fields: fields.update(statutes="ab" * 32))
    book = sealed(unfounded, honest.base_keys[honest.book_of(plain)])
    report = audited(honest.holding(honest.book_of(plain), book).files())
    assert any("the book filed here is another base's" in one for one in said(report))
    assert sheet_of(report, plain).state == "observed"


def test_an_entry_that_cannot_be_read_is_named_by_its_place(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    broken = (*bodies[:3], b'{"act": "x"}', *bodies[4:])
    book = sealed(broken, honest.base_keys[honest.book_of(plain)])
    report = audited(honest.holding(honest.book_of(plain), book).files())
    assert any("the copy cannot be read: act 3:" in one for one in said(report))
    assert sheet_of(report, plain).state == "observed"


def test_every_reason_of_one_check_is_said_and_many_are_counted(honest: Archive, plain: str) -> None:
    bodies = list(honest.copy_of(plain).bodies)
    for _ in range(6):
        fields = {"act": "member.banished", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": len(bodies)}
        bodies.append(encode(fields))
    report = audited(honest.received(plain, bodies, state="observed", checks=[7]).files())
    (held,) = [one for one in said(report, "E") if one.startswith(f"unit {plain}")]
    assert held.count("member.banished) was not allowed") == 3
    assert held.endswith("and 3 things more")
    assert report.sound


def test_a_sheet_that_came_and_was_not_recorded_warns_while_open_and_is_a_breach_after(
    honest: Archive, plain: str
) -> None:
    dropped = without(honest.federation.bodies, place_of(honest.federation.bodies, "sheet.received", unit=plain))
    sentence = f"unit {plain}: the base sealed a sheet that the federation has not recorded as received"
    report = audited(honest.rewritten(dropped).files())
    assert sentence in said(report, "W")
    assert report.sound
    closing = {"act": "consultation.closed", "consultation": honest.consultation, "by": "secretary"}
    closed = encode({**closing, "at": "2026-03-09T00:00:00Z", "n": len(dropped)})
    report = audited(honest.rewritten([*dropped, closed]).files())
    assert sentence in said(report)


def test_options_of_another_number_or_question(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    options = parse(bodies[place_of(bodies, "vote.opened")])["options"]

    def fewer(fields: dict[str, Any]) -> None:
        fields["options"] = options[:2]

    def merged(fields: dict[str, Any]) -> None:
        votes = fields["count"]["votes"]
        fields["count"]["votes"] = [votes[0], votes[1] + votes[2]]
        fields.pop("words", None)

    book = altered(bodies, place_of(bodies, "vote.opened"), fewer)
    book = altered(book, place_of(book, "vote.counted"), merged)
    book = altered(book, place_of(book, "sheet.issued"), merged)
    report = audited(honest.received(plain, book).files())
    assert {5, 14} <= set(sheet_of(report, plain).checks)
    other = altered(bodies, place_of(bodies, "vote.opened"), lambda fields: fields.update(question="¿Otra cosa?"))
    report = audited(honest.received(plain, other, state="observed", checks=[14]).files())
    assert sheet_of(report, plain).checks == (14,)
    assert report.sound


def test_a_unit_that_sent_nothing_is_no_finding(honest: Archive, plain: str) -> None:
    bodies = honest.federation.bodies
    silent = honest.rewritten(without(bodies, place_of(bodies, "sheet.received", unit=plain)))
    book = honest.book_of(plain)
    silent = replace(silent, books={name: held for name, held in silent.books.items() if name != book})
    report = audited(silent.files())
    assert (report.sound, sheet_of(report, plain).state) == (True, "pending")
