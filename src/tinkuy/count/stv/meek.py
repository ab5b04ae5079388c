"""Meek's method and Warren's, by the texts that fix every rounding: reference rule, New Zealand, Warren.

An elected candidate keeps a share of every paper that reaches them, and the rest goes on as if they were not there; the
shares are found by iteration until each of the elected keeps a quota. The quota shrinks as papers are exhausted.

Sources: B. L. Meek, "A new approach to the single transferable vote", Voting matters 1 (1994); Proportional
Representation Foundation, Reference Meek Rule; Local Electoral Regulations 2001 (New Zealand, SR 2001/145), Schedule
1A; I. D. Hill and C. H. E. Warren, "Meek versus Warren", Voting matters 20 (2005).

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 28), ([1, 0], 26), ([2], 3), ([1], 2), ([0], 1)])
>>> MEEK_PRF.count(profile, 2).winners
('Ana', 'Beto')
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Result
from tinkuy.count.stv.choices import Clauses
from tinkuy.count.stv.gregory import Stv
from tinkuy.count.stv.meek_count import DIGITS, MeekChoices, MeekCount
from tinkuy.count.stv.nz import PseudoRandom, numbers
from tinkuy.words import say


@dataclass(frozen=True, kw_only=True)
class Meek(MeekChoices, Rule):
    """A rule with keep values."""

    takes = Profile

    single: Stv | None = None
    """The rule for one seat, where the law has another."""
    numbered: bool = False
    """Ties go to the pseudo-random numbers of the New Zealand regulations, not to a lot that is drawn."""

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008 — a frozen value
        check_kind(self, papers)
        if not papers.standing:
            raise CountError(say("nobody stands: there is no candidate to elect"))
        check_seats(seats, len(papers.standing))
        if seats == 1 and self.single is not None:
            single = replace(self.single, groups=self.groups)
            return replace(single.count(papers, 1, self._lots(papers, 1, lots, 1)), rule=self.name)
        count = MeekCount(self, papers, seats, lambda step: self._lots(papers, seats, lots, step))
        count.run()
        ledger = count.ledger
        return Result(
            rule=self.name,
            names=ledger.names,
            seats=seats,
            elected=tuple(count.elected),
            papers=ledger.papers.valid,
            invalid=ledger.papers.invalid,
            stages=tuple(ledger.stages),
            ties=tuple(ledger.ties),
            quota=ledger.votes(ledger.quota),
            digits=DIGITS,
            unfilled=seats - len(count.elected),
        )

    def _lots(self, papers: Profile, seats: int, lots: Lots, step: int) -> Lots:
        """The lots of a step."""
        if not self.numbered:
            return lots
        drawn = numbers(len(papers.names), seats, papers.valid)
        return PseudoRandom(dict(zip(papers.names, drawn, strict=True)), step)


MEEK_PRF = Meek(
    name="meek-prf",
    title=say("Meek's method, reference rule: nine decimals"),
    source="Proportional Representation Foundation, Reference Meek Rule",
    small=1000,  # A: omega is 0.000001
    near_ties=True,  # B.3: tied is whose vote is not above the lowest and the total surplus
    tie_excluded="lot",
    clauses=Clauses(
        quota="B.2.b",
        elected="B.2.c",
        surplus="B.2.a, B.2.f",
        excluded="B.3",
        exhausted="B.2.a",
        tie_excluded="B.3",
        last="B.1, C",
    ),
)

WARREN = replace(
    MEEK_PRF,
    name="warren",
    title=say("Warren's method: the elected take the same amount from every paper"),
    source="I. D. Hill and C. H. E. Warren, Meek versus Warren, Voting matters 20 (2005); arithmetic of the Reference "
    "Meek Rule",
    take="price",
    clauses=Clauses(quota="Reference Meek Rule B.2.b"),
)

MEEK_NZ = Meek(
    name="meek-nz",
    title=say("New Zealand local elections: Meek's method, nine decimals"),
    source="Local Electoral Regulations 2001 (SR 2001/145), Schedule 1A",
    equal="exhaust",  # cl. 37(a), (c): neither a preference that is not unique, nor those after it
    small=100_000,  # cl. 13: a total surplus less than 0.0001
    by_steps=True,  # cl. 13 to 17
    ranked_only=True,  # cl. 20, 21
    tie_excluded="first difference",  # cl. 19, 40: ahead at first difference
    numbered=True,  # cl. 19, 41 to 48
    clauses=Clauses(
        quota="cl. 5, 11",
        elected="cl. 6, 12",
        surplus="cl. 7, 17",
        excluded="cl. 13",
        exhausted="cl. 10",
        tie_excluded="cl. 19",
        last="cl. 3",
    ),
    single=Stv(
        name="meek-nz-one",
        title=say("New Zealand local elections, one vacancy: the absolute majority"),
        source="Local Electoral Regulations 2001 (SR 2001/145), Schedule 1A, Part 2",
        fills="one",
        quota="half",  # cl. 26: (documents - non-transferable) / 2, rounded up; cl. 27: equal or exceed
        tie_surplus="first difference",
        tie_excluded="first difference",  # cl. 34
        clauses=Clauses(
            quota="cl. 26",
            elected="cl. 27, 31",
            excluded="cl. 28",
            transferred="cl. 30",
            exhausted="cl. 10",
            tie_excluded="cl. 34",
            last="cl. 31",
        ),
    ),
)

register((MEEK_PRF, MEEK_NZ, WARREN))
