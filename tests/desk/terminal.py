"""A person at a terminal in an empty folder: types commands, keeps passphrases in files, sees everything printed."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tinkuy.cli import main

OFFICERS = ("--passphrase-file", "chair=pw.chair", "--passphrase-file", "secretary=pw.secretary")
WORDS = {"chair": "frailejón del páramo", "secretary": "cuatro vientos al sur", "roll": "padrón bajo llave"}


class Terminal:
    """Runs command lines of `tinkuy` in the current folder and keeps what they print."""

    def __init__(self) -> None:
        self.said: list[str] = []
        for name, words in WORDS.items():
            Path(f"pw.{name}").write_text(words + "\n", encoding="utf-8")

    def run(self, *words: str, code: int = 0, answers: str = "") -> str:
        """The output of a command, errors included; its exit code must be `code`."""
        out, before = io.StringIO(), sys.stdin
        sys.stdin = io.StringIO(answers)
        try:
            with redirect_stdout(out), redirect_stderr(out):
                ended = main.main(["--lang", "en", *words])
        finally:
            sys.stdin = before
        text = out.getvalue()
        self.said.append(text)
        assert ended == code, f"{' '.join(words)} ended {ended}:\n{text}"
        return text

    def desk(self, folder: str, *words: str, code: int = 0, answers: str = "") -> str:
        """A command of the desk in a folder."""
        return self.run("desk", "--dir", folder, *words, code=code, answers=answers)

    def state(self, folder: str) -> dict:
        """What `tinkuy desk show` says, as data."""
        return json.loads(self.desk(folder, "show", "--json"))

    def found(self, folder: str, name: str, kind: str, statutes: str) -> None:
        """Found a body of two officers."""
        given = ("--name", name, "--kind", kind, "--place", "Ayaviri", "--statutes", statutes)
        self.desk(folder, "found", *given, *OFFICERS, "--at", "2026-01-12T20:00:00Z")

    def base(
        self, folder: str, members: int, *, frozen: bool = True, statutes: str = "pe-junta-vecinal"
    ) -> list[tuple[str, str]]:
        """Found a base, enrol its members and freeze its roll; the names and documents of its members."""
        self.found(folder, f"Junta {folder}", "neighbourhood", statutes)
        persons = [(f"Justina Quispe {folder} {n}", f"D-{folder}-{n:07}") for n in range(members)]
        rows = "".join(f"{name};{document}\n" for name, document in persons)
        Path(f"{folder}.csv").write_text("Nombre;DNI\n" + rows, encoding="utf-8")
        self.desk(folder, "enrol", f"{folder}.csv", "--passphrase-file", "roll=pw.roll", "--at", "2026-01-19T20:00:00Z")
        self.desk(folder, "roll", "publish", "--at", "2026-02-02T20:00:00Z")
        if frozen:
            self.desk(folder, "roll", "freeze", "--at", "2026-02-20T20:00:00Z")
        self.sealed(folder, f"{folder}.tinkuy")
        return persons

    def sealed(self, folder: str, file: str, *roles: str) -> None:
        """Seal a book, by all officers or by these, and write it to a file."""
        chosen = [word for role in roles for word in ("--role", role)]
        self.desk(folder, "seal", *chosen, *OFFICERS)
        self.desk(folder, "export", file)

    def vote(self, folder: str, votes: str, figures: dict[str, int], sheet: str = "") -> None:
        """Put the consultation's question, count, and issue the sheet; with other votes on the sheet if asked."""
        boxes = [f"{name}={figure}" for name, figure in figures.items()]
        tellers = ("--teller", "m1", "--teller", "m2")
        counted = [one for one in boxes if not one.startswith("eligible")]
        self.desk(folder, "vote", "open", "--from", "federation.tinkuy", "--at", "2026-03-03T20:00:00Z")
        self.desk(folder, "vote", "count", f"votes={votes}", *counted, *tellers, "--at", "2026-03-03T21:00:00Z")
        held = ("--opened", "2026-03-03T15:00-05:00", "--closed", "2026-03-03T15:59-05:00")
        where = ("--convened", "2026-02-20", "--place", "Local comunal", "--at", "2026-03-03T21:20:00Z")
        shown = f"votes={sheet or votes}"
        self.desk(folder, "sheet", "--from", "federation.tinkuy", shown, *boxes, *tellers, *held, *where)

    def federation(self, *bases: str) -> None:
        """Found a federation over these bases and open a consultation."""
        self.found("fed", "Federación de prueba", "federation", "consulta-nacional")
        Path("tree.csv").write_text(
            "code,name,parent,level\n2101,Puno,21,province\n21,Puno,,region\n", encoding="utf-8"
        )
        self.desk("fed", "federation", "tree", "tree.csv", "--at", "2026-01-13T20:00:00Z")
        files = [f"{base}.tinkuy" for base in bases]
        codes = [word for base in bases for word in ("--code", base.upper())]
        self.desk("fed", "federation", "affiliate", *files, *codes, "--under", "2101", "--at", "2026-02-21T20:00:00Z")
        options = ("--option", "A favor:for", "--option", "En contra:against", "--option", "Abstención:abstain")
        window = ("--opens", "2026-03-01T07:00-05:00", "--closes", "2026-03-08T18:59:59-05:00")
        question = ("--question", "¿Paro el 15 de marzo?", *options, *window, "--at", "2026-02-22T20:00:00Z")
        self.desk("fed", "federation", "consult", *question)
        self.desk("fed", "federation", "lodge", "--at", "2026-02-23T20:00:00Z")
        self.desk("fed", "federation", "open", "--at", "2026-02-24T20:00:00Z")
        self.sealed("fed", "federation.tinkuy")

    def finish(self) -> None:
        """Close, certify and write the archive."""
        self.desk("fed", "federation", "close", "--at", "2026-03-09T10:00:00Z")
        self.desk("fed", "seal", *OFFICERS)
        self.desk("fed", "federation", "certify", "--at", "2026-03-10T10:00:00Z")
        self.desk("fed", "seal", *OFFICERS)
        self.desk("fed", "federation", "archive", "consulta.tinkuy")


def figures(eligible: int, cast: int, blank: int = 0, null: int = 0) -> dict[str, int]:
    """The boxes of a count in which everybody who signed in voted."""
    return {"eligible": eligible, "signed_in": cast, "cast": cast, "blank": blank, "null": null, "challenged": 0}
