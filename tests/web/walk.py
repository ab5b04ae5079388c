"""Walks a site from its first pages along every link, as a patient reader would."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.test import Client

LINK = re.compile(r'\s(?:href|action)="([^"]*)"')
STARTS = ("/es/", "/en/")


def pages(client: Client, keep: Callable[[str], bool] = lambda _: True) -> dict[str, bytes]:
    """Every page and file of data that can be reached, by its address. A link that leads nowhere fails."""
    waiting, found = list(STARTS), {}
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        response = client.get(address)
        assert response.status_code == 200, f"{address}: {response.status_code}"
        found[address] = b"" if response.streaming else response.content
        if response["Content-Type"].startswith("text/html"):
            waiting += [link for link in links(address, response.content.decode()) if link not in found and keep(link)]
    return found


def links(address: str, html: str) -> list[str]:
    """The addresses within the site to which a page leads."""
    joined = (urljoin(address, unescape(link)) for link in LINK.findall(html) if not link.startswith("data:"))
    parts = (urlsplit(link) for link in joined)
    return [
        part.path + (f"?{part.query}" if part.query else "")
        for part in parts
        if not part.netloc and part.path.startswith(STARTS)
    ]
