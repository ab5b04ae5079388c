"""The views file: what the pages read, made from reports and thrown away at will.

Guarantees that a page reads a few rows whatever the number of units; that a new file appears whole or not at all; that a
reader sees one version or the next, never a mixture. It holds nothing that a page may not show (`withheld`).

>>> rebuild(Path("views.sqlite"), [report])  # doctest: +SKIP
>>> views_reader.Views(Path("views.sqlite")).node(report.consultation, "21").name  # doctest: +SKIP
'Puno'
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import apsw
import msgspec

from tinkuy.federation.outcome import NodeShown, Report, SheetShown
from tinkuy.web.public.payload import encode
from tinkuy.web.public.withheld import publishable
from tinkuy.words import Spoken, say

FORMAT = 1

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
    consultation TEXT, code TEXT, parent TEXT, name TEXT, state TEXT,
    eligible INTEGER, turnout INTEGER, first INTEGER, payload BLOB,
    PRIMARY KEY (consultation, code)
) STRICT;
CREATE INDEX sheet_below ON sheet (consultation, parent, code);
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
                _insert(connection, place, version, report, (archives or {}).get(report.consultation))
        connection.close()
        _sync(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def update(path: Path, report: Report, changed: Iterable[str] | None = None, archive: Path | None = None) -> None:
    """Bring one consultation up to date as returns come in.

    `changed` are the codes of the units whose sheets differ from the views; only they and the nodes above them are
    written. Without it every row is compared. A consultation that the file lacks is added.
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
            row = connection.execute(
                "SELECT place, payload, archive FROM consultation WHERE id = ?", (report.consultation,)
            ).fetchone()
            if row is None:
                place = connection.execute("SELECT count(*) FROM consultation").fetchone()
                _insert(connection, int(place[0]) if place else 0, version, report, archive)
            elif changed is None or msgspec.json.decode(row[1], type=Summary).report.embargoed != report.embargoed:
                _remove(connection, report.consultation)
                _insert(connection, int(row[0]), version, report, archive or _path(row[2]))
            else:
                _change(connection, int(row[0]), version, report, set(changed), archive or _path(row[2]))
    finally:
        connection.close()


def _change(
    connection: apsw.Connection, place: int, version: int, report: Report, changed: set[str], archive: Path | None
) -> None:
    shown = publishable(report)
    above = _shown_in(shown)
    sheets = [sheet for sheet in shown.sheets if sheet.code in changed]
    codes = {above.get(code, code) for sheet in sheets for code in sheet.path} | {"", shown.nodes[0].code}
    nodes = [node for node in shown.nodes if node.code in codes]
    _write_consultation(connection, place, version, shown, archive)
    connection.executemany(_NODE, (_node_row(shown, node) for node in nodes))
    connection.executemany(_SHEET, (_sheet_row(shown, sheet, above) for sheet in sheets))


def _insert(connection: apsw.Connection, place: int, version: int, report: Report, archive: Path | None) -> None:
    shown = publishable(report)
    above = _shown_in(shown)
    _write_consultation(connection, place, version, shown, archive)
    connection.executemany(_NODE, (_node_row(shown, node) for node in shown.nodes))
    connection.executemany(_SHEET, (_sheet_row(shown, sheet, above) for sheet in shown.sheets))
    joined = ((shown.consultation, code, node) for code, node in above.items())
    connection.executemany("INSERT OR REPLACE INTO joined VALUES (?, ?, ?)", joined)
    connection.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?)", _names(shown))


def _remove(connection: apsw.Connection, consultation: str) -> None:
    for table in ("node", "joined", "sheet", "named"):
        connection.execute(f"DELETE FROM {table} WHERE consultation = ?", (consultation,))  # noqa: S608 (our names)
    connection.execute("DELETE FROM consultation WHERE id = ?", (consultation,))


_NODE = "INSERT OR REPLACE INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SHEET = "INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _write_consultation(
    connection: apsw.Connection, place: int, version: int, report: Report, archive: Path | None
) -> None:
    checks = tuple(msgspec.structs.replace(check, units=()) for check in report.checks)
    general = tuple(finding for finding in report.findings if finding.unit is None)[:200]
    held = sum(sheet.state == "observed" for sheet in report.sheets)
    kept = Summary(msgspec.structs.replace(report, nodes=(), sheets=(), checks=checks, findings=general), held)
    connection.execute(
        "INSERT OR REPLACE INTO consultation VALUES (?, ?, ?, ?, ?)",
        (report.consultation, place, version, encode(kept), str(archive.resolve()) if archive else None),
    )


def _node_row(report: Report, node: NodeShown) -> tuple[str | int | bytes | None, ...]:
    totals, coverage = node.totals, node.coverage
    options = list(totals.options.values())
    return (
        report.consultation,
        node.code,
        node.parent,
        node.name,
        _per_million(coverage.counted, coverage.units),
        _per_million(totals.cast, totals.eligible),
        _per_million(options[0] if options else None, sum(options)),
        coverage.held,
        coverage.units,
        encode(node),
    )


def _sheet_row(report: Report, sheet: SheetShown, above: Mapping[str, str]) -> tuple[str | int | bytes | None, ...]:
    parent = sheet.path[-1] if sheet.path else report.nodes[0].code
    votes = [vote for vote in sheet.votes if vote is not None]
    return (
        report.consultation,
        sheet.code,
        above.get(parent, parent),
        sheet.name,
        sheet.state,
        sheet.eligible,
        _per_million(sheet.cast, sheet.eligible),
        _per_million(sheet.votes[0] if sheet.votes else None, sum(votes)),
        encode(sheet),
    )


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


def _path(text: object) -> Path | None:
    return Path(text) if isinstance(text, str) else None


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
        rows = dict(connection.execute("SELECT name, value FROM meta WHERE name IN ('format', 'version')").fetchall())
    except apsw.Error as error:
        raise ViewsError(say("{path}: not a file of views ({reason})", path=str(path), reason=str(error))) from error
    if rows.get("format") != FORMAT:
        raise ViewsError(say("{path}: views of another version of the program; rebuild them", path=str(path)))
    return int(str(rows["version"]))


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
