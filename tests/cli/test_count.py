"""`tinkuy count`: one line for what cannot be used, the same bytes for the same question.

Source: issue 5, part 4 and "Must show".
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tinkuy.cli.main import main

TIED = b'3 1\n1 1 0\n1 2 0\n0\n"Ana"\n"Beto"\n"Caro"\n"Junta"\n'


@pytest.fixture
def tied(tmp_path: Path) -> Path:
    file = tmp_path / "junta.blt"
    file.write_bytes(TIED)
    return file


def ran(arguments: list[str | Path], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["--lang", "en", "count", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def ward(shared_data: Path) -> Path:
    return shared_data / "count" / "scot2017" / "aberdeen_2017_ward10.blt"


def test_a_file_is_counted_without_naming_a_command(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran([ward, "--rule", "scotland"], capsys)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("Elected, in this order: Jennifer STEWART (LD), Martin GREIG (LD)")


def test_options_may_come_before_the_file(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(["--rule", "scotland", ward], capsys) == ran([ward, "--rule", "scotland"], capsys)


def test_data_is_the_same_packed_or_plain(ward: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "ward.blt.gz"
    packed.write_bytes(gzip.compress(ward.read_bytes()))
    plain, unpacked = (ran([file, "--rule", "scotland", "--json"], capsys) for file in (ward, packed))
    assert plain == unpacked
    assert json.loads(plain[1])["quota"] == "1502.00000"


def test_who_has_withdrawn_gets_nothing(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran([ward, "--rule", "scotland", "--withdrawn", "Martin GREIG (LD)", "--json"], capsys)
    assert "Martin GREIG (LD)" not in json.loads(out)["elected"]


def test_a_lot_that_nobody_drew_is_said_with_what_it_was_made_from(
    tied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ran([tied, "--rule", "plurality"], capsys)
    assert code == 0
    assert "because none were drawn" in " ".join(out.split())
    assert ran([tied, "--rule", "plurality"], capsys)[1] == out


@pytest.mark.parametrize("first", ["Ana", "Beto"])
def test_a_lot_that_was_drawn_decides(
    tied: Path, tmp_path: Path, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ties = tmp_path / "lots.txt"
    ties.write_text(f"# drawn by the two tellers\n{first}\n{'Beto' if first == 'Ana' else 'Ana'}\n")
    _, out, _ = ran([tied, "--rule", "plurality", "--tie-file", ties], capsys)
    assert out.splitlines()[-1] == f"Elected: {first}."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rule", "scotlan"], "did you mean scotland"),
        (["--rule", "scotland", "--seats", "0"], "0 seats; at least 1 expected"),
        (["--rule", "scotland", "--withdrawn", "Nadie"], "no candidate is called Nadie"),
        (["--rule", "approval"], "approval counts approvals, and these are rankings"),
        (["--rule", "dhondt"], "dhondt counts votes for lists, and these are rankings"),
        ([], "Missing option"),
    ],
)
def test_what_cannot_be_counted_is_one_line(
    ward: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ran([ward, *arguments], capsys)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(TIED)[:-12], "cut short or damaged"),
        (b"", "junta"),
        (b"\x00\xff\xfe nothing", "junta"),
    ],
    ids=["cut short", "empty", "rubbish"],
)
def test_a_file_that_is_no_papers_is_one_line_that_names_it(
    tmp_path: Path, data: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "junta.blt"
    file.write_bytes(data)
    code, out, err = ran([file, "--rule", "irv", "--seats", "1"], capsys)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_tie_file_with_a_stranger_names_the_line(
    tied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ties = tmp_path / "lots.txt"
    ties.write_text("Ana\nZoila\n")
    code, _, err = ran([tied, "--rule", "plurality", "--tie-file", ties], capsys)
    assert code == 2
    assert "tie file, line 2: no candidate is called Zoila" in err


def test_plots_and_page_are_written(ward: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = ran([ward, "--rule", "scotland", "--svg", tmp_path / "plots", "--pdf", tmp_path / "a.pdf"], capsys)
    assert code == 0
    assert sorted(file.name for file in (tmp_path / "plots").iterdir()) == ["stages.svg", "transfers.svg"]
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_rules_are_listed_with_their_source(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(["rules", "--json"], capsys)
    listed = {row["name"]: row for row in json.loads(out)}
    assert "SSI 2011/399" in listed["scotland"]["source"]
    assert all(row["title"] and row["source"] for row in listed.values())


def test_rules_are_compared_and_where_they_part_is_said(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(["compare", ward, "--rules", "scotland,meek-prf,irv", "--seats", "4"], capsys)
    assert code == 0
    said = " ".join(out.split())
    assert "scotland elects John COOKE (SNP), meek-prf Steve ROBERTSON (Con); 3,814 papers prefer" in said
    assert "irv elects one" in said
    assert out.splitlines()[-1] == "The rules do not agree: 2 sets of winners."


def test_a_margin_is_a_bound_or_said_to_be_unknown(ward: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(["margin", ward, "--rule", "plurality", "--seats", "1", "--json"], capsys)
    assert (json.loads(out)["papers"], json.loads(out)["exact"]) == (67, True)
    _, out, _ = ran(["margin", ward, "--rule", "scotland", "--json"], capsys)
    assert json.loads(out)["papers"] is None
