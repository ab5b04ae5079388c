"""Papers for the bench of counting, made from a seed and written as files that programs read.

ic        every order of the candidates equally likely: hardly two papers are alike
mallows   papers scattered about the orders of some parties: putting one together, the odds fall to `SPREAD` for each
          place that a candidate comes too early, so that short detours repeat by the thousand
short     rankings of one to five of 22 candidates, 61,830 distinct among 942,031: the shape of a large city's primary
approval  each candidate approved with its own odds
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

SEED = 20_260_308
SPREAD = 0.2  # one less 0.8
PARTIES = (0.3, 0.25, 0.2, 0.15, 0.1)  # shares of papers; nobody has a majority of first places
CANDIDATES = 20
SHORT_PAPERS, SHORT_DISTINCT, SHORT_CANDIDATES, SHORT_RANKS = 942_031, 61_830, 22, 5
APPROVED = 20

Rows = NDArray[np.int64]


def ic(papers: int) -> Rows:
    """Orders of everybody, all equally likely."""
    random = np.random.default_rng(SEED)
    return np.argsort(random.random((papers, CANDIDATES)), axis=1) + 1


def mallows(papers: int) -> Rows:
    """Mallows by repeated insertion: the next of the order comes last, or d places before, with odds SPREAD^d."""
    random = np.random.default_rng(SEED + 1)
    rows = np.zeros((papers, CANDIDATES), dtype=np.int64)
    columns = np.arange(CANDIDATES)
    for size in range(CANDIDATES):
        odds = SPREAD ** np.arange(size, -1, -1.0)
        place = random.choice(size + 1, papers, p=odds / odds.sum())[:, None]
        before = np.hstack((rows[:, :1], rows[:, :-1]))
        rows = np.where(columns < place, rows, np.where(columns == place, size, before))
    orders = np.argsort(random.random((len(PARTIES), CANDIDATES)), axis=1) + 1
    party = random.choice(len(PARTIES), papers, p=PARTIES)
    return orders[party[:, None], rows]


def short(papers: int) -> Rows:
    """Few candidates ranked, papers alike by Zipf's law; 0 where a paper has ended. Of fewer papers the same share."""
    random = np.random.default_rng(SEED + 2)
    kinds = max(1, SHORT_DISTINCT * papers // SHORT_PAPERS)
    orders = np.argsort(random.random((4 * kinds, SHORT_CANDIDATES)), axis=1)[:, :SHORT_RANKS] + 1
    orders[np.arange(SHORT_RANKS) >= random.integers(1, SHORT_RANKS + 1, 4 * kinds)[:, None]] = 0
    _, first = np.unique(orders, axis=0, return_index=True)
    orders = orders[np.sort(first)[:kinds]]
    odds = 1 / np.arange(1, len(orders) + 1)
    drawn = random.choice(len(orders), papers - len(orders), p=odds / odds.sum())
    return orders[random.permutation(np.concatenate((np.arange(len(orders)), drawn)))]


KINDS: dict[str, Callable[[int], Rows]] = {"mallows": mallows, "ic": ic, "short": short}


def write_blt(kind: str, papers: int, folder: Path, seats: int) -> Path:
    """A BLT file with a line a paper."""
    rows = KINDS[kind](papers)
    candidates = SHORT_CANDIDATES if kind == "short" else CANDIDATES
    lines = pl.DataFrame(
        {"weight": np.ones(papers, dtype=np.int64)}
        | {str(rank): rows[:, rank] for rank in range(rows.shape[1])}
        | {"end": np.zeros(papers, dtype=np.int64)}
    ).write_csv(include_header=False, separator=" ")
    if kind == "short":
        # A paper's ranking ends at its first 0.
        lines = "\n".join(line[: line.index(" 0") + 2] for line in lines.splitlines()) + "\n"
    names = "".join(f'"Candidate {number}"\n' for number in range(1, candidates + 1))
    file = folder / f"{kind}.blt"
    file.write_text(f'{candidates} {seats}\n{lines}0\n{names}"{kind}"\n', encoding="utf-8")
    return file


def write_approvals(papers: int, folder: Path) -> Path:
    """A line a paper: the numbers of the approved, from 0."""
    random = np.random.default_rng(SEED + 3)
    sets = random.random((papers, APPROVED)) < np.linspace(0.1, 0.4, APPROVED)
    file = folder / "approvals.txt"
    file.write_text("".join(" ".join(map(str, np.flatnonzero(row))) + "\n" for row in sets), encoding="utf-8")
    return file
