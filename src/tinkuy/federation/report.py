"""The report of an audit: what the units came to, added up, judged, and compared with what the federation wrote down.

Guarantees that nothing is counted which a check holds, which lies under a breach, or which a fork froze; and that the
federation's own claims (the state it gave each sheet, the result it certified) are set against what the files add up
to. Source: federation.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec
import polars as pl

from tinkuy.assembly.founding import Body
from tinkuy.book.checkpoint import check_code
from tinkuy.federation import reported
from tinkuy.federation.acts import Assembly
from tinkuy.federation.audit import Opened
from tinkuy.federation.consultation import Consultation, Unit
from tinkuy.federation.hearing import Heard
from tinkuy.federation.levels import TreeNodes
from tinkuy.federation.modes import Rules
from tinkuy.federation.outcome import Finding, ListsReport, ModeShown, NodeShown, OptionShown, Report, SeatsShown
from tinkuy.federation.report_sheets import FIGURES, OVERRULED, Sheets, frozen
from tinkuy.federation.rollup import RollUp, roll_up
from tinkuy.federation.tree import Node, Tree
from tinkuy.statutes import Statutes
from tinkuy.words import Said, say


def conclude(opened: Opened, heard: Mapping[str, Heard], found: Iterable[Finding] = ()) -> Report:
    """The report, from the federation's book, the hearing of every unit by code, and what else was found."""
    findings = [*opened.findings, *found]
    consultation, statutes = opened.consultation, judging(opened.federation.room(Body), opened.consultation)
    tree = tree_of(opened.federation)
    again = _twice(consultation)
    units = sorted(consultation.units.items())
    rows = (
        unit_row(unit, heard[code], _state(opened, unit, heard[code]), _found(unit, heard[code], again), tree)
        for code, unit in units
    )
    table = unit_table(rows, tree, len(consultation.options))
    options = tuple(OptionShown(option.name, option.role) for option in consultation.options)
    summed = roll_up(table, tree, options, Rules.of(statutes, consultation.rule))
    counted = _Counted.of(heard.values())
    findings += reported.findings(opened.federation, consultation, heard)
    sheets = Sheets(opened, heard, summed, again, tree, options)
    findings += sheets.findings()
    seats = seats_of(consultation, summed, statutes)
    findings += _claim(consultation, summed, statutes, seats)
    order = {"breach": 0, "E": 1, "W": 2, "info": 3}
    findings.sort(key=lambda finding: order[finding.severity])
    body = opened.federation.room(Body)
    report = Report(
        federation=body.name,
        federation_book=opened.federation.id,
        consultation=consultation.id,
        question=consultation.question,
        options=options,
        rule=consultation.rule,
        statutes=statutes.version,
        opens=consultation.opens,
        closes=consultation.closes,
        state="provisional" if consultation.state == "closed" else consultation.state,
        embargoed=statutes.embargo and consultation.state in ("drafted", "opened"),
        as_of=opened.federation.at,
        synthetic=body.synthetic,
        levels=tree.levels,
        nodes=summed.shown,
        sheets=sheets,
        modes=summed.modes,
        states=summed.states,
        checks=summed.checks,
        findings=tuple(findings),
        not_checked=_not_checked(len(counted.alone)),
        books=1 + len({unit.affiliate.book for code, unit in units if code not in counted.alone}),
        acts=len(opened.copy.bodies) + counted.acts,
        officer_signatures=opened.signed + counted.signed,
        inclusion_proofs=counted.proofs,
        sound=not any(finding.severity == "breach" for finding in findings),
        fingerprint=opened.fingerprint,
        check_code=check_code(opened.sealed.root),
    )
    return report if seats is None else ListsReport(**msgspec.structs.asdict(report), seats=seats)


def seats_of(consultation: Consultation, summed: RollUp, statutes: Statutes) -> SeatsShown | None:
    """The seats that the votes come to, by the lot that was certified; None where the question shares none."""
    if not consultation.seats:
        return None
    from tinkuy.federation.seats import share  # noqa: PLC0415 — numpy waits until seats are shared

    drawn = consultation.claim.drawn if consultation.claim else ()
    votes = summed.nodes[0].totals.options
    return share(consultation.seats_by, consultation.seats, votes, statutes.election.threshold, drawn)


def judging(body: Body, consultation: Consultation) -> Statutes:
    """The statutes in force when the question was fixed; later ones do not change it."""
    return next(statutes for since, statutes in reversed(body.adopted) if since <= consultation.drafted)


def tree_of(federation: Assembly) -> Tree:
    """The tree that the federation's book defines, as the roll-up takes it."""
    nodes = federation.room(TreeNodes)
    named = {
        code: Node(code, name, nodes.levels[nodes.depth[code]], parent) for code, (name, parent) in nodes.nodes.items()
    }
    return Tree(nodes.levels, named, federation.room(Body).name)


def _twice(consultation: Consultation) -> dict[str, str]:
    """Units that come to the count by a second path.

    Code → the code under which the same base came first (check 16).
    """
    first: dict[str, str] = {}
    again = {}
    came = [(unit.receipt.n, code, unit) for code, unit in consultation.units.items() if unit.receipt is not None]
    for _, code, unit in sorted(came, key=lambda one: one[:2]):
        if unit.state == "annulled":
            continue
        if unit.affiliate.book in first:
            again[code] = first[unit.affiliate.book]
        else:
            first[unit.affiliate.book] = code
    return again


def unit_row(unit: Unit, one: Heard, state: str, found: list[int], tree: Tree) -> dict[str, object]:
    """A unit's row of the unit table: the figures on its sheet, those that people adopted in their place."""
    row: dict[str, object] = {"unit": unit.affiliate.code, **tree.columns(unit.affiliate.under), "state": state}
    if one.sheet is not None:
        count = one.sheet.count
        row |= {name: getattr(count, name) for name in FIGURES}
        row |= {f"option:{place}": vote for place, vote in enumerate(count.votes)}
    # None for nothing found: ninety thousand empty lists would take longer than all other columns.
    return row | {"eligible": unit.eligible, "found": found or None} | unit.adopted


def unit_table(rows: Iterable[Mapping[str, object]], tree: Tree, options: int) -> pl.DataFrame:
    """The unit table of such rows (docs/architecture.md); a figure that a row does not have is missing."""
    schema: dict[str, pl.DataType] = {"unit": pl.String(), **{f"level:{level}": pl.String() for level in tree.levels}}
    schema |= {"state": pl.String(), **{name: pl.Int64() for name in FIGURES}}
    schema |= {f"option:{place}": pl.Int64() for place in range(options)} | {"found": pl.List(pl.Int64())}
    columns: dict[str, list[object]] = {name: [] for name in schema}
    for row in rows:
        for name, column in columns.items():
            column.append(row.get(name))
    return pl.DataFrame(columns, schema=schema)


def _state(opened: Opened, unit: Unit, one: Heard) -> str:
    """The state that the files bear out.

    What is frozen, damaged or not at hand is not counted, whatever was recorded.
    """
    sure = one.sheet is not None and not one.breaches and not frozen(opened, unit)
    return unit.state if sure or unit.state not in ("normal", "resolved") else "observed"


def _found(unit: Unit, one: Heard, again: Mapping[str, str]) -> list[int]:
    """The checks that hold or warn, as found on this unit alone and by a second path."""
    alone = [number for number in one.checks if unit.state != "resolved" or number not in OVERRULED]
    return sorted({*alone, *([16] if unit.affiliate.code in again else [])})


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was verified of all units: acts, officers' signatures, proofs; and the units that sent a sheet alone."""

    acts: int
    signed: int
    proofs: int
    alone: frozenset[str]

    @classmethod
    def of(cls, heard: Collection[Heard]) -> _Counted:
        return cls(
            acts=sum(one.acts for one in heard),
            signed=sum(one.signed for one in heard),
            proofs=sum(one.proofs for one in heard),
            alone=frozenset(one.code for one in heard if not one.whole_book),
        )


def _claim(consultation: Consultation, summed: RollUp, statutes: Statutes, seats: SeatsShown | None) -> list[Finding]:
    """What the federation certified against what its bases' sheets add up to."""
    claim = consultation.claim
    if claim is None:
        return []
    place = f"federation book, act {claim.n}"
    totals, coverage, binding = summed.nodes[0].totals, summed.nodes[0].coverage, summed.modes[0]
    found = []
    if binding.passed != claim.passed:
        said = say("certified as carried; by the sheets it is not carried")
        if binding.passed:
            said = say("certified as not carried; by the sheets it is carried")
        found.append(Finding("breach", place, said))
    reached = (coverage.counted, totals.cast, tuple(totals.options.values()))
    if reached != (claim.units, claim.cast, claim.votes):
        said = say(
            "certified with {units} units, {cast} papers, votes {votes}; the sheets give {counted}, {papers}, {sums}",
            units=claim.units,
            cast=claim.cast,
            votes=claim.votes,
            counted=coverage.counted,
            papers=totals.cast,
            sums=tuple(totals.options.values()),
        )
        found.append(Finding("breach", place, said))
    if seats is not None and claim.seats != tuple(seats.won.values()):
        said = say(
            "certified with the seats {seats}; by the sheets: {sentence}", seats=claim.seats, sentence=seats.sentence
        )
        found.append(Finding("breach", place, said))
    needed = statutes.thresholds.coverage
    if needed is not None and Fraction(coverage.counted, max(1, coverage.units)) < needed:
        said = say(
            "certified with {counted} of {units} units; the statutes ask for {needed}",
            counted=coverage.counted,
            units=coverage.units,
            needed=needed,
        )
        found.append(Finding("breach", place, said))
    if must_wait(summed.nodes[0], binding, statutes, consultation):
        said = say("certified while {held} sheets were held that the statutes ask to resolve first", held=coverage.held)
        found.append(Finding("breach", place, said))
    return found


def must_wait(root: NodeShown, binding: ModeShown, statutes: Statutes, consultation: Consultation) -> bool:
    """Whether held sheets keep a result from being certified.

    They do while they could turn it; and while there are any, where the statutes' `proclaim` waits for all resolved, or
    where seats are shared, which a few votes can move.
    """
    if root.coverage.held == 0:
        return False
    return binding.to_turn is not None or statutes.thresholds.proclaim == "resolved" or consultation.seats > 0


def _not_checked(proven: int) -> tuple[Said, ...]:
    said = [
        say("the time of an act is what its writer claims; no file can prove it"),
        say("that the members are who the rolls say: names stay with each base"),
    ]
    if proven:
        said.append(
            say(
                "{count} sheets came with a proof of inclusion only: the acts before them were not replayed",
                count=proven,
            )
        )
    return tuple(said)
