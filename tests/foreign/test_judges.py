"""Programs that we did not write accept our books and refuse damaged ones, save where they are known to differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings

from tests.book.test_entry import entries
from tests.foreign import differences
from tinkuy.book import entry
from tinkuy.cli.conformance import ask
from tinkuy.cli.conformance_book import Case, b64

ALL = {"entry", "checkpoint", "inclusion", "consistency", "proof", "tiles"}


def judged(program: Sequence[str], cases: Sequence[Case], known: Mapping[str, str], passed_over: set[str]) -> None:
    """Everything is as it should be, and every known difference is one."""
    answers = ask(program, cases)
    assert {case.check for case, said in zip(cases, answers, strict=True) if said.accept is None} == passed_over
    asked = [(case, said) for case, said in zip(cases, answers, strict=True) if case.check not in passed_over]
    other = {case.case for case, said in asked if said.accept is not case.accept}
    expected = {pattern: [case.case for case, _ in asked if re.fullmatch(pattern, case.case)] for pattern in known}
    assert [pattern for pattern, names in expected.items() if not names] == []
    assert other == {name for names in expected.values() for name in names}


@pytest.mark.sweep
def test_the_go_teams_note_and_tlog_judge_as_we_do(go_judge, cases):
    judged(go_judge, cases, differences.GO, passed_over={"entry"})


@pytest.mark.sweep
def test_sigstores_verifier_and_canonicalize_judge_as_we_do(node_judge, cases):
    judged(node_judge, cases, differences.NODE, passed_over={"consistency", "tiles"})


def test_our_one_form_of_an_object_is_that_of_rfc_8785_as_others_write_it(node_judge):
    bodies: list[bytes] = []

    @settings(max_examples=150)
    @given(entries.map(entry.encode))
    def gather(body: bytes) -> None:
        bodies.append(body)

    gather()
    made = [Case(n, "", "entry", True, "", {"entry": b64(body)}) for n, body in enumerate(bodies)]
    assert [bodies[said.id] for said in ask(node_judge, made) if not said.accept] == []
