from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.foreign import judges
from tinkuy.cli.conformance_book import Case
from tinkuy.cli.conformance_cases import cases as all_cases


@pytest.fixture(scope="session")
def cases(request: pytest.FixtureRequest) -> list[Case]:
    return list(all_cases(large=request.config.getoption("--whole")))


@pytest.fixture(scope="session")
def go_judge() -> Iterator[list[str]]:
    with TemporaryDirectory(prefix="tinkuy-go-") as folder, TemporaryDirectory(prefix="tinkuy-go-cache-") as cache:
        yield judges.go(Path(folder), Path(cache))


@pytest.fixture(scope="session")
def node_judge() -> list[str]:
    program = judges.node(Path(sys.prefix) / "foreign")
    if program is None:
        pytest.skip("there is no Node on this machine (tools/system node)")
    return program
