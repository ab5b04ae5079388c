"""Ballots checked on a Dask cluster: what `tinkuy ballot verify --cluster ADDRESS` sends away, and what comes back.

Guarantees that the verdict is the one that this machine alone would give: a worker gets the bytes of the ballots it is
to check and of the election, not a path; a part whose worker was lost is checked by another; and what is not checked is
never left out, but ends the command. At most `AHEAD` parts a thread of the cluster are under way, so that memory stays
flat. A cluster is believed as this machine is (docs/decisions/cluster.md).
"""

# Dask gives its types in part.
# mypy: allow-untyped-calls

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tinkuy import __version__
from tinkuy.ballot.audit import Spread
from tinkuy.cli.verify_cluster import AHEAD, PATIENCE, Cluster, ClusterError, connected
from tinkuy.words import Said, say

if TYPE_CHECKING:
    from distributed import Future


UNCHECKED = say("some ballots could not be checked")


@contextmanager
def spreading(address: str, lost: Said = UNCHECKED) -> Iterator[Spread]:
    """What spreads work over the cluster whose scheduler is at `address`; raises `ClusterError` as `connected`.

    `lost` is what it means that a part of the work failed, in the error that then ends it.
    """
    with connected(address) as cluster:

        def spread(function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
            cluster.expect_workers()
            waiting: deque[Future[Any]] = deque()
            for task in tasks:
                waiting.append(cluster.client.submit(_done, function, task, pure=False))
                if len(waiting) >= AHEAD * cluster.threads():
                    yield _taken(cluster, waiting.popleft(), lost)
            while waiting:
                yield _taken(cluster, waiting.popleft(), lost)

        yield spread


def _done(function: Callable[[Any], Any], task: Any) -> tuple[str, Any]:
    """On a worker: its version of the program, and what the function makes of the task."""
    return __version__, function(task)


def _taken(cluster: Cluster, future: Future[Any], lost: Said) -> Any:
    """What a worker made of a task, once it has; in its place raises `ClusterError`."""
    error = _ended(cluster, future)
    if error is not None:
        raise ClusterError(
            say(
                "{address}: {lost} ({kind}: {what}); tinkuy {version} must be installed on the scheduler and on every "
                "worker",
                address=cluster.address,
                lost=lost,
                kind=type(error).__name__,
                what=" ".join(str(error).split())[:200],
                version=__version__,
            )
        )
    version, made = future.result()
    future.release()
    if version != __version__:
        raise cluster.other_version(version)
    return made


def _ended(cluster: Cluster, future: Future[Any]) -> BaseException | None:
    """What a task ended with, if not with a result. A worker that went away is replaced by another, if there is one."""
    while True:
        try:
            error: BaseException | None = future.exception(timeout=PATIENCE)
        except TimeoutError:
            cluster.expect_workers()
        except CancelledError:
            raise cluster.gone() from None
        else:
            return error
