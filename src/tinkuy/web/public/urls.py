"""The addresses of the public pages, below the language."""

from __future__ import annotations

from django.urls import path, register_converter

from tinkuy.web.public import data, live, pages


class Code:
    """A code as one step of an address, whatever its letters: "/" is written ~1, "." ~2, "~" ~0.

    A bare "." or ".." would otherwise be eaten by browsers, and "/" taken for a step.
    """

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        """The code."""
        return value.replace("~1", "/").replace("~2", ".").replace("~0", "~")

    def to_url(self, value: str) -> str:
        """The step of the address."""
        return value.replace("~", "~0").replace("/", "~1").replace(".", "~2")


register_converter(Code, "code")

urlpatterns = [
    path("", pages.home, name="home"),
    path("data.json", data.home, name="home-data"),
    path("verify/", pages.verify, name="verify"),
    path("words/", pages.words, name="words"),
    path("consultation/<code:consultation>/", pages.consultation, name="consultation"),
    path("consultation/<code:consultation>/data.json", data.consultation, name="consultation-data"),
    path("consultation/<code:consultation>/held/", pages.held, name="held"),
    path("consultation/<code:consultation>/held/data.json", data.held, name="held-data"),
    path("consultation/<code:consultation>/search/", pages.search, name="search"),
    path("consultation/<code:consultation>/changes", live.changes, name="changes"),
    path("consultation/<code:consultation>/archive.tinkuy", live.archive, name="archive"),
    path("consultation/<code:consultation>/node/<code:code>/", pages.node, name="node"),
    path("consultation/<code:consultation>/node/<code:code>/data.json", data.node, name="node-data"),
    path("consultation/<code:consultation>/sheet/<code:code>/", pages.sheet, name="sheet"),
    path("consultation/<code:consultation>/sheet/<code:code>/data.json", data.sheet, name="sheet-data"),
]
