"""What a template needs, made from outcome values: verdict, coverage, options, map, tables with their orders.

Guarantees that nothing is computed here on which a vote depends: sums, shares and verdicts come from the report.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinkuy.federation.outcome import Coverage, ModeShown, NodeShown, OptionShown, Report, TestShown, Totals
from tinkuy.web.public import drawing
from tinkuy.web.public.layout import layout
from tinkuy.web.public.outlines import outlines
from tinkuy.web.public.templatetags.tinkuy import language
from tinkuy.web.public.views_reader import PAGE
from tinkuy.words import Share, grouped

FILLS = {"for": "yes", "against": "no", "abstain": "third"}
CHOICES = ("yes", "no", "warn", "third")


@dataclass(frozen=True, slots=True)
class Bar:
    """A test of the verdict with its picture."""

    test: TestShown
    picture: SafeString


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the coverage band; persons are known together for what is outstanding."""

    fill: str
    label: str
    units: int
    persons: int | None
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Votes:
    """An option with its votes and its fill."""

    name: str
    votes: int
    fill: str


@dataclass(frozen=True, slots=True)
class Column:
    """A table's heading that is a link to the table in its order."""

    label: str
    href: str
    sorted: bool
    figure: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """Which part of a long list is shown, and where the others are."""

    page: int
    last: int
    total: int
    before: str
    after: str


def fills(options: Sequence[OptionShown]) -> dict[str, str]:
    """Each option's fill by its name: by its part in the rule, or in turn among several choices."""
    return {option.name: FILLS.get(option.role, CHOICES[place % len(CHOICES)]) for place, option in enumerate(options)}


def bars(mode: ModeShown) -> list[Bar]:
    """The tests of a verdict."""
    return [Bar(test, drawing.bar(test.numerator, test.denominator, test.needed, test.passed)) for test in mode.tests]


def coverage_parts(coverage: Coverage) -> list[Part]:
    """The parts of the band, in their order; all of them, also the empty ones."""
    rest = coverage.electors - coverage.electors_counted - coverage.electors_outstanding
    return [
        Part("yes", _("counted"), coverage.counted, coverage.electors_counted),
        Part("no", _("held by a check"), coverage.held, coverage.electors_outstanding, 3),
        Part("warn", _("late"), coverage.late, None),
        Part("wait", _("missing"), coverage.missing, None),
        Part("void", _("annulled"), coverage.annulled, rest, 2),
        Part("ground", _("not held"), coverage.not_held, None),
    ]


def coverage_band(parts: Sequence[Part]) -> SafeString:
    """The picture of `coverage_parts`."""
    return drawing.band([(part.fill, part.units) for part in parts])


def outstanding_units(coverage: Coverage) -> int:
    """Units that could still change the result."""
    return coverage.held + coverage.late + coverage.missing


def votes(totals: Totals, options: Sequence[OptionShown]) -> list[Votes]:
    """The options of the question with their votes; empty under an embargo."""
    fill = fills(options)
    return [Votes(name, count, fill.get(name, "third")) for name, count in totals.options.items()]


def leading(totals: Totals, options: Sequence[OptionShown]) -> str | None:
    """The option with the most votes, abstention aside; "" for a tie, None where nothing is counted."""
    aside = {option.name for option in options if option.role == "abstain"}
    counts = sorted(((count, name) for name, count in totals.options.items() if name not in aside), reverse=True)
    if not counts or counts[0][0] == 0:
        return None
    return "" if len(counts) > 1 and counts[0][0] == counts[1][0] else counts[0][1]


def map_of(report: Report, nodes: Sequence[NodeShown], *, top: bool) -> SafeString | None:
    """The nodes as a map: real outlines where there are some; else squares, at the top level alone."""
    if len(nodes) < 2:
        return None
    tiles = [_tile(report, node) for node in nodes]
    title = _("Map: each area is a link to its figures; the table beside it says the same")
    drawn = outlines(settings.TINKUY_GEO, [node.code for node in nodes]) if settings.TINKUY_GEO else None
    if drawn is not None:
        return drawing.outline_map(tiles, drawn, title)
    if top and len(nodes) <= 100:
        places = layout(settings.TINKUY_GRID, [(node.code, node.name) for node in nodes])
        return drawing.tile_map(tiles, places, title)
    return None


def legend(report: Report, nodes: Sequence[NodeShown]) -> list[tuple[str, str]]:
    """What the fills of the map mean: only those that are on it."""
    if report.embargoed:
        return [("yes", _("bases that have reported"))]
    fill = fills(report.options)
    leaders = {leading(node.totals, report.options) for node in nodes}
    named = [(fill[option.name], option.name) for option in report.options if option.name in leaders]
    tie = [("warn", _("tie"))] if "" in leaders else []
    return [*named, *tie, *([("wait", _("nothing counted"))] if None in leaders else [])]


def _tile(report: Report, node: NodeShown) -> drawing.Tile:
    leader = None if report.embargoed else leading(node.totals, report.options)
    fill = {None: "yes" if report.embargoed else "wait", "": "warn"}.get(leader) or fills(report.options)[leader or ""]
    tongue, coverage = language(), node.coverage
    counted, units = grouped(coverage.counted, tongue), grouped(coverage.units, tongue)
    title = _("%(name)s: %(counted)s of %(units)s bases counted") % {
        "name": node.name,
        "counted": counted,
        "units": units,
    }
    if leader:
        title += "; " + _in_front(node, leader, tongue)
    return drawing.Tile(
        node.code,
        reverse("node", args=(report.consultation, node.code)),
        title,
        fill,
        coverage.counted,
        coverage.units,
        f"{counted}/{units}",
    )


def front(node: NodeShown, report: Report) -> str:
    """Which option leads at a node, with its fraction: a node has no verdict of its own. "" where nothing leads."""
    leader = None if report.embargoed else leading(node.totals, report.options)
    if leader == "":
        return _("As many votes for one option as for another.")
    return _in_front(node, leader, language()) if leader else ""


def _in_front(node: NodeShown, leader: str, tongue: str) -> str:
    valid = sum(node.totals.options.values())
    part = node.totals.options[leader]
    return _("%(option)s %(part)s of %(whole)s (%(share)s)") % {
        "option": leader,
        "part": grouped(part, tongue),
        "whole": grouped(valid, tongue),
        "share": Share(part, valid).written(tongue),
    }


def columns(labels: Sequence[tuple[str, str]], order: str, anchor: str, rows: int) -> list[Column]:
    """Headings of a table: (order, label); a heading without an order, or of one row, is words alone."""
    return [
        Column(
            label,
            f"?{urlencode({'order': name})}#{anchor}" if name and rows > 1 else "",
            name == order,
            name not in ("code", "name", "state"),
        )
        for name, label in labels
    ]


def pages(page: int, total: int, order: str, default: str, anchor: str) -> Pages:
    """Links to the pages before and after this one; "" where there is none."""
    last = max(-(-total // PAGE), 1)
    return Pages(
        page,
        last,
        total,
        page_link(page - 1, order, default, anchor) if page > 1 else "",
        page_link(page + 1, order, default, anchor) if page < last else "",
    )


def page_link(page: int, order: str, default: str, anchor: str) -> str:
    """The address of a page of the same list, without what goes without saying."""
    asked = {"order": order} if order != default else {}
    query = urlencode({**asked, **({"page": str(page)} if page > 1 else {})})
    return f"?{query}#{anchor}" if query else f".#{anchor}"


def checkpoint_text(book: str, size: int | None, root: str) -> str | None:
    """The body of a checkpoint (C2SP tlog-checkpoint) for a QR code: origin, size, root. None before there is one."""
    if not book or size is None or not root:
        return None
    return f"tinkuy/{book}\n{size}\n{b64encode(bytes.fromhex(root)).decode()}\n"


def reported(coverage: Coverage) -> str:
    """Coverage as a sentence."""
    return ngettext(
        "%(counted)s of %(units)s base counted", "%(counted)s of %(units)s bases counted", coverage.units
    ) % {"counted": grouped(coverage.counted, language()), "units": grouped(coverage.units, language())}


def crumbs(report: Report, chain: Sequence[NodeShown]) -> list[tuple[str, str]]:
    """Links to the levels above, from the top down: (address, name)."""
    return [(reverse("node", args=(report.consultation, node.code)), node.name) for node in chain]
