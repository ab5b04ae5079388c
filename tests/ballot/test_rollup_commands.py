"""`tinkuy ballot rollup` as people type it: a region opens only large sums of small boxes, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ballot.conftest import Type
from tests.ballot.rolled import Region, no, region, yes
from tests.ballot.taken_apart import bound, taken_apart
from tinkuy.ballot import trustee_key

BASES = {"lampa": [*yes(1), *no(1)], "juli": [*yes(2), *no(1)], "cusco": [*no(2), *yes(1)]}
TREE = "all,,\npuno,all,\nlampa,puno,{lampa}\njuli,puno,{juli}\ncusco,all,{cusco}\n"
PLAN = "rollup plan tree.csv --boxes boxes --small-cell 3 --name Paro --jobs 1"
DECRYPT = "rollup decrypt sum --boxes boxes --small-cell 3 --jobs 1"
VERIFY = "rollup verify sum --boxes boxes --jobs 1"
OWN = "--key 1.privkey --record record.json"


@pytest.fixture(scope="module")
def puno() -> Region:
    """Two trustees, and three bases whose boxes are closed and added up."""
    one = region()
    for choices in BASES.values():
        one.base(choices)
    return one


@pytest.fixture
def boxes(typed: Type, puno: Region) -> dict[str, str]:
    """The same in files where commands are typed; the boxes' identifiers by base."""
    assert typed
    Path("boxes").mkdir()
    for number, key in enumerate(puno.keys, 1):
        Path(f"{number}.privkey").write_bytes(trustee_key.write_private(key))
    found = dict(zip(BASES, puno.archives, strict=False))
    for uuid in found.values():
        Path(f"boxes/{uuid}.bel").write_bytes(puno.archives[uuid])
    Path("tree.csv").write_text(TREE.format(**found))
    return found


def test_a_region_opens_large_sums_of_small_boxes_with_files_alone(typed: Type, boxes: dict[str, str]) -> None:
    said = typed(f"{PLAN} --out sum")
    assert "Boxes: 3; nodes above them: 2; sums to be opened, of at least 3 voters each: 3." in said
    assert "Shown only within larger sums: juli, lampa" in said
    assert "is sound so far, and not finished. Missing: Trustee 1, Trustee 2" in typed(VERIFY)
    for number in (1, 2):
        said += typed(f"{DECRYPT} --key {number}.privkey --record {number}.record --out {number}.share")
        said += typed(f"rollup result sum --share {number}.share")
    assert "Missing: Trustee 2" in said
    shown = typed(VERIFY)
    assert "\n  cusco   voters: 3; boxes: 1\n       ¿Paro el 15 de marzo? Sí 1, No 2\n" in shown
    assert "\n  puno   voters: 5; boxes: 2\n       ¿Paro el 15 de marzo? Sí 3, No 2\n" in shown
    assert "\n    lampa   voters: 2, shown only within a larger sum" in shown
    assert shown.endswith("sum is sound: what was decrypted is the sum of what was cast.\n")
    found = json.loads(typed(f"{VERIFY} --json"))
    assert (found["state"], found["nodes"][0]["figures"]) == ("sound", [[4, 4]])
    changed = Path("boxes") / f"{boxes['juli']}.bel"
    events = taken_apart(changed.read_bytes())
    changed.write_bytes(bound([events[0], *events[2:]]))
    wrong = typed(VERIFY, code=1)
    assert f"E    Box {boxes['juli']} of juli: Event 4: The encrypted tally is not the sum" in wrong
    assert "E    Node puno: Its sum cannot be checked" in wrong


def test_two_processes_judge_the_boxes_as_one_does(typed: Type, boxes: dict[str, str]) -> None:
    typed(f"{PLAN} --out sum")
    typed(f"{PLAN.replace('--jobs 1', '--jobs 2')} --out again")
    assert boxes
    assert Path("sum/plan.json").read_bytes() == Path("again/plan.json").read_bytes()


def test_shares_are_taken_once_and_the_result_is_not_written_over(typed: Type, boxes: dict[str, str]) -> None:
    assert boxes
    typed(f"{PLAN} --out sum")
    for number in (1, 2):
        for name in ("a", "b"):
            typed(f"{DECRYPT} --key {number}.privkey --record {number}.record --out {number}.{name}")
    typed("rollup result sum --share 1.a")
    typed("rollup result sum --share 1.a")
    assert "Trustee 1 gave a share before" in typed("rollup result sum --share 1.b", code=2)
    typed("rollup result sum --share 2.a")
    kept = Path("sum/result.json").read_bytes()
    assert "result.json is there already" in typed("rollup result sum --share 2.a", code=2)
    assert Path("sum/result.json").read_bytes() == kept
    assert sorted(path.name for path in Path("sum").iterdir()) == [
        "plan.json",
        "result.json",
        "share-1.json",
        "share-2.json",
    ]


def test_a_trustee_gives_no_share_of_what_shows_too_few(typed: Type, boxes: dict[str, str], puno: Region) -> None:
    typed(f"{PLAN} --out sum")
    less = typed(f"{DECRYPT.replace('cell 3', 'cell 4')} {OWN} --out s.json", code=2)
    assert "The plan opens sums of 3 voters; you ask for 4." in less
    typed(f"{DECRYPT} {OWN} --out s.json")
    assert "s.json is there already" in typed(f"{DECRYPT} {OWN} --out s.json", code=2)
    typed(f"{DECRYPT} {OWN} --out again.json")
    late = puno.base(yes(1))
    Path(f"boxes/{late}.bel").write_bytes(puno.archives.pop(late))
    Path("tree.csv").write_text(TREE.format(**boxes) + f"late,all,{late}\n")
    typed(f"{PLAN} --out later")
    asked = f"{DECRYPT.replace('decrypt sum', 'decrypt later')} {OWN} --out later.json"
    assert "would show how 1 voted" in typed(asked, code=2)
    alone = f"decrypt boxes/{boxes['lampa']}.bel {OWN} --out alone.json --jobs 1"
    assert "would show how 2 voted; 3 are the fewest" in typed(alone, code=2)
    assert not Path("later.json").exists()
    assert not Path("alone.json").exists()


def test_a_trustee_decrypts_nothing_that_does_not_hold_or_is_not_hers(typed: Type, boxes: dict[str, str]) -> None:
    typed(f"{PLAN} --out sum")
    typed("key --out stranger")
    other = "--key stranger/trustee.privkey --record record.json --out s.json"
    assert "not that of a trustee" in typed(f"{DECRYPT} {other}", code=2)
    file = Path("boxes") / f"{boxes['cusco']}.bel"
    events = taken_apart(file.read_bytes())
    file.write_bytes(bound([events[0], *events[2:]]))
    assert f"Box {boxes['cusco']} of cusco: Event 4" in typed(f"{DECRYPT} {OWN} --out s.json", code=2)
    assert not Path("s.json").exists()
    assert not Path("record.json").exists()


def test_what_is_no_plan_no_tree_or_no_box_ends_in_one_line_and_nothing_is_written(
    typed: Type, boxes: dict[str, str]
) -> None:
    few = typed(f"{PLAN.replace('cell 3', 'cell 9')} --out sum", code=2)
    assert few == "In all 8 voted; 9 are the fewest whose sum is opened.\n"
    Path("tree.csv").write_text(TREE.format(**boxes | {"juli": "z" * 14}))
    assert "The archive of box zzzzzzzzzzzzzz (juli) is not there" in typed(f"{PLAN} --out sum", code=2)
    assert not Path("sum").exists()
    Path("sum").mkdir()
    Path("sum/plan.json").write_text("{}")
    assert typed(VERIFY, code=2).count("\n") == 1
