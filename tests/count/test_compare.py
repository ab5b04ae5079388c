"""The same papers by several rules: each is counted, and where they part is said from their results alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.count.voting import LOTS, compared, elections, profile_of, written
from tinkuy.count.compare import compare
from tinkuy.count.errors import CountError
from tinkuy.count.registry import rule

CENTRE = "4 AB\n2 B\n3 CB"


def by(*names):
    return [rule(name) for name in names]


def test_rules_that_agree_have_nothing_to_part_over():
    found = compare(written("5 ABC\n2 BCA"), by("plurality", "borda", "schulze", "irv"))
    assert (found.agreed, found.partings) == (True, ())
    assert found.by_winners() == ((frozenset({"A"}), ("plurality", "borda", "schulze", "irv")),)


def test_two_that_disagree_part_over_their_candidates_with_the_papers_that_prefer_each():
    found = compare(written(CENTRE), by("plurality", "schulze"))
    assert not found.agreed
    assert str(found.partings[0].said) == "plurality elects A, schulze B; 5 papers prefer B to A, 4 A to B"


def test_counts_in_rounds_part_at_the_first_round_that_excludes_or_elects_others():
    """Instant runoff and the second round begin alike; then one excludes D alone, the other C too."""
    papers = written("7 A\n5 BC\n4 CA\n3 DC")
    found = compare(papers, by("irv", "runoff"))
    assert [outcome.winners for outcome in found.outcomes] == [("C",), ("A",)]
    parting = found.partings[0]
    assert parting.stage == 2
    assert "D is excluded" in str(parting.said)
    assert "out of the count: C, D" in str(parting.said)


def test_a_rule_that_misses_a_lot_is_shown_with_the_tied_and_the_others_are_counted():
    found = compare(written("2 A\n2 B\n1 CB"), by("plurality", "irv"))
    plurality, irv = found.outcomes
    assert (plurality.result, plurality.tied, irv.winners) == (None, ("A", "B"), ("B",))
    assert not found.agreed
    assert compare(written("2 A\n2 B\n1 CB"), by("plurality"), 1, LOTS).outcomes[0].result is not None


def test_a_rule_for_other_papers_says_so_and_the_others_are_counted():
    approval, schulze = compare(written(CENTRE), by("approval", "schulze")).outcomes
    assert "counts approvals, and these are rankings" in str(approval.refusal)
    assert schulze.winners == ("B",)


def test_a_rule_that_elects_nobody_parts_without_figures():
    found = compare(written(CENTRE), by("plurality", "majority"))
    assert str(found.partings[0].said) == "plurality elects A, majority nobody"


def test_nothing_to_compare_is_refused():
    with pytest.raises(CountError, match="at least one rule"):
        compare(written(CENTRE), [])


@settings(max_examples=15)
@given(elections())
def test_figures_of_a_parting_are_those_of_the_papers(election):
    papers, candidates = election
    over = compared(papers, candidates)
    found = compare(profile_of(papers, candidates), by("plurality", "borda", "minimax"), 1, LOTS)
    assert len(found.partings) == len(found.by_winners()) * (len(found.by_winners()) - 1) // 2
    for parting in found.partings:
        one, other = (
            next(each for each in found.outcomes if each.rule.name == name) for name in (parting.one, parting.other)
        )
        mine, theirs = one.result.elected[0], other.result.elected[0]
        assert parting.said.figures["back"] == over[theirs][mine]
        assert parting.said.figures["on"] == over[mine][theirs]
