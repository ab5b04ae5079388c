"""Submitting one's own checkpoint to a witness on a network, as a log does (C2SP tlog-witness).

Guarantees that the proof is built from the book itself, that only a cosignature of the witness named is taken, and that
a witness which has seen more than the book holds is said to be so, never argued with.
"""

from __future__ import annotations

import httpx

from tinkuy.book import BookError, cosignature, merkle
from tinkuy.book import checkpoint as checkpoints
from tinkuy.book.checkpoint import Checkpoint
from tinkuy.book.cosignature import Cosigner
from tinkuy.book.entry import leaf_hash
from tinkuy.cli.witness_serve import PATH
from tinkuy.desk.submission import CONFLICT, SIZE_TYPE, Submission, Turned
from tinkuy.federation.archive import BookCopy
from tinkuy.words import Spoken, say

PATIENCE = 30  # seconds for each answer
ROUNDS = 4  # another copy of the book may be submitted while this one is
MOST_ANSWER = 64 * 1024
MOST_DIGITS = 19


class SubmitError(Spoken):
    """A witness that cannot be reached, or whose answer cannot be used."""


def submit(copy: BookCopy, address: str, witness: Cosigner) -> Checkpoint:
    """The copy's checkpoint with the witness's cosignature.

    Raises `Turned` with the status of a refusal, and `SubmitError` when the witness cannot be reached or answers
    something else.
    """
    checkpoint = checkpoints.parse(copy.note)
    leaves = [leaf_hash(body) for body in copy.bodies]
    old = 0
    with httpx.Client(timeout=PATIENCE) as client:
        for _ in range(ROUNDS):
            given = Submission(old, merkle.consistency_proof(leaves, old), copy.note)
            answer = _post(client, address, given)
            if answer.status_code == httpx.codes.OK:
                return _cosigned(checkpoint, answer.content, witness, address)
            held = _size(answer)
            if held is None or held == old or not 0 <= held <= checkpoint.size:
                raise _refused(answer, address, held, checkpoint)
            old = held
    raise SubmitError(say("{address}: the witness is busy with other copies of this book; try again", address=address))


def _post(client: httpx.Client, address: str, given: Submission) -> httpx.Response:
    try:
        with client.stream("POST", address.rstrip("/") + PATH, content=given.encode()) as answer:
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > MOST_ANSWER:
                    raise SubmitError(say("{address}: the answer is longer than a witness's may be", address=address))
            return httpx.Response(answer.status_code, headers=answer.headers, content=content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SubmitError(
            say("{address}: {reason}", address=address, reason=str(error) or type(error).__name__)
        ) from None


def _size(answer: httpx.Response) -> int | None:
    """The size that a conflict names."""
    if answer.status_code != CONFLICT or answer.headers.get("content-type", "").split(";")[0] != SIZE_TYPE:
        return None
    text = answer.content.removesuffix(b"\n")
    return int(text) if text.isdigit() and len(text) <= MOST_DIGITS else None


def _refused(answer: httpx.Response, address: str, held: int | None, checkpoint: Checkpoint) -> Spoken:
    figures = {"address": address, "size": checkpoint.size}
    if held is not None and held > checkpoint.size:
        said = say("{address} has seen {held} acts of this book; this copy has {size}", held=held, **figures)
    elif held is not None:
        said = say("{address} has seen another history of this book with {size} acts: a fork", **figures)
    else:
        reason = answer.content[:300].decode("utf-8", "replace").strip()
        said = say(
            "{address} answers {status}: {reason}", address=address, status=str(answer.status_code), reason=reason
        )
    return Turned(answer.status_code, said, held)


def _cosigned(checkpoint: Checkpoint, lines: bytes, witness: Cosigner, address: str) -> Checkpoint:
    """The checkpoint with the lines of this witness, verified; other lines of the answer are let go."""
    try:
        mine = [line for line in lines.splitlines(keepends=True) if _is_of(witness, checkpoint, line)]
        taken = cosignature.cosigned(checkpoint, b"".join(mine))
        if cosignature.verify(taken, [witness]):
            return taken
    except BookError as error:
        raise SubmitError(say("{address}: {reason}", address=address, reason=error.said)) from None
    raise SubmitError(say("{address}: the answer holds no cosignature of {name}", address=address, name=witness.name))


def _is_of(witness: Cosigner, checkpoint: Checkpoint, line: bytes) -> bool:
    last = cosignature.cosigned(checkpoint, line).signatures[-1]
    return (last.name, last.key_id) == (witness.name, witness.key_id)
