"""Statutes: the rules of one body as one value, read strictly from TOML (estatuto).

Guarantees that whatever is read has every key known, every fraction exact and every date valid, and that its digest is
that of the exact bytes that were adopted. Rules that read well and contradict one another are `review.py`'s matter.

>>> from tinkuy.statutes import presets
>>> statutes = Statutes.from_toml(presets.read("de-urabstimmung"))
>>> verdict = statutes.majority("strike").judge(Figures(votes_for=4583, against=450, null=13, eligible=5255))
>>> str(verdict.sentence())
'Carried: 4,583 of 5,255 eligible persons in favour (87.2 %); at least 3,942 needed (3/4 of 5,255).'
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tinkuy.statutes import provisions
from tinkuy.statutes.bar import Bar
from tinkuy.statutes.delegates import Delegates, read_delegates
from tinkuy.statutes.elections import Office, read_elections
from tinkuy.statutes.errors import StatutesError, shown
from tinkuy.statutes.majorities import read_majorities
from tinkuy.statutes.majority import Majority, TestRule
from tinkuy.statutes.provisions import (
    Ballots,
    Election,
    Electorate,
    Notice,
    Officers,
    RollUp,
    Thresholds,
    Windows,
)
from tinkuy.statutes.quorum import Quorum, read_quorum
from tinkuy.statutes.reading import Table, parse
from tinkuy.statutes.verdict import Figures, Test, Verdict
from tinkuy.words import say

__all__ = ["KINDS", "Figures", "Majority", "Quorum", "Statutes", "Test", "Verdict"]

KINDS = (
    "ordinary",
    "statutes",
    "recall",
    "strike",
    "strike.accept",
    "dissolve",
    "rescind",
    "previous_question",
    "election",
    "affiliation",
    "consultation",
    "recount",
)
"""The kinds of decision that every body knows; those without a majority of their own are decided as "ordinary"."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statutes:
    """A body's statutes in one version. `checked` says who reviewed them; "no" until a jurist has."""

    name: str
    title: str
    valid_from: datetime.date
    valid_to: datetime.date | None
    source: str
    checked: str
    caution: str
    electorate: Electorate
    quorums: tuple[Quorum, ...]
    majorities: Mapping[str, Majority]
    ballot: Ballots
    notice: Notice
    delegates: Delegates | None
    roll_up: RollUp
    thresholds: Thresholds
    officers: Officers
    windows: Windows
    election: Election
    elections: tuple[Office, ...] = ()
    written: tuple[str, ...] = ()  # the topics that the text speaks of
    digest: str = ""
    # Kinds decided as "ordinary", kept as they are asked for: replay asks at every vote of every book.
    fallen_back: dict[str, Majority] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_toml(cls, data: bytes) -> Statutes:
        """Read statutes of at most 64 KiB. Raises `StatutesError` with the line and the key of what is wrong."""
        return _read(parse(data), hashlib.sha256(data).hexdigest())

    @property
    def version(self) -> str:
        """Name and first day: how verdicts cite these statutes."""
        return f"{self.name}, {self.valid_from.isoformat()}"

    @property
    def embargo(self) -> bool:
        """Whether partial figures stay closed above the base until the close."""
        return self.thresholds.embargo

    def in_force(self, day: datetime.date) -> bool:
        """Whether these statutes are valid on `day`; first and last day included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def quorum(self, call: int, kind: str = "ordinary") -> Quorum:
        """The quorum of a call, for `kind` where it has its own. Raises `StatutesError` where there is no such call."""
        of_call = [quorum for quorum in self.quorums if quorum.call == call]
        for quorum in of_call:
            if kind in quorum.applies_to:
                return quorum
        for quorum in of_call:
            if not quorum.applies_to:
                return quorum
        if not self.quorums:
            raise StatutesError("quorum", say("{version} has no quorum: write [[quorum]]", version=self.version))
        calls = tuple(str(n) for n in sorted({quorum.call for quorum in self.quorums}))
        problem = say(
            "there is no call {call} in {version}; calls: {calls}", call=str(call), version=self.version, calls=calls
        )
        raise StatutesError("quorum", problem)

    def majority(self, kind: str) -> Majority:
        """The majority of `kind`, or the ordinary one for a kind of `KINDS` without its own.

        Raises `StatutesError` for a kind that neither `KINDS` nor these statutes know: a mistyped kind must not be
        decided by an ordinary majority.
        """
        if kind in self.majorities:
            return self.majorities[kind]
        if kind in KINDS and "ordinary" in self.majorities:
            if kind not in self.fallen_back:
                self.fallen_back[kind] = replace(self.majorities["ordinary"], kind=kind)
            return self.fallen_back[kind]
        known = sorted({*self.majorities, *(KINDS if "ordinary" in self.majorities else ())})
        near = difflib.get_close_matches(kind, known, 1, 0.6)
        if near:
            problem = say('no majority for "{kind}"; did you mean "{near}"?', kind=shown(kind), near=near[0])
        else:
            problem = say('no majority for "{kind}"; known: {known}', kind=shown(kind), known=", ".join(known))
        raise StatutesError(f"majority.{kind}", problem)

    def office(self, name: str) -> Office:
        """How an office is filled. Raises `StatutesError`, naming the offices there are, when it is none of them."""
        for one in self.elections:
            if one.office == name:
                return one
        if not self.elections:
            problem = say("{version} does not say how offices are filled: write [[elections]]", version=self.version)
        else:
            offices = tuple(one.office for one in self.elections)
            problem = say('no office is called "{office}"; offices: {offices}', office=shown(name), offices=offices)
        raise StatutesError("elections", problem)

    def consultation(self, kind: str = "consultation") -> Majority:
        """The majority of `kind` together with the turnout and the support that the thresholds ask for."""
        more: list[TestRule] = []
        if self.thresholds.turnout is not None:
            bar = Bar(self.thresholds.turnout, ">=")
            more.append(TestRule(numerator="votes", denominator="eligible", bar=bar, name="turnout"))
        if self.thresholds.support is not None:
            bar = Bar(self.thresholds.support, ">=")
            more.append(TestRule(numerator="for", denominator="eligible", bar=bar, name="support"))
        return self.majority(kind).with_tests(*more)


def _read(table: Table, digest: str) -> Statutes:
    name = table.text("name")
    if _NAME.fullmatch(name) is None or len(name) > 60:
        raise table.error("name", say('a name is small letters, digits and hyphens, as "pe-sindicato"'))
    valid_from = table.day("valid_from")
    version = f"{name}, {valid_from.isoformat()}"
    electorate = provisions.read_electorate(table.table("electorate"))
    delegates = read_delegates(table.table("delegates")) if table.has("delegates") else None
    made = Statutes(
        name=name,
        title=table.text("title", name),
        valid_from=valid_from,
        valid_to=table.day("valid_to") if table.has("valid_to") else None,
        source=table.text("source"),
        checked=table.text("checked"),
        caution=table.text("caution", ""),
        electorate=electorate,
        quorums=tuple(read_quorum(one, version) for one in table.tables("quorum")),
        majorities=read_majorities(table.table("majority"), electorate, version),
        ballot=provisions.read_ballots(table.table("ballot")),
        notice=provisions.read_notice(table.table("notice")),
        delegates=delegates,
        roll_up=provisions.read_roll_up(table.table("roll_up")),
        thresholds=provisions.read_thresholds(table.table("thresholds")),
        officers=provisions.read_officers(table.table("officers")),
        windows=provisions.read_windows(table.table("windows")),
        election=provisions.read_election(table.table("election")),
        elections=read_elections(table.tables("elections")),
        written=tuple(table.values),
        digest=digest,
    )
    table.close()
    return made
