"""`tinkuy book conformance` tells a program that reads books rightly from one that does not."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shlex
import subprocess
import sys

import msgspec
import pytest

from tests.foreign import page
from tinkuy.cli import conformance
from tinkuy.cli.conformance import ConformanceError, ask
from tinkuy.cli.conformance_cases import CHECKS

OURSELVES = [sys.executable, "-c", "from tinkuy.cli.conformance import command; command(answer=True)"]


def program(text: str) -> list[str]:
    """A program in which `asked` is the list of questions."""
    read = "import json, sys, time\nasked = [json.loads(line) for line in sys.stdin]\n"
    return [sys.executable, "-c", read + text]


def answering(expression: str) -> list[str]:
    return program(f"for q in asked: print(json.dumps({{'id': q['id'], 'accept': {expression}}}))")


def test_this_implementation_answers_every_case_as_it_should(cases):
    answers = ask(OURSELVES, cases)
    assert [case.case for case, said in zip(cases, answers, strict=True) if said.accept is not case.accept] == []
    assert all(said.reason for said in answers if not said.accept)


def test_a_program_is_named_as_on_a_command_line(capsys):
    assert conformance.command(check=shlex.join(OURSELVES)) == 0
    said = capsys.readouterr().out
    assert said.startswith("Cases: 2,")
    assert said.endswith("wrong: 0; passed over: 0.\n")


def test_every_case_has_its_own_name_and_number(cases):
    assert [case.id for case in cases] == list(range(len(cases)))
    assert len({case.case for case in cases}) == len(cases)


def test_every_check_has_cases_to_accept_and_to_refuse(cases):
    assert {(case.check, case.accept) for case in cases} == {(check, ok) for check in CHECKS for ok in (True, False)}


def test_no_two_cases_of_a_check_ask_the_same_and_expect_otherwise(cases):
    expected: dict[tuple[str, bytes], bool] = {}
    for case in cases:
        key = case.check, hashlib.sha256(msgspec.json.encode(case.given, order="sorted")).digest()
        assert expected.setdefault(key, case.accept) is case.accept, case.case


def test_the_printed_cases_are_the_same_on_any_hash_seed(request, cases):
    if request.config.getoption("--whole"):
        pytest.skip("the large cases are not printed unless asked for")
    run = [sys.executable, "-c", "from tinkuy.cli.conformance import command; command()"]
    printed = subprocess.run(run, env={**os.environ, "PYTHONHASHSEED": "5"}, capture_output=True, check=True).stdout
    assert printed == b"".join(msgspec.json.encode(case) + b"\n" for case in cases)


def test_a_program_is_told_neither_names_nor_answers(cases):
    fields = "list(q) == ['id', 'check', 'given']"
    assert {said.accept for said in ask(answering(fields), cases[:50])} == {True}


def test_a_program_that_accepts_everything_is_told_each_damaged_case(cases, capsys):
    assert conformance.compare(cases[:60], answering("True")) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines[0] == "E  entry/one/space: accepted, but damaged. A space after a colon."
    assert len(lines) == sum(not case.accept for case in cases[:60])
    assert last == f"Cases: 60; as they should be: 9; wrong: {len(lines)}; passed over: 0."


def test_a_program_that_refuses_everything_is_told_each_sound_case(cases, capsys):
    assert conformance.compare(cases[:60], answering("False")) == 1
    out = capsys.readouterr().out
    assert "E  entry/one/plain: refused, but sound. An entry with its four fields. It says: ''\n" in out


def test_a_program_may_pass_over_a_check_but_not_over_everything(cases, capsys):
    some = [case for case in cases if case.check in ("entry", "inclusion")][:70]
    assert conformance.compare(some, answering("None")) == 1
    assert capsys.readouterr().out == "Cases: 70; as they should be: 0; wrong: 0; passed over: 70.\n"
    right = json.dumps({case.id: case.accept for case in some if case.check == "inclusion"})
    known = answering(f"json.loads('{right}').get(str(q['id']))")
    assert conformance.compare(some, known) == 0
    assert capsys.readouterr().out == "Cases: 70; as they should be: 10; wrong: 0; passed over: 60.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["./no-such-program"], r"\./no-such-program cannot be run: No such file or directory\."),
        (program("sys.exit(3)"), "ended with code 3, not 0"),
        (program("print('hello')"), "Answer 0 cannot be read: 'hello"),
        (program("print()"), "Answer 0 cannot be read"),
        (program("print('[]')"), "Answer 0 cannot be read"),
        (program("sys.stdout.buffer.write(b'\\xff\\n')"), "Answer 0 cannot be read"),
        (program("print('x' * 10**6)"), "Answer 0 cannot be read: 'xxx"),
        (program('print(\'{"id":0,"accept":1}\')'), "Answer 0 cannot be read"),
        (program('print(\'{"id":4,"accept":true}\')'), "Question 4 was answered where 0 was expected"),
        (program("pass"), "Answer 0 cannot be read: ''"),
        (program("for q in asked + asked[:1]: print(json.dumps({'id': q['id'], 'accept': True}))"), "more answers"),
        (program("time.sleep(60)"), "did not end within 1 seconds"),
    ],
)
def test_a_program_that_does_not_keep_to_the_protocol_is_told_so_in_one_line(words, message, cases):
    with pytest.raises(ConformanceError, match=message) as refused:
        ask(words, cases[:3], seconds=1 if "sleep" in words[-1] else 60)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "'unfinished"])
def test_what_is_not_a_command_is_refused(text):
    with pytest.raises(ConformanceError, match="is not a command"):
        conformance.command(check=text)


def test_a_program_is_either_asked_or_answers():
    with pytest.raises(ConformanceError, match="--check, --answer"):
        conformance.command(check="reader", answer=True)


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"{}",
        b"\xff",
        b'{"id":0,"check":"entry","given":{}}',
        b'{"id":0,"check":"entry","given":{"entry":7}}',
        b'{"id":0,"check":"entry","given":{"entry":"?"}}',
        b'{"id":0,"check":"tiles","given":{"files":[]}}',
        b'{"id":0,"check":"nothing","given":{}}',
        b'{"id":0,"check":"inclusion","given":{"entry":"","index":"0","size":1,"root":"","hashes":[]}}',
        b'{"id":0,"check":"consistency","given":{"old_size":1.5,"old_root":"","size":2,"root":"","hashes":[]}}',
    ],
)
def test_what_is_not_a_question_is_refused_in_one_line(line, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line + b"\n")))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(ConformanceError, match="This line is not a question") as refused:
        conformance.command(answer=True)
    assert "\n" not in str(refused.value)


# To write it anew: python -m tests.foreign.page
def test_the_page_names_every_case_and_every_difference(request, cases):
    if request.config.getoption("--whole"):
        pytest.skip("the page counts the cases without the large book")
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.with_sections(text, page.sections(cases)) == text
    assert [sentence for sentence in CHECKS.values() if sentence not in text] == []
