"""`tinkuy book conformance`: whether another implementation reads the book's formats as this one does.

Guarantees the same cases on every run. Without an option they are printed, one line of JSON each; with `--check` they
are put to another program, which is told neither the names nor the answers. It ends 0 when the program answers every
case that it takes as it should, 1 when it does not, 2 when it cannot be run or does not keep to the protocol.

The protocol and every case by name: docs/conformance.md.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Annotated

import msgspec
import typer

from tinkuy.book import BookError
from tinkuy.cli.conformance_book import Case, Given
from tinkuy.cli.language import spoken
from tinkuy.words import Spoken, say

AGREES, DIFFERS = 0, 1
MAX_QUESTION = 64 * 2**20
MAX_ANSWER = 100_000

CHECK = say("Put the cases to this program, which answers on its standard output, and say which it gets wrong.")
ANSWER = say("Be such a program: read questions from standard input and answer them.")
LARGE = say("Also the cases of a book of 70,000 entries.")
SECONDS = say("How long the program may take.")
PURPOSE = say("Cases by which any implementation of the book's formats can be tried.")


class ConformanceError(Spoken):
    """A program, a question or an answer that does not keep to the protocol."""


class Question(msgspec.Struct, frozen=True):
    """A case as it is put to a program."""

    id: int
    check: str
    given: Given


class Answer(msgspec.Struct, frozen=True):
    """What a program says: `accept` is null for a check that it does not do."""

    id: int
    accept: bool | None
    reason: str = ""


def command(
    check: Annotated[str | None, typer.Option(help=spoken(CHECK), metavar="COMMAND", show_default=False)] = None,
    answer: Annotated[bool, typer.Option("--answer", help=spoken(ANSWER))] = False,
    large: Annotated[bool, typer.Option("--large", help=spoken(LARGE))] = False,
    seconds: Annotated[int, typer.Option(help=spoken(SECONDS), min=1)] = 600,
) -> int:
    """Print the cases, put them to another program, or answer them."""
    if check is not None and answer:
        raise ConformanceError(say("Choose one of {options}.", options=("--check", "--answer")))
    if answer:
        return _answered(sys.stdin.buffer, sys.stdout.buffer)
    program = [] if check is None else _words(check)
    from tinkuy.cli.conformance_cases import cases

    if program:
        return compare(list(cases(large)), program, seconds)
    for case in cases(large):
        sys.stdout.buffer.write(msgspec.json.encode(case) + b"\n")
    return AGREES


def ask(program: Sequence[str], cases: Iterable[Case], seconds: int = 600) -> list[Answer]:
    """What a program answers to each case, in their order.

    Raises `ConformanceError` if it cannot be run, ends badly or late, or does not keep to the protocol.
    """
    # Files, not pipes: a program may read everything before it writes anything, or the other way round.
    with tempfile.TemporaryFile() as questions, tempfile.TemporaryFile() as answers:
        put = [_put(case, questions) for case in cases]
        questions.seek(0)
        try:
            ended = subprocess.run(program, stdin=questions, stdout=answers, check=False, timeout=seconds)  # noqa: S603 — the program that the person named
        except OSError as error:
            raise ConformanceError(
                say("{program} cannot be run: {reason}.", program=program[0], reason=error.strerror or "")
            ) from error
        except subprocess.TimeoutExpired as error:
            raise ConformanceError(
                say("{program} did not end within {seconds} seconds.", program=program[0], seconds=seconds)
            ) from error
        if ended.returncode:
            raise ConformanceError(
                say("{program} ended with code {code}, not 0.", program=program[0], code=str(ended.returncode))
            )
        answers.seek(0)
        return list(_read(answers, put))


def compare(cases: Sequence[Case], program: Sequence[str], seconds: int = 600) -> int:
    """Say every case that a program answers otherwise, the conclusion last; 0 if there is none, else 1.

    Raises `ConformanceError` as `ask` does.
    """
    pairs = list(zip(cases, ask(program, cases, seconds), strict=True))
    wrong = [(case, given) for case, given in pairs if given.accept not in (None, case.accept)]
    for case, given in wrong:
        if case.accept:
            said = say("E  {case}: refused, but sound. {what} It says: {reason}", **_figures(case, given))
        else:
            said = say("E  {case}: accepted, but damaged. {what}", **_figures(case, given))
        typer.echo(spoken(said))
    passed = sum(given.accept is None for _, given in pairs)
    figures = {"cases": len(pairs), "agreed": len(pairs) - passed - len(wrong), "wrong": len(wrong), "passed": passed}
    typer.echo(
        spoken(say("Cases: {cases}; as they should be: {agreed}; wrong: {wrong}; passed over: {passed}.", **figures))
    )
    return DIFFERS if wrong or passed == len(pairs) else AGREES


def _figures(case: Case, given: Answer) -> dict[str, object]:
    return {"case": case.case, "what": case.what, "reason": ascii(given.reason)[:200]}


def _words(text: str) -> list[str]:
    with suppress(ValueError):
        words = shlex.split(text)
        if words:
            return words
    raise ConformanceError(say("{text} is not a command: a program and its arguments are expected.", text=ascii(text)))


def _put(case: Case, questions: IO[bytes]) -> int:
    questions.write(msgspec.json.encode(Question(case.id, case.check, case.given)) + b"\n")
    return case.id


def _read(answers: IO[bytes], expected: Sequence[int]) -> Iterator[Answer]:
    for number in expected:
        line = answers.readline(MAX_ANSWER)
        try:
            found = msgspec.json.decode(line, type=Answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConformanceError(
                say(
                    "Answer {id} cannot be read: {line}; a line of JSON with id and accept is expected.",
                    id=str(number),
                    line=ascii(line[:60].decode("utf-8", "replace")),
                )
            ) from error
        if found.id != number:
            raise ConformanceError(
                say("Question {found} was answered where {id} was expected.", found=str(found.id), id=str(number))
            )
        yield found
    if answers.read(1):
        raise ConformanceError(say("There are more answers than questions."))


def _answered(questions: IO[bytes], answers: IO[bytes]) -> int:
    """Answer each line as this implementation sees it."""
    from tinkuy.cli.conformance_answers import answer

    while line := questions.readline(MAX_QUESTION):
        try:
            asked = msgspec.json.decode(line, type=Question)
            reason = answer(asked.check, asked.given)
        except (msgspec.DecodeError, UnicodeDecodeError, BookError) as error:
            raise ConformanceError(
                say("This line is not a question: {line} ({reason})", line=ascii(line[:60]), reason=str(error)[:200])
            ) from error
        answers.write(msgspec.json.encode(Answer(asked.id, not reason, reason)) + b"\n")
        answers.flush()
    return AGREES
