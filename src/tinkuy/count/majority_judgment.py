"""Majority judgment (juicio mayoritario): a candidate is worth the best grade that a majority gives at least.

A paper grades each candidate; a grade that was not given is the lowest. The majority grade is the middle one, the lower
of the two middle ones when the papers are even. Candidates of one majority grade are told apart by what the rule says:

majority-judgment  the majority value: one paper with the majority grade is taken away from each, and the middle looked
                   at again, and so on (Balinski and Laraki 2011; computed at once, without taking papers away)
majority-gauge     by the shares p above and q below the grade: if p > q the grade is a plus, and a greater p is better;
                   else a minus, and a smaller q is better (Balinski and Laraki 2007)
typical-judgment   by p - q (Fabre 2021)
central-judgment   by (p - q) / (p + q), zero where there is neither (Fabre 2021)
usual-judgment     by (p - q) / (1 - p - q), the papers at the grade in the denominator (Fabre 2021)

Sources: M. Balinski and R. Laraki, "A theory of measuring, electing and ranking", PNAS 104 (2007) 8720-8725; the same,
Majority Judgment (MIT Press 2011); A. Fabre, "Tie-breaking the highest median: alternatives to the majority judgment",
Social Choice and Welfare 56 (2021) 101-124.

>>> grades = np.array([[3, 2], [1, 2], [2, 0]])
>>> papers = Scores(("Ana", "Beto"), grades, grades >= 0, np.array([1, 1, 1]), least=0, most=3)
>>> [str(event.said) for event in rule("majority-judgment").count(papers).stages[0].events][0]
'Ana: majority grade 2; papers above it 1, at it 1, below it 1'
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Literal

from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import spread
from tinkuy.count.profile import Scores
from tinkuy.count.registry import Rule, check_kind, check_seats, register
from tinkuy.count.result import Event, Exact, Result, Stage
from tinkuy.count.score import Scored, scored
from tinkuy.count.seating import ranked, seat
from tinkuy.words import Said, say

TieBreak = Literal["majority value", "gauge", "typical", "central", "usual"]


@dataclass(frozen=True)
class Grades:
    """One candidate's grades from the lowest, and up to each of them how many papers give it or a lower one."""

    grades: tuple[int, ...]
    upto: tuple[int, ...]

    @classmethod
    def of(cls, count: Scored, candidate: int) -> Grades:
        """The grades that papers give the candidate. Without papers there is one, the lowest, given by nobody."""
        held = spread(count.scores[:, candidate], count.weights) or [(count.papers.least, 0)]
        return cls(tuple(grade for grade, _ in held), tuple(accumulate(weight for _, weight in held)))

    @property
    def papers(self) -> int:
        """How many papers grade."""
        return self.upto[-1]

    def at(self, place: int) -> int:
        """The grade at a place from the lowest, which is place 1."""
        return self.grades[min(bisect_left(self.upto, place), len(self.grades) - 1)]

    @property
    def majority(self) -> int:
        """The middle grade, the lower of two (Balinski and Laraki 2011: the majority grade)."""
        return self.at((self.papers + 1) // 2)

    @property
    def below(self) -> int:
        """Papers with a lower grade than the majority grade (opponents)."""
        place = self.grades.index(self.majority)
        return self.upto[place - 1] if place else 0

    @property
    def above(self) -> int:
        """Papers with a higher grade than the majority grade (proponents)."""
        return self.papers - self.upto[self.grades.index(self.majority)]

    def pair(self, step: int) -> tuple[int, int]:
        """The two next middle grades when twice `step` papers have been taken away around the middle."""
        middle = (self.papers + 1) // 2
        return self.at(middle - step), self.at(self.papers + 1 - middle + step)

    def turns(self) -> set[int]:
        """The steps at which `pair` changes, the first included."""
        middle = (self.papers + 1) // 2
        down = {middle - place for place in self.upto}
        up = {place + middle - self.papers for place in self.upto}
        return {step for step in down | up | {0} if 0 <= step < max(middle, 1)}


@dataclass(frozen=True)
class Judged:
    """The grades of all who stand, and the steps at which anybody's middle grades change."""

    of: Mapping[int, Grades]
    steps: tuple[int, ...]

    @classmethod
    def by(cls, count: Scored) -> Judged:
        """Sort every candidate's grades."""
        of = {candidate: Grades.of(count, candidate) for candidate in count.standing}
        return cls(of, tuple(sorted(set().union(*(grades.turns() for grades in of.values())))))

    def merit(self, tie_break: TieBreak, candidate: int) -> tuple[Exact, ...]:
        """What the rule orders by, the greatest first: the majority grade, then the tie-break."""
        grades = self.of[candidate]
        p, q, papers = grades.above, grades.below, grades.papers
        match tie_break:
            case "majority value":
                # Taking away the middle papers one by one leaves, between two changes, the same pair for everybody:
                # to compare the pairs where anybody's changes is to compare the whole sequences.
                return tuple(grade for step in self.steps for grade in grades.pair(step))
            case "gauge":
                return (grades.majority, 1, p) if p > q else (grades.majority, 0, -q)
            case "typical":
                return grades.majority, p - q
            case "central":
                return grades.majority, Fraction(p - q, p + q) if p + q else 0
            case "usual":
                return grades.majority, Fraction(p - q, papers - p - q) if papers else 0


@dataclass(frozen=True, kw_only=True)
class MajorityJudgment(Rule):
    """Orders by majority grades; `tie_break` orders those of one grade."""

    takes = Scores

    tie_break: TieBreak
    clause: str

    def count(self, papers: Scores, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        count = scored(papers)
        unfilled = check_seats(seats, len(count.standing))
        judged = Judged.by(count)
        ranking = ranked(count.standing, lambda each: judged.merit(self.tie_break, each))
        taken = seat(ranking, seats, papers.names, lots)
        order = [each for group in ranking for each in group]
        told = tuple(_told(papers.names[each], judged.of[each], each) for each in order)
        parted = tuple(
            self._parted(papers.names, judged, one, other)
            for one, other in pairwise(group[0] for group in ranking)
            if judged.of[one].majority == judged.of[other].majority
        )
        elected = tuple(
            Event(
                "elected",
                say(
                    "{name} is elected: majority grade {grade}",
                    name=papers.names[each],
                    grade=str(judged.of[each].majority),
                ),
                (each,),
                {"grade": judged.of[each].majority},
                self.clause,
            )
            for each in taken.elected
        )
        totals = tuple(judged.of[each].majority if each in judged.of else None for each in range(len(papers.names)))
        return Result(
            self.name,
            papers.names,
            seats,
            taken.elected,
            count.valid,
            papers.papers - count.valid,
            (Stage(1, totals, events=(*told, *parted, *taken.events, *elected)),),
            taken.ties,
            ranking=ranking,
            unfilled=unfilled,
        )

    def _parted(self, names: tuple[str, ...], judged: Judged, one: int, other: int) -> Event:
        """Why of two with one majority grade the one stands before the other."""
        above, below = judged.of[one], judged.of[other]
        if self.tie_break == "majority value":
            step = next(step for step in judged.steps if above.pair(step) != below.pair(step))
            upper = above.pair(step)[0] == below.pair(step)[0]
            taken = 2 * step + upper - above.papers % 2  # of an odd number, the first step has one middle paper
            said = say(
                "{one} before {other}: of one majority grade; when {papers} papers with middle grades are taken away "
                "from each, the middle grades are {better} and {worse}",
                one=names[one],
                other=names[other],
                papers=taken,
                better=str(above.pair(step)[upper]),
                worse=str(below.pair(step)[upper]),
            )
            return Event("compared", said, (one, other), {"taken": taken}, self.clause)
        said = say(
            "{one} before {other}: of one majority grade, with {p} papers above it and {q} below against {p2} and {q2}",
            one=names[one],
            other=names[other],
            p=above.above,
            q=above.below,
            p2=below.above,
            q2=below.below,
        )
        return Event("compared", said, (one, other), clause=self.clause)


def _told(name: str, grades: Grades, candidate: int) -> Event:
    said = say(
        "{name}: majority grade {grade}; papers above it {above}, at it {at}, below it {below}",
        name=name,
        grade=str(grades.majority),
        above=grades.above,
        at=grades.papers - grades.above - grades.below,
        below=grades.below,
    )
    figures = {"grade": grades.majority, "above": grades.above, "below": grades.below}
    return Event("scored", said, (candidate,), figures)


BALINSKI = "Balinski and Laraki, Majority Judgment (MIT Press 2011)"
FABRE = "Fabre, Social Choice and Welfare 56 (2021) 101-124"

VARIANTS: tuple[tuple[str, Said, str, TieBreak, str], ...] = (
    (
        "majority-judgment",
        say("Majority judgment: the highest middle grade, ties by the majority value"),
        BALINSKI,
        "majority value",
        "Balinski and Laraki 2011",
    ),
    (
        "majority-gauge",
        say("Majority judgment, ties by the majority gauge"),
        "Balinski and Laraki, PNAS 104 (2007) 8720-8725",
        "gauge",
        "Balinski and Laraki 2007",
    ),
    (
        "typical-judgment",
        say("Typical judgment: the highest middle grade, ties by proponents less opponents"),
        FABRE,
        "typical",
        "Fabre 2021",
    ),
    (
        "central-judgment",
        say("Central judgment: the highest middle grade, ties by proponents against opponents"),
        FABRE,
        "central",
        "Fabre 2021",
    ),
    (
        "usual-judgment",
        say("Usual judgment: the highest middle grade, ties by both against those at the grade"),
        FABRE,
        "usual",
        "Fabre 2021",
    ),
)

register(
    MajorityJudgment(name=name, title=title, source=source, fills="order", tie_break=tie_break, clause=clause)
    for name, title, source, tie_break, clause in VARIANTS
)
