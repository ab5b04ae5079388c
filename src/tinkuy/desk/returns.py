"""Returns at a federation's desk: taking in what bases send up, and the report as it stands (cómputo en curso).

Guarantees that a base's book is kept only when it continues the copy held before; that a copy which contradicts it is
kept beside it as the second branch of a fork, recorded, and never merged; and that a sheet is received with the state
that its own checks give it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import msgspec

from tinkuy.assembly import seal
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.entry import book_id, leaf_hash
from tinkuy.book.merkle import consistency_proof, root
from tinkuy.book.package import write as write_package
from tinkuy.book.proof import parse as parse_proof
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.desk.files import appearing
from tinkuy.desk.fork import branches
from tinkuy.federation import archive, checks
from tinkuy.federation.acts import Assembly, replay
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.federation.audit import asked, asks, open_book
from tinkuy.federation.checklist import SEVERITY
from tinkuy.federation.consultation import Consultation, Consultations, Receipt, Unit
from tinkuy.federation.hearing import Asked, Heard
from tinkuy.federation.outcome import Report
from tinkuy.federation.report import conclude, tree_of, unit_row, unit_table
from tinkuy.federation.report_sheets import OVERRULED
from tinkuy.federation.returns import Forked, Observed, Received
from tinkuy.federation.sheet import Sheets
from tinkuy.federation.unit import judge
from tinkuy.words import Said, say


@dataclass(frozen=True, slots=True)
class Sent:
    """What came from a unit: its book or its sheet with a proof, when, and the statutes that its acts name."""

    code: str
    held: BookCopy | Proven
    at: str
    attachments: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one return: acts that were not held before, and how its sheet was received.

    `state` is "" where no sheet was received now: there is none in it, or one came before (`known`). `differences` are
    the checks that the sheet fails, each with what it found; `held` is why a sheet received before is held from now on.
    """

    code: str
    new: int
    state: str = ""
    known: bool = False
    forked: bool = False
    held: str = ""
    differences: tuple[tuple[int, Said], ...] = ()


class Returns:
    """The returns of one consultation, taken in at the desk of the federation."""

    def __init__(self, desk: Desk, federation: str, consultation: str) -> None:
        self.desk, self.federation, self.id = desk, federation, consultation
        self._heard: dict[str, tuple[Asked, bytes | None, Heard]] = {}

    @property
    def consultation(self) -> Consultation:
        """The consultation as the federation's book stands now."""
        found = self.desk.assembly(self.federation).room(Consultations).by_id.get(self.id)
        if found is None:
            raise DeskError(say("the federation's book holds no consultation {name}", name=self.id))
        return found

    @property
    def _consultations(self) -> Consultations:
        return self.desk.assembly(self.federation).room(Consultations)

    def receive(self, sent: Sequence[Sent], *, by: str) -> list[Taken]:
        """Take in what units sent, in order: keep it, judge it, and record the receipt of each sheet.

        A book without a sheet is kept and nothing recorded; of one received before, only that it does not hold any
        longer, where acts that came since make it fail a check. Raises `DeskError` when a unit is unknown, a copy is
        another base's book, or it is not fit to be kept; what came before it in the list is then kept and not recorded.
        """
        grown: dict[str, str] = {}
        fresh: list[tuple[Sent, Receipt, Heard]] = []
        taken: dict[int, Taken] = {}
        for place, one in enumerate(sent):
            unit = self._unit(one.code)
            state, new = self._keep(unit, one, by)
            forked = new is None
            receipt = None if forked else self._receipt(one, state)
            before = unit.receipt is not None and not self._consultations.comes_again(unit)
            taken[place] = Taken(one.code, new or 0, known=before and not forked, forked=forked)
            if isinstance(one.held, BookCopy) and 0 < (new or 0) < len(one.held.bodies):
                grown[unit.affiliate.book] = one.at
            if receipt is None or before or one.code in {came.code for came, _, _ in fresh}:
                continue
            ask = msgspec.structs.replace(self._ask(unit), receipt=receipt, state="normal")
            heard = judge(ask, one.held, self.desk.attachments)
            if heard.breaches:
                raise DeskError(say("{code}: {fault}", code=one.code, fault=heard.breaches[0].said))
            fresh.append((one, receipt, heard))
        failed = self._failed([(one.code, heard) for one, _, heard in fresh])
        acts = {one.code: self._received(one, receipt, tuple(failed[one.code]), by) for one, receipt, _ in fresh}
        if acts:
            self.desk.record(self.federation, *acts.values())
        changes = [self._observed(unit, grown[unit.affiliate.book], by) for unit in self._standing(grown)]
        self.desk.record(self.federation, *(change for change in changes if change is not None))
        held = {change.unit: change.reason for change in changes if change is not None}
        told = (self._told(one, acts.get(one.code), failed) for one in taken.values())
        return [replace(one, held=held.get(one.code, "")) for one in told]

    def _standing(self, books: Mapping[str, str]) -> list[Unit]:
        """The units of these books whose sheets count as they were received."""
        units = self.consultation.units.values()
        return [unit for unit in units if unit.affiliate.book in books and unit.state in ("normal", "resolved")]

    def _observed(self, unit: Unit, at: str, by: str) -> Observed | None:
        """What the federation records of a sheet that its base's later acts make fail a check; None if they do not."""
        heard = judge(self._ask(unit), self._held(unit.affiliate.book, unit.receipt), self.desk.attachments)
        settled = OVERRULED if unit.state == "resolved" else frozenset()
        failed = [check for check in heard.checks if SEVERITY[check] == "E" and check not in settled]
        if not failed:
            return None
        reason = str(heard.checks[failed[0]])[:1000]
        return Observed(consultation=self.id, unit=unit.affiliate.code, reason=reason, at=at, by=by)

    def _told(self, one: Taken, act: Received | None, failed: Mapping[str, Mapping[int, Said]]) -> Taken:
        return one if act is None else replace(one, state=act.state, differences=tuple(failed[one.code].items()))

    def _received(self, one: Sent, receipt: Receipt, failed: Sequence[int], by: str) -> Received:
        state = self.desk.assembly(self.federation)
        frozen = state.room(Consultations).frozen(self._unit(one.code).affiliate.book)
        holding = frozen or any(SEVERITY[number] == "E" for number in failed)
        late = one.at > self.consultation.closes
        return Received(
            consultation=self.id,
            unit=one.code,
            index=receipt.index,
            leaf=receipt.leaf,
            size=receipt.size,
            root=receipt.root,
            state="late" if late else "observed" if holding else "normal",
            checks=tuple(failed),
            proven=receipt.proven,
            continues=self._continues(one, receipt),
            at=one.at,
            by=by,
        )

    def _continues(self, one: Sent, receipt: Receipt) -> tuple[str, ...]:
        """The hashes from the history that a base's assembly chose to this copy; none where its book never forked."""
        kept = self.desk.assembly(self.federation).room(Consultations).kept.get(self._unit(one.code).affiliate.book)
        if kept is None:
            return ()
        if not isinstance(one.held, BookCopy):
            raise DeskError(
                say(
                    "{code}: its book forked, and a sheet alone does not show in which history it stands: "
                    "bring the whole book",
                    code=one.code,
                )
            )
        leaves = [leaf_hash(body) for body in one.held.bodies[: receipt.size]]
        if len(leaves) < kept.size or root(leaves[: kept.size]).hex() != kept.root:
            raise DeskError(
                say("{code}: this copy does not continue the history that its assembly chose", code=one.code)
            )
        return tuple(step.hex() for step in consistency_proof(leaves, kept.size))

    def report(self) -> Report:
        """The audit of what the store holds, up to the federation's last checkpoint.

        A unit judged before is not judged again while nothing that its judgement stands on has changed.
        """
        opened = open_book(self.desk.copy(self.federation), self.id, self.desk.attachments)
        opened.forks = frozenset(opened.federation.room(Consultations).forked)
        found = conclude(opened, {ask.base.code: self._judged(ask) for ask in asks(opened)})
        # Whoever asks the store, such as the site, reads the sheets again and again.
        return msgspec.structs.replace(found, sheets=tuple(found.sheets))

    def members(self) -> Iterator[tuple[str, bytes]]:
        """The files of the consultation's archive; see `federation.archive`."""
        opened = open_book(self.desk.copy(self.federation), self.id, self.desk.attachments)
        units = opened.consultation.units.values()
        receipts = {unit.affiliate.book: unit.receipt for unit in units}
        books = {book: held for book in sorted(receipts) if (held := self._held(book, receipts[book])) is not None}
        seen = opened.federation.room(Consultations).forked
        forks = {book: branches(self.desk, opened.federation, book) for book in seen}
        copies = [opened.copy, *(held for held in books.values() if isinstance(held, BookCopy))]
        named = {digest for copy in copies for digest in archive.named(copy)}
        attachments = {digest: data for digest in named if (data := self.desk.attachments.get(digest)) is not None}
        return archive.members(self.id, opened.copy, books.items(), forks, attachments)

    def export(self, path: Path) -> str:
        """Write the archive to `path`; returns its fingerprint, the SHA-256 of the manifest in hex."""
        fingerprint = ""

        def noted() -> Iterator[tuple[str, bytes]]:
            nonlocal fingerprint
            for name, data in self.members():
                if name == archive.MANIFEST:
                    fingerprint = sha256(data).hexdigest()
                yield name, data

        with appearing(path) as file:
            write_package(file, noted())
        return fingerprint

    def _held(self, book: str, receipt: Receipt | None) -> BookCopy | Proven | None:
        """What the store holds of a base: its sealed book, its sheet with a proof, or nothing.

        A book that was taken in before the proven sheet does not hold the sheet: then the proof speaks.
        """
        whole = self.desk.copy(book) if self.desk.store.latest_checkpoint(book) is not None else None
        if receipt is None or receipt.proven is None or (whole is not None and len(whole.bodies) >= receipt.size):
            return whole
        body, proof = (self.desk.attachments.get(digest) for digest in receipt.proven)
        return Proven(body, proof) if body is not None and proof is not None else None

    def _unit(self, code: str) -> Unit:
        unit = self.consultation.units.get(code)
        if unit is None:
            raise DeskError(say("{code} is not a unit of this consultation", code=code))
        return unit

    def _keep(self, unit: Unit, one: Sent, by: str) -> tuple[Assembly, int | None]:
        """Keep what came; its replay, empty for a sheet alone, and how many acts are new, None for a second history."""
        book, copy, store = unit.affiliate.book, one.held, self.desk.store
        for data in one.attachments:
            store.put_attachment(data)
        if isinstance(copy, Proven):
            store.put_attachment(copy.body)
            store.put_attachment(copy.proof)
            return Assembly(), 0
        if not copy.bodies or book_id(copy.bodies[0]) != book:
            raise DeskError(say("this is not the book of {code} ({book})", code=one.code, book=book))
        state = replay(copy.bodies, self.desk.attachments)
        self._expect_seal(unit, copy, seal.inspect(copy.bodies, copy.note, state))
        if self.desk.contradicts(copy):
            self._fork(book, copy, one.at, by)
            return state, None
        return state, self.desk.take(copy, state)

    def _expect_seal(self, unit: Unit, copy: BookCopy, sealed: seal.Seal) -> None:
        """Refuse a continuation that the base's board does not stand behind, before anything of it is kept.

        Kept, a forgery would make a second history of the base's own book.
        """
        book, code = unit.affiliate.book, unit.affiliate.code
        before = self.desk.store.latest_checkpoint(book)
        if before is not None and (self.desk.contradicts(copy) or len(copy.bodies) <= self.desk.store.size(book)):
            return
        if not sealed.signed:
            raise DeskError(say("no officer of {code} has signed this copy: it was not kept", code=code))
        if before is not None and sealed.lacking and self._is_sealed(book):
            raise DeskError(
                say(
                    "the copy of {code} held here is sealed and this continuation is not ({roles} did not sign): "
                    "it was not kept",
                    code=code,
                    roles=sealed.lacking,
                )
            )
        if self.consultation.state not in ("opened", "closed"):
            raise DeskError(say("the consultation is {state}: it takes no more returns", state=self.consultation.state))

    def _is_sealed(self, book: str) -> bool:
        held = self.desk.copy(book)
        return seal.inspect(held.bodies, held.note, replay(held.bodies, self.desk.attachments)).whole

    def _fork(self, book: str, copy: BookCopy, at: str, by: str) -> None:
        """Keep a contradicting copy as evidence and record the fork, once, if both branches are sealed."""
        if self._known(book, copy):
            return
        other = seal.inspect(copy.bodies, copy.note, replay(copy.bodies, self.desk.attachments))
        held = self.desk.copy(book)
        if not other.whole:
            raise DeskError(say("this copy contradicts the one held and is not sealed by the board: it was not kept"))
        if not self._is_sealed(book):
            raise DeskError(
                say("this copy contradicts the one held, which the whole board has not sealed: ask the base")
            )
        evidence = BytesIO()
        write_package(evidence, archive.entries_only(copy))
        mine = parse_checkpoint(held.note)
        fork = Forked(
            book=book,
            roots=(mine.root.hex(), other.root.hex()),
            sizes=(mine.size, other.size),
            evidence=self.desk.attach(evidence.getvalue()),
        )
        self.desk.record(self.federation, fork, at=at, by=by)

    def _known(self, book: str, copy: BookCopy) -> bool:
        """Whether a contradicting copy says nothing new: the fork is recorded, and this is the branch not held."""
        consultations = self.desk.assembly(self.federation).room(Consultations)
        if book not in consultations.kept:
            return book in consultations.forked
        mine, theirs = ([leaf_hash(body) for body in bodies] for bodies in (self.desk.store.bodies(book), copy.bodies))
        return any(_holds(theirs, *seen) and not _holds(mine, *seen) for seen in consultations.branches[book])

    def _receipt(self, one: Sent, state: Assembly) -> Receipt | None:
        """The receipt that this copy would be given: of the newest sheet for this consultation that it holds."""
        proven = None
        if isinstance(one.held, Proven):
            proof = parse_proof(one.held.proof)
            index, body, checkpoint = proof.index, one.held.body, proof.checkpoint
            proven = (sha256(body).hexdigest(), sha256(one.held.proof).hexdigest())
        else:
            issued = state.room(Sheets).issued.get(self.id, [])
            if not issued:
                return None
            index, checkpoint = issued[-1].n, parse_checkpoint(one.held.note)
            body = one.held.bodies[index]
        number = self.desk.assembly(self.federation).size
        return Receipt(index, leaf_hash(body).hex(), checkpoint.size, checkpoint.root.hex(), one.at, number, proven)

    def _ask(self, unit: Unit) -> Asked:
        return asked(self.desk.assembly(self.federation), self.consultation, unit)

    def _failed(self, heard: Sequence[tuple[str, Heard]]) -> dict[str, dict[int, Said]]:
        """All checks that the sheets fail, those between units included, with what each found."""
        units = self.consultation.units.items()
        standing = ((code, unit) for code, unit in units if unit.receipt is not None and unit.state != "annulled")
        came = {unit.affiliate.book: code for code, unit in standing}
        found: dict[str, dict[int, Said]] = {}
        for code, one in heard:
            book = self._unit(code).affiliate.book
            found[code] = dict(one.checks)
            if book in came:
                found[code][16] = say("the same base was counted already as unit {first}", first=came[book])
            came.setdefault(book, code)
        tree = tree_of(self.desk.assembly(self.federation))
        options = [option.name for option in self.consultation.options]
        rows = {code: unit_row(self._unit(code), one, "normal", sorted(found[code]), tree) for code, one in heard}
        table = unit_table(list(rows.values()), tree, len(options))
        shown = {row["unit"]: row for row in table.iter_rows(named=True)}
        for row in checks.failures(table, len(options)).iter_rows(named=True):
            code = row["unit"]
            for number in (*row["failed"], *row["warned"]):
                found[code].setdefault(number, checks.difference(shown[code], number, options))
        return {code: dict(sorted(numbers.items())) for code, numbers in found.items()}

    def _judged(self, ask: Asked) -> Heard:
        """The hearing of a unit; the one made before, while nothing that it stands on has changed."""
        book = ask.base.book
        mark = self.desk.store.latest_checkpoint(book)
        before = self._heard.get(ask.base.code)
        if before is not None and before[:2] == (ask, mark):
            return before[2]
        heard = judge(ask, self._held(book, ask.receipt), self.desk.attachments)
        self._heard[ask.base.code] = (ask, mark, heard)
        return heard


def _holds(leaves: Sequence[bytes], size: int, seen: str) -> bool:
    """Whether the acts with these leaf hashes go on from this checkpoint."""
    return size <= len(leaves) and root(leaves[:size]).hex() == seen
