"""The single transferable vote counted paper by paper in fractions, each law written out for itself: slow and plain.

Nothing here is shared with the engine. A count is a function of rankings (one a paper), seats and a list that stands
for the lot (earlier is better); it gives who is elected and what everybody held after each stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor


@dataclass
class Paper:
    ranking: tuple[int, ...]
    value: Fraction = Fraction(1)
    holder: int | None = None
    batch: int = 0


@dataclass
class Hall:
    """Where the papers lie."""

    papers: list[Paper]
    candidates: int
    continuing: set[int]
    lot: list[int]
    totals: list[Fraction] = field(default_factory=list)
    seen: list[list[Fraction]] = field(default_factory=list)
    elected: list[int] = field(default_factory=list)

    def next_of(self, paper):
        return next((one for one in paper.ranking if one in self.continuing), None)

    def note(self):
        self.seen.append(list(self.totals))

    def first_sort(self):
        self.totals = [Fraction(0)] * self.candidates
        for paper in self.papers:
            paper.holder = self.next_of(paper)
            self.totals[paper.holder] += 1
        self.note()

    def pile(self, candidate):
        return [paper for paper in self.papers if paper.holder == candidate]

    def pick(self, among, best, back):
        """Who has most or fewest; else by looking `back` ("latest", "earliest" or "none"); else by the lot."""
        side = max if best else min
        left = [one for one in among if self.totals[one] == side(self.totals[other] for other in among)]
        history = {"latest": reversed(self.seen), "earliest": iter(self.seen), "none": iter(())}[back]
        for totals in history:
            if len(left) == 1:
                break
            left = [one for one in left if totals[one] == side(totals[other] for other in left)]
        return (min if best else max)(left, key=self.lot.index)

    def elect(self, quota, seats):
        """Everybody with the quota, the most votes first; a name's number decides nothing but the order."""
        for one in sorted(self.continuing, key=lambda one: -self.totals[one]):
            if self.totals[one] >= quota > 0 and len(self.elected) < seats:
                self.elected.append(one)
        self.continuing -= set(self.elected)


def hall(rankings, candidates, lot):
    papers = [Paper(tuple(ranking)) for ranking in rankings if ranking]
    return Hall(papers, candidates, set(range(candidates)), lot)


def cut(value, digits):
    return Fraction(floor(value * 10**digits), 10**digits)


def up(value, digits):
    return Fraction(ceil(value * 10**digits), 10**digits)


def finish(count, seats):
    """Those who continue take the seats that are left, the most votes first."""
    rest = sorted(count.continuing, key=lambda one: -count.totals[one])[: seats - len(count.elected)]
    return set(count.elected) | set(rest), count.seen


def scotland(rankings, candidates, seats, lot):
    """SSI 2011/399, Schedule 1, rules 46 to 53; papers of the last excluded still pass on (rule 53(2) as amended)."""
    count = hall(rankings, candidates, lot)
    count.first_sort()
    quota = Fraction(len(count.papers) // (seats + 1) + 1)
    count.elect(quota, seats)
    done = set()
    while len(count.elected) < seats and len(count.continuing) > seats - len(count.elected):
        waiting = [one for one in count.elected if one not in done and count.totals[one] > quota]
        if waiting:
            giver = count.pick(waiting, True, "latest")
            done.add(giver)
            surplus, held = count.totals[giver] - quota, count.totals[giver]
            count.totals[giver] = quota
            for paper in count.pile(giver):
                paper.value = cut(surplus * paper.value / held, 5)
                paper.holder = count.next_of(paper)
                if paper.holder is not None:
                    count.totals[paper.holder] += paper.value
        else:
            loser = count.pick(count.continuing, False, "latest")
            pass_all(count, loser)
        count.note()
        count.elect(quota, seats)
    return finish(count, seats)


def pass_all(count, loser):
    """All papers of an excluded candidate go on at the value that they have."""
    count.continuing.discard(loser)
    count.totals[loser] = Fraction(0)
    for paper in count.pile(loser):
        paper.holder = count.next_of(paper)
        if paper.holder is not None:
            count.totals[paper.holder] += paper.value


def wigm_prf(rankings, candidates, seats, lot):
    """Reference WIGM Rule, without the optional step B.2."""
    count = hall(rankings, candidates, lot)
    count.first_sort()
    quota = cut(Fraction(len(count.papers), seats + 1), 4) + Fraction(1, 10**4)
    count.elect(quota, seats)
    done = set()
    while len(count.elected) < seats and len(count.continuing) > seats - len(count.elected):
        waiting = [one for one in count.elected if one not in done]  # a surplus of nought too
        if waiting:
            giver = count.pick(waiting, True, "none")
            done.add(giver)
            surplus, held = count.totals[giver] - quota, count.totals[giver]
            count.totals[giver] = quota
            for paper in count.pile(giver):
                paper.value = cut(cut(paper.value * surplus, 4) / held, 4)
                paper.holder = count.next_of(paper)
                if paper.holder is not None:
                    count.totals[paper.holder] += paper.value
        else:
            loser = count.pick(count.continuing, False, "none")
            count.continuing.discard(loser)
            if len(count.continuing) <= seats - len(count.elected):
                break
            pass_all(count, loser)
        count.note()
        count.elect(quota, seats)
    return finish(count, seats)


def exact(rankings, candidates, seats, lot):
    """Weighted inclusive Gregory without any rounding; more than votes / (seats + 1) elects."""
    count = hall(rankings, candidates, lot)
    count.first_sort()
    quota = Fraction(len(count.papers), seats + 1)
    least_above = Fraction(1, 10**40)
    done = set()
    count.elect(quota + least_above, seats)
    while len(count.elected) < seats and len(count.continuing) > seats - len(count.elected):
        waiting = [one for one in count.elected if one not in done]
        if waiting:
            giver = count.pick(waiting, True, "latest")
            done.add(giver)
            held = count.totals[giver]
            count.totals[giver] = quota
            for paper in count.pile(giver):
                paper.value *= (held - quota) / held
                paper.holder = count.next_of(paper)
                if paper.holder is not None:
                    count.totals[paper.holder] += paper.value
        else:
            loser = count.pick(count.continuing, False, "latest")
            count.continuing.discard(loser)
            if len(count.continuing) <= seats - len(count.elected):
                break
            pass_all(count, loser)
        count.note()
        count.elect(quota + least_above, seats)
    return finish(count, seats)


def senate(rankings, candidates, seats, lot):
    """Commonwealth Electoral Act 1918 s 273 as counted in 2016. Totals are kept apart from papers: both are whole."""
    count = hall(rankings, candidates, lot)
    count.first_sort()
    quota = len(count.papers) // (seats + 1) + 1
    credits = {(one, Fraction(1)): count.totals[one] for one in range(candidates)}
    pending = []

    def elect():
        reached = [one for one in count.continuing if count.totals[one] >= quota]
        while reached and len(count.elected) < seats:
            one = order(count, reached)
            reached.remove(one)
            count.elected.append(one)
            count.continuing.discard(one)
            if count.totals[one] > quota:
                pending.append((len(count.seen), one))

    def give(papers, value):
        received = {}
        for paper in papers:
            paper.value, paper.holder = value, count.next_of(paper)
            received.setdefault(paper.holder, []).append(paper)
        for taker, got in received.items():
            if taker is not None:
                votes = floor(len(got) * value)
                count.totals[taker] += votes
                credits[taker, value] = credits.get((taker, value), 0) + votes

    elect()
    while len(count.elected) < seats:
        if pending:
            since = min(stage for stage, _ in pending)
            ready = [one for stage, one in pending if stage == since]
            giver = order(count, ready)
            pending.remove((since, giver))
            papers, surplus = count.pile(giver), count.totals[giver] - quota
            count.totals[giver] = Fraction(quota)
            give(papers, Fraction(surplus) / len(papers))
            count.note()
            elect()
            continue
        if len(count.continuing) <= seats - len(count.elected):
            return finish(count, seats)
        if seats - len(count.elected) == 1 and len(count.continuing) == 2:
            return {*count.elected, count.pick(count.continuing, True, "none")}, count.seen
        loser = count.pick(count.continuing, False, "latest")
        count.continuing.discard(loser)
        if not count.pile(loser):
            count.seen.append(list(count.totals))
        for value in sorted({paper.value for paper in count.pile(loser)}, reverse=True):
            papers = [paper for paper in count.pile(loser) if paper.value == value]
            count.totals[loser] -= credits.pop((loser, value), 0)
            give(papers, value)
            count.note()
            elect()
            if len(count.elected) == seats:
                break
    return finish(count, seats)


def order(count, tied):
    """s 273(20)(b), (22): the most votes; the last count at which each had a different number; the lot."""
    left = [one for one in tied if count.totals[one] == max(count.totals[other] for other in tied)]
    for totals in reversed(count.seen):
        if len({totals[one] for one in left}) == len(left):
            return max(left, key=lambda one: totals[one])
    return min(left, key=count.lot.index)


def without_hope(count, seats, spare):
    """What those who continue hold, lowest first, and how many of the lowest stay below the next with all the rest."""
    held = sorted(count.totals[one] for one in count.continuing)
    most = len(held) - (seats - len(count.elected))
    return held, max((k for k in range(1, most + 1) if sum(held[:k]) + spare < held[k]), default=0)


def irish(rankings, candidates, seats, lot):
    """Electoral Act 1992 ss 118 to 124, every paper lying where it lies; the rankings stand as they were mixed."""
    count = hall(rankings, candidates, lot)
    count.first_sort()
    quota = len(count.papers) // (seats + 1) + 1
    waiting = []
    heaps = {one: count.pile(one) for one in range(candidates)}
    last = dict(heaps)

    def elect():
        before = len(count.elected)
        count.elect(quota, seats)
        waiting.extend((len(count.seen), one) for one in count.elected[before:] if count.totals[one] > quota)

    def file(papers_by_taker):
        for taker, papers in papers_by_taker.items():
            for paper in papers:
                paper.holder = taker
            count.totals[taker] += len(papers)
            heaps[taker] = heaps[taker] + papers
            last[taker] = papers
        count.note()
        elect()

    def sorted_by_next(papers):
        groups = {}
        for paper in papers:
            groups.setdefault(count.next_of(paper), []).append(paper)
        return groups, groups.pop(None, [])

    elect()
    while len(count.elected) < seats and len(count.continuing) > seats - len(count.elected):
        spare = sum(count.totals[one] - quota for _, one in waiting)
        held, sure = without_hope(count, seats, spare)
        if waiting and not (spare <= held[1] - held[0] or sure > 1):
            since = min(stage for stage, _ in waiting)
            giver = count.pick([one for stage, one in waiting if stage == since], True, "earliest")
            waiting.remove((since, giver))
            surplus = int(count.totals[giver] - quota)
            count.totals[giver] = Fraction(quota)
            groups, _ = sorted_by_next(last[giver])
            if (n := sum(map(len, groups.values()))) > surplus:
                share = {one: Fraction(len(papers) * surplus, n) for one, papers in groups.items()}
                number = {one: floor(value) for one, value in share.items()}

                def rank(one, share=share, groups=groups):
                    past = [-totals[one] for totals in count.seen]
                    return (-(share[one] - floor(share[one])), -len(groups[one]), past, lot.index(one))

                for one in sorted(share, key=rank)[: surplus - sum(number.values())]:
                    number[one] += 1
                groups = {one: papers[len(papers) - number[one] :] for one, papers in groups.items() if number[one]}
            file(groups)
        else:
            losers = []
            while len(losers) < max(sure, 1):
                losers.append(count.pick(count.continuing - set(losers), False, "earliest"))
            count.continuing -= set(losers)
            if len(count.continuing) <= seats - len(count.elected):
                break
            papers = [paper for loser in losers for paper in heaps[loser] if paper.holder == loser]
            for loser in losers:
                count.totals[loser] = Fraction(0)
            file(sorted_by_next(papers)[0])
    return finish(count, seats)


def irv(rankings, candidates, seats, lot):
    """San Francisco Charter s 13.102: more than half of the papers that continue."""
    assert seats == 1
    count = hall(rankings, candidates, lot)
    count.first_sort()
    while True:
        active = sum(count.totals)
        for one in count.continuing:
            if 2 * count.totals[one] > active:
                return {one}, count.seen
        if len(count.continuing) == 1:
            return set(count.continuing), count.seen
        loser = count.pick(count.continuing, False, "none")
        if len(count.continuing) == 2:
            return count.continuing - {loser}, count.seen
        pass_all(count, loser)
        count.note()


def keeping(rankings, candidates, seats, lot, price=False):
    """Reference Meek Rule, ballot by ballot; or Warren's, where the elected take the same from every ballot."""
    ballots = [ranking for ranking in rankings if ranking]
    keep = [Fraction(1)] * candidates
    hopeful, elected, shown = set(range(candidates)), [], []

    def distribute():
        votes = [Fraction(0)] * candidates
        for ballot in ballots:
            weight = Fraction(1)
            for one in ballot:
                taken = min(weight, keep[one]) if price else up(weight * keep[one], 9)
                votes[one] += taken
                weight -= taken
        return votes

    while len(elected) < seats and len(elected) + len(hopeful) > seats:
        last = None
        while True:
            votes = distribute()
            quota = cut(sum(votes) / (seats + 1), 9) + Fraction(1, 10**9)
            winners = sorted((one for one in hopeful if votes[one] >= quota), key=lambda one: -votes[one])
            for one in winners[: seats - len(elected)]:
                elected.append(one)
                hopeful.discard(one)
            surplus = max(Fraction(0), sum(votes[one] - quota for one in elected))
            if winners:
                break
            if surplus < Fraction(1, 10**6) or (last is not None and surplus >= last):
                low = min(votes[one] for one in hopeful)
                loser = max((one for one in hopeful if votes[one] <= low + surplus), key=lot.index)
                hopeful.discard(loser)
                keep[loser] = Fraction(0)
                break
            last = surplus
            for one in elected:
                keep[one] = up(up(keep[one] * quota, 9) / votes[one], 9)
        shown.append(votes)
    votes = distribute()
    rest = sorted(hopeful, key=lambda one: -votes[one])[: seats - len(elected)]
    return set(elected) | set(rest), shown
