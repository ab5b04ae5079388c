from __future__ import annotations

import json
import lzma
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tinkuy.cli import main

Type = Callable[..., str]
ARCHIVES = (
    "base-8",
    "blank-100",
    "ed25519-base-8",
    "ed25519-blank-100",
    "ed25519-stv-30",
    "ed25519-threshold-2of3-100",
    "small-blank-6",
    "small-stv-6",
    "small-two-single-5",
    "small-weights-6",
    "threshold30fmt-2of3-12",
    "weights-100",
)


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Callable[[str], bytes]:
    """A finished election made by the real belenios-tool, by its name in the manifest."""

    @cache
    def read(name: str) -> bytes:
        return lzma.decompress((shared_data / "belenios" / f"{name}.bel.xz").read_bytes())

    return read


@pytest.fixture(scope="session")
def manifest(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / "belenios" / "manifest.json").read_text())
    return found


@pytest.fixture(scope="session")
def private(shared_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared_data / "belenios" / "private.json").read_text())
    return found


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a `tinkuy ballot` command in an empty folder and gives what is shown; `code` is the exit code expected."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINKUY_LANG", "en")

    def type_(line: str, *more: str, code: int = 0) -> str:
        found = main.main(["ballot", *line.split(), *more])
        shown = capsys.readouterr()
        assert found == code, shown
        return shown.out + shown.err

    return type_
