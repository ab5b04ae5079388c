"""Meek's and Warren's counts: the elected keep what makes their votes a quota, and every paper passes on the rest.

Guarantees exact integers of nine decimals at each step, rounded as the rule's text says, so that any two programs agree
to the last digit; that votes and residue add up to the papers; and that a stage ends where somebody is elected or
excluded. Between two stages votes flow both ways at once: a stage's moves split each gain in proportion to the losses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tinkuy.count.lots import Lots
from tinkuy.count.profile import Profile
from tinkuy.count.stv.choices import Clauses, Ladder
from tinkuy.count.stv.groups import Group, Quotas
from tinkuy.count.stv.ledger import Ledger
from tinkuy.count.stv.meek_groups import Groups, Take
from tinkuy.count.stv.papers import Equal, Papers
from tinkuy.count.stv.ties import decide, extreme, look_back
from tinkuy.words import Amount, say


@dataclass(frozen=True, kw_only=True)
class MeekChoices:
    """What sets the rules with keep values apart; votes have nine decimals in all of them."""

    clauses: Clauses = field(default_factory=Clauses)
    equal: Equal = "refuse"
    take: Take = "share"
    small: int
    """A total surplus below this, in units of 10^-9, is as good as none: the lowest is excluded."""
    by_steps: bool = False
    """New keep values at the start of every step; who cannot catch up is excluded at once (New Zealand cl. 13, 15)."""
    near_ties: bool = False
    """Tied with the lowest is who has no more than the lowest and the total surplus (PRF B.3)."""
    tie_excluded: Ladder = "lot"
    ranked_only: bool = False
    """Whom no paper ranks is withdrawn, and a seat may stay empty (New Zealand cl. 20, 21)."""
    groups: tuple[Group, ...] = ()


DIGITS = 9
SCALE = 10**DIGITS


class MeekCount:
    """A count under way. `lots` gives the lots that hold at a step, counted from 1."""

    def __init__(self, rule: MeekChoices, profile: Profile, seats: int, lots: Callable[[int], Lots]) -> None:
        self.rule = rule
        self.seats = seats
        self.lots = lots
        self.step = 0
        papers = Papers(profile, rule.equal)
        self.ledger = Ledger(profile.names, papers, DIGITS)
        self.hopeful = set(profile.standing)
        if rule.ranked_only:
            self.hopeful &= papers.ranked  # cl. 20
        self.elected: list[int] = []
        self.keep: dict[int, int] = {}
        self._groups = Groups(papers)
        self._quotas = Quotas(rule.groups, profile.names, seats)
        self._quotas.check(self.hopeful)
        self._shown: tuple[list[int], int] | None = None

    @property
    def vacancies(self) -> int:
        """Seats that are still to be filled."""
        return self.seats - len(self.elected)

    def run(self) -> None:
        """Count to the end."""
        previous: int | None = None
        steps = 0
        while True:
            steps += 1
            self.step += 1
            stable = self.rule.by_steps and self._update() and previous is not None
            self._distribute()
            if self.step == 1:
                self._tell_quota()
            elected = self._elect()
            surplus = self._surplus()
            if self._finished():
                break
            out: list[int] = []
            # New Zealand: clause 13 is of the second step and those after; PRF B.2.e: not where somebody was elected.
            if self.step > 1 if self.rule.by_steps else not elected:
                settled = surplus < self.rule.small or stable
                settled |= not self.rule.by_steps and previous is not None and surplus >= previous
                out = self._losers(settled, surplus)
            self._exclude(out)
            if out and self._fill():
                break
            if elected or out:
                self._close(steps)
                previous, steps = None, 0
                continue
            previous = surplus
            if not self.rule.by_steps:
                self._update()
        self._close(steps)

    def _distribute(self) -> None:
        """Give every paper's weight to its candidates, and set the quota of what they hold."""
        totals, residue = self._groups.votes(self.keep, self.rule.take, SCALE, len(self.ledger.totals))
        self.ledger.totals[:] = totals
        self.ledger.exhausted = residue
        self.ledger.quota = (self.ledger.papers.valid * SCALE - residue) // (self.seats + 1) + 1
        self.ledger.mark()

    def _update(self) -> bool:
        """New keep values of the elected, each product and quotient rounded up; whether none has changed."""
        before = dict(self.keep)
        for one in self.elected:
            product = -(-self.keep[one] * int(self.ledger.quota) // SCALE)
            self.keep[one] = -(-product * SCALE // int(self.ledger.totals[one]))
        return before == self.keep

    def _elect(self) -> bool:
        """Elect who has reached the quota, the most votes first; says whether there was anybody."""
        any_ = False
        while self.vacancies:
            shut_out = self._quotas.doomed(self.elected, self.hopeful)
            reached = [one for one in self.hopeful - shut_out if self.ledger.totals[one] >= self.ledger.quota]
            if not reached:
                break
            first = self._ahead(extreme(self.ledger.totals, reached, best=True))
            said = say(
                "{name} is elected: {votes} votes reach the quota of {quota}",
                name=self.ledger.names[first],
                votes=self.ledger.amount(self.ledger.totals[first]),
                quota=self.ledger.amount(self.ledger.quota),
            )
            self.ledger.tell("elected", said, first, clause=self.rule.clauses.elected, votes=self.ledger.totals[first])
            self.elected.append(first)
            self.hopeful.remove(first)
            self.keep[first] = SCALE
            self._groups.elect(first)
            any_ = True
        return any_

    def _ahead(self, tied: Sequence[int]) -> int:
        """Whose name comes first of those elected with the same votes; nothing but the order of names hangs on it."""
        return look_back(self.ledger.history, tied, True, "earliest")[0][0]

    def _surplus(self) -> int:
        """The total surplus of the elected, not less than nothing."""
        return max(0, sum(int(self.ledger.totals[one] - self.ledger.quota) for one in self.elected))

    def _finished(self) -> bool:
        return not self.vacancies or self._fill()

    def _fill(self) -> bool:
        """Elect all who continue when they are no more than the vacancies."""
        doomed = self._quotas.doomed(self.elected, self.hopeful)
        left = self.hopeful - doomed
        if len(left) > self.vacancies:
            return False
        if doomed:
            self.ledger.tell("doomed", self._quotas.shut_out(sorted(doomed)), *sorted(doomed))
        while left:
            first = self._ahead(extreme(self.ledger.totals, left, best=True))
            left.remove(first)
            said = say(
                "{name} is elected with {votes} votes: no more continue than there are places left",
                name=self.ledger.names[first],
                votes=self.ledger.amount(self.ledger.totals[first]),
            )
            self.ledger.tell("elected", said, first, clause=self.rule.clauses.last, votes=self.ledger.totals[first])
            self.elected.append(first)
            self.hopeful.remove(first)
        return True

    def _losers(self, settled: bool, surplus: int) -> list[int]:
        """Who is excluded at this step: the doomed; the lowest when nothing more can move, or cannot catch up."""
        doomed = sorted(self._quotas.doomed(self.elected, self.hopeful))
        if doomed:
            return doomed
        free = self.hopeful - self._quotas.guarded(self.elected, self.hopeful)
        low = extreme(self.ledger.totals, free, best=False)
        least = self.ledger.totals[low[0]]
        if not settled:
            others = [self.ledger.totals[one] for one in self.hopeful if one != low[0]]
            if not self.rule.by_steps or any(least + surplus >= held for held in others):
                return []
        if self.rule.near_ties:
            low = [one for one in sorted(free) if self.ledger.totals[one] <= least + surplus]
        clause = self.rule.clauses.tie_excluded
        return [decide(self.ledger, self.lots(self.step), low, "excluded", self.rule.tie_excluded, clause)]

    def _exclude(self, losers: Sequence[int]) -> None:
        """Take candidates out."""
        doomed = self._quotas.doomed(self.elected, self.hopeful)
        for one in losers:
            if one in doomed:
                self.ledger.tell("doomed", self._quotas.shut_out([one]), one)
            else:
                name, votes = self.ledger.names[one], self.ledger.amount(self.ledger.totals[one])
                said = say("{name} is excluded: the fewest votes, {votes}", name=name, votes=votes)
                clause = self.rule.clauses.excluded
                self.ledger.tell("excluded", said, one, clause=clause, votes=self.ledger.totals[one])
            self.hopeful.remove(one)
            self.ledger.out.add(one)
            self._groups.exclude(one)

    def _tell_quota(self) -> None:
        said = say(
            "{papers} papers, {seats} to be elected: the quota is {quota} votes",
            papers=self.ledger.papers.valid,
            seats=self.seats,
            quota=self.ledger.amount(self.ledger.quota),
        )
        self.ledger.tell("quota", said, clause=self.rule.clauses.quota, quota=self.ledger.quota)

    def _close(self, steps: int) -> None:
        """End a stage: tell what the elected keep and how votes have moved since the last."""
        for one in self.elected:
            if self.keep.get(one, SCALE) < SCALE:
                kept = Amount(Fraction(self.keep[one], SCALE))
                said = say(
                    "{name} keeps {kept} of a vote and passes on the rest", name=self.ledger.names[one], kept=kept
                )
                clause = self.rule.clauses.surplus
                self.ledger.tell("surplus", said, one, clause=clause, kept=self.keep[one])
        if steps > 1:
            self.ledger.tell("note", say("Votes were passed on {steps} times", steps=steps))
        now = [int(total) for total in self.ledger.totals], int(self.ledger.exhausted)
        if self._shown is not None:
            self.ledger.flow(
                [new - old for new, old in zip(now[0], self._shown[0], strict=True)], now[1] - self._shown[1]
            )
            if now[1] > self._shown[1]:
                ended = self.ledger.amount(now[1] - self._shown[1])
                said = say("{votes} votes more are exhausted: no candidate takes them", votes=ended)
                self.ledger.tell("exhausted", said, clause=self.rule.clauses.exhausted, votes=now[1] - self._shown[1])
        self._shown = now
        self.ledger.close()
