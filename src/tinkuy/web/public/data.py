"""The data beside each page: the same values as the page, as JSON, with sentences in the page's language.

Guarantees that nothing is in it that the page may not show: both come from the same rows.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tinkuy.web.public import pages
from tinkuy.web.public.payload import encode, plain
from tinkuy.web.public.templatetags.tinkuy import language
from tinkuy.web.public.views_reader import PAGE


def home(request: HttpRequest) -> HttpResponse:
    """The consultations."""
    return _json({"consultations": [summary.report for summary in pages.views().consultations()]})


def consultation(request: HttpRequest, consultation: str) -> HttpResponse:
    """The report without its sheets, with the nodes of the level below."""
    report = pages.summary(consultation).report
    root = pages.found(pages.views().root(consultation))
    below, total = pages.views().below(consultation, root.code, "code", 1)
    return _json({"report": report, "node": root, "below": below, "below_total": total})


def node(request: HttpRequest, consultation: str, code: str) -> HttpResponse:
    """A node, with a page of the nodes and of the sheets directly below it."""
    pages.summary(consultation)
    here = pages.found(pages.views().node(consultation, code))
    page = pages.number(request)
    nodes, node_total = pages.views().below(consultation, here.code, "code", page)
    units, unit_total = pages.views().units(consultation, here.code, "code", page)
    return _json(
        {
            "node": here,
            "below": nodes,
            "below_total": node_total,
            "sheets": units,
            "sheets_total": unit_total,
            "page": page,
            "page_size": PAGE,
        }
    )


def sheet(request: HttpRequest, consultation: str, code: str) -> HttpResponse:
    """A tally sheet with its history and proof, and what the audit found of its unit."""
    pages.summary(consultation)
    here = pages.found(pages.views().sheet(consultation, code))
    return _json({"sheet": here, "findings": pages.views().told(consultation, code)})


def held(request: HttpRequest, consultation: str) -> HttpResponse:
    """A page of the sheets that a check holds."""
    pages.summary(consultation)
    page = pages.number(request)
    sheets, total = pages.views().held(consultation, page)
    return _json({"sheets": sheets, "sheets_total": total, "page": page, "page_size": PAGE})


def _json(value: dict[str, object]) -> HttpResponse:
    return HttpResponse(
        encode(plain(value, language())), content_type="application/json", headers={"Cache-Control": "no-cache"}
    )
