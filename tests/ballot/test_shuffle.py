"""Shuffles and their proofs (Belenios specification 2.0, 4.17 and 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from itertools import permutations
from pathlib import Path
from typing import Any

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.trustee_data import damaged, finished, leaves, seeded
from tinkuy.ballot import shuffle
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Group, by_name
from tinkuy.ballot.permutation import generators, random_permutation
from tinkuy.ballot.question import Question, RankedQuestion, Ranking
from tinkuy.ballot.shuffle_powers import product_of_powers
from tinkuy.ballot.shuffle_proof import Shuffling, Statement, prove
from tinkuy.ballot.shuffle_proof import verify as verify_proof

FINGERPRINT = "a fingerprint"
GROUPS = ("Ed25519", "RFC-3526-2048")
Sampled = Callable[[Any, int], Any]


def encrypted(group: Group, count: int, key: int = 5) -> list[Pair]:
    """Ciphertexts of g^0, g^1 … under the key g^key."""
    return [Pair(group.base(n + 9), group.base(key * (n + 9) + n)) for n in range(count)]


def decrypted(group: Group, rows: list[list[Pair]], key: int = 5) -> list[list[str]]:
    return [sorted(group.write(group.divide(beta, group.power(alpha, key))) for alpha, beta in row) for row in rows]


@pytest.mark.parametrize("name", ["small-stv-6", "ed25519-stv-30"])
def test_every_shuffle_of_the_finished_elections_verifies_in_its_turn_and_in_no_other(
    shared_data: Path, name: str
) -> None:
    election = finished(shared_data, name)
    group, rows = election.group, election.encrypted_tally
    key = group.read(election.election["public_key"])
    (_, first), (_, second) = election.owned("Shuffle")
    between = shuffle.verify(group, election.fingerprint, key, rows, first)
    assert shuffle.verify(group, election.fingerprint, key, between, second) == election.opened_tally
    for before, given_shuffle, fingerprint, y in (
        (rows, second, election.fingerprint, key),
        (between, first, election.fingerprint, key),
        (rows, first, election.fingerprint[::-1], key),
        (rows, first, election.fingerprint, group.generator),
        ([rows[0][:-1]], first, election.fingerprint, key),
        ([rows[0][::-1]], first, election.fingerprint, key),
        ([rows[0], rows[0]], first, election.fingerprint, key),
    ):
        with pytest.raises(BallotError, match=r"shuffle|not of"):
            shuffle.verify(group, fingerprint, y, before, given_shuffle)


@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("counts", [(0,), (1,), (2,), (3, 17)])
def test_a_shuffle_holds_the_same_votes_and_verifies(name: str, counts: tuple[int, ...]) -> None:
    group = by_name(name)
    rows = [encrypted(group, count) for count in counts]
    data = shuffle.make(group, FINGERPRINT, group.base(5), rows, seeded(1))
    after = shuffle.verify(group, FINGERPRINT, group.base(5), rows, data)
    assert decrypted(group, after) == decrypted(group, rows)
    assert all(pair not in row for row, new in zip(rows, after, strict=True) for pair in new)


def test_the_same_source_shuffles_alike_and_another_does_not() -> None:
    group = by_name("Ed25519")
    rows = [encrypted(group, 12)]
    made = [shuffle.make(group, FINGERPRINT, group.base(5), rows, seeded(seed)) for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


@pytest.mark.sweep
@pytest.mark.parametrize("name", ["ed25519-stv-30", "small-stv-6"])
def test_any_number_changed_in_a_shuffle_is_refused(shared_data: Path, name: str, sampled: Sampled) -> None:
    election = finished(shared_data, name)
    group, rows = election.group, election.encrypted_tally
    key, data = group.read(election.election["public_key"]), election.owned("Shuffle")[0][1]
    paths = list(leaves(json.loads(data)))
    for path in sampled(paths, 40 if name.startswith("ed") else 20):
        with pytest.raises(BallotError, match="Ranked question 1: "):
            shuffle.verify(group, election.fingerprint, key, rows, damaged(data, path, _next(group)))


def _next(group: Group) -> Callable[[str], str]:
    """The next element, which is in the group, or the next exponent: nothing that its form would give away."""

    def change(text: str) -> str:
        try:
            return group.write(group.multiply(group.read(text), group.generator))
        except BallotError:
            return str((int(text) + 1) % group.order)

    return change


def test_a_refused_shuffle_says_which_equation_does_not_hold() -> None:
    group = by_name("Ed25519")
    rows = [encrypted(group, 4)]
    data = shuffle.make(group, FINGERPRINT, group.base(5), rows, seeded(1))

    def refusal(*path: int) -> str:
        changed = damaged(data, ("proofs", 0, 1, *path), lambda text: str(int(text) - 1))
        with pytest.raises(BallotError) as refused:
            shuffle.verify(group, FINGERPRINT, group.base(5), rows, changed)
        return str(refused.value)

    for path, equation in (((0,), "t1"), ((1,), "t2"), ((2,), "t3"), ((3,), "t4,1"), ((4, 2), "t̂"), ((5, 0), "t3")):
        assert refusal(*path) == f"Ranked question 1: The proof of the shuffle does not hold (equation {equation})."


@pytest.mark.parametrize("name", GROUPS)
def test_who_changes_a_vote_while_shuffling_cannot_prove_it(name: str) -> None:
    """A prover who keeps to the algorithm but replaces, doubles or weighs a ciphertext gets a proof that fails."""
    group, y = by_name(name), by_name(name).base(5)
    before, psi, r = encrypted(group, 4), [2, 0, 3, 1], [11, 12, 13, 14]
    again = [
        Pair(group.multiply(pair.alpha, group.base(each)), group.multiply(pair.beta, group.power(y, each)))
        for pair, each in zip(before, r, strict=True)
    ]
    honest = [again[origin] for origin in psi]
    verify_proof(group, *_proven(group, Statement(FINGERPRINT, y, before, honest), psi, r))
    replaced = [Pair(group.base(3), group.base(15 + 1)), *honest[1:]]
    doubled = [honest[1], *honest[1:]]
    moved = [
        Pair(honest[0].alpha, group.multiply(honest[0].beta, group.generator)),
        Pair(honest[1].alpha, group.divide(honest[1].beta, group.generator)),
        *honest[2:],
    ]
    for after in (replaced, doubled, moved, honest[::-1]):
        with pytest.raises(BallotError, match="does not hold"):
            verify_proof(group, *_proven(group, Statement(FINGERPRINT, y, before, after), psi, r))
    with pytest.raises(BallotError, match="does not hold"):
        verify_proof(group, *_proven(group, Statement(FINGERPRINT, y, before, doubled), [0, 0, 3, 1], r))


def _proven(group: Group, statement: Statement, psi: list[int], r: list[int]) -> tuple[Statement, Any]:
    return statement, prove(group, statement, Shuffling(psi, r), seeded(3))


def test_a_change_in_two_links_that_cancels_out_is_still_refused() -> None:
    """The links of the chain are checked in one product: weights keep two errors from hiding one another."""
    group = by_name("Ed25519")
    rows = [encrypted(group, 4)]
    data = shuffle.make(group, FINGERPRINT, group.base(5), rows, seeded(1))
    up = damaged(data, ("proofs", 0, 1, 4, 1), lambda text: str(int(text) + 1))
    both = damaged(up, ("proofs", 0, 1, 4, 2), lambda text: str(int(text) - 1))
    with pytest.raises(BallotError, match="equation t̂"):
        shuffle.verify(group, FINGERPRINT, group.base(5), rows, both)


def test_a_shuffle_is_of_as_many_questions_and_numbers_as_there_are() -> None:
    group = by_name("Ed25519")
    rows = [encrypted(group, 3), encrypted(group, 2)]
    data = shuffle.make(group, FINGERPRINT, group.base(5), rows, seeded(1))
    value = json.loads(data)
    for name in ("ciphertexts", "proofs"):
        with pytest.raises(BallotError, match="not of 2 ranked questions"):
            shuffle.verify(group, FINGERPRINT, group.base(5), rows, _dumped({**value, name: value[name][:1]}))
    for at, inner in ((0, 4), (1, 4), (1, 5), (2, None), (3, None)):
        proof = json.loads(data)["proofs"][0]
        (proof[at] if inner is None else proof[at][inner]).pop()
        shorter = _dumped({**value, "proofs": [proof, value["proofs"][1]]})
        with pytest.raises(BallotError, match="The proof is not of 3 ciphertexts"):
            shuffle.verify(group, FINGERPRINT, group.base(5), rows, shorter)
    with pytest.raises(BallotError, match=r"The shuffle is malformed|not written as"):
        shuffle.verify(group, FINGERPRINT, group.base(5), rows, data + b"\n")


def _dumped(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def test_only_the_rows_of_ranked_questions_are_shuffled_and_return_to_their_places() -> None:
    homomorphic = Question(answers=("A",), min=0, max=1, question="?")
    ranked = RankedQuestion("NonHomomorphic", Ranking(("A", "B"), "?"))
    group = by_name("Ed25519")
    tally = [encrypted(group, n) for n in (1, 2, 3, 4)]
    questions = [ranked, homomorphic, ranked, homomorphic]
    rows = shuffle.ranked_rows(questions, tally)
    assert rows == [tally[0], tally[2]]
    assert shuffle.merged(questions, tally, [row[::-1] for row in rows]) == [
        tally[0][::-1],
        tally[1],
        tally[2][::-1],
        tally[3],
    ]


def test_every_permutation_is_as_likely_as_another() -> None:
    source, counts = seeded(7), dict.fromkeys(permutations(range(4)), 0)
    for _ in range(24 * 200):
        counts[tuple(random_permutation(4, source))] += 1
    assert 140 < min(counts.values()) <= max(counts.values()) < 260


def test_generators_come_out_of_hashes_and_are_in_the_group() -> None:
    field = by_name("RFC-3526-2048")
    first, each = generators(field, 2)
    assert first == gmpy2.powmod(int(sha256(b"ggen|-1").hexdigest(), 16), 2, field.modulus)  # type: ignore[attr-defined]
    curve = by_name("Ed25519")
    for group, found in ((field, (first, *each)), (curve, (generators(curve, 20).first, *generators(curve, 20).each))):
        assert [group.read(group.write(one)) for one in found] == list(found)
        assert len({group.one, group.generator, *found}) == len(found) + 2
    with pytest.raises(BallotError, match="At most 100,000 ballots"):
        generators(curve, 100_001)


@settings(max_examples=20)
@given(
    st.sampled_from(["RFC-3526-2048", "BELENIOS-2048", "Ed25519"]),
    st.lists(st.tuples(st.integers(0, 50), st.integers(-(2**260), 2**260)), max_size=40),
)
def test_a_product_of_powers_is_what_one_power_after_another_gives(name: str, factors: list[tuple[int, int]]) -> None:
    group = by_name(name)
    expected = group.base(sum(a * b for a, b in factors) % group.order)
    assert product_of_powers(group, [group.base(a) for a, _ in factors], [b for _, b in factors]) == expected


def test_a_product_of_many_powers_takes_wider_windows_and_gives_the_same() -> None:
    group = by_name("RFC-3526-2048")
    elements, exponents = [group.base(n) for n in range(500)], [n**30 for n in range(500)]
    assert product_of_powers(group, elements, exponents) == group.base(sum(n**31 for n in range(500)))
