"""What `tinkuy verify` prints: the report as text, conclusion last, width 100, no colour needed."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from tinkuy.cli.recount_text import coverage
from tinkuy.federation.outcome import Finding, ListsReport, ModeShown, Report
from tinkuy.words import Said, say

WIDTH = 100
SHOWN = 40  # findings of one severity; the rest are counted here and listed by --json
MARKS = {"breach": "!!", "E": "E ", "W": "W ", "info": "i "}


def as_text(reports: Sequence[tuple[str, Report]], language: str) -> str:
    """The reports as a person reads them."""
    lines = "\n\n".join("\n".join(map(_printable, _lines(report, language))) for _, report in reports)
    return lines.replace("\N{NO-BREAK SPACE}", " ")  # it kept the parts of a figure on one line


def _printable(line: str) -> str:
    """The line without what would steer a terminal or turn the direction of the text: a stranger's book may hold it."""
    return "".join(sign if sign.isprintable() or unicodedata.category(sign) == "Zs" else "·" for sign in line)


def _lines(report: Report, language: str) -> Iterator[str]:
    def said(saying: Said) -> str:
        return saying.in_language(language)

    yield from textwrap.wrap(f"{report.question}   {said(subject(report))}", WIDTH)
    if report.synthetic:
        yield said(say("A made-up example: no such federation exists."))
    yield ""
    breaches = [finding for finding in report.findings if finding.severity == "breach"]
    yield "  ok   " + said(verified(report))
    if not breaches:
        yield "  ok   " + said(say("every state and total that the federation recorded is the one that the files give"))
    for severity in ("breach", "E", "W", "info"):
        yield from _findings([one for one in report.findings if one.severity == severity], language)
    yield ""
    for mode in report.modes:
        yield from _mode(mode, language)
    if isinstance(report, ListsReport):
        yield from textwrap.wrap(
            said(report.seats.sentence), WIDTH - 5, initial_indent="  =  ", subsequent_indent="       "
        )
    yield ""
    yield from _inset(said(coverage(report.nodes[0].coverage)))
    yield from _inset(said(outstanding(report)))
    for item in report.not_checked:
        yield from _inset(said(say("Not checked: {what}.", what=item)))
    if report.fingerprint:
        yield "  " + said(say("Fingerprint: {digest}", digest=report.fingerprint))
    yield "  " + said(say("Check code of the federation's book: {code}", code=report.check_code))
    yield ""
    yield conclusion(report).in_language(language)


def _inset(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _findings(found: Sequence[Finding], language: str) -> Iterator[str]:
    for finding in found[:SHOWN]:
        text = finding.said.in_language(language)
        number = f" ({say('check {number}', number=str(finding.check)).in_language(language)})" if finding.check else ""
        effect = f"   {finding.effect.in_language(language)}" if finding.effect else ""
        lines = textwrap.wrap(f"{finding.place}   {text}{number}{effect}", WIDTH - 7)
        yield f"  {MARKS[finding.severity]}   " + lines[0]
        yield from ("       " + line for line in lines[1:])
    if len(found) > SHOWN:
        yield "       " + say("and {count} more; --json lists them all", count=len(found) - SHOWN).in_language(language)


def _mode(mode: ModeShown, language: str) -> Iterator[str]:
    name = MODES.get(mode.mode, say("{mode}", mode=mode.mode)).in_language(language)
    sentence = mode.sentence.in_language(language)
    mark = "  =  " if mode.binding else "     "
    yield from textwrap.wrap(f"{name}: {sentence}", WIDTH - 5, initial_indent=mark, subsequent_indent="       ")


def subject(report: Report) -> Said:
    """Which consultation of whom this is, and as of when."""
    return say(
        "consultation of {federation}, {state}, as of {time}",
        federation=report.federation,
        state=_state(report.state),
        time=report.as_of.replace("T", " ").replace("Z", " UTC"),
    )


def verified(report: Report) -> Said:
    """How much was verified."""
    return say(
        "{books} books, {acts} acts, {signatures} officers' signatures, {proofs} proofs of inclusion",
        books=report.books,
        acts=report.acts,
        signatures=report.officer_signatures,
        proofs=report.inclusion_proofs,
    )


def outstanding(report: Report) -> Said:
    """What has not been counted, and whether it could change the verdict."""
    part, binding = report.nodes[0].coverage, report.modes[0]
    units = part.held + part.late + part.missing
    figures = {"units": units, "persons": part.electors_outstanding}
    if units == 0:
        return say("Nothing is outstanding.")
    if binding.to_turn is None:
        return say("Outstanding: {units} units, {persons} persons. They cannot change the verdict.", **figures)
    return say(
        "Outstanding: {units} units, {persons} persons. {turn} of their votes could change the verdict.",
        turn=binding.to_turn,
        **figures,
    )


def conclusion(report: Report) -> Said:
    """The last line: whether the archive is sound."""
    breaches = sum(finding.severity == "breach" for finding in report.findings)
    held = report.nodes[0].coverage.held
    if breaches:
        return say("The archive is not sound: {count} things do not hold.", count=breaches)
    if held:
        return say("The archive is sound. {count} sheets are held.", count=held)
    return say("The archive is sound.")


MODES = {
    "member": say("By members"),
    "unit": say("By bases, one vote each"),
    "region": say("By regions, one vote each"),
    "card": say("By card, each base with its whole roll"),
    "proportional": say("By delegates, each base's split in proportion"),
    "degressive": say("By delegates in bands, as a block"),
    "delegate": say("By delegates, as the statutes give them"),
    "double": say("By double majority"),
}
STATES = {
    "drafted": say("drafted"),
    "opened": say("open"),
    "closed": say("closed"),
    "provisional": say("provisional"),
    "certified": say("certified"),
    "ratified": say("ratified"),
    "archived": say("archived"),
}


def _state(state: str) -> Said:
    return STATES.get(state, say("{state}", state=state))
