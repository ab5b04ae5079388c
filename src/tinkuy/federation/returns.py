"""Returns: what comes back from the bases in a consultation, as acts in the federation's own book.

Guarantees that the receipt of a sheet names the very act and checkpoint of the base's book, that every change of a
sheet's state is an act with a reason, and that people, not the program, resolve what does not add up.

States of a sheet: pending → received as normal, observed or late → resolved | annulled; or not held.
States of a base's book: one history → forked (frozen: its sheets are observed and count nowhere) → resolved, once the
base's assembly has chosen a branch in an act of its own (`assembly.branch`). People then resolve its sheets, or annul
those which stand on the branch given up; in the place of these a sheet of the branch kept may be received.

Source: federation.md, "Tally sheet"; book.md, "Checkpoint".
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act, read
from tinkuy.assembly.branch import MAX_REASON, Chosen
from tinkuy.assembly.founding import HEX_32, Affiliations, Body, Officer, by_officer, officers_wellformed
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import MAX_FIGURE
from tinkuy.book import merkle
from tinkuy.book import proof as proofs
from tinkuy.book.entry import parse
from tinkuy.book.errors import BookError
from tinkuy.federation.checklist import SEVERITY
from tinkuy.federation.consultation import Consultations, Kept, Receipt, Unit
from tinkuy.federation.named import BoardNamed, BoardsNamed
from tinkuy.federation.outcome import StateChange
from tinkuy.words import say

FORKED = say("two sealed histories of its book were seen: a fork")
ADOPTABLE = ("signed_in", "cast", "blank", "null", "challenged")


def _unit(assembly: Assembly, consultation: str, code: str, *states: str) -> Unit:
    units = assembly.room(Consultations).standing(consultation, *states).units
    if code not in units:
        raise Refused(say("{code} is not a unit of this consultation", code=code))
    return units[code]


@act
class Received(Act, tag="sheet.received", frozen=True, kw_only=True):
    """A unit's sheet came.

    Its place in the base's book, the checkpoint it came under, and what the checks made of it.
    """

    consultation: str
    unit: str
    index: Whole
    leaf: str
    size: Whole
    root: str
    state: Literal["normal", "observed", "late"]
    checks: tuple[Whole, ...] = ()
    proven: tuple[str, str] | None = None
    continues: tuple[str, ...] = ()  # of a book that forked: hashes (hex) from the branch kept to this checkpoint

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        unit = _unit(assembly, self.consultation, self.unit, "opened", "closed")
        if unit.receipt is not None and not assembly.room(Consultations).comes_again(unit):
            raise Refused(say("a sheet of {unit} was received before", unit=self.unit))
        if not 0 <= self.index < self.size:
            raise Refused(say("the sheet's act lies outside the checkpoint"))
        if HEX_32.fullmatch(self.leaf) is None or HEX_32.fullmatch(self.root) is None:
            raise Refused(say("leaf and root are 64 hexadecimal digits each"))
        known = all(number in SEVERITY for number in self.checks)
        frozen = assembly.room(Consultations).frozen(unit.affiliate.book)
        holding = frozen or any(SEVERITY.get(number) == "E" for number in self.checks)
        if not known or tuple(sorted(set(self.checks))) != self.checks:
            raise Refused(say("checks are numbers from 1 to 20, in order"))
        closes = assembly.room(Consultations).by_id[self.consultation].closes
        if (self.state == "late") != (self.at > closes):
            raise Refused(say("a sheet is late when it comes after the close ({closes}), and only then", closes=closes))
        if self.state != "late" and (self.state == "observed") != holding:
            raise Refused(say("a sheet is observed when a check holds it, and only then"))
        self._on_the_branch_kept(assembly, unit)

    def _on_the_branch_kept(self, assembly: Assembly, unit: Unit) -> None:
        """Refuse a sheet from a history that its own assembly gave up."""
        kept = assembly.room(Consultations).kept.get(unit.affiliate.book)
        if kept is None:
            if self.continues:
                raise Refused(say("the book of {unit} has one history: nothing is to be shown", unit=self.unit))
            return
        if not all(HEX_32.fullmatch(step) is not None for step in self.continues):
            raise Refused(say("the hashes of the proof are 64 hexadecimal digits each"))
        root, steps = bytes.fromhex(self.root), [bytes.fromhex(step) for step in self.continues]
        try:
            merkle.verify_consistency(kept.size, bytes.fromhex(kept.root), self.size, root, steps)
        except BookError:
            refusal = say("the sheet of {unit} is not from the history that its assembly chose", unit=self.unit)
            raise Refused(refusal) from None

    def apply(self, assembly: Assembly) -> None:
        unit = assembly.room(Consultations).by_id[self.consultation].units[self.unit]
        unit.receipt = Receipt(self.index, self.leaf, self.size, self.root, self.at, self.n, self.proven)
        unit.checks, unit.adopted = self.checks, {}
        unit.history.append(StateChange(self.at, self.state, self.by, ""))


class _Change(Act, frozen=True, kw_only=True):
    """A change of a sheet's state by people, with the reason."""

    withdrawable = True

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
        if not self.reason.strip():
            raise Refused(say("a change of state takes a reason"))
        if unit.state not in states:
            raise Refused(
                say(
                    "the sheet of {unit} is {state}; this asks for {states}",
                    unit=self.unit,
                    state=unit.state,
                    states=states,
                )
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

    adopt: dict[str, Whole] = msgspec.field(default_factory=dict)
    votes: tuple[Whole, ...] = ()

    def check(self, assembly: Assembly) -> None:
        self._allowed(assembly, "observed")
        self._on_the_branch_kept(assembly)
        options = assembly.room(Consultations).by_id[self.consultation].options
        if len(self.votes) not in (0, len(options)):
            raise Refused(say("adopt every option's votes, or none"))
        for box in self.adopt:
            if box not in ADOPTABLE:
                raise Refused(say("“{box}” is not a figure that can be adopted: {boxes}", box=box, boxes=ADOPTABLE))
        for figure in (*self.adopt.values(), *self.votes):
            if not 0 <= figure <= MAX_FIGURE:
                raise Refused(
                    say(
                        "{figure} is not a count of persons or papers (0 to {most})",
                        figure=str(figure),
                        most=MAX_FIGURE,
                    )
                )

    def _on_the_branch_kept(self, assembly: Assembly) -> None:
        consultations = assembly.room(Consultations)
        kept = consultations.kept.get(consultations.by_id[self.consultation].units[self.unit].affiliate.book)
        if kept is not None and kept.place != 0:
            raise Refused(
                say("the sheet of {unit} stands on the branch that its assembly gave up: annul it", unit=self.unit)
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
    sizes: tuple[Whole, Whole]
    evidence: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if self.roots[0] == self.roots[1] and self.sizes[0] == self.sizes[1]:
            raise Refused(say("a fork takes two checkpoints that disagree"))
        if min(self.sizes) <= 0 or not all(HEX_32.fullmatch(root) is not None for root in self.roots):
            raise Refused(say("a checkpoint is named by its size and its root, 64 hexadecimal digits"))
        bases = assembly.room(Affiliations).by_code.values()
        if not any(base.book == self.book for base in bases):
            raise Refused(say("no base of this federation has the book {book}", book=self.book))
        if assembly.room(Consultations).frozen(self.book):
            raise Refused(say("the fork of {book} is recorded already", book=self.book))

    def apply(self, assembly: Assembly) -> None:
        consultations = assembly.room(Consultations)
        consultations.forked[self.book] = self.evidence
        consultations.branches[self.book] = (self.sizes[0], self.roots[0]), (self.sizes[1], self.roots[1])
        consultations.kept.pop(self.book, None)
        for consultation in (one for one in consultations.by_id.values() if one.claim is None):
            for unit in consultation.units.values():
                if unit.affiliate.book == self.book and unit.state in ("normal", "resolved"):
                    unit.history.append(StateChange(self.at, "observed", self.by, FORKED))


@act
class ForkResolved(Act, tag="fork.resolved", frozen=True, kw_only=True):
    """The assembly of a base has chosen one of its two histories: from here on the book counts again.

    `size` and `root` are those of a checkpoint of the branch kept, and `board` who seals it, from the base's own book.
    `entry` is the base's act `branch.chosen` and `proof` its C2SP tlog-proof under that checkpoint; `continues` has the
    hashes (hex, RFC 6962 §2.1.2) from the checkpoint that was seen to disagree to this one. Where the federation held
    the branch given up, `held` is the attachment that keeps it.
    """

    book: str
    size: Whole
    root: str
    board: tuple[Officer, ...]
    entry: str
    proof: str
    continues: tuple[str, ...]
    reason: str
    held: str = ""

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        consultations = assembly.room(Consultations)
        if not consultations.frozen(self.book):
            raise Refused(say("no fork of {book} is waiting to be resolved", book=self.book))
        if not 0 < len(self.reason.strip()) <= MAX_REASON:
            raise Refused(say("letting a book go on takes a reason"))
        officers_wellformed(self.board)
        if not all(HEX_32.fullmatch(step) is not None for step in self.continues):
            raise Refused(say("the hashes of the proof are 64 hexadecimal digits each"))
        if self.held and HEX_32.fullmatch(self.held) is None:
            raise Refused(say("an attachment is named by its SHA-256 in 64 hexadecimal digits"))
        try:
            self._proven(assembly, consultations.branches[self.book])
        except BookError as error:
            raise Refused(say("the base's choice is not proven: {fault}", fault=error.said)) from None

    def _proven(self, assembly: Assembly, branches: tuple[tuple[int, str], tuple[int, str]]) -> None:
        """Raise `Refused` or `BookError` unless the base's act stands in the branch kept and gives up the other."""
        proven = proofs.parse(self.proof.encode())
        keys = {officer.role: bytes.fromhex(officer.key) for officer in self.board}
        signed = proofs.verify(proven, self.entry.encode(), self.book, keys)
        lacking = tuple(role for role in assembly.room(Body).statutes.officers.seal if role not in signed)
        if lacking:
            raise Refused(say("the branch kept is not sealed: {roles} did not sign", roles=lacking))
        at = proven.checkpoint
        if (at.size, at.root.hex()) != (self.size, self.root):
            raise Refused(say("the proof is under another checkpoint"))
        chosen = read(parse(self.entry.encode()))
        if not isinstance(chosen, Chosen):
            raise Refused(say("the base's act is not its choice of a branch but {kind}", kind=chosen.kind))
        place = self._kept(chosen, branches)
        size, root = branches[place]
        steps = [bytes.fromhex(step) for step in self.continues]
        merkle.verify_consistency(size, bytes.fromhex(root), at.size, at.root, steps)

    def _kept(self, chosen: Chosen, branches: tuple[tuple[int, str], tuple[int, str]]) -> int:
        """The place of the branch that is kept: the base's act gives up the other."""
        given_up = (chosen.size, chosen.root)
        if given_up not in branches:
            raise Refused(
                say(
                    "the base gave up a checkpoint of {size} acts that is neither of those which disagree",
                    size=chosen.size,
                )
            )
        return 1 - branches.index(given_up)

    def apply(self, assembly: Assembly) -> None:
        consultations = assembly.room(Consultations)
        chosen = read(parse(self.entry.encode()))
        if isinstance(chosen, Chosen):
            place = self._kept(chosen, consultations.branches[self.book])
            consultations.kept[self.book] = Kept(place, self.size, self.root, self.reason, self.n, self.held)
        bases = (base for base in assembly.room(Affiliations).by_code.values() if base.book == self.book)
        if base := next(bases, None):
            assembly.room(BoardsNamed).note(base, BoardNamed(self.board, self.n, self.size, self.root))


@act
class DelegateVoted(Act, tag="delegate.voted", frozen=True, kw_only=True):
    """A base's delegate votes in the federation's session; the base's mandate is compared by check 15."""

    withdrawable = True

    consultation: str
    unit: str
    delegate: str
    option: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        unit = _unit(assembly, self.consultation, self.unit, "opened", "closed")
        options = assembly.room(Consultations).by_id[self.consultation].options
        if self.option not in {option.name for option in options}:
            raise Refused(say("“{option}” is not an option of the question", option=self.option))
        if unit.delegate is not None:
            raise Refused(say("the delegate of {unit} has voted already", unit=self.unit))

    def apply(self, assembly: Assembly) -> None:
        unit = assembly.room(Consultations).by_id[self.consultation].units[self.unit]
        unit.delegate = (self.delegate, self.option)
