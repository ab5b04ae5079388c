"""Condorcet's principle and Hare's elimination together: instant runoff, kept from passing over a majority's choice.

smith-irv  whoever is not in the Smith set goes out, then instant runoff among the rest
benham     instant runoff, until somebody is preferred by a majority to each of those who are left
woodall    instant runoff, until one member of the Smith set is left

The Smith set is the smallest group each of whom is preferred by a majority to everybody outside it; all three elect
from it, and so elect a Condorcet winner. Rounds are counted by the engine of `irv.py`, shared places as there; a lot is
asked only for a round that the rule comes to. Where two are left whom the same number of papers prefer to each other,
whoever has more papers in that round is elected, as in instant runoff.

Source: J. Green-Armytage, "Four Condorcet-Hare hybrid methods for single-winner elections", Voting matters 29 (2011)
1-14; its fourth, Tideman's, is not counted here.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 4), ([1], 2), ([2, 1], 3)])
>>> [rule(name).count(profile).winners for name in ("irv", "smith-irv", "benham", "woodall")]
[('Ana',), ('Beto',), ('Beto',), ('Beto',)]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.count.lots import Lots, Onward, Refusing
from tinkuy.count.places import passed_over
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, check_seats, check_single, register
from tinkuy.count.result import Event, Result, Stage
from tinkuy.count.stv.irv import IRV, IRV_TWO
from tinkuy.words import Amount, Said, say

Left = frozenset[int]


@dataclass(frozen=True, kw_only=True)
class SmithIrv(Rule):
    """Instant runoff among the Smith set."""

    takes = Profile

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        check_seats(seats, len(papers.standing))
        check_single(self, seats)
        pairs = Pairs.of(papers)
        out = tuple(each for each in pairs.standing if each not in pairs.smith)
        counted = _counted(IRV, pairs, papers.without(out), lots)
        opening = [*pairs.duels(), _smith(pairs)]
        if out:
            said = say("out of the count, beaten by everybody in the set: {names}", names=_names(pairs, out))
            opening.append(Event("excluded", said, out, clause="Green-Armytage 2011, Smith-AV"))
        first, *later = counted.stages
        first = replace(first, events=(*opening, *first.events))
        return replace(counted, rule=self.name, stages=(first, *later))


@dataclass(frozen=True, kw_only=True)
class UntilFound(Rule):
    """Instant runoff that stops as soon as those who are left give a winner: `found`, or None to go on."""

    takes = Profile

    found: Callable[[Pairs, Left], int | None]
    reason: Said
    clause: str

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        check_seats(seats, len(papers.standing))
        check_single(self, seats)
        pairs = Pairs.of(papers)
        counted = _counted(IRV_TWO, pairs, papers, Onward(lots))
        number, winner, reason = self._ended(pairs, counted)
        ties = tuple(tie for tie in counted.ties if tie.stage <= number)
        for tie in ties:
            if tie.by == "lot":
                lots.first(_names(pairs, tie.among))  # this round counts: a lot that was not drawn is missed now
        first, *later = (_without_elected(stage) for stage in counted.stages[:number])
        stages = [replace(first, events=(*pairs.duels(), _smith(pairs), *first.events)), *later]
        said = say(
            "{name} is elected in round {round}: {reason}", name=papers.names[winner], round=str(number), reason=reason
        )
        elected = Event("elected", said, (winner,), clause=self.clause)
        stages[-1] = replace(stages[-1], events=(*stages[-1].events, elected))
        return replace(counted, rule=self.name, elected=(winner,), stages=tuple(stages), ties=ties)

    def _ended(self, pairs: Pairs, counted: Result) -> tuple[int, int, Said]:
        """The first stage after which the winner is found, the winner, and why."""
        left = frozenset(pairs.standing)
        for stage in counted.stages:
            left -= {each for event in stage.events if event.kind == "excluded" for each in event.candidates}
            winner = self.found(pairs, left)
            if winner is not None:
                return stage.number, winner, self.reason
        # Two are left, and the rule finds no winner between them: instant runoff's last round does.
        last, winner = counted.stages[-1], counted.elected[0]
        held = {each: last.totals[each] or 0 for each in left}
        votes = held.pop(winner)
        said = say(
            "two are left, with {votes} papers for the one elected and {against} for the other",
            votes=Amount(votes),
            against=Amount(sum(held.values())),
        )
        return last.number, winner, said


def _counted(irv: Rule, pairs: Pairs, papers: Profile, lots: Lots) -> Result:
    """Instant runoff of the papers that `pairs` compares; those among them that hold for nobody are exhausted."""
    # Places that the withdrawn shared are shared no more; where nobody shares one, the engine passes over them itself.
    counted = irv.count(papers if papers.joined is None else passed_over(papers), 1, lots)
    idle = pairs.papers - counted.papers
    return replace(
        counted,
        papers=pairs.papers,
        invalid=pairs.invalid,
        stages=tuple(replace(stage, exhausted=stage.exhausted + idle) for stage in counted.stages),
        pairwise=pairs.over,
    )


def preferred(pairs: Pairs, left: Left) -> int | None:
    """Whom majorities prefer to each of the others who are left."""
    for one in sorted(left):
        if all(pairs.margin(one, other) > 0 for other in left if other != one):
            return one
    return None


def last_of_smith(pairs: Pairs, left: Left) -> int | None:
    """The only member of the Smith set who is left."""
    members = [one for one in pairs.smith if one in left]
    return members[0] if len(members) == 1 else None


def _smith(pairs: Pairs) -> Event:
    said = say(
        "the Smith set, each preferred by a majority to everybody outside it: {names}", names=_names(pairs, pairs.smith)
    )
    return Event("note", said, pairs.smith)


def _names(pairs: Pairs, candidates: Sequence[int]) -> tuple[str, ...]:
    return tuple(pairs.names[each] for each in candidates)


def _without_elected(stage: Stage) -> Stage:
    return replace(stage, events=tuple(event for event in stage.events if event.kind not in {"elected", "quota"}))


SOURCE = "Green-Armytage, Voting matters 29 (2011) 1-14"

register(
    (
        SmithIrv(name="smith-irv", title=say("Smith set, then instant runoff"), source=SOURCE, fills="one"),
        UntilFound(
            name="benham",
            title=say("Benham: instant runoff until somebody is preferred to all who are left"),
            source=SOURCE,
            fills="one",
            found=preferred,
            reason=say("preferred by a majority to each of those who are left"),
            clause="Green-Armytage 2011, Benham",
        ),
        UntilFound(
            name="woodall",
            title=say("Woodall: instant runoff until one of the Smith set is left"),
            source=SOURCE,
            fills="one",
            found=last_of_smith,
            reason=say("the only one of the Smith set who is left"),
            clause="Green-Armytage 2011, Woodall",
        ),
    )
)
