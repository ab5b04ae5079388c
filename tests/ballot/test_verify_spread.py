"""The verdict on an archive is one: from one process, two, and a cluster; and memory does not hold the archive.

Source: issue 4; docs/decisions/cluster.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Raw

from tests.ballot.played import BLANK, YES_NO, set_up
from tests.ballot.taken_apart import altered, another, bound, places, taken_apart, with_leaf
from tests.cli.test_cluster import cluster, environment  # noqa: F401 - two worker processes behind a scheduler
from tinkuy.ballot import BallotError, audit, ballot, elgamal, encoding, proofs, verify
from tinkuy.ballot.answer import Answer
from tinkuy.ballot.credential import Credential
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.field import BELENIOS_2048
from tinkuy.ballot.question import Question
from tinkuy.cli import ballot_here, ballot_verify_cluster
from tinkuy.cli.main import main
from tinkuy.cli.verify_cluster import ClusterError

PROGRAM = """
import sys
from tinkuy.ballot import BallotError, audit, ballot, elgamal, encoding, proofs, verify
from tinkuy.ballot.answer import Answer
from tinkuy.ballot.credential import Credential
from tinkuy.ballot.election import Election
from tinkuy.ballot.elgamal import Pair
from tinkuy.ballot.field import BELENIOS_2048
from tinkuy.ballot.question import Question
audit.PART_MOST, audit.PART_LEAST, audit.CREDENTIALS_PART = 3, 2, 3
if __name__ == "__main__":
    from tinkuy.cli.main import main
    sys.exit(main(["--lang", "en", "ballot", "verify", *sys.argv[1:]]))
"""
DAMAGED = {1: "signature", 4: "response", 7: "alpha"}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An election of two questions with weights and revotes, three of its ballots altered."""
    one = set_up("Ed25519", YES_NO, BLANK, voters=8, weights=(1, 2))
    data = one.counted(one.with_ballots([((1, 0), (0, 1, 1, 0))] * 11))
    events = taken_apart(data)
    for number, place in enumerate(places(events, "Ballot")):
        match DAMAGED.get(number):
            case "signature":
                path: tuple[object, ...] = ("signature", "proof", "response")
            case "response":
                path = ("answers", 0, "overall_proof", 0, "response")
            case "alpha":
                path = ("answers", 1, "choices", 0, "alpha")
            case _:
                continue
        events = altered(events, place, 0, lambda value, path=path: with_leaf(value, path, another))
    path_ = tmp_path_factory.mktemp("spread") / "e.bel"
    path_.write_bytes(bound(events))
    return path_


def printed(path: Path, *options: str, code: int = 1) -> bytes:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), *options], env=environment(), capture_output=True, check=False
    )
    assert (run.returncode, run.stderr) == (code, b"")
    return run.stdout


def test_one_process_two_and_a_cluster_give_the_same_bytes(damaged: Path, cluster: str) -> None:  # noqa: F811
    alone = printed(damaged, "--json", "--jobs", "1")
    assert alone.count(b'"check": "ballot"') == len(DAMAGED)
    assert printed(damaged, "--json", "--jobs", "2") == alone
    assert printed(damaged, "--json", "--cluster", cluster) == alone


def test_a_ballot_is_judged_alone_as_it_is_among_others(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = damaged.read_bytes()
    together = verify.verify(data)
    monkeypatch.setattr(audit, "_held", lambda _, ballots: [None] * len(ballots))
    assert verify.verify(data) == together


def with_a_stranger(election: Election, card: Credential) -> bytes:
    """A ballot whose every proof and signature holds, with -α for α: it passes where challenges happen to be even."""
    group, key = election.group, election.key_power
    secret = card.secret(group, election.uuid)
    public = group.write(group.base(secret))
    bound, r = f"{election.fingerprint}|{public}", group.random(os.urandom)
    honest = elgamal.encrypt(group, key, 0, r)
    pair = Pair(BELENIOS_2048.modulus - honest.alpha, honest.beta)
    written = elgamal.write(group, pair)
    one = f"{written.alpha},{written.beta}"
    shown = []
    for prefix in (f"prove|{bound}|{one}|", f"prove|{bound}|{one}|{one}|"):
        branches = proofs.interval(group, *pair, (0, 1))
        while True:
            proof = proofs.one_of_prove(group, key, prefix, branches, 0, r, os.urandom)
            if proofs.one_of_verify(group, key, prefix, branches, proof):
                break
        shown.append(proof)
    answers = [Raw(encoding.dumps(Answer((written,), (shown[0],), shown[1])))]
    digest = ballot._digest(election, public, answers)
    signature = ballot.Signature(digest, proofs.schnorr_prove(group, f"sig|{digest}|", secret, os.urandom))
    return encoding.dumps(ballot.Ballot(election.uuid, election.fingerprint, public, answers, signature))


@pytest.mark.parametrize("others", [1, 60])
def test_a_ballot_of_which_all_holds_but_an_element_is_outside_the_group_is_named_among_others(others: int) -> None:
    one = set_up("BELENIOS-2048", Question(answers=("A",), min=0, max=1, question="?"), voters=2)
    honest = ballot.prepare(one.election, one.cards[0], [(1,)], os.urandom).data
    forged = with_a_stranger(one.election, one.cards[1])
    with pytest.raises(BallotError, match="not an element") as alone:
        ballot.check(one.election, forged)
    numbered = [(number, honest, 1 if number == 0 else None) for number in range(others)]
    faults, summed = audit.check_part(audit.Part(one.election.data, [*numbered, (others, forged, 1)]))
    assert faults == [(others, ballot.tracking(forged), alone.value.said)]
    assert summed.count == 1


def test_two_counts_of_processes_are_not_given_at_once(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["--lang", "en", "ballot", "verify", str(damaged), "--jobs", "2", "--cluster", "tcp://127.0.0.1:1"]
    assert main(line) == 2
    assert "give one of the two" in capsys.readouterr().err


def test_a_part_that_cannot_be_checked_there_ends_the_command(cluster: str) -> None:  # noqa: F811
    with ballot_verify_cluster.spreading(cluster) as spread, pytest.raises(ClusterError, match="could not be checked"):
        list(spread(audit.check_part, [None]))


def test_a_worker_of_another_version_is_refused(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr("tinkuy.cli.ballot_verify_cluster.__version__", "0.0.1")
    with ballot_verify_cluster.spreading(cluster) as spread:
        monkeypatch.setattr("tinkuy.cli.ballot_verify_cluster.__version__", "9.9.9")
        with pytest.raises(ClusterError, match="both must be the same"):
            list(spread(len, ["abc"]))


def test_a_mapped_archive_gives_its_pages_back_and_reads_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.urandom(1 << 20)
    (tmp_path / "x").write_bytes(whole)
    monkeypatch.setattr(ballot_here, "KEPT", 100_000)
    with ballot_here.mapped(tmp_path / "x") as data:
        assert b"".join(data[place : place + 30_000] for place in range(0, len(whole), 30_000)) == whole
        assert data[:64] == whole[:64]
        assert isinstance(data, ballot_here.Window)
        assert resident(data) < len(whole) // 2


def resident(data: ballot_here.Window) -> int:
    """Bytes of a mapping that are in this process's memory, as the kernel says."""
    size = 0
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if line.endswith("/x"):
            size = -1
        elif size == -1 and line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"no mapping of {len(data)} bytes")


def test_parts_are_large_at_first_and_small_at_the_end() -> None:
    sizes, left = [], 2_000
    while left:
        sizes.append(min(audit._part_size(left), left))
        left -= sizes[-1]
    assert sizes == sorted(sizes[:-1], reverse=True) + sizes[-1:]
    assert max(sizes) <= audit.PART_MOST
