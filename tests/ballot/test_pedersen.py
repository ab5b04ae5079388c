"""The ceremony of keys: trustees of whom a threshold decrypts (Belenios specification 2.0, 3.1.1 and 4.6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.ballot.trustee_data import damaged, leaves, seeded
from tinkuy.ballot import pki
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.encoding import dumps
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import by_name
from tinkuy.ballot.pedersen import Ceremony, accept, certificate, conclude, deal, gather, private_key, route
from tinkuy.ballot.trustee import Pedersen, Single, Trustees, verify_setup, write_trustees
from tinkuy.ballot.trustee_key import public
from tinkuy.ballot.trustee_share import combine, decrypt, verify_share
from tinkuy.ballot.trustee_threshold import CertificateKeys, Context, Parameters

FINGERPRINT = "a fingerprint"


class Held(NamedTuple):
    """A ceremony that was held, with every file that went from hand to hand."""

    ceremony: Ceremony
    seeds: list[str]
    polynomials: list[bytes]
    vinputs: list[bytes]
    voutputs: list[bytes]
    parameters: Parameters
    letters: list[str]

    @property
    def trustees(self) -> Trustees:
        return verify_setup(self.ceremony.group, write_trustees([Pedersen(self.parameters)]))


def hold(threshold: int, size: int, name: str = "Ed25519", version: str = "3.0", seed: int = 0) -> Held:
    group, source = by_name(name), seeded(seed)
    contexts = [Context(name, size, threshold, index + 1) if version == "3.0" else None for index in range(size)]
    seeds, certs = zip(*(certificate(group, of, source) for of in contexts), strict=True)
    ceremony = gather(group, certs, threshold)
    polynomials = [deal(ceremony, own, source) for own in seeds]
    vinputs = route(ceremony, polynomials)
    voutputs = [accept(ceremony, own, vinput, source) for own, vinput in zip(seeds, vinputs, strict=True)]
    parameters, letters = conclude(ceremony, polynomials, voutputs)
    return Held(ceremony, list(seeds), polynomials, vinputs, voutputs, parameters, letters)


@pytest.fixture(scope="module")
def held() -> Held:
    return hold(2, 3)


def opens(trustees: Trustees, secrets: dict[int, int]) -> bool:
    """Whether these trustees (number and private key) open a vote encrypted for all."""
    group = trustees.group
    pair = Pair(group.base(5), group.multiply(group.power(trustees.election_key, 5), group.base(42)))
    tally = [[pair]]
    shares = [
        (number, verify_share(trustees, FINGERPRINT, tally, number, decrypt(group, FINGERPRINT, tally, x, seeded(1))))
        for number, x in secrets.items()
    ]
    ((factor,),) = combine(trustees, shares)
    return bool(group.divide(pair.beta, factor) == group.base(42))


@settings(max_examples=6, phases=[Phase.generate])  # each example is a whole ceremony: shrinking one takes minutes
@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.integers(0, 2**32))
def test_any_threshold_of_trustees_opens_and_one_fewer_does_not(shape: tuple[int, int], seed: int) -> None:
    threshold, size = shape
    held = hold(threshold, size, seed=seed)
    trustees = held.trustees
    keys = {
        number: private_key(held.ceremony.group, held.seeds[number - 1], held.letters[number - 1])
        for number in range(1, size + 1)
    }
    for chosen in combinations(keys, threshold):
        assert opens(trustees, {number: keys[number] for number in chosen})
    for chosen in combinations(keys, threshold - 1):
        with pytest.raises(BallotError, match=r"1 more of trustees|Missing: Trustee 1"):
            opens(trustees, {number: keys[number] for number in chosen})


@pytest.mark.parametrize("name", ["BELENIOS-2048", "RFC-3526-2048"])
@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_a_ceremony_in_a_field_opens_in_either_form(name: str, version: str) -> None:
    held = hold(2, 2, name, version)
    assert (held.parameters.signatures is None) == (version == "2.0")
    assert (b'\\"context\\":' in dumps(held.parameters)) == (version == "3.0")
    secrets = map(private_key, [held.ceremony.group] * 2, held.seeds, held.letters)
    assert opens(held.trustees, dict(enumerate(secrets, start=1)))


def test_a_mandatory_trustee_and_a_group_decrypt_together_and_neither_alone(held: Held) -> None:
    group = held.ceremony.group
    items = [Single(public(group, 77, seeded(2), "Rosa")), Pedersen(held.parameters)]
    trustees = verify_setup(group, write_trustees(items))
    keys = [private_key(group, *each) for each in zip(held.seeds, held.letters, strict=True)]
    assert opens(trustees, {4: keys[2], 1: 77, 2: keys[0]})
    for chosen in ({1: 77, 3: keys[1]}, {2: keys[0], 3: keys[1], 4: keys[2]}):
        with pytest.raises(BallotError, match="Missing"):
            opens(trustees, chosen)


def test_no_private_key_stands_in_a_file(held: Held) -> None:
    files = b"".join((*held.polynomials, *held.vinputs, *held.voutputs, dumps(held.parameters)))
    for seed, letter in zip(held.seeds, held.letters, strict=True):
        assert seed.encode() not in files
        assert str(private_key(held.ceremony.group, seed, letter)).encode() not in files


def _altered(leaf: Any) -> Any:
    if isinstance(leaf, int):
        return leaf + 1
    middle = len(leaf) // 2
    while not leaf[middle].isdecimal():
        middle += 1
    return leaf[:middle] + str((int(leaf[middle]) + 1) % 10) + leaf[middle + 1 :]


def test_anything_altered_in_a_certificate_is_refused_by_trustee(held: Held) -> None:
    certs = [dumps(cert) for cert in held.ceremony.certs]
    for path in leaves(json.loads(certs[1])):
        with pytest.raises(BallotError, match="Trustee 2"):
            gather(held.ceremony.group, [certs[0], damaged(certs[1], path, _altered), certs[2]], 2)


def test_a_certificate_is_for_one_place_group_number_and_threshold(held: Held) -> None:
    group, certs = held.ceremony.group, [dumps(cert) for cert in held.ceremony.certs]
    for case, threshold, first in (
        ([certs[1], certs[0], certs[2]], 2, 1),
        (certs[:2], 2, 1),
        (certs, 3, 1),
        ([certs[0], certs[0], certs[2]], 2, 2),
    ):
        with pytest.raises(BallotError, match=f"Trustee {first}: the certificate was made for another"):
            gather(group, case, threshold)
    with pytest.raises(BallotError, match="for another"):
        gather(group, [certs[0], certs[1], certificate(group, None, seeded(3))[1]], 2)


def test_in_the_form_without_places_one_trustee_cannot_come_as_two() -> None:
    group = by_name("Ed25519")
    certs = [certificate(group, None, seeded(n))[1] for n in (1, 2, 1)]
    with pytest.raises(BallotError, match="Trustee 3: the keys are those of Trustee 1"):
        gather(group, certs, 2)


@pytest.mark.parametrize(("threshold", "size"), [(0, 1), (3, 2), (1, 101), (0, 0)])
def test_a_threshold_is_from_one_to_the_number_of_trustees(threshold: int, size: int) -> None:
    group = by_name("Ed25519")
    cert = certificate(group, None, seeded(1))[1]
    with pytest.raises(BallotError, match="threshold"):
        gather(group, [cert] * size, threshold)


def test_anything_altered_in_a_polynomial_is_refused_by_its_trustee_or_by_its_reader(held: Held) -> None:
    ceremony, found = held.ceremony, set()
    for path in leaves(json.loads(held.polynomials[0])):
        polynomials = [damaged(held.polynomials[0], path, _altered), *held.polynomials[1:]]
        with pytest.raises(BallotError, match="rustee 1"):
            _accept_all(ceremony, held.seeds, polynomials)
        found.add(path[0])
    assert found == {"polynomial", "secrets", "coefexps", "signature"}


def _accept_all(ceremony: Ceremony, seeds: list[str], polynomials: list[bytes]) -> None:
    for seed, vinput in zip(seeds, route(ceremony, polynomials), strict=True):
        accept(ceremony, seed, vinput, seeded(4))


def test_anything_altered_on_the_way_to_a_trustee_is_refused(held: Held) -> None:
    for path in leaves(json.loads(held.vinputs[1])):
        with pytest.raises(BallotError, match="rustee"):
            accept(held.ceremony, held.seeds[1], damaged(held.vinputs[1], path, _altered), seeded(4))


def test_a_dealer_who_gives_one_trustee_a_wrong_value_is_named(held: Held) -> None:
    ceremony = held.ceremony
    sender, reader = pki.keys(ceremony.group, held.seeds[0]), pki.keys(ceremony.group, held.seeds[1])
    false = pki.send(ceremony.group, sender, reader.encryption, b'{"secret":"5"}', seeded(6))
    polynomial = damaged(held.polynomials[0], ("secrets", 1), lambda _: false)
    vinputs = route(ceremony, [polynomial, *held.polynomials[1:]])
    accept(ceremony, held.seeds[2], vinputs[2], seeded(7))
    with pytest.raises(
        BallotError, match="Letter of trustee 1 to trustee 2: its value is not that of the coefficients"
    ):
        accept(ceremony, held.seeds[1], vinputs[1], seeded(7))


def test_a_letter_to_another_trustee_or_from_another_ceremony_is_refused(held: Held) -> None:
    other = hold(2, 3, seed=8)
    for secrets in (
        json.loads(held.vinputs[0])["secrets"],
        json.loads(other.vinputs[1])["secrets"],
        json.loads(held.vinputs[1])["secrets"][::-1],
        json.loads(held.vinputs[1])["secrets"][:2],
        json.loads(held.vinputs[1])["secrets"] * 2,
    ):
        vinput = damaged(held.vinputs[1], ("secrets",), lambda _, given=secrets: given)
        with pytest.raises(BallotError, match="trustee"):
            accept(held.ceremony, held.seeds[1], vinput, seeded(4))


@pytest.mark.parametrize("field", ["coefexps", "signatures"])
def test_a_trustee_is_given_the_coefficients_and_signatures_of_all(held: Held, field: str) -> None:
    for change in (lambda each: each[:2], lambda each: each * 2):
        vinput = damaged(held.vinputs[1], (field,), change)
        with pytest.raises(BallotError, match="Not every trustee gave her coefficients and signed the list"):
            accept(held.ceremony, held.seeds[1], vinput, seeded(4))


def test_a_polynomial_has_a_letter_for_each_trustee(held: Held) -> None:
    for change in (lambda each: each[:2], lambda each: each * 2):
        polynomial = damaged(held.polynomials[0], ("secrets",), change)
        with pytest.raises(BallotError, match=r"Trustee 1: [26] letters, and there are 3 trustees"):
            route(held.ceremony, [polynomial, *held.polynomials[1:]])


def test_a_trustee_refuses_coefficients_that_she_did_not_choose(held: Held) -> None:
    """Somebody with her signing key alone could give others a polynomial of which she has no value."""
    again = deal(held.ceremony, held.seeds[1], seeded(12))
    (_, vinput, _) = route(held.ceremony, [held.polynomials[0], again, held.polynomials[2]])
    kept = json.loads(held.polynomials[1])["polynomial"]
    with pytest.raises(BallotError, match="trustee 2 to herself: the coefficients published are not"):
        accept(held.ceremony, held.seeds[1], damaged(vinput, ("polynomial",), lambda _: kept), seeded(4))


def test_a_list_of_certificates_other_than_the_one_signed_is_refused(held: Held) -> None:
    """The organiser shows trustee 1 another certificate of trustee 3: both are sound, and the signatures tell."""
    group = held.ceremony.group
    cert = certificate(group, Context(group.name, 3, 2, 3), seeded(13))[1]
    shown = gather(group, [*(dumps(each) for each in held.ceremony.certs[:2]), cert], 2)
    with pytest.raises(BallotError, match="Trustee 1: the signature of the list of trustees"):
        accept(shown, held.seeds[0], held.vinputs[0], seeded(4))


def test_somebody_who_is_not_in_the_list_has_no_part_in_it(held: Held) -> None:
    stranger = pki.new_seed(seeded(14))
    for part in (
        lambda: deal(held.ceremony, stranger, seeded(4)),
        lambda: accept(held.ceremony, stranger, held.vinputs[0], seeded(4)),
    ):
        with pytest.raises(BallotError, match="is not in the list"):
            part()


def test_anything_altered_in_a_public_key_is_refused_by_its_trustee(held: Held) -> None:
    for path in leaves(json.loads(held.voutputs[2])):
        if path[0] == "public_key":
            voutputs = [*held.voutputs[:2], damaged(held.voutputs[2], path, _altered)]
            with pytest.raises(BallotError, match="Trustee 3"):
                conclude(held.ceremony, held.polynomials, voutputs)


def test_files_swapped_or_missing_are_refused(held: Held) -> None:
    ceremony, polynomials, voutputs = held.ceremony, held.polynomials, held.voutputs
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: route(ceremony, polynomials[::-1]), "Trustee 1: the signature of the coefficients"),
        (lambda: route(ceremony, polynomials[:2]), "2 trustees gave a polynomial, and there are 3"),
        (lambda: route(ceremony, [*polynomials, polynomials[0]]), "4 trustees gave a polynomial, and there are 3"),
        (lambda: conclude(ceremony, polynomials, voutputs[::-1]), "Trustee 1: the public key is not the one"),
        (lambda: conclude(ceremony, polynomials, voutputs[:2]), "2 trustees gave their key, and there are 3"),
        (lambda: conclude(ceremony, polynomials[:2], voutputs), "2 trustees gave a polynomial, and there are 3"),
        (lambda: accept(ceremony, held.seeds[0], held.vinputs[1], seeded(4)), "trustee 1 to herself: The letter"),
        (lambda: private_key(ceremony.group, held.seeds[0], held.letters[1]), "The letter with the private key: The"),
    ]
    for case, why in cases:
        with pytest.raises(BallotError, match=why):
            case()


def test_a_certificate_whose_key_is_one_is_refused() -> None:
    """Everybody can sign by the key 1, and read what is encrypted for it."""
    group, one = by_name("Ed25519"), by_name("Ed25519").write(by_name("Ed25519").one)
    for keys in ((one, group.write(group.base(3))), (group.write(group.base(3)), one)):
        message = dumps(CertificateKeys(verification=keys[0], encryption=keys[1]))
        cert = dumps(pki.signed(group, 0 if keys[0] == one else 3, message, seeded(1)))
        with pytest.raises(BallotError, match="Trustee 1: a key of the certificate is 1"):
            gather(group, [cert], 1)


def test_a_polynomial_has_as_many_coefficients_as_trustees_are_needed(held: Held) -> None:
    """One more, and the threshold would not be enough to decrypt; one fewer, and fewer would be."""
    for threshold in (1, 3):
        other = deal(replace(held.ceremony, threshold=threshold), held.seeds[0], seeded(3))
        with pytest.raises(BallotError, match=f"Trustee 1: {threshold} coefficients, and the threshold is 2"):
            route(held.ceremony, [other, *held.polynomials[1:]])


def test_signatures_are_all_there_in_version_3_and_none_in_version_2(held: Held) -> None:
    unsigned = json.loads(held.voutputs[0])
    del unsigned["public_key"]["signature"]
    with pytest.raises(BallotError, match="Trustee 1: the public key is signed in version 3"):
        conclude(held.ceremony, held.polynomials, [dumps(unsigned), *held.voutputs[1:]])
    older = hold(2, 2, version="2.0")
    signed = json.loads(older.voutputs[0])
    signed["public_key"]["signature"] = json.loads(held.voutputs[0])["public_key"]["signature"]
    with pytest.raises(BallotError, match="Trustee 1: the public key is signed in version 3"):
        conclude(older.ceremony, older.polynomials, [dumps(signed), older.voutputs[1]])
    silent = json.loads(held.polynomials[1])
    del silent["signature"]
    with pytest.raises(BallotError, match="Not every trustee gave her coefficients and signed the list"):
        route(held.ceremony, [held.polynomials[0], dumps(silent), held.polynomials[2]])
    stripped = msgspec.structs.replace(held.parameters, signatures=None)
    with pytest.raises(BallotError, match="Trustee 1: the certificate was made for another"):
        verify_setup(held.ceremony.group, write_trustees([Pedersen(stripped)]))


def test_what_a_trustee_reads_never_stands_in_a_refusal(held: Held) -> None:
    """A secret of the wrong kind, written to her by a trustee who plays false, is refused without being quoted."""
    ceremony = held.ceremony
    sender, reader = pki.keys(ceremony.group, held.seeds[0]), pki.keys(ceremony.group, held.seeds[1])
    for secret in (b'{"secret":"0123456789"}', b'{"secret":123456789}', b'{"secret":"123456789","x":1}', b"123456789"):
        false = pki.send(ceremony.group, sender, reader.encryption, secret, seeded(6))
        vinput = damaged(held.vinputs[1], ("secrets", 0), lambda _, given=false: given)
        with pytest.raises(BallotError, match="Letter of trustee 1 to trustee 2") as refused:
            accept(ceremony, held.seeds[1], vinput, seeded(7))
        assert "123456789" not in str(refused.value)
