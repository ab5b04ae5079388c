"""What the codes on a printed sheet carry: the signed entry, its proof of inclusion and the officers' signatures.

Guarantees that the entry and the C2SP tlog-proof come out of the codes byte for byte as `tinkuy receive` takes them;
that codes of two sheets are never put together; and that what is read is bounded before it is unpacked. Nothing read
here is verified: `proving` does that.

Beside the sheet go, where there is room, the founding act, whose hash is the book's id and which names the officers'
keys, and the act that put the question, with its own proof; so that the paper alone says who signed and what was
asked. Witnesses' cosignatures stay in the file.

A code reads `TK1:<part>/<parts>:<mark>:<base 45>`; the parts joined are DEFLATE (RFC 1951, with the preset dictionary
below) over one MessagePack array. Measured on a base's book of 8 acts: 1,534 signs in two codes of
version 16; with proofs 17 hashes deep, 2,218 signs in two of version 19.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

from tinkuy.book import checkpoint as checkpoints
from tinkuy.book import crockford, merkle
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.entry import MAX_ENTRY, book_id, leaf_hash
from tinkuy.book.proof import MAX_HASHES, Proof
from tinkuy.federation.archive import BookCopy, Proven
from tinkuy.paper import base45
from tinkuy.paper.errors import PaperError, Unreadable
from tinkuy.words import say

PARTS = 2
MAX_SIGNS = 1_249  # what version 20 holds at level L; on A4 its modules are 0.8 mm wide
MAX_UNPACKED = 3 * MAX_ENTRY

_HEAD = re.compile(r"TK1:([1-9])/([1-9]):([0-9A-Z]{4}):(.*)", re.DOTALL)
# What sheets have in common, likeliest last. It is part of format 1 and never changes: another dictionary is format 2.
_DICTIONARY = (
    b'"body":"neighbourhood","body":"community","body":"university","body":"workplace","synthetic":true}'
    b'{"act":"assembly.founded","at":"2026-01-12T20:00:00Z","board":[{"key":"","next":"","role":"treasurer"},{"key":"'
    b'","role":"chair"},{"key":"","role":"secretary"}],"by":"chair","n":0,"name":"Junta Vecinal Comunidad campesina '
    b'","place":"","statutes":"'
    b'{"act":"vote.opened","at":"","by":"secretary","consultation":"","method":"hands","method":"roll-call","method":'
    b'"secret","n":4,"options":[{"name":"In favour","role":"for"},{"name":"Against","role":"against"},{"name":'
    b'"Abstention","role":"choice"},{"name":"A favor","role":"for"},{"name":"En contra","role":"against"},{"name":"'
    b'Abstenci\xc3\xb3n","role":"abstain"}],"question":"\xc2\xbf","roll":"","rule":"consultation","vote":1}'
    b"ochocientos novecientos quinientos cuatrocientos trescientos doscientos ciento noventa y ochenta y setenta y "
    b"sesenta y cincuenta y cuarenta y treinta y veinti dieci nueve ocho siete seis cinco cuatro tres dos uno cero"
    b'{"act":"sheet.issued","at":"2026-03-0T2:00Z","by":"secretary","call":1,"closed":"2026-03-0T2:00Z",'
    b'"consultation":"","convened":"2026-02-20","count":{"blank":0,"cast":,"challenged":0,"eligible":,"null":0,'
    b'"received":null,"signed_in":,"spoiled":0,"unused":,"votes":[]},"n":7,"opened":"2026-03-0T2:00Z","place":'
    b'"Local de ","roll":"","tellers":["m1","m2"],"unit":"","vote":1,"words":["","",""]}'
)


class ProvenAct(msgspec.Struct, frozen=True, array_like=True):
    """An entry's bytes, its index, and the hashes that lead to the root."""

    index: int
    body: bytes
    hashes: tuple[bytes, ...]


class Carried(msgspec.Struct, frozen=True, array_like=True):
    """What a sheet carries on paper, none of it verified.

    `signatures` are of officers: role, and key id and signature as the note has them. `question` and `founding` are
    missing where there was no room for them.
    """

    book: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    signatures: tuple[tuple[str, bytes], ...]
    sheet: ProvenAct
    question: ProvenAct | None = None
    founding: bytes | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint, as a note with the officers' signature lines.

        Raises `BookError` when it is malformed.
        """
        origin = checkpoints.PREFIX + self.book
        lines = [origin, str(self.size), _base64(self.root), *self.extensions, ""]
        signed = [f"\N{EM DASH} {origin}/{role} {_base64(signature)}" for role, signature in self.signatures]
        return checkpoints.parse("\n".join([*lines, *signed, ""]).encode())

    def proof(self, act: ProvenAct) -> Proof:
        """The proof of inclusion of one of its acts."""
        return Proof(act.index, act.hashes, self.checkpoint)

    def proven(self) -> Proven:
        """The sheet's entry and proof as files take them."""
        return Proven(self.sheet.body, self.proof(self.sheet).encode())


def carry(copy: BookCopy, sheet: int, question: int | None) -> Carried:
    """What a book's sheet takes along: `sheet` and `question` are indices of acts under the copy's checkpoint.

    Raises `BookError` when the checkpoint is not of these entries.
    """
    at = checkpoints.parse(copy.note)
    leaves = [leaf_hash(body) for body in copy.bodies][: at.size]

    def act(index: int) -> ProvenAct:
        return ProvenAct(index, copy.bodies[index], merkle.inclusion_proof(leaves, index))

    prefix = f"{at.origin}/"
    return Carried(
        book=book_id(copy.bodies[0]),
        size=at.size,
        root=at.root,
        extensions=at.extensions,
        signatures=tuple(
            (line.name.removeprefix(prefix), line.key_id + line.signature)
            for line in at.signatures
            if line.name.startswith(prefix)
        ),
        sheet=act(sheet),
        question=None if question is None else act(question),
        founding=copy.bodies[0],
    )


def codes(carried: Carried) -> tuple[str, ...]:
    """The texts of the sheet's codes, with as much beside the sheet as fits.

    Raises `PaperError` when the sheet alone does not fit.
    """
    size = 0
    for one in _leaner(carried):
        packed = _packed(one)
        written = _parts(packed)
        size = max(len(text) for text in written)
        if size <= MAX_SIGNS:
            return written
    raise PaperError(
        say(
            "the sheet and its proof take {size} signs a code and {most} fit on paper: shorten the place, the "
            "reason or the figures in words, or hand over the file",
            size=size,
            most=MAX_SIGNS,
        )
    )


def joined(texts: Iterable[str]) -> list[Carried]:
    """The sheets whose codes are all among these texts, in any order and however often; other codes are passed over.

    Raises `Unreadable` when there is none, saying which part is missing, or when a sheet's codes were altered.
    """
    found: dict[tuple[str, int], dict[int, str]] = {}
    for text in texts:
        if head := _HEAD.fullmatch(text):
            found.setdefault((head[3], int(head[2])), {})[int(head[1])] = head[4]
    whole = {key: parts for key, parts in found.items() if set(parts) == set(range(1, key[1] + 1))}
    if not found:
        raise Unreadable(say("there is no code of a tally sheet in the picture"))
    if not whole:
        (_, of), parts = next(iter(found.items()))
        missing = tuple(str(part) for part in range(1, of + 1) if part not in parts)
        raise Unreadable(
            say(
                "of the sheet's {of} codes, {missing} could not be read: take both into the picture, or a second one",
                of=of,
                missing=missing,
            )
        )
    return [_unpacked("".join(parts[at] for at in sorted(parts)), mark) for (mark, _), parts in whole.items()]


def _leaner(carried: Carried) -> Iterator[Carried]:
    yield carried
    yield msgspec.structs.replace(carried, question=None)
    yield msgspec.structs.replace(carried, founding=None)
    yield msgspec.structs.replace(carried, question=None, founding=None)


def _packed(carried: Carried) -> bytes:
    press = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_DICTIONARY)
    return press.compress(msgspec.msgpack.encode(carried)) + press.flush()


def _parts(packed: bytes) -> tuple[str, ...]:
    mark = _mark(packed)
    half = -(-len(packed) // (2 * PARTS)) * 2  # an even number of bytes, so that a part is base 45 by itself
    chunks: Sequence[bytes] = [packed[half * at : half * (at + 1)] for at in range(PARTS)]
    return tuple(f"TK1:{at}/{PARTS}:{mark}:{base45.encode(chunk)}" for at, chunk in enumerate(chunks, 1))


def _unpacked(text: str, mark: str) -> Carried:
    packed = base45.decode(text)
    if packed is None or _mark(packed) != mark:
        raise Unreadable(say("the sheet's codes do not belong together, or one was altered"))
    unpacker = zlib.decompressobj(-15, zdict=_DICTIONARY)
    try:
        data = unpacker.decompress(packed, MAX_UNPACKED)
        carried = msgspec.msgpack.decode(data, type=Carried)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable(say("the sheet's codes hold something else than a sheet")) from None
    proofs = [act for act in (carried.sheet, carried.question) if act is not None]
    if not unpacker.eof or any(len(act.hashes) > MAX_HASHES for act in proofs):
        raise Unreadable(say("the sheet's codes hold something else than a sheet"))
    return carried


def _mark(packed: bytes) -> str:
    """Four signs that tell the codes of one sheet from those of another."""
    return crockford.base32(sha256(packed).digest()[:5])[:4].upper()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
