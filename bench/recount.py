"""How long a recount takes, against Polars reading the same file and summing the same columns by the same levels.

Prints both ratios of one run: whole process against whole process, which is what a person waits for and has the limit
of 3; and the work alone in a process that has everything loaded, where Polars makes no objects and the recount makes
fifteen thousand nodes. Each is the median of several, taken in turn so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SHEETS = REPOSITORY.parent / "shared" / "data" / "onpe2021" / "runoff-final.csv.gz"
MAP = REPOSITORY / "examples" / "onpe2021-final.toml"
LIMIT = 3.0
ROUNDS = 7

FLOOR = """
import sys
import polars as pl
levels = ["v2_DEPARTAMENTO", "v2_PROVINCIA", "v2_DISTRITO", "v2_TNOMB_LOCAL"]
figures = ["v2_NNUME_HABILM", "v2_TOT_CIUDADANOS_VOTARON", "v2_perulibre", "v2_fp", "v2_blanco", "v2_nulos",
           "v2_impugnados"]
def floor(file):
    sheets = pl.read_csv(file)
    sums = [sheets.select(pl.col(figures).sum())]
    for depth in range(1, 5):
        sums.append(sheets.group_by(levels[:depth]).agg(pl.col(figures).sum()))
    return sums
"""

RECOUNT = "import sys; from tinkuy.cli.main import main; sys.exit(main())"


def main() -> int:
    """Measure, print, and end 1 when a limit is passed."""
    whole = _ratio("whole process", _floor_process, _recount_process)
    print(f"limit of the whole process: {LIMIT:.0f} x")
    _ratio("the work alone", *_loaded())
    return 0 if whole <= LIMIT else 1


def _ratio(what: str, floor: Callable[[], object], recount: Callable[[], object]) -> float:
    floor()
    recount()
    floors, recounts = [], []
    for _ in range(ROUNDS):
        floors.append(_seconds(floor))
        recounts.append(_seconds(recount))
    base, ours = statistics.median(floors), statistics.median(recounts)
    ratio = ours / base
    print(f"recount, {what}: {ours:.3f} s against {base:.3f} s of Polars: {ratio:.2f} x")
    return ratio


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _floor_process() -> None:
    _run([sys.executable, "-c", FLOOR + "\nprint(floor(sys.argv[1]))", str(SHEETS)])


def _recount_process() -> None:
    _run([sys.executable, "-c", RECOUNT, "recount", str(SHEETS), "--map", str(MAP), "--json"])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _loaded() -> tuple[Callable[[], object], Callable[[], object]]:
    from tinkuy.cli.recount_text import as_json
    from tinkuy.federation.recount import recount
    from tinkuy.federation.recount_map import read_map
    from tinkuy.federation.recount_read import read_sheets

    space: dict[str, Callable[[str], object]] = {}
    exec(FLOOR, space)

    def ours() -> bytes:
        chart = read_map(MAP.read_bytes())
        return as_json(recount([read_sheets(SHEETS.read_bytes(), chart)], chart), "en")

    return lambda: space["floor"](str(SHEETS)), ours


if __name__ == "__main__":
    sys.exit(main())
