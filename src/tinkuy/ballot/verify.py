"""Verification: everything that can be known of an election from its archive, checked.

Guarantees that every proof, signature, hash and sum is checked, with the group membership of every element, and that
whatever does not hold is named in words with its event and ballot, while the rest is still checked. Stricter than
belenios-tool in the order of events, in spelling, in replays and in what is compared; what is accepted here is accepted
there.

Source: Belenios specification 2.0, 3.5; `docs/decisions/ballot.md` for what is stricter.
"""

from __future__ import annotations

from tinkuy.ballot import log, trustee_share
from tinkuy.ballot.archive import Bytes, Tip
from tinkuy.ballot.audit import (
    Audit,
    Spread,
    check_ballots,
    check_result,
    check_shares,
    check_shuffles,
    check_tally,
    in_turn,
    set_up,
)
from tinkuy.ballot.verdict import Described, Finding, State, Verdict
from tinkuy.words import Said


def verify(data: Bytes, since: Tip | None = None, spread: Spread = in_turn) -> Verdict:
    """The verdict on an archive; `since` is the tip of a copy seen before, which it must continue.

    Raises `BallotError` if the bytes are no `.bel` archive.
    """
    audit = Audit(log.read(data, since))
    set_up(data, audit, spread)
    if audit.election is not None:
        check_ballots(data, audit, audit.election, spread)
        check_tally(data, audit, audit.election)
        check_shuffles(data, audit, audit.election)
        check_shares(data, audit)
        check_result(data, audit, audit.election)
    return _concluded(audit)


def _concluded(audit: Audit) -> Verdict:
    kept, summed = audit.log, audit.summed
    state: State = "wrong" if kept.findings else "sound" if kept.result is not None else "unfinished"
    missing: tuple[Said, ...] = ()
    if kept.tally is not None and kept.result is None and audit.trustees is not None:
        missing = tuple(trustee_share.missing(audit.trustees, dict(audit.shares)))
    return Verdict(
        state=state,
        election=_described(audit),
        events=kept.tip.height,
        head=kept.tip.parent or "",
        ballots=len(kept.ballots),
        tallied=summed.count if summed else 0,
        weight=summed.weight if summed else 0,
        shares=len(audit.shares),
        result=None if audit.result is None else tuple(tuple(row) for row in audit.result),
        findings=tuple(sorted(kept.findings, key=_place)),
        missing=missing,
    )


def _described(audit: Audit) -> Described | None:
    at_hand = audit.election
    if at_hand is None:
        return None
    return Described(
        uuid=at_hand.uuid,
        name=at_hand.name,
        group=at_hand.group.name,
        fingerprint=at_hand.fingerprint,
        questions=at_hand.questions,
        registered=len(audit.weights),
        trustees=len(audit.trustees.keys) if audit.trustees else 0,
    )


def _place(finding: Finding) -> int:
    return -1 if finding.event is None else finding.event
