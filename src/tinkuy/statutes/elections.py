"""How each office is filled: `[[elections]]` (elecciones: cargo, regla de conteo, quiénes postulan).

Guarantees that an office has one way of being filled, and that what is said only of lists (threshold, parity,
alternation) is said of lists. The rule of counting is a name here: whether one is called so is asked where statutes and
counting are both known, which is the assembly.

>>> str(Office(office="board", rule="scotland", seats=3).sentence)
'board: 3 seats among persons, counted by scotland; qualified members may stand; a tie goes to the lot.'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from tinkuy.statutes.provisions import Parity, optional
from tinkuy.statutes.reading import Table
from tinkuy.words import Said, say

Among = Literal["persons", "lists"]
Stands = Literal["qualified", "members"]
OnTie = Literal["lot", "revote"]

MOST_SEATS = 10_000
_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """How one office is filled.

    `rule` is the name of a rule of counting. `seats` 0 means that the call says how many. `threshold` is the share of
    the votes for lists that a list must reach, None where there is none. `parity` "half" lets no kind of person have
    more than half of a list, rounded up; `alternation` puts no two of a kind one after the other.
    """

    office: str
    rule: str
    seats: int = 0
    among: Among = "persons"
    stands: Stands = "qualified"
    threshold: Fraction | None = None
    parity: Parity = "none"
    alternation: bool = False
    tie: OnTie = "lot"

    @property
    def sentence(self) -> Said:
        """The whole provision in words."""
        whole = say(
            "{office}: {seats} among {among}, counted by {rule}; {stands} may stand; {tie}.",
            office=self.office,
            seats=say("{seats} seats", seats=self.seats) if self.seats else say("as many seats as the call says"),
            among=say("lists") if self.among == "lists" else say("persons"),
            rule=self.rule,
            stands=say("all members") if self.stands == "members" else say("qualified members"),
            tie=say("a tie goes to the lot") if self.tie == "lot" else say("a tie is voted on again"),
        )
        asked = [
            *([] if self.threshold is None else [say("{share} of the votes for lists", share=self.threshold)]),
            *([say("parity")] if self.parity == "half" else []),
            *([say("alternation")] if self.alternation else []),
        ]
        return say("{sentence} A list needs: {asked}.", sentence=whole, asked=tuple(asked)) if asked else whole


def read_elections(tables: list[Table]) -> tuple[Office, ...]:
    """Every `[[elections]]`, in the order written; an office stands once."""
    made: list[Office] = []
    for table in tables:
        one = _read_office(table)
        if any(one.office == other.office for other in made):
            raise table.error("office", say('how "{office}" is filled is written twice', office=one.office))
        made.append(one)
    return tuple(made)


def _read_office(table: Table) -> Office:
    amongs: tuple[Among, ...] = get_args(Among)
    stands: tuple[Stands, ...] = get_args(Stands)
    parity: tuple[Parity, ...] = get_args(Parity)
    ties: tuple[OnTie, ...] = get_args(OnTie)
    rule = table.label("rule")
    if _RULE.fullmatch(rule) is None:
        problem = say('a rule is called by small letters and hyphens, as "scotland"; tinkuy count rules lists them')
        raise table.error("rule", problem)
    made = Office(
        office=table.label("office"),
        rule=rule,
        seats=table.whole("seats", 0, most=MOST_SEATS),
        among=table.word("among", amongs, "persons"),
        stands=table.word("stands", stands, "qualified"),
        threshold=optional(table, "threshold"),
        parity=table.word("parity", parity, "none"),
        alternation=table.flag("alternation", False),
        tie=table.word("tie", ties, "lot"),
    )
    if table.has("seats") and made.seats == 0:
        raise table.error(
            "seats", say("an election fills at least one seat; leave it out where the call says how many")
        )
    if made.among == "persons":
        for key in ("threshold", "parity", "alternation"):
            if table.has(key):
                raise table.error(key, say('this is asked of lists: write among = "lists", or take it out'))
    table.close()
    return made
