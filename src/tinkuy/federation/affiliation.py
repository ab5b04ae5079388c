"""Affiliation: a federation takes note that a base's board changed (cambio de mesa directiva de una base).

Guarantees that sheets which come with a proof alone are judged by the keys of the board that the base had when they
came: a sheet received before keeps the board it was received under, one received after has the new one. The base's own
book says who its board is (rule 1 of the house); this act repeats it, with the checkpoint of that book under which it
was found, and the audit compares the two wherever it has the book (`federation.named`).

Source: book.md, "Keys"; federation.md, check 7.
"""

from __future__ import annotations

from tinkuy.assembly.act import Act, Refused, Whole, act, found
from tinkuy.assembly.founding import HEX_32, Affiliate, Affiliations, Officer, by_officer, officers_wellformed
from tinkuy.assembly.state import Assembly
from tinkuy.federation.consultation import Consultations
from tinkuy.federation.named import BoardNamed, BoardsNamed
from tinkuy.words import say


@act
class AffiliationUpdated(Act, tag="affiliation.updated", frozen=True, kw_only=True):
    """A base's board is another one now: its keys, and size and root of the base's sealed book that says so."""

    code: str
    board: tuple[Officer, ...]
    size: Whole
    root: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        officers_wellformed(self.board)
        base = found(
            assembly.room(Affiliations).by_code.get(self.code), say("no base has the code {code}", code=self.code)
        )
        if base.board == self.board:
            raise Refused(say("this is the board that {code} has already", code=self.code))
        if self.size <= 0 or HEX_32.fullmatch(self.root) is None:
            raise Refused(say("a board is taken from a checkpoint: its size, and its root in 64 hexadecimal digits"))

    def apply(self, assembly: Assembly) -> None:
        bases = assembly.room(Affiliations).by_code
        assembly.room(BoardsNamed).note(bases[self.code], BoardNamed(self.board, self.n, self.size, self.root))
        base = bases[self.code] = _with(bases[self.code], self.board)
        for consultation in assembly.room(Consultations).by_id.values():
            unit = consultation.units.get(self.code)
            if unit is not None and unit.affiliate.book == base.book and unit.receipt is None:
                unit.affiliate = _with(unit.affiliate, self.board)


def _with(base: Affiliate, board: tuple[Officer, ...]) -> Affiliate:
    return Affiliate(base.code, base.book, base.name, base.kind, base.under, board)
