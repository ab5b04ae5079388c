"""The Senate's formal preferences: both layouts, and what the Act makes of a paper's numbers.

Source: Commonwealth Electoral Act 1918, ss 268A, 269, 272; aec2016 is every formal paper of the Northern Territory.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.count.senate import papers_file, plainly, ranking, senate
from tinkuy.count import CountError, read
from tinkuy.count.profile import Profile

HEAD = "State,Division,Vote Collection Point Name,Vote Collection Point ID,Batch No,Paper No"
GROUPS = ["A:Left", "B:Right", "C:Centre"]
STANDING = ["A:ROJO Ana", "A:ROSA Eva", "B:AZUL Beto", "B:CIAN Caro", "C:GRIS Dina", "C:OCRE Elio", "UG:NEGRO Fabi"]
MEMBERS = [[0, 1], [2, 3], [4, 5]]

CANDIDATES = b"""state_ab,ticket,ballot_position,surname,ballot_given_nm,party_ballot_nm
NT,B,2,CIAN,Caro,Right
NT,A,1,ROJO,Ana,Left
NT,UG,1,NEGRO,Fabi,
NT,B,1,AZUL,Beto,Right
NT,A,2,ROSA,Eva,Left
TAS,A,1,UNO,Una,Left
"""
HEAD_2016 = "ElectorateNm,VoteCollectionPointNm,VoteCollectionPointId,BatchNo,PaperNo,Preferences"


def paper(above: str = ",,", below: str = ",,,,,,") -> str:
    return f'NT,Solomon,"Darwin, City",1,1,1,{above},{below}'


def papers(*rows: str) -> Profile:
    profile = read("\n".join([",".join([HEAD, *GROUPS, *STANDING]), *rows, ""]).encode(), "papers.csv")
    assert isinstance(profile, Profile)
    return profile


def ranked(row: str) -> list[int]:
    """The candidates that one paper ranks."""
    ((places, weight),) = papers(row).rankings()
    assert weight == 1
    return [candidate for (candidate,) in places]


def of_2016(*fields: str) -> bytes:
    rows = [f'Solomon,Darwin,1,1,{number},"{field}"' for number, field in enumerate(fields, 1)]
    return "\r\n".join([HEAD_2016, re.sub("[^,]", "-", HEAD_2016), *rows, ""]).encode()


def test_every_paper_of_the_territory_is_read_as_the_plain_reading_has_it(shared_data: Path) -> None:
    profile = senate(shared_data, "NT")
    names, plain = plainly(shared_data, "NT")
    assert list(profile.names) == names
    assert dict(profile.rankings()) == plain
    assert profile.reading is not None
    assert (profile.papers, profile.reading.invalid) == (102_027, 0)


def test_the_layout_since_2019_gives_the_same_rankings_as_that_of_2016(shared_data: Path) -> None:
    """The papers of 2016 set in the columns of 2019, as the Commission has set its papers since."""
    candidates = (shared_data / "count" / "aec2016" / "candidates.csv").read_bytes()
    some = b"".join(papers_file(shared_data, "NT").splitlines(keepends=True)[:20_000])
    old = read(some, "NT.csv", candidates=candidates)
    rows = [row for row in csv.DictReader(io.StringIO(candidates.decode("utf-8-sig"))) if row["state_ab"] == "NT"]
    tickets = dict.fromkeys(row["ticket"] for row in rows if row["ticket"] != "UG")
    head = [*HEAD.split(","), *(f"{ticket}:Party {ticket}" for ticket in tickets)]
    head += [f"{row['ticket']}:{row['surname']} {row['ballot_given_nm']}" for row in rows]
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(head)
    for row in csv.DictReader(io.StringIO(some.decode())):
        if not row["Preferences"].startswith("-"):
            table.writerow(["NT", *list(row.values())[:5], *row["Preferences"].split(",")])
    new = read(written.getvalue().encode(), "since 2019")
    assert dict(new.rankings()) == dict(old.rankings())
    assert new.names == old.names


def test_a_square_above_the_line_stands_for_the_candidates_of_the_group_in_their_order() -> None:
    """s 272(2), (3)."""
    assert ranked(paper(above="2,1,")) == [2, 3, 0, 1]


def test_what_is_formal_below_the_line_prevails_over_the_squares_above_it() -> None:
    """s 269(2)."""
    assert ranked(paper(above="1,2,3", below="6,5,4,3,2,1,")) == [5, 4, 3, 2, 1, 0]


def test_five_numbers_below_the_line_are_too_few_and_the_squares_above_it_count() -> None:
    """s 268A(1)(b)."""
    assert ranked(paper(above=",,1", below="1,2,3,4,5,,")) == [4, 5]


def test_below_the_line_a_missing_number_ends_the_ranking_behind_the_sixth() -> None:
    """s 268A(2)(b)(ii)."""
    assert ranked(paper(below="1,2,3,4,5,6,8")) == [0, 1, 2, 3, 4, 5]


def test_a_repeated_number_among_the_six_makes_what_is_below_the_line_informal() -> None:
    """s 268A(2)(b)(i), its example."""
    assert ranked(paper(above="1,,", below="1,2,3,3,4,5,6")) == [0, 1]


@pytest.mark.parametrize("mark", ["/", "*"])
def test_a_tick_or_a_cross_is_a_first_preference(mark: str) -> None:
    """s 269(1A)(a)."""
    assert ranked(paper(above=f"2,,{mark}")) == [4, 5, 0, 1]


def test_a_paper_that_is_formal_nowhere_is_kept_and_ranks_nobody() -> None:
    profile = papers(paper(above="1,1,"), paper(above="1,,"))
    assert (profile.papers, profile.valid) == (2, 1)
    assert profile.reading is not None
    assert (profile.reading.invalid, [touched.clause for touched in profile.reading.touched]) == (1, ["overvote"])


def test_empty_cells_at_the_end_of_a_row_need_not_be_there() -> None:
    assert ranked('NT,Solomon,Darwin,1,1,1,"2","1"') == [2, 3, 0, 1]


marks = st.lists(st.sampled_from(["", "", *map(str, range(1, 9)), "*", "/"]), min_size=10, max_size=10)


@given(marks)
@settings(max_examples=150)
def test_any_paper_is_read_as_the_plain_reading_has_it(squares: list[str]) -> None:
    assert ranked(",".join(["NT,Solomon,Darwin,1,1,1", *squares])) == ranking(",".join(squares), MEMBERS)


def test_candidates_stand_in_the_order_of_the_paper_whatever_their_order_in_the_file() -> None:
    profile = read(of_2016("2,1,,,,,", ",1,,,,,"), "NT.csv", candidates=CANDIDATES)
    assert profile.names == ("ROJO Ana", "ROSA Eva", "AZUL Beto", "CIAN Caro", "NEGRO Fabi")
    assert dict(profile.rankings()) == {((2,), (3,), (0,), (1,)): 1, ((2,), (3,)): 1}
    assert profile.facts["state"] == "NT"


def test_of_several_states_with_as_many_squares_the_name_of_the_file_or_the_contest_says_which() -> None:
    two = CANDIDATES + CANDIDATES.split(b"\n", 1)[1].replace(b"NT,", b"ACT,").replace(b"TAS,", b"WA,")
    assert read(of_2016(",1,,,,,"), "prefs-20499-NT.csv", candidates=two).facts["state"] == "NT"
    assert read(of_2016(",1,,,,,"), "papers.csv", candidates=two, contest="act").facts["state"] == "ACT"
    with pytest.raises(CountError, match="name the State as the contest"):
        read(of_2016(",1,,,,,"), "papers.csv", candidates=two)


def test_candidates_for_the_other_house_are_passed_over() -> None:
    rows = CANDIDATES.decode().splitlines()
    whole = "\n".join([f"nom_ty,{rows[0]}", *(f"S,{row}" for row in rows[1:]), "H,NT,,,BLANCO,Gabi,"])
    assert read(of_2016(",1,,,,,"), "NT.csv", candidates=whole.encode()).names[-1] == "NEGRO Fabi"


def test_papers_are_read_out_of_the_zip_file_in_which_the_commission_publishes_them() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("papers-NT.csv", of_2016(",1,,,,,"))
    assert read(packed.getvalue(), "papers-NT.zip", candidates=CANDIDATES).papers == 1


def test_two_of_one_name_are_told_apart_by_their_tickets() -> None:
    head = ",".join([HEAD, "A:Left", "B:Right", "A:ROJO Ana", "B:ROJO Ana"])
    assert read(f"{head}\nNT,S,D,1,1,1,1,2,,\n".encode()).names == ("ROJO Ana (A)", "ROJO Ana (B)")


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (f"{HEAD},A:Left,A:ROJO Ana\nNT,S,D,1,1,1,1,\nNT,S\n", "x.csv, line 3: the cells of a paper"),
        (f"{HEAD},A:Left,A:ROJO Ana\nNT,S,D,1,1,1,1,\nNT,S,D,1,1,2,one,\n", "x.csv, line 3: whole numbers in squares"),
        (f"{HEAD},A:Left,A:ROJO Ana\nNT,S,D,1,1,1,1,2,3\n", "x.csv, line 2: at most 2 squares"),
        (f"{HEAD},A:Left,B:Right,A:ROJO Ana\nNT,S,D,1,1,1,1,2,3\n", "x.csv, line 1: columns for the candidates"),
        (f"{HEAD},Left,Right\nNT,S,D,1,1,1,1,2\n", "x.csv, line 1: a column for each square"),
        (f"{HEAD}\nNT,S,D,1,1,1\n", "x.csv, line 1: the head of a file of formal preferences"),
        (f"{HEAD},A:Left,A:ROJO Ana\n", "x.csv: at least one paper"),
        (f"{HEAD_2016}\nS,D,1,1,1,1\n", "x.csv, line 2: the cells of a paper"),
        (f'{HEAD_2016}\nS,D,1,1,1,"1,"\n', "x.csv: papers of 2016 do not name the candidates"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_line_and_what_was_expected(data: str, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(data.encode(), "x.csv")


@pytest.mark.parametrize(
    ("candidates", "refusal"),
    [
        (b"state_ab,ticket\nNT,A\n", "the file of candidates, line 1: a column ballot_position expected"),
        (CANDIDATES.replace(b"NT,B,2", b"NT,B,two"), "the file of candidates, line 2: a ticket and a position"),
        (CANDIDATES.split(b"\n", 1)[0], "the file of candidates: at least one candidate"),
        (b"\xff", "the file of candidates: text in UTF-8"),
        (b'state_ab,"tick\n', "the file of candidates, line "),
    ],
)
def test_a_file_of_candidates_that_is_none_is_refused(candidates: bytes, refusal: str) -> None:
    with pytest.raises(CountError, match=f"^{re.escape(refusal)}"):
        read(of_2016(",1,,,,,"), "NT.csv", candidates=candidates)


def test_papers_of_another_width_than_the_candidates_make_are_refused() -> None:
    with pytest.raises(CountError, match=re.escape("(NT 7, TAS 2) expected, not 3")):
        read(of_2016("1,,"), "NT.csv", candidates=CANDIDATES)
    with pytest.raises(CountError, match="no State WA; there are NT, TAS"):
        read(of_2016("1,,"), "NT.csv", candidates=CANDIDATES, contest="WA")


def test_how_senate_papers_are_read_is_for_the_act_to_say() -> None:
    with pytest.raises(CountError, match="the Act says"):
        read(of_2016(",1,,,,,"), "NT.csv", candidates=CANDIDATES, marks="generic")


def refused(data: bytes, **more: Any) -> str:
    """What is said of a file that cannot be read; nothing of one that can."""
    try:
        read(data, "NT.csv", **more)
    except CountError as error:
        return str(error)
    return ""


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
@settings(max_examples=120)
def test_whatever_the_bytes_are_it_is_read_or_refused_in_one_line(junk: bytes, place: int, cut: int) -> None:
    data = of_2016("2,1,,,,,", ",1,,,,,")
    assert "\n" not in refused(data[:place] + junk + data[place + cut :], form="aec", candidates=CANDIDATES)
    assert "\n" not in refused(data, candidates=CANDIDATES[:place] + junk + CANDIDATES[place + cut :])
