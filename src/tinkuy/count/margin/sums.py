"""Margins where votes, approvals, scores or points add up.

Somebody else is elected, or the lot decides, when one who is not elected comes to as much as one who is. A changed
paper moves the difference of the two by at most what it gives now to the one above over the other, and the most that
any paper can give the other way: `reach`. So the papers that give most to the one above are changed first, and the
bound is exact where those figures are at hand (plurality, approval, score); for points it takes every paper as the best
to change, and is a lower bound only.

Source: the definition of the margin of victory in D. Cary, "Estimating the margin of victory for instant-runoff
voting", EVT/WOTE 2011; for each rule by the arithmetic above.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tinkuy.count.approval import Approval
from tinkuy.count.lots import Lots
from tinkuy.count.margin.bound import Margin, decided_by_lot, up
from tinkuy.count.places import spread
from tinkuy.count.plurality import Plurality
from tinkuy.count.positional import Positional
from tinkuy.count.profile import Approvals, Profile, Scores
from tinkuy.count.registry import Papers, Rule
from tinkuy.count.result import Exact, Result
from tinkuy.count.score import Score, Scored, scored
from tinkuy.words import Amount, say

SOURCE = "Cary, EVT/WOTE 2011, margin of victory; the closest two"


def bound(known: Rule, papers: Papers, result: Result, _lots: Lots) -> Margin | None:
    """The bound for a rule of this kind; None for another rule."""
    match known, papers:
        case (Plurality(), Profile()) | (Approval(), Approvals()):
            return _of_ones(known, result)
        case Score(), Scores():
            return _of_scores(known, papers, result)
        case Positional(), Profile():
            return _of_points(known, papers, result)
    return None


def rivals(result: Result) -> Iterator[tuple[int, int, Exact]]:
    """Everybody elected with everybody who is not, and by how much they are apart in the last stage."""
    totals = result.stages[-1].totals
    for one in result.elected:
        for other, held in enumerate(totals):
            if held is not None and other not in result.elected:
                yield one, other, (totals[one] or 0) - held


def _of_ones(known: Rule, result: Result) -> Margin:
    """A paper gives one or nothing to each: the closest two decide, and enough papers give one to the upper alone.

    The papers that give to the upper and not to the lower are at least as many as the difference.
    """
    pair = min(rivals(result), key=lambda each: each[2], default=None)
    if pair is None:
        return everybody_sits(known)
    one, other, gap = pair
    return _told(known, result, one, other, gap, up(gap, 2), Fraction(2), exact=True)


def _of_scores(known: Rule, papers: Scores, result: Result) -> Margin:
    """For each two, papers are changed from the one that scores the upper most above the lower."""
    count = scored(papers)
    span = papers.most - papers.least
    best: tuple[int, int, int, Exact] | None = None
    for one, other, gap in rivals(result):
        needed = _changed(count, one, other, gap, span, papers.papers - count.valid)
        if best is None or needed < best[0]:
            best = needed, one, other, gap
    if best is None:
        return everybody_sits(known)
    needed, one, other, gap = best
    return _told(known, result, one, other, gap, needed, Fraction(2 * span), exact=True)


def _changed(count: Scored, one: int, other: int, gap: Exact, span: int, blank: int) -> int:
    """How many papers to change until the lower has as much as the upper; `blank` ones score nobody."""
    kinds = [*spread(count.scores[:, one] - count.scores[:, other], count.weights), (0, blank)]
    needed, left = 0, gap
    for figure, weight in sorted(kinds, reverse=True):
        gain = span + figure
        if left <= 0 or gain <= 0:
            break
        here = min(weight, up(left, gain))
        needed, left = needed + here, left - here * gain
    return needed


def _of_points(known: Positional, papers: Profile, result: Result) -> Margin:
    """No paper gives anybody more above another than `reach`, so none moves a difference by more than twice that."""
    pair = min(rivals(result), key=lambda each: each[2], default=None)
    if pair is None:
        return everybody_sits(known)
    one, other, gap = pair
    most = 2 * reach(known, len(papers.standing))
    return _told(known, result, one, other, gap, up(gap, most), most, exact=False)


def reach(known: Positional, standing: int) -> Fraction:
    """The most by which one paper can give to one candidate more than to another, of `standing`."""
    widest = Fraction(0)
    for here in range(1, standing + 1):
        worth = [Fraction(each) for each in known.points(standing, here)]
        others = worth[1:here]
        if here < standing:
            others.append(sum(worth[here:], Fraction()) / (standing - here) if known.shared else Fraction(0))
        widest = max(widest, max(worth[0] - each for each in others) if others else Fraction(0))
    return widest


def everybody_sits(known: Rule) -> Margin:
    """Nobody stands who is not elected."""
    return Margin(known.name, None, say("no change of papers alters it: everybody who stands is elected"))


def _told(
    known: Rule, result: Result, one: int, other: int, gap: Exact, papers: int, most: Fraction, *, exact: bool
) -> Margin:
    if gap == 0:
        return decided_by_lot(known)
    figures = {
        "papers": papers,
        "one": result.names[one],
        "other": result.names[other],
        "gap": Amount(gap),
        "most": Amount(most),
    }
    why = say("{one} is above {other} by {gap}, and a paper moves that by at most {most}", **figures)
    said = (
        say("papers to change: {papers}, exactly; {why}", papers=papers, why=why)
        if exact
        else say("papers to change: at least {papers}; {why}", papers=papers, why=why)
    )
    return Margin(known.name, papers, said, exact, SOURCE)
