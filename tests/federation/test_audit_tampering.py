"""An archive that somebody tampered with is found out in words, and nothing that was tampered with is counted.

Each test says what an attacker can sign: nothing, a base's book (its officers), or the federation's book (its
officers). The manifest is made again wherever the attacker can do so, which is everywhere: nobody signs it.
Source: issue 2, "Must show"; federation.md, "Archive and audit"; book.md, "Checkpoint".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Archive, Federation, altered, bases, packed, place_of, rebound, remade, sealed, without
from tinkuy.assembly.act import written
from tinkuy.assembly.board import BoardInstalled
from tinkuy.book.entry import parse
from tinkuy.cli.main import main
from tinkuy.cli.verify import verify
from tinkuy.demo.bases import proven
from tinkuy.federation import volumes
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.federation.outcome import Report

FORK, TWICE, PROOF, ROTATED, TARGET, OTHER = 0, 1, 2, 3, 4, 5

Told = Callable[[Mapping[str, bytes]], tuple[int, str, Report]]


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(40, {FORK: "fork", TWICE: "twice", PROOF: "proof", ROTATED: "rotated"})).played()


@pytest.fixture(scope="module")
def honest(federation: Federation) -> Archive:
    return Archive.of(federation)


@pytest.fixture
def code(federation: Federation) -> Callable[[int], str]:
    return lambda place: federation.writers[place].base.code


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """The exit code of `tinkuy verify`, what it prints as one line, and its report."""

    def told(files: Mapping[str, bytes]) -> tuple[int, str, Report]:
        path = tmp_path / "consulta.tinkuy"
        path.write_bytes(packed(files))
        exit_code = main(["--lang", "en", "verify", str(path)])
        out, err = capsys.readouterr()
        assert err == ""
        return exit_code, " ".join(out.split()), verify(path)

    return told


def state_of(report: Report, code: str) -> str:
    return next(sheet.state for sheet in report.sheets if sheet.code == code)


def test_the_honest_archive_is_sound_and_certified(honest: Archive, told: Told) -> None:
    exit_code, text, report = told(honest.files())
    assert exit_code == 0, text
    assert report.state == "certified"
    assert text.endswith("The archive is sound. 2 sheets are held.")


def test_a_unit_removed(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    book = honest.book_of(code(TARGET))
    gone = replace(honest, books={name: held for name, held in honest.books.items() if name != book})
    exit_code, text, report = told(gone.files())
    assert exit_code == 1
    assert f"unit {code(TARGET)} the federation received a sheet, but the archive holds nothing of this base" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_a_unit_removed_from_the_files_but_not_from_the_manifest(
    honest: Archive, told: Told, code: Callable[[int], str]
) -> None:
    exit_code, text, _ = told(rebound(honest.files(), **{honest.book_of(code(TARGET)): None}))
    assert exit_code == 1
    assert "the files are not those that the manifest lists" in text
    assert "the archive holds nothing of this base" in text


def test_two_sheets_swapped(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    one, other = honest.book_of(code(TARGET)), honest.book_of(code(OTHER))
    swapped = honest.holding(one, honest.books[other]).holding(other, honest.books[one])
    exit_code, text, report = told(swapped.files())
    assert exit_code == 1
    assert text.count("the book filed here is another base's; expected") == 2
    assert {state_of(report, code(TARGET)), state_of(report, code(OTHER))} == {"observed"}


def test_a_proof_in_place_of_another_bases(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    other = proven(honest.copy_of(code(TARGET)))
    exit_code, text, report = told(honest.holding(honest.book_of(code(PROOF)), other).files())
    assert exit_code == 1
    assert f"unit {code(PROOF)} the copy cannot be read: The proof is about book" in text
    assert state_of(report, code(PROOF)) == "observed"


def test_a_proof_of_another_entry_of_the_same_book(
    federation: Federation, honest: Archive, told: Told, code: Callable[[int], str]
) -> None:
    writer = federation.writers[PROOF]
    copy = writer.desk.copy(writer.book)
    shorter = sealed(copy.bodies[:-1], writer.keys)
    exit_code, text, report = told(honest.holding(writer.book, proven(shorter)).files())
    assert exit_code == 1
    assert "the sheet and its proof are not those that the federation received" in text
    assert state_of(report, code(PROOF)) == "observed"


def test_a_proof_of_another_entry_than_the_one_beside_it(
    federation: Federation, honest: Archive, told: Told, code: Callable[[int], str]
) -> None:
    held = honest.books[federation.writers[PROOF].book]
    assert isinstance(held, Proven)
    writer = federation.writers[PROOF]
    swapped = Proven(writer.desk.copy(writer.book).bodies[-2], held.proof)
    exit_code, text, _ = told(honest.holding(writer.book, swapped).files())
    assert exit_code == 1
    assert "The entry says that it is number" in text


def test_a_vote_on_an_unfrozen_roll(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    """Base and federation together: the roll is never frozen, and the receipt is written for that book."""
    bodies = honest.copy_of(code(TARGET)).bodies
    unfrozen = without(bodies, place_of(bodies, "roll.frozen"))
    exit_code, text, report = told(honest.received(code(TARGET), unfrozen).files())
    assert exit_code == 1
    assert "the roll is not frozen: freeze it before the vote opens (check 8)" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_a_sheet_under_a_recalled_officers_key(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    """The secretary of this base changed keys before the vote; the old key seals nothing any longer."""
    book = honest.book_of(code(ROTATED))
    old = sealed(honest.copy_of(code(ROTATED)).bodies, honest.base_keys[book], generation={"secretary": 0})
    exit_code, text, report = told(honest.holding(book, old).files())
    assert exit_code == 1
    assert "signed with a key that secretary no longer held: it was replaced at act" in text
    assert state_of(report, code(ROTATED)) == "observed"


def test_an_older_checkpoint_of_a_unit(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    book = honest.book_of(code(TARGET))
    older = sealed(honest.copy_of(code(TARGET)).bodies[:-1], honest.base_keys[book])
    exit_code, text, report = told(honest.holding(book, older).files())
    assert exit_code == 1
    assert "the copy is older than the sheet: it ends at act" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_an_older_checkpoint_of_the_federation(honest: Archive, told: Told) -> None:
    older = honest.rewritten(honest.federation.bodies[:-1]).files()
    files = remade({**older, "manifest.json": honest.files()["manifest.json"]})
    exit_code, text, _ = told(files)
    assert exit_code == 1
    size = len(honest.federation.bodies)
    assert f"the checkpoint seals {size - 1} acts, the manifest names one of {size}: one is older" in text


def test_an_altered_figure_under_the_honest_signatures(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    copy = honest.copy_of(code(TARGET))
    bodies = altered(copy.bodies, place_of(copy.bodies, "sheet.issued"), _moved)
    forged = {honest.book_of(code(TARGET)): BookCopy(tuple(bodies), copy.note)}
    exit_code, text, report = told(remade(rebound(honest.files(), **forged)))
    assert exit_code == 1
    assert "the acts are not those that the checkpoint seals" in text
    assert state_of(report, code(TARGET)) == "observed"


def _moved(fields: dict[str, Any]) -> None:
    """Five votes from against to for: the sheet adds up as before."""
    votes = fields["count"]["votes"]
    fields["count"]["votes"] = [votes[0] + 5, votes[1] - 5, *votes[2:]]


def test_a_figure_altered_and_signed_again_after_receipt_is_another_history(
    honest: Archive, told: Told, code: Callable[[int], str]
) -> None:
    book, bodies = honest.book_of(code(TARGET)), honest.copy_of(code(TARGET)).bodies
    bodies = altered(bodies, place_of(bodies, "sheet.issued"), _moved)
    exit_code, text, report = told(honest.holding(book, sealed(bodies, honest.base_keys[book])).files())
    assert exit_code == 1
    assert "the book is not the one from which the sheet was received" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_a_changed_receipt(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    lied = honest.lied("sheet.received", lambda fields: fields.update(root="ab" * 32), unit=code(TARGET))
    exit_code, text, report = told(lied.files())
    assert exit_code == 1
    assert "the book is not the one from which the sheet was received" in text
    assert state_of(report, code(TARGET)) == "observed"


@pytest.mark.parametrize("change", [{"index": 3}, {"size": 999, "index": 998}, {"size": 4, "index": 3}])
def test_a_receipt_of_another_place(
    honest: Archive, told: Told, code: Callable[[int], str], change: dict[str, int]
) -> None:
    for place in (TARGET, PROOF):
        exit_code, text, report = told(
            honest.lied("sheet.received", lambda f: f.update(change), unit=code(place)).files()
        )
        assert exit_code == 1, (place, text)
        assert state_of(report, code(place)) == "observed"


def test_certifying_other_figures(honest: Archive, told: Told) -> None:
    def more(fields: dict[str, Any]) -> None:
        fields["votes"][0] += 100

    exit_code, text, _ = told(honest.lied("consultation.certified", more).files())
    assert exit_code == 1
    assert "certified with 39 units" in text
    assert "the sheets give 39" in text


def test_certifying_the_other_verdict(honest: Archive, told: Told) -> None:
    def other(fields: dict[str, Any]) -> None:
        fields["passed"] = not fields["passed"]

    exit_code, text, _ = told(honest.lied("consultation.certified", other).files())
    assert exit_code == 1
    assert "certified as not carried; by the sheets it is carried" in text


def test_a_dropped_receipt(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    """The federation acts as if the sheet had never come, and certifies what is left."""
    bodies = honest.federation.bodies
    index = place_of(bodies, "sheet.received", unit=code(TARGET))
    sheet = parse(honest.copy_of(code(TARGET)).bodies[parse(bodies[index])["index"]])["count"]

    def fewer(fields: dict[str, Any]) -> None:
        fields["units"] -= 1
        fields["cast"] -= sheet["cast"]
        fields["votes"] = [kept - gone for kept, gone in zip(fields["votes"], sheet["votes"], strict=True)]

    dropped = honest.rewritten(without(bodies, index)).lied("consultation.certified", fewer)
    exit_code, text, _ = told(dropped.files())
    assert exit_code == 1
    assert "the base sealed a sheet that the federation has not recorded as received" in text


def test_a_double_count_recorded_as_normal(
    federation: Federation, honest: Archive, told: Told, code: Callable[[int], str]
) -> None:
    second = next(unit for unit in federation.returns.consultation.units if unit.endswith(f"-{code(TWICE)}"))
    lied = honest.lied("sheet.received", lambda f: f.update(state="normal", checks=[]), unit=second)
    exit_code, text, report = told(lied.files())
    assert exit_code == 1
    assert "recorded the sheet as normal, but the sheet is made out for unit" in text
    assert f"the same base was counted already as unit {code(TWICE)} (check 16)" in text
    assert state_of(report, second) == "observed"


def test_a_failing_sheet_recorded_as_normal(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    """Base and federation together; the figures do not add up."""
    bodies = honest.copy_of(code(TARGET)).bodies

    def more(fields: dict[str, Any]) -> None:
        fields["count"]["votes"][0] += 9

    lying = honest.received(code(TARGET), altered(bodies, place_of(bodies, "sheet.issued"), more))
    exit_code, text, report = told(lying.files())
    assert exit_code == 1
    assert "the federation recorded the sheet as normal, but" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_a_fork_recorded_without_its_evidence(honest: Archive, told: Told) -> None:
    exit_code, text, _ = told(replace(honest, forks={}).files())
    assert exit_code == 1
    assert "the federation recorded a fork of this book and the archive holds no evidence of it" in text


def test_a_fork_that_the_federation_kept_quiet(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    bodies = honest.federation.bodies
    quiet = honest.rewritten(without(bodies, place_of(bodies, "book.forked")))
    exit_code, text, report = told(quiet.files())
    assert exit_code == 1
    assert "the archive proves a fork that the federation has not recorded" in text
    assert state_of(report, code(FORK)) == "observed"


def test_evidence_of_a_fork_that_agrees_with_itself(honest: Archive, told: Told) -> None:
    (book, (first, _)), *_ = honest.forks.items()
    exit_code, text, _ = told(replace(honest, forks={book: (first, first)}).files())
    assert exit_code == 1
    assert "the two branches agree: one continues the other, and there is no fork" in text


def test_evidence_of_a_fork_that_nobody_sealed(honest: Archive, told: Told) -> None:
    (book, (first, second)), *_ = honest.forks.items()
    unsealed = sealed(second.bodies, honest.base_keys[book], roles=("secretary",))
    exit_code, text, _ = told(replace(honest, forks={book: (first, unsealed)}).files())
    assert exit_code == 1
    assert "branch 2 is not a sealed copy of this book, so it proves nothing" in text


def test_evidence_of_a_fork_of_another_book(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    (book, (first, _)), *_ = honest.forks.items()
    other = honest.copy_of(code(TARGET))
    exit_code, text, _ = told(replace(honest, forks={book: (first, other)}).files())
    assert exit_code == 1
    assert "branch 2 is not a sealed copy of this book" in text


def test_evidence_of_a_fork_that_is_half_there(honest: Archive, told: Told) -> None:
    files = {name: data for name, data in honest.files().items() if "/2/" not in name or name[:6] != "forks/"}
    exit_code, text, _ = told(remade(files))
    assert exit_code == 1
    assert "the evidence cannot be read" in text


def test_attachments_swapped(honest: Archive, told: Told) -> None:
    one, other = sorted(honest.attachments)[:2]
    swapped = {**honest.attachments, one: honest.attachments[other], other: honest.attachments[one]}
    exit_code, text, _ = told(replace(honest, attachments=swapped).files())
    assert exit_code in (1, 2)
    assert "the attachment holds other bytes than its name says" in text


def test_an_attachment_removed(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    statutes = str(parse(honest.copy_of(code(TARGET)).bodies[0])["statutes"])
    left = {name: data for name, data in honest.attachments.items() if name != statutes}
    exit_code, text, report = told(replace(honest, attachments=left).files())
    assert exit_code == 1
    assert f"the statutes {statutes[:12]} are not attached to this copy of the book" in text
    assert state_of(report, code(TARGET)) == "observed"


def test_the_manifest_of_another_archive(honest: Archive, told: Told) -> None:
    other = honest.rewritten(honest.federation.bodies[:-1]).files()
    exit_code, text, _ = told({**honest.files(), "manifest.json": other["manifest.json"]})
    assert exit_code == 1
    assert "the manifest names one of" in text
    assert "the files are not those that the manifest lists" in text


@pytest.mark.parametrize(
    "name", ["leeme.txt", "units/junk", "federation/junk", "federation/tile/9/000", "forks/junk", "manifest.json.bak"]
)
def test_a_superfluous_file(honest: Archive, told: Told, name: str) -> None:
    for files in ({**honest.files(), name: b"x"}, remade({**honest.files(), name: b"x"})):
        exit_code, text, _ = told(files)
        assert exit_code == 1, text
        assert f"{name} this file is no part of the consultation" in text


@pytest.mark.parametrize("book", ["0" * 32, "z" * 32])
def test_the_book_of_a_stranger_in_a_volume(honest: Archive, told: Told, code: Callable[[int], str], book: str) -> None:
    exit_code, text, _ = told(remade(rebound(honest.files(), **{book: honest.copy_of(code(TARGET))})))
    assert exit_code == 1
    assert f"the book {book} is no part of the consultation" in text


def test_a_volume_of_strangers(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    ((name, data),) = volumes.bind([("z" * 32, honest.copy_of(code(TARGET)))])
    exit_code, text, _ = told(remade({**honest.files(), f"units/{name}": data}))
    assert exit_code == 1
    assert f"units/{name} this file is no part of the consultation" in text


def test_a_superfluous_file_beside_the_evidence_of_a_fork(honest: Archive, told: Told) -> None:
    name = f"forks/{next(iter(honest.forks))}/3/checkpoint"
    exit_code, text, _ = told(remade({**honest.files(), name: b"x"}))
    assert exit_code == 1
    assert "this file is no part of the consultation" in text


def test_a_hash_tile_of_the_federation_that_is_not_that_of_its_entries(honest: Archive, told: Told) -> None:
    files = honest.files()
    name = next(name for name in files if name.startswith("federation/tile/0/"))
    exit_code, text, _ = told(remade({**files, name: files[name][:-1] + bytes([files[name][-1] ^ 1])}))
    assert exit_code == 1
    assert "its hashes are not those of the entries" in text


def test_a_federations_book_that_its_officers_did_not_seal(honest: Archive, told: Told) -> None:
    half = replace(honest, federation=sealed(honest.federation.bodies, honest.keys, roles=("secretary",)))
    exit_code, text, _ = told(half.files())
    assert exit_code == 1
    assert "the book is provisional: chair did not sign" in text


def test_a_question_changed_after_opening(honest: Archive, told: Told) -> None:
    """A changed question is another act, and so another consultation: the one that the manifest names is gone."""
    lied = honest.lied("consultation.drafted", lambda fields: fields.update(question="¿Levantamos el paro?"))
    path_files = lied.files()
    with pytest.raises(Exception, match="holds no consultation"):
        told(path_files)


def test_a_board_put_in_by_nobody(honest: Archive, told: Told, code: Callable[[int], str]) -> None:
    """Somebody with an old copy and keys of their own continues the book."""
    book, bodies = honest.book_of(code(TARGET)), honest.copy_of(code(TARGET)).bodies
    stranger = type(honest.keys)(99, "stranger")
    act = BoardInstalled(
        board=stranger.board(), reason="rotation", at="2026-03-08T20:00:00Z", by="secretary", n=len(bodies)
    )
    taken = sealed((*bodies, written(act)), stranger)
    book_origin = honest.holding(book, taken)
    exit_code, text, report = told(book_origin.files())
    assert exit_code == 1
    assert state_of(report, code(TARGET)) == "observed"
    assert "the new key of chair is not the one that was committed to before" in text
