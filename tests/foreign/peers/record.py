"""Record what the peers answer: `make peers` asks them again, and fails when a kept answer is not what they say.

`python -m tests.foreign.peers.record PYTHON` asks the programs in the environment of that interpreter; with `--write`
it keeps what they say. Questions come from `random.Random(seed)`, the seed beside each; elections are small, so that
ties come by themselves, or middling, so that they hardly do. Real files are named, and read by the programs themselves.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

REPOSITORY = Path(__file__).parents[3]
KEPT = REPOSITORY / "tests" / "count" / "peers"
DATA = REPOSITORY.parent / "shared" / "data" / "count"

Question = dict[str, Any]

SHORT = ("plurality", "schulze", "schulze-margins", "ranked-pairs", "minimax", "minimax-margins", "copeland")
WARDS = ("aberdeen_2017_ward8", "fife_2017_ward17", "glasgow_2017_ward10", "highland_2017_ward17", "orkney_2017_ward1")


def papers(lines: Iterable[str]) -> list[str]:
    """Each distinct paper once, behind its weight."""
    return [f"{weight} {line}" if line else str(weight) for line, weight in sorted(Counter(lines).items())]


def strict(random: Random) -> Question:
    """Complete rankings, few of them."""
    candidates = random.randint(3, 5)
    lines = [" ".join(map(str, random.sample(range(candidates), candidates))) for _ in range(random.randint(3, 21))]
    return {
        "kind": "ranked",
        "candidates": candidates,
        "seats": random.randint(1, candidates - 1),
        "papers": papers(lines),
    }


def short(random: Random) -> Question:
    """Rankings that end early."""
    candidates = random.randint(3, 5)
    lines = [
        " ".join(map(str, random.sample(range(candidates), random.randint(1, candidates))))
        for _ in range(random.randint(5, 25))
    ]
    return {
        "kind": "ranked",
        "candidates": candidates,
        "seats": random.randint(1, candidates - 1),
        "papers": papers(lines),
    }


def equal(random: Random) -> Question:
    """Rankings in which places are shared."""
    candidates = random.randint(3, 5)
    lines = []
    for _ in range(random.randint(4, 16)):
        order = random.sample(range(candidates), random.randint(1, candidates))
        line = str(order[0])
        for one in order[1:]:
            line += ("=" if random.random() < 0.3 else " ") + str(one)
        lines.append(line)
    return {"kind": "ranked", "candidates": candidates, "seats": 1, "papers": papers(lines)}


def middle(random: Random) -> Question:
    """Some thousand papers, of which many are alike."""
    candidates = random.randint(6, 9)
    kinds = {" ".join(map(str, random.sample(range(candidates), random.randint(2, candidates)))) for _ in range(24)}
    lines = [f"{random.randint(1, 400)} {line}" for line in sorted(kinds)]
    return {"kind": "ranked", "candidates": candidates, "seats": random.randint(2, 4), "papers": lines}


def approved(random: Random) -> Question:
    """Approvals of some of the candidates."""
    candidates = random.randint(3, 6)
    lines = [
        " ".join(map(str, sorted(random.sample(range(candidates), random.randint(1, candidates)))))
        for _ in range(random.randint(3, 14))
    ]
    return {
        "kind": "approved",
        "candidates": candidates,
        "seats": random.randint(1, candidates - 1),
        "papers": papers(lines),
    }


def scored(random: Random) -> Question:
    """Scores from 0 to 5, one a candidate."""
    candidates = random.randint(2, 5)
    lines = [" ".join(str(random.randint(0, 5)) for _ in range(candidates)) for _ in range(random.randint(3, 15))]
    return {"kind": "scored", "candidates": candidates, "seats": 1, "papers": papers(lines)}


def lists(random: Random) -> Question:
    """Votes for lists: every other time round ones, which tie."""
    step = random.choice((1, 7, 10))
    votes = [step * random.randint(1, 9_000 // step // (1 if random.random() < 0.5 else 80)) for _ in range(5)]
    return {"kind": "lists", "votes": votes[: random.randint(2, 5)], "seats": random.randint(1, 12)}


def budget(random: Random) -> Question:
    """Approvals of projects with whole costs."""
    question = approved(random)
    return {
        "kind": "budget",
        "costs": [random.randint(1, 50) for _ in range(question["candidates"])],
        "limit": random.randint(20, 120),
        "papers": question["papers"],
    }


def real() -> Iterator[Question]:
    """Files that cities and councils published."""
    for ward in WARDS:
        yield {"id": ward, "kind": "ranked", "file": f"scot2017/{ward}.blt", "seats": 1, "rules": SHORT}
        seats = int((DATA / "scot2017" / f"{ward}.blt").read_text(encoding="utf-8").split()[1])
        yield {
            "id": f"{ward} seats",
            "kind": "ranked",
            "file": f"scot2017/{ward}.blt",
            "seats": seats,
            "rules": ("scotland",),
        }
    for city in sorted((DATA / "pabulib").glob("*.pb"), key=lambda file: file.stat().st_size)[:3]:
        yield {"id": city.stem, "kind": "budget", "file": f"pabulib/{city.name}"}


MAKERS: tuple[tuple[str, Callable[[Random], Question], int], ...] = (
    ("strict", strict, 36),
    ("short", short, 24),
    ("equal", equal, 16),
    ("middle", middle, 12),
    ("approved", approved, 40),
    ("scored", scored, 40),
    ("lists", lists, 60),
    ("budget", budget, 40),
)


def questions() -> Iterator[Question]:
    """Everything that is asked, in the order in which it is kept."""
    for name, make, count in MAKERS:
        for seed in range(count):
            yield {"id": f"{name} {seed}", "seed": seed, **make(Random(f"{name} {seed}"))}
    yield from ({**question, "real": True} for question in real())


def asked(python: str) -> Iterator[tuple[str, str]]:
    """File by file: its name and what it holds, a JSON object a line, the programs' versions first."""
    lines = "".join(json.dumps(question) + "\n" for question in questions())
    run = subprocess.run(
        [python, str(Path(__file__).with_name("judge.py")), str(DATA)],
        input=lines,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    versions, *answered = run.stdout.splitlines(keepends=True)

    def place(line: str) -> str:
        return "real" if "real" in json.loads(line) else str(json.loads(line)["kind"])

    for name, group in groupby(answered, key=place):
        yield f"{name}.jsonl", versions + "".join(group)


def main(arguments: list[str]) -> int:
    """Ask, and compare with what is kept or keep it."""
    python, write = arguments[0], "--write" in arguments
    changed = []
    for name, said in asked(python):
        file = KEPT / name
        if write:
            file.parent.mkdir(exist_ok=True)
            file.write_text(said, encoding="utf-8")
        elif not file.is_file() or file.read_text(encoding="utf-8") != said:
            changed.append(name)
    for name in changed:
        print(f"{KEPT / name}: the programs answer otherwise; look why, then record with --write")
    return int(bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
