"""How a tie in a count is broken: by what the tied held before, as the rule's ladder says, then by lot.

Guarantees that no tie is hidden: each is an event and a `Tie`, with who was tied, what was asked and what broke it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinkuy.count.lots import Lots
from tinkuy.count.result import Exact, Tie
from tinkuy.count.stv.choices import Ladder
from tinkuy.count.stv.ledger import Ledger, Standing
from tinkuy.words import say


def look_back(
    history: Sequence[Standing], tied: Sequence[int], best: bool, ladder: Ladder
) -> tuple[list[int], int | None]:
    """Who of the tied held most (or least) where the ladder looks, and the stage that decided between them.

    Several remain, and no stage is named, where the ladder leads nowhere.
    """
    pick = max if best else min
    left = list(tied)
    if ladder == "lot":
        return left, None
    for standing in history if ladder in ("earliest", "first difference") else reversed(history):
        held = [standing.totals[one] for one in left]
        if ladder == "latest all":
            if len(set(held)) == len(held):
                return [pick(left, key=lambda one: standing.totals[one])], standing.stage
            continue
        bound = pick(held)
        differ = min(held) != max(held)
        left = [one for one, votes in zip(left, held, strict=True) if votes == bound]
        if len(left) == 1:
            return left, standing.stage
        if differ and ladder == "first difference":
            break
    return left, None


def extreme(votes: Sequence[Exact], among: Iterable[int], best: bool) -> list[int]:
    """Those of `among` who hold most (or fewest) votes."""
    ones = sorted(among)
    limit = (max if best else min)(votes[one] for one in ones)
    return [one for one in ones if votes[one] == limit]


def decide(ledger: Ledger, lots: Lots, tied: Sequence[int], question: str, ladder: Ladder, clause: str = "") -> int:
    """The one of the tied whom the question is about: the least for "excluded", else the most.

    Raises `Undecided` when it comes to a lot that was not drawn.
    """
    if len(tied) == 1:
        return tied[0]
    names = tuple(ledger.names[one] for one in tied)
    best = question != "excluded"
    left, stage = look_back(ledger.history, tied, best, ladder)
    if stage is not None:
        chosen, by = left[0], "earlier stages"
        said = (
            say(
                "{names} are tied; {chosen} had more votes at stage {stage}",
                names=names,
                chosen=ledger.names[chosen],
                stage=str(stage),
            )
            if best
            else say(
                "{names} are tied; {chosen} had fewer votes at stage {stage}",
                names=names,
                chosen=ledger.names[chosen],
                stage=str(stage),
            )
        )
    else:
        chosen, by = by_lot(lots, ledger.names, left, best), "lot"
        said = (
            say("{names} are tied; the lot puts {chosen} first", names=names, chosen=ledger.names[chosen])
            if best
            else say("{names} are tied; the lot puts {chosen} last", names=names, chosen=ledger.names[chosen])
        )
    ledger.ties.append(Tie(ledger.stage, tuple(tied), chosen, question, by))
    ledger.tell("tie", said, *tied, clause=clause)
    return chosen


def by_lot(lots: Lots, names: Sequence[str], tied: Sequence[int], best: bool) -> int:
    """The first by lot; or the last, when the others have been taken away from the top one by one."""
    numbers = {names[one]: one for one in tied}
    while not best and len(numbers) > 1:
        del numbers[lots.first(tuple(numbers))]
    return numbers[lots.first(tuple(numbers))] if best else next(iter(numbers.values()))
