"""Papers read on a Dask cluster: what `tinkuy count FILE… --cluster ADDRESS` sends away, and what comes back.

Guarantees that the count is the one that this machine alone would make: files are cut at ends of lines, a worker gets
the bytes of a part, not a path, and gives back its distinct papers with their weights; they are put together here, and
it does not matter how they were divided (`tinkuy.count.chunks`). A part whose worker was lost is read by another, and
papers that are not read end the command. A cluster is believed as this machine is (docs/decisions/cluster.md).

>>> papers = far(parts(data, "ward.blt"), "tcp://scheduler:8786")  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tinkuy.cli.ballot_verify_cluster import spreading
from tinkuy.count.chunks import Part, merged
from tinkuy.count.errors import CountError
from tinkuy.count.profile import Profile
from tinkuy.words import Said, say

LOST = say("some papers could not be read")


def far(parts: Iterable[Part], address: str) -> Profile:
    """The papers of all parts, each read on the cluster whose scheduler is at `address`.

    Raises `CountError` for what a part does not hold, in the words of this machine, and `ClusterError` when the cluster
    cannot be reached or a part could not be read.
    """
    with spreading(address, LOST) as spread:
        return merged(_profiles(spread(_read, parts)))


def _profiles(read: Iterable[Profile | Said]) -> Iterator[Profile]:
    for each in read:
        if isinstance(each, Said):
            raise CountError(each)
        yield each


def _read(part: Part) -> Profile | Said:
    """On a worker: the papers of a part, or what is wrong with it."""
    try:
        return part.read()
    except CountError as error:
        return error.said
