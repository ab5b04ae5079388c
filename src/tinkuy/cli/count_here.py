"""What `tinkuy count` works on: the papers of a file, the lots, the rule; bounded and named in every refusal."""

from __future__ import annotations

import gzip
import lzma
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinkuy import __version__
from tinkuy.count.errors import CountError
from tinkuy.count.formats import read
from tinkuy.count.formats.nist_results import About, as_nist
from tinkuy.count.lots import Hashed, Listed, Lots
from tinkuy.count.profile import Budget, Lists
from tinkuy.count.registry import Papers, Rule, check_kind, rule
from tinkuy.desk.files import appearing
from tinkuy.words import Said, say

if TYPE_CHECKING:
    from tinkuy.count.result import Result

MAX_BYTES = 2 * 1024**3  # of a file of papers, unpacked
MAX_TIES = 10 * 1024**2


@dataclass(frozen=True)
class Asked:
    """A file of papers and what the person says of it."""

    file: Path
    form: str | None
    candidates: Path | None
    lot: str | None
    tie_file: Path | None
    withdrawn: tuple[str, ...]
    contest: str | None
    marks: str | None
    more: tuple[Path, ...] = ()
    """Other files with papers of the same election."""
    cluster: str | None = None
    """The address of a cluster's scheduler, where papers are read."""

    @cached_property
    def data(self) -> bytes:
        """The file's bytes, unpacked. Raises `CountError` when there are too many, OSError when it cannot be read."""
        return unpacked(self.file)

    @property
    def digest(self) -> str:
        """The papers' own digest: the file's, or of several files that of their digests in ascending order."""
        if not self.more:
            return sha256(self.data).hexdigest()
        digests = sorted(sha256(unpacked(file)).hexdigest() for file in (self.file, *self.more))
        return sha256(" ".join(digests).encode()).hexdigest()

    @cached_property
    def papers(self) -> Papers:
        """The papers, less who has withdrawn."""
        given = self._given()
        if not self.withdrawn:
            return given
        if isinstance(given, Lists | Budget):
            raise CountError(
                say(
                    "{file}: nobody withdraws from {kind}",
                    file=self.file.name,
                    kind=say("votes for lists") if isinstance(given, Lists) else say("projects"),
                )
            )
        return replace(given, withdrawn=given.withdrawn | {self._number(given.names, name) for name in self.withdrawn})

    @property
    def names(self) -> tuple[str, ...]:
        """What the papers vote on: candidates, lists or projects."""
        papers = self.papers
        return papers.ballots.names if isinstance(papers, Budget) else papers.names

    @cached_property
    def lots(self) -> Lots:
        """The order that was drawn, else one made from a text."""
        if self.tie_file is not None:
            return Listed.read(_bounded(self.tie_file, MAX_TIES).decode("utf-8-sig"), self.names)
        return Hashed(self.lot if self.lot is not None else self.digest)

    def lots_told(self, result: Result) -> Said | None:
        """How lots were made, if the count needed any."""
        if not any(tie.by == "lot" for tie in result.ties):
            return None
        if self.tie_file is not None:
            return say("Lots: as drawn, from {file}.", file=self.tie_file.name)
        if self.lot is not None:
            return say("Lots: by SHA-256 from the text {text}.", text=self.lot)
        return say(
            "Lots: by SHA-256 from the digest of the papers, because none were drawn. Whoever knew all the papers "
            "could foresee them; draw lots in public and give them with {drawn} or {text}.",
            drawn="--tie-file",
            text="--lot",
        )

    def _given(self) -> Papers:
        """The papers as the files have them: of several files or on a cluster, put together from parts."""
        beside: dict[str, Any] = {
            "form": self.form or "",
            "candidates": b"" if self.candidates is None else unpacked(self.candidates),
            "contest": self.contest or "",
            "marks": self.marks or "",
        }
        if not self.more and self.cluster is None:
            papers: Papers = read(self.data, _plain(self.file), **beside)
            return papers
        from tinkuy.count.chunks import merged, parts

        cuts = (cut for file in (self.file, *self.more) for cut in parts(unpacked(file), _plain(file), **beside))
        if self.cluster is None:
            return merged(cut.read() for cut in cuts)
        from tinkuy.cli.count_cluster import far

        return far(cuts, self.cluster)

    def _number(self, names: tuple[str, ...], name: str) -> int:
        if name not in names:
            raise CountError(
                say(
                    "{file}: no candidate is called {name}; they are {names}",
                    file=self.file.name,
                    name=name,
                    names=", ".join(names),
                )
            )
        return names.index(name)


def counted(asked: Asked, rule_name: str, seats: int | None) -> tuple[Rule, Result]:
    """The rule of that name and its result on the papers."""
    known = rule(rule_name)
    papers = asked.papers
    check_kind(known, papers)
    return known, known.count(papers, filled(papers, seats, known, asked.file.name), asked.lots)


def filled(papers: Papers, seats: int | None, known: Rule, file: str) -> int:
    """How many are elected: as asked, else as the file says, else one where the rule elects one."""
    if seats is not None:
        return seats
    if known.fills != "many":
        return 1
    said = None if isinstance(papers, Budget) else papers.seats
    if said is None:
        raise CountError(say("{file} does not say how many are elected; give it with --seats", file=file))
    return said


def reported(asked: Asked, known: Rule, result: Result, held: str | None, issuer: str | None, language: str) -> bytes:
    """The result in NIST's format. Its date of making is the only thing here that the clock decides."""
    if not held or not issuer or not issuer.strip():
        raise CountError(say("NIST's format names the day of the vote and who publishes it: give --held and --issuer"))
    try:
        day = date.fromisoformat(held)
    except ValueError as error:
        raise CountError(say("--held: a day as 2026-03-08 expected, not {day}", day=held)) from error
    papers = asked.papers
    about = About(
        title=papers.title or asked.file.name,
        issuer=" ".join(issuer.split()),
        held=day.isoformat(),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        application=f"tinkuy {__version__}",
        language=language,
    )
    return as_nist(result, known, about)


def _plain(file: Path) -> str:
    """A file's name without the ending that says how it is packed."""
    return file.name.removesuffix(".gz").removesuffix(".xz")


def save(path: Path, data: bytes) -> None:
    """Put a file in its place, whole or not at all; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as file:
        file.write(data)


def unpacked(path: Path) -> bytes:
    """The file's bytes; .gz and .xz are opened, by what they hold and not by their name."""
    data = _bounded(path, MAX_BYTES)
    try:
        if data[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                data = file.read(MAX_BYTES + 1)
        elif data[:6] == b"\xfd7zXZ\0":
            with lzma.open(path) as file:
                data = file.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise CountError(
            say("{file}: it is packed and cannot be unpacked: it is cut short or damaged", file=path.name)
        ) from error
    if len(data) > MAX_BYTES:
        raise _too_big(path, MAX_BYTES)
    return data


def _bounded(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _too_big(path, most)
    return data


def _too_big(path: Path, most: int) -> CountError:
    return CountError(say("{file}: it has more than {most} bytes", file=path.name, most=most))
