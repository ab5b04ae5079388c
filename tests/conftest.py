"""What every room's tests share: where the real data is, and how long a sweep is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

Case = TypeVar("Case")

# Without a fixed database and deadline, a slow machine would report a rule as broken.
settings.register_profile("house", deadline=None, database=None, derandomize=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="run every case of a sweep, not a sample of it")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real elections, geographies and protocols, kept beside the repository and not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data is not beside the repository (../shared/data)")
    return SHARED_DATA


@pytest.fixture
def sampled(request: pytest.FixtureRequest) -> Callable[[Sequence[Case], int], Sequence[Case]]:
    """Every case under `--whole` (`make sweep`), else about as many as asked for, evenly spread from first to last."""

    def sample(cases: Sequence[Case], about: int) -> Sequence[Case]:
        if request.config.getoption("--whole") or len(cases) <= about:
            return cases
        return [cases[place * (len(cases) - 1) // (about - 1)] for place in range(about)]

    return sample
