"""The trustees of an election (escrutadoras): who must decrypt, and the election's key that they make together.

Guarantees that the key of an election is the product of keys that somebody proved to know, so that no result can be
opened without each mandatory trustee and without the threshold of each group. Trustees are numbered from 1 in the order
of the file, group members one by one; an archive names them by that number.

Source: Belenios specification 2.0, 3.1.1 and 4.7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from tinkuy.ballot.encoding import dumps, read
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group
from tinkuy.ballot.trustee_key import PublicKey, verified
from tinkuy.ballot.trustee_threshold import MAX_TRUSTEES, Parameters, Part, trustee, verify
from tinkuy.words import Said, say

MAX_TRUSTEES_FILE = 2**24  # a hundred trustees with threshold a hundred in a field of 2048 bits take 7 MB


class Single(msgspec.Struct, frozen=True, array_like=True, tag="Single"):
    """A mandatory trustee."""

    key: PublicKey


class Pedersen(msgspec.Struct, frozen=True, array_like=True, tag="Pedersen"):
    """Trustees of whom a threshold is needed."""

    parameters: Parameters


Item: TypeAlias = Single | Pedersen


@dataclass(frozen=True, slots=True)
class Trustees:
    """Trustees whose every proof was checked, in their parts; made by `verify_setup`."""

    group: Group
    parts: tuple[Part, ...]

    @property
    def election_key(self) -> Element:
        """y, under which votes are encrypted."""
        return self.group.product(part.key for part in self.parts)

    @property
    def keys(self) -> tuple[Element, ...]:
        """X of each trustee; trustee number n is at n - 1."""
        return tuple(key for part in self.parts for key in part.keys)

    def who(self, number: int) -> Said:
        """Trustee `number` as sentences name her."""
        names = [name for part in self.parts for name in part.names]
        return trustee(number, names[number - 1] if 1 <= number <= len(names) else None)

    def key(self, number: int) -> Element:
        """X of trustee `number`; raises `BallotError` if there is no such trustee."""
        keys = self.keys
        if not 1 <= number <= len(keys):
            raise BallotError(
                say("There is no trustee {number}: the election has {count}.", number=str(number), count=len(keys))
            )
        return keys[number - 1]


def write_trustees(items: Sequence[Item]) -> bytes:
    """The trustees' file of an election, `trustees.json`."""
    return dumps(items)


def verify_setup(group: Group, data: bytes) -> Trustees:
    """The trustees in `trustees.json`, every proof and signature checked.

    Raises `BallotError` naming the trustee and the check that fails. That the election's key is theirs is for the
    caller to compare: `Trustees.election_key`.
    """
    items = read(data, tuple[Item, ...], say("The trustees' file"), MAX_TRUSTEES_FILE)
    if not items:
        raise BallotError(say("An election without trustees has no key."))
    parts: list[Part] = []
    first = 1
    for item in items:
        parts.append(_part(group, item, first))
        first += len(parts[-1].keys)
        if first > MAX_TRUSTEES + 1:
            raise BallotError(say("An election has at most {limit} trustees.", limit=MAX_TRUSTEES))
    trustees = Trustees(group, tuple(parts))
    _check_distinct(trustees)
    return trustees


def _part(group: Group, item: Item, first: int) -> Part:
    if isinstance(item, Pedersen):
        return verify(group, item.parameters, first)
    key = verified(group, item.key, trustee(first, item.key.name))
    return Part(1, (key,), (item.key.name,), key)


def _check_distinct(trustees: Trustees) -> None:
    """One trustee in two parts would count for two. Within a group of threshold 1 all have the same key."""
    owners: dict[Element, int] = {}
    first = 1
    for part in trustees.parts:
        for key in set(part.keys):
            if key in owners:
                raise BallotError(
                    say(
                        "{who}: the public key is that of {other}.",
                        who=trustees.who(first),
                        other=trustees.who(owners[key]),
                    )
                )
        owners |= dict.fromkeys(part.keys, first)
        first += len(part.keys)
