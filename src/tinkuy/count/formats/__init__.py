"""Files of papers: one module a format, and the one way in.

Bytes come in and papers come out; a file that is not what its format asks for ends in one `Unreadable` that names the
file, the line and what was expected there. Which format a file has is seen from how it begins, and from the end of its
name where beginnings are alike; or it is said.

>>> papers = read(b'2 1\\n3 1 2 0\\n0\\n"Ana"\\n"Beto"\\n"Board"\\n', "board.blt")
>>> papers.names, papers.papers, papers.seats, papers.title
(('Ana', 'Beto'), 3, 1, 'Board')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tinkuy.count.errors import CountError
from tinkuy.count.formats.source import Source
from tinkuy.count.interpretation import interpretation
from tinkuy.words import say

_BEGINNING = 4_096
"""Bytes from which a format is known."""
_BLANK = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s|/\*.*?\*/)*", re.DOTALL)


@dataclass(frozen=True)
class Format:
    """A format that is read: its name, its module, how its files begin (behind white space) and how their names end."""

    name: str
    module: str
    begins: re.Pattern[bytes]
    endings: tuple[str, ...] = ()
    reader: str = "read"

    def begun(self, data: bytes) -> bool:
        """Whether a file begins as this format does."""
        beginning = data[:_BEGINNING]
        blank = _BLANK.match(beginning)
        return self.begins.match(beginning, blank.end() if blank else 0) is not None


def _format(name: str, begins: bytes, *endings: str, module: str = "", reader: str = "read") -> Format:
    pattern = re.compile(begins, re.MULTILINE | re.DOTALL)
    return Format(name, module or name.replace("-", "_"), pattern, endings, reader)


_NEVER = rb"(?!)"
"""The beginning of a format that looks like another, and so must be asked for."""


# In this order: what begins like no other first. A table is whatever has cells, so it comes last.
FORMATS = (
    _format("pabulib", rb"META[^\S\n]*\r?$", ".pb"),
    _format("belenios", rb'\[\s*(?:\[\s*\d|\])|\{[^{}\[]*"result"\s*:'),
    _format(
        "dominion",
        rb'PK\x03\x04|\{[^\[]*"Sessions"\s*:|[^\n]*,=?"?\d+(?:\.\d+){2,3}"?[",]*\s*\n(?:"")?,',
        ".zip",
        ".json",
        ".csv",
    ),
    _format("nist-cvr", rb'\{.*?"CVR\.[A-Z]', ".json"),
    _format(
        "aec",
        rb'"?ElectorateNm"?,"?VoteCollectionPointNm"?,|"?State"?,"?Division"?,"?Vote Collection Point Name"?,',
        ".csv",
    ),
    _format(
        "preflib",
        rb"#\s*(?:FILE NAME|TITLE|DATA TYPE|NUMBER ALTERNATIVES)\s*:|\d+[^\S\n]*\r?\n[^\S\n]*1[^\S\n]*,",
        ".soc",
        ".soi",
        ".toc",
        ".toi",
    ),
    _format("blt", rb"(?:#[^\n]*\s+)*\d+[^\S\n]+\d+[^\S\n]*(?:#[^\n]*|/\*[^\n]*)?\r?$", ".blt"),
    _format(
        "abif",
        rb'(?:(?:#|\{"[^\n]*\})[^\n]*\n\s*)*(?:=\s*(?:\[|"|[^\s:]+\s*:)|\d{1,18}\s*[:*]\s*[^\s\d])',
        ".abif",
    ),
    _format("abif-scores", _NEVER, module="abif", reader="read_scores"),
    _format("csv", rb"[^\n]*[,;\t][^\n]*\n", ".csv", ".tsv", module="table"),
    _format("csv-scores", _NEVER, module="table", reader="read_scores"),
    _format("csv-approvals", _NEVER, module="table", reader="read_approvals"),
)


def read(
    data: bytes, name: str = "", *, form: str = "", candidates: bytes = b"", contest: str = "", marks: str = ""
) -> Any:
    """The papers in a file: a `Profile`, or `Approvals`, `Scores` or a `Budget` where that is what it holds.

    `name` is how messages call the file; `form` the name of its format, seen from the file when it is empty;
    `candidates` the file that names them where a format keeps them apart; `contest` which of several contests is meant;
    `marks` the interpretation by which marks are read. Raises `Unreadable`, naming file, line and what was expected,
    and `CountError` for a format or an interpretation that is not known.
    """
    source = Source(data, name, candidates, contest, interpretation(marks) if marks else None)
    if data.startswith(b"PK"):
        source = import_module(f"{__name__}.zipped").single(source)
    found = format_named(form) if form else format_of(source)
    return getattr(import_module(f"{__name__}.{found.module}"), found.reader)(source)


def format_named(name: str) -> Format:
    """The format of this name. Raises `CountError`, with those there are, when there is none."""
    for known in FORMATS:
        if known.name == name:
            return known
    raise CountError(
        say("no format is called {name}; known are {names}", name=name, names=", ".join(f.name for f in FORMATS))
    )


def format_of(source: Source) -> Format:
    """The format of a file, seen from how it begins; where that says nothing, from how its name ends.

    Raises `Unreadable` when neither does.
    """
    ending = source.name.lower().removesuffix(".gz").removesuffix(".xz")
    named = [known for known in FORMATS if ending.endswith(known.endings)]
    for known in (*named, *FORMATS):
        if known.begun(source.data):
            return known
    if named:
        # Of those that share an ending, the last is the one with the least particular beginning.
        return named[-1]
    raise source.refuse(
        1, say("a file of papers expected, in one of {names}", names=", ".join(known.name for known in FORMATS))
    )
