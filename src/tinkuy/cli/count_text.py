"""What `tinkuy count` prints: conclusion last, width 100, no colour needed."""

from __future__ import annotations

import textwrap

import msgspec

from tinkuy.count.registry import Rule, rules
from tinkuy.count.result import Result
from tinkuy.count.story.account import account as told
from tinkuy.count.story.account import conclusion
from tinkuy.count.story.table import as_table
from tinkuy.words import Said

WIDTH = 100


def as_text(rule: Rule, result: Result, lots: Said | None, language: str, *, account: bool) -> str:
    """The table of stages, or the account in words; how lots were made; who is elected."""
    lines: list[str] = []
    if account:
        for heading, sentences in told(result, rule.title, rule.source):
            lines += [_spoken(heading, language), *(_line(one, language) for one in sentences), ""]
    else:
        lines += [_spoken(rule.title, language), f"  {rule.source}", "", *as_table(result, language).splitlines(), ""]
    if lots is not None:
        lines += [_line(lots, language), ""]
    if not account:
        lines.append(_spoken(conclusion(result), language))
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def rules_as_text(language: str) -> str:
    """A rule a paragraph: name, title, source."""
    return "\n".join(_rule(each, language) for each in rules()) + "\n"


def rules_as_json(language: str) -> str:
    """The rules as data."""
    rows = [
        {
            "name": each.name,
            "title": each.title.in_language(language),
            "source": each.source,
            "fills": each.fills,
            "takes": each.takes.__name__,
        }
        for each in rules()
    ]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n"


def _rule(rule: Rule, language: str) -> str:
    return f"{rule.name:20} {_spoken(rule.title, language)}\n{'':20} {rule.source}"


def _line(said: Said, language: str) -> str:
    return textwrap.fill(_spoken(said, language), WIDTH, initial_indent="  ", subsequent_indent="    ")


def _spoken(said: Said, language: str) -> str:
    return said.in_language(language).replace("\N{NO-BREAK SPACE}", " ")
