"""The plain provisions of statutes: who votes, by which ballot, with what notice, who seals, how long things last.

Each is a frozen value and the function that reads its table. An absent table gives the defaults written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

from tinkuy.statutes.majority import Stratum
from tinkuy.statutes.reading import Table
from tinkuy.words import say

Base = Literal["members", "qualified", "present", "delegates", "units"]
Snapshot = Literal["notice", "roll_frozen", "session", "vote"]
Presence = Literal["in person", "remote", "hybrid"]
Method = Literal["hands", "roll-call", "secret"]
DaysAre = Literal["business", "calendar"]
Mode = Literal["member", "unit", "region", "card", "proportional", "degressive", "delegate"]
Proclaim = Literal["resolved", "margin"]
Reelection = Literal["none", "once", "any"]
Parity = Literal["none", "half"]
Retain = Literal["challenge", "recount", "term"]

_MOST_DAYS = 3660  # ten years, the longest period in days that is believed


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Persons on the roll who leave the denominator, and why."""

    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Electorate:
    """Who decides (padrón). `snapshot_at` is the moment at which the roll is frozen."""

    base: Base = "qualified"
    snapshot_at: Snapshot = "roll_frozen"
    presence: tuple[Presence, ...] = ("in person",)
    exclusions: tuple[Exclusion, ...] = ()
    strata: tuple[Stratum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """The ballot of each kind of decision; `recount_on_demand` of those present may have it counted again."""

    default: Method = "hands"
    kinds: Mapping[str, Method] = field(default_factory=dict)
    recount_on_demand: Fraction | None = None

    def method(self, kind: str) -> Method:
        """The ballot by which `kind` is decided."""
        return self.kinds.get(kind, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """How a session, or one kind of decision, is announced (convocatoria). `items` must stand in the notice."""

    days: int = 0
    days_are: DaysAre = "calendar"
    channels: tuple[str, ...] = ()
    proof: str = ""
    items: tuple[str, ...] = ()
    kinds: Mapping[str, Notice] = field(default_factory=dict)

    def of(self, kind: str) -> Notice:
        """The notice for `kind`; the general one where nothing is said of it."""
        return self.kinds.get(kind, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """How bases add up (cómputo). With `double`, each of its modes must carry; the other modes are always shown."""

    binding: Mode = "member"
    double: tuple[Mode, ...] = ()
    ratified_by_delegates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a consultation needs besides its majority; None is not asked for.

    `turnout` and `support` are of the eligible, `coverage` is of the units and is needed to certify. A result of fewer
    than `small_cell` voters is never shown alone. Turnout under `review_below` calls for a review of the statutes.
    `demand` is the part of the members who may demand an assembly. `proclaim` waits until every observed sheet is
    resolved, or only until the margin exceeds what is outstanding.
    """

    turnout: Fraction | None = None
    support: Fraction | None = None
    coverage: Fraction | None = None
    small_cell: int = 10
    review_below: Fraction | None = None
    demand: Fraction | None = None
    embargo: bool = False
    proclaim: Proclaim = "margin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """How a board is recalled without its help (revocatoria); by default only a vote recalls.

    `members` is the part of the members who may take part whose keys must sign; `parent` lets the body above
    countersign. Either is enough, unless `both` asks for the two.
    """

    members: Fraction | None = None
    parent: bool = False
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Officers:
    """Who signs and who counts. `term_months` 0 means that the statutes set no term."""

    roles: tuple[str, ...] = ()
    seal: tuple[str, ...] = ("chair", "secretary")
    tellers: int = 2
    committee: int = 0
    committee_alternates: int = 0
    term_months: int = 0
    reelection: Reelection = "any"
    parity: Parity = "none"
    alternation: bool = False
    recall: Recall = Recall()


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Periods in days, 0 where none is set; `mandate_months` is how long an approved action stays approved."""

    days_are: DaysAre = "calendar"
    objections: int = 0
    challenge: int = 0
    recount: int = 0
    call_before_term_end: int = 0
    mandate_months: int = 0
    retain_ballots_until: Retain = "challenge"


@dataclass(frozen=True, slots=True)
class Reserved:
    """Seats kept for a part of the people (escaños reservados)."""

    name: str
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """How seats are filled, by lists in districts; `threshold` is of the valid votes, None where there is none."""

    method: Literal["plurality", "dhondt"] = "plurality"
    district: str = ""
    lists: Literal["open", "closed", "alternated"] = "open"
    threshold: Fraction | None = None
    reserved: tuple[Reserved, ...] = ()


def read_electorate(table: Table) -> Electorate:
    """`[electorate]`."""
    bases: tuple[Base, ...] = get_args(Base)
    snapshots: tuple[Snapshot, ...] = get_args(Snapshot)
    presences: tuple[Presence, ...] = get_args(Presence)
    held = table.words("presence", ("in person",), presences)
    made = Electorate(
        base=table.word("base", bases, "qualified"),
        snapshot_at=table.word("snapshot_at", snapshots, "roll_frozen"),
        presence=tuple(one for one in presences if one in held),
        exclusions=tuple(_read_exclusion(one) for one in table.tables("exclusions")),
        strata=_read_strata(table),
    )
    table.close()
    return made


def _read_exclusion(table: Table) -> Exclusion:
    made = Exclusion(table.label("who"), table.text("reason"))
    table.close()
    return made


def _read_strata(table: Table) -> tuple[Stratum, ...]:
    strata: list[Stratum] = []
    for one in table.tables("strata"):
        strata.append(Stratum(one.label("name"), one.fraction("weight")))
        one.close()
    names = [stratum.name for stratum in strata]
    if len(set(names)) < len(names):
        raise table.error("strata", say("two strata have the same name"))
    if strata and sum(stratum.weight for stratum in strata) != 1:
        raise table.error("strata", say("the weights of the strata must add up to 1"))
    return tuple(strata)


def read_ballots(table: Table) -> Ballots:
    """`[ballot]`: every other key is a kind of decision."""
    methods: tuple[Method, ...] = get_args(Method)
    default = table.word("default", methods, "hands")
    recount = optional(table, "recount_on_demand")
    kinds = {kind: table.word(kind, methods) for kind in table.rest()}
    return Ballots(default=default, kinds=kinds, recount_on_demand=recount)


def read_notice(table: Table) -> Notice:
    """`[notice]` and `[notice.<kind>]`, which says again what differs."""
    general = _notice(table, Notice())
    kinds = {}
    for kind in table.rest(dict):
        own = table.table(kind)
        kinds[kind] = _notice(own, general)
        own.close()
    table.close()
    return Notice(
        days=general.days,
        days_are=general.days_are,
        channels=general.channels,
        proof=general.proof,
        items=general.items,
        kinds=kinds,
    )


def _notice(table: Table, otherwise: Notice) -> Notice:
    days_are: tuple[DaysAre, ...] = get_args(DaysAre)
    return Notice(
        days=table.whole("days", otherwise.days, most=_MOST_DAYS),
        days_are=table.word("days_are", days_are, otherwise.days_are),
        channels=table.words("channels", otherwise.channels),
        proof=table.text("proof", otherwise.proof),
        items=table.words("items", otherwise.items),
    )


def read_roll_up(table: Table) -> RollUp:
    """`[roll_up]`."""
    modes: tuple[Mode, ...] = get_args(Mode)
    double = table.words("double", (), modes)
    if len(double) == 1:
        raise table.error("double", say("a double majority names two modes or more"))
    made = RollUp(
        binding=table.word("binding", modes, "member"),
        double=tuple(mode for one in double for mode in modes if mode == one),
        ratified_by_delegates=table.flag("ratified_by_delegates", False),
    )
    table.close()
    return made


def read_thresholds(table: Table) -> Thresholds:
    """`[thresholds]`."""
    proclaim: tuple[Proclaim, ...] = get_args(Proclaim)
    made = Thresholds(
        turnout=optional(table, "turnout"),
        support=optional(table, "support"),
        coverage=optional(table, "coverage"),
        small_cell=table.whole("small_cell", 10, most=100_000),
        review_below=optional(table, "review_below"),
        demand=optional(table, "demand"),
        embargo=table.flag("embargo", False),
        proclaim=table.word("proclaim", proclaim, "margin"),
    )
    table.close()
    return made


def read_officers(table: Table) -> Officers:
    """`[officers]`."""
    reelection: tuple[Reelection, ...] = get_args(Reelection)
    parity: tuple[Parity, ...] = get_args(Parity)
    made = Officers(
        roles=table.words("roles"),
        seal=table.words("seal", ("chair", "secretary")),
        tellers=table.whole("tellers", 2, most=1000),
        committee=table.whole("committee", 0, most=1000),
        committee_alternates=table.whole("committee_alternates", 0, most=1000),
        term_months=table.whole("term_months", 0, most=1200),
        reelection=table.word("reelection", reelection, "any"),
        parity=table.word("parity", parity, "none"),
        alternation=table.flag("alternation", False),
        recall=_read_recall(table.table("recall")),
    )
    table.close()
    return made


def _read_recall(table: Table) -> Recall:
    made = Recall(
        members=optional(table, "members"), parent=table.flag("parent", False), both=table.flag("both", False)
    )
    if made.members is not None and not 0 < made.members <= 1:
        raise table.error("members", say("a part of the members is more than 0 and at most 1"))
    if made.both and (made.members is None or not made.parent):
        raise table.error("both", say("both asks for members and for the parent: write the two"))
    table.close()
    return made


def read_windows(table: Table) -> Windows:
    """`[windows]`."""
    days_are: tuple[DaysAre, ...] = get_args(DaysAre)
    retain: tuple[Retain, ...] = get_args(Retain)
    made = Windows(
        days_are=table.word("days_are", days_are, "calendar"),
        objections=table.whole("objections", 0, most=_MOST_DAYS),
        challenge=table.whole("challenge", 0, most=_MOST_DAYS),
        recount=table.whole("recount", 0, most=_MOST_DAYS),
        call_before_term_end=table.whole("call_before_term_end", 0, most=_MOST_DAYS),
        mandate_months=table.whole("mandate_months", 0, most=1200),
        retain_ballots_until=table.word("retain_ballots_until", retain, "challenge"),
    )
    table.close()
    return made


def read_election(table: Table) -> Election:
    """`[election]`."""
    reserved: list[Reserved] = []
    for one in table.tables("reserved"):
        reserved.append(Reserved(one.label("name"), one.whole("seats", most=10_000)))
        one.close()
    made = Election(
        method=table.word("method", ("plurality", "dhondt"), "plurality"),
        district=table.label("district", ""),
        lists=table.word("lists", ("open", "closed", "alternated"), "open"),
        threshold=optional(table, "threshold"),
        reserved=tuple(reserved),
    )
    table.close()
    return made


def optional(table: Table, key: str) -> Fraction | None:
    """A fraction that may be left out."""
    made = table.fraction(key, Fraction(0))
    return made if table.has(key) else None
