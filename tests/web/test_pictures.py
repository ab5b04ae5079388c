"""Maps, bars and codes: whole, bounded, and the same for the same input."""

from __future__ import annotations

import json
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tinkuy.demo import peru as country
from tinkuy.web.public import drawing
from tinkuy.web.public.layout import LayoutError, layout
from tinkuy.web.public.outlines import OutlinesError, outlines


@given(st.integers(-5, 10**9), st.integers(-5, 10**9))
def test_a_width_lies_between_nothing_and_everything(part, whole):
    width = drawing.percent(part, whole)
    assert re.fullmatch(r"\d{1,3}\.\d\d%", width)
    assert 0 <= int(width.replace(".", "").rstrip("%")) <= 10_000


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6))
def test_the_parts_of_the_band_do_not_pass_its_end_by_more_than_a_thread(parts):
    widths = re.findall(r'x="(\d+)\.(\d\d)%" width="(\d+)\.(\d\d)%"', str(drawing.band([("yes", n) for n in parts])))
    assert len(widths) == sum(count > 0 for count in parts)
    for x, x2, width, width2 in widths:
        assert int(x + x2) + int(width + width2) <= 10_000 + 25


@settings(max_examples=30)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200))
def test_the_code_that_is_drawn_reads_as_its_text(text):
    """As ISO/IEC 18004 asks: four modules of light around, and as many modules a side as some version has."""
    drawn = str(drawing.qr(text, "x"))
    size, path = re.search(r'viewBox="0 0 (\d+) \d+"', drawn), re.search(r'class="dark" d="([^"]*)"', drawn)
    assert size is not None
    assert path is not None
    side = int(size[1])
    assert (side - 8 - 17) % 4 == 0
    image = Image.new("L", (side, side), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", path[1]):
        image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
    assert {image.getpixel((x, y)) for x in range(side) for y in (0, 3, side - 4, side - 1)} == {255}
    (read,) = zxingcpp.read_barcodes(image.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    assert read.text == text


def test_names_in_pictures_are_written_as_text():
    tile = drawing.Tile("1", "/x/?a&b", '"><script>', "yes", 1, 2, "1/2")
    drawn = str(drawing.tile_map([tile], layout(None, [("1", "<b>")]), "Map <1>"))
    assert "<script>" not in drawn
    assert "/x/?a&amp;b" in drawn


def test_without_a_layout_the_nodes_fill_a_square():
    places = layout(None, [(str(number), f"Name {number}") for number in range(10)])
    assert {(place.column, place.row) for place in places.values()} == {(n % 4, n // 4) for n in range(10)}


def test_perus_layout_serves_the_map(tmp_path):
    from pathlib import Path

    file = Path(country.__file__).with_name("peru.toml")
    places = layout(str(file), [(region.code, region.name) for region in country.regions()])
    assert (places["21"].short, len(set(places.values()))) == ("PUN", 25)


@pytest.mark.parametrize("text", ["[[a]]\ncode = 1", "x = ", "[[a]]\ncode='1'\nshort='A'\ncolumn='x'\nrow=0", "\xff"])
def test_a_layout_that_is_none_is_refused_in_one_line(tmp_path, text):
    file = tmp_path / "grid.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(LayoutError) as refused:
        layout(str(file), [("1", "One")])
    assert "grid.toml" in str(refused.value)


def test_real_outlines_of_every_region_are_drawn_small(shared_data):
    file = shared_data / "peru" / "departamentos_naturalearth.topo.json"
    codes = [region.code for region in country.regions()]
    drawn = outlines([file], codes)
    assert drawn is not None
    assert set(drawn.shapes) == set(codes)
    assert sum(len(shape.path) for shape in drawn.shapes.values()) < 12_000
    assert 1.3 < drawn.height / drawn.width < 1.7  # Peru is half as high again as it is wide


def test_the_file_that_knows_the_codes_is_chosen(shared_data):
    files = [
        shared_data / "peru" / name
        for name in ("departamentos_naturalearth.topo.json", "provincias_inei2007.topo.json")
    ]
    provinces = [province.code for province in country.provinces() if province.region == "08"]
    drawn = outlines(files, provinces)
    assert drawn is not None
    assert set(drawn.shapes) == set(provinces)
    assert outlines(files, ["zz", "yy"]) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [], "objects": {}}',
        b'{"transform": 3, "arcs": [[[0, 0]]], "objects": {}}',
        json.dumps(
            {
                "transform": {"scale": [1, 1], "translate": [0, 0]},
                "arcs": [[[0, 0], [1, 1]]],
                "objects": {"a": {"geometries": [{"type": "Polygon", "arcs": [[9]], "properties": {"ubigeo": "1"}}]}},
            }
        ).encode(),
        b"\xff\xfe",
    ],
)
def test_outlines_that_are_none_are_refused_in_one_line(tmp_path, content):
    file = tmp_path / "bad.topo.json"
    file.write_bytes(content)
    with pytest.raises(OutlinesError) as refused:
        outlines([file], ["1"])
    assert "bad.topo.json" in str(refused.value)
