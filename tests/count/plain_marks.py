"""Reading marks once more: plain, one paper at a time, from the words of the clauses."""

from __future__ import annotations

from collections.abc import Sequence

from tinkuy.count.interpretation import Interpretation

Paper = Sequence[Sequence[int]]
"""A paper as its ranks from first to last, each the candidates marked there."""


def plain_reading(
    rule: Interpretation, paper: Paper, candidates: int, equals: bool
) -> tuple[list[tuple[int, ...]], set[str]]:
    """What a paper counts as, place by place, and the clauses that it fell under."""
    ranks = [sorted(set(rank)) for rank in paper]
    touched = set()
    for clause in rule.order:
        if clause == "overvote" and not equals:
            ranks, found = overvotes(rule, ranks)
        elif clause == "duplicate":
            ranks, found = duplicates(rule, ranks)
        elif clause == "skipped":
            ranks, found = skips(rule, ranks)
        else:
            found = False
        if found:
            touched.add(clause)
    left = sum(map(len, ranks))
    if 0 < left < min(rule.least, candidates):
        ranks = []
        touched.add("least")
    return [tuple(rank) for rank in ranks if rank], touched


def overvotes(rule, ranks):
    over = [place for place, rank in enumerate(ranks) if len(rank) > 1]
    if not over or rule.overvote == "equal":
        return ranks, bool(over)
    if rule.overvote == "ends":
        return ranks[: over[0]], True
    if rule.overvote == "passed over":
        return [rank if len(rank) < 2 else [] for rank in ranks], True
    return [], True


def duplicates(rule, ranks):
    seen, kept, again = set(), [], None
    for place, rank in enumerate(ranks):
        if again is None and seen & set(rank):
            again = place
        kept.append([candidate for candidate in rank if candidate not in seen])
        seen |= set(rank)
    if again is None:
        return ranks, False
    return {"first": kept, "ends": ranks[:again], "invalid": []}[rule.duplicate], True


def skips(rule, ranks):
    marked = [place for place, rank in enumerate(ranks) if rank]
    gaps = [(place - before - 1, before) for before, place in zip([-1, *marked], marked, strict=False)]
    needed = 2 if rule.skipped == "ends after two" else 1
    found = [before for gap, before in gaps if gap >= needed]
    if not found or rule.skipped == "passed over":
        return ranks, bool(found)
    return ranks[: found[0] + 1], True
