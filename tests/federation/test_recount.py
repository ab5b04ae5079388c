"""The recount of 86,488 real tally sheets (ONPE, Peru 2021), against sums made here with nothing but Python's csv.

The expected national figures are those that the data's own README had from another program.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.federation.recounting import ROOT, recounted, run
from tinkuy.federation.recount import Recount, recount
from tinkuy.federation.recount_map import read_map
from tinkuy.federation.recount_read import read_sheets

ONPE = ROOT.parent / "shared" / "data" / "onpe2021"
FINAL = ONPE / "runoff-final.csv.gz"
JUNE = ONPE / "runoff-2021-06-15.csv.gz"
FINAL_MAP = ROOT / "examples" / "onpe2021-final.toml"
JUNE_MAP = ROOT / "examples" / "onpe2021-june15.toml"

Sums = dict[str, dict[str, list[int]]]


def rows(file: Path) -> Iterator[dict[str, str]]:
    assert file.is_file(), f"the real tally sheets must stand beside the repository: {file} is not there"
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("/", "\\/")


def readded(file: Path, levels: dict[str, str], figures: list[str], counted: dict[str, set[str]]) -> Sums:
    """Sums over the counted rows by every level: nothing of this project's in it."""
    sums: Sums = {level: defaultdict(lambda: [0] * len(figures)) for level in ("", *levels)}
    for row in rows(file):
        counts = all(row[column] in values for column, values in counted.items())
        path = [escaped(row[column]) for column in levels.values()]
        for depth, level in enumerate(("", *levels)):
            node = sums[level]["/".join(path[:depth])]
            if counts:
                node[:] = [sum_ + int(row[figure]) for sum_, figure in zip(node, figures, strict=True)]
    return sums


def recounted_sums(found: Recount) -> Sums:
    names = list(found.totals.options)
    levels = {"": {"": found.totals}, **found.levels}
    return {
        level: {
            node: [one.eligible, one.cast, *(one.options[name] for name in names), one.blank, one.null, one.challenged]
            for node, one in nodes.items()
        }
        for level, nodes in levels.items()
    }


@pytest.fixture(scope="module")
def final() -> Recount:
    return _read(FINAL, FINAL_MAP)


@pytest.fixture(scope="module")
def june() -> Recount:
    return _read(JUNE, JUNE_MAP)


def _read(file: Path, map_file: Path) -> Recount:
    assert file.is_file(), f"the real tally sheets must stand beside the repository: {file} is not there"
    sheets = read_map(map_file.read_bytes())
    return recount([read_sheets(file.read_bytes(), sheets)], sheets)


def test_the_final_sheets_add_up_to_the_published_totals(final: Recount) -> None:
    assert final.totals.options == {"Perú Libre": 8_835_653, "Fuerza Popular": 8_791_696}
    assert (final.totals.blank, final.totals.null) == (121_478, 1_062_856)
    assert (final.totals.cast, final.totals.eligible) == (18_811_683, 25_222_490)
    assert final.states == {"normal": 86_262, "annulled": 220, "not_held": 6}
    assert final.coverage.electors - final.coverage.electors_counted == 65_464
    assert (final.leading, final.margin, final.outstanding, final.to_turn) == ("Perú Libre", 43_957, 0, None)


def test_every_level_of_the_final_sheets_is_the_sum_of_its_rows(final: Recount) -> None:
    levels = {
        "departamento": "v2_DEPARTAMENTO",
        "provincia": "v2_PROVINCIA",
        "distrito": "v2_DISTRITO",
        "local": "v2_TNOMB_LOCAL",
    }
    figures = ["v2_NNUME_HABILM", "v2_TOT_CIUDADANOS_VOTARON", "v2_perulibre", "v2_fp"]
    figures += ["v2_blanco", "v2_nulos", "v2_impugnados"]
    expected = readded(FINAL, levels, figures, {"v2_OBSERVACION": {"CONTABILIZADAS NORMALES"}})
    assert recounted_sums(final) == expected
    assert {level: len(nodes) for level, nodes in final.levels.items()} == {
        "departamento": 30,
        "provincia": 273,
        "distrito": 2_082,
        "local": 11_830,
    }


def test_on_15_june_only_normal_and_resolved_sheets_counted(june: Recount) -> None:
    assert june.totals.options == {"Perú Libre": 8_649_164, "Fuerza Popular": 8_563_590}
    coverage = june.coverage
    assert (coverage.counted, coverage.held, coverage.missing, coverage.not_held) == (83_483, 1_354, 1_648, 3)
    assert june.states == {
        "pending": 1_648,
        "normal": 83_337,
        "observed": 1_354,
        "resolved": 146,
        "not_held": 3,
    }
    levels = {name: name for name in ("departamento", "provincia", "distrito", "local")}
    figures = ["num_electores", "num_votos", "votos_perulibre", "votos_fuerzapopular"]
    figures += ["votos_blanco", "votos_nulos", "votos_impugnados"]
    counted = {"observacion_detalle": {"ACTA ELECTORAL NORMAL", "ACTA ELECTORAL RESUELTA"}}
    assert recounted_sums(june) == readded(JUNE, levels, figures, counted)


def test_every_held_sheet_of_15_june_has_its_reasons(june: Recount) -> None:
    counts = {check.check: check.count for check in june.checks if check.severity == "E"}
    assert (counts[1], counts[5], counts[3]) == (621, 147, 3)
    assert len(june.held) == 1_354
    assert all(sheet.reasons for sheet in june.held)
    said = {sheet.unit: [str(reason) for reason in sheet.reasons] for sheet in june.held}
    assert said["1740"][:2] == ["ACTA ELECTORAL PARA ENVÍO AL JEE", "ERROR MATERIAL"]
    assert "334 cast, but 300 are on the roll" in said["1740"]
    assert said["21584"][-1] == "missing or illegible: blank papers"
    authority = {row["num_mesa"]: row["observacion"] for row in rows(JUNE) if "JEE" in row["observacion_detalle"]}
    assert {unit: reasons[1] for unit, reasons in said.items()} == authority


def test_what_was_outstanding_on_15_june_could_still_change_who_leads(june: Recount) -> None:
    out = sum(
        int(row["num_electores"])
        for row in rows(JUNE)
        if row["observacion_detalle"] not in ("ACTA ELECTORAL NORMAL", "ACTA ELECTORAL RESUELTA", "MESA NO INSTALADA")
    )
    assert (june.outstanding, june.margin, june.to_turn) == (out, 85_574, 85_574)


def test_one_part_is_the_same_figures_as_in_the_whole(final: Recount) -> None:
    sheets = read_map(FINAL_MAP.read_bytes())
    puno = recount([read_sheets(FINAL.read_bytes(), sheets)], sheets, [("departamento", "puno")])
    assert puno.totals == final.levels["departamento"]["PUNO"]
    assert list(puno.levels["departamento"]) == ["PUNO"]
    assert puno.levels["distrito"] == {
        node: totals for node, totals in final.levels["distrito"].items() if node.startswith("PUNO/")
    }


def test_the_command_prints_the_same_bytes_on_any_hash_seed(tmp_path: Path) -> None:
    outputs = set()
    for seed in ("0", "1"):
        page = tmp_path / f"{seed}.html"
        command = [
            "recount",
            str(JUNE),
            "--map",
            str(JUNE_MAP),
            "--json",
            "--html",
            str(page),
            "--where",
            "departamento=PUNO",
        ]
        done = subprocess.run(
            [sys.executable, "-c", "import sys; from tinkuy.cli.main import main; sys.exit(main())", *command],
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src"), "LANG": "C"},
            check=True,
        )
        outputs.add((done.stdout, page.read_bytes()))
    assert len(outputs) == 1
    data = json.loads(outputs.pop()[0])
    assert set(data["totals"]) == {"eligible", "cast", "options", "blank", "null", "challenged"}
    assert set(data["coverage"]) >= {"units", "counted", "held", "missing", "electors", "electors_counted"}
    assert set(data["checks"][0]) == {"check", "severity", "units", "count"}
    assert set(data["held"][0]) == {"unit", "state", "checks", "reasons", "where"}
    assert set(data["levels"]) == {"departamento", "provincia", "distrito", "local"}


CSV = "mesa,lugar,electores,votantes,si,no\n1,A/B,100,70,40,30\n2,A,100,50,20,30\n3,Ñ,100,,,\n"
MAP = b"""
unit = "mesa"
levels = { lugar = "lugar" }
eligible = "electores"
cast = "votantes"
options = { "S\xc3\xad" = "si", "No" = "no" }
"""


def gz(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("actas.csv", text)
    return file.getvalue()


def parquet(text: str) -> bytes:
    file = io.BytesIO()
    pl.read_csv(text.encode()).write_parquet(file)
    return file.getvalue()


def as_json(text: str, lines: bool) -> bytes:
    objects = list(csv.DictReader(io.StringIO(text)))
    whole: list[dict[str, object]] = [
        {key: int(value) if value.isdigit() else value or None for key, value in one.items()} for one in objects
    ]
    return "\n".join(json.dumps(one) for one in whole).encode() if lines else json.dumps(whole).encode()


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.replace(",", "|").encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("\n", "\r").encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.encode("latin-1"),
        CSV.replace("A/B", '"A/B"').encode(),
        (CSV + "\n\n").encode(),
        (CSV + ",,,,,\n").encode(),
        CSV.removesuffix("\n").encode(),
        CSV.replace("40", " 40 ").encode(),
        CSV.replace("2,A,100", "2,A,00100").encode(),
        gz(CSV),
        gz(CSV[:30]) + gz(CSV[30:]),
        zipped(CSV),
        parquet(CSV),
        as_json(CSV, lines=False),
        as_json(CSV, lines=True),
    ],
)
def test_the_same_sheets_in_any_form_are_the_same_recount(data: bytes) -> None:
    found = recounted(data, MAP)
    assert found.levels["lugar"]["A\\/B"].options == {"Sí": 40, "No": 30}
    assert found.levels["lugar"]["A"].options == {"Sí": 20, "No": 30}
    assert found.levels["lugar"]["Ñ"].options == {"Sí": 0, "No": 0}
    assert found.states == {"pending": 1, "normal": 2}
    assert (found.totals.eligible, found.totals.cast) == (200, 120)


@pytest.mark.parametrize("cell", ["", "NA", "1O", "12.0", "-3", "1e2", "1 000", "1,000", "٥", "½", "0x10", "+7", "?"])
def test_what_is_not_a_plain_whole_number_is_missing_and_holds_the_sheet(cell: str) -> None:
    text = f'mesa,lugar,electores,votantes,si,no\n1,A,100,70,"{cell}",30\n2,A,100,50,20,30\n'
    found = recounted(text.encode(), MAP)
    assert found.states == {"normal": 1, "observed": 1}
    assert found.totals.options == {"Sí": 20, "No": 30}
    assert [str(reason) for reason in found.held[0].reasons] == ["missing or illegible: votes for Sí"]


def test_a_name_with_a_slash_is_not_a_way_down() -> None:
    text = "mesa,a,b,electores,votantes,si,no\n1,X/Y,Z,10,5,5,0\n2,X,Y/Z,10,6,6,0\n3,X\\,,10,7,7,0\n"
    two = MAP.replace(b'{ lugar = "lugar" }', b'{ a = "a", b = "b" }')
    levels = recounted(text.encode(), two).levels
    assert {node: totals.cast for node, totals in levels["b"].items()} == {"X\\/Y/Z": 5, "X/Y\\/Z": 6, "X\\\\/\\e": 7}


def test_copies_of_a_row_count_once_and_different_rows_of_a_unit_not_at_all() -> None:
    again = "1,A/B,100,70,40,30\n"
    found = recounted((CSV + again).encode(), MAP)
    assert found.coverage.counted == 2
    assert str(found.notes[0]) == "1 rows are exact copies of others and were counted once."
    other = "1,A/B,100,70,30,40\n"
    found = recounted((CSV + other).encode(), MAP)
    assert (found.coverage.units, found.coverage.counted, found.coverage.held) == (3, 1, 1)
    assert [sheet.checks for sheet in found.held] == [(9,), (9,)]


def test_a_unit_may_be_named_by_several_columns() -> None:
    text = "s,m,electores,votantes,si,no\n1,2/3,10,5,5,0\n1/2,3,10,6,6,0\n"
    found = recounted(
        text.encode(), MAP.replace(b'"mesa"', b'["s", "m"]').replace(b'levels = { lugar = "lugar" }', b"")
    )
    assert found.coverage.counted == 2


def test_several_files_are_one_recount(tmp_path: Path) -> None:
    header, *lines = CSV.splitlines(keepends=True)
    for place, line in enumerate(lines):
        (tmp_path / f"{place}.csv").write_text(header + line, encoding="utf-8")
    (tmp_path / "map.toml").write_bytes(MAP)
    files = [str(tmp_path / f"{place}.csv") for place in range(3)]
    code, out, _ = run("recount", *files, "--map", str(tmp_path / "map.toml"), "--json")
    assert code == 0
    assert json.loads(out)["totals"]["options"] == {"Sí": 60, "No": 60}


def test_the_text_ends_with_the_conclusion_and_fits_the_terminal(tmp_path: Path) -> None:
    code, out, _ = run("--lang", "en", "recount", str(JUNE), "--map", str(JUNE_MAP))
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    assert " ".join(out.split()).endswith("85,574 of them could change who leads.")
    assert "1,354" in out


def test_a_page_escapes_what_the_sheets_say_and_needs_no_script(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(CSV.replace("A/B", "<script>alert(1)</script>"), encoding="utf-8")
    (tmp_path / "map.toml").write_bytes(MAP)
    page = tmp_path / "page.html"
    code, _, _ = run("recount", str(tmp_path / "s.csv"), "--map", str(tmp_path / "map.toml"), "--html", str(page))
    assert code == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
