"""Margins where candidates go out in rounds: the two rounds, STAR, instant runoff.

A changed paper moves the difference of two candidates' votes by at most two. So while fewer papers change than half the
difference at every step that decides, every step goes as it went.

Instant runoff: a set of candidates who together have fewer votes than anybody else who is left all go out before
anybody else does, in whatever order; what they pass on to one another changes nothing of that. So a count may be cut
into steps at any of its rounds, each as safe as half the difference between the votes of all who go out in it and the
least of the rest, and a cut is as safe as its least safe step; the bound is that of the safest cut. The last step is
the winner against all others together.

Sources: D. Cary, "Estimating the margin of victory for instant-runoff voting", EVT/WOTE 2011, for the safest cut (his
best-path lower bound); the definitions of the other two rules.
"""

from __future__ import annotations

from dataclasses import replace

from tinkuy.count.lots import Lots, Onward
from tinkuy.count.margin.bound import Margin, up
from tinkuy.count.margin.sums import everybody_sits
from tinkuy.count.places import rank_of
from tinkuy.count.plurality import FirstRound, Majority, first_round
from tinkuy.count.profile import Profile, Scores, total
from tinkuy.count.registry import Papers, Rule
from tinkuy.count.result import Result
from tinkuy.count.score import scored
from tinkuy.count.star import Star
from tinkuy.count.stv.gregory import Stv
from tinkuy.words import say

CARY = "Cary, EVT/WOTE 2011, best-path lower bound"
STEPS = "half the difference at every step that decides"


def bound(known: Rule, papers: Papers, result: Result, lots: Lots) -> Margin | None:
    """The bound for a rule of this kind; None for another rule, and for a majority that nobody has."""
    match known, papers:
        case Majority(), Profile() if result.elected:
            return _of_two_rounds(known, papers, result)
        case Star(), Scores():
            return _of_star(known, papers, result)
        case Stv(fills="one", quota="majority"), Profile():
            return _of_instant_runoff(known, papers, lots)
    return None


def _of_two_rounds(known: Majority, papers: Profile, result: Result) -> Margin:
    """A majority in the first round is one way to stay elected; to go on and to win the second round another."""
    if len(papers.standing) == 1:
        return everybody_sits(known)
    first = first_round(papers)
    winner = result.elected[0]
    votes = {each: first.votes[each] or 0 for each in papers.standing}
    gap = 2 * votes[winner] - first.valid
    if known.second_round:
        gap = max(gap, _second_round(first, votes, winner, result))
    return _told(known, result, up(gap, 2), STEPS)


def _second_round(first: FirstRound, votes: dict[int, int], winner: int, result: Result) -> int:
    """The lesser of two differences: from the two who lead to the third, and between the two in the second round."""
    if len(result.stages) == 2:
        rival = next(each for each, held in enumerate(result.stages[1].totals) if held is not None and each != winner)
    else:
        rival = max((each for each in votes if each != winner), key=votes.__getitem__)
    above, below = rank_of(first.profile, winner), rank_of(first.profile, rival)
    weights = first.profile.weights
    last = total(weights[above < below]) - total(weights[below < above])
    others = [held for each, held in votes.items() if each not in (winner, rival)]
    return min(last, min(votes[winner], votes[rival]) - max(others)) if others else last


def _of_star(known: Star, papers: Scores, result: Result) -> Margin:
    """Points of the two finalists over the third's, of which a paper moves two whole scales; and the runoff's votes."""
    count = scored(papers)
    if len(count.standing) == 1:
        return everybody_sits(known)
    winner, rival = result.ranking[0][0], result.ranking[1][0]
    steps = [up(count.prefer(winner, rival) - count.prefer(rival, winner), 2)]
    others = [count.sums[each] for each in count.standing if each not in (winner, rival)]
    if others:
        gap = min(count.sums[winner], count.sums[rival]) - max(others)
        steps.append(up(gap, 2 * (papers.most - papers.least)))
    return _told(known, result, min(steps), STEPS)


def _of_instant_runoff(known: Stv, papers: Profile, lots: Lots) -> Margin:
    """The safest way of cutting the count into steps, found from its end, in rounds of one until two are left.

    Rounds after a majority was reached elect nobody else, whatever their ties.
    """
    if len(papers.standing) == 1:
        return everybody_sits(known)
    result = replace(known, plays_out=True, bulk="none").count(papers, 1, Onward(lots))
    rounds = _rounds(papers, result)
    winner = result.elected[0]
    safest = [0] * len(rounds)
    for start in reversed(range(len(rounds))):
        held = rounds[start]
        # All at once: everybody else together against the winner.
        ways = [2 * held[winner] - sum(held.values())]
        for end in range(start + 1, len(rounds)):
            out = sum(votes for each, votes in held.items() if each not in rounds[end])
            gap = min(held[each] for each in rounds[end]) - out
            ways.append(min(gap, safest[end]))
        safest[start] = max(ways)
    return _told(known, result, up(safest[0], 2), CARY)


def _rounds(papers: Profile, result: Result) -> list[dict[int, int]]:
    """At the end of every round, the votes of those who are left."""
    left = set(papers.standing)
    rounds = []
    for stage in result.stages:
        left -= {each for event in stage.events if event.kind == "excluded" for each in event.candidates}
        rounds.append({each: int(stage.totals[each] or 0) for each in sorted(left)})
    return rounds


def _told(known: Rule, result: Result, papers: int, source: str) -> Margin:
    if papers <= 0:
        return Margin(known.name, 0, say("papers to change: at least 0; a round is decided by a lot"), source=source)
    said = say(
        "papers to change: at least {papers}; with fewer, every step that leads to {names} goes as it went",
        papers=papers,
        names=result.winners,
    )
    return Margin(known.name, papers, said, source=source)
