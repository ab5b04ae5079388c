"""Boxes of a roll-up, judged by Debian's belenios-tool; their sum, by plain arithmetic on what it computed.

belenios-tool reads no sum of several elections: what it can judge is each box, and the tally that goes into the sum.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ballot.rolled import concluded, no, region, tree, yes
from tests.foreign import belenios
from tinkuy.ballot.field import BELENIOS_2048
from tinkuy.ballot.rollup import share

P, G = BELENIOS_2048.modulus, BELENIOS_2048.generator


@pytest.fixture(autouse=True)
def tool() -> None:
    belenios.needed()


def test_it_accepts_each_box_and_its_tallies_multiply_to_what_we_open(tmp_path: Path) -> None:
    one = region(trustees=1, name="BELENIOS-2048")
    for choices in ([*yes(2), *no(1)], [*yes(1), *no(2)]):
        one.base(choices, weights=(1, 4))
    tallies = []
    for uuid, data in one.archives.items():
        folder = tmp_path / uuid
        assert belenios.accepts(folder, uuid, data)
        computed = belenios.run(folder, "election", "compute-encrypted-tally").strip().split("\n")
        tallies.append([(int(each["alpha"]), int(each["beta"])) for each in json.loads(computed[0])[0]])
    first, second = one.archives
    at_hand = one.planned(tree(("all", ""), ("a", "all", first), ("b", "all", second)), 4)
    shares = one.decrypted(at_hand)
    [found] = share.read_result(at_hand, concluded(at_hand, shares)).values()
    for place, figure in enumerate(found[0]):
        alpha, beta = (tallies[0][place][side] * tallies[1][place][side] % P for side in (0, 1))
        assert beta * pow(alpha, -one.keys[0], P) % P == pow(G, figure, P)
    assert found == ((6, 6),)
