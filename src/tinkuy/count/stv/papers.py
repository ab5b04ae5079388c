"""Ranked papers as a count of transfers handles them: sorted, again and again, by the next candidate who continues.

Guarantees that no paper is looked at before its holder leaves, and that no Python loop runs over papers: every row of
the profile has a pointer to the place where it stands, which moves on past those who no longer continue. Papers are
counted in integers of 64 bits, whose sum `profile.total` has checked.

>>> papers = Papers(Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 3), ([0, 2], 2), ([1], 4), ([0], 1)]), "refuse")
>>> ana, beto = papers.sort(papers.rows)
>>> (ana.candidate, ana.papers), (beto.candidate, beto.papers)
((0, 6), (1, 4))
>>> papers.leave(0)
>>> [(given.candidate, given.papers) for given in papers.sort(ana.rows)]
[(1, 3), (2, 2), (None, 1)]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.errors import CountError
from tinkuy.count.profile import Places, Profile, total
from tinkuy.words import say

Rows = NDArray[np.intp]

Equal = Literal["refuse", "exhaust", "skip"]
"""What candidates who share a place on a paper are to a rule: refused; the end of the paper; or passed over."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Papers whose next preference is `candidate` (None: nobody who continues): their rows and how many they are."""

    candidate: int | None
    rows: Rows
    papers: int


class Papers:
    """The papers of one count. `rows` are those that rank somebody who stands; `valid` and `invalid` count papers."""

    def __init__(self, profile: Profile, equal: Equal) -> None:
        places = strict_places(profile, equal)
        self._end = profile.end
        self._continuing = np.ones(profile.end + 1, dtype=np.bool_)
        self._continuing[list(profile.withdrawn)] = False
        ranking = places[:, 0] != self._end
        if profile.withdrawn:
            ranking = (self._continuing[places] & (places != self._end)).any(axis=1)
        self._places = np.ascontiguousarray(places).reshape(-1)
        # Each paper's pointer stands before its first place.
        self._at = np.arange(len(places), dtype=np.intp) * places.shape[1] - 1
        self._weights = None if len(places) == 0 or int(profile.weights.max()) == 1 else profile.weights
        self.rows: Rows = np.flatnonzero(ranking)
        self.valid = len(self.rows) if self._weights is None else total(self._weights[self.rows])
        self.invalid = profile.papers - self.valid

    @property
    def ranked(self) -> frozenset[int]:
        """The candidates whom some paper ranks."""
        return frozenset(np.flatnonzero(np.bincount(self._places, minlength=self._end + 1)[: self._end]).tolist())

    def leave(self, candidate: int) -> None:
        """From now on no paper goes to this candidate."""
        self._continuing[candidate] = False

    def sort(self, rows: Rows) -> list[Sorted]:
        """Papers leave where they stand for their next candidate who continues, by number; those without come last.

        Within each, rows keep the order that they had.
        """
        if len(rows) == 0:
            return []
        here = self._advance(rows)
        counts = np.bincount(here, minlength=self._end + 1)
        takers = np.flatnonzero(counts)
        ordered = rows if len(takers) == 1 else rows[np.argsort(here, kind="stable")]
        stops = np.cumsum(counts[takers])
        starts = stops - counts[takers]
        papers = counts[takers] if self._weights is None else np.add.reduceat(self._weights[ordered], starts)
        return [
            Sorted(None if taker == self._end else taker, ordered[start:stop], number)
            for taker, start, stop, number in zip(
                takers.tolist(), starts.tolist(), stops.tolist(), papers.tolist(), strict=True
            )
        ]

    def _advance(self, rows: Rows) -> Places:
        """Move the pointers of `rows` on to the next candidate who continues, or the end; returns who that is."""
        at = self._at.take(rows)
        at += 1
        here: Places = self._places.take(at)
        passing = np.flatnonzero(~self._continuing.take(here))
        place = at.take(passing)
        while len(passing):
            place += 1
            reached = self._places.take(place)
            here[passing], at[passing] = reached, place
            further = np.flatnonzero(~self._continuing.take(reached))
            passing, place = passing.take(further), place.take(further)
        self._at[rows] = at
        return here


def strict_places(profile: Profile, equal: Equal) -> Places:
    """The places of a profile without shared ones, as the rule has it. Raises `CountError` where it refuses them."""
    if profile.joined is None or not profile.joined.any():
        return profile.places
    if equal == "refuse":
        shared = total(profile.weights[profile.joined.any(axis=1)])
        raise CountError(
            say(
                "{papers} papers rank several candidates equally, which the rule does not know: "
                "say first what such a paper means, or count by a rule that does",
                papers=shared,
            )
        )
    follows = np.zeros_like(profile.joined)
    follows[:, :-1] = profile.joined[:, 1:]
    shared_places = profile.joined | follows
    if equal == "exhaust":
        dropped = np.logical_or.accumulate(shared_places, axis=1)
        return np.where(dropped, profile.places.dtype.type(profile.end), profile.places)
    concerned = np.flatnonzero(shared_places.any(axis=1))
    places = profile.places.copy()
    kept = np.where(shared_places[concerned], profile.places.dtype.type(profile.end), profile.places[concerned])
    order = np.argsort(shared_places[concerned], axis=1, kind="stable")
    places[concerned] = np.take_along_axis(kept, order, axis=1)
    return places
