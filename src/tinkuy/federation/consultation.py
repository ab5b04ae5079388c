"""Consultations: one question put to every base (consulta), as acts in the federation's own book.

Guarantees that question, options, rule and units are fixed before the first return and never change after. What comes
back from the bases is in `returns`.

States: drafted → opened → closed (provisional) → certified → ratified → archived. Source: federation.md,
"Consultation", "Tally sheet".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import HEX_32, Affiliate, Affiliations, Body, by_officer
from tinkuy.assembly.register import moment
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import MAX_FIGURE, Count, Option, judge, options_wellformed
from tinkuy.book.entry import is_time
from tinkuy.federation.levels import TreeNodes
from tinkuy.federation.outcome import StateChange
from tinkuy.words import say

MAX_BATCH = 500


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """What the federation wrote down when a sheet came.

    Where it stands in the base's book and under which checkpoint.
    """

    index: int
    leaf: str
    size: int
    root: str
    at: str
    n: int  # the act in the federation's book: the order in which sheets came
    proven: tuple[str, str] | None = None  # the sheet's entry and its proof, as attachments, when no whole book came


@dataclass(slots=True)
class Unit:
    """A base in a consultation.

    Its frozen roll, the sheet that came, and the states that the sheet has passed through.
    """

    affiliate: Affiliate
    eligible: int
    roll: str
    receipt: Receipt | None = None
    checks: tuple[int, ...] = ()
    adopted: dict[str, int] = field(default_factory=dict)
    history: list[StateChange] = field(default_factory=list)
    delegate: tuple[str, str] | None = None  # (pseudonym in the base's book, option voted)

    @property
    def state(self) -> str:
        """The state last recorded."""
        return self.history[-1].state if self.history else "pending"


@dataclass(slots=True)
class Consultation:
    """A consultation as the federation's book tells it."""

    id: str
    question: str
    options: tuple[Option, ...]
    rule: str
    opens: str
    closes: str
    drafted: int  # act
    state: str = "drafted"
    units: dict[str, Unit] = field(default_factory=dict)
    claim: Certified | None = None
    forks: frozenset[str] | None = (
        None  # books known to fork when the result was certified; later ones do not change it
    )
    seats: int = 0  # shared among the options, which are lists; 0 where the question is no election
    seats_by: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The branch that a base's assembly chose.

    Its place (0 or 1) in the pair that disagreed, the checkpoint (size, root) from which the book goes on, why, the
    federation's act, and the attachment with the history given up where the federation held that one.
    """

    place: int
    size: int
    root: str
    reason: str
    n: int
    given_up: str = ""


@dataclass(slots=True)
class Consultations:
    """All consultations of a federation, and the books seen to fork.

    `forked` gives the evidence (an attachment) by book, `branches` the two checkpoints (size, root) that disagree, the
    one held by the federation first, and `kept` what the base's assembly chose: until it does, the book is frozen.
    """

    by_id: dict[str, Consultation] = field(default_factory=dict)
    forked: dict[str, str] = field(default_factory=dict)
    branches: dict[str, tuple[tuple[int, str], tuple[int, str]]] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)

    def frozen(self, book: str) -> bool:
        """Whether two histories of this book were seen and its assembly has not yet chosen one."""
        return book in self.forked and book not in self.kept

    def comes_again(self, unit: Unit) -> bool:
        """Whether a sheet may be received in the place of one that was annulled with the history it came from."""
        kept = self.kept.get(unit.affiliate.book)
        if kept is None or kept.place == 0 or unit.receipt is None:
            return False
        return unit.state == "annulled" and unit.receipt.n < kept.n

    def standing(self, name: str, *states: str) -> Consultation:
        """A consultation in one of these states; refused otherwise."""
        standing = self.by_id.get(name)
        if standing is None:
            raise Refused(say("there is no consultation {name}", name=name))
        if standing.state not in states:
            raise Refused(
                say("the consultation is {state}; this asks for {states}", state=standing.state, states=tuple(states))
            )
        return standing


@act
class Drafted(Act, tag="consultation.drafted", frozen=True, kw_only=True):
    """The question is fixed: its words, options, rule and window. The consultation is known by the id of this act.

    Where the options are lists, `seats` are shared among them by the rule of counting named in `seats_by`.
    """

    withdrawable = True

    question: str
    options: tuple[Option, ...]
    rule: str
    opens: str
    closes: str
    seats: Whole = 0
    seats_by: str = ""

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if not 0 < len(self.question) <= 4000:
            raise Refused(say("a question needs words, at most 4,000 characters"))
        options_wellformed(self.options)
        # Asked of no votes at all, the rule says whether a consultation has the figures that it needs.
        judge(assembly.room(Body).majority(self.rule), self.options, Count(votes=(0,) * len(self.options)))
        ordered = is_time(self.opens) and is_time(self.closes) and self.opens < self.closes
        if not ordered:
            raise Refused(say("a consultation opens before it closes; write both as 2026-03-08T20:00:00Z"))
        if self.seats or self.seats_by:
            self._of_lists()

    def apply(self, assembly: Assembly) -> None:
        name = assembly.entry_id
        assembly.room(Consultations).by_id[name] = Consultation(
            name,
            self.question,
            self.options,
            self.rule,
            self.opens,
            self.closes,
            self.n,
            seats=self.seats,
            seats_by=self.seats_by,
        )

    def _of_lists(self) -> None:
        from tinkuy.federation.seats import sharing  # noqa: PLC0415 — numpy waits until seats are shared

        sharing(self.seats_by, self.seats)
        if any(option.role != "choice" for option in self.options):
            raise Refused(say("seats are shared among lists: every option is a choice"))


@act
class UnitsFrozen(Act, tag="units.frozen", frozen=True, kw_only=True):
    """Bases that take part, a batch at a time: (code, book, electors on the frozen roll, hash of that roll)."""

    withdrawable = True

    consultation: str
    units: tuple[tuple[str, str, Whole, str], ...]

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        units = assembly.room(Consultations).standing(self.consultation, "drafted").units
        bases = assembly.room(Affiliations).by_code
        nodes = assembly.room(TreeNodes).nodes
        if not 0 < len(self.units) <= MAX_BATCH:
            raise Refused(say("a batch holds between 1 and {most} units", most=MAX_BATCH))
        here: set[str] = set()
        for code, book, eligible, roll in self.units:
            base = bases.get(code)
            if base is None or base.book != book:
                raise Refused(say("{code} is not a base of this federation with that book", code=code))
            under = base.under if base is not None else ""
            if under not in nodes:
                raise Refused(say("{code} stands under {node}, which the tree has not", code=code, node=under))
            if code in units or code in here:
                raise Refused(say("{code} is listed twice", code=code))
            if not 0 < eligible <= MAX_FIGURE:
                raise Refused(say("{code}: a roll counts between 1 and {most} electors", code=code, most=MAX_FIGURE))
            if HEX_32.fullmatch(roll) is None:
                raise Refused(say("{code}: the hash of the roll is not 64 hexadecimal digits", code=code))
            here.add(code)

    def apply(self, assembly: Assembly) -> None:
        units = assembly.room(Consultations).by_id[self.consultation].units
        bases = assembly.room(Affiliations).by_code
        for code, _, eligible, roll in self.units:
            units[code] = Unit(bases[code], eligible, roll)


@act
class Opened(Act, tag="consultation.opened", frozen=True, kw_only=True):
    """The bases may vote. From here neither question, rule nor units change."""

    withdrawable = True

    consultation: str
    units: Whole
    eligible: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        listed = assembly.room(Consultations).standing(self.consultation, "drafted").units.values()
        if not listed or len(listed) != self.units or sum(unit.eligible for unit in listed) != self.eligible:
            raise Refused(
                say(
                    "{units} units with {eligible} electors are listed, not what is declared",
                    units=len(listed),
                    eligible=sum(unit.eligible for unit in listed),
                )
            )

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Consultations).by_id[self.consultation].state = "opened"


@act
class Closed(Act, tag="consultation.closed", frozen=True, kw_only=True):
    """No return counts that comes after; the result is provisional until the held sheets are resolved."""

    withdrawable = True

    consultation: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        consultation = assembly.room(Consultations).standing(self.consultation, "opened")
        if moment(self.at) < moment(consultation.closes):
            raise Refused(say("the consultation closes at {closes}", closes=consultation.closes))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Consultations).by_id[self.consultation].state = "closed"


@act
class Certified(Act, tag="consultation.certified", frozen=True, kw_only=True):
    """The federation declares the result (proclamación): the figures it adds up to, and whether the question carried.

    Whether they are right cannot be seen from this book alone: the audit adds them up from the bases' books and
    compares. `seats` are those of each list, `drawn` the order of the lists that was drawn for a tie.
    """

    withdrawable = True

    consultation: str
    passed: bool
    units: Whole
    cast: Whole
    votes: tuple[Whole, ...]
    seats: tuple[Whole, ...] = ()
    drawn: tuple[str, ...] = ()

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        consultation = assembly.room(Consultations).standing(self.consultation, "closed")
        if len(self.votes) != len(consultation.options):
            raise Refused(say("every option has its votes"))
        lists = [option.name for option in consultation.options] if consultation.seats else []
        if len(self.seats) != len(lists):
            raise Refused(say("every list has its seats, where seats are shared"))
        if self.drawn and sorted(self.drawn) != sorted(lists):
            raise Refused(say("the order that was drawn has every list, each once"))

    def apply(self, assembly: Assembly) -> None:
        consultation = assembly.room(Consultations).by_id[self.consultation]
        consultation.state, consultation.claim = "certified", self
        consultations = assembly.room(Consultations)
        consultation.forks = frozenset(book for book in consultations.forked if consultations.frozen(book))


@act
class Ratified(Act, tag="consultation.ratified", frozen=True, kw_only=True):
    """The delegates ratify the result, where the statutes ask for it.

    `vote` is their vote in the federation's own book.
    """

    withdrawable = True

    consultation: str
    vote: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        assembly.room(Consultations).standing(self.consultation, "certified")
        decided = assembly.room(Body).decisions.get(self.vote)
        if decided is None or decided[1] != "carried":
            raise Refused(say("vote {number} did not carry", number=self.vote))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Consultations).by_id[self.consultation].state = "ratified"


@act
class Archived(Act, tag="consultation.archived", frozen=True, kw_only=True):
    """The consultation is over and kept."""

    withdrawable = True

    consultation: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        assembly.room(Consultations).standing(self.consultation, "certified", "ratified")

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Consultations).by_id[self.consultation].state = "archived"
