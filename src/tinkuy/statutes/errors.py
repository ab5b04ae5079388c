"""What a body's statutes say when they cannot be read or applied: always a place, the problem and the way out."""

from __future__ import annotations

from tinkuy.words import Said, Spoken, say


class StatutesError(Spoken):
    """Statutes that cannot be read, or a question that they do not answer.

    `place` is a dotted key ("quorum[2].fraction"; lists count from 1) or, where the text is not TOML, "column 5".
    `line` counts from 1 and is None when the place is not in a text (a kind of decision nobody defined, a figure).
    """

    def __init__(self, place: str, problem: Said, line: int | None = None) -> None:
        self.place = place
        self.line = line
        self.problem = problem
        if line is None:
            super().__init__(say("{place}: {problem}", place=place, problem=problem))
        else:
            super().__init__(say("line {line}, {place}: {problem}", line=str(line), place=place, problem=problem))
