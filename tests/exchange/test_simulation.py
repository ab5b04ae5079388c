"""Whatever happens on the way, healed installations hold the same books; see `simulation` for what is played."""

from __future__ import annotations

import os

import pytest

from tests.exchange.hazards import remembering
from tests.exchange.judging import played

LARGE, SMALL = 200, 12  # bodies
LARGE_SEEDS, SMALL_SEEDS = 200, 9_800  # of the sweep
BATCH = 490


@pytest.fixture(scope="module", autouse=True)
def answers_remembered():
    with remembering():
        yield


@pytest.mark.sweep
def test_a_federation_of_two_hundred_bodies_agrees_after_the_links_heal(sampled):
    for seed in sampled(range(LARGE_SEEDS), 3):
        played(seed, LARGE)


@pytest.mark.sweep
@pytest.mark.parametrize("first", range(0, SMALL_SEEDS, BATCH))
def test_small_federations_agree_after_many_more_misfortunes(first, sampled):
    for seed in sampled(range(first, first + BATCH), 3):
        played(seed, SMALL)


def test_the_same_seed_plays_the_same_steps():
    def ends(seed: int) -> list[object]:
        world = played(seed, SMALL)
        return [world.random.random(), *(sorted(node.forks.files.items()) for node in world.nodes)]

    assert ends(3) == ends(3)


@pytest.mark.skipif("TINKUY_SEED" not in os.environ, reason="TINKUY_SEED names a seed to replay, e.g. 17 or 17/200")
def test_a_seed_is_replayed():
    seed, _, count = os.environ["TINKUY_SEED"].partition("/")
    played(int(seed), int(count or SMALL))
