"""What a body's statutes say when they cannot be read or applied: always a place, the problem and the way out."""

from __future__ import annotations

from tinkuy.words import Said, Spoken, say

MAX_SHOWN = 60  # characters of somebody's text that an error repeats


class StatutesError(Spoken):
    """Statutes that cannot be read, or a question that they do not answer.

    `place` is a dotted key ("quorum[2].fraction"; lists count from 1) or, where the text is not TOML, "column 5".
    `line` counts from 1 and is None when the place is not in a text (a kind of decision nobody defined, a figure).
    """

    def __init__(self, place: str, problem: Said, line: int | None = None) -> None:
        self.place = place = shown(place, 2 * MAX_SHOWN)
        self.line = line
        self.problem = problem
        if line is None:
            super().__init__(say("{place}: {problem}", place=place, problem=problem))
        else:
            super().__init__(say("line {line}, {place}: {problem}", line=str(line), place=place, problem=problem))


def shown(text: str, most: int = MAX_SHOWN) -> str:
    """Somebody's text on one line: what cannot be printed is a dot, what is too long is cut."""
    line = "".join(letter if letter.isprintable() else "·" for letter in text[: most + 1])
    return line if len(line) <= most else line[: most - 1] + "…"
