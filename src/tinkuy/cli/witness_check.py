"""`tinkuy witness check`, and `--policy` of `tinkuy verify`: who cosigned a checkpoint, against an observer's policy.

Guarantees that the same sentences say it wherever it is asked, and that a policy decides only what it is asked: who
vouched for one history of the book, not whether what the book says is true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.book import BookError, policy
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.policy import MAX_POLICY, Judged, Policy
from tinkuy.cli.desk_here import shown, tell
from tinkuy.cli.language import spoken
from tinkuy.cli.witness_here import note_in
from tinkuy.desk.files import FileRefused
from tinkuy.words import Said, say

HOLDS, LACKS = 0, 1

PURPOSE = say("Say which witnesses cosigned a checkpoint, which are lacking, and whether the quorum holds.")
POLICY = say("The observer's trust policy (C2SP tlog-policy).")


def command(
    file: Annotated[
        Path, typer.Argument(help=spoken(say("A checkpoint: a note, a book or an archive.")), show_default=False)
    ],
    trusted: Annotated[Path, typer.Option("--policy", help=spoken(POLICY), show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False,
) -> int:
    """Exit code 0 when the policy holds, 1 when it does not."""
    checkpoint, judged = judged_in(file, read(trusted))
    if as_json:
        typer.echo(json.dumps(data(checkpoint, judged), ensure_ascii=False, indent=2))
    else:
        for line in lines(checkpoint, judged):
            tell(line)
    return HOLDS if judged.holds else LACKS


def read(path: Path) -> Policy:
    """The policy in a file. Raises `FileRefused` naming the file and the line at fault."""
    with path.open("rb") as file:
        given = file.read(MAX_POLICY + 1)
    try:
        return policy.parse(given)
    except BookError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.said)) from None


def judged_in(path: Path, trusted: Policy) -> tuple[Checkpoint, Judged]:
    """The checkpoint in a file and what the policy makes of it.

    Raises `FileRefused` where there is no checkpoint, or a known key's signature on it is false.
    """
    try:
        checkpoint = checkpoints.parse(note_in(path))
        return checkpoint, policy.judge(trusted, checkpoint)
    except BookError as error:
        raise FileRefused(say("{file}: {fault}", file=str(path), fault=error.said)) from None


def lines(checkpoint: Checkpoint, judged: Judged) -> Iterator[Said]:
    """Who cosigned and when, who is lacking, and the conclusion last."""
    yield say(
        "Checkpoint of {book}: {size} acts, check code {code}",
        book=checkpoint.book_id,
        size=checkpoint.size,
        code=checkpoint.check_code,
    )
    if not judged.logs and not judged.known:
        yield say("E    none of the policy's log keys signed it")
    for name, at in judged.cosigned.items():
        yield say("ok   {name} cosigned {time}", name=name, time=clock(at))
    for name in judged.lacking:
        yield say("--   {name} did not cosign", name=name)
    if judged.holds:
        yield say("The policy holds: the quorum cosigned.")
    else:
        yield say("The policy does not hold.")


def lines_after(printed: str, judged: Sequence[tuple[Checkpoint, Judged]]) -> str:
    """A report for people with what the policy makes of each federation's checkpoint, which ends it."""
    said = [shown(line) for one in judged for line in lines(*one)]
    return "\n".join([printed, "", *said])


def data_beside(printed: str, judged: Sequence[tuple[Checkpoint, Judged]]) -> str:
    """A report in JSON, one object or a list of them, each with `policy` beside what it says."""
    reports = json.loads(printed)
    for report, one in zip(reports if isinstance(reports, list) else [reports], judged, strict=True):
        report["policy"] = data(*one)
    return json.dumps(reports, ensure_ascii=False, indent=2)


def data(checkpoint: Checkpoint, judged: Judged) -> dict[str, object]:
    """The same as data; times are seconds since 1970."""
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "logs": sorted(judged.logs),
        "cosigned": dict(judged.cosigned),
        "lacking": list(judged.lacking),
        "quorum": judged.quorum,
        "holds": judged.holds,
    }


def clock(at: int) -> str:
    """Seconds since 1970 as people read a time; as a number where no calendar reaches."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return str(at)
