"""Quorums: who must be there, at which call, and what follows when they are not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkuy.statutes import Bar, Quorum, Statutes, presets

HALF = Bar(Fraction(1, 2), ">")


@pytest.mark.parametrize(
    ("of", "counted"),
    [
        ("qualified", {"present": 6, "qualified": 10}),
        ("members", {"present": 6, "members": 10}),
        ("delegates", {"present": 6, "delegates": 10}),
        ("units", {"present": 0, "units_present": 6, "units": 10}),
    ],
)
def test_a_quorum_is_measured_of_what_the_statutes_say(of, counted):
    (test,) = Quorum(call=1, of=of, bar=HALF).judge(**counted).tests
    assert (test.numerator, test.denominator, test.needed, test.passed) == (6, 10, 6, True)


def test_a_quorum_can_ask_for_units_besides_persons():
    quorum = Quorum(call=1, of="members", bar=HALF, min_units=4)
    verdict = quorum.judge(present=60, members=100, units_present=3, units=9)
    assert (verdict.passed, verdict.outcome) == (False, "informative")
    assert "3 units present; at least 4 needed." in str(verdict.sentence())
    assert quorum.judge(present=60, members=100, units_present=4, units=9).outcome == "quorate"


def test_a_session_that_fails_is_not_held():
    verdict = Quorum(call=2, of="qualified", bar=HALF, when_missing="failed").judge(present=5, qualified=10)
    assert verdict.outcome == "failed"
    assert str(verdict.sentence()) == (
        "No quorum: 5 of 10 qualified members present (50.0 %); at least 6 needed (more than 1/2 of 10). "
        "The session is not held."
    )


def test_second_call_needs_only_the_members_present():
    """Código Civil (Peru) art. 87."""
    association = Statutes.from_toml(presets.read("pe-asociacion"))
    assert not association.quorum(1).judge(present=3, qualified=80).passed
    assert association.quorum(2).judge(present=3, qualified=80).passed


@given(st.integers(0, 500), st.integers(0, 500))
def test_one_more_person_present_never_breaks_a_quorum(present, qualified):
    quorum = Quorum(call=1, of="qualified", bar=HALF)
    before = quorum.judge(present=present, qualified=qualified).passed
    assert quorum.judge(present=present + 1, qualified=qualified).passed or not before


@given(st.integers(0, 500))
def test_where_nobody_is_qualified_nobody_makes_a_quorum(present):
    assert not Quorum(call=1, of="qualified", bar=HALF).judge(present=present, qualified=0).passed
