"""Units heard on a Dask cluster: what `tinkuy verify --cluster ADDRESS` sends away, and what comes back.

Guarantees that the report is the one that this machine alone would make: a worker gets the bytes of the books it is
to hear and of the statutes that they name, not a path, so it needs no shared disk and cannot read another version of
the file; a group whose worker was lost is heard by another; and what is not heard is never left out, but ends the
command. At most `AHEAD` groups a thread of the cluster are under way, so that neither this machine nor the scheduler
ever holds the whole archive.

A cluster is believed as this machine is: whoever runs it could make it lie. Its connections are those that Dask is
configured for; without TLS a scheduler asks nobody who they are (docs/decisions/cluster.md).

>>> with connected("tls://scheduler:8786") as cluster:  # doctest: +SKIP
...     hearings = cluster.hear(package, groups, attachments, step)
"""

# Dask gives its types in part.
# mypy: allow-untyped-calls

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tinkuy import __version__
from tinkuy.book.errors import BookError
from tinkuy.book.package import Package
from tinkuy.cli.progress import Step
from tinkuy.federation import audit
from tinkuy.federation.archive import UNITS
from tinkuy.federation.audit import Hearing
from tinkuy.federation.hearing import Asked
from tinkuy.words import Said, Spoken, say

if TYPE_CHECKING:
    from distributed import Client, Future

EXTRA = "tinkuy[scale]"
PATIENCE = 10.0  # seconds: for the scheduler to answer, for a first worker, and between looks at silent workers
AHEAD = 2  # groups a thread: one at work, one at hand
_SCHEMES = re.compile(r"(tcp://|tls://)?[^/]+$")
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')


class ClusterError(Spoken):
    """The cluster cannot be reached, or did not hear what it was asked to."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A group of units with all that a worker needs to hear it; a `federation.archive.Reader` of its own files.

    A file that this machine could not read travels as what was wrong with it.
    """

    group: Sequence[Asked]
    files: Mapping[str, bytes | Said]
    attachments: Mapping[str, bytes]

    def names(self) -> Iterable[str]:
        """Every file's name."""
        return self.files

    def read(self, name: str) -> bytes:
        """A file's bytes; raises `BookError` where the package itself would, in the same words."""
        held = self.files[name]
        if isinstance(held, Said):
            raise BookError(held)
        return held


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """A cluster by the address of its scheduler, such as `tcp://10.0.0.5:8786`, until the block ends.

    Raises `ClusterError` when Dask is not installed, nobody answers there within `PATIENCE`, or there is no worker.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ClusterError(
            say("--cluster needs Dask, which is not installed: pip install '{extra}'", extra=EXTRA)
        ) from None
    # What goes wrong ends in one line of ours; Dask's own lines would stand between it and the progress.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    _expect_scheduler(address)
    with (
        Client(address, timeout=PATIENCE, set_as_default=False, direct_to_workers=False) as client,
        client.as_current(),
    ):
        yield Cluster(address, client)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A connection to a cluster."""

    address: str
    client: Client

    def hear(
        self, package: Package, groups: Sequence[list[Asked]], attachments: Mapping[str, bytes], step: Step
    ) -> list[Hearing]:
        """What each group comes to, in the order given; `step` is told of units as they are heard.

        Raises `ClusterError` when a group could not be heard.
        """
        self.expect_workers()
        left = enumerate(groups)
        under_way: dict[Future[Any], int] = {}
        heard: dict[int, Hearing] = {}
        while len(heard) < len(groups):
            while len(under_way) < AHEAD * self.threads() and (asked := next(left, None)) is not None:
                place, group = asked
                task = self.client.submit(_hear, _partition(package, group, attachments), pure=False)
                under_way[task] = place
            for task in self._ended(under_way):
                place = under_way.pop(task)
                heard[place] = self._heard(task)
                task.release()
                step(len(heard[place].heard))
        return [heard[place] for place in range(len(groups))]

    def threads(self) -> int:
        """How many threads its workers have together, at least one."""
        threads: dict[str, int] = self.client.nthreads()
        return max(1, sum(threads.values()))

    def expect_workers(self) -> None:
        """Raise `ClusterError` unless there is a worker within `PATIENCE`."""
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(say("{address}: the cluster has no workers", address=self.address)) from None

    def gone(self) -> ClusterError:
        """The error of work that nobody holds any more."""
        return ClusterError(say("{address}: the scheduler went away", address=self.address))

    def other_version(self, other: object) -> ClusterError:
        """The error of a worker that has another version of the program."""
        return ClusterError(
            say(
                "{address}: a worker runs tinkuy {other}, this is {version}; both must be the same",
                address=self.address,
                other=str(other),
                version=__version__,
            )
        )

    def _ended(self, under_way: Iterable[Future[Any]]) -> list[Future[Any]]:
        """The tasks that have ended, once there is one."""
        from distributed import wait

        while True:
            try:
                return list(wait(list(under_way), timeout=PATIENCE, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                self.expect_workers()
            except CancelledError:
                raise self.gone() from None

    def _heard(self, task: Future[Any]) -> Hearing:
        error = task.exception()
        if error is not None:
            raise ClusterError(
                say(
                    "{address}: a group of books could not be heard ({kind}: {what}); tinkuy {version} must be "
                    "installed on the scheduler and on every worker",
                    address=self.address,
                    kind=type(error).__name__,
                    what=" ".join(str(error).split())[:200],
                    version=__version__,
                )
            )
        version, hearing = task.result()
        if version != __version__ or not isinstance(hearing, Hearing):
            raise self.other_version(version)
        return hearing


def _hear(partition: Partition) -> tuple[str, Hearing]:
    """On a worker: its version of the program, and what the group comes to."""
    return __version__, audit.hear(partition, partition.group, dict(partition.attachments))


def _partition(package: Package, group: list[Asked], attachments: Mapping[str, bytes]) -> Partition:
    files: dict[str, bytes | Said] = {}
    named: set[str] = set()
    for name in sorted({UNITS + ask.volume for ask in group if ask.volume}):
        try:
            data = package.read(name)
        except BookError as error:
            files[name] = error.said
        else:
            files[name] = data
            named |= {digest.decode() for digest in _DIGEST.findall(data)}
    return Partition(group, files, {digest: attachments[digest] for digest in sorted(named) if digest in attachments})


def _expect_scheduler(address: str) -> None:
    """Raise `ClusterError` unless something that speaks Dask's protocol answers at the address."""
    try:
        if not _SCHEMES.match(address):
            raise ValueError(address)
        asyncio.run(asyncio.wait_for(_greeted(address), PATIENCE))
    except (OSError, TimeoutError) as error:
        reason = str(error.__cause__ or error) or "timeout"
        raise ClusterError(
            say("{address}: no scheduler of a cluster answers there ({reason})", address=address, reason=reason)
        ) from None
    # What is no scheduler may answer with anything, a length that no memory holds included.
    except (ValueError, TypeError, MemoryError) as error:
        raise ClusterError(
            say(
                "{address}: this is not the address of a scheduler, such as tcp://10.0.0.5:8786 ({reason})",
                address=address,
                reason=" ".join(str(error).split())[:200] or type(error).__name__,
            )
        ) from None


async def _greeted(address: str) -> None:
    from distributed.comm.core import connect
    from distributed.security import Security

    line = await connect(address, timeout=PATIENCE, **Security().get_connection_args("client"))
    await line.close()
