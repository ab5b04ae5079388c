"""NIST's common data formats: cast vote records in, election results out.

Source: SP 1500-103 (CastVoteRecordReport) and SP 1500-100 revision 2, whose JSON schema is set down below, class by
class, as far as a report here uses it: what must be there, what may, and which words a field may hold.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count import CountError, read, rule
from tinkuy.count.formats.nist_results import About, as_nist
from tinkuy.count.profile import Approvals, Lists, Profile
from tinkuy.count.result import Result

ABOUT = About(
    title="Board",
    issuer="Federación de Bases",
    held="2026-03-08",
    made="2026-03-08T20:00:00+00:00",
    application="tinkuy 1",
    language="es",
)


def position(rank: int | None = None, indicated: str = "yes", allotted: str = "yes") -> dict[str, Any]:
    at = {} if rank is None else {"Rank": rank}
    return {
        "@type": "CVR.SelectionPosition",
        "HasIndication": indicated,
        "IsAllocable": allotted,
        "NumberVotes": 1,
        **at,
    }


def voted(contest: str, **selections: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@type": "CVR.CVRContest",
        "ContestId": contest,
        "CVRContestSelection": [
            {"@type": "CVR.CVRContestSelection", "ContestSelectionId": option, "SelectionPosition": positions}
            for option, positions in selections.items()
        ],
    }


def record(*contests: dict[str, Any]) -> dict[str, Any]:
    before = {"@type": "CVR.CVRSnapshot", "@id": "s0", "Type": "original", "CVRContest": []}
    now = {"@type": "CVR.CVRSnapshot", "@id": "s1", "Type": "interpreted", "CVRContest": list(contests)}
    return {"@type": "CVR.CVR", "CurrentSnapshotId": "s1", "CVRSnapshot": [before, now], "ElectionId": "e"}


def contest(key: str, options: str, **more: Any) -> dict[str, Any]:
    return {
        "@type": "CVR.CandidateContest",
        "@id": key,
        "Name": key.title(),
        "ContestSelection": [
            {"@type": "CVR.CandidateSelection", "@id": f"s{option}", "CandidateIds": [f"c{option}"]}
            for option in options
        ],
        **more,
    }


def report(*records: dict[str, Any]) -> bytes:
    contests = [
        contest("mayor", "ab", VoteVariation="rcv", NumberElected=1, VotesAllowed=1),
        contest("council", "cde", VoteVariation="n-of-m", NumberElected=2, VotesAllowed=2),
        contest("judge", "fg", VoteVariation="plurality"),
    ]
    names = ["Ana", "Beto", "Caro", "Dina", "Elio", "Fabi", "Gabi"]
    candidates = [
        {"@type": "CVR.Candidate", "@id": f"c{key}", "Name": name} for key, name in zip("abcdefg", names, strict=True)
    ]
    election = {"@type": "CVR.Election", "@id": "e", "Candidate": candidates, "Contest": contests}
    whole = {"CVR": list(records), "Election": [election], "Version": "1.0.0", "@type": "CVR.CastVoteRecordReport"}
    return json.dumps(whole).encode()


def test_a_ranked_contest_is_read_with_the_ranks_of_its_positions() -> None:
    """The third record overvotes, and says that its marks are allotted no votes: they are there for all that."""
    records = (
        record(voted("mayor", sa=[position(1)], sb=[position(2)])),
        record(voted("mayor", sb=[position(1), position(2)])),
        record(voted("mayor", sa=[position(1, allotted="no")], sb=[position(1, allotted="no")])),
        record(voted("judge", sf=[position()])),
    )
    profile = read(report(*records), "cvr.json", contest="Mayor")
    assert isinstance(profile, Profile)
    assert (profile.names, profile.seats, profile.title) == (("Ana", "Beto"), 1, "Mayor")
    assert dict(profile.rankings()) == {((0,), (1,)): 1, ((1,),): 1, (): 1}
    assert profile.reading is not None
    assert {each.clause: each.papers for each in profile.reading.touched} == {"duplicate": 1, "overvote": 1}


def test_where_several_may_be_marked_papers_are_sets() -> None:
    records = (
        record(voted("council", sc=[position()], sd=[position()])),
        record(voted("council", sc=[position()], sd=[position()], se=[position()])),
        record(voted("council", se=[position(indicated="no")], sd=[position(allotted="no")])),
    )
    papers = read(report(*records), "cvr.json", contest="council")
    assert isinstance(papers, Approvals)
    assert papers.sets[papers.sets.any(axis=1)].tolist() == [[True, True, False]]
    assert (papers.papers, papers.seats, papers.facts["overvoted"]) == (3, 2, "1")


def test_a_doubtful_mark_counts_only_where_the_report_allots_it_a_vote() -> None:
    doubtful = [position(indicated="unknown", allotted=allotted) for allotted in ("unknown", "yes")]
    records = (record(voted("judge", sf=doubtful[:1])), record(voted("judge", sg=doubtful[1:])))
    profile = read(report(*records), "cvr.json", contest="judge")
    assert dict(profile.rankings()) == {(): 1, ((1,),): 1}
    assert profile.facts["doubtful marks"] == "1"


def test_only_the_current_snapshot_of_a_record_counts() -> None:
    adjudicated = record(voted("judge", sg=[position()]))
    adjudicated["CVRSnapshot"][0]["CVRContest"] = [voted("judge", sf=[position()])]
    assert dict(read(report(adjudicated), contest="judge").rankings()) == {((1,),): 1}


@pytest.mark.parametrize(
    ("data", "wanted", "refusal"),
    [
        (report(), "", "x: there are 3 contests; name one: Mayor (mayor); Council (council); Judge (judge)"),
        (report(), "sheriff", "x: no contest is called sheriff; there are: Mayor (mayor)"),
        (report(), "judge", "x: at least one record of the contest judge"),
        (
            report(record(voted("judge", sa=[position()]))),
            "judge",
            "x: record 1: an option of the contest expected, not sa",
        ),
        (report({"CVRSnapshot": []}), "judge", "x: record 1: one current snapshot"),
        (report(record(voted("judge"), voted("judge"))), "judge", "x: record 1: the contest once"),
        (
            report({"CVRSnapshot": [{"CVRContest": [{}]}]}),
            "judge",
            "x: a CastVoteRecordReport of NIST SP 1500-103 expected",
        ),
        (report().replace(b'"plurality"', b'"range"'), "judge", "x: a contest in which each mark is one vote"),
        (report()[:-9], "judge", "x: a CastVoteRecordReport of NIST SP 1500-103 expected; this is no whole JSON"),
    ],
)
def test_a_report_that_is_not_as_specified_is_refused(data: bytes, wanted: str, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(data, "x", contest=wanted)


@given(st.binary(max_size=40), st.integers(0, 2400), st.integers(0, 40))
@settings(max_examples=150)
def test_whatever_the_bytes_are_they_are_read_or_refused_in_one_line(junk: bytes, place: int, cut: int) -> None:
    data = report(record(voted("mayor", sa=[position(1)], sb=[position(2)])))
    try:
        said = str(read(data[:place] + junk + data[place + cut :], "x", form="nist-cvr", contest="mayor").papers)
    except CountError as error:
        said = str(error)
    assert "\n" not in said


STRING, NUMBER, INTEGER, MANY = "string", "number", "integer", "many"
VARIATIONS = {"1-of-m", "approval", "borda", "majority", "n-of-m", "plurality", "proportional", "range", "rcv", "other"}
SCHEMA: dict[str, tuple[set[str], dict[str, Any]]] = {
    "ElectionReport": (
        {
            "Format",
            "GeneratedDate",
            "Issuer",
            "IssuerAbbreviation",
            "SequenceEnd",
            "SequenceStart",
            "Status",
            "VendorApplicationId",
        },
        {
            "Format": {"precinct-level", "summary-contest"},
            "GeneratedDate": STRING,
            "Issuer": STRING,
            "IssuerAbbreviation": STRING,
            "Notes": STRING,
            "SequenceEnd": INTEGER,
            "SequenceStart": INTEGER,
            "Status": {
                "certified",
                "correction",
                "pre-election",
                "recount",
                "unofficial-complete",
                "unofficial-partial",
            },
            "VendorApplicationId": STRING,
            "Election": MANY,
            "GpUnit": MANY,
        },
    ),
    "ReportingUnit": ({"Type", "@id"}, {"Type": {"other", "city", "precinct"}, "OtherType": STRING, "Name": STRING}),
    "Election": (
        {"ElectionScopeId", "EndDate", "Name", "StartDate", "Type"},
        {
            "ElectionScopeId": STRING,
            "EndDate": STRING,
            "StartDate": STRING,
            "Name": "InternationalizedText",
            "Type": {"general", "other", "primary", "runoff", "special"},
            "OtherType": STRING,
            "Candidate": MANY,
            "Contest": MANY,
        },
    ),
    "Candidate": (
        {"BallotName", "@id"},
        {
            "BallotName": "InternationalizedText",
            "PostElectionStatus": {"advanced-to-runoff", "projected-winner", "winner", "withdrawn"},
        },
    ),
    "CandidateContest": (
        {"VotesAllowed", "ElectoralDistrictId", "Name", "@id"},
        {
            "Name": STRING,
            "ElectoralDistrictId": STRING,
            "NumberElected": INTEGER,
            "VotesAllowed": INTEGER,
            "VoteVariation": VARIATIONS,
            "CountStatus": MANY,
            "SummaryCounts": MANY,
            "BallotSelection": MANY,
        },
    ),
    "CountStatus": (
        {"Status", "Type"},
        {"Status": {"completed", "in-process", "not-processed", "unknown"}, "Type": {"total", "other"}},
    ),
    "SummaryCounts": (
        {"Type"},
        {"Type": {"total", "other"}, "GpUnitId": STRING, "BallotsCast": INTEGER, "BallotsRejected": INTEGER},
    ),
    "CandidateSelection": (
        {"CandidateIds", "@id"},
        {"CandidateIds": MANY, "SequenceOrder": INTEGER, "VoteCounts": MANY},
    ),
    "VoteCounts": (
        {"Count", "Type"},
        {"Count": NUMBER, "Type": {"total", "other"}, "OtherType": STRING, "GpUnitId": STRING},
    ),
    "InternationalizedText": ({"Text"}, {"Text": MANY}),
    "LanguageString": ({"Content", "Language"}, {"Content": STRING, "Language": STRING}),
}


def check(value: dict[str, Any], ids: set[str]) -> None:
    """Hold an object against the schema, and all that it holds; every id it refers to is known."""
    kind = value["@type"].removeprefix("ElectionResults.")
    required, fields = SCHEMA[kind]
    assert required <= set(value), kind
    for name, held in value.items():
        if name in ("@type", "@id"):
            continue
        expected = fields[name]
        if name.endswith(("Id", "Ids")) and name != "VendorApplicationId":
            assert {held} if isinstance(held, str) else set(held) <= ids
        elif expected == MANY:
            for each in held:
                check(each, ids)
        elif isinstance(expected, set):
            assert held in expected, (kind, name)
        elif expected in SCHEMA:
            assert held["@type"] == f"ElectionResults.{expected}"
            check(held, ids)
        else:
            assert isinstance(held, {STRING: str, INTEGER: int, NUMBER: int | Decimal}[expected]), (kind, name)


def ids_of(value: Any) -> set[str]:
    """Every id that an object, or what it holds, is known by."""
    if isinstance(value, list):
        return set().union(*map(ids_of, value))
    if isinstance(value, dict):
        return ids_of(list(value.values())) | ({value["@id"]} if "@id" in value else set())
    return set()


def counted(name: str, seats: int = 2) -> Result:
    profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 50), ([1, 2], 20), ([2, 1], 25), ([], 3)])
    return rule(name).count(profile, seats)


def reported(name: str, seats: int = 2) -> dict[str, Any]:
    whole = json.loads(as_nist(counted(name, seats), rule(name), ABOUT), parse_float=Decimal)
    assert isinstance(whole, dict)
    return whole


@pytest.mark.parametrize(("name", "seats"), [("scotland", 2), ("meek-prf", 2), ("irv", 1), ("plurality", 1)])
def test_a_report_holds_what_the_published_schema_asks_for_and_nothing_else(name: str, seats: int) -> None:
    whole = reported(name, seats)
    check(whole, ids_of(whole))
    date.fromisoformat(whole["Election"][0]["StartDate"])
    datetime.fromisoformat(whole["GeneratedDate"])


@pytest.mark.parametrize("name", ["scotland", "meek-prf"])
def test_every_stage_of_a_report_holds_the_exact_figures_of_the_count(name: str) -> None:
    result = counted(name)
    selections = reported(name)["Election"][0]["Contest"][0]["BallotSelection"]
    for number, selection in enumerate(selections):
        total, *stages = (Decimal(each["Count"]) for each in selection["VoteCounts"])
        assert stages == [
            Decimal(stage.totals[number].numerator) / stage.totals[number].denominator
            if stage.totals[number] is not None
            else 0
            for stage in result.stages
        ]
        assert total == stages[0]


def test_winners_and_the_papers_that_were_not_counted_stand_in_the_report() -> None:
    election = reported("scotland")["Election"][0]
    won = [each["BallotName"]["Text"][0]["Content"] for each in election["Candidate"] if "PostElectionStatus" in each]
    assert won == ["Ana", "Beto"]
    (summary,) = election["Contest"][0]["SummaryCounts"]
    assert (summary["BallotsCast"], summary["BallotsRejected"]) == (98, 3)


def test_the_initials_of_who_publishes_it_stand_for_their_name() -> None:
    assert reported("irv", 1)["IssuerAbbreviation"] == "FDB"


def test_seats_of_lists_have_no_place_in_the_format() -> None:
    result = rule("dhondt").count(Lists(("Uno", "Dos"), (60, 40)), 5)
    with pytest.raises(CountError, match="not for lists"):
        as_nist(result, rule("dhondt"), ABOUT)
