"""Each of the twenty checks, found end to end: a real book that fails it, the sheet held, the sentence with figures.

What holds is not counted; what warns is. Checks 19 and 20 cannot be failed by files: an archive has no history of
turnout, and totals are made by the audit itself (`test_rollup.py` tries check 20).
Source: federation.md, "Checks".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.builders import Archive, Federation, altered, audited, bases, place_of, said, without
from tinkuy.book.entry import encode, leaf_hash, parse
from tinkuy.federation.outcome import Report, SheetShown

FAULTS = (
    *("sum", "over", "missing", "words", "unsigned", "roll", "two-sheets", "copied", "papers", "quorum", "notice"),
    *("twice", "mandate", "fork", "late", "silent", "not-held", "resolved", "annulled", "rotated", "proof"),
)
PLAIN = len(FAULTS)  # the place of a base without a fault


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(PLAIN + 6, dict(enumerate(FAULTS)))).played()


@pytest.fixture(scope="module")
def report(federation: Federation) -> Report:
    return audited(dict(federation.returns.members()))


@pytest.fixture(scope="module")
def honest(federation: Federation) -> Archive:
    return Archive.of(federation)


@pytest.fixture(scope="module")
def plain(federation: Federation) -> str:
    return federation.writers[PLAIN].base.code


def sheet_of(report: Report, code: str) -> SheetShown:
    return next(sheet for sheet in report.sheets if sheet.code == code)


def of_fault(federation: Federation, fault: str) -> str:
    return federation.writers[FAULTS.index(fault)].base.code


def test_what_people_got_wrong_does_not_make_the_archive_unsound(report: Report) -> None:
    assert report.sound, said(report)


@pytest.mark.parametrize(
    ("fault", "check", "sentence"),
    [
        ("sum", [1], "but the sheet says"),
        ("over", [2], "signed in"),
        ("missing", [5], "missing or illegible: blank papers"),
        ("words", [6], "in words and in numbers:"),
        ("unsigned", [7], "the book is provisional: chair did not sign"),
        ("roll", [8], "the sheet's roll is not the one frozen for the consultation"),
        ("two-sheets", [9, 10], "of the same book is a second, different sheet"),
        ("copied", [10], "the sheet's figures are not those that the tellers gave in vote 1 of the book"),
        ("papers", [12], "were received"),
        ("quorum", [13], "No quorum:"),
        ("notice", [14], "days' notice"),
        ("mandate", [15], "the delegate voted “En contra”; the mandate was “A favor”"),
    ],
)
def test_a_sheet_that_fails_one_check_is_held(
    federation: Federation, report: Report, fault: str, check: list[int], sentence: str
) -> None:
    code = of_fault(federation, fault)
    sheet = sheet_of(report, code)
    assert list(sheet.checks) in (check, [*check, 17])
    assert sheet.state == "observed"
    found = [finding for finding in report.findings if finding.unit == code and finding.severity == "E"]
    assert any(sentence in str(finding.said) for finding in found)
    assert {str(finding.effect) for finding in found} == {"held, not counted"}


def test_a_base_listed_under_two_regions_is_counted_once(federation: Federation, report: Report) -> None:
    first = of_fault(federation, "twice")
    second = next(sheet for sheet in report.sheets if sheet.code.endswith(f"-{first}"))
    assert sheet_of(report, first).state == "normal"
    assert second.state == "observed"
    assert 16 in second.checks
    assert any(f"counted already as unit {first}" in str(difference) for difference in second.differences)


def test_a_book_with_two_histories_is_frozen(federation: Federation, report: Report) -> None:
    code = of_fault(federation, "fork")
    assert sheet_of(report, code).state == "observed"
    frozen = f"unit {code}: two sealed checkpoints of the book disagree: a fork; "
    assert any(one.startswith(frozen) for one in said(report, "E"))


def test_late_annulled_and_not_held_count_for_nothing(federation: Federation, report: Report) -> None:
    for fault, state in (("late", "late"), ("annulled", "annulled"), ("not-held", "not_held"), ("silent", "pending")):
        assert sheet_of(report, of_fault(federation, fault)).state == state
    counted = {sheet.code for sheet in report.sheets if sheet.state in ("normal", "resolved")}
    expected = [federation.writers[place].base for place in range(PLAIN + 6)]
    assert report.nodes[0].totals.cast == sum(base.cast for base in expected if base.code in counted)
    coverage = report.nodes[0].coverage
    parts = (coverage.counted, coverage.held, coverage.late, coverage.missing, coverage.annulled, coverage.not_held)
    assert sum(parts) == coverage.units == PLAIN + 7


def test_a_sheet_that_people_resolved_counts_with_the_figures_that_they_adopted(
    federation: Federation, report: Report
) -> None:
    base = federation.writers[FAULTS.index("resolved")].base
    sheet = sheet_of(report, base.code)
    assert (sheet.state, sheet.votes) == ("resolved", base.votes)


def test_a_secretary_with_new_keys_and_a_sheet_with_a_proof_are_no_fault(
    federation: Federation, report: Report
) -> None:
    for fault in ("rotated", "proof"):
        sheet = sheet_of(report, of_fault(federation, fault))
        assert (sheet.state, [check for check in sheet.checks if check != 17]) == ("normal", [])
    assert not sheet_of(report, of_fault(federation, "proof")).whole_book
    assert any("1 sheets came with a proof of inclusion only" in str(one) for one in report.not_checked)


Change = Callable[[dict[str, Any]], object]


def recounted(bodies: Sequence[bytes], change: Change) -> tuple[bytes, ...]:
    """The book with other figures at the count and on the sheet, and nothing declared."""
    bodies = without(bodies, place_of(bodies, "vote.declared"))
    bodies = altered(bodies, place_of(bodies, "vote.counted"), lambda fields: change(fields["count"]))
    return altered(bodies, place_of(bodies, "sheet.issued"), lambda fields: change(fields["count"]))


def sheet_changed(bodies: Sequence[bytes], change: Change) -> tuple[bytes, ...]:
    return altered(bodies, place_of(bodies, "sheet.issued"), change)


def judged(honest: Archive, plain: str, bodies: Sequence[bytes], *checks: int) -> Report:
    """The audit when the federation recorded this book's sheet as these checks have it."""
    state = "observed" if checks else "normal"
    return audited(honest.uncertified().received(plain, bodies, state=state, checks=list(checks)).files())


def test_check_3_more_signed_in_than_are_on_the_roll(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    eligible = parse(bodies[place_of(bodies, "sheet.issued")])["count"]["eligible"]
    crowded = recounted(bodies, lambda count: count.update(signed_in=eligible + 7))
    report = judged(honest, plain, crowded, 2, 3)
    assert sheet_of(report, plain).checks == (2, 3)
    assert f"unit {plain}: {eligible + 7} signed in, but {eligible} are on the roll" in said(report, "E")
    assert sheet_of(report, plain).state == "observed"


def test_check_2_fewer_cast_than_signed_in_warns_and_counts(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    cast = parse(bodies[place_of(bodies, "sheet.issued")])["count"]["cast"]
    gone_home = recounted(bodies, lambda count: count.update(signed_in=cast + 1))
    report = audited(honest.uncertified().received(plain, gone_home, state="normal", checks=[]).files())
    assert f"unit {plain}: {cast} cast, but {cast + 1} signed in" in said(report, "W")
    assert sheet_of(report, plain).state == "normal"


def test_check_4_an_option_with_more_votes_than_papers(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    cast = parse(bodies[place_of(bodies, "sheet.issued")])["count"]["cast"]

    def more(count: dict[str, Any]) -> None:
        count["votes"] = [cast + 1, *count["votes"][1:]]

    book = altered(
        recounted(bodies, more), place_of(recounted(bodies, more), "sheet.issued"), lambda f: f.pop("words", None)
    )
    report = judged(honest, plain, book, 1, 4)
    assert sheet_of(report, plain).checks == (1, 4)
    assert f"unit {plain}: A favor has {cast + 1} votes, but {cast} were cast" in said(report, "E")


def test_check_11_a_sheet_amended_without_a_reason(honest: Archive, plain: str) -> None:
    bodies = list(honest.copy_of(plain).bodies)
    index = place_of(bodies, "sheet.issued")
    again = {**parse(bodies[index]), "n": len(bodies), "amends": index}
    report = judged(honest, plain, [*bodies, encode(again)], 11)
    assert sheet_of(report, plain).checks == (11,)
    assert any(f"unit {plain}: the sheet replaces act {index} and gives no reason" in one for one in said(report, "E"))
    reasoned = encode({**again, "reason": "La copia del personero"})
    report = judged(honest, plain, [*bodies, reasoned])
    assert sheet_of(report, plain).checks == ()
    assert report.sound


def test_a_sheet_amended_after_its_receipt_is_shown_and_the_figures_received_stand(honest: Archive, plain: str) -> None:
    """The base found a slip after the federation had its sheet: people must look, the program changes nothing."""
    bodies = list(honest.copy_of(plain).bodies)
    index = place_of(bodies, "sheet.issued")
    received = parse(bodies[index])["count"]["votes"]
    amended = {**parse(bodies[index]), "n": len(bodies), "amends": index, "reason": "Se contaron dos pliegos juntos"}
    amended["count"] = {**amended["count"], "votes": [received[0] - 1, received[1] + 1, *received[2:]]}
    amended.pop("words")
    archive = honest.uncertified().received(plain, [*bodies, encode(amended)], state="normal", checks=[])
    report = audited(
        archive.lied("sheet.received", lambda fields: fields.update(_place(bodies, index)), unit=plain).files()
    )
    sentence = f"act {len(bodies)} amends this sheet; the figures received stand until people resolve it"
    assert f"unit {plain}: {sentence}" in said(report, "W")
    assert list(sheet_of(report, plain).votes) == received
    assert report.sound


def _place(bodies: Sequence[bytes], index: int) -> dict[str, object]:
    return {"index": index, "leaf": leaf_hash(bodies[index]).hex()}


def test_check_17_everybody_voted_warns_and_counts(honest: Archive, plain: str) -> None:
    bodies = honest.copy_of(plain).bodies
    issued = parse(bodies[place_of(bodies, "sheet.issued")])["count"]
    more = issued["eligible"] - issued["cast"]

    def everybody(count: dict[str, Any]) -> None:
        count["votes"] = [count["votes"][0] + more, *count["votes"][1:]]
        count["cast"] = count["signed_in"] = issued["eligible"]
        count["unused"] = issued["unused"] - more

    full = sheet_changed(recounted(bodies, everybody), lambda fields: fields.pop("words", None))
    report = audited(honest.uncertified().received(plain, full, state="normal", checks=[17]).files())
    assert f"unit {plain}: all {issued['eligible']} on the roll voted" in said(report, "W")
    assert sheet_of(report, plain).state == "normal"
    assert report.sound


def test_check_18_a_vote_outside_its_window_warns_and_counts(honest: Archive, plain: str) -> None:
    early = sheet_changed(honest.copy_of(plain).bodies, lambda fields: fields.update(opened="2026-02-28T20:00:00Z"))
    report = audited(honest.uncertified().received(plain, early, state="normal", checks=[18]).files())
    assert [one for one in said(report, "W") if "the window is 2026-03-01T12:00:00Z to" in one]
    assert sheet_of(report, plain).state == "normal"
    assert report.sound


def test_a_resolution_overrules_what_people_can_judge_and_never_arithmetic(
    federation: Federation, honest: Archive
) -> None:
    """Checks 6 to 15 yield to a reason; a sum must add up with the figures adopted."""
    open_ = honest.uncertified()
    acts = [
        {"act": "sheet.resolved", "unit": of_fault(federation, fault), "reason": "Cotejo: valen las cifras"}
        for fault in ("words", "notice", "papers", "sum")
    ]
    bodies = list(open_.federation.bodies)
    for act in acts:
        fields = {**act, "consultation": honest.consultation, "at": "2026-03-10T20:00:00Z", "by": "secretary"}
        bodies.append(encode({**fields, "n": len(bodies)}))
    report = audited(open_.rewritten(bodies).files())
    for fault in ("words", "notice", "papers"):
        assert sheet_of(report, of_fault(federation, fault)).state == "resolved"
        assert any(
            finding.severity == "info" and "resolved: Cotejo" in str(finding.said)
            for finding in report.findings
            if finding.unit == of_fault(federation, fault)
        )
    sum_ = of_fault(federation, "sum")
    assert sheet_of(report, sum_).state == "observed"
    assert not report.sound
    assert [
        one for one in said(report) if one.startswith(f"unit {sum_}: the federation recorded the sheet as resolved")
    ]
