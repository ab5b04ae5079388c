"""A unit's hearing in values: what it is asked for, and what came of it.

They pass between processes and machines, so they hold data alone: `audit` makes what is asked, `unit` judges it, and
`report` puts what was heard together.
"""

from __future__ import annotations

import msgspec

from tinkuy.assembly.founding import Affiliate
from tinkuy.assembly.vote import Option
from tinkuy.book.checkpoint import check_code
from tinkuy.federation.consultation import Receipt
from tinkuy.federation.named import BoardNamed
from tinkuy.federation.outcome import Finding, Signature
from tinkuy.federation.sheet import Issued
from tinkuy.words import Said


class Asked(msgspec.Struct, frozen=True):
    """What the federation's book says of one unit: the measure against which its sheet is judged."""

    consultation: str
    question: str
    options: tuple[Option, ...]
    opens: str
    closes: str
    seal: tuple[str, ...]  # roles that the federation's statutes ask for, where the base's own are not at hand
    base: Affiliate
    eligible: int
    roll: str
    receipt: Receipt | None
    state: str
    delegate: tuple[str, str] | None
    over: bool = False  # closed: whatever came has been recorded by now
    named: tuple[BoardNamed, ...] = ()  # what the federation says of the base's board, to be compared
    again: bool = False  # annulled with the history it came from: the receipt is not of this book
    forked: bool = False  # two histories of the base's book were seen
    volume: str = ""  # where an archive would hold the base


class Heard(msgspec.Struct, kw_only=True):
    """What came of judging one unit: the sheet, the checks that it fails, and what is wrong with the archive's copy."""

    code: str
    sheet: Issued | None = None
    entry: bytes = b""
    checks: dict[int, Said] = {}
    breaches: list[Finding] = []
    notes: list[Finding] = []
    size: int | None = None
    root: bytes = b""
    signatures: tuple[Signature, ...] = ()
    whole_book: bool = True
    acts: int = 0
    signed: int = 0  # valid signatures of officers
    proofs: int = 0  # proofs of inclusion that hold
    last: str = ""  # time of the last act read

    @property
    def check_code(self) -> str:
        """The checkpoint's code for reading aloud."""
        return check_code(self.root) if self.root else ""
