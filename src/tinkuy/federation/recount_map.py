"""The map of a recount: which column of somebody's table is what, in about ten lines of TOML.

Guarantees that a map is read strictly: an unknown key, a state that does not exist or a wrong type is refused with the
line it stands on and, where there is one, the nearest name. `tinkuy recount --help` explains every key.
Source: design of the federation, "Recount of anybody's published sheets".

>>> sheets = read_map(b'''
... unit = "mesa"
... eligible = "electores"
... cast = "votantes"
... levels = { region = "REGION" }
... options = { "Lista 1" = "v1", "Lista 2" = "v2" }
... ''')
>>> sheets.options
{'Lista 1': 'v1', 'Lista 2': 'v2'}
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import NoReturn

import msgspec

from tinkuy.federation.checks import STATES
from tinkuy.words import Said, Spoken, say

MAX_MAP_BYTES = 65536
ENCODINGS = ("utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
SEPARATORS = (",", ";", "\t", "|")
FIGURES = (
    "eligible",
    "signed_in",
    "cast",
    "blank",
    "null",
    "challenged",
    "received",
    "spoiled",
    "unused",
    "past_eligible",
    "past_cast",
)
_NEEDED = ("unit", "eligible", "cast", "options")
_KEYS = ("title", "unit", "levels", "options", "status", "states", "encoding", "separator", *FIGURES)
MAX_OPTIONS = 1000
MAX_LEVELS = 20
MAX_QUOTED = 160


class RecountError(Spoken):
    """Sheets or a map that cannot be used: what is wrong, where, and what to do. Always one line.

    What it quotes comes from files that anybody may have made, so it is shortened and its control characters are shown.
    """

    def __init__(self, said: Said) -> None:
        super().__init__(_quotable(said))


class Map(msgspec.Struct, frozen=True):
    """Columns by what they hold. `unit` and `status` may be several columns; an absent figure is not asked for."""

    unit: tuple[str, ...]
    levels: dict[str, str]  # level, top first → column
    options: dict[str, str]  # option, in the order of the question → column
    figures: dict[str, str]  # one of FIGURES → column
    status: tuple[str, ...] = ()
    states: dict[str, str] = {}  # text of a status column → state
    title: str = ""
    encoding: str = ""
    separator: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the map names, once, in its order."""
        named = [*self.unit, *self.levels.values(), *self.figures.values(), *self.options.values(), *self.status]
        return tuple(dict.fromkeys(named))


def read_map(data: bytes, name: str = "map") -> Map:
    """The map written in `data`, TOML in UTF-8; `name` says in messages which file it is.

    Raises RecountError naming the line.
    """
    return _Reader(data, name).map()


def suggested(wrong: str, known: Iterable[str]) -> str:
    """The known name nearest to `wrong`, "" where none is near; letter case and surrounding space do not count."""
    names = list(known)
    folded = {one.strip().casefold(): one for one in reversed(names)}
    near = difflib.get_close_matches(wrong.strip().casefold(), folded, 1, 0.5)
    return folded[near[0]] if near else ""


class _Reader:
    """One map while it is read; it knows the lines, for messages."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        if len(data) > MAX_MAP_BYTES:
            self.refuse(say("a map has at most {most} bytes; is this the sheets?", most=MAX_MAP_BYTES))
        try:
            self.text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.refuse(say("it is not UTF-8; save the map as UTF-8"), line)
        try:
            self.values: dict[str, object] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            self.refuse(say("it is not TOML: {problem}", problem=str(error)))
        except RecursionError:
            self.refuse(say("it is nested too deeply for a map"))

    def map(self) -> Map:
        for key in self.values:
            if key not in _KEYS:
                self.refuse_unknown(key, key, _KEYS)
        for key in _NEEDED:
            if key not in self.values:
                self.refuse(say('the key "{key}" is missing; see tinkuy recount --help', key=key))
        options = self.table("options", MAX_OPTIONS)
        if not options:
            self.refuse(say("name at least one option under [options]"), self.line("options"))
        states = self.states()
        status = self.columns("status") if "status" in self.values else ()
        if status and not states:
            self.refuse(say("status needs [states]: what each value means"), self.line("status"))
        if states and not status:
            self.refuse(say('[states] needs "status": the column with these values'), self.line("states"))
        made = Map(
            unit=self.columns("unit"),
            levels=self.table("levels", MAX_LEVELS) if "levels" in self.values else {},
            options=options,
            figures={key: self.string(key) for key in FIGURES if key in self.values},
            status=status,
            states=states,
            title=self.string("title") if "title" in self.values else "",
            encoding=self.word("encoding", ENCODINGS) if "encoding" in self.values else "",
            separator=self.word("separator", SEPARATORS) if "separator" in self.values else "",
        )
        self.check_used_once(made)
        return made

    def check_used_once(self, made: Map) -> None:
        """A column that is two things at once would be counted twice."""
        seen: dict[str, str] = {}
        for what, column in [*made.figures.items(), *made.options.items()]:
            if column in seen:
                problem = say(
                    'the column "{column}" is both "{first}" and "{second}"; each figure needs its own',
                    column=column,
                    first=seen[column],
                    second=what,
                )
                self.refuse(problem, self.line(what))
            seen[column] = what
        for level, column in made.levels.items():
            if list(made.levels.values()).count(column) > 1:
                problem = say('two levels have the same column "{column}"', column=column)
                self.refuse(problem, self.line(level))

    def states(self) -> dict[str, str]:
        if "states" not in self.values:
            return {}
        states = self.table("states", 10_000)
        for value, state in states.items():
            if state not in STATES:
                self.refuse_unknown(state, value, STATES)
        stripped = {value.strip(): state for value, state in states.items()}
        if len(stripped) < len(states):
            self.refuse(say("two values under [states] differ only by space"), self.line("states"))
        return stripped

    def string(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            self.refuse(say('"{key}" must be the name of a column, between quotes', key=key), self.line(key))
        return value

    def columns(self, key: str) -> tuple[str, ...]:
        value = self.values[key]
        if not isinstance(value, list):
            return (self.string(key),)
        names = tuple(one for one in value if isinstance(one, str) and one.strip())
        if not names or len(names) != len(value) or len(set(names)) != len(names):
            problem = say('"{key}" must be a column, or a list of different columns', key=key)
            self.refuse(problem, self.line(key))
        return names

    def table(self, key: str, most: int) -> dict[str, str]:
        value = self.values[key]
        if not isinstance(value, dict):
            self.refuse(say('"{key}" must be a table: {key} = {{ name = "column" }}', key=key), self.line(key))
        for name, column in value.items():
            if not isinstance(column, str) or not column.strip() or not name.strip():
                problem = say('"{name}" under {key} must be a text between quotes', name=name, key=key)
                self.refuse(problem, self.line(name))
        if len(value) > most:
            self.refuse(say("at most {most} lines fit under {key}", most=most, key=key), self.line(key))
        return dict(value)

    def word(self, key: str, words: tuple[str, ...]) -> str:
        value = self.string(key) if self.values[key] != "\t" else "\t"
        if value not in words:
            self.refuse_unknown(value, key, words)
        return value

    def refuse_unknown(self, wrong: str, near_line_of: str, known: tuple[str, ...]) -> NoReturn:
        nearest = suggested(wrong, known)
        line = self.line(near_line_of)
        if nearest:
            problem = say('"{wrong}" is not known; did you mean "{nearest}"?', wrong=wrong, nearest=nearest)
        else:
            names = tuple(repr(one) if one in SEPARATORS else one for one in known)
            problem = say('"{wrong}" is not known; it can be: {known}', wrong=wrong, known=names)
        self.refuse(problem, line)

    def line(self, key: str) -> int | None:
        """The line on which a key is written, if it can be found."""
        quoted = re.escape(key)
        found = re.search(rf"(?m)(?:^|[\[{{,.\s])[\"']?{quoted}[\"']?\s*(?:=|\]|\.)", self.text)
        if found is None:
            return None
        start = found.start() + len(found.group()) - len(found.group().lstrip("[{,. \t\r\n"))
        return self.text.count("\n", 0, start) + 1

    def refuse(self, problem: Said, line: int | None = None) -> NoReturn:
        if line is None:
            raise RecountError(say("{map}: {problem}", map=self.name, problem=problem))
        raise RecountError(say("{map}, line {line}: {problem}", map=self.name, line=str(line), problem=problem))


def _quotable(said: Said) -> Said:
    return Said(said.template, {name: _quoted(figure) for name, figure in said.figures.items()})


def _quoted(figure: object) -> object:
    if isinstance(figure, Said):
        return _quotable(figure)
    if isinstance(figure, tuple):
        return tuple(_quoted(one) for one in figure)
    if not isinstance(figure, str):
        return figure
    shown = figure if len(figure) <= MAX_QUOTED else f"{figure[:MAX_QUOTED]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)


def check_columns(sheets: Map, header: Mapping[str, object] | Iterable[str], name: str, map_name: str) -> None:
    """Raises RecountError for a column of the map that the sheets do not have, suggesting the nearest."""
    known = list(header)
    for column in sheets.columns:
        if column in known:
            continue
        nearest = suggested(column, known)
        if nearest:
            problem = say(
                '{map} names the column "{column}", which {sheets} does not have; did you mean "{nearest}"?',
                map=map_name,
                column=column,
                sheets=name,
                nearest=nearest,
            )
        else:
            problem = say(
                '{map} names the column "{column}", which {sheets} does not have; its columns: {columns}',
                map=map_name,
                column=column,
                sheets=name,
                columns=tuple(known[:40]),
            )
        raise RecountError(problem)
