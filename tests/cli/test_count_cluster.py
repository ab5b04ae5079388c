"""`tinkuy count --cluster`: papers read on a cluster, and in several files, give the bytes that one process gives.

Source: issue 5, part 6; docs/decisions/cluster.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tinkuy.cli import count_cluster
from tinkuy.cli.main import main
from tinkuy.count import chunks
from tinkuy.count.profile import Profile

distributed = pytest.importorskip("distributed")

CANDIDATES = 8
HEAD = f"{CANDIDATES} 3\n"
TAIL = "0\n" + "".join(f'"Candidate {number}"\n' for number in range(1, CANDIDATES + 1)) + '"A ward"\n'


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
    ) as local:
        yield local.scheduler_address


@pytest.fixture(scope="module")
def lines() -> list[str]:
    random = Random("papers on a cluster")
    return [
        f"{random.randint(1, 9)} "
        + " ".join(str(one) for one in random.sample(range(1, CANDIDATES + 1), random.randint(1, 5)))
        + " 0\n"
        for _ in range(3_000)
    ]


@pytest.fixture(scope="module")
def ward(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("count") / "ward.blt"
    file.write_text(HEAD + "".join(lines) + TAIL, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 4 kB: eight of this ward."""
    whole = chunks.parts
    monkeypatch.setattr(chunks, "parts", lambda data, name, **more: whole(data, name, **more, size=4_096))


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["--lang", "en", "count", *arguments, "--rule", "scotland", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_alone_and_on_two_workers_the_same_bytes(
    ward: Path, cluster: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    merged, parts = chunks.merged, []

    def counted(partials: Iterator[Profile]) -> Profile:
        parts.extend(partials)
        return merged(parts)

    monkeypatch.setattr(count_cluster, "merged", counted)
    alone = output(capsys, str(ward))
    assert parts == []
    assert output(capsys, str(ward), "--cluster", cluster) == alone
    assert len(parts) == 8
    assert sum(part.papers for part in parts) == merged(parts).papers


def test_several_files_are_one_election_alone_and_on_two_workers(
    ward: Path, lines: list[str], cluster: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boxes = []
    for number, start in enumerate(range(0, len(lines), 1_000), 1):
        boxes.append(tmp_path / f"box-{number}.blt")
        boxes[-1].write_text(HEAD + "".join(lines[start : start + 1_000]) + TAIL, encoding="utf-8")
    files = [str(box) for box in boxes]
    whole = output(capsys, str(ward))
    assert output(capsys, *files) == whole
    assert output(capsys, *reversed(files), "--cluster", cluster) == whole


def test_what_a_worker_cannot_read_is_refused_in_the_words_of_this_machine(
    ward: Path, lines: list[str], cluster: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "ward.blt"
    broken.write_text(HEAD + "".join([*lines[:2_000], "3 1 99 0\n", *lines[2_000:]]) + TAIL, encoding="utf-8")
    said = []
    for options in ([], ["--cluster", cluster]):
        assert main(["--lang", "en", "count", str(broken), "--rule", "scotland", *options]) == 2
        said.append(capsys.readouterr().err)
    assert "line 2002" in said[0]
    assert said[1] == said[0]
