"""Bad sheets and bad maps: each ends in one line that says what and where, in exit code 2, and in no traceback."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.federation.recounting import run
from tinkuy.federation import recount_bytes, recount_csv
from tinkuy.federation.recount_map import RecountError, read_map
from tinkuy.federation.recount_read import read_sheets

GOOD = b"mesa,lugar,electores,votantes,si,no,estado\n1,A,100,70,40,30,OK\n2,B,100,50,20,30,OK\n"
MAP = """\
unit = "mesa"
levels = { lugar = "lugar" }
eligible = "electores"
cast = "votantes"
options = { "Sí" = "si", "No" = "no" }
status = "estado"
states = { "OK" = "normal" }
"""


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def parquet(**columns: object) -> bytes:
    data = io.BytesIO()
    base = {"mesa": ["1"], "lugar": ["A"], "electores": [9], "votantes": [5], "si": [3], "no": [2], "estado": ["OK"]}
    pl.DataFrame(base | columns).write_parquet(data)
    return data.getvalue()


ROW = b"3,C,100,50,20,30,OK\n"
SHEETS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "only space": (b" \n\n ", "the file is empty"),
    "header only": (GOOD.splitlines(keepends=True)[0], "there is a header and no row"),
    "a short row": (GOOD + b"3,C,100\n", "line 4 has 3 cells and the header 7"),
    "a short row with quotes": (GOOD + b'3,"C,D",100\n' + ROW, "line 4 has 3 cells"),
    "a row with one cell": (GOOD + b"TOTAL\n", "line 4 has 1 cells"),
    "a long row": (GOOD + b"3,C,100,50,20,30,OK,more\n", "line 4 has 8 cells"),
    "an open quote": (GOOD + b'3,"C,100,50,20,30,OK\n', "quotation mark"),
    "text after a quote": (GOOD + b'3,"C"x,100,50,20,30,OK\n', "quotation mark"),
    "no such column": (GOOD.replace(b"votantes", b"votaron"), 'did you mean "votaron"'),
    "nothing like the column": (GOOD.replace(b"electores", b"xyz"), "its columns: mesa"),
    "another separator": (GOOD.replace(b",", b"~"), "which sheets.csv does not have"),
    "a column twice": (GOOD.replace(b"lugar", b"si"), 'two columns are called "si"'),
    "a zero byte": (GOOD + b"3,C\0,100,50,20,30,OK\n", "(line 4) is zero"),
    "damaged UTF-8": (GOOD + "3,Ñ,".encode() + b"\xd1,50,20,30,OK\n", "not UTF-8 at byte"),
    "a huge figure": (GOOD + b"3,C,99999999999,50,20,30,OK\n", "99999999999 is more than 1,000,000,000"),
    "a figure beyond 64 bits": (GOOD + b"3,C,100,50,20," + b"9" * 400 + b",OK\n", "is more than 1,000,000,000"),
    "no unit": (GOOD + b",C,100,50,20,30,OK\n", 'row 3 has no unit: its "mesa" is empty'),
    "an unknown status": (GOOD + b"3,C,100,50,20,30,QUIZ\xc3\x81\n", '"QUIZÁ"'),
    "an empty status": (GOOD + b"3,C,100,50,20,30,\n", 'mean: ""'),
    "gzip cut short": (gzip.compress(GOOD)[:-12], "ends too early"),
    "gzip damaged": (gzip.compress(GOOD)[:20] + b"xxxx" + gzip.compress(GOOD)[24:], "damaged"),
    "gzip and then something else": (gzip.compress(GOOD) + b"rest", "damaged"),
    "gzip of nothing": (gzip.compress(b""), "the file is empty"),
    "zip of two": (zipped(a=GOOD, b=GOOD), "holds 2 files; give one at a time: a, b"),
    "zip of none": (zipped(), "holds 0 files"),
    "zip cut short": (zipped(a=GOOD)[:-30], "zip is damaged"),
    "zip damaged": (zipped(a=GOOD)[:40] + b"\0\0\0" + zipped(a=GOOD)[43:], "zip is damaged"),
    "JSON cut short": (b'[{"mesa": "1"', "it is not JSON"),
    "JSON with a key twice": (b'[{"mesa": 1, "mesa": 2}]', 'has the key "mesa" twice'),
    "JSON rows that are lists": (b"[[1, 2]]", "row 1 is not an object"),
    "JSON without a column": (b'[{"mesa": 1}]', 'names the column "lugar"'),
    "JSON nested without end": (b"[" * 100_000, "nested too deeply"),
    "JSON with half a letter": (
        b'{"mesa":"\\ud800","lugar":"A","electores":1,"votantes":1,"si":1,"no":0,"estado":"OK"}',
        "lone surrogate",
    ),
    "JSON with an object in a cell": (
        b'{"mesa":{},"lugar":"A","electores":1,"votantes":1,"si":1,"no":0,"estado":"OK"}',
        'row 1: "mesa" is not a text',
    ),
    "JSON of nothing": (b"[]", "there is a header and no row"),
    "Parquet cut short": (parquet()[:-20], "not a whole Parquet file"),
    "Parquet damaged": (b"PAR1" + b"x" * 100 + b"PAR1", "not a whole Parquet file"),
    "Parquet with decimals": (parquet(votantes=[5.0]), 'the column "votantes" is of the type Float64'),
    "Parquet with a huge figure": (parquet(votantes=[10**12]), "is more than 1,000,000,000"),
}

MAPS: dict[str, tuple[str, str]] = {
    "not TOML": ("unit = \n", "it is not TOML"),
    "a key twice": (MAP + 'unit = "x"\n', "it is not TOML"),
    "an unknown key": (
        MAP.replace("eligible", "elegible"),
        'line 3: "elegible" is not known; did you mean "eligible"?',
    ),
    "no options": (MAP.replace('options = { "Sí" = "si", "No" = "no" }\n', ""), 'the key "options" is missing'),
    "empty options": (MAP.replace('{ "Sí" = "si", "No" = "no" }', "{}"), "line 5: name at least one option"),
    "options as a text": (MAP.replace('{ "Sí" = "si", "No" = "no" }', '"si"'), 'line 5: "options" must be a table'),
    "an option that is a number": (MAP.replace('"Sí" = "si"', '"Sí" = 3'), "must be a text between quotes"),
    "a figure that is a number": (MAP.replace('cast = "votantes"', "cast = 4"), 'line 4: "cast" must be the name'),
    "a state that does not exist": (MAP.replace('"normal"', '"nrmal"'), 'did you mean "normal"?'),
    "states without status": (MAP.replace('status = "estado"\n', ""), '[states] needs "status"'),
    "status without states": (MAP.replace('states = { "OK" = "normal" }\n', ""), "status needs [states]"),
    "a column that is two figures": (
        MAP.replace('"No" = "no"', '"No" = "si"'),
        'the column "si" is both "Sí" and "No"',
    ),
    "two levels of one column": (
        MAP.replace('{ lugar = "lugar" }', '{ a = "lugar", b = "lugar" }'),
        'two levels have the same column "lugar"',
    ),
    "an unknown encoding": (MAP + 'encoding = "klingon"\n', "it can be: utf-8"),
    "a near encoding": (MAP + 'encoding = "utf8"\n', 'did you mean "utf-8"?'),
    "the wrong encoding": (MAP + 'encoding = "utf-16"\n', "it is not utf-16"),
    "an unknown separator": (MAP + 'separator = ":"\n', '":" is not known'),
    "a list of one column twice": (MAP.replace('"mesa"', '["mesa", "mesa"]'), "a list of different columns"),
    "an empty list of columns": (MAP.replace('"mesa"', "[]"), "a list of different columns"),
    "a map that is the sheets": (GOOD.decode() * 2000, "has more than 65,536 bytes"),
    "a nested map": (f"a = {'[' * 5000}", "nested too deeply for a map"),
    "an empty map": ("", 'the key "unit" is missing'),
}


def refused(tmp_path: Path, sheets: bytes, map_text: str | bytes, *more: str, name: str = "sheets.csv") -> str:
    (tmp_path / name).write_bytes(sheets)
    data = map_text if isinstance(map_text, bytes) else map_text.encode()
    (tmp_path / "map.toml").write_bytes(data)
    command = ("--lang", "en", "recount", str(tmp_path / name), "--map", str(tmp_path / "map.toml"), *more)
    code, out, err = run(*command)
    assert code == 2, (code, out, err)
    assert out == ""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("kind", SHEETS)
def test_sheets_that_cannot_be_used_end_in_one_line(kind: str, tmp_path: Path) -> None:
    data, problem = SHEETS[kind]
    assert problem in refused(tmp_path, data, MAP)


@pytest.mark.parametrize("kind", MAPS)
def test_maps_that_cannot_be_used_end_in_one_line(kind: str, tmp_path: Path) -> None:
    text, problem = MAPS[kind]
    assert problem in refused(tmp_path, GOOD, text)


def test_a_map_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "map.toml, line 5: it is not UTF-8" in refused(tmp_path, GOOD, MAP.encode("latin-1"))


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("lugar=C", 'no lugar is called "C"'),
        ("lugra=A", 'there is no level "lugra"; did you mean "lugar"?'),
        ("lugar", "write level=NAME"),
        ("=A", "write level=NAME"),
    ],
)
def test_a_part_that_is_not_there_is_refused(where: str, problem: str, tmp_path: Path) -> None:
    assert problem in refused(tmp_path, GOOD, MAP, "--where", where)


def test_a_file_that_is_called_gz_and_is_not_is_refused(tmp_path: Path) -> None:
    assert "it is called .gz and is not a gzip file" in refused(tmp_path, GOOD, MAP, name="sheets.gz")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    code, _, err = run("recount", str(tmp_path / "no.csv"), "--map", str(tmp_path / "map.toml"))
    assert (code, err.count("\n")) == (2, 1)
    assert "no.csv" in err


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(a=data)])
def test_what_unpacks_beyond_the_limit_is_refused(
    pack: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount_bytes, "MAX_BYTES", 10_000)
    assert callable(pack)
    assert "it unpacks to more than" in refused(tmp_path, pack(GOOD + ROW * 1000), MAP)


def test_more_rows_than_the_limit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount_csv, "MAX_ROWS", 1)
    assert "more than 1 rows" in refused(tmp_path, GOOD, MAP)


def test_a_refused_recount_leaves_the_page_that_was_there(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("before", encoding="utf-8")
    refused(tmp_path, GOOD + b"TOTAL\n", MAP, "--html", str(page))
    assert page.read_text(encoding="utf-8") == "before"


CELLS = ["x", "", '""', '"a ""q"" b"', 'a "q" b', '"a,b"', '"a\nb"', '"', 'x"', ' "x"', '"x"y', "é", "5", '"5"']
cells = st.sampled_from(CELLS)
lines = st.lists(st.lists(cells, min_size=3, max_size=3) | st.lists(cells, max_size=5), max_size=5)


@given(lines, st.sampled_from(["\n", "\r\n"]))
def test_quotation_marks_are_read_as_the_standard_library_does_or_refused(rows: list[list[str]], end: str) -> None:
    text = end.join(["u,e,c,a", *(",".join([str(place), *row]) for place, row in enumerate(rows, start=1))]) + end
    try:
        expected = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row][1:]
    except csv.Error:
        expected = []
    whole = expected and all(len(row) == 4 for row in expected)
    sheets = read_map(b'unit = "u"\neligible = "e"\ncast = "c"\noptions = { A = "a" }\nlevels = { l = "e" }')
    try:
        found = read_sheets(text.encode(), sheets).frame.select("u", "e", "c", "a").rows()
    except RecountError:
        assert not whole
        return
    assert whole
    assert [["" if cell is None else str(cell) for cell in row] for row in found] == expected


def test_what_a_file_says_cannot_break_the_line(tmp_path: Path) -> None:
    err = refused(tmp_path, GOOD.replace(b",OK", b',"O\nK"'), MAP)
    assert "O\\nK" in err
