"""The verdict of a consultation when the same ballots are added up in one way or another.

One rule judges all; what changes is what weighs:

| mode           | weight of a frozen unit                       | goes to                                   |
|----------------|-----------------------------------------------|-------------------------------------------|
| `member`       | its papers                                    | each option its own                       |
| `unit`         | 1                                             | its leading option                        |
| `region`       | 1 for each node of the top level              | the leading option of the members there   |
| `card`         | its electors (voto por tarjeta)               | its leading option                        |
| `proportional` | its delegates by the bands                    | the options, by largest remainder         |
| `degressive`   | its delegates by the bands                    | its leading option, as a block            |
| `delegate`     | its delegates by the bands, capped            | as the statutes split them                |
| `double`       | as the modes that must both carry             |                                           |

A unit or region in which no single option leads abstains: its weight is `tied`. In a mode of weights every test is over
weights: turnout is the weight of those that decided, of all. Among several options ("choice") the leading one plays
"for" and the rest "against", and nothing carries while two lead. A body without bands of its own is shown those of ANP
Peru (up to 10 members 1, up to 20 2, up to 40 3, then one more for each 20 begun). `region` is absent from a tree
without levels, `delegate` where no congress meets the statutes' cap.

`to_turn` is exact for single votes and a safe lower bound where weight comes in lumps. For `double` it counts persons'
votes: no fewer could change the verdict. Source: design of the federation, "Roll-up"; statutes `roll_up`, `delegates`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import polars as pl

from tinkuy.federation import weights as weigh
from tinkuy.federation.outcome import ModeShown, NodeShown, OptionShown, TestShown, Totals
from tinkuy.federation.tree import Tree
from tinkuy.federation.turn import moves_to_turn, to_turn
from tinkuy.federation.weights import Region, Weights
from tinkuy.statutes.delegates import Band, Delegates
from tinkuy.statutes.errors import StatutesError
from tinkuy.statutes.majority import OF_UNITS, Majority
from tinkuy.statutes.rule import Statutes
from tinkuy.statutes.verdict import Counted, Figures, Test, Verdict
from tinkuy.words import Said, say

COUNTED: Mapping[str, Counted] = {
    "member": "persons",
    "unit": "units",
    "region": "regions",
    "card": "cards",
    "proportional": "delegates",
    "degressive": "delegates",
    "delegate": "delegates",
}
MODES = ("member", "unit", "region", "card", "proportional", "degressive", "delegate", "double")

ANP_PERU = Delegates(bands=(Band(10, seats=1), Band(20, seats=2), Band(40, seats=3), Band(None, per=20)), rounding="up")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a consultation is judged by. `double` are the modes that must both carry; it is then what binds."""

    majority: Majority
    binding: str = "member"
    double: tuple[str, ...] = ()
    small_cell: int = 0
    delegates: Delegates | None = None

    @classmethod
    def of(cls, statutes: Statutes, kind: str = "consultation") -> Rules:
        """The rules of some statutes for one kind of decision, the thresholds of turnout and support included.

        Raises StatutesError for a kind that the statutes do not know.
        """
        return cls(
            majority=statutes.consultation(kind),
            binding=statutes.roll_up.binding,
            double=tuple(statutes.roll_up.double),
            small_cell=statutes.thresholds.small_cell,
            delegates=statutes.delegates,
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """The rule, ready to be asked about weights. `papers` are those that say nothing, which only members have."""

    options: tuple[OptionShown, ...]
    majority: Majority
    units: Weights
    papers: Totals | None = None
    counted: Counted = "persons"  # what the weights count

    def verdict(self, weights: Weights, gained: int | None = None) -> Verdict:
        """What the rule says. Where it counts units too, those outstanding follow the option that gained."""
        units = list(self.units.options)
        if gained is not None and any(test.denominator in OF_UNITS for test in self.majority.tests):
            units[gained] += self.units.outstanding
        votes_for, against, abstain = self._parts(weights.options)
        units_for, units_against, _ = self._parts(units)
        blank, null, challenged = (
            (self.papers.blank, self.papers.null, self.papers.challenged) if self.papers else (0, 0, 0)
        )
        cast = sum(weights.options) + weights.tied + blank + null + challenged
        return self.majority.judge(
            Figures(
                votes_for=votes_for,
                against=against,
                abstain=abstain + weights.tied,
                blank=blank,
                null=null,
                challenged=challenged,
                cast=cast,
                present=cast,
                eligible=weights.total,
                units_for=units_for,
                units_against=units_against,
                units_counted=sum(units) + self.units.tied,
                units_eligible=self.units.total,
                of=self.counted,
            )
        )

    def leading(self, weights: Sequence[int]) -> int | None:
        """The place of the one option that leads among several; always 0 where options are for or against."""
        if not self.several:
            return 0
        top = max(weights)
        return weights.index(top) if top > 0 and weights.count(top) == 1 else None

    @property
    def several(self) -> bool:
        """Whether this is a question among several options."""
        return any(option.role == "choice" for option in self.options)

    def says(self, weights: Weights, gained: int | None = None) -> tuple[int | None, bool]:
        """Which option leads and whether the rule carries it: what a vote more could turn."""
        leading = self.leading(weights.options)
        return leading, leading is not None and self.verdict(weights, gained).passed

    def _parts(self, weights: Sequence[int]) -> tuple[int, int, int]:
        """For, against and abstaining."""
        if self.several:
            return max(weights), sum(weights) - max(weights), 0
        by_role = {"for": 0, "against": 0, "abstain": 0}
        for option, weight in zip(self.options, weights, strict=True):
            by_role[option.role] += weight
        return by_role["for"], by_role["against"], by_role["abstain"]


def verdicts(
    units: pl.DataFrame, nodes: Sequence[NodeShown], tree: Tree, options: tuple[OptionShown, ...], rules: Rules
) -> tuple[ModeShown, ...]:
    """The verdict under every mode, the binding one first.

    `units` and `nodes` are those of a roll-up. Raises StatutesError when the rule needs what a tally sheet does not
    have (strata), or when the binding mode cannot be worked out (no congress meets the cap, a tree without regions).
    """
    voices = weigh.voices(units, len(options))
    places = weigh.regions(nodes, tree.levels[0]) if tree.levels else []
    found = _weights(voices, nodes[0], places, rules, len(options))
    judge = Judge(options, rules.majority, found["unit"])
    shown: dict[str, ModeShown] = {}
    for mode, weights in found.items():
        asked = replace(judge, counted=COUNTED[mode], papers=nodes[0].totals if mode == "member" else None)
        fewest = region_turn(asked, weights, places) if mode == "region" else turn(asked, weights)
        shown[mode] = _shown(mode, asked, weights, fewest)
    binding = "double" if rules.double else rules.binding
    parts = [shown[mode] for mode in rules.double or _usual_double(shown) if mode in shown]
    if len(parts) == len(rules.double or _usual_double(shown)):
        shown["double"] = _double(parts, judge, found, places)
    if binding not in shown:
        raise StatutesError(
            "roll_up", say("the sheets cannot be added up by {mode}, which is what binds", mode=binding)
        )
    order = sorted(shown, key=lambda mode: (mode != binding, MODES.index(mode)))
    return tuple(_bound(shown[mode], mode == binding) for mode in order)


def _weights(
    voices: pl.DataFrame, root: NodeShown, places: Sequence[Region], rules: Rules, options: int
) -> dict[str, Weights]:
    bands = rules.delegates or ANP_PERU
    seats = weigh.band_seats(voices, bands)
    capped = weigh.congress(voices, bands)
    found = {
        "member": weigh.of_members(root),
        "unit": weigh.in_blocks(voices, pl.lit(1), options),
        "card": weigh.in_blocks(voices, pl.col("roll"), options),
        "proportional": weigh.in_delegates(voices, seats, replace(bands, split="proportional"), options),
        "degressive": weigh.in_delegates(voices, seats, replace(bands, split="block"), options),
    }
    if places:
        found["region"] = weigh.of_regions(places, options)
    if not isinstance(capped, StatutesError):
        # Where no cap takes a seat from anybody, the statutes' way is one of those above.
        same = {"proportional": found["proportional"], "block": found["degressive"]} if capped == seats else {}
        found["delegate"] = same.get(bands.split) or weigh.in_delegates(voices, capped, bands, options)
    return found


def turn(judge: Judge, weights: Weights) -> int | None:
    """The least outstanding weight that could change what the rule says; None if all of it cannot."""

    def says(options: Sequence[int], gained: int | None) -> tuple[int | None, bool]:
        return judge.says(replace(weights, options=tuple(options)), gained)

    return to_turn(says, weights.options, weights.outstanding)


def region_turn(judge: Judge, weights: Weights, places: Sequence[Region]) -> int | None:
    """The fewest regions that could change what the rule says by saying something else; None if they cannot."""

    def says(moved: Sequence[int]) -> tuple[int | None, bool]:
        *options, tied = moved
        return judge.says(replace(weights, options=tuple(options), tied=tied))

    first = max(range(len(weights.options)), key=lambda place: (weights.options[place], -place))
    ways = weigh.ends(places, len(weights.options), first)
    return moves_to_turn(says, (*weights.options, weights.tied), ways)


def _shown(mode: str, judge: Judge, weights: Weights, turn: int | None) -> ModeShown:
    verdict = judge.verdict(weights)
    leading = judge.leading(weights.options)
    first, *others = sorted(weights.options, reverse=True)
    return ModeShown(
        mode=mode,
        binding=False,
        passed=leading is not None and verdict.passed,
        headline=_of_option(judge, verdict.headline(), leading),
        sentence=_of_option(judge, verdict.sentence(), leading),
        weights={option.name: weight for option, weight in zip(judge.options, weights.options, strict=True)},
        tied=weights.tied,
        total=weights.total,
        outstanding=weights.outstanding,
        margin=first - max(others, default=0),
        to_turn=turn,
        tests=tuple(_test(test) for test in verdict.tests),
    )


def _of_option(judge: Judge, verdict: Said, leading: int | None) -> Said:
    if not judge.several:
        return verdict
    if leading is None:
        return say("No single option leads. {verdict}", verdict=verdict)
    return say("{option}: {verdict}", option=judge.options[leading].name, verdict=verdict)


def _test(test: Test) -> TestShown:
    return TestShown(
        name=test.name,
        sentence=test.sentence,
        numerator=test.numerator,
        denominator=test.denominator,
        needed=test.needed,
        fraction=str(test.fraction),
        op=test.op,
        passed=test.passed,
    )


def _usual_double(shown: dict[str, ModeShown]) -> tuple[str, str]:
    return ("member", "region") if "region" in shown else ("member", "unit")


def _double(parts: Sequence[ModeShown], judge: Judge, found: dict[str, Weights], places: Sequence[Region]) -> ModeShown:
    """All of `parts` must carry, and carry the same option. Its weights are those of the first part."""
    leads = {judge.leading(found[part.mode].options) for part in parts}
    passed = all(part.passed for part in parts) and len(leads) == 1
    turns = [_in_votes(part, places) for part in parts]
    if passed:
        turn = min((votes for votes in turns if votes is not None), default=None)
    else:
        needed = [votes for part, votes in zip(parts, turns, strict=True) if not part.passed]
        # Where every part carries, but not the same option, one of them has to turn.
        needed = needed or [min((votes for votes in turns if votes is not None), default=None)]
        turn = None if None in needed else max(votes for votes in needed if votes is not None)
    headline, sentence = parts[0].headline, parts[0].sentence
    for part in parts[1:]:
        headline = say("{first} And: {second}", first=headline, second=part.headline)
        sentence = say("{first} And: {second}", first=sentence, second=part.sentence)
    if len(leads) > 1:
        headline = say("{verdicts} They do not carry the same option.", verdicts=headline)
        sentence = say("{verdicts} They do not carry the same option.", verdicts=sentence)
    return ModeShown(
        mode="double",
        binding=False,
        passed=passed,
        headline=headline,
        sentence=sentence,
        weights=parts[0].weights,
        tied=parts[0].tied,
        total=parts[0].total,
        outstanding=parts[0].outstanding,
        margin=parts[0].margin,
        to_turn=turn,
        tests=tuple(_named(test, part.mode) for part in parts for test in part.tests),
    )


def _in_votes(part: ModeShown, places: Sequence[Region]) -> int | None:
    """At least so many persons' votes turn this part: a unit or a region takes one vote or more."""
    if part.to_turn is None or part.mode in ("member", "unit"):
        return part.to_turn
    if part.mode != "region":
        return 1
    cheapest = sorted(place.cheapest for place in places if place.cheapest is not None)
    return sum(cheapest[: part.to_turn])


def _named(test: TestShown, mode: str) -> TestShown:
    return msgspec.structs.replace(test, name=f"{mode}.{test.name}")


def _bound(mode: ModeShown, binding: bool) -> ModeShown:
    return msgspec.structs.replace(mode, binding=binding)
