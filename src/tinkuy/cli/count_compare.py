"""What `tinkuy count compare` and `tinkuy count margin` print; each as text and as data made of the same values."""

from __future__ import annotations

import textwrap

import msgspec

from tinkuy.cli.count_here import Asked, filled
from tinkuy.count.compare import Comparison, Outcome, compare
from tinkuy.count.errors import CountError
from tinkuy.count.margin.known import Margin, margin
from tinkuy.count.registry import check_kind, rule
from tinkuy.words import Said, say

WIDTH, NAME = 100, 22


def compared(asked: Asked, rule_names: str, seats: int | None) -> Comparison:
    """The papers by every rule that is named, the names divided by commas. Raises `CountError` for a name twice."""
    names = [name.strip() for name in rule_names.split(",") if name.strip()]
    if len(set(names)) != len(names):
        raise CountError(say("a rule is named twice; each is counted once"))
    rules = [rule(name) for name in names]
    most = max((filled(asked.papers, seats, each, asked.file.name) for each in rules), default=1)
    return compare(asked.papers, rules, most, asked.lots)


def margined(asked: Asked, rule_name: str, seats: int | None) -> Margin:
    """How many papers would have to change, at least."""
    known = rule(rule_name)
    check_kind(known, asked.papers)
    return margin(known, asked.papers, filled(asked.papers, seats, known, asked.file.name), asked.lots)


def comparison_as_text(found: Comparison, language: str) -> str:
    """A line a rule, then where the stories part, then whether all agree."""
    lines = [f"{each.rule.name:{NAME}} {_spoken(_outcome(each), language)}" for each in found.outcomes]
    if found.partings:
        lines += ["", *(_line(parting.said, language) for parting in found.partings)]
    said = (
        say("All rules elect the same.")
        if found.agreed
        else say("The rules do not agree: {count} sets of winners.", count=len(found.by_winners()))
    )
    return "\n".join([*lines, "", _spoken(said, language)]) + "\n"


def comparison_as_json(found: Comparison, language: str) -> str:
    """The comparison as data; a rule without a result has null for the elected, and why."""
    data = {
        "rules": [
            {
                "rule": each.rule.name,
                "elected": None if each.result is None else each.winners,
                "why": None if each.refusal is None else each.refusal.in_language(language),
            }
            for each in found.outcomes
        ],
        "partings": [
            {"one": each.one, "other": each.other, "stage": each.stage, "said": each.said.in_language(language)}
            for each in found.partings
        ],
        "agreed": found.agreed,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def margin_as_text(found: Margin, language: str) -> str:
    """The bound and what it rests on, or that none is known."""
    return _line(found.said, language).strip() + "\n"


def margin_as_json(found: Margin, language: str) -> str:
    """The bound as data; null where none is known."""
    data = {"papers": found.papers, "exact": found.exact, "said": found.said.in_language(language)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _outcome(outcome: Outcome) -> Said:
    if outcome.result is not None:
        return say("{names}", names=", ".join(outcome.winners) or "–")
    return outcome.refusal or say("no result")


def _line(said: Said, language: str) -> str:
    return textwrap.fill(_spoken(said, language), WIDTH, subsequent_indent="  ")


def _spoken(said: Said, language: str) -> str:
    return said.in_language(language).replace("\N{NO-BREAK SPACE}", " ")
