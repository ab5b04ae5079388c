"""The slip: 32 columns, 58 millimetres, the same bytes, and a code that is the signed checkpoint."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tests.builders import count
from tests.paper import printed
from tinkuy.book import checkpoint
from tinkuy.paper import press, slip


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "name", ["Sí", "palabra" * 25, "🗳️ 漢字の候補 بلدية", "Lista 1 – Unidad y Lucha de la provincia"]
)
def test_no_line_is_wider_than_the_paper(name, language):
    made = printed.of(printed.book(count(470, 12_345, eligible=1_000_000_000), options=(name, "No"), name=name))
    lines = slip.text(made, language).splitlines()
    assert max(len(line) for line in lines) <= 32
    assert made.check_code in "".join(lines)


def test_the_slip_says_every_signed_figure():
    text = slip.text(printed.of(printed.book(count(470, 12_345, null=None))), "en")
    for line in (
        "A favor                      470",
        "En contra                 12,345",
        "Null                     missing",
    ):
        assert line in text


def test_the_code_on_the_slip_is_the_checkpoint_with_its_signatures():
    made = printed.book()
    one = printed.of(made)
    page = slip.page(one, "es")
    picture = Image.open(BytesIO(press.picture(page, 203)))  # dots an inch of such printers
    [code] = zxingcpp.read_barcodes(picture)
    assert code.text.encode() == printed.copy_of(made).note
    keys = {role: made.keys.key(role).public for role in ("chair", "secretary")}
    assert checkpoint.signed_by(checkpoint.parse(code.text.encode()), keys) == {"chair", "secretary"}
    assert page.width == 58
    assert printed.pages(press.pdf(page)) == 1
