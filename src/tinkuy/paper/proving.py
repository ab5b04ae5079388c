"""What a sheet read from paper proves, and by whose keys.

Guarantees that a sheet is called sealed only by keys that do not come from whoever printed it: those of the
federation's book or of the base's own. The founding act on the paper proves its keys by the book's id, which is its
hash; that these officers still held their seats when they signed, only a book can say, and so it is said. Without
either, nothing is proven but that entry and root belong together.

Source: federation.md, "Travelling without a network"; C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import msgspec

from tinkuy.assembly import seal, vote
from tinkuy.assembly.act import Act, Refused, read
from tinkuy.assembly.founding import HEX_32, Body, Founded
from tinkuy.book import proof as proofs
from tinkuy.book.checkpoint import check_code
from tinkuy.book.entry import book_id, leaf_hash, parse
from tinkuy.book.errors import BookError
from tinkuy.book.merkle import root, verify_inclusion
from tinkuy.federation.acts import Assembly
from tinkuy.federation.archive import BookCopy
from tinkuy.federation.audit import asked
from tinkuy.federation.consultation import Consultations, Receipt
from tinkuy.federation.sheet import Issued
from tinkuy.federation.unit import judge
from tinkuy.paper.errors import PaperError
from tinkuy.paper.payload import Carried, ProvenAct
from tinkuy.statutes.provisions import Officers
from tinkuy.words import Said, say

Source = Literal["federation", "book", "founding", ""]
SIGNATURES, SECOND_SHEET = 7, 9  # the checks of these names
K = TypeVar("K", bound=Act)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A sheet read from paper and what is known of it.

    `source` is where the officers' keys come from, "" when nobody vouches for them; `signed` the roles whose keys
    signed, `faults` what does not hold, `differences` the checks that the sheet fails, which are no fault of the paper.
    """

    carried: Carried
    sheet: Issued
    name: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    source: Source = ""
    signed: tuple[str, ...] = ()
    faults: tuple[Said, ...] = ()
    differences: tuple[tuple[int, Said], ...] = ()

    @property
    def proven(self) -> bool:
        """Somebody's keys vouch for it, and nothing speaks against it."""
        return bool(self.source) and not self.faults

    @property
    def check_code(self) -> str:
        """The code that the paper shows for reading aloud."""
        return check_code(self.carried.root)


@dataclass(frozen=True, slots=True)
class Held:
    """A book at hand, to hold a sheet against: its copy, the state that it replays to."""

    copy: BookCopy
    state: Assembly


def prove(carried: Carried, held: Held | None = None) -> Scanned:
    """What the sheet proves, with a federation's book or the base's own at hand or with nothing but the paper.

    Raises `PaperError` when what was signed is no tally sheet, `BookError` when entry and proof do not hold together.
    """
    sheet = _act(carried, carried.sheet, Issued)
    scanned = _asking(Scanned(carried, sheet))
    if held is None:
        return _by_paper(scanned)
    return _by_book(scanned, held) if held.state.id == carried.book else _by_federation(scanned, held.state)


def _act(carried: Carried, proven: ProvenAct, kind: type[K]) -> K:
    """An act on the paper, shown to be under the paper's root."""
    verify_inclusion(leaf_hash(proven.body), proven.index, carried.size, proven.hashes, carried.root)
    fields = parse(proven.body)
    try:
        act = read(fields)
    except Refused as refused:
        raise PaperError(refused.said) from None
    if not isinstance(act, kind) or act.n != proven.index:
        raise PaperError(say("what was signed is not what a sheet carries but {kind}", kind=ascii(act.kind[:60])))
    return act


def _asking(scanned: Scanned) -> Scanned:
    """With the question and the options' names, where the paper carries the act that put it."""
    if scanned.carried.question is None:
        return scanned
    put = _act(scanned.carried, scanned.carried.question, vote.Opened)
    if put.vote != scanned.sheet.vote:
        return scanned
    return replace(scanned, question=put.question, options=tuple(option.name for option in put.options))


def _by_paper(scanned: Scanned) -> Scanned:
    """By the founding act on the paper, which the book's id proves."""
    founded = _founding(scanned.carried)
    if founded is None:
        return scanned
    keys = {officer.role: bytes.fromhex(officer.key) for officer in founded.board}
    signed, faults = _signed(scanned.carried, keys)
    named = replace(scanned, name=founded.name, signed=signed, faults=faults)
    if not signed:  # the keys were replaced since, or nobody signed
        return named
    lacking = tuple(role for role in Officers().seal if role in keys and role not in signed)
    if lacking:
        unsigned = say(
            "of the board that founded the body, {roles} did not sign: the sheet is provisional", roles=lacking
        )
        named = replace(named, faults=(*faults, unsigned))
    return replace(named, source="founding")


def _founding(carried: Carried) -> Founded | None:
    if carried.founding is None or book_id(carried.founding) != carried.book:
        return None
    try:
        act = read(parse(carried.founding))
    except Refused:
        return None
    whole = isinstance(act, Founded) and all(HEX_32.fullmatch(officer.key) for officer in act.board)
    return act if whole and isinstance(act, Founded) else None


def _by_book(scanned: Scanned, held: Held) -> Scanned:
    """By the base's own book: the keys that held at the checkpoint, and the acts themselves where it goes so far."""
    carried, body = scanned.carried, held.state.room(Body)
    signed, faults = _signed(carried, body.keys(carried.size))
    found = [*faults, *seal.inspect(held.copy.bodies, held.copy.note, held.state).faults]
    if lacking := tuple(role for role in body.statutes.officers.seal if role not in signed):
        found.append(say("the sheet is provisional: {roles} did not sign", roles=lacking))
    leaves = [leaf_hash(entry) for entry in held.copy.bodies[: carried.size]]
    if len(leaves) == carried.size and root(leaves) != carried.root:
        found.append(say("the book at hand has other acts than those that were signed on paper: two histories, a fork"))
    put = held.state.room(vote.Votes).by_number.get(scanned.sheet.vote)
    if put is not None:
        names = tuple(option.name for option in put.options)
        scanned = replace(scanned, question=put.question, options=names)
    return replace(scanned, name=body.name, source="book", signed=signed, faults=tuple(found))


def _by_federation(scanned: Scanned, federation: Assembly) -> Scanned:
    """By the federation's book: what `tinkuy receive` would make of the sheet, without receiving it."""
    carried, sheet = scanned.carried, scanned.sheet
    consultation = federation.room(Consultations).by_id.get(sheet.consultation)
    units = [] if consultation is None else [u for u in consultation.units.values() if u.affiliate.book == carried.book]
    if consultation is None or not units:
        stranger = say(
            "the book at hand is neither this base's nor a federation's that asks it: another one's, or an older copy"
        )
        return replace(scanned, source="federation", faults=(stranger,))
    unit = next((one for one in units if one.affiliate.code == sheet.unit), units[0])
    came = leaf_hash(carried.sheet.body).hex()
    receipt = Receipt(carried.sheet.index, came, carried.size, carried.root.hex(), sheet.at, 0)
    ask = msgspec.structs.replace(asked(federation, consultation, unit), receipt=receipt, state="normal")
    heard = judge(ask, carried.proven(), {})
    faults = [finding.said for finding in heard.breaches]
    faults += [said for number, said in heard.checks.items() if number == SIGNATURES]
    differences = [(number, said) for number, said in heard.checks.items() if number != SIGNATURES]
    if unit.receipt is not None and unit.receipt.leaf != came:
        differences.append((SECOND_SHEET, say("the federation received another sheet of this base")))
    return replace(
        scanned,
        name=unit.affiliate.name,
        question=consultation.question,
        options=tuple(option.name for option in consultation.options),
        source="federation",
        signed=tuple(one.role for one in heard.signatures if one.valid),
        faults=tuple(faults),
        differences=tuple(differences),
    )


def _signed(carried: Carried, keys: Mapping[str, bytes]) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """The roles that signed, and what is wrong with a signature."""
    try:
        signed = proofs.verify(carried.proof(carried.sheet), carried.sheet.body, carried.book, keys)
    except BookError as error:
        return (), (error.said,)
    return tuple(role for role in keys if role in signed), ()
