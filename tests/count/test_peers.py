"""Two independent programs agree with us where both know the rule; where they do not, the source decides.

What the programs answered is kept in `peers/` and recorded again by `make peers`. `DIFFER` names each rule that a
program counts otherwise and the questions where it shows, with the reason; docs/decisions/count-peers.md has the table
with the paragraphs that decide. A difference that goes away fails the test as well.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.count.answers import KEPT, Asked, asked, near, variant
from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.count.lots import Hashed

APART = {("pref-voting", "scotland"), ("pref-voting", "meek-prf"), ("pref-voting", "warren")} | {
    (program, "stv-one-by-one") for program in ("votelib", "VoteKit")
}
"""Not compared where two figures are equal or nearer than 1e-9: pref-voting counts in floats; and where election comes
by transfer (Minneapolis 167.70) whoever has the quota without a surplus continues, whom the other two elect."""

DIFFER: dict[tuple[str, str], str] = {
    # Elects the first by name of the Smith set where several are on top; Schulze 2011, 2.2, and Tideman 1987 elect
    # nobody whom a chain, or what is kept, puts below another. "equal": whoever shares a place counts as not ranked.
    ("VoteKit", "schulze-margins"): (
        "strict 7, strict 11, strict 20, strict 33, short 17, equal 0, equal 1, equal 2, equal 4, equal 8"
    ),
    ("VoteKit", "ranked-pairs"): "strict 7, strict 11, short 17, equal 0, equal 1, equal 2, equal 4, equal 8",
    # Elects who beats most by chains, and nobody when none beats another; Schulze 2011, 2.2: whom nobody beats.
    ("votelib", "schulze"): "strict 7, strict 11, strict 20, strict 24, strict 33, short 17, short 19, equal 15",
    # Elects nobody when every comparison is drawn.
    ("votelib", "copeland"): "short 19",
    # Of the beaten it adds wins less losses, we points with a half for a draw; they part only where there are draws.
    ("votelib", "copeland-second"): "strict 23, short 19, short 23",
    # Counts the majority gauge of 2007 under this name, and agrees with ours of that name.
    ("pref-voting", "majority-judgment"): "scored 6, scored 9, scored 14, scored 32, scored 34, scored 36",
    # Names the winners of every runoff that ties allow; the Official Tiebreaker Protocol breaks them.
    ("pref-voting", "star"): "scored 2, scored 8, scored 9, scored 10, scored 11, scored 12, scored 16, scored 30",
}

FILES = ("ranked", "approved", "scored", "lists", "budget")


def disagreements(answers: list[Asked]) -> dict[tuple[str, str], str]:
    """For each program and rule the questions that it answers otherwise than we do."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in answers:
        known = variant(each.rule)
        compared = (each.program, each.rule) not in APART or not near(each.count(known, Hashed("near")))
        if compared and not each.agrees(known):
            found[each.program, each.rule].append(each.id)
    return {pair: ", ".join(ids) for pair, ids in found.items()}


def expected(answers: list[Asked]) -> dict[tuple[str, str], str]:
    asked_of = {(each.program, each.rule) for each in answers}
    return {pair: ids for pair, ids in DIFFER.items() if pair in asked_of}


@pytest.mark.parametrize("file", FILES)
def test_other_programs_elect_whom_our_rules_elect_but_where_it_is_said_why_not(file: str) -> None:
    answers = list(asked(file))
    assert disagreements(answers) == expected(answers)


def test_other_programs_count_wards_and_budgets_of_cities_as_we_do(shared_data: Path) -> None:
    answers = list(asked("real", shared_data))
    assert disagreements(answers) == {}
    assert {"scotland", "schulze", "pb-mes"} <= {each.rule for each in answers}


def answered(program: str, rule: str, file: str = "ranked") -> list[Asked]:
    return [each for each in asked(file) if (each.program, each.rule) == (program, rule)]


@pytest.mark.parametrize("rule", ["schulze-margins", "ranked-pairs"])
def test_where_votekit_differs_it_elects_the_first_name_of_the_smith_set(rule: str) -> None:
    for each in answered("VoteKit", rule):
        if each.id in DIFFER["VoteKit", rule].split(", ") and not each.id.startswith("equal"):
            assert each.answer == {"one": [min(Pairs.of(each.papers).smith)]}, each.id


def test_votelib_elects_who_beats_most_by_chains_where_schulze_elects_whom_nobody_beats() -> None:
    for each in answered("votelib", "schulze"):
        beaten = each.count(variant("schulze"), Hashed("any")).stages[0].totals
        most = max(figure for figure in beaten if figure is not None)
        first = [[number] for number, figure in enumerate(beaten) if figure == most]
        assert each.answer == {"all": first if most else [[]]}, each.id


def test_pref_voting_calls_majority_judgment_what_its_authors_called_the_majority_gauge() -> None:
    named = {each.id: each.answer for each in answered("pref-voting", "majority-judgment", "scored")}
    assert named == {each.id: each.answer for each in answered("pref-voting", "majority-gauge", "scored")}


def test_the_protocol_of_star_elects_one_of_those_whom_ties_allow() -> None:
    for each in answered("pref-voting", "star", "scored"):
        assert set(each.outcomes(variant("star"))) <= {tuple(one) for one in each.answer["all"]}, each.id


def test_every_answer_names_the_versions_of_the_programs_that_gave_it() -> None:
    versions = {file.name: json.loads(file.read_text(encoding="utf-8").splitlines()[0]) for file in KEPT.iterdir()}
    assert sorted(versions) == sorted(f"{name}.jsonl" for name in (*FILES, "real"))
    assert len({json.dumps(each) for each in versions.values()}) == 1
