"""How long the audit of a whole consultation takes, against a bare PyNaCl loop over as many signatures.

Every base has a book of eight acts: founding, enrolment, the roll published and frozen, a vote opened, counted and
declared, and the sheet, sealed by two officers; the federation's book has two acts a base more. Whole processes on both
sides. The loop verifies as many signatures as the audit does, with as many keys, and does nothing else.

`TINKUY_BENCH_UNITS=5000 python -m bench verify` for a short run; the default is the size of Peru's 2021 run-off.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tinkuy.assembly import founding, register, vote
from tinkuy.assembly.act import Act, written
from tinkuy.book import checkpoint
from tinkuy.book.entry import book_id, leaf_hash
from tinkuy.book.merkle import root
from tinkuy.book.package import write as write_package
from tinkuy.demo import peru
from tinkuy.demo.bases import OPTIONS, Keys
from tinkuy.federation import archive, consultation, levels, returns, sheet
from tinkuy.federation.numerals import in_words
from tinkuy.federation.volumes import BookCopy
from tinkuy.statutes import presets

UNITS = int(os.environ.get("TINKUY_BENCH_UNITS", "86488"))
SEED = 7
ROUNDS = 3
MOST_MEMORY = 1 << 30  # bytes
MOST_ARCHIVE = 2_000  # bytes a unit
MOST_LOOPS = 1.5
LEAST_SPEEDUP = 1.8
QUESTION = "¿Convocamos a un paro nacional de 48 horas los días 24 y 25 de marzo?"
STATUTES = presets.read("pe-junta-vecinal")
FEDERATION = resources.files("tinkuy.demo").joinpath("federacion.toml").read_bytes()

LOOP = """
import sys
from nacl.signing import SigningKey, VerifyKey
count, keys = int(sys.argv[1]), []
for place in range(1000):
    key = SigningKey(place.to_bytes(32, "big"))
    message = b"tinkuy/%032d\\n8\\n" % place + bytes(45)
    keys.append((key.verify_key.encode(), message, key.sign(message).signature))
import time
start = time.perf_counter()
for place in range(count):
    public, message, signature = keys[place % 1000]
    VerifyKey(public).verify(message, signature)
print(time.perf_counter() - start)
"""
VERIFY = """
import resource, sys
from tinkuy.cli.main import main
if __name__ == "__main__":
    code = main(["verify", "--jobs", sys.argv[2], sys.argv[1]])
    sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
    sys.exit(code)
"""


def main() -> int:
    """Measure, print, and end 1 when a limit is passed."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "consulta.tinkuy")
        with path.open("wb") as file:
            write_package(file, Written().members())
        size = path.stat().st_size / UNITS
        signatures = 2 * UNITS + 2
        loops, alone, two = [], [], []
        memory = 0
        for _ in range(ROUNDS):
            loops.append(float(_said(LOOP, str(signatures)).stdout))
            seconds, memory = _verified(path, 1)
            alone.append(seconds)
            two.append(_verified(path, 2)[0])
    loop, one, pair = (statistics.median(each) for each in (loops, alone, two))
    print(f"{UNITS:,} bases, {10 * UNITS:,} acts, {signatures:,} signatures; an archive of {size:,.0f} bytes a base")
    print(f"a bare PyNaCl loop {loop:.1f} s ({loop / signatures * 1e6:.0f} µs a signature)")
    print(
        f"verify, one process {one:.1f} s: {one / loop:.2f} x the loop (limit {MOST_LOOPS}); {memory / 2**20:.0f} MiB"
    )
    print(f"verify, two processes {pair:.1f} s: {one / pair:.2f} x as fast (at least {LEAST_SPEEDUP})")
    held = one / loop <= MOST_LOOPS and one / pair >= LEAST_SPEEDUP and memory < MOST_MEMORY and size <= MOST_ARCHIVE
    return 0 if held else 1


def _verified(path: Path, jobs: int) -> tuple[float, int]:
    """Seconds of the whole process, and the most bytes that its first process held."""
    start = time.perf_counter()
    run = _said(VERIFY, str(path), str(jobs))
    return time.perf_counter() - start, int(run.stderr.rsplit("\n", 1)[-1])


def _said(program: str, *given: str) -> subprocess.CompletedProcess[str]:
    # From a file: a process that is spawned reads its parent's main module again.
    with TemporaryDirectory() as folder:
        script = Path(folder, "run.py")
        script.write_text(program, encoding="utf-8")
        return subprocess.run([sys.executable, str(script), *given], check=True, capture_output=True, text=True)


class Written:
    """A consultation as its acts, without the desk that would have replayed each book at every act."""

    def __init__(self) -> None:
        self.attachments = {sha256(data).hexdigest(): data for data in (STATUTES, FEDERATION)}
        self.acts: list[bytes] = []
        self.id = ""

    def members(self) -> Iterator[tuple[str, bytes]]:
        """The files of the archive."""
        keys = Keys(SEED, "federation")
        self._federate(keys)
        books = sorted((book_id(copy.bodies[0]), copy) for copy in self._books())
        self._record(consultation.Closed(consultation=self.id), "2026-03-10T00:00:00Z")
        return archive.members(self.id, _sealed(tuple(self.acts), keys), books, {}, self.attachments)

    def _record(self, act: Act, at: str) -> None:
        self.acts.append(_entry(act, at, len(self.acts)))

    def _federate(self, keys: Keys) -> None:
        statutes = sha256(FEDERATION).hexdigest()
        founded = founding.Founded(
            name="Federación de prueba", body="federation", place="Perú", statutes=statutes, board=keys.board()
        )
        self._record(founded, "2026-01-05T20:00:00Z")
        nodes = [(one.code, one.name, "") for one in peru.regions()]
        nodes += [(one.code, one.name, one.region) for one in peru.provinces()]
        self._record(levels.TreeDefined(levels=("region", "province"), nodes=tuple(nodes)), "2026-01-06T20:00:00Z")
        provinces = [one.code for one in peru.provinces()]
        self.founded = [_founded(place) for place in range(UNITS)]
        for place, (body, base) in enumerate(self.founded):
            accepted = founding.AffiliationAccepted(
                code=_code(place),
                book=book_id(body),
                name=f"Junta vecinal {place}",
                body="neighbourhood",
                under=provinces[place % len(provinces)],
                board=base.board(),
            )
            self._record(accepted, "2026-01-20T20:00:00Z")
        drafted = consultation.Drafted(
            question=QUESTION,
            options=OPTIONS,
            rule="consultation",
            opens="2026-03-01T12:00:00Z",
            closes="2026-03-08T23:59:59Z",
        )
        self._record(drafted, "2026-02-10T20:00:00Z")
        self.id = book_id(self.acts[-1])
        rolls = [
            (_code(place), book_id(body), _members(place), _roll(place)) for place, (body, _) in enumerate(self.founded)
        ]
        for start in range(0, UNITS, consultation.MAX_BATCH):
            batch = tuple(rolls[start : start + consultation.MAX_BATCH])
            self._record(consultation.UnitsFrozen(consultation=self.id, units=batch), "2026-02-24T20:00:00Z")
        electors = sum(_members(place) for place in range(UNITS))
        opened = consultation.Opened(consultation=self.id, units=UNITS, eligible=electors)
        self._record(opened, "2026-02-25T20:00:00Z")

    def _books(self) -> Iterator[BookCopy]:
        for place, (body, keys) in enumerate(self.founded):
            copy = _sealed(_book(place, body, self.id), keys)
            at = checkpoint.parse(copy.note)
            received = returns.Received(
                consultation=self.id,
                unit=_code(place),
                index=at.size - 1,
                leaf=leaf_hash(copy.bodies[-1]).hex(),
                size=at.size,
                root=at.root.hex(),
                state="normal",
            )
            self._record(received, "2026-03-08T22:00:00Z")
            yield copy


def _code(place: int) -> str:
    return f"{place:06}"


def _members(place: int) -> int:
    return 60 + place * 7919 % 400


def _register(place: int) -> register.Register:
    commitments = sha256(f"members {place}".encode()).hexdigest()
    return register.Register(batches=[(1, _members(place), commitments)])


def _roll(place: int) -> str:
    return _register(place).hash()


def _founded(place: int) -> tuple[bytes, Keys]:
    keys = Keys(SEED, _code(place))
    act = founding.Founded(
        name=f"Junta vecinal {place}",
        body="neighbourhood",
        place="Puno",
        statutes=sha256(STATUTES).hexdigest(),
        board=keys.board(),
    )
    return _entry(act, "2026-01-12T20:00:00Z", 0), keys


def _book(place: int, body: bytes, name: str) -> tuple[bytes, ...]:
    electors, roll = _members(place), _roll(place)
    votes = (electors // 2, electors // 8, electors // 20)
    cast = sum(votes) + 3
    count = vote.Count(votes=votes, signed_in=cast, cast=cast, blank=2, null=1, challenged=0)
    opened, closed = f"2026-03-07T{10 + place % 10}:{place % 60:02}:00Z", f"2026-03-07T2{place % 4}:{place % 60:02}:30Z"
    enrolled = register.Enrolled(first=1, count=electors, root=_register(place).batches[0][2])
    issued = sheet.Issued(
        consultation=name,
        unit=_code(place),
        vote=1,
        roll=roll,
        count=vote.Count(votes=votes, eligible=electors, signed_in=cast, cast=cast, blank=2, null=1, challenged=0),
        call=1,
        opened=opened,
        closed=closed,
        convened="2026-02-20",
        place=f"Local comunal {place}",
        tellers=("m1", "m2"),
        words=tuple(in_words(figure, "es") for figure in votes),
    )
    put = vote.Opened(
        vote=1, question=QUESTION, options=OPTIONS, rule="consultation", method="secret", roll=roll, consultation=name
    )
    acts: list[tuple[Act, str]] = [
        (enrolled, "2026-01-19T20:00:00Z"),
        (register.RollPublished(hash=roll, count=electors), "2026-02-01T21:00:00Z"),
        (register.RollFrozen(hash=roll, count=electors), "2026-02-20T21:00:00Z"),
        (put, opened),
        (vote.Counted(vote=1, call=1, count=count, tellers=("m1", "m2")), closed),
        (vote.Declared(vote=1, outcome="carried"), closed),
        (issued, closed),
    ]
    return (body, *(_entry(act, at, n) for n, (act, at) in enumerate(acts, 1)))


def _entry(act: Act, at: str, n: int) -> bytes:
    return written(msgspec.structs.replace(act, at=at, by="secretary", n=n))


def _sealed(bodies: tuple[bytes, ...], keys: Keys) -> BookCopy:
    leaves = [leaf_hash(body) for body in bodies]
    return BookCopy(bodies, checkpoint.sign(book_id(bodies[0]), len(bodies), root(leaves), keys.signers()))


if __name__ == "__main__":
    sys.exit(main())
