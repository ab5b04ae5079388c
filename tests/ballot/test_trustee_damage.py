"""Whatever becomes of a file between trustees on its way, it is refused in words: no traceback, and nothing taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.ballot.test_pedersen import Held, hold
from tests.ballot.trustee_data import finished, leaves, seeded
from tinkuy.ballot import shuffle
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.pedersen import accept, private_key, route
from tinkuy.ballot.trustee import verify_setup
from tinkuy.ballot.trustee_share import verify_share

Read = Callable[[bytes], object]
STRANGE = (None, True, 0, -1, 10**400, 1.5, "", "\ud800", "0" * 100, "-1", "9" * 200, "٣", "1 ", [], {}, [[]], "0" * 64)


@pytest.fixture(scope="module")
def files(request: pytest.FixtureRequest) -> list[tuple[bytes, Read]]:
    """Files as they are sent, each with what reads it."""
    folder: Path = request.getfixturevalue("shared_data")
    shared, ranked, held = (
        finished(folder, "ed25519-threshold-2of3-100"),
        finished(folder, "ed25519-stv-30"),
        hold(2, 3),
    )
    group, trustees = shared.group, verify_setup(shared.group, shared.trustees)
    number, share = shared.owned("PartialDecryption")[0]
    key, rows = group.read(ranked.election["public_key"]), ranked.encrypted_tally
    return [
        (shared.trustees, lambda data: verify_setup(group, data)),
        (share, lambda data: verify_share(trustees, shared.fingerprint, shared.opened_tally, number, data)),
        (ranked.owned("Shuffle")[0][1], lambda data: shuffle.verify(group, ranked.fingerprint, key, rows, data)),
        (held.vinputs[0], lambda data: accept(held.ceremony, held.seeds[0], data, seeded(1))),
        (held.polynomials[0], lambda data: _taken_by_all(held, data)),
        (
            held.letters[0].encode(),
            lambda data: private_key(group, held.seeds[0], data.decode("utf-8", "replace")),
        ),
    ]


def _taken_by_all(held: Held, polynomial: bytes) -> None:
    """The organiser cannot open letters: what is wrong in one is found by the trustee whom it is for."""
    vinputs = route(held.ceremony, [polynomial, *held.polynomials[1:]])
    for seed, vinput in zip(held.seeds, vinputs, strict=True):
        accept(held.ceremony, seed, vinput, seeded(1))


def _another_value(data: bytes, random: Random) -> bytes:
    """The file with one of its values, or a whole branch of them, replaced by something strange."""
    value = json.loads(data)
    path = random.choice(list(leaves(value)))
    path = path[: random.randrange(1, len(path) + 1)]
    inner: Any = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = random.choice(STRANGE)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _other_bytes(data: bytes, random: Random) -> bytes:
    """The file with a byte changed, some taken out, or one put in."""
    changed, place = bytearray(data), random.randrange(len(data))
    match random.randrange(3):
        case 0:
            changed[place] ^= random.randrange(1, 256)
        case 1:
            del changed[place : place + random.choice((1, 50))]
        case _:
            changed.insert(place, random.choice(b'09",:[]{}\\u'))
    return bytes(changed)


@pytest.mark.sweep
def test_a_damaged_file_between_trustees_is_refused_in_words(
    files: list[tuple[bytes, Read]], sampled: Callable[[Any, int], Any]
) -> None:
    refused = 0
    for seed in sampled(range(6_000), 240):
        random = Random(seed)
        data, reads = files[seed % len(files)]
        changed = random.choice((_another_value, _other_bytes))(data, random)
        if changed != data:
            with pytest.raises(BallotError):
                reads(changed)
            refused += 1
    assert refused > 200
