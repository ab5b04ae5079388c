"""Exports of Dominion's Democracy Suite: folders as zip files, a record file alone, and tables.

Source: the layout of CVR exports of 5.2 to 5.17; RCTab's reading of `IsCurrent` and `IsAmbiguous`.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count import CountError, read
from tinkuy.count.profile import Approvals, Profile

CONTESTS = {
    "Version": "5.10.11.24",
    "List": [
        {"Description": "Mayor", "Id": 5, "VoteFor": 1, "NumOfRanks": 3, "Disabled": 0},
        {"Description": "Council", "Id": 7, "VoteFor": 2, "NumOfRanks": 0, "Disabled": 0},
    ],
}
CANDIDATES = {
    "Version": "5.10.11.24",
    "List": [
        {"Description": "Ana", "Id": 11, "ContestId": 5, "Type": "Regular"},
        {"Description": "Beto", "Id": 12, "ContestId": 5, "Type": "Regular"},
        {"Description": "Caro", "Id": 21, "ContestId": 7, "Type": "Regular"},
        {"Description": "Dina", "Id": 22, "ContestId": 7, "Type": "Regular"},
        {"Description": "Write-in", "Id": 23, "ContestId": 7, "Type": "WriteIn"},
        {"Description": "Write-in", "Id": 24, "ContestId": 7, "Type": "WriteIn"},
    ],
}
TABLE = """Town Election,5.17.17.1,,,,,,,,,,
,,,"Mayor (Number of positions=1, Number of ranks=2)","Mayor (Number of positions=1, Number of ranks=2)","Mayor (Number\
 of positions=1, Number of ranks=2)","Mayor (Number of positions=1, Number of ranks=2)",Council (Vote For=2),Council\
 (Vote For=2),Council (Vote For=2)
,,,Ana(1),Beto(1),Ana(2),Beto(2),Caro,Dina,Write-in
CvrNumber,TabulatorNum,BallotType,,,,,DEM,REP,
1,102,Town,1,0,0,1,1,1,0
2,102,Town,0,1,0,0,1,1,1
3,102,Town,1,1,0,0,0,1,0
4,102,Rural,,,,,0,0,0
"""


def mark(candidate: int, rank: int = 1, *, ambiguous: bool = False) -> dict[str, Any]:
    return {"CandidateId": candidate, "Rank": rank, "MarkDensity": 90, "IsAmbiguous": ambiguous, "IsVote": True}


def version(*contests: tuple[int, list[dict[str, Any]]], current: bool = True) -> dict[str, Any]:
    marked = [{"Id": number, "Marks": marks, "Undervotes": 0} for number, marks in contests]
    return {"PrecinctPortionId": 3, "IsCurrent": current, "Cards": [{"Id": 1, "Contests": marked}]}


def export(*sessions: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "5.10", "ElectionId": "x", "Sessions": [{"TabulatorId": 1, **session} for session in sessions]}


def folder(*exports: dict[str, Any], **other: Any) -> bytes:
    members = {"CandidateManifest": CANDIDATES, "ContestManifest": CONTESTS, **other}
    members |= {f"CvrExport_{number}": each for number, each in enumerate(exports)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(f"CVR_Export/{name}.json", json.dumps(content))
    return packed.getvalue()


TOWN = (
    {"Original": version((5, [mark(11), mark(12, 2)]), (7, [mark(21), mark(22)]))},
    {"Original": version((5, [mark(12, 3)]), (7, [mark(21), mark(22), mark(23)]))},
    {"Original": version((5, [mark(11), mark(12)]), (7, []))},
    {"Original": version((7, [mark(24)]))},
)


def rankings(profile: Profile) -> dict[tuple[tuple[int, ...], ...], int]:
    return dict(profile.rankings())


def test_a_ranked_contest_out_of_a_folder_is_read_with_its_seats_and_its_mistakes() -> None:
    """The third paper marks both at the first rank: its ranking ends before it."""
    profile = read(folder(export(*TOWN[:2]), export(*TOWN[2:])), "town.zip", contest="mayor")
    assert isinstance(profile, Profile)
    assert (profile.names, profile.seats, profile.title) == (("Ana", "Beto"), 1, "Mayor")
    assert rankings(profile) == {((0,), (1,)): 1, ((1,),): 1, (): 1}
    assert profile.reading is not None
    assert {touched.clause: touched.papers for touched in profile.reading.touched} == {"overvote": 1, "skipped": 1}


def test_how_mistakes_are_judged_is_for_the_interpretation_that_is_asked_for() -> None:
    profile = read(folder(export(*TOWN)), "town.zip", contest="5", marks="equal")
    assert rankings(profile) == {((0,), (1,)): 1, ((1,),): 1, ((0, 1),): 1}


def test_where_several_may_be_marked_papers_are_sets_and_too_many_marks_approve_nobody() -> None:
    papers = read(folder(export(*TOWN)), "town.zip", contest="Council")
    assert isinstance(papers, Approvals)
    assert papers.names == ("Caro", "Dina", "Write-in", "Write-in (2)")
    sets = {
        tuple(row.nonzero()[0].tolist()): int(weight) for row, weight in zip(papers.sets, papers.weights, strict=True)
    }
    assert sets == {(): 2, (0, 1): 1, (3,): 1}
    assert (papers.seats, papers.facts["overvoted"]) == (2, "1")


def test_of_an_adjudicated_record_the_current_version_counts() -> None:
    session = {"Original": version((5, [mark(11)]), current=False), "Modified": version((5, [mark(12)]))}
    gone = {"Original": version((5, [mark(11)]), current=False)}
    profile = read(folder(export(session, gone)), "town.zip", contest="5")
    assert rankings(profile) == {((1,),): 1}
    assert profile.facts["records that are not current"] == "1"


def test_an_ambiguous_mark_that_nobody_adjudicated_is_no_vote_and_is_told() -> None:
    profile = read(folder(export({"Original": version((5, [mark(11, ambiguous=True), mark(12)]))})), contest="5")
    assert rankings(profile) == {((1,),): 1}
    assert profile.facts["ambiguous marks"] == "1"


def test_contests_stand_without_cards_in_older_exports() -> None:
    older = version((5, [mark(11)]))
    older["Contests"] = older.pop("Cards")[0]["Contests"]
    assert rankings(read(folder(export({"Original": older})), contest="5")) == {((0,),): 1}


def test_an_export_alone_needs_the_candidates_and_calls_contests_by_number() -> None:
    data = json.dumps(export(*TOWN)).encode()
    profile = read(data, "CvrExport.json", candidates=json.dumps(CANDIDATES).encode(), contest="5")
    assert profile.names == ("Ana", "Beto")
    with pytest.raises(CountError, match="give its CandidateManifest"):
        read(data, "CvrExport.json")
    with pytest.raises(CountError, match="says how many may be marked"):
        read(data, "CvrExport.json", candidates=json.dumps(CANDIDATES).encode(), contest="7")


def test_a_table_of_ranks_is_read_column_by_column() -> None:
    profile = read(TABLE.encode(), "cvr.csv", contest="Mayor")
    assert (profile.names, profile.seats, profile.papers) == (("Ana", "Beto"), 1, 3)
    assert rankings(profile) == {((0,), (1,)): 1, ((1,),): 1, (): 1}


def test_a_table_in_which_several_may_be_marked_is_read_as_approvals() -> None:
    papers = read(TABLE.encode(), "cvr.csv", contest="Council (Vote For=2)")
    assert isinstance(papers, Approvals)
    assert papers.facts["overvoted"] == "1"
    assert sorted(papers.sets.sum(axis=1).tolist()) == [0, 1, 2]


@pytest.mark.parametrize("data", [TABLE.encode(), folder(export(*TOWN))], ids=["table", "folder"])
def test_a_contest_that_is_not_named_or_not_known_is_asked_for_with_those_there_are(data: bytes) -> None:
    with pytest.raises(CountError, match=r"x: there are 2 contests; name one: .*Mayor.*; .*Council"):
        read(data, "x")
    with pytest.raises(CountError, match=r"x: no contest is called sheriff; there are: .*Mayor.*; .*Council"):
        read(data, "x", contest="Sheriff")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (TABLE.replace("2,102,Town", "Redacted,102,Town"), "x, line 6: the record of one ballot expected"),
        (TABLE.replace("Town,0,1", "Town,yes,1"), "x, line 6: 1 or 0 in the cells"),
        (TABLE.replace("Beto(2)", "Beto"), "x, line 3: candidates with their ranks, as Ana(1), expected"),
        ("\n".join(TABLE.splitlines()[:3]), "x: at least one record of the contest"),
        ("Town,5.17.17.1\n,\n", "x, line 2: the contest of each column"),
    ],
)
def test_a_table_of_another_form_is_refused_with_the_line_and_what_was_expected(data: str, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(data.encode(), "x", contest="Mayor" if "Mayor" in data else "")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (folder(), "x: a zip file that holds CvrExport.json expected"),
        (folder(export(), ContestManifest=None), "x: a zip file that holds ContestManifest.json expected"),
        (folder(export()), "x: at least one record of the contest 5 expected"),
        (folder(export(*TOWN), CandidateManifest={"List": []}), "x: candidates for the contest Mayor expected"),
        (
            folder(export({"Original": version((5, [mark(21)]))})),
            "x: marks for candidates of the contest expected, and 21",
        ),
        (
            folder({"Sessions": [{"Original": 3}]}),
            "x: CVR_Export/CvrExport_0.json: a CvrExport of Dominion expected; $.Sessions[0].Original is not",
        ),
        (folder(export(*TOWN))[:-40], "x: a whole zip file without a password expected"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused(data: bytes, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(data, "x", contest="5")


def refused(data: bytes, **more: Any) -> str:
    """What is said of a file that cannot be read; nothing of one that can."""
    try:
        read(data, "x", **more)
    except CountError as error:
        return str(error)
    return ""


@given(st.binary(max_size=40), st.integers(0, 900), st.integers(0, 40))
@settings(max_examples=120)
def test_whatever_the_bytes_are_they_are_read_or_refused_in_one_line(junk: bytes, place: int, cut: int) -> None:
    packed, table = folder(export(*TOWN)), TABLE.encode()
    written, standing = json.dumps(export(*TOWN)).encode(), json.dumps(CANDIDATES).encode()
    for data in (packed, table, written):
        broken = data[:place] + junk + data[place + cut :]
        assert "\n" not in refused(broken, form="dominion", contest="5", candidates=standing)


def test_json_nested_without_end_is_refused() -> None:
    deep = b'{"Sessions":[{"Other":' + b"[" * 100_000
    assert "no whole JSON" in refused(deep, form="dominion", candidates=json.dumps(CANDIDATES).encode(), contest="5")
