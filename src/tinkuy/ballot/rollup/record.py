"""What a trustee has opened before (cuaderno de la escrutadora), so that two roll-ups together show no more than each.

Guarantees that all the sums of which she gave a share, in one roll-up or in several and of single boxes too, keep the
rule of `disclosure` together: a late base is not shown by the difference of yesterday's total and today's. And that a
box is opened with one content only: the same election with a ballot more or less would show that ballot.

The record is hers. It holds no secret; a trustee who loses it no longer knows what she may open.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tinkuy.ballot import encoding
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.rollup import disclosure
from tinkuy.ballot.rollup.box import Seen
from tinkuy.ballot.rollup.plan import Plan, named
from tinkuy.words import say


class Set(msgspec.Struct, frozen=True):
    """The boxes of a sum that she helped to open, and the node's code or the box's identifier."""

    name: str
    boxes: tuple[str, ...]


class Record(msgspec.Struct, frozen=True):
    """Everything that a trustee opened, and the largest smallest cell that she was asked for."""

    small_cell: int = 0
    boxes: tuple[Seen, ...] = ()
    sums: tuple[Set, ...] = ()


def read(data: bytes) -> Record:
    """The record in a file; raises `BallotError` if it is malformed."""
    return encoding.read(data, Record, say("The record"))


def write(record: Record) -> bytes:
    """The record's file."""
    return encoding.dumps(record)


def with_plan(record: Record, plan: Plan) -> Record:
    """The record after every node of a plan was opened. Raises `BallotError` naming what would then show too much."""
    boxes = [Seen(one.uuid, one.head, one.voters) for one in plan.written.boxes]
    sums = [Set(one.node, tuple(sorted(plan.tree.below[one.node]))) for one in plan.written.opened]
    return with_sums(record, boxes, sums, plan.written.small_cell)


def with_box(record: Record, box: Seen) -> Record:
    """The record after a box was opened by itself. Raises as `with_plan`."""
    return with_sums(record, [box], [Set(box.uuid, (box.uuid,))], record.small_cell)


def with_sums(record: Record, boxes: Sequence[Seen], sums: Sequence[Set], least: int) -> Record:
    """The record after sums of these boxes were opened, of which none may show fewer than `least` voters.

    Raises as `with_plan`.
    """
    seen = {one.uuid: one for one in record.boxes}
    for box in boxes:
        if seen.setdefault(box.uuid, box) != box:
            raise BallotError(
                say(
                    "Box {uuid} is another than when you opened a sum with it: the difference would show ballots.",
                    uuid=box.uuid,
                )
            )
    known = {one.boxes for one in record.sums}
    together = (*record.sums, *(one for one in sums if one.boxes not in known))
    least = max(least, record.small_cell)
    try:
        disclosure.check(
            _sets(together), {uuid: one.voters for uuid, one in seen.items()}, least, before=_sets(record.sums)
        )
    except BallotError as error:
        raise BallotError(say("With what you opened before: {why}", why=error.said)) from None
    return Record(least, tuple(seen[uuid] for uuid in sorted(seen)), together)


def _sets(sums: Sequence[Set]) -> list[disclosure.Opened]:
    return [(named(one.name), frozenset(one.boxes)) for one in sums]
