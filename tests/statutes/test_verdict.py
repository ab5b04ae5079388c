"""Verdicts are exact: what is needed is the least that passes, and nothing passes with nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.statutes import Bar, Figures, Majority, Statutes, StatutesError, TestRule, majority, presets
from tinkuy.statutes.bar import HALF_PLUS_ONE
from tinkuy.words import say

fractions = st.fractions(min_value=0, max_value=1, max_denominator=1000)
bars = st.builds(Bar, fractions, st.sampled_from([">", ">="]), st.integers(0, 50)) | st.just(HALF_PLUS_ONE)
counts = st.integers(0, 2000)
people = st.sampled_from(["for+against", "valid", "cast", "present", "eligible"])
treatments = st.sampled_from(["counted", "cast only", "not counted"])
rules = st.builds(TestRule, numerator=st.just("for"), denominator=people, bar=bars, name=st.just("for"))
majorities = st.builds(
    Majority,
    kind=st.just("ordinary"),
    tests=st.lists(rules, min_size=1, max_size=3).map(tuple),
    abstain=treatments,
    blank=treatments,
    null=treatments,
    tie=st.sampled_from(["fails", "revote", "runoff", "lot"]),
)


def vote(votes_for: int, against: int, abstain: int = 0, *, blank: int = 0, null: int = 0, away: int = 0) -> Figures:
    there = votes_for + against + abstain + blank + null
    return Figures(
        votes_for=votes_for,
        against=against,
        abstain=abstain,
        blank=blank,
        null=null,
        cast=there,
        present=there,
        eligible=there + away,
    )


@given(bars, st.integers(1, 10**9))
def test_needed_is_exactly_the_least_number_that_passes(bar, whole):
    needed = bar.needed(whole)
    assert bar.passes(needed, whole)
    assert not bar.passes(needed - 1, whole)


@given(fractions, st.sampled_from([">", ">="]), counts, st.integers(1, 2000))
def test_a_bar_compares_fractions_exactly(fraction, op, part, whole):
    share = Fraction(part, whole)
    reaches = share > fraction if op == ">" else share >= fraction
    assert Bar(fraction, op).passes(part, whole) == (reaches and part > 0)


@pytest.mark.parametrize("op", [">", ">="])
def test_at_least_one_is_always_needed(op):
    assert Bar(Fraction(0), op).needed(10) == 1


@given(st.integers(1, 10**6))
def test_half_plus_one_is_half_rounded_down_plus_one(whole):
    assert HALF_PLUS_ONE.needed(whole) == whole // 2 + 1


@given(bars, counts)
def test_of_nothing_nothing_passes(bar, part):
    assert not bar.passes(part, 0)


@given(majorities, counts, counts, counts, counts)
def test_one_more_vote_in_favour_never_defeats_a_motion(rule, votes_for, against, left_out, away):
    before = rule.judge(vote(votes_for, against, left_out, blank=left_out, away=away + 1))
    after = rule.judge(vote(votes_for + 1, against, left_out, blank=left_out, away=away))
    assert after.passed or not before.passed


@given(majorities, counts, counts, counts)
def test_one_vote_that_turns_against_never_carries_a_motion(rule, votes_for, against, away):
    before = rule.judge(vote(votes_for + 1, against, away=away))
    after = rule.judge(vote(votes_for, against + 1, away=away))
    assert before.passed or not after.passed


@given(majorities, counts, counts, counts)
def test_nothing_is_carried_without_a_vote_in_favour(rule, against, abstain, away):
    assert not rule.judge(vote(0, against, abstain, away=away)).passed


@pytest.mark.parametrize("name", presets.names())
def test_no_rule_of_any_preset_carries_without_votes(name):
    statutes = Statutes.from_toml(presets.read(name))
    for rule in statutes.majorities.values():
        nobody = {stratum.name: Figures(eligible=10) for stratum in rule.strata}
        for figures in (Figures(), Figures(eligible=1000, present=400, units_eligible=9)):
            assert not rule.judge(figures, strata=nobody).passed


@given(majorities, counts, counts, counts)
def test_a_verdict_passes_when_and_only_when_every_test_does(rule, votes_for, against, abstain):
    verdict = rule.judge(vote(votes_for, against, abstain))
    assert verdict.passed == all(test.passed for test in verdict.tests)
    assert verdict.passed == (verdict.outcome == "carried")
    for test in verdict.tests:
        assert test.passed == (test.denominator > 0 and test.reached >= test.needed)


def test_a_verdict_says_figures_denominator_and_what_was_needed():
    verdict = majority("2/3", of="cast").judge(Figures(votes_for=60, against=28, abstain=4))
    sentence = "Lost: 60 of 92 votes cast in favour (65.2 %); at least 62 needed (2/3 of 92)."
    assert str(verdict.sentence()) == sentence


def test_what_was_cast_and_does_not_count_is_said():
    verdict = majority("1/2", of="valid", op=">").judge(vote(40, 30, abstain=5, blank=3, null=2))
    assert str(verdict.sentence()) == (
        "Carried: 40 of 70 valid votes in favour (57.1 %); at least 36 needed (more than 1/2 of 70). "
        "Left out: 5 abstaining, 3 blank, 2 null."
    )


def test_the_tests_that_failed_are_said_first():
    statutes = Statutes.from_toml(presets.read("uk-industrial-action-2016"))
    verdict = statutes.majority("strike").judge(vote(40, 5, away=55))
    assert str(verdict.sentence()) == (
        "Lost: 45 of 100 eligible persons voted (45.0 %); at least 50 needed (1/2 of 100). Reached: "
        "40 of 45 votes for or against are in favour (88.9 %); at least 23 needed (more than 1/2 of 45)."
    )


def test_a_verdict_names_the_version_of_the_statutes():
    statutes = Statutes.from_toml(presets.read("pe-sindicato"))
    assert statutes.majority("ordinary").judge(vote(2, 1)).statutes == "pe-sindicato, 2007-10-29"


@pytest.mark.parametrize(
    ("how", "valid", "cast"),
    [("counted", 104, 104), ("cast only", 100, 104), ("not counted", 100, 100)],
)
def test_abstentions_enter_valid_and_cast_as_the_statutes_say(how, valid, cast):
    rule = Majority(kind="ordinary", tests=majority("1/2").tests, abstain=how)
    figures = vote(60, 40, abstain=4)
    assert (rule.counted(figures, "valid"), rule.counted(figures, "cast")) == (valid, cast)


def test_turnout_counts_everything_cast():
    rule = TestRule(numerator="votes", denominator="eligible", bar=Bar(Fraction(1, 2), ">="), name="turnout")
    assert majority("1/2").with_tests(rule).judge(vote(30, 10, 5, blank=3, null=2, away=50)).tests[1].numerator == 50


def test_cast_left_out_is_the_sum_of_its_parts():
    assert Figures(votes_for=3, against=2, blank=1, challenged=1).votes == 7


@pytest.mark.parametrize("bad", [-1, True, 2.0, "3"])
def test_a_figure_that_is_no_count_is_refused_by_name(bad):
    with pytest.raises(StatutesError, match=r"figures\.blank"):
        Figures(blank=bad)


# Ties


def tied(tie: str, casting_vote: str = "none") -> Majority:
    return Majority(kind="ordinary", tests=majority("1/2", op=">").tests, tie=tie, casting_vote=casting_vote)


@pytest.mark.parametrize(
    ("tie", "outcome"), [("fails", "lost"), ("revote", "tied"), ("runoff", "tied"), ("lot", "tied")]
)
def test_a_tie_is_what_the_statutes_make_of_it(tie, outcome):
    verdict = tied(tie).judge(vote(45, 45, abstain=3))
    assert (verdict.passed, verdict.outcome) == (False, outcome)
    assert verdict.remark is not None


def test_no_votes_at_all_are_no_tie():
    assert tied("revote").judge(Figures()).outcome == "lost"


def test_missing_two_thirds_on_equal_votes_is_no_tie():
    assert majority("2/3", tie="revote").judge(vote(45, 45)).outcome == "lost"


def test_half_of_those_present_with_fewer_against_is_no_tie():
    rule = Majority(kind="ordinary", tests=majority("1/2", of="present", op=">").tests, tie="revote")
    assert rule.judge(vote(50, 40, abstain=10)).outcome == "lost"


def test_equal_votes_short_of_half_of_those_who_count_are_no_tie():
    rule = Majority(kind="ordinary", tests=majority("1/2", of="cast", op=">").tests, tie="revote")
    assert rule.judge(vote(45, 45, abstain=10)).outcome == "lost"
    assert rule.judge(vote(45, 45)).outcome == "tied"


def test_equal_votes_under_the_least_number_are_no_tie():
    bar = Bar(Fraction(1, 2), ">", min_n=30)
    test = TestRule(numerator="for", denominator="for+against", bar=bar, name="for")
    assert Majority(kind="ordinary", tests=(test,), tie="revote").judge(vote(5, 5)).outcome == "lost"


def test_equal_votes_without_the_turnout_are_no_tie():
    bar = Bar(Fraction(1, 2), ">")
    turnout = TestRule(numerator="votes", denominator="eligible", bar=bar, name="turnout")
    assert tied("revote").with_tests(turnout).judge(vote(25, 25, away=50)).outcome == "lost"
    assert tied("revote").with_tests(turnout).judge(vote(25, 25, away=49)).outcome == "tied"


def test_at_least_half_carries_on_equal_votes():
    assert majority("1/2", op=">=").judge(vote(45, 45)).passed


@pytest.mark.parametrize("casting_vote", ["chair_on_tie", "chair_second"])
@pytest.mark.parametrize(("casting", "outcome"), [("for", "carried"), ("against", "lost")])
def test_the_chair_decides_a_tie(casting_vote, casting, outcome):
    verdict = tied("fails", casting_vote).judge(vote(45, 45), casting=casting)
    assert (verdict.passed, verdict.outcome) == (casting == "for", outcome)


def test_without_the_chairs_vote_the_tie_rule_holds():
    verdict = tied("fails", "chair_on_tie").judge(vote(45, 45))
    assert verdict.outcome == "lost"
    assert "unless the chair's casting vote decides it" in str(verdict.sentence())


@pytest.mark.parametrize("figures", [vote(46, 45), vote(44, 45)])
def test_a_casting_vote_without_a_tie_is_refused(figures):
    with pytest.raises(StatutesError, match="no tie"):
        tied("fails", "chair_on_tie").judge(figures, casting="for")


def test_a_casting_vote_that_the_statutes_do_not_give_is_refused():
    with pytest.raises(StatutesError, match="no casting vote"):
        tied("fails").judge(vote(45, 45), casting="for")


# Excluded persons and strata


def test_nobody_leaves_the_denominator_unless_the_statutes_say_so():
    with pytest.raises(StatutesError, match="nobody out"):
        majority("1/2", of="eligible").judge(Figures(votes_for=5, eligible=9, excluded=1))


def test_more_excluded_than_eligible_is_refused():
    chile = Statutes.from_toml(presets.read("cl-huelga")).majority("strike")
    with pytest.raises(StatutesError, match="10 persons excluded of 9 eligible"):
        chile.judge(Figures(eligible=9, excluded=10))


def test_a_missing_or_unknown_stratum_is_named():
    rule = Statutes.from_toml(presets.read("pe-universidad")).majority("election")
    with pytest.raises(StatutesError, match='"estudiantes" are missing'):
        rule.judge(Figures(), strata={"docentes": Figures()})
    with pytest.raises(StatutesError, match='no stratum "alumnos"'):
        rule.judge(Figures(), strata={"alumnos": Figures()})


@given(counts, counts, counts, counts)
def test_a_weighted_test_is_the_weighted_sum_of_shares(one, one_against, two, two_against):
    rule = Statutes.from_toml(presets.read("pe-universidad")).majority("election")
    strata = {"docentes": vote(one, one_against), "estudiantes": vote(two, two_against)}
    test = rule.judge(Figures(), strata=strata).tests[-1]
    if one + one_against == 0 or two + two_against == 0:
        assert not test.passed
        return
    share = Fraction(2 * one, 3 * (one + one_against)) + Fraction(two, 3 * (two + two_against))
    assert Fraction(test.numerator, test.denominator) == share
    assert test.passed == (share > Fraction(1, 2))


def test_every_sentence_can_be_said_in_spanish():
    verdict = majority("2/3", of="cast").judge(Figures(votes_for=60, against=28, abstain=4))
    assert "92" in say("{verdict}", verdict=verdict.sentence()).in_language("es")
