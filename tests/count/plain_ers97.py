"""ERS97 counted paper by paper in fractions, by its paragraphs: slow and plain, nothing shared with the engine.

Batches of several excluded candidates with papers of the same value are one batch (5.4.1).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from tests.count.plain_stv import cut, finish, hall


class Ers97:
    def __init__(self, rankings, candidates, seats, lot):
        self.hall = hall(rankings, candidates, lot)
        self.seats = seats
        self.waiting = {}
        self.lost = Fraction(0)
        self.batch = 0
        self.stages = []

    @property
    def left(self):
        return self.seats - len(self.hall.elected)

    def set_quota(self):
        active = sum(self.hall.totals)
        self.quota = Fraction(ceil(active * 100 / (self.seats + 1)), 100)  # 5.1.6, 5.4.8

    def elect(self):
        """5.1.7, 5.3.13, 5.4.9, in descending order of votes; 5.6.2 for equals that are too many."""
        count = self.hall
        if not count.elected:
            self.set_quota()
        while self.left:
            surpluses = sum(count.totals[one] - self.quota for one in self.waiting)
            active = sum(count.totals[one] for one in count.continuing) + surpluses
            enough = min(self.quota, active / (self.left + 1))
            reached = [one for one in count.continuing if count.totals[one] >= enough and count.totals[one] > 0]
            if not reached:
                return
            tied = [one for one in reached if count.totals[one] == max(count.totals[other] for other in reached)]
            for totals in count.seen:
                if len(tied) > self.left:
                    tied = [one for one in tied if totals[one] == max(totals[other] for other in tied)]
            if len(tied) > self.left:
                return
            count.elected += sorted(tied)
            count.continuing -= set(tied)
            self.waiting.update({one: True for one in tied if count.totals[one] > self.quota})

    def together(self, spare):
        """5.2.5: how many of the lowest may go together."""
        held = sorted(self.hall.totals[one] for one in self.hall.continuing)
        most = len(held) - self.left
        return held, max((k for k in range(1, most + 1) if sum(held[:k]) + spare <= held[k]), default=0)

    def pass_on(self, papers, value):
        """A batch goes on; returns what it took along."""
        moved = Fraction(0)
        self.batch += 1
        for paper in papers:
            paper.holder = self.hall.next_of(paper)
            paper.batch = self.batch
            if paper.holder is not None:
                paper.value = value
                self.hall.totals[paper.holder] += value
                moved += value
        self.hall.note()
        return moved

    def transfer(self, giver):
        """5.3: the batch received last."""
        del self.waiting[giver]
        count = self.hall
        surplus = count.totals[giver] - self.quota
        pile = count.pile(giver)
        papers = [paper for paper in pile if paper.batch == max(each.batch for each in pile)]
        going = sum(count.next_of(paper) is not None for paper in papers)
        value = papers[0].value
        if going * value > surplus:
            value = cut(surplus / going, 2)
        count.totals[giver] = self.quota
        self.pass_on(papers, value)
        self.elect()

    def exclude(self, number):
        """5.2.5, 5.4."""
        count = self.hall
        losers = []
        while len(losers) < number:
            losers.append(count.pick(count.continuing - set(losers), False, "earliest"))
        count.continuing -= set(losers)
        if len(count.continuing) <= self.left:  # 5.5.1
            return True
        papers = [paper for paper in count.papers if paper.holder in losers]
        for value in sorted({paper.value for paper in papers}, reverse=True):
            batch = [paper for paper in papers if paper.value == value]
            for paper in batch:
                count.totals[paper.holder] -= paper.value
            self.pass_on(batch, value)
            self.elect()
            if not self.left:
                return True
        if not papers:
            self.elect()
        return False

    def run(self):
        count = self.hall
        count.first_sort()
        self.elect()
        self.stages.append(list(count.totals))
        over = False
        while not over and self.left and len(count.continuing) > self.left:
            spare = sum(count.totals[one] - self.quota for one in self.waiting)
            held, number = self.together(spare)
            if self.waiting and not (spare <= held[1] - held[0] or number > 1):
                self.transfer(count.pick(list(self.waiting), True, "earliest"))
            else:
                over = self.exclude(max(number, 1))
            self.stages.append(list(count.totals))
        return finish(count, self.seats)[0], self.stages


def ers97(rankings, candidates, seats, lot):
    return Ers97(rankings, candidates, seats, lot).run()
