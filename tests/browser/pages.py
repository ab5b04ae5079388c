"""Every kind of page that the public site has."""

from __future__ import annotations

from pathlib import Path

from tinkuy.web.public.views_reader import Views

CONSULTATION = "/consultation/paro-15m/"
PAGES = {
    "home": "/",
    "verify": "/verify/",
    "words": "/words/",
    "consultation": CONSULTATION,
    "consultation in order": CONSULTATION + "?order=turnout",
    "region": CONSULTATION + "node/15/",
    "province": CONSULTATION + "node/1501/",
    "held": CONSULTATION + "held/",
    "search": CONSULTATION + "search/?q=los+angeles",
    "nothing found": CONSULTATION + "search/?q=zzzz",
    "embargoed": "/consultation/estatuto/",
    "embargoed held": "/consultation/estatuto/held/",
    "finished": "/consultation/sede/",
    "not found": "/consultation/none/",
}
SHEET_STATES = ("normal", "observed", "pending", "annulled", "hidden")


def sheet_pages(directory: Path) -> dict[str, str]:
    """A sheet's page in every state that looks different."""
    views, found = Views(directory / "views.sqlite"), {}
    for code in views.codes("paro-15m"):
        sheet = views.sheet("paro-15m", code)
        assert sheet is not None
        found.setdefault("hidden" if sheet.hidden else sheet.state, f"{CONSULTATION}sheet/{code}/")
    return {f"sheet {state}": found[state] for state in SHEET_STATES}
