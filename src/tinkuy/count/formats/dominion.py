"""Cast vote records of Dominion's Democracy Suite, as JSON: one contest out of an export.

An export is a folder, read as a zip file: `CvrExport.json` or many `CvrExport_*.json`, with `ContestManifest.json` and
`CandidateManifest.json`, which name what the records number. A single `CvrExport.json` is read too, with its
`CandidateManifest.json` as the file of candidates. Of a record that was adjudicated the current version counts. Marks
that the scanner calls ambiguous, and that nobody has adjudicated, are no votes; `facts["ambiguous marks"]` says how
many there are. Every other mark is kept, overvotes too, for the interpretation to judge.

Source: Democracy Suite 5.2 to 5.17, the members of its CVR export as the San Francisco Department of Elections
publishes it; `IsCurrent`, `IsAmbiguous` as RCTab reads them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec

from tinkuy.count.errors import CountError
from tinkuy.count.formats import dominion_table
from tinkuy.count.formats.cast_votes import (
    MOST_RANK,
    Contest,
    Paper,
    chosen,
    decoded,
    decoded_candidates,
    paper,
    papers,
    told_apart,
)
from tinkuy.count.formats.source import Source
from tinkuy.count.formats.zipped import SIGNATURE, Zipped
from tinkuy.count.profile import Approvals, Profile
from tinkuy.words import say

Rank = Annotated[int, msgspec.Meta(ge=0, le=MOST_RANK)]
Few = Annotated[int, msgspec.Meta(ge=0, le=MOST_RANK)]


class Mark(msgspec.Struct, rename="pascal"):
    """A mark. Where candidates are not ranked, its rank is 1."""

    candidate_id: int
    rank: Rank = 1
    is_ambiguous: bool = False


class Marked(msgspec.Struct, rename="pascal"):
    """A contest on a card."""

    id: int
    marks: list[Mark] = []


class Card(msgspec.Struct, rename="pascal"):
    """A sheet of a ballot."""

    contests: list[Marked] = []


class Version(msgspec.Struct, rename="pascal"):
    """A record as it was scanned or adjudicated. Before 5.10 contests stand in it without cards."""

    is_current: bool = True
    cards: list[Card] = []
    contests: list[Marked] = []


class Session(msgspec.Struct, rename="pascal"):
    """The record of a ballot."""

    original: Version | None = None
    modified: Version | None = None


class Export(msgspec.Struct, rename="pascal"):
    """A `CvrExport` file."""

    sessions: list[Session]


class Standing(msgspec.Struct, rename="pascal"):
    """A candidate."""

    id: int
    contest_id: int
    description: str


class CandidateManifest(msgspec.Struct):
    """`CandidateManifest.json`."""

    rows: list[Standing] = msgspec.field(name="List")


class Asked(msgspec.Struct, rename="pascal"):
    """A contest: how many may be marked, and how many ranks there are, 0 where candidates are not ranked."""

    id: int
    description: str
    vote_for: Few = 1
    num_of_ranks: Few = 0


class ContestManifest(msgspec.Struct):
    """`ContestManifest.json`."""

    rows: list[Asked] = msgspec.field(name="List")


CANDIDATES = say("a CandidateManifest.json of Dominion expected")
CONTESTS = say("a ContestManifest.json of Dominion expected")
EXPORT = say("a CvrExport of Dominion expected")


def read(source: Source) -> Profile | Approvals:
    """The papers of the contest that `source.contest` names, or of the only one.

    Raises `Unreadable` for an export that is not as described, or of several contests of which none is named.
    """
    if source.data.startswith(SIGNATURE):
        return _zip(source)
    if not source.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return dominion_table.read(source)
    if not source.candidates:
        raise source.refuse(
            None,
            say("an export names no candidates: give its CandidateManifest.json, or the whole folder as a zip file"),
        )
    standing = decoded_candidates(source.candidates, CandidateManifest, CANDIDATES).rows
    contest = _contest(source, [], standing)
    reading = _Reading(source, contest, _numbers(standing, contest))
    reading.add(source.data, source.name)
    return reading.papers()


def _zip(source: Source) -> Profile | Approvals:
    archive = Zipped.of(source)
    members = {name.rsplit("/", 1)[-1]: name for name in archive}
    exports = [
        name for base, name in sorted(members.items()) if base.startswith("CvrExport") and base.endswith(".json")
    ]
    for needed in ("CandidateManifest.json", "ContestManifest.json"):
        if needed not in members:
            raise source.refuse(None, say("a zip file that holds {file} expected", file=needed))
    if not exports:
        raise source.refuse(None, say("a zip file that holds {file} expected", file="CvrExport.json"))
    candidates, contests = archive.read([members["CandidateManifest.json"], members["ContestManifest.json"]])
    standing = decoded(source, candidates, CandidateManifest, CANDIDATES).rows
    contest = _contest(source, decoded(source, contests, ContestManifest, CONTESTS).rows, standing)
    reading = _Reading(source, contest, _numbers(standing, contest))
    for name, data in zip(exports, archive.read(exports), strict=True):
        reading.add(data, f"{source.shown}: {name}")
    return reading.papers()


def _contest(source: Source, asked: list[Asked], standing: list[Standing]) -> Contest:
    """The contest that is meant. Where the export is alone, contests are called by their numbers."""
    names: dict[int, list[str]] = defaultdict(list)
    for candidate in standing:
        names[candidate.contest_id].append(source.named(candidate.description, None))
    known = asked or [Asked(number, str(number)) for number in names]
    which = known[chosen(source, [(str(each.id), source.named(each.description, None)) for each in known])]
    if not names[which.id]:
        raise source.refuse(None, say("candidates for the contest {contest} expected", contest=which.description))
    title = source.named(which.description, None) if asked else ""
    several = 1 if which.num_of_ranks > 1 else max(1, which.vote_for)
    seats = max(1, which.vote_for) if asked else None
    return Contest(str(which.id), title, told_apart(names[which.id]), seats, several)


def _numbers(standing: list[Standing], contest: Contest) -> dict[int, int]:
    """The number of each of the contest's candidates by its id."""
    ids = [candidate.id for candidate in standing if str(candidate.contest_id) == contest.key]
    return {id_: number for number, id_ in enumerate(ids)}


@dataclass
class _Reading:
    """The records of one contest as they come."""

    source: Source
    contest: Contest
    numbers: dict[int, int]

    def __post_init__(self) -> None:
        self.kinds: Counter[Paper] = Counter()
        self.ambiguous = self.superseded = 0

    def add(self, data: bytes, name: str) -> None:
        """Take in the records of one file; `name` is how messages call it."""
        for session in decoded(replace(self.source, name=name), data, Export, EXPORT).sessions:
            current = next((each for each in (session.modified, session.original) if each and each.is_current), None)
            if current is None:
                self.superseded += 1
                continue
            for marked in _contests(current):
                if str(marked.id) == self.contest.key:
                    self.kinds[self._paper(marked)] += 1

    def _paper(self, marked: Marked) -> Paper:
        marks = []
        for mark in marked.marks:
            if mark.is_ambiguous:
                self.ambiguous += 1
            elif mark.candidate_id not in self.numbers:
                raise self.source.refuse(
                    None,
                    say(
                        "marks for candidates of the contest expected, and {candidate} is none",
                        candidate=str(mark.candidate_id),
                    ),
                )
            else:
                marks.append((max(1, mark.rank), self.numbers[mark.candidate_id]))
        return paper(marks)

    def papers(self) -> Profile | Approvals:
        """What the records come down to."""
        if not self.kinds:
            raise self.source.refuse(
                None, say("at least one record of the contest {contest} expected", contest=self.contest.key)
            )
        if self.contest.seats is None and _several(self.kinds):
            raise CountError(
                say(
                    "{file}: several candidates are marked and none is ranked: give the whole folder as a zip file, "
                    "whose ContestManifest.json says how many may be marked",
                    file=self.source.shown,
                )
            )
        facts = {"ambiguous marks": self.ambiguous, "records that are not current": self.superseded}
        told = {name: str(count) for name, count in facts.items() if count}
        return papers(self.source, self.contest, self.kinds, told)


def _contests(version: Version) -> Iterator[Marked]:
    yield from version.contests
    for card in version.cards:
        yield from card.contests


def _several(kinds: Counter[Paper]) -> bool:
    """Whether nothing but first ranks is marked, and several on one paper: then ranks mean nothing."""
    ranks = {rank for marks in kinds for rank, _ in marks}
    return ranks <= {1} and any(len(marks) > 1 for marks in kinds)
