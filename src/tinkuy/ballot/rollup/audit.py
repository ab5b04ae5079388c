"""A roll-up checked from its files: every box and ballot, every sum, what may be opened, every share, every figure.

Guarantees that what was decrypted is shown to be the sum of what was cast, or that the box, node or trustee where it is
not is named; the rest is still checked. Nothing is believed of a plan that is not recomputed from the boxes.

Source: Belenios specification 2.0, 3.5; `docs/decisions/ballot-rollup.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tinkuy.ballot import trustee_share
from tinkuy.ballot.archive import Bytes
from tinkuy.ballot.audit import Spread, in_turn
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.rollup import disclosure, plan, share
from tinkuy.ballot.rollup.box import BoxSum, Judged, judge
from tinkuy.ballot.rollup.plan import Plan
from tinkuy.ballot.rollup.share import Figures
from tinkuy.ballot.rollup.verdict import Check, Finding, Shown, Verdict
from tinkuy.ballot.trustee_share import Factors
from tinkuy.ballot.verdict import State
from tinkuy.words import Said, say

_ANOTHER = say("the archive is of another election.")


@dataclass(slots=True)
class _Audit:
    at_hand: Plan
    boxes: dict[str, BoxSum] = field(default_factory=dict)
    shares: dict[int, list[Factors]] = field(default_factory=dict)
    figures: Mapping[str, Figures] | None = None
    findings: list[Finding] = field(default_factory=list)

    def found(self, check: Check, said: Said, node: str | None = None, box: str | None = None) -> None:
        self.findings.append(Finding(check, said, node, box))


def gathered(archives: Iterable[tuple[str, Bytes]], spread: Spread = in_turn) -> dict[str, BoxSum]:
    """The sound boxes of a new roll-up; each archive with the identifier under which it is expected.

    Raises `BallotError` naming the first box of which something does not hold.
    """
    names, bodies = _apart(archives)
    boxes: dict[str, BoxSum] = {}
    for number, judged in enumerate(spread(judge, bodies)):
        uuid = names[number]
        for finding in judged.findings:
            raise BallotError(say("Box {uuid}: {said}", uuid=uuid, said=finding.sentence))
        if judged.box is None or judged.box.uuid != uuid:
            raise BallotError(say("Box {uuid}: {said}", uuid=uuid, said=_ANOTHER))
        boxes[uuid] = judged.box
    return boxes


def verify(
    at_hand: Plan,
    archives: Iterable[tuple[str, Bytes]],
    shares: Sequence[bytes] = (),
    result: bytes | None = None,
    spread: Spread = in_turn,
) -> Verdict:
    """The verdict on a roll-up: its plan, the archives of its boxes by identifier, the trustees' shares, the result."""
    audit = _Audit(at_hand)
    _check_boxes(audit, archives, spread)
    _check_disclosure(audit)
    _check_sums(audit)
    _check_written(audit)
    _check_shares(audit, shares)
    _check_result(audit, result)
    return _concluded(audit, result)


def _apart(archives: Iterable[tuple[str, Bytes]]) -> tuple[list[str], Iterable[Bytes]]:
    """Identifiers, filled while the archives are read one by one: never all of them in memory."""
    names: list[str] = []

    def bodies() -> Iterable[Bytes]:
        for name, body in archives:
            names.append(name)
            yield body

    return names, bodies()


def _check_boxes(audit: _Audit, archives: Iterable[tuple[str, Bytes]], spread: Spread) -> None:
    """Each box by itself and against what the plan says of it; then all of them together."""
    listed = {box.uuid: box for box in audit.at_hand.written.boxes}
    names, bodies = _apart(archives)
    for number, judged in enumerate(spread(judge, bodies)):
        entry = listed.pop(names[number], None)
        if entry is not None:
            _check_box(audit, entry, judged)
    for entry in listed.values():
        audit.found(
            "box",
            say("The box's archive is not there, so that the sums above it are not checked."),
            entry.node,
            entry.uuid,
        )
    try:
        plan.check_apart(audit.boxes)
    except BallotError as error:
        audit.found("box", error.said)


def _check_box(audit: _Audit, entry: plan.Box, judged: Judged) -> None:
    for finding in judged.findings:
        audit.found("box", finding.sentence, entry.node, entry.uuid)
    box = judged.box
    if box is None:
        return
    if box.uuid != entry.uuid:
        audit.found("box", _ANOTHER, entry.node, entry.uuid)
        return
    try:
        written = audit.at_hand.written
        plan.check_fits(box, written.group, audit.at_hand.questions, bytes(written.trustees))
    except BallotError as error:
        audit.found("box", error.said, entry.node, entry.uuid)
        return
    if (box.fingerprint, box.head) != (entry.fingerprint, entry.head):
        audit.found(
            "box", say("It is not the box of the plan: its election or a ballot is another."), entry.node, entry.uuid
        )
    if (box.voters, box.weight) != (entry.voters, entry.weight):
        said = say(
            "The plan says {voters} voters of weight {weight}; the box has {ours} of weight {our_weight}.",
            voters=entry.voters,
            weight=entry.weight,
            ours=box.voters,
            our_weight=box.weight,
        )
        audit.found("box", said, entry.node, entry.uuid)
    audit.boxes[box.uuid] = box


def _check_disclosure(audit: _Audit) -> None:
    """What the plan opens is what the rule opens, and shows no cell that is too small, by its own figures."""
    at_hand = audit.at_hand
    least = at_hand.written.small_cell
    chosen = disclosure.choose(at_hand.tree, at_hand.voters, least)
    opened = tuple(one.node for one in at_hand.written.opened)
    if opened != chosen:
        for node in sorted({*opened} ^ {*chosen}) or opened[:1]:
            audit.found(
                "disclosure", say("It is opened where the rule leaves it closed, or the other way round."), node
            )
    try:
        disclosure.check(at_hand.sets, at_hand.voters, least)
    except BallotError as error:
        audit.found("disclosure", error.said)


def _check_sums(audit: _Audit) -> None:
    """Each sum of the plan is that of the tallies in the boxes below its node."""
    at_hand = audit.at_hand
    voters = at_hand.tree.totals(at_hand.voters)
    weights = at_hand.tree.totals({box.uuid: box.weight for box in at_hand.written.boxes})
    sums = plan.sums(at_hand.tree, audit.boxes) if audit.boxes else {}
    for one in at_hand.written.opened:
        if (one.voters, one.weight) != (voters[one.node], weights[one.node]):
            audit.found("sum", say("Its voters or their weight are not those of the boxes below it."), one.node)
        try:
            pairs = at_hand.pairs(one)
        except BallotError as error:
            audit.found("sum", error.said, one.node)
            continue
        if one.node not in sums:
            audit.found("sum", say("Its sum cannot be checked: not every box below it holds."), one.node)
        elif sums[one.node] != pairs:
            audit.found("sum", say("What is decrypted is not the sum of the ballots in the boxes below it."), one.node)


def _check_written(audit: _Audit) -> None:
    """Where nothing else is found, the plan is byte for byte the one that anybody makes of these boxes."""
    if audit.findings:
        return
    at_hand = audit.at_hand
    again = plan.make(at_hand.written.name, at_hand.tree, audit.boxes, at_hand.written.small_cell)
    if again.data != at_hand.data:
        audit.found("plan", say("The plan is not written as its boxes and its tree give it."))


def _check_shares(audit: _Audit, shares: Sequence[bytes]) -> None:
    for data in shares:
        try:
            number, factors = share.verify(audit.at_hand, data)
            if number in audit.shares:
                raise BallotError(say("{who} gave a share before.", who=audit.at_hand.trustees.who(number)))
            audit.shares[number] = factors
        except BallotError as error:
            audit.found("share", error.said)


def _check_result(audit: _Audit, data: bytes | None) -> None:
    if data is None:
        return
    at_hand = audit.at_hand
    try:
        audit.figures = share.read_result(at_hand, data)
    except BallotError as error:
        audit.found("result", error.said)
        return
    for place, one in enumerate(at_hand.written.opened):
        try:
            share.check_result(at_hand, place, audit.shares, audit.figures[one.node])
        except BallotError as error:
            audit.found("result", error.said, one.node)


def _concluded(audit: _Audit, result: bytes | None) -> Verdict:
    at_hand = audit.at_hand
    state: State = "wrong" if audit.findings else "unfinished" if result is None else "sound"
    missing = trustee_share.missing(at_hand.trustees, audit.shares) if result is None else []
    return Verdict(
        state=state,
        name=at_hand.written.name,
        digest=at_hand.digest,
        small_cell=at_hand.written.small_cell,
        questions=at_hand.questions,
        trustees=len(at_hand.trustees.keys),
        shares=len(audit.shares),
        nodes=tuple(_shown(audit)),
        findings=tuple(audit.findings),
        missing=tuple(missing),
    )


def _shown(audit: _Audit) -> Iterator[Shown]:
    """Every node, each right after the one above it or that one's other parts."""
    tree, boxes = audit.at_hand.tree, audit.at_hand.written.boxes
    voters = tree.totals(audit.at_hand.voters)
    weights = tree.totals({box.uuid: box.weight for box in boxes})
    opened = {one.node for one in audit.at_hand.written.opened}
    waiting = [tree.root]
    while waiting:
        node = waiting.pop()
        waiting += reversed(tree.children(node))
        yield Shown(
            node=node,
            parent=tree.places[node].parent,
            boxes=len(tree.below[node]),
            voters=voters[node],
            weight=weights[node],
            opened=node in opened,
            figures=audit.figures.get(node) if audit.figures else None,
        )
