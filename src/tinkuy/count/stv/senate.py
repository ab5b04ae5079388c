"""The Australian Senate: unweighted inclusive Gregory in whole votes, as the law has it and as it was counted.

Commonwealth Electoral Act 1918 s 273. A surplus gives one transfer value to every paper that the candidate holds,
surplus / papers; each receiving pile is cut to whole votes (unlike Scotland, which cuts the value of a paper). An
excluded candidate's papers go on by value, the highest first, each value a count of its own at which somebody may be
elected; then no more papers go to that candidate.

The years differ in what the Commission did. 2013: group voting tickets (papers come as the preferences that they stand
for) and bulk exclusion, s 273(13A). 2016: no bulk exclusion was applied; the last vacancies were filled when nothing
was left to transfer. 2019 and after: they are filled upon the exclusion that leaves as many as there are vacancies,
before its papers go on. In all of them a tie for exclusion looks back to the last count at which any two differed, as
the law has it since the Electoral Legislation Amendment (Assurance of Senate Counting) Act 2021 (s 273(29), (31A)).

>>> from tinkuy.count.profile import Profile
>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0], 4), ([1, 2], 3), ([2, 1], 2)])
>>> AEC2016.count(profile, 1).winners
('Beto',)
"""

from __future__ import annotations

from dataclasses import replace

from tinkuy.count.registry import register
from tinkuy.count.stv.choices import Clauses
from tinkuy.count.stv.gregory import Stv
from tinkuy.words import say

AEC2016 = Stv(
    name="aec2016",
    title=say("Australian Senate, as counted in 2016: unweighted inclusive Gregory, whole votes"),
    source="Commonwealth Electoral Act 1918 s 273; Australian Electoral Commission, distributions of 2016",
    quota="droop",  # s 273(8): first preferences / (vacancies + 1), any remainder disregarded, and 1
    digits=0,  # s 273(9)(b): each number so obtained, disregarding any fraction
    value="papers",  # s 273(9)(a), (10)(a): surplus / papers, for papers received at any value
    earlier_surplus_first=True,  # s 273(21): the largest first; (23): but those of an earlier count before
    exclusion="counts",  # s 273(13AA)(a), (b): at 1 first, then from the highest transfer value to the lowest
    bulk="none",  # not applied in 2016, whatever s 273(13)(b) said
    tie_surplus="latest all",  # s 273(22): the last count at which each had a different number
    tie_excluded="latest",  # s 273(31) as the Commission applied it, and as s 273(31A) has it since 2021
    order_by_lot=True,  # s 273(20)(b)
    fills_at_once=False,  # s 273(18), when neither a surplus nor papers of the excluded are left to transfer
    fills_before_transfer=False,
    last_two=True,  # s 273(17): of two for the last vacancy the one with the larger number
    clauses=Clauses(
        quota="s 273(8)",
        elected="s 273(8), (14)",
        surplus="s 273(9), (10)",
        excluded="s 273(13)(a), (15)(a)",
        bulk="s 273(13)(b), (13A)",
        transferred="s 273(9)(b), (13AA)",
        exhausted="s 273(16)",
        lost="s 273(9)(b)",
        tie_surplus="s 273(22)",
        tie_excluded="s 273(31)",
        tie_elected="s 273(20)(b)",
        last="s 273(18)",
        last_two="s 273(17)",
    ),
)

AEC2013 = replace(
    AEC2016,
    name="aec2013",
    title=say("Australian Senate, as counted in 2013: with bulk exclusion"),
    source="Commonwealth Electoral Act 1918 s 273; Australian Electoral Commission, distributions of 2013",
    bulk="shortfall",  # s 273(13)(b), (13A), (13B)
)

AEC2019 = replace(
    AEC2016,
    name="aec2019",
    title=say("Australian Senate, as counted in 2019 and after: the last vacancies before the last transfer"),
    source="Commonwealth Electoral Act 1918 ss 273, 273A; Australian Electoral Commission, distributions of 2019",
    fills_before_transfer=True,  # s 273(18), upon the exclusion
)

register((AEC2013, AEC2016, AEC2019))
