"""A PostgreSQL server of our own: Debian's binaries, a folder, a socket in it, and nothing on the network.

`initdb` and `postgres` refuse to run as root; then they run as `postgres` or `nobody`, and the folder is theirs.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import psycopg

PATIENCE = 60  # seconds


def binaries() -> Path | None:
    """The folder of Debian's newest server, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parents[1].name))
    return found[-1].parent if found else None


def _account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _runs(pid: int) -> bool:
    """Whether a process is there and has not ended; one that nobody has asked after is a zombie, and holds nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Server:
    """A server on the folder `data` under a short path: a socket's path has at most 107 bytes."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        found = binaries()
        if found is None:
            raise FileNotFoundError("there is no PostgreSQL on this machine (tools/system postgres)")
        self.binaries, self.account = found, _account()
        self.folder = Path(mkdtemp(prefix="tinkuy-pg-"))
        os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "32MB",
            "max_connections": "40",
            **(settings or {}),
        }
        made = self._run(
            "initdb", "--no-sync", "-U", "tinkuy", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", str(self.data)
        )
        if made.wait(PATIENCE):
            raise RuntimeError((self.folder / "log").read_text())
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://tinkuy@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start; see `wait`."""
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", "-D", str(self.data), *options)
        self.wait()

    def wait(self) -> None:
        """Return when the server has recovered and answers."""
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.address()).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def kill(self) -> None:
        """End the postmaster and all its backends at once, as `kill -9` does; returns when none of them is left."""
        assert self._process is not None
        postmaster = self._process.pid
        os.kill(postmaster, signal.SIGSTOP)  # it makes no more of them
        # A backend is in a session of its own, so no group holds them all.
        backends = [int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
        for pid in (postmaster, *backends):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE)
        # One that is still ending holds the shared memory, and the next server would not start.
        deadline = time.monotonic() + PATIENCE
        while any(_runs(pid) for pid in backends) and time.monotonic() < deadline:
            time.sleep(0.001)

    def kill_backend(self) -> None:
        """End the processes that serve stores; returns when the server has ended all others and begun to recover."""
        serving = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tinkuy'"
        with suppress(psycopg.OperationalError), psycopg.connect(self.address(), autocommit=True) as watching:
            for (pid,) in watching.execute(serving).fetchall():
                os.kill(pid, signal.SIGKILL)
            while watching.execute("SELECT 1").fetchone():
                time.sleep(0.01)

    def stop(self) -> None:
        """Stop and take the folder away."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast": connections are ended, nothing is lost
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.binaries / program, *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # a signal from the terminal is not for it
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                **(
                    {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
                    if os.geteuid() == 0
                    else {}
                ),
            )
