"""Bucklin: first preferences are counted; while nobody has more than half of the papers, the next ones are added.

A round adds every paper's next place to what each candidate has, so that a paper may count for several; whoever has the
most once somebody has a majority is elected. Candidates who share places count from the first of them. When no places
are left and nobody has a majority, the most votes win. The order of everybody is by the round in which a majority was
reached, then by the votes at the end of that round.

Source: D. S. Felsenthal, "Review of paradoxes afflicting procedures for electing a single candidate", ch. 3 of
Felsenthal and Machover (eds), Electoral Systems (2012), Bucklin's system; the election of Brown v. Smallwood, 130 Minn.
492 (1915), was counted so. The charter of Grand Junction (1909) is not counted here.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 4), ([1, 0], 3), ([2, 1], 2)])
>>> rule("bucklin").count(profile).winners
('Beto',)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import blocks, levels, passed_over, tally
from tinkuy.count.profile import Profile, total
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Result, Stage
from tinkuy.count.seating import Ranking, ranked, seat
from tinkuy.words import say


@dataclass(frozen=True)
class Rounds:
    """`votes[r][c]`: papers that place c at rank r or above, from rank 0; all of `valid` papers rank somebody."""

    votes: tuple[tuple[int, ...], ...]
    valid: int

    @classmethod
    def of(cls, moved: Profile) -> Rounds:
        """Count every round of papers that rank nobody who has withdrawn; one at least."""
        width, codes = max(1, moved.places.shape[1] - 1), moved.end + 1
        figures = np.zeros(width * codes, dtype=np.int64)
        for block in blocks(len(moved.weights)):
            places = moved.places[block, :width]
            at = levels(moved, block)[:, :width].astype(np.int64) * codes + places
            weights = np.broadcast_to(moved.weights[block][:, None], places.shape)
            figures += np.array(tally(at.ravel(), weights.ravel(), width * codes), dtype=np.int64)
        votes = np.cumsum(figures.reshape(width, codes)[:, : moved.end], axis=0)
        return cls(tuple(tuple(row) for row in votes.tolist()), total(moved.weights[moved.places[:, 0] != moved.end]))

    def reached(self, candidate: int) -> int:
        """The first round in which more than half of the papers count for the candidate; past the last for never."""
        for number, votes in enumerate(self.votes):
            if 2 * votes[candidate] > self.valid:
                return number
        return len(self.votes)

    def merit(self, candidate: int) -> tuple[int, int]:
        """An earlier majority first, then more votes at the end of that round."""
        reached = self.reached(candidate)
        return -reached, self.votes[min(reached, len(self.votes) - 1)][candidate]


@dataclass(frozen=True, kw_only=True)
class Bucklin(Rule):
    """Orders by the round of the majority, then by votes."""

    takes = Profile

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        if not papers.standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        unfilled = check_seats(seats, len(papers.standing))
        rounds = Rounds.of(passed_over(papers))
        ranking = ranked(papers.standing, rounds.merit)
        needed = max(rounds.reached(one) for group in _first(ranking, seats) for one in group)
        last = min(needed, len(rounds.votes) - 1)
        taken = seat(ranking, seats, papers.names, lots, stage=last + 1)
        stages = [_stage(papers, rounds, number, ()) for number in range(last)]
        elected = tuple(_elected(papers.names[one], rounds, one) for one in taken.elected)
        stages.append(_stage(papers, rounds, last, (*taken.events, *elected)))
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            rounds.valid,
            papers.papers - rounds.valid,
            tuple(stages),
            taken.ties,
            ranking=ranking,
            unfilled=unfilled,
        )


def _first(ranking: Ranking, seats: int) -> Ranking:
    """The groups that come into question for the seats."""
    groups: list[tuple[int, ...]] = []
    for group in ranking:
        if sum(map(len, groups)) >= seats:
            break
        groups.append(group)
    return tuple(groups)


def _stage(papers: Profile, rounds: Rounds, number: int, events: tuple[Event, ...]) -> Stage:
    votes = rounds.votes[number]
    told = (
        say("first preferences are counted; {needed} of {valid} papers are a majority", **_bar(rounds))
        if number == 0
        else say("the next preferences are added; {needed} of {valid} papers are a majority", **_bar(rounds))
    )
    ahead = tuple(
        Event("scored", say("{name}: {votes}", name=papers.names[one], votes=votes[one]), (one,), {"votes": votes[one]})
        for group in ranked(papers.standing, votes.__getitem__)
        for one in group
    )
    totals = tuple(None if one in papers.withdrawn else votes[one] for one in range(papers.end))
    return Stage(number + 1, totals, events=(Event("note", told, figures=_bar(rounds)), *ahead, *events))


def _bar(rounds: Rounds) -> dict[str, int]:
    return {"needed": rounds.valid // 2 + 1, "valid": rounds.valid}


def _elected(name: str, rounds: Rounds, one: int) -> Event:
    reached, votes = rounds.reached(one), rounds.merit(one)[1]
    figures = {"votes": votes, **_bar(rounds)}
    if reached == len(rounds.votes):
        said = say(
            "{name} is elected with {votes} of {valid} papers: no preferences are left to add", name=name, **figures
        )
    else:
        said = say(
            "{name} is elected with {votes} of {valid} papers, a majority in round {round}",
            name=name,
            round=str(reached + 1),
            **figures,
        )
    return Event("elected", said, (one,), figures, "Felsenthal 2012, Bucklin")


register(
    [
        Bucklin(
            name="bucklin",
            title=say("Bucklin: preferences are added until somebody has a majority"),
            source="Felsenthal (2012), Electoral Systems, ch. 3, Bucklin; Brown v. Smallwood, 130 Minn. 492 (1915)",
            fills="order",
        )
    ]
)
