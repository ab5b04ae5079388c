"""A file of papers on its way in: its bytes, what messages call it, and what was given along with it.

Every reader gets one of these and refuses through it, so that each refusal is one line that names the file, the place
in it and what was expected there. Sizes are bounded here, before anything is parsed.

>>> Source(b"5 two", "ward.blt").refuse(1, say("the number of seats expected"))
Unreadable('ward.blt, line 1: the number of seats expected')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinkuy.count.errors import Unreadable
from tinkuy.count.interpretation import Interpretation
from tinkuy.words import Said, say

MOST_BYTES = 4 * 2**30
"""A file is read whole; larger ones are for `tinkuy.count.chunks`."""
MOST_NAME = 1_000
"""Characters in a candidate's name or a title."""
MOST_CELLS = 2**31
"""Papers times places: what a matrix of rankings may hold."""


@dataclass(frozen=True)
class Source:
    """The bytes of a file and what its format may need beside them.

    `candidates` is a second file where the format keeps the names apart; `contest` picks one of several contests in the
    file; `interpretation` is how marks are read, None for what the format says of itself.
    """

    data: bytes
    name: str = ""
    candidates: bytes = b""
    contest: str = ""
    interpretation: Interpretation | None = None
    head_lines: int = 0
    lines_before: int = 0
    """Where the bytes are a part of a file: below the head, so many lines of the file stand before them."""

    def __post_init__(self) -> None:
        if len(self.data) > MOST_BYTES:
            raise Unreadable(
                say("{file} has {size} bytes; at most {limit}", file=self.shown, size=len(self.data), limit=MOST_BYTES)
            )

    @property
    def shown(self) -> str | Said:
        """What messages call the file."""
        return self.name or say("the file")

    def refuse(self, line: int | None, expected: Said) -> Unreadable:
        """The refusal of what stands on a line (counted from 1); None for the file as a whole."""
        if line is None:
            return Unreadable(say("{file}: {expected}", file=self.shown, expected=expected))
        there = line + self.lines_before if line > self.head_lines else line
        return Unreadable(say("{file}, line {line}: {expected}", file=self.shown, line=str(there), expected=expected))

    def text(self, data: bytes | None = None, line: int = 1) -> str:
        """Bytes of the file as text: UTF-8, a byte order mark passed over. `line` is where they begin.

        Raises `Unreadable` for bytes that are not UTF-8, with the line.
        """
        data = self.data if data is None else data
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.refuse(
                line + data.count(b"\n", 0, error.start),
                say("text in UTF-8 expected; save the file in that encoding"),
            ) from error

    def named(self, name: str, line: int | None) -> str:
        """A candidate's name or a title, without the white space around it. Refuses what is too long or not text."""
        name = " ".join(name.split())
        if len(name) > MOST_NAME:
            raise self.refuse(line, say("a name of at most {limit} characters expected", limit=MOST_NAME))
        if not name.isprintable():
            raise self.refuse(line, say("a name in characters that can be printed expected"))
        return name

    def apart(self, names: Sequence[str], line: int | None = None) -> tuple[str, ...]:
        """Names that tell the candidates apart. Raises `Unreadable` for two that are the same."""
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self.refuse(line, say("two candidates are called {name}; a name for each expected", name=name))
            seen.add(name)
        return tuple(names)
