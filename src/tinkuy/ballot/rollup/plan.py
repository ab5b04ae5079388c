"""The plan of a roll-up: what is added up, and what is opened, fixed in one file before anybody decrypts.

Guarantees that the same boxes, tree and smallest cell give the same bytes; that the plan's hash is of everything that
follows from it: each box to its last ballot, each sum to its last ciphertext; and that a trustee's proof for one node
of one plan holds for no other node and no other plan, because each opened node is an election of its own, whose
fingerprint comes from the hash of the plan and the node's code.

Source: Belenios specification 2.0, 4.15 and 4.18: what a decryption's proof is bound to is the election's fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import shake_256
from typing import Any

import msgspec
from msgspec import Raw

from tinkuy.ballot import election, elgamal, encoding, group, question, trustee
from tinkuy.ballot.credential import MAX_TOTAL
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Ciphertext, Pair
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.question import AnyQuestion, Question
from tinkuy.ballot.rollup import disclosure
from tinkuy.ballot.rollup.box import BoxSum
from tinkuy.ballot.rollup.tree import Place, Tree
from tinkuy.ballot.tally import Pairs
from tinkuy.ballot.trustee import Trustees
from tinkuy.words import Said, say

VERSION = 1
FEWEST_LEAST, MOST_LEAST = 2, 10**6
MAX_NAME = 200


class Box(msgspec.Struct, frozen=True, gc=False):
    """A box in the plan: its place, its election, the hash of its tally's event, who voted and with what weight."""

    node: str
    parent: str
    uuid: str
    fingerprint: str
    head: str
    voters: int
    weight: int


class Node(msgspec.Struct, frozen=True, gc=False):
    """A node without a box; `parent` is "" of the root."""

    node: str
    parent: str


class Opened(msgspec.Struct, frozen=True, gc=False):
    """A node that is opened: how many voted below it, their weight, and the sum of their ballots, a row a question."""

    node: str
    voters: int
    weight: int
    sum: list[list[Ciphertext]]


class Written(msgspec.Struct, frozen=True):
    """`plan.json` as it is written."""

    version: int
    name: str
    small_cell: int
    group: str
    trustees: Raw
    questions: list[Any]
    nodes: list[Node]
    boxes: list[Box]
    opened: list[Opened]


@dataclass(frozen=True)
class Plan:
    """A plan as read: a tree, trustees whose proofs hold, questions that can be added up."""

    data: bytes
    written: Written
    tree: Tree
    trustees: Trustees
    questions: tuple[AnyQuestion, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the plan's bytes in base64 without padding, by which shares and result name it."""
        return encoding.sha256_b64(self.data)

    @cached_property
    def voters(self) -> dict[str, int]:
        """How many voted with a weight other than 0, by box."""
        return {box.uuid: box.voters for box in self.written.boxes}

    @property
    def sets(self) -> list[disclosure.Opened]:
        """The boxes of each opened node, by the node's name for people."""
        return [(named(one.node), self.tree.below[one.node]) for one in self.written.opened]

    def election(self, node: str) -> Election:
        """The election, without ballots, as which an opened node is decrypted: the plan and the code determine it."""
        return election.write(
            election.letters(shake_256(f"rollup|{self.digest}|{node}".encode()).digest, 22),
            self.written.name,
            f"rollup|{self.digest}|{node}",
            self.trustees.group,
            self.trustees.election_key,
            self.questions,
        )

    def pairs(self, opened: Opened) -> Pairs:
        """The sum of an opened node. Raises `BallotError` if an element is not of the group or the shape is another."""
        if [len(row) for row in opened.sum] != [one.size for one in self.questions if isinstance(one, Question)]:
            raise BallotError(say("The sum has not the shape of the questions."))
        return [[elgamal.read(self.trustees.group, written) for written in row] for row in opened.sum]


def named(node: str) -> Said:
    """A node, as sentences name it."""
    return say("Node {node}", node=node)


def make(name: str, tree: Tree, boxes: Mapping[str, BoxSum], least: int) -> Plan:
    """The plan of a roll-up of sound boxes, by identifier, that opens no sum of fewer than `least` voters.

    Raises `BallotError` naming what does not fit: a box of other questions or trustees, a credential in two boxes, or
    fewer voters in all than `least`.
    """
    for uuid, node in tree.boxes.items():
        if uuid not in boxes:
            raise BallotError(say("The archive of box {uuid} ({node}) is not there.", uuid=uuid, node=node))
    first = boxes[min(boxes)]
    for uuid in sorted(boxes):
        try:
            check_fits(boxes[uuid], first.group, first.questions, first.trustees)
        except BallotError as error:
            raise BallotError(say("Box {uuid}: {said}", uuid=uuid, said=error.said)) from None
    check_apart(boxes)
    voters = {uuid: box.voters for uuid, box in boxes.items()}
    opened = disclosure.choose(tree, voters, least)
    if not opened:
        raise BallotError(
            say(
                "In all {count} voted; {least} are the fewest whose sum is opened.",
                count=sum(voters.values()),
                least=least,
            )
        )
    summed = sums(tree, boxes)
    totals, weights = tree.totals(voters), tree.totals({uuid: box.weight for uuid, box in boxes.items()})
    chosen = group.by_name(first.group)
    written = Written(
        version=VERSION,
        name=name,
        small_cell=least,
        group=first.group,
        trustees=Raw(first.trustees),
        questions=list(first.questions),
        nodes=[Node(one.node, one.parent) for one in _places(tree) if not one.uuid],
        boxes=[boxed(one, boxes[one.uuid]) for one in _places(tree) if one.uuid],
        opened=[
            Opened(
                node,
                totals[node],
                weights[node],
                [[elgamal.write(chosen, pair) for pair in row] for row in summed[node]],
            )
            for node in opened
        ],
    )
    return read(encoding.dumps(written))


def read(data: bytes) -> Plan:
    """The plan in a file, yet to be compared with the boxes. Raises `BallotError` naming what in it is malformed."""
    what = say("The plan")
    written = encoding.read(data, Written, what)
    if written.version != VERSION:
        raise BallotError(
            say("The plan is of version {version}; version {ours} is read.", version=written.version, ours=VERSION)
        )
    if not FEWEST_LEAST <= written.small_cell <= MOST_LEAST:
        raise BallotError(say("The smallest cell has from {few} to {most} voters.", few=FEWEST_LEAST, most=MOST_LEAST))
    if not 1 <= len(written.name) <= MAX_NAME or not written.name.isprintable():
        raise BallotError(say("A roll-up's name has 1 to {limit} letters, none of them hidden.", limit=MAX_NAME))
    places = [Place(one.node, one.parent) for one in written.nodes]
    tree = Tree([*places, *(Place(one.node, one.parent, one.uuid) for one in written.boxes)])
    if any(not 0 <= box.voters <= box.weight for box in written.boxes):
        raise BallotError(say("A box's weight is at least the number of its voters."))
    if sum(box.weight for box in written.boxes) > MAX_TOTAL:
        raise BallotError(say("The weights of the boxes add up to more than {limit}.", limit=MAX_TOTAL))
    if not written.opened or any(one.node not in tree.places for one in written.opened):
        raise BallotError(say("The plan opens no node, or one that is not in its tree."))
    questions = tuple(question.parse(value, number) for number, value in enumerate(written.questions, 1))
    trustees = trustee.verify_setup(group.by_name(written.group), bytes(written.trustees))
    return Plan(data, written, tree, trustees, questions)


def boxed(place: Place, box: BoxSum) -> Box:
    """What a plan says of a box."""
    return Box(place.node, place.parent, box.uuid, box.fingerprint, box.head, box.voters, box.weight)


def check_fits(box: BoxSum, group_name: str, questions: Sequence[AnyQuestion], trustees: bytes) -> None:
    """Raise `BallotError` unless a box may be added to others of this group, these questions and these trustees."""
    if box.group != group_name or box.questions != tuple(questions):
        raise BallotError(say("it asks other questions than the others, or in another group."))
    if box.trustees != trustees:
        raise BallotError(say("its trustees are not those of the others."))


def check_apart(boxes: Mapping[str, BoxSum]) -> None:
    """Raise `BallotError` if a credential is on the lists of two boxes: whoever has it would count twice."""
    owner: dict[bytes, str] = {}
    for uuid in sorted(boxes):
        for credential in boxes[uuid].credentials:
            if credential in owner:
                raise BallotError(
                    say(
                        "One credential is on the lists of the boxes {first} and {second}.",
                        first=owner[credential],
                        second=uuid,
                    )
                )
        owner |= dict.fromkeys(boxes[uuid].credentials, uuid)


def sums(tree: Tree, boxes: Mapping[str, BoxSum]) -> dict[str, Pairs]:
    """The sum of the tallies below every node whose boxes are all there."""
    chosen = group.by_name(next(iter(boxes.values())).group)
    found: dict[str, Pairs] = {}
    for node in tree.upward:
        own = tree.places[node].uuid
        if own:
            parts = [boxes[own].pairs] if own in boxes else []
        else:
            children = tree.children(node)
            parts = [found[child] for child in children if child in found]
            parts = parts if len(parts) == len(children) else []
        if parts:
            found[node] = [_total(chosen, rows) for rows in zip(*parts, strict=True)]
    return found


def _total(chosen: group.Group, rows: Sequence[Sequence[Pair]]) -> list[Pair]:
    return [elgamal.total(chosen, column) for column in zip(*rows, strict=True)]


def _places(tree: Tree) -> list[Place]:
    return sorted(tree.places.values(), key=lambda each: each.node)
