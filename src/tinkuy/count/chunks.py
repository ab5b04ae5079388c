"""Papers in parts: files too large for memory, and files that several machines read.

Guarantees that it does not matter how papers were divided: `merged` of the profiles of the parts is the profile of the
whole, array by array. Each part collapses to its distinct papers before anything is put together or sent.

`parts` cuts a file into smaller files of its own format, at ends of lines, each with the head and the names of the
whole; `gathered` reads a file that comes in pieces. Formats in which papers are lines can be cut (`CUT`); others are
one part.

>>> data = b'2 1\\n3 1 2 0\\n2 2 0\\n4 1 2 0\\n0\\n"Ana"\\n"Beto"\\n'
>>> cuts = list(parts(data, "board.blt", size=8))
>>> len(cuts), list(merged(part.read() for part in cuts).rankings())
(2, [(((0,), (1,)), 7), (((1,),), 2)])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import chain, islice

import numpy as np

from tinkuy.count.errors import CountError
from tinkuy.count.formats import format_named, format_of
from tinkuy.count.formats.blt import below_head, papers_between, plain_lines
from tinkuy.count.formats.rankings import together
from tinkuy.count.formats.source import Source
from tinkuy.count.interpretation import interpretation
from tinkuy.count.profile import Places, Profile, Reading, Touched, place_type
from tinkuy.words import say

CUT = ("blt", "csv", "aec")
"""Formats in which papers are lines between a head and, in BLT, names."""
SIZE = 32 * 2**20
"""Bytes of papers in a part."""
_MERGE_AT = 1_000_000
_MOST_AFTER = 1_000
"""Pieces that names may take."""
_CLAUSES = ("skipped", "overvote", "duplicate", "least")


@dataclass(frozen=True)
class Part:
    """A file that holds some of another's papers, with what is needed to read it and to name the lines of the other.

    The first `head_lines` lines are the other's too; `lines_before` lines of papers stand before this part's in it.
    """

    data: bytes
    name: str
    form: str
    candidates: bytes = b""
    contest: str = ""
    marks: str = ""
    head_lines: int = 0
    lines_before: int = 0

    def read(self) -> Profile:
        """The papers of this part. Raises `Unreadable`, naming the line in the whole file."""
        source = Source(
            self.data,
            self.name,
            self.candidates,
            self.contest,
            interpretation(self.marks) if self.marks else None,
            self.head_lines,
            self.lines_before,
        )
        found = format_named(self.form)
        papers = getattr(import_module(f"tinkuy.count.formats.{found.module}"), found.reader)(source)
        if not isinstance(papers, Profile):
            raise source.refuse(None, say("rankings expected: only they are read in parts"))
        return papers


def parts(
    data: bytes,
    name: str = "",
    *,
    form: str = "",
    candidates: bytes = b"",
    contest: str = "",
    marks: str = "",
    size: int = SIZE,
) -> Iterator[Part]:
    """A file as parts of about `size` bytes of papers; as a single one when its format cannot be cut."""
    known = format_named(form) if form else format_of(Source(data, name))
    data = plain_lines(data) if known.name in CUT else data
    whole = Part(data, name, known.name, candidates, contest, marks)
    between = _papers_between(whole)
    if between is None:
        yield whole
        return
    start, end = between
    head, tail, line = data[:start], data[end:], 0
    if known.name == "blt" and not marks and b"-" in data[start:end]:
        # Some papers have empty ranks: then all are marks, in parts without such papers too.
        whole = replace(whole, marks="generic")
    while True:
        stop = _line_end(data, start, min(start + size, end), end)
        body = data[start:stop]
        yield replace(whole, data=head + body + tail, head_lines=head.count(b"\n"), lines_before=line)
        line += body.count(b"\n")
        start = stop
        if start >= end:
            return


def gathered(chunks: Iterable[bytes], name: str, *, form: str = "", marks: str = "") -> Profile:
    """The papers of a file that comes in pieces, of which one at a time is held besides the distinct papers.

    For tables, and for BLT with a line a paper, closed by its only 0; the first piece must hold the head. Raises
    `Unreadable`, naming the line.
    """
    arriving = iter(chunks)
    first = next(arriving, b"").removeprefix(b"\xef\xbb\xbf")
    known = format_named(form) if form else format_of(Source(first, name))
    if known.name not in CUT:
        raise CountError(say("{form} is not read in pieces; only {forms} are", form=known.name, forms=", ".join(CUT)))
    part = Part(first, name, known.name, marks=marks)
    if known.name != "blt":
        start = _below_head(first)
        return merged(_rows(replace(part, data=first[:start]), chain([first[start:]], arriving)))
    start, candidates = below_head(Source(first, name))
    papers = _Papers(replace(part, data=first[:start]), candidates)
    profile = merged(papers.read(chain([first[start:]], arriving)))
    names = replace(part, data=first[:start] + papers.rest, lines_before=papers.lines).read()
    return replace(profile, names=names.names, title=names.title, facts=names.facts)


def _rows(head: Part, chunks: Iterable[bytes]) -> Iterator[Profile]:
    """The papers of the rows of a table, piece by piece."""
    line, held = 0, b""
    head = replace(head, head_lines=head.data.count(b"\n"))
    for chunk in chain(chunks, [b""]):
        held += chunk.replace(b"\r\n", b"\n")
        end = held.rfind(b"\n") + 1 if chunk else len(held)
        if end and held.count(b'"', 0, end) % 2 == 0:
            yield replace(head, data=head.data + held[:end], lines_before=line).read()
            line += held.count(b"\n", 0, end)
            held = held[end:]


class _Papers:
    """The papers of a BLT file as they arrive; `rest` is what follows them, from the line that is 0."""

    def __init__(self, head: Part, candidates: int) -> None:
        self.head = replace(head, head_lines=head.data.count(b"\n"))
        self.names = b"0\n" + b"".join(b'"%d"\n' % number for number in range(1, candidates + 1))
        self.rest = b""
        self.lines = 0

    def read(self, chunks: Iterable[bytes]) -> Iterator[Profile]:
        """The papers of each piece, with numbers for names, which come last."""
        arriving, held = iter(chunks), b"\n"
        for chunk in arriving:
            held += chunk.replace(b"\r\n", b"\n")
            last = held.find(b"\n0\n")
            end = last + 1 if last >= 0 else held.rfind(b"\n") + 1
            body = held[1:end]
            if body.count(b" 0\n") != body.count(b"\n") or b" 0 " in body or (b"-" in body and not self.head.marks):
                raise Source(b"", self.head.name).refuse(
                    None, say("a line a paper, closed by its only 0 and without empty ranks, expected in pieces")
                )
            yield replace(self.head, data=self.head.data + body + self.names, lines_before=self.lines).read()
            self.lines += body.count(b"\n")
            held = held[end - 1 :]
            if last >= 0:
                self.rest = held[1:] + b"".join(islice(arriving, _MOST_AFTER))
                return
        raise Source(b"", self.head.name).refuse(None, say("a 0 on a line of its own expected, to end the papers"))


def _papers_between(part: Part) -> tuple[int, int] | None:
    """Where papers begin and end in a file that can be cut."""
    if part.form not in CUT:
        return None
    if part.form == "blt":
        return papers_between(Source(part.data, part.name))
    return _below_head(part.data), len(part.data)


def _below_head(data: bytes) -> int:
    """Where the rows of a table begin: below its first line, and below a line of dashes if that comes next."""
    start = (data.find(b"\n") + 1) or len(data)
    if data[start : start + 1] == b"-":
        start = (data.find(b"\n", start) + 1) or len(data)
    return start


def _line_end(data: bytes, start: int, at: int, end: int) -> int:
    """The end of the line that a byte stands on, `end` at most; not inside quotation marks."""
    while True:
        at = data.find(b"\n", at, end) + 1 or end
        if at >= end or data.count(b'"', start, at) % 2 == 0:
            return at


def merged(partials: Iterable[Profile]) -> Profile:
    """The profile of all papers of some profiles, each distinct ranking once.

    Candidates are known by their names: where some profiles lack some, they are added, in the order of names. Raises
    `CountError` when there is nothing to merge, and for profiles that are not of one election.
    """
    held: list[Profile] = []
    rows = settled = 0
    for partial in partials:
        held.append(partial)
        rows += len(partial.places)
        if rows > max(_MERGE_AT, 2 * settled):
            held = [_joined(held)]
            rows = settled = len(held[0].places)
    if not held:
        raise CountError(say("no papers to put together"))
    return _joined(held)


def _joined(profiles: list[Profile]) -> Profile:
    first = profiles[0]
    for other in profiles[1:]:
        if (other.seats, other.title) != (first.seats, first.title):
            raise CountError(
                say(
                    "papers of two elections: {one} and {other}",
                    one=say("{title}, {seats} seats", title=first.title or "–", seats=str(first.seats)),
                    other=say("{title}, {seats} seats", title=other.title or "–", seats=str(other.seats)),
                )
            )
    names = _all_names([profile.names for profile in profiles])
    numbered = [_numbered(profile, names) for profile in profiles]
    places, joined, weights = together([(each.places, each.joined, each.weights) for each in numbered], len(names))
    return replace(
        numbered[0],
        places=places,
        joined=joined,
        weights=weights,
        withdrawn=frozenset().union(*(each.withdrawn for each in numbered)),
        reading=_readings([each.reading for each in numbered if each.reading is not None]),
    ).grouped()


def _all_names(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Every name once: those that all lists begin with, then the others by name."""
    if len(set(lists)) == 1:
        return lists[0]
    common = 0
    while all(len(names) > common and names[common] == lists[0][common] for names in lists):
        common += 1
    return (*lists[0][:common], *sorted({name for names in lists for name in names[common:]}))


def _numbered(profile: Profile, names: tuple[str, ...]) -> Profile:
    """The same papers, with candidates numbered as in `names`."""
    if profile.names == names:
        return profile
    number = {name: place for place, name in enumerate(names)}
    becomes: Places = np.array([*(number[name] for name in profile.names), len(names)], dtype=place_type(len(names)))
    return replace(
        profile,
        names=names,
        places=becomes[profile.places],
        withdrawn=frozenset(number[profile.names[place]] for place in profile.withdrawn),
    )


def _readings(readings: list[Reading]) -> Reading | None:
    """How many papers each clause touched in all parts."""
    if not readings:
        return None
    touched: dict[str, Touched] = {}
    for each in (each for reading in readings for each in reading.touched):
        papers = touched[each.clause].papers if each.clause in touched else 0
        touched[each.clause] = replace(each, papers=papers + each.papers)
    return Reading(
        readings[0].interpretation,
        sum(reading.papers for reading in readings),
        sum(reading.blank for reading in readings),
        sum(reading.invalid for reading in readings),
        tuple(touched[clause] for clause in sorted(touched, key=_CLAUSES.index)),
    )
