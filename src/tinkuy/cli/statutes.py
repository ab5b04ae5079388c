"""`tinkuy statutes`: list, show and check statutes.

Guarantees that `check` reads every file that it is given, says everything it found with its line, and ends 0 when
all is well, 1 when a file contradicts itself, 2 when one cannot be read.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tinkuy.assembly.act import Refused
from tinkuy.cli.language import spoken
from tinkuy.statutes import Statutes, StatutesError, presets
from tinkuy.statutes.places import line_of
from tinkuy.statutes.reading import MAX_BYTES, parse
from tinkuy.statutes.review import Remark, review
from tinkuy.words import Said, say

FINE, CONTRADICTIONS, UNREADABLE = 0, 1, 2

PURPOSE = say("List, show and check statutes.")
LIST = say("List the statutes to start from.")
SHOW = say("Show one of them as TOML, ready to be saved and changed.")
NAME = say("A name from the list.")
JSON = say("Show how it is read, as JSON.")
CHECK = say("Check statutes: can they be read, do they contradict themselves?")
FILES = say("Files in TOML.")

app = typer.Typer(add_completion=False, help=spoken(PURPOSE), no_args_is_help=True)


@app.command("list", help=spoken(LIST))
def list_presets() -> None:
    """Names, dates and titles."""
    width = max(map(len, presets.names()))
    for name in presets.names():
        statutes = Statutes.from_toml(presets.read(name))
        last = statutes.valid_to.isoformat() if statutes.valid_to else ""
        typer.echo(f"{name:{width}}  {statutes.valid_from.isoformat()} – {last:10}  {statutes.title}")
    typer.echo()
    typer.echo(spoken(say("Each is a starting point: your statutes prevail.")))


@app.command("show", help=spoken(SHOW))
def show(
    name: Annotated[str, typer.Argument(help=spoken(NAME), show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help=spoken(JSON))] = False,
) -> None:
    """The exact text of a preset, or the value that it is read to."""
    data = presets.read(name)
    if not as_json:
        typer.echo(data.decode("utf-8"), nl=False)
        return
    typer.echo(json.dumps(plain(Statutes.from_toml(data)), ensure_ascii=False, indent=2))


@app.command("check", help=spoken(CHECK))
def check(files: Annotated[list[Path], typer.Argument(help=spoken(FILES), show_default=False)]) -> int:
    """Every finding of every file; the conclusion last."""
    return max(_check(file) for file in files)


def plain(statutes: Statutes) -> object:
    """Statutes as what JSON can hold: fractions as "1/2", dates as ISO 8601."""
    made = msgspec.to_builtins(statutes, builtin_types=(datetime.date,), enc_hook=_exact)
    return json.loads(json.dumps(made, default=str))


def _exact(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


def _check(file: Path) -> int:
    try:
        data = _bytes(file)
        found = sorted((*review(data), *_rules(data)), key=lambda one: one.line)
    except OSError as error:
        return _unreadable(say("{file}: {reason}", file=str(file), reason=error.strerror or str(error)))
    except StatutesError as error:
        return _unreadable(say("{file}: {reason}", file=str(file), reason=error.said))
    for one in found:
        typer.echo(spoken(_line(file, one)))
    errors = sum(one.severity == "error" for one in found)
    figures = {"file": str(file), "errors": errors, "remarks": len(found) - errors}
    if errors:
        typer.echo(spoken(say("{file}: contradictions {errors}, remarks {remarks}", **figures)))
        return CONTRADICTIONS
    typer.echo(spoken(say("{file}: no contradictions, remarks {remarks}", **figures)))
    return FINE


def _rules(data: bytes) -> Iterator[Remark]:
    """What is wrong with the rules of counting that the statutes name; they know no rule but by its name."""
    offices = Statutes.from_toml(data).elections
    if not offices:
        return
    from tinkuy.assembly.election_result import countable

    lines = parse(data).lines
    for n, office in enumerate(offices, 1):
        try:
            countable(office, office.seats or 1)
        except Refused as refused:
            place = f"elections[{n}].rule"
            yield Remark("error", line_of(place, lines), place, refused.said)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _line(file: Path, one: Remark) -> Said:
    figures = {"file": str(file), "line": str(one.line), "place": one.place, "said": one.said}
    if one.severity == "error":
        return say("{file}, line {line}, {place}: contradiction: {said}", **figures)
    return say("{file}, line {line}, {place}: remark: {said}", **figures)


def _unreadable(said: Said) -> int:
    print(spoken(said), file=sys.stderr)
    return UNREADABLE
