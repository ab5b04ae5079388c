"""Cheap passphrases, so that a test does not pay for what must be dear in life, and folders to work in."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.desk.terminal import Terminal, figures
from tinkuy.book.keys import Cost
from tinkuy.cli import desk_here, main


@pytest.fixture(autouse=True, scope="session")
def cheap():
    """Opening a key file costs milliseconds here; the desk takes the cost as a value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_here, "COST", Cost(passes=1, memory=8_192))
        patch.setattr(main, "get_command", cache(main.get_command))  # half a second each time, and always the same
        for name in ("TINKUY_LANG", "LANGUAGE"):
            patch.setenv(name, "en")
        yield


@pytest.fixture
def terminal(tmp_path, monkeypatch) -> Terminal:
    """A terminal in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Terminal()


@pytest.fixture(scope="session")
def opened(tmp_path_factory) -> Path:
    """Three bases with frozen rolls, a federation of them, and an open consultation; voted, sealed, not handed in."""
    folder = tmp_path_factory.mktemp("opened")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        terminal = Terminal()
        for base, members in (("a", 30), ("b", 40), ("c", 50)):
            terminal.base(base, members)
        terminal.federation("a", "b", "c")
        terminal.vote("a", "20,5,1", figures(30, 29, 2, 1))
        terminal.vote("b", "12,18,2", figures(40, 33, 1, 0))
        terminal.vote("c", "30,10,3", figures(50, 46, 2, 1))
        for base in "abc":
            terminal.sealed(base, f"{base}-voted.tinkuy")
    (folder / "printed.txt").write_text("".join(terminal.said), encoding="utf-8")
    return folder


@pytest.fixture
def consulted(opened, tmp_path, monkeypatch) -> Terminal:
    """A terminal in a copy of that folder."""
    folder = tmp_path / "desks"
    shutil.copytree(opened, folder)
    monkeypatch.chdir(folder)
    return Terminal()
