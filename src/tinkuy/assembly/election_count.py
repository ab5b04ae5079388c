"""The count of an election: papers entered, counted, a tie drawn, the elected proclaimed and sworn in.

Guarantees that the papers stand in the book as they were counted, each kind of paper once with how many there are of
it, so that everybody counts them again; that nobody is proclaimed but whom the rule of the statutes elects; and that a
lot is drawn once, only where the count comes to a tie, as one order of all who stand, and never taken back. A recount
uses the lot that was drawn.

Papers of a large election come in batches (`papers.entered`) before the act that counts them: an entry is at most
65,535 bytes.

Spanish: escrutinio, sorteo, proclamación, juramentación. Source: assembly.md, "Election"; statutes `elections`,
`quorum`, `officers.tellers`, `windows.challenge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from tinkuy.assembly.act import Act, Refused, Whole, act, require
from tinkuy.assembly.days import between
from tinkuy.assembly.election import Election, Elections, Row, Tally
from tinkuy.assembly.founding import Body, by_officer
from tinkuy.assembly.register import Register, moment
from tinkuy.assembly.state import Assembly
from tinkuy.assembly.vote import MAX_FIGURE, by_tellers
from tinkuy.count.errors import Undecided
from tinkuy.words import say

if TYPE_CHECKING:
    from tinkuy.assembly.election_result import Outcome

MAX_ROWS = 200_000  # kinds of paper in one count
MAX_FINGERPRINT = 64


@act
class PapersEntered(Act, tag="papers.entered", frozen=True, kw_only=True):
    """A batch of papers of an election, by what they say; the count that follows takes them in."""

    withdrawable = True

    election: Whole
    rows: tuple[Row, ...]

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = _after_nominations(assembly, self.election, self.at)
        if not self.rows:
            raise Refused(say("a batch holds at least one paper"))
        rows_wellformed(self.rows, election)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Elections).by_number[self.election].entered.extend(self.rows)


@act
class Counted(Act, tag="election.counted", frozen=True, kw_only=True):
    """The tellers give the papers as they counted them; a second count is a recount and takes a reason.

    The figures are kept as they were given, whether they add up or not. `ballot` is the fingerprint of the secret
    ballot whose published result these papers are.
    """

    withdrawable = True

    election: Whole
    call: Literal[1, 2]
    rows: tuple[Row, ...]
    blank: Whole
    null: Whole
    cast: Whole
    signed_in: Whole
    tellers: tuple[str, ...]
    ballot: str = ""
    reason: str = ""

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = _after_nominations(assembly, self.election, self.at)
        if election.tallies and not self.reason.strip():
            raise Refused(say("election {number} was counted; a recount takes a reason", number=str(self.election)))
        rows_wellformed(self.rows, election)
        for figure in (self.blank, self.null, self.cast, self.signed_in):
            if not 0 <= figure <= MAX_FIGURE:
                raise Refused(
                    say(
                        "{figure} is not a count of persons or papers (0 to {most})",
                        figure=str(figure),
                        most=MAX_FIGURE,
                    )
                )
        if len(self.ballot) > MAX_FINGERPRINT:
            raise Refused(say("the fingerprint of a secret ballot is at most {most} characters", most=MAX_FINGERPRINT))
        by_tellers(assembly, self.tellers)

    def apply(self, assembly: Assembly) -> None:
        election = assembly.room(Elections).by_number[self.election]
        rows = (*election.entered, *self.rows)
        election.entered = []
        election.tallies.append(Tally(rows, self.blank, self.null, self.cast, self.signed_in, self.call, self.ballot))


@act
class Drawn(Act, tag="election.drawn", frozen=True, kw_only=True):
    """The tellers draw an order of all who stand, the best lot first (sorteo); it decides every tie of the election."""

    election: Whole
    order: tuple[str, ...]
    tellers: tuple[str, ...]

    def check(self, assembly: Assembly) -> None:
        from tinkuy.assembly.election_result import tied  # noqa: PLC0415 — numpy waits until papers are counted

        by_officer(assembly, self)
        election = _counted(assembly, self.election)
        if election.office.tie != "lot":
            raise Refused(say("by the statutes a tie for {office} is voted on again", office=election.office.office))
        if election.drawn:
            raise Refused(say("the lot was drawn already, and is drawn once: {names}", names=election.drawn))
        if not tied(election):
            raise Refused(say("the count comes to no tie: there is nothing to draw"))
        if sorted(self.order) != sorted(election.standing):
            raise Refused(say("the order has everybody who stands, each once: {names}", names=election.standing))
        by_tellers(assembly, self.tellers)

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Elections).by_number[self.election].drawn = self.order


@act
class Proclaimed(Act, tag="election.proclaimed", frozen=True, kw_only=True):
    """Who the rule elects is proclaimed, in order; of lists, the seats of each that has any (proclamación).

    Nobody is proclaimed where the rule elects nobody, as when a majority asks for a second round: another election.
    """

    withdrawable = True

    election: Whole
    elected: tuple[str, ...]
    lists: tuple[tuple[str, Whole], ...] = ()

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = _counted(assembly, self.election)
        _may_be_proclaimed(assembly, self.election, election)
        made = elect(election)
        if self.elected != made.elected:
            raise Refused(
                say(
                    "by {rule} the elected are {names}, not {given}",
                    rule=election.office.rule,
                    names=made.elected or say("nobody"),
                    given=self.elected or say("nobody"),
                )
            )
        if self.lists != made.lists:
            raise Refused(
                say(
                    "by {rule} the seats of the lists are {seats}",
                    rule=election.office.rule,
                    seats=tuple(say("{name}: {seats}", name=name, seats=seats) for name, seats in made.lists),
                )
            )

    def apply(self, assembly: Assembly) -> None:
        election = assembly.room(Elections).by_number[self.election]
        election.elected, election.lists, election.proclaimed = self.elected, self.lists, self.at


@act
class Sworn(Act, tag="officer.sworn", frozen=True, kw_only=True):
    """Somebody who was elected takes office, once the days for challenges have passed (juramentación)."""

    withdrawable = True

    election: Whole
    member: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        election = assembly.room(Elections).called(self.election)
        if self.member not in (election.elected or ()):
            raise Refused(
                say("{member} was not proclaimed in election {number}", member=self.member, number=str(self.election))
            )
        if self.member in election.sworn:
            raise Refused(say("{member} was sworn in already", member=self.member))
        windows = assembly.room(Body).statutes.windows
        passed = between(election.proclaimed, self.at, business=windows.days_are == "business") or 0
        if passed < windows.challenge:
            raise Refused(
                say(
                    "the result may be challenged for {days} days; {passed} have passed since it was proclaimed",
                    days=windows.challenge,
                    passed=passed,
                )
            )

    def apply(self, assembly: Assembly) -> None:
        assembly.room(Elections).by_number[self.election].sworn.append(self.member)


def rows_wellformed(rows: Sequence[Row], election: Election) -> None:
    """Refuse papers that are not in their one form, after those already entered: so that equal counts are equal bytes.

    Each paper names somebody, nobody twice, equals by number; kinds of paper ascend by what they say, each once.
    """
    if len(rows) + len(election.entered) > MAX_ROWS:
        raise Refused(say("at most {most} kinds of paper can be entered", most=MAX_ROWS))
    before = election.entered[-1][1] if election.entered else ()
    for place, (papers, says) in enumerate(rows, 1):
        named = [number for shared in says for number in shared]
        whole = named and all(says) and all(list(shared) == sorted(shared) for shared in says)
        if not whole or len(set(named)) != len(named):
            raise Refused(
                say("paper {place}: it names at least one, nobody twice, and equals by number", place=str(place))
            )
        if min(named) < 1 or max(named) > len(election.candidates):
            raise Refused(
                say(
                    "paper {place} names a candidate that does not stand: they are numbered from 1 to {last}",
                    place=str(place),
                    last=str(len(election.candidates)),
                )
            )
        if not 1 <= papers <= MAX_FIGURE:
            raise Refused(say("paper {place}: from 1 to {most} papers say so", place=str(place), most=MAX_FIGURE))
        if says <= before:
            raise Refused(say("paper {place}: papers ascend by what they say, each kind once", place=str(place)))
        before = says


def elect(election: Election) -> Outcome:
    """Who is elected by the last count. Refused where a tie waits, for the lot or for another election."""
    from tinkuy.assembly.election_result import outcome  # noqa: PLC0415 — numpy waits until papers are counted

    try:
        return outcome(election)
    except Undecided as undecided:
        tied = undecided.tied
        if election.office.tie == "revote":
            raise Refused(
                say("{names} are tied, which by the statutes is voted on again: call another election", names=tied)
            ) from None
        raise Refused(
            say("{names} are tied: draw the lot among all who stand and record it before proclaiming", names=tied)
        ) from None


def _after_nominations(assembly: Assembly, number: int, at: str) -> Election:
    election = assembly.room(Elections).standing(number)
    if moment(at) <= moment(election.until):
        raise Refused(
            say("candidacies for election {number} are filed until {until}", number=str(number), until=election.until)
        )
    if not election.standing:
        raise Refused(say("nobody stands in election {number}", number=str(number)))
    return election


def _counted(assembly: Assembly, number: int) -> Election:
    election = assembly.room(Elections).standing(number)
    if not election.tallies:
        raise Refused(say("election {number} has not been counted yet", number=str(number)))
    if election.entered:
        raise Refused(say("papers were entered after the count of election {number}: count them", number=str(number)))
    return election


def _may_be_proclaimed(assembly: Assembly, number: int, election: Election) -> None:
    tally = election.tallies[-1]
    if not tally.adds_up():
        raise Refused(
            say(
                "the count of election {number} does not add up: {papers} papers, {blank} blank, {null} null, {cast} "
                "cast, {signed} signed in; recount before proclaiming",
                number=str(number),
                papers=tally.papers,
                blank=tally.blank,
                null=tally.null,
                cast=tally.cast,
                signed=tally.signed_in,
            )
        )
    if tally.signed_in > election.eligible:
        raise Refused(
            say(
                "{signed} signed in, but {eligible} are on the roll", signed=tally.signed_in, eligible=election.eligible
            )
        )
    members = assembly.room(Register).members
    quorum = assembly.room(Body).quorum(tally.call, "election")
    require(quorum.judge(tally.signed_in, election.eligible, members=members, delegates=election.eligible))
