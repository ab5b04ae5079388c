"""Letters between trustees: AES-256-CCM by NIST's vectors, and who can open and believe what (specification, 4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cryptography_vectors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ballot.trustee_data import damaged, finished, seeded
from tinkuy.ballot import pki, pki_ccm
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import by_name
from tinkuy.words import say

GROUP = by_name("Ed25519")
CCM = Path(cryptography_vectors.__file__).parent / "ciphers/AES/CCM"
LETTER = say("A letter")


class Vector(NamedTuple):
    key: bytes
    nonce: bytes
    sealed: bytes
    plain: bytes | None
    tag: int


def vectors(name: str) -> Iterator[Vector]:
    """NIST's vectors for decryption with no associated data, as letters have none."""
    lengths: dict[str, int] = {}
    fields: dict[str, str] = {}
    for line in (CCM / name).read_text().splitlines():
        lengths |= {length: int(value) for length, value in re.findall(r"(\w+) = (\d+)[,\]]", line) if line[0] == "["}
        if match := re.fullmatch(r"(\w+) = ?(\S*)", line):
            fields[match[1]] = match[2]
        elif not line and "CT" in fields:
            if lengths["Alen"] == 0:
                plain = fields.get("Payload") if fields["Result"].startswith("Pass") else None
                yield Vector(
                    bytes.fromhex(fields["Key"]),
                    bytes.fromhex(fields["Nonce"]),
                    bytes.fromhex(fields.pop("CT")),
                    None if plain is None else bytes.fromhex(plain)[: lengths["Plen"]],
                    lengths["Tlen"],
                )
            fields.pop("CT", None)


def test_nists_vectors_open_and_the_altered_ones_do_not() -> None:
    checked = list(vectors("DVPT256.rsp"))
    assert (len(checked), sum(vector.plain is None for vector in checked)) == (120, 80)
    for vector in checked:
        if vector.plain is None:
            with pytest.raises(BallotError, match="its seal does not hold"):
                pki_ccm.unseal(vector.key, vector.nonce, vector.sealed, vector.tag)
        else:
            assert pki_ccm.unseal(vector.key, vector.nonce, vector.sealed, vector.tag) == vector.plain
            assert pki_ccm.seal(vector.key, vector.nonce, vector.plain, vector.tag) == vector.sealed


@settings(max_examples=25)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0), st.integers(1, 255))
def test_what_is_sealed_opens_and_with_any_byte_altered_does_not(
    key: bytes, plain: bytes, place: int, flip: int
) -> None:
    sealed = bytearray(pki_ccm.seal(key, key, plain))
    assert pki_ccm.unseal(key, key, bytes(sealed)) == plain
    sealed[place % len(sealed)] ^= flip
    with pytest.raises(BallotError):
        pki_ccm.unseal(key, key, bytes(sealed))


def test_a_letter_of_64_kilobytes_counts_a_byte_less_of_its_nonce() -> None:
    nonce = bytes(range(32))
    assert pki_ccm._counted(nonce, 2**16 - 1) == nonce[:13]
    assert pki_ccm._counted(nonce, 2**16) == nonce[:12]


@pytest.mark.parametrize("size", [0, 7])
def test_a_text_shorter_than_its_seal_is_refused(size: int) -> None:
    with pytest.raises(BallotError):
        pki_ccm.unseal(bytes(32), bytes(32), bytes(size))


def test_a_letter_too_large_is_refused() -> None:
    with pytest.raises(BallotError, match="at most 1,048,576 bytes"):
        pki_ccm.seal(bytes(32), bytes(32), bytes(2**20 + 1))
    with pytest.raises(BallotError, match="at most"):
        pki_ccm.unseal(bytes(32), bytes(32), bytes(2**20 + 9))


def test_seeds_are_22_characters_none_likelier_than_another() -> None:
    source = seeded(5)
    counts: dict[str, int] = {}
    for _ in range(1000):
        seed = pki.new_seed(source)
        assert len(seed) == 22
        for character in seed:
            counts[character] = counts.get(character, 0) + 1
    assert len(counts) == 58
    assert max(counts.values()) < 1.4 * min(counts.values())


@pytest.mark.parametrize("seed", ["", "short", "HHc3dWFy5YULwTrnRkD8R0", "HHc3dWFy5YULwTrnRkD8Ri\n"])
def test_a_seed_copied_wrong_is_refused_and_not_quoted(seed: str) -> None:
    with pytest.raises(BallotError, match="copied wrong") as refused:
        pki.keys(GROUP, seed)
    assert not seed or seed not in str(refused.value)


def test_the_keys_of_an_archived_seed_are_those_of_its_certificate(shared_data: Path) -> None:
    election = finished(shared_data, "ed25519-threshold-2of3-100")
    kept = election.private["threshold_keys"]
    for file in kept:
        if file.endswith(".key"):
            keys = pki.keys(election.group, kept[file])
            assert election.group.write(keys.verification).encode() in election.trustees
            assert election.group.write(keys.encryption).encode() in election.trustees


def test_keys_do_not_show_their_secret_half() -> None:
    keys = pki.keys(GROUP, "HHc3dWFy5YULwTrnRkD8Ri")
    assert str(keys.signing) not in repr(keys)
    assert str(keys.decryption) not in repr(keys)


def test_a_letter_is_opened_by_its_reader_and_believed_of_its_writer_alone() -> None:
    ana, bruno, carla = (pki.keys(GROUP, pki.new_seed(seeded(n))) for n in range(3))
    letter = pki.send(GROUP, ana, bruno.encryption, '{"secret":"é"}'.encode(), seeded(9))
    assert pki.receive(GROUP, bruno, ana.verification, letter, LETTER) == '{"secret":"é"}'.encode()
    with pytest.raises(BallotError, match="A letter: The letter was altered, or is for another trustee"):
        pki.receive(GROUP, carla, ana.verification, letter, LETTER)
    with pytest.raises(BallotError, match="A letter: the signature is not that of its sender"):
        pki.receive(GROUP, bruno, carla.verification, letter, LETTER)


def test_a_letter_cannot_be_passed_on_to_somebody_else() -> None:
    """Bruno opens what Ana signed for him and encrypts it for Carla: she sees that it was written to another."""
    ana, bruno, carla = (pki.keys(GROUP, pki.new_seed(seeded(n))) for n in range(3))
    letter = pki.send(GROUP, ana, bruno.encryption, b"{}", seeded(9))
    opened = pki._decrypted(GROUP, bruno.decryption, letter, LETTER)
    passed_on = pki._encrypted(GROUP, carla.encryption, opened, seeded(10))
    with pytest.raises(BallotError, match="it was written to another trustee"):
        pki.receive(GROUP, carla, ana.verification, passed_on, LETTER)


@pytest.mark.parametrize("field", ["alpha", "beta", "data"])
def test_a_letter_altered_anywhere_is_refused(field: str) -> None:
    ana, bruno = (pki.keys(GROUP, pki.new_seed(seeded(n))) for n in range(2))
    letter = pki.send(GROUP, ana, bruno.encryption, b"{}", seeded(9)).encode()
    for change in (
        lambda text: ("1" if text[0] == "0" else "0") + text[1:],
        lambda text: text[:-1] + ("1" if text[-1] == "0" else "0"),
        lambda text: text[:-2],
        lambda text: text + " ",
        lambda text: "zz" + text[2:],
        str.upper,
    ):
        altered = damaged(letter, (field,), change).decode()
        with pytest.raises(BallotError, match="A letter"):
            pki.receive(GROUP, bruno, ana.verification, altered, LETTER)
