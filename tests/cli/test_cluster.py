"""`tinkuy verify`: the same bytes from one process, two, and a cluster; from books in SQLite and in PostgreSQL.

Source: issue 3, part 7; docs/decisions/cluster.md.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import Archive, Federation, bases, packed, remade
from tests.store.server import Server, binaries
from tinkuy.cli import verify as command
from tinkuy.cli import verify_cluster
from tinkuy.cli.main import main
from tinkuy.cli.verify_cluster import ClusterError, connected
from tinkuy.demo.build import Example
from tinkuy.federation import volumes
from tinkuy.store import Store, open_store

distributed = pytest.importorskip("distributed")

FAULTS = {0: "proof", 1: "sum", 2: "twice", 3: "fork", 4: "rotated", 5: "late", 6: "silent", 7: "words"}
# Text, then data, with the sizes at which work is divided small enough for an archive of a few bases.
PROGRAM = """
import sys
from tinkuy.cli import verify
verify.ALONE, verify.GROUP = 1, 5
if __name__ == "__main__":
    from tinkuy.cli.main import main
    sys.exit(main(["--lang", "en", *sys.argv[1:]]) or main(["--lang", "en", *sys.argv[1:], "--json"]))
"""


def environment(seed: str = "0") -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two worker processes on this machine."""
    script = (
        "import sys\n"
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host='127.0.0.1',\n"
        "                      dashboard_address=':0') as local:\n"
        "        print(local.scheduler_address, flush=True)\n"
        "        sys.stdin.read()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert run.stdin is not None
    assert run.stdout is not None
    yield run.stdout.readline().strip()
    run.stdin.close()
    run.wait(30)


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(16, FAULTS)).played()


@pytest.fixture(scope="module")
def archive(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cluster") / "consulta.tinkuy"
    with pytest.MonkeyPatch.context() as small:
        small.setattr(volumes, "MOST", 2)
        path.write_bytes(packed(dict(federation.returns.members())))
    return path


@pytest.fixture(scope="module")
def broken(federation: Federation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a unit removed, and its books in volumes of which one is cut off."""
    whole = Archive.of(federation)
    gone = whole.book_of(federation.writers[9].base.code)
    left = {book: held for book, held in whole.books.items() if book != gone}
    with pytest.MonkeyPatch.context() as small:
        small.setattr(volumes, "MOST", 2)
        files = replace(whole, books=left).files()
    last = max(name for name in files if name.startswith("units/"))
    path = tmp_path_factory.mktemp("cluster") / "rota.tinkuy"
    path.write_bytes(packed(remade({**files, last: files[last][:-7]})))
    return path


def output(path: Path, seed: str, *options: str) -> bytes:
    """What the command prints in a process of its own with this hash seed."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "verify", str(path), *options],
        env=environment(seed),
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    return run.stdout


def test_one_process_two_and_a_cluster_print_the_same_bytes(archive: Path, cluster: str) -> None:
    alone = output(archive, "1", "--jobs", "1")
    assert output(archive, "2", "--jobs", "2") == alone
    assert output(archive, "1", "--cluster", cluster) == alone
    assert output(archive, "2", "--cluster", cluster) == alone


def test_a_cluster_finds_in_a_damaged_archive_what_one_process_finds(
    broken: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "GROUP", 3)
    alone = command.verify(broken)
    assert not alone.sound
    with connected(cluster) as far:
        assert command.verify(broken, cluster=far) == alone


def test_books_in_sqlite_and_in_postgresql_make_one_archive(tmp_path: Path, cluster: str) -> None:
    """The same federation kept in either store, to the byte, and so the same report wherever it is heard."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (tools/system postgres)")
    server = Server()
    try:
        stores = [open_store(tmp_path / "books.sqlite"), open_store(server.address())]
        written = [exported(store, tmp_path / f"{place}.tinkuy") for place, store in enumerate(stores)]
        for store in stores:
            store.close()
    finally:
        server.stop()
    assert written[0].read_bytes() == written[1].read_bytes()
    with connected(cluster) as far:
        assert command.verify(written[1], cluster=far) == command.verify(written[0])


def exported(store: Store, path: Path) -> Path:
    example = Example(store, 14, 7)
    example.deliver(example.on_time())
    example.finish()
    path.write_bytes(packed(dict(example.returns.members())))
    return path


def test_groups_of_a_lost_worker_are_heard_by_another(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two workers is killed while it hears; the report is that of one process."""
    monkeypatch.setattr(command, "GROUP", 1)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
        ) as local,
        connected(local.scheduler_address) as far,
    ):
        killer = threading.Thread(target=killed_when_busy, args=(local,))
        killer.start()
        report = command.verify(archive, cluster=far)
        killer.join()
    assert report == command.verify(archive)


def killed_when_busy(local: distributed.LocalCluster) -> None:
    """Kill a worker process as soon as any worker is at work."""
    while not any(worker.processing for worker in local.scheduler.workers.values()):
        time.sleep(0.001)
    nanny = local.workers[0]
    os.kill(nanny.pid, 9)


def refused(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line with which the command ends."""
    assert main(["--lang", "en", "verify", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    return err


def test_nobody_at_the_address_is_said_in_one_line(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_cluster, "PATIENCE", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        assert "no scheduler of a cluster answers there" in refused([str(archive), "--cluster", address], capsys)
        silent.listen()  # somebody listens, and says nothing
        assert "no scheduler of a cluster answers there" in refused([str(archive), "--cluster", address], capsys)


@pytest.mark.parametrize("address", ["", "inproc://here", "http://127.0.0.1:80", "127.0.0.1:port", "../scheduler.json"])
def test_what_is_no_address_is_refused_before_anything_is_asked(
    archive: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "this is not the address of a scheduler" in refused([str(archive), "--cluster", address], capsys)


def test_a_cluster_without_workers_is_not_waited_for(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_cluster, "PATIENCE", 1.0)
    with (
        distributed.LocalCluster(n_workers=0, processes=True, host="127.0.0.1", dashboard_address=":0") as local,
        connected(local.scheduler_address) as far,
        pytest.raises(ClusterError, match="has no workers"),
    ):
        command.verify(archive, cluster=far)


def test_a_worker_of_another_version_is_not_believed(
    archive: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_cluster, "__version__", "0.0.1")
    with connected(cluster) as far, pytest.raises(ClusterError, match="both must be the same"):
        command.verify(archive, cluster=far)


def test_processes_here_and_a_cluster_are_not_asked_for_together(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "give one of the two" in refused([str(archive), "--jobs", "2", "--cluster", "127.0.0.1:1"], capsys)


def test_without_dask_the_extra_is_named(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "tinkuy[scale]" in refused([str(archive), "--cluster", "127.0.0.1:1"], capsys)
