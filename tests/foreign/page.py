"""The parts of docs/conformance.md that are written from the cases: `python -m tests.foreign.page` writes them anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.foreign import differences
from tinkuy.cli.conformance_book import Case
from tinkuy.cli.conformance_cases import CHECKS, cases

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def sections(all_cases: Iterable[Case]) -> dict[str, str]:
    """Each written part by its name."""
    found: dict[str, Counter[tuple[str, str]]] = {check: Counter() for check in CHECKS}
    sound: dict[str, Counter[tuple[str, str]]] = {check: Counter() for check in CHECKS}
    for case in all_cases:
        (sound if case.accept else found)[case.check][case.case.split("/")[2], case.what] += 1
    return {
        **{f"cases of {check}": _table(sound[check], "Accepted") + _table(found[check], "Refused") for check in CHECKS},
        "differences of Go": _list(differences.GO),
        "differences of Node": _list(differences.NODE),
    }


def with_sections(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part between its two marks."""
    for name, part in parts.items():
        marks = re.compile(f"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, count = marks.subn(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", page)
        if count != 1:
            raise ValueError(f"the page has {count} places for the {name}")
    return page


def _table(rows: Mapping[tuple[str, str], int], verdict: str) -> str:
    lines = [f"\n| {verdict} | cases | |", "|---|--:|---|"]
    lines += [f"| `{name}` | {count:,} | {what} |" for (name, what), count in rows.items()]
    return "\n".join(lines) + "\n"


def _list(known: Mapping[str, str]) -> str:
    by_reason: dict[str, list[str]] = {}
    for pattern, reason in known.items():
        by_reason.setdefault(reason, []).append(f"`{pattern}`")
    return "\n" + "\n".join(f"- {reason}: {', '.join(names)}." for reason, names in by_reason.items()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(with_sections(PAGE.read_text(encoding="utf-8"), sections(cases())), encoding="utf-8")
