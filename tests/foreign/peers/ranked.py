"""Rankings as pref-voting, votelib, VoteKit and pyrankvote count them, by the names that our rules have.

A program is asked only for papers that it takes: pref-voting's positional and runoff rules want complete rankings,
votelib, VoteKit and pyrankvote know only candidates who are on some paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from math import factorial, prod
from typing import Any

import pyrankvote
import votelib.component.rankscore
import votelib.convert
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential
import votelib.io.blt
from asked import TIE, Ranked, committee, every
from pref_voting import c1_methods, combined_methods, iterative_methods, other_methods, scoring_methods
from pref_voting import margin_based_methods as margins
from pref_voting import proportional_methods as proportional
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies
from votekit import RankBallot, RankProfile
from votekit.elections import STV, Borda, Plurality, RankedPairs, Schulze

Ask = Callable[[Ranked], dict[str, Any] | None]
"""Counts papers by one rule; None where the program does not take such papers."""

MOST_ORDERS = 200
"""Orders of equally strong majorities up to which pref-voting, which tries each of them, is asked."""


class Lot(Exception):
    """A program asked for a lot."""


class NoLot:
    """A source of randomness that stops whoever asks."""

    def __getattr__(self, name: str) -> Any:
        raise Lot(name)


def linear(papers: Ranked) -> Profile:
    """For pref-voting: complete rankings."""
    return Profile(
        [[place[0] for place in places] for _, places in papers.papers], rcounts=[weight for weight, _ in papers.papers]
    )


def partial(papers: Ranked) -> ProfileWithTies:
    """For pref-voting: whoever is ranked is preferred to whoever is not."""
    profile = ProfileWithTies(
        [{one: rank for rank, place in enumerate(places) for one in place} for _, places in papers.papers],
        rcounts=[weight for weight, _ in papers.papers],
        candidates=list(range(papers.candidates)),
    )
    profile.use_extended_strict_preference()
    return profile


def _complete(method: Callable[[Profile], Any]) -> Ask:
    return lambda papers: every(method(linear(papers))) if papers.complete else None


def _compared(method: Callable[[ProfileWithTies], Any]) -> Ask:
    return lambda papers: every(method(partial(papers)))


def _pairs(papers: Ranked, strength: str) -> dict[str, Any] | None:
    profile = partial(papers)
    measure = getattr(profile, strength)
    pairs = permutations(profile.candidates, 2)
    equal = Counter(measure(one, other) for one, other in pairs if profile.margin(one, other) >= 0)
    if prod(factorial(count) for count in equal.values()) > MOST_ORDERS:
        return None
    return every(margins.ranked_pairs(profile, strength_function=measure))


def _opposition(profile: ProfileWithTies) -> list[int]:
    scores = margins.minimax_scores(profile, score_method="pairwise_opposition")
    return [one for one, score in scores.items() if score == max(scores.values())]


def _scottish(papers: Ranked) -> dict[str, Any] | None:
    if not papers.strict:
        return None
    try:
        return committee(proportional.stv_scottish(partial(papers), num_seats=papers.seats, rng=NoLot()))
    except Lot:
        return TIE


def _meek(method: Callable[..., list[int]]) -> Ask:
    return lambda papers: committee(method(partial(papers), num_seats=papers.seats)) if papers.strict else None


PREF_VOTING: dict[str, Ask] = {
    "plurality": _complete(scoring_methods.plurality),
    "borda": _complete(scoring_methods.borda),
    "dowdall": _complete(scoring_methods.dowdall),
    "anti-plurality": _complete(scoring_methods.anti_plurality),
    "runoff": _complete(iterative_methods.plurality_with_runoff_put),
    "irv": _complete(iterative_methods.instant_runoff_put),
    "irv-two": _complete(lambda profile: iterative_methods.instant_runoff_put(profile, exit_on_majority=False)),
    "smith-irv": _complete(combined_methods.smith_irv_put),
    "bucklin": _complete(other_methods.bucklin),
    "schulze": _compared(lambda profile: margins.beat_path(profile, strength_function=profile.support)),
    "schulze-margins": _compared(margins.beat_path),
    "ranked-pairs": lambda papers: _pairs(papers, "margin"),
    "ranked-pairs-winning": lambda papers: _pairs(papers, "support"),
    "copeland": _compared(c1_methods.copeland),
    "llull": _compared(c1_methods.llull),
    "minimax": _compared(margins.minimax_support),
    "minimax-margins": _compared(margins.minimax),
    "minimax-opposition": _compared(_opposition),
    "scotland": _scottish,
    "meek-prf": _meek(proportional.stv_meek),
    "warren": _meek(proportional.stv_warren),
}


def _votes(papers: Ranked) -> dict[tuple[Any, ...], int]:
    """For votelib: shared places are sets."""
    votes: dict[tuple[Any, ...], int] = {}
    for weight, places in papers.papers:
        ranking = tuple(place[0] if len(place) == 1 else frozenset(place) for place in places)
        if ranking:
            votes[ranking] = votes.get(ranking, 0) + weight
    return votes


def _answered(elected: list[Any]) -> dict[str, Any]:
    """What votelib elects: candidates, and ties for the last places."""
    ties = [one for one in elected if isinstance(one, votelib.evaluate.core.Tie)]
    if ties and len(elected) == 1:
        return every(ties[0])
    return TIE if ties else committee(elected)


def _by_pairs(evaluator: Any, *, reports: bool = True) -> Ask:
    """Whether it `reports` ties, or one of the tied."""

    def ask(papers: Ranked) -> dict[str, Any] | None:
        if not papers.known:
            return None
        answer = _answered(evaluator.evaluate(votelib.convert.RankedToCondorcetVotes().convert(_votes(papers)), 1))
        return {"all": [answer["one"]]} if reports and "one" in answer else answer

    return ask


def _transferred(papers: Ranked) -> dict[str, Any] | None:
    if not papers.strict or not papers.known:
        return None
    evaluator = votelib.evaluate.sequential.TransferableVoteSelector(transferer="Gregory", quota_function="droop")
    try:
        return _answered(evaluator.evaluate(_votes(papers), papers.seats))
    except NotImplementedError:  # it does not break ties
        return TIE


def _first(papers: Ranked) -> dict[str, Any] | None:
    if not papers.strict or not papers.known:
        return None
    votes = votelib.convert.RankedToFirstPreference().convert(_votes(papers))
    best = max(votes.values())
    return every(one for one, count in votes.items() if count == best)


def _borda(papers: Ranked) -> dict[str, Any] | None:
    if not papers.strict or not papers.known:
        return None
    scorer = votelib.component.rankscore.Borda(base=0)
    votes = votelib.convert.RankedToPositionalVotes(scorer).convert(_votes(papers))
    best = max(votes.values())
    return every(one for one, count in votes.items() if count == best)


VOTELIB: dict[str, Ask] = {
    "plurality": _first,
    "borda": _borda,
    "schulze": _by_pairs(votelib.evaluate.condorcet.Schulze()),
    "ranked-pairs": _by_pairs(votelib.evaluate.condorcet.RankedPairs("margins"), reports=False),
    "ranked-pairs-winning": _by_pairs(votelib.evaluate.condorcet.RankedPairs("winning_votes"), reports=False),
    "copeland": _by_pairs(votelib.evaluate.condorcet.Copeland(second_order=False)),
    "copeland-second": _by_pairs(votelib.evaluate.condorcet.Copeland(second_order=True)),
    "minimax": _by_pairs(votelib.evaluate.condorcet.MinimaxCondorcet("winning_votes")),
    "minimax-margins": _by_pairs(votelib.evaluate.condorcet.MinimaxCondorcet("margins")),
    "minimax-opposition": _by_pairs(votelib.evaluate.condorcet.MinimaxCondorcet("pairwise_opposition")),
    "stv-one-by-one": _transferred,
}


def _held(papers: Ranked) -> RankProfile:
    """For VoteKit: exact weights."""
    return RankProfile(
        ballots=[
            RankBallot(ranking=[frozenset(str(one) for one in place) for place in places], weight=Fraction(weight))
            for weight, places in papers.papers
            if places
        ],
        candidates=[str(one) for one in range(papers.candidates)],
        max_ranking_length=papers.candidates,
    )


def _elected(election: Callable[[RankProfile], Any], *, strict: bool) -> Ask:
    def ask(papers: Ranked) -> dict[str, Any] | None:
        if not papers.known or (strict and not papers.strict):
            return None
        try:
            return committee(int(one) for group in election(_held(papers)).get_elected() for one in group)
        except ValueError:  # "Cannot elect correct number of candidates without breaking ties."
            return TIE

    return ask


def _seated(papers: Ranked, **choices: Any) -> dict[str, Any] | None:
    def counted(profile: RankProfile) -> STV:
        return STV(profile, n_seats=papers.seats, exact=True, rng_seed=1, **choices)

    return _elected(counted, strict=True)(papers)


VOTEKIT: dict[str, Ask] = {
    "plurality": _elected(lambda profile: Plurality(profile, n_seats=1), strict=True),
    "borda": lambda papers: (
        _elected(lambda profile: Borda(profile, n_seats=1), strict=True)(papers) if papers.complete else None
    ),
    "schulze-margins": _elected(lambda profile: Schulze(profile, n_seats=1, tiebreak="lexicographic"), strict=False),
    "ranked-pairs": _elected(lambda profile: RankedPairs(profile, n_seats=1), strict=False),
    # Alone, it stops at ties on which nothing depends.
    "stv-one-by-one": lambda papers: None if (said := _seated(papers, simultaneous=False)) == TIE else said,
    "stv-together": lambda papers: _seated(papers, simultaneous=True),
}


def _runoff(papers: Ranked) -> dict[str, Any] | None:
    if not papers.strict or not papers.known:
        return None
    standing = [pyrankvote.Candidate(str(one)) for one in range(papers.candidates)]
    ballots = [
        pyrankvote.Ballot(ranked_candidates=[standing[place[0]] for place in places])
        for weight, places in papers.papers
        for _ in range(weight)
    ]
    return committee(int(one.name) for one in pyrankvote.instant_runoff_voting(standing, ballots).get_winners())


PYRANKVOTE: dict[str, Ask] = {"irv": _runoff}

PROGRAMS = {"pref-voting": PREF_VOTING, "votelib": VOTELIB, "VoteKit": VOTEKIT, "pyrankvote": PYRANKVOTE}


def read(text: str, seats: int) -> Ranked:
    """A BLT file as votelib reads it, which wants names in quotation marks."""
    lines = text.split("\n")
    papers_end = lines.index("0")
    names = [line if not line or line.startswith('"') else f'"{line}"' for line in lines[papers_end + 1 :]]
    votes, _, candidates, _ = votelib.io.blt.loads("\n".join([*lines[: papers_end + 1], *names]))
    number = {candidate: place for place, candidate in enumerate(candidates)}
    papers = tuple((int(weight), tuple((number[one],) for one in ranking)) for ranking, weight in votes.items())
    return Ranked(len(candidates), seats, papers)
