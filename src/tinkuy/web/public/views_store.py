"""The views file: what the pages read, made from reports and thrown away at will.

Guarantees that a page reads a few rows whatever the number of units; that a new file appears whole or not at all; that
a reader sees one version or the next, never a mixture. It holds nothing that a page may not show (`withheld`).

>>> rebuild(Path("views.sqlite"), [report])  # doctest: +SKIP
>>> views_reader.Views(Path("views.sqlite")).node(report.consultation, "21").name  # doctest: +SKIP
'Puno'
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import apsw
import msgspec

from tinkuy.federation.outcome import NodeShown, Report, SheetShown
from tinkuy.web.public.payload import encode
from tinkuy.web.public.withheld import publishable
from tinkuy.words import Spoken, say

FORMAT = 1
FINDINGS = 200  # of the whole consultation; those of a sheet stand on its page

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE consultation (
    id TEXT PRIMARY KEY, place INTEGER, version INTEGER, payload BLOB, archive TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE node (
    consultation TEXT, code TEXT, parent TEXT, name TEXT,
    reported INTEGER, turnout INTEGER, first INTEGER, held INTEGER, units INTEGER, payload BLOB,
    PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX node_below ON node (consultation, parent, code);
CREATE TABLE joined (
    consultation TEXT, code TEXT, shown TEXT, PRIMARY KEY (consultation, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE sheet (
    consultation TEXT, code TEXT, parent TEXT, name TEXT, state TEXT, hidden INTEGER,
    eligible INTEGER, turnout INTEGER, first INTEGER, payload BLOB,
    PRIMARY KEY (consultation, code)
) STRICT;
CREATE INDEX sheet_below ON sheet (consultation, parent, code, state, hidden);
CREATE INDEX sheet_state ON sheet (consultation, state, code);
CREATE VIRTUAL TABLE named USING fts5 (
    code, name, consultation UNINDEXED, kind UNINDEXED, above UNINDEXED,
    tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
"""


class ViewsError(Spoken):
    """The views file is missing, or is not one."""


class Summary(msgspec.Struct, frozen=True):
    """A consultation as its row holds it: the report without its nodes and sheets, and how much was left out."""

    report: Report
    held: int


def rebuild(path: Path, reports: Iterable[Report], archives: Mapping[str, Path] | None = None) -> None:
    """Write the views of `reports` as a new file and put it in the place of `path`.

    `archives` names the `.tinkuy` file of a consultation by its id; such a consultation can be downloaded.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        version = _version_of(path) + 1
        connection = apsw.Connection(str(fresh))
        connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192")
        with connection:
            connection.execute(_SCHEMA)
            connection.executemany("INSERT INTO meta VALUES (?, ?)", [("format", FORMAT), ("version", version)])
            for place, report in enumerate(reports):
                _Pen(connection, version).whole(place, report, (archives or {}).get(report.consultation))
        connection.close()
        _sync(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def update(path: Path, report: Report, changed: Iterable[str] | None = None, archive: Path | None = None) -> None:
    """Bring one consultation up to date as returns come in.

    `changed` are the codes of the units whose sheets differ from the views. They are written, and whatever else the new
    report shows differently because of them: the levels above, a neighbour that must now be hidden. Without `changed`
    the whole consultation is written anew. A consultation that the file lacks is added.
    """
    if not path.exists():
        rebuild(path, [report], {report.consultation: archive} if archive else None)
        return
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(10_000)
    try:
        with connection:
            version = stored_version(connection, path) + 1
            connection.execute("UPDATE meta SET value = ? WHERE name = 'version'", (version,))
            _replace(_Pen(connection, version), report, changed, archive)
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class _Pen:
    """What rows are written with: a connection in a transaction, and the version that they make."""

    connection: apsw.Connection
    version: int

    def consultation(self, place: int, report: Report, archive: Path | None) -> None:
        """The consultation's own row."""
        checks = tuple(msgspec.structs.replace(check, units=()) for check in report.checks)
        general = tuple(finding for finding in report.findings if finding.unit is None)[:FINDINGS]
        held = sum(sheet.state == "observed" for sheet in report.sheets)
        kept = Summary(msgspec.structs.replace(report, nodes=(), sheets=(), checks=checks, findings=general), held)
        self.connection.execute(
            "INSERT OR REPLACE INTO consultation VALUES (?, ?, ?, ?, ?)",
            (report.consultation, place, self.version, encode(kept), str(archive.resolve()) if archive else None),
        )

    def nodes(self, report: Report, above: Mapping[str, str]) -> None:
        """Every node; there are few, and a sheet more can join or part them."""
        self.connection.execute("DELETE FROM node WHERE consultation = ?", (report.consultation,))
        self.connection.execute("DELETE FROM joined WHERE consultation = ?", (report.consultation,))
        self.connection.executemany(_NODE, (_node_row(report, node) for node in report.nodes))
        joined = ((report.consultation, code, node) for code, node in above.items())
        self.connection.executemany("INSERT INTO joined VALUES (?, ?, ?)", joined)

    def sheets(self, report: Report, above: Mapping[str, str], codes: set[str] | None) -> None:
        """The sheets of these units; of all when there are no codes."""
        rows = (_sheet_row(report, sheet, above) for sheet in report.sheets if codes is None or sheet.code in codes)
        self.connection.executemany(_SHEET, rows)

    def names(self, report: Report) -> None:
        """What a search finds."""
        self.connection.execute("DELETE FROM named WHERE consultation = ?", (report.consultation,))
        self.connection.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?)", _names(report))

    def whole(self, place: int, report: Report, archive: Path | None) -> None:
        """Everything of a consultation."""
        shown = publishable(report)
        above = _shown_in(shown)
        self.connection.execute("DELETE FROM sheet WHERE consultation = ?", (report.consultation,))
        self.consultation(place, shown, archive)
        self.nodes(shown, above)
        self.sheets(shown, above, None)
        self.names(shown)


def _replace(pen: _Pen, report: Report, changed: Iterable[str] | None, archive: Path | None) -> None:
    row = pen.connection.execute(
        "SELECT place, payload, archive FROM consultation WHERE id = ?", (report.consultation,)
    ).fetchone()
    if row is None:
        others = len(pen.connection.execute("SELECT id FROM consultation").fetchall())
        pen.whole(others, report, archive)
        return
    place, archive = int(row[0]), archive or (Path(row[2]) if row[2] else None)
    if changed is None or msgspec.json.decode(row[1], type=Summary).report.embargoed != report.embargoed:
        pen.whole(place, report, archive)
        return
    shown = publishable(report)
    above = _shown_in(shown)
    pen.consultation(place, shown, archive)
    pen.nodes(shown, above)
    pen.sheets(shown, above, set(changed) | _otherwise_shown(pen.connection, shown, above))


def _otherwise_shown(connection: apsw.Connection, report: Report, above: Mapping[str, str]) -> set[str]:
    """Units that stand elsewhere, in another state, or are hidden now, or no longer, because of others."""
    rows = connection.execute(
        "SELECT code, parent, state, hidden FROM sheet WHERE consultation = ?", (report.consultation,)
    )
    before = {code: stood for code, *stood in rows}
    return {
        sheet.code
        for sheet in report.sheets
        if before.get(sheet.code) != [_above(report, sheet, above), sheet.state, int(sheet.hidden)]
    }


_NODE = "INSERT OR REPLACE INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SHEET = "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _node_row(report: Report, node: NodeShown) -> tuple[str | int | bytes | None, ...]:
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


def _sheet_row(report: Report, sheet: SheetShown, above: Mapping[str, str]) -> tuple[str | int | bytes | None, ...]:
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
    )


def _above(report: Report, sheet: SheetShown, above: Mapping[str, str]) -> str:
    """The node under which a sheet is listed."""
    parent = sheet.path[-1] if sheet.path else report.nodes[0].code
    return above.get(parent, parent)


def _names(report: Report) -> Iterator[tuple[str, str, str, str, str]]:
    """Nodes first, then units: the order in which a search lists them."""
    names = {node.code: node.name for node in report.nodes}
    for node in report.nodes[1:]:
        yield node.code, node.name, report.consultation, "node", names.get(node.parent, "")
    for sheet in report.sheets:
        above = " › ".join(names.get(code, code) for code in sheet.path)
        yield sheet.code, sheet.name, report.consultation, "sheet", above


def _shown_in(report: Report) -> dict[str, str]:
    """The codes of nodes too small to be shown, each with the code under which its figures are shown."""
    own = {node.code for node in report.nodes}
    return {code: node.code for node in report.nodes for code in node.joined if code not in own}


def _per_million(part: int | None, whole: int | None) -> int | None:
    """A whole number to sort by; pages show the figures themselves."""
    return part * 1_000_000 // whole if part is not None and whole else None


def _version_of(path: Path) -> int:
    if not path.exists():
        return 0
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        return stored_version(connection, path)
    except (apsw.Error, ViewsError):
        return 0


def stored_version(connection: apsw.Connection, path: Path) -> int:
    """The version number that the file holds; `ViewsError` when it is no file of views, or another program's."""
    try:
        rows = {str(name): value for name, value in connection.execute("SELECT name, value FROM meta")}
    except apsw.Error as error:
        raise ViewsError(say("{path}: not a file of views ({reason})", path=str(path), reason=str(error))) from error
    if rows.get("format") != FORMAT:
        raise ViewsError(say("{path}: views of another version of the program; rebuild them", path=str(path)))
    return int(str(rows["version"]))


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
