"""The register: who belongs (afiliación) and the roll on which a vote is taken (padrón).

Guarantees that the roll is published before it is frozen, with the time for objections that the statutes give; that a
frozen roll is the one which the book's own acts add up to; and that the book holds no name: members are `m1`, `m2` …
in order of enrolment, and each batch is known by the Merkle root of its members' salted commitments, so that a member
can prove to belong and a reader learns only how many do.

Source: statutes `electorate`, `windows`; assembly.md, "the roll freezes before voting opens".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.days import between
from tinkuy.assembly.founding import HEX_32, Body, by_officer
from tinkuy.assembly.state import Assembly
from tinkuy.words import say

MEMBER = re.compile(r"m[1-9][0-9]{0,8}")
MAX_BATCH = 1_000_000
_encoder = msgspec.json.Encoder(order="sorted")


class Roll(msgspec.Struct, frozen=True, gc=False):
    """A roll as published or frozen: its hash, how many may vote, when, and at which act."""

    hash: str
    count: int
    at: str
    n: int


@dataclass(slots=True)
class Register:
    """Batches of enrolled members, those suspended and those who left, and the rolls drawn from them."""

    batches: list[tuple[int, int, str]] = field(default_factory=list)
    suspended: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    published: Roll | None = None
    frozen: list[Roll] = field(default_factory=list)

    @property
    def enrolled(self) -> int:
        """How many were ever enrolled: the number of the newest member."""
        return self.batches[-1][0] + self.batches[-1][1] - 1 if self.batches else 0

    @property
    def members(self) -> int:
        """Those who belong, suspended ones included."""
        return self.enrolled - len(self.left)

    @property
    def qualified(self) -> int:
        """Those who may take part in a decision (miembros hábiles)."""
        return self.members - len(self.suspended - self.left)

    def number(self, member: str) -> int:
        """The number of a pseudonym on the register; refused when nobody has it."""
        if MEMBER.fullmatch(member) is None:
            raise Refused(say("“{member}” is not a member: write m and a number, e.g. m17", member=member))
        number = int(member[1:])
        if number > self.enrolled:
            raise Refused(
                say(
                    "{member} is not enrolled: the register ends at m{last}",
                    member=member,
                    last=str(self.enrolled),
                )
            )
        if number in self.left:
            raise Refused(say("{member} has left", member=member))
        return number

    def electors(self, base: str) -> int:
        """How many the statutes' electorate counts: all members, or only the qualified ones."""
        return self.members if base == "members" else self.qualified

    def hash(self) -> str:
        """SHA-256 over the canonical register: what a frozen roll is known by."""
        held = {"batches": self.batches, "left": sorted(self.left), "suspended": sorted(self.suspended)}
        return sha256(_encoder.encode(held)).hexdigest()


def moment(at: str) -> datetime:
    """The claimed time of an entry, which `book.entry` has already found to be a real date in UTC."""
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@act
class Enrolled(Act, tag="member.enrolled", frozen=True, kw_only=True):
    """`count` members join, numbered from `first`.

    `root` is the Merkle root (RFC 6962) of their commitments, in order.
    """

    withdrawable = True

    first: Whole
    count: Whole
    root: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        following = assembly.room(Register).enrolled + 1
        if self.first != following:
            raise Refused(
                say(
                    "the next member is m{following}, not m{first}",
                    following=str(following),
                    first=str(self.first),
                )
            )
        if not 0 < self.count <= MAX_BATCH:
            raise Refused(say("a batch enrols between 1 and {most} members", most=MAX_BATCH))
        if HEX_32.fullmatch(self.root) is None:
            raise Refused(say("the root of the commitments is not 64 hexadecimal digits"))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Register).batches.append((self.first, self.count, self.root))


@act
class Suspended(Act, tag="member.suspended", frozen=True, kw_only=True):
    """A member loses the right to take part for a time, for a stated reason."""

    withdrawable = True

    member: str
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        register = assembly.room(Register)
        if register.number(self.member) in register.suspended:
            raise Refused(say("{member} is suspended already", member=self.member))
        if not self.reason.strip():
            raise Refused(say("a suspension takes a reason"))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Register).suspended.add(int(self.member[1:]))


@act
class Reinstated(Act, tag="member.reinstated", frozen=True, kw_only=True):
    """A suspension ends."""

    withdrawable = True

    member: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        register = assembly.room(Register)
        if register.number(self.member) not in register.suspended:
            raise Refused(say("{member} is not suspended", member=self.member))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Register).suspended.discard(int(self.member[1:]))


@act
class Left(Act, tag="member.left", frozen=True, kw_only=True):
    """A member leaves; the number is never given again."""

    withdrawable = True

    member: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        assembly.room(Register).number(self.member)

    def apply(self, assembly: Assembly) -> None:
        register = assembly.room(Register)
        register.left.add(int(self.member[1:]))
        register.suspended.discard(int(self.member[1:]))


def _matches_register(assembly: Assembly, hash_: str, count: int) -> None:
    register = assembly.room(Register)
    electors = register.electors(assembly.room(Body).statutes.electorate.base)
    if count != electors:
        raise Refused(
            say(
                "the register counts {electors} who may vote, the roll says {count}",
                electors=electors,
                count=count,
            )
        )
    if hash_ != register.hash():
        raise Refused(say("the roll is not the one that the register adds up to"))
    if electors <= 0:
        raise Refused(say("nobody on the roll may vote"))


@act
class RollPublished(Act, tag="roll.published", frozen=True, kw_only=True):
    """The roll is shown to the members (publicación del padrón); objections may be made from now."""

    withdrawable = True

    hash: str
    count: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        _matches_register(assembly, self.hash, self.count)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Register).published = Roll(self.hash, self.count, self.at, self.n)


@act
class RollFrozen(Act, tag="roll.frozen", frozen=True, kw_only=True):
    """The roll is closed for a vote (cierre del padrón): it was published, and the days for objections have passed."""

    withdrawable = True

    hash: str
    count: Whole

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        published = assembly.room(Register).published
        if published is None:
            raise Refused(say("the roll was not published before it was frozen"))
        _matches_register(assembly, self.hash, self.count)
        windows = assembly.room(Body).statutes.windows
        passed = between(published.at, self.at, business=windows.days_are == "business") or 0
        if passed < windows.objections:
            raise Refused(
                say(
                    "objections to the roll are open for {days} days; {passed} have passed since it was published",
                    days=windows.objections,
                    passed=passed,
                )
            )

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Register).frozen.append(Roll(self.hash, self.count, self.at, self.n))
