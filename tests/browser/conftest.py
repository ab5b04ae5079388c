"""A real server and a real Chromium. Skipped, with the reason, where Chromium is not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.pages import PAGES, sheet_pages
from tests.browser.serving import started, stopped
from tests.web import reports
from tinkuy.demo import peru as country
from tinkuy.web.public.views_store import rebuild

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tinkuy serve` serves: three consultations in different states, and Peru's tile map."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "paro-15m.tinkuy").write_bytes(os.urandom(700_000))
    grid = Path(country.__file__).with_name("peru.toml")
    (folder / "grid.toml").write_bytes(grid.read_bytes())
    rebuild(
        folder / "views.sqlite",
        [
            reports.peru(600),
            reports.peru(120, seed=4, consultation="estatuto", state="opened", embargoed=True),
            reports.peru(120, seed=5, consultation="sede", state="archived", synthetic=False),
        ],
        {"paro-15m": folder / "paro-15m.tinkuy"},
    )
    return folder


@pytest.fixture(scope="session")
def address(directory: Path) -> Iterator[str]:
    """The site of `directory`, served."""
    process, url = started(directory)
    yield url
    stopped(process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, once a file: while it is open, Playwright has an event loop in this thread, which other tests need."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def all_pages(directory: Path) -> dict[str, str]:
    """Every kind of page, without its language."""
    return PAGES | sheet_pages(directory)
