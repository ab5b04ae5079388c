"""The report of an audit: what the units came to, added up, judged, and compared with what the federation wrote down.

Guarantees that nothing is counted which a check holds, which lies under a breach, or which a fork froze; and that the
federation's own claims (the state it gave each sheet, the result it certified) are set against what the files add up
to. Source: federation.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from tinkuy.assembly.founding import Body
from tinkuy.book.checkpoint import check_code
from tinkuy.federation import checks, reported
from tinkuy.federation.acts import Assembly
from tinkuy.federation.audit import Opened
from tinkuy.federation.consultation import Consultation, Consultations, Kept, Unit
from tinkuy.federation.hearing import Heard
from tinkuy.federation.levels import TreeNodes
from tinkuy.federation.modes import Rules
from tinkuy.federation.outcome import Finding, ModeShown, NodeShown, OptionShown, Report, SheetShown
from tinkuy.federation.rollup import RollUp, roll_up
from tinkuy.federation.tree import Node, Tree
from tinkuy.statutes import Statutes
from tinkuy.words import Said, say

FIGURES = ("eligible", "signed_in", "cast", "blank", "null", "challenged")
OVERRULED = frozenset(range(6, 16))  # what people may resolve with a reason; arithmetic must hold after they did
HELD = say("held, not counted")
FROZEN = say("frozen, not counted")


def conclude(opened: Opened, heard: dict[str, Heard], found: Iterable[Finding] = ()) -> Report:
    """The report, from the federation's book, the hearing of every unit by code, and what else was found.

    `heard` is used up: ninety thousand hearings beside ninety thousand sheets would be twice the memory.
    """
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
    failed = {row["unit"]: row for row in summed.failed.iter_rows(named=True)}
    counted = _Counted.of(heard.values())
    findings += reported.findings(opened.federation, consultation, heard)
    hidden = frozenset(summed.hidden)
    sheets = []
    for (code, unit), row in zip(units, summed.units.sort("unit").iter_rows(named=True), strict=True):
        one = _Sheet(opened, unit, heard.pop(code), row, failed.get(code), again.get(code))
        findings += one.findings()
        sheets.append(one.shown(code in hidden, tuple(node.code for node in tree.path(unit.affiliate.under)), options))
    findings += _claim(consultation, summed, statutes)
    order = {"breach": 0, "E": 1, "W": 2, "info": 3}
    findings.sort(key=lambda finding: order[finding.severity])
    body = opened.federation.room(Body)
    return Report(
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
        sheets=tuple(sheets),
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
    return row | {"eligible": unit.eligible, "found": found} | unit.adopted


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
    sure = one.sheet is not None and not one.breaches and not _frozen(opened, unit)
    return unit.state if sure or unit.state not in ("normal", "resolved") else "observed"


def _frozen(opened: Opened, unit: Unit) -> bool:
    book, consultations = unit.affiliate.book, opened.federation.room(Consultations)
    at_the_certificate = opened.consultation.forks
    known = consultations.frozen(book) if at_the_certificate is None else book in at_the_certificate
    return known or (book in opened.forks and book not in consultations.forked)


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


class _Sheet:
    """One unit on its way into the report: what was recorded of it against what was found."""

    def __init__(
        self,
        opened: Opened,
        unit: Unit,
        heard: Heard,
        row: Mapping[str, object],
        failed: Mapping[str, list[int]] | None,
        first: str | None,
    ) -> None:
        self.unit, self.heard, self.row, self.first = unit, heard, row, first
        self.code = unit.affiliate.code
        self.failed = failed["failed"] if failed else []
        self.warned = failed["warned"] if failed else []
        self.options = [option.name for option in opened.consultation.options]
        self.frozen = _frozen(opened, unit)
        consultations, book = opened.federation.room(Consultations), unit.affiliate.book
        self.branches = consultations.branches.get(book)
        self.kept = consultations.kept.get(book)
        self.forked_later = not self.frozen and consultations.frozen(book)

    def difference(self, check: int) -> Said:
        """What a check found, in words, from wherever it was found."""
        if check == 16 and self.first is not None:
            return say("the same base was counted already as unit {first}", first=self.first)
        return self.heard.checks.get(check) or checks.difference(self.row, check, self.options)

    def fork(self) -> Said:
        """That the book forked, and where: the two checkpoints, as far as the federation recorded them."""
        if self.branches is None:
            return say("two sealed checkpoints of the book disagree: a fork")
        (one, first), (other, second) = self.branches
        return say(
            "two sealed checkpoints of the book disagree: a fork; {one} acts with code {first}, {other} with {second}",
            one=one,
            first=check_code(bytes.fromhex(first)),
            other=other,
            second=check_code(bytes.fromhex(second)),
        )

    def choice(self, kept: Kept) -> Said:
        """That the base's assembly ended the fork, and why."""
        return say("its assembly chose one of two histories of its book: {reason}", reason=kept.reason)

    def histories(self) -> Said | None:
        """What there is to say of a second history of the base's book, if one was seen."""
        if self.kept is not None and not self.frozen:
            return self.choice(self.kept)
        return self.fork() if self.frozen or self.forked_later else None

    def findings(self) -> list[Finding]:
        """Breaches first, then what holds the sheet, then warnings."""
        place, code = f"unit {self.code}", self.code
        found = list(self.heard.breaches)
        counted = self.unit.state in ("normal", "resolved")
        if counted and self.failed and not self.heard.breaches:
            said = say(
                "the federation recorded the sheet as {state}, but {difference} (check {check})",
                state=self.unit.state,
                difference=self.difference(self.failed[0]),
                check=str(self.failed[0]),
            )
            found.append(Finding("breach", place, said, self.failed[0], code, HELD))
        if self.frozen:
            found.append(Finding("E", place, self.fork(), None, code, FROZEN))
        if self.forked_later:
            said = say("a fork of the book was recorded after the result was certified; the result stands")
            found.append(Finding("W", place, said, None, code))
        if self.kept is not None:
            found.append(Finding("info", place, self.choice(self.kept), None, code))
        if self.unit.state in ("normal", "observed", "resolved", "late"):
            found += [Finding("E", place, self.difference(check), check, code, HELD) for check in self.failed]
            found += [Finding("W", place, self.difference(check), check, code) for check in self.warned]
        if self.unit.state == "observed" and not self.failed and not self.frozen and not self.heard.breaches:
            reason = self.unit.history[-1].reason
            said = (
                say("observed by the federation: {reason}", reason=reason)
                if reason
                else say("observed by the federation for a check that does not fail here")
            )
            found.append(Finding("E", place, said, None, code, HELD))
        if self.unit.state == "resolved":
            found += [
                Finding(
                    "info",
                    place,
                    say("{difference}; resolved: {reason}", difference=said, reason=self.unit.history[-1].reason),
                    check,
                    code,
                )
                for check, said in self.heard.checks.items()
                if check in OVERRULED
            ]
        return found + self.heard.notes

    def shown(self, hidden: bool, path: tuple[str, ...], options: Sequence[OptionShown]) -> SheetShown:
        """The sheet as the site and the terminal show it."""
        heard, unit, sheet = self.heard, self.unit, self.heard.sheet
        row = self.row
        numbers = sorted({*self.failed, *self.warned, *(heard.checks if unit.state == "resolved" else ())})
        return SheetShown(
            code=self.code,
            name=unit.affiliate.name,
            kind=unit.affiliate.kind,
            path=path,
            state=str(row["state"]),
            votes=tuple(_whole(row[f"option:{place}"]) for place in range(len(options))) if sheet is not None else (),
            **{name: _whole(row[name]) for name in FIGURES},
            received=sheet.count.received if sheet else None,
            spoiled=sheet.count.spoiled if sheet else None,
            unused=sheet.count.unused if sheet else None,
            place=sheet.place if sheet else "",
            opened=sheet.opened if sheet else "",
            closed=sheet.closed if sheet else "",
            tellers=sheet.tellers if sheet else (),
            hidden=hidden,
            checks=tuple(numbers),
            differences=tuple(self.difference(check) for check in numbers),
            history=tuple(unit.history),
            book=unit.affiliate.book,
            index=unit.receipt.index if unit.receipt else None,
            size=heard.size,
            root=heard.root.hex(),
            check_code=heard.check_code,
            signatures=heard.signatures,
            entry=heard.entry.decode(),
            whole_book=heard.whole_book,
            fork=self.histories(),
        )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _claim(consultation: Consultation, summed: RollUp, statutes: Statutes) -> list[Finding]:
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
    needed = statutes.thresholds.coverage
    if needed is not None and Fraction(coverage.counted, max(1, coverage.units)) < needed:
        said = say(
            "certified with {counted} of {units} units; the statutes ask for {needed}",
            counted=coverage.counted,
            units=coverage.units,
            needed=needed,
        )
        found.append(Finding("breach", place, said))
    if must_wait(summed.nodes[0], binding, statutes):
        said = say("certified while {held} sheets were held that the statutes ask to resolve first", held=coverage.held)
        found.append(Finding("breach", place, said))
    return found


def must_wait(root: NodeShown, binding: ModeShown, statutes: Statutes) -> bool:
    """Whether held sheets keep a result from being certified.

    They do while they could turn it; and while there are any, where the statutes' `proclaim` waits for all resolved.
    """
    if root.coverage.held == 0:
        return False
    return binding.to_turn is not None or statutes.thresholds.proclaim == "resolved"


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
