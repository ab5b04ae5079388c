"""What `tinkuy recount` prints: the same recount as text and as data; conclusion last, width 100, no colour needed."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from tinkuy.federation.checklist import title
from tinkuy.federation.outcome import CheckCount, Coverage, NodeShown
from tinkuy.federation.recount import Recount
from tinkuy.words import Said, Share, grouped, say

WIDTH = 100
SHEETS_SHOWN = 20  # held sheets in the text; all are in --json and --html
NODES_SHOWN = 40


def as_json(found: Recount, language: str) -> bytes:
    """The recount as data: figures as integers, sentences in `language`, keys and rows always in the same order."""
    data = {
        "title": found.title,
        "where": found.where,
        "totals": found.totals,
        "coverage": found.coverage,
        "states": found.states,
        "leading": found.leading,
        "margin": found.margin,
        "outstanding": found.outstanding,
        "to_turn": found.to_turn,
        "conclusion": conclusion(found),
        "checks": found.checks,
        "notes": found.notes,
        "held": found.held,
        "levels": found.levels,
    }

    def plain(value: object) -> object:
        return value.in_language(language) if isinstance(value, Said) else str(value)

    return msgspec.json.format(msgspec.json.encode(data, enc_hook=plain), indent=2)


def as_text(found: Recount, names: Sequence[str], language: str) -> str:
    """The recount as a person reads it in a terminal."""
    return "\n".join(line.rstrip() for line in _lines(found, names, language))


def conclusion(found: Recount) -> Said:
    """Who leads, by how much, and whether what is outstanding could change that."""
    lead = _lead(found)
    if found.outstanding == 0:
        return say("{lead} No elector is outstanding.", lead=lead)
    if found.to_turn is None:
        return say(
            "{lead} Outstanding are {electors} electors: they cannot change who leads.",
            lead=lead,
            electors=found.outstanding,
        )
    return say(
        "{lead} Outstanding are {electors} electors: {votes} of them could change who leads.",
        lead=lead,
        electors=found.outstanding,
        votes=found.to_turn,
    )


def _lead(found: Recount) -> Said:
    if found.coverage.counted == 0:
        return say("No sheet is counted.")
    if found.leading is None:
        return say("No single option leads.")
    return say("{option} leads by {margin} votes.", option=found.leading, margin=found.margin)


def coverage(part: Coverage) -> Said:
    """How many units and persons are in the totals, and what became of the rest."""
    return say(
        "Counted: {counted} of {units} units, {heard} of {electors} persons. "
        "Held {held}, late {late}, missing {missing}, annulled {annulled}, not held {not_held}.",
        counted=part.counted,
        units=part.units,
        heard=part.electors_counted,
        electors=part.electors,
        held=part.held,
        late=part.late,
        missing=part.missing,
        annulled=part.annulled,
        not_held=part.not_held,
    )


def reasons(found: Recount) -> list[tuple[tuple[Said, ...], int]]:
    """What is said of the held sheets, their own figures left out, and of how many; the most frequent first."""
    counted: Counter[tuple[str, ...]] = Counter()
    kinds: dict[tuple[str, ...], tuple[Said, ...]] = {}
    for sheet in found.held:
        kind = (
            *(reason for reason in sheet.reasons if reason.template == "{text}"),
            *(title(check) for check in sheet.checks),
        )
        key = tuple(map(str, kind))
        counted[key] += 1
        kinds[key] = kind
    return [(kinds[key], count) for key, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def divided(found: Recount) -> list[NodeShown]:
    """The nodes of the highest level that has more than one; nothing where none has."""
    for level in found.levels:
        nodes = [node for node in found.nodes if node.level == level]
        if len(nodes) > 1:
            return nodes
    return []


def _lines(found: Recount, names: Sequence[str], language: str) -> Iterator[str]:
    def spoken(said: Said) -> str:
        return said.in_language(language).replace("\N{NO-BREAK SPACE}", " ")

    yield found.title or ", ".join(names)
    for level, name in found.where.items():
        yield f"{level}: {name}"
    yield ""
    for check in found.checks:
        yield from _check(check, language)
    for note in found.notes:
        yield from textwrap.wrap(spoken(note), WIDTH - 7, initial_indent="  i    ", subsequent_indent="       ")
    yield ""
    yield from _held(found, language)
    yield from _table(found, language)
    yield ""
    totals = found.totals
    valid = sum(totals.options.values())
    width = max(len(name) for name in totals.options)
    for name, votes in totals.options.items():
        share = Share(votes, valid).written(language).replace("\N{NO-BREAK SPACE}", " ")
        yield f"  {name:{width}}  {grouped(votes, language):>14}  {share:>8}"
    yield ""
    said = say(
        "Blank {blank}, null {null}, challenged {challenged}; {cast} papers cast by {eligible} electors ({turnout}).",
        blank=totals.blank,
        null=totals.null,
        challenged=totals.challenged,
        cast=totals.cast,
        eligible=totals.eligible,
        turnout=Share(totals.cast, totals.eligible),
    )
    for line in (said, coverage(found.coverage)):
        yield from textwrap.wrap(spoken(line), WIDTH - 2, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from textwrap.wrap(spoken(conclusion(found)), WIDTH)


def _check(check: CheckCount, language: str) -> Iterator[str]:
    what = title(check.check, check.severity)
    mark = "ok" if check.count == 0 else check.severity
    told = say(
        "check {check}, {count} units: {what}",
        check=str(check.check),
        count=check.count,
        what=what,
    )
    if check.count == 0:
        told = say("check {check}, no unit: {what}", check=str(check.check), what=what)
    yield from textwrap.wrap(
        told.in_language(language), WIDTH - 2, initial_indent=f"  {mark:4} ", subsequent_indent="       "
    )


def _held(found: Recount, language: str) -> Iterator[str]:
    if not found.held:
        return
    yield say("Held, not counted: {count}", count=len(found.held)).in_language(language)
    for kinds, count in reasons(found)[:SHEETS_SHOWN]:
        why = "; ".join(kind.in_language(language) for kind in kinds)
        yield from textwrap.wrap(
            why, WIDTH - 2, initial_indent=f"  {grouped(count, language):>7}  ", subsequent_indent=" " * 11
        )
    yield ""
    for sheet in found.held[:SHEETS_SHOWN]:
        why = "; ".join(reason.in_language(language) for reason in sheet.reasons)
        line = f"{sheet.unit}  {' / '.join(sheet.where)}: {why}"
        yield from textwrap.wrap(line, WIDTH - 2, initial_indent="  E    ", subsequent_indent="       ")
    more = len(found.held) - SHEETS_SHOWN
    if more > 0:
        yield "       " + say("and {count} more: see --json or --html", count=more).in_language(language)
    yield ""


def _table(found: Recount, language: str) -> Iterator[str]:
    """The highest level that divides the whole, a line a node; cut to the width where there are many options."""
    top = divided(found)
    if not top or len(top) > NODES_SHOWN:
        return
    names = list(found.totals.options)
    room = max(1, (WIDTH - 2 - 24 - 16) // 14)
    head = "".join(f"{_cut(name, 13):>14}" for name in names[:room])
    counted = _cut(say("counted").in_language(language), 15)
    yield f"  {_cut(top[0].level, 24):24}{counted:>16}{head}"
    for node in top:
        yield f"  {_cut(node.name, 24):24}{_of(node, language):>16}" + "".join(
            f"{grouped(node.totals.options[name], language):>14}" for name in names[:room]
        )


def _of(node: NodeShown, language: str) -> str:
    return f"{grouped(node.coverage.counted, language)}/{grouped(node.coverage.units, language)}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
