"""How this implementation answers the cases of `tinkuy book conformance`.

Guarantees that answers come from `tinkuy.book` alone, by the functions that every other floor uses.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from tinkuy.book import BookError, checkpoint, cosignature, entry, merkle, note, proof, tiles
from tinkuy.cli.conformance_book import Given
from tinkuy.words import say


def answer(check: str, given: Given) -> str:
    """Why what is `given` is refused, in English; empty if it is accepted.

    Raises `BookError` for a check of another name or a question that lacks something.
    """
    if check not in _CHECKS:
        raise BookError(say("There is no check called {name}.", name=ascii(check)))
    try:
        _CHECKS[check](given)
    except BookError as refused:
        return str(refused)
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BookError(
            say("A question of the check {name} is not as docs/conformance.md says.", name=check)
        ) from error
    return ""


def _entry(given: Given) -> None:
    entry.parse(_bytes(given["entry"]))


def _checkpoint(given: Given) -> None:
    _sealed(checkpoint.parse(_bytes(given["note"])), given)


def _cosignature(given: Given) -> None:
    read = checkpoint.parse(_bytes(given["note"]))
    _sealed(read, given)
    witnesses = [cosignature.cosigner(vkey) for vkey in given["witnesses"]]
    absent = {witness.name for witness in witnesses} - {found.name for found in cosignature.verify(read, witnesses)}
    if absent:
        raise BookError(say("The note lacks the signature of {names}.", names=sorted(absent)))


def _inclusion(given: Given) -> None:
    leaf = entry.leaf_hash(_bytes(given["entry"]))
    merkle.verify_inclusion(leaf, given["index"], given["size"], _hashes(given), _bytes(given["root"]))


def _consistency(given: Given) -> None:
    merkle.verify_consistency(
        given["old_size"], _bytes(given["old_root"]), given["size"], _bytes(given["root"]), _hashes(given)
    )


def _proof(given: Given) -> None:
    read = proof.parse(_bytes(given["proof"]))
    proof.verify(read, _bytes(given["entry"]), given["origin"].removeprefix(checkpoint.PREFIX), {})
    _sealed(read.checkpoint, given)


def _tiles(given: Given) -> None:
    files = {path: _bytes(data) for path, data in given["files"].items()}
    read, _ = tiles.read_book(files.get)
    _sealed(read, given)


def _sealed(read: checkpoint.Checkpoint, given: Given) -> None:
    """Raise `BookError` unless it is of the book asked for and everybody asked for has signed."""
    if read.origin != given["origin"]:
        raise BookError(
            say("The checkpoint is of {found}, not {expected}.", found=read.origin, expected=given["origin"])
        )
    verifiers = [note.verifier(vkey) for vkey in given["keys"]]
    absent = {key.name for key in verifiers} - note.verify(note.parse(read.note), verifiers)
    if absent:
        raise BookError(say("The note lacks the signature of {names}.", names=sorted(absent)))


def _hashes(given: Given) -> list[bytes]:
    return [_bytes(each) for each in given["hashes"]]


def _bytes(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)


_CHECKS: dict[str, Callable[[Given], None]] = {
    "entry": _entry,
    "checkpoint": _checkpoint,
    "cosignature": _cosignature,
    "inclusion": _inclusion,
    "consistency": _consistency,
    "proof": _proof,
    "tiles": _tiles,
}
