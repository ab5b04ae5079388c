"""The public site in a real browser: accessible, readable at 320 px, whole without scripts, alive with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import CONSULTATION
from tests.browser.serving import started, stopped
from tests.web import reports
from tinkuy.web.public.views_store import rebuild, update

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways(browser: Browser, address: str, all_pages: dict[str, str], width):
    wide = []
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        for name, path in all_pages.items():
            page.goto(f"{address}/es{path}")
            if (reach := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide.append(f"{name}: {reach}")
    assert wide == []


def test_every_target_is_44_pixels_high_or_stands_in_a_sentence(browser: Browser, address: str, all_pages):
    measure = """() => [...document.querySelectorAll('a[href], button, input, summary')].filter(one => {
        const inside = one.closest('p, li, dd, small, svg, footer, .skip');
        const box = one.getBoundingClientRect();
        return !inside && box.height > 0 && box.height < 43.5;
    }).map(one => one.outerHTML.slice(0, 120) + ' ' + one.getBoundingClientRect().height)"""
    small = []
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        for name, path in all_pages.items():
            page.goto(f"{address}/es{path}")
            small += [f"{name}: {one}" for one in page.evaluate(measure)]
    assert small == []


def test_the_squares_of_the_map_can_be_touched_on_a_small_telephone(browser: Browser, address: str):
    with browser.new_context(viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{address}/es{CONSULTATION}")
        boxes = page.evaluate(
            "() => [...document.querySelectorAll('.map a')].map(one => one.getBoundingClientRect().width)"
        )
        assert len(boxes) == 25
        assert min(boxes) >= 44


def test_every_page_is_whole_without_scripts(browser: Browser, address: str, all_pages: dict[str, str]):
    def text(page: Page, url: str) -> str:
        page.goto(url)
        return page.locator("main").inner_text()

    with (
        browser.new_context(java_script_enabled=False) as plain,
        browser.new_context() as scripted,
    ):
        without, with_scripts = plain.new_page(), scripted.new_page()
        for path in all_pages.values():
            url = f"{address}/es{path}"
            assert text(without, url) == text(with_scripts, url)


def test_a_reader_finds_a_base_and_its_sheet_by_keyboard_and_without_scripts(browser: Browser, address: str):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/es{CONSULTATION}search/")
        page.get_by_label("Nombre o código").focus()
        page.keyboard.type("micaela")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=micaela")
        page.locator(".found a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/sheet/**")
        assert page.get_by_role("heading", name="El acta", exact=True).is_visible()


def test_nothing_breaks_the_sites_own_policy(browser: Browser, address: str, all_pages: dict[str, str]):
    said: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for name, path in all_pages.items():
            if name != "not found":
                page.goto(f"{address}/es{path}")
    assert said == []


def test_an_open_page_shows_a_new_sheet_by_itself(browser: Browser, tmp_path: Path):
    before = reports.peru(200)
    missing = next(sheet for sheet in before.sheets if sheet.state == "pending" and (sheet.eligible or 0) > 30)
    rebuild(tmp_path / "views.sqlite", [before])
    process, url = started(tmp_path)
    try:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{url}/en{CONSULTATION}")
            cells = page.locator("table.coverage tbody tr").first.locator("td").first
            assert cells.inner_text() == str(before.nodes[0].coverage.counted)
            page.wait_for_timeout(800)
            update(tmp_path / "views.sqlite", reports.arrived(before, missing.code, (9, 5, 1)), [missing.code])
            page.wait_for_function(
                "count => document.querySelector('table.coverage tbody td').innerText === count",
                arg=str(before.nodes[0].coverage.counted + 1),
                timeout=10_000,
            )
    finally:
        stopped(process)
