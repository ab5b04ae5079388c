"""BLT: candidates and seats, papers with their weights, names, title.

Source: Hill, Wichmann and Woodall, "Algorithm 123: Single transferable vote by Meek's method", Computer Journal 30
(1987), and what OpenSTV, OpaVote, Droop and OpenTally have added.
"""

from __future__ import annotations

from tinkuy.count.errors import Unreadable
from tinkuy.count.profile import Profile
from tinkuy.words import say


def read(data: bytes, name: str = "") -> Profile:
    """The profile in a BLT file. Raises `Unreadable`, naming file, line and what was expected."""
    lines = [(number, line.strip()) for number, line in enumerate(data.decode("utf-8-sig").splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    file = name or "BLT"
    _, head = lines[0]
    candidates, seats = (int(word) for word in head.split()[:2])
    withdrawn: set[int] = set()
    papers: list[tuple[list[int | list[int]], int]] = []
    place = 1
    for place, (number, line) in enumerate(lines[1:], 1):
        words = line.split()
        if words == ["0"]:
            break
        if words[0].startswith("-"):
            withdrawn |= {-int(word) - 1 for word in words}
            continue
        ranking: list[int | list[int]] = []
        for word in words[1:]:
            if word in ("0", "-"):
                continue
            try:
                shared = [int(part) - 1 for part in word.split("=")]
            except ValueError as error:
                raise Unreadable(
                    say("{file}, line {number}: candidates' numbers expected", file=file, number=number)
                ) from error
            ranking.append(shared[0] if len(shared) == 1 else shared)
        papers.append((ranking, int(words[0])))
    rest = [line[1:-1] if line.startswith('"') and line.endswith('"') else line for _, line in lines[place + 1 :]]
    return Profile.of(
        rest[:candidates],
        papers,
        seats=seats,
        title=rest[candidates] if len(rest) > candidates else "",
        withdrawn=frozenset(withdrawn),
    )
