"""What axe-core finds on the site's pages.

Words do not change with the light, nor colours with the language: every rule is asked of every page in Spanish by day
and in English by night, and the two other pairs, whose elements are the same, are left out.
"""

from __future__ import annotations

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

# The details of what is right would take half of the time.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def violations(browser: Browser, address: str, pages: dict[str, str], scheme: Literal["light", "dark"]) -> list[str]:
    """A line for everything found on the pages below an address, given by name and path."""
    found = []
    with browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900}, bypass_csp=True) as context:
        page = context.new_page()
        for name, path in pages.items():
            page.goto(f"{address}{path}")
            found += [
                f"{name}: {violation['id']} ({violation['impact']}): {violation['nodes'][0]['html'][:160]}"
                for violation in Axe().run(page, options=OPTIONS).response["violations"]
            ]
    return found
