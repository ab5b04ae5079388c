"""Recall without the old board's help (revocatoria): the act carries its own proof, as the statutes provide.

Guarantees that a board is replaced against its will only by signatures of enough members' keys, by the countersignature
of the parent body that the assembly named beforehand, or by both; that each signature is on this book, at this act, on
these acts before it and this board, and so is worth nothing anywhere else; and that the old board's keys seal nothing
from the act on.

Spanish: revocatoria, afiliadas/os, cuerpo superior. Source: book.md, "Keys"; statutes `officers.recall`. What a
member's key is worth, and what not: docs/decisions/keys.md.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.board import goes_on_from, newly_keyed, seats, signed, statement
from tinkuy.assembly.founding import (
    HEX_32,
    Body,
    Officer,
    by_officer,
    can_seal,
    carried,
    officers_wellformed,
)
from tinkuy.assembly.register import Register
from tinkuy.assembly.state import Assembly
from tinkuy.book.keys import commitment
from tinkuy.words import say

BOOK = re.compile(r"[0-9a-hjkmnp-tv-z]{32}")
MAX_SIGNATURES = 400  # an entry holds 65,535 bytes, a signature with its member about 150

_KEYED, _RECALL = "tinkuy/member-key/v1", "tinkuy/recall/v1"


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A signature (hex) and who made it: a member's pseudonym, or a role of the parent's board."""

    by: str
    signature: str


@dataclass(slots=True)
class Signers:
    """Who may sign a recall: members' keys by number, and the parent body as it was last named."""

    keys: dict[int, str] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    parent: ParentNamed | None = None


def key_statement(book: str, member: str, key: str) -> bytes:
    """What a member's key signs when it is registered: that it is the key of this member of this body."""
    return statement(_KEYED, {"book": book, "key": key, "member": member})


def recall_statement(book: str, size: int, root: str, board: tuple[Officer, ...], reason: str) -> bytes:
    """What members and the parent's officers sign: the book, the acts before the recall, the new board and why."""
    return statement(_RECALL, {"board": seats(board), "book": book, "reason": reason, "root": root, "size": size})


@act
class MemberKeyed(Act, tag="member.keyed", frozen=True, kw_only=True):
    """A member registers the public key with which they sign (clave de afiliada).

    `signature` is the key's own, on `key_statement`. Another key takes the place of a registered one only with the
    signature of that one, `former`.
    """

    member: str
    key: str
    signature: str
    former: str = ""

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        number, signers = assembly.room(Register).number(self.member), assembly.room(Signers)
        if HEX_32.fullmatch(self.key) is None:
            raise Refused(say("the key of {role} is not 64 hexadecimal digits", role=self.member))
        if self.key in signers.owners or self.key in assembly.room(Body).keyed:
            raise Refused(say("this key is registered already: each member has a key of their own"))
        said = key_statement(assembly.id, self.member, self.key)
        if not signed(self.key, said, self.signature):
            raise Refused(say("the key of {member} has not signed it", member=self.member))
        present = signers.keys.get(number)
        if present is not None and not signed(present, said, self.former):
            raise Refused(say("{member} has a key; another takes the signature of that one", member=self.member))

    def apply(self, assembly: Assembly) -> None:
        signers, number = assembly.room(Signers), int(self.member[1:])
        signers.keys[number] = self.key
        signers.owners[self.key] = number  # a key that was replaced stays taken


@act
class ParentNamed(Act, tag="parent.named", frozen=True, kw_only=True):
    """The body above that may countersign a recall (cuerpo superior): its book, and the officers who seal for it.

    `vote` is the vote on the affiliation. Without one only the keys of the same officers follow, each opening the
    commitment that was named before.
    """

    book: str
    name: str
    board: tuple[Officer, ...]
    vote: Whole | None = None

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        officers_wellformed(self.board)
        if not 0 < len(self.name) <= 200:
            raise Refused(say("a body needs a name of at most 200 characters"))
        if BOOK.fullmatch(self.book) is None or self.book == assembly.id:
            raise Refused(say("the parent is known by the id of its own book"))
        if self.vote is not None:
            carried(assembly, self.vote, "affiliation")
        else:
            self._goes_on(assembly.room(Signers).parent)

    def _goes_on(self, former: ParentNamed | None) -> None:
        following = {officer.role: officer.next for officer in former.board} if former else {}
        opened = {officer.role: commitment(bytes.fromhex(officer.key)).hex() for officer in self.board}
        if former is None or former.book != self.book or following != opened:
            raise Refused(say("without a vote the same parent goes on, each officer with the key committed to before"))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Signers).parent = self
        if self.vote is not None:
            assembly.room(Body).spent.add(self.vote)


@act
class BoardRecalled(Act, tag="board.recalled", frozen=True, kw_only=True):
    """A new board takes all seats, proven by members or by the parent body; recorded by an officer of the new board.

    `size` and `root` name the acts before it, the longest sealed copy that was found. Every signature is on
    `recall_statement`.
    """

    board: tuple[Officer, ...]
    size: Whole
    root: str
    reason: str
    members: tuple[Signed, ...] = ()
    parent: tuple[Signed, ...] = ()

    def check(self, assembly: Assembly) -> None:
        officers_wellformed(self.board)
        if self.by not in {officer.role for officer in self.board}:
            raise Refused(say("“{role}” is not on the new board, and the new board records the recall", role=self.by))
        if not self.reason.strip():
            raise Refused(say("a recall takes a reason"))
        goes_on_from(assembly, self.size, self.root)
        can_seal(assembly.room(Body).statutes, self.board)
        newly_keyed(assembly, self.board)
        self._proven(assembly)

    def _proven(self, assembly: Assembly) -> None:
        statutes = assembly.room(Body).statutes
        rule = statutes.officers.recall
        if rule.members is None and not rule.parent:
            raise Refused(
                say("by the statutes {version} a board is recalled by a vote alone", version=statutes.version)
            )
        if not self.members and not self.parent:
            raise Refused(say("nobody has signed the recall"))
        if rule.both and not (self.members and self.parent):
            raise Refused(say("the statutes ask for the members' signatures and the parent's: one is lacking"))
        said = recall_statement(assembly.id, self.size, self.root, self.board, self.reason)
        if self.members:
            _by_members(assembly, self.members, said)
        if self.parent:
            _by_parent(assembly, self.parent, said)

    def apply(self, assembly: Assembly) -> None:
        body = assembly.room(Body)
        for role in set(body.holding) - {officer.role for officer in self.board}:
            body.vacate(role, self.n)
        for officer in self.board:
            body.install(officer, self.n)


def _once(signatures: tuple[Signed, ...]) -> None:
    if len(signatures) > MAX_SIGNATURES:
        raise Refused(say("an act holds at most {most} signatures", most=MAX_SIGNATURES))
    (name, times), *_ = Counter(one.by for one in signatures).most_common(1)
    if times != 1:
        raise Refused(say("{name} signs twice", name=name))


def _by_members(assembly: Assembly, signatures: tuple[Signed, ...], said: bytes) -> None:
    """Refuse unless enough members who may take part have signed, each once and with the key registered."""
    statutes, register, signers = assembly.room(Body).statutes, assembly.room(Register), assembly.room(Signers)
    part = statutes.officers.recall.members
    if part is None:
        raise Refused(say("the statutes {version} do not let members' signatures recall", version=statutes.version))
    _once(signatures)
    needed = max(1, -(-part.numerator * register.qualified // part.denominator))
    if len(signatures) < needed:
        raise Refused(
            say(
                "{given} members have signed, {needed} are needed: {part} of {qualified} who may take part",
                given=len(signatures),
                needed=needed,
                part=part,
                qualified=register.qualified,
            )
        )
    for one in signatures:
        number = register.number(one.by)
        if number in register.suspended:
            raise Refused(say("{member} is suspended and signs no recall", member=one.by))
        if number not in signers.keys:
            raise Refused(say("{member} has registered no key", member=one.by))
        if not signed(signers.keys[number], said, one.signature):
            raise Refused(say("the signature of {name} is not on this recall: this book, act and board", name=one.by))


def _by_parent(assembly: Assembly, signatures: tuple[Signed, ...], said: bytes) -> None:
    """Refuse unless every officer who was named for the parent body has signed."""
    statutes, parent = assembly.room(Body).statutes, assembly.room(Signers).parent
    if not statutes.officers.recall.parent:
        raise Refused(say("the statutes {version} do not let the parent body recall", version=statutes.version))
    if parent is None:
        raise Refused(say("no parent body was named before"))
    _once(signatures)
    given = {one.by: one.signature for one in signatures}
    lacking = [officer.role for officer in parent.board if officer.role not in given]
    if lacking:
        raise Refused(say("{parent} has not countersigned: {roles} lacking", parent=parent.name, roles=tuple(lacking)))
    for officer in parent.board:
        if not signed(officer.key, said, given.pop(officer.role)):
            raise Refused(
                say("the signature of {name} is not on this recall: this book, act and board", name=officer.role)
            )
    if given:
        raise Refused(
            say("{name} is no officer who was named for {parent}", name=min(given, default=""), parent=parent.name)
        )
