"""`tinkuy ballot rollup`: boxes of small bases added up a tree under encryption, and only large sums opened.

    organiser    plan       the boxes, closed and added up, and their tree: what is summed and what is opened
    trustee      decrypt    her share of every sum that is opened, after everything was verified
    organiser    result     shares taken, the figures
    anybody      verify     everything recomputed from the boxes

Guarantees that a plan is written of sound boxes only, and that a trustee gives no share of what would show fewer voters
than she asks for, counted together with all that she opened before.

    FOLDER/plan.json    FOLDER/share-N.json    FOLDER/result.json    and the boxes, UUID.bel, in a folder of their own
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tinkuy.ballot import BallotError, trustee_key, trustee_share
from tinkuy.ballot.question import Question
from tinkuy.ballot.rollup import audit, plan, record, share, tree
from tinkuy.ballot.rollup.verdict import Shown, Verdict
from tinkuy.cli import ballot_roles
from tinkuy.cli.ballot_here import read, replace, source, spreading, workers, write
from tinkuy.cli.ballot_verify import HOLDS, MOST_SHOWN, WRONG
from tinkuy.cli.desk_here import read_bytes, shown, tell
from tinkuy.cli.language import current, spoken
from tinkuy.cli.progress import Step, counted
from tinkuy.words import Said, grouped, say

MAX_BOX = 2**32  # bytes of one box's archive
MAX_TREE = 2**26
PLAN, RESULT = "plan.json", "result.json"
_SHARE = re.compile(r"share-([1-9]\d{0,2})\.json")

BOXES = say("The folder of the boxes' archives, each named UUID.bel.")
FOLDER = say("The folder of the roll-up, as plan wrote it.")
LEAST = say("The fewest voters whose sum may be shown, as your statutes say.")
JOBS = say("Processes; by default one a core.")

app = typer.Typer(
    no_args_is_help=True,
    help=spoken(ballot_roles.ROLLUP),
)
Folder = Annotated[Path, typer.Argument(help=spoken(FOLDER), show_default=False)]
Boxes = Annotated[Path, typer.Option("--boxes", help=spoken(BOXES), show_default=False)]
Least = Annotated[
    int,
    typer.Option("--small-cell", min=plan.FEWEST_LEAST, max=plan.MOST_LEAST, help=spoken(LEAST), show_default=False),
]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, max=256, help=spoken(JOBS), show_default=False)]


@app.command("plan", help=spoken(ballot_roles.PLAN))
def make(
    places: Annotated[
        Path,
        typer.Argument(
            help=spoken(say("The tree (CSV).")),
            show_default=False,
        ),
    ],
    boxes: Boxes,
    least: Least,
    name: Annotated[str, typer.Option("--name", help=spoken(say("What is decided, for people.")), show_default=False)],
    out: Annotated[Path, typer.Option("--out", help=spoken(say("The folder to write to.")), show_default=False)],
    jobs: Jobs = None,
) -> None:
    """`plan.json`, after every box was verified."""
    up = tree.read(read_bytes(places, MAX_TREE).decode("utf-8-sig", "replace"))
    with spreading(workers(jobs)) as spread, counted(say("Boxes"), len(up.boxes)) as step:
        gathered = audit.gathered(_archives(boxes, sorted(up.boxes), step), spread)
    made = plan.make(name, up, gathered, least)
    out.mkdir(parents=True, exist_ok=True)
    write(out / PLAN, made.data)
    for line in _planned(made):
        tell(line)
    tell(say("{file}: written. Its hash is {digest}.", file=str(out / PLAN), digest=made.digest))


@app.command("decrypt", help=spoken(ballot_roles.ROLLUP_DECRYPT))
def decrypt(
    folder: Folder,
    boxes: Boxes,
    private: Annotated[
        Path, typer.Option("--key", help=spoken(say("The file of the private key.")), show_default=False)
    ],
    record_file: Annotated[
        Path,
        typer.Option(
            "--record",
            help=spoken(say("Your record of what you opened before; begun if there is none.")),
            show_default=False,
        ),
    ],
    least: Least,
    out: Annotated[Path, typer.Option("--out", help=spoken(say("Where to write it.")), show_default=False)],
    jobs: Jobs = None,
) -> None:
    """A share of every opened node, in one file; and the record, which then names them."""
    at_hand = plan.read(read(folder / PLAN))
    if at_hand.written.small_cell < least:
        raise BallotError(
            say(
                "The plan opens sums of {count} voters; you ask for {least}.",
                count=at_hand.written.small_cell,
                least=least,
            )
        )
    if out.exists():
        raise BallotError(say("{file} is there already; nothing is written over it.", file=str(out)))
    secret = trustee_key.read_private(at_hand.trustees.group, read(private))
    record.with_plan(recorded(record_file), at_hand)
    for finding in _judged(folder, boxes, at_hand, jobs, finished=False).findings:
        raise BallotError(finding.sentence)
    made = share.decrypt(at_hand, secret, source)
    after = record.with_plan(recorded(record_file), at_hand)
    replace(record_file, record.write(after))  # first: a share that is not in the record must not exist
    write(out, made)
    tell(say("{file} is your share of {count} sums.", file=str(out), count=len(at_hand.written.opened)))
    tell(
        say("Keep {file}: it is what keeps two roll-ups from showing together what none shows.", file=str(record_file))
    )


@app.command("result", help=spoken(ballot_roles.ROLLUP_RESULT))
def result(
    folder: Folder,
    shares: Annotated[
        list[Path], typer.Option("--share", help=spoken(say("A trustee's share; several times.")), show_default=False)
    ],
) -> None:
    """`share-N.json` of each trustee, checked; and `result.json`."""
    at_hand = plan.read(read(folder / PLAN))
    bodies = [*map(read, _shares(folder)), *map(read, shares)]
    taken: dict[int, bytes] = {}
    factors = {}
    for body in bodies:
        number, found = share.verify(at_hand, body)
        if taken.setdefault(number, body) != body:
            raise BallotError(say("{who} gave a share before.", who=at_hand.trustees.who(number)))
        factors[number] = found
    for number, body in taken.items():
        if not (folder / f"share-{number}.json").exists():
            write(folder / f"share-{number}.json", body)
            tell(say("{who}: taken.", who=at_hand.trustees.who(number)))
    missing = trustee_share.missing(at_hand.trustees, factors)
    if missing:
        tell(say("The sums cannot be opened yet. Missing: {missing}.", missing=tuple(missing)))
        return
    write(folder / RESULT, share.conclude(at_hand, factors))
    tell(
        say(
            "{file}: written. Anybody checks it with {command}.",
            file=str(folder / RESULT),
            command="tinkuy ballot rollup verify",
        )
    )


@app.command("verify", help=spoken(ballot_roles.ROLLUP_VERIFY))
def verify(
    folder: Folder,
    boxes: Boxes,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("Everything that was found, as data.")))] = False,
    jobs: Jobs = None,
) -> int:
    """Exit code 0, 1 or 2."""
    at_hand = plan.read(read(folder / PLAN))
    verdict = _judged(folder, boxes, at_hand, jobs, finished=True)
    if as_json:
        typer.echo(json.dumps(_data(verdict), ensure_ascii=False, indent=2))
    else:
        for line in _lines(folder.name, verdict):
            typer.echo(shown(line) if line else "")
    return WRONG if verdict.findings else HOLDS


def recorded(path: Path) -> record.Record:
    """A trustee's record; an empty one where there is no file yet."""
    return record.read(read(path)) if path.exists() else record.Record()


def _judged(folder: Path, boxes: Path, at_hand: plan.Plan, jobs: int | None, *, finished: bool) -> Verdict:
    """The verdict on a folder; unless `finished`, on its plan and boxes alone."""
    uuids = [box.uuid for box in at_hand.written.boxes]
    shares = [read(path) for path in _shares(folder)] if finished else []
    end = read(folder / RESULT) if finished and (folder / RESULT).exists() else None
    with spreading(workers(jobs)) as spread, counted(say("Boxes"), len(uuids)) as step:
        return audit.verify(at_hand, _archives(boxes, uuids, step), shares, end, spread)


def _archives(boxes: Path, uuids: Iterable[str], step: Step) -> Iterator[tuple[str, bytes]]:
    """The archives that are there, one after another."""
    for uuid in uuids:
        path = boxes / f"{uuid}.bel"
        if path.exists():
            yield uuid, read_bytes(path, MAX_BOX)
        step(1)


def _shares(folder: Path) -> list[Path]:
    """The shares taken, by the trustee's number."""
    found = {int(match[1]): path for path in folder.iterdir() if (match := _SHARE.fullmatch(path.name))}
    return [found[number] for number in sorted(found)]


def _planned(made: plan.Plan) -> Iterator[Said]:
    """What a plan opens, and what it leaves closed."""
    opened = made.written.opened
    yield say(
        "Boxes: {boxes}; nodes above them: {nodes}; sums to be opened, of at least {least} voters each: {opened}.",
        boxes=len(made.written.boxes),
        nodes=len(made.written.nodes),
        opened=len(opened),
        least=made.written.small_cell,
    )
    closed = [node for node in sorted(made.tree.places) if node not in {one.node for one in opened}]
    if closed:
        yield say(
            "Shown only within larger sums: {nodes}", nodes=(*closed[:MOST_SHOWN], *["…"] * (len(closed) > MOST_SHOWN))
        )


def _lines(name: str, verdict: Verdict) -> Iterator[Said | None]:
    """What was added up, what holds, what does not, the figures, and the conclusion last; None is an empty line."""
    root = verdict.nodes[0]
    yield say(
        "{name}   roll-up of secret ballots; boxes: {boxes}; voters: {voters}",
        name=verdict.name,
        boxes=root.boxes,
        voters=root.voters,
    )
    yield say(
        "plan {digest}; sums of at least {least} voters are opened", digest=verdict.digest, least=verdict.small_cell
    )
    yield None
    yield say("{shares} shares of {trustees} trustees", shares=verdict.shares, trustees=verdict.trustees)
    if not verdict.findings:
        yield say("ok   every box, ballot, sum, share and figure that is there")
    for one in verdict.findings[:MOST_SHOWN]:
        yield say("E    {finding}", finding=one.sentence)
    if len(verdict.findings) > MOST_SHOWN:
        yield say("E    and {count} more; --json lists all", count=len(verdict.findings) - MOST_SHOWN)
    yield None
    depth: dict[str, int] = {}
    for node in verdict.nodes[:MOST_SHOWN]:
        depth[node.node] = depth.get(node.parent, -1) + 1
        yield from _node(verdict, node, "  " * depth[node.node])
    if len(verdict.nodes) > MOST_SHOWN:
        yield say("and {count} more nodes; --json lists all", count=len(verdict.nodes) - MOST_SHOWN)
    yield None
    match verdict.state:
        case "sound":
            yield say("{file} is sound: what was decrypted is the sum of what was cast.", file=name)
        case "unfinished" if verdict.missing:
            yield say(
                "{file} is sound so far, and not finished. Missing: {missing}.", file=name, missing=verdict.missing
            )
        case "unfinished":
            yield say("{file} is sound so far, and not finished.", file=name)
        case "wrong":
            yield say("{file} is not sound: {count} findings.", file=name, count=len(verdict.findings))


def _node(verdict: Verdict, node: Shown, indent: str) -> Iterator[Said]:
    figures = {"node": indent + node.node, "voters": node.voters, "weight": node.weight, "boxes": node.boxes}
    if not node.opened:
        yield say("{node}   voters: {voters}, shown only within a larger sum", **figures)
    elif node.voters == node.weight:
        yield say("{node}   voters: {voters}; boxes: {boxes}", **figures)
    else:
        yield say("{node}   voters: {voters}, of weight {weight}; boxes: {boxes}", **figures)
    for question, row in zip(verdict.questions, node.figures or (), strict=False):
        names = ((say("Blank"),) if isinstance(question, Question) and question.offers_blank else ()) + question.answers
        marks = tuple(
            say("{name} {number}", name=answer, number=grouped(figure, current()))
            for answer, figure in zip(names, row, strict=False)
        )
        yield say("{indent}     {question} {marked}", indent=indent, question=question.question, marked=marks)


def _data(verdict: Verdict) -> dict[str, object]:
    """The same as data."""
    return {
        "state": verdict.state,
        "name": verdict.name,
        "plan": verdict.digest,
        "small_cell": verdict.small_cell,
        "questions": msgspec.to_builtins(verdict.questions),
        "trustees": verdict.trustees,
        "shares": verdict.shares,
        "nodes": [msgspec.to_builtins(node) for node in verdict.nodes],
        "missing": [shown(one) for one in verdict.missing],
        "findings": [
            {"check": one.check, "node": one.node, "box": one.box, "said": shown(one.said)} for one in verdict.findings
        ],
    }
