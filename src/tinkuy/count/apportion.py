"""Seats for lists by their votes (reparto de escaños): divisors and largest remainders, in integers and fractions.

**Divisors.** A list with v votes and s seats bids v / d(s) for the next one; the highest bid takes it, again and again.
D'Hondt's last successful bid is the *cifra repartidora*. A divisor of nought is an infinite bid: every list with votes
takes a seat before any takes its second, and where there are fewer seats than lists, those with more votes do.

**Largest remainders.** Every list takes the whole part of v / quota, and the seats left over go to the largest
remainders. A quota is a fraction and is never rounded, but Droop's, which is a whole number by definition.

Bids or remainders that are equal, with too few seats for all of them, are a tie: it is in the record, and the lot
decides it.

Sources: M. L. Balinski and H. P. Young, Fair Representation, 2nd ed. (2001), appendix A; for the cifra repartidora and
the threshold, Ley Orgánica de Elecciones (Perú) 26859, arts. 20 and 29 to 31.

>>> rule("dhondt").count(Lists(("A", "B", "C"), (56, 21, 28)), 3, Listed(("B", "C", "A"))).won
(2, 0, 1)
>>> result = rule("hamilton").count(Lists(("A", "B", "C"), (56, 21, 28)), 3, Listed(("B", "C", "A")))
>>> result.won, result.ties[0].among
((1, 1, 1), (0, 1))
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Self

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Lists
from tinkuy.count.registry import Rule, check_kind, register
from tinkuy.count.result import Event, Exact, Result, Stage, Tie
from tinkuy.count.seating import drawn
from tinkuy.words import Amount, Share, say

MOST_SEATS = 100_000
BALINSKI_YOUNG = "Balinski and Young, Fair Representation (2001), appendix A"


@dataclass
class Shared:
    """Seats as they are given out: the count's own working state, turned into a `Result` at its end."""

    lists: Lists
    seats: int
    sharing: tuple[int, ...]
    """The lists that take part: those with votes that reach the threshold."""
    won: list[int]
    order: list[int] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Seats not yet given."""
        return self.seats - len(self.order)

    def give(self, number: int, event: Event) -> None:
        """The next seat is this list's."""
        self.won[number] += 1
        self.order.append(number)
        self.events.append(event)

    def among(self, equal: Sequence[int], lots: Lots) -> tuple[int, ...]:
        """Those of equal claim who get one of the seats left: all, while there are enough; else whom the lot names."""
        if len(equal) <= self.left:
            return tuple(equal)
        chosen: list[int] = []
        tied = list(equal)
        while len(chosen) < self.left:
            one, event = drawn(tied, self.left - len(chosen), self.lists.names, lots)
            self.ties.append(Tie(1, tuple(tied), one, "seat", "lot"))
            self.events.append(event)
            chosen.append(one)
            tied.remove(one)
        return tuple(chosen)


@dataclass(frozen=True, kw_only=True)
class Apportionment(Rule):
    """Seats for lists. `threshold` is the share of all votes that a list must reach to take part (valla electoral)."""

    takes = Lists

    threshold: Fraction = Fraction(0)

    def above(self, threshold: Fraction) -> Self:
        """The same rule with a threshold. Raises `CountError` unless it is a share from 0 to 1."""
        if not 0 <= threshold <= 1:
            raise CountError(say("a threshold of {share}; a share from 0 to 1 expected", share=threshold))
        return replace(self, threshold=threshold)

    @abstractmethod
    def share(self, shared: Shared, lots: Lots) -> Exact | None:
        """Give out every seat. Returns the quota or the divisor that decided, for the record."""

    def count(self, papers: Lists, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008 — a frozen value
        check_kind(self, papers)
        shared = self._opened(papers, seats)
        quota = self.share(shared, lots)
        stage = Stage(1, tuple(papers.votes), quota=quota, events=tuple(shared.events))
        cast = sum(papers.votes)
        return Result(
            self.name,
            papers.names,
            seats,
            tuple(shared.order),
            int(cast),
            stages=(stage,),
            ties=tuple(shared.ties),
            quota=quota,
            won=tuple(shared.won),
        )

    def _opened(self, lists: Lists, seats: int) -> Shared:
        """Who takes part. Raises `CountError` for figures that cannot be shared by."""
        if not 1 <= seats <= MOST_SEATS:
            raise CountError(say("{seats} seats; from 1 to {most} expected", seats=seats, most=MOST_SEATS))
        for name, votes in zip(lists.names, lists.votes, strict=True):
            if votes < 0:
                raise CountError(say("{name} has {votes} votes; none or more expected", name=name, votes=Amount(votes)))
        cast = sum(lists.votes)
        least = self.threshold * cast
        sharing = tuple(number for number, votes in enumerate(lists.votes) if votes > 0 and votes >= least)
        if not sharing:
            raise CountError(
                say("no list has votes that reach the threshold: there is nobody to give seats to")
                if cast
                else say("no list has a vote: there is nobody to give seats to")
            )
        shared = Shared(lists, seats, sharing, [0] * len(lists.names))
        if self.threshold:
            shared.events += [
                Event(
                    "excluded",
                    say(
                        "{name} stays below the threshold of {threshold}: {votes} votes are {share} of {cast}",
                        name=lists.names[number],
                        threshold=Share(self.threshold, 1),
                        votes=Amount(lists.votes[number]),
                        share=Share(lists.votes[number], cast),
                        cast=Amount(cast),
                    ),
                    (number,),
                    {"votes": lists.votes[number], "threshold": least},
                )
                for number in range(len(lists.names))
                if number not in sharing
            ]
        return shared


@dataclass(frozen=True, kw_only=True)
class Divisor(Apportionment):
    """Highest averages. d(s) = (s + `offset`) * `step`, but `first` for a list without a seat, where that is given.

    `geometric` compares by the square root of s (s + 1), and `harmonic` by s (s + 1) / (s + 1/2), each exactly.
    """

    offset: int = 1
    step: int = 1
    first: Fraction | None = None
    geometric: bool = False
    harmonic: bool = False

    def bid(self, votes: Exact, seats: int) -> Fraction | None:
        """What a list bids for its next seat (squared, where the divisor is a square root); None is an infinite bid."""
        if seats == 0 and self.first is not None:
            return Fraction(votes) / self.first
        if self.geometric:
            return Fraction(votes) ** 2 / (seats * (seats + 1)) if seats else None
        if self.harmonic:
            return Fraction(votes) * Fraction(2 * seats + 1, 2 * seats * (seats + 1)) if seats else None
        divisor = self.step * seats + self.offset
        return Fraction(votes) / divisor if divisor else None

    def share(self, shared: Shared, lots: Lots) -> Exact | None:
        votes = shared.lists.votes
        bids = {number: self.bid(votes[number], 0) for number in shared.sharing}
        last: Fraction | None = None
        while shared.left:
            # An infinite bid comes before every other, and among infinite bids more votes come first.
            best = max((bid is None, Fraction(votes[number]) if bid is None else bid) for number, bid in bids.items())
            equal = [
                number
                for number, bid in bids.items()
                if (bid is None, Fraction(votes[number]) if bid is None else bid) == best
            ]
            for number in shared.among(equal, lots):
                last = bids[number]
                shared.give(number, self._seat(shared, number, last))
                bids[number] = self.bid(votes[number], shared.won[number])
        # The bid that took the last seat; a square is no divisor that anybody could divide by.
        return None if self.geometric else last

    def _seat(self, shared: Shared, number: int, bid: Fraction | None) -> Event:
        name, seat, own = shared.lists.names[number], len(shared.order) + 1, shared.won[number] + 1
        if bid is None or self.geometric:
            said = say(
                "seat {seat}: {name}, its seat number {own}, with {votes} votes",
                seat=seat,
                name=name,
                own=own,
                votes=Amount(shared.lists.votes[number]),
            )
        else:
            said = say(
                "seat {seat}: {name}, its seat number {own}, with a quotient of {bid}",
                seat=seat,
                name=name,
                own=own,
                bid=Amount(bid, 4),
            )
        return Event("seat", said, (number,), {} if bid is None else {"bid": bid})


@dataclass(frozen=True, kw_only=True)
class Remainder(Apportionment):
    """Largest remainders, with Hare's quota, V / S, or Droop's, the whole part of V / (S + 1), and one."""

    droop: bool = False

    def quota(self, votes: Exact, seats: int) -> Exact:
        """The price of a seat."""
        return Fraction(votes) // (seats + 1) + 1 if self.droop else Fraction(votes, seats)

    def share(self, shared: Shared, lots: Lots) -> Exact | None:
        votes = {number: Fraction(shared.lists.votes[number]) for number in shared.sharing}
        quota = self.quota(sum(votes.values()), shared.seats)
        shared.events.append(Event("quota", say("the quota is {quota}", quota=Amount(quota, 4)), (), {"quota": quota}))
        rest: dict[int, Fraction] = {}
        for number, cast in votes.items():
            whole = int(cast // quota)
            rest[number] = cast - whole * quota
            for _ in range(whole):
                shared.give(number, _whole(shared, number, whole))
        while shared.left:
            best = max(rest.values())
            equal = [number for number, remainder in rest.items() if remainder == best]
            for number in shared.among(equal, lots):
                shared.give(number, _rest(shared, number, rest[number]))
                # With Droop's quota there can be more seats left than lists: then the order of remainders starts again.
                rest[number] -= quota
        return quota


def _whole(shared: Shared, number: int, whole: int) -> Event:
    said = say(
        "seat {seat}: {name}, one of the {whole} that its votes fill",
        seat=len(shared.order) + 1,
        name=shared.lists.names[number],
        whole=whole,
    )
    return Event("seat", said, (number,))


def _rest(shared: Shared, number: int, remainder: Fraction) -> Event:
    said = say(
        "seat {seat}: {name}, by its remainder of {remainder}",
        seat=len(shared.order) + 1,
        name=shared.lists.names[number],
        remainder=Amount(remainder, 4),
    )
    return Event("seat", said, (number,), {"remainder": remainder})


register(
    (
        Divisor(
            name="dhondt",
            title=say("D'Hondt, the cifra repartidora"),
            source="Ley Orgánica de Elecciones (Perú) 26859, art. 30; " + BALINSKI_YOUNG,
        ),
        Divisor(name="sainte-lague", title=say("Sainte-Laguë"), source=BALINSKI_YOUNG, step=2),
        Divisor(
            name="sainte-lague-modified",
            title=say("Sainte-Laguë, the first divisor 1.4"),
            source="Valgloven (Norway, 2002) § 11-4; Lijphart, Electoral Systems and Party Systems (1994), ch. 2",
            step=2,
            first=Fraction(7, 5),
        ),
        Divisor(name="adams", title=say("Adams, smallest divisors"), source=BALINSKI_YOUNG, offset=0),
        Divisor(
            name="huntington-hill",
            title=say("Huntington and Hill, equal proportions"),
            source="2 U.S.C. § 2a; " + BALINSKI_YOUNG,
            geometric=True,
        ),
        Divisor(name="dean", title=say("Dean, harmonic means"), source=BALINSKI_YOUNG, harmonic=True),
        Remainder(name="hamilton", title=say("Hamilton, Hare's quota and largest remainders"), source=BALINSKI_YOUNG),
        Remainder(
            name="droop",
            title=say("Droop's quota and largest remainders"),
            source="H. R. Droop, On methods of electing representatives (1881); Lijphart (1994), ch. 2",
            droop=True,
        ),
    )
)
