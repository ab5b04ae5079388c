"""Participatory budgets (presupuesto participativo): which projects the money pays for.

`pb-greedy` pays in the order of votes, passing over what the money left does not reach: what most cities do. The method
of equal shares gives every voter the same part of the money, and buys what costs its supporters least for what it is
worth to them: `pb-mes` where a project is worth its cost to whoever wants it, `pb-mes-count` where every project is
worth the same. What equal shares leave over is spent by votes (`…-greedy` says so in the rule's name by default), after
raising everybody's part as far as the money goes with `-add1`.

Sources: D. Peters, G. Pierczyński and P. Skowron, "Proportional participatory budgeting with additive utilities",
NeurIPS 2021; S. Rey and J. Maly, "The (computational) social choice take on indivisible participatory budgeting",
arXiv:2303.00621 (2023), section 3.

>>> projects = (Project("park", 60), Project("lamps", 50), Project("books", 40))
>>> sets = np.array([[1, 1, 0], [0, 0, 1]], dtype=bool)
>>> papers = Budget(projects, 100, Approvals(("park", "lamps", "books"), sets, np.array([6, 4])))
>>> rule("pb-greedy").count(papers, lots=Listed(("lamps", "park"))).winners
('lamps', 'books')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.committee.purses import Good, Market, Purses
from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Approvals, Budget, Profile, Scores, total
from tinkuy.count.registry import Rule, check_kind, register
from tinkuy.count.result import Event, Exact, Result, Stage, Tie
from tinkuy.count.seating import drawn
from tinkuy.words import Amount, Said, say

Worth = Literal["cost", "count"]
MOST_RAISES = 100_000


@dataclass
class Spending:
    """Money as it is spent: the count's own working state."""

    budget: Budget
    lots: Lots
    clause: str
    votes: tuple[int, ...]
    funded: list[int] = field(default_factory=list)
    spent: Fraction = Fraction(0)
    events: list[Event] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def left(self) -> Fraction:
        """Money not spent."""
        return Fraction(self.budget.limit) - self.spent

    def fits(self, project: int) -> bool:
        """Whether the money left pays for it."""
        return project not in self.funded and Fraction(self.budget.costs[project]) <= self.left

    def one_of(self, equal: list[int]) -> int:
        """The project that comes first among equals; the lot, where it matters."""
        if len(equal) == 1:
            return equal[0]
        chosen, event = drawn(equal, 1, self.budget.ballots.names, self.lots)
        self.ties.append(Tie(1, tuple(equal), chosen, "order", "lot"))
        self.events.append(event)
        return chosen

    def fund(self, project: int, said: Said, figure: Exact) -> None:
        """The project is paid for."""
        self.funded.append(project)
        self.spent += Fraction(self.budget.costs[project])
        self.events.append(Event("elected", said, (project,), {"claim": figure}, self.clause))


@dataclass(frozen=True, kw_only=True)
class BudgetRule(Rule):
    """A rule that spends a budget. Seats mean nothing to it."""

    takes = Budget

    clause: str = ""

    def count(self, papers: Budget, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        votes = tuple(_votes(papers))
        spending = Spending(papers, lots, self.clause, votes)
        self.spend(spending)
        names = papers.ballots.names
        stage = Stage(1, votes, events=tuple(spending.events))
        return Result(
            self.name,
            names,
            len(spending.funded),
            tuple(spending.funded),
            papers.papers,
            stages=(stage,),
            ties=tuple(spending.ties),
            spent=_whole(spending.spent),
            limit=_whole(Fraction(papers.limit)),
        )

    def spend(self, spending: Spending) -> None:
        """Spend by votes: the most first, passing over what does not fit."""
        by_votes(spending)


@dataclass(frozen=True, kw_only=True)
class Greedy(BudgetRule):
    """Projects in the order of their votes."""


@dataclass(frozen=True, kw_only=True)
class SharedBudget(BudgetRule):
    """Equal shares: `worth` is what a project is worth to who wants it; `raises` raises shares as far as money goes."""

    worth: Worth = "cost"
    raises: bool = False

    def spend(self, spending: Spending) -> None:
        budget = spending.budget
        goods, weights = _goods(budget, self.worth)
        voters = total(weights)
        if voters:
            each = Fraction(budget.limit) / voters
            if self.raises:
                each = self._raised(spending, goods, weights, each)
            self._buy(spending, goods, Purses(weights, each))
        by_votes(spending)

    def _buy(self, spending: Spending, goods: list[Good], purses: Purses) -> None:
        names = spending.budget.ballots.names
        market = Market(purses, goods, [each for each, good in enumerate(goods) if len(good.rows)])
        while True:
            price, equal = market.cheapest()
            if price is None:
                return
            chosen = spending.one_of(equal)
            said = say(
                "{name} is paid for: its supporters give {price} for a unit of its worth, less than for anything else",
                name=names[chosen],
                price=Amount(price, 6),
            )
            spending.fund(chosen, said, price)
            market.bought(chosen, price, equal)

    def _raised(self, spending: Spending, goods: list[Good], weights: NDArray[np.int64], each: Fraction) -> Fraction:
        """The largest share, raised by one unit of money at a time, for which all that is bought fits the money."""
        bought = self._bought(spending, goods, weights, each)
        for _ in range(MOST_RAISES):
            if not any(bought.fits(project) for project in range(len(goods)) if len(goods[project].rows)):
                break  # everything that somebody wants and the money reaches is bought
            more = self._bought(spending, goods, weights, each + 1)
            if more.left < 0:
                break
            each, bought = each + 1, more
        said = say("Every voter's share is {share}, raised as far as the money goes", share=Amount(each, 6))
        spending.events.append(Event("note", said, (), {"share": each}))
        return each

    def _bought(self, spending: Spending, goods: list[Good], weights: NDArray[np.int64], each: Fraction) -> Spending:
        """What shares of this size would buy, the money there is set aside."""
        trial = Spending(spending.budget, spending.lots, self.clause, spending.votes)
        self._buy(trial, goods, Purses(weights, each))
        return trial


def by_votes(spending: Spending) -> None:
    """Spend what is left by votes; a lot is drawn only where equal votes do not all fit."""
    names = spending.budget.ballots.names
    for votes in sorted(set(spending.votes), reverse=True):
        equal = [each for each, got in enumerate(spending.votes) if got == votes]
        while True:
            equal = [each for each in equal if spending.fits(each)]
            if not equal:
                break
            together = sum((Fraction(spending.budget.costs[each]) for each in equal), Fraction(0))
            chosen = equal[0] if together <= spending.left else spending.one_of(equal)
            said = say("{name} is paid for: {votes} votes, and the money reaches", name=names[chosen], votes=votes)
            spending.fund(chosen, said, votes)


def _votes(budget: Budget) -> Iterable[int]:
    """What each project got: papers that approve it, the sum of its scores, or points by its place on papers.

    Of L places the first has L points and the last one: L is what the file says a paper may name, else the longest.
    """
    match budget.ballots:
        case Approvals(sets=sets, weights=weights):
            return (int(weights[sets[:, each]].sum()) for each in range(sets.shape[1]))
        case Scores(scores=scores, given=given, weights=weights):
            return (int((weights * np.where(given, scores, 0)[:, each]).sum()) for each in range(scores.shape[1]))
        case Profile() as ranked_:
            longest = ranked_.places.shape[1] - 1
            said = str(budget.facts.get("max_length", ""))
            points = np.maximum((int(said) if said.isdecimal() else longest) - np.arange(longest), 1)
            return (
                int(((ranked_.places[:, :longest] == each) * points * ranked_.weights[:, None]).sum())
                for each in range(ranked_.end)
            )


def _goods(budget: Budget, worth: Worth) -> tuple[list[Good], NDArray[np.int64]]:
    """Every project as something to buy, and the papers' weights. A score multiplies what a project is worth."""
    ballots, goods = budget.ballots, list[Good]()
    if isinstance(ballots, Profile):
        raise CountError(say("these papers rank projects; equal shares are counted from approvals or scores"))
    # A worth is a whole number of units: costs with decimals are taken in the smallest unit that makes them whole.
    unit = lcm(*(Fraction(cost).denominator for cost in budget.costs))
    for each, cost in enumerate(budget.costs):
        value = int(Fraction(cost) * unit) if worth == "cost" else 1
        if isinstance(ballots, Scores):
            rows = np.flatnonzero(ballots.given[:, each] & (ballots.scores[:, each] > 0))
            goods.append(Good(cost, rows, ballots.scores[rows, each] * value))
        else:
            goods.append(Good(cost, np.flatnonzero(ballots.sets[:, each]), value))
    return goods, ballots.weights


def _whole(figure: Fraction) -> Exact:
    return int(figure) if figure.denominator == 1 else figure


_PETERS = "Peters, Pierczyński and Skowron, NeurIPS 2021"

register(
    (
        Greedy(
            name="pb-greedy",
            title=say("budget by votes, passing over what the money does not reach"),
            source="Rey and Maly, arXiv:2303.00621, s. 3.2",
            fills="money",
        ),
        SharedBudget(
            name="pb-mes",
            title=say("budget by equal shares, worth by cost; the rest by votes"),
            source=_PETERS,
            clause="Peters et al. 2021, s. 3",
            fills="money",
        ),
        SharedBudget(
            name="pb-mes-count",
            title=say("budget by equal shares, every project worth the same; the rest by votes"),
            source=_PETERS,
            clause="Peters et al. 2021, s. 3",
            fills="money",
            worth="count",
        ),
        SharedBudget(
            name="pb-mes-add1",
            title=say("budget by equal shares raised as far as the money goes, worth by cost; the rest by votes"),
            source=f"{_PETERS}; Rey and Maly, arXiv:2303.00621, s. 3.4",
            clause="Peters et al. 2021, s. 3",
            fills="money",
            raises=True,
        ),
    )
)
