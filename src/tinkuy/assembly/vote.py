"""Votes: a question is put, counted by tellers, and declared.

Guarantees that a vote opens on a frozen roll, that its question and rule do not change once it is open, that the
tellers' figures are kept as they gave them, and that only figures which add up are declared, with the outcome that
the statutes in force give them. A count that does not add up stays in the book, undeclared, until people recount.

Spanish: votación, escrutinio, escrutadores, proclamación. Source: statutes `majority`, `ballot`, `quorum`,
`officers.tellers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import msgspec

from tinkuy.assembly.act import Act, Refused, Whole, act, require
from tinkuy.assembly.founding import Body, by_officer
from tinkuy.assembly.register import MEMBER, Register
from tinkuy.assembly.state import Assembly
from tinkuy.statutes import Figures, Majority, StatutesError
from tinkuy.words import Said, say

MAX_OPTIONS = 64
MAX_FIGURE = 1_000_000_000  # a larger figure is no count of persons
Role = Literal["for", "against", "abstain", "choice"]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An option of a question and its part in the rule: for, against or abstain; or a choice among several."""

    name: str
    role: Role


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The figures of a count as tellers write them.

    None is an empty or illegible box, never zero; papers and persons are whole numbers.
    """

    votes: tuple[Whole | None, ...]
    eligible: Whole | None = None
    signed_in: Whole | None = None
    cast: Whole | None = None
    blank: Whole | None = None
    null: Whole | None = None
    challenged: Whole | None = None
    received: Whole | None = None
    spoiled: Whole | None = None
    unused: Whole | None = None

    def figures(self) -> tuple[int | None, ...]:
        """Every figure of the count, votes first."""
        return (
            *self.votes,
            self.eligible,
            self.signed_in,
            self.cast,
            self.blank,
            self.null,
            self.challenged,
            self.received,
            self.spoiled,
            self.unused,
        )

    def wild(self) -> int | None:
        """The first figure, if there is one, that counts neither persons nor papers: below 0, or above `MAX_FIGURE`."""
        given = [figure for figure in self.figures() if figure is not None]
        if not given or (min(given) >= 0 and max(given) <= MAX_FIGURE):
            return None
        return next(figure for figure in given if not 0 <= figure <= MAX_FIGURE)

    def adds_up(self) -> bool:
        """Whether nothing is missing and options, blank, null and challenged papers make the papers cast."""
        parts = (*self.votes, self.blank, self.null, self.challenged)
        if self.cast is None or self.signed_in is None or None in parts:
            return False
        return sum(part or 0 for part in parts) == self.cast <= self.signed_in


BOXES = ("eligible", "signed_in", "cast", "blank", "null", "challenged", "received", "spoiled", "unused")
NAMES: Mapping[str, Said] = {
    "eligible": say("On the roll"),
    "signed_in": say("Signed in"),
    "cast": say("Papers cast"),
    "blank": say("Blank"),
    "null": say("Null"),
    "challenged": say("Challenged"),
    "received": say("Papers received"),
    "spoiled": say("Papers spoiled"),
    "unused": say("Papers unused"),
}


@dataclass(slots=True)
class Vote:
    """A vote as it stands: what was asked, how, on which roll, and what came of it ("" until it is declared)."""

    question: str
    options: tuple[Option, ...]
    rule: str
    method: str
    roll: str
    eligible: int
    consultation: str | None
    call: int = 1
    counts: list[Count] = field(default_factory=list)
    outcome: str = ""


@dataclass(slots=True)
class Votes:
    """The votes of a body, by number."""

    by_number: dict[int, Vote] = field(default_factory=dict)

    def standing(self, number: int) -> Vote:
        """A vote that is open and not yet declared; refused otherwise."""
        vote = self.by_number.get(number)
        if vote is None:
            raise Refused(say("there is no vote {number}", number=number))
        if vote.outcome:
            raise Refused(say("vote {number} was declared: {outcome}", number=number, outcome=vote.outcome))
        return vote


@lru_cache(maxsize=1024)
def options_wellformed(options: tuple[Option, ...]) -> None:
    """Refuse a question whose options cannot be told apart or do not fit one rule.

    One for and one against, or choices only. Remembered: in a consultation every base asks the same.
    """
    names = [option.name for option in options]
    if not 2 <= len(options) <= MAX_OPTIONS:
        raise Refused(say("a question has between 2 and {most} options", most=MAX_OPTIONS))
    if not all(0 < len(name) <= 200 for name in names):
        raise Refused(say("an option needs a name of at most 200 characters"))
    if len(set(names)) != len(names):
        raise Refused(say("two options have the same name"))
    roles = [option.role for option in options]
    choices = roles.count("choice")
    opposed = roles.count("for") == roles.count("against") == 1 and roles.count("abstain") <= 1
    if choices != len(roles) and (choices or not opposed):
        raise Refused(
            say("a question has one option for, one against and at most one to abstain, or else only choices")
        )


def count_wellformed(count: Count, options: int) -> None:
    """Refuse a count with a wrong number of boxes or with a figure that counts nobody."""
    if len(count.votes) != options:
        raise Refused(
            say(
                "the count has {given} boxes for options, the question has {options}",
                given=len(count.votes),
                options=options,
            )
        )
    wild = count.wild()
    if wild is not None:
        raise Refused(
            say("{figure} is not a count of persons or papers (0 to {most})", figure=str(wild), most=MAX_FIGURE)
        )


def figures(options: tuple[Option, ...], count: Count) -> Figures:
    """The count as the statutes judge it.

    Among choices, the leading one stands for “for” and the rest for “against”; missing is 0.
    """
    votes = [vote or 0 for vote in count.votes]
    if options[0].role == "choice":
        votes_for, against, abstain = max(votes), sum(votes) - max(votes), 0
    else:
        by_role = {option.role: vote for option, vote in zip(options, votes, strict=True)}
        votes_for, against, abstain = by_role["for"], by_role["against"], by_role.get("abstain", 0)
    return Figures(
        votes_for=votes_for,
        against=against,
        abstain=abstain,
        blank=count.blank or 0,
        null=count.null or 0,
        challenged=count.challenged or 0,
        cast=count.cast or 0,
        present=count.signed_in or 0,
        eligible=count.eligible or 0,
    )


def judge(majority: Majority, options: tuple[Option, ...], count: Count) -> str:
    """The outcome that the rule gives a count: carried, lost, tied …

    Refused when the rule asks for figures that a count does not have, such as those of strata.
    """
    try:
        return majority.judge(figures(options, count)).outcome
    except StatutesError as error:
        raise Refused(error.said) from None


@act
class Opened(Act, tag="vote.opened", frozen=True, kw_only=True):
    """A question is put to the vote on the roll that was last frozen."""

    withdrawable = True

    vote: Whole
    question: str
    options: tuple[Option, ...]
    rule: str
    method: Literal["hands", "roll-call", "secret"]
    roll: str
    consultation: str | None = None

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        following = len(assembly.room(Votes).by_number) + 1
        if self.vote != following:
            raise Refused(say("the next vote is number {following}", following=following))
        if not 0 < len(self.question) <= 4000:
            raise Refused(say("a question needs words, at most 4,000 characters"))
        options_wellformed(self.options)
        frozen = assembly.room(Register).frozen
        if not frozen:
            raise Refused(say("the roll is not frozen: freeze it before the vote opens"))
        if self.roll != frozen[-1].hash:
            raise Refused(say("the roll named is not the one that was last frozen"))
        body = assembly.room(Body)
        body.majority(self.rule)
        secret = body.statutes.ballot.method(self.rule) == "secret"
        if self.method != "secret" and secret:
            raise Refused(say("the statutes ask for a secret ballot on “{rule}”", rule=self.rule))

    def apply(self, assembly: Assembly) -> None:
        eligible = assembly.room(Register).frozen[-1].count
        assembly.room(Votes).by_number[self.vote] = Vote(
            self.question, self.options, self.rule, self.method, self.roll, eligible, self.consultation
        )


@act
class Counted(Act, tag="vote.counted", frozen=True, kw_only=True):
    """The tellers give their figures; the call says on which quorum the assembly met."""

    withdrawable = True

    vote: Whole
    call: Literal[1, 2]
    count: Count
    tellers: tuple[str, ...]

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        vote = assembly.room(Votes).standing(self.vote)
        if vote.counts:
            raise Refused(say("vote {number} was counted; a second count is a recount", number=self.vote))
        _counted(assembly, vote, self.count, self.tellers)

    def apply(self, assembly: Assembly) -> None:
        vote = assembly.room(Votes).by_number[self.vote]
        vote.call = self.call
        vote.counts.append(self.count)


@act
class Recounted(Act, tag="vote.recounted", frozen=True, kw_only=True):
    """The tellers count again, for a stated reason; the last count is the one that is declared."""

    withdrawable = True

    vote: Whole
    count: Count
    tellers: tuple[str, ...]
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        vote = assembly.room(Votes).standing(self.vote)
        if not vote.counts:
            raise Refused(say("vote {number} has not been counted yet", number=self.vote))
        if not self.reason.strip():
            raise Refused(say("a recount takes a reason"))
        _counted(assembly, vote, self.count, self.tellers)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Votes).by_number[self.vote].counts.append(self.count)


def _counted(assembly: Assembly, vote: Vote, count: Count, tellers: tuple[str, ...]) -> None:
    count_wellformed(count, len(vote.options))
    by_tellers(assembly, tellers)


def by_tellers(assembly: Assembly, tellers: tuple[str, ...]) -> None:
    """Refuse a count that fewer members signed than the statutes ask for, or somebody who is not a member."""
    needed = assembly.room(Body).statutes.officers.tellers
    if len(set(tellers)) < needed:
        raise Refused(
            say("{given} tellers signed the count, {needed} are needed", given=len(set(tellers)), needed=needed)
        )
    for teller in tellers:
        if MEMBER.fullmatch(teller) is None:
            raise Refused(say("a teller is a member, e.g. m17; “{teller}” is not", teller=teller))
        assembly.room(Register).number(teller)


@act
class Declared(Act, tag="vote.declared", frozen=True, kw_only=True):
    """The chair declares what the statutes make of the last count.

    The figures add up, and the quorum of the call was there.
    """

    withdrawable = True

    vote: Whole
    outcome: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        vote = assembly.room(Votes).standing(self.vote)
        if not vote.counts:
            raise Refused(say("vote {number} has not been counted yet", number=self.vote))
        count = vote.counts[-1]
        if not count.adds_up():
            raise Refused(say("the count of vote {number} does not add up: recount before declaring", number=self.vote))
        body = assembly.room(Body)
        members = assembly.room(Register).members
        present = count.signed_in or 0
        if present > vote.eligible:
            raise Refused(
                say("{signed} signed in, but {eligible} are on the roll", signed=present, eligible=vote.eligible)
            )
        require(
            body.quorum(vote.call, vote.rule).judge(present, vote.eligible, members=members, delegates=vote.eligible)
        )
        by_roll = msgspec.structs.replace(count, eligible=vote.eligible)
        outcome = judge(body.majority(vote.rule), vote.options, by_roll)
        if outcome != self.outcome:
            raise Refused(
                say(
                    "by the statutes the outcome is “{outcome}”, not “{given}”",
                    outcome=outcome,
                    given=self.outcome,
                )
            )

    def apply(self, assembly: Assembly) -> None:
        vote = assembly.room(Votes).by_number[self.vote]
        vote.outcome = self.outcome
        assembly.room(Body).decisions[self.vote] = (vote.rule, self.outcome)
