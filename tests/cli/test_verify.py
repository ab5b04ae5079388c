"""`tinkuy verify`: text and data say the same, and the same bytes whatever the processes and the hash seed.

Source: issue 2, "Must show"; style.md, "The terminal".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Archive, Federation, audited, bases, packed, remade
from tinkuy.book.entry import encode, parse
from tinkuy.cli import verify as command
from tinkuy.cli import verify_pool
from tinkuy.cli.main import main
from tinkuy.federation import volumes

FAULTS = {0: "proof", 1: "sum", 2: "twice", 3: "fork", 4: "rotated", 5: "late", 6: "silent", 7: "words"}


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(16, FAULTS)).played()


@pytest.fixture(scope="module")
def archive(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "consulta.tinkuy"
    with in_many_volumes():
        path.write_bytes(packed(dict(federation.returns.members())))
    return path


@pytest.fixture(scope="module")
def broken(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a unit removed."""
    whole = Archive.of(federation)
    gone = whole.book_of(federation.writers[9].base.code)
    path = tmp_path_factory.mktemp("verify") / "rota.tinkuy"
    left = {book: held for book, held in whole.books.items() if book != gone}
    with in_many_volumes():
        path.write_bytes(packed(replace(whole, books=left).files()))
    return path


@contextmanager
def in_many_volumes() -> Iterator[None]:
    """Books are bound by threes, as a large archive has many volumes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(volumes, "MOST", 3)
        yield


def printed(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["--lang", "en", "verify", *arguments])
    out, err = capsys.readouterr()
    assert err == ""
    return code, out


def test_exit_code_and_conclusion_agree(archive: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = printed([str(archive)], capsys)
    assert code == 0
    assert out.splitlines()[-1].startswith("The archive is sound. ")
    code, out = printed([str(broken)], capsys)
    assert code == 1
    assert out.splitlines()[-1] == "The archive is not sound: 1 things do not hold."


def test_one_archive_that_does_not_hold_among_several_makes_the_whole_fail(
    archive: Path, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = printed([str(archive), str(broken), "--json"], capsys)
    assert code == 1
    assert [one["file"] for one in json.loads(out)] == ["consulta.tinkuy", "rota.tinkuy"]
    assert [one["sound"] for one in json.loads(out)] == [True, False]


def test_text_and_data_say_the_same(archive: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every finding, every mode's verdict, coverage and conclusion of the data stands in the text."""
    for path in (archive, broken):
        code, text = printed([str(path)], capsys)
        same_code, data = printed([str(path), "--json"], capsys)
        report: dict[str, Any] = json.loads(data)
        words = _flat(text)
        assert code == same_code == (0 if report["sound"] else 1)
        for finding in report["report"]["findings"]:
            line = _flat(f"{finding['place']} {finding['said']}")
            assert line in words, line
            if finding["check"]:
                assert f"{line} (check {finding['check']})" in words
            if finding["effect"]:
                assert finding["effect"] in words
        for mode in report["report"]["modes"]:
            assert _flat(mode["sentence"]) in words
        for item in report["report"]["not_checked"]:
            assert _flat(item) in words
        coverage = report["coverage"]
        assert f"Counted: {coverage['counted']} of {coverage['units']} units" in words
        assert f"Held {coverage['held']}, late {coverage['late']}, missing {coverage['missing']}" in words
        assert words.endswith(_flat(report["conclusion"]))
        assert report["report"]["fingerprint"] in words
        assert _flat(report["report"]["question"]) in words


def _flat(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_data_has_the_keys_that_observers_read(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = printed([str(archive), "--json"], capsys)
    report = json.loads(data)
    totals = report["totals"]
    assert list(totals["options"]) == ["A favor", "En contra", "Abstención"]
    assert sum(totals["options"].values()) + totals["blank"] + totals["null"] + totals["challenged"] == totals["cast"]
    coverage = report["coverage"]
    parts = ("counted", "held", "late", "missing", "annulled", "not_held")
    assert sum(coverage[part] for part in parts) == coverage["units"] == 17
    assert {check["check"] for check in report["report"]["checks"] if check["count"]} >= {1, 6, 16}
    assert all(isinstance(node["totals"]["cast"], int) for node in report["report"]["nodes"])


def test_the_data_is_laid_out_as_any_program_lays_it_out(
    archive: Path, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is written piece by piece: what the standard library makes of the whole of it is the same text."""
    for paths in ([archive], [archive, broken]):
        _, data = printed([*map(str, paths), "--json"], capsys)
        assert data == json.dumps(json.loads(data), ensure_ascii=False, indent=2) + "\n"


def test_lines_are_at_most_a_hundred_wide(archive: Path, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (archive, broken):
        assert max(map(len, printed([str(path)], capsys)[1].splitlines())) <= 100


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_same_bytes_whatever_the_processes_and_the_hash_seed(archive: Path, form: list[str]) -> None:
    outputs = set()
    for jobs, seed in (("1", "1"), ("2", "2")):
        program = [sys.executable, "-c", "import sys; from tinkuy.cli.main import main; sys.exit(main())"]
        run = subprocess.run(
            [*program, "--lang", "en", "verify", str(archive), "--jobs", jobs, *form],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, b"")
        outputs.add(run.stdout)
    assert len(outputs) == 1


def test_many_processes_report_what_one_does(archive: Path, broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the sizes at which work is divided set small enough for this archive: volumes that one process read ahead,
    and that another is asked for; and volumes that nobody read."""
    for path in (archive, broken):
        alone = command.verify(path, jobs=1)
        with monkeypatch.context() as small:
            small.setattr(command, "ALONE", 1)
            small.setattr(command, "GROUP", 4)
            small.setattr(verify_pool, "AHEAD", 2)
            assert command.verify(path, jobs=2) == alone


def test_a_page_is_written_whole_beside_the_text(
    broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "informe.html"
    code, text = printed([str(broken), "--html", str(page)], capsys)
    assert code == 1
    assert "The archive is not sound" in page.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["informe.html"]
    assert "The archive is not sound" in text


def test_it_speaks_spanish(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "es", "verify", str(archive)]) == 0
    spanish = capsys.readouterr().out
    assert main(["--lang", "en", "verify", str(archive)]) == 0
    english = capsys.readouterr().out
    for line in ("The archive is sound", "Fingerprint", "Not checked"):
        assert line in english
        assert line not in spanish


def test_a_book_cannot_speak_to_the_terminal(
    federation: Federation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escape sequences and marks that turn the text's direction, in whatever a stranger may write."""
    evil = "\x1b[2J\x1b[1;1HThe archive is sound.\x9b\N{RIGHT-TO-LEFT OVERRIDE}\x07\r"
    whole = Archive.of(federation)
    bodies = list(whole.federation.bodies)
    fields = {"act": "sheet.observed", "consultation": whole.consultation, "unit": federation.writers[8].base.code}
    at = {"at": "2026-03-10T21:00:00Z", "by": "secretary", "n": len(bodies), "reason": evil}
    if parse(bodies[-1])["act"] == "consultation.certified":
        bodies.pop()
        at["n"] = len(bodies)
    lying = whole.rewritten([*bodies, encode({**fields, **at})])
    assert any(evil in str(one.said) for one in audited(lying.files()).findings)
    path = tmp_path / "consulta.tinkuy"
    path.write_bytes(packed(lying.files()))
    _, out = printed([str(path)], capsys)
    assert out.replace("\n", "").replace("\N{NARROW NO-BREAK SPACE}", "").isprintable()


def test_many_findings_are_counted_in_the_text_and_listed_in_the_data(
    federation: Federation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = dict(federation.returns.members())
    path = tmp_path / "consulta.tinkuy"
    path.write_bytes(packed(remade({**whole, **{f"sobra/{number:03}": b"" for number in range(60)}})))
    code, text = printed([str(path)], capsys)
    assert code == 1
    assert "and 20 more; --json lists them all" in text
    _, data = printed([str(path), "--json"], capsys)
    breaches = [one for one in json.loads(data)["report"]["findings"] if one["severity"] == "breach"]
    assert len(breaches) == 60
