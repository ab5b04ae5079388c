"""Builds reports as an audit would: Peru's regions and provinces, any number of bases, sheets in every state.

The same arguments give the same report. All of it is invented but the names of regions and provinces.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256

import polars as pl
from msgspec.structs import replace

from tinkuy.demo import peru as country
from tinkuy.federation.modes import Rules
from tinkuy.federation.outcome import Finding, OptionShown, Report, SheetShown, Signature, StateChange
from tinkuy.federation.rollup import RollUp, roll_up
from tinkuy.federation.tree import Node, Tree
from tinkuy.statutes import Statutes, presets
from tinkuy.words import say

LEVELS = ("region", "province")
FIGURES = ("eligible", "signed_in", "cast", "blank", "null", "challenged")
OPTIONS = (OptionShown("A favor", "for"), OptionShown("En contra", "against"), OptionShown("Abstención", "abstain"))
KINDS = ("neighbourhood", "community", "university", "workplace")
FIRST = {
    "neighbourhood": ("Asociación de Vecinos", "Asentamiento Humano", "Junta Vecinal"),
    "community": ("Comunidad Campesina", "Comunidad Nativa", "Ronda Campesina"),
    "university": ("Centro Federado", "Asamblea Estudiantil", "Residencia Universitaria"),
    "workplace": ("Sindicato de Trabajadores", "Cooperativa", "Asamblea de Docentes"),
}
SECOND = (
    "San Martín",
    "Túpac Amaru",
    "Micaela Bastidas",
    "Nueva Esperanza",
    "Los Ángeles",
    "Ñaupa Llaqta",
    "Santa Rosa",
    "Villa María",
    "José Carlos Mariátegui",
    "Alto Progreso",
    "María Parado",
    "Yanacocha",
)


@dataclass(frozen=True)
class Cast:
    """How many of a hundred units are in each state."""

    held: int = 2
    late: int = 1
    missing: int = 9
    annulled: int = 1
    not_held: int = 1


def peru(
    units: int = 2000,
    seed: int = 7,
    *,
    shares: Cast = Cast(),
    embargoed: bool = False,
    state: str = "provisional",
    synthetic: bool = True,
    question: str = "¿Convoca la Federación un paro nacional el 15 de marzo?",
    consultation: str = "paro-15m",
) -> Report:
    """A report over `units` bases spread by population over 196 provinces."""
    chance = random.Random(seed)
    provinces = country.provinces()
    weights = [province.population for province in provinces]
    places = sorted(chance.choices(provinces, weights, k=units), key=lambda province: province.code)
    counter: dict[str, int] = defaultdict(int)
    sheets = []
    for province in places:
        counter[province.code] += 1
        code = f"{province.code}01-{counter[province.code]:04}"
        sheets.append(_sheet(chance, code, (province.region, province.code), shares))
    summed = _summed(sheets)
    hidden = set(summed.hidden)
    sheets = [replace(sheet, hidden=sheet.code in hidden) for sheet in sheets]
    return Report(
        federation="Federación de Bases (ejemplo)",
        federation_book="k3q0w4yz6c5m8t2r9v1x7b0n4d6f8h2j",
        consultation=consultation,
        question=question,
        options=OPTIONS,
        rule="more than 1/2 of the valid votes, with 1/2 of the roll taking part",
        statutes="Estatuto federal, 2026-01-10",
        opens="2026-03-01T13:00:00Z",
        closes="2026-03-08T20:00:00Z",
        state=state,
        embargoed=embargoed,
        as_of="2026-03-09T02:14:00Z",
        synthetic=synthetic,
        levels=LEVELS,
        nodes=summed.shown,
        sheets=tuple(sheets),
        modes=() if embargoed else summed.modes,
        states=summed.states,
        checks=summed.checks,
        findings=_findings(sheets),
        not_checked=(say("The photographs of the sheets were not in the archive."),),
        books=units,
        acts=units * 4,
        officer_signatures=units * 2,
        inclusion_proofs=units,
        sound=True,
        fingerprint=sha256(f"{units}/{seed}".encode()).hexdigest(),
        check_code="7K3Q-0W4Y-Z6C5-M8T2",
    )


def arrived(report: Report, code: str, votes: tuple[int, int, int]) -> Report:
    """`report` after the missing sheet of unit `code` has come in and was counted."""
    sheets = tuple(_counted(sheet, votes, 3, 2) if sheet.code == code else sheet for sheet in report.sheets)
    summed = _summed(list(sheets))
    modes = () if report.embargoed else summed.modes
    return replace(
        report,
        sheets=sheets,
        nodes=summed.shown,
        modes=modes,
        states=summed.states,
        checks=summed.checks,
        as_of="2026-03-09T02:20:00Z",
    )


def _sheet(chance: random.Random, code: str, path: tuple[str, ...], shares: Cast) -> SheetShown:
    kind = chance.choice(KINDS)
    eligible = chance.randint(9, 22) if chance.randrange(60) == 0 else chance.randint(40, 520)
    drawn = chance.randrange(100)
    state, ceiling = "normal", 0
    for name in ("held", "late", "missing", "annulled", "not_held"):
        ceiling += getattr(shares, name)
        if drawn < ceiling:
            state = {"held": "observed", "missing": "pending"}.get(name, name)
            break
    empty = SheetShown(
        code=code, name=f"{chance.choice(FIRST[kind])} {chance.choice(SECOND)}", kind=kind, path=path, state=state,
        eligible=eligible, signed_in=None, cast=None, votes=(), blank=None, null=None, challenged=None,
        history=(StateChange("2026-03-01T13:00:00Z", "pending", "secretary", "consultation opened"),),
        book=_letters(code),
    )  # fmt: skip
    if state in ("pending", "not_held"):
        return empty
    cast = eligible * chance.randint(38, 78) // 100
    blank, null, challenged = cast * 3 // 100, cast * 2 // 100, 0
    lean = {"08": 72, "21": 74, "03": 68, "15": 53, "07": 52, "13": 44, "20": 43, "24": 41}.get(path[0], 57)
    in_favour = (cast - blank - null) * chance.randint(lean - 22, lean + 16) // 100
    abstain = (cast - blank - null) * chance.randint(1, 9) // 100
    sheet = _counted(empty, (in_favour, cast - blank - null - in_favour - abstain, abstain), blank, null)
    sheet = replace(sheet, state=state, challenged=challenged)
    return _held(chance, sheet) if state == "observed" else sheet


def _counted(sheet: SheetShown, votes: tuple[int, ...], blank: int, null: int) -> SheetShown:
    cast = sum(votes) + blank + null
    root = sha256(sheet.code.encode()).hexdigest()
    return replace(
        sheet,
        state="normal",
        signed_in=cast,
        cast=cast,
        votes=votes,
        blank=blank,
        null=null,
        challenged=0,
        received=(sheet.eligible or 0) + 5,
        spoiled=2,
        unused=(sheet.eligible or 0) + 3 - cast,
        place="Local comunal",
        opened="2026-03-08T13:00:00Z",
        closed="2026-03-08T19:30:00Z",
        tellers=("escrutador 1", "escrutador 2"),
        history=(*sheet.history, StateChange("2026-03-08T20:41:00Z", "received", "secretary", "sheet received"),
                 StateChange("2026-03-08T21:02:00Z", "normal", "secretary", "all checks passed")),
        index=6,
        size=7,
        root=root,
        check_code=f"{root[:4]}-{root[4:8]}-{root[8:12]}".upper(),
        signatures=(Signature("chair", root, True), Signature("secretary", root[::-1], True)),
        entry='{"act":"sheet.sent","at":"2026-03-08T20:31:00Z","n":6,"unit":"' + sheet.code + '"}',
    )  # fmt: skip


def _held(chance: random.Random, sheet: SheetShown) -> SheetShown:
    cast = sheet.cast or 0
    check, said = chance.choice(
        [
            (
                1,
                say("{parts} votes and papers are written, but the sheet says {cast} cast", parts=cast + 18, cast=cast),
            ),
            (3, say("{signed} signed in, but {eligible} are on the roll", signed=700, eligible=sheet.eligible)),
            (7, say("{count} signature, {needed} required", count=1, needed=2)),
            (9, say("a second, different sheet of the same unit")),
        ]
    )
    change = StateChange("2026-03-08T21:40:00Z", "observed", "secretary", f"check {check}")
    return replace(sheet, checks=(check,), differences=(said,), history=(*sheet.history, change))


def _letters(code: str) -> str:
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[byte % 32] for byte in sha256(code.encode()).digest())


def _summed(sheets: list[SheetShown]) -> RollUp:
    """The project's own roll-up of these sheets, under the statutes of a national consultation."""
    used = {code for sheet in sheets for code in sheet.path}
    nodes = {region.code: Node(region.code, region.name, "region", "") for region in country.regions()}
    nodes |= {one.code: Node(one.code, one.name, "province", one.region) for one in country.provinces()}
    nodes = {code: node for code, node in nodes.items() if code in used}
    tree = Tree(LEVELS, nodes, "Federación de Bases (ejemplo)")
    rules = Rules.of(Statutes.from_toml(presets.read("consulta-nacional")))
    return roll_up(_table(sheets), tree, OPTIONS, rules)


def _table(sheets: list[SheetShown]) -> pl.DataFrame:
    columns = {
        "unit": [sheet.code for sheet in sheets],
        **{f"level:{level}": [sheet.path[place] for sheet in sheets] for place, level in enumerate(LEVELS)},
        "state": [sheet.state for sheet in sheets],
        **{name: [getattr(sheet, name) for sheet in sheets] for name in FIGURES},
        **{
            f"option:{place}": [sheet.votes[place] if sheet.votes else None for sheet in sheets]
            for place in range(len(OPTIONS))
        },
        "found": [list(sheet.checks) for sheet in sheets],
    }
    whole = dict.fromkeys([*FIGURES, *(name for name in columns if name.startswith("option:"))], pl.Int64)
    return pl.DataFrame(columns, schema_overrides={**whole, "found": pl.List(pl.Int64)})


def _findings(sheets: list[SheetShown]) -> tuple[Finding, ...]:
    return tuple(
        Finding("E", f"unit {sheet.code}", said, check, sheet.code, say("held, not counted"))
        for sheet in sheets
        for check, said in zip(sheet.checks, sheet.differences, strict=True)
    )
