"""Changes of a board that take more than one desk: a recovery, a recall that many sign, a base's new board.

Guarantees that a recovery and a recall go on from a copy that its board sealed whole; that what people sign for a
recall is what the act will say, and travels in one small file; and that a federation takes a base's new board from the
base's own sealed book.

    {"board":[…],"book":"…","members":[{"by":"m3","signature":"…"}],"parent":[],"reason":"…","root":"…","size":12}

Source: book.md, "Keys"; `assembly.board`, `assembly.recall`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tinkuy.assembly import seal as seals
from tinkuy.assembly.board import BoardRecovered, recovery_statement
from tinkuy.assembly.founding import Affiliations, Body, Officer
from tinkuy.assembly.recall import BoardRecalled, MemberKeyed, Signed, key_statement, recall_statement
from tinkuy.book.entry import canonical, read_canonical
from tinkuy.book.errors import BookError
from tinkuy.book.keys import SigningKey
from tinkuy.desk.desk import Desk, DeskError
from tinkuy.federation.affiliation import AffiliationUpdated
from tinkuy.statutes.errors import shown
from tinkuy.words import say

MAX_DRAFT = 128 * 1024


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall on its way from hand to hand: what is signed, and the signatures so far."""

    book: str
    size: int
    root: str
    board: tuple[Officer, ...]
    reason: str
    members: tuple[Signed, ...] = ()
    parent: tuple[Signed, ...] = ()

    def statement(self) -> bytes:
        """The bytes that every member and every officer of the parent signs."""
        return recall_statement(self.book, self.size, self.root, self.board, self.reason)

    def by_member(self, member: str, key: SigningKey) -> Draft:
        """With this member's signature, in the place of one made before."""
        return msgspec.structs.replace(self, members=self._with(self.members, member, key))

    def by_parent(self, role: str, key: SigningKey) -> Draft:
        """With the signature of this officer of the parent body, in the place of one made before."""
        return msgspec.structs.replace(self, parent=self._with(self.parent, role, key))

    def _with(self, held: tuple[Signed, ...], name: str, key: SigningKey) -> tuple[Signed, ...]:
        others = tuple(one for one in held if one.by != name)
        return (*others, Signed(name, key.sign(self.statement()).hex()))

    def act(self) -> BoardRecalled:
        """The act, to be recorded by an officer of the new board."""
        return BoardRecalled(
            board=self.board,
            size=self.size,
            root=self.root,
            reason=self.reason,
            members=self.members,
            parent=self.parent,
            by=next((one.role for one in self.board if one.role == "secretary"), self.board[0].role),
        )

    def written(self) -> bytes:
        """The file's bytes."""
        return canonical(msgspec.to_builtins(self)) + b"\n"


def read_draft(data: bytes, name: str) -> Draft:
    """The recall in a file; `name` is the file's. Raises `DeskError` when it is none."""
    try:
        draft = msgspec.convert(read_canonical(data.strip(), MAX_DRAFT), Draft)
    except (BookError, msgspec.ValidationError) as error:
        fault = shown(str(error), 200)
        raise DeskError(say("{file} is not the draft of a recall: {fault}", file=name, fault=fault)) from None
    if not draft.board:
        raise DeskError(say("{file}: the recall names no new board", file=name))
    return draft


def read_seat(data: bytes, name: str) -> Officer:
    """The public half of a seat in a file (`tinkuy desk keys make`). Raises `DeskError` when it is none."""
    try:
        return msgspec.convert(read_canonical(data.strip()), Officer)
    except (BookError, msgspec.ValidationError) as error:
        fault = shown(str(error), 200)
        raise DeskError(say("{file} is not the file of a seat: {fault}", file=name, fault=fault)) from None


def drafted(desk: Desk, book: str, board: Sequence[Officer], reason: str) -> Draft:
    """A recall on top of the book as it stands here, signed by nobody yet. Raises `DeskError` as `sealed_whole`."""
    size, root = sealed_whole(desk, book)
    return Draft(book, size, root, tuple(board), reason)


def recovery(
    desk: Desk, book: str, successors: Sequence[Officer], signers: Mapping[str, SigningKey], reason: str
) -> BoardRecovered:
    """The recovery of these seats on top of the book as it stands here, signed by their new keys.

    Raises `DeskError` as `sealed_whole`.
    """
    size, root = sealed_whole(desk, book)
    said = recovery_statement(book, size, root, tuple(successors))
    signatures = tuple(signers[one.role].sign(said).hex() for one in successors)
    return BoardRecovered(board=tuple(successors), size=size, root=root, signatures=signatures, reason=reason)


def sealed_whole(desk: Desk, book: str) -> tuple[int, str]:
    """Size and root (hex) of the book as it stands here.

    Raises `DeskError` unless its whole board has sealed all of it: whoever continues another copy than the sealed one
    makes a second history.
    """
    copy = desk.copy(book)
    sealed = seals.inspect(copy.bodies, copy.note, desk.assembly(book))
    if desk.store.size(book) != sealed.size or not sealed.whole:
        raise DeskError(
            say(
                "{acts} acts are here and the whole board has not sealed them: go on from the longest sealed copy, "
                "taken in with tinkuy desk import in an empty folder",
                acts=str(desk.store.size(book)),
            )
        )
    return sealed.size, sealed.root.hex()


def member_key(book: str, member: str, key: SigningKey, former: SigningKey | None) -> MemberKeyed:
    """The registration of a member's key, signed by it and by the one whose place it takes."""
    said = key_statement(book, member, key.public.hex())
    return MemberKeyed(
        member=member,
        key=key.public.hex(),
        signature=key.sign(said).hex(),
        former=former.sign(said).hex() if former else "",
    )


def updates(desk: Desk, federation: str, codes: Iterable[str]) -> Iterator[AffiliationUpdated]:
    """What the federation has not noted yet of these bases' boards, from their sealed books in the store."""
    bases = desk.assembly(federation).room(Affiliations).by_code
    books = {bases[code].book for code in codes if code in bases}
    for code, base in sorted(bases.items()):
        if base.book not in books or desk.store.latest_checkpoint(base.book) is None:
            continue
        copy, state = desk.copy(base.book), desk.assembly(base.book)
        sealed = seals.inspect(copy.bodies, copy.note, state)
        board = state.room(Body).board
        if sealed.whole and _seats(board) != _seats(base.board):
            yield AffiliationUpdated(code=code, board=board, size=sealed.size, root=sealed.root.hex())


def _seats(board: Iterable[Officer]) -> dict[str, Officer]:
    return {officer.role: officer for officer in board}
