"""Approval (votación por aprobación): a paper approves as many candidates as it likes; the most approved are elected.

Rankings do not say where approval ends, so nothing but approvals is counted here. For several seats the most approved
take them (block approval): a majority can take all of them. Committees that share seats out are in `committee.py`.

Source: S. J. Brams and P. C. Fishburn, "Approval voting", American Political Science Review 72 (1978) 831-847.

>>> sets = np.array([[True, True, False], [False, True, True]])
>>> papers = Approvals(("Ana", "Beto", "Caro"), sets, np.array([3, 2]))
>>> rule("approval").count(papers).winners
('Beto',)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import blocks
from tinkuy.count.profile import Approvals, total
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Result, Stage
from tinkuy.count.seating import ranked, seat
from tinkuy.words import Share, say


def approved(papers: Approvals) -> list[int]:
    """How many papers approve each candidate, the withdrawn included."""
    got = np.zeros(len(papers.names), dtype=np.int64)
    for block in blocks(len(papers.weights)):
        got += papers.weights[block] @ papers.sets[block].astype(np.int64)
    return [int(figure) for figure in got]


@dataclass(frozen=True, kw_only=True)
class Approval(Rule):
    """Elects whom the most papers approve."""

    takes = Approvals

    def count(self, papers: Approvals, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        standing = [number for number in range(len(papers.names)) if number not in papers.withdrawn]
        if not standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        unfilled = check_seats(seats, len(standing))
        got = approved(papers)
        valid = total(papers.weights[papers.sets[:, standing].any(axis=1)])
        ranking = ranked(standing, got.__getitem__)
        taken = seat(ranking, seats, papers.names, lots)
        told = tuple(
            Event(
                "scored",
                say(
                    "{name}: approved on {votes} of {valid} papers ({share})",
                    name=papers.names[each],
                    votes=got[each],
                    valid=valid,
                    share=Share(got[each], valid),
                ),
                (each,),
                {"votes": got[each]},
            )
            for group in ranking
            for each in group
        )
        elected = tuple(
            Event(
                "elected",
                say(
                    "{name} is elected: approved on {votes} of {valid} papers",
                    name=papers.names[each],
                    votes=got[each],
                    valid=valid,
                ),
                (each,),
                {"votes": got[each]},
                "Brams and Fishburn 1978",
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


register(
    [
        Approval(
            name="approval",
            title=say("Approval: whom the most papers approve"),
            source="Brams and Fishburn, Approval voting, American Political Science Review 72 (1978) 831-847",
        )
    ]
)
