"""Lines of small integers, read as bytes by the million: no line is looked at on its own.

`BLT`, PrefLib and most tables come down to lines of numbers between separators. `numbers` reads them in pieces that fit
the processor's cache; `distinct` first keeps one of each kind of line where lines repeat, since most papers of a real
election are alike. Values are exact integers of up to 18 digits.

>>> rows = numbers(b"3 1 2 0\\n1 12=4 0\\n")
>>> rows.values.tolist(), rows.counts.tolist(), rows.joined.tolist()
([3, 1, 2, 0, 1, 12, 4, 0], [4, 4], [False, False, False, False, False, False, True, False])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkuy.count.alike import Words, collapsed, repeats

PIECE = 1 << 17
"""Bytes read at once: what is made of them stays in the processor's cache, and the allocator keeps its memory."""
MOST_DIGITS = 18
_LONGEST = 256
"""Bytes of a line that is compared whole before it is parsed; a table with longer lines is parsed first."""
_TOGETHER = 1 << 13
"""Lines whose words are made at once, for the processor's cache."""
_FEW = 50_000
"""Lines from which looking for repeated ones pays."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of some lines, one after another. `counts[i]` of them stand on line `lines[i]`, counted from 0 in the
    bytes that were read; lines without a number are left out. `joined[k]` says that "=" stands before number k; None
    where there is none.
    """

    values: NDArray[np.uint8 | np.uint16 | np.int64]
    counts: Ints
    lines: Ints
    joined: NDArray[np.bool_] | None
    breaks: int = 0
    """How many lines there were, those without a number included."""

    @property
    def starts(self) -> Ints:
        """Where each line's first number stands."""
        starts: Ints = np.cumsum(self.counts) - self.counts
        return starts

    def matrix(self, skip: int, leave: int, fill: int) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
        """A row a line: its numbers but the first `skip` and the last `leave`, filled up with `fill`; what is joined.

        One column more than the longest line needs, so that every row is closed by `fill`. The matrix is of the type of
        the values, or wide enough for `fill`.
        """
        width = np.maximum(self.counts - skip - leave, 0)
        longest = int(width.max(initial=0))
        kind = np.promote_types(self.values.dtype, np.min_scalar_type(fill))
        matrix = np.full((len(width), longest + 1), fill, dtype=kind)
        if len(width) and int(width.min()) == longest and len(self.values) == len(width) * (longest + skip + leave):
            # Every line is of one length: what was read is the matrix already.
            matrix[:, :longest] = self.values.reshape(len(width), -1)[:, skip : skip + longest]
            if self.joined is None:
                return matrix, None
            joined = np.zeros(matrix.shape, dtype=np.bool_)
            joined[:, :longest] = self.joined.reshape(len(width), -1)[:, skip : skip + longest]
            return matrix, joined
        row = np.repeat(np.arange(len(width)), width)
        column = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width)
        at = np.repeat(self.starts + skip, width) + column
        matrix[row, column] = self.values[at]
        if self.joined is None:
            return matrix, None
        joined = np.zeros(matrix.shape, dtype=np.bool_)
        joined[row, column] = self.joined[at]
        return matrix, joined


def pieces(data: bytes) -> Iterator[bytes]:
    """The bytes cut at ends of lines into pieces of about `PIECE`."""
    start = 0
    while start < len(data):
        end = data.rfind(b"\n", start, start + PIECE) + 1
        if not end:
            end = data.find(b"\n", start) + 1 or len(data)
        yield data[start:end]
        start = end


def numbers(data: bytes, first: int = 0) -> Numbers:
    """The numbers in some lines. Whatever is no digit separates, "=" joins; `first` is the number of the first line.

    Nothing is refused here but a number of more than `MOST_DIGITS` digits: raises `ValueError`.
    """
    if not data.endswith(b"\n"):
        data += b"\n"
    text = np.frombuffer(data, dtype=np.uint8)
    digit = text - np.uint8(48)
    is_digit = digit < 10
    ends = np.flatnonzero(is_digit[:-1] & ~is_digit[1:])
    breaks = np.flatnonzero(text == 10)
    counts = np.diff(np.searchsorted(ends, breaks), prepend=0)
    full = np.flatnonzero(counts)
    return Numbers(_values(digit, is_digit, ends), counts[full], full + first, _joined(text, ends), len(breaks))


def _values(
    digit: NDArray[np.uint8], is_digit: NDArray[np.bool_], ends: NDArray[np.intp]
) -> NDArray[np.uint8 | np.uint16 | np.int64]:
    """The number that ends at each place. Two digits fit a byte; longer numbers are put together one by one."""
    two = digit[:-1] * is_digit[:-1]
    two *= np.uint8(10)
    two += digit[1:]
    # By places and not by a mask: numpy takes a quarter of the time.
    values = np.concatenate((digit[:1], two))[ends]
    if not (is_digit[2:] & is_digit[1:-1] & is_digit[:-2]).any():
        return values
    exact = values.astype(np.int64)
    before, power = ends - 2, 100
    running = np.flatnonzero((before >= 0) & is_digit[before] & is_digit[before + 1])
    for _ in range(MOST_DIGITS - 2):
        exact[running] += digit[before[running]].astype(np.int64) * power
        before[running] -= 1
        power *= 10
        running = running[(before[running] >= 0) & is_digit[before[running]]]
        if not len(running):
            return exact.astype(np.uint16) if int(exact.max()) < 2**16 else exact
    raise ValueError("a number of too many digits")


def _joined(text: NDArray[np.uint8], ends: NDArray[np.intp]) -> NDArray[np.bool_] | None:
    """Which numbers stand behind "="."""
    signs = np.flatnonzero(text == ord("="))
    if not len(signs):
        return None
    joined = np.zeros(len(ends), dtype=np.bool_)
    behind = np.searchsorted(ends, signs)
    joined[behind[behind < len(joined)]] = True
    return joined


def distinct(data: bytes) -> tuple[bytes, Ints] | None:
    """One line of each kind and how many there are of it; None where lines are few, long, or mostly unlike.

    Now and then a kind is left in two lines. Lines without any byte are left out.
    """
    if data.count(b"\n", 0, PIECE) * len(data) < _FEW * min(PIECE, len(data)):
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    text = np.frombuffer(data, dtype=np.uint8)
    breaks = np.flatnonzero(text == 10)
    starts = np.concatenate(([0], breaks[:-1] + 1))
    lengths = breaks - starts
    if int(lengths.max()) > _LONGEST or not repeats(
        _words(data, starts[:: _every(starts)], lengths[:: _every(starts)])
    ):
        return None
    kept, weights = collapsed(_words(data, starts, lengths), np.ones(len(starts), dtype=np.int64))
    kept, weights = kept[lengths[kept] > 0], weights[lengths[kept] > 0]
    sizes = lengths[kept] + 1
    at = np.repeat(starts[kept] - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    return text[at].tobytes(), weights


def _every(starts: NDArray[np.intp]) -> int:
    """The step of a sample of lines that is large enough to tell whether they repeat."""
    return max(1, len(starts) // 20_000)


def _words(data: bytes, starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> Words:
    """Lines as 64-bit words of eight bytes each, those behind the end of a line zero."""
    longest = max(1, int(lengths.max()))
    padded = np.ndarray((len(data) + longest,), dtype="<u8", buffer=data + bytes(longest + 8), strides=(1,))
    masks = np.array([(1 << 8 * min(left, 8)) - 1 for left in range(longest + 1)], dtype=np.uint64)
    words = [np.zeros(len(starts), dtype=np.uint64) for _ in range(0, longest, 8)]
    for first in range(0, len(starts), _TOGETHER):
        start, length = starts[first : first + _TOGETHER], lengths[first : first + _TOGETHER]
        for number, word in enumerate(words):
            reaching = np.flatnonzero(length > 8 * number)
            place = start[reaching] + 8 * number
            word[first + reaching] = padded[place] & masks[length[reaching] - 8 * number]
    return words
