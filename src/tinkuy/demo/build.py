"""The federation of the demonstration: its book, its bases' books, and the returns as they arrive.

Guarantees that everything goes the way that it would in life: the bases write on their own desks, what they send is
received at the federation's desk, and the program knows of their faults only what its checks find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from tinkuy.assembly import founding
from tinkuy.assembly.act import Act
from tinkuy.assembly.register import Enrolled
from tinkuy.demo import peru
from tinkuy.demo.bases import OPTIONS, Keys, Writer, proven
from tinkuy.demo.plan import PRESETS, QUESTION, plan
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.organiser import certified
from tinkuy.desk.returns import Returns, Sent
from tinkuy.federation import consultation, levels, returns
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.outcome import Report
from tinkuy.statutes import presets
from tinkuy.store.port import Store
from tinkuy.store.sqlite import SqliteStore

NAME = "Federación de Bases del Perú (ejemplo inventado)"
OPENS, CLOSES = "2026-03-01T12:00:00Z", "2026-03-08T23:59:59Z"
BATCH = 200

T = TypeVar("T")


class Example:
    """An invented federation, from its founding to the certified result, one step at a time."""

    def __init__(self, store: Store, units: int, seed: int, step: Callable[[int], None] = lambda count: None) -> None:
        self.desk = Desk(store)
        self.seed = seed
        self.keys = Keys(seed, "federation")
        bases_desk = Desk(SqliteStore(Path(":memory:")))
        self.writers = [Writer(bases_desk, base, seed) for base in plan(units, seed)]
        for writer in self.writers:
            writer.open()
            step(1)
        with self.desk.together():
            self.book = self._found()
            self.returns = Returns(self.desk, self.book, self._open())
        self.sent = sorted(self._sheets(step), key=lambda sent: (sent.at, sent.code))

    def deliver(self, count: int) -> int:
        """Receive the next `count` sheets and seal the federation's book; returns how many are still to come."""
        part, self.sent = self.sent[:count], self.sent[count:]
        for batch in _batches(part, BATCH):
            self.returns.receive(batch, by="secretary")
        self.seal()
        return len(self.sent)

    def finish(self) -> Report:
        """Close the consultation, resolve what people can resolve, and certify the result if the statutes allow it."""
        self._record(*self._not_held(), at="2026-03-08T22:00:00Z")
        self._record(consultation.Closed(consultation=self.returns.id), at="2026-03-09T00:00:00Z")
        while self.sent:
            self.deliver(len(self.sent))
        self._record(*self._resolutions(), at="2026-03-10T20:00:00Z")
        self.seal()
        report = self.returns.report()
        body = self.desk.assembly(self.book).room(founding.Body)
        try:
            claim = certified(report, self.returns.consultation, body)
        except DeskError:
            return report  # it stays provisional until people resolve what is held
        self._record(claim, at="2026-03-11T20:00:00Z")
        self.seal()
        return self.returns.report()

    def on_time(self) -> int:
        """How many of the sheets still to come were sent before the close."""
        return sum(sent.at <= CLOSES for sent in self.sent)

    def seal(self) -> None:
        """Both officers sign the federation's book as it stands."""
        self.desk.seal(self.book, self.keys.signers())

    def _record(self, *acts: Act, at: str) -> None:
        self.desk.record(self.book, *acts, at=at, by="secretary")

    def _found(self) -> str:
        statutes = self.desk.attach(files("tinkuy.demo").joinpath("federacion.toml").read_bytes())
        act = founding.Founded(
            name=NAME, body="federation", place="Perú", statutes=statutes, board=self.keys.board(), synthetic=True
        )
        return self.desk.found(act, at="2026-01-05T20:00:00Z", by="chair")

    def _open(self) -> str:
        """Tree, bases, question and frozen units; returns the consultation's id."""
        names = ("region", "province")
        regions = tuple((region.code, region.name, "") for region in peru.regions())
        provinces = tuple((one.code, one.name, one.region) for one in peru.provinces())
        self._record(levels.TreeDefined(levels=names, nodes=regions), at="2026-01-06T20:00:00Z")
        self._record(levels.TreeDefined(levels=names, nodes=provinces), at="2026-01-06T20:00:00Z")
        listed = [(self._affiliation(writer), writer) for writer in self.writers]
        listed += [(self._second_path(writer), writer) for writer in self.writers if writer.base.fault == "twice"]
        for batch in _batches(listed, BATCH):
            self._record(*(affiliation for affiliation, _ in batch), at="2026-01-20T20:00:00Z")
        question = consultation.Drafted(
            question=QUESTION, options=OPTIONS, rule="consultation", opens=OPENS, closes=CLOSES
        )
        self._record(question, at="2026-02-10T20:00:00Z")
        name = self.desk.assembly(self.book).entry_id
        rolls = [(act.code, writer.book, *writer.roll()) for act, writer in listed]
        for frozen in _batches(rolls, BATCH):
            self._record(consultation.UnitsFrozen(consultation=name, units=tuple(frozen)), at="2026-02-24T20:00:00Z")
        eligible = sum(electors for _, _, electors, _ in rolls)
        opened = consultation.Opened(consultation=name, units=len(rolls), eligible=eligible)
        self._record(opened, at="2026-02-25T20:00:00Z")
        self.seal()
        return name

    def _affiliation(self, writer: Writer) -> founding.AffiliationAccepted:
        base = writer.base
        return founding.AffiliationAccepted(
            code=base.code,
            book=writer.book,
            name=base.name,
            body=base.kind,
            under=base.province,
            board=writer.keys.board(),
        )

    def _second_path(self, writer: Writer) -> founding.AffiliationAccepted:
        """The same base once more, listed by a region that is not its own."""
        first = self._affiliation(writer)
        other = next(one.code for one in peru.provinces() if one.region != first.under[:2])
        code = f"{other}-{first.code}"
        return founding.AffiliationAccepted(
            code=code, book=first.book, name=first.name, body=first.body, under=other, board=first.board
        )

    def _sheets(self, step: Callable[[int], None]) -> Iterator[Sent]:
        """What each base sends: its sealed book after the vote, or its sheet with a proof."""
        name = self.returns.id
        for writer in self.writers:
            step(1)
            base = writer.base
            statutes = (presets.read(PRESETS[base.kind]),)
            if base.fault in ("silent", "not-held"):
                continue
            if base.fault == "roll":
                newcomer = Enrolled(first=base.members + 1, count=1, root="00" * 32)
                writer.desk.record(writer.book, newcomer, at="2026-02-20T23:00:00Z", by="secretary")
                writer.freeze("2026-02-20", "2026-02-28")
            if base.fault == "fork":
                yield Sent(base.code, self._branch(writer, name), "2026-03-09T11:00:00Z", statutes)
            writer.vote(name)
            if base.fault == "two-sheets":
                fewer = replace(base, votes=(base.votes[0] - 1, base.votes[1] + 1, base.votes[2]))
                Writer(writer.desk, fewer, self.seed, writer.book).issue_again(name)
            copy = writer.seal()
            yield Sent(base.code, proven(copy) if base.fault == "proof" else copy, base.arrives, statutes)
            if base.fault == "twice":
                yield Sent(self._second_path(writer).code, copy, f"{base.arrives[:11]}23:30:00Z", statutes)

    def _branch(self, writer: Writer, name: str) -> BookCopy:
        """The history that an old copy of the laptop would have gone on to write: another count, sealed as well."""
        elsewhere = Desk(SqliteStore(Path(":memory:")))
        elsewhere.attach(presets.read(PRESETS[writer.base.kind]))
        bodies = writer.desk.store.bodies(writer.book)
        elsewhere.store.append(writer.book, 0, bodies, "restored from an old copy")
        other = Writer(elsewhere, writer.base, self.seed, writer.book)
        other.vote(name, shift=11)
        return other.seal()

    def _not_held(self) -> Iterator[Act]:
        for writer in self.writers:
            if writer.base.fault == "not-held":
                reason = "La asamblea no se reunió: huaico en la carretera"
                yield returns.NotHeld(consultation=self.returns.id, unit=writer.base.code, reason=reason)

    def _resolutions(self) -> Iterator[Act]:
        name = self.returns.id
        for writer in self.writers:
            base = writer.base
            if base.fault == "resolved":
                reason = "Cotejo con la copia del personero: valen los votos de la copia"
                yield returns.Resolved(consultation=name, unit=base.code, reason=reason, votes=base.votes)
            if base.fault == "annulled":
                reason = "Cotejo con tres copias: ninguna cuadra con las firmas"
                yield returns.Annulled(consultation=name, unit=base.code, reason=reason)
            if base.fault == "mandate":
                yield returns.DelegateVoted(consultation=name, unit=base.code, delegate="m3", option="En contra")
                reason = "La delegada votó contra su mandato; la base ha pedido explicaciones"
                yield returns.Observed(consultation=name, unit=base.code, reason=reason)


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
