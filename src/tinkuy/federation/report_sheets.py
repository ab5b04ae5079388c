"""The sheets of a report: what each unit came to, and what there is to say of it.

Guarantees that a sheet shows what the files hold, with every check that it fails and what people made of it; and that
whatever an observer should read of a unit is found without making the sheets of all the others. Source: federation.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import eq
from typing import overload

from tinkuy.book.checkpoint import check_code
from tinkuy.federation import checks
from tinkuy.federation.audit import Opened
from tinkuy.federation.consultation import Consultations, Kept, Unit
from tinkuy.federation.hearing import Heard
from tinkuy.federation.outcome import Finding, OptionShown, SheetShown
from tinkuy.federation.rollup import RollUp
from tinkuy.federation.tree import Tree
from tinkuy.words import Said, say

FIGURES = ("eligible", "signed_in", "cast", "blank", "null", "challenged")
OVERRULED = frozenset(range(6, 16))  # what people may resolve with a reason; arithmetic must hold after they did
HELD = say("held, not counted")
FROZEN = say("frozen, not counted")


def frozen(opened: Opened, unit: Unit) -> bool:
    """Whether a fork of the base's book keeps its sheet from being counted."""
    book, consultations = unit.affiliate.book, opened.federation.room(Consultations)
    at_the_certificate = opened.consultation.forks
    known = consultations.frozen(book) if at_the_certificate is None else book in at_the_certificate
    return known or (book in opened.forks and book not in consultations.forked)


class Sheets(Sequence[SheetShown]):
    """The sheets of a report by code, each made when it is read.

    Most readers want what was found and added up; ninety thousand sheets beside ninety thousand hearings would be
    twice the memory.
    """

    def __init__(
        self,
        opened: Opened,
        heard: Mapping[str, Heard],
        summed: RollUp,
        again: Mapping[str, str],
        tree: Tree,
        options: tuple[OptionShown, ...],
    ) -> None:
        self._opened, self._heard, self._again, self._tree, self._options = opened, heard, again, tree, options
        self._codes = sorted(opened.consultation.units)
        self._rows = summed.units.sort("unit")
        self._failed = {row["unit"]: row for row in summed.failed.iter_rows(named=True)}
        self._hidden = frozenset(summed.hidden)

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, place: int) -> SheetShown: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SheetShown]: ...
    def __getitem__(self, place: int | slice) -> SheetShown | Sequence[SheetShown]:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        code = self._codes[place]
        return self._shown(code, self._rows.row(place, named=True))

    def __iter__(self) -> Iterator[SheetShown]:
        return map(self._shown, self._codes, self._rows.iter_rows(named=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as a list: it is compared by what it holds

    def findings(self) -> list[Finding]:
        """What there is to say of the units, by code."""
        found = []
        for place, code in enumerate(self._codes):
            if self._speaks(code):
                found += self._sheet(code, self._rows.row(place, named=True)).findings()
        return found

    def _speaks(self, code: str) -> bool:
        """Whether there may be anything to say of a unit; of nearly all there is not."""
        unit, one = self._opened.consultation.units[code], self._heard[code]
        if one.breaches or one.notes or code in self._failed or unit.state in ("observed", "resolved"):
            return True
        book, recorded = unit.affiliate.book, self._opened.federation.room(Consultations)
        return book in recorded.forked or book in self._opened.forks

    def _shown(self, code: str, row: Mapping[str, object]) -> SheetShown:
        under = self._opened.consultation.units[code].affiliate.under
        path = tuple(node.code for node in self._tree.path(under))
        return self._sheet(code, row).shown(code in self._hidden, path, self._options)

    def _sheet(self, code: str, row: Mapping[str, object]) -> _Sheet:
        unit = self._opened.consultation.units[code]
        return _Sheet(self._opened, unit, self._heard[code], row, self._failed.get(code), self._again.get(code))


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
        self.frozen = frozen(opened, unit)
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
