"""A surplus in whole papers, those that lie on top of their sub-parcel; and the mixing that puts them there.

Electoral Act 1992 (Ireland) s 121: of the parcel that was received last, each sub-parcel gives so many papers as its
share of the surplus, the largest fractions rounded up. Which papers these are depends on the order of papers, which the
Act leaves to a thorough mixing before the count. A profile says with `in_order` that its rows stand as they were mixed;
`mixed` makes such an order from a text that nobody could choose, so that a recount has the same.

>>> profile = Profile.of(["Ana", "Beto"], [([0, 1], 3), ([1], 2)])
>>> mixed(profile, "2026-03-08 04 11 23").places[:, 0].tolist()
[0, 1, 0, 0, 1]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots
from tinkuy.count.profile import Profile
from tinkuy.count.stv.ledger import Ledger
from tinkuy.count.stv.papers import Sorted
from tinkuy.count.stv.ties import decide
from tinkuy.words import say

MOST_PAPERS = 50_000_000
"""A count of whole papers holds each by itself."""


def mixed(profile: Profile, text: str) -> Profile:
    """The same papers one by one, in an order made from a text: by SplitMix64 from the SHA-256 of the text.

    The number of a paper in the grouped profile, from 1, times the golden gamma and the seed is what SplitMix64
    finalises; papers stand by the outcome. Raises `CountError` for more papers than can lie singly.
    """
    if profile.papers > MOST_PAPERS:
        raise CountError(
            say("{papers} papers; at most {limit} can be mixed one by one", papers=profile.papers, limit=MOST_PAPERS)
        )
    grouped = profile.grouped()
    rows = np.repeat(np.arange(len(grouped.places)), grouped.weights)
    seed = np.uint64(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))
    state = seed + np.arange(1, len(rows) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    order = rows[np.argsort(state ^ (state >> np.uint64(31)), kind="stable")]
    return replace(
        grouped,
        places=grouped.places[order],
        weights=np.ones(len(order), dtype=np.int64),
        joined=None if grouped.joined is None else grouped.joined[order],
        in_order=True,
    )


def on_top(ledger: Ledger, lots: Lots, given: Sequence[Sorted], over: int, clause: str) -> list[tuple[Sorted, int]]:
    """What each sub-parcel of the last parcel gives of a surplus: its papers, and how many they are.

    Non-transferable papers come last, and leave only so far as the transferable ones fall short of the surplus.
    """
    parcels = [one for one in given if one.candidate is not None]
    transferable = sum(one.papers for one in parcels)
    if transferable <= over:
        # The others stay with the candidate, who needs them for the quota.
        left = [Sorted(None, one.rows[: over - transferable], over - transferable) for one in given[len(parcels) :]]
        return [(one, one.papers) for one in [*parcels, *left]]
    whole = {one.candidate: one.papers * over // transferable for one in parcels}
    fraction = {one.candidate: (one.papers * over % transferable, one.papers) for one in parcels}
    while (missing := over - sum(whole.values())) > 0:
        # The largest fraction; of equals the one from the larger sub-parcel; then who had more votes first; the lot.
        best = max(fraction.values())
        equal = [one for one, rest in fraction.items() if rest == best and one is not None]
        raised = equal if len(equal) <= missing else [decide(ledger, lots, equal, "order", "earliest", clause)]
        for candidate in raised:
            whole[candidate] += 1
            del fraction[candidate]
    moved = []
    for one in parcels:
        number = whole[one.candidate]
        moved.append((Sorted(one.candidate, one.rows[len(one.rows) - number :], number), number))
    return moved
