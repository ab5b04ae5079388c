"""The board goes on: the same person with the next key, or another by a vote of the assembly (mesa directiva).

Guarantees that a key which takes a seat never held one before, so that a key which was replaced seals nothing ever
after; that an officer goes on alone only with the key that was committed to beforehand; and that an officer whose key
was lost goes on from a copy that the new key itself names and signs. How an assembly takes the seats from a board that
does not help is in `recall`.

Source: book.md, "Keys"; pre-rotation as in KERI (draft-ssmith-keri), "Key rotation". A signature inside an act is on
`statement`: a label of its own, a zero byte and canonical JSON, which no checkpoint can be.

>>> statement("tinkuy/example/v1", {"book": "0", "size": 3})
b'tinkuy/example/v1\\x00{"book":"0","size":3}'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from tinkuy.assembly.act import Act, Refused, Whole, act
from tinkuy.assembly.founding import HEX_32, Body, Officer, by_officer, carried, officers_wellformed
from tinkuy.assembly.state import Assembly
from tinkuy.book import keys
from tinkuy.book.entry import canonical
from tinkuy.book.keys import commitment
from tinkuy.words import say

HEX_64 = re.compile(r"[0-9a-f]{128}")

_RECOVERY = "tinkuy/recovery/v1"


def statement(label: str, fields: Mapping[str, object]) -> bytes:
    """The bytes on which a signature inside an act is made: what the label says, about exactly these fields."""
    return label.encode("ascii") + b"\x00" + canonical(fields)


def signed(public: str, message: bytes, signature: str) -> bool:
    """Whether the signature (hex) is the key's (hex) on the message; False for anything malformed."""
    if HEX_32.fullmatch(public) is None or HEX_64.fullmatch(signature) is None:
        return False
    return keys.verify(bytes.fromhex(public), message, bytes.fromhex(signature))


def seats(board: tuple[Officer, ...]) -> list[list[str]]:
    """A board as statements name it: role, key and commitment of each officer, in the order given."""
    return [[officer.role, officer.key, officer.next] for officer in board]


def recovery_statement(book: str, size: int, root: str, board: tuple[Officer, ...]) -> bytes:
    """What each new key signs in a recovery: the book, the copy from which it goes on, and the seats."""
    return statement(_RECOVERY, {"board": seats(board), "book": book, "root": root, "size": size})


def goes_on_from(assembly: Assembly, size: int, root: str) -> None:
    """Refuse an act that names, as the copy from which it goes on, anything but the acts right before it."""
    if size != assembly.n:
        raise Refused(
            say("it goes on from a copy of {size} acts, and this is act {n}", size=str(size), n=str(assembly.n))
        )
    # The tree only grows: a book of a hundred thousand recoveries must not take an hour to replay.
    tree = assembly.room(Body).tree
    for leaf in assembly.leaves[tree.size : assembly.n]:
        tree.append(leaf)
    if tree.root().hex() != root:
        raise Refused(say("it goes on from a copy that held other acts than these"))


def newly_keyed(assembly: Assembly, board: tuple[Officer, ...]) -> None:
    """Refuse a key that held a seat before, this one or another: it was replaced, and may be in other hands."""
    keyed = assembly.room(Body).keyed
    for officer in board:
        if officer.key in keyed:
            raise Refused(
                say(
                    "the key of {role} held a seat in this book before: a seat is taken with a new key",
                    role=officer.role,
                )
            )


@act
class BoardInstalled(Act, tag="board.installed", frozen=True, kw_only=True):
    """Officers take their seats (instalación de la mesa): the same person with the next key, or another by decision
    of the assembly.

    A rotation opens the commitment made before. An election or a recall names the vote that decided it; from this act
    on the former key seals nothing.
    """

    board: tuple[Officer, ...]
    reason: Literal["rotation", "election", "recall"]
    vote: Whole | None = None

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        officers_wellformed(self.board)
        if self.reason == "rotation":
            _commitments_opened(assembly, self.board)
        else:
            if self.vote is None:
                raise Refused(say("an election or a recall names the vote that decided it"))
            carried(assembly, self.vote or 0, self.reason)
        newly_keyed(assembly, self.board)

    def apply(self, assembly: Assembly) -> None:
        body = assembly.room(Body)
        for officer in self.board:
            body.install(officer, self.n)
        if self.reason != "rotation" and self.vote is not None:
            body.spent.add(self.vote)


@act
class BoardRecovered(Act, tag="board.recovered", frozen=True, kw_only=True):
    """Officers whose keys were lost go on with those committed to before (recuperación), as after a lost laptop.

    `size` and `root` are the checkpoint of the longest sealed copy that was found; this is the act right after it.
    `signatures` (hex, one a seat in the order of the board) are by the new keys, on `recovery_statement`.
    """

    board: tuple[Officer, ...]
    size: Whole
    root: str
    signatures: tuple[str, ...]
    reason: str

    def check(self, assembly: Assembly) -> None:
        by_officer(assembly, self)
        officers_wellformed(self.board)
        if not self.reason.strip():
            raise Refused(say("a recovery takes a reason"))
        goes_on_from(assembly, self.size, self.root)
        _commitments_opened(assembly, self.board)
        newly_keyed(assembly, self.board)
        if len(self.signatures) != len(self.board):
            raise Refused(say("every new key signs the recovery"))
        said = recovery_statement(assembly.id, self.size, self.root, self.board)
        for officer, signature in zip(self.board, self.signatures, strict=True):
            if not signed(officer.key, said, signature):
                raise Refused(say("the new key of {role} has not signed this recovery of this book", role=officer.role))

    def apply(self, assembly: Assembly) -> None:
        body = assembly.room(Body)
        for officer in self.board:
            body.install(officer, self.n)


def _commitments_opened(assembly: Assembly, board: tuple[Officer, ...]) -> None:
    for officer in board:
        former = assembly.room(Body).officer(officer.role)
        if former is None:
            raise Refused(say("{role} is a new seat: it takes an election, not a rotation", role=officer.role))
        if commitment(bytes.fromhex(officer.key)).hex() != former.next:
            raise Refused(say("the new key of {role} is not the one that was committed to before", role=officer.role))
