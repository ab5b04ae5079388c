"""Counting methods: `belenios-tool method` and our rules on the same random ballots, whole results.

Belenios counts Schulze by winning votes, majority judgment with the upper of two middle grades, and a single
transferable vote of its own: Droop's quota in whole votes, the largest alone declared elected and her surplus passed on
first, ties by the order of the question. It counts that one in floats, so papers under which two figures are nearer
than 1e-9 are not compared.

Source: Belenios 2.0, `src/lib/core/{schulze,majority_judgment,stv}.ml`; docs/decisions/count-peers.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.count.answers import near, variant
from tests.foreign import belenios
from tinkuy.count import rule
from tinkuy.count.lots import Listed
from tinkuy.count.profile import Profile, Scores

ELECTIONS = 24


@pytest.fixture(autouse=True)
def tool() -> None:
    belenios.needed()


def asked(folder: Path, method: str, ballots: list[list[int]], *options: str) -> dict[str, Any]:
    """What Belenios makes of ballots: a rank or a grade a choice, 1 the best, 0 none."""
    answer: dict[str, Any] = json.loads(belenios.run(folder, "method", method, *options, given=json.dumps(ballots)))
    return answer


def names(choices: int) -> tuple[str, ...]:
    return tuple(f"choice {number}" for number in range(choices))


def ranked(choices: int, ballots: list[list[int]]) -> Profile:
    """The ballots as rankings; whoever has no rank is not ranked."""
    rankings = [
        [[one for one in range(choices) if ballot[one] == rank] for rank in sorted(set(ballot) - {0})]
        for ballot in ballots
    ]
    return Profile.of(names(choices), [(ranking, 1) for ranking in rankings])


@pytest.mark.parametrize("seed", range(ELECTIONS))
def test_schulze_orders_every_group_as_belenios_does(seed: int, tmp_path: Path) -> None:
    random = Random(f"schulze {seed}")
    choices = random.randint(2, 7)
    ballots = [[random.randint(1, choices) for _ in range(choices)] for _ in range(random.randint(1, 40))]
    theirs = asked(tmp_path, "schulze", ballots, "--blank-allowed=false", f"--nchoices={choices}")
    result = rule("schulze").count(ranked(choices, ballots), 1, Listed(names(choices)))
    assert [set(group) for group in theirs["winners"]] == [set(group) for group in result.ranking]
    assert tuple(map(tuple, theirs["raw"])) == result.pairwise


def judged(scores: np.ndarray[Any, np.dtype[np.int64]], most: int) -> list[set[int]]:
    """The order that our majority judgment makes of scores, groups of equals from the best."""
    papers = Scores(names(scores.shape[1]), scores, scores >= 0, np.ones(len(scores), dtype=np.int64), 0, most)
    result = rule("majority-judgment").count(papers, 1, Listed(names(scores.shape[1])))
    return [set(group) for group in result.ranking]


@pytest.mark.parametrize("seed", range(ELECTIONS))
def test_majority_judgment_differs_from_belenios_in_the_middle_of_an_even_number_alone(
    seed: int, tmp_path: Path
) -> None:
    """Balinski and Laraki (2007) take the lower of the two middle grades, Belenios 2.0 the upper.

    So its order is ours of the grades upside down, from the last; where the papers are odd and no two majority grades
    are the same, nothing is taken away, no even number comes up, and the two agree.
    """
    random = Random(f"majority judgment {seed}")
    choices, grades = random.randint(2, 6), random.randint(2, 6)
    ballots = [[random.randint(1, grades) for _ in range(choices)] for _ in range(random.randint(1, 30))]
    theirs = asked(
        tmp_path, "majority-judgment", ballots, "--blank-allowed=false", f"--nchoices={choices}", f"--ngrades={grades}"
    )
    groups = [set(group) for group in theirs["winners"]]
    given = np.array(ballots, dtype=np.int64)  # their best grade is 1, our greatest score the best
    assert groups == judged(given, grades)[::-1]
    middle = np.sort(given, axis=0)[len(ballots) // 2]
    if len(ballots) % 2 == 1 and len(set(middle.tolist())) == choices:
        assert groups == judged(grades - given, grades)


def test_the_transferable_vote_elects_whom_belenios_elects_in_its_order(tmp_path: Path) -> None:
    compared = 0
    for seed in range(4 * ELECTIONS):
        random = Random(f"stv {seed}")
        choices, seats = random.randint(2, 6), random.randint(1, 4)
        ballots = [random.sample(range(1, choices + 1), choices) for _ in range(random.randint(seats, 60))]
        result = variant("stv-one-by-one").count(ranked(choices, ballots), seats, Listed(names(choices)))
        if near(result):
            continue
        compared += 1
        theirs = asked(tmp_path, "stv", ballots, f"--nseats={seats}")
        assert sorted(theirs["winners"]) == sorted(result.elected), f"seed {seed}"
    assert compared >= ELECTIONS
