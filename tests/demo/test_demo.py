"""The demonstration: invented, repeatable to the byte, and as honest about its faults as life is.

Source: issue 2, "Demo", "Must show".
"""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.book.package import Package
from tinkuy.cli.main import main
from tinkuy.demo import peru
from tinkuy.demo.bases import Keys
from tinkuy.demo.names import KINDS
from tinkuy.demo.plan import FAULTS, FEWEST, MOST, plan


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "demo"
    assert main(["--lang", "en", "demo", "--no-serve", "--out", str(out), "--units", "60", "--seed", "7"]) == 0
    return out


def test_the_two_commands_of_the_readme(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (archive,) = folder.glob("*.tinkuy")
    assert main(["--lang", "en", "verify", str(archive)]) == 0
    out = capsys.readouterr().out
    assert "A made-up example: no such federation exists." in out
    assert "=  By members: Carried:" in out
    assert out.splitlines()[-1].startswith("The archive is sound.")


def test_the_archive_is_sealed(folder: Path) -> None:
    with (folder / "consulta.tinkuy").open("rb") as file:
        package = Package(file)
        assert package.sealed
        package.check_seal()


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_same_seed_gives_the_same_bytes_on_any_hash_seed(folder: Path, tmp_path: Path, hash_seed: str) -> None:
    program = [sys.executable, "-c", "import sys; from tinkuy.cli.main import main; sys.exit(main())"]
    run = subprocess.run(
        [*program, "demo", "--no-serve", "--out", str(tmp_path / "d"), "--units", "60", "--seed", "7"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    made = (tmp_path / "d" / "consulta.tinkuy").read_bytes()
    assert sha256(made).digest() == sha256((folder / "consulta.tinkuy").read_bytes()).digest()


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "padron.xlsx").write_bytes(b"x")
    assert main(["--lang", "en", "demo", "--no-serve", "--out", str(tmp_path), "--units", "12"]) == 2
    assert "holds other files (padron.xlsx" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["padron.xlsx"]


@pytest.mark.parametrize("units", ["0", "11", "100001", "-1"])
def test_a_number_of_bases_has_bounds(tmp_path: Path, units: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "demo", "--no-serve", "--out", str(tmp_path / "d"), f"--units={units}"]) == 2
    assert "--units takes a number from 12 to 100,000" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


@settings(max_examples=10)
@given(units=st.integers(FEWEST, 400), seed=st.integers(0, 10**6))
def test_a_plan_is_what_seed_and_number_say(units: int, seed: int) -> None:
    bases = plan(units, seed)
    assert bases == plan(units, seed)
    assert len({base.code for base in bases}) == len({base.name for base in bases}) == units
    provinces = {one.code for one in peru.provinces()}
    for base in bases:
        assert base.province in provinces
        assert base.kind in KINDS
        assert min(base.votes) >= 0
        assert base.cast <= base.signed_in <= base.members


def test_every_fault_and_every_kind_of_base_is_there_where_there_are_bases_enough() -> None:
    bases = plan(500, 7)
    assert {base.fault for base in bases} == {"", *(fault for fault, _ in FAULTS)}
    assert {base.kind for base in bases} == set(KINDS)
    assert len({base.province[:2] for base in bases}) == 25
    assert sum(base.fault == "" for base in bases) > 250


@pytest.mark.parametrize("units", [FEWEST - 1, MOST + 1])
def test_a_plan_of_too_few_or_too_many_is_refused(units: int) -> None:
    with pytest.raises(ValueError, match="between 12 and 100000 units"):
        plan(units, 7)


def test_every_body_and_role_has_keys_of_its_own() -> None:
    keys = {Keys(seed, body).key(role, n).public for seed in (1, 2) for body in "ab" for role in "cs" for n in (0, 1)}
    assert len(keys) == 16
