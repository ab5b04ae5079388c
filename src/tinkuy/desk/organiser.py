"""What the organiser of a federation does, as acts ready to be recorded: tree, bases, rolls, the certified result.

Guarantees that what an act says of a base is taken from that base's own sealed book (rule 1 of the house), and that a
result is certified only with the figures that the sheets add up to, and only when nothing held could turn it.

Source: federation.md, "Consultation"; statutes `thresholds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from tinkuy.assembly import seal
from tinkuy.assembly.founding import Affiliate, AffiliationAccepted, Affiliations, Body
from tinkuy.assembly.register import Register
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.table import Row
from tinkuy.federation.acts import Assembly
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.consultation import Certified, Consultation, Consultations, UnitsFrozen
from tinkuy.federation.levels import TreeDefined
from tinkuy.federation.outcome import Report
from tinkuy.federation.report import judging, must_wait
from tinkuy.words import say

BATCH = 200  # units or nodes an act: an entry holds 65,535 bytes


def tree(rows: Sequence[Row], name: str, levels: tuple[str, ...]) -> Iterator[TreeDefined]:
    """The nodes of a table (`table.PLACES`), parents before children whatever their order in it.

    Levels come from `levels`, top first, else from the column `level`. Raises `DeskError` with the line at fault.
    """
    by_code: dict[str, Row] = {}
    for row in rows:
        if row.cells["code"] in by_code:
            raise DeskError(
                say("{file}, line {line}: {code} stands here twice", file=name, line=str(row.line), **_code(row))
            )
        by_code[row.cells["code"]] = row
    depth = {code: _depth(code, by_code, name) for code in by_code}
    levels = levels or _levels(rows, depth, name)
    ordered = sorted(rows, key=lambda row: (depth[row.cells["code"]], row.cells["code"]))
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        nodes = tuple((row.cells["code"], row.cells["name"], row.cells["parent"]) for row in part)
        yield TreeDefined(levels=levels, nodes=nodes)


def affiliation(copy: BookCopy, state: Assembly, code: str, under: str) -> AffiliationAccepted:
    """The act that takes in the base whose book this is, with the keys that seal it now.

    Raises `DeskError` when the copy is not sealed by its whole board, or holds an act that was not allowed.
    """
    expect_sealed(copy, state, code)
    body = state.room(Body)
    board = tuple(seat.officer for seat in body.seats if seat.until is None)
    return AffiliationAccepted(code=code, book=state.id, name=body.name, body=body.kind, under=under, board=board)


def expect_sealed(copy: BookCopy, state: Assembly, code: str) -> None:
    """Raise `DeskError` unless the whole board stands behind a base's copy and every act in it was allowed."""
    sealed = seal.inspect(copy.bodies, copy.note, state)
    for fault in sealed.faults:
        raise DeskError(say("{code}: the seal does not hold: {fault}", code=code, fault=fault))
    if sealed.lacking:
        raise DeskError(
            say("{code}: the book is provisional: {roles} did not sign", code=code, roles=tuple(sealed.lacking))
        )
    for breach in state.breaches:
        raise DeskError(say("{code}: act {act} was not allowed: {why}", code=code, act=str(breach.n), why=breach.said))


def lodged(desk: Desk, federation: str, consultation: str, without: Iterable[str] = ()) -> Iterator[UnitsFrozen]:
    """Every base with the roll that it froze last, from its own book.

    Bases of `without` stay out. Raises `DeskError` naming the bases whose book is not here or has no frozen roll.
    """
    bases = desk.assembly(federation).room(Affiliations).by_code
    left_out = set(without)
    unknown = sorted(left_out - set(bases))
    if unknown:
        raise DeskError(say("no base has the code {code}", code=unknown[0]))
    units, unready = [], []
    for code, base in sorted(bases.items()):
        if code in left_out:
            continue
        frozen = desk.assembly(base.book).room(Register).frozen if desk.store.size(base.book) else []
        if frozen:
            units.append((code, base.book, frozen[-1].count, frozen[-1].hash))
        else:
            unready.append(code)
    if unready:
        raise DeskError(
            say(
                "{count} bases have not sent a book with a frozen roll: {codes}; receive it, or leave them out",
                count=len(unready),
                codes=tuple(unready[:10]),
            )
        )
    if not units:
        raise DeskError(say("no base is affiliated yet, so there is nobody to consult"))
    for start in range(0, len(units), BATCH):
        yield UnitsFrozen(consultation=consultation, units=tuple(units[start : start + BATCH]))


def certified(report: Report, consultation: Consultation, body: Body, drawn: Sequence[str] = ()) -> Certified:
    """The result with the figures that the sheets add up to; `drawn` is the order of the lists for a tie of seats.

    Raises `DeskError` while the audit finds a breach, too few units have reported, or held sheets could turn it.
    """
    coverage, binding = report.nodes[0].coverage, report.modes[0]
    for finding in report.findings:
        if finding.severity == "breach":
            raise DeskError(say("{place}: {fault}", place=finding.place, fault=finding.said))
    statutes = judging(body, consultation)
    needed = statutes.thresholds.coverage
    if needed is not None and Fraction(coverage.counted, max(1, coverage.units)) < needed:
        raise DeskError(
            say(
                "{counted} of {units} units are counted; the statutes ask for {needed} before a result is certified",
                counted=coverage.counted,
                units=coverage.units,
                needed=needed,
            )
        )
    if coverage.held and binding.to_turn is not None:
        raise DeskError(
            say(
                "{held} sheets are held, and {turn} outstanding votes could turn the verdict: resolve them first",
                held=coverage.held,
                turn=binding.to_turn,
            )
        )
    if must_wait(report.nodes[0], binding, statutes, consultation):
        if consultation.seats:
            raise DeskError(
                say("{held} sheets are held, and could move a seat: resolve them first", held=coverage.held)
            )
        raise DeskError(say("{held} sheets are held, and the statutes ask to resolve them first", held=coverage.held))
    totals = report.nodes[0].totals
    return Certified(
        consultation=consultation.id,
        passed=binding.passed,
        units=coverage.counted,
        cast=totals.cast,
        votes=tuple(totals.options.values()),
        seats=_seats(consultation, totals.options, statutes.election.threshold, drawn),
        drawn=tuple(drawn),
    )


def _seats(
    consultation: Consultation, votes: Mapping[str, int], threshold: Fraction | None, drawn: Sequence[str]
) -> tuple[int, ...]:
    if not consultation.seats:
        if drawn:
            raise DeskError(say("no seats are shared in this consultation: there is nothing to draw"))
        return ()
    from tinkuy.federation.seats import share  # noqa: PLC0415 — numpy waits until seats are shared

    shared = share(consultation.seats_by, consultation.seats, votes, threshold, drawn)
    if shared.tied:
        raise DeskError(
            say("{names} are tied for a seat: draw all lists and give the order with --drawn", names=shared.tied)
        )
    if not shared.won:
        raise DeskError(shared.sentence)
    if drawn and share(consultation.seats_by, consultation.seats, votes, threshold).won:
        raise DeskError(say("no seats are tied: there is nothing to draw"))
    return tuple(shared.won.values())


def standing(federation: Assembly, name: str | None, *states: str) -> Consultation:
    """The consultation named, or the only one in these states. Raises `DeskError` when it is not clear which."""
    by_id = federation.room(Consultations).by_id
    if name is not None:
        if name not in by_id:
            raise DeskError(say("the federation's book holds no consultation {name}", name=name))
        return by_id[name]
    found = [one for one in by_id.values() if one.state in states]
    if len(found) != 1:
        raise DeskError(
            say(
                "{count} consultations are {states}: say which with --consultation; those of the book are {names}",
                count=len(found),
                states=states,
                names=tuple(by_id),
            )
        )
    return found[0]


def base_of(federation: Assembly, book: str) -> list[Affiliate]:
    """The bases that have this book, by code: one, or two when a base came by a second path."""
    return [base for _, base in sorted(federation.room(Affiliations).by_code.items()) if base.book == book]


def _code(row: Row) -> dict[str, str]:
    return {"code": row.cells["code"]}


def _depth(code: str, by_code: dict[str, Row], name: str) -> int:
    way = [code]
    while parent := by_code[way[-1]].cells["parent"]:
        line = str(by_code[way[-1]].line)
        if parent not in by_code:
            raise DeskError(
                say("{file}, line {line}: {parent} is not in the table", file=name, line=line, parent=parent)
            )
        if parent in way:
            raise DeskError(
                say("{file}, line {line}: {parent} hangs under itself", file=name, line=line, parent=parent)
            )
        way.append(parent)
    return len(way) - 1


def _levels(rows: Sequence[Row], depth: dict[str, int], name: str) -> tuple[str, ...]:
    found: dict[int, str] = {}
    for row in rows:
        level = row.cells["level"]
        if not level:
            raise DeskError(
                say(
                    "{file}, line {line}: the level has no name; fill the column, or name all with --level",
                    file=name,
                    line=str(row.line),
                )
            )
        if found.setdefault(depth[row.cells["code"]], level) != level:
            raise DeskError(
                say(
                    "{file}, line {line}: level “{level}”, and others as deep are “{other}”",
                    file=name,
                    line=str(row.line),
                    level=level,
                    other=found[depth[row.cells["code"]]],
                )
            )
    return tuple(found[place] for place in sorted(found))
