"""Phragmén's sequential rule: electing somebody is a load of one, spread evenly over those who approve her.

Whoever can be elected with the least load on a single paper is elected next. Loads are fractions; a paper's load is
that of the last elected whom it approves, so there are never more distinct loads than elected.

Source: E. Phragmén, "Sur la théorie des élections multiples" (1896); M. Brill, R. Freeman, S. Janson and M. Lackner,
"Phragmén's voting methods and justified representation", Mathematical Programming 203 (2024).

>>> papers = Approvals(("Ana", "Beto", "Caro"), np.array([[1, 1, 0], [0, 0, 1]], dtype=bool), np.array([3, 2]))
>>> rule("phragmen").count(papers, 2, Listed(("Ana", "Beto", "Caro"))).winners
('Ana', 'Caro')
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.committee.sequential import Committee, Seats
from tinkuy.count.registry import register
from tinkuy.count.result import Exact
from tinkuy.words import Amount, Said, say


@dataclass(frozen=True, kw_only=True)
class Phragmen(Committee):
    """The least load is elected next."""

    def fill(self, seats: Seats) -> None:
        spread(seats, np.zeros(len(seats.kinds.sets), dtype=np.intp), [Fraction(0)])


def spread(seats: Seats, classes: NDArray[np.intp], loads: list[Fraction]) -> None:
    """Fill what is left of the seats; a paper of kind i bears `loads[classes[i]]` already (a negative load is money).

    Whom nobody approves is elected only when nobody else is left, and then by lot. Both arguments are written to.
    """
    names = seats.kinds.names
    while not seats.full:
        claims: dict[int, Exact] = {}
        for each in seats.left:
            support = seats.kinds.by_class(classes, len(loads), each)
            papers = sum(support)
            if papers:
                borne = sum((count * load for count, load in zip(support, loads, strict=True) if count), Fraction(1))
                claims[each] = borne / papers
        if not claims:
            seats.elect(dict.fromkeys(seats.left, 0), lambda who, _: unapproved(names[who]))
            continue
        chosen = seats.elect(claims, lambda who, claim: _carried(names[who], claim), least=True)
        classes[seats.kinds.sets[:, chosen]] = len(loads)
        loads.append(Fraction(claims[chosen]))


def unapproved(name: str) -> Said:
    """What is told of somebody who fills a seat that no paper gives."""
    return say("{name} is elected although no paper approves it: nobody else is left for the seat", name=name)


def _carried(name: str, load: Exact) -> Said:
    return say(
        "{name} is elected: each paper that approves it then bears {load}, the least of all",
        name=name,
        load=Amount(load, 9),
    )


register(
    (
        Phragmen(
            name="phragmen",
            title=say("Phragmén's sequential rule"),
            source="Phragmén (1896); Brill, Freeman, Janson and Lackner, Mathematical Programming 203 (2024)",
            clause="Phragmén 1896",
        ),
    )
)
