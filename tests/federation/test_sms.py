"""A result in one short message: every slip in copying it is found, and nobody counts it. Source: 3GPP TS 23.038."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Federation, audited, bases, refused, said
from tinkuy.assembly.vote import MAX_FIGURE, Count
from tinkuy.federation import sms
from tinkuy.federation.reported import Reported, SheetReported
from tinkuy.federation.sheet import Issued
from tinkuy.federation.sms import SmsError

CONSULTATION = "req1ygmfaz93nhdgdwb1tjg425560njg"
COUNT = Count(votes=(47, 42, None), eligible=109, signed_in=93, cast=93, blank=0, null=0, challenged=4)
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
FIGURE = st.one_of(st.none(), st.integers(0, MAX_FIGURE))


def message() -> str:
    return sms.write("0302-001", CONSULTATION, COUNT)


def as_read(text: str) -> sms.Told | None:
    try:
        return sms.read(text)
    except SmsError:
        return None


def test_a_message_fits_one_short_message_of_any_telephone():
    assert message() == "TK 0302-001 REQ1YG 3 47.42.- 109.93.93.0.0.4 RS"
    assert set(sms.SIGNS) <= GSM_7


@given(st.lists(FIGURE, min_size=2, max_size=8), st.lists(FIGURE, min_size=6, max_size=6))
def test_what_is_written_is_read(votes, boxes):
    count = Count(votes=tuple(votes), **dict(zip(sms.BOXES, boxes, strict=True)))
    text = sms.write("a.b_c-1", CONSULTATION, count)
    assert len(text) <= 160
    assert sms.read(f"  {text.lower()} ") == sms.Told("A.B_C-1", CONSULTATION[:6], count)


def test_every_single_sign_that_is_written_wrong_is_found():
    text, told = message(), sms.read(message())
    for place in range(len(text)):
        for sign in sms.SIGNS + "*~$=":
            other = text[:place] + sign + text[place + 1 :]
            if other != text and as_read(other) is not None:
                # Only what a person may write for the same check sign, O for 0 or I for 1, is read as meant.
                assert place >= len(text) - 2
                assert as_read(other) == told


def test_every_exchange_of_two_neighbours_is_found():
    text = message()
    for place in range(len(text) - 1):
        other = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        if " ".join(other.split()) != text:
            assert as_read(other) is None, other


def test_every_message_that_breaks_off_or_lacks_a_sign_is_found():
    text = message()
    for place in range(len(text)):
        assert as_read(text[:place]) is None
        without = text[:place] + text[place + 1 :]
        assert as_read(without) is None, without


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    assert as_read(text) is None


def test_a_message_that_does_not_fit_says_so():
    with pytest.raises(SmsError, match="signs and 160 fit: send the file"):
        sms.write("0302-001", CONSULTATION, Count(votes=(123_456,) * 30))


def signed(federation: Federation, place: int = 0) -> Issued:
    sent = federation.sent[place]
    state = federation.writers[0].desk.assembly(next(w.book for w in federation.writers if w.base.code == sent.code))
    from tinkuy.federation.sheet import Sheets

    return state.room(Sheets).issued[federation.returns.id][-1]


def report(federation: Federation, count: Count, text: str = "TK 1") -> SheetReported:
    return SheetReported(
        consultation=federation.returns.id, unit=federation.sent[0].code, count=count, channel="sms", text=text
    )


def record(federation: Federation, *acts: SheetReported) -> None:
    federation.desk.record(federation.book, *acts, at="2026-03-08T12:00:00Z", by="secretary")
    federation.seal()


def test_what_is_reported_is_shown_and_never_counted():
    federation = Federation(bases(3))
    record(federation, report(federation, signed(federation).count))
    shown = federation.returns.report()
    assert shown.states == Federation(bases(3)).returns.report().states
    assert shown.nodes[0].totals.cast == 0
    assert any("reported, unsigned: 1 messages; not counted" in one for one in said(shown, "info"))
    assert audited(dict(federation.returns.members())).sound


def test_a_report_that_the_signed_sheet_bears_out_is_passed_over_and_one_that_it_does_not_is_shown_beside_it():
    federation = Federation(bases(3))
    sheet = signed(federation)
    votes = sheet.count.votes
    other = Count(votes=((votes[0] or 0) + 1, *votes[1:]), eligible=sheet.count.eligible)
    record(federation, report(federation, sheet.count), report(federation, other, "TK 2"))
    federation.returns.receive(federation.sent, by="secretary")
    federation.seal()
    shown = federation.returns.report()
    assert shown.sound
    [warning] = [one for one in said(shown, "W") if "the signed sheet disagree" in one]
    assert f"option 1: {(votes[0] or 0) + 1} told, {votes[0]} signed" in warning
    assert {one.state for one in shown.sheets if one.code == federation.sent[0].code} == {"normal"}


def test_a_message_is_recorded_once_and_only_of_a_unit_that_is_asked():
    federation = Federation(bases(3))
    first = report(federation, COUNT)
    record(federation, first)
    with refused("is recorded already"):
        record(federation, first)
    with refused("9999-999 is not a unit"):
        record(federation, SheetReported(**{**fields(first), "unit": "9999-999"}))
    with refused("the count has 2 boxes for options, the question has 3"):
        record(federation, report(federation, Count(votes=(1, 2)), "TK 3"))
    told = federation.desk.assembly(federation.book).room(Reported).told
    assert [len(messages) for messages in told.values()] == [1]


def fields(act: SheetReported) -> dict[str, object]:
    return {name: getattr(act, name) for name in ("consultation", "unit", "count", "channel", "text")}
