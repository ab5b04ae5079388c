"""Plurality and the two rounds (mayoría relativa; mayoría absoluta y segunda vuelta).

A paper has one vote, and it is for whoever it ranks first; a paper that places several first has marked more than one
and is invalid. `plurality` elects by the most votes. `majority` elects only with more than half of the valid votes and
else says who goes to a second round, which people vote. `runoff` holds that round on the same papers: each is for
whichever of the two it ranks higher.

Sources: D. S. Felsenthal, "Review of paradoxes afflicting procedures for electing a single candidate", chapter 3 of
Felsenthal and Machover (eds), Electoral Systems (2012), for plurality and plurality with runoff; Constitución Política
del Perú (1993), art. 111, for the majority and who goes to the second round.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0], 4), ([1], 3), ([2, 1], 2)])
>>> [rule(name).count(profile).winners for name in ("plurality", "majority", "runoff")]
[('Ana',), (), ('Beto',)]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import passed_over, rank_of, shared_first, tally
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, check_seats, check_single, register
from tinkuy.count.result import Event, Move, Result, Stage
from tinkuy.count.seating import Ranking, ranked, seat
from tinkuy.words import Share, say

FELSENTHAL = "Felsenthal (2012), Electoral Systems, ch. 3"
PERU_111 = "Constitución Política del Perú (1993), art. 111"


@dataclass(frozen=True)
class FirstRound:
    """Votes by first preference: of each candidate, None for the withdrawn; valid papers and the others."""

    profile: Profile
    votes: tuple[int | None, ...]
    valid: int
    invalid: int
    ranking: Ranking

    def stage(self, *events: Event) -> Stage:
        """The round as a stage, each candidate's votes told before `events`."""
        return Stage(1, self.votes, events=(*self.told(), *events))

    def told(self) -> tuple[Event, ...]:
        """What each candidate got, from the most votes to the least."""
        return tuple(
            Event(
                "scored",
                say(
                    "{name}: {votes} of {valid} votes ({share})",
                    name=self.profile.names[candidate],
                    votes=self.votes[candidate],
                    valid=self.valid,
                    share=Share(self.votes[candidate] or 0, self.valid),
                ),
                (candidate,),
                {"votes": self.votes[candidate] or 0},
            )
            for group in self.ranking
            for candidate in group
        )


def first_round(profile: Profile) -> FirstRound:
    """Each candidate's papers. Raises `CountError` when nobody stands."""
    if not profile.standing:
        raise CountError(say("nobody stands: there is no candidate to elect"))
    moved = passed_over(profile)
    # One vote a paper: what places several first has marked more than one.
    good = (moved.places[:, 0] != moved.end) & ~shared_first(moved)
    kept = replace(
        moved,
        places=moved.places[good],
        weights=moved.weights[good],
        joined=None if moved.joined is None else moved.joined[good],
    )
    got = tally(kept.places[:, 0], kept.weights, kept.end + 1)
    votes = tuple(None if candidate in profile.withdrawn else got[candidate] for candidate in range(kept.end))
    return FirstRound(
        kept, votes, kept.papers, profile.papers - kept.papers, ranked(profile.standing, lambda each: got[each])
    )


@dataclass(frozen=True, kw_only=True)
class Plurality(Rule):
    """The most votes win; of several seats, the first by votes (single non-transferable vote)."""

    takes = Profile

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        unfilled = check_seats(seats, len(papers.standing))
        first = first_round(papers)
        taken = seat(first.ranking, seats, papers.names, lots)
        elected = tuple(
            Event(
                "elected",
                say("{name} is elected (votes: {votes})", name=papers.names[each], votes=first.votes[each]),
                (each,),
                {"votes": first.votes[each] or 0},
                "Felsenthal 2012, plurality",
            )
            for each in taken.elected
        )
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            first.valid,
            first.invalid,
            (first.stage(*taken.events, *elected),),
            taken.ties,
            ranking=first.ranking,
            unfilled=unfilled,
        )


@dataclass(frozen=True, kw_only=True)
class Majority(Rule):
    """More than half of the valid votes wins; else the first two go on. `second_round` holds it on the same papers."""

    takes = Profile

    second_round: bool

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        check_seats(seats, len(papers.standing))
        check_single(self, seats)
        first = first_round(papers)
        leader = first.ranking[0][0]
        opened = Result(self.name, papers.names, 1, (), first.valid, first.invalid, ranking=first.ranking)
        # Art. 111: more than half of the votes; blank and invalid ones are not counted.
        if 2 * (first.votes[leader] or 0) > first.valid or len(papers.standing) == 1:
            return replace(opened, elected=(leader,), stages=(first.stage(_majority(first, leader)),))
        # Art. 111: else a second round between the two with the most votes.
        through = seat(first.ranking, 2, papers.names, lots, question="order")
        ahead = Event(
            "note",
            say(
                "nobody has more than half of {valid} valid votes; {names} go to a second round",
                valid=first.valid,
                names=tuple(papers.names[each] for each in through.elected),
            ),
            through.elected,
            {"needed": first.valid // 2 + 1},
            "art. 111",
        )
        opened = replace(opened, stages=(first.stage(*through.events, ahead),), ties=through.ties)
        if not self.second_round:
            return replace(opened, unfilled=1)
        return _decided(opened, first, (through.elected[0], through.elected[1]), lots)


def _majority(first: FirstRound, leader: int) -> Event:
    said = say(
        "{name} is elected with {votes} of {valid} valid votes: more than half",
        name=first.profile.names[leader],
        votes=first.votes[leader],
        valid=first.valid,
    )
    if 2 * (first.votes[leader] or 0) <= first.valid:
        said = say("{name} is elected: nobody else stands", name=first.profile.names[leader])
    return Event("elected", said, (leader,), {"votes": first.votes[leader] or 0}, "art. 111")


def _decided(opened: Result, first: FirstRound, two: tuple[int, int], lots: Lots) -> Result:
    """The second round on the same papers: each goes to whichever of the two it ranks higher, or to neither."""
    profile, names = first.profile, first.profile.names
    above, below = rank_of(profile, two[0]), rank_of(profile, two[1])
    side = np.where(above < below, 0, np.where(below < above, 1, 2))
    sent = tally(profile.places[:, 0].astype(np.int64) * 3 + side, profile.weights, 3 * (profile.end + 1))
    takers: tuple[int | None, ...] = (*two, None)
    moves = tuple(
        Move(giver, taker, sent[3 * giver + position])
        for giver in profile.standing
        if giver not in two
        for position, taker in enumerate(takers)
        if sent[3 * giver + position]
    )
    got = [sum(sent[position::3]) for position in range(3)]
    votes = {candidate: got[position] for position, candidate in enumerate(two)}
    order = ranked(two, votes.__getitem__)
    taken = seat(order, 1, names, lots, stage=2)
    winner = taken.elected[0]
    loser = next(each for each in two if each != winner)
    out = tuple(each for group in first.ranking for each in group if each not in two)
    gone = (
        [Event("excluded", say("out of the count: {names}", names=tuple(names[each] for each in out)), out)]
        if out
        else []
    )
    elected = Event(
        "elected",
        say(
            "{name} is elected in the second round: {votes} papers rank {name} above {other}, {against} the other way",
            name=names[winner],
            other=names[loser],
            votes=votes[winner],
            against=votes[loser],
        ),
        (winner,),
        {"votes": votes[winner], "against": votes[loser]},
        "Felsenthal 2012, plurality with runoff",
    )
    stage = Stage(
        2,
        tuple(votes.get(each) for each in range(len(names))),
        exhausted=got[2],
        events=(*gone, *taken.events, elected),
        moves=moves,
    )
    rest = ranked(out, lambda each: first.votes[each] or 0)
    return replace(
        opened,
        elected=taken.elected,
        stages=(*opened.stages, stage),
        ties=(*opened.ties, *taken.ties),
        ranking=(*order, *rest),
    )


register(
    (
        Plurality(
            name="plurality", title=say("Plurality: the most first preferences"), source=f"{FELSENTHAL}, plurality"
        ),
        Majority(
            name="majority",
            title=say("Absolute majority, or who goes to a second round"),
            source=PERU_111,
            fills="one",
            second_round=False,
        ),
        Majority(
            name="runoff",
            title=say("Majority with the second round on the same papers"),
            source=f"{FELSENTHAL}, plurality with runoff; {PERU_111}",
            fills="one",
            second_round=True,
        ),
    )
)
