"""No page of the public site has anything that axe-core finds, in Spanish and light."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.accessible import violations

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page_in_spanish_and_light(browser: Browser, address: str, all_pages: dict[str, str]):
    assert violations(browser, f"{address}/es", all_pages, "light") == []
