"""Money in equal shares: what the method of equal shares keeps account of, for committees and for budgets.

Every paper starts with the same money. Something is bought by those who approve it, who pay in equal shares for each
unit of its worth to them, and whoever has less gives all that is left. `rho` is the price of a unit of worth; what
costs least by it is bought next.

Papers with the same money left are one purse, so the work goes with the number of different purses. Prices only rise as
money is spent; whoever asks for the cheapest looks again only at what seemed cheapest (`Market`).

Source: D. Peters and P. Skowron, "Proportionality and the limits of welfarism", EC 2020; D. Peters, G. Pierczyński and
P. Skowron, "Proportional participatory budgeting with additive utilities", NeurIPS 2021.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.result import Exact


@dataclass(frozen=True, eq=False)
class Good:
    """What can be bought: its cost, the rows of papers that want it, and what it is worth to each of these."""

    cost: Exact
    rows: NDArray[np.intp]
    worth: int | NDArray[np.int64]
    """One worth for all, or one a row, each positive."""


class Purses:
    """The money of every paper: papers of row i have `money[purse[i]] / unit` each.

    Amounts are integers in one common unit, which grows finer with every price: sums of fractions cost ten times that.
    """

    def __init__(self, weights: NDArray[np.int64], each: Fraction) -> None:
        self.weights = weights
        self.purse = np.zeros(len(weights), dtype=np.intp)
        self.money: list[int] = [each.numerator]
        self.unit = each.denominator

    def amounts(self) -> list[Fraction]:
        """What each purse holds."""
        return [Fraction(money, self.unit) for money in self.money]

    def price(self, good: Good) -> Fraction | None:
        """The least rho at which the good is paid for; None when those who want it have not enough."""
        groups = self._groups(good)
        worth = sum(worth * papers for _, worth, papers in groups)
        cost = Fraction(good.cost) * self.unit
        left, whole = cost.numerator, cost.denominator
        if sum(money * papers for money, _, papers in groups) * whole < left:
            return None
        if isinstance(good.worth, int):
            groups.sort()
        else:
            groups.sort(key=lambda group: Fraction(group[0], group[1]))
        for money, each, papers in groups:
            # Everybody from here on has at least so much: if that is enough, all of them pay in equal shares.
            if left * each <= money * worth * whole:
                return Fraction(left, worth * whole * self.unit)
            left -= money * papers * whole
            worth -= each * papers
        return None

    def pay(self, good: Good, rho: Fraction) -> None:
        """Take from everybody who wants it their share at this price, or all that they have."""
        finer = lcm(self.unit, rho.denominator) // self.unit
        self.unit *= finer
        share = rho.numerator * (self.unit // rho.denominator)
        known = {money * finer: number for number, money in enumerate(self.money)}
        held = list(known)
        keys, inverse = self._wanting(good)
        purses = np.array(
            [known.setdefault(max(0, held[key] - share * each), len(known)) for key, each in keys], dtype=np.intp
        )
        self.purse[good.rows] = purses[inverse]
        self.money = list(known)
        self._forget()

    def _groups(self, good: Good) -> list[tuple[int, int, int]]:
        """Those who want a good, by money and worth: how many papers of each."""
        keys, inverse = self._wanting(good)
        papers = np.zeros(len(keys), dtype=np.int64)
        np.add.at(papers, inverse, self.weights[good.rows])
        return [(self.money[key], each, count) for (key, each), count in zip(keys, papers.tolist(), strict=True)]

    def _wanting(self, good: Good) -> tuple[list[tuple[int, int]], NDArray[np.intp]]:
        """The purses of those who want a good, with its worth to them, each pair once; and each row's pair."""
        keys = self.purse[good.rows]
        if isinstance(good.worth, int):
            used = np.zeros(len(self.money), dtype=np.bool_)
            used[keys] = True
            return [(key, good.worth) for key in np.flatnonzero(used).tolist()], (np.cumsum(used) - 1)[keys]
        pairs, inverse = np.unique(np.stack([keys, good.worth]), axis=1, return_inverse=True)
        return [(key, each) for key, each in pairs.T.tolist()], inverse.reshape(-1)

    def _forget(self) -> None:
        """Leave out purses that nobody has any more."""
        used = np.zeros(len(self.money), dtype=np.bool_)
        used[self.purse] = True
        self.purse = (np.cumsum(used) - 1)[self.purse]
        self.money = [money for money, kept in zip(self.money, used.tolist(), strict=True) if kept]


class Market:
    """The goods that may still be bought, by the price at which each was last seen."""

    def __init__(self, purses: Purses, goods: Sequence[Good], offered: Iterable[int]) -> None:
        self.purses = purses
        self.goods = goods
        self._seen: list[tuple[Fraction, int]] = [(Fraction(0), each) for each in offered]
        heapify(self._seen)

    def cheapest(self) -> tuple[Fraction | None, list[int]]:
        """The least price, and every good that has it; None when nothing can be paid for.

        What cannot be paid for is never offered again: money is only ever spent.
        """
        best: Fraction | None = None
        equal: list[int] = []
        while self._seen and (best is None or self._seen[0][0] <= best):
            _, each = heappop(self._seen)
            price = self.purses.price(self.goods[each])
            if price is None:
                continue
            if best is None or price < best:
                for other in equal:
                    heappush(self._seen, (best or price, other))
                best, equal = price, [each]
            elif price == best:
                equal.append(each)
            else:
                heappush(self._seen, (price, each))
        return best, sorted(equal)

    def bought(self, chosen: int, price: Fraction, equal: Iterable[int]) -> None:
        """The good is paid for; what was as cheap is offered again."""
        self.purses.pay(self.goods[chosen], price)
        for other in equal:
            if other != chosen:
                heappush(self._seen, (price, other))

    def withdraw(self, each: int) -> None:
        """The good is not offered any more (it costs more than the money that there is)."""
        self._seen = [(price, other) for price, other in self._seen if other != each]
        heapify(self._seen)
