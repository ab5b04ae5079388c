"""How New Zealand breaks a tie that earlier steps do not: by pseudo-random numbers that the regulations define.

Source: Local Electoral Regulations 2001 (SR 2001/145), Schedule 1A, clauses 41 to 48. The generator is Wichmann and
Hill's but for its last operation: clause 43 adds the three parts and does not reduce the sum by 10,000. It is law.

>>> numbers(candidates=3, vacancies=1, votes=100)
(7614, 18009, 16945)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


def numbers(candidates: int, vacancies: int, votes: int) -> tuple[int, ...]:
    """Each candidate's number at the first step, in the order of the candidates."""
    values = _values(candidates, vacancies, votes)
    for _ in range(4):  # cl. 44: the first four are discarded
        next(values)
    given: list[int] = []
    for value in values:
        if value not in given:  # cl. 46: distinct from all before
            given.append(value)
        if len(given) == candidates:
            break
    return tuple(given)


def _values(candidates: int, vacancies: int, votes: int) -> Iterator[int]:
    """The stream of clause 43 from the seeds of clause 42."""
    x, y, z = candidates + 5, vacancies, (votes + 1000 * (votes % 10)) % 30323
    while True:
        x, y, z = 171 * x % 30269, 172 * y % 30307, 170 * z % 30323
        yield 10_000 * x // 30269 + 10_000 * y // 30307 + 10_000 * z // 30323


@dataclass(frozen=True)
class PseudoRandom:
    """The lots of one step: the highest number is the best, the lowest is excluded (cl. 19)."""

    numbers: Mapping[str, int]
    step: int

    def first(self, tied: Sequence[str]) -> str:
        """The name with the highest number at this step; every second step takes the numbers from 10,000 (cl. 48)."""
        return (max if self.step % 2 else min)(tied, key=lambda name: self.numbers[name])
