"""Who is excluded, one or several at once: the lowest, and those who cannot rise whatever is transferred.

Guarantees that an exclusion of several leaves as many candidates as there are vacancies, and that it splits those who
are equal only as the rule breaks ties.

>>> sure_losers([40, 30, 6, 5, 2], vacancies=1, waiting=0, or_equal=False)
3
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from tinkuy.count.lots import Lots
from tinkuy.count.result import Exact
from tinkuy.count.stv.choices import Choices
from tinkuy.count.stv.ledger import Ledger
from tinkuy.count.stv.ties import decide, extreme


def sure_losers(held: Sequence[Exact], vacancies: int, waiting: Exact, or_equal: bool) -> int:
    """How many of the lowest cannot reach the next above, even with each other's votes and the surpluses `waiting`.

    `held` are the votes of those who continue, highest first. `or_equal`: nor pass the next (ERS97 5.2.5 b), in which
    case equals may be split; else those who are equal stay or go together.
    """
    best = 0
    for number, sum_ in enumerate(accumulate(reversed(held)), 1):
        if number > len(held) - max(vacancies, 1):
            break
        above = held[-number - 1]
        if sum_ + waiting < above or (or_equal and sum_ + waiting == above):
            best = number
    return best


def shortfall(held: Sequence[Exact], vacancies: int, quota: Exact) -> int:
    """How many of the lowest may be excluded in bulk under the Commonwealth Electoral Act 1918 s 273(13A) and (13B).

    `held` are the votes of the continuing candidates in their order of standing in the poll, highest first.
    """
    rising = list(reversed(held))
    notional = list(accumulate(rising))  # s 273(29): own votes and those of everybody who stands lower
    leading = quota - held[0]  # s 273(29): "leading shortfall"
    vacancy = sum(quota - votes for votes in held[:vacancies])  # s 273(29): "vacancy shortfall"
    # (13A)(a) Candidate A: the lowest whose notional votes reach the vacancy shortfall.
    a = next((place for place, votes in enumerate(notional) if votes >= vacancy), None)
    # (b) Candidate B: the highest below A (without an A: below the vacancy shortfall) whose notional votes are fewer
    # than the votes of the candidate standing immediately higher.
    below = range(len(rising) - 1 if a is None else min(a, len(rising) - 1))
    b = max((place for place in below if notional[place] < rising[place + 1]), default=None)
    if b is None:
        return 0
    # (c) B and all lower, when B's notional votes are fewer than the leading shortfall; (d) else Candidate C, the
    # highest whose notional votes are, and all lower.
    if notional[b] >= leading:
        b = max((place for place, votes in enumerate(notional) if votes < leading), default=None)
    # (13B) Enough candidates stay for the vacancies.
    return 0 if b is None else min(b + 1, len(rising) - vacancies)


def lowest(rule: Choices, ledger: Ledger, lots: Lots, among: Iterable[int], number: int) -> list[int]:
    """The so many of `among` who hold fewest, lowest first; ties that the last place splits as the rule breaks them."""
    left, chosen = set(among), list[int]()
    while len(chosen) < number:
        tied = extreme(ledger.totals, left, best=False)
        if len(tied) <= number - len(chosen):
            taken = tied
        else:
            taken = [decide(ledger, lots, tied, "excluded", rule.tie_excluded, rule.clauses.tie_excluded)]
        chosen += taken
        left.difference_update(taken)
    return chosen


def together(rule: Choices, ledger: Ledger, hopeful: Iterable[int], vacancies: int, waiting: Exact) -> int:
    """How many of the lowest the rule excludes together now; 0 when it is none in particular."""
    held = sorted((ledger.totals[one] for one in hopeful), reverse=True)
    match rule.bulk:
        case "sure losers":
            return sure_losers(held, vacancies, waiting, or_equal=False)
        case "sure losers or equal":
            return sure_losers(held, vacancies, waiting, or_equal=True)
        case "shortfall":
            number = shortfall(held, vacancies, ledger.quota)
            return number if number > 1 else 0
        case "none":
            return 0
