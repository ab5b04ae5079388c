"""Positional rules (Borda and its kin): a paper gives points to the places of its ranking, and points add up.

Guarantees exact sums, fractions included. Candidates who share places share their points equally. What a paper gives to
those whom it does not rank is what sets the variants apart:

borda             the first of n gets n - 1, the next n - 2, and so on; the unranked get nothing
borda-tournament  the same, and the unranked share the points of the places that are left: half a point for each pair
borda-modified    a paper that ranks m gives m to its first, m - 1 to its second, and so on; the unranked get nothing
dowdall           1, 1/2, 1/3 and so on (Nauru); the unranked get nothing
anti-plurality    one point to everybody but the last; the unranked share the places that are left

Sources: J.-C. de Borda, "Mémoire sur les élections au scrutin", Histoire de l'Académie Royale des Sciences (1781,
printed 1784); D. Baumeister, P. Faliszewski, J. Lang and J. Rothe, "Campaigns for lazy voters: truncated ballots",
AAMAS 2012, for what the unranked get; P. Emerson, "The original Borda count and partial voting", Social Choice and
Welfare 40 (2013) 353-358, for `borda-modified`; B. Reilly, "Social choice in the South Seas", International Political
Science Review 23 (2002) 355-372, for Nauru.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1, 2], 3), ([1, 2, 0], 2), ([2], 1)])
>>> [str(event.said) for event in rule("borda").count(profile).stages[0].events][:2]
['points of Beto: 7', 'points of Ana: 6']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import blocks, levels, passed_over, tally
from tinkuy.count.profile import Profile, total
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Exact, Result, Stage
from tinkuy.count.seating import ranked, seat
from tinkuy.words import Amount, say

Points = Callable[[int, int], tuple[Exact, ...]]
"""From how many stand and how many of them a paper ranks: what each place is worth, from the first to the last."""


def borda(standing: int, ranked_here: int) -> tuple[Exact, ...]:
    """One point for every place below."""
    return tuple(range(standing - 1, -1, -1))


def modified(standing: int, ranked_here: int) -> tuple[Exact, ...]:
    """The first gets as many points as the paper ranks, the last whom it ranks gets one."""
    return tuple(max(0, ranked_here - place) for place in range(standing))


def dowdall(standing: int, ranked_here: int) -> tuple[Exact, ...]:
    """One, a half, a third, and so on."""
    return tuple(Fraction(1, place) for place in range(1, standing + 1))


def all_but_last(standing: int, ranked_here: int) -> tuple[Exact, ...]:
    """One for every place but the last."""
    return (1,) * (standing - 1) + (0,)


@dataclass(frozen=True, kw_only=True)
class Positional(Rule):
    """Orders by points. With `shared`, the unranked share the points of the places that are left."""

    takes = Profile

    points: Points
    shared: bool
    clause: str

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        if not papers.standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        unfilled = check_seats(seats, len(papers.standing))
        moved = passed_over(papers)
        valid = total(moved.weights[moved.places[:, 0] != moved.end])
        got = self.scores(moved)
        ranking = ranked(papers.standing, got.__getitem__)
        taken = seat(ranking, seats, papers.names, lots)
        told = tuple(
            Event(
                "scored",
                say("points of {name}: {score}", name=papers.names[each], score=Amount(got[each])),
                (each,),
                {"score": got[each]},
            )
            for group in ranking
            for each in group
        )
        elected = tuple(
            Event(
                "elected",
                say("{name} is elected (points: {score})", name=papers.names[each], score=Amount(got[each])),
                (each,),
                {"score": got[each]},
                self.clause,
            )
            for each in taken.elected
        )
        totals = tuple(None if each in papers.withdrawn else got[each] for each in range(len(papers.names)))
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            valid,
            papers.papers - valid,
            (Stage(1, totals, events=(*told, *taken.events, *elected)),),
            taken.ties,
            ranking=ranking,
            unfilled=unfilled,
        )

    def scores(self, moved: Profile) -> list[Exact]:
        """Each candidate's points from papers that rank nobody who has withdrawn."""
        standing = len(moved.standing)
        got: list[Exact] = [0] * moved.end
        for here, part in by_length(moved):
            if here == 0:
                continue  # a paper that ranks nobody gives nothing to anybody
            worth = self.points(standing, here)
            reached = [0] * moved.end
            for (first, size), counts in shares(part, here):
                each = Fraction(sum(worth[first : first + size]), size)
                for candidate in moved.standing:
                    got[candidate] += counts[candidate] * each
                    reached[candidate] += counts[candidate]
            if self.shared and here < standing:
                rest = Fraction(sum(worth[here:]), standing - here)
                for candidate in moved.standing:
                    got[candidate] += (part.papers - reached[candidate]) * rest
        return [figure.numerator if figure.denominator == 1 else figure for figure in got]


def by_length(profile: Profile) -> Iterator[tuple[int, Profile]]:
    """The papers parted by how many candidates they rank."""
    lengths = np.zeros(len(profile.weights), dtype=np.int64)
    for block in blocks(len(lengths)):
        lengths[block] = (profile.places[block] != profile.end).sum(axis=1)
    for length in np.unique(lengths).tolist():
        rows = lengths == length
        yield (
            length,
            replace(
                profile,
                places=profile.places[rows],
                weights=profile.weights[rows],
                joined=None if profile.joined is None else profile.joined[rows],
            ),
        )


def shares(profile: Profile, length: int) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Of papers that all rank `length`: for each first place and number of places shared, how many put whom there.

    A place of one's own is shared by one. Figures are one a candidate, and one for ends.
    """
    if profile.joined is None or not profile.joined.any():
        for place in range(length):
            yield (place, 1), tally(profile.places[:, place], profile.weights, profile.end + 1)
        return
    first = np.concatenate([levels(profile, block)[:, :length] for block in blocks(len(profile.weights))])
    size = _sizes(first)
    held = profile.places[:, :length]
    weights = np.broadcast_to(profile.weights[:, None], held.shape)
    for code in np.unique(first.astype(np.int64) * (length + 1) + size).tolist():
        place, shared_by = divmod(code, length + 1)
        here = (first == place) & (size == shared_by)
        yield (place, shared_by), tally(held[here], weights[here], profile.end + 1)


def _sizes(first: NDArray[np.uint16]) -> NDArray[np.int64]:
    """How many share each place, from the first place of its group."""
    size = np.zeros(first.shape, dtype=np.int64)
    for place in range(first.shape[1]):
        here = first == place
        size += here * here.sum(axis=1, keepdims=True)
    return size


BORDA = "Borda (1781), Mémoire sur les élections au scrutin"
LAZY = "Baumeister, Faliszewski, Lang and Rothe, AAMAS 2012"

register(
    (
        Positional(
            name="borda",
            title=say("Borda; the unranked get nothing"),
            source=f"{BORDA}; {LAZY}",
            fills="order",
            points=borda,
            shared=False,
            clause="Borda 1781",
        ),
        Positional(
            name="borda-tournament",
            title=say("Borda; the unranked share the places that are left"),
            source=f"{BORDA}; {LAZY}",
            fills="order",
            points=borda,
            shared=True,
            clause="Borda 1781",
        ),
        Positional(
            name="borda-modified",
            title=say("Modified Borda: a paper that ranks m gives m to its first"),
            source="Emerson, Social Choice and Welfare 40 (2013) 353-358",
            fills="order",
            points=modified,
            shared=False,
            clause="Emerson 2013",
        ),
        Positional(
            name="dowdall",
            title=say("Dowdall: one, a half, a third (Nauru)"),
            source="Reilly, International Political Science Review 23 (2002) 355-372",
            fills="order",
            points=dowdall,
            shared=False,
            clause="Reilly 2002",
        ),
        Positional(
            name="anti-plurality",
            title=say("Anti-plurality: a point to everybody but the last"),
            source=LAZY,
            fills="order",
            points=all_but_last,
            shared=True,
            clause="Baumeister et al. 2012",
        ),
    )
)
