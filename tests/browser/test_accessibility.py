"""No page of the public site has anything that axe-core finds, in either language, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_axe_finds_nothing_on_any_page(browser: Browser, address: str, all_pages: dict[str, str], language, scheme):
    found = []
    with browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}, bypass_csp=True) as context:
        page = context.new_page()
        for name, path in all_pages.items():
            page.goto(f"{address}/{language}{path}")
            results = Axe().run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
            )
            found += [
                f"{name}: {violation['id']} ({violation['impact']}): {violation['nodes'][0]['html'][:160]}"
                for violation in results.response["violations"]
            ]
    assert found == []
