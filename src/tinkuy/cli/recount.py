"""`tinkuy recount`: check and add up anybody's tally sheets, offline, from a table and a ten-line map.

Exit code: 0 the sheets were recounted (some may be held; the text and `held` say which), 2 they or the map cannot be
used. The text, the data and the page are made from one `Recount`.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.language import Language, choose, current, spoken
from tinkuy.words import Spoken, say

EXAMPLE = """\
unit = "mesa"
levels = { region = "REGION", provincia = "PROVINCIA", distrito = "DISTRITO" }
eligible = "ELECTORES"
cast = "VOTANTES"
options = { "Lista 1" = "VOTOS_1", "Lista 2" = "VOTOS_2" }
blank = "BLANCOS"
null = "NULOS"
challenged = "IMPUGNADOS"
status = "ESTADO"
states = { "CONTABILIZADA" = "normal", "OBSERVADA" = "observed", "PENDIENTE" = "pending" }"""

PURPOSE = say("Check and add up anybody's tally sheets from a table and a ten-line map.")
INTRODUCTION = say(
    "The sheets are a table with one row a unit (a polling table, a base): CSV, plain or .gz or .zip, with commas, "
    "semicolons or tabs; Parquet; or JSON. The map is a small file that says which column is what. This is a whole "
    "map; on the right of each = stands what your table calls it:"
)
KEYS = (
    ("unit", say('The column with the unit\'s code, or several: ["SECCION", "MESA"].')),
    ("levels", say("Name and column of every level, from the top down. Without it only the whole is added up.")),
    ("eligible", say("Persons on the roll.")),
    ("cast", say("Papers cast: options, blank, null and challenged together.")),
    ("options", say("Name and column of every option, list or candidate.")),
    ("blank, null, challenged", say("Papers of each kind; leave out what the table does not have.")),
    (
        "status, states",
        say(
            "The column that says how a sheet stands, and what each of its values means. Of several columns the first "
            "whose value is under states decides, and all are shown as reasons. Without status every sheet with "
            "figures counts."
        ),
    ),
    (
        "",
        say(
            "A value means one of: normal or resolved (counted), received or observed (held), late, pending (nothing "
            "came), annulled, not_held."
        ),
    ),
    ("signed_in, received, spoiled, unused", say("If the sheets say them, they are checked too.")),
    ("past_eligible, past_cast", say("The roll and the papers cast the time before, to warn of leaps in turnout.")),
    ("title", say("A heading for the report.")),
    ("encoding, separator", say('Only where they are not recognised: "latin-1", "utf-16"; ";", "," or "\\t".')),
)
CELLS = say(
    "A cell counts only when it is a whole number written with digits. An empty or illegible cell is missing, never "
    "zero, and holds its sheet. A sheet is never corrected: what does not add up is held and shown."
)
SHEETS = say("Files with the sheets, one row a unit.")
MAP = say("The map, in TOML; what to write in it is explained above.")
JSON = say("Totals of every level, checks and held sheets, as data.")
HTML = say("Write the report as a page, too.")
WHERE = say("Only one part: level=NAME, as in departamento=PUNO; may be repeated.")
LANG = say("Speak Spanish (es) or English (en).")


def _help() -> str:
    """The command's help; `\\b` keeps Click from filling the lines of a paragraph again."""
    meanings = "\n".join(
        line
        for key, meaning in KEYS
        for line in [
            *([f"  {key}"] if key else []),
            *textwrap.wrap(spoken(meaning), 92, initial_indent="      ", subsequent_indent="      "),
        ]
    )
    example = textwrap.indent(EXAMPLE, "  ")
    parts = (spoken(PURPOSE), spoken(INTRODUCTION), f"\b\n{example}", f"\b\n{meanings}", spoken(CELLS))
    return "\n\n".join(parts)


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help=_help())
def recount(
    sheets: Annotated[list[Path], typer.Argument(help=spoken(SHEETS), show_default=False)],
    *,
    map_file: Annotated[Path, typer.Option("--map", help=spoken(MAP), show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help=spoken(JSON))] = False,
    html: Annotated[Path | None, typer.Option("--html", help=spoken(HTML), show_default=False)] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help=spoken(WHERE), metavar="LEVEL=NAME", show_default=False)
    ] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help=spoken(LANG), show_default=False)] = None,
) -> int:
    """Read, recount, and say it."""
    # Polars takes longer to load than many a recount takes to run: `--help` and a bad option do without it.
    from tinkuy.cli import recount_text
    from tinkuy.federation.recount import recount as add_up
    from tinkuy.federation.recount_bytes import MAX_BYTES
    from tinkuy.federation.recount_map import MAX_MAP_BYTES, read_map
    from tinkuy.federation.recount_read import read_sheets

    if lang is not None:
        choose(lang)
    parts = _parts(where or [])
    chart = read_map(_read(map_file, MAX_MAP_BYTES), map_file.name)
    raws = [read_sheets(_read(file, MAX_BYTES), chart, file.name, map_file.name) for file in sheets]
    found = add_up(raws, chart, parts, map_file.name)
    names = [file.name for file in sheets]
    if html is not None:
        from tinkuy.cli import recount_html
        from tinkuy.cli.page import write

        write(html, recount_html.page(found, names, current()))
    if as_json:
        typer.echo(recount_text.as_json(found, current()))
    else:
        typer.echo(recount_text.as_text(found, names, current()))
    return 0


def _parts(where: list[str]) -> list[tuple[str, str]]:
    parts: list[tuple[str, str]] = []
    for one in where:
        level, equals, name = one.partition("=")
        if not equals or not level.strip() or not name.strip():
            raise Spoken(say('--where {given}: write level=NAME, as in "departamento=PUNO"', given=one))
        if level.strip() in (before for before, _ in parts):
            raise Spoken(say("--where names the level {level} twice", level=level.strip()))
        parts.append((level.strip(), name.strip()))
    return parts


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Spoken(say("{file}: it has more than {most} bytes", file=path.name, most=most))
    return data
