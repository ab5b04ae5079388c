"""`make bench`: run every benchmark of this folder, one after another, and keep what they say in docs/benchmarks.md.

A benchmark is a module here that prints its measures and ends with a code other than 0 when it passes its limit. Its
figures are ratios against a floor or a peer measured in the same run, so that they mean something on another machine.
Name some to run only those, and leave the page as it is: `python -m bench recount site`.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
PEERS = ("polars", "Django", "granian", "apsw", "psycopg", "PyNaCl")


def measured(name: str) -> tuple[str, int]:
    """What the benchmark prints, shown as it comes, and its exit code."""
    said = []
    with subprocess.Popen(
        [sys.executable, "-m", f"bench.{name}"], cwd=HERE.parent, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            print(line, end="", flush=True)
            said.append(line)
    return "".join(said), run.returncode


def page(results: dict[str, tuple[str, int]]) -> str:
    """The page for the documents."""
    peers = ", ".join(f"{peer} {version(peer)}" for peer in PEERS)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; every ratio is between two things measured in the same run.",
        f"{machine}, {peers}.",
    ]
    for name, (said, code) in results.items():
        lines += ["", f"## {name}", "", "```", said.strip(), "```"]
        if code:
            lines += ["", "Past its limit, or failed."]
    return "\n".join(lines) + "\n"


def main(asked: list[str]) -> int:
    names = asked or sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))
    results = {}
    for name in names:
        print(f"== {name}", flush=True)
        results[name] = measured(name)
    if not asked:
        PAGE.write_text(page(results), encoding="utf-8")
    return int(any(code for _, code in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
