"""How few outstanding votes could turn a verdict.

Guarantees, for a rule that treats votes alike, the exact least number: the rule itself is asked, by bisection, what it
would say had so many more votes gone to one option. A verdict that could turn to any other does so soonest when all of
them go to one option: more of the same never turns it back. Turnout and support tests are tests of that same rule, so
more votes against may turn a verdict that fails for turnout alone, and they are seen here too.
Source: design of the federation, "Roll-up"; checked against every possible outcome of small votes by a test.

>>> least(lambda votes: votes >= 7, 100), least(lambda votes: votes >= 7, 6)
(7, None)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

Verdict = Callable[[Sequence[int], int | None], Hashable]
"""What a rule says of weights per option, in the order of the question, and the option that gained, if one did."""


def least(turned: Callable[[int], bool], most: int) -> int | None:
    """The least number from 1 to `most` for which `turned` holds, if it holds from some number on; else None."""
    if most < 1 or not turned(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if turned(middle):
            high = middle
        else:
            low = middle + 1
    return low


def to_turn(verdict: Verdict, weights: Sequence[int], outstanding: int) -> int | None:
    """The least outstanding weight that could change what `verdict` says; None if not even all of it can.

    Where weight comes in lumps (a base's card, a delegation) no smaller weight can change it, and all of it can.
    """
    now = verdict(weights, None)
    found = (least(_change(verdict, weights, option, now), outstanding) for option in range(len(weights)))
    return min((number for number in found if number is not None), default=None)


Move = tuple[int, ...]
"""What one region that changes its mind adds to every weight."""


def moves_to_turn(
    verdict: Callable[[Sequence[int]], Hashable],
    now: Sequence[int],
    ends: Sequence[tuple[Sequence[Move], Sequence[Move]]],
) -> int | None:
    """The least number of moves that changes what `verdict` says, when whole regions may still change theirs.

    `ends` has a pair for each way in which the verdict may be moved: the moves of regions that have spoken, in the
    order in which they are to be tried, and the moves of those that have not. The two are tried in every proportion,
    because only the latter raise the turnout.
    """
    before = verdict(now)
    best: int | None = None
    for spoken, silent in ends:
        for count in range(1, len(spoken) + len(silent) + 1):
            if best is not None and count >= best:
                break
            fewest, most = max(0, count - len(spoken)), min(count, len(silent))
            if any(
                verdict(_moved(now, [*spoken[: count - some], *silent[:some]])) != before
                for some in range(fewest, most + 1)
            ):
                best = count
    return best


def _change(verdict: Verdict, weights: Sequence[int], option: int, now: Hashable) -> Callable[[int], bool]:
    def turned(votes: int) -> bool:
        more = [weight + votes * (place == option) for place, weight in enumerate(weights)]
        return verdict(more, option) != now

    return turned


def _moved(now: Sequence[int], moves: Sequence[Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(now, *moves, strict=True)]
