"""Boards as the federation names them, against the base's own book (mesa directiva según la federación).

Guarantees that a federation's word on who seals for a base is compared with the base's book wherever that is at hand:
the board with which a base was taken in was its board at some time; the board of an update or of a resolved fork was
its board at the very checkpoint that the act names. The base is the source (rule 1 of the house).

Of a book that forked only what was said of the history at hand is compared.

Source: book.md, "Keys"; house.md, rule 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from tinkuy.assembly.act import Whole
from tinkuy.assembly.founding import Affiliate, Body, Officer
from tinkuy.book.merkle import root
from tinkuy.words import Said, say


class BoardNamed(msgspec.Struct, frozen=True, gc=False):
    """A base's board in an act of the federation, and size and root (hex) of the base's checkpoint that it names.

    A size of 0 names no checkpoint: the board with which the base was taken in.
    """

    board: tuple[Officer, ...]
    act: Whole = 0
    size: Whole = 0
    root: str = ""


@dataclass(slots=True)
class BoardsNamed:
    """What acts after the first said of the boards of bases, by book, the board before them included."""

    by_book: dict[str, list[BoardNamed]] = field(default_factory=dict)

    def note(self, base: Affiliate, named: BoardNamed) -> None:
        """Remember what one more act says of this base's board."""
        self.by_book.setdefault(base.book, [BoardNamed(base.board)]).append(named)

    def of(self, base: Affiliate) -> tuple[BoardNamed, ...]:
        """What was said of a base's board, in order."""
        named = self.by_book.get(base.book)
        return (BoardNamed(base.board),) if named is None else tuple(named)


def differences(
    named: Sequence[BoardNamed], body: Body, leaves: Sequence[bytes], *, forked: bool = False
) -> Iterator[Said]:
    """What the federation says of a base's board that the base's own book does not.

    `body` and `leaves` are what the book replays to; of one that forked, what was said of the other history is left.
    """
    for one in named:
        roles = tuple(officer.role for officer in one.board)
        here = one.size == 0 or (one.size <= len(leaves) and root(leaves[: one.size]).hex() == one.root)
        if forked and (one.size == 0 or not here):
            continue
        if one.size == 0:
            if not _was_board(one.board, body):
                yield say(
                    "the federation took this base in with a board that its own book never had: {roles}", roles=roles
                )
        elif not here:
            yield say(
                "act {act} of the federation names the board by a checkpoint of {size} acts that this book has not",
                act=str(one.act),
                size=one.size,
            )
        elif set(one.board) != set(_board(body, one.size)):
            yield say(
                "act {act} of the federation names {roles}; at {size} acts this book has another board or other keys",
                act=str(one.act),
                roles=roles,
                size=one.size,
            )


def _board(body: Body, size: int) -> tuple[Officer, ...]:
    """Who held a seat after the first `size` acts."""
    return tuple(
        seat.officer for seat in body.seats if seat.since < size and (seat.until is None or size <= seat.until)
    )


def _was_board(board: Sequence[Officer], body: Body) -> bool:
    """Whether exactly these officers held the seats at some time."""
    wanted = set(board)
    if wanted == set(body.board):
        return True
    # One pass over the changes of seats, the leaving before the coming: a book may hold a hundred thousand of them.
    changes = [(seat.since, 1, seat.officer) for seat in body.seats]
    changes += [(seat.until, -1, seat.officer) for seat in body.seats if seat.until is not None]
    changes.sort(key=lambda change: change[:2])
    holding = alike = 0
    for place, (at, by, officer) in enumerate(changes):
        holding += by
        alike += by * (officer in wanted)
        settled = place + 1 == len(changes) or changes[place + 1][0] != at
        if settled and holding == alike == len(wanted):
            return True
    return False
