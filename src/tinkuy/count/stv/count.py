"""One engine for the single transferable vote and for instant runoff: stages, until every seat is filled.

Guarantees that a rule's legal choices (`stv.choices`) are all that sets two counts apart, and that everything done is
told as an event of its stage.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots
from tinkuy.count.profile import Profile
from tinkuy.count.registry import check_seats
from tinkuy.count.result import Exact, Result
from tinkuy.count.stv.bulk import lowest, together
from tinkuy.count.stv.choices import Choices
from tinkuy.count.stv.seats import Seats
from tinkuy.count.stv.ties import decide, extreme
from tinkuy.count.stv.transfer import exclusion, surplus
from tinkuy.words import Said, say


def run(rule: Choices, profile: Profile, seats: int, lots: Lots) -> Result:
    """Count a profile by a rule of the single transferable vote.

    Raises `CountError` for seats or equal rankings that the rule does not count, `Undecided` for a lot not drawn.
    """
    if not profile.standing:
        raise CountError(say("nobody stands: there is no candidate to elect"))
    unfilled = check_seats(seats, len(profile.standing))
    count = Count(Seats(rule, profile, seats, lots))
    count.run()
    ledger = count.ledger
    return Result(
        rule=rule.name,
        names=ledger.names,
        seats=seats,
        elected=tuple(count.seats.elected),
        papers=ledger.papers.valid,
        invalid=ledger.papers.invalid,
        stages=tuple(ledger.stages),
        ties=tuple(ledger.ties),
        quota=None if rule.by_majority else ledger.votes(ledger.quota),
        digits=rule.digits,
        unfilled=unfilled,
    )


class Count:
    """A count under way: what is done at each stage, and when it is over."""

    def __init__(self, seats: Seats) -> None:
        self.seats = seats
        self.rule = seats.rule
        self.ledger = seats.ledger

    def run(self) -> None:
        """Count to the end."""
        self._first_stage()
        while not self._finished():
            self.ledger.close()
            self._act()
        self.ledger.close()

    def _first_stage(self) -> None:
        """Sort the papers by first preference, set the quota, elect who reaches it."""
        ledger = self.ledger
        for given in ledger.papers.sort(ledger.papers.rows):
            ledger.receive(None, given, ledger.scale, given.papers * ledger.scale)
        self.seats.set_quota()
        papers, quota = ledger.papers.valid, ledger.amount(ledger.quota)
        if self.rule.by_majority:
            said = say("{papers} papers: {quota} votes are a majority of them", papers=papers, quota=quota)
        else:
            said = say(
                "{papers} papers, {seats} to be elected: the quota is {quota} votes",
                papers=papers,
                seats=self.seats.seats,
                quota=quota,
            )
        ledger.tell("quota", said, clause=self.rule.clauses.quota, quota=ledger.quota)
        self._settle()

    def _settle(self) -> None:
        """A batch of papers is where it belongs: remember what everybody holds, elect who has enough."""
        self.ledger.mark()
        self.seats.elect()

    def _finished(self) -> bool:
        """Whether all is decided; fills the last vacancies where that is due."""
        if not self.seats.vacancies:
            return True
        if self.seats.pending and not self.rule.fills_at_once:
            return False
        return self.seats.fill() or self.seats.last_of_two()

    def _act(self) -> None:
        """One stage: exclude who is doomed or sure to lose, else transfer a surplus, else exclude the lowest."""
        doomed = self.seats.doomed
        sure = self._together() if self.rule.bulk_first else 0
        if doomed:
            self._exclude(doomed, "doomed", self.seats.quotas.shut_out(doomed), "")
        elif sure:
            self._exclude_lowest(sure)
        elif (giver := self._next_surplus()) is not None:
            self._transfer(giver)
        else:
            self._exclude_lowest(sure or self._together() or 1)

    def _together(self) -> int:
        """How many are excluded together now; with quotas of groups one at a time, for each changes who is guarded."""
        if self.rule.groups:
            return 0
        return together(self.rule, self.ledger, self.seats.hopeful, self.seats.vacancies, self._waiting())

    def _with_surplus(self) -> dict[int, int]:
        """Whose surplus waits, and since which stage."""
        if not self.rule.elected_by_transfer:
            return self.seats.pending
        return {one: 0 for one in sorted(self.seats.hopeful) if self.ledger.totals[one] > self.ledger.quota}

    def _waiting(self) -> Exact:
        """The surpluses that have not been transferred."""
        return sum(self.ledger.totals[one] - self.ledger.quota for one in self._with_surplus())

    def _next_surplus(self) -> int | None:
        """Whose surplus goes now: the earliest, where the rule says so; else the largest; ties by its ladder."""
        waiting = self._with_surplus()
        if not waiting or self._defers():
            return None
        since = min(waiting.values())
        ready = [one for one, stage in waiting.items() if stage == since or not self.rule.earlier_surplus_first]
        tied = extreme(self.ledger.totals, ready, best=True)
        clause = self.rule.clauses.tie_surplus
        return decide(self.ledger, self.seats.lots, tied, "surplus", self.rule.tie_surplus, clause)

    def _defers(self) -> bool:
        """ERS97 5.2.2: surpluses wait while they could not change who is excluded next."""
        if not self.rule.defers or len(self.seats.hopeful) < 2:
            return False
        held, waiting = sorted(self.ledger.totals[one] for one in self.seats.hopeful), self._waiting()
        # (a) not even the lowest could rise; (b) nor could several, who go together (5.2.5 counts the surpluses in).
        late = waiting <= held[1] - held[0] or self._together() > 1
        if late:
            said = say(
                "Surpluses of {votes} votes wait: they cannot change who is lowest", votes=self.ledger.amount(waiting)
            )
            self.ledger.tell("note", said, clause=self.rule.clauses.deferred, votes=waiting)
        return late

    def _transfer(self, giver: int) -> None:
        """A stage that transfers a surplus."""
        if giver in self.seats.hopeful:
            votes = self.ledger.amount(self.ledger.totals[giver])
            said = say(
                "{name} is elected with {votes} votes: the largest surplus", name=self.ledger.names[giver], votes=votes
            )
            self.seats.seat(giver, said, self.rule.clauses.elected)
        self.seats.pending.pop(giver, None)
        surplus(self.rule, self.ledger, self.seats.lots, giver)
        self._settle()

    def _exclude_lowest(self, number: int) -> None:
        """A stage that excludes those who hold fewest, passing over who is guarded."""
        guarded = self.seats.guarded
        losers = lowest(self.rule, self.ledger, self.seats.lots, self.seats.hopeful.difference(guarded), number)
        for one in guarded:
            if self.ledger.totals[one] < self.ledger.totals[losers[0]]:
                said = say(
                    "{name} has {votes} votes and cannot be excluded, or the quota of {groups} is lost",
                    name=self.ledger.names[one],
                    votes=self.ledger.amount(self.ledger.totals[one]),
                    groups=self.seats.quotas.titles,
                )
                self.ledger.tell("guarded", said, one)
        clauses = self.rule.clauses
        self._exclude(losers, "excluded", self._why_lowest(losers), clauses.excluded if number == 1 else clauses.bulk)

    def _why_lowest(self, losers: Sequence[int]) -> Said:
        names = tuple(self.ledger.names[one] for one in losers)
        held = self.ledger.amount(sum(self.ledger.totals[one] for one in losers))
        if len(losers) == 1:
            return say("{name} is excluded: the fewest votes, {votes}", name=names[0], votes=held)
        return say(
            "{names} are excluded together: {votes} votes among them cannot lift any of them high enough",
            names=names,
            votes=held,
        )

    def _exclude(self, losers: Sequence[int], kind: str, said: Said, clause: str) -> None:
        """A stage (or several counts) that excludes these and passes their papers on."""
        self.ledger.tell(kind, said, *losers, clause=clause, votes=sum(self.ledger.totals[one] for one in losers))
        for one in losers:
            self.seats.exclude(one)
        if self.rule.fills_before_transfer and self.seats.fill():
            return
        for left in exclusion(self.rule, self.ledger, losers):
            if self.rule.exclusion == "whole" and left:
                continue
            self._settle()
            if not self.seats.vacancies:
                return  # no further transfer is made: the papers that are left stay where they are
            if self.rule.exclusion == "counts" and left:
                self.ledger.close()
