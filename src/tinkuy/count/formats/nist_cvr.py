"""Cast vote records in the common data format of NIST: one contest out of a report, as JSON.

Of each record the current snapshot counts. A position that is indicated is a mark, at its rank where voters rank, and
a doubtful one is a mark where the report allots it a vote; `facts["doubtful marks"]` says how many are none. Where
voters rank, marks are kept whether or not the report allots them votes, for the interpretation to judge; elsewhere
those that it does not allot are no votes.

Source: NIST SP 1500-103, Cast Vote Records Common Data Format Specification 1.0 (2020), CastVoteRecordReport, CVR,
CVRSnapshot, CVRContest, CVRContestSelection, SelectionPosition.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import msgspec

from tinkuy.count.errors import Unreadable
from tinkuy.count.formats.cast_votes import MOST_RANK, Contest, Paper, chosen, decoded, paper, papers, told_apart
from tinkuy.count.formats.source import Source
from tinkuy.count.profile import Approvals, Profile
from tinkuy.words import Said, say

Rank = Annotated[int, msgspec.Meta(ge=1, le=MOST_RANK)]
Few = Annotated[int, msgspec.Meta(ge=0, le=MOST_RANK)]

RANKED = ("rcv", "borda")
UNCOUNTED = ("range", "cumulative")
"""Kinds of vote in which a position holds several votes."""


class Position(msgspec.Struct, rename="pascal"):
    """SelectionPosition: a place for a mark. Whether there is one, and whether it is allotted: yes, no or unknown."""

    has_indication: str
    is_allocable: str = "unknown"
    rank: Rank | None = None
    number_votes: int = 1


class Selected(msgspec.Struct, rename="pascal"):
    """CVRContestSelection: a contest's option on a ballot."""

    contest_selection_id: str = ""
    rank: Rank | None = None
    selection_position: list[Position] = []


class Voted(msgspec.Struct):
    """CVRContest."""

    contest: str = msgspec.field(name="ContestId")
    selections: list[Selected] = msgspec.field(name="CVRContestSelection", default_factory=list)


class Snapshot(msgspec.Struct):
    """CVRSnapshot: a record as it was read, or adjudicated."""

    id: str = msgspec.field(name="@id", default="")
    contests: list[Voted] = msgspec.field(name="CVRContest", default_factory=list)


class Record(msgspec.Struct):
    """CVR."""

    snapshots: list[Snapshot] = msgspec.field(name="CVRSnapshot")
    current: str = msgspec.field(name="CurrentSnapshotId", default="")


class Named(msgspec.Struct):
    """A Candidate or a Party."""

    id: str = msgspec.field(name="@id")
    name: str = msgspec.field(name="Name", default="")


class Option(msgspec.Struct):
    """A ContestSelection of any kind."""

    id: str = msgspec.field(name="@id")
    candidates: list[str] = msgspec.field(name="CandidateIds", default_factory=list)
    parties: list[str] = msgspec.field(name="PartyIds", default_factory=list)
    selection: str = msgspec.field(name="Selection", default="")
    written: bool = msgspec.field(name="IsWriteIn", default=False)


class Asked(msgspec.Struct):
    """A Contest of any kind."""

    id: str = msgspec.field(name="@id")
    options: list[Option] = msgspec.field(name="ContestSelection", default_factory=list)
    name: str = msgspec.field(name="Name", default="")
    elected: Few | None = msgspec.field(name="NumberElected", default=None)
    allowed: Few = msgspec.field(name="VotesAllowed", default=1)
    variation: str = msgspec.field(name="VoteVariation", default="")


class Election(msgspec.Struct):
    """Election: what was voted on."""

    contests: list[Asked] = msgspec.field(name="Contest", default_factory=list)
    candidates: list[Named] = msgspec.field(name="Candidate", default_factory=list)


class Report(msgspec.Struct):
    """CastVoteRecordReport."""

    elections: list[Election] = msgspec.field(name="Election")
    records: list[Record] = msgspec.field(name="CVR", default_factory=list)
    parties: list[Named] = msgspec.field(name="Party", default_factory=list)


def read(source: Source) -> Profile | Approvals:
    """The papers of the contest that `source.contest` names, or of the only one.

    Raises `Unreadable`, naming the place, for a report that is not as specified.
    """
    report = decoded(source, source.data, Report, say("a CastVoteRecordReport of NIST SP 1500-103 expected"))
    contests = [(each, election) for election in report.elections for each in election.contests]
    titles = [(each.id, source.named(each.name or each.id, None)) for each, _ in contests]
    asked, election = contests[chosen(source, titles)]
    if asked.variation in UNCOUNTED:
        raise source.refuse(
            None, say("a contest in which each mark is one vote expected; {contest} is another", contest=asked.id)
        )
    if not asked.options:
        raise source.refuse(None, say("candidates for the contest {contest} expected", contest=asked.id))
    ranked = asked.variation in RANKED or any(_ranks(record, asked.id) for record in report.records)
    reading = _Reading(source, asked, ranked, {option.id: number for number, option in enumerate(asked.options)})
    kinds = Counter(marked for number, record in enumerate(report.records) for marked in reading.papers(number, record))
    if not kinds:
        raise source.refuse(None, say("at least one record of the contest {contest} expected", contest=asked.id))
    contest = Contest(
        asked.id,
        source.named(asked.name, None),
        told_apart(source.named(name, None) for name in _names(asked, [*election.candidates, *report.parties])),
        asked.elected,
        1 if ranked else max(1, asked.allowed),
    )
    facts = {"doubtful marks": str(reading.doubtful)} if reading.doubtful else {}
    return papers(source, contest, kinds, facts)


@dataclass
class _Reading:
    """The records of one contest."""

    source: Source
    asked: Asked
    ranked: bool
    numbers: dict[str, int]
    doubtful: int = 0

    def papers(self, number: int, record: Record) -> list[Paper]:
        """The paper on which a record holds the contest; none where it does not."""
        snapshots = [each for each in record.snapshots if not record.current or each.id == record.current]
        if len(snapshots) != 1:
            raise self._refuse(number, say("one current snapshot expected"))
        voted = [each for each in snapshots[0].contests if each.contest == self.asked.id]
        if len(voted) > 1:
            raise self._refuse(number, say("the contest once in a snapshot expected"))
        return [paper(mark for one in each.selections for mark in self._marks(number, one)) for each in voted]

    def _marks(self, number: int, selected: Selected) -> list[tuple[int, int]]:
        marks = []
        for position in selected.selection_position:
            if position.has_indication == "unknown" and position.is_allocable != "yes":
                self.doubtful += 1
            elif position.has_indication in ("yes", "unknown") and (self.ranked or position.is_allocable != "no"):
                rank = position.rank or selected.rank or 1
                if selected.contest_selection_id not in self.numbers:
                    raise self._refuse(
                        number, say("an option of the contest expected, not {id}", id=selected.contest_selection_id)
                    )
                marks.append((rank, self.numbers[selected.contest_selection_id]))
        return marks

    def _refuse(self, number: int, expected: Said) -> Unreadable:
        return self.source.refuse(None, say("record {number}: {expected}", number=str(number + 1), expected=expected))


def _ranks(record: Record, contest: str) -> bool:
    """Whether anything in the contest stands at another rank than the first."""
    return any(
        (position.rank or selected.rank or 1) > 1
        for snapshot in record.snapshots
        for voted in snapshot.contests
        if voted.contest == contest
        for selected in voted.selections
        for position in selected.selection_position
    )


def _names(asked: Asked, named: list[Named]) -> list[str]:
    """What each option is called: its candidates or parties, else what it says of itself, else its id."""
    known = {each.id: each.name for each in named}
    return [
        " / ".join(known.get(id_) or id_ for id_ in [*option.candidates, *option.parties])
        or option.selection
        or ("Write-in" if option.written else option.id)
        for option in asked.options
    ]
