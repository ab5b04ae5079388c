"""The bases of the demonstration: each writes and seals a book of its own, with the desk that any secretary uses.

Guarantees that every book is real: founded, roll enrolled, published and frozen, the vote opened, counted and
declared, the sheet issued, the checkpoint signed by the keys of chair and secretary. Keys and salts come from the
seed, so that the same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import msgspec

from tinkuy.assembly import board, founding, mandate, register, vote
from tinkuy.assembly.act import Act
from tinkuy.assembly.founding import Officer
from tinkuy.assembly.register import Register
from tinkuy.assembly.vote import Count, Option
from tinkuy.book import proof
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import leaf_hash
from tinkuy.book.keys import SigningKey, commitment
from tinkuy.demo.plan import PRESETS, QUESTION, Base
from tinkuy.desk.desk import Desk
from tinkuy.desk.roll import Member, batch_root
from tinkuy.federation import sheet
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.federation.numerals import in_words
from tinkuy.statutes import presets

FOUNDED, ENROLLED, PUBLISHED, FROZEN = "2026-01-12", "2026-01-19", "2026-02-09", "2026-02-20"
ROLES = ("chair", "secretary")
OPTIONS = (Option("A favor", "for"), Option("En contra", "against"), Option("Abstención", "abstain"))


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a body's officers, drawn from the seed: generation 0 founds, each next one is committed to before."""

    seed: int
    body: str

    def key(self, role: str, generation: int = 0) -> SigningKey:
        """The key of a role; nothing about it is secret, since anybody can draw it again from the seed."""
        name = f"tinkuy demo key {self.seed} {self.body} {role} {generation}"
        return SigningKey.from_seed(sha256(name.encode()).digest())

    def officer(self, role: str, generation: int = 0) -> Officer:
        """The seat of a role as acts name it."""
        following = commitment(self.key(role, generation + 1).public).hex()
        return Officer(role, self.key(role, generation).public.hex(), following)

    def board(self, roles: tuple[str, ...] = ROLES) -> tuple[Officer, ...]:
        """The founding board."""
        return tuple(self.officer(role) for role in roles)

    def signers(
        self, generation: Mapping[str, int] | None = None, roles: tuple[str, ...] = ROLES
    ) -> dict[str, SigningKey]:
        """The keys with which these roles sign."""
        return {role: self.key(role, (generation or {}).get(role, 0)) for role in roles}


@dataclass(slots=True)
class Writer:
    """One base's secretary at work on its book."""

    desk: Desk
    base: Base
    seed: int
    book: str = ""

    @property
    def keys(self) -> Keys:
        """The keys of this base's officers."""
        return Keys(self.seed, self.base.code)

    def open(self) -> str:
        """Found the body, enrol its members and freeze its roll; returns the book's id."""
        base, desk = self.base, self.desk
        statutes = desk.attach(presets.read(PRESETS[base.kind]))
        act = founding.Founded(
            name=base.name,
            body=base.kind,
            place=base.province,
            statutes=statutes,
            board=self.keys.board(),
            synthetic=True,
        )
        self.book = desk.found(act, at=f"{FOUNDED}T20:00:00Z", by="chair")
        members = list(self._members())
        self._record(register.Enrolled(first=1, count=len(members), root=batch_root(members)), f"{ENROLLED}T20:00:00Z")
        self.freeze(PUBLISHED, FROZEN)
        if base.fault == "rotated":
            self._record(
                board.BoardInstalled(board=(self.keys.officer("secretary", 1),), reason="rotation"),
                f"{FROZEN}T22:00:00Z",
            )
        return self.book

    def freeze(self, published: str, frozen: str) -> None:
        """Publish the roll and, after the days for objections, freeze it."""
        roll = self.desk.assembly(self.book).room(Register)
        eligible = roll.electors("qualified")
        self._record(register.RollPublished(hash=roll.hash(), count=eligible), f"{published}T21:00:00Z")
        self._record(register.RollFrozen(hash=roll.hash(), count=eligible), f"{frozen}T21:00:00Z")

    def roll(self) -> tuple[int, str]:
        """Electors on the roll last frozen, and its hash."""
        frozen = self.desk.assembly(self.book).room(Register).frozen[-1]
        return frozen.count, frozen.hash

    def vote(self, consultation: str, *, number: int = 1, shift: int = 0) -> None:
        """Put the question, count, declare if the figures and the quorum allow it, and issue the sheet."""
        base, desk = self.base, self.desk
        eligible, roll = self.roll()
        true = self._count(eligible, shift)
        opened, closed = base.meets, f"{base.meets[:14]}59:00Z"
        call = self._call(eligible)
        question = vote.Opened(
            vote=number,
            question=QUESTION,
            options=OPTIONS,
            rule="consultation",
            method="secret",
            roll=roll,
            consultation=consultation,
        )
        self._record(question, opened)
        figures = self._with_fault(true)
        tellers = ("m1", "m2")
        counted = figures if base.fault in ("sum", "over", "missing", "resolved", "annulled") else true
        self._record(
            vote.Counted(
                vote=number, call=call, count=msgspec.structs.replace(counted, eligible=None), tellers=tellers
            ),
            closed,
        )
        if counted.adds_up() and base.fault != "quorum":
            body = desk.assembly(self.book).room(founding.Body)
            outcome = vote.judge(body.majority("consultation"), OPTIONS, true)
            self._record(vote.Declared(vote=number, outcome=outcome), closed)
        if base.fault == "mandate":
            self._record(mandate.Credentialed(delegate="m3"), closed)
            self._record(mandate.Given(delegate="m3", consultation=consultation, option="A favor"), closed)
        self.issue(consultation, figures, number, call, closed)

    def issue_again(self, consultation: str) -> None:
        """Issue one more sheet, from this base's figures, without a word about the first."""
        eligible, _ = self.roll()
        self.issue(consultation, self._count(eligible, 0), 1, self._call(eligible), f"{self.base.meets[:14]}59:00Z")

    def issue(self, consultation: str, figures: Count, number: int, call: Literal[1, 2], closed: str) -> None:
        """Issue a sheet with these figures."""
        base = self.base
        _, roll = self.roll()
        words = tuple(in_words(figure or 0, "es") for figure in figures.votes)
        if base.fault == "words":
            words = (in_words((figures.votes[0] or 0) + 10, "es"), *words[1:])
        sheet_ = sheet.Issued(
            consultation=consultation,
            unit=base.code,
            vote=number,
            roll=roll,
            count=figures,
            call=call,
            opened=base.meets,
            closed=closed,
            convened=base.meets[:10] if base.fault == "notice" else FROZEN,
            place=f"Local de {base.name}"[:200],
            tellers=("m1", "m2"),
            words=() if None in figures.votes else words,
        )
        self._record(sheet_, closed)

    def seal(self, roles: tuple[str, ...] = ROLES) -> BookCopy:
        """Seal the book and give the copy that travels."""
        signing = tuple(role for role in roles if not (self.base.fault == "unsigned" and role == "chair"))
        generation = {"secretary": 1} if self.base.fault == "rotated" else {}
        self.desk.seal(self.book, self.keys.signers(generation, signing))
        return self.desk.copy(self.book)

    def _record(self, act: Act, at: str) -> None:
        self.desk.record(self.book, act, at=at, by="secretary")

    def _members(self) -> Iterator[Member]:
        for number in range(1, self.base.members + 1):
            salt = sha256(f"tinkuy demo salt {self.seed} {self.base.code} {number}".encode()).digest()[:16]
            yield Member(f"Persona inventada {number}", f"{self.base.code}-{number}", salt)

    def _call(self, eligible: int) -> Literal[1, 2]:
        return 1 if self.base.kind == "university" or 2 * self.base.signed_in > eligible else 2

    def _count(self, eligible: int, shift: int) -> Count:
        base = self.base
        votes_for, against, abstain = base.votes
        moved = min(shift, against)
        received = eligible + 10
        return Count(
            votes=(votes_for + moved, against - moved, abstain),
            eligible=eligible,
            signed_in=base.signed_in,
            cast=base.cast,
            blank=base.blank,
            null=base.null,
            challenged=0,
            received=received,
            spoiled=1,
            unused=received - 1 - base.cast,
        )

    def _with_fault(self, true: Count) -> Count:
        """The figures as they stand on this base's sheet."""
        votes, cast = true.votes, true.cast or 0
        more = ((votes[0] or 0) + 9, *votes[1:])
        match self.base.fault:
            case "sum" | "resolved" | "annulled":
                return msgspec.structs.replace(true, votes=more)
            case "over":
                unused = (true.unused or 0) - 6
                return msgspec.structs.replace(
                    true, votes=((votes[0] or 0) + 6, *votes[1:]), cast=cast + 6, unused=unused
                )
            case "missing":
                return msgspec.structs.replace(true, blank=None)
            case "copied":
                # Two boxes were swapped when the sheet was copied out: it adds up, and it is not what was counted.
                return msgspec.structs.replace(true, votes=(votes[1], votes[0], *votes[2:]))
            case "papers":
                return msgspec.structs.replace(true, unused=(true.unused or 0) + 4)
        return true


def proven(copy: BookCopy) -> Proven:
    """The last act of a book with its proof of inclusion, in place of the whole book."""
    leaves = [leaf_hash(body) for body in copy.bodies]
    index = len(leaves) - 1
    return Proven(copy.bodies[index], proof.make(leaves, index, parse_checkpoint(copy.note)).encode())
