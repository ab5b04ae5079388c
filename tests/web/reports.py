"""Builds reports as an audit would: Peru's regions and provinces, any number of bases, sheets in every state.

The same arguments give the same report. All of it is invented but the names of regions and provinces.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256

from msgspec.structs import replace

from tinkuy.demo import peru as country
from tinkuy.federation.outcome import (
    CheckCount,
    Coverage,
    Finding,
    ModeShown,
    NodeShown,
    OptionShown,
    Report,
    SheetShown,
    Signature,
    StateChange,
    TestShown,
    Totals,
)
from tinkuy.words import Said, Share, say

OPTIONS = (OptionShown("A favor", "for"), OptionShown("En contra", "against"), OptionShown("Abstención", "abstain"))
KINDS = ("neighbourhood", "community", "university", "workplace")
FIRST = {
    "neighbourhood": ("Asociación de Vecinos", "Asentamiento Humano", "Junta Vecinal"),
    "community": ("Comunidad Campesina", "Comunidad Nativa", "Ronda Campesina"),
    "university": ("Centro Federado", "Asamblea Estudiantil", "Residencia Universitaria"),
    "workplace": ("Sindicato de Trabajadores", "Cooperativa", "Asamblea de Docentes"),
}
SECOND = ("San Martín", "Túpac Amaru", "Micaela Bastidas", "Nueva Esperanza", "Los Ángeles", "Ñaupa Llaqta",
          "Santa Rosa", "Villa María", "José Carlos Mariátegui", "Alto Progreso", "María Parado", "Yanacocha")  # fmt: skip


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
    shares: Cast = Cast(),  # noqa: B008 (frozen)
    embargoed: bool = False,
    state: str = "provisional",
    synthetic: bool = True,
    question: str = "¿Convoca la Federación un paro nacional el 15 de marzo?",
    consultation: str = "paro-15m",
) -> Report:
    """A report over `units` bases spread by population over 196 provinces."""
    chance = random.Random(seed)
    provinces = country.provinces()
    names = {region.code: region.name for region in country.regions()}
    weights = [province.population for province in provinces]
    places = sorted(chance.choices(provinces, weights, k=units), key=lambda province: province.code)
    counter: dict[str, int] = defaultdict(int)
    sheets = []
    for province in places:
        counter[province.code] += 1
        code = f"{province.code}01-{counter[province.code]:04}"
        sheets.append(_sheet(chance, code, (province.region, province.code), shares))
    sheets = [_small(sheet) if number % 97 == 5 else sheet for number, sheet in enumerate(sheets)]
    nodes = _nodes(sheets, names, {p.code: p.name for p in provinces})
    modes = _modes(nodes[0].totals, nodes[0].coverage, sheets) if not embargoed else ()
    states: dict[str, int] = defaultdict(int)
    for sheet in sheets:
        states[sheet.state] += 1
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
        levels=("nation", "region", "province"),
        nodes=nodes,
        sheets=tuple(sheets),
        modes=modes,
        states=dict(sorted(states.items())),
        checks=_check_counts(sheets),
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
    names = {node.code: node.name for node in report.nodes}
    nodes = _nodes(list(sheets), names, names)
    modes = () if report.embargoed else _modes(nodes[0].totals, nodes[0].coverage, list(sheets))
    return replace(report, sheets=sheets, nodes=nodes, modes=modes, as_of="2026-03-09T02:20:00Z")


def _sheet(chance: random.Random, code: str, path: tuple[str, ...], shares: Cast) -> SheetShown:
    kind = chance.choice(KINDS)
    eligible = chance.randint(40, 520)
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
    lean = 72 if path[0] in ("08", "21", "03", "05", "09") else 55
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


def _small(sheet: SheetShown) -> SheetShown:
    return replace(sheet, hidden=True) if sheet.state == "normal" else sheet


def _letters(code: str) -> str:
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[byte % 32] for byte in sha256(code.encode()).digest())


def _nodes(sheets: list[SheetShown], regions: dict[str, str], provinces: dict[str, str]) -> tuple[NodeShown, ...]:
    groups: dict[tuple[str, ...], list[SheetShown]] = defaultdict(list)
    for sheet in sheets:
        for depth in range(len(sheet.path) + 1):
            groups[sheet.path[:depth]].append(sheet)
    names = {**provinces, **regions}
    nodes = []
    for path in sorted(groups, key=lambda path: (len(path), path)):
        totals, coverage = _totals(groups[path]), _coverage(groups[path])
        code, parent = (path[-1], path[-2] if len(path) > 1 else "pe") if path else ("pe", "")
        nodes.append(
            NodeShown(
                code=code,
                name=names[code] if path else "Perú",
                level=("nation", "region", "province")[len(path)],
                parent=parent,
                totals=totals,
                coverage=coverage,
                modes=_modes(totals, coverage, groups[path])[:2],
            )
        )
    return tuple(nodes)


def _totals(sheets: list[SheetShown]) -> Totals:
    counted = [sheet for sheet in sheets if sheet.state == "normal"]
    return Totals(
        eligible=sum(sheet.eligible or 0 for sheet in counted),
        cast=sum(sheet.cast or 0 for sheet in counted),
        options={option.name: sum(s.votes[place] or 0 for s in counted) for place, option in enumerate(OPTIONS)},
        blank=sum(sheet.blank or 0 for sheet in counted),
        null=sum(sheet.null or 0 for sheet in counted),
        challenged=0,
    )


def _coverage(sheets: list[SheetShown]) -> Coverage:
    count: dict[str, int] = defaultdict(int)
    persons: dict[str, int] = defaultdict(int)
    for sheet in sheets:
        count[sheet.state] += 1
        persons[sheet.state] += sheet.eligible or 0
    return Coverage(
        units=len(sheets),
        counted=count["normal"],
        held=count["observed"],
        late=count["late"],
        missing=count["pending"],
        annulled=count["annulled"],
        not_held=count["not_held"],
        electors=sum(persons.values()),
        electors_counted=persons["normal"],
        electors_outstanding=persons["observed"] + persons["late"] + persons["pending"],
    )


def _modes(totals: Totals, coverage: Coverage, sheets: list[SheetShown]) -> tuple[ModeShown, ...]:
    votes = list(totals.options.values())
    valid = sum(votes)
    needed = valid // 2 + 1
    won = _units_won(sheets)
    turnout = TestShown(
        "turnout",
        say("turnout {share}", share=Share(totals.cast, totals.eligible)),
        totals.cast,
        totals.eligible,
        -(-totals.eligible // 2),
        "1/2",
        ">=",
        totals.cast * 2 >= totals.eligible,
    )
    majority = TestShown(
        "for", say("{part} of {whole} valid votes in favour", part=votes[0], whole=valid), votes[0], valid, needed,
        "1/2", ">", votes[0] >= needed,
    )  # fmt: skip
    passed = majority.passed and turnout.passed
    margin = votes[0] - votes[1]
    sentence = _sentence(passed, majority, needed)
    outstanding = coverage.electors_outstanding
    names = list(totals.options)
    by_unit = dict(zip(names, (won[0], won[1], 0), strict=True))
    rest = ("region", "province", "card", "proportional", "degressive", "delegate")
    return (
        ModeShown("member", True, passed, sentence, dict(totals.options), 0, valid, outstanding, margin,
                  abs(margin) if outstanding > abs(margin) else None, (majority, turnout)),
        ModeShown("unit", False, won[0] > won[1], _by(won[0], sum(won)), by_unit, won[2], coverage.units,
                  coverage.units - coverage.counted, won[0] - won[1], None),
        *(ModeShown(mode, False, won[0] * 2 > sum(won), _by(won[0] // 3, sum(won) // 3),
                    {name: weight // 3 for name, weight in by_unit.items()}, won[2] // 3, coverage.units // 3,
                    (coverage.units - coverage.counted) // 3, (won[0] - won[1]) // 3, None) for mode in rest),
    )  # fmt: skip


def _units_won(sheets: list[SheetShown]) -> tuple[int, int, int]:
    signs = [
        ((sheet.votes[0] or 0) > (sheet.votes[1] or 0)) - ((sheet.votes[0] or 0) < (sheet.votes[1] or 0))
        for sheet in sheets
        if sheet.state == "normal"
    ]
    return signs.count(1), signs.count(-1), signs.count(0)


def _sentence(passed: bool, majority: TestShown, needed: int) -> Said:
    template = (
        "Approved: {part} of {whole} valid votes in favour ({share}); at least {needed} needed"
        if passed
        else "Not approved: {part} of {whole} valid votes in favour ({share}); at least {needed} needed"
    )
    share = Share(majority.numerator, majority.denominator)
    return say(template, part=majority.numerator, whole=majority.denominator, share=share, needed=needed)


def _by(part: int, whole: int) -> Said:
    return say("{part} of {whole} in favour ({share})", part=part, whole=whole, share=Share(part, whole))


def _check_counts(sheets: list[SheetShown]) -> tuple[CheckCount, ...]:
    named: dict[int, list[str]] = defaultdict(list)
    for sheet in sheets:
        for check in sheet.checks:
            named[check].append(sheet.code)
    return tuple(CheckCount(check, "E", tuple(codes), len(codes)) for check, codes in sorted(named.items()))


def _findings(sheets: list[SheetShown]) -> tuple[Finding, ...]:
    return tuple(
        Finding("E", f"unit {sheet.code}", said, check, sheet.code, say("held, not counted"))
        for sheet in sheets
        for check, said in zip(sheet.checks, sheet.differences, strict=True)
    )
