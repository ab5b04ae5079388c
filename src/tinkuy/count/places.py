"""Where candidates stand on papers: who is passed over, who comes first, at which rank each stands.

Guarantees exact figures: weights are added as 64-bit integers, and a profile's weights stay below 2^62 together. Work
is done in blocks of rows, so that memory does not grow with the papers.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 3), ([1, 2], 2)], withdrawn=frozenset({0}))
>>> list(passed_over(profile).rankings())
[(((1,), (2,)), 2), (((1,),), 3)]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.profile import Places, Profile

ROWS = 32_768
"""How many distinct papers are worked on at once: few enough to stay in the processor's cache."""


def blocks(rows: int) -> Iterator[slice]:
    """The rows in order, `ROWS` at a time."""
    for start in range(0, rows, ROWS):
        yield slice(start, start + ROWS)


def passed_over(profile: Profile) -> Profile:
    """The same papers without the withdrawn: whoever stands below one of them moves up."""
    if not profile.withdrawn:
        return profile
    kept = ~np.isin(profile.places, np.array(sorted(profile.withdrawn)))
    order = np.argsort(~kept, axis=1, kind="stable")
    left = np.take_along_axis(kept, order, axis=1)
    places = np.where(left, np.take_along_axis(profile.places, order, axis=1), profile.end)
    joined = None
    if profile.joined is not None:
        # Two neighbours stand equal when they are of one group, although the group's first may be gone.
        groups = np.take_along_axis(np.cumsum(~profile.joined, axis=1), order, axis=1)
        joined = np.zeros_like(profile.joined)
        joined[:, 1:] = (groups[:, 1:] == groups[:, :-1]) & left[:, 1:] & (places[:, 1:] != profile.end)
    return replace(profile, places=places.astype(profile.places.dtype), joined=joined).grouped()


def ranks_somebody(profile: Profile) -> NDArray[np.bool_]:
    """Which rows rank a candidate who has not withdrawn."""
    stands = np.ones(profile.end + 1, dtype=np.bool_)
    stands[[*profile.withdrawn, profile.end]] = False
    found = stands[profile.places[:, 0]]
    for position in range(1, profile.places.shape[1] if profile.withdrawn else 1):
        found |= stands[profile.places[:, position]]
    return found


def shared_first(profile: Profile) -> NDArray[np.bool_]:
    """Which rows place several candidates first."""
    if profile.joined is None or profile.joined.shape[1] < 2:
        return np.zeros(len(profile.weights), dtype=np.bool_)
    return np.asarray(profile.joined[:, 1])


def tally(codes: NDArray[np.integer], weights: NDArray[np.int64], size: int) -> list[int]:
    """How much weight each code from 0 to `size` - 1 has."""
    totals = np.zeros(size, dtype=np.int64)
    for block in blocks(len(codes)):
        np.add.at(totals, codes[block].astype(np.intp), weights[block])
    return [int(figure) for figure in totals]


def spread(figures: NDArray[np.int64], weights: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The different figures in ascending order, each with the weight that has it."""
    if not len(figures):
        return []
    least, most = int(figures.min()), int(figures.max())
    if most - least < ROWS:
        held = tally(figures - least, weights, most - least + 1)
        return [(least + number, weight) for number, weight in enumerate(held) if weight]
    order = np.argsort(figures, kind="stable")
    ordered = figures[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    held = np.add.reduceat(weights[order], starts).tolist()
    return list(zip(ordered[starts].tolist(), held, strict=True))


def levels(profile: Profile, rows: slice | NDArray[np.intp]) -> Places:
    """The rank that each place of these rows has, from 0: equal places share the rank of the first of them."""
    width = profile.places.shape[1]
    count = len(profile.weights[rows])
    positions = np.broadcast_to(np.arange(width, dtype=np.uint16), (count, width))
    if profile.joined is None:
        return positions
    return np.maximum.accumulate(np.where(profile.joined[rows], 0, positions), axis=1).astype(np.uint16)


def rank_of(profile: Profile, candidate: int) -> NDArray[np.uint16]:
    """The candidate's rank on every row, from 0; the number of columns where a row does not rank the candidate."""
    width = profile.places.shape[1]
    ranks = np.full(len(profile.weights), width, dtype=np.uint16)
    for block in blocks(len(ranks)):
        here = profile.places[block] == candidate
        found = here.any(axis=1)
        at = here.argmax(axis=1)
        ranks[block] = np.where(found, np.take_along_axis(levels(profile, block), at[:, None], axis=1)[:, 0], width)
    return ranks
