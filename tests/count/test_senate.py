"""The Australian Senate: the distributions of 2016 cell by cell, and what s 273 says where they never came to it."""

from __future__ import annotations

import shutil

import pytest

from tests.count.senate import distribution, printed, senate
from tinkuy.count.errors import Undecided
from tinkuy.count.lots import Listed, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.stv.bulk import shortfall
from tinkuy.count.stv.senate import AEC2013, AEC2016, AEC2019

A, B, C, D, E = range(5)
NAMES = ["Ana", "Beto", "Caro", "Dina", "Elio"]


@pytest.fixture(scope="module")
def senators(shared_data):
    return {state: senate(shared_data, state) for state in ("ACT", "NT")}


def events(result, kind):
    return [(stage.number, event.candidates) for stage in result.stages for event in stage.events if event.kind == kind]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="the distributions are PDF; pdftotext is not installed")
@pytest.mark.parametrize(("state", "papers", "columns"), [("NT", 102_027, 1), ("ACT", 254_767, 16)])
def test_every_cell_of_every_count_is_the_printed_one(shared_data, senators, state, papers, columns):
    """Two counts of one exclusion stand in one column. HAYDON's exclusion is cut short at count 29: SESELJA fills the
    last vacancy, so the 18 votes that came at lesser values stay where they are (s 273(9), "unless all the vacancies
    have been filled")."""
    profile = senators[state]
    result = AEC2016.count(profile, 2)
    assert (result.papers, result.invalid) == (papers, 0)
    counted = {}
    for cell in (sheet := distribution(shared_data, state)):
        name, column = cell
        ends = [stage for stage in result.stages if stage.number <= column]
        before = max((last for _, last in sheet if last < column), default=0)
        figures = [row(profile, name, stage) for stage in ends]
        counted[cell] = (None if column == 1 else figures[-1] - figures[before - 1], figures[-1])
    assert counted == sheet
    assert len(sheet) == (len(profile.names) + 2) * columns
    assert len(result.stages) == max(column for _, column in sheet)


def row(profile, name, stage):
    """The figure of a printed row at the end of a count."""
    if name == "Exhausted Votes":
        return stage.exhausted
    if name == "Loss By Fraction":
        return stage.lost
    (candidate,) = (number for number, each in enumerate(profile.names) if printed(each) == name)
    return stage.totals[candidate] or 0


def test_the_senators_of_2016_in_the_order_of_their_election(senators):
    assert AEC2016.count(senators["ACT"], 2).winners == ("GALLAGHER Katy", "SESELJA Zed")
    assert AEC2016.count(senators["NT"], 2).winners == ("McCARTHY Malarndirri", "SCULLION Nigel")


def test_a_pile_is_cut_to_whole_votes_and_not_each_paper():
    """Ana has 10 over the quota of 21 on 31 papers: 20 papers x 10/31 = 6.45 make 6 votes; each cut alone, none."""
    profile = Profile.of(NAMES[:4], [([A, B], 20), ([A, C], 11), ([B], 12), ([C], 13), ([D], 5)])
    stage = AEC2016.count(profile, 2, Refusing()).stages[1]
    assert stage.totals[:3] == (21, 18, 16)
    assert stage.lost == 1


def test_a_surplus_gives_first_preferences_and_transferred_papers_the_same_value():
    """Unweighted: Beto's surplus is shared by all papers in the pile, those that came at a fraction included."""
    profile = Profile.of(NAMES[:4], [([A, B, C], 40), ([B, D], 25), ([C], 18), ([D], 16)])
    result = AEC2016.count(profile, 2)
    assert result.quota == 34
    assert result.stages[1].totals[B] == 31  # 25 + 6, each of the 40 papers at 6/40


def test_a_surplus_of_an_earlier_count_goes_before_a_larger_one_of_a_later():
    """s 273(23): Ana's 2 wait since the first count; Caro's 13 are of the second."""
    profile = Profile.of(NAMES, [([A, D], 23), ([B, C], 40), ([C, E], 15), ([D], 12), ([E], 10)])
    result = AEC2016.count(profile, 4)
    assert result.quota == 21
    assert [event.candidates[0] for stage in result.stages for event in stage.events if event.kind == "surplus"][
        :3
    ] == [B, A, C]


def test_papers_of_an_excluded_candidate_go_by_value_and_an_elected_one_gets_no_more():
    """Caro reaches the quota of 18 by Dina's papers at 1; those that Dina held at 6/24 then pass her by (s 273(14))."""
    papers = [([A, D, C, B], 24), ([D, C], 5), ([C], 15), ([B], 13), ([E], 12)]
    result = AEC2016.count(Profile.of(NAMES, papers), 3)
    assert [stage.totals[C] for stage in result.stages] == [15, 15, 20, 20]
    assert [stage.totals[B] for stage in result.stages] == [13, 13, 13, 19]
    assert result.elected == (A, C, B)


def test_bulk_exclusion_follows_the_shortfalls():
    """s 273(13A). Quota 100, two vacancies; leading shortfall 10, vacancy shortfall 10 + 60 = 70.

    Notional votes from below: 2, 5, 10, 30, 70, 160. Candidate A has 40 votes (notional 70); below, the highest whose
    notional votes are fewer than the votes of the next above is the fourth, 30 < 40; 30 is not fewer than 10, so C
    decides: the highest with notional votes below 10 is the second. Two are excluded together.
    """
    assert shortfall([90, 40, 20, 5, 3, 2], vacancies=2, quota=100) == 2
    assert shortfall([90, 40, 20, 5, 3, 2], vacancies=2, quota=140) == 4


def test_bulk_exclusion_leaves_as_many_as_there_are_vacancies():
    """s 273(13B)."""
    assert shortfall([50, 1, 0], vacancies=2, quota=100) == 1


def test_in_2013_several_were_excluded_at_once_and_in_2016_none():
    profile = Profile.of(NAMES, [([A], 38), ([B], 37), ([C, B], 5), ([D, A], 2), ([E, A], 1)])
    together = [set(who) for _, who in events(AEC2013.count(profile, 1), "excluded")]
    assert together == [{D, E}, {C}]
    assert [who for _, who in events(AEC2016.count(profile, 1), "excluded")] == [(E,), (D,), (C,)]


def test_of_the_last_two_the_larger_is_elected_below_the_quota():
    """s 273(17)."""
    profile = Profile.of(NAMES[:3], [([A], 40), ([B], 35), ([C], 30)])
    result = AEC2016.count(profile, 1)
    assert result.quota == 53
    assert result.winners == ("Ana",)
    assert result.stages[-1].events[-1].clause == "s 273(17)"


def test_since_2019_the_last_vacancies_are_filled_before_the_papers_of_the_excluded_go_on():
    """s 273(18): in 2016 the exclusion was carried out first, and Beto reached the quota by it."""
    profile = Profile.of(NAMES[:4], [([A], 30), ([B], 21), ([C, A], 20), ([D, B], 14)])
    then, now = AEC2016.count(profile, 3), AEC2019.count(profile, 3)
    assert then.elected == now.elected == (A, B, C)
    assert max(stage.totals[B] for stage in then.stages) == 35
    assert max(stage.totals[B] for stage in now.stages) == 21


def test_a_tie_for_exclusion_looks_back_to_where_any_two_differ():
    """Of Caro, Dina and Elio with 6 each, only Caro had fewer before: she goes, though Dina and Elio never differed."""
    papers = [([A], 30), ([B], 29), ([C], 5), ([D], 6), ([E], 6), ([5, C], 1)]
    result = AEC2016.count(Profile.of([*NAMES, "Fabi"], papers), 1, Listed(("Dina", "Elio", "Ana", "Beto")))
    assert [who for _, who in events(result, "excluded")][:2] == [(5,), (C,)]
    assert (result.ties[0].chosen, result.ties[0].by) == (C, "earlier stages")


def test_a_tie_that_never_differed_is_for_the_lot_and_is_on_record():
    profile = Profile.of(NAMES[:4], [([A], 9), ([B], 9), ([C, A], 2), ([D, B], 2)])
    with pytest.raises(Undecided, match="Caro, Dina"):
        AEC2016.count(profile, 1)
    result = AEC2016.count(profile, 1, Listed(("Dina", "Caro", "Ana", "Beto")))
    assert result.ties[0].chosen == C
    assert result.ties[0].by == "lot"
