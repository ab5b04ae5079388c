"""A recount of bytes, and the command as a person runs it."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from tinkuy.cli.main import main
from tinkuy.federation.recount import Recount, recount
from tinkuy.federation.recount_map import read_map
from tinkuy.federation.recount_read import read_sheets

ROOT = Path(__file__).parents[2]


def recounted(data: bytes, map_data: bytes) -> Recount:
    sheets = read_map(map_data)
    return recount([read_sheets(data, sheets)], sheets)


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of `tinkuy` with these arguments."""
    said = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(stream, encoding="utf-8", write_through=True) for stream in said)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return code, said[0].getvalue().decode(), said[1].getvalue().decode()
