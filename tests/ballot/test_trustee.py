"""Trustees' keys, and their part in opening the tally (Belenios specification 2.0, 4.5, 4.7, 4.18, 4.19)."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.trustee_data import ARCHIVES, Finished, damaged, finished, leaves, seeded
from tinkuy.ballot.ed25519 import ORDER
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.encoding import dumps, hash_to_exponent
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Group, by_name
from tinkuy.ballot.pedersen import private_key
from tinkuy.ballot.trustee import Single, Trustees, verify_setup, write_trustees
from tinkuy.ballot.trustee_key import new_private, public, read_private, write_private
from tinkuy.ballot.trustee_share import combine, decrypt, lagrange, missing, verify_share

THRESHOLD = ("threshold30fmt-2of3-12", "ed25519-threshold-2of3-100")


def opened(election: Finished, trustees: Trustees, numbers: list[int]) -> list[list[str]]:
    """g^m for each ciphertext of the tally, by the archived shares of these trustees."""
    tally = election.opened_tally
    shares = [
        (number, verify_share(trustees, election.fingerprint, tally, number, data))
        for number, data in election.owned("PartialDecryption")
        if number in numbers
    ]
    factors = combine(trustees, shares)
    group = election.group
    return [
        [group.write(group.divide(pair.beta, factor)) for pair, factor in zip(row, given_row, strict=True)]
        for row, given_row in zip(tally, factors, strict=True)
    ]


@pytest.mark.parametrize("name", ARCHIVES)
def test_the_trustees_of_every_finished_election_verify_and_make_its_key(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    trustees = verify_setup(election.group, election.trustees)
    assert election.group.write(trustees.election_key) == election.election["public_key"]


@pytest.mark.parametrize("name", [name for name in ARCHIVES if "stv" not in name])
def test_the_shares_in_every_finished_election_verify_and_open_its_result(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    group = election.group
    trustees = verify_setup(group, election.trustees)
    numbers = [number for number, _ in election.owned("PartialDecryption")]
    expected = [[group.write(group.base(votes)) for votes in row] for row in election.result]
    assert opened(election, trustees, numbers) == expected


@pytest.mark.parametrize("name", ["base-8", *THRESHOLD, "ed25519-stv-30"])
def test_a_private_key_gives_the_factors_that_the_other_program_published(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    group = election.group
    trustees = verify_setup(group, election.trustees)
    kept = election.private["threshold_keys"]
    secrets = [read_private(group, text.encode()) for text in election.private["trustee_privkeys"].values()]
    secrets += [private_key(group, kept[file], kept[file[:-3] + "dkey"]) for file in kept if file.endswith(".key")]
    by_key = {group.base(x): x for x in secrets}
    archived = dict(election.owned("PartialDecryption"))
    assert set(by_key) == set(trustees.keys)
    for number, data in archived.items():
        made = decrypt(group, election.fingerprint, election.opened_tally, by_key[trustees.key(number)], seeded(number))
        assert json.loads(made)["decryption_factors"] == json.loads(data)["decryption_factors"]
        assert json.loads(made)["decryption_proofs"] != json.loads(data)["decryption_proofs"]
        verify_share(trustees, election.fingerprint, election.opened_tally, number, made)


@pytest.mark.parametrize("name", ["small-two-single-5", "ed25519-threshold-2of3-100"])
def test_any_number_changed_in_the_trustees_file_is_refused(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    group, data = election.group, election.trustees
    for path in leaves(json.loads(data)):
        with pytest.raises(BallotError):
            verify_setup(group, damaged(data, path, _changed))


def test_a_refusal_names_the_trustee_and_the_check(shared_data: Path) -> None:
    election = finished(shared_data, "ed25519-threshold-2of3-100")

    def refusal(*path: Any, change: Any = None) -> str:
        with pytest.raises(BallotError) as refused:
            verify_setup(election.group, damaged(election.trustees, (0, 1, *path), change or _changed))
        return str(refused.value)

    assert refusal("certs", 1, "signature", "response") == "Trustee 2: the certificate is not signed by its own key."
    assert "Trustee 3: the signature of the coefficients" in refusal("coefexps", 2, "signature", "challenge")
    assert "Trustee 1: the signature of the list of trustees" in refusal("signatures", 0, "response")
    assert "Trustee 2: the proof of knowledge" in refusal("verification_keys", 1, "pok", "response")
    assert "Trustee 2: the signature of the public key" in refusal("verification_keys", 1, "signature", "response")
    assert "Trustee 1: the certificate was made for another" in refusal("threshold", change=lambda t: t + 1)
    swapped = refusal("certs", change=lambda certs: [certs[1], certs[0], certs[2]])
    assert "Trustee 1: the certificate was made for another" in swapped
    key = json.loads(election.trustees)[0][1]["verification_keys"][0]
    assert "Trustee 2: the public key is not the one" in refusal("verification_keys", 1, change=lambda _: key)
    for field in ("verification_keys", "coefexps", "certs", "signatures"):
        assert "not every certificate" in refusal(field, change=lambda each: each[:2])
    assert "there may be 100" in refusal("threshold", change=lambda _: 4)


def test_a_trustee_who_appears_twice_is_refused() -> None:
    group = by_name("Ed25519")
    key = public(group, 7, seeded(1), "Rosa")
    with pytest.raises(BallotError, match=r"Trustee 2 \(Rosa\): the public key is that of Trustee 1 \(Rosa\)"):
        verify_setup(group, write_trustees([Single(key), Single(key)]))


def test_an_election_has_trustees_and_at_most_a_hundred() -> None:
    group = by_name("Ed25519")
    key = public(group, 7, seeded(1))
    with pytest.raises(BallotError, match="without trustees has no key"):
        verify_setup(group, write_trustees([]))
    with pytest.raises(BallotError, match="at most 100 trustees"):
        verify_setup(group, write_trustees([Single(key)] * 101))


def test_a_trustees_name_is_published_and_short() -> None:
    group = by_name("Ed25519")
    assert verify_setup(group, write_trustees([Single(public(group, 7, seeded(1), "ñ" * 200))]))
    with pytest.raises(BallotError, match="a name has at most 200 characters"):
        verify_setup(group, write_trustees([Single(public(group, 7, seeded(1), "ñ" * 201))]))


def test_a_key_made_against_another_trustees_key_has_no_proof() -> None:
    """Rogue key: X2 = g^x / X1 would leave the election's key to trustee 2 alone."""
    group = by_name("Ed25519")
    honest, x = public(group, 7, seeded(1)), 11
    own = public(group, x, seeded(2))
    rogue = group.write(group.divide(group.base(x), group.read(honest.public_key)))
    stolen = type(own)(pok=own.pok, public_key=rogue)
    with pytest.raises(BallotError, match="Trustee 2: the proof of knowledge"):
        verify_setup(group, write_trustees([Single(honest), Single(stolen)]))


def test_the_identity_is_no_ones_key() -> None:
    group = by_name("Ed25519")
    with pytest.raises(BallotError, match="which hides nothing"):
        verify_setup(group, write_trustees([Single(public(group, 0, seeded(1)))]))


@pytest.mark.parametrize("name", ["small-two-single-5", "ed25519-threshold-2of3-100"])
def test_any_number_changed_in_a_share_is_refused_by_trustee_and_ciphertext(shared_data: Path, name: str) -> None:
    election = finished(shared_data, name)
    trustees, tally = verify_setup(election.group, election.trustees), election.opened_tally
    number, data = election.owned("PartialDecryption")[-1]
    for path in leaves(json.loads(data)):
        with pytest.raises(BallotError, match=rf"Trustee {number}, question 1, ciphertext {path[2] + 1}: "):
            verify_share(trustees, election.fingerprint, tally, number, damaged(data, path, _changed))


def test_a_share_is_of_one_trustee_one_tally_and_one_election(shared_data: Path) -> None:
    election = finished(shared_data, "ed25519-threshold-2of3-100")
    trustees, tally = verify_setup(election.group, election.trustees), election.opened_tally
    number, data = election.owned("PartialDecryption")[0]
    other = next(each for each in (1, 2, 3) if each != number)
    for case in (
        (election.fingerprint, tally, other),
        (election.fingerprint[::-1], tally, number),
        (election.fingerprint, [tally[0][::-1]], number),
        (election.fingerprint, [*tally, tally[0]], number),
        (election.fingerprint, tally, 4),
        (election.fingerprint, tally, 0),
    ):
        with pytest.raises(BallotError):
            verify_share(trustees, *case, data)


def test_version_1_lets_a_trustee_prove_a_false_factor_and_it_opens_no_figure() -> None:
    """The challenge hashes A and B, not the factor: B may be chosen first, and the factor be made to agree with it."""
    group, x, w = by_name("Ed25519"), 77, 12345
    trustees = verify_setup(group, write_trustees([Single(public(group, x, seeded(1)))]))
    pair = Pair(group.base(5), group.multiply(group.power(group.base(x), 5), group.base(3)))
    false = group.multiply(group.power(pair.alpha, w), group.generator)
    prefix = f"decrypt|φ|{group.write(group.base(x))}|"
    challenge = hash_to_exponent(group, prefix, (group.write(group.base(w)), group.write(false)))
    response = (w - x * challenge) % group.order
    rest = group.divide(false, group.power(pair.alpha, response))
    factor = group.power(rest, pow(challenge, -1, group.order))
    share = {
        "decryption_factors": [[group.write(factor)]],
        "decryption_proofs": [[{"challenge": str(challenge), "response": str(response)}]],
    }
    assert verify_share(trustees, "φ", [[pair]], 1, dumps(share)) == ((factor,),)
    assert factor != group.power(pair.alpha, x)
    opened = group.divide(pair.beta, factor)
    assert opened not in {group.base(votes) for votes in range(1000)}


def test_a_trustee_gives_one_share_and_the_tally_waits_for_those_missing(shared_data: Path) -> None:
    election = finished(shared_data, "ed25519-threshold-2of3-100")
    trustees = verify_setup(election.group, election.trustees)
    number, data = election.owned("PartialDecryption")[0]
    share = (number, verify_share(trustees, election.fingerprint, election.opened_tally, number, data))
    assert [str(each) for each in missing(trustees, {number: share})] == ["1 more of trustees 1 to 3"]
    with pytest.raises(BallotError, match=r"Missing: 1 more of trustees 1 to 3\.$"):
        combine(trustees, [share])
    with pytest.raises(BallotError, match=f"Trustee {number} gave two partial decryptions"):
        combine(trustees, [share, share])
    two = finished(shared_data, "small-two-single-5")
    assert [str(each) for each in missing(verify_setup(two.group, two.trustees), {1: b""})] == ["Trustee 2"]


@pytest.mark.parametrize("name", ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"])
def test_a_private_key_is_read_from_the_file_that_it_was_written_to(name: str) -> None:
    group: Group = by_name(name)
    x = new_private(group, seeded(3))
    assert read_private(group, write_private(x)) == x


@pytest.mark.parametrize("text", ['"{x}1"', "{x}", '"0{x}"', '["{x}"]', '"{x}', '"0"', '""', '"' + "9" * 3000 + '"'])
def test_a_private_keys_file_that_is_not_one_is_refused_without_being_quoted(text: str) -> None:
    x = str(ORDER - 5)
    with pytest.raises(BallotError) as refused:
        read_private(by_name("Ed25519"), text.replace("{x}", x).encode())
    assert x[:20] not in str(refused.value)
    assert x[:20] not in repr(refused.value.__context__)


@settings(max_examples=50)
@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.randoms(use_true_random=False))
def test_any_threshold_of_trustees_gives_the_same_secret(shape: tuple[int, int], random: Random) -> None:
    threshold, size = shape
    polynomial = [random.randrange(ORDER) for _ in range(threshold)]
    chosen = random.sample(range(1, size + 1), threshold)
    values = {j: sum(a * j**k for k, a in enumerate(polynomial)) for j in chosen}
    assert sum(lagrange(chosen, j, ORDER) * values[j] for j in chosen) % ORDER == polynomial[0]


def _changed(leaf: Any) -> Any:
    """Another number of the same length: its last digit goes up by one. A word gets a letter more."""
    if isinstance(leaf, int):
        return leaf + 1
    digits = "0123456789abcdef" if len(leaf) == 64 else "0123456789"
    for place in range(len(leaf) - 1, -1, -1):
        if leaf[place] in digits:
            return leaf[:place] + digits[(digits.index(leaf[place]) + 1) % len(digits)] + leaf[place + 1 :]
    return leaf + "x"
