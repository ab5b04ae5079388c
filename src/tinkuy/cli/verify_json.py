"""What `tinkuy verify --json` prints: the same report as data, sentences in the reader's language, keys in order.

Guarantees that the data is written as it is made: of ninety thousand sheets, one at a time is held as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tinkuy.cli.verify_text import conclusion
from tinkuy.federation.outcome import Report
from tinkuy.words import Said

INDENT = 2


def as_json(reports: Sequence[tuple[str, Report]], language: str) -> Iterator[str]:
    """The reports as data, piece by piece: one object for one archive, a list for several."""
    data = [_beside(name, report, language) for name, report in reports]
    return _pieces(data[0] if len(data) == 1 else data, language, "\n")


def _beside(name: str, report: Report, language: str) -> dict[str, object]:
    """A report under what most readers look for first."""
    return {
        "file": name,
        "sound": report.sound,
        "verdict": report.modes[0].sentence.in_language(language),
        "passed": report.modes[0].passed,
        "totals": report.nodes[0].totals,
        "coverage": report.nodes[0].coverage,
        "conclusion": conclusion(report).in_language(language),
        "report": report,
    }


def _pieces(value: object, language: str, end: str) -> Iterator[str]:
    """A value as JSON: reports, objects and lists as they are gone through, all else at once.

    `end` ends a line: a newline and the indentation of the one after it.
    """
    inner = end + " " * INDENT
    if isinstance(value, Report):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        fields = ((f"{_whole(name, inner)}: ", item) for name, item in value.items())
        yield from _listed("{", fields, "}", language, end)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _listed("[", (("", item) for item in value), "]", language, end)
    else:
        yield _whole(_plain(value, language), end)


def _listed(opening: str, items: Iterable[tuple[str, object]], closing: str, language: str, end: str) -> Iterator[str]:
    yield opening
    inner = end + " " * INDENT
    empty = True
    for name, item in items:
        yield f"{inner}{name}" if empty else f",{inner}{name}"
        yield from _pieces(item, language, inner)
        empty = False
    yield closing if empty else end + closing


def _whole(plain: object, end: str) -> str:
    # No text in JSON has a newline of its own: each one in it ends a line.
    return msgspec.json.format(msgspec.json.encode(plain), indent=INDENT).decode().replace("\n", end)


def _plain(value: object, language: str) -> object:
    """Structs, tuples and sayings as JSON has them."""
    if isinstance(value, Said):
        return value.in_language(language)
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.structs.asdict(value), language)
    if isinstance(value, Mapping):
        return {key: _plain(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, language) for item in value]
    return value
