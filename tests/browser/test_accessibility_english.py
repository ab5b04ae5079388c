"""No page of the public site has anything that axe-core finds, in English and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.accessible import violations

pytestmark = pytest.mark.browser


def test_axe_finds_nothing_on_any_page_in_english_and_dark(browser: Browser, address: str, all_pages: dict[str, str]):
    assert violations(browser, f"{address}/en", all_pages, "dark") == []
