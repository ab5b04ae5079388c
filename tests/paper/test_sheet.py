"""The printed sheet: one page, the same bytes, and nothing on it that somebody's text could have put there."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import count
from tests.paper import printed
from tinkuy.assembly.vote import Count
from tinkuy.paper import figures, layout, press, sheet
from tinkuy.paper.errors import PaperError
from tinkuy.paper.page import Page, Text, written

REPOSITORY = Path(__file__).parents[2]
NASTY = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd") $ sum_(k) $ \\ #(1+1) *a* _b_ `c` <d> @e // f /* g */ [h] {i}',
    "🗳️ 👩🏽‍🌾 بلدية القرية تصوّت עברית \u202e\u2066abc\u0000\n\n\n= x",
    "palabra" * 45,
    "¿" + "Muchas palabras hasta el borde de la hoja " * 90 + "?",
]


def test_the_same_sheet_prints_to_the_same_bytes_in_any_process(tmp_path):
    """With other hash seeds, other folders, another time zone and without the fonts of the machine."""
    program = (
        "import hashlib\nfrom tests.paper import printed\nfrom tinkuy.paper import press, sheet, slip\n"
        "one = printed.of(printed.book())\n"
        "print(hashlib.sha256(press.pdf(sheet.page(one, 'es'))).hexdigest())\n"
        "print(hashlib.sha256(press.pdf(slip.page(one, 'es'))).hexdigest())\n"
    )
    said = []
    for seed, zone in (("1", "America/Lima"), ("2", "Asia/Tokyo")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "src")]),
        }
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        said.append(ran.stdout.split())
    assert said[0] == said[1]
    here = printed.of(printed.book())
    assert said[0][0] == hashlib.sha256(press.pdf(sheet.page(here, "es"))).hexdigest()


def test_another_figure_or_another_time_is_another_page():
    pages = {
        press.pdf(sheet.page(printed.of(printed.book(figures)), "es"))
        for figures in (count(47, 42, eligible=100), count(47, 43, eligible=100))
    }
    assert len(pages) == 2


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_what_people_write_is_shown_and_never_obeyed_and_the_page_still_scans(text):
    plain = text.replace("\u0000", "")
    made = printed.of(
        printed.book(question=plain[:4000], name=plain[:200], options=(plain[:200], "No"), place=plain[:200])
    )
    for language in ("es", "en"):
        assert printed.pages(press.pdf(sheet.page(made, language))) == 1
    picture, codes = printed.codes_in(printed.png(printed.pictured(made)))
    readings = figures.read(picture, codes, made.issued.count)
    assert {reading.verdict for reading in readings} == {"agrees"}


def shown(text: str) -> bytes:
    item = Text(x=2, y=2, width=76, height=16, text=written(text), size=12)
    page = Page(width=80, height=20, title="", language="es", at="2026-03-01T20:00:00Z", items=(item,))
    return press.picture(page, 100)


@pytest.mark.parametrize(("markup", "obeyed"), [("#(1+1)", "2"), ("*a*", "a"), ("$x$", "x"), ("a \\ b", "a b")])
def test_markup_is_shown_letter_by_letter(markup, obeyed):
    assert shown(markup) != shown(obeyed)
    assert shown(markup) != shown("")


def test_a_text_that_is_too_long_shrinks_and_then_ends_in_an_ellipsis():
    whole = "Muchas palabras hasta el borde de la hoja " * 200
    assert shown(whole) == shown(whole + "y una mentira al final")
    assert shown("corto") != shown("corto y más")


@pytest.mark.parametrize("options", [2, 12, 13, 24])
def test_up_to_24_options_have_their_place_and_none_lies_on_another(options):
    names = [f"Candidatura número {at}, de la provincia de nombre largo y su anexo" for at in range(options)]
    figures_given = Count(
        votes=tuple(range(100, 100 + options)), eligible=123_456, signed_in=99_999, cast=5, blank=0, null=None, unused=1
    )
    boxes = layout.boxes(figures_given)
    areas = [(box.x, box.y, box.x + box.width, box.y + box.cell.height) for box in boxes]
    for at, (left, top, right, bottom) in enumerate(areas):
        assert left >= layout.MARGIN
        assert right <= layout.WIDTH - layout.MARGIN + 0.01
        assert top >= layout.FIGURES_TOP
        assert bottom <= layout.FIGURES_TOP + layout.FIGURES_HEIGHT + 1
        for other_left, other_top, other_right, other_bottom in areas[:at]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
    made = printed.of(printed.book(figures_given, options=names))
    assert printed.pages(press.pdf(sheet.page(made, "en"))) == 1


def test_more_options_than_a_page_holds_are_refused_with_what_would_help():
    with pytest.raises(PaperError, match="room for 24 options and this one has 25: hand over the file"):
        layout.boxes(Count(votes=(1,) * 25))


def test_a_sheet_that_the_chair_has_not_signed_says_that_it_is_provisional():
    made = printed.book()
    assert str(sheet.state_of(printed.of(made, "secretary"))) == "PROVISIONAL: Chair did not sign"
    assert str(sheet.state_of(printed.of(made))) == "SEALED by Chair, Secretary"


def test_a_book_without_a_sheet_prints_nothing():
    made = printed.book()
    with pytest.raises(PaperError, match="holds no such tally sheet; it issued acts 6"):
        sheet.of(printed.copy_of(made), made.state, 5)


def test_a_missing_figure_is_crossed_out_and_never_0():
    boxes = {box.key: box.glyphs for box in layout.boxes(Count(votes=(7, None), cast=120, blank=0))}
    assert boxes["option:1"] == "////"
    assert (boxes["option:0"], boxes["cast"], boxes["blank"]) == ("–––7", "–120", "–––0")
