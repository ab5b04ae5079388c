"""After a power cut everything that was acknowledged is there, whatever the disk made of the rest.

Many outcomes are tried for every moment of a recorded story; the store's own opening and verification judge each. The
controls show that the trial would notice: a disk that lies, a store that does not wait, frames that are torn unseen.
"""

from __future__ import annotations

import pytest

from tests.faults.disk import SECTOR
from tests.faults.power import NAME, Cut, Recording, cuts, fault, faults, recorded
from tests.faults.wal import HEADER, forged

PARTS, STATES = 20, 500  # of the sweep, so that it can be shared out; of each story


@pytest.fixture
def stories(request: pytest.FixtureRequest) -> int:
    """Stories in a part of the sweep: 50,000 states in all, and a million under `--whole`."""
    return 100 if request.config.getoption("--whole") else 5


@pytest.mark.sweep
@pytest.mark.parametrize("part", range(PARTS))
def test_what_was_acknowledged_survives_a_power_cut_at_any_moment(part: int, stories: int, record_property):
    tried, found = 0, []
    for seed in range(part * stories, (part + 1) * stories):
        count, wrong = faults(recorded(seed), STATES)
        tried += count
        found += wrong
    record_property("states", tried)
    assert found == []
    assert tried == stories * STATES  # different ones, each


def test_the_same_seed_plays_the_same_cuts_again():
    first, second = recorded(3), recorded(3)
    assert first.events == second.events
    assert list(cuts(first, 50)) == list(cuts(second, 50))


def test_a_disk_that_only_says_that_it_synced_is_found_out():
    tried, found = faults(recorded(1), STATES, lying=True)
    assert len(found) > tried // 2


def test_a_store_that_does_not_wait_for_the_disk_is_found_out():
    tried, found = faults(recorded(1, synchronous="OFF"), STATES)
    assert len(found) > tried // 4


def test_a_store_that_waits_only_now_and_then_is_found_out():
    """SQLite's NORMAL keeps the file whole and loses the last commits, so only what is missing tells."""
    tried, found = faults(recorded(1, synchronous="NORMAL"), STATES)
    assert len(found) > tried // 20
    assert all("it holds" in one for one in found)


def _unseen(recording: Recording, tmp_path, change) -> list[str]:
    """The faults found where every log that a cut left is altered, and its checksums made to fit."""
    found = []
    for cut in cuts(recording, 40):
        files = dict(cut.files)
        if len(log := files.get(f"{NAME}-wal", b"")) > HEADER:
            files[f"{NAME}-wal"] = forged(log, change)
        found.append(fault(recording, Cut(cut.number, cut.done, files), tmp_path))
    return [one for one in found if one is not None]


def test_torn_frames_that_sqlite_does_not_notice_are_noticed(tmp_path):
    recording = recorded(1)
    assert _unseen(recording, tmp_path, lambda number, page: page) == []  # the forger's checksums do fit
    torn = _unseen(recording, tmp_path, lambda number, page: page[:-SECTOR] + bytes(SECTOR))
    assert len(torn) > 10
