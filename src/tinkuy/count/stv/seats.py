"""Who is hopeful, who is elected and why: the quota, the last vacancies, the order among equals.

Guarantees that nobody is elected twice or beyond the vacancies, and that whom a group's quota shuts out is not elected.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tinkuy.count.lots import Lots
from tinkuy.count.profile import Profile
from tinkuy.count.result import Exact
from tinkuy.count.stv.choices import Choices
from tinkuy.count.stv.groups import Quotas
from tinkuy.count.stv.ledger import Ledger
from tinkuy.count.stv.papers import Papers
from tinkuy.count.stv.ties import decide, extreme, look_back
from tinkuy.words import Said, say


class Seats:
    """The seats of one count: those who want them, those who have them, and the surpluses that wait."""

    def __init__(self, rule: Choices, profile: Profile, seats: int, lots: Lots) -> None:
        self.rule = rule
        self.seats = seats
        self.lots = lots
        self.papers = Papers(profile, rule.equal)
        self.ledger = Ledger(profile.names, self.papers, rule.digits)
        self.hopeful: set[int] = set(profile.standing)
        self.elected: list[int] = []
        self.pending: dict[int, int] = {}
        """Whose surplus waits, and since which stage."""
        self.quotas = Quotas(rule.groups, profile.names, seats)
        self.quotas.check(self.hopeful)

    @property
    def vacancies(self) -> int:
        """Seats that are still to be filled."""
        return self.seats - len(self.elected)

    @property
    def doomed(self) -> list[int]:
        """Who can no longer be elected, or a group's quota is lost."""
        return sorted(self.quotas.doomed(self.elected, self.hopeful))

    @property
    def guarded(self) -> list[int]:
        """Who cannot be excluded, or a group's quota is lost."""
        return sorted(self.quotas.guarded(self.elected, self.hopeful))

    def set_quota(self) -> None:
        """Set the votes that elect, in the ledger."""
        ledger, places = self.ledger, self.seats + 1
        votes = ledger.active if self.rule.quota_shrinks else self.papers.valid * ledger.scale
        unit = ledger.scale // 10**self.rule.quota_digits
        match self.rule.quota:
            case "droop":
                ledger.quota = (votes // (unit * places) + 1) * unit
            case "ceiling":
                ledger.quota = -(-votes // (unit * places)) * unit
            case "exact":
                ledger.quota = Fraction(votes) / places
            case "hare":
                ledger.quota = Fraction(votes) / self.seats
            case "majority":
                ledger.quota = ledger.active // 2 + 1
            case "half":
                ledger.quota = -(-ledger.active // 2)

    def elect(self) -> None:
        """Elect who has reached the quota, the most votes first."""
        if self.rule.by_majority or (self.rule.quota_shrinks and not self.elected):
            self.set_quota()
        if self.rule.plays_out and len(self.hopeful) > self.vacancies + 1:
            return
        if self.rule.elected_by_transfer and len(self._reached()) != self.vacancies:
            return
        while self.vacancies and (reached := self._reached()):
            first = self._first_of(extreme(self.ledger.totals, reached, best=True))
            if first is None:
                return
            self.seat(first, self._why(first), self.rule.clauses.elected)

    def seat(self, candidate: int, said: Said, clause: str) -> None:
        """Make a candidate elected: no more papers come, and a surplus waits to be transferred."""
        over = self.ledger.totals[candidate] - self.ledger.quota
        self.ledger.tell("elected", said, candidate, clause=clause, votes=self.ledger.totals[candidate])
        self.elected.append(candidate)
        self.hopeful.remove(candidate)
        self.papers.leave(candidate)
        if over > 0 or (over == 0 and self.rule.empty_surplus):
            self.pending[candidate] = self.ledger.stage

    def exclude(self, candidate: int) -> None:
        """Take a candidate out: no more papers come."""
        self.hopeful.remove(candidate)
        self.papers.leave(candidate)
        self.ledger.out.add(candidate)

    def fill(self) -> bool:
        """Elect all who continue when they are no more than the vacancies."""
        doomed = self.doomed
        left = self.hopeful.difference(doomed)
        if len(left) > self.vacancies:
            return False
        if doomed:
            self.ledger.tell("doomed", self.quotas.shut_out(doomed), *doomed)
        while left:
            tied = extreme(self.ledger.totals, left, best=True)
            first = look_back(self.ledger.history, tied, True, self.rule.tie_surplus)[0][0]
            left.remove(first)
            said = say(
                "{name} is elected with {votes} votes: no more continue than there are places left",
                name=self.ledger.names[first],
                votes=self.ledger.amount(self.ledger.totals[first]),
            )
            self.seat(first, said, self.rule.clauses.last)
        return True

    def last_of_two(self) -> bool:
        """Elect the larger of the last two, where the rule does so below the quota."""
        if not self.rule.last_two or self.vacancies != 1 or len(self.hopeful) != 2:
            return False
        tied = extreme(self.ledger.totals, self.hopeful, best=True)
        first = decide(self.ledger, self.lots, tied, "elected", "lot", self.rule.clauses.last_two)
        said = say(
            "{name} is elected with {votes} votes: two continued for the last place, and no other has more",
            name=self.ledger.names[first],
            votes=self.ledger.amount(self.ledger.totals[first]),
        )
        self.seat(first, said, self.rule.clauses.last_two)
        return True

    def _reached(self) -> list[int]:
        """Those of the hopeful who have reached the quota and whom no group's quota shuts out."""
        reached = [one for one in sorted(self.hopeful) if self._reaches(one)]
        return [one for one in reached if one not in self.doomed] if reached and self.rule.groups else reached

    def _reaches(self, candidate: int) -> bool:
        held, quota = self.ledger.totals[candidate], self.ledger.quota
        if held <= 0:
            return False
        if held > quota or (held == quota and self.rule.quota != "exact"):
            return True
        return self.rule.active_quota and held * (self.vacancies + 1) >= self._at_stake()

    def _at_stake(self) -> Exact:
        """ERS97 6, "total active vote": what those who continue hold, and the surpluses that wait."""
        waiting: Exact = sum(self.ledger.totals[one] - self.ledger.quota for one in self.pending)
        return waiting + sum(self.ledger.totals[one] for one in self.hopeful)

    def _why(self, candidate: int) -> Said:
        name, votes = self.ledger.names[candidate], self.ledger.amount(self.ledger.totals[candidate])
        if self.ledger.totals[candidate] < self.ledger.quota:
            return say("{name} is elected: {votes} votes are enough of those still at stake", name=name, votes=votes)
        quota = self.ledger.amount(self.ledger.quota)
        if self.rule.by_majority:
            active = self.ledger.amount(self.ledger.active)
            return say(
                "{name} is elected: {votes} votes are a majority of the {active} that continue",
                name=name,
                votes=votes,
                active=active,
            )
        return say("{name} is elected: {votes} votes reach the quota of {quota}", name=name, votes=votes, quota=quota)

    def _first_of(self, tied: Sequence[int]) -> int | None:
        """Who of those with the same votes is elected first; asks the lot only where the rule does.

        None when the equal are more than the vacancies: then none of them is elected yet (as ERS97 5.6.2 has it).
        """
        if len(tied) == 1:
            return tied[0]
        if self.rule.order_by_lot:
            return decide(self.ledger, self.lots, tied, "order", "latest all", self.rule.clauses.tie_elected)
        left, _ = look_back(self.ledger.history, tied, True, self.rule.tie_surplus)
        if len(left) > 1 and len(tied) > self.vacancies:
            return None
        return left[0]
