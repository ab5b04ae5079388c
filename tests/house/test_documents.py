"""What the documents and the locks say of this repository is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("examples/**/*.md")]
DECISIONS = REPOSITORY / "docs" / "decisions"
LOCKS = sorted((REPOSITORY / "lock").glob("*.txt"))

RUNTIME = PROJECT["project"]["dependencies"]
TOOLS = [requirement for group in PROJECT["dependency-groups"].values() for requirement in group]


def named(requirement: str) -> str:
    """The name of a requirement as indexes write it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0]).lower()


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_link_in_a_document_leads_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", sorted(set(DECISIONS.glob("*.md")) - {DECISIONS / "README.md"}), ids=lambda p: p.stem)
def test_a_decision_says_its_context_its_choice_and_its_price_and_stands_in_the_index(page):
    text = page.read_text(encoding="utf-8")
    assert [part for part in ("**Context.**", "**Choice.**", "**Price.**") if part not in text] == []
    assert f"]({page.name})" in (DECISIONS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("requirement", [*RUNTIME, *TOOLS])
def test_a_library_comes_in_with_its_reason(requirement):
    reasons = (DECISIONS / "libraries.md").read_text(encoding="utf-8")
    cells = {named(name) for row in re.findall(r"^\| ([^|]+) \|", reasons, re.MULTILINE) for name in row.split(", ")}
    assert named(requirement) in cells


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        (RUNTIME, "runtime.txt"),
        (RUNTIME, "dev.txt"),
        (PROJECT["dependency-groups"]["dev"], "dev.txt"),
        (PROJECT["dependency-groups"]["build"], "build.txt"),
    ],
)
def test_every_requirement_is_locked(requirements, lock):
    assert {named(requirement) for requirement in requirements} <= pins(REPOSITORY / "lock" / lock).keys()


def test_the_locks_agree_so_that_they_install_into_one_environment():
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in pins(lock).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_gives_a_hash_for_every_pin_and_no_address(lock):
    text = lock.read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
