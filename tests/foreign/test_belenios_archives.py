"""Archives made by the real belenios-tool: what it accepts we accept, and what it says of them we say."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from tests.ballot.taken_apart import bound, taken_apart
from tests.foreign import belenios
from tinkuy.ballot import archive, credential, election, group, verify


@pytest.fixture
def kept(shared_data: Path) -> Path:
    return shared_data / "belenios"


@pytest.mark.parametrize("name", ["base-8", "small-blank-6", "small-two-single-5", "small-weights-6"])
def test_what_it_made_it_accepts_after_we_wrote_it_again(name: str, kept: Path, tmp_path: Path) -> None:
    belenios.needed()
    data = lzma.decompress((kept / f"{name}.bel.xz").read_bytes())
    again = bound(taken_apart(data), int(archive.header(data).timestamp))
    uuid = json.loads((kept / "manifest.json").read_text())[name]["uuid"]
    assert belenios.accepts(tmp_path, uuid, again)
    assert verify.verify(again).state == "sound"


@pytest.mark.parametrize("name", ["base-8", "weights-100", "ed25519-base-8", "ed25519-threshold-2of3-100"])
def test_private_credentials_give_the_public_ones_with_their_weights(name: str, kept: Path) -> None:
    """Known answers: 15 characters by version 2.0, 22 by version 3.0."""
    data = lzma.decompress((kept / f"{name}.bel.xz").read_bytes())
    setup = next(iter(archive.events(data)))
    named = json.loads(setup.payload(data))
    at_hand = election.read(setup.named(data, named["election"]))
    listed = credential.read_public(setup.named(data, named["credentials"]))
    secrets = json.loads((kept / "private.json").read_text())[name]["private_credentials"]
    chosen = group.by_name(at_hand.group.name)
    for voter, text in secrets.items():
        public = chosen.write(credential.parse(text).public(chosen, at_hand.uuid))
        fields = voter.split(",")
        assert listed[public] == (int(fields[2]) if len(fields) == 3 else 1)
    again = {chosen.read(public): weight for public, weight in listed.items()}
    assert credential.write_public(chosen, again) == setup.named(data, named["credentials"])
