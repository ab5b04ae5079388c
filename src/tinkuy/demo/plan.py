"""What happens in the demonstration, decided before anything is built: who the bases are, how they vote, and what
goes wrong.

Guarantees that the same number of units and the same seed give the same plan. Everything is invented but the
geography; the faults are those that returns have in life (practice.md): sums that do not add up, a figure left out,
words that differ, a signature lacking, late sheets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tinkuy.demo import names, peru
from tinkuy.demo.names import Kind

QUESTION = "¿Convocamos a un paro nacional de 48 horas los días 24 y 25 de marzo?"
FEWEST, MOST = 12, 100_000

PRESETS: dict[Kind, str] = {
    "neighbourhood": "pe-junta-vecinal",
    "community": "pe-comunidad-campesina",
    "university": "federacion-estudiantil",
    "workplace": "pe-sindicato",
}
_SIZES: dict[Kind, tuple[int, int]] = {
    "neighbourhood": (60, 420),
    "community": (40, 300),
    "university": (120, 900),
    "workplace": (30, 380),
}
# Each fault, and of how many units in a thousand; of each there is at least one where there are units enough.
FAULTS: tuple[tuple[str, int], ...] = (
    ("sum", 6),  # the boxes do not add up
    ("over", 2),  # more papers than persons who signed in
    ("missing", 4),  # a box left empty
    ("words", 2),  # figures in words and in digits differ
    ("unsigned", 3),  # the chair has not signed
    ("roll", 2),  # voted on a roll that was frozen again after it was lodged
    ("copied", 2),  # the sheet is not what the tellers counted
    ("papers", 2),  # papers received are not accounted for
    ("quorum", 2),  # met without the quorum of the call
    ("notice", 2),  # called too late
    ("two-sheets", 1),  # a second, different sheet in the same book
    ("fork", 1),  # the book was restored from an old copy and went on: two histories
    ("twice", 1),  # the same base is listed a second time under another region
    ("mandate", 1),  # the delegate voted against the mandate
    ("resolved", 3),  # a sum that people compared and resolved
    ("annulled", 1),
    ("late", 12),
    ("silent", 18),  # nothing ever came
    ("not-held", 5),
    ("tiny", 4),  # fewer members than may be shown alone
    ("rotated", 8),  # the secretary changed keys before the vote: no fault at all
    ("proof", 60),  # sent its sheet with a proof of inclusion, not its whole book: no fault either
)


@dataclass(frozen=True, slots=True)
class Base:
    """A base and what it does: its place, its members, its figures, and its fault ("" for most)."""

    code: str
    name: str
    kind: Kind
    province: str
    members: int
    signed_in: int
    votes: tuple[int, int, int]  # for, against, abstain
    blank: int
    null: int
    meets: str  # when its meeting opens
    arrives: str  # when its sheet reaches the federation
    fault: str = ""

    @property
    def cast(self) -> int:
        """Papers cast."""
        return sum(self.votes) + self.blank + self.null


def plan(units: int, seed: int) -> tuple[Base, ...]:
    """The bases by code. Raises ValueError for a number of units outside `FEWEST` … `MOST`."""
    if not FEWEST <= units <= MOST:
        raise ValueError(f"between {FEWEST} and {MOST} units")
    random = Random(f"tinkuy demo {seed} {units}")
    lean = {region.code: random.uniform(0.46, 0.74) for region in peru.regions()}
    kinds = random.choices(names.KINDS, weights=(34, 34, 8, 24), k=units)
    drawn = {kind: iter(names.distinct(kind, kinds.count(kind), random)) for kind in names.KINDS}
    provinces = _spread(units, random)
    serial: dict[str, int] = {}
    bases = []
    for kind, province in zip(kinds, provinces, strict=True):
        serial[province] = serial.get(province, 0) + 1
        code = f"{province}-{serial[province]:03}"
        bases.append(_base(code, next(drawn[kind]), kind, province, lean[province[:2]], random))
    return _with_faults(sorted(bases, key=lambda base: base.code), random)


def _spread(units: int, random: Random) -> list[str]:
    """A province for every unit: each region gets one where there are units enough, the rest go by population."""
    provinces = peru.provinces()
    capitals = [next(one.code for one in provinces if one.region == region.code) for region in peru.regions()]
    first = capitals[:units] if units >= 2 * len(capitals) else []
    weights = [one.population for one in provinces]
    return first + random.choices([one.code for one in provinces], weights, k=units - len(first))


def _base(code: str, name: str, kind: Kind, province: str, lean: float, random: Random) -> Base:
    least, most = _SIZES[kind]
    members = int(least * (most / least) ** random.betavariate(1.6, 2.4))
    turnout = random.uniform(0.5, 0.86)
    signed_in = max(31 if kind == "university" else 1, int(members * turnout))
    blank, null, abstain = (int(signed_in * random.uniform(0, part)) for part in (0.03, 0.03, 0.05))
    valid = signed_in - blank - null - abstain
    votes_for = min(valid, int(valid * min(0.97, max(0.06, random.gauss(lean, 0.13)))))
    day, hour, minute = random.randrange(1, 8), random.randrange(13, 24), random.choice((0, 15, 30, 45))
    hours = random.randrange(2, 15)
    days, hour_there = divmod(hour + hours, 24)
    clock = f"{min(hour_there, 19):02}:{random.randrange(60):02}:{random.randrange(60):02}"
    arrives = f"2026-03-{min(8, day + days):02}T{clock}Z"
    meets = f"2026-03-{day:02}T{hour:02}:{minute:02}:00Z"
    return Base(
        code,
        name,
        kind,
        province,
        members,
        signed_in,
        (votes_for, valid - votes_for, abstain),
        blank,
        null,
        meets,
        arrives,
    )


def _with_faults(bases: Sequence[Base], random: Random) -> tuple[Base, ...]:
    left = list(range(len(bases)))
    random.shuffle(left)
    changed = dict(enumerate(bases))
    for fault, thousandths in FAULTS:
        count = max(1 if len(bases) >= 4 * len(FAULTS) or thousandths >= 4 else 0, len(bases) * thousandths // 1000)
        for _ in range(min(count, len(left) - len(bases) // 2)):
            at = left.pop()
            changed[at] = _faulty(bases[at], fault)
    return tuple(changed[at] for at in range(len(bases)))


def _faulty(base: Base, fault: str) -> Base:
    if fault == "late":
        return replace(base, fault=fault, arrives="2026-03-09T" + base.arrives[11:])
    if fault == "quorum":
        least = max(1, base.members // 20)
        return replace(base, fault=fault, signed_in=least, votes=(least, 0, 0), blank=0, null=0)
    if fault == "tiny":
        return replace(base, fault=fault, members=8, signed_in=7, votes=(4, 3, 0), blank=0, null=0, kind="community")
    return replace(base, fault=fault)
