"""The wheel, alone in a folder outside the repository, is the whole program."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(REPOSITORY)]
    built = subprocess.run(build, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr + built.stdout
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run(unpacked: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    """The command as installed from the wheel: the repository's own sources are not on its path."""
    program = (
        f"import sys; sys.path = [{str(unpacked)!r}] + [p for p in sys.path if p != {str(SOURCE)!r}]\n"
        "from tinkuy.cli.main import main; sys.exit(main())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_wheel_carries_every_file_of_the_program(wheel):
    carried = set(zipfile.ZipFile(wheel).namelist())
    files = {file.relative_to(SOURCE).as_posix() for file in (SOURCE / "tinkuy").rglob("*") if file.is_file()}
    assert {name for name in files if "__pycache__" not in name and not name.endswith(".pyc")} <= carried


def test_the_wheel_carries_its_licence(wheel):
    assert any(name.endswith("licenses/LICENSE") for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_runs_alone_and_verifies_what_it_made(unpacked, tmp_path):
    made = run(unpacked, "demo", "--no-serve", "--out", "out", "--units", "60", "--seed", "7", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    archives = sorted((tmp_path / "out").glob("*.tinkuy"))
    assert archives
    verified = run(unpacked, "verify", *map(str, archives), cwd=tmp_path)
    assert verified.returncode == 0, verified.stderr
