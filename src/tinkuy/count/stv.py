"""The single transferable vote: the laws that are counted by papers' transfer values, and instant runoff.

Each rule is a value: its choices, and beside each the clause of the law that it embodies.

>>> from tinkuy.count.profile import Profile
>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 5), ([1], 2), ([2], 3)])
>>> SCOTLAND.count(profile, 2).winners
('Ana', 'Caro')
"""

from __future__ import annotations

from dataclasses import dataclass

from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import check_kind, check_single, register
from tinkuy.count.result import Result
from tinkuy.count.stv_choices import Choices, Clauses
from tinkuy.count.stv_count import run
from tinkuy.words import say


@dataclass(frozen=True, kw_only=True)
class Stv(Choices):
    """A rule of the single transferable vote that the one engine counts."""

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008 — a frozen value
        check_kind(self, papers)
        if self.fills == "one":
            check_single(self, seats)
        return run(self, papers, seats, lots)


SCOTLAND = Stv(
    name="scotland",
    title=say("Scottish local elections: weighted inclusive Gregory, five decimals"),
    source="Scottish Local Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 46 to 53",
    quota="droop",  # rule 47: papers / (seats + 1), any decimals ignored, and one more
    digits=5,  # rule 49(3): each paper's value to five decimal places, any remainder ignored
    value="weighted",  # rule 49(3): surplus x value when received / total number of votes credited
    exclusion="whole",  # rule 51(3), (4): all parcels of the excluded, each at the value at which it was received
    tie_surplus="latest",  # rule 50(2): the most recent preceding stage at which they were unequal; (3) the lot
    tie_excluded="latest",  # rule 52(2)(a); (b) the lot
    fills_at_once=True,  # rule 53(1): when continuing candidates equal the vacancies, they are deemed elected
    fills_before_transfer=False,  # rule 53(2) as amended by SSI 2021/437: a transfer is not required, and is shown
    clauses=Clauses(
        quota="rule 47",
        elected="rule 48(1)",
        surplus="rules 49(1), 50(1)",
        excluded="rule 51(1)",
        transferred="rules 49(2), 51(3)",
        exhausted="rules 49(1)(b), 51(2)(b)",
        lost="rule 49(3)",
        tie_surplus="rule 50(2), (3)",
        tie_excluded="rule 52(2)",
        last="rule 53(1)",
    ),
)

register((SCOTLAND,))
