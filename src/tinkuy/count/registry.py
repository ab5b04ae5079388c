"""A counting rule, and the one register of them.

A rule is a small frozen value: its name, where it is written, and the choices that set it apart from its kin. Rules are
registered by the family's module and found by name; nothing else decides what `tinkuy count --rule NAME` means.

>>> rule("irv").count(Profile.of(["Ana", "Beto"], [([0], 2), ([1], 1)]), 1).winners
('Ana',)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any, ClassVar, Literal

from tinkuy.count.errors import CountError
from tinkuy.count.lots import Lots, Refusing
from tinkuy.count.profile import Approvals, Budget, Lists, Profile, Scores
from tinkuy.count.result import Result
from tinkuy.words import Said, say

Papers = Profile | Approvals | Scores | Lists | Budget
Seats = Literal["one", "many", "order", "money"]
"""What a rule fills: one seat, several, none at all but an order of everybody, or what a budget pays for."""

FAMILIES: tuple[str, ...] = (
    "plurality",
    "approval",
    "score",
    "star",
    "stv.gregory",
    "stv.senate",
    "stv.irish",
    "stv.meek",
    "stv.irv",
    "positional",
    "bucklin",
    "majority_judgment",
    "condorcet.schulze",
    "condorcet.ranked_pairs",
    "condorcet.scores",
    "condorcet.hare",
    "apportion",
    "committee.sequential",
    "committee.phragmen",
    "committee.equal_shares",
    "committee.pav",
    "committee.budget",
)
"""The modules that register rules, in the order in which `tinkuy count rules` lists them."""

_rules: dict[str, Rule] = {}


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """A way to count. `takes` is the kind of papers it is for; `source` the law, manual or paper that defines it."""

    takes: ClassVar[type]

    name: str
    title: Said
    source: str
    fills: Seats = "many"

    @abstractmethod
    def count(self, papers: Any, seats: int = 1, lots: Lots = Refusing()) -> Result:  # noqa: B008 — a frozen value
        """Count `papers` for `seats`; `lots` breaks what the rule gives to the lot.

        Raises `CountError` for papers or seats that the rule cannot count, `Undecided` for a lot that was not drawn.
        """


def register(rules: Iterable[Rule]) -> None:
    """Make rules known by their names. A name belongs to one rule."""
    for known in rules:
        if known.name in _rules and _rules[known.name] != known:
            raise ValueError(f"two rules are called {known.name}")
        _rules[known.name] = known


def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of its family."""
    for family in FAMILIES:
        import_module(f"tinkuy.count.{family}")
    return tuple(_rules.values())


def rule(name: str) -> Rule:
    """The rule of this name. Raises `CountError`, with the nearest names, when there is none."""
    known = {each.name: each for each in rules()}
    if name not in known:
        near = get_close_matches(name, known)
        meant = say("did you mean {names}?", names=", ".join(near)) if near else say("`tinkuy count rules` lists them")
        raise CountError(say("no rule is called {name}; {meant}", name=name, meant=meant))
    return known[name]


def check_seats(seats: int, candidates: int) -> int:
    """Seats that can be filled: at least one. Returns how many stay empty because too few stand."""
    if seats < 1:
        raise CountError(say("{seats} seats; at least 1 expected", seats=seats))
    return max(0, seats - candidates)


_KINDS = {
    Profile: say("rankings"),
    Approvals: say("approvals"),
    Scores: say("scores"),
    Lists: say("votes for lists"),
    Budget: say("votes on projects with costs"),
}


def check_kind(known: Rule, papers: object) -> None:
    """Refuse papers of another kind than the rule counts: nothing is turned into something else unasked."""
    if not isinstance(papers, known.takes):
        raise CountError(
            say(
                "{rule} counts {wanted}, and these are {given}; `tinkuy count rules` lists the rules for {given}",
                rule=known.name,
                wanted=_KINDS[known.takes],
                given=_KINDS.get(type(papers), type(papers).__name__),
            )
        )


def check_single(known: Rule, seats: int) -> None:
    """Refuse more than one seat where the rule elects one and gives no order to take others from."""
    if seats > 1:
        raise CountError(
            say(
                "{rule} elects one, and gives no order from which {seats} seats could be filled; for several seats "
                "choose a rule that `tinkuy count rules` lists for them",
                rule=known.name,
                seats=seats,
            )
        )
