"""Founding: who a body is, by which statutes it lives, who seals its book, and which bases belong to it.

Guarantees that a book names its own body (the founding act is the first and gives the book its id), that statutes
bind from the act that adopts them, that at no act two keys hold one seat, and that a federation knows each of its
bases by the id of the base's own book. How a board changes is in `board` and `recall`.

Spanish: acta de constitución, estatutos, mesa directiva, afiliación. Source: house rules 1 and 4; book.md, "Keys".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.state import OPENS, Assembly
from tinkuy.book.merkle import Frontier
from tinkuy.statutes import Majority, Quorum, Statutes, StatutesError
from tinkuy.words import say

HEX_32 = re.compile(r"[0-9a-f]{64}")
ROLE = re.compile(r"[a-z][a-z0-9._-]{0,31}")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


class Officer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A seat on the board.

    The role, the Ed25519 public key that seals for it, and the commitment to its next key (hex).
    """

    role: str
    key: str
    next: str


class Seat(msgspec.Struct, frozen=True, gc=False):
    """An officer's key and the indices from which, and before which, it seals; `until` is None while it holds."""

    officer: Officer
    since: int
    until: int | None = None


@dataclass(slots=True)
class Body:
    """Who the body is, its statutes in order of adoption, everyone who ever held a seat, and what its votes decided."""

    name: str = ""
    kind: str = ""
    place: str = ""
    synthetic: bool = False
    adopted: list[tuple[int, Statutes]] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    holding: dict[str, int] = field(default_factory=dict)  # role → place in `seats` of whoever holds it now
    decisions: dict[int, tuple[str, str]] = field(default_factory=dict)  # vote → its rule and outcome, once declared
    spent: set[int] = field(default_factory=set)  # votes that were carried out: statutes adopted, a board installed
    keyed: set[str] = field(default_factory=set)  # every key that ever held a seat
    tree: Frontier = field(default_factory=Frontier, repr=False)  # the acts up to the last recovery or recall

    @property
    def statutes(self) -> Statutes:
        """The statutes in force for the act in hand."""
        return self.adopted[-1][1]

    def majority(self, rule: str) -> Majority:
        """The majority that the statutes in force ask for this kind of decision.

        Refused when they know no such kind.
        """
        try:
            return self.statutes.majority(rule)
        except StatutesError as error:
            raise Refused(error.said) from None

    def quorum(self, call: int, rule: str) -> Quorum:
        """The quorum of a call for this kind of decision; refused when the statutes in force know no such call."""
        try:
            return self.statutes.quorum(call, rule)
        except StatutesError as error:
            raise Refused(error.said) from None

    def officer(self, role: str) -> Officer | None:
        """Who holds a role now."""
        return self.seats[self.holding[role]].officer if role in self.holding else None

    def sealing(self, size: int) -> dict[str, Officer]:
        """Who seals, by role, a checkpoint over the first `size` acts."""
        return {
            seat.officer.role: seat.officer
            for seat in self.seats
            if seat.since < size and (seat.until is None or size <= seat.until)
        }

    def keys(self, size: int) -> dict[str, bytes]:
        """Public keys by role for a checkpoint over the first `size` acts."""
        return {role: bytes.fromhex(officer.key) for role, officer in self.sealing(size).items()}

    def install(self, officer: Officer, index: int) -> None:
        """Seat an officer from this index on; the predecessor's key stops there."""
        # In constant time: a book of a hundred thousand rotations must not take an hour to replay.
        before = self.holding.get(officer.role)
        if before is not None:
            self.seats[before] = Seat(self.seats[before].officer, self.seats[before].since, index)
        self.holding[officer.role] = len(self.seats)
        self.seats.append(Seat(officer, index))
        self.keyed.add(officer.key)

    def vacate(self, role: str, index: int) -> None:
        """End a seat at this index; nobody holds the role from there on."""
        before = self.holding.pop(role)
        self.seats[before] = Seat(self.seats[before].officer, self.seats[before].since, index)

    @property
    def board(self) -> tuple[Officer, ...]:
        """Who holds a seat now, in the order in which they took it."""
        return tuple(self.seats[place].officer for place in sorted(self.holding.values()))


class Affiliate(msgspec.Struct, frozen=True, gc=False):
    """A base of a federation: its code, its book, and where it stands in the federation's tree."""

    code: str
    book: str
    name: str
    kind: str
    under: str
    board: tuple[Officer, ...]


@dataclass(slots=True)
class Affiliations:
    """The bases that belong, by code; ended ones are taken out."""

    by_code: dict[str, Affiliate] = field(default_factory=dict)


def officers_wellformed(board: tuple[Officer, ...]) -> None:
    """Refuse a board with a role twice, or with something that is not a key."""
    roles = [officer.role for officer in board]
    if not 0 < len(board) <= 16:
        raise Refused(say("a board has between 1 and 16 officers; this one has {count}", count=len(board)))
    if len(set(roles)) != len(roles):
        raise Refused(say("a role stands twice on the board"))
    for officer in board:
        if ROLE.fullmatch(officer.role) is None:
            raise Refused(say("“{role}” is not a role: use small letters, e.g. chair", role=officer.role))
        for key in (officer.key, officer.next):
            if HEX_32.fullmatch(key) is None:
                raise Refused(say("the key of {role} is not 64 hexadecimal digits", role=officer.role))
    # One key in two seats would seal alone what the statutes ask two officers to seal.
    if len({officer.key for officer in board}) != len(board):
        raise Refused(say("two seats of the board have the same key"))


def by_officer(assembly: Assembly, recorded: Act) -> None:
    """Refuse an act recorded by somebody who holds no seat."""
    if recorded.by not in assembly.room(Body).holding:
        raise Refused(say("“{role}” holds no seat on the board at this act", role=recorded.by))


def _may_bind(statutes: Statutes, at: str, board: tuple[Officer, ...]) -> None:
    if not statutes.in_force(date.fromisoformat(at[:10])):
        raise Refused(say("the statutes {version} are not valid on {day}", version=statutes.version, day=at[:10]))
    can_seal(statutes, board)


def can_seal(statutes: Statutes, board: tuple[Officer, ...]) -> None:
    """Refuse a board without an officer whose seal the statutes ask for."""
    lacking = [role for role in statutes.officers.seal if role not in {officer.role for officer in board}]
    if lacking:
        raise Refused(
            say("the statutes ask that {roles} seal, and the board has no such officer", roles=tuple(lacking))
        )


@act
class Founded(Act, tag="assembly.founded", frozen=True, kw_only=True):
    """The body comes to be: name, kind, place, statutes and first board. The book's id is the name of this act."""

    name: str
    body: str
    place: str
    statutes: str
    board: tuple[Officer, ...]
    synthetic: bool = False

    def check(self, assembly: Assembly) -> None:
        if assembly.size != 0:
            raise Refused(OPENS)
        if not 0 < len(self.name) <= 200:
            raise Refused(say("a body needs a name of at most 200 characters"))
        officers_wellformed(self.board)
        _may_bind(assembly.statutes_named(self.statutes), self.at, self.board)
        if self.by not in {officer.role for officer in self.board}:
            raise Refused(say("“{role}” is not on the founding board", role=self.by))

    def apply(self, assembly: Assembly) -> None:
        assembly.id = assembly.entry_id
        body = assembly.room(Body)
        body.name, body.kind, body.place, body.synthetic = self.name, self.body, self.place, self.synthetic
        body.adopted.append((self.n, assembly.statutes_named(self.statutes)))
        for officer in self.board:
            body.install(officer, self.n)


@act
class StatutesAdopted(Act, tag="statutes.adopted", frozen=True, kw_only=True):
    """New statutes bind from this act on.

    `vote` is the motion on them, carried by the majority that the old ones ask for statutes.
    """

    statutes: str
    vote: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        body = assembly.room(Body)
        _may_bind(assembly.statutes_named(self.statutes), self.at, body.board)
        carried(assembly, self.vote, "statutes")

    def apply(self, assembly: Assembly) -> None:
        body = assembly.room(Body)
        body.adopted.append((self.n, assembly.statutes_named(self.statutes)))
        body.spent.add(self.vote)


def carried(assembly: Assembly, number: int, rule: str) -> None:
    """Refuse unless this vote was declared carried by this rule, and was not carried out before: one vote, one act."""
    body = assembly.room(Body)
    if body.decisions.get(number) != (rule, "carried"):
        raise Refused(
            say(
                "this takes a vote carried by the rule “{rule}”; vote {number} is not one",
                rule=rule,
                number=number,
            )
        )
    if number in body.spent:
        raise Refused(say("vote {number} was carried out already", number=number))


@act
class AffiliationAccepted(Act, tag="affiliation.accepted", frozen=True, kw_only=True):
    """A federation takes in a base.

    Its book, its code, its place in the tree, and the keys with which it sealed when it came in.
    """

    withdrawable = True

    code: str
    book: str
    name: str
    body: str
    under: str
    board: tuple[Officer, ...]

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if CODE.fullmatch(self.code) is None:
            raise Refused(say("“{code}” is not a code: letters, digits, . _ - and at most 40", code=self.code))
        if self.code in assembly.room(Affiliations).by_code:
            raise Refused(say("the code {code} belongs to a base already", code=self.code))
        officers_wellformed(self.board)

    def apply(self, assembly: Assembly) -> None:
        base = Affiliate(self.code, self.book, self.name, self.body, self.under, self.board)
        assembly.room(Affiliations).by_code[self.code] = base


@act
class AffiliationEnded(Act, tag="affiliation.ended", frozen=True, kw_only=True):
    """A base leaves the federation, or is put out of it, for a stated reason."""

    withdrawable = True

    code: str
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        if self.code not in assembly.room(Affiliations).by_code:
            raise Refused(say("no base has the code {code}", code=self.code))
        if not self.reason.strip():
            raise Refused(say("ending an affiliation takes a reason"))

    def apply(self, assembly: Assembly) -> None:
        del assembly.room(Affiliations).by_code[self.code]
