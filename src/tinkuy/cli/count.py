"""`tinkuy count`: papers and a rule go in; who is elected and the whole story come out.

Guarantees that the same file, rule and lots give the same bytes. Where the rule leaves a tie to the lot and no lot was
given, the order is made from a text (`--lot`, by default the papers' own digest), is recorded, and the same again on a
recount. Exit code: 0 counted, 2 the papers or the question cannot be used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tinkuy.cli.language import Language, choose, current, spoken
from tinkuy.words import say

HELP = say("Count ranked papers, approvals, scores or lists by a rule, exactly, and tell the whole story.")
FILE = say("The papers: BLT, PrefLib, ABIF, pabulib, AEC, Dominion, NIST, CSV or Belenios; plain, .gz or .xz.")
RULE = say("The rule's name; `tinkuy count rules` lists them.")
SEATS = say("How many are elected; by default what the file says.")
FORMAT = say("The file's format, where it is not recognised.")
CANDIDATES = say("The file that names the candidates, where the papers do not (AEC, Dominion, Belenios).")
CONTEST = say("Which contest is counted, by its name or number, where the file has several.")
LOT = say("A text drawn in public, from which lots are made; by default the papers' own digest.")
TIES = say("The order in which lots were drawn, a name a line, the best lot first.")
WITHDRAWN = say("A candidate who has withdrawn; may be repeated.")
MARKS = say("How marks are read, where ranks are empty, doubled or repeated; by default as the format says.")
JSON = say("The result as data.")
CSV = say("The totals of every stage as CSV.")
SVG = say("Write plots to this folder: bars, transfers, and who beats whom.")
PDF = say("Write the result as one page of A4.")
NIST = say("Write the result to this file in NIST's format for election results (SP 1500-100, JSON).")
HELD = say("The day of the vote (YYYY-MM-DD), for --nist.")
ISSUER = say("Who publishes the result, for --nist.")
ACCOUNT = say("Tell it in words, stage by stage.")
CLUSTER = say("Read the papers on a Dask cluster: the address of its scheduler.")
LANG = say("Speak Spanish (es) or English (en).")


class Counting(TyperGroup):
    """A group whose first argument may be a file: then it is counted."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The named command, or the count of a file. A file called like a command is written ./rules."""
        if args and args[0] not in self.commands:
            args = ["file", *args]
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help of counting a file, then the other commands."""
        counting = self.commands["file"]
        counting.format_help(type(ctx)(counting, info_name=ctx.info_name, parent=ctx.parent), formatter)
        self.format_commands(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options before the file belong to the count."""
        if args and args[0].startswith("-") and args[0] != "--help":
            args = ["file", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=Counting, add_completion=False, no_args_is_help=True, help=spoken(HELP))

File = Annotated[Path, typer.Argument(help=spoken(FILE), show_default=False)]
Files = Annotated[list[Path], typer.Argument(help=spoken(FILE), show_default=False)]
Named = Annotated[str, typer.Option("--rule", help=spoken(RULE), show_default=False)]
Filled = Annotated[int | None, typer.Option("--seats", help=spoken(SEATS), show_default=False)]
Written = Annotated[str | None, typer.Option("--format", help=spoken(FORMAT), show_default=False)]
Standing = Annotated[Path | None, typer.Option("--candidates", help=spoken(CANDIDATES), show_default=False)]
Contest = Annotated[str | None, typer.Option("--contest", help=spoken(CONTEST), show_default=False)]
Lot = Annotated[str | None, typer.Option("--lot", help=spoken(LOT), show_default=False)]
Drawn = Annotated[Path | None, typer.Option("--tie-file", help=spoken(TIES), show_default=False)]
Gone = Annotated[list[str] | None, typer.Option("--withdrawn", help=spoken(WITHDRAWN), show_default=False)]
Read = Annotated[str | None, typer.Option("--marks", help=spoken(MARKS), show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help=spoken(JSON))]
Spoken_ = Annotated[Language | None, typer.Option("--lang", help=spoken(LANG), show_default=False)]


@app.command("file", hidden=True, help=spoken(HELP))
def file_(
    files: Files,
    rule_name: Named,
    *,
    seats: Filled = None,
    form: Written = None,
    candidates: Standing = None,
    contest: Contest = None,
    marks: Read = None,
    lot: Lot = None,
    tie_file: Drawn = None,
    withdrawn: Gone = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help=spoken(CSV))] = False,
    account: Annotated[bool, typer.Option("--account", help=spoken(ACCOUNT))] = False,
    svg: Annotated[Path | None, typer.Option("--svg", help=spoken(SVG), show_default=False)] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help=spoken(PDF), show_default=False)] = None,
    nist: Annotated[Path | None, typer.Option("--nist", help=spoken(NIST), show_default=False)] = None,
    held: Annotated[str | None, typer.Option("--held", help=spoken(HELD), show_default=False)] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help=spoken(ISSUER), show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help=spoken(CLUSTER), show_default=False)] = None,
    lang: Spoken_ = None,
) -> None:
    """Read, count, and say it."""
    from tinkuy.cli import count_text
    from tinkuy.cli.count_here import Asked, counted, reported, save
    from tinkuy.count.story import data, plots

    if lang is not None:
        choose(lang)
    language = current()
    file, *more = files
    gone = tuple(withdrawn or ())
    asked = Asked(file, form, candidates, lot, tie_file, gone, contest, marks, tuple(more), cluster)
    rule, result = counted(asked, rule_name, seats)
    if svg is not None:
        for name, drawing in plots.drawn(result, language):
            save(svg / f"{name}.svg", drawing.encode())
    if pdf is not None:
        from tinkuy.paper import count as page

        save(pdf, page.pdf(result, rule.title, rule.source, file.name, language))
    if nist is not None:
        save(nist, reported(asked, rule, result, held, issuer, language))
    if as_json:
        typer.echo(data.as_json(result, language).decode(), nl=False)
    elif as_csv:
        typer.echo(data.as_csv(result), nl=False)
    else:
        typer.echo(count_text.as_text(rule, result, asked.lots_told(result), language, account=account), nl=False)


@app.command("convert", help=spoken(say("Write the papers in another format.")))
def convert_(
    file: File,
    out: Annotated[Path, typer.Argument(help=spoken(say("Where they are written.")), show_default=False)],
    to: Annotated[str, typer.Option("--to", help=spoken(say("blt, preflib or abif.")), show_default=False)],
    *,
    seats: Filled = None,
    form: Written = None,
    candidates: Standing = None,
    contest: Contest = None,
    marks: Read = None,
    withdrawn: Gone = None,
    lang: Spoken_ = None,
) -> None:
    """Read and write."""
    from tinkuy.cli.count_convert import convert
    from tinkuy.cli.count_here import Asked

    if lang is not None:
        choose(lang)
    convert(Asked(file, form, candidates, None, None, tuple(withdrawn or ()), contest, marks), to, seats, out)


@app.command("rules", help=spoken(say("List the rules, with where each is written.")))
def rules_(
    *,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("The list as data.")))] = False,
    lang: Spoken_ = None,
) -> None:
    """Every rule by its family."""
    from tinkuy.cli import count_text

    if lang is not None:
        choose(lang)
    typer.echo(count_text.rules_as_json(current()) if as_json else count_text.rules_as_text(current()), nl=False)


@app.command(
    "compare", help=spoken(say("Count the same papers by several rules: who wins under which, and where they part."))
)
def compare_(
    file: File,
    rule_names: Annotated[
        str, typer.Option("--rules", help=spoken(say("Names of rules, divided by commas.")), show_default=False)
    ],
    *,
    seats: Filled = None,
    form: Written = None,
    candidates: Standing = None,
    contest: Contest = None,
    marks: Read = None,
    lot: Lot = None,
    tie_file: Drawn = None,
    withdrawn: Gone = None,
    as_json: AsJson = False,
    lang: Spoken_ = None,
) -> None:
    """A line a rule, then where the stories part."""
    from tinkuy.cli import count_compare
    from tinkuy.cli.count_here import Asked

    if lang is not None:
        choose(lang)
    asked = Asked(file, form, candidates, lot, tie_file, tuple(withdrawn or ()), contest, marks)
    found = count_compare.compared(asked, rule_names, seats)
    write = count_compare.comparison_as_json if as_json else count_compare.comparison_as_text
    typer.echo(write(found, current()), nl=False)


@app.command(
    "margin",
    help=spoken(say("How many papers at least would have to change to alter the winners, where that is known.")),
)
def margin_(
    file: File,
    rule_name: Named,
    *,
    seats: Filled = None,
    form: Written = None,
    candidates: Standing = None,
    contest: Contest = None,
    marks: Read = None,
    lot: Lot = None,
    tie_file: Drawn = None,
    withdrawn: Gone = None,
    as_json: AsJson = False,
    lang: Spoken_ = None,
) -> None:
    """A lower bound, with what it rests on; or that none is known."""
    from tinkuy.cli import count_compare
    from tinkuy.cli.count_here import Asked

    if lang is not None:
        choose(lang)
    asked = Asked(file, form, candidates, lot, tie_file, tuple(withdrawn or ()), contest, marks)
    found = count_compare.margined(asked, rule_name, seats)
    write = count_compare.margin_as_json if as_json else count_compare.margin_as_text
    typer.echo(write(found, current()), nl=False)
