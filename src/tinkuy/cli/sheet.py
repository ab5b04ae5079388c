"""`tinkuy sheet`: the tally sheet on paper (acta impresa).

Guarantees that what is printed comes from a book whose seal holds, and that the same book prints to the same bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tinkuy.cli.desk_here import tell
from tinkuy.cli.language import Language, current, spoken
from tinkuy.desk.files import FileRefused, appearing, read_handed_in
from tinkuy.federation.acts import replay
from tinkuy.federation.archive import BookCopy
from tinkuy.paper import press, sheet, slip
from tinkuy.paper.sheet import Sheet
from tinkuy.words import say

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=spoken(say("Print a tally sheet that carries its own proof."))
)

File = Annotated[
    Path,
    typer.Argument(help=spoken(say("The base's sealed book (.tinkuy), which holds the sheet.")), show_default=False),
]
Act = Annotated[
    int | None,
    typer.Option(
        "--act", min=0, help=spoken(say("Which sheet, by its act; the newest otherwise.")), show_default=False
    ),
]


@app.callback()
def group() -> None:
    """One command to a name, also while there is only one."""


@app.command("print", help=spoken(say("Write the newest sheet of a book as a page of A4, a 58 mm slip, or both.")))
def print_(
    file: File,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", help=spoken(say("The page of A4, as a PDF.")), show_default=False)
    ] = None,
    slip_: Annotated[
        Path | None,
        typer.Option(
            "--slip",
            help=spoken(say("The slip: a PDF 58 mm wide, or plain text of 32 columns if it ends in .txt.")),
            show_default=False,
        ),
    ] = None,
    act: Act = None,
    lang: Annotated[
        Language | None,
        typer.Option("--lang", help=spoken(say("Language of the paper: es or en.")), show_default=False),
    ] = None,
) -> None:
    """The page, the slip, or, with neither, the slip's text on the terminal."""
    read, language = of(file, act), lang or current()
    made: list[tuple[Path, bytes]] = []
    if pdf is not None:
        made.append((pdf, press.pdf(sheet.page(read, language))))
    if slip_ is not None:
        plain = slip_.suffix == ".txt"
        data = slip.text(read, language).encode() if plain else press.pdf(slip.page(read, language))
        made.append((slip_, data))
    for path, data in made:
        with appearing(path) as written:
            written.write(data)
        tell(say("{file} is written: {bytes} bytes.", file=str(path), bytes=len(data)))
    if not made:
        typer.echo(slip.text(read, language), nl=False)


def of(file: Path, act: int | None) -> Sheet:
    """The sheet in a book's file. Raises `FileRefused` when the file is no book, `PaperError` when it has no sheet."""
    given = read_handed_in(file)
    if not isinstance(given.held, BookCopy):
        raise FileRefused(say("{file} holds one sheet with its proof, not a book", file=str(file)))
    return sheet.of(given.held, replay(given.held.bodies, given.attachments), act)
