"""The pages: each reads a few rows of the views and says in its first line what it is and as of when.

Source: issue 2, part 8; `web.md`, "The consultation page, top to bottom".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path, reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _

from tinkuy.federation.outcome import ModeShown, NodeShown, Report
from tinkuy.web.public import shapes
from tinkuy.web.public.drawing import qr
from tinkuy.web.public.templatetags.tinkuy import reasons
from tinkuy.web.public.views_reader import NODE_ORDERS, SHEET_ORDERS, Views
from tinkuy.web.public.views_store import Summary

HELD_SHOWN = 8
T = TypeVar("T")
FINAL = ("certified", "ratified", "archived")


@cache
def views_at(where: str | Path) -> Views:
    """One reader a file or database."""
    return Views(where)


def views() -> Views:
    """The reader of the configured views."""
    return views_at(settings.TINKUY_VIEWS)


def home(request: HttpRequest) -> HttpResponse:
    """The consultations of the federation."""
    reports = [one.report for one in views().consultations()]
    return _page(
        request,
        "home",
        None,
        consultations=[
            {"report": report, "root": views().root(report.consultation), "mode": _mode(report.modes)}
            for report in reports
        ],
        **_federation(reports),
    )


def verify(request: HttpRequest) -> HttpResponse:
    """How anybody recomputes a result alone."""
    reports = [one.report for one in views().consultations()]
    return _page(
        request,
        "verify",
        None,
        files=[(report, views().archive(report.consultation)) for report in reports if not report.embargoed],
        **_federation(reports),
    )


def words(request: HttpRequest) -> HttpResponse:
    """Terms of art in plain words."""
    reports = [one.report for one in views().consultations()]
    return _page(
        request,
        "words",
        None,
        **_federation(reports),
    )


def consultation(request: HttpRequest, consultation: str) -> HttpResponse:
    """The verdict, its tests, coverage, the level below, the other ways of adding up, what is held, how to check."""
    whole = summary(consultation)
    report = whole.report
    root = found(views().root(consultation))
    mode = _mode(report.modes)
    held, _total = views().held(consultation, 1)
    return _page(
        request,
        "consultation",
        report,
        node=root,
        mode=mode,
        modes=report.modes,
        held=held[:HELD_SHOWN],
        held_count=whole.held,
        archive=None if report.embargoed else views().archive(consultation),
        **_level(request, report, root, mode, top=True),
    )


def node(request: HttpRequest, consultation: str, code: str) -> HttpResponse:
    """The same page, one level down or more."""
    report = summary(consultation).report
    here = found(views().node(consultation, code))
    root = found(views().root(consultation))
    if here.code == root.code:
        return redirect("consultation", consultation)
    chain = _chain(consultation, here)
    mode = _mode(here.modes)
    return _page(
        request,
        "node",
        report,
        node=here,
        mode=mode,
        modes=here.modes,
        crumbs=shapes.crumbs(report, chain[1:-1]),
        held=views().held_below(consultation, here.code, HELD_SHOWN),
        held_count=here.coverage.held,
        **_level(request, report, here, mode, top=False),
    )


def sheet(request: HttpRequest, consultation: str, code: str) -> HttpResponse:
    """A tally sheet as the paper shows it, then the history of its states, then its proof."""
    report = summary(consultation).report
    here = found(views().sheet(consultation, code))
    root = found(views().root(consultation))
    above = [views().node(consultation, part) for part in here.path]
    chain = [node for node in above if node is not None and node.code != root.code]
    checkpoint = shapes.checkpoint_text(here.book, here.size, here.root)
    paper = [
        (option.name, here.votes[place] if place < len(here.votes) else None)
        for place, option in enumerate(report.options)
    ]
    return _page(
        request,
        "sheet",
        report,
        sheet=here,
        told=views().told(consultation, code),
        crumbs=shapes.crumbs(report, chain),
        votes=paper,
        checkpoint=checkpoint,
        code_picture=qr(checkpoint, _("QR code of the checkpoint below")) if checkpoint else None,
        reasons=reasons(here.checks),
    )


def held(request: HttpRequest, consultation: str) -> HttpResponse:
    """Every sheet that a check holds."""
    report = summary(consultation).report
    page = number(request)
    sheets, total = views().held(consultation, page)
    _within(page, total, sheets)
    return _page(
        request,
        "held",
        report,
        held=sheets,
        held_count=total,
        counts=[one for one in report.checks if one.count],
        pages=shapes.pages(page, total, "code", "code", "held"),
    )


def search(request: HttpRequest, consultation: str) -> HttpResponse:
    """Nodes and units by name or code."""
    report = summary(consultation).report
    asked = request.GET.get("q", "").replace("\0", "").strip()[:100]
    return _page(request, "search", report, asked=asked, found=views().search(consultation, asked))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there, and where to look."""
    return render(request, "public/not_found.html", {**_frame(request), "federation": "Tinkuy"}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A defect of the program; nothing of what is kept is harmed by a page that fails."""
    return render(request, "public/failed.html", {**_frame(request), "federation": "Tinkuy"}, status=500)


def _federation(reports: Sequence[Report]) -> dict[str, object]:
    """Whose site it is, when the page is not of one consultation."""
    names = dict.fromkeys(report.federation for report in reports)
    return {"federation": ", ".join(names) or "Tinkuy", "synthetic": any(report.synthetic for report in reports)}


def _level(
    request: HttpRequest, report: Report, here: NodeShown, mode: ModeShown | None, *, top: bool
) -> dict[str, object]:
    """Coverage, figures, map and the tables of what is directly below a node."""
    page, parts = number(request), shapes.coverage_parts(here.coverage)
    order = request.GET.get("order", "code")
    node_order = order if order in NODE_ORDERS else "code"
    sheet_order = order if order in SHEET_ORDERS else "code"
    nodes, node_total = views().below(report.consultation, here.code, node_order, page)
    units, unit_total = views().units(report.consultation, here.code, sheet_order, page)
    _within(page, max(node_total, unit_total), [*nodes, *units])
    return {
        "parts": parts,
        "band": shapes.coverage_band(parts),
        "outstanding": shapes.outstanding_units(here.coverage),
        "votes": shapes.votes(here.totals, report.options),
        "valid": sum(here.totals.options.values()),
        "map": shapes.map_of(report, nodes, top=top) if node_total == len(nodes) else None,
        "leader": shapes.front(here, report),
        "legend": shapes.legend(report, nodes),
        "nodes": nodes,
        "node_columns": shapes.columns(_node_columns(report), node_order, "below", node_total),
        "node_pages": shapes.pages(page, node_total, node_order, "code", "below"),
        "units": units,
        "unit_columns": shapes.columns(_unit_columns(report), sheet_order, "units", unit_total),
        "unit_pages": shapes.pages(page, unit_total, sheet_order, "code", "units"),
        "bars": shapes.bars(mode) if mode else [],
    }


def _node_columns(report: Report) -> list[tuple[str, str]]:
    if report.embargoed:
        return [("name", _("Name")), ("reported", _("Counted / bases")), ("held", _("Held sheets"))]
    return [
        ("name", _("Name")),
        ("reported", _("Counted / bases")),
        *(("" if place else "first", option.name) for place, option in enumerate(report.options)),
        ("turnout", _("Took part / roll")),
        ("held", _("Held sheets")),
    ]


def _unit_columns(report: Report) -> list[tuple[str, str]]:
    start = [("name", _("Base")), ("state", _("State")), ("roll", _("Roll"))]
    if report.embargoed:
        return start
    options = [("" if place else "first", option.name) for place, option in enumerate(report.options)]
    return [*start, *options, ("turnout", _("Papers cast"))]


def _mode(modes: tuple[ModeShown, ...]) -> ModeShown | None:
    """The way of adding up that binds."""
    return next((mode for mode in modes if mode.binding), modes[0] if modes else None)


def _chain(consultation: str, here: NodeShown) -> list[NodeShown]:
    """The nodes from the whole down to this one."""
    chain = [here]
    while len(chain) < 16:
        above = views().node(consultation, chain[0].parent)
        if above is None or above.code == chain[0].code:
            break
        chain.insert(0, above)
    return chain


def summary(consultation: str) -> Summary:
    """A consultation, or the page that says there is none."""
    return found(views().consultation(consultation))


def found(value: T | None) -> T:
    """What was asked for, or the page that says it is not there."""
    if value is None:
        raise Http404
    return value


def number(request: HttpRequest) -> int:
    """The page asked for; anything that is no number is the first."""
    asked = request.GET.get("page", "1")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


def _within(page: int, total: int, rows: Sequence[object]) -> None:
    if page > 1 and not rows:
        raise Http404(f"page {page} of {total} rows")


def _page(request: HttpRequest, name: str, report: Report | None, **context: object) -> HttpResponse:
    if report is not None:
        context |= {
            "report": report,
            "federation": report.federation,
            "synthetic": report.synthetic,
            "live": report.state not in FINAL,
            "version": views().changed(report.consultation),
        }
    response = render(request, f"public/{name}.html", {**_frame(request), **context})
    response["Cache-Control"] = "no-cache"
    return response


def _frame(request: HttpRequest) -> dict[str, object]:
    """What every page has around its content."""
    here = request.get_full_path()
    known = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)
    rest = here[4:] if here.startswith(known) else ""
    return {
        "standalone": settings.TINKUY_STANDALONE,
        "here": here,
        "data": escape_uri_path(request.path) + "data.json" if is_valid_path(request.path + "data.json") else "",
        "verify": reverse("verify"),
        "tongues": [(code, name, f"/{code}/{rest}") for code, name in settings.LANGUAGES],
    }
