"""What every voter is given: the questions, the group, the key, and the fingerprint that ties them together.

Guarantees that an election is known by its exact bytes: the fingerprint φ is of them, and they are never written again.

Source: Belenios specification 2.0, 4.10 and 4.15.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tinkuy.ballot import encoding, group, question
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Powers
from tinkuy.ballot.question import AnyQuestion, RankedQuestion
from tinkuy.words import say

VERSION = 1
MAX_ELECTION = 2**20
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_UUID = re.compile(f"[{BASE58}]{{14,64}}")


class Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`election.json` as it is written."""

    version: int
    description: str
    name: str
    group: str
    public_key: str
    questions: list[Any]
    uuid: str
    administrator: str | UnsetType = UNSET
    credential_authority: str | UnsetType = UNSET


@dataclass(frozen=True)
class Election:
    """An election as read: its group and key checked, its questions, its fingerprint φ."""

    data: bytes
    written: Written
    group: Group
    key: Element
    questions: tuple[AnyQuestion, ...]

    @property
    def uuid(self) -> str:
        """The election's name among all."""
        return self.written.uuid

    @property
    def name(self) -> str:
        """The election's name for people."""
        return self.written.name

    @cached_property
    def fingerprint(self) -> str:
        """φ: SHA-256 of the exact bytes, in base64 without padding."""
        return encoding.sha256_b64(self.data)

    @cached_property
    def key_power(self) -> Powers:
        """Powers of the election's key y."""
        return self.group.fixed(self.key)

    @property
    def ranked(self) -> bool:
        """Whether some question is ranked, so that ballots are shuffled and weights are all one."""
        return any(isinstance(each, RankedQuestion) for each in self.questions)


def read(data: bytes) -> Election:
    """The election in `data`. Raises `BallotError` naming what in it is malformed or cannot be."""
    what = say("The election")
    value = encoding.loads(data, what, MAX_ELECTION)
    written = encoding.convert(value, Written, what)
    if written.version != VERSION:
        raise BallotError(
            say("The election is of version {version}; version {ours} is read.", version=written.version, ours=VERSION)
        )
    if not _UUID.fullmatch(written.uuid):
        raise BallotError(say("The election's uuid is not 14 or more characters of base 58."))
    if not 1 <= len(written.questions) <= question.MAX_QUESTIONS:
        raise BallotError(say("The election has no question, or more than {limit}.", limit=question.MAX_QUESTIONS))
    chosen = group.by_name(written.group)
    questions = tuple(question.parse(value, number) for number, value in enumerate(written.questions, 1))
    return Election(data, written, chosen, chosen.read(written.public_key), questions)


def write(
    uuid: str, name: str, description: str, chosen: Group, key: Element, questions: Sequence[AnyQuestion]
) -> Election:
    """A new election, as `read` reads it."""
    data = encoding.dumps(
        Written(
            version=VERSION,
            description=description,
            name=name,
            group=chosen.name,
            public_key=chosen.write(key),
            questions=list(questions),
            uuid=uuid,
        )
    )
    return read(data)


def new_uuid(source: Callable[[int], bytes]) -> str:
    """A fresh uuid: 14 characters of base 58, 82 bits."""
    return letters(source, 14)


def letters(source: Callable[[int], bytes], count: int) -> str:
    """So many uniform characters of base 58 (to within 2^-128)."""
    value, text = int.from_bytes(source(count + 16)), ""
    for _ in range(count):
        value, digit = divmod(value, len(BASE58))
        text += BASE58[digit]
    return text
