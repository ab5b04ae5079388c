"""The method of equal shares (partes iguales) for committees: every paper has the same part of the seats to spend.

A seat costs one and every paper has seats / papers. The candidate whose supporters pay least each is elected; where
nobody can be paid for any more, a completion fills the rest: Phragmén's rule on the money that is left, or approvals.

Source: D. Peters and P. Skowron, "Proportionality and the limits of welfarism", EC 2020, section 3 and 3.3.

>>> papers = Approvals(("Ana", "Beto", "Caro"), np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), np.array([2, 2]))
>>> rule("mes").count(papers, 2, Listed(("Ana", "Beto", "Caro"))).winners
('Ana', 'Caro')
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from tinkuy.count.committee.phragmen import spread
from tinkuy.count.committee.purses import Good, Market, Purses
from tinkuy.count.committee.sequential import Committee, Seats
from tinkuy.count.registry import register
from tinkuy.count.result import Exact
from tinkuy.words import Amount, Said, say

PETERS_SKOWRON = "Peters and Skowron, Proportionality and the limits of welfarism, EC 2020"


@dataclass(frozen=True, kw_only=True)
class EqualShares(Committee):
    """Whom her supporters can pay for most cheaply is elected next; `completion` fills what money does not."""

    completion: Literal["phragmen", "approval", "none"] = "phragmen"

    def fill(self, seats: Seats) -> None:
        kinds = seats.kinds
        purses = Purses(kinds.weights, Fraction(seats.seats, kinds.papers) if kinds.papers else Fraction(0))
        rows = {each: np.flatnonzero(kinds.sets[:, each]) for each in kinds.standing}
        goods = [Good(1, rows.get(each, np.zeros(0, dtype=np.intp)), 1) for each in range(len(kinds.names))]
        market = Market(purses, goods, kinds.standing)
        while not seats.full:
            price, equal = market.cheapest()
            if price is None:
                break
            claims: dict[int, Exact] = dict.fromkeys(equal, price)
            chosen = seats.elect(claims, lambda who, claim: _paid(kinds.names[who], claim), least=True)
            market.bought(chosen, price, equal)
        if self.completion == "phragmen":
            spread(seats, purses.purse.copy(), [-money for money in purses.amounts()])
        elif self.completion == "approval":
            self._by_approvals(seats)

    def _by_approvals(self, seats: Seats) -> None:
        kinds = seats.kinds
        got: dict[int, Exact] = {each: int(kinds.weights[kinds.sets[:, each]].sum()) for each in seats.left}
        while not seats.full:
            chosen = seats.elect(got, lambda who, claim: _most(kinds.names[who], claim))
            del got[chosen]


def _paid(name: str, price: Exact) -> Said:
    return say(
        "{name} is elected: its supporters pay {price} each at most, less than for anybody else",
        name=name,
        price=Amount(price, 9),
    )


def _most(name: str, votes: Exact) -> Said:
    return say(
        "{name} is elected for a seat that nobody has money left for: the most approvals, {votes}",
        name=name,
        votes=Amount(votes),
    )


register(
    (
        EqualShares(
            name="mes",
            title=say("method of equal shares, completed by Phragmén's rule"),
            source=PETERS_SKOWRON,
            clause="Peters and Skowron 2020, Rule X",
        ),
        EqualShares(
            name="mes-approval",
            title=say("method of equal shares, completed by approvals"),
            source=PETERS_SKOWRON,
            clause="Peters and Skowron 2020, Rule X",
            completion="approval",
        ),
        EqualShares(
            name="mes-only",
            title=say("method of equal shares; seats that nobody can pay for stay empty"),
            source=PETERS_SKOWRON,
            clause="Peters and Skowron 2020, Rule X",
            completion="none",
        ),
    )
)
