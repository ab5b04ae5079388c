"""What the tests of trustees and shuffles read in the finished elections: events by kind, and their secrets."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from random import Random
from typing import Any

from tinkuy.ballot import elgamal
from tinkuy.ballot.archive import events
from tinkuy.ballot.encoding import sha256_b64
from tinkuy.ballot.group import Group, by_name

ARCHIVES = (
    *("base-8", "blank-100", "small-blank-6", "small-stv-6", "small-two-single-5", "small-weights-6"),
    *("threshold30fmt-2of3-12", "weights-100"),
    *("ed25519-base-8", "ed25519-blank-100", "ed25519-stv-30", "ed25519-threshold-2of3-100"),
)


def seeded(seed: int) -> Callable[[int], bytes]:
    """A source of bytes that repeats, so that a failure does."""
    return Random(seed).randbytes


@dataclass(frozen=True)
class Finished:
    """A finished election: the bytes of its archive and what `private.json` keeps of it."""

    data: bytes
    private: dict[str, Any]

    @cached_property
    def setup(self) -> tuple[bytes, bytes]:
        first = next(events(self.data))
        names = json.loads(first.payload(self.data))
        return first.named(self.data, names["election"]), first.named(self.data, names["trustees"])

    @property
    def election(self) -> dict[str, Any]:
        return json.loads(self.setup[0])

    @property
    def trustees(self) -> bytes:
        return self.setup[1]

    @property
    def fingerprint(self) -> str:
        return sha256_b64(self.setup[0])

    @property
    def group(self) -> Group:
        return by_name(self.election["group"])

    def of(self, kind: str) -> Iterator[bytes]:
        """The payloads of the events of a kind, in order."""
        return (event.payload(self.data) for event in events(self.data) if event.fields.type == kind)

    def owned(self, kind: str) -> list[tuple[int, bytes]]:
        """Who gave each shuffle or partial decryption, and its bytes."""
        found = []
        for event in events(self.data):
            if event.fields.type == kind:
                owned = json.loads(event.payload(self.data))
                found.append((owned["owner"], event.named(self.data, owned["payload"])))
        return found

    @property
    def encrypted_tally(self) -> list[list[elgamal.Pair]]:
        event = next(event for event in events(self.data) if event.fields.type == "EncryptedTally")
        sized = json.loads(event.payload(self.data))
        return pairs(self.group, json.loads(event.named(self.data, sized["encrypted_tally"])))

    @property
    def opened_tally(self) -> list[list[elgamal.Pair]]:
        """What trustees decrypt: the encrypted tally, or the last shuffle where all questions are ranked."""
        shuffles = self.owned("Shuffle")
        return pairs(self.group, json.loads(shuffles[-1][1])["ciphertexts"]) if shuffles else self.encrypted_tally

    @property
    def result(self) -> list[Any]:
        return json.loads(next(self.of("Result")))["result"]


def pairs(group: Group, written: list[list[dict[str, str]]]) -> list[list[elgamal.Pair]]:
    return [[elgamal.read(group, elgamal.Ciphertext(**each)) for each in row] for row in written]


@cache
def finished(folder: Path, name: str) -> Finished:
    """The election of this name in `folder`."""
    private = json.loads((folder / "belenios/private.json").read_bytes())
    return Finished(lzma.decompress((folder / f"belenios/{name}.bel.xz").read_bytes()), private.get(name, {}))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every string and number in a JSON value."""
    if isinstance(value, dict | list):
        for at, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, at))
    else:
        yield path


def damaged(data: bytes, path: tuple[Any, ...], change: Callable[[Any], Any]) -> bytes:
    """The JSON in `data` with one leaf changed, written as it was."""
    value = json.loads(data)
    inner = value
    for at in path[:-1]:
        inner = inner[at]
    inner[path[-1]] = change(inner[path[-1]])
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
