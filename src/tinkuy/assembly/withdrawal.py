"""Withdrawals: a slip of the pen is taken back before it is sealed (deshacer).

Guarantees that the book keeps the slip and its withdrawal, and that the body stands as if the slip had never been
made: replay passes over it. Only the last act that stands is taken back, by the officer who recorded it, so that
nothing ever stands on an act that is gone. A book of any length replays as fast with withdrawals as without.

    standing →taken back [the last that stands, by who recorded it, not sealed]→ withdrawn
    standing →an act that stays is recorded after it, or a checkpoint over it is sealed→ stays

What may be taken back is what an officer wrote down wrongly; each kind of act says so (`Act.withdrawable`). The
founding, statutes, boards, keys, recalls and the choice of a branch stay: on them depends who signs. What came from
others stays as well: sheets received, results told, forks. A withdrawal stays: what it took back is recorded again.

When a book was sealed does not stand in the book. The desk asks its own checkpoints before it writes, and whoever
holds an older sealed checkpoint compares (`sealed_over`); the state that the acts replay to is the same for all.

Source: assembly.md, "Rules that practice has taught", undo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import methodcaller
from typing import TYPE_CHECKING

from tinkuy.assembly.act import Act, Refused, Whole, act, of_kind, read, recognised
from tinkuy.book.entry import parse
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

if TYPE_CHECKING:
    from tinkuy.assembly.state import Assembly

KIND = "act.withdrawn"
MAX_REASON = 2_000  # characters

_may_withdraw = methodcaller("startswith", f'{{"act":"{KIND}",'.encode("ascii"))  # asked of every entry of every book


@dataclass(slots=True)
class Slips:
    """The acts that may still be taken back, the last one at the end, as (index, who recorded it); and those that were.

    `withdrawn` gives the withdrawal by the index of the act that it took back.
    """

    standing: list[tuple[int, str]] = field(default_factory=list)
    withdrawn: dict[int, Withdrawn] = field(default_factory=dict)

    def follow(self, kind: type[Act] | None, n: int, by: str) -> None:
        """Note one more act of the book, allowed or not; None is a kind that nobody here knows."""
        if kind is not None and kind.withdrawable:
            self.standing.append((n, by))
        elif kind is not Withdrawn:
            self.standing.clear()

    def expect(self, slip: Withdrawn) -> None:
        """Refuse unless there is a reason, and the act named is the last that stands, recorded by the same officer."""
        if not 0 < len(slip.reason.strip()) <= MAX_REASON:
            raise Refused(say("taking an act back takes a reason of at most {most} characters", most=MAX_REASON))
        if not self.standing:
            raise Refused(
                say(
                    "no act can be taken back now: what was recorded last stays, and act {act} with it; record a later "
                    "act that corrects it",
                    act=str(slip.of),
                )
            )
        last, by = self.standing[-1]
        if slip.of != last:
            raise Refused(
                say(
                    "the last act that stands is act {last}: take that one back first, not act {act}",
                    last=str(last),
                    act=str(slip.of),
                )
            )
        if slip.by != by:
            raise Refused(
                say("act {act} was recorded by {role}: whoever recorded it takes it back", act=str(last), role=by)
            )

    def take_back(self, slip: Withdrawn) -> None:
        """The last act that stands is gone."""
        self.standing.pop()
        self.withdrawn[slip.of] = slip


@act
class Withdrawn(Act, tag=KIND, frozen=True, kw_only=True):
    """The last act that stands was a slip and is taken back (deshacer), for a stated reason; `of` is its index.

    Both stay in the book. What a sealed checkpoint covers is not taken back but corrected by a later act.
    """

    of: Whole
    reason: str

    def check(self, assembly: Assembly) -> None:
        assembly.slips.expect(self)

    def apply(self, assembly: Assembly) -> None:
        assembly.slips.take_back(self)
        assembly.behind = assembly.behind or self.of not in assembly.passed_over


def foreseen(bodies: Sequence[bytes]) -> frozenset[int]:
    """The indices of the acts that later acts of the same book take back, found before any of them is replayed.

    It needs no state: an act that may be taken back changes neither who sits on the board nor what may be taken back.
    """
    if not any(map(_may_withdraw, bodies)):
        return frozenset()
    slips = Slips()
    try:
        for n, body in enumerate(bodies):
            _follow(slips, n, body)
    except BookError:
        pass  # replay stops at the same entry, and says why
    return frozenset(slips.withdrawn)


def _follow(slips: Slips, n: int, body: bytes) -> None:
    found = recognised(body)
    fields = {"act": found.kind, "by": found.by} if found else parse(body)
    try:
        found = found or read(fields)
        if isinstance(found, Withdrawn) and found.n == n:
            slips.expect(found)
            slips.take_back(found)
    except Refused:
        pass  # refused in the replay too, with its reason
    slips.follow(of_kind(fields["act"]), n, fields["by"])


def sealed_over(slips: Slips, size: int) -> Said | None:
    """What there is to say when acts were taken back after a sealed checkpoint of `size` acts covered them, or None."""
    late = [of for of, slip in slips.withdrawn.items() if of < size <= slip.n]
    return stays(min(late), size) if late else None


def stays(n: int, size: int) -> Said:
    """Why an act under a sealed checkpoint of so many acts is not taken back, and what to do instead."""
    return say(
        "act {act} stands under a checkpoint of {size} acts: it is not taken back but corrected by a later act",
        act=str(n),
        size=str(size),
    )
