"""How fast papers are counted, from the file to the winners, against the Python programs of `make peers` in one run.

A million papers of 20 candidates that repeat (Mallows) and that do not (impartial), and 942,031 short ones of which
61,830 are distinct; approvals for equal shares; and a real ward. Every count is a process of its own on both sides, its
imports not counted; a program that is not done within `LIMIT` seconds is "more than". Wants a machine that does nothing
else. Where the peers are not installed only our own seconds are printed.

`TINKUY_BENCH_PAPERS=20000 python -m bench count` for a short run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import _count_papers as papers

REPOSITORY = Path(__file__).parents[1]
PEERS = Path(os.environ.get("TINKUY_BENCH_PEERS", REPOSITORY / ".venv" / "peers")) / "bin" / "python"
WARD = REPOSITORY.parent / "shared" / "data" / "count" / "scot2017" / "glasgow_2017_ward10.blt"
PAPERS = int(os.environ.get("TINKUY_BENCH_PAPERS", "1000000"))
SEATS, LIMIT = 4, 120
IMPORTS = 30
"""Seconds that a peer may take before it begins."""
LEAST = {"mallows": 10, "short": 10, "ic": 4}  # times as fast as the fastest peer
MOST_SHORT, MOST_MEEK, MOST_IMPORT = 0.15, 8.0, 0.15  # seconds; 8 is twice what stv-rs, in Rust, takes
MOST_MEMORY = 600 * 10**6  # bytes, on a million distinct papers
LEAST_SHARES = 50  # times as fast as abcvoting
APPROVALS, SHARED_AMONG = PAPERS // 10, max(PAPERS // 400, 100)
WHOLE = 1_000_000
"""Papers for which the limits in seconds and bytes are meant."""
RULES = {
    "irv": ("VoteKit", "pyrankvote"),
    "scotland": ("VoteKit", "pyrankvote"),
    "schulze-margins": ("pref-voting", "votelib", "VoteKit"),
}

OURS = """
import json, resource, sys, time
from pathlib import Path
from tinkuy.count import read, rule
from tinkuy.count.lots import Hashed
name, file, seats, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
known, told = rule(name), []
if name == "mes":
    import numpy as np
    from tinkuy.count.profile import Approvals
    def papers():
        lines = file.read_text().splitlines()
        candidates = 1 + max(int(word) for line in lines for word in line.split())
        sets = np.zeros((len(lines), candidates), dtype=np.bool_)
        for row, line in enumerate(lines):
            sets[row, [int(word) for word in line.split()]] = True
        return Approvals(tuple(map(str, range(candidates))), sets, np.ones(len(lines), dtype=np.int64))
else:
    def papers():
        return read(file.read_bytes(), file.name)
for _ in range(rounds):
    start = time.perf_counter()
    winners = known.count(papers(), seats, Hashed("bench")).elected
    told.append(time.perf_counter() - start)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": min(told), "winners": sorted(winners), "memory": memory}))
"""
IMPORT = """
import time
start = time.perf_counter()
from tinkuy.count import read, rule
print(time.perf_counter() - start)
"""


def main() -> int:
    """Measure, print, and end 1 when a limit is passed."""
    if not PEERS.exists():
        print("the peers are not installed: `make peers` installs them; our own seconds alone")
    held = [_imported()]
    with TemporaryDirectory() as folder:
        for kind in papers.KINDS:
            count = min(PAPERS, papers.SHORT_PAPERS) if kind == "short" else PAPERS
            file = papers.write_blt(kind, count, Path(folder), SEATS)
            for rule, peers in RULES.items():
                held.append(_ratio(f"{kind}, {rule}", file, rule, peers, LEAST[kind]))
            if kind == "short":
                held.append(_within("short, irv, warm", _ours("irv", file, 1, rounds=5)["seconds"], MOST_SHORT))
            if kind == "ic":
                meek = _ours("meek-prf", file, SEATS)
                held.append(_within("ic, exact Meek", meek["seconds"], MOST_MEEK))
                held.append(_within("ic, megabytes", meek["memory"] / 10**6, MOST_MEMORY / 10**6))
            file.unlink()
        held.append(_shares(Path(folder)))
    if WARD.exists():
        _ratio(WARD.stem, WARD, "scotland", RULES["scotland"], 0)
    return int(not all(held))


def _imported() -> bool:
    seconds = min(float(_said([sys.executable, "-c", IMPORT], 60) or 60) for _ in range(5))
    return _within("import of tinkuy.count", seconds, MOST_IMPORT)


def _within(what: str, figure: float, most: float) -> bool:
    print(f"{what}: {figure:.3f} (limit {most:g})")
    return figure <= most or PAPERS < WHOLE


def _ratio(what: str, file: Path, rule: str, peers: tuple[str, ...], least: float) -> bool:
    """Ours, and every peer's seconds as a multiple of ours; whether the fastest peer takes `least` times as long."""
    seats = 1 if rule in ("irv", "schulze-margins") else SEATS
    ours = _ours(rule, file, seats)
    line = f"{what}: {ours['seconds']:.3f} s, {ours['memory'] / 10**6:.0f} MB"
    times = []
    for peer in peers if PEERS.exists() else ():
        theirs = _peer(peer, rule, file, seats)
        took = theirs["seconds"] if theirs else float(LIMIT)
        times.append(took / ours["seconds"])
        differs = " (elects others)" if theirs and theirs["winners"] != ours["winners"] else ""
        line += f"; {peer} {'' if theirs else 'more than '}{took:.2f} s, {times[-1]:,.0f} x{differs}"
    print(line, flush=True)
    return not times or min(times) >= least or PAPERS < WHOLE


def _shares(folder: Path) -> bool:
    """Equal shares: ours on all papers, abcvoting on some, and what it would take for all if time grew with papers."""
    file = papers.write_approvals(APPROVALS, folder)
    ours = _ours("mes", file, 10)
    line = f"mes, {APPROVALS:,} approvals: {ours['seconds']:.3f} s"
    if not PEERS.exists():
        print(line)
        return True
    file = papers.write_approvals(SHARED_AMONG, folder)
    theirs = _peer("abcvoting", "mes", file, 10)
    took = (theirs["seconds"] if theirs else LIMIT) * APPROVALS / SHARED_AMONG
    print(f"{line}; abcvoting on {SHARED_AMONG:,}, extrapolated: {took:.0f} s, {took / ours['seconds']:,.0f} x")
    return took / ours["seconds"] >= LEAST_SHARES or PAPERS < WHOLE


def _ours(rule: str, file: Path, seats: int, rounds: int = 2) -> dict[str, Any]:
    said = _said([sys.executable, "-c", OURS, rule, str(file), str(seats), str(rounds)], 10 * LIMIT)
    assert said is not None, f"{rule} is not done in {10 * LIMIT} s"
    told: dict[str, Any] = json.loads(said)
    return told


def _peer(program: str, rule: str, file: Path, seats: int) -> dict[str, Any] | None:
    """What the peer says; None when it is not done within the limit."""
    script = str(Path(__file__).with_name("_count_peers.py"))
    said = _said([str(PEERS), script, program, rule, str(file), str(seats)], LIMIT + IMPORTS)
    return None if said is None else json.loads(said)


def _said(command: list[str], limit: float) -> str | None:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit).stdout
    except subprocess.TimeoutExpired:
        return None


if __name__ == "__main__":
    start = time.perf_counter()
    code = main()
    print(f"{time.perf_counter() - start:.0f} s for {PAPERS:,} papers")
    sys.exit(code)
