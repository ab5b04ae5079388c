"""How many papers would have to change to alter who is elected: a lower bound, where one is known for the rule.

A change replaces one paper, counted or not, by any paper of the same kind. Guarantees that while fewer papers than the
bound are changed, the same are elected, however lots fall; where the bound is exact, so many changes suffice for the
lot to decide at least. Nothing is guessed: where no bound is known to us for a rule, or for these papers under it, that
is the answer.

Each bound, with why it holds, is in `margin.sums` (one vote, approvals, scores, points), `margin.pairs` (comparisons)
and `margin.rounds` (two rounds, STAR, instant runoff).

>>> found = margin(rule("plurality"), Profile.of(["Ana", "Beto"], [([0], 9), ([1], 4)]))
>>> found.papers, found.exact
(3, True)
>>> print(found.said)
papers to change: 3, exactly; Ana is above Beto by 5, and a paper moves that by at most 2
"""

from __future__ import annotations

from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.margin import pairs as margin_pairs
from tinkuy.count.margin import rounds as margin_rounds
from tinkuy.count.margin import sums as margin_sums
from tinkuy.count.margin.bound import Margin, unknown
from tinkuy.count.registry import Papers, Rule, check_kind
from tinkuy.count.result import Result

__all__ = ["Margin", "margin"]

BOUNDS = (margin_sums.bound, margin_pairs.bound, margin_rounds.bound)


def margin(known: Rule, papers: Papers, seats: int = 1, lots: Lots = Refusing()) -> Margin:  # noqa: B008
    """The bound for the winners of `papers` under a rule. Raises what counting them raises."""
    check_kind(known, papers)
    result: Result = known.count(papers, seats, lots)
    for bound in BOUNDS:
        found = bound(known, papers, result, lots)
        if found is not None:
            return found
    return unknown(known)
