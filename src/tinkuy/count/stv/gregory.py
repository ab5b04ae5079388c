"""The single transferable vote: the laws that are counted by papers' transfer values, and instant runoff.

Each rule is a value: its choices, and beside each the clause of the law that it embodies.

>>> from tinkuy.count.profile import Profile
>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 5), ([1], 2), ([2], 3)])
>>> SCOTLAND.count(profile, 2).winners
('Ana', 'Caro')
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import check_kind, check_single, register
from tinkuy.count.result import Result
from tinkuy.count.stv.choices import Choices, Clauses
from tinkuy.count.stv.count import run
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

WIGM_PRF = Stv(
    name="wigm-prf",
    title=say("Weighted inclusive Gregory, reference rule: four decimals"),
    source="Proportional Representation Foundation, Reference WIGM Rule",
    equal="refuse",
    quota="droop",  # A.1: valid ballots / (seats + 1), plus 0.0001
    quota_digits=4,
    digits=4,  # D.4: each multiplication or division is cut to four decimal places
    value="weighted stepwise",  # B.3: weight x surplus, then / vote
    empty_surplus=True,  # B.3: the largest surplus (possibly zero)
    tie_surplus="lot",  # D.1: a predetermined random order
    tie_excluded="lot",
    clauses=Clauses(
        quota="A.1",
        elected="B.1",
        surplus="B.3",
        excluded="B.4",
        bulk="B.2",
        transferred="D.2",
        exhausted="D.2",
        lost="D.4",
        tie_surplus="D.1",
        tie_excluded="D.1",
        last="C, D.3",
    ),
)

WIGM_PRF_BATCH = replace(
    WIGM_PRF,
    name="wigm-prf-batch",
    title=say("Weighted inclusive Gregory, reference rule, sure losers together"),
    bulk="sure losers",  # B.2, the optional step
    bulk_first=True,
)

ERS97 = Stv(
    name="ers97",
    title=say("Electoral Reform Society, 1997: the last parcel, two decimals"),
    source="R. A. Newland, F. S. Britton, How to conduct an election by the single transferable vote (3rd ed. 1997)",
    equal="refuse",
    quota="ceiling",  # 5.1.6: two decimals; where that is not exact, 0.01 more
    quota_digits=2,
    quota_shrinks=True,  # 5.4.8: recalculated until somebody is elected
    active_quota=True,  # 5.1.7(b), 5.3.13(b), 5.4.9(b)
    digits=2,
    value="last parcel",  # 5.3.2, 5.3.7
    defers=True,  # 5.2.2
    exclusion="batches",  # 5.4.1 to 5.4.11: by value, electing after each batch
    bulk="sure losers or equal",  # 5.2.5: as many as possible, whose votes do not exceed the next above
    tie_surplus="earliest",  # 5.2.3, 5.6.2: the earliest point at which they had unequal votes
    tie_excluded="earliest",  # 5.2.5
    clauses=Clauses(
        quota="5.1.6",
        elected="5.1.7, 5.3.13, 5.4.9",
        surplus="5.2.3, 5.3",
        deferred="5.2.2",
        excluded="5.2.5",
        bulk="5.2.5",
        transferred="5.3.8, 5.4.7",
        exhausted="5.3.3, 5.4.2",
        lost="5.3.9",
        tie_surplus="5.2.3",
        tie_excluded="5.2.5",
        last="5.5.1",
    ),
)

MINNEAPOLIS = Stv(
    name="minneapolis",
    title=say("Minneapolis: surplus fractions of four decimals, those without a chance defeated together"),
    source="Minneapolis Code of Ordinances, title 8.5, chapter 167 (as amended in 2013), 167.20 and 167.70",
    equal="skip",  # 167.70(c)(2): the highest continuing ranking that is not an overvote
    quota="droop",  # 167.20 "threshold": any fractions disregarded
    digits=4,  # 167.20 "surplus fraction", "transfer value": four decimals, ignoring any remainder
    value="surplus fraction",  # 167.20: surplus / votes is cut first, then x current value
    elected_by_transfer=True,  # 167.70(c)(1)d: the candidate with the largest surplus is declared elected
    # 167.70(c)(1)c. Read to the letter, 167.20 could call all but one impossible to elect when a surplus is smaller
    # than a lead; as many as there are seats to fill are kept.
    bulk="sure losers",
    bulk_first=True,  # c comes before d
    tie_surplus="lot",  # 167.70(c)(1)d
    tie_excluded="lot",  # 167.70(c)(1)e
    clauses=Clauses(
        quota="167.20",
        elected="167.70(c)(1)a, d",
        surplus="167.70(c)(1)d",
        excluded="167.70(c)(1)e",
        bulk="167.70(c)(1)c",
        transferred="167.70(c)(1)c, d, e",
        exhausted="167.70(c)(2)",
        lost="167.20",
        tie_surplus="167.70(c)(1)d",
        tie_excluded="167.70(c)(1)e",
        last="167.70(c)(1)f",
    ),
)

EXACT = Stv(
    name="stv",
    title=say("Weighted inclusive Gregory in exact fractions: nothing is lost by rounding"),
    source="D. M. Farrell and I. McAllister, Australian Journal of Political Science 38 (2003) 479-491; "
    "H. R. Droop, Journal of the Statistical Society 44 (1881) 141-202",
    equal="refuse",
    quota="exact",  # more than votes / (seats + 1): no more candidates than seats can have it
    digits=None,
)

register(
    (
        SCOTLAND,
        WIGM_PRF,
        WIGM_PRF_BATCH,
        ERS97,
        MINNEAPOLIS,
        EXACT,
        replace(
            EXACT,
            name="stv-hare",
            title=say("Weighted inclusive Gregory in exact fractions, by the Hare quota"),
            quota="hare",
            source="T. Hare, A Treatise on the Election of Representatives (1859); Farrell and McAllister (2003)",
        ),
    )
)
