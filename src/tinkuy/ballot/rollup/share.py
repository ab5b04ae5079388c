"""What trustees give of a roll-up, and what comes of it: a partial decryption of every opened sum, and the figures.

Guarantees that a share is taken whole or not at all, each of its proofs checked under the fingerprint of its node; and
that the figures found are at most the weight that voted below the node. Whichever trustees decrypted, the result is the
same bytes.

Source: Belenios specification 2.0, 4.18 and 4.19.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Raw

from tinkuy.ballot import encoding, tally, trustee_share
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Source
from tinkuy.ballot.rollup.plan import Plan, named
from tinkuy.ballot.tally import Figure
from tinkuy.ballot.trustee_share import Factors
from tinkuy.words import say

Figures: TypeAlias = tuple[tuple[int, ...], ...]  # a row a question


class Given(msgspec.Struct, frozen=True):
    """The partial decryption of one node, as the specification writes it."""

    node: str
    share: Raw


class Shares(msgspec.Struct, frozen=True):
    """What a trustee hands over: the plan's hash, her number from 1, and every opened node in the plan's order."""

    plan: str
    trustee: int
    nodes: list[Given]


class Found(msgspec.Struct, frozen=True):
    """The figures of one node: a row a question, as `Result` of the specification writes them."""

    node: str
    result: list[list[int | str]]


class Results(msgspec.Struct, frozen=True):
    """`result.json`: the plan's hash, and every opened node in the plan's order."""

    plan: str
    nodes: list[Found]


def decrypt(plan: Plan, x: int, source: Source) -> bytes:
    """A trustee's shares with her private key. What she opens is checked before (`audit`, `record`).

    Raises `BallotError` if the key is not that of a trustee.
    """
    group, trustees = plan.trustees.group, plan.trustees
    public = group.base(x)
    if public not in trustees.keys:
        raise BallotError(say("This private key is not that of a trustee of this election."))
    given = [
        Given(
            one.node, Raw(trustee_share.decrypt(group, plan.election(one.node).fingerprint, plan.pairs(one), x, source))
        )
        for one in plan.written.opened
    ]
    return encoding.dumps(Shares(plan.digest, trustees.keys.index(public) + 1, given))


def verify(plan: Plan, data: bytes) -> tuple[int, list[Factors]]:
    """The trustee's number and the factors of every opened node, every proof checked.

    Raises `BallotError` naming the trustee and the node of what does not hold.
    """
    shares = encoding.read(data, Shares, say("The share"))
    if shares.plan != plan.digest:
        raise BallotError(say("The share is of another plan."))
    who = plan.trustees.who(shares.trustee)
    plan.trustees.key(shares.trustee)
    if [one.node for one in shares.nodes] != [one.node for one in plan.written.opened]:
        raise BallotError(say("{who}: the share is not of the nodes that the plan opens.", who=who))
    factors = []
    for given, one in zip(shares.nodes, plan.written.opened, strict=True):
        fingerprint = plan.election(one.node).fingerprint
        try:
            found = trustee_share.verify_share(
                plan.trustees, fingerprint, plan.pairs(one), shares.trustee, bytes(given.share)
            )
        except BallotError as error:
            raise BallotError(say("{node}: {why}", node=named(one.node), why=error.said)) from None
        factors.append(found)
    return shares.trustee, factors


def conclude(plan: Plan, shares: Mapping[int, Sequence[Factors]]) -> bytes:
    """The result, from verified shares by trustee.

    Raises `BallotError` saying whose shares are missing, or in which node no figure is found.
    """
    found = []
    for place, one in enumerate(plan.written.opened):
        at_hand, pairs = plan.election(one.node), plan.pairs(one)
        try:
            factors = _combined(plan, shares, place)
            rows = tally.decrypted(at_hand, pairs, factors, one.weight)
        except BallotError as error:
            raise BallotError(say("{node}: {why}", node=named(one.node), why=error.said)) from None
        found.append(Found(one.node, _written(rows)))
    return encoding.dumps(Results(plan.digest, found))


def read_result(plan: Plan, data: bytes) -> dict[str, Figures]:
    """The figures by node, yet to be checked. Raises `BallotError` if the result is malformed or of another plan."""
    what = say("The result")
    results = encoding.read(data, Results, what)
    if results.plan != plan.digest:
        raise BallotError(say("The result is of another plan."))
    if [one.node for one in results.nodes] != [one.node for one in plan.written.opened]:
        raise BallotError(say("The result is not of the nodes that the plan opens."))
    return {one.node: tuple(tuple(_figure(each) for each in row) for row in one.result) for one in results.nodes}


def check_result(plan: Plan, place: int, shares: Mapping[int, Sequence[Factors]], figures: Figures) -> None:
    """Raise `BallotError` unless `figures` are what the shares open of the opened node at this place in the plan."""
    one = plan.written.opened[place]
    factors = _combined(plan, shares, place)
    tally.check_result(plan.election(one.node), plan.pairs(one), factors, figures, one.weight)


def _combined(plan: Plan, shares: Mapping[int, Sequence[Factors]], place: int) -> Factors:
    return trustee_share.combine(plan.trustees, [(number, shares[number][place]) for number in sorted(shares)])


def _written(rows: Sequence[Sequence[Figure]]) -> list[list[int | str]]:
    written: list[list[int | str]] = encoding.loads(tally.write_result(rows), say("The result"))["result"]
    return written


def _figure(written: int | str) -> int:
    """A figure; as a string only where it is too large for 32 bits, as the specification has it."""
    if isinstance(written, int):
        return written if written <= tally.JSON_MAX else -1
    figure = encoding.read_natural(written, 10**18)
    return figure if figure > tally.JSON_MAX else -1
