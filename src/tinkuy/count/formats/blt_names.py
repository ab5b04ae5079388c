"""The names at the end of a BLT file: candidates in the order of their numbers, the title, a source and a comment.

A name stands between quotation marks, with a backslash before one inside it, or fills a line of its own without them;
several quoted ones may share a line.

>>> names_and_title(Source(b"", "x"), b'"Ana \\\\"A\\\\" Li" "Beto"\\nWard 3\\n', b"", 0, 2)
(('Ana "A" Li', 'Beto'), 'Ward 3', {})
"""

from __future__ import annotations

import re

from tinkuy.count.formats.source import Source
from tinkuy.words import say

_QUOTED_LINE = re.compile(r'((?:"(?:[^"\\]|\\.)*"\s*)+)(?:#.*|/\*.*)?')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")
_BEHIND = ("source", "comment")


def names_and_title(
    source: Source, data: bytes, blanked: bytes, start: int, candidates: int
) -> tuple[tuple[str, ...], str, dict[str, str]]:
    """Names, title and what else is said, from a place in the file on.

    `blanked` is the file without its comments, byte for byte in the same places; empty when it has none. Raises
    `Unreadable` when there are fewer names than candidates, or far more.
    """
    first = data.count(b"\n", 0, start) + 1
    bare = blanked[start:].split(b"\n") if blanked else None
    found: list[str] = []
    line = first
    for number, written in enumerate(source.text(data[start:], first).split("\n")):
        if not written.strip() or (bare is not None and not bare[number].strip()):
            continue
        line = first + number
        found += [source.named(name, line) for name in _written(written.strip())]
        if len(found) > candidates + 1 + len(_BEHIND):
            raise source.refuse(
                line, say("{candidates} names and a title expected, and nothing after them", candidates=candidates)
            )
    if len(found) < candidates:
        raise source.refuse(line, say("the name of candidate {number} expected", number=len(found) + 1))
    names = source.apart(found[:candidates])
    if not all(names):
        raise source.refuse(None, say("the name of candidate {number} expected", number=names.index("") + 1))
    title = found[candidates] if len(found) > candidates else ""
    return names, title, dict(zip(_BEHIND, found[candidates + 1 :], strict=False))


def _written(line: str) -> list[str]:
    """The names on a line."""
    quoted = _QUOTED_LINE.fullmatch(line)
    if quoted is not None:
        return [_ESCAPED.sub(r"\1", name) for name in _QUOTED.findall(quoted[1])]
    if len(line) > 1 and line.startswith('"') and line.endswith('"'):
        # Quotation marks inside that nobody escaped: what counts is the outermost pair.
        return [line[1:-1]]
    return [line]
