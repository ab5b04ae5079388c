"""Making the views: what the pages read, from reports; thrown away and made anew at will.

Guarantees that a page reads a few rows whatever the number of units, that a reader sees one version or the next, never
a mixture, and that the views hold nothing that a page may not show (`withheld`). Where they are kept: `views_shelf`.

>>> rebuild(Path("views.sqlite"), [report])  # doctest: +SKIP
>>> views_reader.Views(Path("views.sqlite")).node(report.consultation, "21").name  # doctest: +SKIP
'Puno'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tinkuy.federation.outcome import Finding, NodeShown, Report, SheetShown
from tinkuy.web.public.payload import encode
from tinkuy.web.public.views_shelf import Pen, Value, shelf, words
from tinkuy.web.public.withheld import publishable

FINDINGS = 200  # of the whole consultation; those of a sheet stand on its page


class Summary(msgspec.Struct, frozen=True):
    """A consultation as its row holds it: the report without its nodes and sheets, and how much was left out."""

    report: Report
    held: int


def rebuild(where: str | Path, reports: Iterable[Report], archives: Mapping[str, Path] | None = None) -> None:
    """Make the views of `reports` anew, in a file or in the database of an address.

    `archives` names the `.tinkuy` file of a consultation by its id; such a consultation can be downloaded.
    """
    with shelf(where).anew() as pen:
        for place, report in enumerate(reports):
            _Writer(pen).whole(place, report, (archives or {}).get(report.consultation))


def update(
    where: str | Path, report: Report, changed: Iterable[str] | None = None, archive: Path | None = None
) -> None:
    """Bring one consultation up to date as returns come in.

    `changed` are the codes of the units whose sheets differ from the views. They are written, and whatever else the new
    report shows differently because of them: the levels above, a neighbour that must now be hidden. Without `changed`
    the whole consultation is written anew. A consultation that the views lack is added.
    """
    place = shelf(where)
    if not place.exists():
        rebuild(where, [report], {report.consultation: archive} if archive else None)
        return
    with place.changing() as pen:
        _replace(_Writer(pen), report, changed, archive)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes rows of one consultation or another."""

    pen: Pen

    def consultation(self, place: int, report: Report, archive: Path | None) -> None:
        """The consultation's own row."""
        checks = tuple(msgspec.structs.replace(check, units=()) for check in report.checks)
        general = tuple(finding for finding in report.findings if finding.unit is None)[:FINDINGS]
        held = sum(sheet.state == "observed" for sheet in report.sheets)
        kept = Summary(msgspec.structs.replace(report, nodes=(), sheets=(), checks=checks, findings=general), held)
        self.pen.write("DELETE FROM consultation WHERE id = $1", report.consultation)
        row = (report.consultation, place, self.pen.version, encode(kept), str(archive.resolve()) if archive else None)
        self.pen.fill("consultation", [row])

    def nodes(self, report: Report, above: Mapping[str, str]) -> None:
        """Every node; there are few, and a sheet more can join or part them."""
        self.pen.write("DELETE FROM node WHERE consultation = $1", report.consultation)
        self.pen.write("DELETE FROM joined WHERE consultation = $1", report.consultation)
        self.pen.fill("node", (_node_row(report, node) for node in report.nodes))
        self.pen.fill("joined", ((report.consultation, code, node) for code, node in above.items()))

    def sheets(self, report: Report, above: Mapping[str, str], codes: set[str]) -> None:
        """The sheets of these units."""
        for code in sorted(codes):
            self.pen.write("DELETE FROM sheet WHERE consultation = $1 AND code = $2", report.consultation, code)
        told = _told(report)
        chosen = (sheet for sheet in report.sheets if sheet.code in codes)
        self.pen.fill("sheet", (_sheet_row(report, sheet, above, told) for sheet in chosen))

    def whole(self, place: int, report: Report, archive: Path | None) -> None:
        """Everything of a consultation."""
        shown = publishable(report)
        above = _shown_in(shown)
        self.consultation(place, shown, archive)
        self.nodes(shown, above)
        self.pen.write("DELETE FROM sheet WHERE consultation = $1", report.consultation)
        told = _told(shown)
        self.pen.fill("sheet", (_sheet_row(shown, sheet, above, told) for sheet in shown.sheets))
        self.pen.write("DELETE FROM named WHERE consultation = $1", report.consultation)
        self.pen.fill("named", _names(shown))


def _replace(writer: _Writer, report: Report, changed: Iterable[str] | None, archive: Path | None) -> None:
    known = writer.pen.rows("SELECT place, payload, archive FROM consultation WHERE id = $1", report.consultation)
    if not known:
        others = len(writer.pen.rows("SELECT id FROM consultation"))
        writer.whole(others, report, archive)
        return
    place, payload, kept = known[0]
    archive = archive or (Path(kept) if kept else None)
    if changed is None or msgspec.json.decode(payload, type=Summary).report.embargoed != report.embargoed:
        writer.whole(place, report, archive)
        return
    shown = publishable(report)
    above = _shown_in(shown)
    writer.consultation(place, shown, archive)
    writer.nodes(shown, above)
    writer.sheets(shown, above, set(changed) | _otherwise_shown(writer.pen, shown, above))


def _otherwise_shown(pen: Pen, report: Report, above: Mapping[str, str]) -> set[str]:
    """Units that stand elsewhere, in another state, or are hidden or told of otherwise, because of others."""
    rows = pen.rows("SELECT code, parent, state, hidden FROM sheet WHERE consultation = $1", report.consultation)
    before = {code: stood for code, *stood in rows}
    said = "SELECT code, told FROM sheet WHERE consultation = $1 AND told IS NOT NULL"
    stated: dict[str, bytes] = dict(pen.rows(said, report.consultation))
    told = _told(report)
    return {
        sheet.code
        for sheet in report.sheets
        if before.get(sheet.code) != [_above(report, sheet, above), sheet.state, int(sheet.hidden)]
        or stated.get(sheet.code) != _beside(sheet, told)
    }


def _node_row(report: Report, node: NodeShown) -> tuple[Value, ...]:
    totals, coverage = node.totals, node.coverage
    options = list(totals.options.values())
    return (
        report.consultation,
        node.code,
        node.parent if node.code != report.nodes[0].code else None,
        node.name,
        _per_million(coverage.counted, coverage.units),
        _per_million(totals.cast, totals.eligible),
        _per_million(options[0] if options else None, sum(options)),
        coverage.held,
        coverage.units,
        encode(node),
    )


def _sheet_row(
    report: Report, sheet: SheetShown, above: Mapping[str, str], told: Mapping[str, list[Finding]]
) -> tuple[Value, ...]:
    votes = [vote for vote in sheet.votes if vote is not None]
    return (
        report.consultation,
        sheet.code,
        _above(report, sheet, above),
        sheet.name,
        sheet.state,
        int(sheet.hidden),
        sheet.eligible,
        _per_million(sheet.cast, sheet.eligible),
        _per_million(sheet.votes[0] if sheet.votes else None, sum(votes)),
        encode(sheet),
        _beside(sheet, told),
    )


def _told(report: Report) -> dict[str, list[Finding]]:
    """What was found of each unit, by its code."""
    told: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.unit is not None:
            told.setdefault(finding.unit, []).append(finding)
    return told


def _beside(sheet: SheetShown, told: Mapping[str, list[Finding]]) -> bytes | None:
    """What was found of a unit and its sheet does not say already; None for nothing."""
    found = [one for one in told.get(sheet.code, ()) if one.said not in (*sheet.differences, sheet.fork)]
    return encode(found) if found else None


def _above(report: Report, sheet: SheetShown, above: Mapping[str, str]) -> str:
    """The node under which a sheet is listed."""
    parent = sheet.path[-1] if sheet.path else report.nodes[0].code
    return above.get(parent, parent)


def _names(report: Report) -> Iterator[tuple[Value, ...]]:
    """Nodes first, then units: the order in which a search lists them."""
    names = {node.code: node.name for node in report.nodes}
    for node in report.nodes[1:]:
        yield _name_row(report, node.code, node.name, "node", names.get(node.parent, ""))
    for sheet in report.sheets:
        above = " › ".join(names.get(code, code) for code in sheet.path)
        yield _name_row(report, sheet.code, sheet.name, "sheet", above)


def _name_row(report: Report, code: str, name: str, kind: str, above: str) -> tuple[Value, ...]:
    return (report.consultation, code, name, kind, above, " ".join([*words(code), *words(name)]))


def _shown_in(report: Report) -> dict[str, str]:
    """The codes of nodes too small to be shown, each with the code under which its figures are shown."""
    own = {node.code for node in report.nodes}
    return {code: node.code for node in report.nodes for code in node.joined if code not in own}


def _per_million(part: int | None, whole: int | None) -> int | None:
    """A whole number to sort by; pages show the figures themselves."""
    return part * 1_000_000 // whole if part is not None and whole else None
