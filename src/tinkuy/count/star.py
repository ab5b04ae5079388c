"""STAR, score then automatic runoff: the two greatest sums, then whichever of the two more papers score higher.

Guarantees that ties are broken by the ladder that its authors published, step by step on record, and by the lot only
after it. Papers are read as in `score.py`.

Source: Equal Vote Coalition, starvoting.org, and its Official Tiebreaker Protocol, starvoting.org/ties (as it stood on
12 September 2025). BetterVoting leaves out the protocol's first step where three or more are tied.

>>> given = np.array([[5, 4, 0], [0, 4, 5], [5, 3, 0]])
>>> papers = Scores(("Ana", "Beto", "Caro"), given, given >= 0, np.array([2, 2, 1]), least=0, most=5)
>>> rule("star").count(papers).winners
('Ana',)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Scores
from tinkuy.count.registry import Rule, check_kind, check_seats, check_single, register
from tinkuy.count.result import Event, Result, Stage, Tie
from tinkuy.count.score import Scored, scored
from tinkuy.count.seating import Ranking, drawn, ranked
from tinkuy.words import say

PROTOCOL = "starvoting.org/ties, Official Tiebreaker Protocol"


@dataclass
class Ladder:
    """The ties of one count as they are broken, and what is said of each."""

    count: Scored
    lots: Lots
    ties: list[Tie] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def first_two(self) -> tuple[int, ...]:
        """Who goes on from the scoring round: two, or one where only one stands."""
        through: list[int] = []
        for group in self.count.ranking:
            through += self._through(list(group), 2 - len(through))
            if len(through) == 2:
                break
        return tuple(through)

    def _through(self, tied: list[int], places: int) -> list[int]:
        """The tied who take `places`, in the order in which the ladder lets them through."""
        taken: list[int] = []
        while len(tied) > places - len(taken):
            left = places - len(taken)
            best, by, said = self._step(tied, left)
            self.ties.append(Tie(1, tuple(tied), best[0], "order", by))
            self.events.append(said)
            if len(best) <= left:
                taken += best
                tied = [each for each in tied if each not in best]
                if left == len(best):
                    return taken
            else:
                tied = best
        return taken + tied

    def _step(self, tied: list[int], left: int) -> tuple[list[int], str, Event]:
        """Some of the tied, better than the others by the first step of the ladder that tells them apart."""
        # Step 1: head to head among the tied, out goes whoever lost the most match-ups.
        losses = {one: sum(self._loses(one, other) for other in tied) for one in tied}
        # Step 2: the most papers at the highest score.
        top = {one: self.count.at_the_top(one) for one in tied}
        names = self.count.papers.names
        among = tuple(names[one] for one in tied)
        if len(set(losses.values())) > 1:
            best = [one for one in tied if losses[one] < max(losses.values())]
            stay = tuple(names[one] for one in best)
            said = say("{tied} have equal points; head to head {names} lose fewer match-ups", tied=among, names=stay)
            return best, "head to head", Event("tie", said, tuple(tied), clause=PROTOCOL)
        if len(set(top.values())) > 1:
            best = [one for one in tied if top[one] == max(top.values())]
            stay = tuple(names[one] for one in best)
            said = say("{tied} have equal points; {names} have the highest score most often", tied=among, names=stay)
            return best, "highest scores", Event("tie", said, tuple(tied), clause=PROTOCOL)
        chosen, event = drawn(tied, left, names, self.lots)
        return [chosen], "lot", event

    def _loses(self, one: int, other: int) -> bool:
        return self.count.prefer(other, one) > self.count.prefer(one, other)

    def last(self, two: tuple[int, int], votes: dict[int, int]) -> int:
        """Who wins the runoff."""
        names = self.count.papers.names
        among = tuple(names[each] for each in two)
        if votes[two[0]] != votes[two[1]]:
            return max(two, key=votes.__getitem__)
        # Ties in the runoff go to the higher score, then to the most papers at the highest score, then to the lot.
        merits: tuple[tuple[str, Callable[[int], int]], ...] = (
            ("score", self.count.sums.__getitem__),
            ("highest scores", self.count.at_the_top),
        )
        by, merit = next((step for step in merits if step[1](two[0]) != step[1](two[1])), ("lot", None))
        if merit is None:
            winner, event = drawn(two, 1, names, self.lots)
        else:
            winner = max(two, key=merit)
            said = {
                "score": say(
                    "{tied} are preferred equally often; {name} has more points", tied=among, name=names[winner]
                ),
                "highest scores": say(
                    "{tied} are preferred equally often; {name} has the highest score more often",
                    tied=among,
                    name=names[winner],
                ),
            }[by]
            event = Event("tie", said, tuple(sorted(two)), clause=PROTOCOL)
        self.events.append(event)
        self.ties.append(Tie(2, tuple(sorted(two)), winner, "elected", by))
        return winner


@dataclass(frozen=True, kw_only=True)
class Star(Rule):
    """Elects one. The order below the two finalists is by points."""

    takes = Scores

    def count(self, papers: Scores, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008
        check_kind(self, papers)
        count = scored(papers)
        check_seats(seats, len(count.standing))
        check_single(self, seats)
        ladder = Ladder(count, lots)
        two = ladder.first_two()
        names = papers.names
        told = say("the most points: {names} go on", names=tuple(names[each] for each in two))
        opening = [*count.told(), *ladder.events, Event("note", told, two)]
        if len(two) == 1:
            alone = Event("elected", say("{name} is elected: nobody else stands", name=names[two[0]]), two)
            return self._finished(count, (Stage(1, count.totals(), events=(*opening, alone)),), two, (two,), ladder)
        ladder.events.clear()
        last = _runoff(count, ladder, (two[0], two[1]))
        stages = (Stage(1, count.totals(), events=tuple(opening)), last)
        winner = last.events[-1].candidates[0]
        loser = two[0] if winner == two[1] else two[1]
        rest = ranked([each for each in count.standing if each not in two], count.sums.__getitem__)
        return self._finished(count, stages, (winner,), ((winner,), (loser,), *rest), ladder)

    def _finished(
        self, count: Scored, stages: tuple[Stage, ...], elected: tuple[int, ...], ranking: Ranking, ladder: Ladder
    ) -> Result:
        return Result(
            self.name,
            count.papers.names,
            1,
            elected,
            count.valid,
            count.papers.papers - count.valid,
            stages,
            tuple(ladder.ties),
            ranking=ranking,
        )


def _runoff(count: Scored, ladder: Ladder, two: tuple[int, int]) -> Stage:
    """The second round: papers that score both alike are for neither."""
    names = count.papers.names
    votes = {two[0]: count.prefer(*two), two[1]: count.prefer(two[1], two[0])}
    winner = ladder.last(two, votes)
    loser = two[0] if winner == two[1] else two[1]
    elected = Event(
        "elected",
        say(
            "{name} is elected: {votes} papers score {name} above {other}, {against} the other way",
            name=names[winner],
            other=names[loser],
            votes=votes[winner],
            against=votes[loser],
        ),
        (winner,),
        {"votes": votes[winner], "against": votes[loser]},
        "starvoting.org, automatic runoff",
    )
    return Stage(
        2,
        tuple(votes.get(each) for each in range(len(names))),
        exhausted=count.valid - sum(votes.values()),
        events=(*ladder.events, elected),
    )


register(
    [
        Star(
            name="star",
            title=say("STAR: score, then automatic runoff"),
            source="Equal Vote Coalition, starvoting.org; ties by starvoting.org/ties, Official Tiebreaker Protocol",
            fills="one",
        )
    ]
)
