"""PrefLib, tables, pabulib and Belenios: real files against sums taken another way; which format a file has; damage."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinkuy.count.errors import CountError, Unreadable
from tinkuy.count.formats import FORMATS, cells, format_named, format_of, read
from tinkuy.count.formats.source import Source
from tinkuy.count.profile import Approvals, Budget, Profile

HEAD = b"# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: Ana\n# ALTERNATIVE NAME 2: Beto\n# ALTERNATIVE NAME 3: Caro\n"
OLD = b"3\n1,Ana\n2,Beto\n3,Caro\n9,9,3\n"


@pytest.fixture(scope="module")
def files(shared_data) -> list[Path]:
    folder = shared_data / "count"
    return sorted([*folder.glob("preflib/*.*"), *folder.glob("pabulib/*.pb"), *folder.glob("scot2017/*ward[12].blt")])


def test_every_preflib_file_holds_what_its_lines_say(shared_data):
    names = sorted((shared_data / "count" / "preflib").iterdir())
    assert {name.suffix for name in names} == {".soc", ".soi", ".toc", ".toi"}
    for name in names:
        papers = Counter()
        for line in name.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                weight, order = line.split(":")
                places = re.findall(r"\{[^}]*\}|\d+", order)
                papers[tuple(tuple(sorted(int(n) - 1 for n in re.findall(r"\d+", p))) for p in places)] += int(weight)
        assert dict(read(name.read_bytes(), name.name).rankings()) == papers


def test_the_headers_of_now_and_of_before_hold_the_same_orders():
    expected = {((0,), (1, 2)): 4, ((2,),): 5}
    assert dict(read(HEAD + b"4: 1,{2,3}\n5: 3\n", "x.toi").rankings()) == expected
    assert dict(read(OLD + b"4,1,{2,3}\n5,3\n", "x.toi").rankings()) == expected


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (HEAD + b"4: 1,{2,3\n", "x.soi, line 5: a number of voters and their order of candidates expected"),
        (HEAD + b"4: 1,,2\n", "x.soi, line 5: a number of voters and their order of candidates expected"),
        (HEAD + b"4: 1,2\n1,2: 3\n", "x.soi, line 6: a number of voters and their order of candidates expected"),
        (HEAD + b"4: 1,4\n", "x.soi, line 5: a candidate's number from 1 to 3 expected, not 4"),
        (HEAD + b"4: 1,0\n", "x.soi, line 5: numbers from 1 expected"),
        (HEAD + b"4: 1,2,1\n", "x.soi, line 5: each candidate once on a paper expected"),
        (HEAD + b"# NUMBER VOTERS: 5\n4: 1,2\n", "x.soi: 5 papers expected, as its header says, not 4"),
        (HEAD.replace(b"Beto", b""), "x.soi, line 3: the name of candidate 2 expected"),
        (OLD.replace(b"2,Beto", b"3,Beto"), "x.soi, line 3: the number 2, a comma and a name expected"),
        (OLD[:20], "x.soi, line 4: 3 candidates, a line each, and three sums expected"),
    ],
)
def test_a_bad_preflib_file_names_its_line(data, refusal):
    with pytest.raises(Unreadable) as refused:
        read(data, "x.soi", form="preflib")
    assert str(refused.value).startswith(refusal)


RANKED = {((0,), (1,)): 3, ((1,),): 1, (): 2}


@pytest.mark.parametrize(
    "data",
    [
        "weight,Ana,Beto\n3,1,2\n1,,1\n2,,\n",
        "Ana;Beto;peso\r\n1;2;3\r\n;1;1\r\n;;2\r\n",
        "id\tAna\tBeto\n1\t1\t2\n2\t1\t2\n3\t1\t2\n4\t\t1\n5\t\t\n6\t\t\n",
        "\ufeffCount,Choice 1,Choice 2\n3,Ana,Beto\n1,Beto,\n2,undervote,skipped\n",
        'id,1st,2nd,note\n1,Ana,Beto,"a, b"\n2,"Ana",Beto,\n3,Ana, Beto ,\n4,Beto,,\n5,,,\n6,,,\n',
        "DEM Mayor Choice 1 of 2 (1),DEM Mayor Choice 2 of 2 (1),weight\nAna,Beto,3\nBeto,,1\nundervote,undervote,2\n",
    ],
    ids="candidates semicolons tabs ranks quoted new-york".split(),
)
def test_a_table_has_a_column_a_candidate_or_a_column_a_rank(data):
    profile = read(data.encode(), "papers.csv")
    assert dict(profile.rankings()) == RANKED
    assert profile.names == ("Ana", "Beto")


def test_what_a_cell_says_of_several_candidates_is_an_overvote():
    data = b"Choice 1,Choice 2,Choice 3\nAna,Beto|Caro,Dina\nBeto,overvote,Ana\n"
    assert dict(read(data, "x.csv").rankings()) == {((0,),): 1, ((1,),): 1}
    assert dict(read(data, "x.csv", marks="minneapolis").rankings()) == {((0,), (3,)): 1, ((1,), (0,)): 1}
    with pytest.raises(Unreadable, match="the candidates at each rank expected"):
        read(data, "x.csv", marks="equal")


def test_the_file_of_candidates_gives_their_order_and_those_whom_nobody_marked():
    profile = read(b"Choice 1\nAna\nWrite-in\n", "x.csv", candidates=b"Zoila\nAna\n")
    assert profile.names == ("Zoila", "Ana", "Write-in")


def test_scores_and_approvals_are_read_when_they_are_asked_for():
    scores = read(b"weight,Ana,Beto\n2,5,\n1,0,3\n1,5,\n", "x.csv", form="csv-scores")
    assert (scores.scores.tolist(), scores.given.tolist()) == ([[5, 0], [0, 3]], [[True, False], [True, True]])
    assert (scores.weights.tolist(), scores.least, scores.most) == ([3, 1], 0, 5)
    approvals = read(b"Ana,Beto\nx,\n1,0\n,X\n", "x.csv", form="csv-approvals")
    assert (approvals.sets.tolist(), approvals.weights.tolist()) == ([[False, True], [True, False]], [1, 2])


@pytest.mark.parametrize(
    ("data", "form", "refusal"),
    [
        (b"Ana,Beto\n1,2\n1,x\n", "csv", "x.csv, line 3: a rank expected: a whole number from 1, or nothing"),
        (b"Ana,Beto\n1,2,3\n", "csv", "x.csv, line 2: at most 2 cells in a row expected"),
        (b'Ana,Beto\n1,"2\n', "csv", "x.csv, line 2: cells divided by ',' expected"),
        (b"Ana,Ana\n1,2\n", "csv", "x.csv, line 1: two candidates are called Ana"),
        (b"weight,Ana\n0,1\n", "csv", "x.csv, line 2: how many papers there are of it expected, at least 1"),
        (b"weight,Ana\n,1\n", "csv", "x.csv, line 2: how many papers there are of it expected, at least 1"),
        (b"Ana,Beto\n", "csv", "x.csv, line 2: a row for each paper expected"),
        (b"id,weight\n1,2\n", "csv", "x.csv, line 1: a column a candidate, or a column a rank, expected"),
        (b"\n", "csv", "x.csv, line 1: a row that names the columns expected"),
        (b"Ana\nJos\xe9\n", "csv", "x.csv, line 2: text in UTF-8 expected"),
        (b"Ana,Beto\n5,good\n", "csv-scores", "x.csv, line 2: a score expected: a whole number, or nothing"),
        (b"Ana,Beto\n1,2\n", "csv-approvals", "x.csv, line 2: 1 or x for a candidate who is approved expected"),
    ],
)
def test_a_bad_table_names_its_line(data, form, refusal):
    with pytest.raises(Unreadable) as refused:
        read(data, "x.csv", form=form)
    assert str(refused.value).startswith(refusal)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 99), st.lists(st.sampled_from(["Ana", "Beto", "Caro", ""]), max_size=3))).filter(
        lambda rows: any(any(row) for _, row in rows)
    )
)
def test_large_and_small_tables_are_read_alike(rows):
    """Polars reads the large ones, the standard library the small ones."""
    lines = ["weight,1st,2nd,3rd", *(",".join([str(weight), *row, *[""] * (3 - len(row))]) for weight, row in rows)]
    source = Source("\n".join([*lines, ""]).encode(), "x.csv")
    head = ["weight", "1st", "2nd", "3rd"]
    small = cells._by_csv(source, source.data, ",", head)
    large = cells._by_polars(source.data, ",", head)
    assert large is not None
    for column in range(4):
        ours, theirs = (table.codes(column) for table in (small, large))
        assert [ours[1][code] for code in ours[0]] == [theirs[1][code] for code in theirs[0]]


def test_every_budget_has_as_many_votes_for_its_projects_as_its_file_publishes(shared_data):
    for name in sorted((shared_data / "count" / "pabulib").glob("*.pb")):
        budget = read(name.read_bytes(), name.name)
        rows = list(csv.reader(name.read_text(encoding="utf-8").splitlines(), delimiter=";"))
        head = rows[[row[0] for row in rows].index("PROJECTS") + 1]
        assert budget.papers == int(budget.facts["num_votes"])
        assert len(budget.projects) == int(budget.facts["num_projects"])
        if isinstance(budget.ballots, Approvals):
            counted = budget.ballots.weights @ budget.ballots.sets
        else:
            counted = Counter()
            for ranking, weight in budget.ballots.rankings():
                counted.update({project: weight for place in ranking for project in place})
        for number, project in enumerate(budget.projects):
            assert int(project.facts["votes"]) == counted[number]
            assert project.selected == (None if "selected" not in head else project.facts["selected"] == "1")


def pb(kind: bytes, votes: bytes, cost: bytes = b"4,50") -> bytes:
    meta = b"META\nkey;value\nbudget;9\nvote_type;" + kind + b"\n"
    return meta + b"PROJECTS\nproject_id;cost;name\na;5;A park\nb;" + cost + b';"B; a bench"\nVOTES\n' + votes


def test_a_budget_may_hold_approvals_rankings_or_points():
    approved = read(pb(b"choose-1", b"voter_id;vote\n1;a\n2;b\n3;b\n"), "x.pb")
    assert (approved.costs, approved.limit, approved.projects[1].name) == ((5, Fraction(9, 2)), 9, "B; a bench")
    assert approved.ballots.weights.tolist() == [1, 2]
    ranked = read(pb(b"ordinal", b"voter_id;vote\n1;b,a\n2;b\n"), "x.pb")
    assert dict(ranked.ballots.rankings()) == {((1,), (0,)): 1, ((1,),): 1}
    for kind in (b"cumulative", b"scoring"):
        scored = read(pb(kind, b"voter_id;vote;points\n1;b,a;3,-1\n2;b;2\n"), "x.pb")
        assert scored.ballots.scores.tolist() == [[-1, 3], [0, 2]]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (pb(b"approval", b"voter_id;vote\n1;a\n2;c\n"), "x.pb, line 12: the id of a project expected, not c"),
        (pb(b"approval", b"voter_id;vote\n1;a,a\n"), "x.pb, line 11: each project once in a vote expected"),
        (pb(b"approval", b"voter_id;choice\n1;a\n"), "x.pb, line 10: a column vote expected"),
        (pb(b"scoring", b"voter_id;vote;points\n1;a,b;3\n"), "x.pb, line 11: as many whole points"),
        (pb(b"guessing", b"voter_id;vote\n1;a\n"), "x.pb: a vote_type of approval, choose-1"),
        (pb(b"approval", b"voter_id;vote\n1;a\n", b"0"), "x.pb, line 8: a cost above nought expected"),
        (pb(b"approval", b"voter_id;vote\n1;a\n", b"1e3"), "x.pb, line 8: an amount of money expected, not 1e3"),
        (b"META\nkey;value\nbudget;9\n", "x.pb: a section PROJECTS expected"),
    ],
)
def test_a_bad_budget_names_its_line(data, refusal):
    with pytest.raises(Unreadable) as refused:
        read(data, "x.pb")
    assert str(refused.value).startswith(refusal)


def test_the_rankings_of_a_belenios_question_are_named_by_its_election():
    election = (
        b'{"name":"Vote","questions":[{"answers":["yes","no"],"question":"Q"},'
        b'{"type":"NonHomomorphic","value":{"answers":["Ana","Beto","Caro"],"question":"Board"}}]}'
    )
    profile = read(b'{"result":[[3,4],[[1,2,0],[2,1,2],[0,0,0]]]}', "result.json", candidates=election)
    assert (profile.names, profile.title) == (("Ana", "Beto", "Caro"), "Board")
    assert dict(profile.rankings()) == {((0,), (1,)): 1, ((1,), (0, 2)): 1, (): 1}


def test_a_format_is_seen_from_how_a_file_begins_before_how_its_name_ends():
    begun = {
        b"META\nkey;value\n": "pabulib",
        b'{"result":[[[1]]]}': "belenios",
        b"[[1,2],[2,1]]": "belenios",
        HEAD: "preflib",
        OLD: "preflib",
        b"4 2\n1 1 0\n": "blt",
        b"\xef\xbb\xbf# a note\n4 2\n1 1 0\n": "blt",
        b"/* a note */ 4 2 # seats\n": "blt",
        b"Ana,Beto\n1,2\n": "csv",
        b"rank1;rank2\nAna;Beto\n": "csv",
    }
    assert {data: format_of(Source(data, "papers.txt")).name for data in begun} == begun
    assert format_of(Source(b"4 2 1 1 0 0", "ward.blt.gz")).name == "blt"


def test_what_is_no_file_of_papers_is_refused_with_the_formats_that_are_known():
    with pytest.raises(Unreadable, match=r"a\.txt, line 1: a file of papers expected, in one of .*blt"):
        read(b"hello", "a.txt")
    with pytest.raises(CountError, match="no format is called bllt; known are"):
        read(b"hello", "a.txt", form="bllt")


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_format_is_found_by_its_name(known):
    assert format_named(known.name) is known


def damaged(data: bytes, seed: int) -> bytes:
    """A file of which a few bytes were changed, lost, doubled or cut off."""
    chance = random.Random(seed)
    held = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(held) or 1)
        kind = chance.randrange(5)
        if kind == 0:
            held[place : place + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del held[place : place + chance.randint(1, 40)]
        elif kind == 2:
            held[place:place] = chance.choice(
                [b"0", b"-", b"=", b"\n", b'"', b"{", b"9" * 20, b",", b";", b"\x00", b" "]
            )
        elif kind == 3:
            held[place:place] = held[place : place + chance.randint(1, 200)]
        else:
            del held[place if place > len(held) // 2 else len(held) :]
    return bytes(held)


def reads_or_refuses(data: bytes, name: str, **more: str) -> None:
    try:
        papers = read(data, name, **more)
    except CountError as error:
        refused = str(error)
    else:
        refused = ""
        assert isinstance(papers, Profile | Budget)
        assert papers.papers >= 0
    assert "\n" not in refused
    assert len(refused) < 2_000


@pytest.mark.sweep
def test_damage_to_a_file_ends_in_papers_or_in_one_line(files, sampled):
    for name in sampled(files, 16):
        data = name.read_bytes()
        for seed in sampled(range(200), 12):
            reads_or_refuses(damaged(data, seed), name.name)


@pytest.mark.sweep
def test_damage_to_small_files_ends_in_papers_or_in_one_line(sampled):
    small = {
        "a.blt": b'4 2\n-2\n[tie 3 1 2 4]\n3 1 3=4 0\n1 (2 4) - 1 0\n(id) 1 0\n0\n"A"\n"B"\n"C"\n"D"\n"T"\n',
        "b.csv": b'weight,Choice 1,Choice 2\n3,Ana,"Beto"\n1,overvote,Caro|Ana\n',
        "c.csv": b"id;Ana;Beto\n1;2;1\n2;;1\n",
        "d.toi": OLD + b"4,1,{2,3}\n5,3\n",
        "e.json": b'{"result":[[3,4],[[1,2,0],[2,1,2],[0,0,0]]]}',
        "f.pb": pb(b"scoring", b"voter_id;vote;points\n1;b,a;3,1\n2;b;2\n"),
    }
    for name, data in small.items():
        for seed in sampled(range(5_000), 150):
            reads_or_refuses(damaged(data, seed), name, marks="scotland" if seed % 2 else "")
