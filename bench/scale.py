"""What a unit, a voter, a signature, an append and a page cost, and what 100,000 bodies then need: docs/scale.md.

Everything is measured in this run, on invented federations of two sizes: what grows with units is the difference of
the two, so that a program's start is not counted as work. Work is measured in CPU seconds, which other programs on the
machine disturb least; appends wait for a disk and are measured by the clock.

`python -m bench.scale` takes some minutes. It has no limit: it prints unit costs and the arithmetic on them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench import web
from tests.store.server import Server, binaries
from tests.web import reports
from tinkuy.book import checkpoint, entry
from tinkuy.book.keys import SigningKey
from tinkuy.book.package import Package
from tinkuy.cli.verify import verify
from tinkuy.desk.roll import Member, seal
from tinkuy.federation import audit
from tinkuy.federation.report import conclude
from tinkuy.store import open_store
from tinkuy.web.public.views_store import rebuild
from tinkuy.web.static_site import Source, publish

FEW, MANY = 300, 1200  # units
FILES = 4  # of a unit: its page and the data beside it, in two languages; those of nodes are few
CHECKPOINTS, APPENDS, MEMBERS, SHEETS, ROUNDS, LINES = 2_000, 1_000, 2_000, 300, 250, 20
BODIES = 100_000
VOTERS = (1_000_000, 10_000_000, 100_000_000)
LOOKING, PAGES, PEAK = 10, 4, 3  # one voter in ten looks within the hour, at four pages; the worst minute is threefold


@dataclass(frozen=True, slots=True)
class Costs:
    """What the arithmetic stands on: bytes, CPU seconds, and pages a CPU second of a worker."""

    archive: float  # bytes a unit
    store: float
    views: float
    roll: float  # bytes a voter
    opened: float  # seconds a unit
    heard: float
    concluded: float
    memory: float  # bytes a unit
    base: float  # bytes of memory without units
    batched: float  # seconds an entry, appended by hundreds, by the clock
    file: float  # seconds a published file
    published: float  # bytes a unit
    kept: float  # pages a CPU second
    wire: float  # bytes of a page and what it needs


def per_unit(few: float, many: float) -> float:
    return (many - few) / (MANY - FEW)


def program(*arguments: str) -> tuple[float, int]:
    """Run `tinkuy`: CPU seconds of it and its processes, bytes of memory of the largest of them."""
    script = "import sys; from tinkuy.cli.main import main; sys.exit(main())"
    devnull = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    command = [sys.executable, "-c", script, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = os.posix_spawn(sys.executable, command, environment, file_actions=devnull)
    _, code, used = os.wait4(process, 0)
    assert code == 0, f"tinkuy {' '.join(arguments)} ended with {code}"
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def federation(folder: Path, units: int) -> Path:
    """A consultation at its end, with its archive, store and views."""
    target = folder / str(units)
    program("demo", "--units", str(units), "--no-serve", "--out", str(target))
    return target


def sizes(places: list[Path], name: str) -> float:
    few, many = ((place / name).stat().st_size for place in places)
    print(f"{name:<44} {per_unit(few, many):>12,.0f} bytes a unit")
    return per_unit(few, many)


def hearing(places: list[Path]) -> tuple[float, float, float]:
    """CPU seconds a unit of each part of an audit, in one process."""
    taken = []
    for place in (places[0], *places):  # the first time is for the imports
        with (place / "consulta.tinkuy").open("rb") as file:
            package = Package(file)
            marks = [process_time()]
            opened, shelf = audit.open_archive(package)
            marks.append(process_time())
            heard = [audit.hear(package, group, shelf.attachments) for group in audit.groups(audit.asks(opened), 4)]
            found = audit.unlisted(shelf, package.names(), heard)
            marks.append(process_time())
            conclude(opened, {one.code: one for hearing in heard for one in hearing.heard}, found)
            marks.append(process_time())
            taken.append([after - before for before, after in pairwise(marks)])
    parts = [per_unit(few, many) for few, many in zip(*taken[1:], strict=True)]
    for name, part in zip(("federation's book replayed", "units heard", "report concluded"), parts, strict=True):
        print(f"{name:<44} {part * 1e6:>12,.0f} µs a unit")
    return parts[0], parts[1], parts[2]


def verified(places: list[Path]) -> tuple[float, float]:
    """Bytes of memory a unit, and without units."""
    archives = [place / "consulta.tinkuy" for place in places]
    cpu, start = program("verify", str(archives[1]), "--jobs", "1")
    # A process needs as much to start as for thousands of units, so their own part is what Python allocates for them.
    slope = per_unit(*(allocated(path) for path in archives))
    print(f"{'memory of verify':<44} {slope:>12,.0f} bytes a unit over {start / 2**20:,.0f} MiB to start")
    print(f"{f'verify, {MANY:,} units, the whole command':<44} {cpu:>12,.2f} s of CPU")
    return slope, start


def allocated(archive: Path) -> float:
    """The most bytes that Python held at a time for an audit."""
    tracemalloc.start()
    verify(archive)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def signatures() -> None:
    officers = {role: SigningKey.from_seed(role.encode().ljust(32)) for role in ("chair", "secretary")}
    public = {role: key.public for role, key in officers.items()}
    note = checkpoint.sign("0" * 32, 4, bytes(32), officers)
    start = process_time()
    for _ in range(CHECKPOINTS):
        checkpoint.signed_by(checkpoint.parse(note), public)
    taken = (process_time() - start) / (2 * CHECKPOINTS)
    print(f"{'signatures verified':<44} {1 / taken:>12,.0f} a second a core")


def appends(where: str | Path, name: str) -> float:
    """Seconds an entry, by the clock, a hundred at once."""
    bodies = [
        entry.encode({"act": "sheet.counted", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": n, "cast": 164})
        for n in range(APPENDS + 100 * APPENDS // 10)
    ]
    book = entry.book_id(bodies[0])
    store = open_store(where)
    start = perf_counter()
    for n in range(APPENDS):
        store.append(book, n, bodies[n : n + 1], str(n))
    single = (perf_counter() - start) / APPENDS
    start = perf_counter()
    for n in range(APPENDS, len(bodies), 100):
        store.append(book, n, bodies[n : n + 100], str(n))
    batched = (perf_counter() - start) / (len(bodies) - APPENDS)
    store.close()
    print(f"{f'appends, {name}, one by one':<44} {1 / single:>12,.0f} a second by the clock")
    print(f"{f'appends, {name}, by hundreds':<44} {1 / batched:>12,.0f} a second by the clock")
    return batched


def rolls() -> float:
    members = [Member(f"Justina Quispe Mamani {n}", f"{n:08}", n.to_bytes(16)) for n in range(MEMBERS)]
    taken = len(seal(members, "una frase", bytes, passes=1, memory=8192)) / MEMBERS
    print(f"{'roll of a base, on its own device':<44} {taken:>12,.0f} bytes a voter; in books and archive: none")
    return taken


def published(place: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds a file, and bytes of the files of a unit's sheet."""
    start = process_time()
    files = publish(Source(place / "views.sqlite", place), folder / "site")
    taken = (process_time() - start) / files
    size = sum(file.stat().st_size for file in (folder / "site").rglob("sheet/*/*")) / FEW
    print(f"{'published, one process':<44} {taken * 1e3:>12,.1f} ms a file, {size:,.0f} bytes a unit in {FILES} files")
    return taken, size


def used(process: int) -> float:
    """CPU seconds of a process and all below it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(used(int(child)) for child in children)


def serve_one(views: str, port: int) -> None:
    """The site with one worker."""
    from tinkuy.web.server import serve

    serve(Path(views).parent, port, 1, views=views)


@contextmanager
def timed(process: int, count: int, say: Callable[[float], None]) -> Iterator[None]:
    before = used(process)
    yield
    say(count / max(used(process) - before, 1e-9))


def pages(views: str, name: str) -> tuple[float, float]:
    """Kept pages a CPU second of a worker, and the bytes of a first page with what it needs."""
    report = reports.peru(SHEETS)
    rebuild(views, [report])
    process, port = web.started(serve_one, views, web.PAGE)
    rates: list[float] = []
    assert process.pid is not None
    try:
        wire, _ = asyncio.run(web.readable(port, web.PAGE))
        with timed(process.pid, LINES * ROUNDS, rates.append):
            asyncio.run(asked([web.PAGE] * LINES * ROUNDS, port))
        sheets = [f"{web.PAGE}sheet/{sheet.code}/" for sheet in report.sheets]
        with timed(process.pid, len(sheets), rates.append):
            asyncio.run(asked(sheets, port))
    finally:
        web.stopped(process)
    print(f"{f'pages of a worker, kept, {name}':<44} {rates[0]:>12,.0f} a CPU second; {wire:,} bytes a first page")
    print(f"{f'pages of a worker, made anew, {name}':<44} {rates[1]:>12,.0f} a CPU second")
    return rates[0], wire


async def asked(paths: list[str], port: int) -> None:
    """Every path once, over a few lines."""
    waiting = iter(paths)

    async def ask() -> None:
        line = await web.Line.to(port)
        for path in waiting:
            await line.get(path)

    await asyncio.gather(*(ask() for _ in range(LINES)))


def measured(folder: Path) -> Costs:
    places = [federation(folder, units) for units in (FEW, MANY)]
    archive, store, views = (sizes(places, name) for name in ("consulta.tinkuy", "books.sqlite", "views.sqlite"))
    opened, heard, concluded = hearing(places)
    memory, base = verified(places)
    signatures()
    roll = rolls()
    batched = appends(folder / "appended.sqlite", "SQLite")
    file, size = published(places[0], folder)
    kept, wire = pages(str(folder / "views.sqlite"), "SQLite")
    if binaries() is not None:
        server = Server()
        try:
            appends(server.address(), "PostgreSQL")
            pages(server.address(), "PostgreSQL")
        finally:
            server.stop()
    return Costs(
        archive=archive,
        store=store,
        views=views,
        roll=roll,
        opened=opened,
        heard=heard,
        concluded=concluded,
        memory=memory,
        base=base,
        batched=batched,
        file=file,
        published=size,
        kept=kept,
        wire=wire,
    )


def needs(costs: Costs) -> None:
    """What `BODIES` bodies need, and what grows with their voters."""
    gib = {name: BODIES * getattr(costs, name) / 2**30 for name in ("archive", "store", "views", "published")}
    total = costs.opened + costs.heard + costs.concluded
    alone = BODIES * (costs.opened + costs.concluded) / 60
    files = BODIES * FILES
    print(f"\n{BODIES:,} bodies, however many voters:")
    print(f"  archive: {BODIES:,} x {costs.archive:,.0f} bytes = {gib['archive']:.2f} GiB")
    print(f"  store {gib['store']:.2f} GiB, views {gib['views']:.2f} GiB")
    print(f"  verify: {BODIES:,} x {total * 1e3:.2f} ms = {BODIES * total / 3600:.2f} CPU-hours")
    print(f"    of which {alone:.1f} minutes in one process, before and after the units are heard")
    print(f"    memory: {costs.base / 2**20:,.0f} + {BODIES * costs.memory / 2**20:,.0f} MiB")
    print(f"  publish: {files:,.0f} files x {costs.file * 1e3:.1f} ms = {files * costs.file / 3600:.1f} CPU-hours")
    print(f"    {gib['published']:.1f} GiB")
    print(f"  {BODIES:,} sheets recorded by hundreds x {costs.batched * 1e6:,.0f} µs = {BODIES * costs.batched:.0f} s")
    for voters in VOTERS:
        needs_of(costs, voters)


def needs_of(costs: Costs, voters: int) -> None:
    each, hour = voters // BODIES, voters / LOOKING * PAGES
    peak = hour / 3600 * PEAK
    print(f"{voters:,} voters, {each:,} a body:")
    print(f"  rolls: {voters:,} x {costs.roll:.0f} bytes = {voters * costs.roll / 2**30:.2f} GiB")
    print(f"    on {BODIES:,} devices of the bases, {each * costs.roll / 1024:,.0f} KiB each")
    print(f"  hour after the close: {voters:,} / {LOOKING} x {PAGES} = {hour:,.0f} pages")
    print(f"    at worst x {PEAK} / 3600 = {peak:,.0f} a second")
    print(f"    {peak:,.0f} / {costs.kept:,.0f} = {max(1, -(-peak // costs.kept)):,.0f} workers, one a core")
    print(
        f"    {peak * costs.wire * 8 / 1e6:,.0f} Mbit/s of first pages, {hour * costs.wire / 1e9:,.1f} GB in the hour"
    )


def main() -> int:
    """Measure, print, and do the arithmetic."""
    with TemporaryDirectory() as folder:
        needs(measured(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
