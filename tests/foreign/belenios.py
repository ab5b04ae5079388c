"""Debian's belenios-tool, asked as its users ask it: files in a folder, and what it prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tinkuy.ballot import archive, log

TOOL = shutil.which("belenios-tool")
GROUPS = ("BELENIOS-2048", "RFC-3526-2048")  # version 2.0 knows no curve


def needed() -> None:
    if TOOL is None:
        pytest.skip("there is no belenios-tool on this machine (tools/system belenios)")


def run(folder: Path, *arguments: str, given: str | bytes = "") -> str:
    """What it prints; fails the test if it ends badly."""
    done = asked(folder, *arguments, given=given)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def asked(folder: Path, *arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
    assert TOOL is not None
    data = given if isinstance(given, bytes) else given.encode()
    return subprocess.run([TOOL, *arguments], cwd=folder, input=data, capture_output=True, timeout=120, check=False)


def kept(folder: Path, uuid: str, data: bytes) -> Path:
    """The archive alone in a folder, as the program wants it."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{uuid}.bel"
    file.write_bytes(data)
    return file


def accepts(folder: Path, uuid: str, data: bytes) -> bool:
    kept(folder, uuid, data)
    done = asked(folder, "election", "verify")
    return done.returncode == 0 and b"all checks passed" in done.stderr


def ballots(data: bytes) -> int:
    assert archive.header(data)
    return len(log.read(data).ballots)
