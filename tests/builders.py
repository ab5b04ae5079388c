"""Builders of real books in memory: a body's own book, a small federation, and an archive that somebody tampers with.

The federation is the demonstration's, with the bases and the faults that a test names; nothing here writes a book in
another way than a secretary would, except `Book.force` and `Archive`, which do what an attacker could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tinkuy.assembly.act import Act, Refused, written
from tinkuy.assembly.founding import Founded
from tinkuy.assembly.register import Enrolled, Register, RollFrozen, RollPublished
from tinkuy.assembly.vote import Count, Opened, Option
from tinkuy.book import checkpoint
from tinkuy.book.entry import book_id, canonical, encode, leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.book.package import write as write_package
from tinkuy.demo.bases import Keys, Writer
from tinkuy.demo.build import Example
from tinkuy.demo.plan import Base, plan
from tinkuy.desk.desk import Desk
from tinkuy.desk.returns import Returns
from tinkuy.federation import archive, audit, volumes
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.federation.outcome import Report
from tinkuy.federation.report import conclude
from tinkuy.federation.volumes import Held
from tinkuy.store.sqlite import SqliteStore
from tinkuy.words import say

STATUTES = b"""
name = "ayllu"
valid_from = 2020-01-01
source = "una prueba"
checked = "no"

[[quorum]]
call = 1
of = "qualified"
fraction = "1/2"
op = ">"

[[quorum]]
call = 2
of = "qualified"
fraction = "1/5"
op = ">="

[majority.ordinary]
tests = [{ numerator = "for", denominator = "for+against", fraction = "1/2", op = ">" }]

[majority.statutes]
tests = [{ numerator = "for", denominator = "eligible", fraction = "2/3", op = ">=" }]

[notice]
days = 3

[windows]
objections = 5
"""
YES_NO = (Option("Si", "for"), Option("No", "against"))


@contextmanager
def refused(*phrases: str) -> Iterator[None]:
    """The act inside is refused with all these words."""
    with pytest.raises(Refused) as caught:
        yield
    for phrase in phrases:
        assert phrase in str(caught.value)


@dataclass
class Book:
    """A body's book in memory. `record` is the way of the desk, `force` that of somebody who writes what they like."""

    statutes: bytes = STATUTES
    name: str = "Ayllu"
    bodies: list[bytes] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)

    @property
    def keys(self) -> Keys:
        return Keys(1, self.name)

    @property
    def state(self) -> Assembly:
        return replay(self.bodies, self.attachments)

    @property
    def breaches(self) -> list[tuple[int, str, str]]:
        return [(breach.n, breach.kind, str(breach.said)) for breach in self.state.breaches]

    def attach(self, data: bytes) -> str:
        digest = sha256(data).hexdigest()
        self.attachments[digest] = data
        return digest

    def record(self, *acts: Act, at: str = "2026-03-01", by: str = "secretary") -> Book:
        """Record as the desk does; raises `Refused`."""
        for act in acts:
            state = self.state
            body = self._written(act, at, by)
            state.admit(body)
            self.bodies.append(body)
        return self

    def force(self, act: Act | Mapping[str, object], at: str = "2026-03-01", by: str = "secretary") -> Book:
        """Write an act, or fields that are none, without asking anybody."""
        if isinstance(act, Act):
            self.bodies.append(self._written(act, at, by))
        else:
            self.bodies.append(encode({"at": f"{at}T20:00:00Z", "by": by, "n": len(self.bodies), **act}))
        return self

    def founded(self, **changes: Any) -> Book:
        return self.record(self.founding(**changes), at="2026-01-01", by="chair")

    def founding(self, **changes: Any) -> Founded:
        act = Founded(
            name=self.name,
            body="community",
            place="Ayacucho",
            statutes=self.attach(self.statutes),
            board=self.keys.board(),
        )
        return msgspec.structs.replace(act, **changes)

    def enrolled(self, count: int = 100, at: str = "2026-01-05") -> Book:
        first = self.state.room(Register).enrolled + 1
        return self.record(Enrolled(first=first, count=count, root="00" * 32), at=at)

    def published(self, at: str = "2026-02-01") -> Book:
        return self.record(self.roll(RollPublished), at=at)

    def frozen(self, at: str = "2026-02-10") -> Book:
        return self.record(self.roll(RollFrozen), at=at)

    def roll(self, kind: Callable[..., Act]) -> Act:
        register = self.state.room(Register)
        return kind(hash=register.hash(), count=register.qualified)

    def ready(self, members: int = 100) -> Book:
        """Founded, with a frozen roll."""
        return self.founded().enrolled(members).published().frozen()

    def question(self, **changes: Any) -> Opened:
        act = Opened(
            vote=1,
            question="Vamos al paro?",
            options=YES_NO,
            rule="ordinary",
            method="hands",
            roll=self.state.room(Register).frozen[-1].hash if self.state.room(Register).frozen else "00" * 32,
        )
        return msgspec.structs.replace(act, **changes)

    def seal(self, *roles: str, generation: Mapping[str, int] | None = None) -> BookCopy:
        return sealed(self.bodies, self.keys, generation=generation, roles=roles or ("chair", "secretary"))

    def _written(self, act: Act, at: str, by: str) -> bytes:
        time = at if "T" in at else f"{at}T20:00:00Z"
        return written(msgspec.structs.replace(act, at=time, by=by, n=len(self.bodies)))


def count(votes_for: int, against: int, **changes: Any) -> Count:
    """A count that adds up, unless a figure is given otherwise."""
    papers = votes_for + against
    made = Count(votes=(votes_for, against), signed_in=papers, cast=papers, blank=0, null=0, challenged=0)
    return msgspec.structs.replace(made, **changes)


def sealed(
    bodies: Iterable[bytes],
    keys: Keys,
    generation: Mapping[str, int] | None = None,
    roles: tuple[str, ...] = ("chair", "secretary"),
) -> BookCopy:
    """These entries under a checkpoint signed with these keys, whoever holds them."""
    held = tuple(bodies)
    book = book_id(held[0])
    note = checkpoint.sign(
        book, len(held), root([leaf_hash(body) for body in held]), keys.signers(generation or {}, roles)
    )
    return BookCopy(held, note)


def altered(bodies: Sequence[bytes], n: int, change: Callable[[dict[str, Any]], object]) -> tuple[bytes, ...]:
    """The entries with the fields of entry `n` changed and written again in their one form."""
    fields = parse(bodies[n])
    change(fields)
    return (*bodies[:n], encode(fields), *bodies[n + 1 :])


def place_of(bodies: Sequence[bytes], kind: str, **having: object) -> int:
    """The index of the last act of a kind whose fields are these."""
    return max(
        n
        for n, body in enumerate(bodies)
        if (fields := parse(body))["act"] == kind and all(fields.get(name) == value for name, value in having.items())
    )


def without(bodies: Sequence[bytes], n: int) -> tuple[bytes, ...]:
    """The entries without entry `n`, those after it numbered anew: what a federation that drops an act would write."""
    kept = [*bodies[:n], *bodies[n + 1 :]]
    return tuple(encode({**parse(body), "n": place}) for place, body in enumerate(kept))


class Federation(Example):
    """The demonstration's federation with these bases."""

    def __init__(self, bases: Sequence[Base], seed: int = 7) -> None:
        self.desk = Desk(SqliteStore(Path(":memory:")))
        self.seed = seed
        self.keys = Keys(seed, "federation")
        bases_desk = Desk(SqliteStore(Path(":memory:")))
        self.writers = [Writer(bases_desk, base, seed) for base in bases]
        for writer in self.writers:
            writer.open()
        self.book = self._found()
        self.returns = Returns(self.desk, self.book, self._open())
        self.sent = sorted(self._sheets(lambda done: None), key=lambda sent: (sent.at, sent.code))

    def played(self) -> Federation:
        """To its end, with everything delivered that came in time."""
        self.deliver(self.on_time())
        self.finish()
        return self


def bases(units: int, faults: Mapping[int, str] | None = None, seed: int = 7) -> list[Base]:
    """Bases of the plan without its faults, but with these, by place in the list; none is small or a university."""
    planned = [base for base in plan(4 * units + 12, seed) if base.signed_in >= 40 and base.kind != "university"]
    plain = [replace(base, fault="", arrives=base.arrives.replace("03-09", "03-08")) for base in planned[:units]]
    for place, fault in (faults or {}).items():
        plain[place] = _faulty(plain[place], fault)
    return plain


def _faulty(base: Base, fault: str) -> Base:
    if fault == "late":
        return replace(base, fault=fault, arrives=f"2026-03-09T{base.arrives[11:]}")
    if fault == "quorum":
        few = max(1, base.members // 20)
        return replace(base, fault=fault, signed_in=few, votes=(few, 0, 0), blank=0, null=0)
    return replace(base, fault=fault)


@dataclass
class Archive:
    """An archive taken apart: its books, its evidence and its attachments, to be put together again altered."""

    consultation: str
    federation: BookCopy
    books: dict[str, BookCopy | Proven]
    forks: dict[str, tuple[BookCopy, BookCopy]]
    attachments: dict[str, bytes]
    keys: Keys
    base_keys: dict[str, Keys]  # by book

    @classmethod
    def of(cls, example: Example) -> Archive:
        files = dict(example.returns.members())
        reader = Files(files)
        forks = {name.split("/")[1] for name in files if name.startswith("forks/")}
        return cls(
            example.returns.id,
            archive.read_book(reader.read, "federation/"),
            held_of(files),
            {
                book: (
                    archive.read_book(reader.read, f"forks/{book}/1/"),
                    archive.read_book(reader.read, f"forks/{book}/2/"),
                )
                for book in forks
            },
            {name.split("/")[1]: data for name, data in files.items() if name.startswith("attachments/")},
            example.keys,
            {writer.book: writer.keys for writer in example.writers},
        )

    def rewritten(self, bodies: Iterable[bytes]) -> Archive:
        """With another federation's book, sealed by the federation's own officers."""
        return replace(self, federation=sealed(bodies, self.keys))

    def lied(self, kind: str, change: Callable[[dict[str, Any]], object], **having: object) -> Archive:
        """With one act of the federation's book written otherwise, sealed by its own officers."""
        bodies = self.federation.bodies
        return self.rewritten(altered(bodies, place_of(bodies, kind, **having), change))

    def holding(self, book: str, held: BookCopy | Proven) -> Archive:
        """With something else in the place of a base's book."""
        return replace(self, books=self.books | {book: held})

    def book_of(self, unit: str) -> str:
        bodies = self.federation.bodies
        return str(parse(bodies[place_of(bodies, "affiliation.accepted", code=unit)])["book"])

    def copy_of(self, unit: str) -> BookCopy:
        held = self.books[self.book_of(unit)]
        if not isinstance(held, BookCopy):
            raise TypeError(f"{unit} sent a proof only")
        return held

    def received(self, unit: str, bodies: Sequence[bytes], **recorded: object) -> Archive:
        """With another book of this base, sealed by its officers and with the federation's receipt of its last sheet.

        `recorded` is what the federation writes of the sheet: `state`, `checks`.
        """
        book = self.book_of(unit)
        copy = sealed(bodies, self.base_keys[book])
        index, at = place_of(bodies, "sheet.issued"), checkpoint.parse(copy.note)

        def receipt(fields: dict[str, Any]) -> None:
            fields.update(index=index, leaf=leaf_hash(bodies[index]).hex(), size=at.size, root=at.root.hex())
            fields.update(recorded)

        return self.lied("sheet.received", receipt, unit=unit).holding(book, copy)

    def uncertified(self) -> Archive:
        """With the federation's book before it certified."""
        return self.rewritten(body for body in self.federation.bodies if parse(body)["act"] != "consultation.certified")

    def files(self) -> dict[str, bytes]:
        """The files, with a manifest that fits them."""
        return dict(
            archive.members(
                self.consultation, self.federation, sorted(self.books.items()), self.forks, self.attachments
            )
        )


def held_of(files: Mapping[str, bytes]) -> dict[str, Held]:
    """What an archive's volumes hold of each base, by book."""
    found: dict[str, Held] = {}
    for name in sorted(files):
        if name.startswith(archive.UNITS):
            found |= volumes.read(name.removeprefix(archive.UNITS), files[name])
    return found


def rebound(files: Mapping[str, bytes], **other: Held | None) -> dict[str, bytes]:
    """The files with something else held of these books, or nothing; the manifest stays as it was."""
    held = {book: one for book, one in (held_of(files) | other).items() if one is not None}
    kept = {name: data for name, data in files.items() if not name.startswith(archive.UNITS)}
    return kept | {archive.UNITS + name: data for name, data in volumes.bind(sorted(held.items()))}


class Files:
    """Files by name in memory: a reader for the audit."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def names(self) -> list[str]:
        return list(self.files)

    def read(self, name: str) -> bytes:
        if name not in self.files:
            raise BookError(say("there is no file {name}", name=name))
        return self.files[name]


def audited(files: Mapping[str, bytes], groups: int = 1) -> Report:
    """The audit of these files, the units in so many groups."""
    reader = Files(files)
    opened, shelf = audit.open_archive(reader)
    parts = audit.groups(audit.asks(opened), groups)
    hearings = [audit.hear(reader, part, shelf.attachments) for part in parts]
    found = audit.unlisted(shelf, reader.names(), hearings)
    return conclude(opened, {one.code: one for hearing in hearings for one in hearing.heard}, found)


def remade(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that lists them: what anybody can do, since nobody signs a manifest."""
    listing = [(name, sha256(data).hexdigest()) for name, data in files.items() if name != archive.MANIFEST]
    manifest = archive.read_manifest(files[archive.MANIFEST])
    manifest = msgspec.structs.replace(manifest, files=len(listing), contents=archive.contents(listing))
    return {**files, archive.MANIFEST: canonical(msgspec.to_builtins(manifest))}


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as a sealed package."""
    out = BytesIO()
    write_package(out, files.items())
    return out.getvalue()


def said(report: Report, severity: str = "breach") -> list[str]:
    """The findings of a severity, each as place and sentence."""
    return [f"{one.place}: {one.said}" for one in report.findings if one.severity == severity]
