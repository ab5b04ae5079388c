"""A body whose statutes know a recall, its members with keys, and the recalls and recoveries that they sign."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tests.builders import STATUTES, Book
from tinkuy.assembly.board import BoardRecovered, recovery_statement
from tinkuy.assembly.founding import Officer
from tinkuy.assembly.recall import BoardRecalled, MemberKeyed, Signed, key_statement, recall_statement
from tinkuy.book.entry import book_id, leaf_hash
from tinkuy.book.keys import SigningKey
from tinkuy.book.merkle import root
from tinkuy.demo.bases import Keys

BY_MEMBERS = STATUTES + b'\n[officers.recall]\nmembers = "1/3"\n'
BY_PARENT = STATUTES + b"\n[officers.recall]\nparent = true\n"
EITHER = STATUTES + b'\n[officers.recall]\nmembers = "1/3"\nparent = true\n'
BOTH = STATUTES + b'\n[officers.recall]\nmembers = "1/3"\nparent = true\nboth = true\n'
MEMBERS = Keys(3, "afiliadas")
PARENT = Keys(4, "federación")
NEW = Keys(5, "mesa nueva")


def root_of(book: Book) -> str:
    return root([leaf_hash(body) for body in book.bodies]).hex()


def recovered(book: Book, *roles: str, generation: int = 1, **changes: Any) -> BoardRecovered:
    """The recovery of these seats on top of the book as it stands, signed by their next keys."""
    board = tuple(book.keys.officer(role, generation) for role in roles)
    said = recovery_statement(book_id(book.bodies[0]), len(book.bodies), root_of(book), board)
    act = BoardRecovered(
        board=board,
        size=len(book.bodies),
        root=root_of(book),
        signatures=tuple(book.keys.key(role, generation).sign(said).hex() for role in roles),
        reason="La laptop se perdió en el viaje",
    )
    return msgspec.structs.replace(act, **changes)


def keyed(book: Book, member: str, key: SigningKey | None = None, former: SigningKey | None = None) -> MemberKeyed:
    """The registration of a member's key, signed by it and, where there is one, by the key before."""
    key = key or MEMBERS.key(member)
    said = key_statement(book_id(book.bodies[0]), member, key.public.hex())
    return MemberKeyed(
        member=member,
        key=key.public.hex(),
        signature=key.sign(said).hex(),
        former=former.sign(said).hex() if former else "",
    )


def with_keys(book: Book, members: Iterable[str]) -> Book:
    for member in members:
        book.record(keyed(book, member), at="2026-01-20")
    return book


def recalled(
    book: Book,
    members: Iterable[str] = (),
    parent: Iterable[str] = (),
    board: tuple[Officer, ...] | None = None,
    **changes: Any,
) -> BoardRecalled:
    """The recall of the board on top of the book as it stands, signed by these members and officers of the parent."""
    act = BoardRecalled(
        board=NEW.board() if board is None else board,
        size=len(book.bodies),
        root=root_of(book),
        reason="No convoca desde hace un año",
    )
    said = recall_statement(book_id(book.bodies[0]), act.size, act.root, act.board, act.reason)
    act = msgspec.structs.replace(
        act,
        members=tuple(Signed(member, MEMBERS.key(member).sign(said).hex()) for member in members),
        parent=tuple(Signed(role, PARENT.key(role).sign(said).hex()) for role in parent),
    )
    return msgspec.structs.replace(act, **changes)


def numbered(count: int) -> list[str]:
    return [f"m{n}" for n in range(1, count + 1)]
