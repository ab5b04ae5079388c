"""A witness's folder, and what is brought to it: a book, a directory of tiles, a note, or a request as it is sent.

    witness.key        the witness's key, sealed with its passphrase (`book.keys`)
    witness.sqlite     what it has seen (`desk.witness`)
    forks/…            evidence of forks that it saw (`book.fork`)

The clock and the operating system's randomness are asked here and in `desk_here`, and nowhere below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from nacl.utils import random

from tinkuy.book import BookError, Package, tiles
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import keys as book_keys
from tinkuy.book.keys import SigningKey
from tinkuy.book.note import MAX_NOTE
from tinkuy.book.tiles import CHECKPOINT
from tinkuy.cli import desk_here as at_desk
from tinkuy.desk.files import ATTACHMENTS, FileRefused, HandedIn, appearing, read_handed_in
from tinkuy.desk.keyring import check_passphrase
from tinkuy.desk.submission import Submission
from tinkuy.desk.submission import parse as parse_submission
from tinkuy.desk.witness import Witness, WitnessError, make
from tinkuy.federation.archive import MAX_UNIT_ACTS, BookCopy
from tinkuy.words import Said, say

KEY, SEEN, ROLE = "witness.key", "witness.sqlite", "witness"
FEDERATION = "federation/" + CHECKPOINT
MOST_KEY = 4_096  # bytes of a key file

_ZIP = b"PK\x03\x04"


@contextmanager
def opened(folder: Path) -> Iterator[Witness]:
    """The witness of a folder, closed at the end. Raises `WitnessError` when there is none."""
    witness = Witness(folder / SEEN)
    try:
        yield witness
    finally:
        witness.close()


def made(folder: Path, name: str, files: Mapping[str, Path]) -> None:
    """Make a witness: its key and its empty memory. A key whose making was cut short is taken up again."""
    if (folder / SEEN).exists():
        raise WitnessError(say("{file} is there already: a witness is never made over", file=str(folder / SEEN)))
    if (folder / KEY).exists():
        key = signing_key(folder, files)
    else:
        word = at_desk.passphrase(ROLE, files, new=True)
        check_passphrase(word)
        key = book_keys.generate(random)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with appearing(folder / KEY, private=True) as file:
            file.write(book_keys.seal(key, word, random, at_desk.COST).encode("ascii"))
    make(folder / SEEN, name, key.public)


def signing_key(folder: Path, files: Mapping[str, Path]) -> SigningKey:
    """The witness's private key. Raises `WitnessError` naming the file when it does not open."""
    path = folder / KEY
    with path.open("rb") as file:
        text = file.read(MOST_KEY).decode("utf-8", "replace")
    try:
        return book_keys.unseal(text, at_desk.passphrase(ROLE, files))
    except BookError as error:
        raise WitnessError(_of(path, error.said)) from None


def seconds(at: str | None) -> int:
    """A time as cosignatures have it, whole seconds since 1970; now when none is given."""
    return int(datetime.fromisoformat(at_desk.moment(at)).timestamp())


def brought(path: Path) -> HandedIn | Submission:
    """What a file or folder brings: a whole book, or a note with the proof that a request carries, perhaps empty.

    Raises `FileRefused` naming the file when it is none of these.
    """
    try:
        if path.is_dir():
            return _directory(path)
        data = _beginning(path)
        if data.startswith(_ZIP):
            return read_handed_in(path)
        if data.startswith(b"old "):
            return parse_submission(data)
        return Submission(0, (), checkpoints.parse(data).note)
    except BookError as error:
        raise FileRefused(_of(path, error.said)) from None


def note_in(path: Path) -> bytes:
    """The checkpoint's note in a book, an archive of a consultation, a directory of tiles, or a file of its own."""
    try:
        if path.is_dir():
            return (path / CHECKPOINT).read_bytes()
        data = _beginning(path)
        if not data.startswith(_ZIP):
            return data
        with path.open("rb") as file:
            package = Package(file)
            found = package.get(CHECKPOINT) or package.get(FEDERATION)
    except BookError as error:
        raise FileRefused(_of(path, error.said)) from None
    if found is None:
        raise FileRefused(_of(path, say("there is no checkpoint in it, so it is not a book")))
    return found


def _directory(path: Path) -> HandedIn:
    def read(name: str) -> bytes | None:
        file = path / name
        return file.read_bytes() if file.is_file() else None

    note = read(CHECKPOINT)
    size = 0 if note is None else checkpoints.parse(note).size
    if size > MAX_UNIT_ACTS:
        raise BookError(say("the book has {size} acts; at most {most} are read", size=size, most=MAX_UNIT_ACTS))
    at, bodies = tiles.read_book(read)
    held = [file.read_bytes() for file in sorted((path / ATTACHMENTS).glob("*")) if file.is_file()]
    return HandedIn(at.book_id, BookCopy(tuple(bodies), at.note), {sha256(data).hexdigest(): data for data in held})


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2 * MAX_NOTE)


def _of(path: Path, fault: Said) -> Said:
    return say("{file}: {fault}", file=str(path), fault=fault)
