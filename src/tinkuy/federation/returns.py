"""Returns: what comes back from the bases in a consultation, as acts in the federation's own book.

Guarantees that the receipt of a sheet names the very act and checkpoint of the base's book, that every change of a
sheet's state is an act with a reason, and that people, not the program, resolve what does not add up.

States of a sheet: pending → received as normal, observed or late → resolved | annulled; or not held. Source:
federation.md, "Tally sheet".
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tinkuy.assembly.act import Act, act, insist
from tinkuy.assembly.founding import HEX_32, Affiliations, by_officer
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import MAX_FIGURE
from tinkuy.federation.checks import SEVERITY
from tinkuy.federation.consultation import Consultations, Receipt, Unit
from tinkuy.federation.outcome import StateChange
from tinkuy.words import say

ADOPTABLE = ("signed_in", "cast", "blank", "null", "challenged")


def _unit(assembly: Assembly, consultation: str, code: str, *states: str) -> Unit:
    units = assembly.room(Consultations).standing(consultation, *states).units
    insist(code in units, say("{code} is not a unit of this consultation", code=code))
    return units[code]


@act
class Received(Act, tag="sheet.received", frozen=True, kw_only=True):
    """A unit's sheet came.

    Its place in the base's book, the checkpoint it came under, and what the checks made of it.
    """

    consultation: str
    unit: str
    index: int
    leaf: str
    size: int
    root: str
    state: Literal["normal", "observed", "late"]
    checks: tuple[int, ...] = ()
    proven: tuple[str, str] | None = None

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        unit = _unit(assembly, self.consultation, self.unit, "opened", "closed")
        insist(unit.receipt is None, say("a sheet of {unit} was received before", unit=self.unit))
        insist(0 <= self.index < self.size, say("the sheet's act lies outside the checkpoint"))
        insist(
            HEX_32.fullmatch(self.leaf) is not None and HEX_32.fullmatch(self.root) is not None,
            say("leaf and root are 64 hexadecimal digits each"),
        )
        known = all(number in SEVERITY for number in self.checks)
        forked = unit.affiliate.book in assembly.room(Consultations).forked
        holding = forked or any(SEVERITY.get(number) == "E" for number in self.checks)
        insist(
            known and tuple(sorted(set(self.checks))) == self.checks,
            say("checks are numbers from 1 to 20, in order"),
        )
        closes = assembly.room(Consultations).by_id[self.consultation].closes
        insist(
            (self.state == "late") == (self.at > closes),
            say("a sheet is late when it comes after the close ({closes}), and only then", closes=closes),
        )
        insist(
            self.state == "late" or (self.state == "observed") == holding,
            say("a sheet is observed when a check holds it, and only then"),
        )

    def apply(self, assembly: Assembly) -> None:
        unit = assembly.room(Consultations).by_id[self.consultation].units[self.unit]
        unit.receipt = Receipt(self.index, self.leaf, self.size, self.root, self.at, self.n, self.proven)
        unit.checks = self.checks
        unit.history.append(StateChange(self.at, self.state, self.by, ""))


class _Change(Act, frozen=True, kw_only=True):
    """A change of a sheet's state by people, with the reason."""

    consultation: str
    unit: str
    reason: str

    def _change(self, assembly: Assembly, state: str) -> Unit:
        unit = assembly.room(Consultations).by_id[self.consultation].units[self.unit]
        unit.history.append(StateChange(self.at, state, self.by, self.reason))
        return unit

    def _allowed(self, assembly: Assembly, *states: str) -> None:
        by_officer(assembly, self)
        unit = _unit(assembly, self.consultation, self.unit, "opened", "closed")
        insist(bool(self.reason.strip()), say("a change of state takes a reason"))
        insist(
            unit.state in states,
            say(
                "the sheet of {unit} is {state}; this asks for {states}",
                unit=self.unit,
                state=unit.state,
                states=states,
            ),
        )


@act
class Observed(_Change, tag="sheet.observed", frozen=True, kw_only=True):
    """People hold a sheet that was taken as normal."""

    def check(self, assembly: Assembly) -> None:
        self._allowed(assembly, "normal", "resolved")

    def apply(self, assembly: Assembly) -> None:
        self._change(assembly, "observed")


@act
class Resolved(_Change, tag="sheet.resolved", frozen=True, kw_only=True):
    """People resolve an observed sheet, adopting other figures where a comparison of copies gave them (cotejo)."""

    adopt: dict[str, int] = msgspec.field(default_factory=dict)
    votes: tuple[int, ...] = ()

    def check(self, assembly: Assembly) -> None:
        self._allowed(assembly, "observed")
        options = assembly.room(Consultations).by_id[self.consultation].options
        insist(len(self.votes) in (0, len(options)), say("adopt every option's votes, or none"))
        for box in self.adopt:
            insist(
                box in ADOPTABLE,
                say("“{box}” is not a figure that can be adopted: {boxes}", box=box, boxes=ADOPTABLE),
            )
        for figure in (*self.adopt.values(), *self.votes):
            insist(
                0 <= figure <= MAX_FIGURE,
                say(
                    "{figure} is not a count of persons or papers (0 to {most})",
                    figure=str(figure),
                    most=MAX_FIGURE,
                ),
            )

    def apply(self, assembly: Assembly) -> None:
        unit = self._change(assembly, "resolved")
        unit.adopted = dict(self.adopt) | {f"option:{at}": vote for at, vote in enumerate(self.votes)}


@act
class Annulled(_Change, tag="sheet.annulled", frozen=True, kw_only=True):
    """People annul a sheet; its figures count for nothing."""

    def check(self, assembly: Assembly) -> None:
        self._allowed(assembly, "normal", "observed", "resolved", "late")

    def apply(self, assembly: Assembly) -> None:
        self._change(assembly, "annulled")


@act
class NotHeld(_Change, tag="sheet.not_held", frozen=True, kw_only=True):
    """A base did not meet: there will be no sheet."""

    def check(self, assembly: Assembly) -> None:
        self._allowed(assembly, "pending")

    def apply(self, assembly: Assembly) -> None:
        self._change(assembly, "not_held")


@act
class Forked(Act, tag="book.forked", frozen=True, kw_only=True):
    """Two sealed checkpoints of one book that disagree have been seen.

    The book is frozen in every roll-up from here on; what was certified before stays certified.
    """

    book: str
    roots: tuple[str, str]
    sizes: tuple[int, int]
    evidence: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        insist(
            self.roots[0] != self.roots[1] or self.sizes[0] != self.sizes[1],
            say("a fork takes two checkpoints that disagree"),
        )
        bases = assembly.room(Affiliations).by_code.values()
        insist(
            any(base.book == self.book for base in bases),
            say("no base of this federation has the book {book}", book=self.book),
        )
        insist(
            self.book not in assembly.room(Consultations).forked,
            say("the fork of {book} is recorded already", book=self.book),
        )

    def apply(self, assembly: Assembly) -> None:
        consultations = assembly.room(Consultations)
        consultations.forked[self.book] = self.evidence
        for consultation in (one for one in consultations.by_id.values() if one.claim is None):
            for unit in consultation.units.values():
                if unit.affiliate.book == self.book and unit.state in ("normal", "resolved"):
                    unit.history.append(StateChange(self.at, "observed", self.by, "fork"))


@act
class DelegateVoted(Act, tag="delegate.voted", frozen=True, kw_only=True):
    """A base's delegate votes in the federation's session; the base's mandate is compared by check 15."""

    consultation: str
    unit: str
    delegate: str
    option: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        unit = _unit(assembly, self.consultation, self.unit, "opened", "closed")
        options = assembly.room(Consultations).by_id[self.consultation].options
        insist(
            self.option in {option.name for option in options},
            say("“{option}” is not an option of the question", option=self.option),
        )
        insist(unit.delegate is None, say("the delegate of {unit} has voted already", unit=self.unit))

    def apply(self, assembly: Assembly) -> None:
        unit = assembly.room(Consultations).by_id[self.consultation].units[self.unit]
        unit.delegate = (self.delegate, self.option)
