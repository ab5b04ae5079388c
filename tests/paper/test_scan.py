"""A photographed sheet at the terminal: what it proves with and without a book, and what `receive` makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from tests.builders import Federation, altered, bases, place_of, sealed
from tests.paper import printed
from tests.paper.photographs import Taken, photograph
from tests.paper.tampering import repainted
from tinkuy.assembly.board import BoardInstalled
from tinkuy.book.errors import BookError
from tinkuy.cli import main
from tinkuy.desk.files import read_handed_in, write_book
from tinkuy.desk.returns import Sent
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.paper import layout, payload, proving, sheet
from tinkuy.paper.proving import Held

AT = "2026-03-08T12:00:00Z"


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(3))


@pytest.fixture
def folder(federation, tmp_path, monkeypatch) -> Path:
    """Files of a federation's book, of a base's book, and a photograph of its sheet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINKUY_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")
    kept = {digest: federation.desk.attachments.get(digest) for digest in _named(federation)}
    write_book(Path("federation.tinkuy"), federation.desk.copy(federation.book), kept)
    write_book(Path("base.tinkuy"), copy_of(federation), attached(federation))
    page = printed.pictured(of(federation))
    Path("sheet.jpg").write_bytes(photograph(page, Taken.by(2), 2))
    box = layout.boxes(of(federation).issued.count)[0]
    forged = repainted(page, box, len(box.glyphs) - 1, "1" if box.glyphs[-1] != "1" else "7")
    Path("forged.jpg").write_bytes(photograph(forged, Taken.by(3), 3))
    return tmp_path


def _named(federation: Federation) -> list[str]:
    bodies = federation.desk.copy(federation.book).bodies
    return [json.loads(bodies[0])["statutes"]]


def copy_of(federation: Federation, place: int = 0) -> BookCopy:
    held = federation.sent[place].held
    assert isinstance(held, BookCopy)
    return held


def attached(federation: Federation, place: int = 0) -> dict[str, bytes]:
    from hashlib import sha256

    return {sha256(data).hexdigest(): data for data in federation.sent[place].attachments}


def of(federation: Federation, place: int = 0) -> sheet.Sheet:
    copy = copy_of(federation, place)
    return sheet.of(copy, replay(copy.bodies, attached(federation, place)))


def run(*words: str, code: int, capsys: pytest.CaptureFixture[str]) -> str:
    ended = main.main(["--lang", "en", "scan", *words])
    out, err = capsys.readouterr()
    assert ended == code, out + err
    return out + err


def test_a_photograph_says_by_whose_keys_it_is_sealed_and_the_signed_figures(federation, folder, capsys):
    name = of(federation).name
    alone = run("sheet.jpg", code=0, capsys=capsys)
    assert f"signed with the keys of Chair, Secretary with which {name} was founded" in alone
    above = run("sheet.jpg", "--from", "federation.tinkuy", code=0, capsys=capsys)
    assert f"Proven: sealed by Chair, Secretary of {name}, with the keys that the federation's book gives them" in above
    own = run("sheet.jpg", "--from", "base.tinkuy", "--read-figures", code=0, capsys=capsys)
    assert "with the keys of its own book" in own
    assert "The printed figures are those that were signed." in own
    votes = of(federation).issued.count.votes
    for option, figure in zip(of(federation).options, votes, strict=True):
        assert f"  {option}: {figure}\n" in own


def test_a_digit_that_was_changed_makes_paper_and_signature_disagree(federation, folder, capsys):
    said = run("forged.jpg", "--read-figures", code=1, capsys=capsys)
    assert "Paper and signature disagree." in said
    assert "the paper shows" in said
    data = json.loads(run("forged.jpg", "--read-figures", "--json", code=1, capsys=capsys))
    assert data["proven"]
    assert [one["box"] for one in data["figures"] if one["verdict"] != "agrees"] == ["option:0"]


def test_a_sheet_read_from_paper_is_received_like_one_from_a_file(federation, folder, capsys):
    run("sheet.jpg", "--from", "federation.tinkuy", "--out", "out.tinkuy", code=0, capsys=capsys)
    given = read_handed_in(Path("out.tinkuy"))
    again = Federation(bases(3))
    [taken] = again.returns.receive([Sent(again.sent[0].code, given.held, AT)], by="secretary")
    assert taken.state == "normal"
    again.seal()
    assert again.returns.report().sound


def test_pictures_that_cannot_be_read_end_in_2_with_the_file_and_the_remedy(folder, capsys):
    Path("note.jpg").write_text("no picture", encoding="utf-8")
    assert "note.jpg: this is not a whole picture" in run("note.jpg", code=2, capsys=capsys)
    data = Path("sheet.jpg").read_bytes()
    picture, _ = printed.codes_in(data)
    half = picture.crop((0, 0, picture.width // 2, picture.height))
    Path("half.png").write_bytes(printed.png(half))
    assert "codes, 2 could not be read: take both into the picture" in run("half.png", code=2, capsys=capsys)
    other = picture.crop((picture.width // 2 - 60, 0, picture.width, picture.height))
    Path("other.png").write_bytes(printed.png(other))
    run("half.png", "other.png", code=0, capsys=capsys)
    said = run("half.png", "other.png", "--read-figures", code=2, capsys=capsys)
    assert "take a picture of the whole page with both codes" in said


def test_nothing_is_written_of_a_sheet_that_is_not_proven(federation, folder, capsys):
    write_book(Path("stranger.tinkuy"), copy_of(federation, 1), attached(federation, 1))
    said = run("sheet.jpg", "--from", "stranger.tinkuy", "--out", "out.tinkuy", code=2, capsys=capsys)
    assert "nothing was written: the sheet is not proven" in said
    assert not Path("out.tinkuy").exists()
    assert "neither this base's nor" in run("sheet.jpg", "--from", "stranger.tinkuy", code=1, capsys=capsys)


def held(made) -> Held:
    return Held(printed.copy_of(made), made.state)


def test_a_provisional_sheet_is_not_proven():
    made = printed.book()
    carried = printed.of(made, "secretary").carried
    for scanned in (proving.prove(carried), proving.prove(carried, held(made))):
        assert not scanned.proven
        assert "chair did not sign" in str(scanned.faults[0])


def test_keys_that_are_not_the_officers_prove_nothing():
    """A forger seals a book of the same founding act with keys of their own."""
    made = printed.book()
    other = printed.book(name="Otra").keys
    copy = sealed(made.bodies, other)
    scanned = proving.prove(payload.carry(copy, len(copy.bodies) - 1, None))
    assert (scanned.proven, scanned.signed, scanned.source) == (False, (), "")


def test_a_founding_act_of_another_book_gives_no_keys():
    made, other = printed.book(), printed.book(name="Otra")
    carried = msgspec.structs.replace(printed.of(made).carried, founding=other.bodies[0])
    assert proving.prove(carried).source == ""


def test_after_a_rotation_the_paper_alone_proves_nothing_and_the_book_does():
    made = printed.book()
    made.bodies, sheet_act = made.bodies[:-1], made.bodies[-1]
    made.record(
        BoardInstalled(board=(made.keys.officer("secretary", 1), made.keys.officer("chair", 1)), reason="rotation")
    )
    fields = json.loads(sheet_act)
    made.force({name: value for name, value in fields.items() if name not in ("n", "at", "by")})
    copy = made.seal(generation={"chair": 1, "secretary": 1})
    carried = payload.carry(copy, len(copy.bodies) - 1, None)
    assert proving.prove(carried).source == ""
    assert proving.prove(carried, Held(copy, made.state)).proven


def test_a_figure_altered_in_the_entry_no_longer_leads_to_the_signed_root():
    carried = printed.of(printed.book()).carried
    body = carried.sheet.body.replace(b'"votes":[47,42]', b'"votes":[42,47]')
    assert body != carried.sheet.body
    forged = msgspec.structs.replace(carried, sheet=msgspec.structs.replace(carried.sheet, body=body))
    with pytest.raises(BookError, match="does not show entry"):
        proving.prove(forged)


def test_a_book_with_another_history_is_called_a_fork(federation):
    copy, place = copy_of(federation), place_of(copy_of(federation).bodies, "sheet.issued")
    bodies = altered(copy.bodies, place, lambda fields: fields.update(place="otro"))
    keys = next(writer.keys for writer in federation.writers if writer.base.code == federation.sent[0].code)
    other = sealed(bodies, keys)
    state = replay(other.bodies, attached(federation))
    scanned = proving.prove(of(federation).carried, Held(other, state))
    assert not scanned.proven
    assert "two histories, a fork" in str(scanned.faults)


def test_a_second_sheet_of_a_base_that_was_received_is_pointed_out():
    federation = Federation(bases(3))
    carried = of(federation).carried
    index = place_of(copy_of(federation).bodies, "sheet.issued")
    writer = next(writer for writer in federation.writers if writer.base.code == federation.sent[0].code)
    bodies = altered(copy_of(federation).bodies, index, lambda fields: fields.update(place="otro"))
    federation.returns.receive([replace(federation.sent[0], held=sealed(bodies, writer.keys))], by="secretary")
    copy = federation.desk.copy(federation.book)
    state = federation.desk.assembly(federation.book)
    scanned = proving.prove(carried, Held(copy, state))
    assert scanned.proven
    assert [number for number, _ in scanned.differences if number == 9] == [9]
