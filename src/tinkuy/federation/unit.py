"""One unit, judged alone: what the archive holds of a base against what the federation wrote down of it.

Guarantees that a sheet is taken for what it is only after the base's book was replayed, its seal verified, and the
receipt found in it; and that what is wrong is either a failed check, which holds the sheet, or a breach, which says
that the archive does not hold what the federation received. It needs nothing of any other unit, so that units may be
judged in any order, on any number of processes.

Source: federation.md, checks 5-8, 10-15 and 18; "Archive and audit".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tinkuy.assembly import mandate, seal
from tinkuy.assembly.act import Refused
from tinkuy.assembly.days import between
from tinkuy.assembly.founding import Body
from tinkuy.assembly.vote import BOXES, MAX_FIGURE, Count, Votes
from tinkuy.assembly.withdrawal import sealed_over
from tinkuy.book import proof as proofs
from tinkuy.book.entry import id_of, leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root
from tinkuy.federation.acts import Assembly, Attachments
from tinkuy.federation.acts import read as read_act
from tinkuy.federation.consultation import Receipt
from tinkuy.federation.hearing import Asked, Heard
from tinkuy.federation.named import differences
from tinkuy.federation.numerals import says
from tinkuy.federation.outcome import Finding, Signature
from tinkuy.federation.reading import Reading, read
from tinkuy.federation.sheet import Issued, Sheets
from tinkuy.federation.volumes import BookCopy, Held, Proven
from tinkuy.statutes.errors import shown
from tinkuy.words import Said, say

SEVERAL = 3  # reasons of one check that are said in full


def judge(ask: Asked, held: Held | None, attachments: Attachments) -> Heard:
    """Judge what is held of a unit; nothing that it holds, however damaged, raises an error."""
    return compare(ask, None if held is None else read({ask.base.book: held}, attachments)[ask.base.book])


def compare(ask: Asked, held: Reading | Proven | None) -> Heard:
    """As `judge`, of a book that was read before."""
    hearing = _Hearing(ask)
    try:
        if held is None:
            hearing.absent()
        elif isinstance(held, Reading):
            hearing.book(held)
        else:
            hearing.proven(held)
    except BookError as error:
        hearing.unreadable(error.said)
    if hearing.failed:
        hearing.heard.checks = {check: _together(reasons) for check, reasons in sorted(hearing.failed.items())}
    return hearing.heard


class _Hearing:
    """The findings on one unit as they are gathered."""

    def __init__(self, ask: Asked) -> None:
        self.ask = ask
        self.place = f"unit {ask.base.code}"
        self.heard = Heard(code=ask.base.code)
        self.failed: dict[int, list[Said]] = {}

    def breach(self, said: Said) -> None:
        self.heard.breaches.append(Finding("breach", self.place, said, unit=self.heard.code))

    def fail(self, check: int, said: Said) -> None:
        self.failed.setdefault(check, []).append(said)

    def absent(self) -> None:
        if self.ask.receipt is not None:
            self.breach(say("the federation received a sheet, but the archive holds nothing of this base"))

    def unreadable(self, fault: Said | None) -> None:
        self.breach(say("the copy cannot be read: {fault}", fault=fault))

    def book(self, reading: Reading) -> None:
        copy, assembly, sealed = reading.copy, reading.assembly, reading.sealed
        if assembly is None:
            self.unreadable(reading.fault)
            return
        # A book whose founding was not allowed has an id all the same.
        if not assembly.leaves or (assembly.id or id_of(assembly.leaves[0])) != self.ask.base.book:
            self.breach(say("the book filed here is another base's; expected {book}", book=self.ask.base.book))
            return
        if sealed is None:
            self.unreadable(reading.fault)
            return
        heard = self.heard
        heard.size = sealed.size
        heard.root = sealed.root
        heard.signatures = _signatures(assembly, sealed)
        heard.acts = len(copy.bodies)
        heard.signed = len(sealed.signed)
        heard.last = assembly.at
        for fault in sealed.faults:
            self.breach(fault)
        if sealed.lacking:
            self.fail(7, say("the book is provisional: {roles} did not sign", roles=sealed.lacking))
        for said in differences(self.ask.named, assembly.room(Body), assembly.leaves, forked=self.ask.forked):
            self.breach(said)
        for breach in assembly.breaches:
            said = say(
                "act {act} ({kind}) was not allowed: {why}", act=str(breach.n), kind=breach.kind, why=breach.said
            )
            self._forbidden(breach.kind, said)
        self._sheet(copy, assembly, sealed)

    def _forbidden(self, kind: str, said: Said) -> None:
        """An act that the base's own statutes forbid; the sheet that stands on it is held under the nearest check."""
        self.fail({"roll.frozen": 8, "roll.published": 8, "vote.opened": 8, "vote.declared": 13}.get(kind, 7), said)

    def _sheet(self, copy: BookCopy, assembly: Assembly, sealed: seal.Seal) -> None:
        issued = assembly.room(Sheets).issued.get(self.ask.consultation, [])
        receipt = self.ask.receipt
        if receipt is None:
            said = say("the base sealed a sheet that the federation has not recorded as received")
            if issued and self.ask.over:
                self.breach(said)
            elif issued:
                self.heard.notes.append(Finding("W", self.place, said, unit=self.heard.code))
            return
        if self.ask.again and not _holds(assembly.leaves, receipt):
            said = say("the sheet that was annulled came from the history that its assembly gave up")
            self.heard.notes.append(Finding("info", self.place, said, unit=self.heard.code))
            return
        if receipt.index >= len(copy.bodies) or receipt.size > len(copy.bodies):
            self.breach(
                say(
                    "the copy is older than the sheet: it ends at act {last}; received was act {index} of {size}",
                    last=str(len(copy.bodies) - 1),
                    index=str(receipt.index),
                    size=receipt.size,
                )
            )
            return
        leaves = assembly.leaves
        # Nearly every base seals its sheet and sends it at once: the root that was received is the one just judged.
        same = not sealed.faults and sealed.size == receipt.size and sealed.root.hex() == receipt.root
        if leaves[receipt.index].hex() != receipt.leaf or not (
            same or root(leaves[: receipt.size]).hex() == receipt.root
        ):
            self.breach(
                say(
                    "the book is not the one from which the sheet was received: its acts up to {size} are others",
                    size=receipt.size,
                )
            )
            return
        self.heard.proofs = 1
        if taken_back := sealed_over(assembly.slips, receipt.size):
            self.fail(11, taken_back)
        allowed = next((one for one in issued if one.n == receipt.index), None)
        sheet = self._taken(allowed, copy.bodies[receipt.index])
        if sheet is None:
            return
        self.heard.sheet, self.heard.entry = sheet, copy.bodies[receipt.index]
        self._alone(sheet)
        self._against_book(sheet, issued, assembly)

    def _taken(self, sheet: Issued | None, body: bytes) -> Issued | None:
        """The sheet as replay found it, or as an entry has it that its own book did not allow, so that it can be shown.

        None is a breach.

        A figure that counts nobody is illegible and no number, wherever the sheet came from (check 5).
        """
        if sheet is None:
            fields = parse(body)
            sheet = _readable(fields)
            if sheet is None:
                index, kind = str(fields["n"]), shown(str(fields["act"]))
                self.breach(say("act {index} is not a tally sheet but {kind}", index=index, kind=kind))
                return None
        if sheet.consultation != self.ask.consultation:
            self.breach(say("act {index} is the sheet of another consultation", index=str(sheet.n)))
            return None
        wild = sheet.count.wild()
        if wild is not None:
            self.fail(5, say("{figure} is not a count of persons or papers", figure=str(wild)))
            sheet = msgspec.structs.replace(sheet, count=_legible(sheet.count))
        return sheet

    def proven(self, held: Proven) -> None:
        """A sheet that came with a proof of inclusion: its acts before the sheet are not at hand."""
        receipt = self.ask.receipt
        keys = {officer.role: bytes.fromhex(officer.key) for officer in self.ask.base.board}
        proof = proofs.parse(held.proof)
        signed = proofs.verify(proof, held.body, self.ask.base.book, keys)
        came = (proof.index, leaf_hash(held.body).hex(), proof.checkpoint.size, proof.checkpoint.root.hex())
        if receipt is None or came != (receipt.index, receipt.leaf, receipt.size, receipt.root):
            self.breach(say("the sheet and its proof are not those that the federation received"))
            return
        sheet = self._taken(None, held.body)
        if sheet is None:
            return
        heard = self.heard
        heard.sheet = sheet
        heard.entry = held.body
        heard.size = proof.checkpoint.size
        heard.root = proof.checkpoint.root
        heard.signatures = tuple(Signature(role, keys[role].hex(), role in signed) for role in keys)
        heard.whole_book = False
        heard.acts = 1
        heard.signed = len(signed)
        heard.proofs = 1
        heard.last = sheet.at
        lacking = tuple(role for role in self.ask.seal if role not in signed)
        if lacking:
            self.fail(7, say("the book is provisional: {roles} did not sign", roles=lacking))
        self._alone(sheet)

    def _alone(self, sheet: Issued) -> None:
        """The checks that need only the sheet and the federation's book."""
        ask, count = self.ask, sheet.count
        if len(count.votes) != len(ask.options):
            self.fail(
                14,
                say(
                    "the sheet has {given} options, the question {asked}",
                    given=len(count.votes),
                    asked=len(ask.options),
                ),
            )
        pairs = tuple(
            f"{w} ≠ {v}" for w, v in zip(sheet.words, count.votes, strict=False) if v is not None and not says(w, v)
        )
        if pairs:
            self.fail(6, say("in words and in numbers: {pairs}", pairs=pairs))
        if sheet.unit != ask.base.code:
            self.fail(8, say("the sheet is made out for unit {other}", other=sheet.unit))
        elif sheet.roll != ask.roll:
            self.fail(8, say("the sheet's roll is not the one frozen for the consultation"))
        elif count.eligible is not None and count.eligible != ask.eligible:
            self.fail(
                8,
                say(
                    "the sheet says {given} on the roll, {frozen} were frozen",
                    given=count.eligible,
                    frozen=ask.eligible,
                ),
            )
        papers = (count.received, count.spoiled, count.cast, count.unused)
        if None not in papers and count.received != (count.spoiled or 0) + (count.cast or 0) + (count.unused or 0):
            self.fail(
                12,
                say(
                    "{spoiled} + {cast} + {unused}, but {received} were received",
                    spoiled=count.spoiled,
                    cast=count.cast,
                    unused=count.unused,
                    received=count.received,
                ),
            )
        if sheet.amends is not None and not sheet.reason.strip():
            self.fail(11, say("the sheet replaces act {act} and gives no reason", act=str(sheet.amends)))
        if not ask.opens <= sheet.opened <= sheet.closed <= ask.closes:
            self.fail(
                18,
                say(
                    "held from {opened} to {closed}; the window is {opens} to {closes}",
                    opened=sheet.opened,
                    closed=sheet.closed,
                    opens=ask.opens,
                    closes=ask.closes,
                ),
            )

    def _against_book(self, sheet: Issued, issued: list[Issued], assembly: Assembly) -> None:
        """The checks that need the base's whole book."""
        body, vote = assembly.room(Body), assembly.room(Votes).by_number.get(sheet.vote)
        if vote is None:
            return
        if vote.question != self.ask.question or vote.options != self.ask.options:
            self.fail(14, say("the base put another question than the consultation's"))
        if vote.counts and _transcribed(vote.counts[-1]) != _transcribed(sheet.count):
            self.fail(
                10,
                say(
                    "the sheet's figures are not those that the tellers gave in vote {number} of the book",
                    number=sheet.vote,
                ),
            )
        if len(set(sheet.tellers)) < body.statutes.officers.tellers:
            self.fail(
                7,
                say(
                    "{given} tellers signed, {needed} are needed",
                    given=len(set(sheet.tellers)),
                    needed=body.statutes.officers.tellers,
                ),
            )
        for other in issued:
            later, earlier = (other, sheet) if other.n > sheet.n else (sheet, other)
            linked = later.amends == earlier.n
            if linked and not later.reason.strip():
                self.fail(11, say("act {act} amends the sheet and gives no reason", act=str(later.n)))
            elif linked and other is later:
                said = say(
                    "act {act} amends this sheet; the figures received stand until people resolve it", act=str(later.n)
                )
                self.heard.notes.append(Finding("W", self.place, said, unit=self.heard.code))
            elif not linked and other.count != sheet.count:
                self.fail(9, say("act {act} of the same book is a second, different sheet", act=str(other.n)))
        self._meeting(sheet, body, vote.rule)
        self._delegate(assembly)

    def _meeting(self, sheet: Issued, body: Body, rule: str) -> None:
        count = sheet.count
        try:
            quorum = body.quorum(sheet.call, rule).judge(
                count.signed_in or 0, self.ask.eligible, members=self.ask.eligible, delegates=self.ask.eligible
            )
        except Refused as refused:
            self.fail(13, refused.said)
        else:
            if not quorum.passed and count.signed_in is not None:
                self.fail(13, quorum.sentence())
        notice = body.statutes.notice.of(rule)
        given = between(sheet.convened, sheet.opened, business=notice.days_are == "business")
        if given is None:
            self.fail(
                14, say("the day of the notice is missing or is not a date: “{given}”", given=sheet.convened[:40])
            )
        elif given < notice.days:
            self.fail(14, say("{given} days' notice, {needed} are needed", given=given, needed=notice.days))

    def _delegate(self, assembly: Assembly) -> None:
        if self.ask.delegate is None:
            return
        delegate, option = self.ask.delegate
        mandates = assembly.room(mandate.Mandates)
        told = mandates.given.get((self.ask.consultation, delegate))
        if not mandates.hold(delegate):
            self.fail(15, say("{member} voted as delegate without a credential that stands", member=delegate))
        elif told is not None and told != option:
            self.fail(15, say("the delegate voted “{voted}”; the mandate was “{told}”", voted=option, told=told))


def _together(reasons: Sequence[Said]) -> Said:
    """What a check found, as one saying; past the first few reasons only how many there are."""
    if len(reasons) == 1:
        return reasons[0]
    if len(reasons) <= SEVERAL:
        return say("{reasons}", reasons=tuple(reasons))
    return say("{reasons}, and {count} things more", reasons=tuple(reasons[:SEVERAL]), count=len(reasons) - SEVERAL)


def _holds(leaves: Sequence[bytes], receipt: Receipt) -> bool:
    """Whether these are the acts from which a sheet was received."""
    return receipt.size <= len(leaves) and root(leaves[: receipt.size]).hex() == receipt.root


def _readable(fields: Mapping[str, object]) -> Issued | None:
    """The sheet in an entry that replay refused, so that it can be shown; None when the entry is no sheet."""
    try:
        act = read_act(fields)
    except Refused:
        return None
    return act if isinstance(act, Issued) else None


def _legible(count: Count) -> Count:
    """The count with every figure missing that counts nobody."""

    def read(figure: int | None) -> int | None:
        return figure if figure is not None and 0 <= figure <= MAX_FIGURE else None

    boxes = {box: read(getattr(count, box)) for box in BOXES}
    return Count(votes=tuple(read(vote) for vote in count.votes), **boxes)


def _transcribed(count: Count) -> tuple[object, ...]:
    return (count.votes, count.blank, count.null, count.challenged, count.cast, count.signed_in)


def _signatures(assembly: Assembly, sealed: seal.Seal) -> tuple[Signature, ...]:
    officers = assembly.room(Body).sealing(sealed.size)
    return tuple(
        Signature(role, officer.key, role in sealed.signed)
        for role, officer in officers.items()
        if role in sealed.needed
    )
