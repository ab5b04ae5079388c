"""`tinkuy verify`: the observer's command. It recomputes everything from the files, alone, offline.

Exit code: 0 everything holds, 1 something does not, 2 not an archive. Text, JSON and HTML are made from one `Report`.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tinkuy.book.errors import BookError
from tinkuy.book.package import Package
from tinkuy.cli.language import current, spoken
from tinkuy.cli.progress import Step, counted
from tinkuy.cli.verify_pool import started
from tinkuy.federation import audit
from tinkuy.federation.audit import Hearing
from tinkuy.federation.outcome import Finding, Report
from tinkuy.federation.report import conclude
from tinkuy.words import Spoken, say

if TYPE_CHECKING:
    from tinkuy.book.checkpoint import Checkpoint
    from tinkuy.book.policy import Judged
    from tinkuy.cli.verify_cluster import Cluster

GROUP = 250  # units a task: small enough to show progress, large enough to be worth a process
ALONE = 1_000_000  # bytes of an archive up to which the start of more processes costs more than it saves


def command(
    archives: Annotated[
        list[Path], typer.Argument(help=spoken(say("Archives of consultations (.tinkuy).")), show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("Everything that was found, as data.")))] = False,
    html: Annotated[Path | None, typer.Option("--html", help=spoken(say("Write the report as a page, too.")))] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help=spoken(say("Processes; by default one a core.")))
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="ADDRESS",
            help=spoken(say("Use the Dask cluster whose scheduler is at this address, such as tcp://10.0.0.5:8786.")),
            show_default=False,
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            "--policy", help=spoken(say("The observer's trust policy (C2SP tlog-policy).")), show_default=False
        ),
    ] = None,
) -> int:
    """Recompute a decision from its archive and say what does not hold."""
    from tinkuy.cli import verify_html, verify_json, verify_text
    from tinkuy.cli.page import write

    if cluster is not None and jobs is not None:
        raise Spoken(say("--jobs counts processes of this machine and --cluster uses others: give one of the two"))
    judged = [] if policy is None else _judged(archives, policy)
    # Ninety thousand bases are kept to the end, in no cycle: the collector would walk through them over and over.
    gc.disable()
    try:
        with nullcontext() if cluster is None else _connected(cluster) as far:
            reports = []
            for path in archives:
                try:
                    reports.append((path.name, verify(path, jobs or os.cpu_count() or 1, far)))
                except BookError as error:
                    raise Spoken(say("{file}: {fault}", file=str(path), fault=error.said)) from None
    finally:
        gc.enable()
    if html is not None:
        write(html, verify_html.page(reports, current()))
    shown = verify_json.as_json(reports, current()) if as_json else iter([verify_text.as_text(reports, current())])
    if policy is not None:
        shown = iter([_with("".join(shown), judged, as_json)])
    sys.stdout.writelines(shown)
    print()
    return 0 if all(report.sound for _, report in reports) and all(one.holds for _, one in judged) else 1


def _judged(archives: list[Path], policy: Path) -> list[tuple[Checkpoint, Judged]]:
    """What an observer's policy makes of the checkpoint of each federation's book."""
    from tinkuy.cli import witness_check

    trusted = witness_check.read(policy)
    return [witness_check.judged_in(path, trusted) for path in archives]


def _with(shown: str, judged: list[tuple[Checkpoint, Judged]], as_json: bool) -> str:
    from tinkuy.cli import witness_check

    return witness_check.data_beside(shown, judged) if as_json else witness_check.lines_after(shown, judged)


def _connected(address: str) -> AbstractContextManager[Cluster]:
    from tinkuy.cli.verify_cluster import connected

    return connected(address)


def verify(path: Path, jobs: int = 1, cluster: Cluster | None = None) -> Report:
    """The audit of one archive; the same report with any number of processes, or on a cluster.

    Raises `BookError` when the file is not an archive.
    """
    with path.open("rb") as file:
        package = Package(file)
        several = cluster is None and jobs > 1 and path.stat().st_size > ALONE
        with started(path, jobs) if several else nullcontext() as pool:
            if pool is not None:
                pool.read_ahead(audit.volumes_among(package.names()))
            opened, shelf = audit.open_archive(package)
            units = audit.asks(opened)
            parts = audit.groups(units, -(-len(units) // GROUP))
            with counted(say("Checking the books of the bases"), len(units)) as step:
                if cluster is not None:
                    hearings = cluster.hear(package, parts, shelf.attachments, step)
                elif pool is not None:
                    hearings = pool.hear(parts, step)
                else:
                    hearings = [_stepped(audit.hear(package, part, shelf.attachments), step) for part in parts]
        found = audit.unlisted(shelf, package.names(), hearings)
    if not package.sealed:
        said = say("the file was packed again by another program; what it holds is checked, its wrapping is not sealed")
        found.append(Finding("info", path.name, said))
    heard = {one.code: one for hearing in hearings for one in hearing.heard}
    del hearings  # what is heard is let go as it is concluded
    return conclude(opened, heard, found)


def _stepped(hearing: Hearing, step: Step) -> Hearing:
    step(len(hearing.heard))
    return hearing
