"""Bodies whose books grow in stages, sealed at each, and the places between which they travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from tests.builders import STATUTES, Book, sealed
from tinkuy.assembly.register import Enrolled
from tinkuy.book import tiles
from tinkuy.book.checkpoint import parse as parse_checkpoint
from tinkuy.book.package import Package
from tinkuy.book.package import write as write_package
from tinkuy.desk.desk import Desk
from tinkuy.desk.exchange import Exchange, Met
from tinkuy.desk.exchange_out import Outward
from tinkuy.desk.exchange_places import Offer, Packed, offers, within
from tinkuy.federation.archive import BookCopy
from tinkuy.store.sqlite import SqliteStore


class Drawer:
    """A shelf in memory, its files in a dictionary that a test may look into, copy or damage."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})

    def read(self, path: str, most: int) -> bytes | None:
        data = self.files.get(path)
        return None if data is None else within(data, most, path)

    def names(self, folder: str) -> list[str]:
        start = f"{folder}/" if folder else ""
        return sorted({path[len(start) :].partition("/")[0] for path in self.files if path.startswith(start)})

    def shown(self, path: str) -> str:
        return path

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def settle(self) -> None:
        """In memory everything is settled."""


@dataclass(eq=False)
class Body:
    """A body's book with its own statutes, in sealed stages; `times` are what its acts claim, in any order."""

    name: str
    sizes: Sequence[int] = (3, 6, 9)
    times: Sequence[str] = ("2026-01-05",)
    book: Book = field(init=False)
    stages: list[BookCopy] = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(name=self.name, statutes=STATUTES.replace(b"ayllu", self.name.lower().encode())).founded()
        self.stages = self.grown(self.book, self.sizes)

    @property
    def id(self) -> str:
        return parse_checkpoint(self.stages[0].note).book_id

    def grown(self, book: Book, sizes: Sequence[int], members: int = 10) -> list[BookCopy]:
        """The sealed stages of a book that enrols so many members an act."""
        stages = []
        state = book.state
        first = 1 + 10 * (len(book.bodies) - 1)
        for size in sizes:
            while len(book.bodies) < size:
                at = self.times[len(book.bodies) % len(self.times)]
                body = book._written(Enrolled(first=first, count=members, root="00" * 32), at, "secretary")
                state.admit(body)
                book.bodies.append(body)
                first += members
            stages.append(book.seal())
        return stages

    def other(self, since: int, sizes: Sequence[int]) -> list[BookCopy]:
        """Another history of the same book, from a stage on, sealed by the same board."""
        book = Book(self.book.statutes, self.name, list(self.stages[since].bodies), dict(self.book.attachments))
        return self.grown(book, sizes, members=7)

    def provisional(self, stage: int) -> BookCopy:
        """A stage that the secretary alone has signed."""
        return sealed(self.stages[stage].bodies, self.book.keys, roles=("secretary",))


def files_of(copy: BookCopy, attachments: Mapping[str, bytes], prefix: str = "") -> dict[str, bytes]:
    """A copy as the files of a tile directory."""
    files = {prefix + path: data for path, data in tiles.write(copy.bodies, parse_checkpoint(copy.note))}
    return files | {f"{prefix}attachments/{digest}": data for digest, data in attachments.items()}


def packed(copy: BookCopy, attachments: Mapping[str, bytes]) -> bytes:
    """A copy as one `.tinkuy` file."""
    out = BytesIO()
    write_package(out, files_of(copy, attachments).items())
    return out.getvalue()


def installation() -> Exchange:
    """A desk without books, and a drawer for its second histories."""
    return Exchange(Desk(SqliteStore(Path(":memory:"))), Drawer())


def met(exchange: Exchange, copy: BookCopy, attachments: Mapping[str, bytes]) -> Met:
    """What comes of a copy that an installation meets in memory."""
    return exchange.meet(Offer(Drawer(files_of(copy, attachments)), "", "copy"))


def met_file(exchange: Exchange, data: bytes) -> list[Met]:
    """What comes of a `.tinkuy` file."""
    return [exchange.meet(offer) for offer in offers(Packed(Package(BytesIO(data))), "file")]


def put(exchange: Exchange, drawer: Drawer, *books: str) -> None:
    """Put books on a shelf, all that were sealed where none is named."""
    outward = Outward(exchange, drawer)
    for book in books or exchange.desk.store.books():
        outward.put(book)
    outward.list_books()


def held(exchange: Exchange, book: str) -> list[bytes]:
    """The acts of a book that an installation holds."""
    return exchange.desk.store.bodies(book)
