"""Boxes of several bases under one key, and roll-ups of them, by the public functions alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.ballot.played import TIME, YES_NO, Played
from tests.ballot.test_pedersen import hold
from tinkuy.ballot import box, credential, election, group, pedersen, trustee, trustee_key
from tinkuy.ballot.group import Group
from tinkuy.ballot.question import AnyQuestion
from tinkuy.ballot.rollup import audit, plan, share
from tinkuy.ballot.rollup.plan import Plan
from tinkuy.ballot.rollup.tree import Place, Tree
from tinkuy.ballot.rollup.verdict import Verdict

Choices = Sequence[Sequence[Sequence[int]]]  # of each ballot, for each question its marks


@dataclass
class Region:
    """The trustees of a region, and the boxes of its bases, closed and added up, by identifier."""

    group: Group
    keys: tuple[int, ...]
    trustees: bytes
    questions: tuple[AnyQuestion, ...]
    bases: dict[str, Played] = field(default_factory=dict)
    archives: dict[str, bytes] = field(default_factory=dict)

    def base(self, choices: Choices, weights: Sequence[int] = (1,), voters: int | None = None) -> str:
        """A base whose voters vote as `choices`, one ballot each; more than `voters` are revotes. Its identifier."""
        played = self.open(len(choices) if voters is None else voters, weights)
        return self.take(played, [(number % len(played.cards), choice) for number, choice in enumerate(choices)])

    def take(self, played: Played, choices: Sequence[tuple[int, Sequence[Sequence[int]]]]) -> str:
        """A base opened before, with these ballots, each of a voter by her number. Its identifier."""
        self.bases[played.election.uuid] = played
        self.archives[played.election.uuid] = closed(played.with_ballots_of(choices))
        return played.election.uuid

    def open(self, voters: int, weights: Sequence[int] = (1,)) -> Played:
        uuid = election.new_uuid(os.urandom)
        key = trustee.verify_setup(self.group, self.trustees).election_key
        made = election.write(uuid, "Base", "", self.group, key, self.questions)
        cards = tuple(credential.generate(os.urandom) for _ in range(voters))
        public = {one.public(self.group, uuid): weights[at % len(weights)] for at, one in enumerate(cards)}
        listed = credential.write_public(self.group, public)
        return Played(self.group, made, box.opened(TIME, made, self.trustees, listed), cards, self.keys)

    def planned(self, tree: Tree, least: int) -> Plan:
        return plan.make("Paro", tree, audit.gathered(self.archives.items()), least)

    def decrypted(self, at_hand: Plan, *numbers: int) -> list[bytes]:
        """The shares of these trustees; by default of all."""
        chosen = numbers or range(1, len(self.keys) + 1)
        return [share.decrypt(at_hand, self.keys[number - 1], os.urandom) for number in chosen]

    def judged(self, at_hand: Plan, shares: Sequence[bytes] = (), result: bytes | None = None) -> Verdict:
        return audit.verify(at_hand, self.archives.items(), shares, result)


def region(*questions: AnyQuestion, trustees: int = 2, threshold: int | None = None, name: str = "Ed25519") -> Region:
    """Every trustee decrypts, or, with a threshold, so many of them."""
    chosen = group.by_name(name)
    if threshold is not None:
        held = hold(threshold, trustees, name)
        letters = zip(held.seeds, held.letters, strict=True)
        keys = tuple(pedersen.private_key(chosen, seed, letter) for seed, letter in letters)
        return Region(chosen, keys, trustee.write_trustees([trustee.Pedersen(held.parameters)]), questions or (YES_NO,))
    keys = tuple(trustee_key.new_private(chosen, os.urandom) for _ in range(trustees))
    listed = trustee.write_trustees([trustee.Single(trustee_key.public(chosen, key, os.urandom)) for key in keys])
    return Region(chosen, keys, listed, questions or (YES_NO,))


def closed(data: bytes) -> bytes:
    data += box.close(data)
    return data + box.add_up(data)


def concluded(at_hand: Plan, shares: Sequence[bytes]) -> bytes:
    return share.conclude(at_hand, dict(share.verify(at_hand, one) for one in shares))


def tree(*places: tuple[str, ...]) -> Tree:
    return Tree(Place(*place) for place in places)


def yes(count: int) -> Choices:
    return [((1, 0),)] * count


def no(count: int) -> Choices:
    return [((0, 1),)] * count
