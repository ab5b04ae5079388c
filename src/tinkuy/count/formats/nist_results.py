"""A result in the common data format of NIST for election results, as JSON.

Guarantees what the published schema asks for, and exact figures: votes are written as decimals, never rounded. The
candidate's count of type "total" is that of the first stage, the votes as the papers give them; a count that goes on
has one for every stage, of type "other" with the stage's number. Nothing is said here to be certified.

Source: NIST SP 1500-100 revision 2, Election Results Common Data Format Specification (2019), and its JSON schema
(ElectionReport, CandidateContest, CandidateSelection, VoteCounts).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from tinkuy.count.errors import CountError
from tinkuy.count.profile import Approvals, Scores
from tinkuy.count.registry import Rule
from tinkuy.count.result import Exact, Result, decimal
from tinkuy.words import say

_UNIT = "unit-1"
_CONTEST = "contest-1"
_VARIATIONS = {"plurality": "plurality", "runoff": "majority", "borda": "borda"}


@dataclass(frozen=True, kw_only=True)
class About:
    """What a report says besides the result.

    `title` is what was elected; `issuer` who publishes it; `held` the day of the vote (YYYY-MM-DD); `made` when the
    report was made (RFC 3339); `application` the program with its version; `language` that of the names (BCP 47).
    """

    title: str
    issuer: str
    held: str
    made: str
    application: str
    language: str


def as_nist(result: Result, rule: Rule, about: About) -> bytes:
    """The ElectionReport of a result.

    Raises `CountError` for a result that the format has no place for: seats of lists, budgets, orders without votes,
    and figures that no decimal writes.
    """
    if result.won or result.limit is not None:
        raise CountError(say("the results format of NIST holds votes for candidates, not for lists or projects"))
    if not result.stages:
        raise CountError(say("{rule} counts no votes in stages: NIST's format has no place for that", rule=result.rule))
    report = {
        "@type": "ElectionResults.ElectionReport",
        "Format": "summary-contest",
        "GeneratedDate": about.made,
        "Issuer": about.issuer,
        "IssuerAbbreviation": "".join(word[0] for word in about.issuer.split()).upper(),
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "Status": "unofficial-complete",
        "VendorApplicationId": about.application,
        "Notes": f"{rule.name}: {rule.source}",
        "GpUnit": [
            {
                "@type": "ElectionResults.ReportingUnit",
                "@id": _UNIT,
                "Type": "other",
                "OtherType": "assembly",
                "Name": about.issuer,
            }
        ],
        "Election": [_election(result, rule, about)],
    }
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def _election(result: Result, rule: Rule, about: About) -> dict[str, Any]:
    elected = set(result.elected)
    return {
        "@type": "ElectionResults.Election",
        "ElectionScopeId": _UNIT,
        "Name": _text(about.title, about.language),
        "StartDate": about.held,
        "EndDate": about.held,
        "Type": "other",
        "OtherType": "assembly",
        "Candidate": [
            {
                "@type": "ElectionResults.Candidate",
                "@id": f"candidate-{number}",
                "BallotName": _text(name, about.language),
                **({"PostElectionStatus": "winner"} if number - 1 in elected else {}),
            }
            for number, name in enumerate(result.names, 1)
        ],
        "Contest": [_contest(result, rule, about)],
    }


def _contest(result: Result, rule: Rule, about: About) -> dict[str, Any]:
    variation = _variation(rule)
    return {
        "@type": "ElectionResults.CandidateContest",
        "@id": _CONTEST,
        "Name": about.title,
        "ElectoralDistrictId": _UNIT,
        "NumberElected": result.seats,
        "VotesAllowed": len(result.names) if variation in ("approval", "range") else 1,
        "VoteVariation": variation,
        "CountStatus": [{"@type": "ElectionResults.CountStatus", "Status": "completed", "Type": "total"}],
        "SummaryCounts": [
            {
                "@type": "ElectionResults.SummaryCounts",
                "GpUnitId": _UNIT,
                "Type": "total",
                "BallotsCast": result.papers + result.invalid,
                "BallotsRejected": result.invalid,
            }
        ],
        "BallotSelection": [
            {
                "@type": "ElectionResults.CandidateSelection",
                "@id": f"selection-{number + 1}",
                "CandidateIds": [f"candidate-{number + 1}"],
                "SequenceOrder": number + 1,
                "VoteCounts": _counts(result, number),
            }
            for number in range(len(result.names))
        ],
    }


def _counts(result: Result, number: int) -> list[dict[str, Any]]:
    """A candidate's votes: of the first stage, and where there are more of each."""
    first = _count(result, result.stages[0].totals[number], {"Type": "total"})
    if len(result.stages) == 1:
        return [first]
    return [
        first,
        *(
            _count(result, stage.totals[number], {"Type": "other", "OtherType": f"stage {stage.number}"})
            for stage in result.stages
        ),
    ]


def _count(result: Result, total: Exact | None, kind: dict[str, str]) -> dict[str, Any]:
    figure = decimal(0 if total is None else total, result.digits)
    if "/" in figure:
        raise CountError(
            say(
                "the results format of NIST holds decimals, and {rule} counted {figure}",
                rule=result.rule,
                figure=figure,
            )
        )
    # A number in JSON, digit by digit: a float would round it.
    count = msgspec.Raw(figure.encode())
    return {"@type": "ElectionResults.VoteCounts", "GpUnitId": _UNIT, "Count": count, **kind}


def _variation(rule: Rule) -> str:
    """What the format calls the way of voting."""
    if rule.name in _VARIATIONS:
        return _VARIATIONS[rule.name]
    if rule.takes is Approvals:
        return "approval"
    return "range" if rule.takes is Scores else "rcv"


def _text(content: str, language: str) -> dict[str, Any]:
    return {
        "@type": "ElectionResults.InternationalizedText",
        "Text": [{"@type": "ElectionResults.LanguageString", "Content": content, "Language": language}],
    }
