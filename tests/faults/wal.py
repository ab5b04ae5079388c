"""A write-ahead log whose frames are altered and its checksums made to fit: what SQLite cannot notice, others must.

Source: SQLite, "WAL-mode File Format", §1 and §2: a header of 32 bytes, then frames of 24 bytes and a page; each
checksum is over the frame's first 8 bytes and its page, and goes on from the one before.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

HEADER, FRAME = 32, 24


def forged(log: bytes, change: Callable[[int, bytes], bytes]) -> bytes:
    """The log with every page replaced by `change(frame number, page)`, and with checksums that fit."""
    magic, _, page_size = struct.unpack_from(">III", log)
    order = ">" if magic & 1 else "<"
    sums = struct.unpack_from(">II", log, 24)
    out = [log[:HEADER]]
    for number, place in enumerate(range(HEADER, len(log) - FRAME - page_size + 1, FRAME + page_size)):
        head, page = log[place : place + 8], log[place + FRAME : place + FRAME + page_size]
        if log[place + 8 : place + 16] != log[16:24]:  # the salt of an earlier turn of the log: its end
            break
        page = change(number, page)
        sums = _sums(_sums(sums, head, order), page, order)
        out.append(head + log[place + 8 : place + 16] + struct.pack(">II", *sums) + page)
    return b"".join(out)


def _sums(sums: tuple[int, int], data: bytes, order: str) -> tuple[int, int]:
    one, two = sums
    for left, right in struct.iter_unpack(order + "II", data):
        one = (one + left + two) & 0xFFFFFFFF
        two = (two + right + one) & 0xFFFFFFFF
    return one, two
