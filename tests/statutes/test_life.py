"""Verdicts that were reached in life, and the rules of each country and practice that the presets carry.

Figures are those of the unions, registries and newspapers that published them, unless a test says that it made them up.
"""

from __future__ import annotations

import datetime

import pytest

from tinkuy.statutes import Figures, Statutes, majority, presets
from tinkuy.words import Share


def preset(name: str) -> Statutes:
    return Statutes.from_toml(presets.read(name))


def statutes(text: str) -> Statutes:
    head = 'name = "vector"\nvalid_from = 2000-01-01\nsource = "vector"\nchecked = "no"\n'
    return Statutes.from_toml((head + text).encode())


PEOPLE_AND_CANTONS = """
[roll_up]
double = ["member", "region"]
[majority.ordinary]
tests = [
  { numerator = "for", denominator = "for+against", fraction = "1/2", op = ">" },
  { numerator = "for", denominator = "units", fraction = "1/2", op = ">" },
]
"""


# Germany


def test_de_strike_vote_of_4583_among_5255_eligible_is_carried():
    figures = Figures(votes_for=4583, against=450, null=13, cast=5046, eligible=5255)
    verdict = preset("de-urabstimmung").majority("strike").judge(figures)
    (test,) = verdict.tests
    assert verdict.passed
    assert (test.numerator, test.denominator, test.needed) == (4583, 5255, 3942)
    assert str(Share(test.numerator, test.denominator)) == "87.2 %"


@pytest.mark.parametrize(("votes_for", "passed"), [(3941, False), (3942, True)])
def test_de_three_quarters_are_of_the_eligible_and_not_of_the_votes(votes_for, passed):
    figures = Figures(votes_for=votes_for, against=10, eligible=5255)
    assert preset("de-urabstimmung").majority("strike").judge(figures).passed is passed


@pytest.mark.parametrize(("votes_for", "passed"), [(1313, False), (1314, True)])
def test_de_a_settlement_passes_with_a_quarter_of_the_eligible(votes_for, passed):
    figures = Figures(votes_for=votes_for, against=3000, eligible=5255)
    assert preset("de-urabstimmung").majority("strike.accept").judge(figures).passed is passed


# United Kingdom: the day decides which statutes judge (figures made up)


def uk(day: datetime.date) -> Statutes:
    both = (preset("uk-industrial-action-2016"), preset("uk-industrial-action-2026"))
    (valid,) = (one for one in both if one.in_force(day))
    return valid


BEFORE, AFTER = datetime.date(2026, 2, 17), datetime.date(2026, 2, 18)


@pytest.mark.parametrize(("day", "passed"), [(BEFORE, False), (AFTER, True)])
def test_uk_the_forty_percent_is_repealed_from_18_february_2026(day, passed):
    figures = Figures(votes_for=390, against=200, null=10, cast=600, eligible=1000)
    assert uk(day).majority("strike.important_public_service").judge(figures).passed is passed


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_uk_half_of_the_eligible_must_vote_on_either_day(day):
    rule = uk(day).majority("strike")
    assert not rule.judge(Figures(votes_for=499, cast=499, eligible=1000)).passed
    assert rule.judge(Figures(votes_for=251, against=249, cast=500, eligible=1000)).passed
    assert not rule.judge(Figures(votes_for=250, against=250, cast=500, eligible=1000)).passed


@pytest.mark.parametrize(("day", "months", "days"), [(BEFORE, 6, 14), (AFTER, 12, 10)])
def test_uk_mandate_and_notice_change_on_the_same_day(day, months, days):
    assert uk(day).windows.mandate_months == months
    assert uk(day).notice.of("strike").days == days
    assert uk(day).notice.of("strike.important_public_service").days == days


# Peru


def test_pe_union_meets_with_more_than_half_then_with_what_its_statutes_say():
    union = preset("pe-sindicato")
    assert not union.quorum(1).judge(present=95, qualified=190).passed
    assert union.quorum(1).judge(present=96, qualified=190).passed
    assert not union.quorum(2).judge(present=37, qualified=190).passed
    assert union.quorum(2).judge(present=38, qualified=190).passed


def test_pe_strike_needs_more_than_half_of_the_voting_workers_and_not_two_thirds():
    rule = preset("pe-sindicato").majority("strike")
    assert rule.judge(Figures(votes_for=51, against=45, abstain=4, eligible=300)).passed
    assert not rule.judge(Figures(votes_for=50, against=45, abstain=5, eligible=300)).passed


def test_pe_strike_is_secret_and_announced_five_working_days_ahead_ten_in_essential_services():
    union = preset("pe-sindicato")
    assert union.ballot.method("strike") == "secret"
    ordinary, essential = union.notice.of("strike"), union.notice.of("strike.essential")
    assert (ordinary.days, ordinary.days_are) == (5, "business")
    assert (essential.days, essential.days_are) == (10, "business")
    assert "juez de paz" in ordinary.proof


def test_pe_community_disposes_of_land_with_two_thirds_of_all_who_are_qualified():
    rule = preset("pe-comunidad-campesina").majority("dispose_of_land")
    assert not rule.judge(Figures(votes_for=133, present=140, eligible=200)).passed
    assert rule.judge(Figures(votes_for=134, present=140, eligible=200)).passed


def test_pe_association_second_call_is_any_number_but_a_tenth_to_change_its_statutes():
    association = preset("pe-asociacion")
    assert association.quorum(2).judge(present=1, qualified=500).passed
    assert not association.quorum(2).judge(present=0, qualified=500).passed
    assert not association.quorum(2, "dissolve").judge(present=49, qualified=500).passed
    assert association.quorum(2, "statutes").judge(present=50, qualified=500).passed
    assert not association.quorum(1, "statutes").judge(present=250, qualified=500).passed


def test_pe_association_decides_by_more_than_half_of_those_present():
    rule = preset("pe-asociacion").majority("ordinary")
    assert not rule.judge(Figures(votes_for=20, against=5, abstain=15, present=40)).passed
    assert rule.judge(Figures(votes_for=21, against=5, abstain=14, present=40)).passed


def test_pe_university_election_needs_both_strata_to_vote_and_weighs_them():
    """Ley 30220 art. 66: more than 60 % of teachers, more than 40 % of students; weights 2/3 and 1/3 (made up)."""
    rule = preset("pe-universidad").majority("election")
    teachers = Figures(votes_for=100, against=90, cast=190, eligible=300)
    students = Figures(votes_for=1200, against=900, cast=2100, eligible=5000)
    verdict = rule.judge(Figures(), strata={"docentes": teachers, "estudiantes": students})
    assert verdict.passed
    # Ten teachers fewer: exactly 60 % is not more than 60 %.
    few = Figures(votes_for=100, against=80, cast=180, eligible=300)
    verdict = rule.judge(Figures(), strata={"docentes": few, "estudiantes": students})
    assert [test.passed for test in verdict.tests] == [False, True, True]
    assert "docentes: 180 of 300 eligible persons voted (60.0 %); at least 181 needed" in str(verdict.sentence())


def test_pe_teachers_weigh_twice_as_much_as_students():
    rule = preset("pe-universidad").majority("election")
    for_by_students = {
        "docentes": Figures(votes_for=60, against=130, cast=190, eligible=300),
        "estudiantes": Figures(votes_for=1500, against=600, cast=2100, eligible=5000),
    }
    verdict = rule.judge(Figures(), strata=for_by_students)
    assert not verdict.passed
    assert str(verdict.tests[2].sentence) == (
        "Weighted vote in favour 44.9 % (docentes 60 of 190, weight 2/3; "
        "estudiantes 1,500 of 2,100, weight 1/3); more than 1/2 needed."
    )


def test_pe_neighbours_call_elections_sixty_days_ahead():
    neighbours = preset("pe-junta-vecinal")
    assert neighbours.windows.call_before_term_end == 60
    assert (neighbours.windows.objections, neighbours.windows.challenge, neighbours.windows.days_are) == (
        5,
        5,
        "business",
    )
    assert (neighbours.officers.committee, neighbours.officers.committee_alternates) == (3, 2)


def test_pe_teachers_2017_seventeen_regions_of_twenty_five_suspend():
    verdict = majority("half+1", of="units").judge(Figures(units_for=17, units_against=8, units_counted=25))
    assert verdict.passed
    assert verdict.tests[0].needed == 13


def test_pe_puno_37_lieutenant_governors_decide_by_nineteen():
    assert majority("half+1", of="units_eligible").judge(Figures(units_eligible=37)).tests[0].needed == 19


def test_pe_recall_needs_half_of_the_electors_and_more_than_half_of_the_valid_votes():
    """Ley 26300."""
    rule = statutes("""
[majority.recall]
tests = [
  { numerator = "votes", denominator = "eligible", fraction = "1/2", op = ">=" },
  { numerator = "for", denominator = "valid", fraction = "half+1" },
]
""").majority("recall")
    assert rule.judge(Figures(votes_for=240, against=200, null=60, eligible=1000)).passed
    assert not rule.judge(Figures(votes_for=240, against=200, null=59, eligible=1000)).passed
    assert not rule.judge(Figures(votes_for=220, against=220, null=60, eligible=1000)).passed


# Mexico


def test_mx_section_22_with_42_percent_present_is_informative():
    """Oaxaca: 42.4 % present where half plus one was needed."""
    session = statutes('[[quorum]]\ncall = 1\nof = "members"\nfraction = "half+1"\nwhen_missing = "informative"\n')
    verdict = session.quorum(1).judge(present=424, members=1000)
    assert (verdict.passed, verdict.outcome) == (False, "informative")
    assert str(verdict.sentence()) == (
        "No quorum: 424 of 1,000 members present (42.4 %); at least 501 needed (half plus one of 1,000). "
        "The session is informative: it may deliberate, it decides nothing."
    )


OAXACA_2015 = Figures(votes_for=21_328, against=11_578, cast=37_725, eligible=78_651)


def test_mx_oaxaca_2015_was_56_percent_of_those_consulted_and_27_percent_of_the_members():
    """The press printed "19.5 %" without a denominator."""
    consulted = majority("1/2", of="cast", op=">").judge(OAXACA_2015)
    members = majority("1/2", of="eligible", op=">").judge(OAXACA_2015)
    assert str(consulted.sentence()) == (
        "Carried: 21,328 of 37,725 votes cast in favour (56.5 %); at least 18,863 needed (more than 1/2 of 37,725)."
    )
    assert str(members.sentence()) == (
        "Lost: 21,328 of 78,651 eligible persons in favour (27.1 %); at least 39,326 needed (more than 1/2 of 78,651)."
    )
    assert OAXACA_2015.votes - OAXACA_2015.votes_for - OAXACA_2015.against == 4_819


# Chile


def test_cl_workers_on_leave_go_out_of_the_denominator():
    """Código del Trabajo art. 350 (figures made up)."""
    rule = preset("cl-huelga").majority("strike")
    assert not rule.judge(Figures(votes_for=50, against=10, eligible=100)).passed
    verdict = rule.judge(Figures(votes_for=50, against=10, eligible=100, excluded=2))
    assert verdict.passed
    assert str(verdict.sentence()) == (
        "Carried: 50 of 98 eligible persons in favour (51.0 %); at least 50 needed (more than 1/2 of 98). "
        "Left out of the roll: 2."
    )


def test_cl_2016_local_meetings_need_ten_persons():
    meeting = statutes('[[quorum]]\ncall = 1\nfraction = "0"\nop = ">"\nmin_n = 10\n').quorum(1)
    assert not meeting.judge(present=9, qualified=400).passed
    assert meeting.judge(present=10, qualified=400).passed


# Costa Rica, Argentina, Switzerland


def test_cr_the_same_vote_by_bases_and_by_regions():
    """APSE: 1,099 bases 73 / 638 / 388; 56 regions 1 / 43 / 12."""
    rule = majority("half+1", of="units")
    bases = rule.judge(Figures(units_for=638, units_against=73 + 388, units_counted=1099))
    regions = rule.judge(Figures(units_for=43, units_against=1 + 12, units_counted=56))
    assert [str(verdict.tests[0].sentence) for verdict in (bases, regions)] == [
        "638 of 1,099 units that took part are in favour (58.1 %); at least 550 needed (half plus one of 1,099).",
        "43 of 56 units that took part are in favour (76.8 %); at least 29 needed (half plus one of 56).",
    ]


def test_ar_castellanos_adds_up():
    """Santa Fe teachers, department Castellanos: 513 + 418 + 733 + 6 blank = 1,670."""
    assert Figures(votes_for=733, against=513 + 418, blank=6).votes == 1_670


def test_ch_an_initiative_with_the_people_and_without_the_cantons_is_lost():
    """Federal vote of 29 November 2020: 1,299,173 to 1,261,673; 8 1/2 of 23 cantonal votes (halves counted as one)."""
    figures = Figures(
        votes_for=1_299_173, against=1_261_673, units_for=17, units_against=29, units_counted=46, units_eligible=46
    )
    verdict = statutes(PEOPLE_AND_CANTONS).majority("ordinary").judge(figures)
    assert not verdict.passed
    assert [(test.name, test.passed) for test in verdict.tests] == [("for", True), ("units", False)]


def test_ch_half_of_the_cantons_is_not_enough():
    figures = Figures(votes_for=2, against=1, units_for=23, units_against=23, units_counted=46)
    assert not statutes(PEOPLE_AND_CANTONS).majority("ordinary").judge(figures).passed


# Practices without a country


def test_a_third_of_the_delegations_is_enough_an_hour_later():
    federation = preset("federacion-mandato-imperativo")
    assert not federation.quorum(1).judge(present=50, delegates=100).passed
    assert federation.quorum(1).judge(present=51, delegates=100).passed
    second = federation.quorum(2)
    assert second.wait == 60
    assert not second.judge(present=20, units_present=9, units=28).passed
    assert second.judge(present=20, units_present=10, units=28).passed


def test_a_mandate_is_ratified_by_the_members_and_by_the_bases():
    rule = preset("federacion-mandato-imperativo").consultation()
    people = {"votes_for": 600, "against": 400, "units_counted": 9}
    assert not rule.judge(Figures(**people, units_for=4, units_against=5)).passed
    assert rule.judge(Figures(**people, units_for=5, units_against=4)).passed


def test_students_meet_with_thirty_and_review_their_statutes_under_a_fifth():
    students = preset("federacion-estudiantil")
    assert not students.quorum(1).judge(present=29, members=4000).passed
    assert students.quorum(1).judge(present=30, members=4000).passed
    assert str(students.thresholds.review_below) == "1/5"
    assert students.delegates is not None
    assert students.delegates.mandate == "imperative"


def test_roberts_abstentions_and_blanks_are_out_and_the_chair_may_decide_a_tie():
    rule = preset("roberts-rules").majority("ordinary")
    assert rule.judge(Figures(votes_for=10, against=9, abstain=40, blank=5)).passed
    assert not rule.judge(Figures(votes_for=10, against=9, null=1)).passed
    tie = Figures(votes_for=10, against=10)
    assert rule.judge(tie).outcome == "lost"
    assert rule.judge(tie, casting="for").passed


def test_roberts_previous_question_takes_two_thirds_and_rescinding_too_without_notice():
    robert = preset("roberts-rules")
    figures = Figures(votes_for=65, against=35)
    assert not robert.majority("previous_question").judge(figures).passed
    assert not robert.majority("rescind").judge(figures).passed
    assert robert.majority("rescind.with_notice").judge(figures).passed
    assert robert.majority("previous_question").judge(Figures(votes_for=66, against=33)).passed


def test_a_national_consultation_is_closed_until_the_close_and_certified_at_three_fifths():
    national = preset("consulta-nacional")
    assert national.embargo
    assert str(national.thresholds.coverage) == "3/5"
    assert national.thresholds.small_cell == 10
    assert national.roll_up.binding == "member"


def test_turnout_and_support_of_the_thresholds_judge_a_consultation():
    body = statutes("""
[majority.ordinary]
tests = [{ denominator = "valid", fraction = "1/2", op = ">" }]
[thresholds]
turnout = "1/2"
support = "1/3"
""")
    rule = body.consultation()
    assert [test.name for test in rule.tests] == ["for", "turnout", "support"]
    assert rule.judge(Figures(votes_for=34, against=16, eligible=100)).passed
    assert not rule.judge(Figures(votes_for=34, against=15, eligible=100)).passed
    assert not rule.judge(Figures(votes_for=33, against=17, eligible=100)).passed


def test_a_constituent_assembly_is_proclaimed_when_the_margin_exceeds_what_is_outstanding():
    constituent = preset("asamblea-constituyente")
    assert constituent.thresholds.proclaim == "margin"
    assert (constituent.election.method, constituent.election.district) == ("dhondt", "region")
    assert constituent.election.lists == "alternated"
    assert constituent.election.reserved
