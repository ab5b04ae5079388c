"""`tinkuy ballot verify`: the observer's command for a secret ballot; text and JSON from one `Verdict`.

Exit code: 0 all that is there holds (finished or not yet), 1 something does not, 2 not an archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import typer

from tinkuy.ballot import archive, verify
from tinkuy.ballot.audit import Spread
from tinkuy.ballot.question import Question
from tinkuy.ballot.verdict import Described, Finding, Verdict
from tinkuy.cli.ballot_here import mapped, spreading
from tinkuy.cli.desk_here import shown
from tinkuy.cli.language import current
from tinkuy.words import Said, Share, grouped, say

HOLDS, WRONG = 0, 1
MOST_SHOWN = 20


def judged(path: Path, jobs: int, since: Path | None = None, cluster: str | None = None) -> Verdict:
    """The verdict on the archive in a file, by so many processes or by a cluster: the same whichever.

    Raises `BallotError` if it is no archive, `ClusterError` where the cluster fails.
    """
    tip = None
    if since is not None:
        with mapped(since) as before:
            tip = archive.tip(before)
    with mapped(path) as data, spreading(jobs) if cluster is None else _far(cluster) as spread:
        return verify.verify(data, tip, spread)


def _far(address: str) -> AbstractContextManager[Spread]:
    from tinkuy.cli import ballot_verify_cluster

    return ballot_verify_cluster.spreading(address)


def report(path: Path, verdict: Verdict, as_json: bool) -> int:
    """Print a verdict; the exit code says the same."""
    if as_json:
        typer.echo(json.dumps(data(verdict), ensure_ascii=False, indent=2))
    else:
        for line in lines(path.name, verdict):
            typer.echo(shown(line) if line else "")
    return WRONG if verdict.findings else HOLDS


def lines(name: str, verdict: Verdict) -> Iterator[Said | None]:
    """The election, what holds, what does not, the result, and the conclusion last; None is an empty line."""
    if verdict.election is not None:
        yield say("{name}   secret ballot {uuid}, group {group}", **_named(verdict.election))
        yield say("fingerprint {fingerprint}", fingerprint=verdict.election.fingerprint)
        yield None
        yield say(
            "{ballots} ballots cast; {tallied} count, of weight {weight}; {registered} credentials listed ({share})",
            ballots=verdict.ballots,
            tallied=verdict.tallied,
            weight=verdict.weight,
            registered=verdict.election.registered,
            share=Share(verdict.tallied, verdict.election.registered),
        )
        yield say("{shares} shares of {trustees} trustees", shares=verdict.shares, trustees=verdict.election.trustees)
    if not verdict.findings:
        yield say("ok   every hash, signature, proof and sum in {events} events", events=verdict.events)
    yield from _faults(verdict.findings)
    if verdict.election is not None and verdict.result is not None:
        yield from _result(verdict.election, verdict)
    yield None
    yield say("Remember: {events} events, {head}", events=verdict.events, head=verdict.head)
    match verdict.state:
        case "sound":
            yield say("{file} is sound: the result is that of the ballots in the box.", file=name)
        case "unfinished" if verdict.missing:
            yield say(
                "{file} is sound so far, and not finished. Missing: {missing}.", file=name, missing=verdict.missing
            )
        case "unfinished":
            yield say("{file} is sound so far, and not finished.", file=name)
        case "wrong":
            yield say("{file} is not sound: {count} findings.", file=name, count=len(verdict.findings))


def data(verdict: Verdict) -> dict[str, object]:
    """The same as data."""
    at_hand = verdict.election
    return {
        "state": verdict.state,
        "election": None
        if at_hand is None
        else {
            "uuid": at_hand.uuid,
            "name": at_hand.name,
            "group": at_hand.group,
            "fingerprint": at_hand.fingerprint,
            "questions": msgspec.to_builtins(at_hand.questions),
            "registered": at_hand.registered,
            "trustees": at_hand.trustees,
        },
        "events": verdict.events,
        "head": verdict.head,
        "ballots": verdict.ballots,
        "tallied": verdict.tallied,
        "weight": verdict.weight,
        "shares": verdict.shares,
        "result": verdict.result,
        "missing": [shown(one) for one in verdict.missing],
        "findings": [
            {"check": one.check, "event": one.event, "ballot": one.ballot, "said": shown(one.said)}
            for one in verdict.findings
        ],
    }


def _named(at_hand: Described) -> dict[str, object]:
    return {"name": at_hand.name, "uuid": at_hand.uuid, "group": at_hand.group}


def _faults(findings: tuple[Finding, ...]) -> Iterator[Said]:
    for one in findings[:MOST_SHOWN]:
        yield say("E    {finding}", finding=one.sentence)
    if len(findings) > MOST_SHOWN:
        yield say("E    and {count} more; --json lists all", count=len(findings) - MOST_SHOWN)


def _result(at_hand: Described, verdict: Verdict) -> Iterator[Said | None]:
    for question, row in zip(at_hand.questions, verdict.result or (), strict=False):
        yield None
        yield say("{question}", question=question.question)
        if not isinstance(question, Question):
            yield say("  {count} rankings", count=len(row))
            continue
        names = ((say("Blank"),) if question.offers_blank else ()) + question.answers
        figures = [grouped(one, current()) if isinstance(one, int) else "?" for one in row]
        width = max(map(len, figures), default=0)
        for name, figure in zip(names, figures, strict=False):
            yield say("  {figure}  {answer}", figure=figure.rjust(width), answer=name)
