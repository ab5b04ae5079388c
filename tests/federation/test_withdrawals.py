"""What a base takes back after the federation received it (assembly.md, "Undo"; federation.md, check 11)."""

from __future__ import annotations

import pytest

from tests.builders import Archive, Federation, audited, bases, sealed
from tinkuy.assembly.act import written
from tinkuy.assembly.withdrawal import Withdrawn
from tinkuy.demo.bases import Writer
from tinkuy.desk.returns import Sent
from tinkuy.federation.archive import BookCopy


def taken_back(copy: BookCopy, of: int, writer: Writer) -> BookCopy:
    """The base's book with this act taken back at its end, forced past its own desk and sealed by its officers."""
    n = len(copy.bodies)
    slip = Withdrawn(of=of, reason="Se anotó mal", at="2026-03-07T20:00:00Z", by="secretary", n=n)
    return sealed((*copy.bodies, written(slip)), writer.keys)


@pytest.fixture
def federation() -> Federation:
    return Federation(bases(2)).played()


def test_a_sheet_taken_back_after_it_was_received_is_held(federation: Federation) -> None:
    archive, writer = Archive.of(federation), federation.writers[0]
    copy = archive.books[writer.book]
    assert isinstance(copy, BookCopy)
    longer = taken_back(copy, len(copy.bodies) - 1, writer)
    report = audited(archive.holding(writer.book, longer).uncertified().files())
    held = [finding for finding in report.findings if (finding.severity, finding.check) == ("E", 11)]
    assert [finding.unit for finding in held] == [writer.base.code]
    assert f"act {len(copy.bodies) - 1} stands under a checkpoint of {len(copy.bodies)} acts" in str(held[0].said)
    assert [sheet.state for sheet in report.sheets if sheet.code == writer.base.code] == ["observed"]


def test_the_federation_that_receives_such_a_copy_records_that_the_sheet_is_held() -> None:
    federation = Federation(bases(2))
    writer = federation.writers[0]
    sent = next(one for one in federation.sent if one.code == writer.base.code)
    federation.deliver(federation.on_time())
    assert isinstance(sent.held, BookCopy)
    longer = taken_back(sent.held, len(sent.held.bodies) - 1, writer)
    (taken,) = federation.returns.receive([Sent(sent.code, longer, "2026-03-07T21:00:00Z")], by="secretary")
    assert "corrected by a later act" in taken.held
    assert federation.returns.consultation.units[sent.code].state == "observed"
