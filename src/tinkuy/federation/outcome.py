"""What a roll-up, a recount or an audit says: values only, the same for the terminal, JSON and the site.

Every number is an integer. Dictionaries are in the order in which they are to be read: levels from the top down,
nodes by code, options in the order of the question.

`gc=False`: these hold numbers alone and come by the ten thousand; the collector need not look into them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tinkuy.words import Said


class Totals(msgspec.Struct, frozen=True, gc=False):
    """Sums over the counted sheets of a node: persons (`eligible`, `cast`) and papers (the rest)."""

    eligible: int
    cast: int
    options: dict[str, int]
    blank: int
    null: int
    challenged: int


class Coverage(msgspec.Struct, frozen=True, gc=False):
    """How much of a node has been heard: units, and the persons on their rolls.

    `counted + held + late + missing + annulled + not_held = units`. `missing` are units from which nothing has come.
    `electors_outstanding` are the persons of held, late and missing units: those who could still change the result.
    """

    units: int
    counted: int
    held: int
    late: int
    missing: int
    annulled: int
    not_held: int
    electors: int
    electors_counted: int
    electors_outstanding: int


class CheckCount(msgspec.Struct, frozen=True):
    """One of the twenty checks and the units, by code, that it names."""

    check: int
    severity: str  # "E" holds the sheet, "W" warns
    units: tuple[str, ...]
    count: int


class TestShown(msgspec.Struct, frozen=True):
    """One test of a verdict, as a bar with its threshold: reached / denominator, against needed."""

    name: str  # what is tested, as a key: "for", "turnout", "support" …
    sentence: Said
    numerator: int
    denominator: int
    needed: int  # the least numerator that passes with this denominator
    fraction: str  # "1/2"
    op: str  # ">" or ">="
    passed: bool


class ModeShown(msgspec.Struct, frozen=True):
    """The verdict when the same ballots are added up in one way ("member", "unit", "region" …)."""

    mode: str
    binding: bool
    passed: bool
    headline: Said  # in one short sentence, for where the figures stand below it
    sentence: Said  # with every figure
    weights: dict[str, int]  # what each option has in this mode's weights
    tied: int  # weight of units or regions with no single winner
    total: int  # weight of all frozen units
    outstanding: int  # weight of those not counted
    margin: int  # first option's weight less the second's
    to_turn: int | None  # the least outstanding weight that could change the verdict; None if all of it cannot
    tests: tuple[TestShown, ...] = ()


class NodeShown(msgspec.Struct, frozen=True, gc=False):
    """A node of the tree with its figures; small cells are joined to a sibling before they reach this value."""

    code: str
    name: str
    level: str
    parent: str  # "" for the root
    totals: Totals
    coverage: Coverage
    modes: tuple[ModeShown, ...] = ()
    joined: tuple[str, ...] = ()  # codes of the nodes shown together here because alone they are too small


class Finding(msgspec.Struct, frozen=True):
    """Something that an observer should read, with its place."""

    severity: str  # "breach": the archive is not sound; "E": a sheet is held; "W": look at it; "info"
    place: str  # "unit 120604-07", "federation book, act 12"
    said: Said
    check: int | None = None
    unit: str | None = None
    effect: Said | None = None  # "held, not counted"


class SeatsShown(msgspec.Struct, frozen=True):
    """Seats shared among the lists of a question by their votes, and the figure that decided (cifra repartidora)."""

    rule: str
    seats: int
    won: dict[str, int]  # seats of every list; empty while a tie waits for the lot, or no list has votes enough
    figure: str  # the last quotient that took a seat, or the quota: exact, "61/3" or "20.5"; "" where a rule has none
    threshold: str  # share of the votes that a list must reach, "" for none
    tied: tuple[str, ...]
    sentence: Said


class OptionShown(msgspec.Struct, frozen=True):
    """An option of the question and its part in the rule: "for", "against", "abstain", or "choice" among several."""

    name: str
    role: str


class StateChange(msgspec.Struct, frozen=True):
    """One step in a sheet's history, as the federation's book records it."""

    at: str  # RFC 3339, a claim
    state: str
    by: str  # role
    reason: Said | str  # as an officer wrote it, or what the record itself says; "" for none


class Signature(msgspec.Struct, frozen=True):
    """An officer's signature on the checkpoint that seals the sheet."""

    role: str
    key: str  # 64 hex digits
    valid: bool


class SheetShown(msgspec.Struct, frozen=True):
    """A unit's tally sheet as the paper shows it, and its proof. None where the paper is empty or illegible."""

    code: str
    name: str
    kind: str  # neighbourhood, community, university, workplace …
    path: tuple[str, ...]  # codes of the nodes above, top level first
    state: str
    eligible: int | None
    signed_in: int | None
    cast: int | None
    votes: tuple[int | None, ...]  # in the order of the question; empty when no sheet came
    blank: int | None
    null: int | None
    challenged: int | None
    received: int | None = None
    spoiled: int | None = None
    unused: int | None = None
    place: str = ""
    opened: str = ""
    closed: str = ""
    tellers: tuple[str, ...] = ()
    hidden: bool = False  # fewer than small_cell voters: figures are withheld from pages
    checks: tuple[int, ...] = ()
    differences: tuple[Said, ...] = ()  # one sentence a failed check, with its figures
    history: tuple[StateChange, ...] = ()
    book: str = ""  # book id
    index: int | None = None  # of the sheet's entry
    size: int | None = None  # of the checkpoint
    root: str = ""  # hex
    check_code: str = ""  # for reading aloud
    signatures: tuple[Signature, ...] = ()
    entry: str = ""  # the signed entry, exactly as signed (JSON text)
    whole_book: bool = True  # False: the sheet came with a proof of inclusion only
    fork: Said | None = None  # that two histories of the base's book were seen, and what its assembly chose


class Report(msgspec.Struct, frozen=True):
    """Everything that an audit of one consultation found; the site and `tinkuy verify --json` are views of it."""

    federation: str
    federation_book: str
    consultation: str  # its id: derived from the act that drafted it
    question: str
    options: tuple[OptionShown, ...]
    rule: str
    statutes: str  # name and date of the statutes that judge
    opens: str
    closes: str
    state: str  # drafted opened closed provisional certified ratified archived
    embargoed: bool
    as_of: str  # time of the last act read
    synthetic: bool  # the federation says in its founding act that it is an invented example
    levels: tuple[str, ...]
    nodes: tuple[NodeShown, ...]  # root first, then by level and code
    sheets: Sequence[SheetShown]  # by code; perhaps made as they are read
    modes: tuple[ModeShown, ...]  # the binding one first
    states: dict[str, int]
    checks: tuple[CheckCount, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[Said, ...]
    books: int
    acts: int
    officer_signatures: int
    inclusion_proofs: int
    sound: bool
    fingerprint: str  # SHA-256 of the archive's manifest, hex; "" when the books were read from a store
    check_code: str  # of the federation's checkpoint


class ListsReport(Report, frozen=True):
    """The report of a consultation whose options are lists: what it comes to in seats, besides."""

    seats: SeatsShown
