"""Codes are found in what telephones and messengers make of a page, and nothing that is no picture does harm."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.paper import printed
from tests.paper.photographs import Taken, photograph
from tests.paper.reading import whole
from tinkuy.paper import photo
from tinkuy.paper.errors import Unreadable

SEEDS = range(300)
UPSIDE_DOWN = 3  # EXIF orientation


@pytest.mark.sweep
def test_both_codes_are_read_after_a_telephone_and_a_messenger(sampled):
    _, page = printed.plain()
    for seed in sampled(SEEDS, 8):
        _, codes = printed.codes_in(photograph(page, Taken.by(seed), seed))
        assert whole(code.text for code in codes), seed


@pytest.mark.parametrize(
    "taken",
    [
        Taken(turned=90),
        Taken(turned=180),
        Taken(turned=5, quality=20),
        Taken(blurred=1.2, dimmed=0.5),
        Taken(dimmed=0.85),
        Taken(strayed=0.05),
        Taken(side=4_000, quality=30),
    ],
    ids=str,
)
def test_codes_are_read_turned_blurred_dim_and_askew(taken):
    _, page = printed.plain()
    _, codes = printed.codes_in(photograph(page, taken, 4))
    assert whole(code.text for code in codes)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_picture_is_turned_as_it_says_and_transparent_paper_is_white(kind):
    _, page = printed.plain()
    shot = page.convert("RGBA" if kind != "JPEG" else "L")
    exif = Image.Exif()
    exif[0x0112] = UPSIDE_DOWN
    out = BytesIO()
    shot.rotate(180).save(out, kind, exif=exif)
    picture, codes = printed.codes_in(out.getvalue())
    assert whole(code.text for code in codes)
    assert codes[0].corners[0][1] < codes[0].corners[3][1]
    assert picture.size == page.size


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PDF"])
def test_a_picture_of_another_kind_is_refused(kind):
    out = BytesIO()
    Image.new("L", (50, 50)).save(out, kind)
    with pytest.raises(Unreadable, match="not a whole picture in JPEG, PNG or WebP"):
        photo.opened(out.getvalue())


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked():
    out = BytesIO()
    Image.new("1", (20_000, 4_000)).save(out, "PNG")
    assert len(out.getvalue()) < 50_000
    with pytest.raises(Unreadable, match="80,000,000 pixels; at most 64,000,000"):
        photo.opened(out.getvalue())


def test_a_picture_that_breaks_off_or_is_none_is_refused():
    _, page = printed.plain()
    data = photograph(page, Taken(), 1)
    for broken in (b"", b"PK", data[: len(data) // 2], printed.png(page)[:-5_000], b"\x89PNG\r\n\x1a\n" + bytes(50)):
        with pytest.raises(Unreadable):
            photo.opened(broken)
