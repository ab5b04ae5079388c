"""On which line each key of a TOML text stands, so that an error about a value can be found in the file.

The walk is over strings, comments and brackets only: whether the text is TOML is the reader's matter. Elements of
lists count from 1: "quorum[2].fraction". A key inside an inline table has the line on which that table begins.
"""

from __future__ import annotations

import re

# A string that does not end goes to the end of its text or line: it is looked through once, not again from each quote.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)'  # long strings
    r'|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?'  # short strings
    r"|#[^\n]*|\n|[\[\]{}=,]|[^\s\[\]{}=,\"'#]+",
    re.DOTALL,
)


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, on which each dotted key, table and element of a list is first written."""
    return _Walk().over(text)


def too_dotted(text: str, most: int) -> int | None:
    """The line of the first key of more than `most` dots, in a text not yet read as TOML; None where there is none."""
    line, dots = 1, 0
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if piece in "[]{}=,\n":
            dots = 0
        elif piece[0] not in "\"'#":
            dots += piece.count(".")
        if dots > most:
            return line
        line += piece.count("\n")
    return None


def line_of(path: str, lines: dict[str, int]) -> int:
    """The line of `path`, or of the nearest table around it that has one; 1 for the whole text."""
    while path:
        if path in lines:
            return lines[path]
        path = re.sub(r"(\[\d+\]|\.?[^.\[\]]*)$", "", path) if path[-1] != "." else path[:-1]
    return 1


class _Walk:
    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.elements: dict[str, int] = {}  # how many tables each list has so far
        self.table = ""

    def over(self, text: str) -> dict[str, int]:
        line, depth, start, key = 1, 0, True, ""
        head: list[str] = []
        for match in _TOKEN.finditer(text):
            piece = match[0]
            if piece == "\n" and depth == 0:
                if head and head[0] == "[":
                    self._header(head, line)
                head, start, key = [], True, ""
            elif piece[0] == "#":
                continue
            elif start and piece == "=":
                key, start = self._key(head, line), False
                head = []
            elif start:
                head.append(piece)
            elif piece in "[{":
                depth += 1
                if piece == "{" and depth == 2:
                    self._element(key, line)
            elif piece in "]}":
                depth -= 1
            line += piece.count("\n")
        if head and head[0] == "[":
            self._header(head, line)
        return self.found

    def _key(self, head: list[str], line: int) -> str:
        path = ".".join(filter(None, [self.table, *_parts(head)]))
        self.found.setdefault(path, line)
        return path

    def _header(self, head: list[str], line: int) -> None:
        path = ""
        for part in _parts(head):
            if path in self.elements:
                path = f"{path}[{self.elements[path]}]"
            path = f"{path}.{part}" if path else part
        if head[:2] == ["[", "["]:
            self._element(path, line)
            path = f"{path}[{self.elements[path]}]"
        self.found.setdefault(path, line)
        self.table = path

    def _element(self, path: str, line: int) -> None:
        self.elements[path] = self.elements.get(path, 0) + 1
        self.found.setdefault(path, line)
        self.found.setdefault(f"{path}[{self.elements[path]}]", line)


def _parts(head: list[str]) -> list[str]:
    parts: list[str] = []
    for piece in head:
        if piece[0] in "\"'":
            parts.append(piece[1:-1])
        elif piece not in "[]":
            parts.extend(part for part in piece.split(".") if part)
    return parts
