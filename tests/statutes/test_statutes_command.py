"""`tinkuy statutes`: what it prints and how it ends."""

from __future__ import annotations

import json

import pytest

from tinkuy.cli.main import main
from tinkuy.statutes import presets

BAD = """\
name = "base"
valid_from = 2026-03-02
source = "estatuto"
checked = "no"
[[quorum]]
call = 1
fraction = "1/3"
op = ">="
[[quorum]]
call = 2
wait = 30
fraction = "1/2"
op = ">="
[majority.ordinary]
tests = [{ denominator = "valid", fraction = "1/2", op = ">" }]
[officers]
tellers = 1
"""


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("TINKUY_LANG", "en")


@pytest.fixture
def written(tmp_path):
    def write(name: str, text: str | bytes):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return write


def test_list_names_every_preset_and_says_that_your_statutes_prevail(capsys):
    assert main(["statutes", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(presets.names())]] == list(presets.names())
    assert lines[-1] == "Each is a starting point: your statutes prevail."
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", presets.names())
def test_show_prints_the_exact_bytes(name, capfdbinary):
    assert main(["statutes", "show", name]) == 0
    assert capfdbinary.readouterr().out == presets.read(name)


@pytest.mark.parametrize("name", presets.names())
def test_show_as_json_has_fractions_as_text(name, capsys):
    assert main(["statutes", "show", name, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out, parse_float=pytest.fail)
    assert shown["name"] == name
    assert all(
        isinstance(test["bar"]["fraction"], str) for rule in shown["majorities"].values() for test in rule["tests"]
    )


def test_show_of_a_mistyped_name_suggests_one_and_ends_2(capsys):
    assert main(["statutes", "show", "roberts"]) == 2
    assert 'did you mean "roberts-rules"?' in capsys.readouterr().err


def test_check_of_sound_statutes_ends_0(written, capsys):
    file = written("sindicato.toml", presets.read("pe-sindicato"))
    assert main(["statutes", "check", file]) == 0
    assert capsys.readouterr().out == f"{file}: no contradictions, remarks 0\n"


def test_check_of_contradictions_names_their_lines_and_ends_1(written, capsys):
    file = written("base.toml", BAD)
    assert main(["statutes", "check", file]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{file}, line 12, quorum[2].fraction: contradiction: the quorum of call 2 is above that of the call before it",
        f"{file}, line 17, officers.tellers: remark: tellers are usually two, of opposing views",
        f"{file}: contradictions 1, remarks 1",
    ]


def test_check_finds_the_name_of_a_rule_that_nobody_counts_by(written, capsys):
    office = b'\n[[elections]]\noffice = "board"\nrule = "scotlnd"\n'
    statutes = presets.read("pe-sindicato") + office
    file = written("sindicato.toml", statutes)
    assert main(["statutes", "check", file]) == 1
    line = statutes.count(b"\n")
    assert f"line {line}, elections[1].rule: contradiction: the statutes, board: no rule" in capsys.readouterr().out


def test_check_reads_every_file_and_ends_as_the_worst(written, tmp_path, capsys):
    good, bad = written("good.toml", presets.read("cl-huelga")), written("bad.toml", BAD)
    broken, absent = written("broken.toml", "name = \n"), str(tmp_path / "absent.toml")
    assert main(["statutes", "check", absent, broken, bad, good]) == 2
    told = capsys.readouterr()
    assert [line.partition(": ")[0] for line in told.err.splitlines()] == [absent, broken]
    assert told.out.splitlines()[-1] == f"{good}: no contradictions, remarks 0"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 70_000, b"a" * 200_000, b"\0"])
def test_check_of_what_is_no_text_is_one_line_and_ends_2(content, written, capsys):
    assert main(["statutes", "check", written("x.toml", content)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
