"""Approvals, scores and budgets as abcvoting, votelib, pref-voting, VoteKit and pabutools count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import votelib.evaluate.approval
import votelib.evaluate.cardinal
import votelib.evaluate.core
from abcvoting import abcrules
from abcvoting.preferences import Profile, Voter
from asked import TIE, Marked, committee, every
from pabutools.election import (
    ApprovalBallot,
    ApprovalProfile,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    Project,
    parse_pabulib,
)
from pabutools.rules import completion_by_rule_combination, greedy_utilitarian_welfare, method_of_equal_shares
from pref_voting import grade_methods
from pref_voting.grade_profiles import GradeProfile

Ask = Callable[[Marked], dict[str, Any] | None]


def _abc(rule: str, algorithm: str) -> Ask:
    def ask(papers: Marked) -> dict[str, Any] | None:
        profile = Profile(papers.candidates)
        for weight, approved in papers.papers:
            profile.add_voters([Voter(approved)] * weight)
        found = abcrules.compute(rule, profile, papers.seats, algorithm=algorithm, resolute=False)
        return {"all": sorted(sorted(one) for one in found)}

    return ask


ABCVOTING: dict[str, Ask] = {
    "approval": _abc("av", "standard"),
    "seq-pav": _abc("seqpav", "standard"),
    "phragmen": _abc("seqphragmen", "standard-fractions"),
    "mes": _abc("equal-shares", "standard-fractions"),
    "pav": _abc("pav", "brute-force"),
}


def _sets(papers: Marked) -> dict[frozenset[int], int]:
    votes: Counter[frozenset[int]] = Counter()
    for weight, approved in papers.papers:
        votes[frozenset(approved)] += weight
    return dict(votes)


def _proportional(evaluator: Callable[[], Any], least: int = 1) -> Ask:
    def ask(papers: Marked) -> dict[str, Any] | None:
        known = {one for _, approved in papers.papers for one in approved} == set(range(papers.candidates))
        if not known or papers.seats < least:
            return None
        try:
            elected = evaluator().evaluate(_sets(papers), papers.seats)  # it keeps what it has computed
        except NotImplementedError:  # "tied PAV alternatives"
            return TIE
        ties = any(isinstance(one, votelib.evaluate.core.Tie) for one in elected)
        return TIE if ties else committee(elected)

    return ask


VOTELIB: dict[str, Ask] = {
    "pav": _proportional(votelib.evaluate.approval.ProportionalApproval, 2),  # its table of one seat is too short
    "seq-pav": _proportional(votelib.evaluate.approval.SequentialProportionalApproval),
}

APPROVED = {"abcvoting": ABCVOTING, "votelib": VOTELIB}


def _graded(method: Callable[[GradeProfile], Any]) -> Ask:
    def ask(papers: Marked) -> dict[str, Any] | None:
        maps = [dict(enumerate(scores)) for _, scores in papers.papers]
        return every(method(GradeProfile(maps, list(range(6)), gcounts=[weight for weight, _ in papers.papers])))

    return ask


def _columns(papers: Marked) -> dict[int, dict[int, int]]:
    """For votelib: how many papers give each candidate each score."""
    columns: dict[int, Counter[int]] = {one: Counter() for one in range(papers.candidates)}
    for weight, scores in papers.papers:
        for one, score in enumerate(scores):
            columns[one][score] += weight
    return {one: dict(column) for one, column in columns.items()}


def _judged(papers: Marked) -> dict[str, Any] | None:
    evaluator = votelib.evaluate.cardinal.MajorityJudgment()
    votes = {tuple(sorted(enumerate(scores))): 0 for _, scores in papers.papers}
    for weight, scores in papers.papers:
        votes[tuple(sorted(enumerate(scores)))] += weight
    try:
        elected = evaluator.evaluate({frozenset(vote): weight for vote, weight in votes.items()}, 1)
    except votelib.evaluate.core.VotingSystemError:  # "cannot determine clear cutoff"
        return TIE
    return committee(elected)


SCORED: dict[str, dict[str, Ask]] = {
    "pref-voting": {
        "score": _graded(grade_methods.score_voting),
        "star": _graded(grade_methods.star),
        "majority-judgment": _graded(grade_methods.majority_judgement),  # by its name; what it counts is the gauge
        "majority-gauge": _graded(grade_methods.majority_judgement),
    },
    "votelib": {"majority-judgment": _judged},
}


def _paid(instance: Instance, profile: ApprovalProfile, satisfaction: Any, **raised: Any) -> Any:
    """Equal shares, and what is left by votes."""
    return completion_by_rule_combination(
        instance,
        profile,
        [method_of_equal_shares, greedy_utilitarian_welfare],
        [{"sat_class": satisfaction, **raised}, {"sat_class": Cost_Sat}],
    )


def budget(question: dict[str, Any], data: Path) -> dict[str, dict[str, Any]]:
    """What pabutools pays for, in its own order of ties: greedily by votes, and by equal shares, completed by votes."""
    if "file" in question:
        instance, profile = parse_pabulib(str(data / question["file"]))
    else:
        projects = [Project(str(number), cost) for number, cost in enumerate(question["costs"])]
        instance = Instance(projects, budget_limit=question["limit"])
        papers = Marked.of({**question, "candidates": len(projects)}).papers
        profile = ApprovalProfile(
            [ApprovalBallot(projects[one] for one in approved) for weight, approved in papers for _ in range(weight)],
            instance=instance,
        )
    found = {
        "pb-greedy": greedy_utilitarian_welfare(instance, profile, sat_class=Cost_Sat),
        "pb-mes": _paid(instance, profile, Cost_Sat),
        "pb-mes-count": _paid(instance, profile, Cardinality_Sat),
    }
    if "file" not in question:
        found["pb-mes-add1"] = _paid(instance, profile, Cost_Sat, voter_budget_increment=1)
    return {name: {"pabutools": {"one": sorted(project.name for project in chosen)}} for name, chosen in found.items()}
