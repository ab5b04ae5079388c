"""BLT: candidates and seats, papers with their weights, names, title.

Read are the format of 1987 and what programs have added to it since: comments (`# …`, `/* … */`), withdrawn candidates
(`-2 -5`, `[withdrawn 2 5]`), ids of papers in place of weights (`(A17) 1 3 0`), equal places (`2=3` or `(2 3)`), empty
ranks (`-`, or 0 where lines are papers), nicknames (`[nick a b c]`), an order for ties (`[tie 3 1 2]`), a program's
options (`[droop …]`), source and comment behind the title, names without quotation marks on lines of their own, papers
that run over lines or share one, lines without the closing 0, and carriage returns. The order for ties is kept as
`facts["tie"]`, a name a line, as a tie file has it.

Source: Hill, Wichmann and Woodall, "Algorithm 123: Single transferable vote by Meek's method", Computer Journal 30
(1987), 3.1; the descriptions of the format by OpenSTV, OpaVote, Droop (BltFileFormat) and OpenTally (blt-fmt).

>>> data = b'3 1\\n-3\\n3 1 2 0\\n1 2=1 0\\n0\\n"Ana"\\n"Beto"\\n"Caro"\\n"Board"\\n'
>>> profile = read(Source(data, "board.blt"))
>>> list(profile.rankings()), profile.withdrawn, profile.title
([(((0,), (1,)), 3), (((0, 1),), 1)], frozenset({2}), 'Board')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tinkuy.count.formats.blt_names import names_and_title
from tinkuy.count.formats.rankings import Lines, marks, profile
from tinkuy.count.formats.rows import Numbers
from tinkuy.count.formats.source import Source
from tinkuy.count.interpretation import interpretation
from tinkuy.count.profile import MOST_CANDIDATES, Profile
from tinkuy.words import say

_COMMENT = re.compile(rb'"(?:[^"\\\n]|\\.)*"|#[^\n]*|/\*.*?\*/', re.DOTALL)
_HEAD = re.compile(rb"\s*(\d{1,9})[^\S\n]+(\d{1,9})(?=\s)")
_WITHDRAWN = re.compile(rb"\s*((?:-\d{1,9}\s+)+)")
_OPTION = re.compile(rb"\s*\[\s*(\w+)([^\]\"]*)\]")
_LAST = re.compile(rb"^[^\S\n]*0[^\S\n]*$", re.MULTILINE)
_ID = re.compile(rb"(^|\s0\s)([^\S\n]*)\([^()\n]*\)", re.MULTILINE)
_SHARED = re.compile(rb"\(([^()]*)\)")
_WORD = re.compile(rb"[^\s=()]+")
_EMPTY = re.compile(rb"(?<!\S)-(?!\S)")
_STRANGE = re.compile(
    rb"[^\d\s=-]+|-\d+|\d-|--+|=\s*=|=\s*(?:\n|0(?!\d)|-|\Z)|(?<!\d)0+\s*=|^\s*(?:\d+\s*)?=|\d{19}", re.MULTILINE
)


@dataclass
class _Head:
    """What stands before the papers."""

    candidates: int
    seats: int
    end: int
    withdrawn: set[int] = field(default_factory=set)
    nicknames: dict[bytes, int] = field(default_factory=dict)
    tie: list[int] = field(default_factory=list)
    droop: str = ""


def read(source: Source) -> Profile:
    """The profile in a BLT file. Raises `Unreadable`, naming file, line and what was expected."""
    raw = plain_lines(source.data)
    data = _blanked(raw)
    head = _head(source, data)
    end, rest, by_lines = _end_of_papers(source, data, head.end)
    names, title, facts = names_and_title(source, raw, data, rest, head.candidates)
    if head.tie:
        facts["tie"] = "\n".join(names[number] for number in head.tie)
    if head.droop:
        facts["droop"] = head.droop
    line = _line(data, head.end)
    body = _numbered(source, data[head.end : end], line, head)
    more: dict[str, Any] = {"seats": head.seats, "title": title, "withdrawn": frozenset(head.withdrawn), "facts": facts}
    if by_lines and source.interpretation is None and b"-" not in body:
        try:
            return profile(_closed_lines(source, body, line), names, **more)
        except _OtherLayout:
            pass
    lines = papers(source, body, line) if by_lines else _running(source, body, line)
    if not lines.empty_ranks and source.interpretation is None:
        return profile(lines, names, **more)
    return (source.interpretation or interpretation("generic")).read(marks(lines, names, **more))[0]


def papers_between(source: Source) -> tuple[int, int] | None:
    """Where the papers of a file of plain lines begin and end, for cutting it; None unless each is a line closed by 0.

    Raises `Unreadable` as `read` does for a file that has no papers to speak of.
    """
    data = _blanked(source.data)
    start = below_head(source)[0]
    end, _, by_lines = _end_of_papers(source, data, start)
    body = data[start:end]
    closed = body.count(b" 0\n") == body.count(b"\n") and b" 0 " not in body
    return (start, end) if by_lines and closed and data is source.data else None


def below_head(source: Source) -> tuple[int, int]:
    """Where the line below the head begins, and how many candidates there are."""
    head = _head(source, _blanked(source.data))
    newline = source.data.find(b"\n", head.end)
    bare = newline >= 0 and not source.data[head.end : newline].strip()
    return newline + 1 if bare else head.end, head.candidates


def _line(data: bytes, place: int) -> int:
    """The number of the line on which a byte stands."""
    return data.count(b"\n", 0, place) + 1


def plain_lines(data: bytes) -> bytes:
    """The same bytes without byte order mark, lines ended by a line feed alone."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def _blanked(data: bytes) -> bytes:
    """The same bytes with spaces for comments, so that every byte keeps its place."""
    if b"#" not in data and (b"/" not in data or b"/*" not in data):
        return data
    return _COMMENT.sub(lambda found: found[0] if found[0][:1] == b'"' else re.sub(rb"[^\n]", b" ", found[0]), data)


def _head(source: Source, data: bytes) -> _Head:
    found = _HEAD.match(data)
    if found is None:
        raise source.refuse(
            data.count(b"\n", 0, len(data) - len(data.lstrip())) + 1,
            say("the number of candidates and the number of seats expected"),
        )
    head = _Head(int(found[1]), int(found[2]), found.end())
    if not 1 <= head.candidates <= MOST_CANDIDATES:
        raise source.refuse(1, say("from 1 to {limit} candidates expected", limit=MOST_CANDIDATES))
    while True:
        if found := _WITHDRAWN.match(data, head.end):
            head.withdrawn |= {
                _number(source, data, head, word.lstrip(b"-"), found.start(1)) for word in found[1].split()
            }
        elif found := _OPTION.match(data, head.end):
            _option(source, data, head, found)
        else:
            return head
        head.end = found.end()


def _option(source: Source, data: bytes, head: _Head, found: re.Match[bytes]) -> None:
    """Take in what stands between square brackets."""
    words, place = found[2].split(), found.start(1)
    if found[1] == b"withdrawn":
        head.withdrawn |= {_number(source, data, head, word, place) for word in words}
    elif found[1] == b"tie":
        head.tie = [_number(source, data, head, word, place) for word in words]
        if len(set(head.tie)) != len(head.tie):
            raise source.refuse(_line(data, place), say("each candidate once in the order expected"))
    elif found[1] == b"nick":
        head.nicknames = {word: number for number, word in enumerate(words)}
        if len(head.nicknames) != head.candidates or len(words) != head.candidates:
            raise source.refuse(_line(data, place), say("a nickname of its own for each candidate expected"))
    elif found[1] == b"droop":
        head.droop = source.text(b" ".join(words), _line(data, place))
    else:
        raise source.refuse(_line(data, place), say("one of [nick …], [tie …], [withdrawn …] or [droop …] expected"))


def _number(source: Source, data: bytes, head: _Head, word: bytes, place: int) -> int:
    """The candidate, from 0, whom a number or a nickname means."""
    if word in head.nicknames:
        return head.nicknames[word]
    if not (word.isdigit() and len(word) < 10 and 1 <= int(word) <= head.candidates):
        raise source.refuse(
            _line(data, place),
            say("a candidate's number from 1 to {candidates} expected", candidates=head.candidates),
        )
    return int(word) - 1


def _end_of_papers(source: Source, data: bytes, start: int) -> tuple[int, int, bool]:
    """Where papers end and where names begin: at a line that is 0, else at a 0 before the first quotation mark.

    Where there is no such line, lines mean nothing in the file.
    """
    plain = data.rfind(b"\n0\n", max(start - 1, 0))
    if plain >= 0 and b'"' in data[start:plain]:
        plain = data.find(b"\n0\n", max(start - 1, 0))
    if plain >= 0:
        return plain + 1, plain + 2, True
    spaced = _LAST.search(data, start)
    if spaced is not None:
        return spaced.start(), spaced.end(), True
    quote = data.find(b'"', start)
    body = data[start : len(data) if quote < 0 else quote].rstrip()
    if not re.search(rb"(?<![\d=])0\Z", body):
        raise source.refuse(_line(data, start + len(body)), say("a 0 on a line of its own expected, to end the papers"))
    return start + len(body) - 1, start + len(body), False


def _numbered(source: Source, body: bytes, line: int, head: _Head) -> bytes:
    """The papers in digits, white space, "=" and "-" alone, line by line as they were."""
    if b"(" in body:
        body = _ID.sub(rb"\1\2 1 ", body)
        body = _SHARED.sub(lambda found: b"=".join(found[1].split()) + b"\n" * found[1].count(b"\n"), body)
    if head.nicknames:
        body = _WORD.sub(
            lambda found: b"%d" % (head.nicknames[found[0]] + 1) if found[0] in head.nicknames else found[0], body
        )
    strange = _STRANGE.search(body) if body.translate(None, b"0123456789 \n") else None
    if strange is not None:
        raise source.refuse(
            line + body.count(b"\n", 0, strange.start()),
            say("candidates' numbers expected, not {word}", word=repr(strange[0].decode("utf-8", "replace").strip())),
        )
    return body


@dataclass(frozen=True)
class _Papers(Lines):
    """The papers of a file; `empty_ranks` says that some ranks are empty, `running` that lines do not end them."""

    empty_ranks: bool = False
    running: Numbers | None = None

    def read(self) -> Iterator[Numbers]:
        """The numbers of each paper."""
        return super().read() if self.running is None else iter([self.running])


def papers(source: Source, body: bytes, line: int) -> _Papers:
    """How papers are set apart. As the format was described a 0 ends a paper, wherever lines end.

    Programs that write a line a paper leave that 0 out, or put a 0 in place of an empty rank as well. Which of these a
    file means is seen from the whole of it; a file that could mean two things is refused.
    """
    if not body.endswith(b"\n"):
        body += b"\n"
    dashes = b"-" in body
    plain = _Papers(source, _EMPTY.sub(b"0", body) if dashes else body, line, leave=1, empty_ranks=dashes)
    closed, inside, twice = _zeros(Lines(source, body, line))
    if closed == "all" and not inside:
        return plain
    if closed == "none" and not inside:
        return replace(plain, leave=0)
    if closed == "all" and (twice or dashes):
        # Two noughts in a row would be a paper of weight nought: here they stand for ranks left empty.
        return replace(plain, empty_ranks=True)
    if closed == "all":
        raise source.refuse(line + inside, say("a paper a line, with - for an empty rank, expected; a 0 ends a paper"))
    return _running(source, body, line)


class _OtherLayout(Exception):
    """Papers are not a line each, closed by its only 0."""


def _closed_lines(source: Source, body: bytes, line: int) -> Lines:
    """The papers of nearly every file: a line each, closed by its only 0. Reading others raises `_OtherLayout`."""

    def check(found: Numbers) -> None:
        zero = found.values == 0
        if np.count_nonzero(zero) != len(found.counts) or not zero[found.starts + found.counts - 1].all():
            raise _OtherLayout

    return Lines(source, body, line, leave=1, check=check)


def _zeros(lines: Lines) -> tuple[str, int, bool]:
    """Which lines a 0 closes ("all", "some", "none"), the first line with one inside, and if two stand in a row."""
    closed = every = inside = 0
    twice = False
    for found in lines.read():
        zero = found.values == 0
        last = found.starts + found.counts - 1
        closed += int(zero[last].sum())
        every += len(last)
        twice = twice or bool((zero[1:] & zero[:-1]).any())
        zero[last] = False
        if zero.any() and not inside:
            inside = int(found.lines[np.searchsorted(last, zero.argmax())]) or 1
    return "all" if closed == every else "some" if closed else "none", inside, twice


def _running(source: Source, body: bytes, line: int) -> _Papers:
    """Papers that end with 0 wherever that stands."""
    empty = _EMPTY.search(body)
    if empty is not None:
        raise source.refuse(
            line + body.count(b"\n", 0, empty.start()),
            say("every line ended by 0, and papers by a line that is 0, expected where ranks are empty"),
        )
    found = Lines(source, body, line).whole()
    ends = np.flatnonzero(found.values == 0)
    if len(found.values) and (not len(ends) or int(ends[-1]) != len(found.values) - 1):
        raise source.refuse(
            line + body.rstrip().count(b"\n"), say("a 0 that ends the paper expected, and one that ends the papers")
        )
    counts = np.diff(ends, prepend=-1)
    lines = np.repeat(found.lines, found.counts)[ends - counts + 1]
    if int(counts.min(initial=2)) < 2:
        raise source.refuse(line + int(lines[counts.argmin()]), say("a paper of at least one number expected before 0"))
    return _Papers(source, b"", line, leave=1, running=Numbers(found.values, counts, lines, found.joined))
