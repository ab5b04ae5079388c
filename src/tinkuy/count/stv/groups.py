"""Quotas of groups in a count: at least, at most so many of these are to be elected (cuotas de paridad).

Guarantees that whoever may still be elected can be elected with the quotas kept: a candidate without whom they can no
longer be kept is *guarded* (cannot be excluded), one with whom they can no longer be kept is *doomed* (is excluded
next). Groups may overlap; what is possible is decided exactly, by kinds of candidates who are in the same groups.

Sources: I. D. Hill, "STV with constraints", Voting matters 9 (1998); J. Otten, "STV with multiple constraints",
Voting matters 13 (2001).

>>> women = Group("women", frozenset({"Ana", "Caro"}), at_least=1)
>>> quotas = Quotas((women,), ("Ana", "Beto", "Caro"), seats=2)
>>> quotas.guarded(elected={1}, hopeful={0}), quotas.doomed(elected=set(), hopeful={0, 1})
(frozenset({0}), frozenset())
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from tinkuy.count.errors import CountError
from tinkuy.words import Said, say


@dataclass(frozen=True)
class Group:
    """Candidates by name, of whom at least and at most so many are to be elected."""

    name: str
    members: frozenset[str]
    at_least: int = 0
    at_most: int | None = None


class Quotas:
    """The groups' quotas over one list of candidates. Raises `CountError` for names that do not stand."""

    def __init__(self, groups: Sequence[Group], names: Sequence[str], seats: int) -> None:
        for group in groups:
            unknown = sorted(group.members - set(names))
            if unknown:
                raise CountError(
                    say("group {group}: no candidate is called {names}", group=group.name, names=", ".join(unknown))
                )
        self._groups = tuple(groups)
        self._names = tuple(names)
        self._seats = seats
        self._kinds = tuple(tuple(name in group.members for group in groups) for name in names)

    def check(self, hopeful: Collection[int]) -> None:
        """Raises `CountError` when the quotas cannot be kept with those who stand."""
        if self._groups and not self._possible((), hopeful):
            raise CountError(
                say(
                    "the quotas of {groups} cannot be kept with those who stand: change them or the seats",
                    groups=self.titles,
                )
            )

    def guarded(self, elected: Collection[int], hopeful: Collection[int]) -> frozenset[int]:
        """Who of the hopeful cannot be excluded, or the quotas are lost."""
        if not self._groups:
            return frozenset()
        return frozenset(
            one for one in hopeful if not self._possible(elected, [other for other in hopeful if other != one])
        )

    def doomed(self, elected: Collection[int], hopeful: Collection[int]) -> frozenset[int]:
        """Who of the hopeful cannot be elected, or the quotas are lost."""
        if not self._groups:
            return frozenset()
        return frozenset(
            one for one in hopeful if not self._possible([*elected, one], [other for other in hopeful if other != one])
        )

    def shut_out(self, doomed: Sequence[int]) -> Said:
        """Why these cannot be elected."""
        return say(
            "{names} can no longer be elected, or the quota of {groups} is lost",
            names=tuple(self._names[one] for one in doomed),
            groups=self.titles,
        )

    @property
    def titles(self) -> str:
        """The groups' names in a row."""
        return ", ".join(group.name for group in self._groups)

    def _possible(self, elected: Collection[int], hopeful: Collection[int]) -> bool:
        """Whether the seats that are left can be filled from the hopeful with every quota kept."""
        taken = Counter(self._kinds[one] for one in elected)
        there = sorted(Counter(self._kinds[one] for one in hopeful).items())
        held = [sum(number for kind, number in taken.items() if kind[place]) for place in range(len(self._groups))]
        vacancies = min(self._seats - len(elected), len(hopeful))

        @cache
        def fits(step: int, left: int, held: tuple[int, ...]) -> bool:
            if any(
                group.at_most is not None and number > group.at_most
                for group, number in zip(self._groups, held, strict=True)
            ):
                return False
            if step == len(there):
                return left == 0 and all(
                    number >= group.at_least for group, number in zip(self._groups, held, strict=True)
                )
            kind, number = there[step]
            return any(
                fits(step + 1, left - chosen, tuple(h + chosen * k for h, k in zip(held, kind, strict=True)))
                for chosen in range(min(number, left), -1, -1)
            )

        return vacancies >= 0 and fits(0, vacancies, tuple(held))
