"""Ask the peers: questions from standard input, the same with their answers to standard output, a JSON object a line.

Runs in an environment of its own (`make peers`), where this project is not installed; `asked.py` says what a question
and an answer are. The one argument is the folder of the real elections. The first line names the programs' versions.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import marked
import ranked
import shared
from asked import Marked, Ranked

PROGRAMS = ("abcvoting", "apportionment", "pabutools", "pref-voting", "pyrankvote", "votekit", "votelib")


def answers(question: dict[str, Any], data: Path) -> dict[str, dict[str, Any]]:
    """What each program answers, by rule."""
    if question["kind"] == "lists":
        return shared.answers(question)
    if question["kind"] == "budget":
        return marked.budget(question, data)
    programs: dict[str, dict[str, Any]]
    papers: Ranked | Marked
    if question["kind"] == "ranked":
        programs = dict(ranked.PROGRAMS)
        papers = (
            ranked.read((data / question["file"]).read_text(encoding="utf-8"), question["seats"])
            if "file" in question
            else Ranked.of(question)
        )
    else:
        programs = dict(marked.APPROVED if question["kind"] == "approved" else marked.SCORED)
        papers = Marked.of(question)
    wanted = question.get("rules")
    found: dict[str, dict[str, Any]] = {}
    for program, rules in programs.items():
        for name, ask in rules.items():
            if wanted is None or name in wanted:
                answer = ask(papers)
                if answer is not None:
                    found.setdefault(name, {})[program] = answer
    return found


def main() -> int:
    """Answer every question."""
    warnings.simplefilter("ignore")
    print(json.dumps({"programs": {name: version(name) for name in PROGRAMS}}))
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps({**question, "answers": answers(question, Path(sys.argv[1]))}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
