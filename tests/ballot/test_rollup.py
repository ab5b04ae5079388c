"""A roll-up under encryption: what is opened, what is not, and what an observer notices."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.ballot.played import BLANK, RANKED
from tests.ballot.rolled import Region, closed, concluded, no, region, tree, yes
from tests.ballot.taken_apart import altered, another, bound, leaves, taken_apart, with_leaf
from tests.ballot.test_verify import signed
from tinkuy.ballot import BallotError, ballot, box, elgamal, encoding, trustee_share
from tinkuy.ballot.rollup import audit, plan, share
from tinkuy.ballot.rollup.plan import Plan
from tinkuy.ballot.rollup.tree import Tree
from tinkuy.ballot.rollup.verdict import Verdict


@pytest.fixture(scope="module")
def held() -> tuple[Region, Tree, Plan, list[bytes], bytes]:
    """Puno with a small base and a large one, Cusco with one; decrypted by two trustees."""
    one = region()
    small, large, other = one.base([*yes(1), *no(1)]), one.base([*yes(3), *no(1)]), one.base([*yes(1), *no(3)])
    up = tree(("all", ""), ("puno", "all"), ("lampa", "puno", small), ("juli", "puno", large), ("cusco", "all", other))
    at_hand = one.planned(up, 3)
    shares = one.decrypted(at_hand)
    return one, up, at_hand, shares, concluded(at_hand, shares)


def figures(verdict: Verdict) -> dict[str, Any]:
    return {one.node: one.figures for one in verdict.nodes if one.opened}


def said(verdict: Verdict) -> str:
    return " ".join(str(finding.sentence) for finding in verdict.findings)


def test_what_is_decrypted_is_the_sum_of_what_was_cast(held: Any) -> None:
    one, _, at_hand, shares, result = held
    verdict = one.judged(at_hand, shares, result)
    assert (verdict.state, verdict.findings) == ("sound", ())
    assert figures(verdict) == {"all": ((5, 5),), "puno": ((4, 2),), "cusco": ((1, 3),)}
    assert [one.node for one in verdict.nodes if not one.opened] == ["juli", "lampa"]


def test_the_same_boxes_give_the_same_plan_and_any_trustees_the_same_result(held: Any) -> None:
    one, up, at_hand, _, result = held
    assert one.planned(Tree(reversed(up.places.values())), 3).data == at_hand.data
    assert concluded(at_hand, one.decrypted(at_hand)) == result


def test_a_roll_up_is_unfinished_without_shares_and_says_whose_are_missing(held: Any) -> None:
    one, _, at_hand, shares, _ = held
    verdict = one.judged(at_hand, shares[:1])
    assert (verdict.state, verdict.findings) == ("unfinished", ())
    assert [str(who) for who in verdict.missing] == ["Trustee 2"]
    with pytest.raises(BallotError, match="Missing: Trustee 2"):
        concluded(at_hand, shares[:1])


def test_weights_and_revotes_are_honoured_and_who_weighs_nothing_is_no_voter() -> None:
    one = region(BLANK, trustees=1)
    first = one.base([((0, 1, 0, 0),), ((0, 0, 1, 1),), ((1, 0, 0, 0),)], weights=(3, 1, 0))
    second = one.base([((0, 1, 0, 0),), ((0, 0, 1, 0),), ((0, 0, 0, 1),)], voters=2)
    at_hand = one.planned(tree(("all", ""), ("a", "all", first), ("b", "all", second)), 2)
    assert [(each.node, each.voters, each.weight) for each in at_hand.written.opened] == [
        ("a", 2, 4),
        ("all", 4, 6),
        ("b", 2, 2),
    ]
    shares = one.decrypted(at_hand)
    found = figures(one.judged(at_hand, shares, concluded(at_hand, shares)))
    assert found == {"a": ((0, 3, 1, 1),), "b": ((0, 0, 1, 1),), "all": ((0, 3, 2, 2),)}


def test_trustees_of_whom_some_are_enough_open_a_roll_up() -> None:
    one = region(trustees=3, threshold=2)
    box_ = one.base([*yes(2), *no(1)])
    at_hand = one.planned(tree(("all", "", box_)), 2)
    for numbers in ((1, 2), (3, 1)):
        shares = one.decrypted(at_hand, *numbers)
        assert figures(one.judged(at_hand, shares, concluded(at_hand, shares))) == {"all": ((2, 1),)}


@pytest.mark.parametrize(
    ("copied", "match"),
    [(lambda one, other: one, "another election"), (None, "proof that mark 1 is 0 or 1 does not hold")],
    ids=["whole", "its ciphertexts under a credential of the other box"],
)
def test_a_ballot_of_one_box_is_none_of_another(copied: Callable[..., bytes] | None, match: str) -> None:
    """The proofs are bound to the box's own election and to the credential, the signature to the whole."""
    one = region()
    first, second = one.open(1), one.open(1)
    given = ballot.prepare(first.election, first.cards[0], [(1, 0)], os.urandom).data
    if copied is None:
        secret = second.cards[0].secret(second.group, second.election.uuid)
        theirs = {
            "election_uuid": second.election.uuid,
            "election_hash": second.election.fingerprint,
            "credential": second.group.write(second.group.base(secret)),
        }
        moved = signed(second.election, {**json.loads(given), **theirs}, secret)
    else:
        moved = copied(given, second)
    with pytest.raises(BallotError, match=match):
        ballot.check(second.election, moved)
    events = taken_apart(second.data)
    stuffed = bound([*events, replace(events[0], kind="Ballot", data=(moved,))])
    with pytest.raises(BallotError):
        closed(stuffed)


def test_boxes_that_do_not_belong_together_are_not_added_up() -> None:
    one, other, asked = region(), region(), region(BLANK)
    mine = one.base(yes(3))
    for stranger, match in (
        (other.base(yes(3)), "trustees are not those"),
        (asked.base([((1, 0, 0, 0),)] * 3), "asks other questions"),
    ):
        one.archives[stranger] = (other.archives | asked.archives)[stranger]
        with pytest.raises(BallotError, match=match):
            one.planned(tree(("all", ""), ("a", "all", mine), ("b", "all", stranger)), 2)
        del one.archives[stranger]
    with pytest.raises(BallotError, match="box zzzzzzzzzzzzzz \\(b\\) is not there"):
        one.planned(tree(("all", ""), ("a", "all", mine), ("b", "all", "z" * 14)), 2)


def test_one_credential_on_two_lists_is_found() -> None:
    one = region()
    first = one.base(yes(2))
    played = one.bases[first]
    listed = taken_apart(played.data)[0].data[2]
    second = one.open(0)
    again = closed(box.opened(1_795_419_678, second.election, one.trustees, listed))
    one.archives[second.election.uuid] = again
    with pytest.raises(BallotError, match="One credential is on the lists of the boxes"):
        one.planned(tree(("all", ""), ("a", "all", first), ("b", "all", second.election.uuid)), 2)


def test_a_box_that_is_open_was_decrypted_or_ranks_does_not_enter() -> None:
    one = region(trustees=1)
    uuid = one.base(yes(3))
    for data, match in (
        (one.bases[uuid].data, "not closed and added up"),
        (one.bases[uuid].counted(one.bases[uuid].with_ballots(yes(3))), "decrypted by itself"),
    ):
        with pytest.raises(BallotError, match=match):
            audit.gathered([(uuid, data)])
    ranked = region(RANKED)
    with pytest.raises(BallotError, match="Rankings are not added up"):
        ranked.planned(
            tree(
                ("all", "", ranked.base([((1, 2, 3),)] * 2)),
            ),
            2,
        )


def test_a_share_for_one_node_or_plan_is_none_for_another(held: Any) -> None:
    one, up, at_hand, shares, _ = held
    with pytest.raises(BallotError, match="another plan"):
        share.verify(one.planned(up, 4), shares[0])
    written = json.loads(shares[0])
    nodes = [each["share"] for each in written["nodes"]]
    for place in range(len(nodes)):
        moved = json.loads(shares[0])
        moved["nodes"][place]["share"] = nodes[(place + 1) % len(nodes)]
        with pytest.raises(BallotError, match=f"Node {moved['nodes'][place]['node']}: .*does not hold"):
            share.verify(at_hand, encoding.dumps(moved))
    again = json.loads(shares[0]) | {"plan": (other := one.planned(up, 2)).digest}
    with pytest.raises(BallotError):
        share.verify(other, encoding.dumps(again))


def test_a_proof_made_for_a_sum_holds_under_no_other_fingerprint(held: Any) -> None:
    """Not the digest alone protects it: the challenge itself is of the node."""
    one, _, at_hand, shares, _ = held
    first, second = at_hand.written.opened[:2]
    given = bytes(encoding.read(shares[0], share.Shares, "").nodes[0].share)
    pairs = at_hand.pairs(first)
    assert trustee_share.verify_share(at_hand.trustees, at_hand.election(first.node).fingerprint, pairs, 1, given)
    for fingerprint in (at_hand.election(second.node).fingerprint, next(iter(one.bases.values())).election.fingerprint):
        with pytest.raises(BallotError):
            trustee_share.verify_share(at_hand.trustees, fingerprint, pairs, 1, given)


def test_every_leaf_of_a_plan_is_under_a_check(held: Any) -> None:
    one, _, at_hand, shares, result = held
    boxes = audit.gathered(one.archives.items())
    for path in leaves(json.loads(at_hand.data)):
        changed = encoding.dumps(with_leaf(json.loads(at_hand.data), path, another))
        assert changed != at_hand.data
        try:
            damaged = plan.read(changed)
        except BallotError:
            continue
        verdict = judged_quickly(boxes, damaged, shares, result)
        assert verdict.state == "wrong", path


def judged_quickly(boxes: dict[str, Any], at_hand: Plan, shares: Sequence[bytes], result: bytes | None) -> Verdict:
    """The verdict with boxes that were judged before: only the plan is another."""
    given = [audit.Judged(boxes[uuid]) for uuid in boxes]
    return audit.verify(
        at_hand, ((uuid, b"") for uuid in boxes), shares, result, lambda _, tasks: given_each(given, tasks)
    )


def given_each(given: list[Any], tasks: Any) -> Any:
    for one, _ in zip(given, tasks, strict=True):
        yield one


def rewritten(at_hand: Plan, **changed: Any) -> Plan:
    """What an organiser with a program of her own could publish."""
    return plan.read(encoding.dumps(msgspec.structs.replace(at_hand.written, **changed)))


def test_a_plan_opens_neither_more_nor_fewer_nodes_than_the_rule(held: Any) -> None:
    one, up, at_hand, _, _ = held
    boxes = audit.gathered(one.archives.items())
    sums = plan.sums(up, boxes)
    small = plan.Opened("lampa", 2, 2, [[elgamal.write(one.group, pair) for pair in row] for row in sums["lampa"]])
    more = judged_quickly(boxes, rewritten(at_hand, opened=[*at_hand.written.opened, small]), (), None)
    assert [(finding.check, finding.node) for finding in more.findings] == [
        ("disclosure", "lampa"),
        ("disclosure", None),
    ]
    assert "Node lampa, less what is opened inside it, would show how 2 voted; 3 are the fewest" in said(more)
    fewer = judged_quickly(boxes, rewritten(at_hand, opened=at_hand.written.opened[:1]), (), None)
    assert [(finding.check, finding.node) for finding in fewer.findings] == [
        ("disclosure", "cusco"),
        ("disclosure", "puno"),
    ]


def test_a_plan_has_one_spelling_so_that_one_roll_up_has_one_hash(held: Any) -> None:
    one, _, at_hand, _, _ = held
    boxes = audit.gathered(one.archives.items())
    turned = judged_quickly(boxes, rewritten(at_hand, boxes=at_hand.written.boxes[::-1]), (), None)
    assert [finding.check for finding in turned.findings] == ["plan"]
    turned = judged_quickly(boxes, rewritten(at_hand, opened=at_hand.written.opened[::-1]), (), None)
    assert [finding.check for finding in turned.findings] == ["disclosure"]


def test_every_leaf_of_shares_and_result_is_under_a_check(
    held: Any, sampled: Callable[[Sequence[Any], int], Sequence[Any]]
) -> None:
    one, _, at_hand, shares, result = held
    for path in sampled(list(leaves(json.loads(shares[1]))), 30):
        with pytest.raises(BallotError):
            share.verify(at_hand, encoding.dumps(with_leaf(json.loads(shares[1]), path, another)))
    boxes = audit.gathered(one.archives.items())
    for path in leaves(json.loads(result)):
        changed = encoding.dumps(with_leaf(json.loads(result), path, another))
        assert {finding.check for finding in judged_quickly(boxes, at_hand, shares, changed).findings} == {"result"}


def test_a_changed_box_is_named_with_its_node_and_what_is_wrong_in_it(held: Any) -> None:
    one, _, at_hand, shares, result = held
    uuid, other = list(one.archives)[:2]
    events = taken_apart(one.archives[uuid])
    dropped = [event for at, event in enumerate(events) if at != 1]
    for changed, match in (
        (bound(dropped), f"Box {uuid} of lampa: .*The encrypted tally is not the sum"),
        (closed(bound(dropped[:-2])), f"Box {uuid} of lampa: It is not the box of the plan"),
        (one.archives[other], f"Box {uuid} of lampa: the archive is of another election"),
        (
            bound(altered(events, 1, 0, lambda ballot: with_leaf(ballot, ("signature", "hash"), another))),
            "Event 1, ballot",
        ),
        (b"hello", f"Box {uuid} of lampa: This is no .bel archive"),
    ):
        verdict = audit.verify(at_hand, (one.archives | {uuid: changed}).items(), shares, result)
        assert verdict.state == "wrong"
        assert re.search(match, said(verdict)), said(verdict)
        assert "Node puno: Its sum cannot be checked" in said(verdict) or "Node puno: What is decrypted" in said(
            verdict
        )
        assert "Node cusco" not in said(verdict)
    missing = {each: data for each, data in one.archives.items() if each != uuid}
    assert f"Box {uuid} of lampa: The box's archive is not there" in said(audit.verify(at_hand, missing.items()))
