"""Margins where candidates are compared two by two.

A changed paper can take one vote from a comparison and give one to its opposite, and no more; so `changed` papers leave
every figure within `changed` of what it is, and every difference within twice that.

Whoever is preferred by a majority to each of the others stays so while fewer papers change than half the smallest of
those majorities: a bound for every rule that elects a Condorcet winner. For minimax, Copeland and Schulze a bound holds
without one: the winner's figure is taken at its worst and everybody else's at their best, each comparison by itself,
and the bound is the first number of papers at which the winner is not ahead for sure. (Schulze: every strength only
grows with votes for and falls with votes against, and so does a chain's, its weakest link.)

Source: the arithmetic above; strengths of links as in Schulze 2011, section 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from tinkuy.count.condorcet.hare import SmithIrv, UntilFound
from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.count.condorcet.ranked_pairs import RankedPairs
from tinkuy.count.condorcet.schulze import Schulze
from tinkuy.count.condorcet.scores import Copeland, Minimax
from tinkuy.count.condorcet.strength import Key, Measure, strength
from tinkuy.count.lots import Lots
from tinkuy.count.margin.bound import Margin, decided_by_lot, unknown, up
from tinkuy.count.margin.sums import everybody_sits
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Papers, Rule
from tinkuy.count.result import Exact, Result
from tinkuy.words import say

SOURCE = "each comparison at its worst: a paper moves it by one vote for and one against"

Certain = Callable[[int], bool]
"""Whether the same are elected for sure when so many papers have changed."""


def bound(known: Rule, papers: Papers, result: Result, _lots: Lots) -> Margin | None:
    """The bound for a rule of this kind; None for another rule."""
    if not isinstance(papers, Profile) or not isinstance(
        known, Schulze | Minimax | Copeland | RankedPairs | SmithIrv | UntilFound
    ):
        return None
    pairs = Pairs(result.names, result.pairwise, papers.standing, result.papers)
    if set(result.elected) == set(papers.standing):
        return everybody_sits(known)
    certain = _certain(known, pairs, result)
    if certain is None:
        why = say("no majority prefers the elected to each of the others, or several are elected")
        return unknown(known, why)
    if not certain(0):
        level = say("the elected are level with others in the figure that a bound is known for")
        return decided_by_lot(known) if result.ties else unknown(known, level)
    needed = _first_uncertain(certain, papers.papers)
    said = say(
        "papers to change: at least {papers}; with fewer, nobody draws level with {names} however each comparison goes",
        papers=needed,
        names=result.winners,
    )
    return Margin(known.name, needed, said, source=SOURCE)


def _certain(known: Rule, pairs: Pairs, result: Result) -> Certain | None:
    """How to tell that nothing changes for sure; None where no way is known."""
    match known:
        case Minimax() | Copeland():
            return lambda changed: _ahead(known, pairs, result.elected, changed)
        case Schulze() if len(result.elected) == 1:
            return lambda changed: _chains_ahead(pairs, known.measure, result.elected[0], changed)
    winner = pairs.condorcet_winner
    if winner is None or result.elected != (winner,):
        return None
    smallest = min(pairs.margin(winner, other) for other in pairs.standing if other != winner)
    return lambda changed: changed < up(smallest, 2)


def _first_uncertain(certain: Certain, papers: int) -> int:
    """The least number of papers of which it is not certain: more papers never make it certain again."""
    low, high = 0, papers
    while high - low > 1:
        middle = (low + high) // 2
        if certain(middle):
            low = middle
        else:
            high = middle
    return high


def _ahead(known: Minimax | Copeland, pairs: Pairs, elected: tuple[int, ...], changed: int) -> bool:
    """Whether each of the elected, at worst, has more than everybody else at best."""
    worst = min(_merit(known, pairs, one, changed, -1) for one in elected)
    return all(worst > _merit(known, pairs, one, changed, +1) for one in pairs.standing if one not in elected)


def _merit(known: Minimax | Copeland, pairs: Pairs, one: int, changed: int, fate: int) -> Exact:
    """What the rule orders by, when `changed` papers speak against (-1) or for (+1) the candidate everywhere."""
    shift = changed * fate
    figures = [
        (pairs.over[one][other] + shift, pairs.over[other][one] - shift) for other in pairs.standing if other != one
    ]
    if isinstance(known, Copeland):
        return sum((known.worth(votes - against) for votes, against in figures), Fraction())
    return -max(known.against(votes, against) for votes, against in figures)


def _chains_ahead(pairs: Pairs, measure: Measure, winner: int, changed: int) -> bool:
    """Whether the winner's chains at worst are stronger than everybody's chains back at best."""

    def there(one: int, other: int) -> Key:
        return strength(measure, max(0, pairs.over[one][other] - changed), pairs.over[other][one] + changed)

    def back(one: int, other: int) -> Key:
        return strength(measure, pairs.over[other][one] + changed, max(0, pairs.over[one][other] - changed))

    forth, home = (_widest(pairs.standing, winner, link) for link in (there, back))
    return all(forth[other] > home[other] for other in pairs.standing if other != winner)


def _widest(candidates: Sequence[int], start: int, link: Callable[[int, int], Key]) -> dict[int, Key]:
    """The strength of the strongest chain to each, grown from the start by the strongest link at hand (Dijkstra)."""
    found: dict[int, Key] = {}
    reached = {other: link(start, other) for other in candidates if other != start}
    while reached:
        one = max(sorted(reached), key=reached.__getitem__)
        found[one] = reached.pop(one)
        for other, best in reached.items():
            reached[other] = max(best, min(found[one], link(one, other)))
    return found
