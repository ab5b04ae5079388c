"""Elections: an office is called, persons or lists stand, and whoever wants to withdraws (elecciones, candidaturas).

Guarantees that an election is of an office that the statutes in force at its call say how to fill, on a frozen roll;
that neither rule nor seats change after; that who stands is on the roll and, on a list, on one list only and in the
order that the statutes ask for. How papers are counted and who is proclaimed is in `election_count`.

    called →candidacies, lists [until the day named]→ counted →a tie: drawn→ proclaimed →days for challenges→ sworn in

To file a candidacy is to accept it: the officer who records it has the candidate's word. Names stay outside the book,
as everywhere: a candidate is a member's pseudonym, a list is the name by which it asks for votes.

Spanish: convocatoria a elecciones, candidatura, lista, tacha, renuncia. Source: assembly.md, "Election"; statutes
`elections`, `ballot`; for parity and alternation of lists, Ley 26859 (Peru), art. 116.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import Body, by_officer
from tinkuy.assembly.register import MEMBER, Register, moment
from tinkuy.assembly.state import Assembly
from tinkuy.book.entry import is_time
from tinkuy.count.lists import Person, alternation, parity
from tinkuy.statutes import Office, StatutesError
from tinkuy.statutes.elections import MOST_SEATS
from tinkuy.statutes.errors import shown
from tinkuy.words import say

MAX_CANDIDATES = 250
MAX_ON_A_LIST = 250
MAX_NAME = 100  # characters of a list's name, or of a kind of person

Row: TypeAlias = tuple[Whole, tuple[tuple[Whole, ...], ...]]
"""How many papers, and what each says: places from first to last, each the candidates that share it, from 1."""


@dataclass(slots=True)
class Candidate:
    """Who stands: a member by pseudonym, or a list by its name with its members in order and what each is."""

    name: str
    members: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    withdrawn: bool = False

    @property
    def persons(self) -> tuple[Person, ...]:
        """A list's members as counting takes them."""
        kinds = self.kinds or ("",) * len(self.members)
        return tuple(Person(member, kind) for member, kind in zip(self.members, kinds, strict=True))


class Tally(msgspec.Struct, frozen=True):
    """What the tellers counted: the papers by what they say, and the figures beside them; the call that met.

    `rows` are distinct and in ascending order of what they say. `ballot` is the fingerprint of the secret ballot whose
    published result these papers are; "" where they were counted by hand.
    """

    rows: tuple[Row, ...]
    blank: int
    null: int
    cast: int
    signed_in: int
    call: int
    ballot: str = ""

    @property
    def papers(self) -> int:
        """The papers that say something."""
        return sum(papers for papers, _ in self.rows)

    def adds_up(self) -> bool:
        """Whether the papers that say something, the blank and the null ones make the papers cast."""
        return self.papers + self.blank + self.null == self.cast <= self.signed_in


@dataclass(slots=True)
class Election:
    """An election as it stands. `elected` is None until it is proclaimed, and empty where the rule elected nobody."""

    office: Office
    seats: int
    roll: str
    eligible: int
    until: str
    candidates: list[Candidate] = field(default_factory=list)
    entered: list[Row] = field(default_factory=list)  # papers entered and not yet counted
    tallies: list[Tally] = field(default_factory=list)
    drawn: tuple[str, ...] = ()
    elected: tuple[str, ...] | None = None
    lists: tuple[tuple[str, int], ...] = ()  # seats of each list
    proclaimed: str = ""  # when
    sworn: list[str] = field(default_factory=list)

    @property
    def standing(self) -> tuple[str, ...]:
        """The names of who stands and has not withdrawn."""
        return tuple(one.name for one in self.candidates if not one.withdrawn)


@dataclass(slots=True)
class Elections:
    """The elections of a body, by number."""

    by_number: dict[int, Election] = field(default_factory=dict)

    def called(self, number: int) -> Election:
        """An election by its number; refused when there is none."""
        election = self.by_number.get(number)
        if election is None:
            raise Refused(say("there is no election {number}", number=str(number)))
        return election

    def standing(self, number: int) -> Election:
        """An election that is not yet proclaimed; refused otherwise."""
        election = self.called(number)
        if election.elected is not None:
            raise Refused(say("election {number} was proclaimed", number=str(number)))
        return election

    def nominating(self, number: int, at: str) -> Election:
        """An election for which candidacies may still be filed at this time; refused otherwise."""
        election = self.standing(number)
        if moment(at) > moment(election.until):
            raise Refused(
                say(
                    "candidacies for election {number} were filed until {until}",
                    number=str(number),
                    until=election.until,
                )
            )
        if len(election.candidates) >= MAX_CANDIDATES:
            raise Refused(say("at most {most} can stand in one election", most=MAX_CANDIDATES))
        return election


@act
class Called(Act, tag="election.called", frozen=True, kw_only=True):
    """An election is called on the roll that was last frozen (convocatoria a elecciones).

    The statutes say how the office is filled; the call says how many seats where they leave it open, and until when
    candidacies are filed (`until`).
    """

    withdrawable = True

    election: Whole
    office: str
    seats: Whole
    method: Literal["hands", "roll-call", "secret"]
    roll: str
    until: str

    def check(self, assembly: Assembly) -> None:
        from tinkuy.assembly.election_result import countable  # noqa: PLC0415 — numpy waits until papers are counted

        by_officer(assembly, self)
        following = len(assembly.room(Elections).by_number) + 1
        if self.election != following:
            raise Refused(say("the next election is number {following}", following=str(following)))
        office = _office(assembly, self.office)
        if office.seats not in (0, self.seats):
            raise Refused(
                say(
                    "the statutes give {office} {seats} seats, not {given}",
                    office=office.office,
                    seats=office.seats,
                    given=self.seats,
                )
            )
        if not 0 < self.seats <= MOST_SEATS:
            raise Refused(say("an election fills between 1 and {most} seats", most=MOST_SEATS))
        countable(office, self.seats)
        _on_the_last_roll(assembly, self.roll)
        if self.method != "secret" and assembly.room(Body).statutes.ballot.method("election") == "secret":
            raise Refused(say("the statutes ask for a secret ballot on “{rule}”", rule="election"))
        if not is_time(self.until) or moment(self.until) <= moment(self.at):
            raise Refused(say("candidacies are filed until a time after the call; write it as 2026-03-08T20:00:00Z"))

    def apply(self, assembly: Assembly) -> None:
        eligible = assembly.room(Register).frozen[-1].count
        office = _office(assembly, self.office)
        assembly.room(Elections).by_number[self.election] = Election(
            office, self.seats, self.roll, eligible, self.until
        )


@act
class Filed(Act, tag="candidacy.filed", frozen=True, kw_only=True):
    """A member stands (candidatura)."""

    withdrawable = True

    election: Whole
    member: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = assembly.room(Elections).nominating(self.election, self.at)
        if election.office.among != "persons":
            raise Refused(say("lists stand for {office}, not persons", office=election.office.office))
        _may_stand(assembly, election, self.member)
        if any(one.name == self.member for one in election.candidates):
            raise Refused(say("{member} stands already, or withdrew", member=self.member))

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Elections).by_number[self.election].candidates.append(Candidate(self.member))


@act
class ListFiled(Act, tag="list.filed", frozen=True, kw_only=True):
    """A list stands: its members from the first place to the last, and what each is where the statutes ask for it.

    `kinds` are words of the body's own, such as "mujer" and "varón"; empty where neither parity nor alternation is
    asked for.
    """

    withdrawable = True

    election: Whole
    name: str
    members: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = assembly.room(Elections).nominating(self.election, self.at)
        if election.office.among != "lists":
            raise Refused(say("persons stand for {office}, not lists", office=election.office.office))
        if not 0 < len(self.name) <= MAX_NAME or not self.name.isprintable() or MEMBER.fullmatch(self.name):
            raise Refused(say("a list needs a name of at most {most} characters, on one line", most=MAX_NAME))
        if any(one.name == self.name for one in election.candidates):
            raise Refused(say("a list called “{name}” stands already, or withdrew", name=self.name))
        if not 0 < len(self.members) <= MAX_ON_A_LIST:
            raise Refused(say("a list has between 1 and {most} members", most=MAX_ON_A_LIST))
        self._each_once(assembly, election)
        self._in_order(election.office)

    def apply(self, assembly: Assembly) -> None:
        listed = Candidate(self.name, self.members, self.kinds)
        assembly.room(Elections).by_number[self.election].candidates.append(listed)

    def _each_once(self, assembly: Assembly, election: Election) -> None:
        taken = {member: one.name for one in election.candidates if not one.withdrawn for member in one.members}
        for place, member in enumerate(self.members):
            _may_stand(assembly, election, member)
            if member in self.members[:place]:
                raise Refused(say("{member} stands twice on the list", member=member))
            if member in taken:
                raise Refused(say("{member} stands on the list “{name}”", member=member, name=taken[member]))

    def _in_order(self, office: Office) -> None:
        asked = office.parity != "none" or office.alternation
        if len(self.kinds) != (len(self.members) if asked or self.kinds else 0):
            raise Refused(
                say(
                    "the list has {members} members and says of {kinds} what they are; the statutes ask for parity or "
                    "alternation, so it is said of each",
                    members=len(self.members),
                    kinds=len(self.kinds),
                )
            )
        for kind in self.kinds:
            if not 0 < len(kind) <= MAX_NAME or not kind.isprintable():
                raise Refused(say("what a member is, is said in at most {most} characters", most=MAX_NAME))
        listed = Candidate(self.name, self.members, self.kinds).persons
        if office.parity == "half" and not parity(listed):
            raise Refused(
                say("the statutes ask for parity: one kind has more than half of the list “{name}”", name=self.name)
            )
        if office.alternation and (broken := alternation(listed)):
            raise Refused(
                say(
                    "the statutes ask for alternation: place {place} of the list “{name}” is of the same kind as the "
                    "one before",
                    place=str(broken[0]),
                    name=self.name,
                )
            )


@act
class CandidacyWithdrawn(Act, tag="candidacy.withdrawn", frozen=True, kw_only=True):
    """Who stood no longer stands (renuncia, tacha fundada), for a stated reason; until the papers are counted.

    `candidate` is a pseudonym or a list's name. Papers that name it pass on to the next, as the rule says.
    """

    withdrawable = True

    election: Whole
    candidate: str
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = assembly.room(Elections).standing(self.election)
        if election.tallies or election.entered:
            raise Refused(say("the papers of election {number} are counted already", number=str(self.election)))
        if self.candidate not in election.standing:
            raise Refused(
                say("“{name}” does not stand; who stands: {names}", name=shown(self.candidate), names=election.standing)
            )
        if not self.reason.strip():
            raise Refused(say("withdrawing a candidacy takes a reason"))

    def apply(self, assembly: Assembly) -> None:
        for one in assembly.room(Elections).by_number[self.election].candidates:
            if one.name == self.candidate:
                one.withdrawn = True


def _office(assembly: Assembly, name: str) -> Office:
    try:
        return assembly.room(Body).statutes.office(name)
    except StatutesError as error:
        raise Refused(error.said) from None


def _on_the_last_roll(assembly: Assembly, roll: str) -> None:
    frozen = assembly.room(Register).frozen
    if not frozen:
        raise Refused(say("the roll is not frozen: freeze it before the election is called"))
    if roll != frozen[-1].hash:
        raise Refused(say("the roll named is not the one that was last frozen"))


def _may_stand(assembly: Assembly, election: Election, member: str) -> None:
    register = assembly.room(Register)
    number = register.number(member)
    if election.office.stands == "qualified" and number in register.suspended:
        raise Refused(say("{member} is suspended, and qualified members stand", member=member))
