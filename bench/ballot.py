"""How fast secret ballots are verified and made, against Debian's belenios-tool on the same archive in the same run.

One question of three answers, `min` 0, `max` 1, one trustee. Verified: every proof, signature, sum and hash, by whole
processes on both sides: the processor's time on one process, the time waited on two. The program knows no Ed25519: an
election in it is compared with the program's time on as many ballots in BELENIOS-2048. Without the program only rates
are printed. Wants a machine that does nothing else.

`TINKUY_BENCH_BALLOTS=100 python -m bench ballot` for a short run.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tinkuy.ballot import ballot, box, credential, election, group, trustee, trustee_key, trustee_share
from tinkuy.ballot.election import Election
from tinkuy.ballot.question import Question

BALLOTS = int(os.environ.get("TINKUY_BENCH_BALLOTS", "600"))
ROUNDS = 3
ASKED = Question(answers=("A", "B", "C"), min=0, max=1, question="?")
FIELD, CURVE = "BELENIOS-2048", "Ed25519"
# What may not be lost; what is aimed at is 1.8, 3.5 and 6.
LEAST = {"one process": 1.4, "two processes": 2.2, "Ed25519": 3.4}
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
    """Medians of some rounds, in seconds: what the processor worked, and what a person waited."""

    worked: float
    waited: float


def taken(line: list[str], folder: Path) -> Taken:
    rounds = []
    for _ in range(ROUNDS):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(line, cwd=folder, check=True, capture_output=True)
        waited, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        rounds.append(Taken(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, waited))
    return Taken(*(statistics.median(column) for column in zip(*rounds, strict=True)))


def ours(file: Path, jobs: int) -> Taken:
    line = [sys.executable, "-c", VERIFY, "ballot", "verify", str(file), "--jobs", str(jobs)]
    return taken(line, file.parent)


def main() -> int:
    figures: dict[str, float] = {}
    making = {}
    tool = shutil.which("belenios-tool")
    with TemporaryDirectory(prefix="tinkuy-bench-ballot-") as folder:
        for name in (FIELD, CURVE):
            made, data, making[name] = held(name, BALLOTS)
            place = Path(folder) / name
            place.mkdir()
            file = place / f"{made.uuid}.bel"
            file.write_bytes(data)
            one, two = ours(file, 1), ours(file, 2)
            if tool and name == FIELD:
                peer = taken([tool, "election", "verify"], place)
                print(f"belenios-tool 2.0, {name}: {BALLOTS / peer.worked:,.0f} ballots a second of processor")
                figures |= {"one process": peer.worked / one.worked, "two processes": peer.waited / two.waited}
            elif tool:
                figures[name] = peer.worked / one.worked
            print(f"{name}: {BALLOTS / one.worked:,.0f} ballots a second of processor on one process,", end=" ")
            print(f"{BALLOTS / two.waited:,.0f} a second waited on two; {making[name]:.1f} ms to make one")
    for name, ratio in figures.items():
        print(f"{name}: {ratio:.2f} times belenios-tool (at least {LEAST[name]})")
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    slow = [name for name, ratio in figures.items() if ratio < LEAST[name]]
    return int(bool(slow) or max(making.values()) > MOST_MAKING)


if __name__ == "__main__":
    sys.exit(main())
