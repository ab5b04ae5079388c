"""Papers that are alike, found without looking at them one by one: each kind once, with how many there are of it.

Guarantees that the grouping is exact and the same for the same papers in any order. A hash only proposes which rows may
be alike; every proposal is compared, word by word, before it counts, and whatever a collision left apart is brought
together by sorting.

>>> first, weights = grouped_rows(np.array([[2, 1], [0, 3], [2, 1]], dtype=np.uint8), np.array([5, 1, 4]))
>>> first.tolist(), weights.tolist()
([1, 0], [1, 9])
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = list[NDArray[np.uint64]]

_SAMPLE = 4_096
_TURNS = 3
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_AGAIN = np.uint64(0xBF58476D1CE4E5B9)


def grouped_rows(rows: NDArray[Any], weights: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """One row of each kind, in ascending order of what they hold, and the exact sum of the weights of that kind.

    `rows` is n x m of unsigned integers or booleans, n at least 1; `weights` int64[n] with a sum below 2^63. The rows
    are given by their places in `rows`.
    """
    words, free = _packed(rows)
    kept = np.arange(len(rows))
    if repeats(words):
        kept, weights = collapsed(words, weights)
        words = [word[kept] for word in words]
    order = _sorted(words, free)
    changes = np.zeros(len(kept), dtype=np.bool_)
    changes[0] = True
    for word in words:
        ordered = word[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(changes)
    return kept[order[starts]], np.add.reduceat(weights[order], starts)


def repeats(words: Words) -> bool:
    """Whether finding repeats before sorting pays: a sample lets expect at most half as many kinds as rows.

    Among s rows of k kinds about s^2 / 2k are alike with an earlier one; with k = n / 2 that is s^2 / n.
    """
    count = len(words[0])
    if count < 2 * _SAMPLE:
        return False
    sample = np.arange(_SAMPLE) * (count // _SAMPLE)
    kinds = len(np.unique(_hashed([word[sample] for word in words])))
    return _SAMPLE - kinds > _SAMPLE**2 // count


def collapsed(words: Words, weights: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Rows that stand for all that are alike, and the weights they stand for. Now and then a kind is left in two rows.

    In ascending order of their places.
    """
    stands_for = _representatives(words)
    sums = np.zeros(len(stands_for), dtype=np.int64)
    np.add.at(sums, stands_for, weights)
    kept = np.flatnonzero(stands_for == np.arange(len(stands_for)))
    return kept, sums[kept]


def _representatives(words: Words) -> NDArray[np.intp]:
    """For each row the place of a row that holds the same; for most rows that are alike it is the same place.

    Rows are thrown into a table by their hash; the last one in a slot stands for those there that equal it, and the few
    that do not go round again with other bits of the hash.
    """
    count = len(words[0])
    bits = max(10, min(24, (2 * count).bit_length()))
    table = np.zeros(1 << bits, dtype=np.int32 if count < 2**31 else np.int64)
    hashes = _hashed(words)
    stands_for, alike = _stood_for(words, hashes, table)
    left = np.flatnonzero(~alike)
    for turn in range(1, _TURNS):
        if not len(left):
            break
        stands, alike = _stood_for([word[left] for word in words], hashes[left] >> np.uint64(turn * 12), table)
        stands_for[left[alike]] = left[stands[alike]]
        left = left[~alike]
    stands_for[left] = left
    return stands_for


def _stood_for(
    words: Words, hashes: NDArray[np.uint64], table: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each row the last row in its slot of the table, and whether that one holds the same."""
    slot = (hashes & np.uint64(len(table) - 1)).astype(np.intp)
    table[slot] = np.arange(len(slot), dtype=table.dtype)
    stands_for = table.take(slot).astype(np.intp)
    alike = np.ones(len(slot), dtype=np.bool_)
    for word in words:
        alike &= word.take(stands_for) == word
    return stands_for, alike


def _hashed(words: Words) -> NDArray[np.uint64]:
    """A hash of each row: multiply and shift, word after word; arithmetic is modulo 2^64 on purpose."""
    hashes = words[0] * _MIX
    for word in words[1:]:
        hashes ^= hashes >> np.uint64(29)
        hashes ^= word
        hashes *= _MIX
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIX_AGAIN
    hashes ^= hashes >> np.uint64(29)
    return hashes


def _packed(rows: NDArray[Any]) -> tuple[Words, int]:
    """Each row as a few 64-bit words that compare as the row does, and how many low bits of the first are free."""
    bits = max(1, int(rows.max(initial=0)).bit_length())
    each = 64 // bits
    words = []
    for start in range(0, rows.shape[1], each):
        word = np.zeros(len(rows), dtype=np.uint64)
        for column in rows.T[start : start + each]:
            word <<= np.uint64(bits)
            word |= column
        words.append(word)
    free = 64 - bits * min(each, rows.shape[1])
    if free < 64 and words:
        words[0] <<= np.uint64(free)
    return words or [np.zeros(len(rows), dtype=np.uint64)], free


def _sorted(words: Words, free: int) -> NDArray[np.intp]:
    """The order of rows given as words. `free` low bits of the first word hold nothing.

    A sort of plain integers is many times faster than a sort that keeps track of places, so each row's place rides in
    the low bits of its first word; only rows that are equal in what is left of it are sorted again by all their words.
    """
    count = len(words[0])
    width = max(1, (count - 1).bit_length())
    low = np.uint64((1 << width) - 1)
    keyed = (words[0] & ~low) | np.arange(count, dtype=np.uint64)
    keyed.sort()
    order = (keyed & low).astype(np.intp)
    if len(words) == 1 and width <= free:
        return order
    keyed >>= np.uint64(width)
    same = keyed[1:] == keyed[:-1]
    tied = np.zeros(count, dtype=np.bool_)
    tied[1:] = same
    tied[:-1] |= same
    unsure = order[tied]
    order[tied] = unsure[np.lexsort([word[unsure] for word in reversed(words)])]
    return order
