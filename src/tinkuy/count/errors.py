"""What a count refuses, in one family."""

from __future__ import annotations

from collections.abc import Iterable

from tinkuy.words import Said, Spoken


class CountError(Spoken):
    """A count cannot be made as it was asked for; the message says why, where, and what to do."""


class Unreadable(CountError):
    """A file of papers is not what its format asks for: names the line and what was expected there."""


class Undecided(CountError):
    """A tie stands that the rule gives to the lot, and no lot was drawn for it: `tied` are the names."""

    def __init__(self, said: Said, tied: Iterable[str] = ()) -> None:
        super().__init__(said)
        self.tied = tuple(sorted(tied))
