"""Copeland and minimax: rules that order candidates by one figure of their comparisons.

`copeland` counts the comparisons that a candidate wins, a drawn one as a half; `llull` counts a drawn one as won;
`copeland-second` breaks Copeland's ties by the points of those whom a candidate beats. `minimax` looks at a candidate's
worst defeat, by winning votes, by margins (`minimax-margins`), or at the most papers that prefer anybody to the
candidate, defeat or not (`minimax-opposition`); only the first two elect a Condorcet winner always.

Sources: A. H. Copeland, "A 'reasonable' social welfare function", University of Michigan (1951); P. Faliszewski, E.
Hemaspaandra, L. A. Hemaspaandra and J. Rothe, "Llull and Copeland voting computationally resist bribery and
constructive control", Journal of Artificial Intelligence Research 35 (2009) 275-341, for a draw's worth; J. J.
Bartholdi, C. A. Tovey and M. A. Trick, "The computational difficulty of manipulating an election", Social Choice and
Welfare 6 (1989) 227-241, for the second order; P. B. Simpson (1969) and G. H. Kramer (1977) for minimax, as in M.
Schulze, "The Schulze Method of Voting", arXiv:1804.02973.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1, 2], 4), ([1, 2, 0], 3), ([2, 0, 1], 2)])
>>> [rule(name).count(profile).winners for name in ("minimax", "minimax-margins", "minimax-opposition")]
[('Ana',), ('Ana',), ('Ana',)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tinkuy.count.condorcet.pairs import Pairs
from tinkuy.count.condorcet.result import ordered
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Profile
from tinkuy.count.registry import Rule, check_kind, register
from tinkuy.count.result import Event, Exact, Result
from tinkuy.count.seating import ranked
from tinkuy.words import Amount, Said, say

Opposition = Literal["winning votes", "margins", "opposition"]


@dataclass(frozen=True, kw_only=True)
class Copeland(Rule):
    """Orders by comparisons won; a drawn one is worth `draw`. With `second`, ties by the points of the beaten."""

    takes = Profile

    draw: Fraction
    second: bool = False

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        pairs = Pairs.of(papers)
        points = {one: self._points(pairs, one) for one in pairs.standing}
        beaten = {
            one: sum((points[other] for other in pairs.standing if pairs.margin(one, other) > 0), Fraction())
            for one in pairs.standing
        }
        ranking = ranked(pairs.standing, lambda one: (points[one], beaten[one]) if self.second else points[one])
        events = tuple(
            Event(
                "scored",
                self._said(pairs.names[one], points[one], beaten[one]),
                (one,),
                {"points": points[one]} | ({"second": beaten[one]} if self.second else {}),
                "Copeland 1951",
            )
            for group in ranking
            for one in group
        )
        return ordered(self, pairs, seats, lots, ranking, _shown(pairs, points), events)

    def _points(self, pairs: Pairs, one: int) -> Fraction:
        return sum((self.worth(pairs.margin(one, other)) for other in pairs.standing if other != one), Fraction())

    def worth(self, margin: int) -> Fraction:
        """What a comparison with this difference is worth."""
        return Fraction(1) if margin > 0 else self.draw if margin == 0 else Fraction(0)

    def _said(self, name: str, points: Fraction, beaten: Fraction) -> Said:
        if self.second:
            return say(
                "{name}: a score of {points}; those whom {name} beats have {beaten} together",
                name=name,
                points=Amount(points),
                beaten=Amount(beaten),
            )
        return say("{name}: a score of {points}", name=name, points=Amount(points))


@dataclass(frozen=True, kw_only=True)
class Minimax(Rule):
    """Orders by the worst comparison, the least bad first; `opposition` says what makes one bad."""

    takes = Profile

    opposition: Opposition

    def count(self, papers: Profile, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        pairs = Pairs.of(papers)
        worst = {one: self._worst(pairs, one) for one in pairs.standing}
        ranking = ranked(pairs.standing, lambda one: -worst[one][0])
        events = tuple(
            Event("scored", self._said(pairs, one, *worst[one]), (one,), {"worst": worst[one][0]}, "Simpson 1969")
            for group in ranking
            for one in group
        )
        figures = {one: figure for one, (figure, _) in worst.items()}
        return ordered(self, pairs, seats, lots, ranking, _shown(pairs, figures), events)

    def _worst(self, pairs: Pairs, one: int) -> tuple[int, int | None]:
        """The worst figure against the candidate and the first rival who has it; 0 and None without rivals."""
        rivals = [other for other in pairs.standing if other != one]
        if not rivals:
            return 0, None
        bad = {other: self.against(pairs.over[one][other], pairs.over[other][one]) for other in rivals}
        against = max(rivals, key=bad.__getitem__)
        return bad[against], against

    def against(self, votes: int, opposed: int) -> int:
        """How bad a comparison is for whom `votes` papers prefer and `opposed` do not."""
        if self.opposition == "margins":
            return opposed - votes
        if self.opposition == "winning votes" and opposed <= votes:
            return 0
        return opposed

    def _said(self, pairs: Pairs, one: int, worst: int, rival: int | None) -> Said:
        name = pairs.names[one]
        if rival is None:
            return say("{name}: nobody else stands", name=name)
        if self.opposition == "winning votes" and worst == 0:
            return say("{name}: no defeat", name=name)
        other, votes, against = pairs.names[rival], pairs.over[rival][one], pairs.over[one][rival]
        return say(
            "{name}: the worst comparison is with {other}, who is preferred by {votes} to {against}",
            name=name,
            other=other,
            votes=votes,
            against=against,
        )


def _shown(pairs: Pairs, figures: Mapping[int, Exact]) -> Sequence[Exact | None]:
    return [figures.get(one) for one in range(len(pairs.names))]


COPELAND = "Copeland (1951), A reasonable social welfare function"
FALISZEWSKI = "Faliszewski et al., Journal of Artificial Intelligence Research 35 (2009) 275-341"
BARTHOLDI = "Bartholdi, Tovey and Trick, Social Choice and Welfare 6 (1989) 227-241"
SIMPSON = "Simpson (1969), Kramer (1977), as in Schulze, arXiv:1804.02973"

register(
    (
        Copeland(
            name="copeland",
            title=say("Copeland, a draw is a half"),
            source=COPELAND,
            fills="order",
            draw=Fraction(1, 2),
        ),
        Copeland(
            name="copeland-second",
            title=say("Copeland of the second order"),
            source=f"{COPELAND}; {BARTHOLDI}",
            fills="order",
            draw=Fraction(1, 2),
            second=True,
        ),
        Copeland(
            name="llull",
            title=say("Llull: Copeland, a draw is won"),
            source=FALISZEWSKI,
            fills="order",
            draw=Fraction(1),
        ),
        Minimax(
            name="minimax",
            title=say("Minimax, by {measure}", measure=say("winning votes")),
            source=SIMPSON,
            fills="order",
            opposition="winning votes",
        ),
        Minimax(
            name="minimax-margins",
            title=say("Minimax, by {measure}", measure=say("margins")),
            source=SIMPSON,
            fills="order",
            opposition="margins",
        ),
        Minimax(
            name="minimax-opposition",
            title=say("Minimax, by {measure}", measure=say("pairwise opposition")),
            source=SIMPSON,
            fills="order",
            opposition="opposition",
        ),
    )
)
