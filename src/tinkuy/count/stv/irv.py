"""Instant runoff (segunda vuelta instantánea): the lowest goes out, papers pass on, until somebody has a majority.

The same engine as the single transferable vote, for one seat: the quota is more than half of the votes that continue,
taken anew at every round. The variants differ in when it ends, in who goes out together, and in what a shared place is.

Sources: San Francisco Charter s 13.102; New York City Charter s 1057-g.

>>> from tinkuy.count.profile import Profile
>>> IRV.count(Profile.of(["Ana", "Beto", "Caro"], [([0], 4), ([1], 3), ([2, 1], 2)])).winners
('Beto',)
"""

from __future__ import annotations

from dataclasses import replace

from tinkuy.count.registry import register
from tinkuy.count.stv.choices import Clauses
from tinkuy.count.stv.gregory import Stv
from tinkuy.words import say

IRV = Stv(
    name="irv",
    title=say("Instant runoff: a majority of the papers that continue"),
    source="San Francisco Charter s 13.102",
    fills="one",
    equal="exhaust",  # s 13.102(b): a ballot with a shared ranking is exhausted when it is reached
    quota="majority",  # s 13.102(d): a majority of the votes from the continuing ballots
    digits=0,
    tie_excluded="lot",  # s 13.102(f): by lot, as state law has it
    tie_surplus="lot",
    clauses=Clauses(
        quota="s 13.102(d)",
        elected="s 13.102(d)",
        excluded="s 13.102(d)",
        bulk="s 13.102(e)",
        transferred="s 13.102(d)",
        exhausted="s 13.102(b)",
        tie_excluded="s 13.102(f)",
        last="s 13.102(d)",
    ),
)

IRV_SKIP = replace(
    IRV,
    name="irv-skip",
    title=say("Instant runoff in which shared places are passed over"),
    source="San Francisco Charter s 13.102; shared places as Minneapolis Code of Ordinances 167.60(c)(2)",
    equal="skip",
    clauses=replace(IRV.clauses, exhausted="167.60(c)(2)"),
)

IRV_BATCH = replace(
    IRV,
    name="irv-batch",
    title=say("Instant runoff in which those who cannot rise go out together"),
    bulk="sure losers",  # s 13.102(e): their votes together are fewer than those of the next above
)

IRV_TWO = replace(
    IRV,
    name="irv-two",
    title=say("Instant runoff played out until two remain"),
    source="New York City Charter s 1057-g",
    plays_out=True,  # rounds go on until two candidates are left, whoever has a majority before
    clauses=Clauses(),
)

register((IRV, IRV_SKIP, IRV_BATCH, IRV_TWO))
