"""The same papers by several rules: who wins under which, and where their stories part.

Guarantees that each rule's count is its own, whole `Result`; nothing is said of two counts that does not stand in them.
Rules that need a lot which was not drawn are shown as undecided, with those who are tied, and the others still counted.

>>> profile = Profile.of(["Ana", "Beto", "Caro"], [([0, 1], 4), ([1], 2), ([2, 1], 3)])
>>> found = compare(profile, [rule("plurality"), rule("schulze")])
>>> [(outcome.rule.name, outcome.winners) for outcome in found.outcomes]
[('plurality', ('Ana',)), ('schulze', ('Beto',))]
>>> print(found.partings[0].said)
plurality elects Ana, schulze Beto; 5 papers prefer Beto to Ana, 4 Ana to Beto
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from tinkuy.count.errors import CountError, Undecided
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.places import rank_of
from tinkuy.count.profile import Profile, total
from tinkuy.count.registry import Papers, Rule
from tinkuy.count.result import Event, Exact, Result
from tinkuy.words import Amount, Said, say

DECIDING = ("elected", "excluded")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule made of the papers: its result, or why there is none and, where a lot is missing, who is tied."""

    rule: Rule
    result: Result | None
    refusal: Said | None = None
    tied: tuple[str, ...] = ()

    @property
    def winners(self) -> tuple[str, ...]:
        """The names of the elected in order of election; nobody where there is no result."""
        return self.result.winners if self.result is not None else ()


@dataclass(frozen=True, slots=True)
class Parting:
    """Two rules that elect others, and where their stories part: `stage`, where their rounds can be compared."""

    one: str
    other: str
    said: Said
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcomes in the order in which the rules were asked, and a parting for every two sets of winners."""

    outcomes: tuple[Outcome, ...]
    partings: tuple[Parting, ...]

    @property
    def agreed(self) -> bool:
        """Whether every rule gave a result, and all elect the same."""
        return not self.partings and all(outcome.result is not None for outcome in self.outcomes)

    def by_winners(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        """Each set of winners with the rules that elect it, those that elect it first in the order asked."""
        groups: dict[frozenset[str], list[str]] = {}
        for outcome in self.outcomes:
            if outcome.result is not None:
                groups.setdefault(frozenset(outcome.winners), []).append(outcome.rule.name)
        return tuple((winners, tuple(names)) for winners, names in groups.items())


def compare(
    papers: Papers,
    rules: Sequence[Rule],
    seats: int = 1,
    lots: Lots = Refusing(),  # noqa: B008 — a frozen value
) -> Comparison:
    """Count `papers` by each of `rules`. What a rule cannot count is its outcome's refusal, and stops no other rule.

    Raises `CountError` where no rule is given.
    """
    if not rules:
        raise CountError(say("nothing to compare: name at least one rule"))
    outcomes = tuple(_outcome(papers, each, seats, lots) for each in rules)
    firsts: dict[frozenset[str], Outcome] = {}
    for outcome in outcomes:
        if outcome.result is not None:
            firsts.setdefault(frozenset(outcome.winners), outcome)
    partings = tuple(_parting(papers, one, other) for one, other in combinations(firsts.values(), 2))
    return Comparison(outcomes, partings)


def _outcome(papers: Papers, known: Rule, seats: int, lots: Lots) -> Outcome:
    try:
        return Outcome(known, known.count(papers, seats, lots))
    except Undecided as tie:
        return Outcome(known, None, tie.said, tie.tied)
    except CountError as refusal:
        return Outcome(known, None, refusal.said)


def _parting(papers: Papers, one: Outcome, other: Outcome) -> Parting:
    """Where two rules that elect others part: at a round, or else over two candidates."""
    here, there = one.result, other.result
    if here is None or there is None:
        raise ValueError("only results part")
    names = one.rule.name, other.rule.name
    stage = _round(here, there)
    if stage is not None:
        first, second = (_deciding(result, stage) for result in (here, there))
        said = say(
            "up to round {round} {one} and {other} do the same; then {one}: {first}; {other}: {second}",
            round=str(stage - 1),
            one=names[0],
            other=names[1],
            first=tuple(event.said for event in first),
            second=tuple(event.said for event in second),
        )
        return Parting(*names, said, stage)
    return Parting(*names, _over_two(papers, one.rule.name, here, other.rule.name, there))


def _round(here: Result, there: Result) -> int | None:
    """The first round in which two counts of equal first rounds elect or exclude others; None without rounds."""
    if min(len(here.stages), len(there.stages)) < 2 or here.stages[0].totals != there.stages[0].totals:
        return None
    for number in range(2, min(len(here.stages), len(there.stages)) + 1):
        first, second = (_deciding(result, number) for result in (here, there))
        if _who(first) != _who(second):
            return number if first and second else None
    return None


def _deciding(result: Result, number: int) -> tuple[Event, ...]:
    return tuple(event for event in result.stages[number - 1].events if event.kind in DECIDING)


def _who(events: Sequence[Event]) -> set[tuple[str, frozenset[int]]]:
    return {(event.kind, frozenset(event.candidates)) for event in events}


def _over_two(papers: Papers, one: str, here: Result, other: str, there: Result) -> Said:
    """Two candidates of whom each rule elects another, and what the papers and both counts say of them."""
    mine = next((each for each in here.elected if each not in there.elected), None)
    theirs = next((each for each in there.elected if each not in here.elected), None)
    if mine is None or theirs is None:
        return say(
            "{one} elects {first}, {other} {second}",
            one=one,
            other=other,
            first=here.winners or say("nobody"),
            second=there.winners or say("nobody"),
        )
    names = here.names
    known: dict[str, object] = {"one": one, "other": other, "mine": names[mine], "theirs": names[theirs]}
    if isinstance(papers, Profile):
        above, below = rank_of(papers, mine), rank_of(papers, theirs)
        return say(
            "{one} elects {mine}, {other} {theirs}; {back} papers prefer {theirs} to {mine}, {on} {mine} to {theirs}",
            **known,
            on=total(papers.weights[above < below]),
            back=total(papers.weights[below < above]),
        )
    figures = [_held(result, each) for result in (here, there) for each in (mine, theirs)]
    return say(
        "{one} elects {mine}, {other} {theirs}; {one} counts {a} for {mine} and {b} for {theirs}, {other} {c} and {d}",
        **known,
        **{key: Amount(figure) for key, figure in zip("abcd", figures, strict=True)},
    )


def _held(result: Result, candidate: int) -> Exact:
    """What the count's last stage that still holds the candidate says."""
    for stage in reversed(result.stages):
        held = stage.totals[candidate]
        if held is not None:
            return held
    return 0
