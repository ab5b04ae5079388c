"""PrefLib: orders of alternatives (.soc, .soi, .toc, .toi), with the headers of now and those of before 2022.

A line is how many voters hold an order, then the order: `12: 3,{1,2},4`, alternatives in braces tied; before 2022
`12,3,{1,2},4` below a list of names. What the file says of itself is checked: how many alternatives, voters and orders.

Source: www.preflib.org/format (types SOC, SOI, TOC and TOI); Mattei and Walsh, "PrefLib: a library for preferences",
ADT 2013, 3.

>>> head = b"# NUMBER ALTERNATIVES: 2\\n# ALTERNATIVE NAME 1: Ana\\n# ALTERNATIVE NAME 2: Beto\\n"
>>> list(read(Source(head + b"3: 2,1\\n1: {1,2}\\n", "x.toc")).rankings())
[(((0, 1),), 1), (((1,), (0,)), 3)]
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from tinkuy.count.formats.rankings import Lines, profile
from tinkuy.count.formats.rows import Numbers, pieces
from tinkuy.count.formats.source import Source
from tinkuy.count.profile import MOST_CANDIDATES, Profile
from tinkuy.words import say

_HEAD = re.compile(rb"(?:#[^\n]*(?:\n|\Z))*")
_FACT = re.compile(r"#\s*([^:]+?)\s*:\s*(.*?)\s*")
_OLD_NAME = re.compile(r"\s*(\d+)\s*,\s*(.*?)\s*")
_OLD_SUMS = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*")
_TIE = re.compile(rb"\{([^}]*)\}")
_PLACE = rb" *(?:\d+|\{ *\d+ *(?:, *\d+ *)*\}) *"
_ORDERS = {
    sign: re.compile(rb"(?: *(?:\d+ *" + sign + rb"(?:%b(?:,%b)*)? *)?\n)*" % (_PLACE, _PLACE)) for sign in (b":", b",")
}
_BARE = {sign: re.compile(rb"(?:\d+" + sign + rb"[\d, ]*\n)*") for sign in (b":", b",")}
"""The same without ties, many times faster; of two commas in a row and of one at the end of a line it does not know."""
_EXAMPLES = {b":": "12: 3,{1,2},4", b",": "12,3,{1,2},4"}


def read(source: Source) -> Profile:
    """The profile in a PrefLib file. Raises `Unreadable`, naming file, line and what was expected."""
    data = source.data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if data[:1] == b"#":
        head = _HEAD.match(data)
        end = head.end() if head else 0
        names, facts = _head(source, data[:end])
        return _checked(source, data, end, names, facts, b":")
    names, facts, end = _old_head(source, data)
    return _checked(source, data, end, names, facts, b",")


def _head(source: Source, head: bytes) -> tuple[list[str], dict[str, str]]:
    """Names and facts of a header of now: a line each behind `#`."""
    facts: dict[str, str] = {}
    lines = {}
    for line, written in enumerate(source.text(head).splitlines(), 1):
        fact = _FACT.fullmatch(written)
        if fact is not None:
            facts[fact[1].upper()], lines[fact[1].upper()] = fact[2], line
    count = _whole(source, facts.get("NUMBER ALTERNATIVES", ""), lines.get("NUMBER ALTERNATIVES", 1))
    if not 1 <= count <= MOST_CANDIDATES:
        raise source.refuse(1, say("from 1 to {limit} candidates expected", limit=MOST_CANDIDATES))
    names = []
    for number in range(1, count + 1):
        name = facts.pop(f"ALTERNATIVE NAME {number}", "")
        line = lines.get(f"ALTERNATIVE NAME {number}", 1)
        names.append(source.named(name, line))
        if not names[-1]:
            raise source.refuse(line, say("the name of candidate {number} expected", number=number))
    return names, facts


def _old_head(source: Source, data: bytes) -> tuple[list[str], dict[str, str], int]:
    """Names, facts and the end of a header of before 2022: how many, a line each, and three sums."""
    count = _whole(source, source.text(data[:40].partition(b"\n")[0]).strip(), 1)
    if not 1 <= count <= MOST_CANDIDATES:
        raise source.refuse(1, say("from 1 to {limit} candidates expected", limit=MOST_CANDIDATES))
    lines = data.split(b"\n", count + 2)
    if len(lines) < count + 2:
        raise source.refuse(len(lines), say("{count} candidates, a line each, and three sums expected", count=count))
    names = []
    for number in range(1, count + 1):
        named = _OLD_NAME.fullmatch(source.text(lines[number], number + 1))
        if named is None or named[1] != str(number):
            raise source.refuse(number + 1, say("the number {number}, a comma and a name expected", number=number))
        names.append(source.named(named[2], number + 1))
    sums = _OLD_SUMS.fullmatch(source.text(lines[count + 1], count + 2))
    if sums is None:
        raise source.refuse(count + 2, say("how many voters, the sum of votes and how many orders expected"))
    facts = {"NUMBER VOTERS": sums[2]}
    return names, facts, sum(len(line) + 1 for line in lines[: count + 2])


def _whole(source: Source, written: str, line: int) -> int:
    if not (written.isdecimal() and len(written) < 16):
        raise source.refuse(line, say("a whole number expected"))
    return int(written)


def _checked(
    source: Source, data: bytes, end: int, names: list[str], facts: Mapping[str, str], behind: bytes
) -> Profile:
    """The orders below a header, which must be as many as it says."""
    first = data.count(b"\n", 0, end) + 1
    body = _plain(source, data[end:], first, behind)

    def check(found: Numbers) -> None:
        if (nought := found.values == 0).any():
            line = int(np.repeat(found.lines, found.counts)[nought.argmax()])
            raise source.refuse(first + line, say("numbers from 1 expected"))

    read = profile(
        Lines(source, body, first, check=check),
        source.apart(names),
        title=source.named(facts.get("TITLE", ""), 1),
        facts=facts,
    )
    said = _whole(source, facts.get("NUMBER VOTERS", str(read.papers)), 1)
    if said != read.papers:
        raise source.refuse(
            None, say("{said} papers expected, as its header says, not {found}", said=said, found=read.papers)
        )
    return read


def _plain(source: Source, body: bytes, first: int, behind: bytes) -> bytes:
    """The orders in digits, white space and "=" alone, line by line as they were."""
    if not body.endswith(b"\n"):
        body += b"\n"
    plain, line = [], first
    for piece in pieces(body):
        bare = b"{" not in piece and b",," not in piece and b",\n" not in piece
        whole = (_BARE if bare else _ORDERS)[behind].match(piece)
        end = whole.end() if whole else 0
        if end < len(piece):
            raise source.refuse(
                line + piece.count(b"\n", 0, end),
                say(
                    "a number of voters and their order of candidates expected, as in {example}",
                    example=_EXAMPLES[behind],
                ),
            )
        plain.append(piece if bare else _TIE.sub(lambda tied: tied[1].replace(b",", b"="), piece))
        line += piece.count(b"\n")
    return b"".join(plain)
