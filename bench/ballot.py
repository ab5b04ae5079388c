"""How fast secret ballots are verified and made, against Debian's belenios-tool on the same archive in the same run.

One question of three answers, `min` 0, `max` 1, one trustee. Verified: every proof, signature, sum and hash, by whole
processes on both sides, in turn: of some rounds the least that the processor worked on one process, and the least that
a person waited on two. The program knows no Ed25519: an election in it is compared with the program's time on as many
ballots in BELENIOS-2048. Without the program only rates are printed. Wants a machine that does nothing else.

`TINKUY_BENCH_BALLOTS=100 python -m bench ballot` for a short run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tinkuy.ballot import ballot, box, credential, election, group, trustee, trustee_key, trustee_share
from tinkuy.ballot.election import Election
from tinkuy.ballot.question import Question

BALLOTS = int(os.environ.get("TINKUY_BENCH_BALLOTS", "2000"))
ROUNDS = 3
ASKED = Question(answers=("A", "B", "C"), min=0, max=1, question="?")
FIELD, CURVE = "BELENIOS-2048", "Ed25519"
# What may not be lost; what is aimed at is 1.8, 3.5 and 6.
LEAST = {"one process": 1.4, "two processes": 2.2, "Ed25519": 3.8}
MOST_MAKING = 20.0  # milliseconds
VERIFY = "import sys; from tinkuy.cli.main import main; sys.exit(main(sys.argv[1:]))"


def held(name: str, count: int) -> tuple[Election, bytes, float]:
    """An election with so many ballots, and the milliseconds that one takes to make."""
    chosen, uuid = group.by_name(name), election.new_uuid(os.urandom)
    key = trustee_key.new_private(chosen, os.urandom)
    listed = trustee.write_trustees([trustee.Single(trustee_key.public(chosen, key, os.urandom))])
    y = trustee.verify_setup(chosen, listed).election_key
    made = election.write(uuid, "bench", "", chosen, y, [ASKED])
    cards = [credential.generate(os.urandom) for _ in range(count)]
    public = credential.write_public(chosen, {one.public(chosen, uuid): 1 for one in cards})
    data = [box.opened(1_795_419_678, made, listed, public)]
    tip = box.Box(data[0])
    begun = time.process_time()
    ballots = [ballot.prepare(made, card, [ASKED.choice([n % 3])], os.urandom).data for n, card in enumerate(cards)]
    each = (time.process_time() - begun) / count * 1000
    data += [tip.cast(one).appended for one in ballots]
    whole = b"".join(data)
    whole += box.close(whole)
    whole += box.add_up(whole)
    _, _, pairs = box.to_decrypt(whole)
    whole += box.share(whole, 1, trustee_share.decrypt(chosen, made.fingerprint, pairs, key, os.urandom))
    return made, whole + box.conclude(whole), each


class Taken(NamedTuple):
    """What the processor worked and what a person waited, in seconds."""

    worked: float
    waited: float


def taken(line: list[str], folder: Path) -> Taken:
    begun = time.perf_counter()
    run = subprocess.Popen(line, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    if status:
        raise SystemExit(f"{line[0]} ended with {status}")
    return Taken(used.ru_utime + used.ru_stime, time.perf_counter() - begun)


def least(rounds: list[Taken]) -> Taken:
    return Taken(*map(min, zip(*rounds, strict=True)))


def main() -> int:
    made, lines = {}, {}
    tool = shutil.which("belenios-tool")
    with TemporaryDirectory(prefix="tinkuy-bench-ballot-") as folder:
        for name in (FIELD, CURVE):
            election_, data, made[name] = held(name, BALLOTS)
            place = Path(folder) / name
            place.mkdir()
            file = place / f"{election_.uuid}.bel"
            file.write_bytes(data)
            for jobs in (1, 2):
                verify = [sys.executable, "-c", VERIFY, "ballot", "verify", str(file), "--jobs", str(jobs)]
                lines[name, jobs] = verify, place
        if tool:
            lines["belenios-tool", 1] = [tool, "election", "verify"], Path(folder) / FIELD
        rounds = [{key: taken(*line) for key, line in lines.items()} for _ in range(ROUNDS)]
    found = {key: least([each[key] for each in rounds]) for key in lines}
    figures = {} if tool is None else ratios(found)
    told(found, made)
    for name, ratio in figures.items():
        print(f"{name}: {ratio:.2f} times belenios-tool (at least {LEAST[name]})")
    slow = [name for name, ratio in figures.items() if ratio < LEAST[name]]
    return int(bool(slow) or max(made.values()) > MOST_MAKING)


def ratios(found: dict[tuple[str, int], Taken]) -> dict[str, float]:
    peer = found["belenios-tool", 1]
    return {
        "one process": peer.worked / found[FIELD, 1].worked,
        "two processes": peer.waited / found[FIELD, 2].waited,
        CURVE: peer.worked / found[CURVE, 1].worked,
    }


def told(found: dict[tuple[str, int], Taken], made: dict[str, float]) -> None:
    for (name, jobs), used in found.items():
        print(f"{name}, {jobs} at work: {BALLOTS / used.worked:,.0f} ballots a second of processor,", end=" ")
        print(f"{BALLOTS / used.waited:,.0f} a second waited")
    for name, each in made.items():
        print(f"{name}: {each:.1f} ms to make one (at most {MOST_MAKING:.0f})")


if __name__ == "__main__":
    sys.exit(main())
